// SPDX-License-Identifier: GPL-2.0
/*
 * membarrier(2). Only one guest thread runs at a time and the kernel lies between any two of them, which is barrier
 * enough; what is left are the rules of registration.
 */
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <mm/mm.h>
#include <linux/membarrier.h>

#define REGISTRATIONS	(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED | MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED | \
			 MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE | MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ)
#define NEED_REGISTRATION (MEMBARRIER_CMD_PRIVATE_EXPEDITED | MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE | \
			 MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ)
#define SUPPORTED	(MEMBARRIER_CMD_GLOBAL | MEMBARRIER_CMD_GLOBAL_EXPEDITED | NEED_REGISTRATION | REGISTRATIONS)

long sys_membarrier(int cmd, unsigned flags, int cpu)
{
	if (flags && (cmd != MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ || flags != MEMBARRIER_CMD_FLAG_CPU))
		return -EINVAL;
	if (cmd == MEMBARRIER_CMD_QUERY)
		return SUPPORTED;
	if (cmd < 0 || !IS_POWER_OF_2(cmd) || !(cmd & SUPPORTED))
		return -EINVAL;
	if (cmd & REGISTRATIONS)
		current->mm->membarrier |= (unsigned)cmd;
	if (cmd & (MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE | MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ))
		current->mm->membarrier |= MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED;
	/* Each REGISTER_ command is the bit above the one that it allows. */
	if ((cmd & NEED_REGISTRATION) && !(current->mm->membarrier & (unsigned)cmd << 1))
		return -EPERM;
	return 0;
}
