// SPDX-License-Identifier: GPL-2.0
/* inotify(7): instances, their watches, and the queue of events that read(2) takes. */
#include "inotify.h"
#include <kernel/ucount.h>
#include <fs/poll.h>
#include <fs/proc.h>
#include <lib/idr.h>
#include <asm/ioctls.h>

static int max_queued = 16384, max_instances = 128, max_watches = 65536;
PROC_SYSCTL_INT("fs/inotify/max_queued_events", 0644, &max_queued, 0, INT_MAX);
PROC_SYSCTL_INT("fs/inotify/max_user_instances", 0644, &max_instances, 0, INT_MAX);
PROC_SYSCTL_INT("fs/inotify/max_user_watches", 0644, &max_watches, 0, INT_MAX);

struct event { struct list_head node; struct inotify_event e; };	/* e.len bytes of name follow, padded with zeros */

struct inotify {
	struct list_head events;
	struct wait_queue wait;
	struct idr watches;
	int nr_events;
	bool overflowed;		/* the last one queued says so */
	struct ucounts *ucounts;	/* charged for it and its watches */
};

struct inotify_watch {
	struct watch w;
	struct inotify *in;
	int wd;
};
static inline struct inotify_watch *to_inotify(struct watch *w) { return container_of(w, struct inotify_watch, w); }

/* --- the queue --- */

static struct event *event_new(int wd, u32 mask, u32 cookie, const char *name)
{
	size_t len = name ? strlen(name) + 1 : 0, padded = ALIGN(len, sizeof(struct inotify_event));
	struct event *ev = kmalloc(sizeof(*ev) + padded, GFP_NOWAIT | GFP_ZERO);

	if (!ev)
		return NULL;
	ev->e.wd = wd;
	ev->e.mask = mask;
	ev->e.cookie = cookie;
	ev->e.len = (u32)padded;
	if (len)
		memcpy(ev->e.name, name, len);
	return ev;
}

static bool same_event(const struct event *a, const struct event *b)
{
	return !memcmp(&a->e, &b->e, sizeof(a->e)) && !memcmp(a->e.name, b->e.name, a->e.len);
}

static void enqueue(struct inotify *in, struct event *ev)
{
	list_add_tail(&ev->node, &in->events);
	in->nr_events++;
	wake_up_poll(&in->wait, EPOLLIN | EPOLLRDNORM);
}

/* Once for all that is lost until the queue is read. */
static void queue_overflow(struct inotify *in)
{
	struct event *ev = in->overflowed ? NULL : event_new(-1, IN_Q_OVERFLOW, 0, NULL);

	if (!ev)
		return;
	in->overflowed = true;
	enqueue(in, ev);
}

static void inotify_event(struct watch *w, u32 mask, u32 cookie, const char *name)
{
	struct inotify_watch *iw = to_inotify(w);
	struct inotify *in = iw->in;
	struct event *ev = in->nr_events >= max_queued ? NULL : event_new(iw->wd, mask & ~NOTIFY_RENAMED, cookie, name);

	if (!ev) {
		queue_overflow(in);
	} else if (!list_empty(&in->events) && same_event(list_last(&in->events, struct event, node), ev)) {
		kfree(ev);			/* says nothing new */
	} else {
		enqueue(in, ev);
	}
}

static void watch_free(struct inotify_watch *iw)
{
	idr_remove(&iw->in->watches, iw->wd);
	watch_remove(&iw->w);
	ucount_uncharge(iw->in->ucounts, UCOUNT_INOTIFY_WATCHES, 1);
	kfree(iw);
}

static void inotify_end(struct watch *w)
{
	inotify_event(w, IN_IGNORED, 0, NULL);
	watch_free(to_inotify(w));
}

static const struct watch_ops inotify_watch_ops = { .event = inotify_event, .end = inotify_end };

static ssize_t inotify_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct inotify *in = f->private;
	size_t done = 0;
	int err = 0;

	if (list_empty(&in->events)) {
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(&in->wait, !list_empty(&in->events));
	}
	while (!err && !list_empty(&in->events)) {
		struct event *ev = list_first(&in->events, struct event, node);
		size_t n = sizeof(ev->e) + ev->e.len;

		if (n > it->count) {
			err = -EINVAL;
			break;
		}
		list_del(&ev->node);
		in->nr_events--;
		if (ev->e.mask & IN_Q_OVERFLOW)
			in->overflowed = false;
		if (copy_to_iter(&ev->e, n, it) == n)
			done += n;
		else
			err = -EFAULT;
		kfree(ev);
	}
	return done ? (ssize_t)done : err;
}

static u32 inotify_poll(struct file *f, struct poll_table *pt)
{
	struct inotify *in = f->private;

	poll_wait(f, &in->wait, pt);
	return list_empty(&in->events) ? 0 : EPOLLIN | EPOLLRDNORM;
}

static long inotify_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
	struct inotify *in = f->private;
	struct event *ev;
	int bytes = 0;

	if (cmd != FIONREAD)
		return -ENOTTY;
	list_for_each_entry(ev, &in->events, node)
		bytes += (int)(sizeof(ev->e) + ev->e.len);
	return put_user(bytes, int, arg);
}

#define for_each_watch(iw, id, in) xa_for_each(&(in)->watches.xa, id, iw)

static void inotify_free(struct inotify *in)
{
	ucount_uncharge(in->ucounts, UCOUNT_INOTIFY_INSTANCES, 1);
	kfree(in);
}

static void inotify_release(struct inode *inode, struct file *f)
{
	struct inotify *in = f->private;
	struct event *ev, *next;
	struct inotify_watch *iw;
	unsigned long id;

	for_each_watch(iw, id, in)
		watch_free(iw);
	idr_destroy(&in->watches);
	list_for_each_entry_safe(ev, next, &in->events, node)
		kfree(ev);
	inotify_free(in);
}

static void inotify_show_fdinfo(struct file *f, struct seq_file *m)
{
	struct inotify *in = f->private;
	struct inotify_watch *iw;
	unsigned long id;

	for_each_watch(iw, id, in)
		seq_printf(m, "inotify wd:%d ino:%llx sdev:%x mask:%x ignored_mask:0 \n", iw->wd, (unsigned long long)iw->w.inode->ino,
			   iw->w.inode->sb->dev, iw->w.mask & IN_ALL_EVENTS);
}

static const struct file_ops inotify_fops = {
	.read = inotify_read,
	.poll = inotify_poll,
	.ioctl = inotify_ioctl,
	.release = inotify_release,
	.show_fdinfo = inotify_show_fdinfo,
	.llseek = noop_llseek,
};

/* --- system calls --- */

long sys_inotify_init1(int flags)
{
	struct ucounts *u = current_cred()->ucounts;
	struct inotify *in;
	struct file *f;

	if (unknown_flags(flags, IN_CLOEXEC | IN_NONBLOCK))
		return -EINVAL;
	if (!ucount_charge(u, UCOUNT_INOTIFY_INSTANCES, 1, (u64)max_instances))
		return why(-EMFILE, "fs.inotify.max_user_instances is %d", max_instances);
	in = kzalloc(sizeof(*in), GFP_KERNEL);
	if (!in) {
		ucount_uncharge(u, UCOUNT_INOTIFY_INSTANCES, 1);
		return -ENOMEM;
	}
	in->ucounts = u;
	list_init(&in->events);
	wait_queue_init(&in->wait);
	idr_init(&in->watches);
	f = anon_file("inotify", &inotify_fops, in, (unsigned)(flags & O_NONBLOCK));
	if (IS_ERR(f)) {
		inotify_free(in);
		return PTR_ERR(f);
	}
	return fd_publish(f, (unsigned)flags);
}

long sys_inotify_init(void) { return sys_inotify_init1(0); }

/* An inotify file of fd, counted. ERR_PTR. */
static struct file *inotify_file(int fd)
{
	struct file *f = fget(fd);

	if (!f)
		return ERR_PTR(-EBADF);
	if (f->ops == &inotify_fops)
		return f;
	file_put(f);
	return ERR_PTR(-EINVAL);
}

static int watch_new(struct inotify *in, struct inode *inode, u32 mask)
{
	struct inotify_watch *iw;
	int err = -ENOMEM;

	if (!ucount_charge(in->ucounts, UCOUNT_INOTIFY_WATCHES, 1, (u64)max_watches))
		return why(-ENOSPC, "fs.inotify.max_user_watches is %d", max_watches);
	iw = kmalloc(sizeof(*iw), GFP_KERNEL);
	if (!iw)
		goto uncharge;
	iw->in = in;
	iw->wd = err = idr_alloc_cyclic(&in->watches, iw, 1, INT_MAX);
	if (err < 0)
		goto free;
	watch_add(&iw->w, inode, &inotify_watch_ops, mask);
	return iw->wd;
free:
	kfree(iw);
uncharge:
	ucount_uncharge(in->ucounts, UCOUNT_INOTIFY_WATCHES, 1);
	return err;
}

static int watch_set(struct inotify *in, struct inode *inode, u32 arg)
{
	u32 mask = arg & (IN_ALL_EVENTS | IN_ONESHOT | IN_EXCL_UNLINK);
	struct watch *w;

	list_for_each_entry(w, &inode->watches, inode_node) {
		if (w->ops != &inotify_watch_ops || to_inotify(w)->in != in)
			continue;
		if (arg & IN_MASK_CREATE)
			return -EEXIST;
		w->mask = arg & IN_MASK_ADD ? w->mask | mask : mask;
		return to_inotify(w)->wd;
	}
	return watch_new(in, inode, mask);
}

long sys_inotify_add_watch(int fd, uaddr_t upath, unsigned mask)
{
	unsigned lookup = (mask & IN_DONT_FOLLOW ? 0 : LOOKUP_FOLLOW) | (mask & IN_ONLYDIR ? LOOKUP_DIRECTORY : 0);
	const u32 known = IN_ALL_EVENTS | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK | IN_MASK_ADD | IN_MASK_CREATE | IN_ISDIR |
			  IN_ONESHOT;
	struct file *f;
	struct path p;
	int err;

	if (!(mask & (known | IN_UNMOUNT | IN_Q_OVERFLOW | IN_IGNORED)))
		return -EINVAL;
	f = fcheck(fd);
	if (!f || f->mode & FMODE_PATH)
		return -EBADF;
	if (mask & IN_MASK_ADD && mask & IN_MASK_CREATE)
		return -EINVAL;
	f = inotify_file(fd);
	if (IS_ERR(f))
		return PTR_ERR(f);
	err = user_path_at(AT_FDCWD, upath, lookup, &p);
	if (!err) {
		err = inode_permission(p.dentry->inode, MAY_READ);
		if (!err)
			err = watch_set(f->private, p.dentry->inode, mask);
		path_put(&p);
	}
	file_put(f);
	return err;
}

long sys_inotify_rm_watch(int fd, int wd)
{
	struct file *f = inotify_file(fd);
	struct inotify_watch *iw;

	if (IS_ERR(f))
		return PTR_ERR(f);
	iw = idr_find(&((struct inotify *)f->private)->watches, wd);
	if (iw)
		inotify_end(&iw->w);
	file_put(f);
	return iw ? 0 : -EINVAL;
}
