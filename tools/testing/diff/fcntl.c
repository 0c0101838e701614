// SPDX-License-Identifier: GPL-2.0
/* fcntl: leases and their breaking, owners and signals of O_ASYNC, write hints, seals, pipe sizes, commands that are none. */
#include "diff.h"
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>

#ifndef F_SET_RW_HINT
#define F_GET_RW_HINT 1035
#define F_SET_RW_HINT 1036
#endif

static volatile int got, got_fd, got_code, got_band;

static void on_signal(int sig, siginfo_t *info, void *ctx)
{
	got = sig;
	got_fd = info->si_fd;
	got_code = info->si_code;
	got_band = (int)info->si_band;
}

static void catch(int sig)
{
	struct sigaction sa = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART };

	sigaction(sig, &sa, NULL);
}

static void granting(void)
{
	int ro, wo, rw, two;

	TITLE("who gets a lease");
	make_file("l", "lease");
	ro = open("l", O_RDONLY);
	R(fcntl(ro, F_GETLEASE));
	R(fcntl(ro, F_SETLEASE, F_UNLCK));
	R(fcntl(ro, F_SETLEASE, 7));
	R(fcntl(ro, F_SETLEASE, F_RDLCK));
	R(fcntl(ro, F_GETLEASE));
	R(fcntl(ro, F_SETLEASE, F_WRLCK));
	R(fcntl(ro, F_GETLEASE));
	V(fcntl(ro, F_GETOWN) == getpid());
	two = R(open("l", O_RDONLY | O_NONBLOCK));
	R(fcntl(ro, F_SETLEASE, F_RDLCK));
	two = R(open("l", O_RDONLY | O_NONBLOCK));
	R(fcntl(two, F_SETLEASE, F_RDLCK));
	R(fcntl(two, F_SETLEASE, F_WRLCK));
	R(fcntl(ro, F_SETLEASE, F_WRLCK));
	close(two);
	R(fcntl(ro, F_SETLEASE, F_WRLCK));
	R(fcntl(ro, F_SETLEASE, F_UNLCK));
	wo = open("l", O_WRONLY);
	R(fcntl(ro, F_SETLEASE, F_RDLCK));
	R(fcntl(wo, F_SETLEASE, F_RDLCK));
	R(fcntl(wo, F_SETLEASE, F_WRLCK));
	close(ro);
	R(fcntl(wo, F_SETLEASE, F_WRLCK));
	two = dup(wo);
	R(fcntl(two, F_GETLEASE));
	close(wo);
	R(fcntl(two, F_GETLEASE));
	close(two);
	rw = open("l", O_RDWR);
	R(fcntl(rw, F_GETLEASE));
	R(fcntl(rw, F_SETLEASE, F_RDLCK));
	R(fcntl(rw, F_SETLEASE, F_WRLCK));
	C(R(fcntl(rw, F_GETLEASE)); R(fcntl(rw, F_SETLEASE, F_UNLCK)));
	R(fcntl(rw, F_GETLEASE));
	close(rw);
	ro = open(".", O_RDONLY);
	R(fcntl(ro, F_SETLEASE, F_RDLCK) < 0);
	close(ro);
	if (is_root()) {
		ro = open("l", O_RDONLY);
		U(R(fcntl(ro, F_SETLEASE, F_RDLCK)); R(fcntl(ro, F_SETLEASE, 9)));
		close(ro);
	}
}

static void breaking(void)
{
	int fd, p[2], st;
	pid_t pid;
	char c = 0;

	TITLE("breaking");
	pipe(p);
	fd = open("l", O_RDONLY);
	R(fcntl(fd, F_SETLEASE, F_RDLCK));
	C(FD(open("l", O_RDONLY)));
	got = 0;
	C(R(open("l", O_WRONLY | O_NONBLOCK)));
	V(got == SIGIO);
	R(fcntl(fd, F_GETLEASE));
	R(fcntl(fd, F_SETLEASE, F_UNLCK));
	C(FD(open("l", O_WRONLY | O_NONBLOCK)));
	TITLE("with a signal of choice, and a writer who waits");
	R(fcntl(fd, F_SETLEASE, F_RDLCK));
	R(fcntl(fd, F_SETSIG, SIGRTMIN));
	got = 0;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		int w = open("l", O_WRONLY);

		write(p[1], "x", 1);
		_exit(w < 0);
	}
	while (!got)
		usleep(1000);
	printf("signal %d, fd right %d, code %d\n", got == SIGRTMIN, got_fd == fd, got_code);
	R(fcntl(fd, F_GETLEASE));
	struct pollfd pf = { p[0], POLLIN, 0 };
	R(poll(&pf, 1, 50));
	R(fcntl(fd, F_SETLEASE, F_UNLCK));
	read(p[0], &c, 1);
	V(c);
	waitpid(pid, &st, 0);
	V(WEXITSTATUS(st));
	TITLE("a reader lowers a write lease");
	R(fcntl(fd, F_SETLEASE, F_WRLCK));
	got = 0;
	pid = fork();
	if (!pid) {
		int w = open("l", O_RDONLY);

		write(p[1], "r", 1);
		_exit(w < 0);
	}
	while (!got)
		usleep(1000);
	R(fcntl(fd, F_GETLEASE));
	R(fcntl(fd, F_SETLEASE, F_RDLCK));
	read(p[0], &c, 1);
	V(c);
	R(fcntl(fd, F_GETLEASE));
	waitpid(pid, &st, 0);
	V(WEXITSTATUS(st));
	TITLE("truncate breaks, too, and close gives up");
	got = 0;
	pid = fork();
	if (!pid) {
		close(fd);		/* ours would keep the lease until its time is over */
		int r = truncate("l", 1);

		write(p[1], "t", 1);
		_exit(r != 0);
	}
	while (!got)
		usleep(1000);
	close(fd);
	read(p[0], &c, 1);
	V(c);
	waitpid(pid, &st, 0);
	V(WEXITSTATUS(st));
	show_file("l");
	TITLE("interrupted");
	fd = open("l", O_RDONLY);
	R(fcntl(fd, F_SETLEASE, F_RDLCK));
	C(struct sigaction sa = { .sa_sigaction = on_signal }; sigaction(SIGALRM, &sa, NULL); alarms(20000); R(open("l", O_WRONLY)));
	close(fd);
	close(p[0]);
	close(p[1]);
}

static void owners(void)
{
	struct f_owner_ex ex = { F_OWNER_TID, getpid() };
	int sv[2], p[2];

	TITLE("owners");
	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	R(fcntl(sv[0], F_GETOWN));
	R(fcntl(sv[0], F_SETOWN, 1 << 30));
	R(fcntl(sv[0], F_SETOWN, -(1 << 30)));
	R(syscall(SYS_fcntl, sv[0], F_SETOWN, (int)0x80000000));
	R(fcntl(sv[0], F_SETOWN_EX, &ex));
	ex = (struct f_owner_ex){ 5, 5 };
	R(fcntl(sv[0], F_GETOWN_EX, &ex));
	printf("%d %d\n", ex.type, ex.pid == getpid());
	ex = (struct f_owner_ex){ 5, getpid() };
	R(fcntl(sv[0], F_SETOWN_EX, &ex));
	ex = (struct f_owner_ex){ F_OWNER_PID, 1 << 30 };
	R(fcntl(sv[0], F_SETOWN_EX, &ex));
	ex = (struct f_owner_ex){ F_OWNER_PID, -1 };
	R(fcntl(sv[0], F_SETOWN_EX, &ex));
	R(fcntl(sv[0], F_SETSIG, -1));
	R(fcntl(sv[0], F_SETSIG, 65));
	R(fcntl(sv[0], F_SETSIG, SIGRTMIN));
	R(fcntl(sv[0], F_GETSIG));
	TITLE("O_ASYNC");
	got = 0;
	write(sv[1], "x", 1);
	V(got);
	R(fcntl(sv[0], F_SETFL, O_ASYNC));
	write(sv[1], "x", 1);
	printf("signal %d, fd right %d, code %d, band %x\n", got == SIGRTMIN, got_fd == sv[0], got_code, got_band);
	R(fcntl(sv[0], F_SETSIG, 0));
	got = 0;
	write(sv[1], "x", 1);
	printf("signal %d\n", got == SIGIO);
	pipe(p);
	R(fcntl(p[0], F_SETFL, O_ASYNC));
	got = 0;
	write(p[1], "x", 1);
	V(got);
	R(fcntl(p[0], F_SETOWN, getpid()));
	write(p[1], "x", 1);
	V(got == SIGIO);
	syscall(SYS_close_range, 3, ~0U, 0);
}

static void others(void)
{
	uint64_t hint = 99;
	int fd = open("l", O_RDWR), p[2], m = memfd_create("m", MFD_ALLOW_SEALING);

	TITLE("write hints");
	R(fcntl(fd, F_GET_RW_HINT, &hint));
	V(hint);
	hint = 3;
	R(fcntl(fd, F_SET_RW_HINT, &hint));
	hint = 6;
	R(fcntl(fd, F_SET_RW_HINT, &hint));
	R(fcntl(fd, F_SET_RW_HINT, bad_ptr));
	R(fcntl(fd, F_GET_RW_HINT, bad_ptr));
	R(fcntl(fd, F_GET_RW_HINT, &hint));
	V(hint);
	U(hint = 1; R(fcntl(fd, F_SET_RW_HINT, &hint)));
	TITLE("pipes");
	pipe(p);
	R(fcntl(p[0], F_SETPIPE_SZ, 0));
	R(fcntl(p[0], F_SETPIPE_SZ, -1));
	R(fcntl(p[0], F_SETPIPE_SZ, 70000));
	U(R(fcntl(p[0], F_SETPIPE_SZ, 1 << 21)); R(fcntl(p[0], F_SETPIPE_SZ, 4096)));
	R(fcntl(fd, F_SETPIPE_SZ, 4096));
	TITLE("seals");
	R(fcntl(m, F_ADD_SEALS, 0));
	R(fcntl(m, F_ADD_SEALS, 1 << 20));
	R(fcntl(m, F_ADD_SEALS, F_SEAL_SEAL));
	R(fcntl(m, F_ADD_SEALS, F_SEAL_GROW));
	R(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW) < 0);
	TITLE("none of them");
	R(fcntl(fd, -1));
	R(fcntl(fd, 100000));
	R(fcntl(-1, 100000));
	R(fcntl(fd, F_DUPFD, 1 << 30));
	R(fcntl(fd, F_SETFL, ~0));
	close(fd);
}

int main(void)
{
	catch(SIGIO);
	catch(SIGRTMIN);
	granting();
	breaking();
	owners();
	others();
	return 0;
}
