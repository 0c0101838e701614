/* SPDX-License-Identifier: GPL-2.0 */
/* Kernel timers, in a tree by time, and the clocks they run on. */
#include <kernel/bug.h>
#include <kernel/sched.h>
#include <kernel/timer.h>
#include <asm/clock.h>

static struct rb_root timers = { NULL };
static struct timer *earliest;
static u64 real_offset;			/* CLOCK_REALTIME - CLOCK_MONOTONIC */
static u64 coarse_ns;
static u64 not_before;			/* in timers_run(): later than all that it takes */

void clock_init(void)
{
	real_offset = host_real_ns() - host_mono_ns();
}

u64 ktime_ns(void)
{
	return host_mono_ns();
}

u64 ktime_real_ns(void)
{
	return ktime_ns() + real_offset;
}

struct timespec64 ktime_real(void)
{
	return ns_to_timespec(ktime_real_ns());
}

/* Good to a few milliseconds: file times do not need a clock read each. */
struct timespec64 ktime_real_coarse(void)
{
	return ns_to_timespec(coarse_ns + real_offset);
}

void clock_tick(u64 now_ns)
{
	coarse_ns = now_ns;
}

u64 ktime_real_offset(void)
{
	return real_offset;
}

void ktime_set_real(u64 ns)
{
	real_offset = ns - ktime_ns();
	vdso_update_clock();
	clock_was_set();
}

void timer_set(struct timer *t, u64 expires_ns)
{
	struct rb_node **link = &timers.node, *parent = NULL;
	bool first = true;

	timer_cancel(t);
	expires_ns = max(expires_ns, not_before);	/* else one that sets itself anew would never let timers_run() end */
	t->expires_ns = expires_ns;
	while (*link) {
		parent = *link;
		if (expires_ns < rb_entry(parent, struct timer, node)->expires_ns) {
			link = &parent->left;
		} else {
			link = &parent->right;
			first = false;
		}
	}
	rb_insert(&t->node, parent, link, &timers);
	t->pending = true;
	if (first)
		earliest = t;
}

bool timer_cancel(struct timer *t)
{
	if (!t->pending)
		return false;
	if (earliest == t)
		earliest = rb_entry(rb_next(&t->node), struct timer, node);
	rb_erase(&t->node, &timers);
	t->pending = false;
	return true;
}

u64 timers_next(void)
{
	return earliest ? earliest->expires_ns : U64_MAX;
}

void timers_run(void)
{
	u64 now = ktime_ns();

	clock_tick(now);
	not_before = now + 1;
	while (earliest && earliest->expires_ns <= now) {
		struct timer *t = earliest;

		timer_cancel(t);
		t->fn(t);
	}
	not_before = 0;
}
