/* SPDX-License-Identifier: GPL-2.0 */
/* Futexes: what exit, exec and others of the kernel need of them. */
#ifndef KERNEL_FUTEX_H
#define KERNEL_FUTEX_H

#include <kernel/types.h>

struct task;
/*
 * t (current) leaves its address space, by exit or exec: marks its robust futexes, hands on its priority-inheritance ones,
 * clears and wakes *clear_child_tid if somebody shares the memory. mm is still there. Sleeps.
 */
void futex_exit(struct task *t);
/* FUTEX_WAKE at uaddr of current's address space, by both sorts of key: how many. Sleeps. */
int futex_wake_user(uaddr_t uaddr, int n);

#endif
