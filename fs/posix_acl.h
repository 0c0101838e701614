/* SPDX-License-Identifier: GPL-2.0 */
/* POSIX ACLs within the VFS. All sleep unless noted. */
#ifndef FS_POSIX_ACL_H
#define FS_POSIX_ACL_H

#include "internal.h"

#define XATTR_ACL_ACCESS	"system.posix_acl_access"
#define XATTR_ACL_DEFAULT	"system.posix_acl_default"

int acl_permission(struct inode *inode, int want);	/* 0, -EACCES, -ENODATA: no list, the mode decides */
int acl_chmod(struct inode *inode);			/* after the mode has changed: 0 or -errno */
/* setxattr of one of the two names (value NULL: removal), inode locked: also sets the mode. 0 or -errno */
int acl_set(struct dentry *d, const char *name, const void *value, size_t size);
struct posix_acl *acl_default(struct inode *dir);	/* kfree it; NULL: none; ERR_PTR */
int acl_inherit(struct dentry *d, struct posix_acl *def);	/* d was just made (without umask) in a directory of that default */

#endif
