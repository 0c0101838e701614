/* SPDX-License-Identifier: GPL-2.0 */
/* Device numbers, character devices, nodes in devtmpfs. Block devices: drivers/blkdev.h. What drivers call: drivers/device.h. */
#ifndef FS_DEV_H
#define FS_DEV_H

#include <fs/fs.h>

#define MKDEV(ma, mi)	((dev_t)(((u32)(ma) << 20) | (u32)(mi)))
#define MAJOR(dev)	((u32)(dev) >> 20)
#define MINOR(dev)	((u32)(dev) & 0xfffff)
/* The ABI's 64-bit form in struct stat and mknod(2): see man 3 makedev. */
static inline u64 dev_encode(dev_t d) { return (MINOR(d) & 0xff) | ((u64)(MAJOR(d) & 0xfff) << 8) | ((u64)(MINOR(d) & ~0xffU) << 12); }
static inline dev_t dev_decode(u64 d) { return MKDEV((d >> 8) & 0xfff, (d & 0xff) | ((d >> 12) & 0xfff00)); }

/* A range of minors served by one set of operations; name is what /proc/devices shows. Opening one of them gets fops. */
int chrdev_register(unsigned major, unsigned first_minor, unsigned n, const char *name, const struct file_ops *fops);	/* 0, -EBUSY */
void chrdev_unregister(unsigned major, unsigned first_minor, unsigned n);
int chrdev_open(struct inode *inode, struct file *f);		/* fops->open of every S_IFCHR inode: finds the driver, -ENXIO */
void chrdev_for_each(void (*fn)(unsigned major, const char *name, void *arg), void *arg);

/* Nodes in devtmpfs ("pts/ptmx", "ubda"); made even when it is not mounted. mode includes S_IFCHR or S_IFBLK. Sleep. */
int devtmpfs_create(const char *name, mode_t mode, dev_t dev);
int devtmpfs_remove(const char *name);
int devtmpfs_symlink(const char *name, const char *target);

#endif
