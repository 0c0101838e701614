/* SPDX-License-Identifier: GPL-2.0 */
/* struct stat as stat(2) fills it. It has a member of the name that our __unused has. */
#ifndef KERNEL_STAT_H
#define KERNEL_STAT_H

#pragma push_macro("__unused")
#undef __unused
#include <asm/stat.h>	/* uapi */
#pragma pop_macro("__unused")

#endif
