/* SPDX-License-Identifier: GPL-2.0 */
/* What the signal files of kernel/ share among themselves: queues below, choosing above. */
#ifndef KERNEL_SIGNAL_INTERNAL_H
#define KERNEL_SIGNAL_INTERNAL_H

#include <kernel/sched.h>
#include <kernel/signal.h>

/* kernel/sigqueue.c */
struct sigqueue *sigqueue_new(struct task *target, bool over_limit, unsigned gfp);
void sigqueue_release(struct sigqueue *q);
void sigpending_drop(struct sigpending *p, sigset_t which);	/* forgets all queued ones in which */
int sigpending_take(struct sigpending *p, sigset_t blocked, siginfo_t *info);
int sigpending_take_synchronous(struct sigpending *p, sigset_t blocked, siginfo_t *info);

/* kernel/signal.c */
void signal_wake_up(struct task *t, bool fatal);
bool signal_action_ignored(const struct task *t, int sig);	/* were it delivered now, nothing would happen */
void process_drop_signals(struct process *p, sigset_t which);

/* kernel/posix_timers.c: the timer's entry was taken off a queue: fills overrun, re-arms. */
void posix_timer_taken(struct posix_timer *pt, siginfo_t *info) __weak;

#endif
