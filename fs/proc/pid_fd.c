// SPDX-License-Identifier: GPL-2.0
/* /proc/<pid>/fd and fdinfo: the open descriptors as magic links, and what is to be known of each. */
#include <kernel/cred.h>
#include <fs/file.h>
#include <fs/mount.h>
#include <fs/namei.h>
#include <lib/bitmap.h>
#include <lib/string.h>
#include <mm/slab.h>
#include "internal.h"

/* The file behind descriptor fd of the inode's task: counted, or NULL. */
static struct file *file_of(struct inode *inode, int fd)
{
	struct task *t = proc_task(inode);
	struct file *f = t ? fget_task(t, fd) : NULL;

	if (t)
		task_put(t);
	return f;
}

/* The task if current may look at its descriptors. ERR_PTR */
static struct task *inspect(struct inode *inode)
{
	struct task *t = proc_task(inode);

	if (!t)
		return ERR_PTR(-ENOENT);
	if (t->process != current->process && !ptrace_may_access(t)) {
		task_put(t);
		return ERR_PTR(-EACCES);
	}
	return t;
}

/* --- the links --- */

static int fd_follow(struct dentry *dentry, struct path *out)
{
	struct task *t = inspect(dentry->inode);
	struct file *f;

	if (IS_ERR(t))
		return (int)PTR_ERR(t);
	f = fget_task(t, proc_i(dentry->inode)->fd);
	task_put(t);
	if (!f)
		return -ENOENT;
	*out = f->path;
	path_get(out);
	file_put(f);
	return 0;
}

static const char *fd_get_link(struct dentry *dentry, struct inode *inode, void **cookie)
{
	return pid_magic_text(dentry, cookie, fd_follow);
}

static void fd_put_link(void *cookie)
{
	kfree(cookie);
}

static const struct inode_ops fd_link_ops = { .get_link = fd_get_link, .put_link = fd_put_link, .follow = fd_follow };

static mode_t link_mode(const struct file *f)
{
	return S_IFLNK | (f->mode & FMODE_READ ? 0500 : 0) | (f->mode & FMODE_WRITE ? 0300 : 0);
}

static bool fd_revalidate(struct dentry *d)
{
	struct file *f;

	if (!pid_dentry_ops.revalidate(d))
		return false;
	f = file_of(d->inode, proc_i(d->inode)->fd);
	if (!f)
		return false;
	if (S_ISLNK(d->inode->mode))
		d->inode->mode = link_mode(f);
	file_put(f);
	return true;
}

static bool fd_keep(struct dentry *d)
{
	return false;
}

static const struct dentry_ops fd_dentry_ops = { .revalidate = fd_revalidate, .keep = fd_keep };

/* --- fdinfo/<n> --- */

static int fdinfo_show(struct seq_file *m, void *arg)
{
	struct inode *inode = arg;
	struct task *t = inspect(inode);
	int fd = proc_i(inode)->fd;
	unsigned flags;
	struct file *f;

	if (IS_ERR(t))
		return (int)PTR_ERR(t);
	f = fget_task(t, fd);
	if (!f) {
		task_put(t);
		return -ENOENT;
	}
	flags = f->flags & ~(unsigned)O_CLOEXEC;
	if (t->files && (unsigned)fd < t->files->max && test_bit(t->files->cloexec, (unsigned)fd))
		flags |= O_CLOEXEC;
	seq_printf(m, "pos:\t%lli\nflags:\t0%o\nmnt_id:\t%d\nino:\t%llu\n", (long long)f->pos, flags,
		   f->path.mnt ? f->path.mnt->id : 0, (unsigned long long)f->inode->ino);
	if (f->ops->show_fdinfo)
		f->ops->show_fdinfo(f, m);
	file_put(f);
	task_put(t);
	return 0;
}

static int fdinfo_open(struct inode *inode, struct file *f)
{
	struct task *t = inspect(inode);

	if (IS_ERR(t))
		return (int)PTR_ERR(t);
	task_put(t);
	return text_open(f, fdinfo_show, inode);
}

static const struct file_ops fdinfo_fops = {
	.open = fdinfo_open, .release = text_release, .read = text_read, .llseek = text_llseek,
};

/* --- the two directories --- */

static struct dentry *lookup(struct inode *dir, struct dentry *dentry, bool info)
{
	struct inode *inode;
	struct file *f;
	mode_t mode;
	int fd;

	if (!name_to_number(&dentry->name, &fd))
		return ERR_PTR(-ENOENT);
	f = file_of(dir, fd);
	if (!f)
		return ERR_PTR(-ENOENT);
	mode = info ? S_IFREG | 0444 : link_mode(f);
	file_put(f);
	inode = pid_inode(dir->sb, proc_i(dir)->pid, NULL, mode, PROC_INO_FD + (u64)fd * 2 + info);
	if (IS_ERR(inode))
		return ERR_CAST(inode);
	proc_i(inode)->fd = fd;
	if (info)
		inode->fops = &fdinfo_fops;
	else
		inode->ops = &fd_link_ops;
	inode->size = info ? 0 : 64;
	dentry->ops = &fd_dentry_ops;
	d_add(dentry, inode);
	return NULL;
}

static struct dentry *fd_lookup(struct inode *dir, struct dentry *dentry)
{
	return lookup(dir, dentry, false);
}

static struct dentry *fdinfo_lookup(struct inode *dir, struct dentry *dentry)
{
	return lookup(dir, dentry, true);
}

static int iterate(struct file *dir, struct dir_context *ctx, bool info)
{
	struct task *t = inspect(dir->inode);
	unsigned fd;
	char name[12];

	if (IS_ERR(t))
		return (int)PTR_ERR(t);
	if (dir_emit_dots(dir, ctx)) {
		for (fd = (unsigned)(ctx->pos - 2); t->files && fd < t->files->max; fd++) {
			struct file *f;
			int len;

			ctx->pos = 2 + fd;
			f = t->files->fd[fd];
			if (!f)
				continue;
			len = snprintf(name, sizeof(name), "%u", fd);
			if (!dir_emit(ctx, name, len, PROC_INO_PID(proc_i(dir->inode)->pid->nr, PROC_INO_FD + fd * 2 + info),
				      DT_OF_MODE(info ? S_IFREG : S_IFLNK)))
				break;
			ctx->pos = 2 + fd + 1;
		}
	}
	task_put(t);
	return 0;
}

static int fd_iterate(struct file *f, struct dir_context *ctx)
{
	return iterate(f, ctx, false);
}

static int fdinfo_iterate(struct file *f, struct dir_context *ctx)
{
	return iterate(f, ctx, true);
}

/* The size of fd/ is the number of open descriptors (since Linux 6.2), which spares programs the counting. */
static int fd_getattr(const struct path *path, struct kstat *st)
{
	struct task *t = proc_task(path->dentry->inode);
	unsigned fd, n = 0;

	generic_fillattr(path->dentry->inode, st);
	for (fd = 0; t && t->files && fd < t->files->max; fd++)
		n += t->files->fd[fd] != NULL;
	st->size = n;
	if (t)
		task_put(t);
	return 0;
}

/* A process sees its own descriptors even after it has dropped the ids that own the folder. */
static int fd_permission(struct inode *inode, int mask)
{
	int err = generic_permission(inode, mask);
	struct task *t = err ? proc_task(inode) : NULL;

	if (t) {
		if (t->process == current->process)
			err = 0;
		task_put(t);
	}
	return err;
}

const struct inode_ops pid_fd_dir_ops = { .lookup = fd_lookup, .permission = fd_permission, .getattr = fd_getattr };
const struct file_ops pid_fd_dir_fops = { .iterate = fd_iterate };
const struct inode_ops pid_fdinfo_dir_ops = { .lookup = fdinfo_lookup, .permission = fd_permission };
const struct file_ops pid_fdinfo_dir_fops = { .iterate = fdinfo_iterate };
