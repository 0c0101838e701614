// SPDX-License-Identifier: GPL-2.0
/*
 * poll(2), select(2) and their sisters. The first look at each file also queues us on what can change its answer; later
 * looks only ask. One wait entry a queue, the first few on the stack.
 */
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <fs/file.h>
#include <fs/poll.h>
#include <lib/bitmap.h>
#include <mm/slab.h>
#include <asm/poll.h>
#include <asm/resource.h>
#include <linux/time.h>
#include <linux/time_types.h>

#define FAST_ENTRIES	8
#define FAST_FDS	30
#define DEFAULT_MASK	(EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM)

u32 file_poll(struct file *f, struct poll_table *pt)
{
	return f->ops->poll ? f->ops->poll(f, pt) : DEFAULT_MASK;
}

/* --- one wait on many queues --- */

struct poll_waiter;
struct poll_entry {
	struct wait_entry we;
	struct poll_waiter *waiter;
	struct file *file;		/* counted: keeps the queue */
	u32 key;			/* events that concern us */
	struct poll_entry *next;	/* of those from the heap */
};

struct poll_waiter {
	struct poll_table pt;		/* first: queue functions get its address */
	struct task *task;
	bool triggered;
	int err;
	unsigned nfast;
	struct poll_entry fast[FAST_ENTRIES];
	struct poll_entry *heap;
};

static bool poll_wake(struct wait_entry *we, u32 events)
{
	struct poll_entry *e = container_of(we, struct poll_entry, we);

	if (events && !(events & e->key))
		return false;
	e->waiter->triggered = true;
	task_wake(e->waiter->task);
	return true;
}

static void poll_queue(struct poll_table *pt, struct file *f, struct wait_queue *wq)
{
	struct poll_waiter *w = container_of(pt, struct poll_waiter, pt);
	struct poll_entry *e;

	if (w->nfast < FAST_ENTRIES) {
		e = &w->fast[w->nfast++];
	} else {
		e = kmalloc(sizeof(*e), GFP_ATOMIC);
		if (!e) {
			w->err = -ENOMEM;
			return;
		}
		e->next = w->heap;
		w->heap = e;
	}
	e->we = (struct wait_entry){ .task = w->task, .wake = poll_wake };
	list_init(&e->we.node);
	e->waiter = w;
	e->file = file_get(f);
	e->key = pt->want;
	wait_add(wq, &e->we);
}

static void waiter_init(struct poll_waiter *w)
{
	w->pt = (struct poll_table){ .queue = poll_queue };
	w->task = current;
	w->triggered = false;
	w->err = 0;
	w->nfast = 0;
	w->heap = NULL;
}

static void waiter_exit(struct poll_waiter *w)
{
	struct poll_entry *e, *next;

	for (unsigned i = 0; i < w->nfast; i++)
		wait_remove(&w->fast[i].we);
	for (e = w->heap; e; e = e->next)
		wait_remove(&e->we);
	/* Only now may a file go: that sleeps. */
	for (unsigned i = 0; i < w->nfast; i++)
		file_put(w->fast[i].file);
	for (e = w->heap; e; e = next) {
		next = e->next;
		file_put(e->file);
		kfree(e);
	}
}

/* Until a queue has triggered. 0: look again; -ETIME, -EINTR; or an error of queueing. */
static int waiter_sleep(struct poll_waiter *w, u64 deadline)
{
	w->pt.queue = NULL;
	if (w->err)
		return w->err;
	while (!w->triggered) {
		if (signal_pending(current))
			return -EINTR;
		if (ktime_ns() >= deadline)
			return -ETIME;
		schedule_timeout(WAIT_INTERRUPTIBLE, deadline);
	}
	w->triggered = false;
	return 0;
}

/* --- poll --- */

static u16 poll_one(struct pollfd *p, struct poll_waiter *w)
{
	struct file *f;
	u32 mask;

	if (p->fd < 0)
		return 0;
	f = fget(p->fd);
	if (!f)
		return POLLNVAL;
	w->pt.want = (u32)(u16)p->events | EPOLLERR | EPOLLHUP;
	mask = file_poll(f, &w->pt) & w->pt.want;
	file_put(f);
	return (u16)mask;
}

static int poll_all(struct pollfd *fds, unsigned n, struct poll_waiter *w)
{
	int ready = 0;

	for (unsigned i = 0; i < n; i++) {
		fds[i].revents = (short)poll_one(&fds[i], w);
		if (fds[i].revents) {
			ready++;
			w->pt.queue = NULL;	/* we shall not sleep */
		}
	}
	return ready;
}

/* Number ready, 0 at the deadline, -EINTR. */
static int poll_loop(struct pollfd *fds, unsigned n, u64 deadline)
{
	struct poll_waiter w;
	int ready, err = 0;

	waiter_init(&w);
	if (!deadline)
		w.pt.queue = NULL;
	while (!(ready = poll_all(fds, n, &w)) && !err && deadline)
		err = waiter_sleep(&w, deadline);
	waiter_exit(&w);
	return ready ? ready : err == -ETIME ? 0 : err;
}

/* deadline 0: do not wait. */
static int do_poll(uaddr_t ufds, unsigned n, u64 deadline)
{
	struct pollfd fast[FAST_FDS], *fds = fast;
	int ready;

	if (n > rlimit(RLIMIT_NOFILE))
		return -EINVAL;
	if (n > FAST_FDS)
		fds = kmalloc((size_t)n * sizeof(*fds), GFP_KERNEL);
	if (!fds)
		return -ENOMEM;
	ready = copy_from_user(fds, ufds, (size_t)n * sizeof(*fds));
	if (!ready)
		ready = poll_loop(fds, n, deadline);
	/* Only revents belongs to us: another thread may use the rest. */
	for (unsigned i = 0; i < n && ready >= 0; i++)
		if (put_user(fds[i].revents, short, ufds + i * sizeof(*fds) + offsetof(struct pollfd, revents)))
			ready = -EFAULT;
	if (fds != fast)
		kfree(fds);
	return ready;
}

static long poll_restart(struct task *t)
{
	int n = do_poll(t->restart.arg[0], (unsigned)t->restart.arg[1], t->restart.arg[2]);

	return n == -EINTR ? -ERESTART_RESTARTBLOCK : n;
}

long sys_poll(uaddr_t ufds, unsigned n, int timeout_ms)
{
	u64 deadline = timeout_ms < 0 ? WAIT_FOREVER : timeout_ms ? deadline_after((u64)timeout_ms * NSEC_PER_MSEC) : 0;
	int ready = do_poll(ufds, n, deadline);

	if (ready != -EINTR)
		return ready;
	current->restart = (struct restart_block){ poll_restart, { ufds, n, deadline } };
	return -ERESTART_RESTARTBLOCK;
}

/* A deadline from a struct timespec: WAIT_FOREVER without one, 0 for "do not wait". */
static int get_deadline(uaddr_t uts, u64 *deadline)
{
	u64 ns;
	int err;

	*deadline = WAIT_FOREVER;
	if (!uts)
		return 0;
	err = get_timespec(uts, &ns);
	if (!err)
		*deadline = ns ? deadline_after(ns) : 0;
	return err;
}

static u64 time_left(u64 deadline)
{
	u64 now = ktime_ns();

	return deadline > now ? deadline - now : 0;
}

/* What Linux tells of the time that was left; if it cannot be told, the call must not start again with the old value. */
static long finish(long ret, bool told)
{
	restore_saved_sigmask_unless(ret == -EINTR);
	if (ret == -EINTR && told)
		return -ERESTARTNOHAND;
	return ret;
}

long sys_ppoll(uaddr_t ufds, unsigned n, uaddr_t uts, uaddr_t umask, size_t size)
{
	bool told = true;
	u64 deadline;
	long ret = get_deadline(uts, &deadline);

	if (!ret)
		ret = set_user_sigmask(umask, size);
	if (ret)
		return ret;
	ret = do_poll(ufds, n, deadline);
	if (uts && !(current->personality & 0x4000000))		/* STICKY_TIMEOUTS */
		told = !put_timespec(uts, time_left(deadline));
	return finish(ret, told);
}

/* --- select --- */

#define SET_IN	(EPOLLRDNORM | EPOLLRDBAND | EPOLLIN | EPOLLHUP | EPOLLERR)
#define SET_OUT	(EPOLLWRBAND | EPOLLWRNORM | EPOLLOUT | EPOLLERR)
#define SET_EX	EPOLLPRI
static const u32 set_events[3] = { SET_IN, SET_OUT, SET_EX };

struct fd_sets { unsigned n, words; unsigned long *in[3], *out[3]; };

static int select_one(struct fd_sets *s, unsigned fd, struct poll_waiter *w)
{
	struct file *f;
	int ready = 0;
	u32 mask;

	w->pt.want = EPOLLERR | EPOLLHUP;
	for (int i = 0; i < 3; i++)
		if (test_bit(s->in[i], fd))
			w->pt.want |= set_events[i];
	f = fget((int)fd);
	if (!f)
		return -EBADF;
	mask = file_poll(f, &w->pt);
	file_put(f);
	for (int i = 0; i < 3; i++) {
		if (!test_bit(s->in[i], fd) || !(mask & set_events[i]))
			continue;
		set_bit(s->out[i], fd);
		ready++;
	}
	return ready;
}

static int select_all(struct fd_sets *s, struct poll_waiter *w)
{
	int ready = 0;

	for (unsigned k = 0; k < s->words; k++) {
		unsigned long left = s->in[0][k] | s->in[1][k] | s->in[2][k];

		while (left) {
			unsigned fd = k * 64 + (unsigned)__builtin_ctzl(left);
			int n;

			left &= left - 1;
			if (fd >= s->n)
				break;
			n = select_one(s, fd, w);
			if (n < 0)
				return n;
			if (n)
				w->pt.queue = NULL;
			ready += n;
		}
	}
	return ready;
}

static int select_loop(struct fd_sets *s, u64 deadline)
{
	struct poll_waiter w;
	int ready, err = 0;

	waiter_init(&w);
	if (!deadline)
		w.pt.queue = NULL;
	while (!(ready = select_all(s, &w)) && !err && deadline)
		err = waiter_sleep(&w, deadline);
	waiter_exit(&w);
	return ready ? ready : err == -ETIME ? 0 : err;
}

static int do_select(int n, const uaddr_t uset[3], u64 deadline)
{
	unsigned long fast[6 * 4], *bits = fast;
	struct fd_sets s;
	int ready = 0;
	size_t bytes;

	if (n < 0)
		return -EINVAL;
	s.n = min((unsigned)n, current->files->max);
	s.words = BITS_TO_LONGS(s.n);
	bytes = s.words * sizeof(long);
	if (s.words > 4)
		bits = kmalloc(6 * bytes, GFP_KERNEL);
	if (!bits)
		return -ENOMEM;
	memset(bits, 0, 6 * bytes);
	for (int i = 0; i < 3 && !ready; i++) {
		s.in[i] = bits + i * s.words;
		s.out[i] = bits + (3 + i) * s.words;
		if (uset[i])
			ready = copy_from_user(s.in[i], uset[i], bytes);
	}
	if (!ready)
		ready = select_loop(&s, deadline);
	for (int i = 0; i < 3 && ready >= 0; i++)
		if (uset[i] && copy_to_user(uset[i], s.out[i], bytes))
			ready = -EFAULT;
	if (bits != fast)
		kfree(bits);
	return ready;
}

long sys_select(int n, uaddr_t in, uaddr_t out, uaddr_t ex, uaddr_t utv)
{
	u64 deadline = WAIT_FOREVER, left;
	bool told = true;
	struct timeval tv;
	long ret;

	if (utv) {
		if (get_user(tv, utv))
			return -EFAULT;
		if (tv.tv_sec < 0 || tv.tv_usec < 0)
			return -EINVAL;
		left = timespec_to_ns(tv.tv_sec, 0) + min((u64)tv.tv_usec, U64_MAX / 4000) * 1000;
		deadline = left ? deadline_after(left) : 0;
	}
	ret = do_select(n, (uaddr_t[]){ in, out, ex }, deadline);
	if (utv && !(current->personality & 0x4000000)) {
		left = time_left(deadline);
		tv = (struct timeval){ (long)(left / NSEC_PER_SEC), (long)(left % NSEC_PER_SEC / 1000) };
		told = !copy_to_user(utv, &tv, sizeof(tv));
	}
	return finish(ret, told);
}

/* The sixth argument points to the mask and its size: a system call has no seventh. */
long sys_pselect6(int n, uaddr_t in, uaddr_t out, uaddr_t ex, uaddr_t uts, uaddr_t usig)
{
	struct { u64 mask, size; } sig = { 0, 0 };
	bool told = true;
	u64 deadline;
	long ret;

	if (usig && get_user(sig, usig))
		return -EFAULT;
	ret = get_deadline(uts, &deadline);
	if (!ret)
		ret = set_user_sigmask(sig.mask, sig.size);
	if (ret)
		return ret;
	ret = do_select(n, (uaddr_t[]){ in, out, ex }, deadline);
	if (uts && !(current->personality & 0x4000000))
		told = !put_timespec(uts, time_left(deadline));
	return finish(ret, told);
}
