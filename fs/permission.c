// SPDX-License-Identifier: GPL-2.0
/* Who may do what to an inode: mode bits, ACLs, capabilities, immutable files; and access(2), which asks that for the real ids. */
#include "posix_acl.h"
#include <fs/proc.h>

bool inode_owner_or_capable(const struct inode *inode)
{
	return current_cred()->fsuid == inode->uid || capable(CAP_FOWNER);
}

/* What the mode and the list say; the capabilities come after it. */
static int check_bits(struct inode *inode, int want)
{
	mode_t mode = inode->mode;

	if (current_cred()->fsuid == inode->uid)
		return (mode >> 6 & want) == want ? 0 : -EACCES;
	if (mode & 070 && !inode_has_no_acl(inode)) {
		int err = acl_permission(inode, want);

		if (err != -ENODATA)
			return err;
	}
	if (((mode ^ mode >> 3) & want) && in_group(inode->gid))
		mode >>= 3;
	return (mode & want) == want ? 0 : -EACCES;
}

static int refused(const struct inode *inode, int want)
{
	return why(-EACCES, "no permission to %s, mode 0%o of %u:%u, for user %u",
		   want & MAY_WRITE ? "write" : want & MAY_READ ? "read" : S_ISDIR(inode->mode) ? "search" : "execute",
		   inode->mode & 07777, inode->uid, inode->gid, current_cred()->fsuid);
}

int generic_permission(struct inode *inode, int mask)
{
	int want = mask & (MAY_READ | MAY_WRITE | MAY_EXEC), err = check_bits(inode, want);

	if (likely(err != -EACCES))
		return err;
	if (S_ISDIR(inode->mode)) {
		if (!(want & MAY_WRITE) && capable(CAP_DAC_READ_SEARCH))
			return 0;
		return capable(CAP_DAC_OVERRIDE) ? 0 : refused(inode, want);
	}
	if (want == MAY_READ && capable(CAP_DAC_READ_SEARCH))
		return 0;
	if ((!(want & MAY_EXEC) || inode->mode & 0111) && capable(CAP_DAC_OVERRIDE))
		return 0;
	return refused(inode, want);
}

int inode_permission(struct inode *inode, int mask)
{
	if (mask & MAY_WRITE) {
		mode_t t = inode->mode & S_IFMT;

		if (sb_rdonly(inode->sb) && (t == S_IFREG || t == S_IFDIR || t == S_IFLNK))
			return why(-EROFS, "%s is mounted read only", inode->sb->id);
		if (inode->flags & S_IMMUTABLE_)
			return why(-EPERM, "the file is immutable (chattr -i)");
	}
	return unlikely(inode->ops->permission) ? inode->ops->permission(inode, mask) : generic_permission(inode, mask);
}

int may_create(struct inode *dir)
{
	if (dir->flags & S_DEAD_)
		return why(-ENOENT, "the directory was removed");
	return inode_permission(dir, MAY_WRITE | MAY_EXEC);
}

int may_delete(struct inode *dir, struct dentry *victim, bool is_dir)
{
	struct inode *inode = victim->inode;
	int err;

	if (!inode)
		return -ENOENT;
	err = inode_permission(dir, MAY_WRITE | MAY_EXEC);
	if (err)
		return err;
	if (dir->flags & S_APPEND_)
		return why(-EPERM, "the directory is append-only (chattr -a)");
	if (dir->mode & S_ISVTX && current_cred()->fsuid != inode->uid && current_cred()->fsuid != dir->uid && !capable(CAP_FOWNER))
		return why(-EPERM, "a file of user %u in a sticky directory", inode->uid);
	if (inode->flags & (S_APPEND_ | S_IMMUTABLE_))
		return why(-EPERM, "the file is immutable or append-only (chattr -i -a)");
	if (is_dir && !S_ISDIR(inode->mode))
		return why(-ENOTDIR, "not a directory");
	if (!is_dir && S_ISDIR(inode->mode))
		return why(-EISDIR, "a directory");
	if (is_dir && victim->parent == victim)
		return -EBUSY;
	return dir->flags & S_DEAD_ ? -ENOENT : 0;
}

/*
 * --- what is refused in directories that all may write to --- Links and files that somebody lays out there for others
 * to stumble over; see fs.protected_* in proc(5). Links are guarded from the start, as Debian has it.
 */
static int protected_symlinks = 1, protected_hardlinks = 1, protected_fifos, protected_regular;
PROC_SYSCTL_INT("fs/protected_symlinks", 0644, &protected_symlinks, 0, 1);
PROC_SYSCTL_INT("fs/protected_hardlinks", 0644, &protected_hardlinks, 0, 1);
PROC_SYSCTL_INT("fs/protected_fifos", 0644, &protected_fifos, 0, 2);
PROC_SYSCTL_INT("fs/protected_regular", 0644, &protected_regular, 0, 2);

int may_follow(const struct inode *dir, const struct inode *link)
{
	if (!protected_symlinks || (dir->mode & (S_ISVTX | S_IWOTH)) != (S_ISVTX | S_IWOTH))
		return 0;
	if (link->uid == current_cred()->fsuid || link->uid == dir->uid)
		return 0;
	return why(-EACCES, "a symbolic link of user %u in a sticky directory (fs.protected_symlinks)", link->uid);
}

int may_hardlink(struct inode *inode)
{
	bool exec_group = (inode->mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);

	if (!protected_hardlinks || inode_owner_or_capable(inode))
		return 0;
	if (S_ISREG(inode->mode) && !(inode->mode & S_ISUID) && !exec_group && !inode_permission(inode, MAY_READ | MAY_WRITE))
		return 0;
	return why(-EPERM, "a file of user %u that the caller cannot write (fs.protected_hardlinks)", inode->uid);
}

int may_open_in_sticky(const struct inode *dir, const struct inode *inode)
{
	int level = S_ISFIFO(inode->mode) ? protected_fifos : S_ISREG(inode->mode) ? protected_regular : 0;

	if (!level || !(dir->mode & S_ISVTX) || inode->uid == dir->uid || inode->uid == current_cred()->fsuid)
		return 0;
	return dir->mode & S_IWOTH || (dir->mode & S_IWGRP && level > 1) ? -EACCES : 0;
}

/* --- access(2) --- */

/* Credentials that act with the real ids, or NULL when the present ones do already. ERR_PTR(-ENOMEM). */
static struct cred *real_creds(void)
{
	const struct cred *c = current_cred();
	u64 caps = c->uid ? 0 : c->cap_permitted;
	struct cred *new_;

	if (c->fsuid == c->uid && c->fsgid == c->gid && c->cap_effective == caps)
		return NULL;
	new_ = prepare_creds();
	if (!new_)
		return ERR_PTR(-ENOMEM);
	new_->fsuid = new_->uid;
	new_->fsgid = new_->gid;
	new_->cap_effective = caps;
	return new_;
}

static int check_access(const struct path *p, int mode)
{
	struct inode *inode = p->dentry->inode;
	int err;

	if (mode & MAY_EXEC && S_ISREG(inode->mode) && p->mnt->flags & MNT_NOEXEC)
		return -EACCES;
	err = inode_permission(inode, mode);
	if (!err && mode & MAY_WRITE && (S_ISREG(inode->mode) || S_ISDIR(inode->mode) || S_ISLNK(inode->mode)))
		err = mount_want_write(p->mnt);
	return err;
}

static long do_access(int dfd, uaddr_t upath, int mode, int flags)
{
	unsigned lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	const struct cred *saved = current->cred;
	struct cred *real = NULL;
	struct path p;
	int err;

	if (mode & ~(MAY_READ | MAY_WRITE | MAY_EXEC) || flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	if (!(flags & AT_EACCESS)) {
		real = real_creds();
		if (IS_ERR(real))
			return PTR_ERR(real);
		if (real)
			current->cred = real;
	}
	err = user_path_at(dfd, upath, lookup, &p);
	if (!err) {
		err = check_access(&p, mode);
		path_put(&p);
	}
	if (real) {
		current->cred = saved;
		abort_creds(real);
	}
	return err;
}

long sys_access(uaddr_t upath, int mode) { return do_access(AT_FDCWD, upath, mode, 0); }
long sys_faccessat(int dfd, uaddr_t upath, int mode) { return do_access(dfd, upath, mode, 0); }
long sys_faccessat2(int dfd, uaddr_t upath, int mode, int flags) { return do_access(dfd, upath, mode, flags); }
