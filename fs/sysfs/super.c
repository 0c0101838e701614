// SPDX-License-Identifier: GPL-2.0
/* The sysfs file system: the tree of tree.c as folders, text files and links. An inode counts its node. */
#include <fs/mount.h>
#include <kernel/init.h>
#include <lib/string.h>
#include <mm/slab.h>
#include "internal.h"

static struct sysfs_node *node_of(const struct inode *inode) { return inode->private; }

static bool sysfs_revalidate(struct dentry *d)
{
	return d->inode && !node_of(d->inode)->gone;	/* a name that is not there may come */
}

static const struct dentry_ops sysfs_dentry_ops = { .revalidate = sysfs_revalidate };

/* --- files --- */

static int sysfs_show(struct seq_file *m, void *arg)
{
	struct sysfs_node *n = arg;
	int err;

	if (!sysfs_enter(n))
		return -ENODEV;
	err = n->attr->show(m, n->arg);
	sysfs_leave(n);
	return err;
}

static int sysfs_open(struct inode *inode, struct file *f)
{
	struct sysfs_node *n = node_of(inode);

	if (n->gone)
		return -ENODEV;
	if (((f->mode & FMODE_WRITE) && !n->attr->store) || ((f->mode & FMODE_READ) && !n->attr->show))
		return -EACCES;
	return text_open(f, sysfs_show, n);
}

static ssize_t sysfs_store(char *text, size_t n, void *arg)
{
	struct sysfs_node *node = arg;
	ssize_t r;

	if (!sysfs_enter(node))
		return -ENODEV;
	r = node->attr->store(text, n, node->arg);
	sysfs_leave(node);
	return r;
}

static ssize_t sysfs_write(struct file *f, struct iov_iter *it, loff_t *pos)
{
	return text_write(it, pos, sysfs_store, node_of(f->inode));
}

static const struct file_ops sysfs_file_fops = {
	.open = sysfs_open, .release = text_release, .read = text_read, .write = sysfs_write, .llseek = text_llseek,
};

/* Sizes stay as they are (echo > truncates); mode and owner live as long as the node. */
static int sysfs_setattr(struct dentry *dentry, struct kattr *attr)
{
	struct sysfs_node *n = node_of(dentry->inode);
	int err;

	attr->valid &= ~(unsigned)ATTR_SIZE;
	err = simple_setattr(dentry, attr);
	n->mode = dentry->inode->mode;
	n->uid = dentry->inode->uid;
	n->gid = dentry->inode->gid;
	return err;
}

static const struct inode_ops sysfs_file_ops = { .setattr = sysfs_setattr };

/* --- links --- */

static const char *sysfs_get_link(struct dentry *dentry, struct inode *inode, void **cookie)
{
	return *cookie = sysfs_link_text(node_of(inode));
}

static void sysfs_put_link(void *cookie)
{
	kfree(cookie);
}

static const struct inode_ops sysfs_link_ops = { .get_link = sysfs_get_link, .put_link = sysfs_put_link };

/* --- folders --- */

static struct dentry *sysfs_lookup(struct inode *dir, struct dentry *dentry);

static int sysfs_iterate(struct file *f, struct dir_context *ctx)
{
	struct sysfs_node *n;

	if (!dir_emit_dots(f, ctx))
		return 0;
	list_for_each_entry(n, &node_of(f->inode)->children, sibling) {
		if ((loff_t)n->ino < ctx->pos)
			continue;
		ctx->pos = (loff_t)n->ino;
		if (!dir_emit(ctx, n->name, (int)n->len, n->ino, DT_OF_MODE(n->mode)))
			return 0;
		ctx->pos++;
	}
	return 0;
}

static int sysfs_dir_getattr(const struct path *path, struct kstat *st)
{
	struct inode *inode = path->dentry->inode;
	struct sysfs_node *n;

	generic_fillattr(inode, st);
	st->nlink = 2;
	list_for_each_entry(n, &node_of(inode)->children, sibling)
		st->nlink += S_ISDIR(n->mode);
	return 0;
}

static const struct inode_ops sysfs_dir_ops = { .lookup = sysfs_lookup, .getattr = sysfs_dir_getattr, .setattr = sysfs_setattr };
static const struct file_ops sysfs_dir_fops = { .iterate = sysfs_iterate };

/* --- inodes --- */

static void fill_inode(struct inode *inode, struct sysfs_node *n)
{
	inode->private = sysfs_get(n);
	inode->mode = n->mode;
	inode->uid = n->uid;
	inode->gid = n->gid;
	if (S_ISDIR(n->mode)) {
		inode->ops = &sysfs_dir_ops;
		inode->fops = &sysfs_dir_fops;
	} else if (S_ISLNK(n->mode)) {
		inode->ops = &sysfs_link_ops;
	} else {
		inode->ops = &sysfs_file_ops;
		inode->fops = &sysfs_file_fops;
		inode->size = PAGE_SIZE;
	}
}

static struct dentry *sysfs_lookup(struct inode *dir, struct dentry *dentry)
{
	struct sysfs_node *n = sysfs_find_len(node_of(dir), dentry->name.name, dentry->name.len);
	struct inode *inode = NULL;

	dentry->ops = &sysfs_dentry_ops;
	if (n) {
		sysfs_get(n);		/* iget_locked() sleeps */
		inode = iget_locked(dir->sb, n->ino);
		if (inode && (inode->state & I_NEW)) {
			fill_inode(inode, n);
			inode_unlock_new(inode);
		}
		sysfs_put(n);
		if (!inode)
			return ERR_PTR(-ENOMEM);
	}
	d_add(dentry, inode);
	return NULL;
}

static struct inode *sysfs_alloc_inode(struct super_block *sb)
{
	return kzalloc(sizeof(struct inode), 0);
}

static void sysfs_free_inode(struct inode *inode)
{
	if (inode->private)
		sysfs_put(inode->private);
	kfree(inode);
}

static const struct super_ops sysfs_super_ops = { .alloc_inode = sysfs_alloc_inode, .free_inode = sysfs_free_inode };

static int sysfs_fill_super(struct super_block *sb, char *data, bool silent)
{
	struct inode *root;

	sb->ops = &sysfs_super_ops;
	sb->magic = SYSFS_MAGIC;
	sb->blocksize = PAGE_SIZE;
	sb->blocksize_bits = PAGE_SHIFT;
	sb->time_gran = 1;
	root = new_inode(sb);
	if (!root)
		return -ENOMEM;
	root->ino = sysfs_root.ino;
	fill_inode(root, &sysfs_root);
	sb->root = d_make_root(root);
	return sb->root ? 0 : -ENOMEM;
}

static struct fs_type sysfs_type = {
	.name = "sysfs", .flags = FS_SINGLE | FS_USERNS_MOUNT, .fill_super = sysfs_fill_super,
};

static int sysfs_init(void)
{
	/* Folders that programs expect even when nothing is in them; fs: where others are mounted. */
	static const char *const folders[] = { "block", "bus", "class", "dev/block", "dev/char", "devices/system", "devices/virtual",
					       "firmware", "fs", "kernel", "module" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (!sysfs_dir(NULL, folders[i]))
			return -ENOMEM;
	return fs_register(&sysfs_type);
}
core_initcall(sysfs_init);
