// SPDX-License-Identifier: GPL-2.0
/*
 * Futexes: waiting for a word of guest memory to change, and waking those who do.
 * A waiter queues itself first and reads the word afterwards, so that a change between the two finds it queued: the read
 * may sleep, and other CPUs run guest code all the time.
 */
#include <kernel/cred.h>
#include <fs/fs.h>
#include <mm/mm.h>
#include "futex_internal.h"

#define HASH_BITS	8
static struct futex_bucket buckets[1 << HASH_BITS];

struct futex_bucket *futex_bucket(const struct futex_key *key)
{
	struct futex_bucket *b = &buckets[hash_u64((u64)(uaddr_t)key->obj * 31 + key->off / 4) >> (32 - HASH_BITS)];

	if (unlikely(!b->waiters.next))
		list_init(&b->waiters);
	return b;
}

/* --- keys --- */

static int shared_key(uaddr_t uaddr, struct futex_key *key)
{
	struct mm *mm = current->mm;
	int err = -EFAULT;
	struct vma *vma;

	down_read(&mm->lock);
	vma = vma_at(mm, uaddr);
	if (vma && !(vma->flags & (VM_READ | VM_WRITE | VM_EXEC)))
		vma = NULL;
	if (vma && vma->file && (vma->flags & VM_SHARED)) {
		key->obj = iget(vma->file->inode);
		key->off = ((u64)vma->pgoff << PAGE_SHIFT) + (uaddr - vma->start);
		key->file = true;
		err = 0;
	} else if (vma) {
		err = 0;
	}
	up_read(&mm->lock);
	return err;
}

int futex_key_get(uaddr_t uaddr, bool shared, struct futex_key *key)
{
	*key = (struct futex_key){ .obj = current->mm, .off = uaddr };
	if (uaddr % sizeof(u32))
		return why(-EINVAL, "the address is not a multiple of 4");
	if (!access_ok(uaddr, sizeof(u32)))
		return -EFAULT;
	return shared ? shared_key(uaddr, key) : 0;
}

void futex_key_put(struct futex_key *key)
{
	if (key->file)
		iput(key->obj);
	key->file = false;
}

/* --- sleeping --- */

void futex_wake_q(struct futex_q *q)
{
	list_del(&q->node);
	q->woken = true;
	task_wake(q->task);
}

struct futex_clock { struct clock_watch watch; struct task *task; };

static void clock_jumped(struct clock_watch *w)
{
	task_wake(container_of(w, struct futex_clock, watch)->task);
}

static u64 monotonic_deadline(const struct futex_timeout *to)
{
	if (!to->set)
		return WAIT_FOREVER;
	return to->realtime ? real_to_monotonic(to->ns) : to->ns;
}

int futex_sleep(struct futex_q *q, const struct futex_timeout *to)
{
	struct futex_clock fc = { .watch.fn = clock_jumped, .task = current };
	int err = 0;

	if (to->set && to->realtime)
		clock_watch_add(&fc.watch);
	while (!q->woken) {
		u64 deadline = monotonic_deadline(to);

		if (to->set && ktime_ns() >= deadline)
			err = -ETIMEDOUT;
		else if (signal_pending(current))
			err = -EINTR;
		if (err)
			break;
		schedule_timeout(WAIT_INTERRUPTIBLE, deadline);
	}
	if (to->set && to->realtime)
		clock_watch_del(&fc.watch);
	return err;
}

/* --- FUTEX_WAIT --- */

static long futex_wait_restart(struct task *t);

static long wait_interrupted(uaddr_t uaddr, bool shared, u32 val, u32 bitset, const struct futex_timeout *to)
{
	struct restart_block *r = &current->restart;

	if (!to->set)
		return -ERESTARTSYS;
	r->fn = futex_wait_restart;
	r->arg[0] = uaddr;
	r->arg[1] = val;
	r->arg[2] = bitset;
	r->arg[3] = (shared ? 1 : 0) | (to->realtime ? 2 : 0);
	r->arg[4] = to->ns;
	return -ERESTART_RESTARTBLOCK;
}

static long futex_wait(uaddr_t uaddr, bool shared, u32 val, u32 bitset, const struct futex_timeout *to)
{
	struct futex_q q = { .task = current, .bitset = bitset };
	u32 now;
	int err;

	if (!bitset)
		return -EINVAL;
	err = futex_key_get(uaddr, shared, &q.key);
	if (err)
		return err;
	list_add_tail(&q.node, &futex_bucket(&q.key)->waiters);
	err = get_user(now, uaddr);
	if (!err && now != val)
		err = why(-EAGAIN, "the value is %u", now);
	if (!err || q.woken)
		err = futex_sleep(&q, to);
	if (!q.woken)
		list_del(&q.node);
	else
		err = 0;
	futex_key_put(&q.key);
	return err == -EINTR ? wait_interrupted(uaddr, shared, val, bitset, to) : err;
}

static long futex_wait_restart(struct task *t)
{
	const u64 *a = t->restart.arg;
	struct futex_timeout to = { .set = true, .realtime = a[3] & 2, .ns = a[4] };

	return futex_wait(a[0], a[3] & 1, (u32)a[1], (u32)a[2], &to);
}

/* --- waking --- */

static long wake_key(const struct futex_key *key, int n, u32 bitset)
{
	struct futex_q *q, *tmp;
	long woken = 0;

	list_for_each_entry_safe(q, tmp, &futex_bucket(key)->waiters, node) {
		if (!key_equal(&q->key, key))
			continue;
		if (q->pi)
			return -EINVAL;		/* a lock's waiters are woken by unlocking it */
		if (!(q->bitset & bitset))
			continue;
		futex_wake_q(q);
		if (++woken >= n)
			break;
	}
	return woken;
}

static long futex_wake(uaddr_t uaddr, bool shared, int n, u32 bitset)
{
	struct futex_key key;
	long err;

	if (!bitset)
		return -EINVAL;
	err = futex_key_get(uaddr, shared, &key);
	if (err)
		return err;
	err = wake_key(&key, n, bitset);
	futex_key_put(&key);
	return err;
}

int futex_wake_user(uaddr_t uaddr, int n)
{
	long woken = futex_wake(uaddr, true, n, FUTEX_BITSET_MATCH_ANY);

	return woken > 0 ? (int)woken : 0;
}

/* FUTEX_REQUEUE: wakes some and lets others wait at another word, without waking them for it. */
static long move_waiters(const struct futex_key *from, const struct futex_key *to, int nwake, int nmove)
{
	struct list_head *dest = &futex_bucket(to)->waiters;
	struct futex_q *q, *tmp;
	struct futex_key old;
	LIST_HEAD(moved);
	long n = 0, err = 0;

	list_for_each_entry_safe(q, tmp, &futex_bucket(from)->waiters, node) {
		if (n - nwake >= nmove)
			break;
		if (!key_equal(&q->key, from))
			continue;
		if (q->pi) {
			err = -EINVAL;
			break;
		}
		if (++n <= nwake) {
			futex_wake_q(q);
			continue;
		}
		if (key_equal(from, to))
			continue;
		if (to->file)
			iget(to->obj);
		old = q->key;
		q->key = *to;
		list_move_tail(&q->node, &moved);
		futex_key_put(&old);	/* from has a count too, so this never is the last */
	}
	list_splice_tail(&moved, dest);
	return err ?: n;
}

static long futex_requeue(uaddr_t uaddr, uaddr_t uaddr2, bool shared, int nwake, int nmove, const u32 *expect)
{
	struct futex_key from, to;
	long err;
	u32 now;

	if (nwake < 0 || nmove < 0)
		return -EINVAL;
	err = futex_key_get(uaddr, shared, &from);
	if (err)
		return err;
	err = futex_key_get(uaddr2, shared, &to);
	if (!err && expect) {
		err = get_user(now, uaddr);
		if (!err && now != *expect)
			err = -EAGAIN;
	}
	if (!err)
		err = move_waiters(&from, &to, nwake, nmove);
	futex_key_put(&from);
	futex_key_put(&to);
	return err;
}

/* --- FUTEX_WAKE_OP --- */

static s32 sign12(u32 v)
{
	return (s32)(v << 20) >> 20;
}

static int op_compare(int cmp, s32 old, s32 arg)
{
	switch (cmp) {
	case FUTEX_OP_CMP_EQ:
		return old == arg;
	case FUTEX_OP_CMP_NE:
		return old != arg;
	case FUTEX_OP_CMP_LT:
		return old < arg;
	case FUTEX_OP_CMP_GE:
		return old >= arg;
	case FUTEX_OP_CMP_LE:
		return old <= arg;
	case FUTEX_OP_CMP_GT:
		return old > arg;
	}
	return -ENOSYS;
}

static long wake_op_keys(const struct futex_key *k1, const struct futex_key *k2, uaddr_t uaddr2, int n1, int n2, u32 code)
{
	int op = code >> 28 & 7, cmp = code >> 24 & 15, hit;
	s32 arg = sign12(code >> 12 & 0xfff), cmparg = sign12(code & 0xfff);
	long woken, more;
	u32 old;

	if (code >> 28 & FUTEX_OP_OPARG_SHIFT)
		arg = (s32)(1U << (arg & 31));
	if (op > FUTEX_OP_XOR)
		return -ENOSYS;
	if (user_xchg_op32(uaddr2, op, (u32)arg, &old))
		return -EFAULT;
	hit = op_compare(cmp, (s32)old, cmparg);
	if (hit < 0)
		return hit;
	woken = wake_key(k1, n1, FUTEX_BITSET_MATCH_ANY);
	if (woken < 0 || !hit)
		return woken;
	more = wake_key(k2, n2, FUTEX_BITSET_MATCH_ANY);
	return more < 0 ? more : woken + more;
}

static long futex_wake_op(uaddr_t uaddr, uaddr_t uaddr2, bool shared, int n1, int n2, u32 code)
{
	struct futex_key k1, k2;
	long err = futex_key_get(uaddr, shared, &k1);

	if (err)
		return err;
	err = futex_key_get(uaddr2, shared, &k2);
	if (!err)
		err = wake_op_keys(&k1, &k2, uaddr2, n1, n2, code);
	futex_key_put(&k1);
	futex_key_put(&k2);
	return err;
}

/* --- the system call --- */

static bool takes_timeout(int cmd)
{
	return cmd == FUTEX_WAIT || cmd == FUTEX_WAIT_BITSET || cmd == FUTEX_LOCK_PI || cmd == FUTEX_LOCK_PI2;
}

static int get_timeout(int cmd, bool realtime, uaddr_t uts, struct futex_timeout *to)
{
	int err;

	*to = (struct futex_timeout){ .realtime = realtime || cmd == FUTEX_LOCK_PI };
	if (!takes_timeout(cmd) || !uts)
		return 0;
	err = get_timespec(uts, &to->ns);
	if (err)
		return err;
	to->set = true;
	if (cmd == FUTEX_WAIT)
		to->ns = deadline_after(to->ns);
	return 0;
}

/* uts is a timeout or, where there is none, a second count (val2). */
long sys_futex(uaddr_t uaddr, int op, unsigned val, uaddr_t uts, uaddr_t uaddr2, unsigned val3)
{
	int cmd = op & FUTEX_CMD_MASK, val2 = (int)uts;
	bool shared = !(op & FUTEX_PRIVATE_FLAG), realtime = op & FUTEX_CLOCK_REALTIME;
	struct futex_timeout to;
	int err;

	if (realtime && cmd != FUTEX_WAIT_BITSET && cmd != FUTEX_LOCK_PI2)
		return -ENOSYS;
	err = get_timeout(cmd, realtime, uts, &to);
	if (err)
		return err;
	switch (cmd) {
	case FUTEX_WAIT:
		return futex_wait(uaddr, shared, val, FUTEX_BITSET_MATCH_ANY, &to);
	case FUTEX_WAIT_BITSET:
		return futex_wait(uaddr, shared, val, val3, &to);
	case FUTEX_WAKE:
		return futex_wake(uaddr, shared, (int)val, FUTEX_BITSET_MATCH_ANY);
	case FUTEX_WAKE_BITSET:
		return futex_wake(uaddr, shared, (int)val, val3);
	case FUTEX_REQUEUE:
		return futex_requeue(uaddr, uaddr2, shared, (int)val, val2, NULL);
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(uaddr, uaddr2, shared, (int)val, val2, &val3);
	case FUTEX_WAKE_OP:
		return futex_wake_op(uaddr, uaddr2, shared, (int)val, val2, val3);
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
		return futex_lock_pi(uaddr, shared, &to, false);
	case FUTEX_TRYLOCK_PI:
		return futex_lock_pi(uaddr, shared, &to, true);
	case FUTEX_UNLOCK_PI:
		return futex_unlock_pi(uaddr, shared);
	}
	return -ENOSYS;
}
