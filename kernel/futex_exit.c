// SPDX-License-Identifier: GPL-2.0
/*
 * What a dying thread leaves: the robust list of futexes it may hold (man 2 set_robust_list, its layout is the ABI's
 * struct robust_list_head), locks others wait for, and the word that pthread_join() waits on.
 */
#include <kernel/cred.h>
#include <mm/mm.h>
#include "futex_internal.h"

/* The entries are guest memory and may form a ring: an end must be put to it. */
#define LIST_LIMIT	2048

long sys_set_robust_list(uaddr_t head, size_t len)
{
	if (len != sizeof(struct robust_list_head))
		return -EINVAL;
	current->robust_list = head;
	return 0;
}

long sys_get_robust_list(int pid, uaddr_t uhead, uaddr_t ulen)
{
	struct task *t = pid ? task_find(pid) : current;
	u64 head;
	int err;

	if (!t)
		return -ESRCH;
	if (!ptrace_may_access(t))
		return -EPERM;
	head = t->robust_list;
	err = put_user((u64)sizeof(struct robust_list_head), u64, ulen);
	return err ? err : put_user(head, u64, uhead);
}

/* A word that t still owns becomes FUTEX_OWNER_DIED, and one waiter is woken to find that. false: stop walking. */
static bool mark_dead(uaddr_t uaddr, struct task *t, bool pi, bool pending)
{
	u32 val, old;

	if (uaddr % sizeof(u32) || get_user(val, uaddr))
		return false;
	for (;;) {
		/* Died between the unlock and its wake-up: the lock is free, but somebody may sleep. */
		if (pending && !pi && !val) {
			futex_wake_user(uaddr, 1);
			return true;
		}
		if ((val & FUTEX_TID_MASK) != (u32)task_pid_nr(t))
			return true;
		if (user_cmpxchg32(uaddr, val, (val & FUTEX_WAITERS) | FUTEX_OWNER_DIED, &old))
			return false;
		if (old == val)
			break;
		val = old;
	}
	if (!pi && (val & FUTEX_WAITERS))
		futex_wake_user(uaddr, 1);
	return true;
}

/* The lowest bit of an entry's address says that it is a priority-inheritance lock. */
static bool fetch_entry(uaddr_t at, uaddr_t *entry, bool *pi)
{
	u64 v;

	if (get_user(v, at))
		return false;
	*entry = v & ~1UL;
	*pi = v & 1;
	return true;
}

static void walk_robust_list(struct task *t)
{
	uaddr_t head = t->robust_list, entry, next, pending;
	bool pi, next_pi, pending_pi;
	s64 offset;

	if (!fetch_entry(head, &entry, &pi) ||
	    get_user(offset, head + offsetof(struct robust_list_head, futex_offset)) ||
	    !fetch_entry(head + offsetof(struct robust_list_head, list_op_pending), &pending, &pending_pi))
		return;
	for (int i = 0; entry != head && i < LIST_LIMIT; i++) {
		bool more = fetch_entry(entry, &next, &next_pi);

		if (entry != pending && !mark_dead(entry + offset, t, pi, false))
			return;
		if (!more)
			return;
		entry = next;
		pi = next_pi;
		cond_resched();
	}
	if (pending)
		mark_dead(pending + offset, t, pending_pi, true);
}

void futex_exit(struct task *t)
{
	might_sleep();
	if (t->robust_list && t->mm)
		walk_robust_list(t);
	t->robust_list = 0;
	futex_pi_exit(t);
	if (t->clear_child_tid && t->mm && t->mm->users > 1) {
		if (!put_user(0, u32, t->clear_child_tid))
			futex_wake_user(t->clear_child_tid, 1);
	}
	t->clear_child_tid = 0;
}
