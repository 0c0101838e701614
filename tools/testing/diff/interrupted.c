// SPDX-License-Identifier: GPL-2.0
/* Every call of files and descriptors that can sleep, ended by a signal: EINTR, or gone on with (SA_RESTART). */
#include "diff.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>

static char big[1 << 20];
static int p[2], sv[2], dg[2], full[2], fullsock[2], ev, evfull, ep, in, tfd, sfd, listener, busy, locked, lockfd, filled[2];
static struct sockaddr_un addr = { .sun_family = AF_UNIX };
static socklen_t addrlen;
static volatile int hits;

static void on_alarm(int sig)
{
	hits++;
}

/* Again and again, so that a call that is gone on with meets it too; the second one closes what a call waits for. */
static void on_alarm_release(int sig)
{
	if (++hits < 2)
		return;
	write(p[1], "x", 1);
	read(full[0], big, sizeof(big));
	alarms(0);
}

static void arm(void)
{
	hits = 0;
	alarms(20000);
}

#define I(call) (arm(), R(call))

static long lock(int cmd, short type)
{
	struct flock fl = { .l_type = type, .l_whence = SEEK_SET, .l_len = 1 };

	return fcntl(lockfd, cmd, &fl);
}

static void prepare(void)
{
	struct itimerspec never = { .it_value = { 1000, 0 } };
	sigset_t usr2;
	int fd;

	pipe(p);
	pipe(full);
	fcntl(full[1], F_SETFL, O_NONBLOCK);
	while (write(full[1], big, 65536) > 0)
		;
	fcntl(full[1], F_SETFL, 0);
	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	socketpair(AF_UNIX, SOCK_DGRAM, 0, dg);
	socketpair(AF_UNIX, SOCK_STREAM, 0, fullsock);
	while (send(fullsock[0], big, 4096, MSG_DONTWAIT) > 0)
		;
	pipe(filled);
	write(filled[1], "abc", 3);
	ev = eventfd(0, 0);
	evfull = eventfd(0, 0);
	uint64_t most = ~0UL - 1;
	write(evfull, &most, 8);
	ep = epoll_create1(0);
	in = inotify_init();
	tfd = timerfd_create(CLOCK_MONOTONIC, 0);
	timerfd_settime(tfd, 0, &never, NULL);
	sigemptyset(&usr2);
	sigaddset(&usr2, SIGUSR2);
	sigprocmask(SIG_BLOCK, &usr2, NULL);
	sfd = signalfd(-1, &usr2, 0);
	listener = socket(AF_UNIX, SOCK_STREAM, 0);
	bind(listener, (void *)&addr, 2);
	addrlen = sizeof(addr);
	getsockname(listener, (void *)&addr, &addrlen);
	listen(listener, 5);
	busy = socket(AF_UNIX, SOCK_STREAM, 0);
	mkfifo("fifo", 0644);
	make_file("lock", "x");
	locked = open("lock", O_RDWR);
	flock(locked, LOCK_EX);
	lockfd = open("lock", O_RDWR);
	fd = open("lock", O_RDWR);
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1 };
	fcntl(fd, F_OFD_SETLK, &fl);
}

static void sleepers(void)
{
	struct iovec v = { big, 10 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	struct mmsghdr mm = { .msg_hdr = m };
	struct epoll_event e;
	struct pollfd pf = { p[0], POLLIN, 0 };
	struct timespec ts = { 10, 0 };
	struct timeval tv = { 10, 0 };
	fd_set set;
	sigset_t none;
	uint64_t one = 1;

	I(read(p[0], big, 10));
	I(readv(p[0], &v, 1));
	I(write(full[1], big, 10));
	I(writev(full[1], &v, 1));
	I(read(sv[0], big, 10));
	I(write(fullsock[0], big, 4096));
	I(recv(sv[0], big, 10, 0));
	I(recv(sv[0], big, 10, MSG_WAITALL));
	I(recvfrom(dg[0], big, 10, 0, NULL, NULL));
	I(recvmsg(sv[0], &m, 0));
	I(recvmmsg(sv[0], &mm, 1, 0, NULL));
	I(send(fullsock[0], big, 4096, 0));
	I(sendmsg(fullsock[0], &m, 0) >= 0 ? -1 : -1);
	I(accept(listener, NULL, NULL));
	I(accept4(listener, NULL, NULL, 0));
	I(syscall(SYS_open, "fifo", O_RDONLY));
	I(syscall(SYS_open, "fifo", O_WRONLY));
	I(openat(AT_FDCWD, "fifo", O_RDONLY));
	I(read(ev, &one, 8));
	I(write(evfull, &one, 8));
	I(read(in, big, 1000));
	I(read(tfd, &one, 8));
	I(read(sfd, big, sizeof(struct signalfd_siginfo)));
	I(flock(lockfd, LOCK_EX));
	I(lock(F_SETLKW, F_WRLCK));
	I(lock(F_OFD_SETLKW, F_WRLCK));
	I(poll(&pf, 1, -1));
	I(poll(&pf, 1, 10000));
	FD_ZERO(&set);
	FD_SET(p[0], &set);
	I(syscall(SYS_select, p[0] + 1, &set, NULL, NULL, &tv));
	V(FD_ISSET(p[0], &set));
	sigemptyset(&none);
	I(ppoll(&pf, 1, &ts, &none));
	FD_SET(p[0], &set);
	I(pselect(p[0] + 1, &set, NULL, NULL, &ts, &none));
	I(syscall(SYS_epoll_wait, ep, &e, 1, -1));
	I(epoll_pwait(ep, &e, 1, -1, &none));
	I(syscall(SYS_epoll_pwait2, ep, &e, 1, NULL, &none, 8));
	I(splice(p[0], NULL, full[1], NULL, 10, 0));
	I(splice(filled[0], NULL, full[1], NULL, 10, 0));
	I(tee(filled[0], full[1], 10, 0));
	I(vmsplice(full[1], &v, 1, 0));
}

static void connecting(void)
{
	int s;

	TITLE("a full queue of connections");
	listen(listener, 0);
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	R(connect(s, (void *)&addr, addrlen));
	I(connect(busy, (void *)&addr, addrlen));
	fcntl(busy, F_SETFL, O_NONBLOCK);
	R(connect(busy, (void *)&addr, addrlen));
	fcntl(busy, F_SETFL, 0);
}

int main(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct epoll_event e;
	struct pollfd pf;
	uint64_t n;

	prepare();
	sigaction(SIGALRM, &sa, NULL);
	TITLE("without SA_RESTART");
	sleepers();
	connecting();
	TITLE("with SA_RESTART: some never go on");
	sa.sa_flags = SA_RESTART;
	sigaction(SIGALRM, &sa, NULL);
	pf = (struct pollfd){ p[0], POLLIN, 0 };
	I(poll(&pf, 1, 10000));
	I(syscall(SYS_epoll_wait, ep, &e, 1, 10000));
	struct timeval tv = { 20, 0 };
	setsockopt(sv[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	I(read(sv[0], big, 10));
	TITLE("and others do");
	sa.sa_handler = on_alarm_release;
	sigaction(SIGALRM, &sa, NULL);
	I(read(p[0], &n, 1));
	V(hits >= 2);
	I(write(full[1], big, 65536));
	return 0;
}
