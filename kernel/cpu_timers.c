// SPDX-License-Identifier: GPL-2.0
/*
 * Timers on CPU clocks, and RLIMIT_CPU. Checked when the scheduler charges time; one host timer, set for the earliest
 * moment at which the running task could get there, catches a task that nothing else interrupts.
 */
#include <kernel/posix_timers.h>
#include <kernel/sched.h>
#include <mm/slab.h>
#include <asm/resource.h>

static void kick_fired(struct timer *t);
static struct timer kick = { .fn = kick_fired };

static bool has_cpu_limit(const struct process *p)
{
	return p->rlim[RLIMIT_CPU].cur != (u64)RLIM_INFINITY;
}

static bool has_cpu_timers(const struct process *p)
{
	return (p->timers && !list_empty(&p->timers->cpu)) || has_cpu_limit(p);
}

/* SIGXCPU once a second from the soft limit on, SIGKILL at the hard one. Returns when to look again, in CPU time. */
static u64 check_limit(struct process *p, u64 used_ns)
{
	struct krlimit *rl = &p->rlim[RLIMIT_CPU];
	u64 used = used_ns / NSEC_PER_SEC;
	siginfo_t info;

	if (used >= rl->max) {
		siginfo_kernel(&info, SIGKILL, SI_KERNEL);
		send_signal_process(SIGKILL, &info, p);
		return U64_MAX;
	}
	if (used >= rl->cur) {
		siginfo_kernel(&info, SIGXCPU, SI_KERNEL);
		send_signal_process(SIGXCPU, &info, p);
		if (rl->cur < rl->max)
			rl->cur = used + 1;
	}
	return timespec_to_ns((s64)min(rl->cur, (u64)S64_MAX), 0) - used_ns;
}

static bool checking;	/* a timer that fires may set itself again: no recursion */

/* One pass over the armed timers: fires what is due, lowers *next to what the next one needs. True: something fired. */
static bool check_pass(struct process *p, u64 *next)
{
	struct cpu_timer *ct, *tmp;
	bool fired = false;

	list_for_each_entry_safe(ct, tmp, &p->timers->cpu, node) {
		u64 now = cpu_clock_read(ct->clock, p, ct->thread);

		if (now < ct->expires_ns) {
			*next = min(*next, ct->expires_ns - now);
			continue;
		}
		list_del(&ct->node);
		ct->fn(ct);
		fired = true;
	}
	return fired;
}

/* Returns how much CPU time the next timer needs at least. */
static u64 check_process(struct process *p)
{
	u64 next = U64_MAX;

	if (checking)
		return next;
	checking = true;
	if (has_cpu_limit(p))
		next = check_limit(p, cpu_clock_read(CPU_PROF, p, NULL));
	if (p->timers && check_pass(p, &next))
		check_pass(p, &next);
	checking = false;
	return next;
}

static void check_and_arm(struct process *p)
{
	u64 next = check_process(p);

	/* Clocks of user time alone may stand still for long: look no more often than a tick. */
	if (next != U64_MAX && has_cpu_timers(p))
		timer_set(&kick, deadline_after(max(next, NSEC_PER_MSEC)));
}

static void kick_fired(struct timer *t)
{
	if (current->process && has_cpu_timers(current->process))
		check_and_arm(current->process);
}

void timers_account(struct task *t)
{
	if (t->process && has_cpu_timers(t->process))
		check_process(t->process);
}

void timers_resume(struct task *t)
{
	if (t->process && has_cpu_timers(t->process))
		check_and_arm(t->process);
}

void cpu_timer_set(struct cpu_timer *ct, struct process *p)
{
	list_add_tail(&ct->node, &p->timers->cpu);
	if (p == current->process)
		check_and_arm(p);
}

bool cpu_timer_cancel(struct cpu_timer *ct)
{
	if (!ct->node.next || list_empty(&ct->node))
		return false;
	list_del(&ct->node);
	return true;
}
