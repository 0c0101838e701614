// SPDX-License-Identifier: GPL-2.0
/* Lists of files with O_ASYNC, kept by what they are opened on. */
#include <fs/fasync.h>
#include <mm/slab.h>

struct fasync { struct list_head node; struct file *file; };	/* not counted: the VFS switches it off at the last close */

int fasync_change(struct fasync_list *l, struct file *f, bool on)
{
	struct fasync *fa;

	list_for_each_entry(fa, &l->entries, node) {
		if (fa->file != f)
			continue;
		if (!on) {
			list_del(&fa->node);
			kfree(fa);
		}
		return 0;
	}
	if (!on)
		return 0;
	fa = kmalloc(sizeof(*fa), GFP_ATOMIC);
	if (!fa)
		return -ENOMEM;
	fa->file = f;
	list_add(&fa->node, &l->entries);
	return 0;
}

void fasync_notify_slow(struct fasync_list *l, int band)
{
	struct fasync *fa;

	list_for_each_entry(fa, &l->entries, node)
		kill_fasync(fa->file, band);
}
