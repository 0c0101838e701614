/* SPDX-License-Identifier: GPL-2.0 */
/* Descriptors that name a process: pidfd_open(2), CLONE_PIDFD, waitid(P_PIDFD). */
#ifndef KERNEL_PIDFD_H
#define KERNEL_PIDFD_H

#include <kernel/types.h>

struct pid; struct process; struct file;

struct file *pidfd_file(struct pid *pid, unsigned flags);	/* counts pid; flags: O_NONBLOCK. ERR_PTR. Sleeps. */
struct pid *pidfd_pid(struct file *f);			/* not counted; NULL: f is no pidfd */
int pidfd_process(int fd, struct process **out);	/* 0, -EBADF, -ESRCH (gone). Valid until the next sleep. */
int pidfd_or_proc_process(int fd, struct process **out);	/* the same; an open /proc/<pid> will do, too */

#endif
