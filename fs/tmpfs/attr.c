// SPDX-License-Identifier: GPL-2.0
/* tmpfs: the attributes of chattr(1), of which new entries of a directory inherit some. */
#include "tmpfs.h"
#include <linux/fs.h>
#include <linux/stat.h>

#define SETTABLE	(FS_IMMUTABLE_FL | FS_APPEND_FL | FS_NODUMP_FL | FS_NOATIME_FL)
#define INHERITED	(FS_NODUMP_FL | FS_NOATIME_FL)

static void set_flags(struct inode *inode, u32 flags)
{
	inode->flags &= ~(u32)(S_IMMUTABLE_ | S_APPEND_ | S_NOATIME_);
	inode->flags |= (flags & FS_IMMUTABLE_FL ? S_IMMUTABLE_ : 0) | (flags & FS_APPEND_FL ? S_APPEND_ : 0) |
			(flags & FS_NOATIME_FL ? S_NOATIME_ : 0);
	tmpfs_i(inode)->attr_flags = flags;
}

void tmpfs_inherit_attrs(struct inode *inode, const struct inode *dir)
{
	set_flags(inode, dir ? container_of(dir, const struct tmpfs_inode, vfs)->attr_flags & INHERITED : 0);
}

int tmpfs_fileattr_get(struct inode *inode, u32 *flags)
{
	*flags = tmpfs_i(inode)->attr_flags;
	return 0;
}

int tmpfs_fileattr_set(struct inode *inode, u32 flags)
{
	if (flags & ~(u32)SETTABLE)
		return -EOPNOTSUPP;
	set_flags(inode, flags);
	inode_touch(inode, false, true);
	return 0;
}

int tmpfs_getattr(const struct path *path, struct kstat *st)
{
	struct inode *inode = path->dentry->inode;

	generic_fillattr(inode, st);
	st->result_mask |= STATX_BTIME;
	st->attributes_mask |= STATX_ATTR_NODUMP;
	if (tmpfs_i(inode)->attr_flags & FS_NODUMP_FL)
		st->attributes |= STATX_ATTR_NODUMP;
	return 0;
}
