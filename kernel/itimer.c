// SPDX-License-Identifier: GPL-2.0
/* setitimer(2), getitimer(2), alarm(2). */
#include <kernel/posix_timers.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <linux/time.h>

static const int signals[3] = { SIGALRM, SIGVTALRM, SIGPROF };

static void notify(struct itimer *it, int which)
{
	siginfo_t info;

	siginfo_kernel(&info, signals[which], SI_KERNEL);
	send_signal_process(signals[which], &info, it->process);
}

/* The next multiple of the interval that lies ahead: a late timer does not fire in bursts. */
static u64 next_expiry(u64 expires, u64 interval, u64 now)
{
	u64 missed = now > expires ? (now - expires) / interval : 0;

	return expires + (missed + 1) * interval;
}

static void real_fired(struct timer *t)
{
	struct itimer *it = container_of(t, struct itimer, real);

	notify(it, ITIMER_REAL);
	if (it->interval_ns)
		timer_set(t, next_expiry(t->expires_ns, it->interval_ns, ktime_ns()));
}

static void cpu_fired(struct cpu_timer *ct)
{
	struct itimer *it = container_of(ct, struct itimer, cpu);

	notify(it, ct->clock == CPU_VIRT ? ITIMER_VIRTUAL : ITIMER_PROF);
	if (!it->interval_ns)
		return;
	ct->expires_ns = next_expiry(ct->expires_ns, it->interval_ns, cpu_clock_read(ct->clock, it->process, NULL));
	cpu_timer_set(ct, it->process);
}

void itimer_init(struct posix_timers *pt, struct process *p)
{
	for (int i = 0; i < 3; i++) {
		struct itimer *it = &pt->itimer[i];

		it->process = p;
		it->interval_ns = 0;
		timer_init(&it->real, real_fired);
		it->cpu = (struct cpu_timer){ .fn = cpu_fired, .clock = i == ITIMER_VIRTUAL ? CPU_VIRT : CPU_PROF };
		list_init(&it->cpu.node);
	}
}

void itimer_exit(struct posix_timers *pt)
{
	for (int i = 0; i < 3; i++) {
		timer_cancel(&pt->itimer[i].real);
		cpu_timer_cancel(&pt->itimer[i].cpu);
	}
}

static bool is_armed(const struct itimer *it, int which)
{
	return which == ITIMER_REAL ? it->real.pending : !list_empty(&it->cpu.node);
}

static u64 remaining(const struct itimer *it, int which)
{
	u64 now, expires;

	if (!is_armed(it, which))
		return 0;
	if (which == ITIMER_REAL) {
		now = ktime_ns();
		expires = it->real.expires_ns;
	} else {
		now = cpu_clock_read(it->cpu.clock, it->process, NULL);
		expires = it->cpu.expires_ns;
	}
	/* An armed timer never shows zero: that would mean it is off. */
	return expires > now + NSEC_PER_USEC ? expires - now : NSEC_PER_USEC;
}

static void itimer_set(struct itimer *it, int which, u64 value, u64 interval)
{
	it->interval_ns = interval;
	if (which == ITIMER_REAL) {
		if (value)
			timer_set(&it->real, deadline_after(value));
		else
			timer_cancel(&it->real);
		return;
	}
	cpu_timer_cancel(&it->cpu);
	if (value) {
		it->cpu.expires_ns = cpu_clock_read(it->cpu.clock, it->process, NULL) + value;
		cpu_timer_set(&it->cpu, it->process);
	}
}

static bool get_timeval(const struct timeval *tv, u64 *ns)
{
	if (tv->tv_sec < 0 || tv->tv_usec < 0 || tv->tv_usec >= 1000000)
		return false;
	*ns = timespec_to_ns(tv->tv_sec, tv->tv_usec * 1000);
	*ns = min(*ns, (u64)S64_MAX);
	return true;
}

static struct timeval make_timeval(u64 ns)
{
	return (struct timeval){ (long)(ns / NSEC_PER_SEC), (long)(ns % NSEC_PER_SEC / 1000) };
}

static struct itimerval read_itimer(int which)
{
	struct posix_timers *pt = current->process->timers;
	struct itimerval v = { 0 };

	if (pt) {
		v.it_value = make_timeval(remaining(&pt->itimer[which], which));
		v.it_interval = make_timeval(pt->itimer[which].interval_ns);
	}
	return v;
}

long sys_getitimer(int which, uaddr_t uval)
{
	struct itimerval v;

	if (which < 0 || which > ITIMER_PROF)
		return -EINVAL;
	v = read_itimer(which);
	return copy_to_user(uval, &v, sizeof(v));
}

long sys_setitimer(int which, uaddr_t unew, uaddr_t uold)
{
	struct itimerval new_ = { 0 }, old;
	struct posix_timers *pt;
	u64 value, interval;

	if (unew && get_user(new_, unew))
		return -EFAULT;
	if (!get_timeval(&new_.it_value, &value) || !get_timeval(&new_.it_interval, &interval))
		return -EINVAL;
	if (which < 0 || which > ITIMER_PROF)
		return -EINVAL;
	pt = posix_timers_get(current->process);
	if (!pt)
		return -ENOMEM;
	old = read_itimer(which);
	itimer_set(&pt->itimer[which], which, value, interval);
	return uold ? copy_to_user(uold, &old, sizeof(old)) : 0;
}

long sys_alarm(unsigned seconds)
{
	struct posix_timers *pt = posix_timers_get(current->process);
	struct timeval left;

	if (!pt)
		return 0;
	left = read_itimer(ITIMER_REAL).it_value;
	itimer_set(&pt->itimer[ITIMER_REAL], ITIMER_REAL, seconds * NSEC_PER_SEC, 0);
	/* Rounded, but never to zero while it was armed. */
	return left.tv_sec + ((!left.tv_sec && left.tv_usec) || left.tv_usec >= 500000);
}
