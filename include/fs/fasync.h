/* SPDX-License-Identifier: GPL-2.0 */
/* Who wants SIGIO of an object (O_ASYNC): a list kept by the object, the body of its file_ops.fasync. */
#ifndef FS_FASYNC_H
#define FS_FASYNC_H

#include <fs/fs.h>

struct fasync_list { struct list_head entries; };
static inline void fasync_init(struct fasync_list *l) { list_init(&l->entries); }
int fasync_change(struct fasync_list *l, struct file *f, bool on);	/* 0 or -ENOMEM */
void fasync_notify_slow(struct fasync_list *l, int band);		/* POLL_IN, POLL_OUT … */
static inline void fasync_notify(struct fasync_list *l, int band)
{
	if (unlikely(!list_empty(&l->entries)))
		fasync_notify_slow(l, band);
}

#endif
