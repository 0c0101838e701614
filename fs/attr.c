// SPDX-License-Identifier: GPL-2.0
/* Changing an inode's attributes: mode, owner, times, size. All goes through notify_change(). */
#include "posix_acl.h"
#include <asm/resource.h>
#include <fs/lease.h>

#define UTIME_NOW_	((1L << 30) - 1)	/* as in utimensat(2): no ABI header has them */
#define UTIME_OMIT_	((1L << 30) - 2)

/* --- what may be changed, and the change --- */

static bool may_chown(const struct inode *inode, uid_t uid)
{
	return (current_cred()->fsuid == inode->uid && uid == inode->uid) || capable(CAP_CHOWN);
}

static bool may_chgrp(const struct inode *inode, gid_t gid)
{
	return (current_cred()->fsuid == inode->uid && (gid == inode->gid || in_group(gid))) || capable(CAP_CHOWN);
}

int setattr_prepare(struct dentry *dentry, struct kattr *attr)
{
	struct inode *inode = dentry->inode;
	unsigned valid = attr->valid;

	if (valid & ATTR_SIZE) {
		int err = inode_newsize_ok(inode, attr->size);

		if (err)
			return err;
	}
	if (valid & ATTR_FORCE)
		return 0;
	if (valid & ATTR_UID && !may_chown(inode, attr->uid))
		return -EPERM;
	if (valid & ATTR_GID && !may_chgrp(inode, attr->gid))
		return -EPERM;
	if (valid & ATTR_MODE) {
		gid_t gid = valid & ATTR_GID ? attr->gid : inode->gid;

		if (!inode_owner_or_capable(inode))
			return -EPERM;
		if (attr->mode & S_ISGID && !in_group(gid) && !capable(CAP_FSETID))
			attr->mode &= ~S_ISGID;
	}
	if (valid & (ATTR_ATIME_SET | ATTR_MTIME_SET) && !inode_owner_or_capable(inode))
		return -EPERM;
	return 0;
}

static struct timespec64 trunc_time(const struct inode *inode, struct timespec64 t)
{
	u32 gran = inode->sb->time_gran;

	if (gran > 1)
		t.nsec -= gran >= NSEC_PER_SEC ? t.nsec : t.nsec % gran;
	return t;
}

void setattr_copy(struct inode *inode, const struct kattr *attr)
{
	if (attr->valid & ATTR_UID)
		inode->uid = attr->uid;
	if (attr->valid & ATTR_GID)
		inode->gid = attr->gid;
	if (attr->valid & ATTR_MODE)
		inode->mode = (inode->mode & S_IFMT) | (attr->mode & 07777);
	if (attr->valid & ATTR_ATIME)
		inode->atime = trunc_time(inode, attr->atime);
	if (attr->valid & ATTR_MTIME)
		inode->mtime = trunc_time(inode, attr->mtime);
	if (attr->valid & ATTR_CTIME)
		inode->ctime = trunc_time(inode, attr->ctime);
	inode->version++;
	if (inode->sb->ops && inode->sb->ops->write_inode)
		inode_mark_dirty(inode, I_DIRTY_META);
}

int simple_setattr(struct dentry *dentry, struct kattr *attr)
{
	struct inode *inode = dentry->inode;

	if (attr->valid & ATTR_SIZE) {
		inode->size = attr->size;
		truncate_pagecache(inode, attr->size);
	}
	setattr_copy(inode, attr);
	return 0;
}

int inode_newsize_ok(const struct inode *inode, loff_t size)
{
	if (size > inode->size) {
		u64 limit = rlimit(RLIMIT_FSIZE);

		if (S_ISREG(inode->mode) && (u64)size > limit) {
			send_signal(SIGXFSZ, NULL, current);
			return -EFBIG;
		}
		if (size > inode->sb->maxbytes)
			return -EFBIG;
	}
	return 0;
}

/* Set-user-ID goes; set-group-ID goes where it means that (with group execute). */
static void kill_priv(const struct inode *inode, struct kattr *attr)
{
	mode_t mode = attr->valid & ATTR_MODE ? attr->mode : inode->mode;
	mode_t kill = (mode & S_ISUID) | ((mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) ? S_ISGID : 0);

	if (!kill)
		return;
	attr->mode = mode & ~kill;
	attr->valid |= ATTR_MODE;
}

static u32 change_events(unsigned valid)
{
	u32 mask = 0;

	if (valid & (ATTR_UID | ATTR_GID | ATTR_MODE))
		mask |= IN_ATTRIB;
	if (valid & ATTR_SIZE)
		mask |= IN_MODIFY;
	if ((valid & (ATTR_ATIME | ATTR_MTIME)) == (ATTR_ATIME | ATTR_MTIME))
		mask |= valid & ATTR_SIZE ? 0 : IN_ATTRIB;
	else if (valid & ATTR_ATIME)
		mask |= IN_ACCESS;
	else if (valid & ATTR_MTIME)
		mask |= IN_MODIFY;
	return mask;
}

int notify_change(struct dentry *dentry, struct kattr *attr)
{
	struct inode *inode = dentry->inode;
	struct timespec64 now = ktime_real_coarse();
	int err;

	might_sleep();
	if (inode->flags & (S_IMMUTABLE_ | S_APPEND_) && attr->valid & (ATTR_MODE | ATTR_UID | ATTR_GID | ATTR_ATIME_SET | ATTR_MTIME_SET))
		return -EPERM;
	err = setattr_prepare(dentry, attr);
	if (err)
		return err;
	if (attr->valid & ATTR_KILL_PRIV) {
		kill_priv(inode, attr);
		attr->valid &= ~ATTR_KILL_PRIV;
		if (!attr->valid || attr->valid == ATTR_FORCE)
			return 0;
	}
	attr->ctime = now;
	attr->valid |= ATTR_CTIME;
	if (attr->valid & ATTR_ATIME && !(attr->valid & ATTR_ATIME_SET))
		attr->atime = now;
	if (attr->valid & ATTR_MTIME && !(attr->valid & ATTR_MTIME_SET))
		attr->mtime = now;
	err = inode->ops->setattr ? inode->ops->setattr(dentry, attr) : simple_setattr(dentry, attr);
	if (!err && attr->valid & ATTR_MODE)
		err = acl_chmod(inode);
	if (!err)
		notify_dentry(dentry, change_events(attr->valid));
	return err;
}

/* With the checks of the mount and the lock. */
static int change_path(const struct path *p, struct kattr *attr)
{
	struct inode *inode = p->dentry->inode;
	int err = mount_want_write(p->mnt);

	if (err)
		return err;
	inode_lock(inode);
	err = notify_change(p->dentry, attr);
	inode_unlock(inode);
	return err;
}

/* --- chmod --- */

static int do_chmod(const struct path *p, mode_t mode)
{
	struct inode *inode = p->dentry->inode;
	struct kattr attr = { .valid = ATTR_MODE, .mode = (mode & 07777) | (inode->mode & S_IFMT) };

	if (S_ISLNK(inode->mode))
		return -EOPNOTSUPP;
	return change_path(p, &attr);
}

long sys_fchmodat(int dfd, uaddr_t upath, mode_t mode)
{
	struct path p;
	int err = user_path_at(dfd, upath, LOOKUP_FOLLOW, &p);

	if (err)
		return err;
	err = do_chmod(&p, mode);
	path_put(&p);
	return err;
}

long sys_chmod(uaddr_t upath, mode_t mode) { return sys_fchmodat(AT_FDCWD, upath, mode); }

long sys_fchmod(int fd, mode_t mode)
{
	struct file *f = fget(fd);
	int err;

	if (!f)
		return -EBADF;
	err = do_chmod(&f->path, mode);
	file_put(f);
	return err;
}

/* --- chown --- */

static int do_chown(const struct path *p, uid_t uid, gid_t gid)
{
	struct inode *inode = p->dentry->inode;
	struct kattr attr = { .valid = ATTR_CTIME, .uid = uid, .gid = gid };

	if (uid != (uid_t)-1)
		attr.valid |= ATTR_UID;
	if (gid != (gid_t)-1)
		attr.valid |= ATTR_GID;
	if (!S_ISDIR(inode->mode))
		attr.valid |= ATTR_KILL_PRIV;
	return change_path(p, &attr);
}

long sys_fchownat(int dfd, uaddr_t upath, uid_t uid, gid_t gid, int flags)
{
	unsigned lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path p;
	int err;

	if (unknown_flags(flags, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = user_path_at(dfd, upath, lookup, &p);
	if (err)
		return err;
	err = do_chown(&p, uid, gid);
	path_put(&p);
	return err;
}

long sys_chown(uaddr_t upath, unsigned uid, unsigned gid) { return sys_fchownat(AT_FDCWD, upath, uid, gid, 0); }
long sys_lchown(uaddr_t upath, unsigned uid, unsigned gid) { return sys_fchownat(AT_FDCWD, upath, uid, gid, AT_SYMLINK_NOFOLLOW); }

long sys_fchown(int fd, unsigned uid, unsigned gid)
{
	struct file *f = fget(fd);
	int err;

	if (!f)
		return -EBADF;
	err = do_chown(&f->path, uid, gid);
	file_put(f);
	return err;
}

/* --- times --- */

struct two_times { struct { s64 sec, nsec; } t[2]; };

static bool nsec_valid(s64 nsec) { return nsec == UTIME_NOW_ || nsec == UTIME_OMIT_ || (nsec >= 0 && nsec < (s64)NSEC_PER_SEC); }

/* times NULL: both now. */
static int do_utimes(const struct path *p, const struct two_times *times)
{
	struct inode *inode = p->dentry->inode;
	struct kattr attr = { .valid = ATTR_CTIME | ATTR_MTIME | ATTR_ATIME };
	bool touch = !times || (times->t[0].nsec == UTIME_NOW_ && times->t[1].nsec == UTIME_NOW_);
	int err;

	if (!touch) {
		if (times->t[0].nsec == UTIME_OMIT_)
			attr.valid &= ~ATTR_ATIME;
		else if (times->t[0].nsec != UTIME_NOW_)
			attr.valid |= ATTR_ATIME_SET;
		if (times->t[1].nsec == UTIME_OMIT_)
			attr.valid &= ~ATTR_MTIME;
		else if (times->t[1].nsec != UTIME_NOW_)
			attr.valid |= ATTR_MTIME_SET;
		attr.atime = (struct timespec64){ times->t[0].sec, (u32)times->t[0].nsec };
		attr.mtime = (struct timespec64){ times->t[1].sec, (u32)times->t[1].nsec };
		/* Even "now" for one and nothing for the other asks for ownership. */
		if (!(attr.valid & (ATTR_ATIME_SET | ATTR_MTIME_SET)) && !inode_owner_or_capable(inode))
			return -EPERM;
	} else {
		err = mount_want_write(p->mnt);
		if (!err && inode->flags & S_IMMUTABLE_)
			err = -EPERM;
		if (!err && !inode_owner_or_capable(inode))
			err = inode_permission(inode, MAY_WRITE);
		if (err)
			return err;
	}
	return change_path(p, &attr);
}

static int utimes_at(int dfd, uaddr_t upath, const struct two_times *times, int flags)
{
	unsigned lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct path p;
	int err;

	if (times && !(nsec_valid(times->t[0].nsec) && nsec_valid(times->t[1].nsec)))
		return -EINVAL;
	if (!upath && dfd != AT_FDCWD) {
		struct file *f;

		if (flags)
			return -EINVAL;
		f = fget(dfd);
		if (!f)
			return -EBADF;
		err = do_utimes(&f->path, times);
		file_put(f);
		return err;
	}
	if (unknown_flags(flags, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	err = user_path_at(dfd, upath, lookup, &p);
	if (err)
		return err;
	err = do_utimes(&p, times);
	path_put(&p);
	return err;
}

long sys_utimensat(int dfd, uaddr_t upath, uaddr_t utimes, int flags)
{
	struct two_times t;

	if (!utimes)
		return utimes_at(dfd, upath, NULL, flags);
	if (get_user(t, utimes))
		return -EFAULT;
	if (t.t[0].nsec == UTIME_OMIT_ && t.t[1].nsec == UTIME_OMIT_)
		return 0;		/* before any other check, as Linux does */
	return utimes_at(dfd, upath, &t, flags);
}

long sys_futimesat(int dfd, uaddr_t upath, uaddr_t utimes)
{
	struct two_times t;		/* of microseconds */

	if (!utimes)
		return utimes_at(dfd, upath, NULL, 0);
	if (get_user(t, utimes))
		return -EFAULT;
	for (int i = 0; i < 2; i++) {
		if (t.t[i].nsec < 0 || t.t[i].nsec >= 1000000)
			return -EINVAL;
		t.t[i].nsec *= 1000;
	}
	return utimes_at(dfd, upath, &t, 0);
}

long sys_utimes(uaddr_t upath, uaddr_t utimes) { return sys_futimesat(AT_FDCWD, upath, utimes); }

long sys_utime(uaddr_t upath, uaddr_t utimbuf)
{
	struct { s64 actime, modtime; } b;
	struct two_times t;

	if (!utimbuf)
		return utimes_at(AT_FDCWD, upath, NULL, 0);
	if (get_user(b, utimbuf))
		return -EFAULT;
	t = (struct two_times){ { { b.actime, 0 }, { b.modtime, 0 } } };
	return utimes_at(AT_FDCWD, upath, &t, 0);
}

/* --- size --- */

int do_truncate(struct dentry *d, loff_t size, unsigned valid, struct file *f)
{
	struct kattr attr = { .valid = ATTR_SIZE | valid, .size = size, .file = f };
	int err;

	if (size < 0)
		return -EINVAL;
	if (!capable(CAP_FSETID))
		attr.valid |= ATTR_KILL_PRIV;
	/* The size itself needs no ownership: whoever may write may truncate. */
	inode_lock(d->inode);
	err = notify_change(d, &attr);
	inode_unlock(d->inode);
	return err;
}

static int truncate_path(const struct path *p, loff_t size)
{
	struct inode *inode = p->dentry->inode;
	int err;

	if (S_ISDIR(inode->mode))
		return -EISDIR;
	if (!S_ISREG(inode->mode))
		return -EINVAL;
	err = mount_want_write(p->mnt);
	if (!err)
		err = inode_permission(inode, MAY_WRITE);
	if (!err && inode->flags & S_APPEND_)
		err = -EPERM;
	if (!err && inode->writecount < 0)
		err = -ETXTBSY;
	if (err)
		return err;
	inode->writecount++;			/* not to be executed meanwhile */
	err = lease_break(inode, true, false);
	if (!err)
		err = do_truncate(p->dentry, size, ATTR_MTIME, NULL);
	inode->writecount--;
	return err;
}

long sys_truncate(uaddr_t upath, loff_t size)
{
	struct path p;
	int err;

	if (size < 0)
		return -EINVAL;
	err = user_path_at(AT_FDCWD, upath, LOOKUP_FOLLOW, &p);
	if (err)
		return err;
	err = truncate_path(&p, size);
	path_put(&p);
	return err;
}

long sys_ftruncate(int fd, loff_t size)
{
	struct file *f;
	int err;

	if (size < 0)
		return -EINVAL;
	f = fget(fd);
	if (!f)
		return -EBADF;
	if (!S_ISREG(f->inode->mode) || !(f->mode & FMODE_WRITE))
		err = -EINVAL;
	else if (f->inode->flags & S_APPEND_)
		err = -EPERM;
	else
		err = do_truncate(f->path.dentry, size, ATTR_MTIME, f);
	file_put(f);
	return err;
}
