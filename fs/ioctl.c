// SPDX-License-Identifier: GPL-2.0
/* ioctl(2): what concerns the descriptor or any file; all else is the file's own. */
#include "internal.h"
#include <asm/ioctls.h>
#include <linux/fiemap.h>

static long set_nonblock(struct file *f, uaddr_t uon)
{
	int on;

	if (get_user(on, uon))
		return -EFAULT;
	f->flags = on ? f->flags | O_NONBLOCK : f->flags & ~(unsigned)O_NONBLOCK;
	return 0;
}

static long set_async(int fd, struct file *f, uaddr_t uon)
{
	int on;

	if (get_user(on, uon))
		return -EFAULT;
	if (!!on != !!(f->flags & FASYNC) && !f->ops->fasync)
		return why(-ENOTTY, "it sends no SIGIO");
	return file_set_async(fd, f, on);
}

static long get_attr_flags(struct inode *inode, uaddr_t uflags)
{
	u32 flags = 0;
	int err = inode->ops->fileattr_get ? inode->ops->fileattr_get(inode, &flags) : -ENOTTY;

	return err ?: put_user(flags, u32, uflags);
}

/* Immutable and append-only need a capability to be set or taken away. */
static long set_attr_flags(struct file *f, uaddr_t uflags)
{
	const u32 guarded = FS_IMMUTABLE_FL | FS_APPEND_FL;
	struct inode *inode = f->inode;
	u32 flags, old = 0;
	int err;

	if (!inode->ops->fileattr_set)
		return why(-ENOTTY, "%s keeps no such flags", inode->sb->type->name);
	if (get_user(flags, uflags))
		return -EFAULT;
	err = mount_want_write(f->path.mnt);
	if (err)
		return err;
	if (!inode_owner_or_capable(inode))
		return -EPERM;
	inode_lock(inode);
	err = inode->ops->fileattr_get ? inode->ops->fileattr_get(inode, &old) : 0;
	if (!err && (flags ^ old) & guarded && !capable(CAP_LINUX_IMMUTABLE))
		err = -EPERM;
	if (!err)
		err = inode->ops->fileattr_set(inode, flags);
	inode_unlock(inode);
	if (!err)
		notify_dentry(f->path.dentry, IN_ATTRIB);
	return err;
}

static long file_own_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
	long r = f->ops->ioctl ? f->ops->ioctl(f, cmd, arg) : -ENOTTY;

	return r == -ENOIOCTLCMD || r == -ENOTTY ? why(-ENOTTY, "request %#x is nothing for it", cmd) : r;
}

/* Those of regular files that no file system needs to know; -ENOIOCTLCMD: not one of them. */
static long regular_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
	loff_t left;

	switch (cmd) {
	case FIONREAD:
		left = f->inode->size - f->pos;
		return put_user((int)min_t(loff_t, max_t(loff_t, left, -INT_MAX), INT_MAX), int, arg);
	case FIBMAP:
		return capable(CAP_SYS_RAWIO) ? -EINVAL : -EPERM;
	case FICLONE:
	case FICLONERANGE:
	case FIDEDUPERANGE:
		return why(-EOPNOTSUPP, "%s has no shared extents", f->inode->sb->type->name);
	default:
		return -ENOIOCTLCMD;
	}
}

static long do_ioctl(int fd, struct file *f, unsigned cmd, unsigned long arg)
{
	struct inode *inode = f->inode;
	long r;

	switch (cmd) {
	case FIOCLEX:
	case FIONCLEX:
		return sys_fcntl(fd, F_SETFD, cmd == FIOCLEX ? FD_CLOEXEC : 0);
	case FIONBIO:
		return set_nonblock(f, arg);
	case FIOASYNC:
		return set_async(fd, f, arg);
	case FIOQSIZE:
		if (!S_ISDIR(inode->mode) && !S_ISREG(inode->mode) && !S_ISLNK(inode->mode))
			return -ENOTTY;
		return put_user(S_ISDIR(inode->mode) ? inode->size : (loff_t)inode->blocks << 9, loff_t, arg);
	case FIGETBSZ:
		return put_user((int)inode->sb->blocksize, int, arg);
	case FS_IOC_GETFLAGS:
		return get_attr_flags(inode, arg);
	case FS_IOC_SETFLAGS:
		return set_attr_flags(f, arg);
	case FS_IOC_FIEMAP:
		return f->ops->ioctl ? file_own_ioctl(f, cmd, arg) : -EOPNOTSUPP;
	}
	r = S_ISREG(inode->mode) ? regular_ioctl(f, cmd, arg) : -ENOIOCTLCMD;
	return r == -ENOIOCTLCMD ? file_own_ioctl(f, cmd, arg) : r;
}

long sys_ioctl(int fd, unsigned cmd, unsigned long arg)
{
	struct file *f = fget(fd);
	long r;

	if (!f)
		return -EBADF;
	r = do_ioctl(fd, f, cmd, arg);
	file_put(f);
	return r;
}
