/* SPDX-License-Identifier: GPL-2.0 */
/* What ptrace's files share with wait and exit. */
#ifndef KERNEL_PTRACE_INTERNAL_H
#define KERNEL_PTRACE_INTERNAL_H

#include <kernel/ptrace.h>

void ptrace_link(struct task *t, struct task *tracer);
/* Its tracer's wait may see that it has ended: a leader comes last, when those of the others that are traced were waited for. */
bool ptrace_ended(const struct task *t);
void ptrace_reap(struct task *t);	/* its tracer has seen the end of t: over to the real parent, or gone */

#endif
