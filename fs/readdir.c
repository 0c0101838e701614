// SPDX-License-Identifier: GPL-2.0
/*
 * Reading directories: getdents64(2) and its predecessor. Entries are gathered in kernel memory while the directory is
 * locked and copied out at once, so that no file system has to live with a page fault in the middle of a directory.
 */
#include "rw.h"

#define DIRENT_BUF (32UL << 10)

struct dirent64 { u64 ino; s64 off; u16 reclen; u8 type; char name[]; };
struct dirent_old { unsigned long ino, off; u16 reclen; char name[]; };	/* the type is its last byte */

struct getdents {
	struct dir_context ctx;
	char *buf;
	size_t used, size;
	s64 *last_off;			/* of the latest entry: to be set to where the next one starts */
	bool old;
	int err;
};

static bool fill_entry(struct dir_context *ctx, const char *name, int len, loff_t off, u64 ino, unsigned type)
{
	struct getdents *g = container_of(ctx, struct getdents, ctx);
	size_t head = g->old ? offsetof(struct dirent_old, name) : offsetof(struct dirent64, name);
	size_t reclen = ALIGN(head + (size_t)len + (g->old ? 2 : 1), 8);
	char *p = g->buf + g->used;

	if (reclen > g->size - g->used) {
		if (!g->used)
			g->err = -EINVAL;
		return false;
	}
	memset(p + reclen - 8, 0, 8);
	if (g->old) {
		struct dirent_old *d = (struct dirent_old *)p;

		d->ino = ino;
		d->reclen = (u16)reclen;
		p[reclen - 1] = (char)type;
	} else {
		struct dirent64 *d = (struct dirent64 *)p;

		d->ino = ino;
		d->reclen = (u16)reclen;
		d->type = (u8)type;
	}
	memcpy(p + head, name, (size_t)len);
	if (g->last_off)
		*g->last_off = off;
	g->last_off = (s64 *)(p + 8);
	g->used += reclen;
	return true;
}

static int read_dir(struct file *f, struct getdents *g)
{
	struct inode *dir = f->inode;
	int err = -ENOENT;

	inode_lock(dir);
	if (!(dir->flags & S_DEAD_)) {
		g->ctx.pos = f->pos;
		err = f->ops->iterate(f, &g->ctx);
		file_accessed(f);
	}
	inode_unlock(dir);
	if (g->last_off)
		*g->last_off = g->ctx.pos;
	return g->used ? 0 : err ?: g->err;
}

static long getdents(int fd, uaddr_t ubuf, unsigned size, bool old)
{
	struct getdents g = { .ctx = { .actor = fill_entry }, .size = min_t(size_t, size, DIRENT_BUF), .old = old };
	struct file *f = fget(fd);
	bool locked;
	long err;

	if (!f)
		return -EBADF;
	err = f->ops->iterate ? 0 : -ENOTDIR;
	if (!err) {
		g.buf = kmalloc(max_t(size_t, g.size, 8), GFP_KERNEL);
		err = g.buf ? 0 : -ENOMEM;
	}
	if (!err) {
		locked = pos_lock(f);
		err = read_dir(f, &g);
		if (!err)
			err = copy_to_user(ubuf, g.buf, g.used);
		if (!err)
			f->pos = g.ctx.pos;
		pos_unlock(f, locked);
		notify_file(f, IN_ACCESS);
	}
	kfree(g.buf);
	file_put(f);
	return err ?: (long)g.used;
}

long sys_getdents64(int fd, uaddr_t ubuf, unsigned size) { return getdents(fd, ubuf, size, false); }
long sys_getdents(int fd, uaddr_t ubuf, unsigned size) { return getdents(fd, ubuf, size, true); }

bool dir_emit_dots(struct file *f, struct dir_context *ctx)
{
	if (ctx->pos == 0) {
		if (!dir_emit(ctx, ".", 1, f->inode->ino, DT_OF_MODE(S_IFDIR)))
			return false;
		ctx->pos = 1;
	}
	if (ctx->pos == 1) {
		if (!dir_emit(ctx, "..", 2, f->path.dentry->parent->inode->ino, DT_OF_MODE(S_IFDIR)))
			return false;
		ctx->pos = 2;
	}
	return true;
}
