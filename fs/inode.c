// SPDX-License-Identifier: GPL-2.0
/*
 * The inode cache: inodes by (super block, number), their lifetime, times and link counts.
 * One with no user stays cached while it has a name and can be found by its number; the shrinker frees clean ones.
 */
#include "internal.h"
#include <drivers/blkdev.h>
#include <kernel/init.h>
#include <fs/proc.h>

#define WAIT_QUEUES 32

static struct hlist_head *inode_hash;
static u32 inode_hash_mask;
static struct kmem_cache *inode_cache;
static LIST_HEAD(inode_lru);			/* oldest first; those taken into use again are skipped, not removed */
static unsigned long nr_lru, nr_inodes;
static struct wait_queue inode_queues[WAIT_QUEUES];	/* waiting for I_NEW or I_FREEING to end */

static const struct inode_ops no_inode_ops;	/* until the file system sets its own: all defaults */
static const struct file_ops no_file_ops;

static struct hlist_head *inode_bucket(struct super_block *sb, u64 ino)
{
	return &inode_hash[hash_u64((u64)(unsigned long)sb + ino) & inode_hash_mask];
}

static struct wait_queue *inode_queue(const struct inode *inode)
{
	return &inode_queues[hash_u64((unsigned long)inode) % WAIT_QUEUES];
}

static struct inode *alloc_inode(struct super_block *sb)
{
	struct inode *inode = sb->ops && sb->ops->alloc_inode ? sb->ops->alloc_inode(sb) :
			      kmem_cache_alloc(inode_cache, GFP_KERNEL);

	if (!inode)
		return NULL;
	memset(inode, 0, sizeof(*inode));
	inode->sb = sb;
	inode->nlink = 1;
	inode->refs = 1;
	inode->acl = ACL_UNKNOWN;
	inode->ops = &no_inode_ops;
	inode->fops = &no_file_ops;
	mapping_init(&inode->data, inode, NULL);
	inode->mapping = &inode->data;
	mutex_init(&inode->lock);
	list_init(&inode->locks);
	list_init(&inode->watches);
	list_init(&inode->dirty_node);
	list_init(&inode->lru);
	list_init(&inode->dentries);
	list_add_tail(&inode->sb_node, &sb->inodes);
	inode->atime = inode->mtime = inode->ctime = inode->btime = ktime_real_coarse();
	nr_inodes++;
	return inode;
}

static void free_inode(struct inode *inode)
{
	const struct super_ops *ops = inode->sb->ops;

	nr_inodes--;
	if (ops && ops->free_inode)
		ops->free_inode(inode);
	else if (ops && ops->alloc_inode)
		kfree(inode);
	else
		kmem_cache_free(inode_cache, inode);
}

static void lru_remove(struct inode *inode)
{
	if (list_empty(&inode->lru))
		return;
	list_del(&inode->lru);
	nr_lru--;
}

/* Out of all lists and freed; refs is 0 and nothing of it is in use any more. Never sleeps. */
static void dispose_inode(struct inode *inode)
{
	lru_remove(inode);
	inode_forget_acl(inode);
	xa_destroy(&inode->data.pages);
	hlist_del(&inode->hash);
	list_del(&inode->sb_node);
	inode_undirty(inode);
	wake_up_all(inode_queue(inode));
	free_inode(inode);
}

static void evict(struct inode *inode)
{
	inode->state |= I_FREEING;
	lru_remove(inode);
	inode_undirty(inode);
	if (!inode->nlink)
		notify_inode(inode, IN_DELETE_SELF);
	notify_inode_gone(inode);
	if (!inode->nlink && inode->sb->ops && inode->sb->ops->evict && !(inode->state & I_BAD))
		inode->sb->ops->evict(inode);
	if (inode->data.nrpages)
		truncate_pagecache(inode, 0);
	dispose_inode(inode);
}

struct inode *new_inode(struct super_block *sb)
{
	might_sleep();
	return alloc_inode(sb);
}

struct inode *iget(struct inode *inode)
{
	inode->refs++;
	return inode;
}

void iput(struct inode *inode)
{
	if (!inode || --inode->refs)
		return;
	if (inode->nlink && !hlist_unhashed(&inode->hash) && !(inode->state & I_BAD)) {
		if (list_empty(&inode->lru)) {
			list_add_tail(&inode->lru, &inode_lru);
			nr_lru++;
		}
		return;
	}
	evict(inode);
}

static struct inode *find_inode(struct super_block *sb, u64 ino)
{
	struct inode *inode;

	hlist_for_each_entry(inode, inode_bucket(sb, ino), hash)
		if (inode->ino == ino && inode->sb == sb)
			return inode;
	return NULL;
}

struct inode *inode_lookup(struct super_block *sb, u64 ino)
{
	struct inode *inode = find_inode(sb, ino);

	return inode && !(inode->state & (I_FREEING | I_NEW | I_BAD)) ? iget(inode) : NULL;
}

void inode_insert(struct inode *inode)
{
	if (hlist_unhashed(&inode->hash))
		hlist_add(&inode->hash, inode_bucket(inode->sb, inode->ino));
}

/* One that is being freed or read is waited for; afterwards it may be gone, so that the search starts again. */
static struct inode *find_settled(struct super_block *sb, u64 ino)
{
	struct inode *inode;

	while ((inode = find_inode(sb, ino)) != NULL) {
		if (!(inode->state & (I_FREEING | I_NEW)))
			return iget(inode);
		wait_event(inode_queue(inode), find_inode(sb, ino) != inode || !(inode->state & (I_FREEING | I_NEW)));
	}
	return NULL;
}

struct inode *iget_locked(struct super_block *sb, u64 ino)
{
	struct inode *inode, *found;

	might_sleep();
	found = find_settled(sb, ino);
	if (found)
		return found;
	inode = alloc_inode(sb);
	if (!inode)
		return NULL;
	found = find_settled(sb, ino);		/* alloc_inode() slept */
	if (found) {
		inode->refs = 0;
		dispose_inode(inode);
		return found;
	}
	inode->ino = ino;
	inode->state = I_NEW;
	inode_insert(inode);
	return inode;
}

void inode_unlock_new(struct inode *inode)
{
	inode->state &= ~I_NEW;
	wake_up_all(inode_queue(inode));
}

void iget_failed(struct inode *inode)
{
	inode->state |= I_BAD;
	inode->state &= ~I_NEW;
	hlist_del(&inode->hash);
	wake_up_all(inode_queue(inode));
	iput(inode);
}

int evict_inodes(struct super_block *sb)
{
	struct inode *inode;
	int busy;

	might_sleep();
again:
	busy = 0;
	list_for_each_entry(inode, &sb->inodes, sb_node) {
		if (inode->refs || inode->state & I_FREEING) {
			busy++;
			continue;
		}
		evict(inode);
		goto again;			/* it slept */
	}
	return busy;
}

static unsigned long shrink_inodes(unsigned long scan)
{
	unsigned long freed = 0;

	if (!scan)
		return nr_lru;
	while (scan-- && !list_empty(&inode_lru)) {
		struct inode *inode = list_first(&inode_lru, struct inode, lru);

		if (inode->refs) {
			lru_remove(inode);
		} else if (inode->state & ~I_NO_DEFAULT_ACL || inode->data.nrpages || !list_empty(&inode->watches) || mutex_is_locked(&inode->lock)) {
			list_move_tail(&inode->lru, &inode_lru);	/* dirty, or its pages have to go first */
		} else {
			dispose_inode(inode);
			freed++;
		}
	}
	return freed;
}

void inode_init_owner(struct inode *inode, const struct inode *dir, mode_t mode)
{
	const struct cred *c = current_cred();

	inode->uid = c->fsuid;
	inode->gid = c->fsgid;
	if (dir && dir->mode & S_ISGID) {
		inode->gid = dir->gid;
		if (S_ISDIR(mode))
			mode |= S_ISGID;
		else if ((mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) && !in_group(inode->gid) && !capable(CAP_FSETID))
			mode &= ~S_ISGID;
	}
	inode->mode = mode;
}

static int socket_open(struct inode *inode, struct file *f) { return -ENXIO; }
static const struct file_ops chr_fops = { .open = chrdev_open, .llseek = no_llseek };
static const struct file_ops sock_fops = { .open = socket_open, .llseek = no_llseek };

void inode_init_special(struct inode *inode, mode_t mode, dev_t rdev)
{
	inode->mode = mode;
	if (S_ISCHR(mode)) {
		inode->fops = &chr_fops;
		inode->rdev = rdev;
	} else if (S_ISBLK(mode)) {
		inode->fops = &blkdev_fops;
		inode->rdev = rdev;
	} else if (S_ISFIFO(mode)) {
		inode->fops = &fifo_fops;
	} else {
		inode->fops = &sock_fops;
	}
}

static int update_time(struct inode *inode)
{
	if (inode->ops->update_time)
		return inode->ops->update_time(inode);
	if (inode->sb->ops && inode->sb->ops->write_inode)
		inode_mark_dirty(inode, I_DIRTY_TIME);
	return 0;
}

void inode_touch(struct inode *inode, bool mtime, bool ctime)
{
	struct timespec64 now = ktime_real_coarse();

	if (mtime)
		inode->mtime = now;
	if (ctime)
		inode->ctime = now;
	inode->version++;
	update_time(inode);
}

static bool later(const struct timespec64 *a, const struct timespec64 *b)
{
	return a->sec != b->sec ? a->sec > b->sec : a->nsec > b->nsec;
}

/* relatime: only when the old value would say that it was not read since the last change, or is a day old. */
static bool atime_wanted(const struct inode *inode, unsigned mnt_flags, const struct timespec64 *now)
{
	if (mnt_flags & MNT_STRICTATIME)
		return later(now, &inode->atime);
	return !later(&inode->atime, &inode->mtime) || !later(&inode->atime, &inode->ctime) ||
	       now->sec - inode->atime.sec >= 24 * 3600;
}

void file_accessed(struct file *f)
{
	struct inode *inode = f->inode;
	struct mount *m = f->path.mnt;
	struct timespec64 now;

	if (f->flags & O_NOATIME || m->flags & (MNT_NOATIME | MNT_READONLY) || inode->flags & S_NOATIME_ || sb_rdonly(inode->sb))
		return;
	if (m->flags & MNT_NODIRATIME && S_ISDIR(inode->mode))
		return;
	now = ktime_real_coarse();
	if (!atime_wanted(inode, m->flags, &now) || (now.sec == inode->atime.sec && now.nsec == inode->atime.nsec))
		return;
	inode->atime = now;
	update_time(inode);
}

/* A write by somebody without CAP_FSETID takes set-user-ID and set-group-ID away. */
static int drop_set_id(struct file *f)
{
	struct inode *inode = f->inode;
	struct kattr attr = { .valid = ATTR_KILL_PRIV | ATTR_FORCE };

	if (likely(!(inode->mode & (S_ISUID | S_ISGID))) || !S_ISREG(inode->mode))
		return 0;
	if (!(inode->mode & S_ISUID) && (inode->mode & (S_ISGID | S_IXGRP)) != (S_ISGID | S_IXGRP))
		return 0;
	return capable(CAP_FSETID) ? 0 : notify_change(f->path.dentry, &attr);
}

int file_update_time(struct file *f)
{
	struct inode *inode = f->inode;
	struct timespec64 now;
	int err = drop_set_id(f);

	if (err)
		return err;
	now = ktime_real_coarse();
	inode->version++;
	if (now.nsec == inode->mtime.nsec && now.sec == inode->mtime.sec && now.nsec == inode->ctime.nsec && now.sec == inode->ctime.sec)
		return 0;
	inode->mtime = inode->ctime = now;
	return update_time(inode);
}

u64 get_next_ino(void)
{
	static u64 last;

	return ++last;
}

void inode_set_nlink(struct inode *inode, u32 n) { inode->nlink = n; }
void inode_inc_nlink(struct inode *inode) { inode->nlink++; }
void inode_dec_nlink(struct inode *inode)
{
	if (inode->nlink)
		inode->nlink--;
}

dev_t anon_dev(void)
{
	static u32 last;

	return MKDEV(0, ++last & 0xfffff);
}

static int inode_nr_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%lu\t%lu\n", nr_inodes, nr_lru);
	return 0;
}
PROC_FILE("sys/fs/inode-nr", 0444, inode_nr_show);

static int inode_init(void)
{
	static struct shrinker shrinker = { .shrink = shrink_inodes };
	u32 n = 1024;

	while (n < 1 << 18 && n < total_pages() / 8)
		n *= 2;
	inode_hash = kcalloc(n, sizeof(*inode_hash), GFP_KERNEL);
	inode_cache = kmem_cache_create("inode", sizeof(struct inode), NULL);
	if (!inode_hash || !inode_cache)
		panic("no memory for the inode cache");
	inode_hash_mask = n - 1;
	for (int i = 0; i < WAIT_QUEUES; i++)
		wait_queue_init(&inode_queues[i]);
	shrinker_register(&shrinker);
	return 0;
}
core_initcall(inode_init);
