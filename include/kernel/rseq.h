/* SPDX-License-Identifier: GPL-2.0 */
/* Restartable sequences. */
#ifndef KERNEL_RSEQ_H
#define KERNEL_RSEQ_H

#include <kernel/types.h>

struct task;
/*
 * current (t) was preempted or gets a signal: at the next return to user code, writes the cpu number and aborts the
 * critical section that it is in, if any. A bad rseq area forces SIGSEGV. Sleeps. Nothing to do when t->rseq is 0.
 */
void rseq_update(struct task *t);

#endif
