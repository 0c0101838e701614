// SPDX-License-Identifier: GPL-2.0
/*
 * POSIX access control lists (IEEE 1003.1e draft 17) as Linux keeps them in extended attributes: the check of a
 * permission, what chmod does to a list, what a list does to the mode, and what a new file inherits from its directory.
 * The ABI form: le32 version 2, then entries of { le16 tag, le16 permissions, le32 id }, sorted by tag and id.
 */
#include "posix_acl.h"

#define ACL_VERSION	2
#define ACL_MAX		1024		/* entries: more than a file system block holds */

enum { ACL_USER_OBJ = 1, ACL_USER = 2, ACL_GROUP_OBJ = 4, ACL_GROUP = 8, ACL_MASK = 16, ACL_OTHER = 32 };

struct acl_entry { __le16 tag, perm; __le32 id; };
struct acl_xattr { __le32 version; struct acl_entry e[]; };
_Static_assert(sizeof(struct acl_entry) == 8 && sizeof(struct acl_xattr) == 4, "ABI");

struct posix_acl { int n; struct acl_entry e[]; };

static struct acl_entry *acl_find(struct posix_acl *acl, int tag)
{
	for (int i = 0; i < acl->n; i++)
		if (le16_to_cpu(acl->e[i].tag) == tag)
			return &acl->e[i];
	return NULL;
}

/* The three entries that every list has, a mask if there are named ones, tags in order. */
static bool acl_valid(struct posix_acl *acl)
{
	int last = 0, seen = 0;

	for (int i = 0; i < acl->n; i++) {
		int tag = le16_to_cpu(acl->e[i].tag);

		if (tag < last || tag > ACL_OTHER || !IS_POWER_OF_2(tag) || le16_to_cpu(acl->e[i].perm) & ~7)
			return false;
		if (seen & tag && tag != ACL_USER && tag != ACL_GROUP)
			return false;
		seen |= tag;
		last = tag;
	}
	if ((seen & (ACL_USER_OBJ | ACL_GROUP_OBJ | ACL_OTHER)) != (ACL_USER_OBJ | ACL_GROUP_OBJ | ACL_OTHER))
		return false;
	return !(seen & (ACL_USER | ACL_GROUP)) || seen & ACL_MASK;
}

/* From the ABI's form. NULL: an empty list. ERR_PTR(-EINVAL, -EOPNOTSUPP, -ENOMEM). Sleeps. */
static struct posix_acl *acl_parse(const void *value, size_t size)
{
	const struct acl_xattr *x = value;
	struct posix_acl *acl;
	size_t n;

	if (size < sizeof(*x))
		return ERR_PTR(-EINVAL);
	if (le32_to_cpu(x->version) != ACL_VERSION)
		return ERR_PTR(-EOPNOTSUPP);
	n = (size - sizeof(*x)) / sizeof(x->e[0]);
	if (n > ACL_MAX || size != sizeof(*x) + n * sizeof(x->e[0]))
		return ERR_PTR(-EINVAL);
	if (!n)
		return NULL;
	acl = kmalloc(sizeof(*acl) + n * sizeof(acl->e[0]), GFP_KERNEL);
	if (!acl)
		return ERR_PTR(-ENOMEM);
	acl->n = (int)n;
	memcpy(acl->e, x->e, n * sizeof(acl->e[0]));
	if (acl_valid(acl))
		return acl;
	kfree(acl);
	return ERR_PTR(-EINVAL);
}

/* The stored list of that name, NULL when there is none, or ERR_PTR. Sleeps. */
static struct posix_acl *acl_read(struct inode *inode, const char *name)
{
	struct posix_acl *acl;
	ssize_t n;
	void *buf;

	if (!inode->ops->getxattr || !(inode->sb->flags & SB_POSIXACL_))
		return NULL;
	n = inode->ops->getxattr(inode, name, NULL, 0);
	if (n == -ENODATA || n == -EOPNOTSUPP || n == 0)
		return NULL;
	if (n < 0)
		return ERR_PTR(n);
	buf = kmalloc((size_t)n, GFP_KERNEL);
	if (!buf)
		return ERR_PTR(-ENOMEM);
	n = inode->ops->getxattr(inode, name, buf, (size_t)n);
	acl = n < 0 ? ERR_PTR(n) : acl_parse(buf, (size_t)n);
	kfree(buf);
	return acl;
}

static int acl_write(struct inode *inode, const char *name, const struct posix_acl *acl)
{
	size_t size = sizeof(struct acl_xattr) + (size_t)acl->n * sizeof(acl->e[0]);
	struct acl_xattr *x;
	int err;

	if (!inode->ops->setxattr)
		return -EOPNOTSUPP;
	x = kmalloc(size, GFP_KERNEL);
	if (!x)
		return -ENOMEM;
	x->version = cpu_to_le32(ACL_VERSION);
	memcpy(x->e, acl->e, (size_t)acl->n * sizeof(acl->e[0]));
	err = inode->ops->setxattr(inode, name, x, size, 0);
	kfree(x);
	inode_forget_acl(inode);
	return err;
}

void inode_forget_acl(struct inode *inode)
{
	if (inode->acl != ACL_UNKNOWN)
		kfree(inode->acl);
	inode->acl = ACL_UNKNOWN;
	inode->state &= ~I_NO_DEFAULT_ACL;
}

/* The access list, cached. Sleeps when unknown. NULL or ERR_PTR. */
static struct posix_acl *inode_acl(struct inode *inode)
{
	struct posix_acl *acl;

	if (inode->acl != ACL_UNKNOWN)
		return inode->acl;
	acl = acl_read(inode, XATTR_ACL_ACCESS);
	if (IS_ERR(acl))
		return acl;
	inode_forget_acl(inode);		/* acl_read() slept: somebody else may have been here */
	inode->acl = acl;
	return acl;
}

static int grants(const struct acl_entry *e, const struct acl_entry *mask, int want)
{
	int perm = le16_to_cpu(e->perm) & (mask ? le16_to_cpu(mask->perm) : 7);

	return (perm & want) == want ? 0 : -EACCES;
}

int acl_permission(struct inode *inode, int want)
{
	struct posix_acl *acl = inode_acl(inode);
	const struct acl_entry *mask;
	bool in_a_group = false;

	if (IS_ERR_OR_NULL(acl))
		return acl ? PTR_ERR(acl) : -ENODATA;
	mask = acl_find(acl, ACL_MASK);
	for (int i = 0; i < acl->n; i++) {
		const struct acl_entry *e = &acl->e[i];

		switch (le16_to_cpu(e->tag)) {
		case ACL_USER:
			if (le32_to_cpu(e->id) == current_cred()->fsuid)
				return grants(e, mask, want);
			break;
		case ACL_GROUP_OBJ:
		case ACL_GROUP:
			if (!in_group(le16_to_cpu(e->tag) == ACL_GROUP ? le32_to_cpu(e->id) : inode->gid))
				break;
			in_a_group = true;
			if ((le16_to_cpu(e->perm) & want) == want)
				return grants(e, mask, want);
			break;
		case ACL_OTHER:
			return in_a_group ? -EACCES : grants(e, NULL, want);
		}
	}
	return -EACCES;
}

/* The permission bits that stand for acl. Returns whether they say all of it. */
static bool acl_to_mode(struct posix_acl *acl, mode_t *mode)
{
	struct acl_entry *group = acl_find(acl, ACL_MASK) ?: acl_find(acl, ACL_GROUP_OBJ);

	*mode = (*mode & ~0777U) | (mode_t)le16_to_cpu(acl_find(acl, ACL_USER_OBJ)->perm) << 6 |
		(mode_t)le16_to_cpu(group->perm) << 3 | le16_to_cpu(acl_find(acl, ACL_OTHER)->perm);
	return acl->n == 3;
}

static void mode_to_acl(struct posix_acl *acl, mode_t mode)
{
	struct acl_entry *group = acl_find(acl, ACL_MASK) ?: acl_find(acl, ACL_GROUP_OBJ);

	acl_find(acl, ACL_USER_OBJ)->perm = cpu_to_le16(mode >> 6 & 7);
	group->perm = cpu_to_le16(mode >> 3 & 7);
	acl_find(acl, ACL_OTHER)->perm = cpu_to_le16(mode & 7);
}

int acl_chmod(struct inode *inode)
{
	struct posix_acl *acl;
	int err;

	if (likely(!(inode->sb->flags & SB_POSIXACL_)) || S_ISLNK(inode->mode))
		return 0;
	acl = acl_read(inode, XATTR_ACL_ACCESS);
	if (IS_ERR_OR_NULL(acl))
		return (int)PTR_ERR(acl);
	mode_to_acl(acl, inode->mode);
	err = acl_write(inode, XATTR_ACL_ACCESS, acl);
	kfree(acl);
	return err;
}

int acl_set(struct dentry *d, const char *name, const void *value, size_t size)
{
	struct inode *inode = d->inode;
	bool access = !strcmp(name, XATTR_ACL_ACCESS), plain = false;
	struct kattr attr = { .valid = ATTR_MODE | ATTR_CTIME, .mode = inode->mode };
	struct posix_acl *acl = value ? acl_parse(value, size) : NULL;
	int err;

	if (IS_ERR(acl))
		return (int)PTR_ERR(acl);
	err = -EOPNOTSUPP;
	if (S_ISLNK(inode->mode) || !(inode->sb->flags & SB_POSIXACL_) || !inode->ops->setxattr)
		goto out;
	err = acl && !access && !S_ISDIR(inode->mode) ? -EACCES : !inode_owner_or_capable(inode) ? -EPERM : 0;
	if (err)
		goto out;
	if (acl && access)
		plain = acl_to_mode(acl, &attr.mode);
	err = acl && !plain ? acl_write(inode, name, acl) : inode->ops->setxattr(inode, name, NULL, 0, 0);
	if (err == -ENODATA)
		err = 0;			/* there was none */
	inode_forget_acl(inode);
	if (!err && acl && access && attr.mode != inode->mode) {
		attr.ctime = ktime_real_coarse();
		err = inode->ops->setattr ? inode->ops->setattr(d, &attr) : simple_setattr(d, &attr);
	}
out:
	kfree(acl);
	return err;
}

struct posix_acl *acl_default(struct inode *dir)
{
	struct posix_acl *acl;

	if (!(dir->sb->flags & SB_POSIXACL_) || likely(dir->state & I_NO_DEFAULT_ACL))
		return NULL;
	acl = acl_read(dir, XATTR_ACL_DEFAULT);	/* dir is locked: nobody sets one meanwhile */
	if (!acl)
		dir->state |= I_NO_DEFAULT_ACL;
	return acl;
}

/* A file made with mode in a directory of that default list: its access list, and for directories the same default. */
int acl_inherit(struct dentry *d, struct posix_acl *def)
{
	struct inode *inode = d->inode;
	struct posix_acl *acl;
	size_t size = sizeof(*acl) + (size_t)def->n * sizeof(acl->e[0]);
	struct kattr attr = { .valid = ATTR_MODE, .mode = inode->mode };
	mode_t given;
	int err = 0;
	bool plain;

	if (S_ISLNK(inode->mode))
		return 0;
	if (S_ISDIR(inode->mode))
		err = acl_write(inode, XATTR_ACL_DEFAULT, def);
	acl = kmalloc(size, GFP_KERNEL);
	if (err || !acl) {
		kfree(acl);
		return err ?: -ENOMEM;
	}
	memcpy(acl, def, size);
	acl_to_mode(acl, &given);
	mode_to_acl(acl, given & attr.mode);
	plain = acl_to_mode(acl, &attr.mode);
	err = plain ? 0 : acl_write(inode, XATTR_ACL_ACCESS, acl);
	if (!err && attr.mode != inode->mode)
		err = inode->ops->setattr ? inode->ops->setattr(d, &attr) : simple_setattr(d, &attr);
	kfree(acl);
	return err;
}
