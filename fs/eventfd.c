// SPDX-License-Identifier: GPL-2.0
/* eventfd(2): a 64-bit counter that is written to add and read to take. */
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <mm/slab.h>
#include <fs/file.h>
#include <fs/poll.h>
#include <fs/proc.h>

/* The ABI headers give these names to user space only from Linux 6.5 on. */
#define EFD_SEMAPHORE	1
#define EFD_CLOEXEC	O_CLOEXEC
#define EFD_NONBLOCK	O_NONBLOCK

#define COUNT_MAX	(U64_MAX - 1)

struct eventfd { struct wait_queue wq; u64 count; bool semaphore; int id; };

static ssize_t eventfd_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct eventfd *e = f->private;
	u64 value;
	int err = 0;

	if (it->count < sizeof(value))
		return -EINVAL;
	if (!e->count) {
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(&e->wq, e->count);
	}
	if (err)
		return err;
	value = e->semaphore ? 1 : e->count;
	e->count -= value;
	wake_up_poll(&e->wq, EPOLLOUT);
	return copy_to_iter(&value, sizeof(value), it) == sizeof(value) ? (ssize_t)sizeof(value) : -EFAULT;
}

static ssize_t eventfd_write(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct eventfd *e = f->private;
	u64 value;
	int err = 0;

	if (it->count < sizeof(value))
		return -EINVAL;
	if (copy_from_iter(&value, sizeof(value), it) != sizeof(value))
		return -EFAULT;
	if (value > COUNT_MAX)
		return -EINVAL;
	if (COUNT_MAX - e->count < value) {
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(&e->wq, COUNT_MAX - e->count >= value);
	}
	if (err)
		return err;
	e->count += value;
	wake_up_poll(&e->wq, EPOLLIN);
	return sizeof(value);
}

static u32 eventfd_poll(struct file *f, struct poll_table *pt)
{
	struct eventfd *e = f->private;

	poll_wait(f, &e->wq, pt);
	return (e->count ? EPOLLIN : 0) | (e->count < COUNT_MAX ? EPOLLOUT : 0) | (e->count == U64_MAX ? EPOLLERR : 0);
}

static void eventfd_release(struct inode *inode, struct file *f)
{
	kfree(f->private);
}

static void eventfd_show(struct file *f, struct seq_file *m)
{
	const struct eventfd *e = f->private;

	seq_printf(m, "eventfd-count: %16llx\neventfd-id: %d\n", (unsigned long long)e->count, e->id);
}

static const struct file_ops eventfd_fops = {
	.read = eventfd_read,
	.write = eventfd_write,
	.poll = eventfd_poll,
	.llseek = noop_llseek,
	.release = eventfd_release,
	.show_fdinfo = eventfd_show,
};

long sys_eventfd2(unsigned count, int flags)
{
	static int next_id;
	struct eventfd *e;
	struct file *f;

	if (unknown_flags(flags, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE))
		return -EINVAL;
	e = kzalloc(sizeof(*e), GFP_KERNEL);
	if (!e)
		return -ENOMEM;
	wait_queue_init(&e->wq);
	e->count = count;
	e->semaphore = flags & EFD_SEMAPHORE;
	e->id = next_id++ & INT_MAX;
	f = anon_file("eventfd", &eventfd_fops, e, O_RDWR | (flags & EFD_NONBLOCK));
	if (IS_ERR(f))
		kfree(e);
	return fd_publish(f, flags & EFD_CLOEXEC);
}

long sys_eventfd(unsigned count)
{
	return sys_eventfd2(count, 0);
}
