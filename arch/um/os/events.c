/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What happens while the kernel runs, idles or waits for a guest: descriptors, timer, children, signals.
 *
 * Signals land in on_signal() on the vCPU thread. It notes a bit and, so that nothing is lost between a check and a wait,
 *   - kicks the guest thread that runs (SIGUSR1 makes it stop; one that is about to run stops at once), or
 *   - writes to an eventfd if the vCPU is about to idle in epoll.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <asm/os.h>
#include "hostcall.h"

volatile int os_running_tid, os_running_pid;
static volatile unsigned pending;
static volatile int idling;
static int epoll_fd = -1, wake_fd = -1;
static int vcpu_tid;
static timer_t timer;
static os_u64 armed_ns = ~0ULL;

static unsigned bit_of(int sig)
{
	switch (sig) {
	case SIGALRM: return OS_EV_TIMER;
	case SIGIO: return OS_EV_FD;
	case SIGCHLD: return OS_EV_CHILD;
	case SIGWINCH: return OS_EV_WINCH;
	case SIGQUIT: return OS_EV_QUIT;
	case SIGURG: return 0;		/* os_wake_vcpu() has set the bits */
	default: return OS_EV_TERM;
	}
}

static void on_signal(int sig)
{
	unsigned long long one = 1;
	int saved = errno;
	ssize_t ignored = 0;

	__atomic_or_fetch(&pending, bit_of(sig), __ATOMIC_SEQ_CST);
	if (sig == SIGALRM)
		armed_ns = ~0ULL;
	if (os_running_tid)
		syscall(SYS_tgkill, os_running_pid, os_running_tid, SIGUSR1);
	else if (idling)
		ignored = write(wake_fd, &one, sizeof(one));	/* fails only when full: awake already */
	(void)ignored;
	errno = saved;
}

void os_wake_vcpu(unsigned ev_bits)
{
	__atomic_or_fetch(&pending, ev_bits, __ATOMIC_SEQ_CST);
	syscall(SYS_tgkill, getpid(), vcpu_tid, SIGURG);
}

static const int caught[] = { SIGALRM, SIGIO, SIGWINCH, SIGQUIT, SIGTERM, SIGINT, SIGHUP, SIGURG, SIGCHLD };
#define NR_CAUGHT	(sizeof(caught) / sizeof(caught[0]))

/*
 * A frame lies on the kernel stack of whatever task runs, and is some 3 KiB large: so only one at a time. Those that come
 * together wait for each other.
 */
static void catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < NR_CAUGHT; i++)
		sigaddset(&sa.sa_mask, caught[i]);
	for (size_t i = 0; i < NR_CAUGHT; i++) {
		sa.sa_flags = caught[i] == SIGCHLD ? SA_NOCLDSTOP : 0;
		sigaction(caught[i], &sa, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
}

int os_events_init(void)
{
	struct sigevent sev = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGALRM };
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = NULL };
	int err;

	vcpu_tid = (int)syscall(SYS_gettid);
	epoll_fd = (int)HOSTCALL(epoll_create, epoll_create1(EPOLL_CLOEXEC));
	if (epoll_fd < 0)
		return epoll_fd;
	wake_fd = (int)HOSTCALL(eventfd, eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (wake_fd < 0)
		return wake_fd;
	err = (int)HOSTCALL(epoll_ctl, epoll_ctl(epoll_fd, EPOLL_CTL_ADD, wake_fd, &ev));
	if (err)
		return err;
	sev._sigev_un._tid = vcpu_tid;
	err = (int)HOSTCALL(timer_create, timer_create(CLOCK_MONOTONIC, &sev, &timer));
	if (err)
		return err;
	catch_signals();
	return 0;
}

int os_watch(int fd, unsigned events, void *data)
{
	struct epoll_event ev = { .events = events | EPOLLET, .data.ptr = data };
	int err = (int)HOSTCALL(epoll_ctl, epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &ev));

	if (err == -EEXIST)
		err = (int)HOSTCALL(epoll_ctl, epoll_ctl(epoll_fd, EPOLL_CTL_MOD, fd, &ev));
	if (err)
		return err;
	/* SIGIO tells of it while a guest runs. What cannot do that (files, eventfds) is seen when idle or at the next tick. */
	if (fcntl(fd, F_SETOWN, vcpu_tid) == 0) {
		struct f_owner_ex own = { F_OWNER_TID, vcpu_tid };

		fcntl(fd, F_SETOWN_EX, &own);
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_ASYNC);
	}
	return 0;
}

int os_unwatch(int fd)
{
	struct epoll_event ev = { 0 };

	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_ASYNC);
	return (int)HOSTCALL(epoll_ctl, epoll_ctl(epoll_fd, EPOLL_CTL_DEL, fd, &ev));
}

/* epoll_pwait2 has nanoseconds; old hosts get milliseconds, rounded up. */
static int wait_events(struct epoll_event *ev, int max, os_u64 timeout_ns)
{
	struct timespec ts = { (time_t)(timeout_ns / 1000000000ULL), (long)(timeout_ns % 1000000000ULL) };
	static bool no_pwait2;
	long n;

	if (!no_pwait2) {
		n = HOSTCALL(epoll_wait, syscall(SYS_epoll_pwait2, epoll_fd, ev, max, timeout_ns == ~0ULL ? NULL : &ts, NULL, 0));
		if (n != -ENOSYS)
			return (int)n;
		no_pwait2 = true;
	}
	return (int)HOSTCALL(epoll_wait, epoll_wait(epoll_fd, ev, max,
		timeout_ns == ~0ULL ? -1 : (int)((timeout_ns + 999999) / 1000000 > 1000000000 ? 1000000000 : (timeout_ns + 999999) / 1000000)));
}

int os_events_get(struct os_event *out, int max, os_u64 timeout_ns)
{
	struct epoll_event ev[16];
	unsigned long long drop;
	int n, m = 0;

	idling = 1;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	n = wait_events(ev, max < 16 ? max : 16, pending & ~OS_EV_FD ? 0 : timeout_ns);
	idling = 0;
	__atomic_and_fetch(&pending, ~OS_EV_FD, __ATOMIC_SEQ_CST);
	for (int i = 0; i < n; i++) {
		if (!ev[i].data.ptr) {
			while (read(wake_fd, &drop, sizeof(drop)) > 0)
				;
			continue;
		}
		out[m].data = ev[i].data.ptr;
		out[m++].events = ev[i].events;
	}
	return m;
}

unsigned os_events_pending(void)
{
	return pending;
}

unsigned os_events_take(void)
{
	return __atomic_exchange_n(&pending, 0, __ATOMIC_SEQ_CST);
}

void os_timer_arm(os_u64 monotonic_ns)
{
	struct itimerspec its = { 0 };

	if (monotonic_ns >= armed_ns)	/* it fires early then, which does no harm */
		return;
	armed_ns = monotonic_ns;
	its.it_value.tv_sec = (time_t)(monotonic_ns / 1000000000ULL);
	its.it_value.tv_nsec = (long)(monotonic_ns % 1000000000ULL);
	if (!monotonic_ns)
		its.it_value.tv_nsec = 1;
	HOSTCALL(timer_settime, timer_settime(timer, TIMER_ABSTIME, &its, NULL));
}
