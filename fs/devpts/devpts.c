// SPDX-License-Identifier: GPL-2.0
/*
 * devpts: a directory of character devices that pty.c fills. The nodes live in the dentry cache, pinned.
 * Every mount shows the same instance, newinstance or not: one of its own matters to containers only.
 */
#include <kernel/cred.h>
#include <kernel/init.h>
#include <kernel/ns.h>
#include <kernel/sched.h>
#include <fs/dev.h>
#include <fs/devpts.h>
#include <fs/mount.h>
#include <fs/namei.h>
#include <fs/proc.h>
#include <lib/string.h>

#define DEVPTS_MAGIC	0x1cd1
#define INO_PTMX	2
#define INO_FIRST	3

static struct mount *devpts_mnt;
static struct dentry *ptmx;
static bool set_uid, set_gid;
static uid_t opt_uid;
static gid_t opt_gid;
static mode_t opt_mode = 0600, opt_ptmxmode;
static u32 opt_max = U32_MAX;

static int octal(const char *val, mode_t *out)
{
	u64 n;

	if (!val || kstrtou64(val, 8, &n) || n > 0777)
		return -EINVAL;
	*out = (mode_t)n;
	return 0;
}

static int parse_option(const char *opt, const char *val)
{
	u64 n;

	if (!strcmp(opt, "mode"))
		return octal(val, &opt_mode);
	if (!strcmp(opt, "ptmxmode"))
		return octal(val, &opt_ptmxmode);
	if (!strcmp(opt, "newinstance"))
		return 0;
	if (!val || kstrtou64(val, 10, &n) || n > U32_MAX)
		return -EINVAL;
	if (!strcmp(opt, "uid")) {
		opt_uid = (uid_t)n;
		set_uid = true;
	} else if (!strcmp(opt, "gid")) {
		opt_gid = (gid_t)n;
		set_gid = true;
	} else if (!strcmp(opt, "max")) {
		opt_max = (u32)n;
	} else {
		return -EINVAL;
	}
	return 0;
}

static int devpts_parse(char *data)
{
	char *opt, *val;

	while ((opt = next_option(&data, &val))) {
		int err = *opt ? parse_option(opt, val) : 0;

		if (err)
			return err;
	}
	if (ptmx)
		ptmx->inode->mode = S_IFCHR | opt_ptmxmode;
	return 0;
}

static int devpts_remount(struct super_block *sb, unsigned flags, char *data)
{
	return devpts_parse(data);
}

static void devpts_show_options(struct super_block *sb, struct seq_file *m)
{
	if (set_uid)
		seq_printf(m, ",uid=%u", opt_uid);
	if (set_gid)
		seq_printf(m, ",gid=%u", opt_gid);
	seq_printf(m, ",mode=%03o,ptmxmode=%03o", opt_mode, opt_ptmxmode);
	if (opt_max != U32_MAX)
		seq_printf(m, ",max=%u", opt_max);
}

static const struct super_ops devpts_ops = { .remount = devpts_remount, .show_options = devpts_show_options };
static const struct inode_ops devpts_dir_ops = { .lookup = simple_lookup };

/* A node in the root directory, which the caller has locked. Counted. ERR_PTR. */
static struct dentry *make_node(struct super_block *sb, const char *name, u64 ino, mode_t mode, dev_t dev)
{
	struct inode *inode = new_inode(sb);
	struct dentry *d;
	struct qstr q;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->ino = ino;
	inode_init_special(inode, S_IFCHR | mode, dev);
	inode->mode = S_IFCHR | mode;
	qstr_init(&q, name, (u32)strlen(name));
	d = d_lookup(sb->root, &q);	/* a negative entry from somebody's stat(2) */
	if (d) {
		d_drop(d);
		dput(d);
	}
	d = d_alloc(sb->root, &q);
	if (!d) {
		iput(inode);
		return ERR_PTR(-ENOMEM);
	}
	d_add(d, inode);
	d_pin(d);
	return d;
}

static int devpts_fill_super(struct super_block *sb, char *data, bool silent)
{
	struct inode *root;
	struct dentry *d;
	int err = devpts_parse(data);

	if (err)
		return err;
	sb->ops = &devpts_ops;
	sb->magic = DEVPTS_MAGIC;
	sb->blocksize = 1024;
	sb->blocksize_bits = 10;
	sb->time_gran = 1;
	root = new_inode(sb);
	if (!root)
		return -ENOMEM;
	root->ino = 1;
	root->mode = S_IFDIR | 0755;
	root->ops = &devpts_dir_ops;
	root->fops = &simple_dir_fops;
	inode_set_nlink(root, 2);
	sb->root = d_make_root(root);
	if (!sb->root)
		return -ENOMEM;
	d = make_node(sb, "ptmx", INO_PTMX, opt_ptmxmode, MKDEV(5, 2));
	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	ptmx = d;
	return 0;
}

static struct fs_type devpts_type = {
	.name = "devpts", .flags = FS_SINGLE | FS_USERNS_MOUNT, .fill_super = devpts_fill_super,
};

u32 devpts_max(void)
{
	return opt_max;
}

struct dentry *devpts_create(unsigned index, dev_t dev)
{
	struct super_block *sb;
	struct dentry *d;
	char name[12];

	if (!devpts_mnt)
		return ERR_PTR(-ENODEV);
	sb = devpts_mnt->sb;
	snprintf(name, sizeof(name), "%u", index);
	inode_lock(sb->root->inode);
	d = make_node(sb, name, INO_FIRST + index, opt_mode, dev);
	if (!IS_ERR(d)) {
		d->inode->uid = set_uid ? opt_uid : current->cred->fsuid;
		d->inode->gid = set_gid ? opt_gid : current->cred->fsgid;
	}
	inode_unlock(sb->root->inode);
	return d;
}

void devpts_remove(struct dentry *d)
{
	struct inode *dir = devpts_mnt->sb->root->inode;

	inode_lock(dir);
	inode_dec_nlink(d->inode);
	d_delete(d);
	d_unpin(d);
	inode_unlock(dir);
	dput(d);
}

void devpts_path(struct dentry *d, struct path *out)
{
	struct mount *m, *found = devpts_mnt;

	list_for_each_entry(m, &current->ns->mnt->mounts, ns_node) {
		if (m->sb == devpts_mnt->sb && m->root == m->sb->root) {
			found = m;
			break;
		}
	}
	*out = (struct path){ found, d };
	path_get(out);
}

static int devpts_init(void)
{
	int err = fs_register(&devpts_type);

	if (err)
		return err;
	devpts_mnt = vfs_kern_mount(&devpts_type, 0, "devpts", NULL);
	if (IS_ERR(devpts_mnt)) {
		err = (int)PTR_ERR(devpts_mnt);
		devpts_mnt = NULL;
	}
	return err;
}
fs_initcall(devpts_init);
