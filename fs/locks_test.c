// SPDX-License-Identifier: GPL-2.0
/* Record locks: how they melt and split, who is in whose way, circles of waiters. */
#include "fs_test.h"
#include "locks.h"

static const char owner_a, owner_b;

static int lock(struct inode *inode, const void *owner, int type, loff_t start, loff_t end)
{
	struct file_lock req = { .kind = LOCK_RECORD, .type = type, .owner = owner, .pid = 1, .start = start, .end = end };

	return set_record_lock(inode, &req, false);
}

/* "r0-9 w20-29 " of owner's locks in order of start. */
static const char *locks_of(struct inode *inode, const void *owner)
{
	static char buf[200];
	loff_t from = -1;
	int n = 0;

	buf[0] = 0;
	for (;;) {
		struct file_lock *l, *next = NULL;

		list_for_each_entry(l, &inode->locks, node)
			if (l->owner == owner && l->start > from && (!next || l->start < next->start))
				next = l;
		if (!next)
			return buf;
		from = next->start;
		n += scnprintf(buf + n, sizeof(buf) - (size_t)n, "%c%lld-%lld ", next->type == F_WRLCK ? 'w' : 'r', next->start, next->end);
	}
}

KUNIT(locks_melt_and_split)
{
	struct file *f;
	struct inode *i;

	EXPECT_EQ(t_begin(NULL), 0);
	EXPECT_EQ(t_write("/kunit/f", "x"), 0);
	f = file_open("/kunit/f", O_RDWR, 0);
	i = f->inode;
	EXPECT_EQ(lock(i, &owner_a, F_RDLCK, 10, 19), 0);
	EXPECT_EQ(lock(i, &owner_a, F_RDLCK, 20, 29), 0);
	EXPECT_STR(locks_of(i, &owner_a), "r10-29 ");
	EXPECT_EQ(lock(i, &owner_a, F_RDLCK, 0, 5), 0);
	EXPECT_STR(locks_of(i, &owner_a), "r0-5 r10-29 ");
	EXPECT_EQ(lock(i, &owner_a, F_WRLCK, 15, 17), 0);
	EXPECT_STR(locks_of(i, &owner_a), "r0-5 r10-14 w15-17 r18-29 ");
	EXPECT_EQ(lock(i, &owner_a, F_UNLCK, 12, 20), 0);
	EXPECT_STR(locks_of(i, &owner_a), "r0-5 r10-11 r21-29 ");
	EXPECT_EQ(lock(i, &owner_a, F_WRLCK, 0, S64_MAX), 0);
	EXPECT_STR(locks_of(i, &owner_a), "w0-9223372036854775807 ");
	EXPECT_EQ(lock(i, &owner_a, F_UNLCK, 5, 5), 0);
	EXPECT_STR(locks_of(i, &owner_a), "w0-4 w6-9223372036854775807 ");
	EXPECT_EQ(lock(i, &owner_b, F_RDLCK, 5, 5), 0);
	EXPECT_EQ(lock(i, &owner_b, F_RDLCK, 4, 5), -EAGAIN);
	EXPECT_EQ(lock(i, &owner_a, F_RDLCK, 0, S64_MAX), 0);
	EXPECT_EQ(lock(i, &owner_b, F_RDLCK, 4, 5), 0);
	EXPECT_EQ(lock(i, &owner_b, F_WRLCK, 4, 5), -EAGAIN);
	locks_remove_posix(f, (void *)&owner_a);
	EXPECT_EQ(lock(i, &owner_b, F_WRLCK, 4, 5), 0);
	locks_remove_posix(f, (void *)&owner_b);
	EXPECT(list_empty(&i->locks));
	file_put(f);
	t_end();
}

struct other { struct inode *inode; struct completion done; int result; };

/* Has 0, wants 1, which the test's thread has. */
static int wait_for_first(void *arg)
{
	struct other *o = arg;
	struct file_lock req = { .kind = LOCK_RECORD, .type = F_WRLCK, .owner = &owner_b, .pid = 2, .start = 1, .end = 1 };

	o->result = set_record_lock(o->inode, &req, true);
	complete(&o->done);
	return 0;
}

KUNIT(locks_deadlock)
{
	struct file_lock req = { .kind = LOCK_RECORD, .type = F_WRLCK, .owner = &owner_a, .pid = 1, .start = 0, .end = 0 };
	struct other o = { .result = 1 };
	struct file *f;

	EXPECT_EQ(t_begin(NULL), 0);
	EXPECT_EQ(t_write("/kunit/f", "x"), 0);
	f = file_open("/kunit/f", O_RDWR, 0);
	o.inode = f->inode;
	completion_init(&o.done);
	EXPECT_EQ(lock(f->inode, &owner_b, F_WRLCK, 0, 0), 0);
	EXPECT_EQ(lock(f->inode, &owner_a, F_WRLCK, 1, 1), 0);
	kthread_create(wait_for_first, &o, "locker");
	sleep_until(ktime_ns() + 5 * NSEC_PER_MSEC);
	EXPECT(!o.done.done);
	EXPECT_EQ(set_record_lock(f->inode, &req, true), -EDEADLK);
	EXPECT_EQ(lock(f->inode, &owner_a, F_UNLCK, 1, 1), 0);
	wait_for_completion(&o.done);
	EXPECT_EQ(o.result, 0);
	locks_remove_posix(f, (void *)&owner_b);
	file_put(f);
	t_end();
}
