// SPDX-License-Identifier: GPL-2.0
/* Misc devices: single ones of all kinds, which share major 10. */
#include <drivers/device.h>
#include <fs/file.h>
#include <fs/proc.h>
#include <kernel/init.h>

#define MISC_MAJOR	10
#define MISC_DYNAMIC	63		/* the first minor given to those that ask for any; then downwards */

static struct { const char *name; const struct file_ops *fops; } misc[256];

static int misc_open(struct inode *inode, struct file *f)
{
	unsigned minor = MINOR(inode->rdev);

	if (!misc[minor].fops)
		return -ENODEV;
	file_set_ops(f, misc[minor].fops);
	return f->ops->open ? f->ops->open(inode, f) : 0;
}
static const struct file_ops misc_fops = { .open = misc_open, .llseek = no_llseek };

int misc_register(const char *name, int minor, mode_t mode, const struct file_ops *fops)
{
	if (minor < 0)
		for (minor = MISC_DYNAMIC; minor > 0 && misc[minor].fops; minor--)
			;
	if (minor >= (int)ARRAY_SIZE(misc) || misc[minor].fops)
		return -EBUSY;
	misc[minor].name = name;
	misc[minor].fops = fops;
	return device_create("misc", name, S_IFCHR | mode, MKDEV(MISC_MAJOR, (unsigned)minor));
}

static int misc_show(struct seq_file *m, void *arg)
{
	for (int i = 0; i < (int)ARRAY_SIZE(misc); i++)
		if (misc[i].fops)
			seq_printf(m, "%3d %s\n", i, misc[i].name);
	return 0;
}
PROC_FILE("misc", 0444, misc_show);

static int misc_init(void) { return chrdev_register(MISC_MAJOR, 0, ARRAY_SIZE(misc), "misc", &misc_fops); }
fs_initcall(misc_init);
