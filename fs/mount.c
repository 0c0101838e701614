// SPDX-License-Identifier: GPL-2.0
/*
 * The tree of mounts: look-up, attaching and detaching, mount points, what /proc shows of it.
 * A mount is counted by the tree (once), by its children, and by paths; the system calls are in mount_calls.c.
 */
#include "mount.h"
#include <drivers/blkdev.h>
#include <fs/buffer.h>
#include <fs/poll.h>
#include <fs/proc.h>
#include <kernel/printk.h>
#include <kernel/ns.h>
#include <lib/misc.h>

#define MOUNT_HASH 256

struct mnt_ns init_mnt_ns = {
	.refs = 1, .mounts = LIST_HEAD_INIT(init_mnt_ns.mounts), .changed = WAIT_QUEUE_INIT(init_mnt_ns.changed),
};
static struct hlist_head mount_hash[MOUNT_HASH];

static struct hlist_head *bucket(const struct mount *parent, const struct dentry *d)
{
	return &mount_hash[hash_u64((unsigned long)parent + ((unsigned long)d << 1)) % MOUNT_HASH];
}

struct mount *mount_lookup(const struct path *p)
{
	struct mount *m;

	hlist_for_each_entry(m, bucket(p->mnt, p->dentry), hash)
		if (m->parent == p->mnt && m->mountpoint == p->dentry)
			return m;
	return NULL;
}

struct mnt_ns *current_mnt_ns(void) { return current->ns && current->ns->mnt ? current->ns->mnt : &init_mnt_ns; }
bool mount_is_ours(const struct mount *m) { return m->ns == current_mnt_ns(); }
int mount_want_write(struct mount *m) { return m->flags & MNT_READONLY || sb_rdonly(m->sb) ? -EROFS : 0; }
void mount_get_writer(struct mount *m) { m->writers++; }
void mount_put_writer(struct mount *m) { m->writers--; }

bool sb_has_writers(struct super_block *sb)
{
	struct mount *m;

	list_for_each_entry(m, &init_mnt_ns.mounts, ns_node)
		if (m->sb == sb && m->writers)
			return true;
	return false;
}

/* --- one mount --- */

struct mount *mntget(struct mount *m)
{
	m->refs++;
	return m;
}

void mntput(struct mount *m)
{
	m->expiring = false;
	if (--m->refs)
		return;
	dput(m->root);
	deactivate_super(m->sb);
	kfree(m->source);
	kfree(m);
}

/* Of root within its super block; takes no count of sb over unless it succeeds. NULL: no memory. Sleeps. */
struct mount *mount_alloc(struct super_block *sb, struct dentry *root, unsigned mnt_flags, const char *source)
{
	static int last_id;
	struct mount *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m)
		return NULL;
	m->source = kstrdup(source && *source ? source : "none", GFP_KERNEL);
	if (!m->source) {
		kfree(m);
		return NULL;
	}
	m->parent = m;
	m->root = dget(root);
	m->sb = sb;
	m->flags = mnt_flags;
	m->refs = 1;
	m->id = ++last_id;
	list_init(&m->children);
	list_init(&m->sibling);
	list_init(&m->ns_node);
	return m;
}

unsigned mount_flags(unsigned long ms)
{
	static const struct { unsigned long ms; unsigned mnt; } map[] = {
		{ MS_NOSUID, MNT_NOSUID }, { MS_NODEV, MNT_NODEV }, { MS_NOEXEC, MNT_NOEXEC }, { MS_NOATIME, MNT_NOATIME },
		{ MS_NODIRATIME, MNT_NODIRATIME }, { MS_RDONLY, MNT_READONLY },
	};
	unsigned flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(map); i++)
		if (ms & map[i].ms)
			flags |= map[i].mnt;
	if (ms & MS_STRICTATIME)
		flags = (flags & ~MNT_NOATIME) | MNT_STRICTATIME;
	else if (!(ms & MS_NOATIME))
		flags |= MNT_RELATIME;
	return flags;
}

/* The disk that source names, opened. The kernel itself may name one before there is a /dev. ERR_PTR. */
static struct blkdev *open_source(const char *source, bool write)
{
	struct blkdev *bd = source && is_kthread(current) ? blk_find_name(source) : NULL;
	struct path p;
	int err;

	if (!source || !*source)
		return ERR_PTR(-EINVAL);
	if (!bd) {
		err = path_lookup(AT_FDCWD, source, LOOKUP_FOLLOW, &p);
		if (err)
			return ERR_PTR(err);
		if (!S_ISBLK(p.dentry->inode->mode))
			err = why(-ENOTBLK, "%s is not a block device", why_path(&p));
		else if (p.mnt->flags & MNT_NODEV)
			err = why(-EACCES, "%s is on a file system mounted nodev", why_path(&p));
		else
			bd = blk_find(p.dentry->inode->rdev);
		path_put(&p);
		if (!bd)
			return ERR_PTR(err ?: -ENXIO);
	}
	if (write && bd->read_only)
		return ERR_PTR(-EACCES);
	err = blk_open(bd, write);
	return err ? ERR_PTR(err) : bd;
}

struct mount *vfs_kern_mount(struct fs_type *t, unsigned flags, const char *source, char *data)
{
	struct blkdev *bdev = NULL;
	struct super_block *sb;
	struct mount *m;

	might_sleep();
	if (t->flags & FS_REQUIRES_DEV) {
		bdev = open_source(source, !(flags & MS_RDONLY));
		if (IS_ERR(bdev))
			return ERR_CAST(bdev);
	}
	sb = sget_fill(t, flags, bdev, data, flags & MS_SILENT);
	if (IS_ERR(sb))
		return ERR_CAST(sb);
	m = mount_alloc(sb, sb->root, mount_flags(flags), source);
	if (!m) {
		deactivate_super(sb);
		return ERR_PTR(-ENOMEM);
	}
	return m;
}

/* --- the tree --- */

static void tree_changed(struct mnt_ns *ns)
{
	ns->version++;
	wake_up_poll(&ns->changed, EPOLLERR | EPOLLPRI);
}

/* The next of the tree below top, parents first; NULL: all seen. */
struct mount *mount_tree_next(struct mount *m, const struct mount *top)
{
	if (!list_empty(&m->children))
		return list_first(&m->children, struct mount, sibling);
	for (; m != top; m = m->parent)
		if (m->sibling.next != &m->parent->children)
			return list_next(m, sibling);
	return NULL;
}

/* Places m (and all below it) at p. Cannot fail. */
void mount_attach(struct mount *m, const struct path *p)
{
	struct mnt_ns *ns = p->mnt->ns;

	path_get(p);
	m->parent = p->mnt;
	m->mountpoint = p->dentry;
	p->dentry->flags |= D_MOUNTED;
	hlist_add(&m->hash, bucket(p->mnt, p->dentry));
	list_add_tail(&m->sibling, &p->mnt->children);
	for (struct mount *c = m; c; c = mount_tree_next(c, m)) {
		if (c->ns == ns)
			continue;
		c->ns = ns;
		if (ns)
			list_add_tail(&c->ns_node, &ns->mounts);
	}
	if (ns)
		tree_changed(ns);
}

/* Is anything else mounted on d, in whatever mount? Else its mark goes. */
static void unmark_mountpoint(struct dentry *d)
{
	struct mount *m;

	for (int i = 0; i < MOUNT_HASH; i++)
		hlist_for_each_entry(m, &mount_hash[i], hash)
			if (m->mountpoint == d)
				return;
	d->flags &= ~D_MOUNTED;
}

/* Takes m off its place, with all below it; what counted the place is handed to the caller in *where. It stays in its namespace. */
void mount_detach(struct mount *m, struct path *where)
{
	*where = (struct path){ m->parent, m->mountpoint };
	hlist_del(&m->hash);
	list_del(&m->sibling);
	m->parent = m;
	m->mountpoint = NULL;
	unmark_mountpoint(where->dentry);
	if (m->ns)
		tree_changed(m->ns);
}

/* Takes m and all below it apart: each mount lives on only as long as somebody uses it. Sleeps. */
void mount_umount_tree(struct mount *m)
{
	struct mount *c;
	struct path where;

	for (;;) {
		for (c = m; !list_empty(&c->children); )
			c = list_last(&c->children, struct mount, sibling);
		list_del(&c->ns_node);
		c->ns = NULL;
		where = (struct path){ NULL, NULL };
		if (c->parent != c)
			mount_detach(c, &where);
		if (c == m)
			break;
		path_put(&where);
		mntput(c);
	}
	path_put(&where);
	tree_changed(current_mnt_ns());
	mntput(m);
}

void mount_umount(struct path *p)
{
	mount_umount_tree(p->mnt);
	path_put(p);
}

int attach_mount(struct mount *m, const struct path *where)
{
	struct inode *inode = where->dentry->inode;

	if (!where->mnt->ns)
		return -EINVAL;
	if (S_ISDIR(inode->mode) != S_ISDIR(m->root->inode->mode))
		return why(-ENOTDIR, "one is a directory, the other is not");
	if (inode->flags & S_DEAD_ || where->dentry->flags & D_UNLINKED)
		return -ENOENT;
	if (where->mnt->root == where->dentry && where->mnt->sb == m->sb && m->root == where->mnt->root)
		return why(-EBUSY, "it is mounted there already");
	mount_attach(m, where);
	return 0;
}

bool path_is_under(const struct path *p, const struct path *top)
{
	struct path at = *p;

	while (at.mnt != top->mnt) {
		if (at.mnt->parent == at.mnt)
			return false;
		at = (struct path){ at.mnt->parent, at.mnt->mountpoint };
	}
	return d_is_ancestor(top->dentry, at.dentry);
}

void set_root_mount(struct mount *m)
{
	struct path root = { m, m->root }, old_root = init_fs.root, old_pwd = init_fs.pwd;

	if (!init_mnt_ns.root) {
		init_mnt_ns.root = m;
		m->ns = &init_mnt_ns;
		list_add_tail(&m->ns_node, &init_mnt_ns.mounts);
	} else {
		mount_attach(m, &(struct path){ init_mnt_ns.root, init_mnt_ns.root->root });
	}
	path_get(&root);
	path_get(&root);
	init_fs.root = init_fs.pwd = root;
	path_put(&old_root);
	path_put(&old_pwd);
}

/* --- what is shown --- */

char *mount_path_from(struct mount *m, const struct path *root, char *buf, size_t size)
{
	struct path p = { m, m->root };
	char *out;
	int err = path_text(&p, root, buf, size, &out);

	return err < 0 ? ERR_PTR(err) : err ? ERR_PTR(-ENOENT) : out;
}

static void show_flags(struct seq_file *s, unsigned flags, const unsigned *bits, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		if (flags & bits[i])
			seq_puts(s, names[i]);
}

static void show_mnt_flags(struct mount *m, struct seq_file *s)
{
	static const unsigned bits[] = { MNT_NOSUID, MNT_NODEV, MNT_NOEXEC, MNT_NOATIME, MNT_NODIRATIME, MNT_RELATIME };
	static const char *const names[] = { ",nosuid", ",nodev", ",noexec", ",noatime", ",nodiratime", ",relatime" };

	show_flags(s, m->flags, bits, names, ARRAY_SIZE(bits));
}

static void show_sb_flags(struct mount *m, struct seq_file *s)
{
	static const unsigned bits[] = { MS_SYNCHRONOUS, MS_DIRSYNC, MS_MANDLOCK, MS_LAZYTIME };
	static const char *const names[] = { ",sync", ",dirsync", ",mand", ",lazytime" };

	show_flags(s, m->sb->flags, bits, names, ARRAY_SIZE(bits));
}

static void show_fs_options(struct mount *m, struct seq_file *s)
{
	if (m->sb->ops && m->sb->ops->show_options)
		m->sb->ops->show_options(m->sb, s);
}

void mount_show_own(struct mount *m, struct seq_file *s)
{
	seq_puts(s, m->flags & MNT_READONLY ? "ro" : "rw");
	show_mnt_flags(m, s);
}

void mount_show_super(struct mount *m, struct seq_file *s)
{
	seq_puts(s, sb_rdonly(m->sb) ? "ro" : "rw");
	show_sb_flags(m, s);
	show_fs_options(m, s);
}

void mount_show_options(struct mount *m, struct seq_file *s)
{
	seq_puts(s, m->flags & MNT_READONLY || sb_rdonly(m->sb) ? "ro" : "rw");
	show_sb_flags(m, s);
	show_mnt_flags(m, s);
	show_fs_options(m, s);
}

/* --- the end --- */

void umount_all(void)
{
	struct super_block *sb;

	might_sleep();
	list_for_each_entry_reverse(sb, &super_blocks, node) {
		int err;

		if (!sb->bdev || sb_rdonly(sb))
			continue;
		sb->active++;			/* nothing takes it off the list while we sleep */
		err = sync_filesystem(sb);
		if (!err && sb->ops && sb->ops->remount)
			err = sb->ops->remount(sb, sb->flags | MS_RDONLY, NULL);
		if (err)
			pr_err("%s: not cleanly unmounted: %s\n", sb->id, errno_text(err));
		sb->flags |= MS_RDONLY;
		sync_buffers(sb->bdev);
		blk_flush(sb->bdev);
		sb->active--;
	}
}
