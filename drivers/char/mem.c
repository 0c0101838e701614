// SPDX-License-Identifier: GPL-2.0
/* The memory devices of major 1: null, zero, full, random, urandom. (kmsg is in kmsg.c.) */
#include <drivers/device.h>
#include <fs/fs.h>
#include <fs/poll.h>
#include <kernel/cred.h>
#include <kernel/init.h>
#include <kernel/sched.h>
#include <lib/misc.h>
#include <linux/random.h>
#include <mm/mm.h>
#include "random.h"

#define MEM_MAJOR	1
#define ENTROPY_BITS	256		/* what the pool says it holds: the generator never runs dry */

static loff_t null_llseek(struct file *f, loff_t off, int whence)
{
	f->pos = 0;
	return 0;
}

static ssize_t null_read(struct file *f, struct iov_iter *it, loff_t *pos) { return 0; }
static ssize_t null_write(struct file *f, struct iov_iter *it, loff_t *pos) { return (ssize_t)it->count; }

static ssize_t zero_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	size_t done = 0;

	while (it->count) {
		size_t n = min_t(size_t, it->count, 64 * 1024), zeroed = zero_iter(n, it);

		done += zeroed;
		if (zeroed < n)
			return done ? (ssize_t)done : -EFAULT;
		if (it->count) {
			cond_resched();
			if (signal_pending(current))
				break;
		}
	}
	return (ssize_t)done;
}

/* Private: plain anonymous memory. Shared: memory that all who map this very area see. */
static int zero_mmap(struct file *f, struct vma *vma)
{
	struct file *shm;
	int err;

	if (!(vma->flags & VM_SHARED)) {
		file_put(vma->file);
		vma->file = NULL;
		vma->ops = NULL;
		vma->pgoff = vma->start >> PAGE_SHIFT;
		return 0;
	}
	shm = shmem_file_create("dev/zero", (loff_t)(vma->end - vma->start), 0);
	if (IS_ERR(shm))
		return (int)PTR_ERR(shm);
	err = shm->ops->mmap(shm, vma);
	if (err) {
		file_put(shm);
		return err;
	}
	file_put(vma->file);
	vma->file = shm;
	vma->pgoff = 0;
	return 0;
}

static ssize_t full_write(struct file *f, struct iov_iter *it, loff_t *pos) { return -ENOSPC; }

/* --- random --- */

ssize_t random_to_iter(struct iov_iter *it, void (*source)(void *buf, size_t n))
{
	u8 buf[256];
	size_t done = 0;

	while (it->count) {
		size_t n = min(it->count, sizeof(buf)), copied;

		source(buf, n);
		copied = copy_to_iter(buf, n, it);
		done += copied;
		if (copied < n) {
			if (!done)
				return -EFAULT;
			break;
		}
		if (it->count && !(done % 4096)) {
			cond_resched();
			if (signal_pending(current))
				break;
		}
	}
	memset(buf, 0, sizeof(buf));
	return (ssize_t)done;
}

static ssize_t random_read(struct file *f, struct iov_iter *it, loff_t *pos) { return random_to_iter(it, get_random_bytes); }

/* Anyone may write; the generator is seeded by the host and has no need of it. */
static ssize_t random_write(struct file *f, struct iov_iter *it, loff_t *pos)
{
	u8 buf[256];
	size_t done = 0;

	while (it->count) {
		size_t n = min(it->count, sizeof(buf)), copied = copy_from_iter(buf, n, it);

		done += copied;
		if (copied < n)
			return done ? (ssize_t)done : -EFAULT;
		if (signal_pending(current))
			break;
		cond_resched();
	}
	return (ssize_t)done;
}

static long random_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
	int n;

	switch (cmd) {
	case RNDGETENTCNT:
		return put_user(ENTROPY_BITS, int, arg);
	case RNDADDTOENTCNT:
	case RNDADDENTROPY:
		if (!capable(CAP_SYS_ADMIN))
			return -EPERM;
		if (get_user(n, arg))
			return -EFAULT;
		return n < 0 ? -EINVAL : 0;
	case RNDZAPENTCNT:
	case RNDCLEARPOOL:
	case RNDRESEEDCRNG:
		return capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
	default:
		return -EINVAL;
	}
}

static u32 random_poll(struct file *f, struct poll_table *pt) { return EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLWRNORM; }

/* --- registration --- */

static const struct file_ops null_fops = { .read = null_read, .write = null_write, .llseek = null_llseek };
static const struct file_ops zero_fops = { .read = zero_read, .write = null_write, .llseek = null_llseek, .mmap = zero_mmap };
static const struct file_ops full_fops = { .read = zero_read, .write = full_write, .llseek = null_llseek };
static const struct file_ops random_fops = {
	.read = random_read, .write = random_write, .ioctl = random_ioctl, .poll = random_poll, .llseek = null_llseek,
};
static const struct file_ops urandom_fops = {	/* never to be waited for: poll(2) says so by itself, epoll refuses it */
	.read = random_read, .write = random_write, .ioctl = random_ioctl, .llseek = null_llseek,
};

static int mem_init(void)
{
	static const struct { const char *name; unsigned minor; const struct file_ops *fops; } devs[] = {
		{ "null", 3, &null_fops }, { "zero", 5, &zero_fops }, { "full", 7, &full_fops },
		{ "random", 8, &random_fops }, { "urandom", 9, &urandom_fops },
	};

	for (size_t i = 0; i < ARRAY_SIZE(devs); i++) {
		int err = chrdev_register(MEM_MAJOR, devs[i].minor, 1, "mem", devs[i].fops);

		err = err ?: device_create("mem", devs[i].name, S_IFCHR | 0666, MKDEV(MEM_MAJOR, devs[i].minor));
		if (err)
			return err;
	}
	return 0;
}
fs_initcall(mem_init);
