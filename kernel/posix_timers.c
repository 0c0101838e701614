// SPDX-License-Identifier: GPL-2.0
/*
 * timer_create(2) and its sisters. Each timer owns one queue entry for its signal. A periodic timer is not armed again
 * until that signal is taken: then the periods that have passed meanwhile are its overrun.
 */
#include <kernel/cred.h>
#include <kernel/posix_timers.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <mm/slab.h>
#include <lib/string.h>
#include <linux/time.h>
#include <linux/time_types.h>

struct posix_timer {
	struct list_head node;		/* process->timers->timers */
	struct process *process;	/* whose timer it is */
	int id, clockid, notify;
	struct task *target;		/* counted; SIGEV_THREAD_ID's thread, else NULL */
	struct sigqueue *q;
	bool armed;			/* expires_ns means something: it will fire, or has and waits to be taken */
	u64 expires_ns;			/* on its own clock */
	u64 interval_ns;
	s64 overrun, overrun_last;
	struct timer timer;		/* for clocks of the machine */
	struct cpu_timer cpu;		/* for CPU clocks; thread is counted */
	struct clock_watch watch;	/* for absolute CLOCK_REALTIME */
	bool absolute;
};

static u64 timer_now(const struct posix_timer *pt)
{
	u64 ns = 0;

	if (is_cpu_clock(pt->clockid))
		return cpu_clock_read(pt->cpu.clock, pt->process, pt->cpu.thread);
	clock_read(pt->clockid, &ns);
	return ns;
}

static bool on_real_clock(const struct posix_timer *pt)
{
	return pt->clockid == CLOCK_REALTIME || pt->clockid == CLOCK_TAI;
}

static void disarm(struct posix_timer *pt)
{
	timer_cancel(&pt->timer);
	cpu_timer_cancel(&pt->cpu);
	clock_watch_del(&pt->watch);
}

static void start(struct posix_timer *pt)
{
	if (pt->notify == SIGEV_NONE)
		return;		/* only read by timer_gettime */
	if (is_cpu_clock(pt->clockid)) {
		pt->cpu.expires_ns = pt->expires_ns;
		cpu_timer_cancel(&pt->cpu);
		cpu_timer_set(&pt->cpu, pt->process);
	} else if (on_real_clock(pt)) {
		timer_set(&pt->timer, real_to_monotonic(pt->expires_ns));
		clock_watch_del(&pt->watch);
		clock_watch_add(&pt->watch);
	} else {
		timer_set(&pt->timer, pt->expires_ns);
	}
}

/* Moves the expiry of a periodic timer past now: how many periods that took. */
static u64 forward(struct posix_timer *pt, u64 now)
{
	u64 n;

	if (now < pt->expires_ns)
		return 0;
	n = (now - pt->expires_ns) / pt->interval_ns + 1;
	pt->expires_ns += n * pt->interval_ns;
	return n;
}

static void fire(struct posix_timer *pt)
{
	struct task *t = pt->target ? pt->target : pt->process->leader;

	clock_watch_del(&pt->watch);
	if (!pt->interval_ns)
		pt->armed = false;
	pt->q->info.si_overrun = 0;
	if (send_sigqueue(pt->q, t, !pt->target) == 0)
		return;		/* goes on in posix_timer_taken() */
	/* Still queued from before, or ignored: nobody will take it, so go on by ourselves. */
	if (!list_empty(&pt->q->node))
		pt->overrun++;
	if (pt->interval_ns) {
		forward(pt, timer_now(pt));
		if (pt->interval_ns < NSEC_PER_MSEC)
			pt->expires_ns += NSEC_PER_MSEC;	/* an ignored signal must not eat the CPU */
		start(pt);
	}
}

void posix_timer_taken(struct posix_timer *pt, siginfo_t *info)
{
	if (pt->armed && pt->interval_ns) {
		pt->overrun += (s64)forward(pt, timer_now(pt));
		start(pt);
	}
	pt->overrun_last = pt->interval_ns ? max(pt->overrun, 0LL) : 0;
	pt->overrun = -1;
	info->si_overrun = (int)min(pt->overrun_last, (s64)INT_MAX);
}

static void timer_fired(struct timer *t)
{
	fire(container_of(t, struct posix_timer, timer));
}

static void cpu_timer_fired(struct cpu_timer *ct)
{
	fire(container_of(ct, struct posix_timer, cpu));
}

static void real_clock_set(struct clock_watch *w)
{
	struct posix_timer *pt = container_of(w, struct posix_timer, watch);

	if (pt->timer.pending)
		timer_set(&pt->timer, real_to_monotonic(pt->expires_ns));
}

/* --- the timers of a process --- */

struct posix_timers *posix_timers_get(struct process *p)
{
	struct posix_timers *pts;

	if (p->timers)
		return p->timers;
	pts = kzalloc(sizeof(*pts), GFP_KERNEL);
	if (!pts || p->timers) {
		kfree(pts);
		return p->timers;
	}
	idr_init(&pts->ids);
	list_init(&pts->timers);
	list_init(&pts->cpu);
	itimer_init(pts, p);
	p->timers = pts;
	return pts;
}

static void timer_free(struct posix_timer *pt)
{
	disarm(pt);
	sigqueue_cancel(pt->q, pt->process);
	recalc_sigpending(current);
	sigqueue_free(pt->q);
	if (pt->target)
		task_put(pt->target);
	if (pt->cpu.thread)
		task_put(pt->cpu.thread);
	list_del(&pt->node);
	kfree(pt);
}

static void free_all(struct posix_timers *pts)
{
	struct posix_timer *pt, *tmp;

	list_for_each_entry_safe(pt, tmp, &pts->timers, node) {
		idr_remove(&pts->ids, pt->id);
		timer_free(pt);
	}
}

void posix_timers_exec(void)
{
	if (current->process->timers)
		free_all(current->process->timers);
}

void posix_timers_exit(struct process *p)
{
	struct posix_timers *pts = p->timers;

	if (!pts)
		return;
	free_all(pts);
	itimer_exit(pts);
	while (!list_empty(&pts->cpu))
		list_del(pts->cpu.next);
	idr_destroy(&pts->ids);
	p->timers = NULL;
	kfree(pts);
}

static struct posix_timer *find(int id)
{
	struct posix_timers *pts = current->process->timers;

	return pts && id >= 0 ? idr_find(&pts->ids, id) : NULL;
}

/* --- timer_create --- */

static int set_event(struct posix_timer *pt, const sigevent_t *ev)
{
	struct task *target;

	pt->notify = ev->sigev_notify;
	switch (ev->sigev_notify) {
	case SIGEV_NONE:
		return 0;
	case SIGEV_SIGNAL | SIGEV_THREAD_ID:
		target = task_find(ev->_sigev_un._tid);
		if (!target || target->process != current->process)
			return -EINVAL;
		task_get(target);
		pt->target = target;
		fallthrough;
	case SIGEV_SIGNAL:
	case SIGEV_THREAD:
		return ev->sigev_signo >= 1 && ev->sigev_signo <= NSIG_ ? 0 : -EINVAL;
	}
	return -EINVAL;
}

static int check_clock(int id)
{
	u64 ns;

	switch (id) {
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_REALTIME_ALARM:
	case CLOCK_BOOTTIME_ALARM:
		return -EOPNOTSUPP;
	}
	return clock_read(id, &ns);
}

static int set_cpu_clock(struct posix_timer *pt)
{
	struct process *p;
	int err;

	if (!is_cpu_clock(pt->clockid))
		return 0;
	err = cpu_clock_decode(pt->clockid, &pt->cpu.clock, &p, &pt->cpu.thread);
	if (!err && p != current->process) {
		pt->cpu.thread = NULL;
		err = -EINVAL;		/* other processes' clocks can be read, but not waited for */
	}
	if (!err && pt->cpu.thread)
		task_get(pt->cpu.thread);
	return err;
}

/* Sleeps. NULL: no memory, or too many. */
static struct posix_timer *timer_new(int clockid)
{
	struct posix_timer *pt = kzalloc(sizeof(*pt), GFP_KERNEL);

	if (!pt)
		return NULL;
	pt->q = sigqueue_alloc();
	if (!pt->q) {
		kfree(pt);
		return NULL;
	}
	pt->q->timer = pt;
	pt->clockid = clockid;
	pt->process = current->process;
	pt->overrun = -1;
	timer_init(&pt->timer, timer_fired);
	pt->watch.fn = real_clock_set;
	pt->cpu.fn = cpu_timer_fired;
	list_init(&pt->cpu.node);
	list_init(&pt->node);
	return pt;
}

long sys_timer_create(int clockid, uaddr_t uev, uaddr_t uid)
{
	sigevent_t ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM };
	struct posix_timers *pts = posix_timers_get(current->process);
	struct posix_timer *pt;
	int err, id;

	if (uev && get_user(ev, uev))
		return -EFAULT;
	err = check_clock(clockid);
	if (err)
		return err;
	pt = pts ? timer_new(clockid) : NULL;
	if (!pt)
		return -EAGAIN;
	err = set_event(pt, &ev) ?: set_cpu_clock(pt);
	pt->id = id = err ? err : idr_alloc_cyclic(&pts->ids, pt, 0, INT_MAX);
	if (id < 0) {
		timer_free(pt);
		return err ? err : -EAGAIN;
	}
	list_add(&pt->node, &pts->timers);
	if (!uev)
		ev.sigev_value.sival_int = pt->id;
	siginfo_kernel(&pt->q->info, ev.sigev_signo, SI_TIMER);
	pt->q->info.si_tid = pt->id;
	pt->q->info.si_value = ev.sigev_value;
	err = put_user(id, int, uid);
	if (err && find(id) == pt) {	/* another thread may have deleted it */
		idr_remove(&pts->ids, id);
		timer_free(pt);
	}
	return err;
}

/* --- using one --- */

static void read_timer(struct posix_timer *pt, struct __kernel_itimerspec *its)
{
	u64 now = timer_now(pt), left = 0;

	*its = (struct __kernel_itimerspec){ { 0 } };
	its->it_interval.tv_sec = (s64)(pt->interval_ns / NSEC_PER_SEC);
	its->it_interval.tv_nsec = (s64)(pt->interval_ns % NSEC_PER_SEC);
	if (!pt->armed)
		return;
	if (pt->interval_ns && (pt->notify == SIGEV_NONE || !list_empty(&pt->q->node)))
		pt->overrun += (s64)forward(pt, now);
	if (pt->expires_ns > now)
		left = pt->expires_ns - now;
	else if (pt->notify != SIGEV_NONE)
		left = 1;
	its->it_value.tv_sec = (s64)(left / NSEC_PER_SEC);
	its->it_value.tv_nsec = (s64)(left % NSEC_PER_SEC);
}

static bool valid_spec(const struct __kernel_timespec *ts)
{
	return ts->tv_sec >= 0 && ts->tv_nsec >= 0 && ts->tv_nsec < (long long)NSEC_PER_SEC;
}

static void set_timer(struct posix_timer *pt, int flags, const struct __kernel_itimerspec *its)
{
	u64 value = timespec_to_ns(its->it_value.tv_sec, its->it_value.tv_nsec);
	u64 now = timer_now(pt);

	disarm(pt);
	pt->armed = false;
	pt->overrun = -1;
	pt->overrun_last = 0;
	pt->interval_ns = min(timespec_to_ns(its->it_interval.tv_sec, its->it_interval.tv_nsec), (u64)S64_MAX);
	if (!value)
		return;
	pt->armed = true;
	pt->expires_ns = flags & TIMER_ABSTIME ? value : now + value < now ? U64_MAX : now + value;
	start(pt);
}

long sys_timer_settime(int id, int flags, uaddr_t unew, uaddr_t uold)
{
	struct __kernel_itimerspec new_, old;
	struct posix_timer *pt;

	if (!unew)
		return -EINVAL;
	if (get_user(new_, unew))
		return -EFAULT;
	if (!valid_spec(&new_.it_value) || !valid_spec(&new_.it_interval))
		return -EINVAL;
	pt = find(id);
	if (!pt)
		return -EINVAL;
	read_timer(pt, &old);
	set_timer(pt, flags, &new_);
	return uold ? copy_to_user(uold, &old, sizeof(old)) : 0;
}

long sys_timer_gettime(int id, uaddr_t uval)
{
	struct posix_timer *pt = find(id);
	struct __kernel_itimerspec its;

	if (!pt)
		return -EINVAL;
	read_timer(pt, &its);
	return copy_to_user(uval, &its, sizeof(its));
}

long sys_timer_getoverrun(int id)
{
	struct posix_timer *pt = find(id);

	return pt ? (long)min(pt->overrun_last, (s64)INT_MAX) : -EINVAL;
}

long sys_timer_delete(int id)
{
	struct posix_timer *pt = find(id);

	if (!pt)
		return -EINVAL;
	idr_remove(&current->process->timers->ids, id);
	timer_free(pt);
	return 0;
}
