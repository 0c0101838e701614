// SPDX-License-Identifier: GPL-2.0
/*
 * Advisory locks: flock(2), and the record locks of fcntl(2) in both kinds. A record lock belongs to a process (its
 * descriptor table) or, F_OFD_, to an open file; flock's always to an open file. Kinds do not see each other, but the two
 * kinds of record locks do. Whoever waits looks again whenever a lock of that inode goes.
 */
#include "locks.h"
#include <fs/proc.h>
#include <kernel/init.h>

#define WAIT_QUEUES	32
#define DEADLOCK_DEPTH	100	/* links of the chain that are looked at */

/* A process that waits for a record lock: what deadlock detection follows. */
struct waiter { struct list_head node; const struct file_lock *req; struct inode *inode; };

static struct wait_queue queues[WAIT_QUEUES];
static LIST_HEAD(waiters);

struct wait_queue *lock_queue(const struct inode *inode)
{
	return &queues[hash_u64((unsigned long)inode) % WAIT_QUEUES];
}

void locks_wake(struct inode *inode) { wake_up_all(lock_queue(inode)); }

static bool overlap(const struct file_lock *a, const struct file_lock *b) { return a->start <= b->end && b->start <= a->end; }

struct file_lock *find_conflict(const struct inode *inode, const struct file_lock *req)
{
	struct file_lock *l, *first = NULL;

	list_for_each_entry(l, &inode->locks, node)
		if (l->kind == req->kind && l->owner != req->owner && overlap(l, req) && (l->type == F_WRLCK || req->type == F_WRLCK) &&
		    (!first || l->start < first->start))
			first = l;
	return first;
}

void lock_free(struct file_lock *l)
{
	list_del(&l->node);
	kfree(l);
}

/* Removes all locks of that kind and owner. */
static void drop_owned(struct inode *inode, enum lock_kind kind, const void *owner)
{
	struct file_lock *l, *next;
	bool any = false;

	list_for_each_entry_safe(l, next, &inode->locks, node)
		if (l->kind == kind && l->owner == owner) {
			lock_free(l);
			any = true;
		}
	if (any)
		locks_wake(inode);
}

void locks_remove_posix(struct file *f, struct files *owner) { drop_owned(f->inode, LOCK_RECORD, owner); }

void locks_remove_file(struct file *f)
{
	drop_owned(f->inode, LOCK_FLOCK, f);
	drop_owned(f->inode, LOCK_RECORD, f);
	drop_owned(f->inode, LOCK_LEASE, f);
}

/* --- flock --- */

/* 0, -EWOULDBLOCK, or interrupted. Changing a lock is not atomic: the old one goes first. */
static int do_flock(struct file *f, int type, bool wait)
{
	struct file_lock *l = kmalloc(sizeof(*l), GFP_KERNEL), *old;
	struct inode *inode = f->inode;
	int err = 0;

	if (!l)
		return -ENOLCK;
	*l = (struct file_lock){ .kind = LOCK_FLOCK, .type = type, .owner = f, .pid = task_tgid_nr(current), .end = S64_MAX };
	list_for_each_entry(old, &inode->locks, node)
		if (old->kind == LOCK_FLOCK && old->owner == f && old->type == type) {
			kfree(l);
			return 0;
		}
	drop_owned(inode, LOCK_FLOCK, f);
	if (find_conflict(inode, l))
		err = wait ? wait_event_interruptible(lock_queue(inode), !find_conflict(inode, l)) : -EWOULDBLOCK;
	if (err) {
		kfree(l);
		return err;
	}
	drop_owned(inode, LOCK_FLOCK, f);	/* another thread's, got while we waited */
	list_add_tail(&l->node, &inode->locks);
	return 0;
}

long sys_flock(int fd, int op)
{
	struct file *f;
	int err;

	switch (op & ~LOCK_NB_) {
	case LOCK_SH_:
	case LOCK_EX_:
	case LOCK_UN_:
		break;
	default:
		return -EINVAL;
	}
	f = fget(fd);
	if (!f)
		return -EBADF;
	if ((op & ~LOCK_NB_) != LOCK_UN_ && !(f->mode & (FMODE_READ | FMODE_WRITE))) {
		err = -EBADF;
	} else if ((op & ~LOCK_NB_) == LOCK_UN_) {
		drop_owned(f->inode, LOCK_FLOCK, f);
		err = 0;
	} else {
		err = do_flock(f, op & LOCK_EX_ ? F_WRLCK : F_RDLCK, !(op & LOCK_NB_));
	}
	file_put(f);
	return err;
}

/* --- record locks --- */

/* Is l of req's owner, and does req's range meet it or touch it? */
static bool touches(const struct file_lock *l, const struct file_lock *req)
{
	return l->kind == LOCK_RECORD && l->owner == req->owner && l->end >= req->start - 1 && l->start - 1 <= req->end;
}

/*
 * Gives req's owner what it asks for; conflicts have been ruled out. Locks of the same type melt into one, others make
 * room. spare: two locks allocated before, of which those used are cleared. Never sleeps.
 */
static void set_record(struct inode *inode, struct file_lock *req, struct file_lock *spare[2])
{
	struct file_lock *l, *next;

	list_for_each_entry_safe(l, next, &inode->locks, node) {
		if (!touches(l, req))
			continue;
		if (l->type == req->type) {
			req->start = min(req->start, l->start);
			req->end = max(req->end, l->end);
			lock_free(l);
		} else if (!overlap(l, req)) {
			continue;
		} else if (l->start < req->start && l->end > req->end) {
			struct file_lock *tail = spare[1];

			spare[1] = NULL;
			*tail = *l;
			tail->start = req->end + 1;
			l->end = req->start - 1;
			list_add(&tail->node, &l->node);
			break;
		} else if (l->start < req->start) {
			l->end = req->start - 1;
		} else if (l->end > req->end) {
			l->start = req->end + 1;
		} else {
			lock_free(l);
		}
	}
	if (req->type != F_UNLCK) {
		*spare[0] = *req;
		list_add_tail(&spare[0]->node, &inode->locks);
		spare[0] = NULL;
	}
	locks_wake(inode);
}

/* Would waiting close a circle: is the one we wait for, in the end, waiting for us? */
static bool would_deadlock(const struct inode *inode, const struct file_lock *req)
{
	const struct file_lock *block = find_conflict(inode, req);

	for (int i = 0; block && i < DEADLOCK_DEPTH; i++) {
		struct waiter *w, *found = NULL;

		if (block->owner == req->owner)
			return true;
		list_for_each_entry(w, &waiters, node)
			if (w->req->owner == block->owner)
				found = w;
		block = found ? find_conflict(found->inode, found->req) : NULL;
	}
	return false;
}

static int wait_for_record(struct inode *inode, struct file_lock *req)
{
	struct waiter w = { .req = req, .inode = inode };
	int err;

	if (req->pid >= 0 && would_deadlock(inode, req))	/* open files have no one who waits */
		return why(-EDEADLK, "who has it waits for a lock of ours");
	list_add(&w.node, &waiters);
	err = wait_event_interruptible(lock_queue(inode), !find_conflict(inode, req) || (req->pid >= 0 && would_deadlock(inode, req)));
	list_del(&w.node);
	return err ?: find_conflict(inode, req) ? -EDEADLK : 0;
}

int set_record_lock(struct inode *inode, struct file_lock *req, bool wait)
{
	struct file_lock *spare[2] = { kmalloc(sizeof(*req), GFP_KERNEL), kmalloc(sizeof(*req), GFP_KERNEL) };
	int err = spare[0] && spare[1] ? 0 : -ENOLCK;

	if (!err && req->type != F_UNLCK && find_conflict(inode, req))
		err = wait ? wait_for_record(inode, req) : -EAGAIN;
	if (!err)
		set_record(inode, req, spare);
	kfree(spare[0]);
	kfree(spare[1]);
	return err;
}

/* From the ABI's form. 0, -EINVAL, -EOVERFLOW. */
static int from_flock(struct file *f, const struct flock *fl, bool ofd, struct file_lock *req)
{
	loff_t start = fl->l_start, base = 0;

	if (fl->l_whence == SEEK_CUR)
		base = f->pos;
	else if (fl->l_whence == SEEK_END)
		base = f->inode->size;
	else if (fl->l_whence != SEEK_SET)
		return -EINVAL;
	if (__builtin_add_overflow(start, base, &start))
		return -EOVERFLOW;
	if (start < 0)
		return -EINVAL;
	*req = (struct file_lock){ .kind = LOCK_RECORD, .type = fl->l_type, .start = start, .end = S64_MAX };
	if (fl->l_len > 0) {
		if (fl->l_len - 1 > S64_MAX - start)
			return -EOVERFLOW;
		req->end = start + fl->l_len - 1;
	} else if (fl->l_len < 0) {
		if (start + fl->l_len < 0)
			return -EINVAL;
		req->end = start - 1;
		req->start = start + fl->l_len;
	}
	if (fl->l_type != F_RDLCK && fl->l_type != F_WRLCK && fl->l_type != F_UNLCK)
		return -EINVAL;
	if (ofd && fl->l_pid)
		return -EINVAL;
	req->owner = ofd ? (const void *)f : current->files;
	req->pid = ofd ? -1 : task_tgid_nr(current);
	return 0;
}

long fcntl_getlk(struct file *f, uaddr_t uflock, bool ofd)
{
	struct file_lock req, *l;
	struct flock fl;
	int err;

	if (get_user(fl, uflock))
		return -EFAULT;
	if (fl.l_type != F_RDLCK && fl.l_type != F_WRLCK && !(ofd && fl.l_type == F_UNLCK))
		return -EINVAL;
	err = from_flock(f, &fl, ofd, &req);
	if (err)
		return err;
	l = find_conflict(f->inode, &req);
	fl.l_type = F_UNLCK;
	if (l) {
		fl.l_type = (short)l->type;
		fl.l_whence = SEEK_SET;
		fl.l_start = l->start;
		fl.l_len = l->end == S64_MAX ? 0 : l->end - l->start + 1;
		fl.l_pid = l->pid;
	}
	return copy_to_user(uflock, &fl, sizeof(fl));
}

long fcntl_setlk(int fd, struct file *f, uaddr_t uflock, bool ofd, bool wait)
{
	struct file_lock req;
	struct flock fl;
	int err;

	if (get_user(fl, uflock))
		return -EFAULT;
	err = from_flock(f, &fl, ofd, &req);
	if (err)
		return err;
	if ((req.type == F_RDLCK && !(f->mode & FMODE_READ)) || (req.type == F_WRLCK && !(f->mode & FMODE_WRITE)))
		return -EBADF;
	err = set_record_lock(f->inode, &req, wait);
	/* Another thread may have closed fd while we waited, and that close found no lock to remove. */
	if (!err && req.type != F_UNLCK && !ofd && fcheck(fd) != f) {
		drop_owned(f->inode, LOCK_RECORD, current->files);
		return -EBADF;
	}
	return err;
}

/* --- /proc/locks --- */

static void show_lock(struct seq_file *m, int n, const struct inode *inode, const struct file_lock *l)
{
	seq_printf(m, "%d: %s  %s  %s %d %02x:%02x:%llu %lld ", n,
		   l->kind == LOCK_LEASE ? "LEASE" : l->kind == LOCK_FLOCK ? "FLOCK" : l->pid < 0 ? "OFDLCK" : "POSIX",
		   l->kind != LOCK_LEASE ? "ADVISORY" : l->breaking == LEASE_WHOLE ? "ACTIVE  " : "BREAKING", l->type == F_WRLCK ? "WRITE" : "READ ", l->pid,
		   MAJOR(inode->sb->dev), MINOR(inode->sb->dev), (unsigned long long)inode->ino, (long long)l->start);
	if (l->end == S64_MAX)
		seq_puts(m, "EOF\n");
	else
		seq_printf(m, "%lld\n", (long long)l->end);
}

static int locks_show(struct seq_file *m, void *arg)
{
	struct super_block *sb;
	struct inode *inode;
	struct file_lock *l;
	int n = 0;

	list_for_each_entry(sb, &super_blocks, node)
		list_for_each_entry(inode, &sb->inodes, sb_node)
			list_for_each_entry(l, &inode->locks, node)
				show_lock(m, ++n, inode, l);
	return 0;
}
PROC_FILE("locks", 0444, locks_show);

static int locks_init(void)
{
	for (int i = 0; i < WAIT_QUEUES; i++)
		wait_queue_init(&queues[i]);
	return 0;
}
core_initcall(locks_init);
