// SPDX-License-Identifier: GPL-2.0
/* File system types and super blocks: registration, the life of a super block from fill to the last unmount, remount, sync. */
#include "internal.h"
#include <drivers/blkdev.h>
#include <fs/buffer.h>
#include <fs/proc.h>
#include <kernel/printk.h>

/* Of MS_, what belongs to the super block and may be changed by a remount. */
#define SB_CHANGEABLE (MS_RDONLY | MS_SYNCHRONOUS | MS_DIRSYNC | MS_MANDLOCK | MS_I_VERSION | MS_LAZYTIME)

LIST_HEAD(super_blocks);
static LIST_HEAD(fs_types);
static DEFINE_MUTEX(single_lock);	/* making of FS_SINGLE super blocks */

int fs_register(struct fs_type *t)
{
	if (fs_find(t->name))
		return -EBUSY;
	list_add_tail(&t->node, &fs_types);
	return 0;
}

struct fs_type *fs_find(const char *name)
{
	struct fs_type *t;

	list_for_each_entry(t, &fs_types, node)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

void fs_for_each(void (*fn)(const struct fs_type *t, void *arg), void *arg)
{
	struct fs_type *t;

	list_for_each_entry(t, &fs_types, node)
		fn(t, arg);
}

static void show_type(const struct fs_type *t, void *arg)
{
	seq_printf(arg, "%s\t%s\n", t->flags & FS_REQUIRES_DEV ? "" : "nodev", t->name);
}

static int filesystems_show(struct seq_file *m, void *arg)
{
	fs_for_each(show_type, m);
	return 0;
}
PROC_FILE("filesystems", 0444, filesystems_show);

/* --- making --- */

static struct super_block *alloc_super(struct fs_type *t, unsigned flags, struct blkdev *bdev)
{
	struct super_block *sb = kzalloc(sizeof(*sb), GFP_KERNEL);

	if (!sb)
		return NULL;
	sb->type = t;
	sb->flags = flags & SB_CHANGEABLE;
	sb->bdev = bdev;
	sb->dev = bdev ? bdev->dev : anon_dev();
	sb->blocksize = PAGE_SIZE;
	sb->blocksize_bits = PAGE_SHIFT;
	sb->maxbytes = S64_MAX & ~(loff_t)(PAGE_SIZE - 1);
	sb->time_gran = 1;
	sb->user_ns = &init_user_ns;
	sb->active = 1;
	strscpy(sb->id, bdev ? bdev->name : t->name, sizeof(sb->id));
	list_init(&sb->inodes);
	list_init(&sb->dirty);
	list_init(&sb->node);
	rwsem_init(&sb->umount_lock);
	return sb;
}

static void free_super(struct super_block *sb)
{
	if (sb->type->single == sb)
		sb->type->single = NULL;
	if (sb->bdev) {
		sb->bdev->sb = NULL;
		blk_close(sb->bdev);
	}
	kfree(sb);
}

static struct super_block *fill_new(struct fs_type *t, unsigned flags, struct blkdev *bdev, char *data, bool silent)
{
	struct super_block *sb = alloc_super(t, flags, bdev);
	int err;

	if (!sb) {
		if (bdev)
			blk_close(bdev);
		return ERR_PTR(-ENOMEM);
	}
	if (bdev)
		bdev->sb = sb;
	err = t->fill_super(sb, data, silent);
	if (!err && sb->root) {
		list_add_tail(&sb->node, &super_blocks);
		return sb;
	}
	if (sb->root)
		d_shutdown(sb->root);
	evict_inodes(sb);
	free_super(sb);
	return ERR_PTR(err ?: -EINVAL);
}

/* The disk is mounted already: the same super block again, if type and mode agree. */
static struct super_block *share_super(struct fs_type *t, unsigned flags, struct blkdev *bdev)
{
	struct super_block *sb = bdev->sb;
	bool fits = sb->root && sb->active && sb->type == t && !((sb->flags ^ flags) & MS_RDONLY);

	if (fits)
		sb->active++;
	blk_close(bdev);
	return fits ? sb : ERR_PTR(-EBUSY);
}

struct super_block *sget_fill(struct fs_type *t, unsigned flags, struct blkdev *bdev, char *data, bool silent)
{
	struct super_block *sb;

	might_sleep();
	if (bdev && bdev->sb)
		return share_super(t, flags, bdev);
	if (!(t->flags & FS_SINGLE))
		return fill_new(t, flags, bdev, data, silent);
	mutex_lock(&single_lock);
	sb = t->single;
	if (!sb) {
		sb = fill_new(t, flags, bdev, data, silent);
	} else {		/* the options of a later mount hold for all (devpts: gid=, mode=) */
		int err = data && *data && sb->ops && sb->ops->remount ? sb->ops->remount(sb, sb->flags, data) : 0;

		if (err)
			sb = ERR_PTR(err);
		else
			sb->active++;
	}
	if (!IS_ERR(sb))
		t->single = sb;
	mutex_unlock(&single_lock);
	return sb;
}

/* --- using and ending --- */

int sync_filesystem(struct super_block *sb)
{
	int err, err2 = 0;

	might_sleep();
	if (sb_rdonly(sb))
		return 0;
	err = sync_inodes_sb(sb, true);
	if (sb->ops && sb->ops->sync_fs)
		err2 = sb->ops->sync_fs(sb, true);
	err = err ?: err2;
	if (sb->bdev) {
		err2 = sync_buffers(sb->bdev);
		err = err ?: err2 ?: blk_flush(sb->bdev);
	}
	return err;
}

void deactivate_super(struct super_block *sb)
{
	int busy;

	might_sleep();
	if (--sb->active)
		return;
	down_write(&sb->umount_lock);		/* whoever syncs it now is waited for */
	list_del(&sb->node);
	sync_filesystem(sb);
	busy = (int)d_shutdown(sb->root);
	sb->root = NULL;
	busy += evict_inodes(sb);
	if (sb->ops && sb->ops->put_super)
		sb->ops->put_super(sb);
	up_write(&sb->umount_lock);
	if (!WARN_ON_ONCE(busy)) {
		free_super(sb);
		return;
	}
	pr_err("%s: %d inodes or names are still in use after the last unmount\n", sb->id, busy);
}

int do_remount_sb(struct super_block *sb, unsigned flags, char *data)
{
	bool to_ro = flags & MS_RDONLY && !sb_rdonly(sb), to_rw = !(flags & MS_RDONLY) && sb_rdonly(sb);
	int err = 0;

	might_sleep();
	if (to_rw && sb->bdev && sb->bdev->read_only)
		return -EACCES;
	if (to_ro) {
		if (sb_has_writers(sb))
			return -EBUSY;
		sync_filesystem(sb);
	}
	if (sb->ops && sb->ops->remount)
		err = sb->ops->remount(sb, flags, data);
	if (err)
		return err;
	sb->flags = (sb->flags & ~SB_CHANGEABLE) | (flags & SB_CHANGEABLE);
	return 0;
}
