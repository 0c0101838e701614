/* SPDX-License-Identifier: GPL-2.0 */
/* Fault injection: fail=<host call>:<n>, fail=alloc:<n>, cut=<disk>:<n>. Off: one test of a global. */
#ifndef KERNEL_FAIL_H
#define KERNEL_FAIL_H

#include <kernel/types.h>

extern bool fail_alloc_on;
bool fail_alloc_slow(void);
/* True: this allocation is to fail. Asked by the page and slab allocators only. */
static inline bool fail_alloc(void) { return unlikely(fail_alloc_on) && fail_alloc_slow(); }
u64 cut_after(const char *disk);	/* how many writes disk may still take, U64_MAX: no limit given */

#endif
