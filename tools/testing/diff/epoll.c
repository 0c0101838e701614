// SPDX-License-Identifier: GPL-2.0
/* epoll: errors, circles and depth, EPOLLET, EPOLLONESHOT, EPOLLEXCLUSIVE, closed and duplicated descriptors, many at once. */
#include "diff.h"
#include <pthread.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

static int ctl(int ep, int op, int fd, unsigned events)
{
	struct epoll_event ev = { .events = events, .data.u64 = (uint64_t)fd };

	return epoll_ctl(ep, op, fd, &ev);
}
#define ADD EPOLL_CTL_ADD
#define MOD EPOLL_CTL_MOD
#define DEL EPOLL_CTL_DEL

static void show(int ep, const char *what)
{
	struct epoll_event ev[16];
	int n = epoll_wait(ep, ev, 16, 0);

	printf("%s: %d", what, n);
	for (int i = 0; i < n; i++)
		printf(" [%d %x]", (int)ev[i].data.u64, ev[i].events);
	printf("\n");
}

static void errors(void)
{
	int ep = R(epoll_create1(0)), other = epoll_create1(0), p[2], file = open("f", O_CREAT | O_RDWR, 0644);
	struct epoll_event ev = { .events = EPOLLIN };

	TITLE("errors");
	pipe(p);
	R(epoll_create(0));
	R(epoll_create(-1));
	FD(epoll_create(1));
	FD(epoll_create1(EPOLL_CLOEXEC));
	R(epoll_create1(1));
	R(ctl(-1, ADD, p[0], EPOLLIN));
	R(ctl(ep, ADD, -1, EPOLLIN));
	R(ctl(ep, ADD, 999, EPOLLIN));
	R(ctl(file, ADD, p[0], EPOLLIN));
	R(ctl(ep, ADD, file, EPOLLIN));
	R(ctl(ep, ADD, open(".", O_RDONLY), EPOLLIN));
	R(ctl(ep, ADD, ep, EPOLLIN));
	R(ctl(ep, ADD, p[0], EPOLLIN));
	R(ctl(ep, ADD, p[0], EPOLLIN));
	R(ctl(ep, MOD, p[1], EPOLLIN));
	R(ctl(ep, DEL, p[1], EPOLLIN));
	R(ctl(ep, 0, p[0], EPOLLIN));
	R(ctl(ep, 4, p[0], EPOLLIN));
	R(epoll_ctl(ep, MOD, p[0], NULL));
	R(epoll_ctl(ep, MOD, p[0], (void *)bad_ptr));
	R(epoll_ctl(ep, ADD, p[1], (void *)bad_ptr));
	R(epoll_ctl(ep, DEL, p[0], (void *)bad_ptr));
	R(epoll_ctl(ep, DEL, p[0], NULL));
	R(epoll_wait(ep, &ev, 0, 0));
	R(epoll_wait(ep, &ev, -1, 0));
	R(epoll_wait(ep, &ev, 0x7fffffff, 0));
	R(epoll_wait(-1, &ev, 1, 0));
	R(epoll_wait(file, &ev, 1, 0));
	R(epoll_wait(ep, NULL, 1, 0));
	write(p[1], "x", 1);
	ctl(ep, ADD, p[0], EPOLLIN);
	R(epoll_wait(ep, NULL, 1, 0));
	R(epoll_wait(ep, (void *)ro_ptr, 1, 0));
	show(ep, "still there");
	R(read(ep, &ev, 1));
	R(write(ep, &ev, 1));
	TITLE("EPOLLEXCLUSIVE");
	R(ctl(ep, ADD, p[1], EPOLLOUT | EPOLLEXCLUSIVE));
	R(ctl(ep, MOD, p[1], EPOLLOUT));
	R(ctl(ep, MOD, p[1], EPOLLOUT | EPOLLEXCLUSIVE));
	R(ctl(ep, MOD, p[0], EPOLLIN | EPOLLEXCLUSIVE));
	R(ctl(ep, ADD, other, EPOLLIN | EPOLLEXCLUSIVE));
	R(ctl(other, ADD, p[1], EPOLLOUT | EPOLLEXCLUSIVE | EPOLLONESHOT));
	R(ctl(other, ADD, p[1], EPOLLOUT | EPOLLEXCLUSIVE | EPOLLPRI));
	R(ctl(other, ADD, p[1], EPOLLOUT | EPOLLEXCLUSIVE | EPOLLET | EPOLLWAKEUP));
	show(ep, "exclusive");
	syscall(SYS_close_range, 3, ~0U, 0);
}

static void circles(void)
{
	int e[8], p[2];

	TITLE("circles and depth");
	for (int i = 0; i < 8; i++)
		e[i] = epoll_create1(0);
	pipe(p);
	R(ctl(e[0], ADD, e[1], EPOLLIN));
	R(ctl(e[1], ADD, e[0], EPOLLIN));
	R(ctl(e[1], ADD, e[2], EPOLLIN));
	R(ctl(e[2], ADD, e[0], EPOLLIN));
	R(ctl(e[2], ADD, e[3], EPOLLIN));
	R(ctl(e[3], ADD, e[4], EPOLLIN));
	R(ctl(e[4], ADD, e[5], EPOLLIN));
	R(ctl(e[5], ADD, e[6], EPOLLIN));
	R(ctl(e[7], ADD, e[0], EPOLLIN));
	R(ctl(e[4], ADD, p[0], EPOLLIN));
	show(e[0], "quiet");
	write(p[1], "x", 1);
	show(e[0], "through all");
	show(e[4], "the last");
	R(ctl(e[1], DEL, e[2], 0));
	show(e[0], "cut");
	R(ctl(e[4], ADD, e[0], EPOLLIN));
	show(e[4], "from the other side");
	syscall(SYS_close_range, 3, ~0U, 0);
}

static void edges(void)
{
	int ep = epoll_create1(0), sv[2], ev = eventfd(0, EFD_NONBLOCK), t;
	struct itimerspec its = { .it_value = { 0, 1 } };
	uint64_t v;
	char buf[100];

	TITLE("EPOLLET");
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sv);
	ctl(ep, ADD, sv[0], EPOLLIN | EPOLLOUT | EPOLLET | EPOLLRDHUP);
	show(ep, "new");
	show(ep, "again");
	write(sv[1], "abc", 3);
	show(ep, "data");
	show(ep, "again");
	read(sv[0], buf, 1);
	show(ep, "part read");
	write(sv[1], "d", 1);
	show(ep, "more data");
	ctl(ep, MOD, sv[0], EPOLLIN | EPOLLET);
	show(ep, "modified");
	show(ep, "again");
	ctl(ep, MOD, sv[0], EPOLLIN);
	show(ep, "level");
	show(ep, "level again");
	ctl(ep, MOD, sv[0], EPOLLIN | EPOLLONESHOT);
	show(ep, "one shot");
	show(ep, "spent");
	write(sv[1], "e", 1);
	show(ep, "spent still");
	ctl(ep, MOD, sv[0], EPOLLIN | EPOLLRDHUP | EPOLLONESHOT);
	show(ep, "armed again");
	ctl(ep, MOD, sv[0], 0);
	show(ep, "nothing wanted");
	shutdown(sv[1], SHUT_WR);
	show(ep, "half closed, not wanted");
	ctl(ep, MOD, sv[0], EPOLLRDHUP);
	show(ep, "half closed");
	close(sv[1]);
	ctl(ep, MOD, sv[0], 0);
	show(ep, "closed");
	close(sv[0]);
	show(ep, "gone");
	TITLE("eventfd, timerfd");
	ctl(ep, ADD, ev, EPOLLIN | EPOLLET);
	show(ep, "empty");
	v = 1;
	write(ev, &v, 8);
	show(ep, "one");
	write(ev, &v, 8);
	show(ep, "two without reading");
	read(ev, &v, 8);
	show(ep, "read");
	t = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	ctl(ep, ADD, t, EPOLLIN);
	timerfd_settime(t, 0, &its, NULL);
	usleep(2000);
	show(ep, "timer");
	read(t, &v, 8);
	show(ep, "timer read");
	syscall(SYS_close_range, 3, ~0U, 0);
}

static void closing(void)
{
	int ep = epoll_create1(0), p[2], d;

	TITLE("close and dup");
	pipe(p);
	ctl(ep, ADD, p[0], EPOLLIN);
	d = dup(p[0]);
	R(ctl(ep, ADD, d, EPOLLIN));
	write(p[1], "x", 1);
	show(ep, "both");
	close(p[0]);
	show(ep, "the first one closed, but its file is open");
	R(ctl(ep, DEL, p[0], 0));
	R(ctl(ep, DEL, d, 0));
	show(ep, "what is left");
	close(d);
	show(ep, "last one closed");
	close(p[1]);
	pipe(p);
	ctl(ep, ADD, p[0], EPOLLIN);
	C(write(p[1], "x", 1); close(p[0]); show(ep, "in the child"));
	show(ep, "in the parent");
	close(ep);
	ep = epoll_create1(0);
	ctl(ep, ADD, p[0], EPOLLIN | EPOLLHUP);
	char c;
	read(p[0], &c, 1);
	close(p[1]);
	show(ep, "hang-up");
	close(p[0]);
	pipe(p);
	ctl(ep, ADD, p[1], EPOLLOUT);
	close(p[0]);
	show(ep, "no reader");
	syscall(SYS_close_range, 3, ~0U, 0);
}

static void *waiter(void *arg)
{
	struct epoll_event ev;
	int ep = *(int *)arg;

	return (void *)(long)epoll_wait(ep, &ev, 1, 2000);
}

static void rotation(void)
{
	int ep = epoll_create1(0), fds[5], seen = 0;
	struct epoll_event ev[2];
	uint64_t one = 1;
	pthread_t t[3];
	long sum = 0;

	TITLE("many ready, few asked for");
	for (int i = 0; i < 5; i++) {
		fds[i] = eventfd(1, 0);
		ctl(ep, ADD, fds[i], EPOLLIN);
	}
	for (int k = 0; k < 5; k++) {
		int n = epoll_wait(ep, ev, 2, 0);

		for (int i = 0; i < n; i++)
			seen |= 1 << ev[i].data.u64;
	}
	printf("seen %x\n", seen);
	for (int i = 0; i < 5; i++)
		read(fds[i], &one, 8);
	show(ep, "none");
	TITLE("one event, three waiting threads: an edge wakes one");
	ctl(ep, MOD, fds[0], EPOLLIN | EPOLLONESHOT);
	for (int i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, waiter, &ep);
	usleep(50000);
	one = 1;
	write(fds[0], &one, 8);
	usleep(50000);
	ctl(ep, MOD, fds[0], EPOLLIN | EPOLLONESHOT);
	usleep(50000);
	ctl(ep, MOD, fds[0], EPOLLIN | EPOLLONESHOT);
	for (int i = 0; i < 3; i++) {
		void *r;

		pthread_join(t[i], &r);
		sum += (long)r;
	}
	V(sum);
	TITLE("poll of an epoll");
	struct pollfd pf = { ep, POLLIN, 0 };
	R(poll(&pf, 1, 0));
	ctl(ep, MOD, fds[0], EPOLLIN);
	R(poll(&pf, 1, 0));
	V(pf.revents);
	syscall(SYS_close_range, 3, ~0U, 0);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	errors();
	circles();
	edges();
	closing();
	rotation();
	return 0;
}
