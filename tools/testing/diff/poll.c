// SPDX-License-Identifier: GPL-2.0
/* poll, ppoll, select, pselect and epoll: arguments, readiness, modes, nesting, timeouts, masks. */
#include "diff.h"
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>

static volatile int signals;
static void on(int sig) { signals++; }

static void polls(void)
{
	struct timespec ms = { 0, 10000000 }, bad = { 0, 1000000000 };
	struct pollfd p[3];
	struct rlimit rl = { 8, 8 };
	sigset_t none, usr1;
	int a[2];

	TITLE("poll");
	pipe(a);
	R(poll(NULL, 0, 0));
	R(poll(NULL, 0, 10));
	R(poll((void *)bad_ptr, 1, 0));
	p[0] = (struct pollfd){ a[0], POLLIN, 99 };
	p[1] = (struct pollfd){ -1, POLLIN, 99 };
	p[2] = (struct pollfd){ 77, POLLIN, 99 };
	R(poll(p, 3, 0));
	printf("%x %x %x\n", p[0].revents, p[1].revents, p[2].revents);
	p[2] = (struct pollfd){ a[1], POLLOUT | POLLIN, 0 };
	R(poll(p, 3, -1));
	printf("%x %x %x\n", p[0].revents, p[1].revents, p[2].revents);
	R(poll(p, 1, 10));
	if (!fork()) {
		usleep(20000);
		write(a[1], "x", 1);
		_exit(0);
	}
	R(poll(p, 1, -1));
	wait(NULL);
	printf("%x\n", p[0].revents);
	p[0].events = 0;
	R(poll(p, 1, 0));
	close(a[1]);
	R(poll(p, 1, 0));
	printf("%x\n", p[0].revents);
	close(a[0]);
	make_file("f", "x");
	p[0] = (struct pollfd){ open("f", O_RDONLY), POLLIN | POLLOUT | POLLPRI, 0 };
	R(poll(p, 1, -1));
	printf("%x\n", p[0].revents);
	close(p[0].fd);
	C(setrlimit(RLIMIT_NOFILE, &rl); R(poll((void *)bad_ptr, 9, 0)));
	R(ppoll(NULL, 0, &ms, NULL));
	R(ppoll(NULL, 0, &bad, NULL));
	R(syscall(SYS_ppoll, NULL, 0, &ms, &none, 4));
	R(syscall(SYS_ppoll, NULL, 0, bad_ptr, NULL, 8));
	sigemptyset(&none);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	signal(SIGUSR1, on);
	kill(getpid(), SIGUSR1);
	signals = 0;
	R(ppoll(NULL, 0, NULL, &none));
	V(signals);
	sigprocmask(SIG_BLOCK, NULL, &none);
	V(sigismember(&none, SIGUSR1));
	kill(getpid(), SIGUSR1);
	sigemptyset(&none);
	pipe(a);
	p[0] = (struct pollfd){ a[1], POLLOUT, 0 };
	R(ppoll(p, 1, NULL, &none));
	V(signals);
	close(a[0]);
	close(a[1]);
	struct sigaction sa = { .sa_handler = on };
	sigaction(SIGALRM, &sa, NULL);
	alarms(10000);
	R(poll(NULL, 0, 100));
	signal(SIGALRM, SIG_IGN);
	ualarm(5000, 0);
	R(poll(NULL, 0, 20));
	sigprocmask(SIG_UNBLOCK, &usr1, NULL);
	signal(SIGALRM, SIG_DFL);
	alarm(60);
}

static void selects(void)
{
	struct timeval tv = { 0, 10000 }, bad = { -1, 0 };
	struct timespec ts = { 0, 10000000 };
	fd_set in, out, ex;
	int a[2];

	TITLE("select");
	pipe(a);
	R(select(-1, NULL, NULL, NULL, NULL));
	R(select(0, NULL, NULL, NULL, &bad));
	R(select(0, NULL, NULL, NULL, &tv));
	printf("left %ld %ld\n", tv.tv_sec, tv.tv_usec);
	FD_ZERO(&in); FD_ZERO(&out); FD_ZERO(&ex);
	FD_SET(a[0], &in); FD_SET(a[1], &out); FD_SET(a[0], &ex);
	tv.tv_sec = 1;
	R(select(a[1] + 1, &in, &out, &ex, &tv));
	printf("%d %d %d\n", FD_ISSET(a[0], &in), FD_ISSET(a[1], &out), FD_ISSET(a[0], &ex));
	write(a[1], "x", 1);
	FD_SET(a[0], &in);
	FD_SET(a[1], &out);
	R(select(a[1] + 1, &in, &out, NULL, NULL));
	printf("%d %d\n", FD_ISSET(a[0], &in), FD_ISSET(a[1], &out));
	FD_ZERO(&in);
	FD_SET(50, &in);
	R(select(51, &in, NULL, NULL, &tv));
	R(select(10, (fd_set *)bad_ptr, NULL, NULL, &tv));
	FD_ZERO(&in);
	FD_SET(a[0], &in);
	R(pselect(a[0] + 1, &in, NULL, NULL, &ts, NULL));
	FD_ZERO(&in);
	R(pselect(a[0] + 1, &in, NULL, NULL, &ts, NULL));
	read(a[0], &tv, 1);
	FD_SET(a[0], &in);
	if (!fork()) {
		usleep(20000);
		_exit(0);
	}
	signal(SIGCHLD, on);
	R(select(a[0] + 1, &in, NULL, NULL, NULL));
	signal(SIGCHLD, SIG_DFL);
	wait(NULL);
	close(a[0]);
	close(a[1]);
}

static void ctl(void)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = 7 };
	int ep, a[2], f;

	TITLE("epoll_ctl");
	R(epoll_create(0));
	R(epoll_create1(1));
	ep = R(epoll_create1(EPOLL_CLOEXEC));
	pipe(a);
	make_file("g", "x");
	f = open("g", O_RDONLY);
	R(epoll_ctl(ep, EPOLL_CTL_ADD, f, &ev));
	R(epoll_ctl(ep, EPOLL_CTL_ADD, 99, &ev));
	R(epoll_ctl(99, EPOLL_CTL_ADD, a[0], &ev));
	R(epoll_ctl(a[0], EPOLL_CTL_ADD, a[1], &ev));
	R(epoll_ctl(ep, EPOLL_CTL_ADD, ep, &ev));
	R(epoll_ctl(ep, EPOLL_CTL_ADD, a[0], (void *)bad_ptr));
	R(epoll_ctl(ep, 9, a[0], &ev));
	R(epoll_ctl(ep, EPOLL_CTL_MOD, a[0], &ev));
	R(epoll_ctl(ep, EPOLL_CTL_DEL, a[0], NULL));
	R(epoll_ctl(ep, EPOLL_CTL_ADD, a[0], &ev));
	R(epoll_ctl(ep, EPOLL_CTL_ADD, a[0], &ev));
	R(epoll_ctl(ep, EPOLL_CTL_MOD, a[0], &ev));
	ev.events = EPOLLIN | EPOLLEXCLUSIVE;
	R(epoll_ctl(ep, EPOLL_CTL_MOD, a[0], &ev));
	R(epoll_ctl(ep, EPOLL_CTL_ADD, a[1], &ev));
	ev.events = EPOLLIN;
	R(epoll_ctl(ep, EPOLL_CTL_MOD, a[1], &ev));
	ev.events = EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT;
	R(epoll_ctl(ep, EPOLL_CTL_ADD, a[1], &ev));
	R(epoll_ctl(ep, EPOLL_CTL_DEL, a[1], NULL));
	R(epoll_ctl(ep, EPOLL_CTL_ADD, a[1], &ev));
	R(epoll_ctl(ep, EPOLL_CTL_DEL, a[0], NULL));
	R(epoll_wait(ep, &ev, 0, 0));
	R(epoll_wait(ep, &ev, -1, 0));
	R(epoll_wait(a[0], &ev, 1, 0));
	R(epoll_wait(99, &ev, 1, 0));
	R(epoll_wait(ep, &ev, 1, 0));
	R(lseek(ep, 0, SEEK_SET));
	R(read(ep, &ev, 8));
	close(f);
	close(ep);
	close(a[0]);
	close(a[1]);
}

static void show(int ep)
{
	struct epoll_event ev[8];
	int n = epoll_wait(ep, ev, 8, 0);

	printf("%d:", n);
	for (int i = 0; i < n; i++)
		printf(" %d=%x", (int)ev[i].data.u64, ev[i].events);
	printf("\n");
}

static void modes(void)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = 1 };
	int ep = epoll_create1(0), a[2], b[2], c[2], d;
	char buf[8];

	TITLE("modes");
	pipe2(a, O_NONBLOCK);
	pipe2(b, O_NONBLOCK);
	pipe2(c, O_NONBLOCK);
	epoll_ctl(ep, EPOLL_CTL_ADD, a[0], &ev);
	ev = (struct epoll_event){ .events = EPOLLIN | EPOLLET, .data.u64 = 2 };
	epoll_ctl(ep, EPOLL_CTL_ADD, b[0], &ev);
	ev = (struct epoll_event){ .events = EPOLLIN | EPOLLONESHOT, .data.u64 = 3 };
	epoll_ctl(ep, EPOLL_CTL_ADD, c[0], &ev);
	show(ep);
	write(a[1], "x", 1);
	write(b[1], "x", 1);
	write(c[1], "x", 1);
	show(ep);
	show(ep);
	write(b[1], "y", 1);
	write(c[1], "y", 1);
	show(ep);
	ev = (struct epoll_event){ .events = EPOLLIN | EPOLLONESHOT, .data.u64 = 33 };
	epoll_ctl(ep, EPOLL_CTL_MOD, c[0], &ev);
	show(ep);
	read(a[0], buf, 8);
	read(b[0], buf, 1);
	show(ep);
	ev = (struct epoll_event){ .events = EPOLLIN | EPOLLET, .data.u64 = 22 };
	epoll_ctl(ep, EPOLL_CTL_MOD, b[0], &ev);
	show(ep);
	show(ep);
	close(a[1]);
	show(ep);
	d = dup(a[0]);
	close(a[0]);
	show(ep);		/* the open file lives on */
	close(d);
	show(ep);
	ev = (struct epoll_event){ .events = EPOLLOUT | EPOLLET, .data.u64 = 4 };
	epoll_ctl(ep, EPOLL_CTL_ADD, b[1], &ev);
	show(ep);
	show(ep);
	read(b[0], buf, 8);
	show(ep);
	close(b[0]);
	show(ep);
	ev.events = 0;
	ev.data.u64 = 5;
	epoll_ctl(ep, EPOLL_CTL_MOD, b[1], &ev);
	show(ep);
	close(b[1]);
	close(c[0]);
	close(c[1]);
	close(ep);
}

static void nesting(void)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = 1 };
	int a = epoll_create1(0), b = epoll_create1(0), e = eventfd(0, EFD_NONBLOCK), chain[8];
	struct pollfd p = { a, POLLIN, 0 };
	uint64_t n = 1;

	TITLE("nesting");
	R(epoll_ctl(a, EPOLL_CTL_ADD, b, &ev));
	R(epoll_ctl(b, EPOLL_CTL_ADD, a, &ev));
	R(epoll_ctl(b, EPOLL_CTL_ADD, e, &ev));
	R(poll(&p, 1, 0));
	write(e, &n, 8);
	R(poll(&p, 1, 0));
	show(a);
	show(b);
	read(e, &n, 8);
	R(poll(&p, 1, 0));
	show(a);
	if (!fork()) {
		usleep(20000);
		n = 1;
		write(e, &n, 8);
		_exit(0);
	}
	R(epoll_wait(a, &ev, 1, 1000));
	wait(NULL);
	for (int i = 0; i < 8; i++)
		chain[i] = epoll_create1(0);
	for (int i = 0; i < 7; i++)
		R(epoll_ctl(chain[i], EPOLL_CTL_ADD, chain[i + 1], &ev));
	for (int i = 0; i < 8; i++)
		close(chain[i]);
	close(e);
	close(a);
	close(b);
}

static int tp[2], tep;

static void *sleeper(void *arg)
{
	struct epoll_event ev;

	return (void *)(long)epoll_wait(tep, &ev, 1, 2000);
}

static void waiting(void)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };
	struct timespec ts = { 0, 10000000 };
	sigset_t none, usr1;
	pthread_t t;
	void *ret;

	TITLE("waiting");
	tep = epoll_create1(0);
	pipe(tp);
	epoll_ctl(tep, EPOLL_CTL_ADD, tp[0], &ev);
	R(epoll_wait(tep, &ev, 1, 10));
	pthread_create(&t, NULL, sleeper, NULL);
	usleep(20000);
	write(tp[1], "x", 1);
	pthread_join(t, &ret);
	V((long)ret);
	pthread_create(&t, NULL, sleeper, NULL);
	usleep(20000);
	ev.events = EPOLLIN;
	R(epoll_ctl(tep, EPOLL_CTL_MOD, tp[0], &ev));
	pthread_join(t, &ret);
	V((long)ret);
	R(epoll_wait(tep, (void *)bad_ptr, 1, 0));
	R(epoll_wait(tep, &ev, 1, 0));
	read(tp[0], &ts, 1);
	ts = (struct timespec){ 0, 10000000 };
	R(syscall(SYS_epoll_pwait2, tep, &ev, 1, &ts, NULL, 0));
	ts.tv_nsec = -1;
	R(syscall(SYS_epoll_pwait2, tep, &ev, 1, &ts, NULL, 0));
	sigemptyset(&none);
	R(syscall(SYS_epoll_pwait, tep, &ev, 1, 0, &none, 4));
	usr1 = none;
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	signal(SIGUSR1, on);
	kill(getpid(), SIGUSR1);
	signals = 0;
	R(epoll_pwait(tep, &ev, 1, -1, &none));
	V(signals);
	sigprocmask(SIG_BLOCK, NULL, &none);
	V(sigismember(&none, SIGUSR1));
	struct sigaction sa = { .sa_handler = on, .sa_flags = SA_RESTART };
	sigaction(SIGALRM, &sa, NULL);
	alarms(10000);
	R(epoll_wait(tep, &ev, 1, -1));
	alarms(0);
	close(tp[0]);
	close(tp[1]);
	close(tep);
}

int main(void)
{
	polls();
	selects();
	ctl();
	modes();
	nesting();
	waiting();
	return 0;
}
