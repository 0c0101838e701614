// SPDX-License-Identifier: GPL-2.0
/* Opening a name: open(2), openat2(2) and creat(2), from the walk to the open file. */
#include "internal.h"
#include <kernel/init.h>
#include <linux/openat2.h>

#define OPEN_FLAGS (O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK | O_SYNC | FASYNC | O_DIRECT | \
		    O_LARGEFILE | O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC | O_PATH | __O_TMPFILE)
#define PATH_FLAGS (O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC)

/* MAY_ mask that flags ask for. */
static int open_mask(unsigned flags)
{
	static const u8 mask[] = { MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE, MAY_READ | MAY_WRITE };

	return mask[flags & O_ACCMODE] | (flags & O_TRUNC ? MAY_WRITE : 0) | (flags & O_APPEND ? MAY_APPEND : 0);
}

static int check_open(const struct path *p, unsigned flags)
{
	struct inode *inode = p->dentry->inode;
	int mask = open_mask(flags), err = 0;

	switch (inode->mode & S_IFMT) {
	case S_IFLNK:
		return why(-ELOOP, "a symbolic link, and O_NOFOLLOW");
	case S_IFDIR:
		if (mask & MAY_WRITE)
			return why(-EISDIR, "a directory cannot be opened for writing");
		break;
	case S_IFCHR:
	case S_IFBLK:
		if (p->mnt->flags & MNT_NODEV)
			return why(-EACCES, "a device on a file system mounted nodev");
		break;
	case S_IFREG:
		if (flags & O_TRUNC)
			err = mount_want_write(p->mnt);
	}
	if (!err)
		err = inode_permission(inode, mask);
	if (!err && S_ISREG(inode->mode) && mask & MAY_WRITE)
		err = mount_want_write(p->mnt);
	if (err)
		return err;
	if (inode->flags & S_APPEND_ && ((flags & O_ACCMODE) != O_RDONLY && !(flags & O_APPEND)))
		return why(-EPERM, "the file is append-only (chattr -a)");
	if (inode->flags & S_APPEND_ && flags & O_TRUNC)
		return why(-EPERM, "the file is append-only (chattr -a)");
	return flags & O_NOATIME && !inode_owner_or_capable(inode) ? -EPERM : 0;
}

static int truncate_opened(struct file *f)
{
	struct inode *inode = f->inode;
	int err;

	if (!S_ISREG(inode->mode))
		return 0;
	if (inode->writecount < 0)		/* O_RDONLY | O_TRUNC: open did not ask */
		return why(-ETXTBSY, "a program that runs");
	inode->writecount++;
	err = do_truncate(f->path.dentry, 0, ATTR_MTIME, f);
	inode->writecount--;
	return err;
}

/* p is where the walk ended; created: the file is new, and whoever made it may open it in any way. */
static struct file *open_at_path(const struct path *p, unsigned flags, bool created)
{
	struct inode *inode = p->dentry->inode;
	struct file *f;
	int err = 0;

	if (flags & O_DIRECTORY && !S_ISDIR(inode->mode))
		return ERR_PTR(-ENOTDIR);
	if (flags & O_PATH)
		return file_open_path(p, flags);
	if (flags & O_CREAT && S_ISDIR(inode->mode))
		return ERR_PTR(-EISDIR);
	if (!created)
		err = check_open(p, flags);
	if (err)
		return ERR_PTR(err);
	f = file_open_path(p, flags);
	if (flags & O_TRUNC && !created && !IS_ERR(f)) {
		err = truncate_opened(f);
		if (err) {
			file_put(f);
			return ERR_PTR(err);
		}
	}
	return f;
}

/* The last name of an open with O_CREAT. 0: the walk stands on the file; 1: on the last name of a link's text; or -errno. */
static int create_last(struct nameidata *nd, unsigned flags, mode_t mode, bool *created)
{
	struct inode *dir = nd->path.dentry->inode;
	struct dentry *d;
	int err = 0;

	if (nd->last_type != LAST_NORM) {
		err = nd_last(nd, false);
		return err ?: flags & O_EXCL ? -EEXIST : 0;
	}
	if (nd->need_dir)
		return why(-EISDIR, "O_CREAT of a name that ends in a slash");
	if (!(flags & O_EXCL)) {
		d = d_find(nd->path.dentry, &nd->last);
		if (d && d->inode) {			/* cached and there: no lock */
			err = may_open_in_sticky(dir, d->inode);
			return err ?: nd_last(nd, !(flags & O_NOFOLLOW));
		}
	}
	nd_hold(nd);
	inode_lock(dir);
	d = lookup_one(nd->path.dentry, nd->last.name, nd->last.len);
	if (!IS_ERR(d) && !d->inode) {
		err = mount_want_write(nd->path.mnt);
		if (!err)
			err = vfs_create(dir, d, mode);
		*created = !err;
	}
	inode_unlock(dir);
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	if (!err && !*created && flags & O_EXCL)
		err = why(-EEXIST, "it is there, and O_EXCL");
	if (!err && !*created)
		err = may_open_in_sticky(dir, d->inode);
	if (!err)
		return nd_step(nd, d, !(flags & O_NOFOLLOW));
	dput(d);
	return err;
}

/* An unnamed file in the directory where the walk stands. */
static struct file *open_tmpfile(const struct path *dir, unsigned flags, mode_t mode)
{
	struct inode *inode = dir->dentry->inode;
	struct path p = { dir->mnt, NULL };
	struct qstr q;
	struct file *f;
	int err;

	if (!S_ISDIR(inode->mode))
		return ERR_PTR(-ENOTDIR);
	err = inode_permission(inode, MAY_WRITE | MAY_EXEC);
	if (!err)
		err = mount_want_write(dir->mnt);
	if (!err && !inode->ops->tmpfile)
		err = why(-EOPNOTSUPP, "%s has no O_TMPFILE", inode->sb->type->name);
	if (err)
		return ERR_PTR(err);
	qstr_init(&q, "#tmpfile", 8);
	p.dentry = d_alloc(dir->dentry, &q);
	if (!p.dentry)
		return ERR_PTR(-ENOMEM);
	err = inode->ops->tmpfile(inode, p.dentry, (mode & 07777 & ~fs_current()->umask) | S_IFREG);
	if (!err && !(flags & O_EXCL))
		p.dentry->inode->state |= I_LINKABLE;
	f = err ? ERR_PTR(err) : open_at_path(&p, flags & ~(unsigned)(O_DIRECTORY | O_CREAT), true);
	dput(p.dentry);
	return f;
}

static struct file *walk_and_open(struct nameidata *nd, const char *name, unsigned flags, mode_t mode)
{
	bool created = false;
	struct file *f;
	int err = nd_walk(nd, name);

	while (!err) {
		if (flags & O_CREAT)
			err = create_last(nd, flags, mode, &created);
		else
			err = nd_last(nd, !(flags & O_NOFOLLOW));
		if (err <= 0)
			break;
		err = 0;
	}
	if (!err && nd->need_dir && !S_ISDIR(nd->path.dentry->inode->mode))
		err = why(-ENOTDIR, "%s is not a directory", why_path(&nd->path));
	if (!err)
		err = nd_check(nd);
	if (err)
		return ERR_PTR(err);
	nd_hold(nd);
	if ((flags & O_TMPFILE) == O_TMPFILE)
		return open_tmpfile(&nd->path, flags, mode);
	f = open_at_path(&nd->path, flags, created);
	return f;
}

struct file *do_file_open(int dfd, const char *name, unsigned flags, mode_t mode, unsigned how)
{
	struct nameidata nd;
	struct file *f;
	int err;

	if (flags & O_PATH)
		flags &= PATH_FLAGS;
	if (flags & __O_TMPFILE) {
		if ((flags & O_TMPFILE) != O_TMPFILE || flags & O_CREAT || !(open_mask(flags & O_ACCMODE) & MAY_WRITE))
			return ERR_PTR(why(-EINVAL, "O_TMPFILE wants O_DIRECTORY and writing, and no O_CREAT"));
	} else if ((flags & (O_CREAT | O_DIRECTORY)) == (O_CREAT | O_DIRECTORY)) {
		return ERR_PTR(why(-EINVAL, "O_CREAT with O_DIRECTORY"));
	}
	if (flags & O_CREAT && flags & O_EXCL)
		flags |= O_NOFOLLOW;
	err = nd_begin(&nd, dfd, name, how);
	if (err)
		return ERR_PTR(err);
	f = walk_and_open(&nd, name, flags, mode);
	nd_end(&nd);
	return f;
}

struct file *file_open(const char *name, unsigned flags, mode_t mode)
{
	return do_file_open(AT_FDCWD, name, flags & OPEN_FLAGS, mode, 0);
}

static long open_user(int dfd, uaddr_t upath, unsigned flags, mode_t mode, unsigned how)
{
	char *name = getname(upath);
	struct file *f;
	int fd = -1;
	long r;

	if (IS_ERR(name))
		return PTR_ERR(name);
	r = fd_reserve(&fd, 1, flags);		/* first: without a descriptor nothing is made or truncated */
	if (!r) {
		r = fd;
		f = do_file_open(dfd, name, flags | O_LARGEFILE, mode, how);
		if (IS_ERR(f))
			r = PTR_ERR(f);
		else
			fd_install(&fd, &f, 1);
		fd_unreserve(&fd, 1);
	}
	putname(name);
	return r;
}

long sys_openat(int dfd, uaddr_t upath, int flags, mode_t mode)
{
	return open_user(dfd, upath, (unsigned)flags & OPEN_FLAGS, mode & 07777, 0);
}

long sys_open(uaddr_t upath, int flags, mode_t mode) { return sys_openat(AT_FDCWD, upath, flags, mode); }
long sys_creat(uaddr_t upath, mode_t mode) { return sys_openat(AT_FDCWD, upath, O_CREAT | O_WRONLY | O_TRUNC, mode); }

/* RESOLVE_ bits as LOOKUP_ ones. */
static unsigned resolve_flags(u64 resolve)
{
	static const struct { u64 resolve; unsigned lookup; } map[] = {
		{ RESOLVE_NO_XDEV, LOOKUP_NO_XDEV }, { RESOLVE_NO_MAGICLINKS, LOOKUP_NO_MAGICLINKS },
		{ RESOLVE_NO_SYMLINKS, LOOKUP_NO_SYMLINKS | LOOKUP_NO_MAGICLINKS }, { RESOLVE_BENEATH, LOOKUP_BENEATH },
		{ RESOLVE_IN_ROOT, LOOKUP_IN_ROOT }, { RESOLVE_CACHED, LOOKUP_CACHED },
	};
	unsigned lookup = 0;

	for (size_t i = 0; i < ARRAY_SIZE(map); i++)
		if (resolve & map[i].resolve)
			lookup |= map[i].lookup;
	return lookup;
}

static int check_how(const struct open_how *how)
{
	const u64 all_resolve = RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH | RESOLVE_IN_ROOT |
				RESOLVE_CACHED;

	if (how->flags & ~(u64)OPEN_FLAGS || how->resolve & ~all_resolve)
		return why(-EINVAL, "flags or ways to resolve that are not known");
	if (how->resolve & RESOLVE_BENEATH && how->resolve & RESOLVE_IN_ROOT)
		return -EINVAL;
	if (how->flags & (O_CREAT | __O_TMPFILE) ? how->mode & ~07777ULL : how->mode)
		return why(-EINVAL, "a mode without O_CREAT, or with unknown bits");
	if (how->flags & O_PATH && how->flags & ~(u64)PATH_FLAGS)
		return -EINVAL;
	return how->resolve & RESOLVE_CACHED && how->flags & (O_TRUNC | O_CREAT | __O_TMPFILE) ? -EAGAIN : 0;
}

long sys_openat2(int dfd, uaddr_t upath, uaddr_t uhow, size_t size)
{
	struct open_how how;
	int err;

	if (size < sizeof(how))
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (get_user(how, uhow))
		return -EFAULT;
	for (size_t i = sizeof(how); i < size; i++) {	/* of a later version: only zeros are understood */
		u8 c;

		if (get_user(c, uhow + i))
			return -EFAULT;
		if (c)
			return -E2BIG;
	}
	err = check_how(&how);
	if (err)
		return err;
	return open_user(dfd, upath, (unsigned)how.flags, (mode_t)how.mode, resolve_flags(how.resolve));
}
