// SPDX-License-Identifier: GPL-2.0
/* Clocks, sleeping, interval timers, timer_create, timerfd, eventfd. */
#include "diff.h"
#include <linux/futex.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <sys/resource.h>
#include <time.h>

static volatile int fired, code, value, overrun;
static void on(int sig, siginfo_t *si, void *uc) { fired++; code = si->si_code; value = si->si_value.sival_int; if (si->si_overrun > overrun) overrun = si->si_overrun; }

static void act(int sig, int flags)
{
	struct sigaction sa = { .sa_sigaction = on, .sa_flags = SA_SIGINFO | flags };

	sigaction(sig, &sa, NULL);
}

static long long now(int clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void burn(int ms)
{
	long long end = now(CLOCK_THREAD_CPUTIME_ID) + ms * 1000000LL;

	while (now(CLOCK_THREAD_CPUTIME_ID) < end)
		for (volatile int i = 0; i < 50000; i++)
			;
}

static void clocks(void)
{
	struct timespec ts = { 0, 1000000000 }, neg = { -1, 0 };
	static const int ids[] = { 0, 1, 2, 3, 4, 5, 6, 7, 11, 10, 12, 99, -1 };
	struct tms tms;
	struct timeval tv;

	TITLE("clocks");
	for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		printf("clock %d\n", ids[i]);
		R(syscall(SYS_clock_gettime, ids[i], &ts));
		R(syscall(SYS_clock_getres, ids[i], NULL));
	}
	R(syscall(SYS_clock_gettime, 1, bad_ptr));
	R(syscall(SYS_clock_getres, 1, bad_ptr));
	printf("process clock %d\n", now((~getpid() << 3) | 2) > 0);
	R(syscall(SYS_clock_gettime, (~0x3ffff0 << 3) | 2, &ts));
	V(now(CLOCK_MONOTONIC) > 0);
	V(now(CLOCK_REALTIME) > 1600000000LL * 1000000000);
	V(now(CLOCK_MONOTONIC) <= now(CLOCK_MONOTONIC));
	R(syscall(SYS_clock_settime, 1, &ts));
	R(syscall(SYS_clock_settime, 2, &ts));
	R(syscall(SYS_clock_settime, 99, &ts));
	R(syscall(SYS_clock_settime, 0, &neg));
	R(syscall(SYS_clock_settime, 0, bad_ptr));
	U(struct timespec t = { 1700000000, 0 }; R(clock_settime(0, &t)); struct timeval v = { 1700000000, 0 }; R(settimeofday(&v, NULL)));
	R(gettimeofday(&tv, NULL));
	R(syscall(SYS_gettimeofday, bad_ptr, NULL));
	V(time(NULL) - tv.tv_sec <= 1);
	V(times(&tms) != -1);
	struct timex tx = { .modes = 0 };
	V(adjtimex(&tx) >= 0);
	V(tx.tick);
	U(struct timex x = { .modes = ADJ_TICK }; R(adjtimex(&x)));
}

static void sleeping(void)
{
	struct timespec ms = { 0, 20000000 }, bad = { 0, 1000000000 }, neg = { -1, 0 }, rem = { 9, 9 }, past = { 1, 0 };
	long long t;

	TITLE("sleeping");
	t = now(CLOCK_MONOTONIC);
	R(nanosleep(&ms, NULL));
	t = now(CLOCK_MONOTONIC) - t;
	V(t >= 20000000 && t < 500000000);
	R(nanosleep(&bad, NULL));
	R(nanosleep(&neg, NULL));
	R(syscall(SYS_nanosleep, bad_ptr, NULL));
	R(syscall(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &ms, NULL));
	R(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC_RAW, 0, &ms, NULL));
	R(syscall(SYS_clock_nanosleep, 99, 0, &ms, NULL));
	R(syscall(SYS_clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, &past, NULL));
	R(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &ms, NULL));
	act(SIGALRM, SA_RESTART);
	alarms(10000);
	ms.tv_nsec = 100000000;
	R(syscall(SYS_nanosleep, &ms, &rem));
	V(rem.tv_sec == 0 && rem.tv_nsec > 0 && rem.tv_nsec < 100000000);
	alarms(10000);
	R(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &ms, bad_ptr));
	alarms(10000);
	ms.tv_sec += time(NULL) + 10;
	R(syscall(SYS_clock_nanosleep, CLOCK_REALTIME, TIMER_ABSTIME, &ms, NULL));
	/* ignored: goes on to the same end */
	signal(SIGALRM, SIG_IGN);
	ualarm(5000, 0);
	t = now(CLOCK_MONOTONIC);
	ms = (struct timespec){ 0, 30000000 };
	R(nanosleep(&ms, NULL));
	V(now(CLOCK_MONOTONIC) - t >= 30000000);
}

static void itimers(void)
{
	struct itimerval it = { { 0, 20000 }, { 0, 10000 } }, old, zero = { { 0 } };

	TITLE("interval timers");
	R(setitimer(3, &it, NULL));
	R(getitimer(3, &old));
	R(syscall(SYS_setitimer, 0, bad_ptr, NULL));
	R(syscall(SYS_getitimer, 0, bad_ptr));
	it.it_value.tv_usec = 1000000;
	R(setitimer(0, &it, NULL));
	it.it_value.tv_usec = 10000;
	act(SIGALRM, 0);
	fired = 0;
	R(setitimer(ITIMER_REAL, &it, NULL));
	R(getitimer(ITIMER_REAL, &old));
	V(old.it_interval.tv_usec);
	V(old.it_value.tv_usec > 0 && old.it_value.tv_usec <= 10000);
	while (fired < 3)
		pause();
	V(code == SI_KERNEL);
	R(setitimer(ITIMER_REAL, &zero, &old));
	R(getitimer(ITIMER_REAL, &old));
	V(old.it_value.tv_usec);
	act(SIGVTALRM, 0);
	act(SIGPROF, 0);
	it = (struct itimerval){ { 0, 0 }, { 0, 20000 } };
	fired = 0;
	R(setitimer(ITIMER_VIRTUAL, &it, NULL));
	burn(80);
	V(fired);
	fired = 0;
	it.it_interval.tv_usec = 10000;
	R(setitimer(ITIMER_PROF, &it, NULL));
	burn(200);
	V(fired >= 3);
	setitimer(ITIMER_PROF, &zero, NULL);
	alarm(100);
	R(alarm(60));
	signal(SIGALRM, SIG_DFL);
}

static void posix_timers(void)
{
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 17 };
	struct itimerspec its = { { 0, 0 }, { 0, 10000000 } }, old, zero = { { 0 } };
	struct timespec ms = { 0, 55000000 };
	sigset_t s;
	int id;

	TITLE("timer_create");
	ev.sigev_notify = 99;
	R(syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id));
	ev.sigev_notify = SIGEV_SIGNAL;
	ev.sigev_signo = 65;
	R(syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id));
	ev.sigev_signo = SIGUSR1;
	R(syscall(SYS_timer_create, 99, &ev, &id));
	R(syscall(SYS_timer_create, CLOCK_MONOTONIC_RAW, &ev, &id));
	R(syscall(SYS_timer_create, CLOCK_MONOTONIC, bad_ptr, &id));
	R(syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, bad_ptr));
	R(syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id));
	act(SIGUSR1, 0);
	fired = 0;
	R(syscall(SYS_timer_gettime, id, &old));
	V(old.it_value.tv_nsec);
	R(syscall(SYS_timer_settime, id, 0, &its, NULL));
	R(syscall(SYS_timer_gettime, id, &old));
	V(old.it_value.tv_sec == 0 && old.it_value.tv_nsec <= 10000000);
	for (int i = 0; i < 1000 && !fired; i++)	/* not pause(2): it may have fired by then */
		usleep(10000);
	printf("code %d value %d overrun %d\n", code, value, overrun);
	R(syscall(SYS_timer_getoverrun, id));
	sigemptyset(&s);
	sigaddset(&s, SIGUSR1);
	sigprocmask(SIG_BLOCK, &s, NULL);
	its.it_interval.tv_nsec = 10000000;
	fired = 0;
	R(syscall(SYS_timer_settime, id, 0, &its, NULL));
	nanosleep(&ms, NULL);
	V(fired);
	sigprocmask(SIG_UNBLOCK, &s, NULL);
	V(fired >= 1 && overrun >= 3);
	V(syscall(SYS_timer_getoverrun, id) <= overrun);
	R(syscall(SYS_timer_settime, id, 0, &zero, &old));
	V(old.it_interval.tv_nsec);
	its.it_value.tv_nsec = 1000000000;
	R(syscall(SYS_timer_settime, id, 0, &its, NULL));
	R(syscall(SYS_timer_settime, id, 0, NULL, NULL));
	R(syscall(SYS_timer_settime, id, 0, bad_ptr, NULL));
	R(syscall(SYS_timer_delete, id));
	R(syscall(SYS_timer_delete, id));
	R(syscall(SYS_timer_gettime, id, &old));
	ev.sigev_notify = SIGEV_NONE;
	R(syscall(SYS_timer_create, CLOCK_REALTIME, &ev, &id));
	its = (struct itimerspec){ { 0, 0 }, { 0, 1000000 } };
	R(syscall(SYS_timer_settime, id, 0, &its, NULL));
	ms.tv_nsec = 5000000;
	nanosleep(&ms, NULL);
	R(syscall(SYS_timer_gettime, id, &old));
	V(old.it_value.tv_nsec);
	R(syscall(SYS_timer_delete, id));
	ev.sigev_notify = SIGEV_SIGNAL;
	R(syscall(SYS_timer_create, CLOCK_PROCESS_CPUTIME_ID, &ev, &id));
	its = (struct itimerspec){ { 0, 0 }, { 0, 20000000 } };
	fired = 0;
	R(syscall(SYS_timer_settime, id, 0, &its, NULL));
	ms.tv_nsec = 40000000;
	nanosleep(&ms, NULL);
	V(fired);
	burn(60);
	V(fired);
	R(syscall(SYS_timer_delete, id));
}

static void timerfds(void)
{
	struct itimerspec its = { { 0, 10000000 }, { 0, 10000000 } }, old;
	struct timespec ms = { 0, 35000000 };
	struct pollfd p;
	uint64_t n = 0;
	int fd;

	TITLE("timerfd");
	R(timerfd_create(99, 0));
	R(timerfd_create(CLOCK_MONOTONIC, 1));
	fd = R(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
	p = (struct pollfd){ fd, POLLIN, 0 };
	R(read(fd, &n, 8));
	R(read(fd, &n, 4));
	R(write(fd, &n, 8));
	R(lseek(fd, 0, SEEK_SET));
	R(poll(&p, 1, 0));
	R(timerfd_settime(fd, 99, &its, NULL));
	R(timerfd_settime(0, 0, &its, NULL));
	R(timerfd_settime(99, 0, &its, NULL));
	R(timerfd_settime(fd, 0, &its, NULL));
	R(poll(&p, 1, 1000));
	nanosleep(&ms, NULL);
	R(read(fd, &n, 8));
	V(n >= 3 && n < 20);
	R(timerfd_gettime(fd, &old));
	V(old.it_interval.tv_nsec);
	V(old.it_value.tv_nsec > 0 && old.it_value.tv_nsec <= 10000000);
	its.it_value.tv_nsec = 0;
	R(timerfd_settime(fd, 0, &its, NULL));
	R(timerfd_gettime(fd, &old));
	V(old.it_value.tv_nsec);
	its = (struct itimerspec){ { 0, 0 }, { 1, 0 } };
	R(timerfd_settime(fd, TFD_TIMER_ABSTIME, &its, NULL));
	R(poll(&p, 1, 1000));
	R(read(fd, &n, 8));
	V(n);
	close(fd);
}

static void eventfds(void)
{
	struct pollfd p;
	uint64_t n = 5;
	int fd;

	TITLE("eventfd");
	R(eventfd(0, 4));
	fd = R(eventfd(3, EFD_NONBLOCK));
	p = (struct pollfd){ fd, POLLIN | POLLOUT, 0 };
	R(read(fd, &n, 4));
	R(read(fd, &n, 8));
	V(n);
	R(read(fd, &n, 8));
	R(poll(&p, 1, 0));
	V(p.revents);
	n = 5;
	R(write(fd, &n, 8));
	R(write(fd, &n, 4));
	n = ~0ULL;
	R(write(fd, &n, 8));
	n = ~0ULL - 6;
	R(write(fd, &n, 8));
	R(poll(&p, 1, 0));
	V(p.revents);
	n = 1;
	R(write(fd, &n, 8));
	R(read(fd, bad_ptr, 8));
	R(lseek(fd, 0, SEEK_SET));
	close(fd);
	fd = R(eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK));
	R(read(fd, &n, 8));
	V(n);
	R(read(fd, &n, 8));
	R(read(fd, &n, 8));
	close(fd);
	fd = eventfd(0, 0);
	if (!fork()) {
		usleep(20000);
		n = 9;
		write(fd, &n, 8);
		_exit(0);
	}
	R(read(fd, &n, 8));
	V(n);
	wait(NULL);
	close(fd);
}

static void cpu_limit(void)
{
	struct rlimit rl = { 1, 2 };

	TITLE("RLIMIT_CPU");
	C(setrlimit(RLIMIT_CPU, &rl); for (;;) ;);
	C(signal(SIGXCPU, SIG_IGN); setrlimit(RLIMIT_CPU, &rl); for (;;) ;);
}

int main(void)
{
	clocks();
	sleeping();
	itimers();
	posix_timers();
	timerfds();
	eventfds();
	cpu_limit();
	return 0;
}
