// SPDX-License-Identifier: GPL-2.0
/* From file to file within the kernel: sendfile(2), copy_file_range(2). Room and holes: fallocate(2). */
#include "rw.h"
#include <linux/falloc.h>

#define CHUNK		(64UL << 10)
#define MAX_RW		(INT_MAX & PAGE_MASK)

/* Copies n bytes; the positions end behind what was written. What was moved, or -errno if nothing. Sleeps. */
static ssize_t copy_loop(struct file *in, loff_t *ipos, struct file *out, loff_t *opos, size_t n)
{
	char *buf = kmalloc(min(n, CHUNK), GFP_KERNEL);
	size_t done = 0;
	ssize_t r = 0;

	if (!buf)
		return -ENOMEM;
	while (done < n) {
		loff_t at = *ipos;
		struct iov_iter it;
		ssize_t got;

		iov_iter_kernel(&it, buf, min(n - done, CHUNK));
		got = file_read(in, &it, &at);
		if (got <= 0) {
			r = got;
			break;
		}
		iov_iter_kernel(&it, buf, (size_t)got);
		r = file_write(out, &it, opos);
		if (r <= 0)
			break;
		*ipos += r;
		done += (size_t)r;
		if (r < got)
			break;
		if (signal_pending(current)) {
			r = -ERESTARTSYS;
			break;
		}
		cond_resched();
	}
	kfree(buf);
	return done ? (ssize_t)done : r;
}

static ssize_t do_sendfile(struct file *out, struct file *in, loff_t *ipos, size_t n)
{
	loff_t *opos = &out->pos, none = 0, end = min(in->inode->sb->maxbytes, out->inode->sb->maxbytes);
	bool locked;
	ssize_t r;

	if (!(in->mode & FMODE_READ) || !(out->mode & FMODE_WRITE))
		return -EBADF;
	if (!(in->mode & FMODE_PREAD) || !in->ops->read || !out->ops->write || out->flags & O_APPEND)
		return -EINVAL;
	if (*ipos < 0 || *ipos > S64_MAX - (loff_t)min(n, MAX_RW))
		return -EINVAL;
	if (*ipos >= end && n)
		return -EOVERFLOW;
	n = (size_t)min_t(u64, n, (u64)(end - *ipos));
	if (in->inode == out->inode && S_ISREG(in->inode->mode) && in == out && *ipos < out->pos + (loff_t)n && out->pos < *ipos + (loff_t)n && n)
		return -EINVAL;
	if (out->mode & FMODE_STREAM)
		opos = &none;
	locked = pos_lock(out);
	r = copy_loop(in, ipos, out, opos, min(n, MAX_RW));
	pos_unlock(out, locked);
	return r;
}

long sys_sendfile(int out_fd, int in_fd, uaddr_t uoff, size_t n)
{
	struct file *in = fget(in_fd), *out = fget(out_fd);
	loff_t pos = 0;
	ssize_t r = 0;

	if (!in || !out)
		r = -EBADF;
	else if (uoff && get_user(pos, uoff))
		r = -EFAULT;
	else if (!(in->mode & FMODE_READ))
		r = -EBADF;
	else if (uoff && !(in->mode & FMODE_PREAD))
		r = -ESPIPE;
	if (!r && uoff) {
		r = do_sendfile(out, in, &pos, n);
		if (put_user(pos, loff_t, uoff))
			r = -EFAULT;
	} else if (!r) {
		pos = in->pos;
		r = do_sendfile(out, in, &pos, n);
		if (r > 0)
			in->pos = pos;
	}
	file_put(in);
	file_put(out);
	return r;
}

static ssize_t do_copy_range(struct file *in, loff_t *ipos, struct file *out, loff_t *opos, size_t n)
{
	struct inode *src = in->inode, *dst = out->inode;

	if (S_ISDIR(src->mode) || S_ISDIR(dst->mode))
		return -EISDIR;
	if (!S_ISREG(src->mode) || !S_ISREG(dst->mode))
		return -EINVAL;
	if (!(in->mode & FMODE_READ) || !(out->mode & FMODE_WRITE) || out->flags & O_APPEND)
		return -EBADF;
	if ((u64)*ipos + n < (u64)*ipos || (u64)*opos + n < (u64)*opos)
		return -EOVERFLOW;
	if (*ipos < 0 || *opos < 0 || n > (u64)(S64_MAX - *opos))
		return -EINVAL;
	if (src->sb != dst->sb)
		return -EXDEV;
	if (*ipos >= src->size)
		return 0;
	n = min_t(u64, min(n, MAX_RW), (u64)(src->size - *ipos));
	if (src == dst && *ipos < *opos + (loff_t)n && *opos < *ipos + (loff_t)n && n)
		return -EINVAL;
	return n ? copy_loop(in, ipos, out, opos, n) : 0;
}

long sys_copy_file_range(int in_fd, uaddr_t uin, int out_fd, uaddr_t uout, size_t n, unsigned flags)
{
	struct file *in = fget(in_fd), *out = fget(out_fd);
	loff_t ipos = 0, opos = 0;
	ssize_t r = 0;

	if (!in || !out)
		r = -EBADF;
	else if ((uin && get_user(ipos, uin)) || (uout && get_user(opos, uout)))
		r = -EFAULT;
	else if (flags)
		r = -EINVAL;
	if (!r) {
		if (!uin)
			ipos = in->pos;
		if (!uout)
			opos = out->pos;
		r = do_copy_range(in, &ipos, out, &opos, n);
	}
	if (r > 0) {
		if (!uin)
			in->pos = ipos;
		if (!uout)
			out->pos = opos;
		if ((uin && put_user(ipos, loff_t, uin)) || (uout && put_user(opos, loff_t, uout)))
			r = -EFAULT;
	}
	file_put(in);
	file_put(out);
	return r;
}

/* --- fallocate --- */

static int check_fallocate(struct file *f, int mode, loff_t off, loff_t len)
{
	const int known = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_ZERO_RANGE |
			  FALLOC_FL_INSERT_RANGE | FALLOC_FL_UNSHARE_RANGE;
	const int punch = FALLOC_FL_PUNCH_HOLE, zero = FALLOC_FL_ZERO_RANGE, both = punch | zero;
	struct inode *inode = f->inode;

	if (off < 0 || len <= 0)
		return -EINVAL;
	if (mode & ~known || (mode & both) == both || (mode & punch && !(mode & FALLOC_FL_KEEP_SIZE)))
		return -EOPNOTSUPP;
	if ((mode & FALLOC_FL_COLLAPSE_RANGE && mode & ~FALLOC_FL_COLLAPSE_RANGE) ||
	    (mode & FALLOC_FL_INSERT_RANGE && mode & ~FALLOC_FL_INSERT_RANGE) ||
	    (mode & FALLOC_FL_UNSHARE_RANGE && mode & ~(FALLOC_FL_UNSHARE_RANGE | FALLOC_FL_KEEP_SIZE)))
		return -EINVAL;
	if (!(f->mode & FMODE_WRITE))
		return -EBADF;
	if ((mode & ~FALLOC_FL_KEEP_SIZE && inode->flags & S_APPEND_) || inode->flags & S_IMMUTABLE_)
		return -EPERM;
	if (S_ISFIFO(inode->mode))
		return -ESPIPE;
	if (S_ISDIR(inode->mode))
		return -EISDIR;
	if (!S_ISREG(inode->mode) && !S_ISBLK(inode->mode))
		return -ENODEV;
	if (len > S64_MAX - off || (S_ISREG(inode->mode) && off + len > inode->sb->maxbytes))
		return -EFBIG;
	return f->ops->fallocate ? 0 : -EOPNOTSUPP;
}

long sys_fallocate(int fd, int mode, loff_t off, loff_t len)
{
	struct file *f = fget(fd);
	long err;

	if (!f)
		return -EBADF;
	err = check_fallocate(f, mode, off, len);
	if (!err && S_ISREG(f->inode->mode)) {
		inode_lock(f->inode);
		if (!(mode & FALLOC_FL_KEEP_SIZE))
			err = inode_newsize_ok(f->inode, off + len);
		if (!err)
			err = f->ops->fallocate(f, mode, off, len);
		inode_unlock(f->inode);
	} else if (!err) {
		err = f->ops->fallocate(f, mode, off, len);
	}
	if (!err)
		notify_file(f, IN_MODIFY);
	file_put(f);
	return err;
}
