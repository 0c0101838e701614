/* SPDX-License-Identifier: GPL-2.0 */
/* prctl(2) is spread over the subjects it is about: each part says whether an option is its own. */
#ifndef KERNEL_PRCTL_H
#define KERNEL_PRCTL_H

#include <kernel/types.h>

bool prctl_capabilities(int option, u64 a2, u64 a3, u64 a4, u64 a5, long *ret);	/* kernel/capability.c */
long prctl_set_mm(u64 what, u64 addr, u64 a4, u64 a5);				/* kernel/prctl.c */

#endif
