// SPDX-License-Identifier: GPL-2.0
/*
 * Rename. The new name is on the disk before the old one leaves it and before the inode that it replaced can be freed, so
 * that a crash shows the old file or the new one, never none: "write, fsync, rename" is how programs save.
 */
#include "ext4.h"
#include <fs/dev.h>
#include <kernel/timer.h>
#include <linux/fs.h>

struct slot { struct inode *dir; struct dentry *d; struct buf *b; struct ext4_dirent *de; };

static int find_slot(struct inode *dir, struct dentry *d, struct slot *sl)
{
	sl->dir = dir;
	sl->d = d;
	sl->b = NULL;
	sl->de = ext4_find_entry(dir, d->name.name, d->name.len, &sl->b);
	if (IS_ERR(sl->de)) {
		sl->b = NULL;
		return (int)PTR_ERR(sl->de);
	}
	if (sl->de && (!d->inode || le32_to_cpu(sl->de->inode) != d->inode->ino)) {
		buf_put(sl->b);
		sl->b = NULL;
		return -EUCLEAN;
	}
	return 0;
}

/* The name leads to another inode from now on. */
static int point_to(struct slot *sl, u32 ino, mode_t mode)
{
	sl->de->inode = cpu_to_le32(ino);
	ext4_set_de_type(sl->dir->sb, sl->de, mode);
	ext4_dir_block_dirty(sl->dir, sl->b);
	return buf_write(sl->b);
}

/* ".." of a directory that moved. */
static int set_parent(struct inode *inode, u32 parent)
{
	struct buf *b = ext4_dir_block(inode, 0);
	struct ext4_dirent *up;
	struct dx_frame root;

	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	up = ext4_dirent_at(inode, b, 12);
	if (!up || up->name_len != 2 || up->name[0] != '.' || up->name[1] != '.') {
		buf_put(b);
		return ext4_error(inode->sb, "directory inode %llu: no \"..\"", (unsigned long long)inode->ino);
	}
	up->inode = cpu_to_le32(parent);
	if (ext4_is_dx(inode)) {
		root.b = b;
		root.entries = (struct dx_entry *)(b->data + 24 + sizeof(struct dx_root_info));
		ext4_dx_dirty(inode, &root);
	} else {
		ext4_dir_block_dirty(inode, b);
	}
	buf_put(b);
	return 0;
}

static void move_link(struct inode *from, struct inode *to)
{
	if (from->nlink > 2)
		inode_dec_nlink(from);
	if (to->nlink != 1) {
		inode_inc_nlink(to);
		if (to->nlink >= EXT4_LINK_MAX && EXT4_SB(to->sb)->ro_compat & RO_COMPAT_DIR_NLINK)
			inode_set_nlink(to, 1);
	}
	inode_mark_dirty(from, I_DIRTY_META);
	inode_mark_dirty(to, I_DIRTY_META);
}

static int exchange(struct slot *o, struct slot *n)
{
	struct inode *a = o->d->inode, *b = n->d->inode;
	int err;

	if (!n->de)
		return -ENOENT;
	err = point_to(n, (u32)a->ino, a->mode);
	if (!err)
		err = point_to(o, (u32)b->ino, b->mode);
	if (err)
		return err;
	if (o->dir != n->dir) {
		if (S_ISDIR(a->mode))
			err = set_parent(a, (u32)n->dir->ino);
		if (!err && S_ISDIR(b->mode))
			err = set_parent(b, (u32)o->dir->ino);
		if (S_ISDIR(a->mode) != S_ISDIR(b->mode))
			move_link(S_ISDIR(a->mode) ? o->dir : n->dir, S_ISDIR(a->mode) ? n->dir : o->dir);
	}
	inode_touch(a, false, true);
	inode_touch(b, false, true);
	return err;
}

/* The inode that lost its name to a rename. */
static void drop_replaced(struct inode *inode, struct inode *dir)
{
	if (S_ISDIR(inode->mode)) {
		inode_set_nlink(inode, 0);
		if (dir->nlink > 2)
			inode_dec_nlink(dir);
	} else {
		inode_dec_nlink(inode);
	}
	inode_touch(inode, false, true);
	inode_mark_dirty(inode, I_DIRTY_META);
}

static int enter_new_name(struct slot *n, struct inode *inode)
{
	const struct qstr *q = &n->d->name;
	struct buf *b;
	struct ext4_dirent *de;
	int err;

	if (n->de)
		return point_to(n, (u32)inode->ino, inode->mode);
	err = ext4_add_entry(n->dir, q->name, q->len, (u32)inode->ino, inode->mode);
	if (err)
		return err;
	de = ext4_find_entry(n->dir, q->name, q->len, &b);
	if (IS_ERR_OR_NULL(de))
		return de ? (int)PTR_ERR(de) : -EUCLEAN;
	err = ext4_write_inode_now(n->dir);	/* it may have grown */
	if (!err)
		err = buf_write(b);
	buf_put(b);
	return err;
}

/* RENAME_WHITEOUT: the old name stays, as a character device 0:0. */
static struct inode *make_whiteout(struct inode *dir, const struct qstr *name)
{
	struct inode *inode = ext4_new_inode(dir, S_IFCHR, name);

	if (!IS_ERR(inode)) {
		ext4_set_inode_ops(inode);
		inode_init_special(inode, S_IFCHR, 0);
		inode_mark_dirty(inode, I_DIRTY_META);
	}
	return inode;
}

/* The old name goes, or leads to the whiteout. Adding the new one may have moved it. */
static int leave_old_name(struct slot *o, struct inode *whiteout)
{
	int err;

	buf_put(o->b);
	err = find_slot(o->dir, o->d, o);
	if (err)
		return err;
	if (!o->de)
		return -EUCLEAN;
	return whiteout ? point_to(o, (u32)whiteout->ino, whiteout->mode) : ext4_delete_entry(o->dir, o->b, o->de);
}

static int move(struct slot *o, struct slot *n, unsigned flags)
{
	struct inode *inode = o->d->inode, *replaced = n->d->inode, *whiteout = NULL;
	bool is_dir = S_ISDIR(inode->mode);
	int err;

	if (is_dir && replaced && !ext4_dir_empty(replaced))
		return -ENOTEMPTY;
	if (is_dir && o->dir != n->dir && !replaced && n->dir->nlink >= EXT4_LINK_MAX &&
	    !(EXT4_SB(n->dir->sb)->ro_compat & RO_COMPAT_DIR_NLINK))
		return -EMLINK;
	if (flags & RENAME_WHITEOUT) {
		whiteout = make_whiteout(o->dir, &o->d->name);
		if (IS_ERR(whiteout))
			return (int)PTR_ERR(whiteout);
	}
	err = enter_new_name(n, inode);
	if (!err)
		err = leave_old_name(o, whiteout);
	if (whiteout) {
		if (err)
			inode_set_nlink(whiteout, 0);
		iput(whiteout);
	}
	if (err)
		return err;
	if (is_dir && o->dir != n->dir) {
		err = set_parent(inode, (u32)n->dir->ino);
		move_link(o->dir, n->dir);
	}
	if (replaced)
		drop_replaced(replaced, n->dir);
	inode_touch(inode, false, true);
	inode_mark_dirty(inode, I_DIRTY_META);
	return err;
}

int ext4_rename(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd, unsigned flags)
{
	struct slot o, n;
	int err;

	might_sleep();
	if (unknown_flags(flags, RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT))
		return -EINVAL;
	err = find_slot(odir, od, &o);
	if (err)
		return err;
	if (!o.de)
		return -ENOENT;
	err = find_slot(ndir, nd, &n);
	if (!err)
		err = flags & RENAME_EXCHANGE ? exchange(&o, &n) : move(&o, &n, flags);
	buf_put(o.b);
	buf_put(n.b);
	if (err)
		return err;
	inode_touch(odir, true, true);
	if (ndir != odir)
		inode_touch(ndir, true, true);
	return 0;
}
