// SPDX-License-Identifier: GPL-2.0
/* What the unit tests of the VFS share. See fs_test.h. */
#include "fs_test.h"

int t_begin(const char *options)
{
	char *data = options ? kstrdup(options, GFP_KERNEL) : NULL;
	int err = t_mkdir("/kunit");

	if (!err || err == -EEXIST)
		err = do_mount("tmpfs", "/kunit", "tmpfs", 0, data);
	kfree(data);
	return err;
}

void t_end(void)
{
	struct path p;

	EXPECT_EQ(path_lookup(AT_FDCWD, "/kunit", LOOKUP_FOLLOW, &p), 0);
	EXPECT_EQ(p.mnt->refs, 2);
	EXPECT_EQ(p.mnt->writers, 0);
	mount_umount(&p);
}

int t_mkdir(const char *path)
{
	struct path parent;
	struct dentry *d = path_create(AT_FDCWD, path, &parent, true);
	int err;

	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	err = vfs_mkdir(parent.dentry->inode, d, 0755);
	path_create_done(&parent, d);
	return err;
}

int t_write(const char *path, const char *text)
{
	struct file *f = file_open(path, O_CREAT | O_TRUNC | O_WRONLY, 0644);
	loff_t pos = 0;
	ssize_t n;

	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	n = kernel_write(f, text, strlen(text), &pos);
	file_put(f);
	return n < 0 ? (int)n : (size_t)n == strlen(text) ? 0 : -ENOSPC;
}

int t_symlink(const char *target, const char *path)
{
	struct path parent;
	struct dentry *d = path_create(AT_FDCWD, path, &parent, false);
	int err;

	if (IS_ERR(d))
		return (int)PTR_ERR(d);
	err = vfs_symlink(parent.dentry->inode, d, target);
	path_create_done(&parent, d);
	return err;
}

int t_unlink(const char *path)
{
	struct nameidata nd;
	struct dentry *d;
	int err = nd_parent(&nd, AT_FDCWD, path, 0);

	if (err)
		return err;
	inode_lock(nd.path.dentry->inode);
	d = lookup_one(nd.path.dentry, nd.last.name, nd.last.len);
	err = IS_ERR(d) ? (int)PTR_ERR(d) : vfs_unlink(nd.path.dentry->inode, d);
	inode_unlock(nd.path.dentry->inode);
	if (!IS_ERR(d))
		dput(d);
	nd_end(&nd);
	return err;
}

int t_lookup(const char *path, unsigned flags)
{
	struct path p;
	int err = path_lookup(AT_FDCWD, path, flags, &p);

	if (!err)
		path_put(&p);
	return err;
}

const char *t_path(const char *path, unsigned flags)
{
	static char buf[512];
	struct path p;
	char *s;

	if (path_lookup(AT_FDCWD, path, flags, &p))
		return NULL;
	s = d_path(&p, buf, sizeof(buf));
	path_put(&p);
	return IS_ERR(s) ? NULL : s;
}
