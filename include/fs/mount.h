/* SPDX-License-Identifier: GPL-2.0 */
/* The tree of mounts. */
#ifndef FS_MOUNT_H
#define FS_MOUNT_H

#include <fs/fs.h>

struct mount {
	struct mount *parent;		/* itself at the top */
	struct dentry *mountpoint;	/* in parent; counted */
	struct dentry *root;		/* counted */
	struct super_block *sb;
	unsigned flags;			/* MNT_ below */
	int refs;			/* the tree counts one */
	int id;
	char *source;			/* as given to mount(2) */
	struct mnt_ns *ns;		/* NULL: detached */
	struct list_head children, sibling;
	struct list_head ns_node;	/* on ns->mounts, in order of mounting */
	struct hlist_node hash;		/* by (parent, mountpoint) */
	int writers;			/* files open for writing through it */
	struct mount *copy;		/* while a tree is being copied: its copy */
	bool expiring;			/* umount2(MNT_EXPIRE) was here, and nobody since */
};
#define MNT_NOSUID	1
#define MNT_NODEV	2
#define MNT_NOEXEC	4
#define MNT_NOATIME	8
#define MNT_NODIRATIME	16
#define MNT_RELATIME	32
#define MNT_READONLY	64
#define MNT_STRICTATIME	128
#define MNT_UNBINDABLE	256

struct mnt_ns { int refs; struct mount *root; struct list_head mounts; struct wait_queue changed; u64 version; };
extern struct mnt_ns init_mnt_ns;

struct mount *mount_lookup(const struct path *p);	/* what is mounted on p (topmost: ask again), or NULL; not counted */
int mount_want_write(struct mount *m);			/* 0 or -EROFS */
struct mount *mntget(struct mount *m);
void mntput(struct mount *m);				/* sleeps at the last */
int do_mount(const char *source, const char *target, const char *type, unsigned long flags, char *data);	/* from the kernel */
int attach_mount(struct mount *m, const struct path *where);
/* Boot: first root from m; afterwards init's root and pwd are there. */
void set_root_mount(struct mount *m);
void mount_show_options(struct mount *m, struct seq_file *s);	/* "rw,nosuid,relatime" and the super block's: /proc/mounts */
void mount_show_own(struct mount *m, struct seq_file *s);	/* the two halves of it: mountinfo */
void mount_show_super(struct mount *m, struct seq_file *s);
/* Where m is attached as root sees it, in buf; ERR_PTR(-ENOENT) when that is not below root: not to be shown. Never sleeps. */
char *mount_path_from(struct mount *m, const struct path *root, char *buf, size_t size);
bool path_is_under(const struct path *p, const struct path *top);	/* p is top or below it */
void umount_all(void);					/* halt: syncs and makes everything read-only */

#endif
