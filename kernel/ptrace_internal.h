/* SPDX-License-Identifier: GPL-2.0 */
/* What ptrace's files share with wait and exit. */
#ifndef KERNEL_PTRACE_INTERNAL_H
#define KERNEL_PTRACE_INTERNAL_H

#include <kernel/ptrace.h>

void ptrace_link(struct task *t, struct task *tracer);
void ptrace_reap(struct task *t);	/* its tracer has seen the end of t: over to the real parent, or gone */

#endif
