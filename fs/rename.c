// SPDX-License-Identifier: GPL-2.0
/* rename(2) and its flags: the locking of two directories, the checks, the move of the dentries. */
#include "internal.h"

static DEFINE_MUTEX(rename_lock);	/* between directories: keeps the tree's shape while ancestors are compared */

/* Locks both; returns the entry of one on the way to the other, which must not be moved or replaced, or NULL. */
static struct dentry *lock_two_dirs(struct dentry *a, struct dentry *b)
{
	struct dentry *d;

	if (a == b) {
		inode_lock(a->inode);
		return NULL;
	}
	mutex_lock(&rename_lock);
	for (d = b; d->parent != d; d = d->parent)
		if (d->parent == a) {
			inode_lock(a->inode);
			inode_lock(b->inode);
			return d;
		}
	for (d = a; d->parent != d; d = d->parent)
		if (d->parent == b) {
			inode_lock(b->inode);
			inode_lock(a->inode);
			return d;
		}
	inode_lock(a < b ? a->inode : b->inode);
	inode_lock(a < b ? b->inode : a->inode);
	return NULL;
}

static void unlock_two_dirs(struct dentry *a, struct dentry *b)
{
	inode_unlock(a->inode);
	if (a != b) {
		inode_unlock(b->inode);
		mutex_unlock(&rename_lock);
	}
}

/* The two inodes themselves, b may be NULL. Two directories are under rename_lock, so that any order does. */
static void lock_two_inodes(struct inode *a, struct inode *b)
{
	if (b && b < a)
		swap(a, b);
	inode_lock(a);
	if (b && b != a)
		inode_lock(b);
}

static void unlock_two_inodes(struct inode *a, struct inode *b)
{
	inode_unlock(a);
	if (b && b != a)
		inode_unlock(b);
}

static int check_rename(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd, unsigned flags)
{
	bool is_dir = S_ISDIR(od->inode->mode);
	int err = may_delete(odir, od, is_dir);

	if (err)
		return err;
	if (!nd->inode)
		err = may_create(ndir);
	else
		err = may_delete(ndir, nd, flags & RENAME_EXCHANGE ? S_ISDIR(nd->inode->mode) : is_dir);
	if (err)
		return err;
	if (!odir->ops->rename)
		return why(-EPERM, "%s cannot rename", odir->sb->type->name);
	if (odir == ndir)
		return 0;
	if (is_dir)
		err = inode_permission(od->inode, MAY_WRITE);	/* its ".." is written */
	if (!err && flags & RENAME_EXCHANGE && S_ISDIR(nd->inode->mode))
		err = inode_permission(nd->inode, MAY_WRITE);
	return err;
}

static void notify_rename(struct inode *odir, const char *oname, struct inode *ndir, struct dentry *d, unsigned flags)
{
	u32 is_dir = S_ISDIR(d->inode->mode) ? IN_ISDIR : 0, cookie = notify_cookie();

	notify_dir(odir, IN_MOVED_FROM | is_dir | (odir == ndir ? NOTIFY_RENAMED : 0), oname, cookie);
	notify_dir(ndir, IN_MOVED_TO | is_dir, d->name.name, cookie);
	notify_inode(d->inode, IN_MOVE_SELF);
}

/* Both directories locked. */
static int vfs_rename(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd, unsigned flags)
{
	struct inode *source = od->inode, *target = nd->inode;
	char *oname = NULL;
	bool siblings;
	int err;

	if (source == target)
		return 0;
	err = check_rename(odir, od, ndir, nd, flags);
	if (err)
		return err;
	if (unlikely(notify_watches))
		oname = kstrdup(od->name.name, GFP_KERNEL);
	if (target)
		iget(target);
	dget(nd);
	/* Two directories in one parent, without rename_lock: one who moves between them would hold the other. The one that goes is enough. */
	siblings = odir == ndir && target && S_ISDIR(source->mode) && S_ISDIR(target->mode);
	if (siblings)
		inode_lock(target);
	else
		lock_two_inodes(source, target);
	if ((od->flags | nd->flags) & D_MOUNTED)
		err = why(-EBUSY, "a mount point");
	else
		err = odir->ops->rename(odir, od, ndir, nd, flags);
	if (!err && target && !(flags & RENAME_EXCHANGE) && S_ISDIR(target->mode))
		target->flags |= S_DEAD_;
	if (siblings)
		inode_unlock(target);
	else
		unlock_two_inodes(source, target);
	if (!err) {
		if (flags & RENAME_EXCHANGE)
			d_exchange(od, nd);
		else
			d_move(od, nd);
		if (oname) {
			notify_rename(odir, oname, ndir, od, flags);
			if (flags & RENAME_EXCHANGE)
				notify_rename(ndir, od->name.name, odir, nd, flags);
			else if (target)
				notify_inode(target, IN_ATTRIB);
		}
	}
	dput(nd);
	iput(target);
	kfree(oname);
	return err;
}

static int rename_names(struct nameidata *o, struct nameidata *n, struct dentry *od, struct dentry *nd, struct dentry *trap, unsigned flags)
{
	if (!od->inode)
		return why(-ENOENT, "no %.*s there", (int)od->name.len, od->name.name);
	if (flags & RENAME_NOREPLACE && nd->inode)
		return why(-EEXIST, "the new name is there, and RENAME_NOREPLACE");
	if (flags & RENAME_EXCHANGE && !nd->inode)
		return why(-ENOENT, "RENAME_EXCHANGE, and the second name is not there");
	if (!S_ISDIR(od->inode->mode) && (o->need_dir || (n->need_dir && !(flags & RENAME_EXCHANGE))))
		return why(-ENOTDIR, "a slash behind the name of what is not a directory");
	if (flags & RENAME_EXCHANGE && n->need_dir && !S_ISDIR(nd->inode->mode))
		return -ENOTDIR;
	if (od == trap)
		return why(-EINVAL, "a directory cannot move into itself");
	if (nd == trap)
		return flags & RENAME_EXCHANGE ? why(-EINVAL, "a directory cannot move into itself") :
						 why(-ENOTEMPTY, "the source lies in the target");
	return vfs_rename(o->path.dentry->inode, od, n->path.dentry->inode, nd, flags);
}

static int rename_at(struct nameidata *o, struct nameidata *n, unsigned flags)
{
	struct dentry *odir = o->path.dentry, *ndir = n->path.dentry, *od, *nd, *trap;
	int err;

	if (o->path.mnt != n->path.mnt)
		return why(-EXDEV, "on two mounts");
	if (o->last_type != LAST_NORM)
		return why(-EBUSY, "a name that ends in . or ..");
	if (n->last_type != LAST_NORM)
		return flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	err = mount_want_write(o->path.mnt);
	if (err)
		return err;
	trap = lock_two_dirs(odir, ndir);
	od = lookup_one(odir, o->last.name, o->last.len);
	nd = IS_ERR(od) ? NULL : !od->inode ? ERR_PTR(-ENOENT) : lookup_one(ndir, n->last.name, n->last.len);
	if (IS_ERR(od))
		err = (int)PTR_ERR(od);
	else if (IS_ERR(nd))
		err = (int)PTR_ERR(nd);
	else
		err = rename_names(o, n, od, nd, trap, flags);
	unlock_two_dirs(odir, ndir);
	if (!IS_ERR_OR_NULL(nd))
		dput(nd);
	if (!IS_ERR(od))
		dput(od);
	return err;
}

/* One walk's state is a KiB: the two are not kept on the stack. */
static int do_rename(int odfd, const char *old, int ndfd, const char *new_, unsigned flags)
{
	struct nameidata *nd = kmalloc(2 * sizeof(*nd), GFP_KERNEL);
	int err;

	if (!nd)
		return -ENOMEM;
	err = nd_parent(&nd[0], odfd, old, 0);
	if (!err) {
		err = nd_parent(&nd[1], ndfd, new_, 0);
		if (!err) {
			err = rename_at(&nd[0], &nd[1], flags);
			nd_end(&nd[1]);
		}
		nd_end(&nd[0]);
	}
	kfree(nd);
	return err;
}

long sys_renameat2(int odfd, uaddr_t uold, int ndfd, uaddr_t unew, unsigned flags)
{
	char *old, *new_;
	int err;

	if (unknown_flags(flags, RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT))
		return -EINVAL;
	if (flags & RENAME_EXCHANGE && flags & (RENAME_NOREPLACE | RENAME_WHITEOUT))
		return -EINVAL;
	old = getname(uold);
	if (IS_ERR(old))
		return PTR_ERR(old);
	new_ = getname(unew);
	err = IS_ERR(new_) ? (int)PTR_ERR(new_) : do_rename(odfd, old, ndfd, new_, flags);
	putname(new_);
	putname(old);
	return err;
}

long sys_renameat(int odfd, uaddr_t uold, int ndfd, uaddr_t unew) { return sys_renameat2(odfd, uold, ndfd, unew, 0); }
long sys_rename(uaddr_t uold, uaddr_t unew) { return sys_renameat2(AT_FDCWD, uold, AT_FDCWD, unew, 0); }
