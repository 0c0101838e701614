// SPDX-License-Identifier: GPL-2.0
/*
 * epoll(7). An item joins a file to an epoll set and waits on the file's queues; a wake-up puts it on the set's ready list.
 * epoll_wait looks at the items of that list only: level-triggered ones that are still ready go back to its end.
 *
 * Locking: ep->lock (sleeping) is held while items come, go, change or are reported; wake-ups come without it, at any
 * time that the holder sleeps, and touch only the ready list. A file's items are removed before the file is freed, by
 * epoll_file_gone(), which takes the lock: so an item's file is valid while it is held.
 */
#include <kernel/cred.h>
#include <kernel/init.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <kernel/ucount.h>
#include <fs/file.h>
#include <fs/poll.h>
#include <fs/proc.h>
#include <mm/slab.h>
#include <linux/eventpoll.h>

#define MAX_NESTS	4		/* epoll sets within epoll sets */
#define MAX_PATHS	500		/* ways from a file up to sets that nothing contains: a wake-up goes all of them */
#define PRIVATE_BITS	(EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE)
#define EXCLUSIVE_OK	(EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDNORM | EPOLLWRNORM | \
			 EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE)
#define MAX_EVENTS	(INT_MAX / (int)sizeof(struct epoll_event))

/* Linux lets them take a twenty-fifth of the memory. */
#define WATCH_COST	(sizeof(struct epitem) + sizeof(struct ep_wait) + 64)
static int max_watches;
PROC_SYSCTL_INT("fs/epoll/max_user_watches", 0644, &max_watches, 0, INT_MAX);

struct eventpoll {
	int refs;			/* its file counts one */
	struct mutex lock;
	struct rb_root items;		/* by file and descriptor */
	struct list_head ready;		/* epitem.ready_node */
	struct wait_queue wq;		/* epoll_wait sleeps here */
	struct wait_queue poll_wq;	/* who polls us */
	struct file *file;
	struct ucounts *ucounts;	/* who made it pays for the items */
	struct { u64 walk; int depth; } below, above;	/* what a walk over nested sets found here */
};

struct epitem {
	struct rb_node node;
	struct list_head ready_node;
	struct list_head file_node;	/* on file->epolls */
	struct list_head waits;		/* struct ep_wait */
	struct eventpoll *ep;
	struct file *file;
	int fd;
	struct epoll_event event;
};

/* One queue of the file. Linked by item, so that they can be taken off. */
struct ep_wait { struct wait_entry we; struct list_head node; struct epitem *item; };

static const struct file_ops eventpoll_fops;

static bool is_epoll(const struct file *f)
{
	return f->ops == &eventpoll_fops;
}

/* --- wake-ups --- */

static void wake_set(struct eventpoll *ep)
{
	if (wait_queue_active(&ep->wq))
		wake_up(&ep->wq);
	if (wait_queue_active(&ep->poll_wq))
		wake_up_poll(&ep->poll_wq, EPOLLIN);
}

static bool item_woken(struct wait_entry *we, u32 events)
{
	struct epitem *item = container_of(we, struct ep_wait, we)->item;
	struct eventpoll *ep = item->ep;
	bool somebody;

	if (!(item->event.events & ~PRIVATE_BITS) || (events && !(events & item->event.events)))
		return false;
	somebody = wait_queue_active(&ep->wq);
	if (list_empty(&item->ready_node))
		list_add_tail(&item->ready_node, &ep->ready);
	wake_set(ep);
	/* An exclusive item uses the wake-up up only if that wakes anybody. */
	return !(item->event.events & EPOLLEXCLUSIVE) || somebody;
}

struct ep_queue { struct poll_table pt; struct epitem *item; bool failed; };

static void item_queue(struct poll_table *pt, struct file *f, struct wait_queue *wq)
{
	struct ep_queue *q = container_of(pt, struct ep_queue, pt);
	struct ep_wait *w = kzalloc(sizeof(*w), GFP_ATOMIC);

	if (!w) {
		q->failed = true;
		return;
	}
	w->we.wake = item_woken;
	w->we.exclusive = q->item->event.events & EPOLLEXCLUSIVE;
	w->item = q->item;
	list_init(&w->we.node);
	list_add(&w->node, &q->item->waits);
	wait_add(wq, &w->we);
}

static u32 item_poll(struct epitem *item, struct poll_table *pt)
{
	pt->want = item->event.events;
	return file_poll(item->file, pt) & item->event.events;
}

/* --- items --- */

static int compare(const struct epitem *item, const struct file *f, int fd)
{
	if (item->file != f)
		return item->file < f ? -1 : 1;
	return item->fd < fd ? -1 : item->fd > fd;
}

static struct epitem *item_find(struct eventpoll *ep, const struct file *f, int fd)
{
	struct rb_node *n = ep->items.node;

	while (n) {
		struct epitem *item = container_of(n, struct epitem, node);
		int c = compare(item, f, fd);

		if (!c)
			return item;
		n = c < 0 ? n->right : n->left;
	}
	return NULL;
}

static void item_insert(struct eventpoll *ep, struct epitem *item)
{
	struct rb_node **link = &ep->items.node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = compare(container_of(parent, struct epitem, node), item->file, item->fd) < 0 ?
		       &parent->right : &parent->left;
	}
	rb_insert(&item->node, parent, link, &ep->items);
}

static void item_remove(struct epitem *item)
{
	struct ep_wait *w, *tmp;

	list_for_each_entry_safe(w, tmp, &item->waits, node) {
		wait_remove(&w->we);
		kfree(w);
	}
	list_del(&item->ready_node);
	list_del(&item->file_node);
	rb_erase(&item->node, &item->ep->items);
	ucount_uncharge(item->ep->ucounts, UCOUNT_EPOLL_WATCHES, 1);
	kfree(item);
}

static void ep_put(struct eventpoll *ep)
{
	if (--ep->refs)
		return;
	ucounts_put(ep->ucounts);
	kfree(ep);
}

void epoll_file_gone(struct file *f)
{
	might_sleep();
	while (!list_empty(&f->epolls)) {
		struct eventpoll *ep = list_first(&f->epolls, struct epitem, file_node)->ep;

		ep->refs++;
		mutex_lock(&ep->lock);
		/* Whoever had the lock may have removed it. */
		if (!list_empty(&f->epolls) && list_first(&f->epolls, struct epitem, file_node)->ep == ep)
			item_remove(list_first(&f->epolls, struct epitem, file_node));
		mutex_unlock(&ep->lock);
		ep_put(ep);
	}
}

static u64 walk;
static bool too_many_paths(const struct file *f);

static void mark_ready(struct epitem *item)
{
	if (list_empty(&item->ready_node))
		list_add_tail(&item->ready_node, &item->ep->ready);
	wake_set(item->ep);
}

static int item_add(struct eventpoll *ep, struct file *f, int fd, const struct epoll_event *ev)
{
	struct ep_queue q = { .pt.queue = item_queue };
	struct epitem *item;

	if (!ucount_charge(ep->ucounts, UCOUNT_EPOLL_WATCHES, 1, (u64)max_watches))
		return why(-ENOSPC, "fs.epoll.max_user_watches is %d", max_watches);
	item = kzalloc(sizeof(*item), GFP_KERNEL);
	if (!item) {
		ucount_uncharge(ep->ucounts, UCOUNT_EPOLL_WATCHES, 1);
		return -ENOMEM;
	}
	item->ep = ep;
	item->file = f;
	item->fd = fd;
	item->event = *ev;
	list_init(&item->ready_node);
	list_init(&item->waits);
	list_add(&item->file_node, &f->epolls);
	item_insert(ep, item);
	q.item = item;
	if (item_poll(item, &q.pt))
		mark_ready(item);
	if (q.failed) {
		item_remove(item);
		return -ENOMEM;
	}
	walk++;
	if ((is_epoll(f) || !list_empty(&ep->file->epolls)) && too_many_paths(f)) {
		item_remove(item);
		return -EINVAL;
	}
	return 0;
}

static void item_modify(struct epitem *item, const struct epoll_event *ev)
{
	struct poll_table ask = { .queue = NULL };

	item->event = *ev;
	if (item_poll(item, &ask))
		mark_ready(item);
}

/* --- sets within sets: each walk looks at a set once, however many ways lead there --- */

/* How deep the sets below ep go; -ELOOP: too deep, or target is among them. */
static int depth_below(struct eventpoll *ep, const struct eventpoll *target, int level)
{
	struct rb_node *n;
	int depth = 0;

	if (ep == target || level > MAX_NESTS)
		return -ELOOP;
	if (ep->below.walk == walk)
		return ep->below.depth;
	for (n = rb_first(&ep->items); n; n = rb_next(n)) {
		struct epitem *item = container_of(n, struct epitem, node);
		int d;

		if (!is_epoll(item->file))
			continue;
		d = depth_below(item->file->private, target, level + 1);
		if (d < 0)
			return d;
		depth = max(depth, d + 1);
	}
	ep->below.walk = walk;
	return ep->below.depth = depth;
}

static int depth_above(struct eventpoll *ep)
{
	struct epitem *item;
	int depth = 0;

	if (ep->above.walk == walk)
		return ep->above.depth;
	list_for_each_entry(item, &ep->file->epolls, file_node)
		depth = max(depth, depth_above(item->ep) + 1);
	ep->above.walk = walk;
	return ep->above.depth = depth;
}

/* What is left of so many ways that may go up from f; below 0: there are more. */
static int count_paths(const struct file *f, int left)
{
	struct epitem *item;

	list_for_each_entry(item, &f->epolls, file_node) {
		const struct file *up = item->ep->file;

		left = list_empty(&up->epolls) ? left - 1 : count_paths(up, left);
		if (left < 0)
			break;
	}
	return left;
}

/* Has f, or anything in it if it is a set, too many ways up? */
static bool too_many_paths(const struct file *f)
{
	struct eventpoll *ep = f->private;
	struct rb_node *n;

	if (count_paths(f, MAX_PATHS) < 0)
		return true;
	if (!is_epoll(f) || ep->below.walk == walk)
		return false;
	ep->below.walk = walk;
	for (n = rb_first(&ep->items); n; n = rb_next(n))
		if (too_many_paths(container_of(n, struct epitem, node)->file))
			return true;
	return false;
}

static int check_nesting(struct eventpoll *ep, struct file *f)
{
	int below;

	walk++;
	below = depth_below(f->private, ep, 0);
	if (below < 0)
		return below;
	return below + 1 + depth_above(ep) > MAX_NESTS ? -ELOOP : 0;
}

/* --- reporting --- */

/* Items that look ready but are not leave the list. Called by who polls a set; sleeps not. */
static bool any_ready(struct eventpoll *ep)
{
	struct poll_table ask = { .queue = NULL };
	struct epitem *item, *tmp;

	list_for_each_entry_safe(item, tmp, &ep->ready, ready_node) {
		if (item_poll(item, &ask))
			return true;
		list_del(&item->ready_node);
	}
	return false;
}

/*
 * Reports one item, the first of the ready list. A level-triggered one goes to the list's end before anything sleeps, so
 * that the list always tells who polls the set what is there. 1: reported, 0: was not ready, -EFAULT.
 */
static int send_one(struct eventpoll *ep, struct epitem *item, uaddr_t uev)
{
	struct poll_table ask = { .queue = NULL };
	struct epoll_event ev = { .data = item->event.data };

	list_del(&item->ready_node);
	ev.events = item_poll(item, &ask);
	if (!ev.events)
		return 0;
	if (!(item->event.events & (EPOLLET | EPOLLONESHOT)))
		list_add_tail(&item->ready_node, &ep->ready);
	if (copy_to_user(uev, &ev, sizeof(ev))) {
		if (list_empty(&item->ready_node))
			list_add(&item->ready_node, &ep->ready);
		return -EFAULT;
	}
	if (item->event.events & EPOLLONESHOT)
		item->event.events &= PRIVATE_BITS;
	return 1;
}

/* Up to max events to user memory: how many, or -EFAULT. Sleeps. */
static int send_events(struct eventpoll *ep, uaddr_t uevents, int max)
{
	struct epitem *item, *first_again = NULL;
	int n = 0, sent;

	mutex_lock(&ep->lock);
	while (n < max && !list_empty(&ep->ready)) {
		item = list_first(&ep->ready, struct epitem, ready_node);
		if (item == first_again)
			break;		/* once round */
		sent = send_one(ep, item, uevents + (size_t)n * sizeof(struct epoll_event));
		if (sent < 0) {
			n = n ? n : sent;
			break;
		}
		n += sent;
		if (sent && !first_again && !list_empty(&item->ready_node))
			first_again = item;
	}
	mutex_unlock(&ep->lock);
	if (!list_empty(&ep->ready) && wait_queue_active(&ep->wq))
		wake_up(&ep->wq);
	return n;
}

static int ep_wait_events(struct eventpoll *ep, uaddr_t uevents, int max, u64 deadline)
{
	int n, err = 0;

	for (;;) {
		n = list_empty(&ep->ready) ? 0 : send_events(ep, uevents, max);
		if (n || err || !deadline)
			break;
		err = wait_event_mode(&ep->wq, !list_empty(&ep->ready), WAIT_INTERRUPTIBLE, deadline, true);
		if (err == -ERESTARTSYS)
			return -EINTR;
	}
	return n;
}

static u32 eventpoll_poll(struct file *f, struct poll_table *pt)
{
	struct eventpoll *ep = f->private;

	poll_wait(f, &ep->poll_wq, pt);
	return any_ready(ep) ? EPOLLIN | EPOLLRDNORM : 0;
}

static void eventpoll_release(struct inode *inode, struct file *f)
{
	struct eventpoll *ep = f->private;
	struct rb_node *n;

	mutex_lock(&ep->lock);
	while ((n = rb_first(&ep->items)))
		item_remove(container_of(n, struct epitem, node));
	mutex_unlock(&ep->lock);
	ep_put(ep);
}

static void eventpoll_show(struct file *f, struct seq_file *m)
{
	struct eventpoll *ep = f->private;
	struct rb_node *n;

	for (n = rb_first(&ep->items); n; n = rb_next(n)) {
		struct epitem *item = container_of(n, struct epitem, node);

		seq_printf(m, "tfd: %8d events: %8x data: %16llx  pos:%lli ino:%llx sdev:%x\n", item->fd,
			   item->event.events, (unsigned long long)item->event.data, (long long)item->file->pos,
			   (unsigned long long)item->file->inode->ino, item->file->inode->sb->dev);
	}
}

static const struct file_ops eventpoll_fops = {
	.poll = eventpoll_poll,
	.llseek = noop_llseek,
	.release = eventpoll_release,
	.show_fdinfo = eventpoll_show,
};

/* --- the system calls --- */

long sys_epoll_create1(int flags)
{
	struct eventpoll *ep;
	struct file *f;

	if (unknown_flags(flags, EPOLL_CLOEXEC))
		return -EINVAL;
	ep = kzalloc(sizeof(*ep), GFP_KERNEL);
	if (!ep)
		return -ENOMEM;
	ep->refs = 1;
	ep->ucounts = ucounts_get(current_cred()->ucounts);
	mutex_init(&ep->lock);
	list_init(&ep->ready);
	wait_queue_init(&ep->wq);
	wait_queue_init(&ep->poll_wq);
	f = anon_file("eventpoll", &eventpoll_fops, ep, O_RDWR);
	if (IS_ERR(f))
		ep_put(ep);
	else
		ep->file = f;
	return fd_publish(f, flags & EPOLL_CLOEXEC);
}

long sys_epoll_create(int size)
{
	return size <= 0 ? -EINVAL : sys_epoll_create1(0);
}

static int ctl_locked(struct eventpoll *ep, int op, struct file *f, int fd, struct epoll_event *ev)
{
	struct epitem *item = item_find(ep, f, fd);

	ev->events |= EPOLLERR | EPOLLHUP;
	switch (op) {
	case EPOLL_CTL_ADD:
		return item ? -EEXIST : item_add(ep, f, fd, ev);
	case EPOLL_CTL_DEL:
		if (!item)
			return -ENOENT;
		item_remove(item);
		return 0;
	case EPOLL_CTL_MOD:
		if (!item)
			return -ENOENT;
		if (item->event.events & EPOLLEXCLUSIVE)
			return -EINVAL;
		item_modify(item, ev);
		return 0;
	}
	return -EINVAL;
}

static int check_ctl(const struct file *epf, int op, const struct file *f, struct epoll_event *ev)
{
	if (!f->ops->poll)
		return -EPERM;
	if (op != EPOLL_CTL_DEL && (ev->events & EPOLLWAKEUP) && !capable(CAP_BLOCK_SUSPEND))
		ev->events &= ~EPOLLWAKEUP;
	if (epf == f || !is_epoll(epf))
		return -EINVAL;
	if (op != EPOLL_CTL_DEL && (ev->events & EPOLLEXCLUSIVE)) {
		if (op == EPOLL_CTL_MOD)
			return -EINVAL;
		if (op == EPOLL_CTL_ADD && (is_epoll(f) || (ev->events & ~EXCLUSIVE_OK)))
			return -EINVAL;
	}
	return 0;
}

long sys_epoll_ctl(int epfd, int op, int fd, uaddr_t uev)
{
	static DEFINE_MUTEX(nest_lock);		/* two sets that are added to each other */
	struct epoll_event ev = { 0 };
	struct file *epf, *f;
	struct eventpoll *ep;
	bool nested;
	int err;

	if (op != EPOLL_CTL_DEL && get_user(ev, uev))
		return -EFAULT;
	epf = fget(epfd);
	f = fget(fd);
	err = epf && f ? check_ctl(epf, op, f, &ev) : -EBADF;
	if (!err) {
		ep = epf->private;
		nested = op == EPOLL_CTL_ADD && is_epoll(f);
		if (nested) {
			mutex_lock(&nest_lock);
			err = check_nesting(ep, f);
		}
		mutex_lock(&ep->lock);
		if (!err)
			err = ctl_locked(ep, op, f, fd, &ev);
		mutex_unlock(&ep->lock);
		if (nested)
			mutex_unlock(&nest_lock);
	}
	file_put(f);
	file_put(epf);
	return err;
}

static long do_epoll_wait(int epfd, uaddr_t uevents, int max, u64 deadline)
{
	struct file *f;
	long n;

	if (max <= 0 || max > MAX_EVENTS)
		return -EINVAL;
	if (!access_ok(uevents, (size_t)max * sizeof(struct epoll_event)))
		return -EFAULT;
	f = fget(epfd);
	if (!f)
		return -EBADF;
	n = is_epoll(f) ? ep_wait_events(f->private, uevents, max, deadline) : -EINVAL;
	file_put(f);
	return n;
}

static u64 ms_deadline(int timeout_ms)
{
	return timeout_ms < 0 ? WAIT_FOREVER : timeout_ms ? deadline_after((u64)timeout_ms * NSEC_PER_MSEC) : 0;
}

long sys_epoll_wait(int epfd, uaddr_t uevents, int max, int timeout_ms)
{
	return do_epoll_wait(epfd, uevents, max, ms_deadline(timeout_ms));
}

static long wait_masked(int epfd, uaddr_t uevents, int max, u64 deadline, uaddr_t umask, size_t size)
{
	long n = set_user_sigmask(umask, size);

	if (n)
		return n;
	n = do_epoll_wait(epfd, uevents, max, deadline);
	restore_saved_sigmask_unless(n == -EINTR);
	return n;
}

long sys_epoll_pwait(int epfd, uaddr_t uevents, int max, int timeout_ms, uaddr_t umask, size_t size)
{
	return wait_masked(epfd, uevents, max, ms_deadline(timeout_ms), umask, size);
}

long sys_epoll_pwait2(int epfd, uaddr_t uevents, int max, uaddr_t uts, uaddr_t umask, size_t size)
{
	u64 deadline = WAIT_FOREVER, ns;
	int err;

	if (uts) {
		err = get_timespec(uts, &ns);
		if (err)
			return err;
		deadline = ns ? deadline_after(ns) : 0;
	}
	return wait_masked(epfd, uevents, max, deadline, umask, size);
}

static int epoll_init(void)
{
	max_watches = (int)min(total_pages() * PAGE_SIZE / 25 / WATCH_COST, (unsigned long)INT_MAX);
	return 0;
}
core_initcall(epoll_init);
