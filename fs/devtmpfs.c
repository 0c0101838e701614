// SPDX-License-Identifier: GPL-2.0
/*
 * devtmpfs: nodes for all devices that register, made by the kernel. One super block, which is there before anybody
 * mounts it; a tmpfs underneath, so that users may add to it, rename and change owners.
 */
#include "internal.h"
#include "tmpfs/tmpfs.h"
#include <fs/notify.h>
#include <kernel/init.h>

static struct mount *dev_mount;

static int devtmpfs_fill_super(struct super_block *sb, char *data, bool silent)
{
	return tmpfs_fill(sb, &(struct tmpfs_opts){ .mode = 0755 });
}

static struct fs_type devtmpfs_type = { .name = "devtmpfs", .fill_super = devtmpfs_fill_super, .flags = FS_SINGLE };

/* The kernel's own mount keeps the super block alive. Made by the first device that registers. 0 or -errno. */
static int have_mount(void)
{
	struct mount *m;

	if (dev_mount)
		return 0;
	m = vfs_kern_mount(&devtmpfs_type, MS_NOATIME, "devtmpfs", NULL);
	if (IS_ERR(m))
		return (int)PTR_ERR(m);
	dev_mount = m;
	return 0;
}

static int make_dir(struct dentry *dir, struct dentry *d)
{
	int err = dir->inode->ops->mkdir(dir->inode, d, S_IFDIR | 0755);

	if (!err)
		d->inode->state |= I_OF_KERNEL;
	return err;
}

/* The directory that name lies in, counted, made where it is missing; *last is the rest of name. ERR_PTR. */
static struct dentry *parent_of(const char *name, const char **last, bool make)
{
	struct dentry *dir = dget(dev_mount->root), *d;
	const char *slash;
	int err = 0;

	while ((slash = strchr(name, '/')) != NULL) {
		inode_lock(dir->inode);
		d = lookup_one(dir, name, (u32)(slash - name));
		if (!IS_ERR(d) && !d->inode)
			err = make ? make_dir(dir, d) : -ENOENT;
		else if (!IS_ERR(d) && !S_ISDIR(d->inode->mode))
			err = -ENOTDIR;
		inode_unlock(dir->inode);
		dput(dir);
		if (IS_ERR(d))
			return d;
		dir = d;
		if (err) {
			dput(dir);
			return ERR_PTR(err);
		}
		name = slash + 1;
	}
	*last = name;
	return dir;
}

/* A node, or a link when target is given; one of that name stays as it is. */
static int make_node(const char *name, mode_t mode, dev_t dev, const char *target)
{
	const char *last;
	struct dentry *dir, *d;
	int err = have_mount();

	if (err)
		return err;
	dir = parent_of(name, &last, true);
	if (IS_ERR(dir))
		return (int)PTR_ERR(dir);
	inode_lock(dir->inode);
	d = lookup_one(dir, last, (u32)strlen(last));
	if (IS_ERR(d))
		err = (int)PTR_ERR(d);
	else if (d->inode)
		err = -EEXIST;
	else if (target)
		err = dir->inode->ops->symlink(dir->inode, d, target);
	else
		err = dir->inode->ops->mknod(dir->inode, d, mode, dev);
	if (!err) {
		d->inode->uid = 0;
		d->inode->gid = 0;
		d->inode->state |= I_OF_KERNEL;
		notify_dir(dir->inode, IN_CREATE, last, 0);
	}
	inode_unlock(dir->inode);
	if (!IS_ERR(d))
		dput(d);
	dput(dir);
	return err == -EEXIST ? 0 : err;
}

int devtmpfs_create(const char *name, mode_t mode, dev_t dev)
{
	might_sleep();
	return make_node(name, mode, dev, NULL);
}

int devtmpfs_symlink(const char *name, const char *target)
{
	might_sleep();
	return make_node(name, 0, 0, target);
}

int devtmpfs_remove(const char *name)
{
	const char *last;
	struct dentry *dir, *d;
	struct inode *inode = NULL;
	int err = have_mount();

	might_sleep();
	if (err)
		return err;
	dir = parent_of(name, &last, false);
	if (IS_ERR(dir))
		return (int)PTR_ERR(dir);
	inode_lock(dir->inode);
	d = lookup_one(dir, last, (u32)strlen(last));
	if (IS_ERR(d)) {
		err = (int)PTR_ERR(d);
	} else {
		err = !d->inode ? -ENOENT : S_ISDIR(d->inode->mode) ? -EISDIR : 0;
		if (!err) {
			inode = iget(d->inode);
			err = dir->inode->ops->unlink(dir->inode, d);
		}
		if (!err) {
			notify_dir(dir->inode, IN_DELETE, last, 0);
			d_delete(d);
		}
		dput(d);
	}
	inode_unlock(dir->inode);
	iput(inode);
	dput(dir);
	return err;
}

void devtmpfs_for_root(void (*fn)(struct dentry *root))
{
	if (dev_mount)
		fn(dev_mount->root);
}

static int devtmpfs_init(void)
{
	int err = fs_register(&devtmpfs_type);

	return err ?: have_mount();
}
fs_initcall(devtmpfs_init);
