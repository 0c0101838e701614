// SPDX-License-Identifier: GPL-2.0
/*
 * Queues of pending signals: a set of numbers and, for those with information, a list of entries. Entries are counted
 * by user, against RLIMIT_SIGPENDING.
 */
#include <kernel/cred.h>
#include <kernel/ucount.h>
#include <mm/slab.h>
#include <lib/string.h>
#include <linux/resource.h>
#include "signal_internal.h"

/* NULL: over the target's limit, or no memory. Charged to the target's user, as Linux does. */
struct sigqueue *sigqueue_new(struct task *target, bool over_limit, unsigned gfp)
{
	u64 limit = over_limit ? U64_MAX : task_rlimit(target, RLIMIT_SIGPENDING);
	struct ucounts *u = target->cred->ucounts;
	struct sigqueue *q;

	if (!ucount_charge(u, UCOUNT_SIGNALS, 1, limit))
		return NULL;
	q = kmalloc(sizeof(*q), gfp);
	if (!q) {
		ucount_uncharge(u, UCOUNT_SIGNALS, 1);
		return NULL;
	}
	list_init(&q->node);
	q->timer = NULL;
	q->user = u;
	return q;
}

/* Off its list already. A timer's entry lives as long as the timer. */
void sigqueue_release(struct sigqueue *q)
{
	if (q->timer)
		return;
	ucount_uncharge(q->user, UCOUNT_SIGNALS, 1);
	kfree(q);
}

struct sigqueue *sigqueue_alloc(void)
{
	return sigqueue_new(current, false, GFP_KERNEL);
}

void sigqueue_free(struct sigqueue *q)
{
	list_del(&q->node);
	q->timer = NULL;
	sigqueue_release(q);
}

static bool queued(const struct sigpending *p, int sig)
{
	struct sigqueue *q;

	list_for_each_entry(q, &p->queue, node)
		if (q->info.si_signo == sig)
			return true;
	return false;
}

static void unqueue(struct sigpending *p, struct sigqueue *q)
{
	int sig = q->info.si_signo;

	list_del(&q->node);
	if (!queued(p, sig))
		p->set &= ~sigbit(sig);
}

static bool unqueue_if_here(struct sigpending *p, struct sigqueue *q)
{
	struct sigqueue *i;

	list_for_each_entry(i, &p->queue, node) {
		if (i == q) {
			unqueue(p, q);
			return true;
		}
	}
	return false;
}

/* A timer goes away: its signal must not stay behind. */
void sigqueue_cancel(struct sigqueue *q, struct process *p)
{
	struct task *t;

	if (list_empty(&q->node) || unqueue_if_here(&p->shared_pending, q))
		return;
	for_each_thread(p, t)
		if (unqueue_if_here(&t->pending, q))
			return;
	list_del(&q->node);
}

void sigpending_drop(struct sigpending *p, sigset_t which)
{
	struct sigqueue *q, *tmp;

	if (!(p->set & which))
		return;
	p->set &= ~which;
	list_for_each_entry_safe(q, tmp, &p->queue, node) {
		if (sigbit(q->info.si_signo) & which) {
			list_del(&q->node);
			sigqueue_release(q);
		}
	}
}

void flush_sigqueue(struct sigpending *p)
{
	struct sigqueue *q, *tmp;

	p->set = 0;
	list_for_each_entry_safe(q, tmp, &p->queue, node) {
		list_del(&q->node);
		sigqueue_release(q);
	}
}

/* Takes the first entry of sig. A number without an entry lost its information to the limit. */
static void take_info(struct sigpending *p, int sig, siginfo_t *info)
{
	struct sigqueue *q;

	list_for_each_entry(q, &p->queue, node) {
		if (q->info.si_signo != sig)
			continue;
		*info = q->info;
		unqueue(p, q);
		if (q->timer && posix_timer_taken)
			posix_timer_taken(q->timer, info);
		sigqueue_release(q);
		return;
	}
	p->set &= ~sigbit(sig);
	siginfo_kernel(info, sig, SI_USER);
}

/* Those that faults cause go first, so that their frames show the place of the fault; then the lowest number. */
int sigpending_take(struct sigpending *p, sigset_t blocked, siginfo_t *info)
{
	sigset_t ready = p->set & ~blocked;
	int sig;

	if (!ready)
		return 0;
	sig = ffs64(ready & SIG_SYNCHRONOUS ?: ready);
	take_info(p, sig, info);
	return sig;
}

/* Only one that a fault of the task itself queued: kill(2) can send SIGSEGV, too. */
int sigpending_take_synchronous(struct sigpending *p, sigset_t blocked, siginfo_t *info)
{
	struct sigqueue *q;

	if (!(p->set & ~blocked & SIG_SYNCHRONOUS))
		return 0;
	list_for_each_entry(q, &p->queue, node) {
		int sig = q->info.si_signo;

		if (!(sigbit(sig) & ~blocked & SIG_SYNCHRONOUS) || q->info.si_code <= SI_USER)
			continue;
		*info = q->info;
		unqueue(p, q);
		sigqueue_release(q);
		return sig;
	}
	return 0;
}
