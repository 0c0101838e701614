// SPDX-License-Identifier: GPL-2.0
/* tmpfs: extended attributes, in a list of each inode. Who may use which name is the VFS's matter. */
#include "tmpfs.h"
#include <linux/xattr.h>

#define MAX_BYTES	(64UL << 10)	/* of names and values an inode */

struct tmpfs_xattr { struct list_head node; size_t size; char *name; u8 value[]; };

static struct tmpfs_xattr *find_xattr(struct tmpfs_inode *ti, const char *name)
{
	struct tmpfs_xattr *x;

	list_for_each_entry(x, &ti->xattrs, node)
		if (!strcmp(x->name, name))
			return x;
	return NULL;
}

static size_t cost(const struct tmpfs_xattr *x) { return sizeof(*x) + x->size + strlen(x->name) + 1; }

static void free_xattr(struct tmpfs_inode *ti, struct tmpfs_xattr *x)
{
	ti->xattr_bytes -= cost(x);
	tmpfs_sb(ti->vfs.sb)->xattr_bytes -= cost(x);
	list_del(&x->node);
	kfree(x->name);
	kfree(x);
}

void tmpfs_free_xattrs(struct tmpfs_inode *ti)
{
	while (!list_empty(&ti->xattrs))
		free_xattr(ti, list_first(&ti->xattrs, struct tmpfs_xattr, node));
}

ssize_t tmpfs_getxattr(struct inode *inode, const char *name, void *buf, size_t size)
{
	struct tmpfs_xattr *x = find_xattr(tmpfs_i(inode), name);

	if (!x)
		return -ENODATA;
	if (size && x->size > size)
		return -ERANGE;
	if (size)
		memcpy(buf, x->value, x->size);
	return (ssize_t)x->size;
}

static struct tmpfs_xattr *make_xattr(const char *name, const void *value, size_t size)
{
	struct tmpfs_xattr *x = kmalloc(sizeof(*x) + size, GFP_KERNEL);

	if (!x)
		return NULL;
	x->name = kstrdup(name, GFP_KERNEL);
	if (!x->name) {
		kfree(x);
		return NULL;
	}
	x->size = size;
	memcpy(x->value, value, size);
	return x;
}

static bool fits(const struct tmpfs_inode *ti, const struct tmpfs_xattr *x, const struct tmpfs_xattr *old)
{
	const struct tmpfs_sb *ts = tmpfs_sb(ti->vfs.sb);
	u64 pages = DIV_ROUND_UP(cost(x), PAGE_SIZE);

	return ti->xattr_bytes + cost(x) - (old ? cost(old) : 0) <= MAX_BYTES && tmpfs_memory_for(pages) &&
	       (!ts->opt.max_pages || tmpfs_used(ts) + pages <= ts->opt.max_pages);
}

int tmpfs_setxattr(struct inode *inode, const char *name, const void *value, size_t size, int flags)
{
	struct tmpfs_inode *ti = tmpfs_i(inode);
	struct tmpfs_xattr *old, *x = NULL;

	if (value) {
		x = make_xattr(name, value, size);
		if (!x)
			return -ENOMEM;
	}
	old = find_xattr(ti, name);
	if ((old && flags & XATTR_CREATE) || (!old && (flags & XATTR_REPLACE || !value)) ||
	    (x && !fits(ti, x, old))) {
		if (x) {
			kfree(x->name);
			kfree(x);
		}
		return old && flags & XATTR_CREATE ? -EEXIST : !old && (flags & XATTR_REPLACE || !value) ? -ENODATA : -ENOSPC;
	}
	if (old)
		free_xattr(ti, old);
	if (x) {
		list_add(&x->node, &ti->xattrs);
		ti->xattr_bytes += cost(x);
		tmpfs_sb(inode->sb)->xattr_bytes += cost(x);
	}
	inode_touch(inode, false, true);
	return 0;
}

ssize_t tmpfs_listxattr(struct inode *inode, char *buf, size_t size)
{
	struct tmpfs_inode *ti = tmpfs_i(inode);
	struct tmpfs_xattr *x;
	size_t done = 0;

	list_for_each_entry(x, &ti->xattrs, node) {
		size_t n = strlen(x->name) + 1;

		if (size && n > size - done)
			return -ERANGE;
		if (size)
			memcpy(buf + done, x->name, n);
		done += n;
	}
	return (ssize_t)done;
}
