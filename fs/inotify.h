/* SPDX-License-Identifier: GPL-2.0 */
/* Watches, between the events' source (notify.c) and those who are told (inotify.c, dnotify.c). Nothing here sleeps. */
#ifndef FS_INOTIFY_H
#define FS_INOTIFY_H

#include "internal.h"
#include <fs/notify.h>

struct watch;
struct watch_ops {
	void (*event)(struct watch *w, u32 mask, u32 cookie, const char *name);	/* one that w->mask asks for, or IN_UNMOUNT; must not end w */
	void (*end)(struct watch *w);	/* takes w off the inode by watch_remove() and frees it: asked for once, or the inode is gone */
};
struct watch {
	struct list_head inode_node;	/* on inode->watches */
	struct inode *inode;		/* not counted: its end is ours */
	const struct watch_ops *ops;
	u32 mask;			/* IN_*: events and IN_ONESHOT, IN_EXCL_UNLINK */
};
void watch_add(struct watch *w, struct inode *inode, const struct watch_ops *ops, u32 mask);
void watch_remove(struct watch *w);

#endif
