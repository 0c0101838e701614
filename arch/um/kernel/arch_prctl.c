/* SPDX-License-Identifier: GPL-2.0 */
/* arch_prctl(2): the segment bases that threads use for their local storage. */
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <mm/mm.h>
#include <asm/prctl.h>

long sys_arch_prctl(int code, unsigned long addr)
{
	struct uregs *regs = &current->thread.regs;

	switch (code) {
	case ARCH_SET_FS:
	case ARCH_SET_GS:
		if (addr >= TASK_SIZE)
			return -EPERM;
		if (code == ARCH_SET_FS)
			regs->fs_base = addr;
		else
			regs->gs_base = addr;
		current->thread.regs_dirty = true;
		return 0;
	case ARCH_GET_FS:
		return put_user(regs->fs_base, unsigned long, addr);
	case ARCH_GET_GS:
		return put_user(regs->gs_base, unsigned long, addr);
	default:
		return -EINVAL;
	}
}
