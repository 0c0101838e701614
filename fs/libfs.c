// SPDX-License-Identifier: GPL-2.0
/* For memory file systems: directories whose only store is the dentry cache, whose entries are pinned there. */
#include "internal.h"

/* Where reading goes on is the child's number, which neither changes nor comes twice: removals and additions do no harm. */
static int simple_iterate(struct file *f, struct dir_context *ctx)
{
	struct dentry *dir = f->path.dentry, *d;

	if (!dir_emit_dots(f, ctx))
		return 0;
	list_for_each_entry(d, &dir->children, sibling) {
		if (!d->inode || !(d->flags & D_HASHED) || (loff_t)d->seq + 2 < ctx->pos)
			continue;
		ctx->pos = (loff_t)d->seq + 2;
		if (!dir_emit(ctx, d->name.name, (int)d->name.len, d->inode->ino, DT_OF_MODE(d->inode->mode)))
			return 0;
		ctx->pos++;
	}
	return 0;
}

int noop_fsync(struct file *f, loff_t start, loff_t end, bool datasync) { return 0; }

static loff_t dir_llseek(struct file *f, loff_t off, int whence)
{
	return whence == SEEK_SET || whence == SEEK_CUR ? generic_llseek_size(f, off, whence, S64_MAX, 0) : -EINVAL;
}

const struct file_ops simple_dir_fops = { .iterate = simple_iterate, .fsync = noop_fsync, .llseek = dir_llseek };

static const char *simple_get_link(struct dentry *dentry, struct inode *inode, void **cookie) { return inode->link; }
const struct inode_ops simple_symlink_ops = { .get_link = simple_get_link };

struct dentry *simple_lookup(struct inode *dir, struct dentry *dentry)
{
	d_add(dentry, NULL);
	return NULL;
}

bool simple_empty(struct dentry *d)
{
	struct dentry *c;

	list_for_each_entry(c, &d->children, sibling)
		if (c->inode && c->flags & D_HASHED)
			return false;
	return true;
}

int simple_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	inode_inc_nlink(old->inode);
	inode_touch(old->inode, false, true);
	inode_touch(dir, true, true);
	d_instantiate(dentry, iget(old->inode));
	d_pin(dentry);
	return 0;
}

int simple_unlink(struct inode *dir, struct dentry *dentry)
{
	inode_dec_nlink(dentry->inode);
	inode_touch(dentry->inode, false, true);
	inode_touch(dir, true, true);
	d_unpin(dentry);
	return 0;
}

int simple_rmdir(struct inode *dir, struct dentry *dentry)
{
	if (!simple_empty(dentry))
		return why(-ENOTEMPTY, "there are files in it");
	inode_dec_nlink(dentry->inode);		/* its own "." */
	simple_unlink(dir, dentry);
	inode_dec_nlink(dir);
	return 0;
}

static void simple_exchange(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd)
{
	bool o_dir = S_ISDIR(od->inode->mode), n_dir = S_ISDIR(nd->inode->mode);

	if (odir != ndir && o_dir != n_dir) {
		inode_dec_nlink(o_dir ? odir : ndir);
		inode_inc_nlink(o_dir ? ndir : odir);
	}
	inode_touch(nd->inode, false, true);
}

int simple_rename(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd, unsigned flags)
{
	bool is_dir = S_ISDIR(od->inode->mode);

	if (unknown_flags(flags, RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	if (flags & RENAME_EXCHANGE) {
		simple_exchange(odir, od, ndir, nd);
	} else {
		if (nd->inode) {
			int err = is_dir ? simple_rmdir(ndir, nd) : simple_unlink(ndir, nd);

			if (err)
				return err;
		}
		if (is_dir && odir != ndir) {
			inode_dec_nlink(odir);
			inode_inc_nlink(ndir);
		}
	}
	inode_touch(od->inode, false, true);
	inode_touch(odir, true, true);
	if (ndir != odir)
		inode_touch(ndir, true, true);
	return 0;
}

int simple_statfs(struct super_block *sb, struct kstatfs *st)
{
	st->type = sb->magic;
	st->bsize = sb->blocksize;
	st->namelen = NAME_MAX_;
	st->fsid = dev_encode(sb->dev);
	return 0;
}

ssize_t simple_read_from_buffer(struct iov_iter *it, loff_t *pos, const void *from, size_t available)
{
	size_t n, copied;

	if (*pos < 0)
		return -EINVAL;
	if ((u64)*pos >= available || !it->count)
		return 0;
	n = min(it->count, available - (size_t)*pos);
	copied = copy_to_iter((const char *)from + *pos, n, it);
	*pos += (loff_t)copied;
	return copied ? (ssize_t)copied : -EFAULT;
}

char *next_option(char **s, char **val)
{
	char *opt;

	do {
		opt = *s ? strsep(s, ",") : NULL;
	} while (opt && !*opt);
	*val = opt ? strchr(opt, '=') : NULL;
	if (*val)
		*(*val)++ = 0;
	return opt;
}
