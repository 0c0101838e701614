/* SPDX-License-Identifier: GPL-2.0 */
/* trace=: a log of guest system calls like strace's, to a file of the host. No cost for tasks that are not traced. */
#ifndef KERNEL_TRACE_H
#define KERNEL_TRACE_H

#include <kernel/signal.h>
#include <kernel/types.h>

struct task;
#define TRACE_CALLS	1	/* to the file */
#define TRACE_WHY	2	/* refusals with their reasons to the log */

void trace_enter(u64 nr, const u64 args[6]);
void trace_exit(u64 nr, const u64 args[6], long ret);
/* Of current, when it is traced: a signal that is to be handled, and its end, code in wait(2)'s form. */
void trace_signal(const siginfo_t *info);
void trace_end(int code);
void trace_exec(void);			/* current is another program now: is it to be traced? */
void trace_rename(struct task *t);	/* t got a new name, which may be one that is wanted */
void trace_fork(struct task *child);
void trace_free(struct task *t);

#endif
