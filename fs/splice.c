// SPDX-License-Identifier: GPL-2.0
/*
 * splice(2), tee(2), vmsplice(2): data into, out of and between pipes. Pages of the page cache go into a pipe by
 * reference; all else is copied.
 */
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <fs/file.h>
#include <fs/notify.h>
#include <fs/pipe.h>
#include <mm/pagecache.h>
#include <mm/slab.h>

#define SPLICE_F_MOVE		1
#define SPLICE_F_NONBLOCK	2
#define SPLICE_F_MORE		4
#define SPLICE_F_GIFT		8
#define SPLICE_F_ALL		15
#define MAX_LEN			((size_t)(INT_MAX & PAGE_MASK))

/* --- into a pipe --- */

static void put_slot(struct pipe *p, struct page *page, u32 off, u32 len)
{
	*pipe_slot(p, p->head++) = (struct pipe_buf){ page, off, len, 0 };
}

static bool has_page_cache(const struct file *f)
{
	return (S_ISREG(f->inode->mode) || S_ISBLK(f->inode->mode)) && f->mapping && f->mapping->ops &&
	       f->mapping->ops->readpages && !(f->flags & O_DIRECT);
}

/* One page of the cache. Bytes, 0: end of file. */
static ssize_t page_from_cache(struct pipe *p, struct file *in, loff_t pos, size_t len)
{
	loff_t size = in->mapping->host->size;
	u32 off = (u32)(pos & ~PAGE_MASK);
	struct page *page;

	if (pos >= size)
		return 0;
	page = read_cache_page(in->mapping, (unsigned long)(pos >> PAGE_SHIFT));
	if (IS_ERR(page))
		return PTR_ERR(page);
	len = min(len, PAGE_SIZE - off);
	len = (size_t)min((loff_t)len, size - pos);
	put_slot(p, page, off, (u32)len);
	return (ssize_t)len;
}

static ssize_t page_by_read(struct pipe *p, struct file *in, loff_t *pos, size_t len)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct iov_iter it;
	ssize_t n;

	if (!page)
		return -ENOMEM;
	iov_iter_kernel(&it, page_address(page), min(len, PAGE_SIZE));
	n = file_read(in, &it, pos);
	if (n > 0)
		put_slot(p, page, 0, (u32)n);
	else
		page_put(page);
	return n;
}

/* Fills p as far as it has room, at least one slot. Its lock is held. */
static ssize_t fill_from_file(struct pipe *p, struct file *in, loff_t *pos, size_t len)
{
	ssize_t total = 0, n = 0;

	while (len && !pipe_full(p)) {
		if (has_page_cache(in)) {
			n = page_from_cache(p, in, *pos, len);
			if (n > 0)
				*pos += n;
		} else {
			n = page_by_read(p, in, pos, len);
		}
		if (n <= 0)
			break;
		total += n;
		len -= (size_t)n;
		/* A device or socket may block where more is not there yet. */
		if (!has_page_cache(in))
			break;
	}
	return total ? total : n;
}

static ssize_t file_to_pipe(struct file *in, loff_t *pos, struct pipe *p, size_t len, bool nonblock)
{
	bool waited;
	ssize_t n;

	mutex_lock(&p->lock);
	n = pipe_wait_room(p, nonblock, &waited);
	if (!n)
		n = fill_from_file(p, in, pos, len);
	mutex_unlock(&p->lock);
	if (n > 0) {
		pipe_wake_readers(p);
		if (has_page_cache(in))		/* others were read by their own operation, which tells */
			notify_file(in, IN_ACCESS);
	}
	return n;
}

/* --- out of a pipe --- */

static ssize_t slot_to_file(struct pipe *p, struct file *out, loff_t *pos, size_t len)
{
	struct pipe_buf *b = pipe_slot(p, p->tail);
	struct iov_iter it;
	ssize_t n;

	iov_iter_kernel(&it, (u8 *)page_address(b->page) + b->off, min((size_t)b->len, len));
	n = file_write(out, &it, pos);
	if (n <= 0)
		return n;
	b->off += (u32)n;
	b->len -= (u32)n;
	if (!b->len) {
		pipe_buf_drop(p, b);
		p->tail++;
	}
	return n;
}

static ssize_t pipe_to_file(struct pipe *p, struct file *out, loff_t *pos, size_t len, bool nonblock)
{
	ssize_t total = 0, n;
	bool waited;

	mutex_lock(&p->lock);
	n = pipe_wait_data(p, nonblock, &waited);
	if (n == 1)
		n = 0;
	else if (!n)
		while (len && !pipe_empty(p)) {
			size_t had = min((size_t)pipe_slot(p, p->tail)->len, len);

			n = slot_to_file(p, out, pos, len);
			if (n <= 0)
				break;
			total += n;
			len -= (size_t)n;
			if ((size_t)n < had)
				break;
		}
	mutex_unlock(&p->lock);
	if (total)
		pipe_wake_writers(p);
	return total ? total : n;
}

/* --- between pipes --- */

/* Two locks by address, so that two splices in opposite directions do not wait for each other. */
static void lock_two(struct pipe *a, struct pipe *b)
{
	mutex_lock(a < b ? &a->lock : &b->lock);
	mutex_lock(a < b ? &b->lock : &a->lock);
}

static void unlock_two(struct pipe *a, struct pipe *b)
{
	mutex_unlock(&a->lock);
	mutex_unlock(&b->lock);
}

/* Locks both with data in one and room in the other: 0, 1 (end of input) or an error; then nothing is locked. */
static int lock_ready(struct pipe *in, struct pipe *out, bool nonblock)
{
	bool waited;
	int err;

	for (;;) {
		mutex_lock(&in->lock);
		err = pipe_wait_data(in, nonblock, &waited);
		mutex_unlock(&in->lock);
		if (err)
			return err;
		mutex_lock(&out->lock);
		err = pipe_wait_room(out, nonblock, &waited);
		mutex_unlock(&out->lock);
		if (err)
			return err;
		lock_two(in, out);
		if (!pipe_empty(in) && !pipe_full(out))
			return 0;
		unlock_two(in, out);
		if (signal_pending(current))
			return -ERESTARTSYS;
	}
}

static size_t give_slot(struct pipe *in, u32 i, struct pipe *out, size_t len, bool move)
{
	struct pipe_buf *b = pipe_slot(in, i);
	u32 n = (u32)min((size_t)b->len, len);

	page_get(b->page);
	put_slot(out, b->page, b->off, n);
	pipe_slot(out, out->head - 1)->flags = b->flags & PIPE_BUF_PACKET;
	b->flags &= ~PIPE_BUF_MERGE;	/* the page is shared now */
	if (!move)
		return n;
	b->off += n;
	b->len -= n;
	if (!b->len) {
		pipe_buf_drop(in, b);
		in->tail++;
	}
	return n;
}

static ssize_t pipe_to_pipe(struct pipe *in, struct pipe *out, size_t len, bool nonblock, bool move)
{
	size_t total = 0;
	int err;
	u32 i;

	if (in == out)
		return -EINVAL;
	err = lock_ready(in, out, nonblock);
	if (err)
		return err == 1 ? 0 : err;
	for (i = in->tail; i != in->head && !pipe_full(out) && total < len; i++)
		total += give_slot(in, i, out, len - total, move);
	unlock_two(in, out);
	pipe_wake_readers(out);
	if (move)
		pipe_wake_writers(in);
	return (ssize_t)total;
}

/* --- the system calls --- */

struct splice_end { struct file *f; struct pipe *pipe; uaddr_t uoff; loff_t off, *pos; };

static int end_get(struct splice_end *e, int fd, uaddr_t uoff, unsigned mode)
{
	e->f = fget(fd);
	e->pipe = NULL;
	e->uoff = uoff;
	if (!e->f || !(e->f->mode & mode))
		return -EBADF;
	e->pipe = file_pipe(e->f);
	e->pos = &e->f->pos;
	if (!uoff)
		return 0;
	if (e->pipe)
		return -ESPIPE;
	if (!(e->f->mode & (mode == FMODE_READ ? FMODE_PREAD : FMODE_PWRITE)))
		return -EINVAL;
	if (get_user(e->off, uoff))
		return -EFAULT;
	e->pos = &e->off;
	return e->off < 0 ? -EINVAL : 0;
}

/* Directories and what is made by a call of its own (epoll, inotify …) give nothing to a pipe. */
static bool can_splice_from(const struct file *f)
{
	return f->inode->mode & S_IFMT && !S_ISDIR(f->inode->mode);
}

static ssize_t do_splice(struct splice_end *in, struct splice_end *out, size_t len, unsigned flags)
{
	bool nonblock = flags & SPLICE_F_NONBLOCK;

	if (in->pipe && out->pipe)
		return pipe_to_pipe(in->pipe, out->pipe, len, nonblock || ((in->f->flags | out->f->flags) & O_NONBLOCK), true);
	if (in->pipe) {
		if (out->f->flags & O_APPEND)
			return -EINVAL;
		return pipe_to_file(in->pipe, out->f, out->pos, len, nonblock || (in->f->flags & O_NONBLOCK));
	}
	if (out->pipe && can_splice_from(in->f))
		return file_to_pipe(in->f, in->pos, out->pipe, len, nonblock || (out->f->flags & O_NONBLOCK));
	return -EINVAL;
}

long sys_splice(int fd_in, uaddr_t uoff_in, int fd_out, uaddr_t uoff_out, size_t len, unsigned flags)
{
	struct splice_end in = { 0 }, out = { 0 };
	ssize_t n;

	if (!len)
		return 0;
	if (unknown_flags(flags, SPLICE_F_ALL))
		return -EINVAL;
	n = end_get(&in, fd_in, uoff_in, FMODE_READ);
	if (!n)
		n = end_get(&out, fd_out, uoff_out, FMODE_WRITE);
	if (!n)
		n = do_splice(&in, &out, min(len, MAX_LEN), flags);
	if (n >= 0 && uoff_in && put_user(in.off, loff_t, uoff_in))
		n = -EFAULT;
	if (n >= 0 && uoff_out && put_user(out.off, loff_t, uoff_out))
		n = -EFAULT;
	file_put(in.f);
	file_put(out.f);
	return n;
}

long sys_tee(int fd_in, int fd_out, size_t len, unsigned flags)
{
	struct splice_end in = { 0 }, out = { 0 };
	ssize_t n;

	if (unknown_flags(flags, SPLICE_F_ALL))
		return -EINVAL;
	if (!len)
		return 0;
	n = end_get(&in, fd_in, 0, FMODE_READ);
	if (!n)
		n = end_get(&out, fd_out, 0, FMODE_WRITE);
	if (!n)
		n = !in.pipe || !out.pipe ? -EINVAL :
		    pipe_to_pipe(in.pipe, out.pipe, min(len, MAX_LEN),
				 (flags & SPLICE_F_NONBLOCK) || ((in.f->flags | out.f->flags) & O_NONBLOCK), false);
	file_put(in.f);
	file_put(out.f);
	return n;
}

/* User pages are copied: a program cannot tell, but for what it changes in them before they are read. */
long sys_vmsplice(int fd, uaddr_t uiov, unsigned long nr, unsigned flags)
{
	struct iov_seg fast[8], *heap = NULL;
	struct file *f = fget(fd);
	struct iov_iter it;
	unsigned was;
	ssize_t n;

	if (flags & ~SPLICE_F_ALL)
		n = -EINVAL;
	else if (!f || !file_pipe(f))
		n = -EBADF;
	else
		n = iov_iter_import(&it, uiov, nr, fast, ARRAY_SIZE(fast), &heap);
	if (!n && it.count) {
		was = f->flags;
		if (flags & SPLICE_F_NONBLOCK)
			f->flags |= O_NONBLOCK;
		n = f->mode & FMODE_WRITE ? file_write(f, &it, &f->pos) : file_read(f, &it, &f->pos);
		f->flags = (f->flags & ~O_NONBLOCK) | (was & O_NONBLOCK);
	}
	kfree(heap);
	file_put(f);
	return n;
}
