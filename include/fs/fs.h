/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The virtual file system: super blocks, inodes, dentries, mounts, open files, and the operations a file system gives.
 * Adding one: fs/x/ with a struct fs_type registered by fs_initcall. NULL operations have the default noted.
 *
 * Lifetime: an inode lives while refs > 0 (dentries and open files count), then stays cached while nlink > 0, until reclaim.
 * A dentry counts its parent. A dentry with inode NULL is negative.
 * Locking: inode->lock (sleeping) is held by the VFS around every operation that changes a directory or a file's size
 * (dirs: parents before children, by address otherwise), so that file systems see one change of an inode at a time.
 * All operations may sleep unless they say otherwise; int ones return 0 or a negative errno.
 */
#ifndef FS_FS_H
#define FS_FS_H

#include <kernel/types.h>
#include <kernel/wait.h>
#include <kernel/uaccess.h>
#include <lib/list.h>
#include <mm/pagecache.h>
#include <linux/stat.h>		/* uapi: S_IF*, struct statx */
#include <linux/fcntl.h>	/* uapi: O_*, AT_*, F_* */
#include <linux/fs.h>		/* uapi: SEEK_*, RENAME_*, MS_* … */

struct inode; struct dentry; struct super_block; struct file; struct mount; struct cred; struct vma; struct poll_table;
struct dir_context; struct kstatfs; struct pipe; struct chrdev; struct posix_acl; struct blkdev; struct file_lock; struct user_ns; struct seq_file;

#define NAME_MAX_	255
#define PATH_MAX_	4096

struct qstr { const char *name; u32 len; u32 hash; };
struct path { struct mount *mnt; struct dentry *dentry; };	/* both counted: path_get, path_put */

struct kattr {			/* what setattr is to change */
	unsigned valid;		/* ATTR_ */
	mode_t mode;
	uid_t uid; gid_t gid;
	loff_t size;
	struct timespec64 atime, mtime, ctime;
	struct file *file;	/* ftruncate: the open file, else NULL */
};
#define ATTR_MODE	0x01
#define ATTR_UID	0x02
#define ATTR_GID	0x04
#define ATTR_SIZE	0x08
#define ATTR_ATIME	0x10
#define ATTR_MTIME	0x20
#define ATTR_CTIME	0x40
#define ATTR_ATIME_SET	0x80	/* to a given value: needs ownership */
#define ATTR_MTIME_SET	0x100
#define ATTR_FORCE	0x200	/* no permission check */
#define ATTR_KILL_PRIV	0x400	/* drop set-user-ID and set-group-ID as a write does */

struct kstat {
	u64 ino; dev_t dev, rdev; mode_t mode; u32 nlink; uid_t uid; gid_t gid; loff_t size;
	u64 blocks; u32 blksize;	/* blocks: of 512 bytes */
	struct timespec64 atime, mtime, ctime, btime;
	u64 attributes, attributes_mask; u32 result_mask;	/* STATX_ */
	u64 mnt_id;
};

struct inode_ops {
	/* dir locked. Ends by d_add(dentry, inode or NULL); returns another dentry to use instead only for aliases (else NULL). ERR_PTR on errors. */
	struct dentry *(*lookup)(struct inode *dir, struct dentry *dentry);
	/* These make dentry positive by d_instantiate(). mode already has the umask taken off. NULL: -EPERM (create: -EACCES). */
	int (*create)(struct inode *dir, struct dentry *dentry, mode_t mode);
	int (*mkdir)(struct inode *dir, struct dentry *dentry, mode_t mode);
	int (*mknod)(struct inode *dir, struct dentry *dentry, mode_t mode, dev_t rdev);
	int (*symlink)(struct inode *dir, struct dentry *dentry, const char *target);
	int (*link)(struct dentry *old, struct inode *dir, struct dentry *dentry);
	int (*tmpfile)(struct inode *dir, struct dentry *dentry, mode_t mode);	/* O_TMPFILE: nlink 0. NULL: -EOPNOTSUPP */
	/* nlink and ctime are theirs to change; the VFS does d_delete() afterwards. NULL: -EPERM */
	int (*unlink)(struct inode *dir, struct dentry *dentry);
	int (*rmdir)(struct inode *dir, struct dentry *dentry);
	/* flags: RENAME_NOREPLACE (already checked), RENAME_EXCHANGE, RENAME_WHITEOUT; -EINVAL for what it cannot. The VFS moves the dentries. */
	int (*rename)(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd, unsigned flags);
	/* The target as a string valid until put_link(cookie). ERR_PTR. NULL op: not a symlink. */
	const char *(*get_link)(struct dentry *dentry, struct inode *inode, void **cookie);
	void (*put_link)(void *cookie);			/* NULL: nothing to free */
	/* "Magic" links (/proc/pid/fd/n): go straight to a path (counted). NULL: by get_link's text. */
	int (*follow)(struct dentry *dentry, struct path *out);
	int (*permission)(struct inode *inode, int mask);	/* MAY_; NULL: generic_permission */
	int (*setattr)(struct dentry *dentry, struct kattr *attr);	/* NULL: simple_setattr. Already allowed. */
	int (*getattr)(const struct path *path, struct kstat *st);	/* NULL: generic_fillattr */
	/* Extended attributes, full names ("user.x"). get: size 0 asks the length; -ENODATA, -ERANGE. set: value NULL removes; flags XATTR_CREATE, REPLACE. NULL: -EOPNOTSUPP */
	ssize_t (*getxattr)(struct inode *inode, const char *name, void *buf, size_t size);
	int (*setxattr)(struct inode *inode, const char *name, const void *value, size_t size, int flags);
	ssize_t (*listxattr)(struct inode *inode, char *buf, size_t size);
	/* FS_IOC_GETFLAGS' flags. NULL: -ENOTTY */
	int (*fileattr_get)(struct inode *inode, u32 *flags);
	int (*fileattr_set)(struct inode *inode, u32 flags);
	/* Marks and persists new times as it likes. NULL: inode_mark_dirty(I_DIRTY_TIME) */
	int (*update_time)(struct inode *inode);
};

struct file_ops {
	int (*open)(struct inode *inode, struct file *f);	/* NULL: fine. May replace f->ops. */
	void (*release)(struct inode *inode, struct file *f);	/* last close. NULL: nothing */
	int (*flush)(struct file *f);				/* each close(2). NULL: fine */
	ssize_t (*read)(struct file *f, struct iov_iter *it, loff_t *pos);	/* NULL: -EINVAL */
	ssize_t (*write)(struct file *f, struct iov_iter *it, loff_t *pos);	/* NULL: -EINVAL. O_APPEND: pos already at the end */
	loff_t (*llseek)(struct file *f, loff_t off, int whence);	/* NULL: generic_llseek when regular or dir, else -ESPIPE */
	int (*iterate)(struct file *f, struct dir_context *ctx);	/* directories; dir locked. NULL: -ENOTDIR */
	u32 (*poll)(struct file *f, struct poll_table *pt);	/* EPOLL*; calls poll_wait(). NULL: always readable and writable (EPERM for epoll) */
	long (*ioctl)(struct file *f, unsigned cmd, unsigned long arg);	/* NULL: -ENOTTY */
	int (*mmap)(struct file *f, struct vma *vma);		/* NULL: -ENODEV. Sets vma->ops. */
	int (*fsync)(struct file *f, loff_t start, loff_t end, bool datasync);	/* NULL: -EINVAL */
	long (*fallocate)(struct file *f, int mode, loff_t off, loff_t len);	/* NULL: -EOPNOTSUPP */
	int (*fasync)(struct file *f, bool on);			/* O_ASYNC. NULL: no effect */
	void (*show_fdinfo)(struct file *f, struct seq_file *m);	/* more lines for /proc/pid/fdinfo */
};

struct dentry_ops {
	/* Still true? Called on each use of a cached dentry. false: look it up again. NULL: always true. */
	bool (*revalidate)(struct dentry *d);
	/* For d_path of what has no place: "pipe:[12]". buf is large enough (64). NULL: the name */
	void (*dname)(struct dentry *d, char *buf, size_t size);
	bool (*keep)(struct dentry *d);		/* cache when unused? NULL: yes */
};

struct super_ops {
	struct inode *(*alloc_inode)(struct super_block *sb);	/* with room for private parts. NULL: plain struct inode */
	void (*free_inode)(struct inode *inode);		/* pair of it */
	int (*write_inode)(struct inode *inode, bool sync);	/* metadata to the disk or its buffers. NULL: nothing to write */
	/* refs and nlink are 0: free its blocks. Page cache is still there: truncate_pagecache() is yours. NULL: just that. */
	void (*evict)(struct inode *inode);
	int (*sync_fs)(struct super_block *sb, bool wait);	/* after all inodes were written. NULL: nothing */
	void (*put_super)(struct super_block *sb);		/* at the last unmount, all inodes gone */
	int (*statfs)(struct super_block *sb, struct kstatfs *st);	/* NULL: simple_statfs */
	int (*remount)(struct super_block *sb, unsigned flags, char *data);	/* SB_RDONLY changes. NULL: flags only */
	void (*show_options)(struct super_block *sb, struct seq_file *m);	/* ",opt=val" for /proc/mounts */
};

/* linux/statfs.h is the ABI; this is what fs fills. */
struct kstatfs { long type; u64 bsize, blocks, bfree, bavail, files, ffree; u64 fsid; u32 namelen, frsize; };

struct super_block {
	const struct super_ops *ops;
	struct fs_type *type;
	struct blkdev *bdev;		/* NULL: none */
	dev_t dev;			/* st_dev: the disk's, or anonymous */
	unsigned flags;			/* SB_ (MS_ of linux/mount.h): SB_RDONLY, SB_SYNCHRONOUS … */
	u32 blocksize, blocksize_bits;
	loff_t maxbytes;
	u32 magic;
	u32 time_gran;			/* ns */
	struct dentry *root;
	void *private;
	int active;			/* mounts */
	struct user_ns *user_ns;
	struct list_head inodes;	/* inode.sb_node: all cached */
	struct list_head dirty;		/* inode.dirty_node, oldest first */
	struct list_head node;		/* on super_blocks */
	struct rwsem umount_lock;
	char id[32];			/* "ubda", "tmpfs" for messages */
	const char *subtype_unused;
};
#define SB_RDONLY_	1
static inline bool sb_rdonly(const struct super_block *sb) { return sb->flags & SB_RDONLY_; }
extern struct list_head super_blocks;

struct fs_type {
	const char *name;
	unsigned flags;			/* FS_ below */
	/*
	 * Fill in sb from data (may be NULL; comma separated options): ops, root dentry (d_make_root). sb->bdev is open if FS_REQUIRES_DEV.
	 * 0 or -errno: nothing kept then. silent: no message about a wrong magic.
	 */
	int (*fill_super)(struct super_block *sb, char *data, bool silent);
	struct super_block *single;	/* FS_SINGLE: the one */
	struct list_head node;
};
#define FS_REQUIRES_DEV	1		/* source is a block device */
#define FS_SINGLE	2		/* all mounts show the same super block (proc, devpts, devtmpfs) */
#define FS_USERNS_MOUNT	4
int fs_register(struct fs_type *t);	/* 0, -EBUSY */
struct fs_type *fs_find(const char *name);
void fs_for_each(void (*fn)(const struct fs_type *t, void *arg), void *arg);	/* in order of registration */
/* A super block for a mount that shows it, active counted. bdev is open (or NULL) and taken over, in any case. ERR_PTR. Sleeps. */
struct super_block *sget_fill(struct fs_type *t, unsigned flags, struct blkdev *bdev, char *data, bool silent);
void deactivate_super(struct super_block *sb);	/* the last one ends it. Sleeps. */
int do_remount_sb(struct super_block *sb, unsigned flags, char *data);	/* 0, -EBUSY, file system's. Sleeps. */
int sync_filesystem(struct super_block *sb);	/* all of it is on the disk afterwards. Sleeps. */
/* For root and mount(2): a new mounted tree, not attached. ERR_PTR. flags: MS_ */
struct mount *vfs_kern_mount(struct fs_type *t, unsigned flags, const char *source, char *data);

#define I_DIRTY_META	1	/* inode fields */
#define I_DIRTY_PAGES	2
#define I_DIRTY_TIME	4	/* only times */
#define I_NEW		8	/* being read: others wait in iget */
#define I_FREEING	16
#define I_LINKABLE	32	/* O_TMPFILE that may get a name */
#define I_BAD		64
#define I_SYNC		128	/* being written back: mm/writeback.c */
#define I_NO_DEFAULT_ACL 256	/* a directory that was asked and has none */
#define I_OF_KERNEL	512	/* devtmpfs: not made by the guest */
#define I_DIRTY_ALL	(I_DIRTY_META | I_DIRTY_PAGES | I_DIRTY_TIME)

#define ACL_UNKNOWN	((struct posix_acl *)-1L)

struct inode {
	u64 ino;
	mode_t mode;
	u32 nlink;
	uid_t uid; gid_t gid;
	loff_t size;
	u64 blocks;			/* of 512 bytes */
	struct timespec64 atime, mtime, ctime, btime;
	dev_t rdev;
	u32 flags;			/* S_ attributes: S_IMMUTABLE_, S_APPEND_, … below */
	u32 generation;
	u64 version;
	unsigned state;			/* I_ */
	int refs;
	int writecount;			/* > 0 opened for writing; < 0: being executed (ETXTBSY) */
	int readcount;			/* regular files: opened for reading only */
	u8 write_hint;			/* F_SET_RW_HINT */
	struct super_block *sb;
	const struct inode_ops *ops;
	const struct file_ops *fops;
	struct address_space *mapping;	/* &data, or the block device's */
	struct address_space data;
	struct mutex lock;
	union {				/* by type */
		struct pipe *pipe;
		struct blkdev *bdev;
		const char *link;	/* simple_symlink_ops: target kept in memory */
		void *sock;
	};
	void *private;
	struct list_head locks;		/* struct file_lock: flock and POSIX */
	struct list_head watches;	/* inotify, F_NOTIFY */
	struct hlist_node hash;
	struct list_head sb_node, dirty_node, lru;
	struct list_head dentries;	/* dentry.alias */
	u64 dirtied_ns;
	struct posix_acl *acl;		/* of system.posix_acl_access; NULL: none; ACL_UNKNOWN: not asked yet */
};
#define S_IMMUTABLE_	1
#define S_APPEND_	2
#define S_NOATIME_	4
#define S_SYNC_		8
#define S_DIRSYNC_	16
#define S_PRIVATE_	32
#define S_DEAD_		64		/* a directory that was removed: nothing can be made in it */

struct dentry {			/* what the path walk touches comes first: one cache line */
	struct inode *inode;		/* counted; NULL: negative */
	struct dentry *parent;		/* itself for a root; counted */
	struct qstr name;		/* name.name points to iname or is kmalloc'ed */
	struct hlist_node hash;
	int refs;
	unsigned flags;			/* D_ */
	const struct dentry_ops *ops;
	char iname[40];
	struct super_block *sb;
	struct list_head children, sibling, alias, lru;
	u64 seq;			/* children are in this order: where a directory that lives here goes on reading */
	void *private;
};
#define D_MOUNTED	1		/* something is mounted here, in some mount */
#define D_HASHED	2
#define D_REFERENCED	4
#define D_UNLINKED	8		/* removed while in use: "(deleted)" */
#define D_PINNED	16		/* counted by d_pin(): lives in the cache only */

struct file {
	const struct file_ops *ops;
	struct path path;
	struct inode *inode;
	struct address_space *mapping;
	unsigned flags;			/* O_ */
	unsigned mode;			/* FMODE_ */
	loff_t pos;
	struct mutex pos_lock;
	int refs;
	const struct cred *cred;
	void *private;
	struct { unsigned long start, size, async; unsigned long prev; } ra;	/* read-ahead window, pages */
	u32 wb_err_seen;
	int owner_pid, owner_type, owner_sig;	/* F_SETOWN, F_SETSIG; type: F_OWNER_ */
	uid_t owner_uid, owner_euid;	/* of who set it: whom it may signal */
	int owner_fd;			/* what si_fd shows */
	struct list_head epolls;	/* struct epitem that watch this file */
	u64 private_version;
};
#define FMODE_READ	1
#define FMODE_WRITE	2
#define FMODE_LSEEK	4		/* has a position */
#define FMODE_PREAD	8
#define FMODE_PWRITE	16
#define FMODE_EXEC	32
#define FMODE_PATH	64		/* O_PATH */
#define FMODE_NONOTIFY	128
#define FMODE_STREAM	256		/* pos is meaningless: no pos_lock */

/* --- inodes (fs/inode.c) --- */
struct inode *new_inode(struct super_block *sb);		/* refs 1, not hashed, times now. NULL: no memory */
struct inode *iget_locked(struct super_block *sb, u64 ino);	/* cached, or new with I_NEW: fill it, then inode_unlock_new(). NULL: no memory. Sleeps. */
void inode_unlock_new(struct inode *inode);
void iget_failed(struct inode *inode);				/* drops a I_NEW one that could not be read */
struct inode *inode_lookup(struct super_block *sb, u64 ino);	/* cached and counted, or NULL */
void inode_insert(struct inode *inode);				/* hashes one from new_inode() by ino */
struct inode *iget(struct inode *inode);			/* counts */
void iput(struct inode *inode);					/* the last one of nlink 0 evicts. Sleeps. NULL is fine. */
void inode_init_owner(struct inode *inode, const struct inode *dir, mode_t mode);	/* fsuid, fsgid or dir's with set-group-ID */
void inode_init_special(struct inode *inode, mode_t mode, dev_t rdev);	/* fops for devices, pipes, sockets */
void inode_touch(struct inode *inode, bool mtime, bool ctime);	/* now, and marks dirty */
void file_accessed(struct file *f);				/* atime by relatime rules */
int file_update_time(struct file *f);				/* mtime and ctime of a write, drops set-ID bits. Sleeps. */
u64 get_next_ino(void);
void inode_set_nlink(struct inode *inode, u32 n);
void inode_inc_nlink(struct inode *inode);
void inode_dec_nlink(struct inode *inode);
static inline void inode_lock(struct inode *i) { mutex_lock(&i->lock); }
static inline void inode_unlock(struct inode *i) { mutex_unlock(&i->lock); }
int evict_inodes(struct super_block *sb);			/* unmount: all of them; number still busy */
dev_t anon_dev(void);

/* --- dentries (fs/dcache.c) --- */
struct dentry *d_alloc(struct dentry *parent, const struct qstr *name);	/* refs 1, negative, not hashed. NULL */
struct dentry *d_alloc_anon(struct super_block *sb, const char *name);
struct dentry *d_make_root(struct inode *inode);		/* takes inode; NULL (and iput) on no memory */
void d_add(struct dentry *d, struct inode *inode);		/* hashes; takes the count of inode (may be NULL) */
void d_instantiate(struct dentry *d, struct inode *inode);	/* hashed negative one becomes positive; takes inode's count */
struct dentry *d_lookup(struct dentry *parent, const struct qstr *name);	/* counted or NULL; never sleeps */
struct dentry *dget(struct dentry *d);
void dput(struct dentry *d);					/* may sleep (last use of an unlinked inode). NULL is fine. */
void d_drop(struct dentry *d);					/* unhash: next use looks it up again */
void d_delete(struct dentry *d);				/* after unlink: negative, or unhashed while in use */
void d_move(struct dentry *d, struct dentry *target);		/* rename */
void d_exchange(struct dentry *a, struct dentry *b);
void qstr_init(struct qstr *q, const char *name, u32 len);	/* computes the hash */
bool d_is_ancestor(struct dentry *a, struct dentry *d);		/* a is d or above it */
/* The absolute path in buf, seen from root; " (deleted)" appended when unlinked. Pointer into buf, or ERR_PTR(-ENAMETOOLONG). */
char *d_path(const struct path *path, char *buf, size_t size);
char *d_path_from(const struct path *path, const struct path *root, char *buf, size_t size);
void shrink_dcache_sb(struct super_block *sb);			/* all unused ones. Sleeps. */
/* The nearest hashed name of inode (any), counted, or NULL. */
struct dentry *d_find_alias(struct inode *inode);
/* Memory file systems: keeps d (and so its inode) until d_unpin(), which unlink and the last unmount do. Once each. */
void d_pin(struct dentry *d);
void d_unpin(struct dentry *d);					/* sleeps; harmless when not pinned */

/* --- permissions and attributes --- */
#define MAY_EXEC	1
#define MAY_WRITE	2
#define MAY_READ	4
#define MAY_APPEND	8
int inode_permission(struct inode *inode, int mask);		/* current's fsuid; 0, -EACCES, -EROFS, -EPERM (immutable) */
int generic_permission(struct inode *inode, int mask);
bool inode_owner_or_capable(const struct inode *inode);
int notify_change(struct dentry *dentry, struct kattr *attr);	/* checks, then ops->setattr. inode locked by the caller. */
int setattr_prepare(struct dentry *dentry, struct kattr *attr);
void setattr_copy(struct inode *inode, const struct kattr *attr);	/* all but size; marks dirty */
int simple_setattr(struct dentry *dentry, struct kattr *attr);
void generic_fillattr(struct inode *inode, struct kstat *st);
int vfs_getattr(const struct path *path, struct kstat *st);
int inode_newsize_ok(const struct inode *inode, loff_t size);	/* RLIMIT_FSIZE (sends SIGXFSZ), maxbytes: 0, -EFBIG */

/* POSIX ACLs (fs/posix_acl.c): honoured where the super block has SB_POSIXACL_, kept as the file system's xattrs. */
#define SB_POSIXACL_	MS_POSIXACL
void inode_forget_acl(struct inode *inode);			/* its ACL was changed: ask again. Never sleeps. */
static inline bool inode_has_no_acl(const struct inode *inode) { return !inode->acl || !(inode->sb->flags & SB_POSIXACL_); }
static inline bool inode_permission_sleeps(const struct inode *inode)	/* a check may have to ask the file system */
{
	return inode->ops->permission || (inode->acl == ACL_UNKNOWN && inode->sb->flags & SB_POSIXACL_);
}
/* Programs being executed cannot be written, files being written not executed: 0 or -ETXTBSY. */
static inline int deny_write(struct inode *inode) { return inode->writecount > 0 ? -ETXTBSY : (inode->writecount--, 0); }
static inline void allow_write(struct inode *inode) { inode->writecount++; }

/* --- files (fs/file_table.c, fs/open.c, fs/read_write.c) --- */
/* Gives f these operations and the mode bits (position, pread, pwrite) they imply; open() of the driver comes after it. */
void file_set_ops(struct file *f, const struct file_ops *ops);
struct file *file_alloc(unsigned flags);			/* refs 1. NULL */
struct file *file_open_path(const struct path *path, unsigned flags);	/* sleeps. ERR_PTR */
struct file *file_open(const char *name, unsigned flags, mode_t mode);	/* from the kernel (init, exec); ERR_PTR */
struct file *file_get(struct file *f);
void file_put(struct file *f);					/* the last one releases. Sleeps. NULL is fine. */
ssize_t file_read(struct file *f, struct iov_iter *it, loff_t *pos);	/* vfs level: mode, limits, notification */
ssize_t file_write(struct file *f, struct iov_iter *it, loff_t *pos);
ssize_t kernel_read(struct file *f, void *buf, size_t n, loff_t pos);
ssize_t kernel_write(struct file *f, const void *buf, size_t n, loff_t *pos);
loff_t generic_llseek(struct file *f, loff_t off, int whence);	/* SEEK_SET, CUR, END, DATA, HOLE by size */
loff_t generic_llseek_size(struct file *f, loff_t off, int whence, loff_t maxsize, loff_t eof);
loff_t no_llseek(struct file *f, loff_t off, int whence);
static inline loff_t noop_llseek(struct file *f, loff_t off, int whence) { return f->pos; }	/* lseek succeeds and does nothing */
int generic_fsync(struct file *f, loff_t start, loff_t end, bool datasync);
int nonseekable_open(struct inode *inode, struct file *f);
/* A file that has no name in any directory: eventfd, epoll, pipe …; shows as "anon_inode:[name]". ERR_PTR */
struct file *anon_file(const char *name, const struct file_ops *ops, void *private, unsigned flags);
void kill_fasync(struct file *f, int band);			/* SIGIO to the owner, if O_ASYNC is on; band: POLL_IN, POLL_OUT … */

/* Files of things that have no name but an inode of their own: pipes, sockets, memory files. */
int pseudo_fill_super(struct super_block *sb, u32 magic);	/* an empty root directory: the body of a fill_super */
struct mount *pseudo_mount(struct fs_type *t);			/* registers t, mounts it for the kernel alone. ERR_PTR. Sleeps. */
/* An open file of inode, whose count it takes in any case. name and dops->dname as d_path will show it. ERR_PTR. Sleeps. */
struct file *pseudo_file(struct mount *m, struct inode *inode, const char *name, const struct dentry_ops *dops,
			 const struct file_ops *fops, unsigned flags);

/* Directories: the file system calls dir_emit() for each entry; false: buffer full, stop (do not advance ctx->pos). */
struct dir_context {
	bool (*actor)(struct dir_context *ctx, const char *name, int len, loff_t off, u64 ino, unsigned type);
	loff_t pos;
};
static inline bool dir_emit(struct dir_context *ctx, const char *name, int len, u64 ino, unsigned type)
{
	return ctx->actor(ctx, name, len, ctx->pos, ino, type);
}
bool dir_emit_dots(struct file *f, struct dir_context *ctx);	/* "." and ".." at pos 0 and 1; false: full */
#define DT_OF_MODE(mode) (((mode) & S_IFMT) >> 12)

/* --- helpers for memory file systems (fs/libfs.c): directories that live in the dentry cache --- */
extern const struct file_ops simple_dir_fops;
extern const struct inode_ops simple_symlink_ops;		/* inode->link */
struct dentry *simple_lookup(struct inode *dir, struct dentry *dentry);
int simple_link(struct dentry *old, struct inode *dir, struct dentry *dentry);
int simple_unlink(struct inode *dir, struct dentry *dentry);
int simple_rmdir(struct inode *dir, struct dentry *dentry);
int simple_rename(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd, unsigned flags);
bool simple_empty(struct dentry *d);
int noop_fsync(struct file *f, loff_t start, loff_t end, bool datasync);	/* nothing to write: 0 */
int simple_statfs(struct super_block *sb, struct kstatfs *st);
ssize_t simple_read_from_buffer(struct iov_iter *it, loff_t *pos, const void *from, size_t available);

/* "a=1,b": takes the next option off *s; *val is NULL or the text behind '='. NULL: no more. */
char *next_option(char **s, char **val);

#endif
