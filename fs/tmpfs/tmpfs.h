/* SPDX-License-Identifier: GPL-2.0 */
/* tmpfs: its super block and inodes, between its files. */
#ifndef FS_TMPFS_H
#define FS_TMPFS_H

#include <fs/dev.h>
#include <fs/file.h>
#include <fs/fs.h>
#include <fs/mount.h>
#include <fs/namei.h>
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <mm/mm.h>
#include <mm/pagecache.h>
#include <mm/slab.h>

/* Limits of 0: none. */
struct tmpfs_opts { u64 max_pages, max_inodes; mode_t mode; uid_t uid; gid_t gid; };
struct tmpfs_sb {
	struct tmpfs_opts opt;
	u64 pages;			/* in the cache */
	u64 promised;			/* to writes and faults that are under way */
	u64 inodes;			/* and one more for each further link: names take memory too */
	u64 xattr_bytes;		/* of all inodes: they count as pages, too */
	u64 last_ino;
};

struct tmpfs_inode {
	struct inode vfs;
	u64 pages;			/* of it that are counted in tmpfs_sb.pages */
	u64 promised;			/* by reserve, until written */
	unsigned long next_fault;	/* page where sequential use of a mapping would fault next */
	unsigned cluster;		/* pages the fault there takes along */
	unsigned seals;			/* F_SEAL_ */
	u32 attr_flags;			/* FS_..._FL of chattr(1) */
	struct list_head xattrs;
	size_t xattr_bytes;
};

static inline struct tmpfs_sb *tmpfs_sb(struct super_block *sb) { return sb->private; }
static inline u64 tmpfs_used(const struct tmpfs_sb *ts) { return ts->pages + ts->promised + DIV_ROUND_UP(ts->xattr_bytes, PAGE_SIZE); }
static inline bool tmpfs_inodes_full(const struct tmpfs_sb *ts) { return ts->opt.max_inodes && ts->inodes >= ts->opt.max_inodes; }
static inline struct tmpfs_inode *tmpfs_i(struct inode *inode) { return container_of(inode, struct tmpfs_inode, vfs); }

extern const struct inode_ops tmpfs_dir_ops, tmpfs_file_ops, tmpfs_symlink_ops, tmpfs_special_ops;
extern const struct file_ops tmpfs_fops;
extern const struct address_space_ops tmpfs_aops;
extern struct fs_type tmpfs_type;

int tmpfs_fill(struct super_block *sb, const struct tmpfs_opts *opt);	/* the body of a fill_super. Sleeps. */
/* refs 1; of any type but a link. dir NULL: the root or a nameless one. ERR_PTR(-ENOSPC, -ENOMEM). Sleeps. */
struct inode *tmpfs_new_inode(struct super_block *sb, const struct inode *dir, mode_t mode, dev_t rdev);
void tmpfs_account(struct inode *inode);	/* what is cached now is what is counted. Never sleeps. */
/*
 * Whatever size= says, what is written takes no memory that is needed to go on: nobody could be killed to get it back.
 * (Mappings are: who touches them has them in its size.)
 */
bool tmpfs_memory_for(u64 pages);
bool tmpfs_promise(struct inode *inode, u64 pages);	/* room for that many more? Then counted until tmpfs_unpromise(). */
void tmpfs_unpromise(struct inode *inode, u64 pages);
int tmpfs_setattr(struct dentry *dentry, struct kattr *attr);
int tmpfs_getattr(const struct path *path, struct kstat *st);
int tmpfs_fileattr_get(struct inode *inode, u32 *flags);
int tmpfs_fileattr_set(struct inode *inode, u32 flags);
void tmpfs_inherit_attrs(struct inode *inode, const struct inode *dir);	/* of a new one; dir may be NULL */
bool is_tmpfs_file(struct file *f);

ssize_t tmpfs_getxattr(struct inode *inode, const char *name, void *buf, size_t size);
int tmpfs_setxattr(struct inode *inode, const char *name, const void *value, size_t size, int flags);
ssize_t tmpfs_listxattr(struct inode *inode, char *buf, size_t size);
void tmpfs_free_xattrs(struct tmpfs_inode *ti);

#endif
