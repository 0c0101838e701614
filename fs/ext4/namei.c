// SPDX-License-Identifier: GPL-2.0
/* Names: look them up, make and remove files of all kinds. */
#include "ext4.h"
#include <fs/dev.h>
#include <kernel/timer.h>

static struct dentry *ext4_lookup(struct inode *dir, struct dentry *dentry)
{
	struct ext4_dirent *de;
	struct inode *inode;
	struct dentry *other;
	struct buf *b;
	u32 ino;

	might_sleep();
	if (dentry->name.len > NAME_MAX_)
		return ERR_PTR(-ENAMETOOLONG);
	de = ext4_find_entry(dir, dentry->name.name, dentry->name.len, &b);
	if (IS_ERR(de))
		return ERR_CAST(de);
	if (!de) {
		d_add(dentry, NULL);
		return NULL;
	}
	ino = le32_to_cpu(de->inode);
	buf_put(b);
	if (ino != EXT4_ROOT_INO && ino < EXT4_SB(dir->sb)->first_ino)
		return ERR_PTR(ext4_error(dir->sb, "directory inode %llu: entry leads to reserved inode %u", (unsigned long long)dir->ino, ino));
	inode = ext4_iget(dir->sb, ino);
	if (IS_ERR(inode)) {
		if (PTR_ERR(inode) != -ESTALE)
			return ERR_CAST(inode);
		return ERR_PTR(ext4_error(dir->sb, "directory inode %llu: entry leads to inode %u, which is free", (unsigned long long)dir->ino, ino));
	}
	other = S_ISDIR(inode->mode) ? d_find_alias(inode) : NULL;
	if (other || inode->ino == EXT4_ROOT_INO) {
		dput(other);
		iput(inode);
		return ERR_PTR(ext4_error(dir->sb, "directory inode %u has two names", ino));
	}
	d_add(dentry, inode);
	return NULL;
}

static void forget_new(struct inode *inode)
{
	inode_set_nlink(inode, 0);
	iput(inode);		/* evicts: gives inode and blocks back */
}

/* The last step of making anything: the name. Takes inode. */
static int add_name(struct inode *dir, struct dentry *dentry, struct inode *inode)
{
	int err = ext4_add_entry(dir, dentry->name.name, dentry->name.len, (u32)inode->ino, inode->mode);

	if (err) {
		forget_new(inode);
		return err;
	}
	inode_mark_dirty(inode, I_DIRTY_META);
	inode_touch(dir, true, true);
	d_instantiate(dentry, inode);
	return 0;
}

static int ext4_create(struct inode *dir, struct dentry *dentry, mode_t mode)
{
	struct inode *inode = ext4_new_inode(dir, mode | S_IFREG, &dentry->name);

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	ext4_set_inode_ops(inode);
	return add_name(dir, dentry, inode);
}

static int ext4_mknod(struct inode *dir, struct dentry *dentry, mode_t mode, dev_t rdev)
{
	struct inode *inode = ext4_new_inode(dir, mode, &dentry->name);

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	ext4_set_inode_ops(inode);
	if (!S_ISREG(mode))
		inode_init_special(inode, inode->mode, rdev);
	return add_name(dir, dentry, inode);
}

static int ext4_tmpfile(struct inode *dir, struct dentry *dentry, mode_t mode)
{
	struct inode *inode = ext4_new_inode(dir, mode | S_IFREG, NULL);

	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	ext4_set_inode_ops(inode);
	inode_set_nlink(inode, 0);
	inode_mark_dirty(inode, I_DIRTY_META);
	d_instantiate(dentry, inode);
	return 0;
}

/* --- directories --- */

static void inc_dir_nlink(struct inode *dir)
{
	if (dir->nlink == 1)		/* more than could be counted */
		return;
	inode_inc_nlink(dir);
	if (dir->nlink >= EXT4_LINK_MAX && EXT4_SB(dir->sb)->ro_compat & RO_COMPAT_DIR_NLINK)
		inode_set_nlink(dir, 1);
}

static void dec_dir_nlink(struct inode *dir)
{
	if (dir->nlink > 2)
		inode_dec_nlink(dir);
}

static void write_dots(struct inode *inode, struct buf *b, u32 parent)
{
	struct ext4_dirent *de = (struct ext4_dirent *)b->data;

	de->inode = cpu_to_le32((u32)inode->ino);
	de->rec_len = cpu_to_le16(12);
	de->name_len = 1;
	de->name[0] = '.';
	ext4_set_de_type(inode->sb, de, S_IFDIR);
	de = (struct ext4_dirent *)(b->data + 12);
	de->inode = cpu_to_le32(parent);
	de->rec_len = cpu_to_le16(ext4_dir_space(inode) - 12);
	de->name_len = 2;
	de->name[0] = de->name[1] = '.';
	ext4_set_de_type(inode->sb, de, S_IFDIR);
	ext4_dir_block_dirty(inode, b);
}

static int ext4_mkdir(struct inode *dir, struct dentry *dentry, mode_t mode)
{
	struct inode *inode;
	struct buf *b;
	u32 lblk;
	int err;

	if (dir->nlink >= EXT4_LINK_MAX && !(EXT4_SB(dir->sb)->ro_compat & RO_COMPAT_DIR_NLINK))
		return -EMLINK;
	inode = ext4_new_inode(dir, mode | S_IFDIR, &dentry->name);
	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	ext4_set_inode_ops(inode);
	b = ext4_dir_append(inode, &lblk);
	if (IS_ERR(b)) {
		forget_new(inode);
		return (int)PTR_ERR(b);
	}
	write_dots(inode, b, (u32)dir->ino);
	buf_put(b);
	inode_set_nlink(inode, 2);
	err = add_name(dir, dentry, inode);
	if (!err)
		inc_dir_nlink(dir);
	return err;
}

/* Takes the name away after making sure that it leads to this inode. */
static int remove_name(struct inode *dir, struct dentry *dentry)
{
	struct buf *b;
	struct ext4_dirent *de = ext4_find_entry(dir, dentry->name.name, dentry->name.len, &b);
	int err;

	if (IS_ERR_OR_NULL(de))
		return de ? (int)PTR_ERR(de) : -ENOENT;
	if (le32_to_cpu(de->inode) != dentry->inode->ino)
		err = -EUCLEAN;
	else
		err = ext4_delete_entry(dir, b, de);
	buf_put(b);
	return err;
}

static int ext4_rmdir(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = dentry->inode;
	int err;

	if (!ext4_dir_empty(inode))
		return why(-ENOTEMPTY, "there are files in it");
	err = remove_name(dir, dentry);
	if (err)
		return err;
	inode_set_nlink(inode, 0);
	inode_touch(inode, false, true);
	dec_dir_nlink(dir);
	inode_touch(dir, true, true);
	inode_mark_dirty(dir, I_DIRTY_META);
	return 0;
}

static int ext4_unlink(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = dentry->inode;
	int err = remove_name(dir, dentry);

	if (err)
		return err;
	if (!inode->nlink)
		pr_warn_ratelimited("%s: ext4: inode %llu had a name but a link count of 0\n", dir->sb->id, (unsigned long long)inode->ino);
	inode_dec_nlink(inode);
	inode_touch(inode, false, true);
	inode_mark_dirty(inode, I_DIRTY_META);
	inode_touch(dir, true, true);
	return 0;
}

static int ext4_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old->inode;
	int err;

	if (inode->nlink >= EXT4_LINK_MAX)
		return -EMLINK;
	err = ext4_add_entry(dir, dentry->name.name, dentry->name.len, (u32)inode->ino, inode->mode);
	if (err)
		return err;
	inode_inc_nlink(inode);
	inode_touch(inode, false, true);
	inode_mark_dirty(inode, I_DIRTY_META);
	inode_touch(dir, true, true);
	d_instantiate(dentry, iget(inode));
	return 0;
}

/* --- symbolic links: up to 59 bytes in the inode, else a block --- */

static int store_target(struct inode *inode, const char *target, size_t len)
{
	struct ext4_inode *ei = EXT4_I(inode);
	struct ext4_sb *s = EXT4_SB(inode->sb);
	struct buf *b;
	u64 pblk;
	int err;

	inode->size = (loff_t)len;
	if (len < sizeof(ei->i_data)) {
		ei->flags &= ~FL_EXTENTS;
		memset(ei->i_data, 0, sizeof(ei->i_data));
		memcpy(ei->i_data, target, len);
		return 0;
	}
	err = ext4_meta_block(inode, 0, true, &pblk);
	if (err)
		return err;
	b = buf_get(s->bd, pblk, s->bs);
	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	memset(b->data, 0, s->bs);
	memcpy(b->data, target, len);
	buf_dirty(b);
	buf_put(b);
	return 0;
}

static int ext4_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
	size_t len = strlen(target);
	struct inode *inode;
	int err;

	if (len >= EXT4_SB(dir->sb)->bs)
		return -ENAMETOOLONG;
	inode = ext4_new_inode(dir, S_IFLNK | 0777, &dentry->name);
	if (IS_ERR(inode))
		return (int)PTR_ERR(inode);
	ext4_set_inode_ops(inode);
	err = store_target(inode, target, len);
	if (err) {
		forget_new(inode);
		return err;
	}
	return add_name(dir, dentry, inode);
}

static const char *ext4_get_link(struct dentry *dentry, struct inode *inode, void **cookie)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	struct ext4_inode *ei = EXT4_I(inode);
	size_t len = (size_t)inode->size;
	struct buf *b;
	char *text;
	u64 pblk;
	int err;

	*cookie = NULL;
	if (!(ei->flags & FL_EXTENTS) && len < sizeof(ei->i_data)) {
		((char *)ei->i_data)[len] = '\0';	/* the disk need not have ended it */
		return (const char *)ei->i_data;
	}
	if (len >= s->bs || len >= PATH_MAX_)
		return ERR_PTR(ext4_error(inode->sb, "inode %llu: symbolic link of %lu bytes", (unsigned long long)inode->ino, (unsigned long)len));
	err = ext4_meta_block(inode, 0, false, &pblk);
	if (err || !pblk)
		return ERR_PTR(err ? err : ext4_error(inode->sb, "inode %llu: symbolic link without a block", (unsigned long long)inode->ino));
	b = buf_read(s->bd, pblk, s->bs);
	if (IS_ERR(b))
		return ERR_CAST(b);
	text = kstrndup((const char *)b->data, len, GFP_KERNEL);
	buf_put(b);
	*cookie = text;
	return text ? text : ERR_PTR(-ENOMEM);
}

static void ext4_put_link(void *cookie)
{
	kfree(cookie);
}

const struct inode_ops ext4_dir_iops = {
	.lookup = ext4_lookup,
	.create = ext4_create,
	.mkdir = ext4_mkdir,
	.mknod = ext4_mknod,
	.symlink = ext4_symlink,
	.link = ext4_link,
	.tmpfile = ext4_tmpfile,
	.unlink = ext4_unlink,
	.rmdir = ext4_rmdir,
	.rename = ext4_rename,
	.setattr = ext4_setattr,
	.getattr = ext4_getattr,
	.getxattr = ext4_getxattr,
	.setxattr = ext4_setxattr,
	.listxattr = ext4_listxattr,
	.fileattr_get = ext4_fileattr_get,
	.fileattr_set = ext4_fileattr_set,
};

const struct inode_ops ext4_special_iops = {
	.setattr = ext4_setattr,
	.getattr = ext4_getattr,
	.getxattr = ext4_getxattr,
	.setxattr = ext4_setxattr,
	.listxattr = ext4_listxattr,
};

const struct inode_ops ext4_symlink_iops = {
	.get_link = ext4_get_link,
	.put_link = ext4_put_link,
	.setattr = ext4_setattr,
	.getattr = ext4_getattr,
	.getxattr = ext4_getxattr,
	.setxattr = ext4_setxattr,
	.listxattr = ext4_listxattr,
};
