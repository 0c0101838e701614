// SPDX-License-Identifier: GPL-2.0
/* fcntl(F_NOTIFY): a signal when something happens to a directory or in it. Asked for by descriptor, ends at its close. */
#include "inotify.h"
#include "locks.h"
#include <fs/proc.h>
#include <linux/fcntl.h>

static int enabled = 1;
PROC_SYSCTL_INT("fs/dir-notify-enable", 0644, &enabled, 0, 1);

struct dnotify {
	struct watch w;
	struct file *file;		/* not counted: its close ends us */
	const struct files *owner;	/* only compared: its close counts, not that of others who have the file too */
	int fd;
};

static void dnotify_event(struct watch *w, u32 mask, u32 cookie, const char *name)
{
	const struct dnotify *dn = container_of(w, struct dnotify, w);

	dn->file->owner_fd = dn->fd;
	file_signal_owner(dn->file, POLL_MSG);
}

static void dnotify_end(struct watch *w)
{
	watch_remove(w);
	kfree(container_of(w, struct dnotify, w));
}

static const struct watch_ops dnotify_ops = { .event = dnotify_event, .end = dnotify_end };

static struct dnotify *dnotify_find(const struct file *f, const struct files *owner)
{
	struct watch *w;

	list_for_each_entry(w, &f->inode->watches, inode_node) {
		struct dnotify *dn = container_of(w, struct dnotify, w);

		if (w->ops == &dnotify_ops && dn->file == f && dn->owner == owner)
			return dn;
	}
	return NULL;
}

void dnotify_close(struct file *f, const struct files *owner)
{
	struct dnotify *dn = dnotify_find(f, owner);

	if (dn)
		dnotify_end(&dn->w);
}

static u32 events_of(unsigned arg)
{
	return (arg & DN_ACCESS ? IN_ACCESS : 0) | (arg & DN_MODIFY ? IN_MODIFY : 0) | (arg & DN_ATTRIB ? IN_ATTRIB : 0) |
	       (arg & DN_CREATE ? IN_CREATE | IN_MOVED_TO : 0) | (arg & DN_DELETE ? IN_DELETE | IN_MOVED_FROM : 0) |
	       (arg & DN_RENAME ? NOTIFY_RENAMED : 0);
}

long fcntl_notify(int fd, struct file *f, unsigned arg)
{
	const struct files *owner = current->files;
	struct dnotify *dn;

	if (!enabled)
		return -EINVAL;
	if (!(arg & ~DN_MULTISHOT)) {
		dnotify_close(f, owner);
		return 0;
	}
	if (!S_ISDIR(f->inode->mode))
		return -ENOTDIR;
	dn = kmalloc(sizeof(*dn), GFP_KERNEL);
	if (!dn)
		return -ENOMEM;
	if (fcheck(fd) != f) {		/* closed by another thread meanwhile: nobody would end it */
		kfree(dn);
		return 0;
	}
	file_own_if_nobody(f);
	*dn = (struct dnotify){ .file = f, .owner = owner, .fd = fd };
	if (dnotify_find(f, owner)) {
		kfree(dn);
		dn = dnotify_find(f, owner);
		dn->fd = fd;
		dn->w.mask |= events_of(arg);
	} else {
		watch_add(&dn->w, f->inode, &dnotify_ops, events_of(arg) | IN_ONESHOT);
	}
	if (arg & DN_MULTISHOT)
		dn->w.mask &= ~(u32)IN_ONESHOT;
	return 0;
}
