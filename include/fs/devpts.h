/* SPDX-License-Identifier: GPL-2.0 */
/* The names of pseudo terminals: /dev/pts/<n>. One instance for all mounts. */
#ifndef FS_DEVPTS_H
#define FS_DEVPTS_H

#include <fs/fs.h>

u32 devpts_max(void);		/* how many there may be, by the option max= */
/* Makes the node of slave index, owned by current (or as the mount options say). Counted dentry or ERR_PTR. Sleeps. */
struct dentry *devpts_create(unsigned index, dev_t dev);
void devpts_remove(struct dentry *d);		/* takes the count. Sleeps. */
/* d as a path of the caller's mounts, so that its name is /dev/pts/n there: counted. Sleeps not. */
void devpts_path(struct dentry *d, struct path *out);

#endif
