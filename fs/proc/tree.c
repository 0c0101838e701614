// SPDX-License-Identifier: GPL-2.0
/*
 * The system-wide part of /proc: a tree built once from the records that PROC_FILE() and its sisters leave all over the
 * kernel. Its inodes are cached like those of any file system.
 */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/string.h>
#include <mm/slab.h>
#include "internal.h"

extern const struct proc_file __start_proc_files[], __stop_proc_files[];

struct proc_node proc_root_node = { .name = "", .ino = PROC_INO_ROOT };
static u64 last_ino = PROC_INO_ROOT;

/* --- building --- */

const struct proc_node *tree_find(const struct proc_node *dir, const char *name, size_t len)
{
	struct proc_node *n;

	for (n = dir->first; n; n = n->next)
		if (n->len == len && !memcmp(n->name, name, len))
			return n;
	return NULL;
}

/* A new child, in alphabetical order. NULL: no memory. */
static struct proc_node *tree_add(struct proc_node *dir, const char *name, size_t len)
{
	struct proc_node *n = kzalloc(sizeof(*n), 0), **at = &dir->first;

	if (!n)
		return NULL;
	*n = (struct proc_node){ .name = name, .len = len, .parent = dir, .ino = ++last_ino };
	while (*at && strcmp((*at)->name, name) < 0)
		at = &(*at)->next;
	n->next = *at;
	*at = n;
	return n;
}

static int tree_add_file(const struct proc_file *pf)
{
	struct proc_node *dir = &proc_root_node, *n;
	const char *name = pf->path, *slash;

	while ((slash = strchr(name, '/'))) {
		n = (struct proc_node *)tree_find(dir, name, (size_t)(slash - name));
		if (!n) {
			n = tree_add(dir, name, (size_t)(slash - name));
			if (!n)
				return -ENOMEM;
			dir->nr_dirs++;
		}
		dir = n;
		name = slash + 1;
	}
	if (tree_find(dir, name, strlen(name))) {
		pr_warn("proc: %s is registered twice\n", pf->path);
		return 0;
	}
	n = tree_add(dir, name, strlen(name));
	if (!n)
		return -ENOMEM;
	n->file = pf;
	return 0;
}

static int tree_add_link(const char *name, const char *target)
{
	struct proc_node *n = tree_add(&proc_root_node, name, strlen(name));

	if (!n)
		return -ENOMEM;
	n->link = target;
	return 0;
}

static int tree_init(void)
{
	const struct proc_file *pf;
	int err = tree_add_link("mounts", "self/mounts");

	for (pf = __start_proc_files; !err && pf < __stop_proc_files; pf++)
		err = tree_add_file(pf);
	return err;
}
core_initcall(tree_init);

/* --- files --- */

static const struct proc_file *proc_file_of(const struct inode *inode)
{
	return proc_i(inode)->node->file;
}

static int tree_open(struct inode *inode, struct file *f)
{
	const struct proc_file *pf = proc_file_of(inode);

	if ((f->mode & FMODE_WRITE) && !pf->write)
		return -EACCES;
	return text_open(f, pf->show, pf->arg);
}

static ssize_t tree_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	return proc_file_of(f->inode)->show ? text_read(f, it, pos) : -EINVAL;
}

static ssize_t tree_write(struct file *f, struct iov_iter *it, loff_t *pos)
{
	const struct proc_file *pf = proc_file_of(f->inode);

	return pf->write ? text_write(it, pos, pf->write, pf->arg) : -EINVAL;
}

static const struct file_ops tree_fops = {
	.open = tree_open, .release = text_release, .read = tree_read, .write = tree_write, .llseek = text_llseek,
};

/* A file that cannot be truncated, only written: O_TRUNC (echo >) is fine, all else is refused. */
static int tree_setattr(struct dentry *dentry, struct kattr *attr)
{
	if (attr->valid & (ATTR_MODE | ATTR_UID | ATTR_GID))
		return -EPERM;
	return 0;
}

static const struct inode_ops tree_file_ops = { .setattr = tree_setattr };

/* --- folders --- */

static struct dentry *tree_dir_lookup(struct inode *dir, struct dentry *dentry)
{
	return tree_lookup(proc_i(dir)->node, dentry);
}

static int tree_dir_iterate(struct file *f, struct dir_context *ctx)
{
	if (dir_emit_dots(f, ctx))
		tree_iterate(proc_i(f->inode)->node, ctx);
	return 0;
}

static const struct inode_ops tree_dir_ops = { .lookup = tree_dir_lookup, .setattr = tree_setattr };
static const struct file_ops tree_dir_fops = { .iterate = tree_dir_iterate };

unsigned tree_entries(const struct proc_node *dir)
{
	const struct proc_node *n;
	unsigned count = 0;

	for (n = dir->first; n; n = n->next)
		count++;
	return count;
}

bool tree_iterate(const struct proc_node *dir, struct dir_context *ctx)
{
	const struct proc_node *n = dir->first;
	loff_t skip = ctx->pos - 2;

	while (n && skip-- > 0)
		n = n->next;
	for (; n; n = n->next, ctx->pos++) {
		unsigned type = n->link ? S_IFLNK : n->file ? S_IFREG : S_IFDIR;

		if (!dir_emit(ctx, n->name, (int)n->len, n->ino, DT_OF_MODE(type)))
			return false;
	}
	return true;
}

static void fill_inode(struct inode *inode, const struct proc_node *node)
{
	proc_i(inode)->node = node;
	inode->uid = inode->gid = 0;
	if (node->link) {
		inode->mode = S_IFLNK | 0777;
		inode->link = node->link;
		inode->ops = &simple_symlink_ops;
		inode->size = 0;
	} else if (node->file) {
		inode->mode = S_IFREG | node->file->mode;
		inode->ops = &tree_file_ops;
		inode->fops = node->file->fops ?: &tree_fops;
	} else {
		inode->mode = S_IFDIR | 0555;
		inode->ops = &tree_dir_ops;
		inode->fops = &tree_dir_fops;
		inode_set_nlink(inode, 2 + node->nr_dirs);
	}
}

struct inode *tree_inode(struct super_block *sb, const struct proc_node *node)
{
	struct inode *inode = iget_locked(sb, node->ino);

	if (inode && (inode->state & I_NEW)) {
		fill_inode(inode, node);
		inode_unlock_new(inode);
	}
	return inode;
}

/* What is not there is an error, not a name that might be made: so mkdir(2) and the like say ENOENT, as on Linux. */
struct dentry *tree_lookup(const struct proc_node *dir, struct dentry *dentry)
{
	const struct proc_node *n = tree_find(dir, dentry->name.name, dentry->name.len);
	struct inode *inode;

	if (!n)
		return ERR_PTR(-ENOENT);
	inode = tree_inode(dentry->sb, n);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	d_add(dentry, inode);
	return NULL;
}
