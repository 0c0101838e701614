// SPDX-License-Identifier: GPL-2.0
/* What is limited per user: queued signals, pages of pipes, descriptors in flight; and that another user has limits of his own. */
#include "diff.h"
#include <sys/resource.h>
#include <sys/socket.h>

#define SOMEBODY	61234	/* users who have nothing else */
#define ANOTHER		61235

static void become(uid_t uid)
{
	if (is_root() && (setgroups(0, NULL) || setresuid(uid, uid, uid)))
		_exit(99);
}

static long queued(void)
{
	char line[128];
	long n = -1;
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "SigQ: %ld/", &n);
	if (f)
		fclose(f);
	return n;
}

static void signals(void)
{
	union sigval v = { 0 };
	struct rlimit few;
	sigset_t set;
	long before = queued();

	TITLE("signals");
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 0; i < 3; i++)
		R(sigqueue(getpid(), SIGRTMIN, v));
	V(queued() - before);
	C(V(queued() - before));
	few = (struct rlimit){ before + 5, before + 5 };
	setrlimit(RLIMIT_SIGPENDING, &few);
	R(sigqueue(getpid(), SIGRTMIN, v));
	R(sigqueue(getpid(), SIGRTMIN, v));
	R(sigqueue(getpid(), SIGRTMIN, v));
	C(R(sigqueue(getppid(), SIGRTMIN, v)));
	while (queued() > before)
		sigwaitinfo(&set, NULL);
	V(queued() - before);
	R(sigqueue(getpid(), SIGRTMIN, v));
}

static void pipes(void)
{
	struct rlimit many = { 512, 512 };
	int p[2], full = 0;

	TITLE("pipes");
	setrlimit(RLIMIT_NOFILE, &many);
	/* 64 large ones, or some less with what the user has already; small ones fill the rest; the last are the smallest. */
	for (int i = 0; i < 100 && pipe(p) == 0; i++)
		full += fcntl(p[0], F_SETPIPE_SZ, 1 << 20) == -1;
	V(full > 30 && full < 50);
	R(fcntl(p[0], F_GETPIPE_SZ));
	R(fcntl(p[0], F_SETPIPE_SZ, 1 << 14));
	R(fcntl(p[0], F_SETPIPE_SZ, 4096));
	R(write(p[1], "works", 5));
	R(read(p[0], (char[8]){ 0 }, 8));
}

static int send_one(int s)
{
	char buf[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec v = { "x", 1 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = buf, .msg_controllen = sizeof(buf) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &s, sizeof(int));
	return (int)sendmsg(s, &m, 0);
}

static void in_flight(void)
{
	struct rlimit few = { 12, 12 };
	int sv[2], n = 0;
	char buf[64];

	TITLE("descriptors in flight");
	R(socketpair(AF_UNIX, SOCK_STREAM, 0, sv));
	setrlimit(RLIMIT_NOFILE, &few);
	while (n < 40 && send_one(sv[0]) == 1)
		n++;
	printf("%d, then %s\n", n, strerrorname_np(errno) ?: "?");
	R(write(sv[0], "y", 1));
	C(R(send_one(sv[0])));
	R(read(sv[1], buf, 1));		/* what came with it is closed */
	R(send_one(sv[0]));
	R(send_one(sv[0]));
	close(sv[0]);
	close(sv[1]);
	R(socketpair(AF_UNIX, SOCK_DGRAM, 0, sv));
	R(send_one(sv[0]));
}

int main(void)
{
	int hold[2], ready[2];
	pid_t pid;

	C(become(SOMEBODY); signals());
	C(become(SOMEBODY); pipes());
	C(become(SOMEBODY); in_flight());
	if (!is_root())
		return 0;
	TITLE("another user");
	pipe(hold);
	pipe(ready);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		close(hold[1]);
		become(SOMEBODY);
		freopen("/dev/null", "w", stdout);
		pipes();
		write(ready[1], "r", 1);
		read(hold[0], (char[1]){ 0 }, 1);
		_exit(0);
	}
	read(ready[0], (char[1]){ 0 }, 1);
	C(become(ANOTHER); pipes());
	C(int p[2]; become(SOMEBODY); R(pipe(p)); R(fcntl(p[0], F_GETPIPE_SZ)));
	C(int p[2]; R(pipe(p)); R(fcntl(p[0], F_SETPIPE_SZ, 1 << 20)));
	close(hold[1]);
	waitpid(pid, NULL, 0);
	C(int p[2]; become(SOMEBODY); R(pipe(p)); R(fcntl(p[0], F_GETPIPE_SZ)));
	return 0;
}
