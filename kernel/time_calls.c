// SPDX-License-Identifier: GPL-2.0
/* System calls that read, set and sleep on clocks. */
#include <kernel/cred.h>
#include <kernel/posix_timers.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include <linux/times.h>
#include <linux/timex.h>

#define TICK_NS		4000000UL	/* what coarse clocks promise */
#define USER_HZ		100
#define TICKS(ns)	((long)((ns) / (NSEC_PER_SEC / USER_HZ)))
#define SETTABLE_MAX	(S64_MAX / (s64)NSEC_PER_SEC - 30LL * 365 * 86400)	/* seconds: leaves 30 years to run */

static bool is_coarse(int id)
{
	return id == CLOCK_REALTIME_COARSE || id == CLOCK_MONOTONIC_COARSE;
}

long sys_clock_gettime(int id, uaddr_t uts)
{
	u64 ns;
	int err = clock_read(id, &ns);

	return err ? err : put_timespec(uts, ns);
}

long sys_clock_getres(int id, uaddr_t uts)
{
	u64 ns;
	int err = clock_read(id, &ns);

	if (err || !uts)
		return err;
	return put_timespec(uts, is_coarse(id) ? TICK_NS : 1);
}

static int set_real(s64 sec, s64 nsec)
{
	if (sec < 0 || nsec < 0 || nsec >= (s64)NSEC_PER_SEC || sec > SETTABLE_MAX)
		return -EINVAL;
	if (!capable(CAP_SYS_TIME))
		return -EPERM;
	if (timespec_to_ns(sec, nsec) < ktime_ns())
		return -EINVAL;		/* the machine would have been started before 1970 */
	ktime_set_real(timespec_to_ns(sec, nsec));
	clock_was_set();
	return 0;
}

long sys_clock_settime(int id, uaddr_t uts)
{
	struct __kernel_timespec ts;
	u64 ns;
	int err = clock_read(id, &ns);

	if (err)
		return err;
	/* Dynamic ids of CPU clocks look settable and never are. */
	if (id != CLOCK_REALTIME && id >= 0)
		return -EINVAL;
	if (get_user(ts, uts))
		return -EFAULT;
	return id < 0 ? -EPERM : set_real(ts.tv_sec, ts.tv_nsec);
}

/* --- the old ones --- */

static struct timezone sys_tz;

long sys_gettimeofday(uaddr_t utv, uaddr_t utz)
{
	struct timespec64 now = ktime_real();
	struct timeval tv = { now.sec, now.nsec / 1000 };

	if (utv && copy_to_user(utv, &tv, sizeof(tv)))
		return -EFAULT;
	if (utz && copy_to_user(utz, &sys_tz, sizeof(sys_tz)))
		return -EFAULT;
	return 0;
}

long sys_settimeofday(uaddr_t utv, uaddr_t utz)
{
	struct timezone tz;
	struct timeval tv;

	if (utv) {
		if (get_user(tv, utv))
			return -EFAULT;
		if (tv.tv_usec < 0 || tv.tv_usec > 1000000)
			return -EINVAL;
	}
	if (utz && get_user(tz, utz))
		return -EFAULT;
	if (utv && (tv.tv_sec < 0 || tv.tv_usec == 1000000))
		return -EINVAL;
	if (!capable(CAP_SYS_TIME))
		return -EPERM;
	if (utz) {
		if (tz.tz_minuteswest > 15 * 60 || tz.tz_minuteswest < -15 * 60)
			return -EINVAL;
		sys_tz = tz;
	}
	return utv ? set_real(tv.tv_sec, tv.tv_usec * 1000) : 0;
}

long sys_time(uaddr_t ut)
{
	s64 now = ktime_real().sec;

	if (ut && put_user(now, s64, ut))
		return -EFAULT;
	return now;
}

long sys_times(uaddr_t utms)
{
	const struct rusage_acct *kids = &current->process->reaped_children;
	struct tms tms;
	u64 utime, stime;

	if (utms) {
		process_times(current->process, &utime, &stime);
		tms = (struct tms){ TICKS(utime), TICKS(stime), TICKS(kids->utime_ns), TICKS(kids->stime_ns) };
		if (copy_to_user(utms, &tms, sizeof(tms)))
			return -EFAULT;
	}
	return TICKS(ktime_ns());
}

/* --- sleeping --- */

struct sleeper { struct clock_watch watch; struct cpu_timer cpu; struct task *task; bool fired; };

static void sleeper_clock_set(struct clock_watch *w)
{
	task_wake(container_of(w, struct sleeper, watch)->task);
}

/* Until deadline on the real (else monotonic) clock: 0 or -EINTR. */
static int sleep_on_clock(bool realtime, u64 deadline)
{
	struct sleeper s = { .watch.fn = sleeper_clock_set, .task = current };
	int err = 0;

	if (realtime)
		clock_watch_add(&s.watch);
	for (;;) {
		u64 mono = realtime ? real_to_monotonic(deadline) : deadline;

		if (ktime_ns() >= mono)
			break;
		if (signal_pending(current)) {
			err = -EINTR;
			break;
		}
		schedule_timeout(WAIT_INTERRUPTIBLE, mono);
	}
	if (realtime)
		clock_watch_del(&s.watch);
	return err;
}

static void sleeper_cpu_reached(struct cpu_timer *ct)
{
	struct sleeper *s = container_of(ct, struct sleeper, cpu);

	s->fired = true;
	task_wake(s->task);
}

/* Until a process's CPU clock reaches deadline: 0 or -EINTR. */
static int sleep_on_cpu_clock(int id, u64 deadline)
{
	struct sleeper s = { .task = current, .cpu.fn = sleeper_cpu_reached, .cpu.expires_ns = deadline };
	struct process *p;
	int err = cpu_clock_decode(id, &s.cpu.clock, &p, &s.cpu.thread);

	if (err)
		return err;
	if (p != current->process || !posix_timers_get(p))
		return -EINVAL;
	if (cpu_clock_read(s.cpu.clock, p, s.cpu.thread) >= deadline)
		return 0;
	cpu_timer_set(&s.cpu, p);
	while (!s.fired && !signal_pending(current)) {
		current->state = TASK_INTERRUPTIBLE;
		schedule();
	}
	cpu_timer_cancel(&s.cpu);
	return s.fired ? 0 : -EINTR;
}

static int sleep_on(int id, u64 deadline)
{
	if (is_cpu_clock(id))
		return sleep_on_cpu_clock(id, deadline);
	return sleep_on_clock(id == CLOCK_REALTIME || id == CLOCK_TAI, deadline);
}

static u64 clock_now(int id)
{
	u64 ns = 0;

	clock_read(id, &ns);
	return ns;
}

static long nanosleep_restart(struct task *t);

/* A relative sleep's deadline is on a clock that nobody can set. A restart goes on to the same one. */
static long sleep_relative(int id, u64 deadline, uaddr_t urem)
{
	int err = sleep_on(id, deadline);
	u64 now;

	if (err != -EINTR)
		return err;
	now = clock_now(id);
	if (now >= deadline)
		return 0;
	if (urem && put_timespec(urem, deadline - now))
		return -EFAULT;
	current->restart = (struct restart_block){ nanosleep_restart, { (u64)id, deadline, urem } };
	return -ERESTART_RESTARTBLOCK;
}

static long nanosleep_restart(struct task *t)
{
	return sleep_relative((int)t->restart.arg[0], t->restart.arg[1], t->restart.arg[2]);
}

static u64 clock_deadline(int id, u64 ns)
{
	u64 deadline = clock_now(id) + ns;

	return deadline < ns ? U64_MAX : deadline;
}

long sys_nanosleep(uaddr_t uts, uaddr_t urem)
{
	u64 ns;
	int err = get_timespec(uts, &ns);

	return err ? err : sleep_relative(CLOCK_MONOTONIC, clock_deadline(CLOCK_MONOTONIC, ns), urem);
}

static int check_sleep_clock(int id)
{
	u64 ns;

	switch (id) {
	case CLOCK_THREAD_CPUTIME_ID:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_REALTIME_COARSE:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_REALTIME_ALARM:
	case CLOCK_BOOTTIME_ALARM:	/* nothing here suspends, so nothing could wake it */
		return -EOPNOTSUPP;
	}
	return clock_read(id, &ns);
}

long sys_clock_nanosleep(int id, int flags, uaddr_t uts, uaddr_t urem)
{
	u64 ns;
	int err = check_sleep_clock(id);

	if (!err)
		err = get_timespec(uts, &ns);
	if (err)
		return err;
	if (flags & TIMER_ABSTIME) {
		err = sleep_on(id, ns);
		return err == -EINTR ? -ERESTARTNOHAND : err;
	}
	if (id == CLOCK_REALTIME || id == CLOCK_TAI)
		id = CLOCK_MONOTONIC;
	return sleep_relative(id, clock_deadline(id, ns), urem);
}

/* --- adjtimex: the host disciplines its clock, ours only has an offset --- */

/* Steps by ADJ_SETOFFSET; the rest of the state is kept and shown, but steers nothing. */
static struct { long freq, maxerror, esterror, constant, tick; int status, tai; } ntp = {
	.maxerror = 16000000, .esterror = 16000000, .constant = 2, .tick = 10000, .status = STA_UNSYNC,
};

static int step_clock(const struct __kernel_timex *tx)
{
	s64 nsec = tx->time.tv_usec * (tx->modes & ADJ_NANO ? 1 : 1000);
	s64 now = (s64)ktime_real_ns(), to;

	if (nsec < 0 || nsec >= (s64)NSEC_PER_SEC || tx->time.tv_sec > SETTABLE_MAX || tx->time.tv_sec < -SETTABLE_MAX)
		return -EINVAL;
	to = now + tx->time.tv_sec * (s64)NSEC_PER_SEC + nsec;
	return to < 0 ? -EINVAL : set_real(to / (s64)NSEC_PER_SEC, to % (s64)NSEC_PER_SEC);
}

static int adjust(struct __kernel_timex *tx)
{
	unsigned modes = tx->modes;

	if (modes & ADJ_TICK && (tx->tick < 900000 / USER_HZ || tx->tick > 1100000 / USER_HZ))
		return -EINVAL;
	if (modes & ADJ_SETOFFSET && step_clock(tx))
		return -EINVAL;
	if (modes & ADJ_TICK)
		ntp.tick = tx->tick;
	if (modes & ADJ_FREQUENCY)
		ntp.freq = clamp(tx->freq, -32768000LL, 32768000LL);
	if (modes & ADJ_MAXERROR)
		ntp.maxerror = tx->maxerror;
	if (modes & ADJ_ESTERROR)
		ntp.esterror = tx->esterror;
	if (modes & ADJ_TIMECONST)
		ntp.constant = tx->constant;
	if (modes & ADJ_TAI && tx->constant >= 0 && tx->constant <= 100000)
		ntp.tai = (int)tx->constant;
	if (modes & ADJ_STATUS)
		ntp.status = (ntp.status & STA_RONLY) | (tx->status & ~STA_RONLY);
	if (modes & ADJ_NANO)
		ntp.status |= STA_NANO;
	if (modes & ADJ_MICRO)
		ntp.status &= ~STA_NANO;
	return 0;
}

/* ADJ_OFFSET_SINGLESHOT's bit marks adjtime(3), which has rules of its own. */
static int check_modes(const struct __kernel_timex *tx)
{
	if (tx->modes & 0x8000) {
		if (!(tx->modes & ADJ_OFFSET))
			return -EINVAL;
		return (tx->modes & 0x2000) || capable(CAP_SYS_TIME) ? 0 : -EPERM;
	}
	return !tx->modes || capable(CAP_SYS_TIME) ? 0 : -EPERM;
}

static long do_adjtimex(uaddr_t utx)
{
	struct __kernel_timex tx;
	struct timespec64 now;
	int err;

	if (copy_from_user(&tx, utx, sizeof(tx)))
		return -EFAULT;
	err = check_modes(&tx);
	if (!err && tx.modes && !(tx.modes & 0x8000))
		err = adjust(&tx);
	if (err)
		return err;
	now = ktime_real();
	tx.offset = 0;
	tx.freq = ntp.freq;
	tx.maxerror = ntp.maxerror;
	tx.esterror = ntp.esterror;
	tx.status = ntp.status;
	tx.constant = ntp.constant;
	tx.precision = 1;
	tx.tolerance = 32768000;
	tx.time.tv_sec = now.sec;
	tx.time.tv_usec = ntp.status & STA_NANO ? now.nsec : now.nsec / 1000;
	tx.tick = ntp.tick;
	tx.ppsfreq = tx.jitter = tx.stabil = tx.jitcnt = tx.calcnt = tx.errcnt = tx.stbcnt = 0;
	tx.shift = 0;
	tx.tai = ntp.tai;
	if (copy_to_user(utx, &tx, sizeof(tx)))
		return -EFAULT;
	return ntp.status & STA_UNSYNC ? TIME_ERROR : TIME_OK;
}

long sys_adjtimex(uaddr_t utx)
{
	return do_adjtimex(utx);
}

long sys_clock_adjtime(int id, uaddr_t utx)
{
	u64 ns;
	int err = clock_read(id, &ns);

	if (err && id >= 0)
		return err;
	return id == CLOCK_REALTIME ? do_adjtimex(utx) : -EOPNOTSUPP;
}
