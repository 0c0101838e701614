// SPDX-License-Identifier: GPL-2.0
/* Making and removing names: create, mkdir, mknod, symlink, link, unlink, rmdir. Renaming is in rename.c. */
#include "posix_acl.h"

/* --- making; dir locked, d negative --- */

/*
 * What every creation shares: the permission, the mode without the umask (or as the directory's default ACL has it), the event.
 * before() tells the mode to create with, after() ends it.
 */
struct creation { struct inode *dir; struct dentry *d; struct posix_acl *acl; };

static int creation_begin(struct creation *c, struct inode *dir, struct dentry *d, mode_t *mode)
{
	int err = may_create(dir);

	*c = (struct creation){ dir, d, NULL };
	if (err)
		return err;
	if (!S_ISLNK(*mode))
		c->acl = acl_default(dir);
	if (IS_ERR(c->acl))
		return (int)PTR_ERR(c->acl);
	if (!c->acl && !S_ISLNK(*mode))
		*mode &= ~fs_current()->umask;
	return 0;
}

static int creation_end(struct creation *c, int err, u32 events)
{
	if (!err && c->acl && c->d->inode)
		err = acl_inherit(c->d, c->acl);
	kfree(c->acl);
	if (!err)
		notify_dir(c->dir, events, c->d->name.name, 0);
	return err;
}

int vfs_create(struct inode *dir, struct dentry *d, mode_t mode)
{
	struct creation c;
	int err;

	mode = (mode & 07777) | S_IFREG;
	err = creation_begin(&c, dir, d, &mode);
	if (err)
		return err;
	err = dir->ops->create ? dir->ops->create(dir, d, mode) : -EACCES;
	return creation_end(&c, err, IN_CREATE);
}

int vfs_mkdir(struct inode *dir, struct dentry *d, mode_t mode)
{
	struct creation c;
	int err;

	mode = (mode & (0777 | S_ISVTX)) | S_IFDIR;
	err = creation_begin(&c, dir, d, &mode);
	if (err)
		return err;
	err = dir->ops->mkdir ? dir->ops->mkdir(dir, d, mode) : -EPERM;
	return creation_end(&c, err, IN_CREATE | IN_ISDIR);
}

int vfs_mknod(struct inode *dir, struct dentry *d, mode_t mode, dev_t rdev)
{
	struct creation c;
	int err;

	err = creation_begin(&c, dir, d, &mode);
	if (err)
		return err;
	if ((S_ISCHR(mode) || S_ISBLK(mode)) && !capable(CAP_MKNOD))
		err = -EPERM;
	else
		err = dir->ops->mknod ? dir->ops->mknod(dir, d, mode, rdev) : -EPERM;
	return creation_end(&c, err, IN_CREATE);
}

int vfs_symlink(struct inode *dir, struct dentry *d, const char *target)
{
	struct creation c;
	mode_t mode = S_IFLNK | 0777;
	int err = creation_begin(&c, dir, d, &mode);

	if (err)
		return err;
	err = dir->ops->symlink ? dir->ops->symlink(dir, d, target) : -EPERM;
	return creation_end(&c, err, IN_CREATE);
}

int vfs_link(struct dentry *old, struct inode *dir, struct dentry *d)
{
	struct inode *inode = old->inode;
	int err = inode ? may_create(dir) : -ENOENT;

	if (err)
		return err;
	if (dir->sb != inode->sb)
		return why(-EXDEV, "on two file systems");
	if (inode->flags & (S_APPEND_ | S_IMMUTABLE_) || !dir->ops->link || S_ISDIR(inode->mode))
		return why(-EPERM, S_ISDIR(inode->mode) ? "a directory" : "no hard links there, or the file is immutable");
	inode_lock(inode);
	if (!inode->nlink && !(inode->state & I_LINKABLE))
		err = why(-ENOENT, "the file was removed");
	else
		err = dir->ops->link(old, dir, d);
	if (!err)
		inode->state &= ~I_LINKABLE;
	inode_unlock(inode);
	if (err)
		return err;
	notify_inode(inode, IN_ATTRIB);
	notify_dir(dir, IN_CREATE, d->name.name, 0);
	return 0;
}

/* --- removing; dir locked --- */

int vfs_unlink(struct inode *dir, struct dentry *d)
{
	struct inode *inode = d->inode;
	int err = may_delete(dir, d, false);

	if (err)
		return err;
	if (!dir->ops->unlink)
		return why(-EPERM, "nothing can be removed from %s", dir->sb->type->name);
	iget(inode);
	inode_lock(inode);
	err = d->flags & D_MOUNTED ? -EBUSY : dir->ops->unlink(dir, d);
	inode_unlock(inode);
	if (!err) {
		notify_inode(inode, IN_ATTRIB);
		notify_dir(dir, IN_DELETE, d->name.name, 0);
		d_delete(d);
	}
	iput(inode);
	return err;
}

int vfs_rmdir(struct inode *dir, struct dentry *d)
{
	struct inode *inode = d->inode;
	int err = may_delete(dir, d, true);

	if (err)
		return err;
	if (!dir->ops->rmdir)
		return why(-EPERM, "nothing can be removed from %s", dir->sb->type->name);
	dget(d);
	iget(inode);
	inode_lock(inode);
	err = d->flags & D_MOUNTED ? -EBUSY : dir->ops->rmdir(dir, d);
	if (!err)
		inode->flags |= S_DEAD_;
	inode_unlock(inode);
	dput(d);
	if (!err) {
		notify_dir(dir, IN_DELETE | IN_ISDIR, d->name.name, 0);
		d_delete(d);
	}
	iput(inode);
	return err;
}

/* --- system calls --- */

long sys_mkdirat(int dfd, uaddr_t upath, mode_t mode)
{
	char *name = getname(upath);
	struct path parent;
	struct dentry *d;
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	d = path_create(dfd, name, &parent, true);
	err = (int)PTR_ERR(d);
	if (!IS_ERR(d)) {
		err = vfs_mkdir(parent.dentry->inode, d, mode);
		path_create_done(&parent, d);
	}
	putname(name);
	return err;
}

long sys_mkdir(uaddr_t upath, mode_t mode) { return sys_mkdirat(AT_FDCWD, upath, mode); }

static int do_mknod(struct inode *dir, struct dentry *d, mode_t mode, dev_t rdev)
{
	return S_ISREG(mode) ? vfs_create(dir, d, mode) : vfs_mknod(dir, d, mode, S_ISCHR(mode) || S_ISBLK(mode) ? rdev : 0);
}

long sys_mknodat(int dfd, uaddr_t upath, mode_t mode, unsigned dev)
{
	struct path parent;
	struct dentry *d;
	char *name;
	int err;

	if (!(mode & S_IFMT))
		mode |= S_IFREG;
	mode &= S_IFMT | 07777;
	if (S_ISDIR(mode))
		return why(-EPERM, "directories are made by mkdir");
	if (!S_ISREG(mode) && !S_ISCHR(mode) && !S_ISBLK(mode) && !S_ISFIFO(mode) && !S_ISSOCK(mode))
		return -EINVAL;
	name = getname(upath);
	if (IS_ERR(name))
		return PTR_ERR(name);
	d = path_create(dfd, name, &parent, false);
	err = (int)PTR_ERR(d);
	if (!IS_ERR(d)) {
		err = do_mknod(parent.dentry->inode, d, mode, dev_decode(dev));
		path_create_done(&parent, d);
	}
	putname(name);
	return err;
}

long sys_mknod(uaddr_t upath, mode_t mode, unsigned dev) { return sys_mknodat(AT_FDCWD, upath, mode, dev); }

long sys_symlinkat(uaddr_t utarget, int dfd, uaddr_t upath)
{
	char *target = getname(utarget), *name;
	struct path parent;
	struct dentry *d;
	int err;

	if (IS_ERR(target))
		return PTR_ERR(target);
	name = getname(upath);
	err = IS_ERR(name) ? (int)PTR_ERR(name) : *target ? 0 : -ENOENT;
	if (!err) {
		d = path_create(dfd, name, &parent, false);
		err = (int)PTR_ERR(d);
		if (!IS_ERR(d)) {
			err = vfs_symlink(parent.dentry->inode, d, target);
			path_create_done(&parent, d);
		}
	}
	putname(name);
	putname(target);
	return err;
}

long sys_symlink(uaddr_t utarget, uaddr_t upath) { return sys_symlinkat(utarget, AT_FDCWD, upath); }

static int link_at(const struct path *old, int dfd, const char *name)
{
	struct path parent;
	struct dentry *d = path_create(dfd, name, &parent, false);
	int err;

	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	err = parent.mnt != old->mnt ? -EXDEV : may_hardlink(old->dentry->inode);
	err = err ?: vfs_link(old->dentry, parent.dentry->inode, d);
	path_create_done(&parent, d);
	return err;
}

long sys_linkat(int olddfd, uaddr_t uold, int newdfd, uaddr_t unew, int flags)
{
	unsigned lookup = (flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0) | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
	struct path old;
	char *name;
	int err;

	if (unknown_flags(flags, AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH && !capable(CAP_DAC_READ_SEARCH))
		return -ENOENT;
	err = user_path_at(olddfd, uold, lookup, &old);
	if (err)
		return err;
	name = getname(unew);
	err = IS_ERR(name) ? (int)PTR_ERR(name) : link_at(&old, newdfd, name);
	putname(name);
	path_put(&old);
	return err;
}

long sys_link(uaddr_t uold, uaddr_t unew) { return sys_linkat(AT_FDCWD, uold, AT_FDCWD, unew, 0); }

/* The directory locked, the victim looked up. */
static int remove_name(struct nameidata *nd, bool is_dir)
{
	struct inode *dir = nd->path.dentry->inode, *inode = NULL;
	struct dentry *d;
	int err = 0;

	err = mount_want_write(nd->path.mnt);
	if (err)
		return err;
	inode_lock(dir);
	d = lookup_one(nd->path.dentry, nd->last.name, nd->last.len);
	if (IS_ERR(d)) {
		inode_unlock(dir);
		return (int)PTR_ERR(d);
	}
	if (!d->inode)
		err = why(-ENOENT, "no %.*s there", (int)d->name.len, d->name.name);
	else if (nd->need_dir && !is_dir)
		err = S_ISDIR(d->inode->mode) ? -EISDIR : -ENOTDIR;
	if (!err) {
		inode = iget(d->inode);		/* so that it is freed after the lock */
		err = is_dir ? vfs_rmdir(dir, d) : vfs_unlink(dir, d);
	}
	inode_unlock(dir);
	dput(d);
	iput(inode);
	return err;
}

long sys_unlinkat(int dfd, uaddr_t upath, int flags)
{
	bool is_dir = flags & AT_REMOVEDIR;
	struct nameidata nd;
	char *name;
	int err;

	if (unknown_flags(flags, AT_REMOVEDIR))
		return -EINVAL;
	name = getname(upath);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = nd_parent(&nd, dfd, name, 0);
	if (!err) {
		if (nd.last_type == LAST_NORM)
			err = remove_name(&nd, is_dir);
		else if (!is_dir)
			err = why(-EISDIR, "a directory");
		else
			err = nd.last_type == LAST_DOTDOT ? -ENOTEMPTY : nd.last_type == LAST_DOT ? -EINVAL : -EBUSY;
		nd_end(&nd);
	}
	putname(name);
	return err;
}

long sys_unlink(uaddr_t upath) { return sys_unlinkat(AT_FDCWD, upath, 0); }
long sys_rmdir(uaddr_t upath) { return sys_unlinkat(AT_FDCWD, upath, AT_REMOVEDIR); }
