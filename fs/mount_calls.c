// SPDX-License-Identifier: GPL-2.0
/* mount(2) with all that its flags mean, umount2(2), pivot_root(2). */
#include "mount.h"
#include <linux/mount.h>

#define MNT_FORCE_	1	/* umount2(2): no ABI header has these */
#define MNT_DETACH_	2
#define MNT_EXPIRE_	4
#define UMOUNT_NOFOLLOW_ 8

static DEFINE_MUTEX(tree_lock);		/* the tree keeps its shape across what sleeps */

#define ATIME_FLAGS (MNT_NOATIME | MNT_NODIRATIME | MNT_RELATIME | MNT_STRICTATIME)

/* --- the kinds of mount(2) --- */

static int mount_new(const struct path *p, const char *type, unsigned long flags, const char *source, char *data)
{
	struct fs_type *t;
	struct mount *m;
	int err;

	if (!type)
		return why(-EINVAL, "no file system type is given");
	t = fs_find(type);
	if (!t)
		return why(-ENODEV, "no file system type %s in this kernel", type);
	m = vfs_kern_mount(t, (unsigned)flags, source, data);
	if (IS_ERR(m))
		return (int)PTR_ERR(m);
	mutex_lock(&tree_lock);
	err = attach_mount(m, p);
	mutex_unlock(&tree_lock);
	if (err)
		mntput(m);
	return err;
}

static struct mount *clone_mount(struct mount *old, struct dentry *root)
{
	struct mount *m = mount_alloc(old->sb, root, old->flags & ~MNT_UNBINDABLE, old->source);

	if (m)
		old->sb->active++;
	return m;
}

/* A copy of the tree at p, not attached. Mounts outside p's directory and unbindable ones are left out. ERR_PTR. */
static struct mount *copy_tree(const struct path *p, bool recursive)
{
	struct mount *top = clone_mount(p->mnt, p->dentry), *from = p->mnt;

	if (!top)
		return ERR_PTR(-ENOMEM);
	p->mnt->copy = top;
	while (recursive && (from = mount_tree_next(from, p->mnt)) != NULL) {
		struct path at = { from->parent, from->mountpoint }, to = { from->parent->copy, from->mountpoint };

		from->copy = NULL;
		if (!to.mnt || from->flags & MNT_UNBINDABLE || !path_is_under(&at, p))
			continue;
		from->copy = clone_mount(from, from->root);
		if (!from->copy) {
			mount_umount_tree(top);
			return ERR_PTR(-ENOMEM);
		}
		mount_attach(from->copy, &to);
	}
	return top;
}

static int attach_copy(struct mount *m, const struct path *p)
{
	int err = S_ISDIR(p->dentry->inode->mode) != S_ISDIR(m->root->inode->mode) ? -ENOTDIR : 0;

	if (!err && (p->dentry->flags & D_UNLINKED || !p->mnt->ns))
		err = -ENOENT;
	if (err)
		mount_umount_tree(m);
	else
		mount_attach(m, p);
	return err;
}

static int mount_bind(const struct path *p, const char *source, bool recursive)
{
	struct mount *m;
	struct path old;
	int err;

	if (!source || !*source)
		return why(-EINVAL, "nothing is given to be bound");
	err = path_lookup(AT_FDCWD, source, LOOKUP_FOLLOW, &old);
	if (err)
		return err;
	mutex_lock(&tree_lock);
	m = old.mnt->flags & MNT_UNBINDABLE || !mount_is_ours(old.mnt) ? ERR_PTR(-EINVAL) : copy_tree(&old, recursive);
	err = IS_ERR(m) ? (int)PTR_ERR(m) : attach_copy(m, p);
	mutex_unlock(&tree_lock);
	path_put(&old);
	return err;
}

static int mount_move(const struct path *p, const char *source)
{
	struct path old, where;
	int err;

	if (!source || !*source)
		return why(-EINVAL, "nothing is given to be moved");
	err = path_lookup(AT_FDCWD, source, LOOKUP_FOLLOW, &old);
	if (err)
		return err;
	if (old.dentry != old.mnt->root || old.mnt->parent == old.mnt || !mount_is_ours(old.mnt) || !mount_is_ours(p->mnt))
		err = why(-EINVAL, "%s is not a mount that can be moved", why_path(&old));
	else if (S_ISDIR(p->dentry->inode->mode) != S_ISDIR(old.dentry->inode->mode))
		err = why(-EINVAL, "one is a directory, the other is not");
	else if (path_is_under(p, &old))
		err = why(-ELOOP, "a mount cannot move into itself");
	mutex_lock(&tree_lock);
	if (!err && old.mnt->parent != old.mnt) {
		mount_detach(old.mnt, &where);
		mount_attach(old.mnt, p);
		path_put(&where);
	}
	mutex_unlock(&tree_lock);
	path_put(&old);
	return err;
}

static int mount_set_flags(struct mount *m, unsigned long flags)
{
	unsigned mnt = mount_flags(flags);

	if (mnt & MNT_READONLY && !(m->flags & MNT_READONLY) && m->writers)
		return why(-EBUSY, "%d files are open for writing", m->writers);
	if (!(flags & (MS_NOATIME | MS_NODIRATIME | MS_RELATIME | MS_STRICTATIME)))
		mnt = (mnt & ~ATIME_FLAGS) | (m->flags & ATIME_FLAGS);
	m->flags = mnt | (m->flags & MNT_UNBINDABLE);
	return 0;
}

static int mount_remount(const struct path *p, unsigned long flags, char *data)
{
	int err;

	if (p->dentry != p->mnt->root || !mount_is_ours(p->mnt))
		return why(-EINVAL, "%s is not a mount point", why_path(p));
	if (flags & MS_BIND)
		return mount_set_flags(p->mnt, flags);
	err = do_remount_sb(p->mnt->sb, (unsigned)flags, data);
	return err ?: mount_set_flags(p->mnt, flags);
}

/* Mounts here are private; shared ones would need a second mount namespace to be told from it. */
static int mount_set_propagation(const struct path *p, unsigned long flags)
{
	unsigned long type = flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE);

	if (flags & ~(type | MS_REC | MS_SILENT) || !IS_POWER_OF_2(type) || p->dentry != p->mnt->root)
		return -EINVAL;
	if (type == MS_SHARED)
		return why(-EINVAL, "mount: shared mounts come with mount namespaces");
	for (struct mount *m = p->mnt; m; m = flags & MS_REC ? mount_tree_next(m, p->mnt) : NULL)
		m->flags = type == MS_UNBINDABLE ? m->flags | MNT_UNBINDABLE : m->flags & ~MNT_UNBINDABLE;
	return 0;
}

static int mount_at(const struct path *p, const char *source, const char *type, unsigned long flags, char *data)
{
	if (flags & MS_REMOUNT)
		return mount_remount(p, flags, data);
	if (flags & MS_BIND)
		return mount_bind(p, source, flags & MS_REC);
	if (flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE))
		return mount_set_propagation(p, flags);
	if (flags & MS_MOVE)
		return mount_move(p, source);
	return mount_new(p, type, flags, source, data);
}

int do_mount(const char *source, const char *target, const char *type, unsigned long flags, char *data)
{
	struct path p;
	int err = path_lookup(AT_FDCWD, target, LOOKUP_FOLLOW, &p);

	if (err)
		return err;
	err = mount_at(&p, source, type, flags, data);
	path_put(&p);
	return err;
}

/* NULL stays NULL. ERR_PTR. */
static char *copy_string(uaddr_t ustr)
{
	char *s, *copy;

	if (!ustr)
		return NULL;
	s = getname(ustr);
	if (IS_ERR(s))
		return PTR_ERR(s) == -ENAMETOOLONG ? ERR_PTR(-EINVAL) : s;
	copy = kstrdup(s, GFP_KERNEL);
	putname(s);
	return copy ?: ERR_PTR(-ENOMEM);
}

/* At most a page, as much as there is: its length is not told. */
static char *copy_options(uaddr_t udata)
{
	char *data;

	if (!udata)
		return NULL;
	data = kzalloc(PAGE_SIZE, GFP_KERNEL);
	if (!data)
		return ERR_PTR(-ENOMEM);
	if (!copy_from_user_partial(data, udata, PAGE_SIZE - 1)) {
		kfree(data);
		return ERR_PTR(-EFAULT);
	}
	return data;
}

static int mount_user(uaddr_t utarget, const char *source, const char *type, unsigned long flags, char *data)
{
	struct path p;
	int err = user_path_at(AT_FDCWD, utarget, LOOKUP_FOLLOW, &p);

	if (err)
		return err;
	err = capable(CAP_SYS_ADMIN) ? mount_at(&p, source, type, flags, data) : -EPERM;
	path_put(&p);
	return err;
}

long sys_mount(uaddr_t usource, uaddr_t utarget, uaddr_t utype, unsigned long flags, uaddr_t udata)
{
	char *type = copy_string(utype), *source = NULL, *data = NULL;
	int err;

	if (IS_ERR(type))
		return PTR_ERR(type);
	if ((flags & MS_MGC_MSK) == MS_MGC_VAL)
		flags &= ~(unsigned long)MS_MGC_MSK;
	source = copy_string(usource);
	if (!IS_ERR(source))
		data = copy_options(udata);
	if (IS_ERR(source))
		err = (int)PTR_ERR(source);
	else if (IS_ERR(data))
		err = (int)PTR_ERR(data);
	else
		err = mount_user(utarget, source, type, flags, data);
	if (!IS_ERR(data))
		kfree(data);
	if (!IS_ERR(source))
		kfree(source);
	kfree(type);
	return err;
}

/* --- umount2 --- */

/* p counts the mount once. On success *m is to be taken apart. */
static int check_umount(const struct path *p, int flags)
{
	struct mount *m = p->mnt;

	if (p->dentry != m->root || !mount_is_ours(m) || m->parent == m)
		return why(-EINVAL, "%s is not a mount that can go", why_path(p));
	if (flags & MNT_DETACH_)
		return 0;
	if (!list_empty(&m->children) || m->refs != 2)
		return why(-EBUSY, list_empty(&m->children) ? "open files, or somebody's directory" : "other mounts lie on it");
	return 0;
}

static int do_umount(const struct path *p, int flags)
{
	struct mount *m = p->mnt;

	if (p->dentry == m->root && m == fs_current()->root.mnt && m->root == fs_current()->root.dentry && !(flags & MNT_DETACH_))
		return sb_rdonly(m->sb) ? 0 : do_remount_sb(m->sb, m->sb->flags | MS_RDONLY, NULL);
	return check_umount(p, flags);
}

long sys_umount(uaddr_t upath, int flags)
{
	struct mount *m;
	struct path p;
	bool root, expired;
	int err;

	if (unknown_flags(flags, MNT_FORCE_ | MNT_DETACH_ | MNT_EXPIRE_ | UMOUNT_NOFOLLOW_))
		return -EINVAL;
	if (flags & MNT_EXPIRE_ && flags & (MNT_FORCE_ | MNT_DETACH_))
		return why(-EINVAL, "MNT_EXPIRE with another flag");
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = user_path_at(AT_FDCWD, upath, flags & UMOUNT_NOFOLLOW_ ? 0 : LOOKUP_FOLLOW, &p);
	if (err)
		return err;
	m = p.mnt;
	expired = m->expiring;
	root = m == fs_current()->root.mnt && !(flags & MNT_DETACH_);
	mutex_lock(&tree_lock);
	err = do_umount(&p, flags);
	if (!err && flags & MNT_EXPIRE_ && !expired)
		err = why(-EAGAIN, "marked: the next call will unmount it, if nobody uses it until then");
	if (!err && !root)
		mount_umount_tree(m);
	path_put(&p);
	if (err == -EAGAIN)
		m->expiring = true;		/* the next use clears it; the tree still counts m: nothing slept */
	mutex_unlock(&tree_lock);
	return err;
}

/* --- pivot_root --- */

void change_root_refs(const struct path *from, const struct path *to)
{
	struct task *t;

again:
	for_each_task(t) {
		struct fs_struct *fs = t->fs;

		for (int i = 0; fs && i < 2; i++) {
			struct path *p = i ? &fs->pwd : &fs->root;

			if (p->mnt != from->mnt || p->dentry != from->dentry)
				continue;
			path_get(to);
			*p = *to;
			path_put(from);
			goto again;		/* the last put may sleep: the list may have changed */
		}
	}
}

static int check_pivot(const struct path *new_, const struct path *old, const struct path *root)
{
	if (!mount_is_ours(new_->mnt) || !mount_is_ours(old->mnt) || !mount_is_ours(root->mnt))
		return -EINVAL;
	if (new_->mnt == root->mnt || old->mnt == root->mnt)
		return why(-EBUSY, "the new root or its place is on the present root file system");
	if (root->dentry != root->mnt->root || root->mnt->parent == root->mnt)
		return why(-EINVAL, "the present root is not a mount point");
	if (new_->dentry != new_->mnt->root || new_->mnt->parent == new_->mnt)
		return why(-EINVAL, "the new root is not a mount point");
	if (!path_is_under(old, new_) || !path_is_under(new_, root))
		return why(-EINVAL, "the old root's place is not below the new one");
	return old->dentry->flags & D_UNLINKED ? -ENOENT : 0;
}

static int pivot(const struct path *new_, const struct path *old)
{
	struct path root = fs_current()->root, new_place, root_place;
	int err = check_pivot(new_, old, &root);

	if (err)
		return err;
	path_get(&root);
	mount_detach(new_->mnt, &new_place);
	mount_detach(root.mnt, &root_place);
	mount_attach(root.mnt, old);
	mount_attach(new_->mnt, &root_place);
	path_put(&new_place);
	path_put(&root_place);
	change_root_refs(&root, new_);
	path_put(&root);
	return 0;
}

long sys_pivot_root(uaddr_t unew, uaddr_t uold)
{
	struct path new_, old;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	err = user_path_at(AT_FDCWD, unew, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &new_);
	if (err)
		return err;
	err = user_path_at(AT_FDCWD, uold, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &old);
	if (!err) {
		mutex_lock(&tree_lock);
		err = pivot(&new_, &old);
		mutex_unlock(&tree_lock);
		path_put(&old);
	}
	path_put(&new_);
	return err;
}
