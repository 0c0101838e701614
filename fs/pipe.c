// SPDX-License-Identifier: GPL-2.0
/*
 * pipe(2) and FIFOs. Data is copied once into pages and once out of them; readers are woken only when the pipe was empty,
 * writers only when it was full, so that a stream costs two switches for each 64 KiB.
 */
#include <kernel/cred.h>
#include <kernel/init.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <fs/file.h>
#include <fs/mount.h>
#include <fs/pipe.h>
#include <fs/poll.h>
#include <mm/slab.h>
#include <asm/ioctls.h>
#include <asm-generic/poll.h>
#include <linux/limits.h>

#define PIPEFS_MAGIC_	0x50495045

static struct mount *pipe_mount;

/* --- slots --- */

static struct page *page_new(struct pipe *p)
{
	for (unsigned i = 0; i < ARRAY_SIZE(p->spare); i++) {
		struct page *page = p->spare[i];

		if (page) {
			p->spare[i] = NULL;
			return page;
		}
	}
	return alloc_page(GFP_KERNEL);
}

void pipe_buf_drop(struct pipe *p, struct pipe_buf *b)
{
	struct page *page = b->page;

	b->page = NULL;
	/* Our own and nobody else's: the next write can have it. */
	if (page->refs == 1 && !page->mapping)
		for (unsigned i = 0; i < ARRAY_SIZE(p->spare); i++)
			if (!p->spare[i]) {
				p->spare[i] = page;
				return;
			}
	page_put(page);
}

static struct pipe *pipe_alloc(void)
{
	struct pipe *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return NULL;
	if (!pipe_slots_new(p)) {
		kfree(p);
		return NULL;
	}
	mutex_init(&p->lock);
	wait_queue_init(&p->rd);
	wait_queue_init(&p->wr);
	fasync_init(&p->fasync_rd);
	fasync_init(&p->fasync_wr);
	return p;
}

static void pipe_free(struct pipe *p)
{
	for (; !pipe_empty(p); p->tail++)
		page_put(pipe_slot(p, p->tail)->page);
	for (unsigned i = 0; i < ARRAY_SIZE(p->spare); i++)
		if (p->spare[i])
			page_put(p->spare[i]);
	pipe_slots_free(p);
	kfree(p);
}

/* --- waiting and waking --- */

void pipe_wake_readers(struct pipe *p)
{
	wake_up_poll(&p->rd, EPOLLIN | EPOLLRDNORM);
	fasync_notify(&p->fasync_rd, POLL_IN);
}

void pipe_wake_writers(struct pipe *p)
{
	wake_up_poll(&p->wr, EPOLLOUT | EPOLLWRNORM);
	fasync_notify(&p->fasync_wr, POLL_OUT);
}

static void wake_everybody(struct pipe *p)
{
	wake_up_events(&p->rd, EPOLLIN | EPOLLRDNORM | EPOLLERR | EPOLLHUP, 0);
	wake_up_events(&p->wr, EPOLLOUT | EPOLLWRNORM | EPOLLERR | EPOLLHUP, 0);
	fasync_notify(&p->fasync_rd, POLL_IN);
	fasync_notify(&p->fasync_wr, POLL_OUT);
}

int pipe_wait_data(struct pipe *p, bool nonblock, bool *waited)
{
	int err = 0;

	*waited = false;
	while (pipe_empty(p)) {
		if (!p->writers)
			return 1;
		if (nonblock)
			return -EAGAIN;
		mutex_unlock(&p->lock);
		*waited = true;
		err = wait_event_mode(&p->rd, !pipe_empty(p) || !p->writers, WAIT_INTERRUPTIBLE, WAIT_FOREVER, true);
		mutex_lock(&p->lock);
		if (err)
			return err;
	}
	return 0;
}

int pipe_wait_room(struct pipe *p, bool nonblock, bool *waited)
{
	int err;

	*waited = false;
	for (;;) {
		if (!p->readers) {
			send_signal(SIGPIPE, NULL, current);
			return -EPIPE;
		}
		if (!pipe_full(p))
			return 0;
		if (nonblock)
			return -EAGAIN;
		mutex_unlock(&p->lock);
		*waited = true;
		err = wait_event_mode(&p->wr, !pipe_full(p) || !p->readers, WAIT_INTERRUPTIBLE, WAIT_FOREVER, true);
		mutex_lock(&p->lock);
		if (err)
			return err;
	}
}

/* --- reading --- */

/* From the first slot. Bytes, or -EFAULT: then nothing of it is taken. */
static ssize_t read_slot(struct pipe *p, struct iov_iter *it)
{
	struct pipe_buf *b = pipe_slot(p, p->tail);
	size_t want = min((size_t)b->len, it->count), n;
	bool packet = b->flags & PIPE_BUF_PACKET;

	n = copy_to_iter((u8 *)page_address(b->page) + b->off, want, it);
	if (n < want)
		return -EFAULT;
	b->off += n;
	b->len -= n;
	if (packet) {
		it->count = 0;		/* the rest of a packet is lost, and the read ends with it */
		b->len = 0;
	}
	if (!b->len) {
		pipe_buf_drop(p, b);
		p->tail++;
	}
	return (ssize_t)n;
}

static ssize_t pipe_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct pipe *p = f->inode->pipe;
	bool was_full = false, waited;
	ssize_t total = 0, n = 0;

	if (!it->count)
		return 0;
	mutex_lock(&p->lock);
	n = pipe_wait_data(p, f->flags & O_NONBLOCK, &waited);
	if (n == 0) {
		was_full = pipe_full(p);
		while (it->count && !pipe_empty(p)) {
			n = read_slot(p, it);
			if (n < 0)
				break;
			total += n;
		}
	} else if (n == 1) {
		n = 0;			/* end of file */
	}
	mutex_unlock(&p->lock);
	if (was_full && !pipe_full(p))
		pipe_wake_writers(p);
	else if (total)
		fasync_notify(&p->fasync_wr, POLL_OUT);	/* SIGIO comes with each, wake-ups only with a change */
	/* Sleeping readers are woken one by one: pass on what is left. */
	if (waited && !pipe_empty(p))
		wake_up_poll(&p->rd, EPOLLIN | EPOLLRDNORM);
	if (total)
		f->inode->atime = ktime_real_coarse();
	return total ? total : n;
}

/* --- writing --- */

/* The tail of a write that fits behind what the last slot holds goes there, so that short writes fill pages. */
static ssize_t append(struct pipe *p, struct iov_iter *it)
{
	size_t rest = it->count & ~PAGE_MASK, n;
	struct pipe_buf *b;

	if (!rest || pipe_empty(p))
		return 0;
	b = pipe_slot(p, p->head - 1);
	if (!(b->flags & PIPE_BUF_MERGE) || b->off + b->len + rest > PAGE_SIZE)
		return 0;
	n = copy_from_iter((u8 *)page_address(b->page) + b->off + b->len, rest, it);
	if (n < rest)
		return -EFAULT;
	b->len += n;
	return (ssize_t)n;
}

/* A page of it, all or (-EFAULT) nothing. */
static ssize_t fill_slot(struct pipe *p, struct iov_iter *it, bool packet)
{
	size_t want = min(it->count, PAGE_SIZE), n;
	struct page *page = page_new(p);
	struct pipe_buf *b;

	if (!page)
		return -ENOMEM;
	n = copy_from_iter(page_address(page), want, it);
	if (n < want) {
		page_put(page);
		return -EFAULT;
	}
	b = pipe_slot(p, p->head++);
	*b = (struct pipe_buf){ page, 0, (u32)n, packet ? PIPE_BUF_PACKET : PIPE_BUF_MERGE };
	return (ssize_t)n;
}

static ssize_t write_locked(struct pipe *p, struct file *f, struct iov_iter *it, bool *was_empty, bool *waited)
{
	bool packet = f->flags & O_DIRECT;
	ssize_t total = 0, n;

	if (!p->readers) {
		send_signal(SIGPIPE, NULL, current);
		return -EPIPE;
	}
	*was_empty = pipe_empty(p);
	if (!packet) {
		n = append(p, it);
		if (n < 0)
			return n;
		total = n;
	}
	while (it->count) {
		if (pipe_full(p)) {
			if (!(f->flags & O_NONBLOCK) && (*was_empty || p->polled) && p->readers) {
				pipe_wake_readers(p);
				*was_empty = false;
			}
			n = pipe_wait_room(p, f->flags & O_NONBLOCK, waited);
			if (n)
				return total ? total : n;
			*was_empty = *was_empty || pipe_empty(p);
		} else if (!p->readers) {
			send_signal(SIGPIPE, NULL, current);
			return total ? total : -EPIPE;
		}
		n = fill_slot(p, it, packet);
		if (n < 0)
			return total ? total : n;
		total += n;
	}
	return total;
}

static ssize_t pipe_write(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct pipe *p = f->inode->pipe;
	bool was_empty = false, waited = false;
	ssize_t n;

	if (!it->count)
		return 0;
	mutex_lock(&p->lock);
	n = write_locked(p, f, it, &was_empty, &waited);
	mutex_unlock(&p->lock);
	if (was_empty || (p->polled && n > 0))
		pipe_wake_readers(p);
	else if (n > 0)
		fasync_notify(&p->fasync_rd, POLL_IN);
	if (waited && !pipe_full(p))
		wake_up_poll(&p->wr, EPOLLOUT | EPOLLWRNORM);
	if (n > 0)
		f->inode->mtime = f->inode->ctime = ktime_real_coarse();
	return n;
}

/* --- the rest of the operations --- */

static u32 pipe_poll(struct file *f, struct poll_table *pt)
{
	struct pipe *p = f->inode->pipe;
	u32 mask = 0;

	if (pt && pt->queue)
		p->polled = true;
	if (f->mode & FMODE_READ) {
		poll_wait(f, &p->rd, pt);
		if (!pipe_empty(p))
			mask |= EPOLLIN | EPOLLRDNORM;
		/* No hang-up before the first writer of a FIFO has come. */
		if (!p->writers && f->private_version != p->writer_opens)
			mask |= EPOLLHUP;
	}
	if (f->mode & FMODE_WRITE) {
		poll_wait(f, &p->wr, pt);
		if (!pipe_full(p))
			mask |= EPOLLOUT | EPOLLWRNORM;
		if (!p->readers)
			mask |= EPOLLERR;
	}
	return mask;
}

static long pipe_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
	struct pipe *p = f->inode->pipe;
	int n = 0;

	if (cmd != FIONREAD)
		return -ENOTTY;
	for (u32 i = p->tail; i != p->head; i++)
		n += (int)pipe_slot(p, i)->len;
	return put_user(n, int, arg);
}

static int pipe_fasync(struct file *f, bool on)
{
	struct pipe *p = f->inode->pipe;
	int err = 0;

	if (f->mode & FMODE_READ)
		err = fasync_change(&p->fasync_rd, f, on);
	if (!err && (f->mode & FMODE_WRITE))
		err = fasync_change(&p->fasync_wr, f, on);
	return err;
}

static void put_pipe(struct inode *inode, struct pipe *p)
{
	if (--p->files)
		return;
	inode->pipe = NULL;
	pipe_free(p);
}

static void leave(struct inode *inode, unsigned mode)
{
	struct pipe *p = inode->pipe;

	if (mode & FMODE_READ)
		p->readers--;
	if (mode & FMODE_WRITE)
		p->writers--;
	if (!p->readers != !p->writers)
		wake_everybody(p);
	put_pipe(inode, p);
}

static void pipe_release(struct inode *inode, struct file *f)
{
	leave(inode, f->mode);
}

/* --- FIFOs --- */

/* The other end must have been opened since: it may be gone again by the time we run. */
static int wait_partner(struct pipe *p, u32 *opens)
{
	u32 seen = *opens;

	return wait_event_interruptible(&p->rd, *opens != seen);
}

static void join_fifo(struct pipe *p, struct file *f)
{
	if (f->mode & FMODE_READ) {
		p->reader_opens++;
		if (!p->readers++)
			wake_up_all(&p->rd);
	}
	if (f->mode & FMODE_WRITE) {
		p->writer_opens++;
		if (!p->writers++)
			wake_up_all(&p->rd);
	}
}

/* Whoever opens for both is a partner himself. */
static int meet_partner(struct pipe *p, struct file *f)
{
	bool nonblock = f->flags & O_NONBLOCK;

	switch (f->mode & (FMODE_READ | FMODE_WRITE)) {
	case FMODE_READ:
		if (p->writers)
			return 0;
		if (!nonblock)
			return wait_partner(p, &p->writer_opens);
		f->private_version = p->writer_opens;
		return 0;
	case FMODE_WRITE:
		return p->readers ? 0 : wait_partner(p, &p->reader_opens);
	}
	return 0;
}

static const struct file_ops pipe_fops;

static int fifo_open(struct inode *inode, struct file *f)
{
	struct pipe *p = inode->pipe;
	bool named = inode->sb->magic != PIPEFS_MAGIC_;		/* one opened once more through /proc waits for nobody */
	int err;

	if (!p) {
		p = pipe_alloc();
		if (!p)
			return -ENOMEM;
		if (inode->pipe) {		/* the allocation slept */
			pipe_free(p);
			p = inode->pipe;
		}
		inode->pipe = p;
	}
	p->files++;
	/* Nobody to read: a non-blocking writer is told so, and has never been there. */
	if (named && (f->mode & (FMODE_READ | FMODE_WRITE)) == FMODE_WRITE && (f->flags & O_NONBLOCK) && !p->readers) {
		put_pipe(inode, p);
		return -ENXIO;
	}
	f->private_version = p->writer_opens - 1;
	file_set_ops(f, &pipe_fops);
	join_fifo(p, f);
	err = named ? meet_partner(p, f) : 0;
	if (err)
		leave(inode, f->mode);
	return err;
}

static const struct file_ops pipe_fops = {
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
	.fasync = pipe_fasync,
	.llseek = no_llseek,
	.release = pipe_release,
};
const struct file_ops fifo_fops = { .open = fifo_open, .llseek = no_llseek };

struct pipe *file_pipe(struct file *f)
{
	return f->ops == &pipe_fops ? f->inode->pipe : NULL;
}

/* --- pipe(2) --- */

static void pipe_dname(struct dentry *d, char *buf, size_t size)
{
	snprintf(buf, size, "pipe:[%llu]", (unsigned long long)d->inode->ino);
}
static const struct dentry_ops pipe_dentry_ops = { .dname = pipe_dname };

static struct inode *pipe_inode(void)
{
	struct inode *inode = new_inode(pipe_mount->sb);
	struct pipe *p = inode ? pipe_alloc() : NULL;

	if (!p) {
		if (inode) {
			inode->nlink = 0;
			iput(inode);
		}
		return NULL;
	}
	inode->ino = get_next_ino();
	inode->mode = S_IFIFO | 0600;
	inode->uid = current->cred->fsuid;
	inode->gid = current->cred->fsgid;
	inode->fops = &fifo_fops;
	inode->pipe = p;
	p->readers = p->writers = 1;
	p->reader_opens = p->writer_opens = 1;
	return inode;
}

/* Both ends share inode and dentry. */
static struct file *second_end(struct file *first, unsigned flags)
{
	struct file *f = file_alloc(flags);

	if (!f)
		return ERR_PTR(-ENFILE);
	f->path = first->path;
	f->path.mnt = mntget(first->path.mnt);
	dget(first->path.dentry);
	f->inode = first->inode;
	f->mapping = first->mapping;
	f->mode = ((flags + 1) & O_ACCMODE) | FMODE_NONOTIFY;
	file_set_ops(f, &pipe_fops);
	return f;
}

static int pipe_create(struct file *end[2], unsigned flags)
{
	struct inode *inode = pipe_inode();
	struct file *rd, *wr;
	struct pipe *p;

	if (!inode)
		return -ENFILE;
	p = inode->pipe;
	p->files = 1;
	flags &= O_NONBLOCK | O_DIRECT;
	rd = pseudo_file(pipe_mount, inode, "", &pipe_dentry_ops, &pipe_fops, O_RDONLY | (flags & O_NONBLOCK));
	if (IS_ERR(rd)) {
		pipe_free(p);		/* the inode went with the failed file */
		return (int)PTR_ERR(rd);
	}
	wr = second_end(rd, O_WRONLY | flags);
	if (IS_ERR(wr)) {
		file_put(rd);
		return (int)PTR_ERR(wr);
	}
	p->files = 2;
	end[0] = rd;
	end[1] = wr;
	return 0;
}

long sys_pipe2(uaddr_t ufds, int flags)
{
	struct file *end[2] = { NULL, NULL };
	long err;

	if (unknown_flags(flags, O_CLOEXEC | O_NONBLOCK | O_DIRECT))
		return -EINVAL;
	err = pipe_create(end, (unsigned)flags);
	return err ? err : fd_publish_pair(end, flags & O_CLOEXEC, ufds);
}

long sys_pipe(uaddr_t ufds)
{
	return sys_pipe2(ufds, 0);
}

static int pipefs_fill_super(struct super_block *sb, char *data, bool silent)
{
	return pseudo_fill_super(sb, PIPEFS_MAGIC_);
}

static int pipe_init(void)
{
	static struct fs_type pipefs = { .name = "pipefs", .fill_super = pipefs_fill_super };

	pipe_mount = pseudo_mount(&pipefs);
	return IS_ERR(pipe_mount) ? (int)PTR_ERR(pipe_mount) : 0;
}
fs_initcall(pipe_init);
