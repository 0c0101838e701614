/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of the VFS share among themselves: the walk's state, the uncounted look-ups of the fast paths. */
#ifndef FS_INTERNAL_H
#define FS_INTERNAL_H

#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <fs/dev.h>
#include <fs/file.h>
#include <fs/fs.h>
#include <fs/mount.h>
#include <fs/namei.h>
#include <fs/notify.h>
#include <mm/slab.h>

#define MAX_SYMLINKS	40		/* followed in one walk; then ELOOP */

/* --- names and the dentry hash --- */
static inline u64 name_hash_step(u64 h, u8 c) { return h * 31 + c; }
static inline u32 name_hash_end(u64 h) { return hash_u64(h + 1); }

extern struct hlist_head *dentry_hash;
extern u32 dentry_hash_mask;

static inline struct hlist_head *d_bucket(const struct dentry *parent, u32 hash)
{
	return &dentry_hash[hash_u64((u64)(unsigned long)parent + hash) & dentry_hash_mask];
}

/* The cached child of that name, not counted, or NULL. Never sleeps. */
static inline struct dentry *d_find(const struct dentry *parent, const struct qstr *name)
{
	struct hlist_node *n;

	for (n = d_bucket(parent, name->hash)->first; n; n = n->next) {
		struct dentry *d = container_of(n, struct dentry, hash);

		if (d->parent == parent && d->name.hash == name->hash && d->name.len == name->len &&
		    !memcmp(d->name.name, name->name, name->len))
			return d;
	}
	return NULL;
}
unsigned d_shutdown(struct dentry *root);	/* unmount: all of the tree goes; how many were still busy. Sleeps. */
/* Builds the path backwards from the end of buf. 0: seen from root; 1: does not lie below it. *out is the start. */
int path_text(const struct path *path, const struct path *root, char *buf, size_t size, char **out);

/* F_NOTIFY (dnotify.c), and its end: at each close, as with record locks. */
long fcntl_notify(int fd, struct file *f, unsigned arg);	/* Sleeps. */
void dnotify_close(struct file *f, const struct files *owner);	/* Never sleeps. */

void devtmpfs_for_root(void (*fn)(struct dentry *root));

/* --- who is asking --- */
static inline struct fs_struct *fs_current(void) { return current->fs ?: &init_fs; }

/* The open file of fd, not counted: valid until the next sleep, and for O_PATH too. */
static inline struct file *fcheck(int fd)
{
	struct files *t = current->files;

	return t && (unsigned)fd < t->max ? t->fd[fd] : NULL;
}

#define FMODE_WRITER	0x10000		/* counts in inode->writecount and mount->writers */
#define FMODE_READER	0x20000		/* counts in inode->readcount */

/*
 * --- the walk --- Counts nothing until it has to sleep, which cached names never make it do: code between two
 * sleeps is atomic. nd_hold() must come before anything that may sleep.
 */
enum last_type { LAST_NORM, LAST_ROOT, LAST_DOT, LAST_DOTDOT };

struct nd_link { struct path link; void *cookie; const struct inode_ops *ops; const char *rest; };

struct nameidata {
	struct path path;		/* where the walk is */
	struct path root;		/* "/", and where ".." ends */
	unsigned flags;			/* LOOKUP_ */
	bool counted;			/* path and root are */
	bool need_dir;			/* a '/' followed the last name */
	enum last_type last_type;
	struct qstr last;		/* the name that nd_walk() left over */
	int nr_links;			/* followed so far */
	int depth;			/* of stack */
	struct nd_link stack[MAX_SYMLINKS];	/* links whose text is in use */
};
int nd_begin(struct nameidata *nd, int dfd, const char *name, unsigned flags);	/* 0 or -errno (then nothing to end) */
int nd_walk(struct nameidata *nd, const char *name);	/* all but the last name, which goes to nd->last */
/* Enters nd->last. Returns 0, -errno, or 1: it is a link that is to be followed and nd_walk() has gone to its last name: call again. */
int nd_last(struct nameidata *nd, bool follow);
/* d (counted by the caller, given over) becomes the place; mounts on it are entered; links as nd_last. */
int nd_step(struct nameidata *nd, struct dentry *d, bool follow);
void nd_hold(struct nameidata *nd);
void nd_take(struct nameidata *nd, struct path *out);	/* moves the place out, counted */
void nd_end(struct nameidata *nd);
int nd_check(struct nameidata *nd);			/* the end of a confined walk: still inside? 0 or -EXDEV */
int nd_parent(struct nameidata *nd, int dfd, const char *name, unsigned flags);	/* begin, walk; counted */

/* --- permissions --- */
int may_create(struct inode *dir);			/* 0, -ENOENT, -EACCES, -EROFS */
int may_delete(struct inode *dir, struct dentry *victim, bool is_dir);
int may_follow(const struct inode *dir, const struct inode *link);	/* a link at the end of a path. 0, -EACCES. Never sleeps. */
int may_hardlink(struct inode *inode);			/* 0, -EPERM */
int may_open_in_sticky(const struct inode *dir, const struct inode *inode);	/* with O_CREAT: 0, -EACCES. Never sleeps. */
int do_truncate(struct dentry *d, loff_t size, unsigned attr, struct file *f);	/* sleeps */

int file_set_async(int fd, struct file *f, bool on);	/* FIOASYNC, F_SETFL: 0 or -errno */

/* --- mounts --- */
struct mnt_ns *current_mnt_ns(void);
void mount_umount(struct path *p);			/* p's mount and all below it, used or not; puts p. Sleeps. */
void change_root_refs(const struct path *from, const struct path *to);	/* pivot_root: root and pwd of all tasks. Sleeps. */
bool sb_has_writers(struct super_block *sb);
void mount_get_writer(struct mount *m);
void mount_put_writer(struct mount *m);
bool mount_is_ours(const struct mount *m);		/* attached in current's namespace */

extern const struct file_ops fifo_fops;			/* fs/pipe.c */

#endif
