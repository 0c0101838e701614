/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The gate of host calls. HOSTCALL(name, expr) counts, lets fail=<name>:<n> make the n-th call fail without being made,
 * and turns -1 and errno into a negative errno. Every call of the host that can fail goes through it.
 */
#ifndef OS_HOSTCALL_H
#define OS_HOSTCALL_H

#include <errno.h>
#include <stdbool.h>

struct hostcall { const char *name; unsigned long count; };
extern bool hostcall_fail_on;
int hostcall_fails(const char *name);	/* the errno to fail with, or 0 */

#define HOSTCALL(name_, expr) ({						\
	static struct hostcall hc_ __attribute__((section("hostcalls"), used)) = { #name_, 0 };	\
	long res_;								\
	int fail_ = 0;								\
	hc_.count++;								\
	if (__builtin_expect(hostcall_fail_on, 0))				\
		fail_ = hostcall_fails(#name_);					\
	if (fail_) {								\
		res_ = -fail_;							\
	} else {								\
		res_ = (long)(expr);						\
		if (res_ == -1)							\
			res_ = -errno;						\
	}									\
	res_; })

/* The same, again and again while a signal interrupts it. */
#define HOSTCALL_RETRY(name, expr) ({						\
	long again_;								\
	do									\
		again_ = HOSTCALL(name, expr);					\
	while (again_ == -EINTR);						\
	again_; })

/* Shared within os/ only. */
void os_wake_vcpu(unsigned ev_bits);	/* from any thread: sets OS_EV_ bits, wakes an idle vCPU, kicks a running guest */
extern volatile int os_running_tid, os_running_pid;	/* the guest thread that runs now, or 0 */
extern int os_physmem_fd;
void os_tty_restore(void);

#endif
