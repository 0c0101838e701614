// SPDX-License-Identifier: GPL-2.0
/* tmpfs: names. Directories live in the dentry cache; see libfs.c. */
#include <kernel/why.h>
#include "tmpfs.h"

#define ENTRY_SIZE	20		/* what a name adds to its directory's size */

static void entry_added(struct inode *dir)
{
	dir->size += ENTRY_SIZE;
	inode_touch(dir, true, true);
}

/* A new inode under the name of dentry, which keeps it. */
static int add_new(struct inode *dir, struct dentry *dentry, struct inode *inode)
{
	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	d_instantiate(dentry, inode);
	d_pin(dentry);
	entry_added(dir);
	return 0;
}

static int tmpfs_mknod(struct inode *dir, struct dentry *dentry, mode_t mode, dev_t rdev)
{
	return add_new(dir, dentry, tmpfs_new_inode(dir->sb, dir, mode, rdev));
}

static int tmpfs_create(struct inode *dir, struct dentry *dentry, mode_t mode) { return tmpfs_mknod(dir, dentry, mode, 0); }

static int tmpfs_mkdir(struct inode *dir, struct dentry *dentry, mode_t mode)
{
	int err = tmpfs_mknod(dir, dentry, mode, 0);

	if (!err)
		inode_inc_nlink(dir);
	return err;
}

static int tmpfs_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
	struct inode *inode;
	char *text = kstrdup(target, GFP_KERNEL);

	if (!text)
		return -ENOMEM;
	inode = tmpfs_new_inode(dir->sb, dir, S_IFLNK | 0777, 0);
	if (IS_ERR(inode)) {
		kfree(text);
		return (int)PTR_ERR(inode);
	}
	inode->link = text;
	inode->size = (loff_t)strlen(text);
	return add_new(dir, dentry, inode);
}

static int tmpfs_tmpfile(struct inode *dir, struct dentry *dentry, mode_t mode)
{
	struct inode *inode = tmpfs_new_inode(dir->sb, dir, mode, 0);

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	inode_set_nlink(inode, 0);
	d_instantiate(dentry, inode);
	return 0;
}

static int tmpfs_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct tmpfs_sb *ts = tmpfs_sb(dir->sb);
	bool counts = old->inode->nlink;	/* the first name of an O_TMPFILE one comes with the inode */
	int err;

	if (counts && tmpfs_inodes_full(ts))
		return -ENOSPC;
	err = simple_link(old, dir, dentry);
	if (!err) {
		ts->inodes += counts;
		dir->size += ENTRY_SIZE;
	}
	return err;
}

static void name_goes(struct inode *inode)
{
	if (!S_ISDIR(inode->mode) && inode->nlink > 1)
		tmpfs_sb(inode->sb)->inodes--;
}

static int tmpfs_unlink(struct inode *dir, struct dentry *dentry)
{
	name_goes(dentry->inode);
	dir->size -= ENTRY_SIZE;
	return simple_unlink(dir, dentry);
}

static int tmpfs_rmdir(struct inode *dir, struct dentry *dentry)
{
	int err = simple_rmdir(dir, dentry);

	if (!err)
		dir->size -= ENTRY_SIZE;
	return err;
}

/*
 * RENAME_WHITEOUT: a character device 0:0 under the old name. The one that is renamed still has that name too, but it is
 * moved away before anybody can look.
 */
static int leave_whiteout(struct inode *dir, struct dentry *od)
{
	struct dentry *d = d_alloc(od->parent, &od->name);
	struct inode *inode;

	if (!d)
		return -ENOMEM;
	inode = tmpfs_new_inode(dir->sb, dir, S_IFCHR, 0);
	if (!IS_ERR(inode)) {
		d_add(d, inode);
		d_pin(d);
		entry_added(dir);
	}
	dput(d);
	return IS_ERR(inode) ? (int)PTR_ERR(inode) : 0;
}

static int tmpfs_rename(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd, unsigned flags)
{
	struct inode *replaced = nd->inode;
	int err;

	if (replaced && !(flags & RENAME_EXCHANGE) && S_ISDIR(replaced->mode) && !simple_empty(nd))
		return why(-ENOTEMPTY, "there are files in it");
	if (flags & RENAME_WHITEOUT) {
		err = leave_whiteout(odir, od);
		if (err)
			return err;
	}
	if (replaced && !(flags & RENAME_EXCHANGE))
		name_goes(replaced);
	err = simple_rename(odir, od, ndir, nd, flags & ~(unsigned)RENAME_WHITEOUT);
	if (!err && !(flags & RENAME_EXCHANGE)) {
		odir->size -= ENTRY_SIZE;
		if (!replaced)
			ndir->size += ENTRY_SIZE;
	}
	return err;
}

const struct inode_ops tmpfs_dir_ops = {
	.lookup = simple_lookup,
	.create = tmpfs_create,
	.mkdir = tmpfs_mkdir,
	.mknod = tmpfs_mknod,
	.symlink = tmpfs_symlink,
	.tmpfile = tmpfs_tmpfile,
	.link = tmpfs_link,
	.unlink = tmpfs_unlink,
	.rmdir = tmpfs_rmdir,
	.rename = tmpfs_rename,
	.fileattr_get = tmpfs_fileattr_get,
	.fileattr_set = tmpfs_fileattr_set,
	.setattr = tmpfs_setattr,
	.getattr = tmpfs_getattr,
	.getxattr = tmpfs_getxattr,
	.setxattr = tmpfs_setxattr,
	.listxattr = tmpfs_listxattr,
};

static const char *tmpfs_get_link(struct dentry *dentry, struct inode *inode, void **cookie) { return inode->link; }

const struct inode_ops tmpfs_symlink_ops = {
	.get_link = tmpfs_get_link,
	.setattr = tmpfs_setattr,
	.getattr = tmpfs_getattr,
	.getxattr = tmpfs_getxattr,
	.setxattr = tmpfs_setxattr,
	.listxattr = tmpfs_listxattr,
};

const struct inode_ops tmpfs_special_ops = {
	.setattr = tmpfs_setattr,
	.getattr = tmpfs_getattr,
	.getxattr = tmpfs_getxattr,
	.setxattr = tmpfs_setxattr,
	.listxattr = tmpfs_listxattr,
};
