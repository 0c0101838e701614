/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device as users see it: a node in /dev, a folder below /sys/devices with what there is to know, and the links to
 * that folder in /sys/class and /sys/dev (and /sys/block for disks).
 *	static struct device d = { .class = "mem", .name = "null", .dev = MKDEV(1, 3), .mode = S_IFCHR | 0666 };
 *	device_add(&d);
 */
#ifndef DRIVERS_DEVICE_H
#define DRIVERS_DEVICE_H

#include <fs/dev.h>
#include <fs/sysfs.h>

struct device {
	const char *class;		/* "tty", "block" */
	const char *name;		/* stays as long as the device */
	dev_t dev;
	mode_t mode;			/* of the node: S_IFCHR or S_IFBLK and permissions */
	const char *place;		/* its folder is made in this one of /sys/devices. NULL: virtual/<class> */
	struct device *parent;		/* a partition's disk: the folder lies in its folder. NULL: none */
	const struct sysfs_attr *attrs;	/* files besides dev and uevent. NULL: none */
	void *arg;			/* theirs */

	struct sysfs_node *dir;		/* the folder; device_add() fills it in */
};
/* Keeps d. Sleeps. 0, -ENOMEM, -EEXIST; nothing of it is left then. */
int device_add(struct device *d);
void device_del(struct device *d);	/* Sleeps; harmless when it was not added. */
/* For a device that never goes and has nothing to show; name must stay. The same errors. */
int device_create(const char *class, const char *name, mode_t mode, dev_t dev);
/* Misc devices (major 10) get a minor by themselves with minor < 0. The same errors, and -EBUSY. */
int misc_register(const char *name, int minor, mode_t mode, const struct file_ops *fops);

#endif
