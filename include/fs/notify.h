/* SPDX-License-Identifier: GPL-2.0 */
/* What the VFS reports to inotify and F_NOTIFY. Costs one test when nobody watches. Never sleep. */
#ifndef FS_NOTIFY_H
#define FS_NOTIFY_H

#include <fs/fs.h>
#include <linux/inotify.h>	/* uapi: IN_* */

/* Something happened to d's inode: tells watches on it, and on its parent with the name. */
void notify_dentry_slow(struct dentry *d, u32 mask);
extern unsigned notify_watches;			/* how many there are in all */
static inline void notify_dentry(struct dentry *d, u32 mask)
{
	if (unlikely(notify_watches))
		notify_dentry_slow(d, mask);
}
#define NOTIFY_RENAMED	0x10000u	/* beside IN_MOVED_FROM: it stayed in that directory. inotify does not show it. */
/* In dir, to the entry name (create, delete, moves): mask may include IN_ISDIR. */
void notify_dir_slow(struct inode *dir, u32 mask, const char *name, u32 cookie);
static inline void notify_dir(struct inode *dir, u32 mask, const char *name, u32 cookie)
{
	if (unlikely(notify_watches))
		notify_dir_slow(dir, mask, name, cookie);
}
void notify_inode(struct inode *inode, u32 mask);	/* on it alone: IN_DELETE_SELF, IN_ATTRIB */
u32 notify_cookie(void);				/* joins IN_MOVED_FROM and IN_MOVED_TO */
void notify_inode_gone(struct inode *inode);		/* eviction: IN_IGNORED, watches end */
static inline void notify_file(struct file *f, u32 mask)
{
	if (!(f->mode & FMODE_NONOTIFY))
		notify_dentry(f->path.dentry, mask);
}

#endif
