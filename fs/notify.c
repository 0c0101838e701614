// SPDX-License-Identifier: GPL-2.0
/*
 * What the VFS tells watchers: from an event on a dentry or in a directory to the watches it concerns.
 * A watch does not count its inode: one that is watched stays cached, and its eviction ends the watches.
 */
#include "inotify.h"
#include <kernel/init.h>

unsigned notify_watches;

void watch_add(struct watch *w, struct inode *inode, const struct watch_ops *ops, u32 mask)
{
	w->inode = inode;
	w->ops = ops;
	w->mask = mask;
	list_add_tail(&w->inode_node, &inode->watches);
	notify_watches++;
}

void watch_remove(struct watch *w)
{
	list_del(&w->inode_node);
	notify_watches--;
}

/* Tells those watches on inode that want the event. A watch may end by it (IN_ONESHOT). */
static void tell(struct inode *inode, u32 mask, u32 cookie, const char *name, bool unlinked)
{
	struct watch *w, *next;

	list_for_each_entry_safe(w, next, &inode->watches, inode_node) {
		if (!(w->mask & mask & (IN_ALL_EVENTS | NOTIFY_RENAMED)) || (unlinked && w->mask & IN_EXCL_UNLINK))
			continue;
		w->ops->event(w, mask, cookie, name);
		if (w->mask & IN_ONESHOT)
			w->ops->end(w);
	}
}

void notify_dentry_slow(struct dentry *d, u32 mask)
{
	struct inode *inode = d->inode, *parent = d->parent != d ? d->parent->inode : NULL;

	if (!mask || !inode)
		return;
	if (S_ISDIR(inode->mode))
		mask |= IN_ISDIR;
	if (parent && !list_empty(&parent->watches))
		tell(parent, mask, 0, d->name.name, !(d->flags & D_HASHED));
	tell(inode, mask, 0, NULL, false);
}

void notify_dir_slow(struct inode *dir, u32 mask, const char *name, u32 cookie)
{
	tell(dir, mask, cookie, name, false);
}

void notify_inode(struct inode *inode, u32 mask)
{
	if (likely(list_empty(&inode->watches)))
		return;
	if (S_ISDIR(inode->mode) && !(mask & (IN_DELETE_SELF | IN_MOVE_SELF)))
		mask |= IN_ISDIR;
	tell(inode, mask, 0, NULL, false);
}

u32 notify_cookie(void)
{
	static u32 last;

	return ++last;
}

void notify_inode_gone(struct inode *inode)
{
	while (!list_empty(&inode->watches)) {
		struct watch *w = list_first(&inode->watches, struct watch, inode_node);

		if (inode->nlink)		/* its file system was unmounted */
			w->ops->event(w, IN_UNMOUNT, 0, NULL);
		w->ops->end(w);
	}
}
