/* SPDX-License-Identifier: GPL-2.0 */
/* Watches, between the events' source (notify.c) and their sink (inotify.c). Nothing here sleeps. */
#ifndef FS_INOTIFY_H
#define FS_INOTIFY_H

#include "internal.h"

struct inotify;
struct watch {
	struct list_head inode_node;	/* on inode->watches */
	struct inotify *in;
	struct inode *inode;		/* not counted: its end is ours */
	u32 mask;
	int wd;
};
void inotify_queue(struct watch *w, u32 mask, u32 cookie, const char *name);
void watch_end(struct watch *w);	/* queues IN_IGNORED and frees w */

#endif
