// SPDX-License-Identifier: GPL-2.0
/* Extended attributes: the system calls, and who may use which of the name spaces user, trusted, security and system. */
#include "posix_acl.h"
#include <linux/limits.h>
#include <linux/xattr.h>

/* --- names and permissions --- */

/* Copies the name in: 1 to 255 bytes, else -ERANGE. */
static int get_name(char name[XATTR_NAME_MAX + 1], uaddr_t uname)
{
	ssize_t n = strncpy_from_user(name, uname, XATTR_NAME_MAX + 1);

	if (n == -ENAMETOOLONG || n == 0)
		return -ERANGE;
	return n < 0 ? (int)n : 0;
}

static bool is_acl(const char *name) { return !strcmp(name, XATTR_ACL_ACCESS) || !strcmp(name, XATTR_ACL_DEFAULT); }

static int may_use_user(struct inode *inode, int mask)
{
	bool write = mask & MAY_WRITE;

	if (!S_ISREG(inode->mode) && !S_ISDIR(inode->mode))
		return write ? -EPERM : -ENODATA;
	if (write && S_ISDIR(inode->mode) && inode->mode & S_ISVTX && !inode_owner_or_capable(inode))
		return -EPERM;
	return inode_permission(inode, mask);
}

static int may_use(struct inode *inode, const char *name, int mask)
{
	bool write = mask & MAY_WRITE;

	if (write && inode->flags & (S_IMMUTABLE_ | S_APPEND_))
		return -EPERM;
	if (str_has_prefix(name, "user."))
		return name[5] ? may_use_user(inode, mask) : -EINVAL;
	if (str_has_prefix(name, "trusted."))
		return capable(CAP_SYS_ADMIN) ? (name[8] ? 0 : -EINVAL) : write ? -EPERM : -ENODATA;
	if (str_has_prefix(name, "security.")) {
		if (!write || capable(CAP_SYS_ADMIN) || (!strcmp(name, "security.capability") && capable(CAP_SETFCAP)))
			return name[9] ? 0 : -EINVAL;
		return -EPERM;
	}
	return is_acl(name) && inode->sb->flags & SB_POSIXACL_ ? 0 :
	       why(-EOPNOTSUPP, "no attributes of that kind on %s", inode->sb->type->name);
}

/* --- set and remove --- */

/* value NULL: remove. */
static int set_xattr(const struct path *p, const char *name, const void *value, size_t size, int flags)
{
	struct inode *inode = p->dentry->inode;
	int err = mount_want_write(p->mnt);

	if (!err)
		err = may_use(inode, name, MAY_WRITE);
	if (err)
		return err;
	inode_lock(inode);
	if (is_acl(name))
		err = acl_set(p->dentry, name, value, size);
	else
		err = inode->ops->setxattr ? inode->ops->setxattr(inode, name, value, size, flags) : -EOPNOTSUPP;
	inode_unlock(inode);
	if (!err)
		notify_dentry(p->dentry, IN_ATTRIB);
	return err;
}

static int set_from_user(const struct path *p, uaddr_t uname, uaddr_t uvalue, size_t size, int flags)
{
	char name[XATTR_NAME_MAX + 1], *value;
	int err;

	if (unknown_flags(flags, XATTR_CREATE | XATTR_REPLACE))
		return -EINVAL;
	err = get_name(name, uname);
	if (err)
		return err;
	if (size > XATTR_SIZE_MAX)
		return -E2BIG;
	value = kmalloc(size ?: 1, GFP_KERNEL);
	if (!value)
		return -ENOMEM;
	err = copy_from_user(value, uvalue, size) ?: set_xattr(p, name, value, size, flags);
	kfree(value);
	return err;
}

static int remove_by_user(const struct path *p, uaddr_t uname)
{
	char name[XATTR_NAME_MAX + 1];
	int err = get_name(name, uname);

	return err ?: set_xattr(p, name, NULL, 0, XATTR_REPLACE);
}

/* --- get and list --- */

static ssize_t get_xattr(const struct path *p, uaddr_t uname, uaddr_t uvalue, size_t size)
{
	struct inode *inode = p->dentry->inode;
	char name[XATTR_NAME_MAX + 1], *buf = NULL;
	ssize_t n = get_name(name, uname);

	if (!n)
		n = may_use(inode, name, MAY_READ);
	if (!n && !inode->ops->getxattr)
		n = -EOPNOTSUPP;
	if (n)
		return n;
	size = min_t(size_t, size, XATTR_SIZE_MAX);
	if (size) {
		buf = kmalloc(size, GFP_KERNEL);
		if (!buf)
			return -ENOMEM;
	}
	n = inode->ops->getxattr(inode, name, buf, size);
	if (n > 0 && size && copy_to_user(uvalue, buf, (size_t)n))
		n = -EFAULT;
	kfree(buf);
	return n == -ERANGE && size >= XATTR_SIZE_MAX ? -E2BIG : n;
}

/* Names of trusted. are not shown to those who may not read them. Returns what is left of n bytes. */
static size_t hide_trusted(char *list, size_t n)
{
	size_t out = 0;

	if (capable(CAP_SYS_ADMIN))
		return n;
	for (size_t i = 0; i < n; ) {
		size_t len = strnlen(list + i, n - i) + 1;

		if (!str_has_prefix(list + i, "trusted.")) {
			memmove(list + out, list + i, len);
			out += len;
		}
		i += len;
	}
	return out;
}

static ssize_t list_xattr(const struct path *p, uaddr_t ulist, size_t size)
{
	struct inode *inode = p->dentry->inode;
	char *buf;
	ssize_t n;

	if (!inode->ops->listxattr)
		return 0;
	buf = kmalloc(XATTR_LIST_MAX, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	n = inode->ops->listxattr(inode, buf, XATTR_LIST_MAX);
	if (n > 0)
		n = (ssize_t)hide_trusted(buf, (size_t)n);
	if (n > 0 && size)
		n = (size_t)n > size ? -ERANGE : copy_to_user(ulist, buf, (size_t)n) ?: n;
	else if (n == -ERANGE)
		n = -E2BIG;
	kfree(buf);
	return n;
}

/* --- the twelve system calls --- */

/* What they share: find the path, do it, put the path. */
#define AT_PATH(upath, lookup, call) ({					\
	struct path p;							\
	long r_ = user_path_at(AT_FDCWD, upath, lookup, &p);		\
									\
	if (!r_) {							\
		r_ = call;						\
		path_put(&p);						\
	}								\
	r_; })
#define AT_FILE(fd, call) ({						\
	struct file *f_ = fget(fd);					\
	long r_ = -EBADF;						\
									\
	if (f_) {							\
		struct path p = f_->path;				\
									\
		r_ = call;						\
		file_put(f_);						\
	}								\
	r_; })

long sys_setxattr(uaddr_t upath, uaddr_t uname, uaddr_t uvalue, size_t size, int flags)
{
	return AT_PATH(upath, LOOKUP_FOLLOW, set_from_user(&p, uname, uvalue, size, flags));
}

long sys_lsetxattr(uaddr_t upath, uaddr_t uname, uaddr_t uvalue, size_t size, int flags)
{
	return AT_PATH(upath, 0, set_from_user(&p, uname, uvalue, size, flags));
}

long sys_fsetxattr(int fd, uaddr_t uname, uaddr_t uvalue, size_t size, int flags)
{
	return AT_FILE(fd, set_from_user(&p, uname, uvalue, size, flags));
}

long sys_getxattr(uaddr_t upath, uaddr_t uname, uaddr_t uvalue, size_t size)
{
	return AT_PATH(upath, LOOKUP_FOLLOW, get_xattr(&p, uname, uvalue, size));
}

long sys_lgetxattr(uaddr_t upath, uaddr_t uname, uaddr_t uvalue, size_t size)
{
	return AT_PATH(upath, 0, get_xattr(&p, uname, uvalue, size));
}

long sys_fgetxattr(int fd, uaddr_t uname, uaddr_t uvalue, size_t size)
{
	return AT_FILE(fd, get_xattr(&p, uname, uvalue, size));
}

long sys_listxattr(uaddr_t upath, uaddr_t ulist, size_t size) { return AT_PATH(upath, LOOKUP_FOLLOW, list_xattr(&p, ulist, size)); }
long sys_llistxattr(uaddr_t upath, uaddr_t ulist, size_t size) { return AT_PATH(upath, 0, list_xattr(&p, ulist, size)); }
long sys_flistxattr(int fd, uaddr_t ulist, size_t size) { return AT_FILE(fd, list_xattr(&p, ulist, size)); }
long sys_removexattr(uaddr_t upath, uaddr_t uname) { return AT_PATH(upath, LOOKUP_FOLLOW, remove_by_user(&p, uname)); }
long sys_lremovexattr(uaddr_t upath, uaddr_t uname) { return AT_PATH(upath, 0, remove_by_user(&p, uname)); }
long sys_fremovexattr(int fd, uaddr_t uname) { return AT_FILE(fd, remove_by_user(&p, uname)); }
