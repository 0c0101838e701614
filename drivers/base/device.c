// SPDX-License-Identifier: GPL-2.0
/* Devices become visible: /dev by devtmpfs, and the folder and links in /sys that tools find them by. */
#include <drivers/device.h>
#include <kernel/bug.h>
#include <lib/string.h>
#include <mm/slab.h>

static bool is_block(const struct device *d) { return S_ISBLK(d->mode); }

/* --- what every device shows --- */

static int dev_show(struct seq_file *m, void *arg)
{
	const struct device *d = arg;

	seq_printf(m, "%u:%u\n", MAJOR(d->dev), MINOR(d->dev));
	return 0;
}

static int uevent_show(struct seq_file *m, void *arg)
{
	const struct device *d = arg;

	seq_printf(m, "MAJOR=%u\nMINOR=%u\nDEVNAME=%s\n", MAJOR(d->dev), MINOR(d->dev), d->name);
	if (is_block(d))
		seq_printf(m, "DEVTYPE=%s\n", d->parent ? "partition" : "disk");
	else
		seq_printf(m, "DEVMODE=%#o\n", d->mode & 07777);
	return 0;
}

static const struct sysfs_attr common_attrs[] = {
	{ "dev", 0444, dev_show },
	{ "uevent", 0444, uevent_show },
	{ }
};

/* --- where it is found --- */

/* The folder's parent; NULL: no memory. */
static struct sysfs_node *home_of(const struct device *d)
{
	char path[80];

	if (d->parent)
		return d->parent->dir;
	if (d->place)
		snprintf(path, sizeof(path), "devices/%s", d->place);
	else
		snprintf(path, sizeof(path), "devices/virtual/%s", d->class);
	return sysfs_dir(NULL, path);
}

/* A link below /sys that leads to d. */
static int link_from(struct device *d, const char *folder, const char *name)
{
	struct sysfs_node *from = sysfs_dir(NULL, folder);

	return from ? sysfs_link(from, name, d->dir) : -ENOMEM;
}

static int add_links(struct device *d)
{
	char class[40], number[24];
	int err;

	snprintf(class, sizeof(class), "class/%s", d->class);
	snprintf(number, sizeof(number), "%u:%u", MAJOR(d->dev), MINOR(d->dev));
	err = link_from(d, class, d->name);
	err = err ?: sysfs_link(d->dir, "subsystem", sysfs_dir(NULL, class));
	err = err ?: link_from(d, is_block(d) ? "dev/block" : "dev/char", number);
	if (!err && is_block(d) && !d->parent)
		err = link_from(d, "block", d->name);
	return err;
}

/* --- registration --- */

int device_add(struct device *d)
{
	struct sysfs_node *home = home_of(d);
	int err;

	might_sleep();
	if (!home)
		return -ENOMEM;
	if (sysfs_find(home, d->name))
		return -EEXIST;
	d->dir = sysfs_dir(home, d->name);
	if (!d->dir)
		return -ENOMEM;
	err = sysfs_files(d->dir, common_attrs, d);
	if (!err && d->attrs)
		err = sysfs_files(d->dir, d->attrs, d->arg);
	err = err ?: add_links(d);
	err = err ?: devtmpfs_create(d->name, d->mode, d->dev);
	if (err) {		/* a node of that name would be another's */
		sysfs_remove(d->dir);
		d->dir = NULL;
	}
	return err;
}

void device_del(struct device *d)
{
	might_sleep();
	if (!d->dir)
		return;
	devtmpfs_remove(d->name);
	sysfs_remove(d->dir);
	d->dir = NULL;
}

int device_create(const char *class, const char *name, mode_t mode, dev_t dev)
{
	struct device *d = kzalloc(sizeof(*d), GFP_KERNEL);
	int err;

	if (!d)
		return -ENOMEM;
	*d = (struct device){ .class = class, .name = name, .mode = mode, .dev = dev };
	err = device_add(d);
	if (err)
		kfree(d);
	return err;
}
