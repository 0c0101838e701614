/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Clocks and timers. All kernel time is u64 nanoseconds of CLOCK_MONOTONIC (0 at boot of the guest).
 * The host's timer is armed only for the earliest pending timer: an idle guest causes no wake-ups.
 */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include <kernel/types.h>
#include <lib/list.h>
#include <lib/rbtree.h>

u64 ktime_ns(void);			/* CLOCK_MONOTONIC; no host call where the time stamp counter serves */
u64 ktime_real_ns(void);		/* CLOCK_REALTIME, since 1970 */
struct timespec64 ktime_real(void);
struct timespec64 ktime_real_coarse(void);	/* of the last safe point: for inode times */
void ktime_set_real(u64 ns);		/* clock_settime; wakes those who wait for absolute real time */
u64 ktime_real_offset(void);		/* real = monotonic + this */

/*
 * fn runs in ordinary kernel context at a safe point, never sleeps, and may set the timer again.
 * Owner: whoever embeds it; cancel before freeing.
 */
struct timer {
	struct rb_node node;
	u64 expires_ns;
	void (*fn)(struct timer *t);
	bool pending;
};
static inline void timer_init(struct timer *t, void (*fn)(struct timer *)) { *t = (struct timer){ .fn = fn }; }
void timer_set(struct timer *t, u64 expires_ns);	/* replaces an earlier time; in the past: at the next safe point */
bool timer_cancel(struct timer *t);			/* true if it was pending */
u64 timers_next(void);					/* when the earliest is due, U64_MAX: none */
void timers_run(void);					/* runs all that are due; called at safe points */

/*
 * Absolute CLOCK_REALTIME times: real_to_monotonic() gives the deadline as things stand; fn is called when the clock was
 * set, to compute it anew. It never sleeps and must not remove other watches.
 */
struct clock_watch { struct list_head node; void (*fn)(struct clock_watch *w); };
void clock_watch_add(struct clock_watch *w);
void clock_watch_del(struct clock_watch *w);		/* harmless when not added but zeroed */
void clock_was_set(void);				/* after ktime_set_real() */
u64 real_to_monotonic(u64 real_ns);			/* past times: 0; U64_MAX stays */

void sleep_until(u64 deadline_ns);			/* sleeps, uninterruptible */
static inline struct timespec64 ns_to_timespec(u64 ns) { return (struct timespec64){ (s64)(ns / NSEC_PER_SEC), (u32)(ns % NSEC_PER_SEC) }; }
u64 timespec_to_ns(s64 sec, s64 nsec);			/* saturates at U64_MAX; caller has checked nsec and sign */
static inline u64 deadline_after(u64 ns) { u64 d = ktime_ns() + ns; return d < ns ? U64_MAX : d; }

/* A struct __kernel_timespec from user memory. 0, -EFAULT, -EINVAL (negative, or nsec >= 10^9). */
int get_timespec(uaddr_t uts, u64 *ns);
int put_timespec(uaddr_t uts, u64 ns);			/* 0 or -EFAULT */
/* CLOCK_* id to its current value (incl. per-process and per-thread CPU clocks). 0 or -EINVAL. */
int clock_read(int clockid, u64 *ns);

#endif
