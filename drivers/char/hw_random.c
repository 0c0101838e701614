// SPDX-License-Identifier: GPL-2.0
/* The host as a hardware random number generator: /dev/hwrng gives its random bytes as they come, past our own generator. */
#include <drivers/device.h>
#include <fs/file.h>
#include <kernel/init.h>
#include <asm/os.h>
#include "random.h"

#define HWRNG_MINOR	183

static int hwrng_open(struct inode *inode, struct file *f)
{
	return f->mode & FMODE_WRITE ? -EINVAL : 0;
}

static ssize_t hwrng_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	return random_to_iter(it, os_random);
}
static const struct file_ops hwrng_fops = { .open = hwrng_open, .read = hwrng_read, .llseek = no_llseek };

static int hwrng_init(void) { return misc_register("hwrng", HWRNG_MINOR, 0600, &hwrng_fops); }
device_initcall(hwrng_init);
