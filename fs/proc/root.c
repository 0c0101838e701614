// SPDX-License-Identifier: GPL-2.0
/* The proc file system itself and its root directory: the system-wide files, self, and one folder a process. */
#include <kernel/init.h>
#include <lib/string.h>
#include <mm/slab.h>
#include "internal.h"

#define INO_SELF	(1ULL << 31)
#define INO_THREAD_SELF	(INO_SELF + 1)
#define INO_NET		(INO_SELF + 2)
#define NR_LINKS	3
#define PID_BASE	0x10000		/* directory position of process n: this + n */

/* --- self, thread-self, net --- */

static void free_text(void *cookie)
{
	kfree(cookie);
}

static const char *self_get_link(struct dentry *dentry, struct inode *inode, void **cookie)
{
	*cookie = kasprintf(0, "%d", task_tgid_nr(current));
	return *cookie ?: ERR_PTR(-ENOMEM);
}

static const char *thread_self_get_link(struct dentry *dentry, struct inode *inode, void **cookie)
{
	*cookie = kasprintf(0, "%d/task/%d", task_tgid_nr(current), task_pid_nr(current));
	return *cookie ?: ERR_PTR(-ENOMEM);
}

static const char *net_get_link(struct dentry *dentry, struct inode *inode, void **cookie)
{
	*cookie = NULL;
	return "self/net";
}

static const struct inode_ops self_ops = { .get_link = self_get_link, .put_link = free_text };
static const struct inode_ops thread_self_ops = { .get_link = thread_self_get_link, .put_link = free_text };
static const struct inode_ops net_ops = { .get_link = net_get_link };

static const struct root_link { const char *name; u64 ino; const struct inode_ops *ops; } links[NR_LINKS] = {
	{ "self", INO_SELF, &self_ops }, { "thread-self", INO_THREAD_SELF, &thread_self_ops }, { "net", INO_NET, &net_ops },
};

/* subset=pid leaves the last one out. */
static int nr_links(const struct super_block *sb)
{
	return proc_sb(sb)->pids_only ? NR_LINKS - 1 : NR_LINKS;
}

static struct inode *link_inode(struct super_block *sb, const struct root_link *l)
{
	struct inode *inode = iget_locked(sb, l->ino);

	if (inode && (inode->state & I_NEW)) {
		inode->mode = S_IFLNK | 0777;
		inode->ops = l->ops;
		inode_unlock_new(inode);
	}
	return inode;
}

/* --- the root directory --- */

static struct dentry *root_lookup(struct inode *dir, struct dentry *dentry)
{
	const struct qstr *name = &dentry->name;
	int i, nr;

	for (i = 0; i < nr_links(dir->sb); i++) {
		struct inode *inode;

		if (strlen(links[i].name) != name->len || memcmp(links[i].name, name->name, name->len))
			continue;
		inode = link_inode(dir->sb, &links[i]);
		if (!inode)
			return ERR_PTR(-ENOMEM);
		d_add(dentry, inode);
		return NULL;
	}
	if (name_to_number(name, &nr))
		return pid_lookup(dir, dentry);
	return proc_sb(dir->sb)->pids_only ? ERR_PTR(-ENOENT) : tree_lookup(&proc_root_node, dentry);
}

/* Positions: 2 … the links, then the tree (less net, which is a link here), then the processes. */
static bool emit_tree(struct dir_context *ctx)
{
	const struct proc_node *n = proc_root_node.first;
	loff_t skip = ctx->pos - 2 - NR_LINKS;

	while (n && skip-- > 0)
		n = n->next;
	for (; n; n = n->next, ctx->pos++) {
		unsigned type = n->link ? S_IFLNK : n->file ? S_IFREG : S_IFDIR;

		if (n->len == 3 && !memcmp(n->name, "net", 3))
			continue;
		if (!dir_emit(ctx, n->name, (int)n->len, n->ino, DT_OF_MODE(type)))
			return false;
	}
	return true;
}

static int root_iterate(struct file *f, struct dir_context *ctx)
{
	if (!dir_emit_dots(f, ctx))
		return 0;
	for (; ctx->pos < 2 + nr_links(f->inode->sb); ctx->pos++) {
		const struct root_link *l = &links[ctx->pos - 2];

		if (!dir_emit(ctx, l->name, (int)strlen(l->name), l->ino, DT_OF_MODE(S_IFLNK)))
			return 0;
	}
	if (ctx->pos < PID_BASE) {
		if (!proc_sb(f->inode->sb)->pids_only && !emit_tree(ctx))
			return 0;
		ctx->pos = PID_BASE;
	}
	pid_iterate(f->inode->sb, ctx, PID_BASE);
	return 0;
}

/* As many links as folders, processes included: find(1) and friends trust that. */
static int root_getattr(const struct path *path, struct kstat *st)
{
	struct inode *inode = path->dentry->inode;

	generic_fillattr(inode, st);
	st->nlink = 2 + proc_root_node.nr_dirs + proc_nr_processes();
	return 0;
}

static const struct inode_ops root_ops = { .lookup = root_lookup, .getattr = root_getattr };
static const struct file_ops root_fops = { .iterate = root_iterate };

/* --- the super block --- */

static struct inode *proc_alloc_inode(struct super_block *sb)
{
	struct proc_inode *pi = kzalloc(sizeof(*pi), 0);

	return pi ? &pi->inode : NULL;
}

static void proc_free_inode(struct inode *inode)
{
	struct proc_inode *pi = proc_i(inode);

	if (pi->pid)
		pid_put(pi->pid);
	kfree(pi);
}

static void proc_put_super(struct super_block *sb)
{
	kfree(sb->private);
}

static const struct super_ops proc_super_ops = {
	.alloc_inode = proc_alloc_inode, .free_inode = proc_free_inode, .put_super = proc_put_super,
	.remount = proc_remount, .show_options = proc_show_options,
};

static int fill_root(struct super_block *sb)
{
	struct inode *root = new_inode(sb);

	if (!root)
		return -ENOMEM;
	root->ino = PROC_INO_ROOT;
	root->mode = S_IFDIR | 0555;
	root->ops = &root_ops;
	root->fops = &root_fops;
	proc_i(root)->node = &proc_root_node;
	sb->root = d_make_root(root);
	return sb->root ? 0 : -ENOMEM;
}

static int proc_fill_super(struct super_block *sb, char *data, bool silent)
{
	struct proc_sb *ps = kzalloc(sizeof(*ps), 0);
	int err = ps ? proc_parse_options(ps, data) : -ENOMEM;

	sb->private = ps;
	sb->ops = &proc_super_ops;
	sb->magic = PROC_MAGIC;
	sb->blocksize = 1024;
	sb->blocksize_bits = 10;
	sb->time_gran = 1;
	err = err ?: fill_root(sb);
	if (err) {
		kfree(ps);
		sb->private = NULL;
	}
	return err;
}

static struct fs_type proc_type = {
	.name = "proc", .flags = FS_USERNS_MOUNT, .fill_super = proc_fill_super,
};

static int proc_init(void)
{
	return fs_register(&proc_type);
}
fs_initcall(proc_init);
