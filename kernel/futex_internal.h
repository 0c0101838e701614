/* SPDX-License-Identifier: GPL-2.0 */
/* What the futex files share: keys, the hash of waiters. */
#ifndef KERNEL_FUTEX_INTERNAL_H
#define KERNEL_FUTEX_INTERNAL_H

#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <kernel/futex.h>
#include <kernel/timer.h>
#include <linux/futex.h>

/*
 * What a futex is known by: its place in an address space, or in a file when that is mapped shared. obj is the mm or
 * the inode; a waiter holds a count of the inode.
 */
struct futex_key { void *obj; u64 off; bool file; };

struct pi_state;
struct futex_q {
	struct list_head node;		/* on its bucket */
	struct futex_key key;
	struct task *task;
	u32 bitset;
	bool woken;
	struct pi_state *pi;		/* waits for a lock, see futex_pi.c */
	struct list_head pi_node;	/* on the state's queue */
	int granting;			/* pi: an unlock is about to give it the lock; it must not leave now */
	bool owner_died;		/* pi: has got the lock of a dead one, the word is still to be written */
};

struct futex_bucket { struct list_head waiters; };

static inline bool key_equal(const struct futex_key *a, const struct futex_key *b)
{
	return a->off == b->off && a->obj == b->obj;
}

int futex_key_get(uaddr_t uaddr, bool shared, struct futex_key *key);	/* sleeps; takes a count of a file's inode */
void futex_key_put(struct futex_key *key);				/* sleeps */
struct futex_bucket *futex_bucket(const struct futex_key *key);
void futex_wake_q(struct futex_q *q);

/* A time to wait for, on either clock. ns is absolute. */
struct futex_timeout { bool set, realtime; u64 ns; };
/* Sleeps until q->woken: 0; -ETIMEDOUT; -EINTR: a signal. */
int futex_sleep(struct futex_q *q, const struct futex_timeout *to);

long futex_lock_pi(uaddr_t uaddr, bool shared, const struct futex_timeout *to, bool try);
long futex_unlock_pi(uaddr_t uaddr, bool shared);
void futex_pi_exit(struct task *t);

#endif
