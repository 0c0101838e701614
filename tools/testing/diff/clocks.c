// SPDX-License-Identifier: GPL-2.0
/* Clocks, sleeps, interval and POSIX timers: what they refuse, and what an interrupted sleep tells. */
#include "diff.h"
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <time.h>

#define CALL(...) R(syscall(__VA_ARGS__))
#define GONE_CLOCK ((~0x3ffff0 << 3) | 2)

static volatile int got;
static void on(int sig) { got++; }

static void alarm_in(int ms, int flags)
{
	struct sigaction sa = { .sa_handler = on, .sa_flags = flags };

	got = 0;
	sigaction(SIGALRM, &sa, NULL);
	alarms(ms * 1000);
}

static void sleeping(void)
{
	struct timespec ms = { 0, 1000000 }, bad = { 0, 1000000000 }, neg = { 0, -1 }, before = { -1, 0 }, hour = { 3600, 0 }, rem = { -1, -1 }, then;

	TITLE("nanosleep");
	CALL(SYS_nanosleep, &ms, NULL);
	CALL(SYS_nanosleep, &ms, bad_ptr);
	CALL(SYS_nanosleep, &bad, NULL);
	CALL(SYS_nanosleep, &neg, NULL);
	CALL(SYS_nanosleep, &before, NULL);
	CALL(SYS_nanosleep, NULL, NULL);
	CALL(SYS_nanosleep, bad_ptr, NULL);
	alarm_in(20, 0);
	CALL(SYS_nanosleep, &hour, &rem);
	printf("about an hour left %d\n", rem.tv_sec == 3599);
	alarm_in(20, 0);
	CALL(SYS_nanosleep, &hour, bad_ptr);
	alarms(0);		/* the sleeps that follow are to end by themselves */
	TITLE("clock_nanosleep");
	CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &ms, NULL);
	CALL(SYS_clock_nanosleep, CLOCK_BOOTTIME, 0, &ms, NULL);
	CALL(SYS_clock_nanosleep, CLOCK_TAI, 0, &ms, NULL);
	CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, 2, &ms, NULL);
	CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &bad, NULL);
	CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, bad_ptr, NULL);
	CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &ms, bad_ptr);
	CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &before, NULL);
	CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC_RAW, 0, &ms, NULL);
	CALL(SYS_clock_nanosleep, CLOCK_REALTIME_COARSE, 0, &ms, NULL);
	CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC_COARSE, 0, &ms, NULL);
	CALL(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &ms, NULL);
	CALL(SYS_clock_nanosleep, 99, 0, &ms, NULL);
	CALL(SYS_clock_nanosleep, -1, 0, &ms, NULL);
	CALL(SYS_clock_nanosleep, GONE_CLOCK, 0, &ms, NULL);
	alarm_in(20, 0);
	CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &hour, &rem);
	printf("about an hour left %d\n", rem.tv_sec == 3599);
	clock_gettime(CLOCK_MONOTONIC, &then);
	then.tv_sec += 3600;
	rem = (struct timespec){ 5, 5 };
	alarm_in(20, 0);
	CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &then, &rem);
	V(rem.tv_sec);
	alarm_in(20, SA_RESTART);
	CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, &then, NULL);
	V(got > 0);
	alarms(0);
	signal(SIGALRM, SIG_DFL);
}

static void setting(void)
{
	struct timeval tv = { 0, 1000000 }, neg = { -1, 0 };
	struct timezone tz = { 0, 0 }, far = { 16 * 60, 0 };
	struct timespec bad = { 0, 1000000000 };
	struct timex tx = { .modes = 0 }, x;
	struct tms t;
	long when;

	TITLE("setting");
	CALL(SYS_gettimeofday, &tv, &tz);
	CALL(SYS_gettimeofday, NULL, bad_ptr);
	CALL(SYS_settimeofday, NULL, NULL);
	CALL(SYS_settimeofday, bad_ptr, NULL);
	CALL(SYS_settimeofday, NULL, bad_ptr);
	tv.tv_usec = 1000001;
	CALL(SYS_settimeofday, &tv, NULL);
	tv.tv_usec = -1;
	CALL(SYS_settimeofday, &tv, NULL);
	CALL(SYS_settimeofday, &neg, NULL);
	CALL(SYS_settimeofday, NULL, &far);
	U(CALL(SYS_settimeofday, NULL, &tz); gettimeofday(&tv, NULL); CALL(SYS_settimeofday, &tv, NULL));
	CALL(SYS_clock_settime, CLOCK_REALTIME, &bad);
	CALL(SYS_clock_settime, CLOCK_MONOTONIC, &bad);
	CALL(SYS_clock_settime, CLOCK_PROCESS_CPUTIME_ID, &bad);
	V(syscall(SYS_time, NULL) > 1600000000);
	V(syscall(SYS_time, &when) == when);
	CALL(SYS_time, bad_ptr);
	OK(syscall(SYS_times, &t));
	OK(syscall(SYS_times, NULL));
	OK(syscall(SYS_times, bad_ptr));
	TITLE("adjtimex");
	OK(syscall(SYS_adjtimex, &tx));
	V(tx.tick >= 9000 && tx.tick <= 11000);
	CALL(SYS_adjtimex, bad_ptr);
	x = (struct timex){ .modes = ADJ_TICK, .tick = 1 };
	CALL(SYS_adjtimex, &x);
	x = (struct timex){ .modes = ADJ_SETOFFSET, .time = { 0, 1000000 } };
	CALL(SYS_adjtimex, &x);
	x = (struct timex){ .modes = ADJ_SETOFFSET, .time = { 0, -1 } };
	CALL(SYS_adjtimex, &x);
	x = (struct timex){ .modes = ADJ_OFFSET_SS_READ };
	OK(syscall(SYS_adjtimex, &x));
	U(x = (struct timex){ .modes = ADJ_FREQUENCY }; CALL(SYS_adjtimex, &x); x = (struct timex){ .modes = ADJ_OFFSET_SINGLESHOT }; CALL(SYS_adjtimex, &x);
	  x.modes = 0; OK(syscall(SYS_adjtimex, &x)); x.modes = ADJ_SETOFFSET; CALL(SYS_clock_adjtime, CLOCK_REALTIME, &x));
	x.modes = 0;
	OK(syscall(SYS_clock_adjtime, CLOCK_REALTIME, &x));
	CALL(SYS_clock_adjtime, CLOCK_REALTIME, bad_ptr);
	CALL(SYS_clock_adjtime, CLOCK_MONOTONIC, &x);
	CALL(SYS_clock_adjtime, CLOCK_PROCESS_CPUTIME_ID, &x);
	CALL(SYS_clock_adjtime, 99, &x);
	CALL(SYS_clock_adjtime, -1, &x);
	CALL(SYS_clock_getres, 99, NULL);
	CALL(SYS_clock_getres, GONE_CLOCK, &bad);
	CALL(SYS_clock_gettime, CLOCK_REALTIME, NULL);
}

static void intervals(void)
{
	struct itimerval it = { .it_value = { 0, 1000000 } }, old;

	TITLE("interval timers");
	CALL(SYS_setitimer, 3, &it, NULL);
	CALL(SYS_setitimer, ITIMER_REAL, &it, NULL);
	it.it_value.tv_usec = -1;
	CALL(SYS_setitimer, ITIMER_VIRTUAL, &it, NULL);
	it.it_value = (struct timeval){ -1, 0 };
	CALL(SYS_setitimer, ITIMER_PROF, &it, NULL);
	it.it_value = (struct timeval){ 100, 0 };
	it.it_interval = (struct timeval){ 0, 1000000 };
	CALL(SYS_setitimer, ITIMER_PROF, &it, NULL);
	CALL(SYS_setitimer, ITIMER_PROF, bad_ptr, NULL);
	CALL(SYS_getitimer, 3, &old);
	CALL(SYS_getitimer, -1, &old);
	CALL(SYS_getitimer, ITIMER_REAL, bad_ptr);
	CALL(SYS_getitimer, ITIMER_REAL, NULL);
	it.it_interval = (struct timeval){ 7, 8 };
	CALL(SYS_setitimer, ITIMER_VIRTUAL, &it, bad_ptr);
	CALL(SYS_setitimer, ITIMER_VIRTUAL, &it, &old);
	printf("%ld %ld\n", old.it_interval.tv_sec, old.it_interval.tv_usec);
	CALL(SYS_setitimer, ITIMER_VIRTUAL, NULL, NULL);
	CALL(SYS_setitimer, ITIMER_VIRTUAL, &(struct itimerval){ 0 }, &old);
	printf("%ld %ld\n", old.it_interval.tv_sec, old.it_value.tv_sec);
	V(alarm(0) >= 0);
	V(alarm(5));
	V(alarm(3));
	V(alarm(0));
	alarm(60);
}

static void posix_timers(void)
{
	struct itimerspec its = { .it_value = { 0, 1000000000 } }, old;
	struct sigevent ev = { .sigev_notify = 99 };
	int id = -1, n = 0, ids[8];

	TITLE("POSIX timers");
	CALL(SYS_timer_create, 99, NULL, &id);
	CALL(SYS_timer_create, -1, NULL, &id);
	CALL(SYS_timer_create, GONE_CLOCK, NULL, &id);
	CALL(SYS_timer_create, CLOCK_MONOTONIC_RAW, NULL, &id);
	CALL(SYS_timer_create, CLOCK_MONOTONIC_COARSE, NULL, &id);
	CALL(SYS_timer_create, CLOCK_MONOTONIC, NULL, bad_ptr);
	CALL(SYS_timer_create, CLOCK_MONOTONIC, bad_ptr, &id);
	CALL(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id);
	ev = (struct sigevent){ .sigev_notify = SIGEV_SIGNAL, .sigev_signo = 65 };
	CALL(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id);
	ev.sigev_signo = 0;
	CALL(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id);
	ev = (struct sigevent){ .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1, ._sigev_un._tid = 1 };
	CALL(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id);
	ev._sigev_un._tid = 0x7ffffff0;
	CALL(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id);
	ev = (struct sigevent){ .sigev_notify = SIGEV_NONE };
	CALL(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id);
	CALL(SYS_timer_settime, id, 0, NULL, NULL);
	CALL(SYS_timer_settime, id, 0, bad_ptr, NULL);
	CALL(SYS_timer_settime, id, 0, &its, NULL);
	its.it_value.tv_nsec = -1;
	CALL(SYS_timer_settime, id, 0, &its, NULL);
	its.it_value = (struct timespec){ 100, 0 };
	its.it_interval.tv_nsec = 1000000000;
	CALL(SYS_timer_settime, id, 0, &its, NULL);
	its.it_interval.tv_nsec = 5;
	CALL(SYS_timer_settime, id, 2, &its, &old);
	CALL(SYS_timer_settime, id, 0, &its, bad_ptr);
	CALL(SYS_timer_settime, 999, 0, &its, NULL);
	CALL(SYS_timer_gettime, id, &old);
	printf("%d %ld\n", old.it_value.tv_sec >= 99 && old.it_value.tv_sec < 101, old.it_interval.tv_nsec);
	CALL(SYS_timer_gettime, id, bad_ptr);
	CALL(SYS_timer_gettime, 999, &old);
	CALL(SYS_timer_gettime, -1, &old);
	CALL(SYS_timer_getoverrun, id);
	CALL(SYS_timer_getoverrun, 999);
	CALL(SYS_timer_delete, id);
	CALL(SYS_timer_delete, id);
	CALL(SYS_timer_delete, -1);
	C(struct itimerspec t = { .it_value = { 100, 0 } }; CALL(SYS_timer_settime, id, 0, &t, NULL));
	CALL(SYS_timer_create, (~getpid() << 3) | 2, &ev, &id);
	CALL(SYS_timer_delete, id);
	TITLE("overruns");
	signal(SIGUSR1, SIG_IGN);
	sigset_t s;
	siginfo_t si;
	sigemptyset(&s);
	sigaddset(&s, SIGUSR1);
	sigprocmask(SIG_BLOCK, &s, NULL);
	signal(SIGUSR1, on);
	ev = (struct sigevent){ .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42 };
	CALL(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id);
	its = (struct itimerspec){ { 0, 1000000 }, { 0, 1000000 } };
	CALL(SYS_timer_settime, id, 0, &its, NULL);
	usleep(50000);
	R(sigwaitinfo(&s, &si));
	printf("code %d value %d overrun %d\n", si.si_code, si.si_value.sival_int, si.si_overrun >= 20);
	V(syscall(SYS_timer_getoverrun, id) >= 20);
	CALL(SYS_timer_delete, id);
	for (n = 0; n < 8; n++)
		syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &ids[n]);
	while (n--)
		CALL(SYS_timer_delete, ids[n]);
}

int main(void)
{
	sleeping();
	setting();
	intervals();
	posix_timers();
	return 0;
}
