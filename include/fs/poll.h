/* SPDX-License-Identifier: GPL-2.0 */
/* Readiness: what poll(2), select(2) and epoll(7) ask of a file. Events are EPOLL* bits (same values as POLL*). */
#ifndef FS_POLL_H
#define FS_POLL_H

#include <kernel/types.h>
#include <kernel/wait.h>
#include <linux/eventpoll.h>	/* uapi: EPOLL* */

struct file;
struct poll_table {
	void (*queue)(struct poll_table *pt, struct file *f, struct wait_queue *wq);	/* NULL: only asks */
	u32 want;		/* events the caller is interested in */
};
/* Called by file_ops.poll for each queue whose wake-ups can change its answer. Never sleeps. */
static inline void poll_wait(struct file *f, struct wait_queue *wq, struct poll_table *pt)
{
	if (pt && pt->queue && wq)
		pt->queue(pt, f, wq);
}
u32 file_poll(struct file *f, struct poll_table *pt);	/* ops->poll or the default */
void epoll_file_gone(struct file *f);			/* last close: out of all epoll sets */

#endif
