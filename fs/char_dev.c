// SPDX-License-Identifier: GPL-2.0
/* Character devices: which operations serve which number. */
#include "internal.h"
#include <drivers/blkdev.h>
#include <fs/proc.h>
#include <kernel/init.h>

struct chrdev {
	struct list_head node;		/* by major, then minor */
	unsigned major, first, n;
	const char *name;
	const struct file_ops *fops;
};
static LIST_HEAD(chrdevs);

int chrdev_register(unsigned major, unsigned first_minor, unsigned n, const char *name, const struct file_ops *fops)
{
	struct chrdev *cd, *at;

	list_for_each_entry(at, &chrdevs, node) {
		if (at->major == major && at->first < first_minor + n && first_minor < at->first + at->n)
			return -EBUSY;
		if (at->major > major || (at->major == major && at->first > first_minor))
			break;
	}
	cd = kmalloc(sizeof(*cd), GFP_KERNEL);
	if (!cd)
		return -ENOMEM;
	*cd = (struct chrdev){ .major = major, .first = first_minor, .n = n, .name = name, .fops = fops };
	list_add_tail(&cd->node, &at->node);
	return 0;
}

void chrdev_unregister(unsigned major, unsigned first_minor, unsigned n)
{
	struct chrdev *cd, *next;

	list_for_each_entry_safe(cd, next, &chrdevs, node)
		if (cd->major == major && cd->first == first_minor && cd->n == n) {
			list_del(&cd->node);
			kfree(cd);
		}
}

int chrdev_open(struct inode *inode, struct file *f)
{
	unsigned major = MAJOR(inode->rdev), minor = MINOR(inode->rdev);
	struct chrdev *cd;

	list_for_each_entry(cd, &chrdevs, node)
		if (cd->major == major && minor >= cd->first && minor - cd->first < cd->n) {
			file_set_ops(f, cd->fops);
			return f->ops->open ? f->ops->open(inode, f) : 0;
		}
	return -ENXIO;
}

void chrdev_for_each(void (*fn)(unsigned major, const char *name, void *arg), void *arg)
{
	struct chrdev *cd, *last = NULL;

	list_for_each_entry(cd, &chrdevs, node) {
		if (!last || last->major != cd->major || strcmp(last->name, cd->name))
			fn(cd->major, cd->name, arg);
		last = cd;
	}
}

/* --- /proc/devices --- */

static void show_major(unsigned major, const char *name, void *arg) { seq_printf(arg, "%3u %s\n", major, name); }

/* A disk's driver is known by its disks' name without what tells them apart: "ubda" is ubd's. */
static void show_disk_majors(struct seq_file *m)
{
	struct blkdev *bd;
	unsigned last = 0;

	list_for_each_entry(bd, &blk_devices, node) {
		int len = (int)strlen(bd->name);

		if (bd->partno || MAJOR(bd->dev) == last)
			continue;
		last = MAJOR(bd->dev);
		if (len > 3 && bd->name[len - 1] >= 'a')
			len--;
		while (len > 1 && bd->name[len - 1] >= '0' && bd->name[len - 1] <= '9')
			len--;
		seq_printf(m, "%3u %.*s\n", last, len, bd->name);
	}
}

static int devices_show(struct seq_file *m, void *arg)
{
	seq_puts(m, "Character devices:\n");
	chrdev_for_each(show_major, m);
	seq_puts(m, "\nBlock devices:\n");
	show_disk_majors(m);
	return 0;
}
PROC_FILE("devices", 0444, devices_show);
