// SPDX-License-Identifier: GPL-2.0
/*
 * Futexes that are locks known to the kernel: the word holds the owner's thread id. While somebody waits, a pi_state
 * names the owner, for deadlock detection and so that a dying owner's lock is passed on. Who unlocks writes the next
 * owner into the word. Waiters queue by arrival; the owner's priority is not raised.
 */
#include <kernel/cred.h>
#include <mm/slab.h>
#include "futex_internal.h"

struct pi_state {
	struct list_head node;		/* on states */
	struct task *owner;		/* counted; NULL: died and nobody waited any more */
	struct list_head queue;		/* futex_q.pi_node, by arrival */
};

static LIST_HEAD(states);

static struct futex_q *first_of(const struct futex_key *key, bool pi)
{
	struct futex_q *q;

	list_for_each_entry(q, &futex_bucket(key)->waiters, node)
		if (!q->pi != pi && key_equal(&q->key, key))
			return q;
	return NULL;
}

static struct futex_q *first_waiter(const struct futex_key *key)
{
	return first_of(key, true);
}

static void set_owner(struct pi_state *pi, struct task *owner)
{
	if (owner)
		task_get(owner);
	if (pi->owner)
		task_put(pi->owner);
	pi->owner = owner;
}

/* Does owner wait, over any number of locks, for one that t holds? */
static bool would_deadlock(const struct task *owner, const struct task *t)
{
	for (int depth = 0; owner && depth < 1024; depth++) {
		if (owner == t)
			return true;
		if (!owner->pi_blocked_on)
			return false;
		owner = owner->pi_blocked_on->owner;
	}
	return owner != NULL;
}

static int pi_join(struct futex_q *q, struct task *owner)
{
	struct futex_q *other = first_waiter(&q->key);
	struct pi_state *pi = other ? other->pi : NULL;

	if (would_deadlock(pi ? pi->owner : owner, current))
		return -EDEADLK;
	if (!pi && first_of(&q->key, false))	/* a word that others use in another way */
		return -EINVAL;
	if (!pi) {
		pi = kzalloc(sizeof(*pi), GFP_ATOMIC);
		if (!pi)
			return -ENOMEM;
		list_add(&pi->node, &states);
		list_init(&pi->queue);
		set_owner(pi, owner);
	}
	list_add_tail(&q->pi_node, &pi->queue);
	q->pi = pi;
	current->pi_blocked_on = pi;
	list_add_tail(&q->node, &futex_bucket(&q->key)->waiters);
	return 0;
}

static void pi_leave(struct futex_q *q)
{
	struct pi_state *pi = q->pi;

	list_del(&q->node);
	list_del(&q->pi_node);
	current->pi_blocked_on = NULL;
	if (list_empty(&pi->queue)) {
		list_del(&pi->node);
		set_owner(pi, NULL);
		kfree(pi);
	}
}

/*
 * One try to take a free lock or to announce a waiter. 0: ours; 1: wait for *owner; -EAGAIN: the word changed, again.
 * A free word with waiters is a dead owner's, which the first waiter is about to claim.
 */
static int pi_try(uaddr_t uaddr, const struct futex_key *key, bool try, struct task **owner)
{
	u32 me = (u32)task_pid_nr(current), val, want, old;
	int err = get_user(val, uaddr);

	if (err)
		return err;
	if ((val & FUTEX_TID_MASK) == me)
		return -EDEADLK;
	*owner = NULL;
	if (!(val & FUTEX_TID_MASK)) {
		if (first_waiter(key))
			return try ? -EWOULDBLOCK : 1;
		want = me | (val & FUTEX_OWNER_DIED);
		err = user_cmpxchg32(uaddr, val, want, &old);
		return err ? err : old == val ? 0 : -EAGAIN;
	}
	if (try)
		return -EWOULDBLOCK;
	want = val | FUTEX_WAITERS;
	if (want != val) {
		err = user_cmpxchg32(uaddr, val, want, &old);
		if (err)
			return err;
		if (old != val)
			return -EAGAIN;
	}
	*owner = task_find((int)(val & FUTEX_TID_MASK));
	if (!*owner || ((*owner)->flags & PF_EXITING))
		return -ESRCH;
	if (is_kthread(*owner))
		return -EPERM;
	return 1;
}

/* The lock of a dead owner was passed to us: say so in the word. */
static int claim_from_dead(uaddr_t uaddr)
{
	u32 me = (u32)task_pid_nr(current), val, old;
	int err = get_user(val, uaddr);

	while (!err) {
		err = user_cmpxchg32(uaddr, val, me | FUTEX_WAITERS | FUTEX_OWNER_DIED, &old);
		if (!err && old == val)
			return 0;
		val = old;
	}
	return err;
}

static int pi_wait(struct futex_q *q, uaddr_t uaddr, const struct futex_timeout *to)
{
	int err = futex_sleep(q, to);

	/* An unlock that is writing our number into the word decides first. */
	while (q->granting) {
		current->state = TASK_UNINTERRUPTIBLE;
		schedule();
	}
	if (q->woken)
		err = q->owner_died ? claim_from_dead(uaddr) : 0;
	return err == -EINTR ? -ERESTARTNOINTR : err;
}

long futex_lock_pi(uaddr_t uaddr, bool shared, const struct futex_timeout *to, bool try)
{
	struct futex_q q = { .task = current, .bitset = FUTEX_BITSET_MATCH_ANY };
	struct task *owner;
	int err = futex_key_get(uaddr, shared, &q.key);

	if (err)
		return err;
	do {
		err = pi_try(uaddr, &q.key, try, &owner);
		if (err == -EAGAIN && !try)
			cond_resched();
	} while (err == -EAGAIN && !try);
	if (err == 1) {
		err = pi_join(&q, owner);
		if (!err) {
			err = pi_wait(&q, uaddr, to);
			pi_leave(&q);
		}
	}
	futex_key_put(&q.key);
	return err;
}

static int unlock_to(uaddr_t uaddr, u32 val, struct futex_q *next)
{
	u32 want = next ? (u32)task_pid_nr(next->task) | FUTEX_WAITERS : 0, old = 0;
	int err;

	if (next)
		next->granting++;	/* it stays where it is: the word may sleep */
	err = user_cmpxchg32(uaddr, val, want, &old);
	if (!err && old != val)
		err = -EAGAIN;
	if (!next)
		return err;
	next->granting--;
	if (err || next->woken) {	/* or another thread, with a word of its own making, was faster */
		task_wake(next->task);
	} else {
		set_owner(next->pi, next->task);
		futex_wake_q(next);
	}
	return err;
}

long futex_unlock_pi(uaddr_t uaddr, bool shared)
{
	u32 me = (u32)task_pid_nr(current), val;
	struct futex_key key;
	int err = futex_key_get(uaddr, shared, &key);

	if (err)
		return err;
	do {
		err = get_user(val, uaddr);
		if (!err && (val & FUTEX_TID_MASK) != me)
			err = -EPERM;
		if (!err)
			err = unlock_to(uaddr, val, first_waiter(&key));
	} while (err == -EAGAIN);
	futex_key_put(&key);
	return err;
}

/*
 * Locks that others wait for and t holds go to the first waiter. It writes the word itself, having the right address, and
 * stays queued until then, so that nobody takes the lock for free.
 */
void futex_pi_exit(struct task *t)
{
	struct pi_state *pi;

	list_for_each_entry(pi, &states, node) {
		struct futex_q *q;

		if (pi->owner != t)
			continue;
		q = list_first_or_null(&pi->queue, struct futex_q, pi_node);
		set_owner(pi, q ? q->task : NULL);
		if (q) {
			q->owner_died = true;
			q->woken = true;
			task_wake(q->task);
		}
	}
}
