// SPDX-License-Identifier: GPL-2.0
/*
 * Leases, F_SETLEASE of fcntl(2): who holds one is signalled before another opens or truncates the file in a way that conflicts, and
 * that other waits until the lease is given up or lowered, at most lease-break-time seconds. They lie in inode->locks as other locks.
 */
#include "locks.h"
#include <fs/lease.h>
#include <fs/proc.h>
#include <kernel/cred.h>
#include <kernel/timer.h>
#include <linux/capability.h>

static int break_time = 45;		/* seconds; 0: as long as it takes */
PROC_SYSCTL_INT("fs/lease-break-time", 0644, &break_time, 0, INT_MAX);

static struct file_lock *lease_of(const struct file *f)
{
	struct file_lock *l;

	list_for_each_entry(l, &f->inode->locks, node)
		if (l->kind == LOCK_LEASE && l->owner == f)
			return l;
	return NULL;
}

/* --- breaking --- */

static bool conflicts(const struct file_lock *l, bool write) { return l->kind == LOCK_LEASE && (write || l->type == F_WRLCK); }

static bool any_conflict(const struct inode *inode, bool write)
{
	const struct file_lock *l;

	list_for_each_entry(l, &inode->locks, node)
		if (conflicts(l, write))
			return true;
	return false;
}

/* Tells the holders of what is in the way, each once. When the first of them loses it; 0: nothing is in the way. */
static u64 ask_holders(struct inode *inode, bool write)
{
	int target = write ? F_UNLCK : F_RDLCK;
	struct file_lock *l;
	u64 first = 0;

	list_for_each_entry(l, &inode->locks, node) {
		if (!conflicts(l, write))
			continue;
		if (l->breaking == LEASE_WHOLE)
			l->until_ns = break_time ? ktime_ns() + (u64)break_time * NSEC_PER_SEC : WAIT_FOREVER;
		if (l->breaking == LEASE_WHOLE || (l->breaking == F_RDLCK && target == F_UNLCK)) {
			l->breaking = target;
			file_signal_owner((struct file *)l->owner, POLL_MSG);
		}
		first = first ? min(first, l->until_ns) : l->until_ns;
	}
	return first;
}

/* The holders' time is over. */
static void expire(struct inode *inode)
{
	struct file_lock *l, *next;
	u64 now = ktime_ns();

	list_for_each_entry_safe(l, next, &inode->locks, node) {
		if (l->kind != LOCK_LEASE || l->breaking == LEASE_WHOLE || l->until_ns > now)
			continue;
		if (l->breaking == F_UNLCK) {
			lock_free(l);
		} else {
			l->type = F_RDLCK;
			l->breaking = LEASE_WHOLE;
		}
	}
	locks_wake(inode);
}

int lease_break_slow(struct inode *inode, bool write, bool nonblock)
{
	u64 deadline;
	int err;

	might_sleep();
	while ((deadline = ask_holders(inode, write))) {
		if (nonblock)
			return -EAGAIN;
		err = wait_event_mode(lock_queue(inode), !any_conflict(inode, write), WAIT_INTERRUPTIBLE, deadline, false);
		if (err == -ETIME)
			expire(inode);
		else if (err)
			return err;
	}
	return 0;
}

/* --- fcntl --- */

/* May f get it, with the file open as it is and what others hold? */
static bool grantable(const struct file *f, int type)
{
	const struct inode *inode = f->inode;
	bool writes = f->mode & FMODE_WRITE, reads = f->mode & FMODE_READ && !writes;
	const struct file_lock *l;

	if (type == F_RDLCK ? inode->writecount > 0 : inode->writecount != writes || inode->readcount != reads)
		return false;
	list_for_each_entry(l, &inode->locks, node)
		if (l->kind == LOCK_LEASE && l->owner != f && (type == F_WRLCK || l->breaking == F_UNLCK))
			return false;
	return true;
}

static void change_lease(struct file_lock *l, int type)
{
	l->type = type;
	if (l->breaking == F_RDLCK && type == F_RDLCK)
		l->breaking = LEASE_WHOLE;
}

static int give_up(struct file *f)
{
	struct file_lock *l = lease_of(f);

	if (!l)
		return -EAGAIN;
	lock_free(l);
	locks_wake(f->inode);
	return 0;
}

long fcntl_setlease(int fd, struct file *f, int type)
{
	struct inode *inode = f->inode;
	struct file_lock *new_, *l;

	if (type != F_RDLCK && type != F_WRLCK && type != F_UNLCK)
		return -EINVAL;
	if (current_cred()->fsuid != inode->uid && !capable(CAP_LEASE))
		return -EACCES;
	if (!S_ISREG(inode->mode))
		return -EINVAL;
	if (type == F_UNLCK)
		return give_up(f);
	new_ = kmalloc(sizeof(*new_), GFP_KERNEL);
	if (!new_)
		return -ENOMEM;
	if (!grantable(f, type)) {
		kfree(new_);
		return -EAGAIN;
	}
	l = lease_of(f);
	if (l) {
		kfree(new_);
		change_lease(l, type);
	} else {
		*new_ = (struct file_lock){ .kind = LOCK_LEASE, .type = type, .owner = f, .pid = task_tgid_nr(current), .end = S64_MAX,
					    .breaking = LEASE_WHOLE };
		list_add_tail(&new_->node, &inode->locks);
		f->owner_fd = fd;
		file_own_if_nobody(f);
	}
	locks_wake(inode);
	return 0;
}

long fcntl_getlease(struct file *f)
{
	struct file_lock *l;

	expire(f->inode);
	l = lease_of(f);
	return !l ? F_UNLCK : l->breaking == LEASE_WHOLE ? l->type : l->breaking;
}
