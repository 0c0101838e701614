/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a system call is refused, in words. why(err, fmt, …) is err, to stand in a return; it costs nothing unless the task is
 * traced. The last reason is kept and told with the call, if that ends with the error the reason was given for.
 */
#ifndef KERNEL_WHY_H
#define KERNEL_WHY_H

#include <kernel/sched.h>

void why_note(long err, const char *fmt, ...) __printf(2, 3);		/* never sleeps */
#define why(err, fmt, ...) ({								\
	__typeof__(err) err_ = (err);							\
	if (unlikely(current->trace))							\
		why_note((long)err_, fmt, ##__VA_ARGS__);				\
	err_; })

/* Are there flags that are not known? They are the reason of -EINVAL then. */
#define unknown_flags(flags, known) ({							\
	__typeof__(flags) unknown_ = (flags) & ~(__typeof__(flags))(known);		\
	if (unlikely(unknown_))								\
		why(-EINVAL, "flags %#llx are not known", (unsigned long long)unknown_);	\
	unknown_ != 0; })

const char *cap_name(int cap);			/* "CAP_CHOWN" */
struct path;
const char *why_path(const struct path *p);	/* as d_path(), for one reason: the next call makes it anew */

#endif
