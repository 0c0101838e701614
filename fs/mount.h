/* SPDX-License-Identifier: GPL-2.0 */
/* Between the tree of mounts and its system calls. */
#ifndef FS_MOUNT_PRIVATE_H
#define FS_MOUNT_PRIVATE_H

#include "internal.h"

struct mount *mount_alloc(struct super_block *sb, struct dentry *root, unsigned mnt_flags, const char *source);
unsigned mount_flags(unsigned long ms);			/* MS_ to MNT_ */
struct mount *mount_tree_next(struct mount *m, const struct mount *top);
void mount_attach(struct mount *m, const struct path *p);
void mount_detach(struct mount *m, struct path *where);
void mount_umount_tree(struct mount *m);		/* takes the tree's count over */

#endif
