// SPDX-License-Identifier: GPL-2.0
/* What is known of a file: stat(2) and its family, statx(2), readlink(2), and of a file system: statfs(2), ustat(2). */
#include "internal.h"
#include <drivers/blkdev.h>
#include <kernel/stat.h>
#include <asm/statfs.h>

/* --- files --- */

void generic_fillattr(struct inode *inode, struct kstat *st)
{
	st->ino = inode->ino;
	st->dev = inode->sb->dev;
	st->rdev = inode->rdev;
	st->mode = inode->mode;
	st->nlink = inode->nlink;
	st->uid = inode->uid;
	st->gid = inode->gid;
	st->size = inode->size;
	st->blocks = inode->blocks;
	st->blksize = inode->sb->blocksize;
	st->atime = inode->atime;
	st->mtime = inode->mtime;
	st->ctime = inode->ctime;
	st->btime = inode->btime;
	st->result_mask = STATX_BASIC_STATS;
	st->attributes = (inode->flags & S_IMMUTABLE_ ? STATX_ATTR_IMMUTABLE : 0) | (inode->flags & S_APPEND_ ? STATX_ATTR_APPEND : 0);
	st->attributes_mask = STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND;
}

int vfs_getattr(const struct path *path, struct kstat *st)
{
	struct inode *inode = path->dentry->inode;

	st->mnt_id = (u64)path->mnt->id;
	if (likely(!inode->ops->getattr)) {
		generic_fillattr(inode, st);
		return 0;
	}
	return inode->ops->getattr(path, st);
}

static int put_stat(uaddr_t ust, const struct kstat *st)
{
	struct stat s = {
		.st_dev = dev_encode(st->dev),
		.st_ino = st->ino,
		.st_nlink = st->nlink,
		.st_mode = st->mode,
		.st_uid = st->uid,
		.st_gid = st->gid,
		.st_rdev = dev_encode(st->rdev),
		.st_size = st->size,
		.st_blksize = st->blksize,
		.st_blocks = (long)st->blocks,
		.st_atime = (unsigned long)st->atime.sec, .st_atime_nsec = st->atime.nsec,
		.st_mtime = (unsigned long)st->mtime.sec, .st_mtime_nsec = st->mtime.nsec,
		.st_ctime = (unsigned long)st->ctime.sec, .st_ctime_nsec = st->ctime.nsec,
	};

	return copy_to_user(ust, &s, sizeof(s));
}

/* fstatat with its flags; "" with AT_EMPTY_PATH is dfd itself. */
static int stat_at(int dfd, uaddr_t upath, int flags, struct kstat *st)
{
	unsigned lookup = (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
	struct path p;
	int err = user_path_at(dfd, upath, lookup, &p);

	if (err)
		return err;
	err = vfs_getattr(&p, st);
	if (!err && p.dentry == p.mnt->root)
		st->attributes |= STATX_ATTR_MOUNT_ROOT;
	path_put(&p);
	return err;
}

long sys_newfstatat(int dfd, uaddr_t upath, uaddr_t ust, int flags)
{
	struct kstat st;
	int err;

	if (unknown_flags(flags, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE))
		return -EINVAL;
	err = stat_at(dfd, upath, flags, &st);
	return err ?: put_stat(ust, &st);
}

long sys_stat(uaddr_t upath, uaddr_t ust) { return sys_newfstatat(AT_FDCWD, upath, ust, 0); }
long sys_lstat(uaddr_t upath, uaddr_t ust) { return sys_newfstatat(AT_FDCWD, upath, ust, AT_SYMLINK_NOFOLLOW); }

long sys_fstat(int fd, uaddr_t ust)
{
	struct file *f = fget_any(fd);
	struct kstat st;
	int err;

	if (!f)
		return -EBADF;
	err = vfs_getattr(&f->path, &st);
	file_put(f);
	return err ?: put_stat(ust, &st);
}

static struct statx_timestamp statx_time(const struct timespec64 *t)
{
	return (struct statx_timestamp){ .tv_sec = t->sec, .tv_nsec = t->nsec };
}

long sys_statx(int dfd, uaddr_t upath, int flags, unsigned mask, uaddr_t ustx)
{
	struct statx sx;
	struct kstat st;
	u64 dev, rdev;
	int err;

	if (mask & STATX__RESERVED)
		return -EINVAL;
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE) ||
	    (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
		return -EINVAL;
	err = stat_at(dfd, upath, flags, &st);
	if (err)
		return err;
	memset(&sx, 0, sizeof(sx));
	dev = st.dev;
	rdev = st.rdev;
	sx.stx_mask = st.result_mask | STATX_MNT_ID;
	sx.stx_blksize = st.blksize;
	sx.stx_attributes = st.attributes;
	sx.stx_attributes_mask = st.attributes_mask | STATX_ATTR_MOUNT_ROOT;
	sx.stx_nlink = st.nlink;
	sx.stx_uid = st.uid;
	sx.stx_gid = st.gid;
	sx.stx_mode = (u16)st.mode;
	sx.stx_ino = st.ino;
	sx.stx_size = (u64)st.size;
	sx.stx_blocks = st.blocks;
	sx.stx_atime = statx_time(&st.atime);
	sx.stx_mtime = statx_time(&st.mtime);
	sx.stx_ctime = statx_time(&st.ctime);
	if (st.result_mask & STATX_BTIME)
		sx.stx_btime = statx_time(&st.btime);
	sx.stx_dev_major = MAJOR(dev);
	sx.stx_dev_minor = MINOR(dev);
	sx.stx_rdev_major = MAJOR(rdev);
	sx.stx_rdev_minor = MINOR(rdev);
	sx.stx_mnt_id = st.mnt_id;
	return copy_to_user(ustx, &sx, sizeof(sx));
}

/* --- links --- */

static int read_link(const struct path *p, uaddr_t ubuf, size_t size)
{
	struct inode *inode = p->dentry->inode;
	void *cookie = NULL;
	const char *text;
	size_t n;
	int err;

	if (!S_ISLNK(inode->mode) || !inode->ops->get_link)
		return -EINVAL;
	if (!(p->mnt->flags & (MNT_NOATIME | MNT_READONLY)) && !sb_rdonly(inode->sb)) {
		struct file f = { .inode = inode, .path = *p };

		file_accessed(&f);
	}
	text = inode->ops->get_link(p->dentry, inode, &cookie);
	if (IS_ERR(text))
		return (int)PTR_ERR(text);
	n = min_t(size_t, strlen(text), size);
	err = copy_to_user(ubuf, text, n);
	if (inode->ops->put_link)
		inode->ops->put_link(cookie);
	return err ?: (int)n;
}

long sys_readlinkat(int dfd, uaddr_t upath, uaddr_t ubuf, int size)
{
	char *name;
	struct path p;
	int err;

	if (size <= 0)
		return -EINVAL;
	name = getname(upath);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = path_lookup(dfd, name, LOOKUP_EMPTY, &p);
	if (!err) {
		err = read_link(&p, ubuf, (size_t)size);
		if (err == -EINVAL && !*name)
			err = -ENOENT;
		path_put(&p);
	}
	putname(name);
	return err;
}

long sys_readlink(uaddr_t upath, uaddr_t ubuf, int size) { return sys_readlinkat(AT_FDCWD, upath, ubuf, size); }

/* --- file systems --- */

/* ST_* of statfs(2)'s f_flags; ST_VALID says that they are meant. */
static long statfs_flags(const struct mount *m)
{
	static const struct { unsigned mnt; long st; } map[] = {
		{ MNT_NOSUID, 2 }, { MNT_NODEV, 4 }, { MNT_NOEXEC, 8 }, { MNT_NOATIME, 1024 }, { MNT_NODIRATIME, 2048 }, { MNT_RELATIME, 4096 },
	};
	long flags = 32;

	if (m->flags & MNT_READONLY || sb_rdonly(m->sb))
		flags |= 1;
	if (m->sb->flags & MS_SYNCHRONOUS)
		flags |= 16;
	for (size_t i = 0; i < ARRAY_SIZE(map); i++)
		if (m->flags & map[i].mnt)
			flags |= map[i].st;
	return flags;
}

static int get_statfs(struct super_block *sb, struct kstatfs *k)
{
	memset(k, 0, sizeof(*k));
	return sb->ops && sb->ops->statfs ? sb->ops->statfs(sb, k) : simple_statfs(sb, k);
}

static int put_statfs(const struct path *p, uaddr_t ubuf)
{
	struct statfs s;
	struct kstatfs k;
	int err = get_statfs(p->dentry->sb, &k);

	if (err)
		return err;
	memset(&s, 0, sizeof(s));
	s.f_type = k.type;
	s.f_bsize = (long)k.bsize;
	s.f_blocks = (long)k.blocks;
	s.f_bfree = (long)k.bfree;
	s.f_bavail = (long)k.bavail;
	s.f_files = (long)k.files;
	s.f_ffree = (long)k.ffree;
	s.f_fsid.val[0] = (int)k.fsid;
	s.f_fsid.val[1] = (int)(k.fsid >> 32);
	s.f_namelen = k.namelen;
	s.f_frsize = k.frsize ? k.frsize : (long)k.bsize;
	s.f_flags = statfs_flags(p->mnt);
	return copy_to_user(ubuf, &s, sizeof(s));
}

long sys_statfs(uaddr_t upath, uaddr_t ubuf)
{
	struct path p;
	int err = user_path_at(AT_FDCWD, upath, LOOKUP_FOLLOW, &p);

	if (err)
		return err;
	err = put_statfs(&p, ubuf);
	path_put(&p);
	return err;
}

long sys_fstatfs(int fd, uaddr_t ubuf)
{
	struct file *f = fget_any(fd);
	int err;

	if (!f)
		return -EBADF;
	err = put_statfs(&f->path, ubuf);
	file_put(f);
	return err;
}

long sys_ustat(unsigned dev, uaddr_t ubuf)
{
	struct { int tfree; u32 pad; u64 tinode; char fname[6], fpack[6]; u32 pad2; } u;
	struct super_block *sb;
	struct kstatfs k;

	_Static_assert(sizeof(u) == 32, "struct ustat");
	list_for_each_entry(sb, &super_blocks, node) {
		int err;

		if (sb->dev != dev_decode(dev) || !sb->active)
			continue;
		sb->active++;			/* statfs may sleep */
		err = get_statfs(sb, &k);
		deactivate_super(sb);
		if (err)
			return err;
		memset(&u, 0, sizeof(u));
		u.tfree = (int)k.bfree;
		u.tinode = k.ffree;
		return copy_to_user(ubuf, &u, sizeof(u));
	}
	return -EINVAL;
}
