// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptor tables: which number stands for which open file. A number is reserved first (bit in open) and gets its
 * file later, so that what can fail comes before what cannot.
 */
#include "internal.h"
#include <fs/proc.h>
#include <lib/bitmap.h>
#include <asm/resource.h>
#include <linux/close_range.h>
#include <linux/sched.h>

static int nr_open_max = 1024 * 1024;		/* sysctl fs.nr_open */
PROC_SYSCTL_INT("fs/nr_open", 0644, &nr_open_max, 64, 1 << 30);

/* --- tables --- */

static struct files *table_alloc(void)
{
	struct files *t = kmalloc(sizeof(*t), GFP_KERNEL | GFP_ZERO);

	if (!t)
		return NULL;
	t->refs = 1;
	t->max = ARRAY_SIZE(t->fd_first);
	t->fd = t->fd_first;
	t->open = &t->open_first;
	t->cloexec = &t->cloexec_first;
	return t;
}

static void table_free_arrays(struct files *t)
{
	if (t->fd == t->fd_first)
		return;
	kfree(t->fd);
	kfree(t->open);
	kfree(t->cloexec);
}

/* Room for descriptor fd. Sleeps; the table may have changed meanwhile. 0, -ENOMEM, -EMFILE. */
static int table_grow(struct files *t, unsigned fd)
{
	unsigned max = t->max;
	struct file **slots;
	unsigned long *open, *cloexec;

	if (fd >= (unsigned)nr_open_max)
		return why(-EMFILE, "fs.nr_open is %d", nr_open_max);
	while (max <= fd)
		max *= 2;
	slots = kcalloc(max, sizeof(*slots), GFP_KERNEL);
	open = kcalloc(BITS_TO_LONGS(max), sizeof(long), GFP_KERNEL);
	cloexec = kcalloc(BITS_TO_LONGS(max), sizeof(long), GFP_KERNEL);
	if (!slots || !open || !cloexec || t->max >= max) {	/* or another thread was faster */
		kfree(slots);
		kfree(open);
		kfree(cloexec);
		return t->max >= max ? 0 : -ENOMEM;
	}
	memcpy(slots, t->fd, t->max * sizeof(*slots));
	memcpy(open, t->open, BITS_TO_LONGS(t->max) * sizeof(long));
	memcpy(cloexec, t->cloexec, BITS_TO_LONGS(t->max) * sizeof(long));
	table_free_arrays(t);
	t->fd = slots;
	t->open = open;
	t->cloexec = cloexec;
	t->max = max;
	return 0;
}

static void set_cloexec(struct files *t, unsigned fd, bool on)
{
	if (on)
		set_bit(t->cloexec, fd);
	else
		clear_bit(t->cloexec, fd);
}

static int filp_close(struct file *f, struct files *t)
{
	int err = 0;

	if (!(f->mode & FMODE_PATH)) {
		if (unlikely(f->ops->flush))
			err = f->ops->flush(f);
		if (!list_empty(&f->inode->locks))
			locks_remove_posix(f, t);
		if (!list_empty(&f->inode->watches) && S_ISDIR(f->inode->mode))
			dnotify_close(f, t);
	}
	file_put(f);
	return err;
}

static void table_put(struct files *t)
{
	if (!t || --t->refs)
		return;
	for (unsigned w = 0; w < BITS_TO_LONGS(t->max); w++)
		for (; t->open[w]; t->open[w] &= t->open[w] - 1) {
			struct file *f = t->fd[w * 64 + (unsigned)__builtin_ctzl(t->open[w])];

			if (f)
				filp_close(f, t);
		}
	table_free_arrays(t);
	kfree(t);
}

/* One past the highest descriptor in use. */
static unsigned table_end(const struct files *t)
{
	for (unsigned w = BITS_TO_LONGS(t->max); w--; )
		if (t->open[w])
			return w * 64 + (unsigned)fls64(t->open[w]);
	return 0;
}

/* A copy with all files below limit; what is only reserved is not copied. NULL: no memory. Sleeps. */
static struct files *table_copy(const struct files *old, unsigned limit)
{
	struct files *t = table_alloc();
	unsigned end;

	if (!t)
		return NULL;
	while ((end = min(table_end(old), limit)) > t->max)	/* it may grow while we sleep */
		if (table_grow(t, end - 1)) {
			table_put(t);
			return NULL;
		}
	for (unsigned fd = 0; fd < end; fd++) {
		if (!old->fd[fd])
			continue;
		t->fd[fd] = file_get(old->fd[fd]);
		set_bit(t->open, fd);
		if (test_bit(old->cloexec, fd))
			set_bit(t->cloexec, fd);
	}
	return t;
}

int files_init_task(struct task *t)
{
	if (!t->files)
		t->files = table_alloc();
	return t->files ? 0 : -ENOMEM;
}

int copy_files(unsigned long clone_flags, struct task *child)
{
	struct files *t = current->files;

	child->files = NULL;
	if (!t)
		return files_init_task(child);
	if (clone_flags & CLONE_FILES)
		t->refs++;
	else
		t = table_copy(t, UINT_MAX);
	child->files = t;
	return t ? 0 : -ENOMEM;
}

int unshare_files(void)
{
	struct files *old = current->files, *t;

	if (!old || old->refs == 1)
		return 0;
	t = table_copy(old, UINT_MAX);
	if (!t)
		return -ENOMEM;
	current->files = t;
	table_put(old);
	return 0;
}

void exit_files(struct task *t)
{
	struct files *files = t->files;

	t->files = NULL;
	table_put(files);
}

/* --- look-up --- */

struct file *fget_any(int fd)
{
	struct file *f = fcheck(fd);

	if (likely(f))
		return file_get(f);
	why(-EBADF, "%d is not open", fd);
	return NULL;
}

struct file *fget(int fd)
{
	struct file *f = fcheck(fd);

	if (likely(f && !(f->mode & FMODE_PATH)))
		return file_get(f);
	why(-EBADF, f ? "%d was opened with O_PATH" : "%d is not open", fd);
	return NULL;
}

struct file *fget_task(struct task *t, int fd)
{
	struct files *files = t->files;

	if (!files || (unsigned)fd >= files->max || !files->fd[fd])
		return NULL;
	return file_get(files->fd[fd]);
}

/* --- reserve, install, close --- */

int fd_reserve_from(unsigned from, unsigned flags)
{
	struct files *t = current->files;
	u64 limit = rlimit(RLIMIT_NOFILE);

	for (;;) {
		unsigned fd = (unsigned)find_next_zero_bit(t->open, t->max, max(from, t->next));
		int err;

		if (fd >= limit)
			return why(-EMFILE, "RLIMIT_NOFILE is %llu", (unsigned long long)limit);
		if (fd < t->max) {
			set_bit(t->open, fd);
			set_cloexec(t, fd, flags & O_CLOEXEC);
			if (from <= t->next)
				t->next = fd + 1;
			return (int)fd;
		}
		err = table_grow(t, max(fd, from));
		if (err)
			return err;
	}
}

static void release_fd(struct files *t, unsigned fd)
{
	t->fd[fd] = NULL;
	clear_bit(t->open, fd);
	if (fd < t->next)
		t->next = fd;
}

int fd_reserve(int *fds, int n, unsigned flags)
{
	for (int i = 0; i < n; i++)
		fds[i] = -1;
	for (int i = 0; i < n; i++) {
		int fd = fd_reserve_from(0, flags);

		if (fd < 0) {
			fd_unreserve(fds, n);
			return fd;
		}
		fds[i] = fd;
	}
	return 0;
}

void fd_unreserve(int *fds, int n)
{
	for (int i = 0; i < n; i++) {
		if (fds[i] >= 0)
			release_fd(current->files, (unsigned)fds[i]);
		fds[i] = -1;
	}
}

void fd_install(int *fds, struct file **files, int n)
{
	for (int i = 0; i < n; i++) {
		current->files->fd[fds[i]] = files[i];
		fds[i] = -1;
		files[i] = NULL;
	}
}

long fd_publish(struct file *f, unsigned flags)
{
	int fd;

	if (IS_ERR(f))
		return PTR_ERR(f);
	fd = fd_reserve_from(0, flags);
	if (fd < 0)
		file_put(f);
	else
		current->files->fd[fd] = f;
	return fd;
}

long fd_publish_pair(struct file **files, unsigned flags, uaddr_t ufds)
{
	int fd[2] = { -1, -1 };
	long err = IS_ERR(files[0]) ? PTR_ERR(files[0]) : IS_ERR(files[1]) ? PTR_ERR(files[1]) : 0;

	if (!err)
		err = fd_reserve(fd, 2, flags);
	if (!err)
		err = copy_to_user(ufds, fd, sizeof(fd));
	if (!err)
		fd_install(fd, files, 2);
	fd_unreserve(fd, 2);
	file_put_all(files, 2);
	return err;
}

int fd_close(int fd)
{
	struct files *t = current->files;
	struct file *f = fcheck(fd);

	if (!f)
		return -EBADF;
	release_fd(t, (unsigned)fd);
	return filp_close(f, t);
}

int fd_replace(int fd, struct file *f, unsigned flags)
{
	struct files *t = current->files;
	struct file *old;
	int err = 0;

	if (fd < 0 || (u64)fd >= rlimit(RLIMIT_NOFILE))
		err = -EBADF;
	while (!err && (unsigned)fd >= t->max)
		err = table_grow(t, (unsigned)fd);
	if (!err && !t->fd[fd] && test_bit(t->open, (unsigned)fd))
		err = -EBUSY;			/* another thread is about to install a file there */
	if (err) {
		file_put(f);
		return err;
	}
	old = t->fd[fd];
	t->fd[fd] = f;
	set_bit(t->open, (unsigned)fd);
	set_cloexec(t, (unsigned)fd, flags & O_CLOEXEC);
	if (old)
		filp_close(old, t);
	return fd;
}

void close_on_exec(void)
{
	struct files *t = current->files;

	for (unsigned w = 0; t && w < BITS_TO_LONGS(t->max); w++)
		for (unsigned long m = t->open[w] & t->cloexec[w]; m; m &= m - 1)
			fd_close((int)(w * 64 + (unsigned)__builtin_ctzl(m)));
}

/* --- system calls --- */

/* Errors of flush are told, but the descriptor is gone. */
long sys_close(int fd)
{
	int err = fd_close(fd);

	return err == -ERESTARTSYS || err == -ERESTARTNOINTR || err == -ERESTARTNOHAND ? -EINTR : err;
}

long sys_dup(int fd)
{
	struct file *f = fget_any(fd);

	return f ? fd_publish(f, 0) : -EBADF;
}

long sys_dup3(int oldfd, int newfd, int flags)
{
	struct file *f;

	if (flags & ~O_CLOEXEC || oldfd == newfd)
		return -EINVAL;
	if (newfd < 0 || (u64)newfd >= rlimit(RLIMIT_NOFILE))
		return -EBADF;
	f = fget_any(oldfd);
	return f ? fd_replace(newfd, f, (unsigned)flags) : -EBADF;
}

long sys_dup2(int oldfd, int newfd)
{
	if (oldfd == newfd)
		return fcheck(oldfd) ? newfd : -EBADF;
	return sys_dup3(oldfd, newfd, 0);
}

long sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	struct files *t = current->files;

	if (flags & ~(unsigned)(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) || first > last)
		return -EINVAL;
	if (flags & CLOSE_RANGE_UNSHARE && t->refs > 1) {
		struct files *mine = table_copy(t, last >= table_end(t) - 1 && !(flags & CLOSE_RANGE_CLOEXEC) ? first : UINT_MAX);

		if (!mine)
			return -ENOMEM;
		current->files = mine;
		table_put(t);
		t = mine;
	}
	for (unsigned fd = first; fd < t->max && fd <= last; fd++) {
		fd = (unsigned)find_next_bit(t->open, t->max, fd);
		if (fd >= t->max || fd > last)
			break;
		if (flags & CLOSE_RANGE_CLOEXEC)
			set_bit(t->cloexec, fd);
		else
			fd_close((int)fd);
	}
	return 0;
}
