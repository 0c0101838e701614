/* SPDX-License-Identifier: GPL-2.0 */
/* Between trace.c, which says what is logged, and trace_args.c, which knows how each kind of argument is shown. */
#ifndef KERNEL_TRACE_INTERNAL_H
#define KERNEL_TRACE_INTERNAL_H

#include <kernel/signal.h>

struct line { char buf[1024]; int len; };

void line_add(struct line *l, const char *fmt, ...) __printf(2, 3);	/* cuts off what does not fit */
void line_add_bytes(struct line *l, uaddr_t addr, size_t n);		/* the first of them, as a C string */
void line_add_signal(struct line *l, int sig);				/* SIGCHLD */
void line_add_siginfo(struct line *l, const siginfo_t *info);
/* v, of a kind (KIND(A_x)); next: the argument behind it, often a length. Reads user memory: sleeps. */
void line_add_arg(struct line *l, int kind, u64 v, u64 next);
/* What the call left at v: nothing for most kinds. ret: its result, not negative. Sleeps. */
void line_add_result(struct line *l, int kind, u64 v, long ret);

#endif
