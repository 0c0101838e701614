// SPDX-License-Identifier: GPL-2.0
/* Where a task is: its root, its working directory and its umask. */
#include "internal.h"
#include <linux/sched.h>

struct fs_struct init_fs = { .refs = 1, .umask = 022 };

int copy_fs(unsigned long clone_flags, struct task *child)
{
	struct fs_struct *old = fs_current(), *fs = old;

	if (clone_flags & CLONE_FS) {
		old->refs++;
	} else {
		fs = kmalloc(sizeof(*fs), GFP_KERNEL);
		if (!fs) {
			child->fs = NULL;
			return -ENOMEM;
		}
		*fs = (struct fs_struct){ 1, old->root, old->pwd, old->umask };
		if (fs->root.mnt) {		/* none before the first root */
			path_get(&fs->root);
			path_get(&fs->pwd);
		}
	}
	child->fs = fs;
	return 0;
}

void fs_put(struct fs_struct *fs)
{
	if (!fs || --fs->refs || fs == &init_fs)
		return;
	path_put(&fs->root);
	path_put(&fs->pwd);
	kfree(fs);
}

void exit_fs(struct task *t)
{
	struct fs_struct *fs = t->fs;

	t->fs = NULL;
	fs_put(fs);
}

static void set_path(struct path *where, const struct path *p)
{
	struct path old = *where;

	*where = *p;
	path_put(&old);
}

/* Takes p over. */
static int change_dir(struct path *p)
{
	int err = inode_permission(p->dentry->inode, MAY_EXEC);

	if (err)
		path_put(p);
	else
		set_path(&fs_current()->pwd, p);
	return err;
}

long sys_chdir(uaddr_t upath)
{
	struct path p;
	int err = user_path_at(AT_FDCWD, upath, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &p);

	return err ?: change_dir(&p);
}

long sys_fchdir(int fd)
{
	struct file *f = fcheck(fd);
	struct path p;

	if (!f)
		return -EBADF;
	if (!S_ISDIR(f->inode->mode))
		return -ENOTDIR;
	p = f->path;
	path_get(&p);
	return change_dir(&p);
}

long sys_chroot(uaddr_t upath)
{
	struct path p;
	int err = user_path_at(AT_FDCWD, upath, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &p);

	if (err)
		return err;
	err = inode_permission(p.dentry->inode, MAY_EXEC);
	if (!err && !capable(CAP_SYS_CHROOT))
		err = -EPERM;
	if (err)
		path_put(&p);
	else
		set_path(&fs_current()->root, &p);
	return err;
}

/* The length with its NUL, as the ABI has it (the C library's getcwd differs). */
long sys_getcwd(uaddr_t ubuf, size_t size)
{
	static const char outside[] = "(unreachable)";
	struct fs_struct *fs = fs_current();
	char *buf, *text;
	size_t n;
	int err;

	if (!(fs->pwd.dentry->flags & D_HASHED) && fs->pwd.dentry->parent != fs->pwd.dentry)
		return -ENOENT;
	buf = kmalloc(PATH_MAX_, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	err = path_text(&fs->pwd, &fs->root, buf, PATH_MAX_, &text);
	if (err > 0 && text - buf < (long)sizeof(outside) - 1)
		err = -ENAMETOOLONG;
	if (err > 0) {
		text -= sizeof(outside) - 1;
		memcpy(text, outside, sizeof(outside) - 1);
	}
	if (err >= 0) {
		n = (size_t)(buf + PATH_MAX_ - text);
		err = n > size ? -ERANGE : copy_to_user(ubuf, text, n) ?: (int)n;
	}
	kfree(buf);
	return err;
}

long sys_umask(int mask)
{
	struct fs_struct *fs = fs_current();
	mode_t old = fs->umask;

	fs->umask = (mode_t)mask & 0777;
	return (long)old;
}
