// SPDX-License-Identifier: GPL-2.0
/*
 * tmpfs: a file system whose only store is the page cache and the dentry cache. Here: super blocks, options, inodes.
 * The same code without limits is ramfs, and rootfs, which everything else is mounted on.
 */
#include "tmpfs.h"
#include <fs/proc.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <linux/magic.h>

#define DIR_SIZE	40		/* of an empty directory; 20 more for each entry */

static struct kmem_cache *tmpfs_cache;

/* --- inodes --- */

static struct inode *tmpfs_alloc_inode(struct super_block *sb)
{
	struct tmpfs_inode *ti = kmem_cache_alloc(tmpfs_cache, GFP_KERNEL | GFP_ZERO);

	if (!ti)
		return NULL;
	list_init(&ti->xattrs);
	tmpfs_sb(sb)->inodes++;
	return &ti->vfs;
}

static void tmpfs_free_inode(struct inode *inode)
{
	struct tmpfs_inode *ti = tmpfs_i(inode);

	tmpfs_free_xattrs(ti);
	if (S_ISLNK(inode->mode))
		kfree(inode->link);
	tmpfs_sb(inode->sb)->inodes--;
	kmem_cache_free(tmpfs_cache, ti);
}

static void tmpfs_evict(struct inode *inode)
{
	truncate_pagecache(inode, 0);
	tmpfs_account(inode);
}

struct inode *tmpfs_new_inode(struct super_block *sb, const struct inode *dir, mode_t mode, dev_t rdev)
{
	struct tmpfs_sb *ts = tmpfs_sb(sb);
	struct inode *inode;

	if (tmpfs_inodes_full(ts) || (ts->opt.max_inodes && !tmpfs_memory_for(1)))	/* memory shared by mmap(2) is not refused */
		return ERR_PTR(-ENOSPC);
	inode = new_inode(sb);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->ino = ++ts->last_ino;
	inode->generation = (u32)inode->ino;
	inode_init_owner(inode, dir, mode);
	tmpfs_inherit_attrs(inode, dir);
	inode->acl = NULL;			/* none yet: nobody has to ask */
	inode->ops = &tmpfs_special_ops;
	if (S_ISREG(mode)) {
		inode->ops = &tmpfs_file_ops;
		inode->fops = &tmpfs_fops;
		inode->data.ops = &tmpfs_aops;
		tmpfs_i(inode)->seals = F_SEAL_SEAL;
	} else if (S_ISDIR(mode)) {
		inode->ops = &tmpfs_dir_ops;
		inode->fops = &simple_dir_fops;
		inode->nlink = 2;
		inode->size = DIR_SIZE;
	} else if (S_ISLNK(mode)) {
		inode->ops = &tmpfs_symlink_ops;
	} else {
		inode_init_special(inode, inode->mode, rdev);
	}
	return inode;
}

void tmpfs_account(struct inode *inode)
{
	struct tmpfs_inode *ti = tmpfs_i(inode);

	tmpfs_sb(inode->sb)->pages += inode->data.nrpages - ti->pages;
	ti->pages = inode->data.nrpages;
	inode->blocks = ti->pages * (PAGE_SIZE / 512);
}

bool tmpfs_memory_for(u64 pages)
{
	return !pages || nr_free_pages() + page_cache_stat.active + page_cache_stat.inactive > pages + total_pages() / 16;
}

bool tmpfs_promise(struct inode *inode, u64 pages)
{
	struct tmpfs_sb *ts = tmpfs_sb(inode->sb);

	if (ts->opt.max_pages && tmpfs_used(ts) + pages > ts->opt.max_pages)
		return false;
	ts->promised += pages;
	return true;
}

void tmpfs_unpromise(struct inode *inode, u64 pages) { tmpfs_sb(inode->sb)->promised -= pages; }

/* --- options --- */

/* "512m", "50%" of memory; pages. */
static bool parse_size(const char *s, u64 *pages)
{
	char *end;
	u64 n = memparse(s, &end);

	if (*end == '%') {
		n = n * total_pages() / 100 * PAGE_SIZE;
		end++;
	}
	*pages = DIV_ROUND_UP(n, PAGE_SIZE);
	return *s && !*end;
}

static bool parse_count(const char *s, u64 *n)
{
	char *end;

	*n = memparse(s, &end);
	return *s && !*end;
}

static bool parse_number(const char *s, unsigned base, u32 *out)
{
	u64 n;

	if (kstrtou64(s, base, &n) || n > U32_MAX)
		return false;
	*out = (u32)n;
	return true;
}

static bool parse_option(struct tmpfs_opts *o, const char *name, const char *val)
{
	if (!val)
		return false;
	if (!strcmp(name, "size"))
		return parse_size(val, &o->max_pages);
	if (!strcmp(name, "nr_blocks"))
		return parse_count(val, &o->max_pages);
	if (!strcmp(name, "nr_inodes"))
		return parse_count(val, &o->max_inodes);
	if (!strcmp(name, "mode")) {
		if (!parse_number(val, 8, &o->mode))
			return false;
		o->mode &= 07777;
		return true;
	}
	if (!strcmp(name, "uid"))
		return parse_number(val, 0, &o->uid);
	if (!strcmp(name, "gid"))
		return parse_number(val, 0, &o->gid);
	return !strcmp(name, "huge") || !strcmp(name, "mpol");	/* accepted: what they ask for is a matter of speed */
}

static int parse_options(struct tmpfs_opts *o, char *data)
{
	char *name, *val;

	while ((name = next_option(&data, &val)) != NULL) {
		if (parse_option(o, name, val))
			continue;
		pr_err_ratelimited("tmpfs: option \"%s\" is unknown or has a bad value\n", name);
		return -EINVAL;
	}
	return 0;
}

static int tmpfs_remount(struct super_block *sb, unsigned flags, char *data)
{
	struct tmpfs_sb *ts = tmpfs_sb(sb);
	struct tmpfs_opts o = ts->opt;
	int err = parse_options(&o, data);

	if (err)
		return err;
	if ((o.max_pages && o.max_pages < ts->pages) || (o.max_inodes && o.max_inodes < ts->inodes))
		return -EINVAL;			/* more is in use */
	ts->opt.max_pages = o.max_pages;
	ts->opt.max_inodes = o.max_inodes;
	return 0;
}

static void tmpfs_show_options(struct super_block *sb, struct seq_file *m)
{
	const struct tmpfs_opts *o = &tmpfs_sb(sb)->opt;

	if (o->max_pages && o->max_pages != total_pages() / 2)
		seq_printf(m, ",size=%lluk", (unsigned long long)o->max_pages * (PAGE_SIZE / 1024));
	if (o->max_inodes && o->max_inodes != total_pages() / 2)
		seq_printf(m, ",nr_inodes=%llu", (unsigned long long)o->max_inodes);
	if (o->mode != 01777)
		seq_printf(m, ",mode=%03o", o->mode);
	if (o->uid)
		seq_printf(m, ",uid=%u", o->uid);
	if (o->gid)
		seq_printf(m, ",gid=%u", o->gid);
}

/* --- super blocks --- */

static int tmpfs_statfs(struct super_block *sb, struct kstatfs *st)
{
	struct tmpfs_sb *ts = tmpfs_sb(sb);

	simple_statfs(sb, st);
	if (ts->opt.max_pages) {
		u64 used = tmpfs_used(ts);

		st->blocks = ts->opt.max_pages;
		st->bfree = st->bavail = used < st->blocks ? st->blocks - used : 0;
	}
	if (ts->opt.max_inodes) {
		st->files = ts->opt.max_inodes;
		st->ffree = ts->opt.max_inodes - min(ts->inodes, ts->opt.max_inodes);
	}
	return 0;
}

static void tmpfs_put_super(struct super_block *sb) { kfree(sb->private); }

static const struct super_ops tmpfs_super_ops = {
	.alloc_inode = tmpfs_alloc_inode,
	.free_inode = tmpfs_free_inode,
	.evict = tmpfs_evict,
	.put_super = tmpfs_put_super,
	.statfs = tmpfs_statfs,
	.remount = tmpfs_remount,
	.show_options = tmpfs_show_options,
};

int tmpfs_fill(struct super_block *sb, const struct tmpfs_opts *opt)
{
	struct tmpfs_sb *ts = kzalloc(sizeof(*ts), GFP_KERNEL);
	struct inode *root;

	if (!ts)
		return -ENOMEM;
	ts->opt = *opt;
	sb->private = ts;
	sb->ops = &tmpfs_super_ops;
	sb->magic = TMPFS_MAGIC;
	sb->maxbytes = S64_MAX;
	sb->flags |= SB_POSIXACL_;
	root = tmpfs_new_inode(sb, NULL, S_IFDIR | opt->mode, 0);
	if (!IS_ERR(root)) {
		root->uid = opt->uid;
		root->gid = opt->gid;
		sb->root = d_make_root(root);
	}
	if (sb->root)
		return 0;
	kfree(ts);
	return -ENOMEM;
}

static int tmpfs_fill_super(struct super_block *sb, char *data, bool silent)
{
	struct tmpfs_opts o = {
		.max_pages = total_pages() / 2, .max_inodes = total_pages() / 2, .mode = 01777,
		.uid = current_cred()->fsuid, .gid = current_cred()->fsgid,
	};
	int err = parse_options(&o, data);

	return err ?: tmpfs_fill(sb, &o);
}

/* Takes mode= and overlooks the rest, as it always has. */
static int ramfs_fill_super(struct super_block *sb, char *data, bool silent)
{
	struct tmpfs_opts o = { .mode = 0755 };
	char *name, *val;
	int err;

	while ((name = next_option(&data, &val)) != NULL)
		if (!strcmp(name, "mode") && !parse_option(&o, name, val))
			return -EINVAL;
	err = tmpfs_fill(sb, &o);
	sb->magic = RAMFS_MAGIC;
	return err;
}

struct fs_type tmpfs_type = { .name = "tmpfs", .fill_super = tmpfs_fill_super, .flags = FS_USERNS_MOUNT };
static struct fs_type ramfs_type = { .name = "ramfs", .fill_super = ramfs_fill_super, .flags = FS_USERNS_MOUNT };
static struct fs_type rootfs_type = { .name = "rootfs", .fill_super = ramfs_fill_super };

static int tmpfs_cache_init(void)
{
	tmpfs_cache = kmem_cache_create("tmpfs_inode", sizeof(struct tmpfs_inode), NULL);
	if (!tmpfs_cache)
		panic("no memory for tmpfs");
	return 0;
}
core_initcall(tmpfs_cache_init);

static int tmpfs_init(void)
{
	struct mount *m;
	int err = fs_register(&tmpfs_type);

	err = err ?: fs_register(&ramfs_type);
	m = vfs_kern_mount(&rootfs_type, 0, "rootfs", NULL);
	if (IS_ERR(m))
		panic("rootfs: error %ld", PTR_ERR(m));
	set_root_mount(m);
	return err;
}
fs_initcall(tmpfs_init);
