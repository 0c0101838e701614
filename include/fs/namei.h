/* SPDX-License-Identifier: GPL-2.0 */
/* Path walk and the operations on names that system calls and the kernel itself use. All sleep. */
#ifndef FS_NAMEI_H
#define FS_NAMEI_H

#include <fs/fs.h>

#define LOOKUP_FOLLOW		0x01	/* a symlink at the end is followed */
#define LOOKUP_DIRECTORY	0x02	/* must be a directory */
#define LOOKUP_EMPTY		0x04	/* "" means dfd itself */
#define LOOKUP_PARENT		0x08	/* internal */
#define LOOKUP_NO_XDEV		0x10	/* openat2(2) RESOLVE_ */
#define LOOKUP_NO_MAGICLINKS	0x20
#define LOOKUP_NO_SYMLINKS	0x40
#define LOOKUP_BENEATH		0x80
#define LOOKUP_IN_ROOT		0x100
#define LOOKUP_CACHED		0x200	/* -EAGAIN rather than asking the file system */

void path_get(const struct path *p);
void path_put(const struct path *p);			/* harmless when {NULL, NULL} */
/* name from the kernel, relative to dfd (AT_FDCWD: the working directory). 0 and *out counted, or -errno. */
int path_lookup(int dfd, const char *name, unsigned flags, struct path *out);
int user_path_at(int dfd, uaddr_t uname, unsigned flags, struct path *out);
/* For making a name: *parent is the directory, locked; returns the dentry (counted, negative unless it exists). End by path_create_done(). ERR_PTR(-EEXIST, …) */
struct dentry *path_create(int dfd, const char *name, struct path *parent, bool is_dir);
void path_create_done(struct path *parent, struct dentry *d);
struct dentry *lookup_one(struct dentry *dir, const char *name, u32 len);	/* dir locked; ERR_PTR */

int vfs_create(struct inode *dir, struct dentry *d, mode_t mode);
int vfs_mkdir(struct inode *dir, struct dentry *d, mode_t mode);
int vfs_mknod(struct inode *dir, struct dentry *d, mode_t mode, dev_t rdev);
int vfs_symlink(struct inode *dir, struct dentry *d, const char *target);
int vfs_link(struct dentry *old, struct inode *dir, struct dentry *d);
int vfs_unlink(struct inode *dir, struct dentry *d);
int vfs_rmdir(struct inode *dir, struct dentry *d);

/* The whole open: O_CREAT, O_EXCL, permissions. how: openat2's LOOKUP_ restrictions or 0. ERR_PTR */
struct file *do_file_open(int dfd, const char *name, unsigned flags, mode_t mode, unsigned how);

struct fs_struct { int refs; struct path root, pwd; mode_t umask; };
int copy_fs(unsigned long clone_flags, struct task *child);	/* shares or copies; 0, -ENOMEM */
void exit_fs(struct task *t);
void fs_put(struct fs_struct *fs);
extern struct fs_struct init_fs;			/* kernel threads' and the first process's */

#endif
