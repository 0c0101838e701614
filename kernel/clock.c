// SPDX-License-Identifier: GPL-2.0
/* Reading clocks by their ABI number, times in user memory, and who must know that CLOCK_REALTIME was set. */
#include <kernel/posix_timers.h>
#include <kernel/sched.h>
#include <kernel/uaccess.h>
#include <linux/time.h>
#include <linux/time_types.h>

u64 timespec_to_ns(s64 sec, s64 nsec)
{
	if (sec > (s64)(S64_MAX / NSEC_PER_SEC) - 1)
		return U64_MAX;
	return (u64)sec * NSEC_PER_SEC + (u64)nsec;
}

int get_timespec(uaddr_t uts, u64 *ns)
{
	struct __kernel_timespec ts;

	if (get_user(ts, uts))
		return -EFAULT;
	if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= (long long)NSEC_PER_SEC)
		return -EINVAL;
	*ns = timespec_to_ns(ts.tv_sec, ts.tv_nsec);
	return 0;
}

int put_timespec(uaddr_t uts, u64 ns)
{
	struct __kernel_timespec ts = { (long long)(ns / NSEC_PER_SEC), (long long)(ns % NSEC_PER_SEC) };

	return copy_to_user(uts, &ts, sizeof(ts));
}

/* --- CPU clocks --- */

/* The ABI packs a pid, inverted, above three bits: two of kind, one that says "a single thread's". */
#define CPUCLOCK_PERTHREAD	4
#define CPUCLOCK_KIND(id)	((id) & 3)
#define CPUCLOCK_PID(id)	(~((id) >> 3))

int cpu_clock_decode(int id, enum cpu_clock *clock, struct process **p, struct task **thread)
{
	bool per_thread = id & CPUCLOCK_PERTHREAD;
	int pid;

	*p = current->process;
	*thread = NULL;
	*clock = CPU_SCHED;
	if (id == CLOCK_PROCESS_CPUTIME_ID)
		return 0;
	if (id == CLOCK_THREAD_CPUTIME_ID) {
		*thread = current;
		return 0;
	}
	if (id >= 0 || CPUCLOCK_KIND(id) == 3)
		return -EINVAL;
	*clock = (enum cpu_clock)CPUCLOCK_KIND(id);
	pid = CPUCLOCK_PID(id);
	if (per_thread) {
		*thread = pid ? task_find(pid) : current;
		return *thread && (*thread)->process == current->process ? 0 : -EINVAL;
	}
	if (pid)
		*p = process_find(pid);
	return *p ? 0 : -EINVAL;
}

u64 cpu_clock_read(enum cpu_clock clock, struct process *p, struct task *thread)
{
	u64 utime, stime;

	if (clock == CPU_SCHED)
		return thread ? task_runtime_ns(thread) : process_runtime_ns(p);
	if (thread) {
		utime = thread->acct.utime_ns;
		stime = thread->acct.stime_ns;
	} else {
		process_times(p, &utime, &stime);
	}
	return clock == CPU_VIRT ? utime : utime + stime;
}

int clock_read(int id, u64 *ns)
{
	struct timespec64 ts;
	struct process *p;
	struct task *thread;
	enum cpu_clock clock;
	int err;

	switch (id) {
	case CLOCK_REALTIME:
	case CLOCK_REALTIME_ALARM:
	case CLOCK_TAI:
		*ns = ktime_real_ns();
		return 0;
	case CLOCK_REALTIME_COARSE:
		ts = ktime_real_coarse();
		*ns = timespec_to_ns(ts.sec, ts.nsec);
		return 0;
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_BOOTTIME:
	case CLOCK_BOOTTIME_ALARM:
		*ns = ktime_ns();
		return 0;
	}
	err = cpu_clock_decode(id, &clock, &p, &thread);
	if (!err)
		*ns = cpu_clock_read(clock, p, thread);
	return err;
}

/* --- watches of the real clock --- */

static LIST_HEAD(watches);

void clock_watch_add(struct clock_watch *w)
{
	list_add(&w->node, &watches);
}

void clock_watch_del(struct clock_watch *w)
{
	if (w->node.next)
		list_del(&w->node);
}

u64 real_to_monotonic(u64 real_ns)
{
	u64 offset = ktime_real_offset();

	if (real_ns == U64_MAX)
		return U64_MAX;
	return real_ns > offset ? real_ns - offset : 0;
}

void clock_was_set(void)
{
	struct clock_watch *w, *tmp;

	list_for_each_entry_safe(w, tmp, &watches, node)
		w->fn(w);
}
