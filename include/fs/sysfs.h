/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tree behind /sys. It is there before anybody mounts it: who registers something adds folders, files and links,
 * and takes them away when it goes. Devices do not call this but <drivers/device.h>.
 * Locking: the kernel lock. Making a node sleeps for memory only; sysfs_remove() waits for the calls under way.
 * Invariant: show and store of a node are never running, and never called again, once sysfs_remove() of it has returned.
 */
#ifndef FS_SYSFS_H
#define FS_SYSFS_H

#include <fs/seq_file.h>

struct sysfs_node;

/* A file: one value, as text that ends with a newline. mode: 0444, 0644, 0200 … arg: as given to sys_file(). */
struct sysfs_attr {
	const char *name;
	mode_t mode;
	int (*show)(struct seq_file *m, void *arg);		/* sleeps; 0 or -errno. NULL: not readable */
	/* text: NUL-terminated, n bytes of one write(2). n or -errno. NULL: not writable */
	ssize_t (*store)(char *text, size_t n, void *arg);
};

/* The folder path ("class/tty") below parent; what is missing of it is made. parent NULL: /sys. NULL: no memory. */
struct sysfs_node *sysfs_dir(struct sysfs_node *parent, const char *path);
/* Files for attrs, which ends with one without a name and must stay. 0, -ENOMEM, -EEXIST (some were made). */
int sysfs_files(struct sysfs_node *dir, const struct sysfs_attr *attrs, void *arg);
/* A symbolic link, a relative path as Linux makes it, to target; it goes when target goes. 0, -ENOMEM, -EEXIST */
int sysfs_link(struct sysfs_node *dir, const char *name, struct sysfs_node *target);
/* The child of that name, or NULL. Not counted. */
struct sysfs_node *sysfs_find(struct sysfs_node *dir, const char *name);
/* node, all below it, and all links to them. NULL is fine. Sleeps. */
void sysfs_remove(struct sysfs_node *node);

#endif
