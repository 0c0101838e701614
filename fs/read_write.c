// SPDX-License-Identifier: GPL-2.0
/* read(2), write(2) and their vector, positioned and flagged forms; lseek(2). */
#include "rw.h"
#include <asm/resource.h>

#define FAST_SEGS 8		/* of an iovec, kept on the stack */

/* --- the level of files: modes, limits, events --- */

ssize_t file_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	ssize_t r;

	if (unlikely(!(f->mode & FMODE_READ)))
		return why(-EBADF, "it is not open for reading");
	if (unlikely(!f->ops->read))
		return S_ISDIR(f->inode->mode) ? -EISDIR : -EINVAL;
	if (unlikely(*pos < 0 || *pos > S64_MAX - (loff_t)it->count))
		return -EINVAL;
	r = f->ops->read(f, it, pos);
	current->acct.syscr++;
	if (r > 0) {
		current->acct.rchar += (u64)r;
		notify_file(f, IN_ACCESS);
	}
	return r;
}

/* Cuts a write of a regular file to what its limits leave. 0 or -EFBIG. */
static int cut_to_limits(struct inode *inode, loff_t pos, struct iov_iter *it)
{
	u64 limit = rlimit(RLIMIT_FSIZE), max = (u64)inode->sb->maxbytes;

	if (pos < 0)
		return -EINVAL;
	if ((u64)pos >= limit) {
		send_signal(SIGXFSZ, NULL, current);
		return -EFBIG;
	}
	if ((u64)pos >= max)
		return -EFBIG;
	it->count = min_t(u64, it->count, min(limit, max) - (u64)pos);
	return 0;
}

static int sync_written(struct file *f, loff_t end, ssize_t n, int rwf)
{
	bool full = (f->flags & O_SYNC) == O_SYNC || rwf & RWF_SYNC || f->inode->flags & S_SYNC_ || f->inode->sb->flags & MS_SYNCHRONOUS;

	if (likely(!full && !(f->flags & O_DSYNC) && !(rwf & RWF_DSYNC)))
		return 0;
	return f->ops->fsync ? f->ops->fsync(f, end - n, end - 1, !full) : 0;
}

/* A file with content in the page cache: one writer at a time, O_APPEND at the end, limits. */
static ssize_t write_content(struct file *f, struct iov_iter *it, loff_t *pos, int rwf)
{
	struct inode *inode = f->inode;
	size_t count = it->count;
	ssize_t r;

	if (!count)
		return 0;
	inode_lock(inode);
	if (f->flags & O_APPEND || rwf & RWF_APPEND)
		*pos = inode->size;
	r = cut_to_limits(inode, *pos, it);
	if (!r)
		r = f->ops->write(f, it, pos);
	inode_unlock(inode);
	if (r > 0) {
		int err = sync_written(f, *pos, r, rwf);

		if (unlikely(err))
			return err;
	}
	return r;
}

ssize_t file_write_flags(struct file *f, struct iov_iter *it, loff_t *pos, int rwf)
{
	ssize_t r;

	if (unlikely(!(f->mode & FMODE_WRITE)))
		return why(-EBADF, "it is not open for writing");
	if (unlikely(!f->ops->write || *pos < 0 || *pos > S64_MAX - (loff_t)it->count))
		return -EINVAL;
	if (S_ISREG(f->inode->mode) && f->mapping->ops) {
		r = write_content(f, it, pos, rwf);
	} else {
		r = f->ops->write(f, it, pos);
		if (r > 0 && unlikely(f->flags & O_DSYNC) && S_ISBLK(f->inode->mode))
			r = sync_written(f, *pos, r, rwf) ?: r;
	}
	current->acct.syscw++;
	if (r > 0) {
		current->acct.wchar += (u64)r;
		notify_file(f, IN_MODIFY);
	}
	return r;
}

ssize_t file_write(struct file *f, struct iov_iter *it, loff_t *pos) { return file_write_flags(f, it, pos, 0); }

ssize_t kernel_read(struct file *f, void *buf, size_t n, loff_t pos)
{
	struct iov_iter it;

	iov_iter_kernel(&it, buf, n);
	return file_read(f, &it, &pos);
}

ssize_t kernel_write(struct file *f, const void *buf, size_t n, loff_t *pos)
{
	struct iov_iter it;

	iov_iter_kernel(&it, (void *)buf, n);
	return file_write(f, &it, pos);
}

/* --- the position --- */

bool pos_lock(struct file *f)
{
	if (likely(f->refs <= 2 && current->files->refs == 1) || !(f->mode & FMODE_LSEEK) || f->mode & FMODE_STREAM)
		return false;
	mutex_lock(&f->pos_lock);
	return true;
}

void pos_unlock(struct file *f, bool locked)
{
	if (locked)
		mutex_unlock(&f->pos_lock);
}

static ssize_t rw_here(struct file *f, struct iov_iter *it, bool write, int rwf)
{
	bool locked = pos_lock(f);
	loff_t pos = f->pos;
	ssize_t r = write ? file_write_flags(f, it, &pos, rwf) : file_read(f, it, &pos);

	if (r > 0)
		f->pos = pos;
	pos_unlock(f, locked);
	return r;
}

static ssize_t rw_at(struct file *f, struct iov_iter *it, loff_t pos, bool write, int rwf)
{
	if (pos < 0)
		return -EINVAL;
	if (!(f->mode & (write ? FMODE_PWRITE : FMODE_PREAD)))
		return -ESPIPE;
	return write ? file_write_flags(f, it, &pos, rwf) : file_read(f, it, &pos);
}

/* --- one buffer --- */

long sys_read(int fd, uaddr_t ubuf, size_t n)
{
	struct file *f = fget(fd);
	struct iov_iter it;
	ssize_t r;

	if (unlikely(!f))
		return -EBADF;
	r = unlikely(!(f->mode & FMODE_READ)) ? why(-EBADF, "it is not open for reading") : iov_iter_user(&it, ubuf, n);
	if (!r)
		r = rw_here(f, &it, false, 0);
	file_put(f);
	return r;
}

long sys_write(int fd, uaddr_t ubuf, size_t n)
{
	struct file *f = fget(fd);
	struct iov_iter it;
	ssize_t r;

	if (unlikely(!f))
		return -EBADF;
	r = unlikely(!(f->mode & FMODE_WRITE)) ? why(-EBADF, "it is not open for writing") : iov_iter_user(&it, ubuf, n);
	if (!r)
		r = rw_here(f, &it, true, 0);
	file_put(f);
	return r;
}

static long prw(int fd, uaddr_t ubuf, size_t n, loff_t pos, bool write)
{
	struct iov_iter it;
	struct file *f;
	ssize_t r;

	if (pos < 0)
		return -EINVAL;
	f = fget(fd);
	if (!f)
		return -EBADF;
	if (!(f->mode & (write ? FMODE_PWRITE : FMODE_PREAD)))
		r = why(-ESPIPE, "a stream, without positions");
	else if (!(f->mode & (write ? FMODE_WRITE : FMODE_READ)))
		r = why(-EBADF, "it is not open for %s", write ? "writing" : "reading");
	else
		r = iov_iter_user(&it, ubuf, n);
	if (!r)
		r = rw_at(f, &it, pos, write, 0);
	file_put(f);
	return r;
}

long sys_pread64(int fd, uaddr_t ubuf, size_t n, loff_t pos) { return prw(fd, ubuf, n, pos, false); }
long sys_pwrite64(int fd, uaddr_t ubuf, size_t n, loff_t pos) { return prw(fd, ubuf, n, pos, true); }

/* --- vectors --- */

/* RWF_NOWAIT: only what the page cache holds. Cuts it to that; 0, -EAGAIN: nothing; -EOPNOTSUPP. */
static int cut_to_cached(struct file *f, struct iov_iter *it, loff_t pos)
{
	struct address_space *m = f->mapping;
	unsigned long index = (u64)pos >> PAGE_SHIFT;
	size_t ready = 0;

	if (!m->ops || !m->ops->readpages || !(S_ISREG(f->inode->mode) || S_ISBLK(f->inode->mode)))
		return -EOPNOTSUPP;
	while (ready < it->count && (loff_t)(index << PAGE_SHIFT) < m->host->size) {
		struct page *p = xa_load(&m->pages, index);

		if (!p || !page_test(p, PG_UPTODATE))
			break;
		index++;
		ready = (index << PAGE_SHIFT) - (u64)pos;
	}
	if (!ready && pos < m->host->size && it->count)
		return -EAGAIN;
	if ((loff_t)(index << PAGE_SHIFT) < m->host->size)
		it->count = min(it->count, ready);
	return 0;
}

static int check_rwf(struct file *f, struct iov_iter *it, loff_t pos, bool write, int rwf)
{
	if (rwf & ~(RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND))
		return -EOPNOTSUPP;
	if (!(rwf & RWF_NOWAIT))
		return 0;
	return write ? -EOPNOTSUPP : cut_to_cached(f, it, pos);
}

/* pos -1: at the file's position, and moves it. */
static long rwv(int fd, uaddr_t uiov, unsigned long nsegs, loff_t pos, bool here, bool write, int rwf)
{
	struct iov_seg fast[FAST_SEGS], *heap = NULL;
	struct file *f = fget(fd);
	struct iov_iter it;
	ssize_t r = 0;

	if (!f)
		return -EBADF;
	if (!here && pos < 0)
		r = -EINVAL;
	else if (!here && !(f->mode & (write ? FMODE_PWRITE : FMODE_PREAD)))
		r = why(-ESPIPE, "a stream, without positions");
	else if (!(f->mode & (write ? FMODE_WRITE : FMODE_READ)))
		r = why(-EBADF, "it is not open for %s", write ? "writing" : "reading");
	if (!r && !(write ? f->ops->write : f->ops->read) && !S_ISDIR(f->inode->mode))
		r = -EINVAL;
	if (!r)
		r = iov_iter_import(&it, uiov, nsegs, fast, FAST_SEGS, &heap);
	if (!r && rwf && it.count)
		r = check_rwf(f, &it, here ? f->pos : pos, write, rwf);
	if (!r && it.count)		/* unlike read(2), nothing is asked where nothing is to be moved */
		r = here ? rw_here(f, &it, write, rwf) : rw_at(f, &it, pos, write, rwf);
	kfree(heap);
	file_put(f);
	return r;
}

long sys_readv(int fd, uaddr_t uiov, unsigned long n) { return rwv(fd, uiov, n, 0, true, false, 0); }
long sys_writev(int fd, uaddr_t uiov, unsigned long n) { return rwv(fd, uiov, n, 0, true, true, 0); }

/* The position comes in one register on this machine; the second one is for 32-bit ones. */
long sys_preadv(int fd, uaddr_t uiov, unsigned long n, unsigned long pos, unsigned long high)
{
	return rwv(fd, uiov, n, (loff_t)pos, false, false, 0);
}

long sys_pwritev(int fd, uaddr_t uiov, unsigned long n, unsigned long pos, unsigned long high)
{
	return rwv(fd, uiov, n, (loff_t)pos, false, true, 0);
}

long sys_preadv2(int fd, uaddr_t uiov, unsigned long n, unsigned long pos, unsigned long high, unsigned flags)
{
	return rwv(fd, uiov, n, (loff_t)pos, pos == ~0UL, false, (int)flags);
}

long sys_pwritev2(int fd, uaddr_t uiov, unsigned long n, unsigned long pos, unsigned long high, unsigned flags)
{
	return rwv(fd, uiov, n, (loff_t)pos, pos == ~0UL, true, (int)flags);
}

/* --- lseek --- */

loff_t no_llseek(struct file *f, loff_t off, int whence) { return why(-ESPIPE, "a stream, without positions"); }

loff_t generic_llseek_size(struct file *f, loff_t off, int whence, loff_t maxsize, loff_t eof)
{
	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		if (__builtin_add_overflow(off, f->pos, &off))
			return -EINVAL;
		break;
	case SEEK_END:
		if (__builtin_add_overflow(off, eof, &off))
			return -EINVAL;
		break;
	case SEEK_DATA:				/* all data, and one hole at the end */
		if (off < 0 || off >= eof)
			return -ENXIO;
		break;
	case SEEK_HOLE:
		if (off < 0 || off >= eof)
			return -ENXIO;
		off = eof;
		break;
	default:
		return -EINVAL;
	}
	if (off < 0 || off > maxsize)
		return -EINVAL;
	f->pos = off;
	return off;
}

loff_t generic_llseek(struct file *f, loff_t off, int whence)
{
	return generic_llseek_size(f, off, whence, f->inode->sb->maxbytes, f->inode->size);
}

long sys_lseek(int fd, loff_t off, int whence)
{
	struct file *f = fget(fd);
	bool locked;
	loff_t r;

	if (!f)
		return -EBADF;
	if (whence < 0 || whence > SEEK_HOLE) {
		r = -EINVAL;
	} else if (!(f->mode & FMODE_LSEEK)) {
		r = why(-ESPIPE, "a stream, without positions");
	} else {
		locked = pos_lock(f);
		r = f->ops->llseek ? f->ops->llseek(f, off, whence) : generic_llseek(f, off, whence);
		pos_unlock(f, locked);
	}
	file_put(f);
	return r;
}
