/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The system-call table: kernel/syscalls.def is its only source. Each row is
 *	SYSCALL(__NR_x, name, handler, return kind, state, argument kinds...)
 * An argument kind is an A_ name: a C type for the prototype, a number, KIND(A_x), for trace=. See syscall_protos.h.
 */
#ifndef KERNEL_SYSCALL_H
#define KERNEL_SYSCALL_H

#include <kernel/types.h>
#include <kernel/uaccess.h>
#include <kernel/why.h>

enum sys_state { SYS_FULL, SYS_PARTLY, SYS_ABSENT };
struct syscall_row {
	const char *name;
	long (*fn)(u64, u64, u64, u64, u64, u64);	/* NULL: absent */
	u8 ret;				/* R_INT, R_ADDR */
	u8 state;
	u8 nargs;
	u8 arg[6];			/* KIND(A_x) */
	const char *note;		/* what is missing */
};
#define NR_SYSCALLS_	470
extern const struct syscall_row syscall_table[NR_SYSCALLS_];

/* Runs call nr for current with its registers' arguments; returns the result or a negative errno. Sleeps. */
long syscall_dispatch(u64 nr, const u64 args[6]);


#include <kernel/syscall_protos.h>

#endif
