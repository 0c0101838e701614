// SPDX-License-Identifier: GPL-2.0
/*
 * For the leak report of a debugging kernel: takes the whole tree of mounts apart, down to the rootfs that was there before
 * the root was mounted, and empties the caches, so that nothing is left that boot did not make.
 */
#include "mount.h"
#include <kernel/leaks.h>

/* Kernel threads stand in init's root: back to where they were before there was one. */
static void leave_root(struct mount *rootfs)
{
	struct path was[2] = { init_fs.root, init_fs.pwd };

	init_fs.root = init_fs.pwd = (struct path){ rootfs, rootfs->root };
	path_get(&init_fs.root);
	path_get(&init_fs.pwd);
	path_put(&was[0]);
	path_put(&was[1]);
}

/* One child of dir that devtmpfs did not make, counted, or NULL. */
static struct dentry *find_added(struct dentry *dir)
{
	struct dentry *d;

	list_for_each_entry(d, &dir->children, sibling)
		if (d->inode && !(d->inode->state & I_OF_KERNEL))
			return dget(d);
	return NULL;
}

static void remove_added(struct dentry *dir);

static bool remove_one(struct dentry *dir, struct dentry *d)
{
	const struct inode_ops *ops = dir->inode->ops;
	int err;

	if (S_ISDIR(d->inode->mode))
		remove_added(d);
	err = S_ISDIR(d->inode->mode) ? ops->rmdir(dir->inode, d) : ops->unlink(dir->inode, d);
	if (!err)
		d_delete(d);
	dput(d);
	return !err;
}

/* What the guest added to /dev is its own, and no leak: sockets of daemons, links of udev. Depth: as deep as /dev is. */
static void remove_added(struct dentry *dir)
{
	struct dentry *d;

	while ((d = find_added(dir)) != NULL)
		if (!remove_one(dir, d))
			return;
}

static void drop_all_caches(void)
{
	struct super_block *sb;
	struct inode *inode;

	list_for_each_entry(sb, &super_blocks, node) {
		list_for_each_entry(inode, &sb->inodes, sb_node)
			if (inode->data.nrpages)
				invalidate_mapping(&inode->data);
		sb->active++;
		shrink_dcache_sb(sb);
		sb->active--;
	}
	while (shrink_slabs(~0UL))
		;
}

void vfs_tear_down(void)
{
	struct mount *rootfs = init_mnt_ns.root;

	might_sleep();
	leave_root(rootfs);
	while (!list_empty(&rootfs->children))
		mount_umount_tree(list_last(&rootfs->children, struct mount, sibling));
	devtmpfs_for_root(remove_added);
	drop_all_caches();
}
