/* SPDX-License-Identifier: GPL-2.0 */
/* Registers of a stopped task as ptrace(2) shows them: struct user and the register sets of core files (sys/user.h, elf.h). */
#include <kernel/sched.h>
#include <kernel/uaccess.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <asm/hostproc.h>
#include <asm/sigcontext.h>
#include <linux/audit.h>
#include <linux/elf.h>

#define USER_SIZE	928		/* of struct user, with two words behind the debug registers */
#define USER_DEBUGREG	848		/* its u_debugreg[8] */
#define FX_SIZE		512
#define XSTATE_BV	512		/* in an XSAVE image */
#define XSTATE_LEGACY	3UL		/* x87 and SSE */
#define USER_CS		0x33
#define USER_CS32	0x23
#define USER_DS		0x2b
#define EFLAGS_USER	0x00050dd5UL	/* AC RF OF DF TF SF ZF AF PF CF */

/* A register that may not have just any value: what it becomes, or -EIO. */
static long check_reg(const struct uregs *r, size_t offset, u64 *val)
{
	switch (offset) {
	case offsetof(struct uregs, cs):
		return *val == USER_CS || *val == USER_CS32 ? 0 : -EIO;
	case offsetof(struct uregs, ss):
		return *val == USER_DS ? 0 : -EIO;
	case offsetof(struct uregs, ds):
	case offsetof(struct uregs, es):
	case offsetof(struct uregs, fs):
	case offsetof(struct uregs, gs):
		return *val == 0 || *val == USER_DS ? 0 : -EIO;
	case offsetof(struct uregs, fs_base):
	case offsetof(struct uregs, gs_base):
		return *val < TASK_SIZE ? 0 : -EIO;
	case offsetof(struct uregs, eflags):
		*val = (r->eflags & ~EFLAGS_USER) | (*val & EFLAGS_USER);
		return 0;
	default:
		return 0;
	}
}

static long set_reg(struct task *t, size_t offset, u64 val)
{
	struct uregs *r = &t->thread.regs;
	long err = check_reg(r, offset, &val);

	if (err)
		return err;
	memcpy((u8 *)r + offset, &val, sizeof(val));
	t->thread.regs_dirty = true;
	return 0;
}

long ptrace_peek_user(struct task *t, unsigned long offset, u64 *val)
{
	if (offset % sizeof(u64) || offset >= USER_SIZE)
		return -EIO;
	*val = 0;
	if (offset < sizeof(struct uregs))
		memcpy(val, (u8 *)&t->thread.regs + offset, sizeof(*val));
	else if (offset >= USER_DEBUGREG && offset < USER_DEBUGREG + 64)
		*val = t->thread.debug.reg[(offset - USER_DEBUGREG) / sizeof(u64)];
	return 0;
}

#define DR6	6
#define DR7	7

int debugregs_load(struct task *t)
{
	struct debug_regs *d = &t->thread.debug;
	unsigned long val = 0;
	int tid = t->thread.ht->g.tid, err = os_guest_debugreg(tid, DR7, &val, true);

	for (int i = 0; i < 4 && !err; i++) {
		val = d->reg[i];
		err = os_guest_debugreg(tid, i, &val, true);
	}
	val = d->reg[DR7];
	if (!err && val)
		err = os_guest_debugreg(tid, DR7, &val, true);
	d->dirty = false;
	return err;
}

void debugregs_clear(struct task *t)
{
	bool loaded = t->thread.debug.reg[DR7] && !t->thread.debug.dirty;

	memset(&t->thread.debug, 0, sizeof(t->thread.debug));
	if (loaded && t->thread.ht)
		debugregs_load(t);
}

void debugregs_trapped(struct task *t)
{
	unsigned long val;

	if (!os_guest_debugreg(t->thread.ht->g.tid, DR6, &val, false))
		t->thread.debug.reg[DR6] = val;
}

/* DR0 to DR3 are addresses; DR7 says what to watch there. The host checks the rest when they are loaded. */
static long set_debugreg(struct task *t, unsigned n, u64 val)
{
	struct debug_regs *d = &t->thread.debug;

	if (n == 4 || n == 5)
		return -EIO;
	if (n < 4 && val >= TASK_SIZE)
		return -EINVAL;
	if (n == DR7 && val & 0xffffffff0000dc00UL)	/* general detect, reserved bits */
		return -EINVAL;
	d->reg[n] = val;
	d->dirty = true;
	if (n == DR7 && t->thread.ht && debugregs_load(t)) {
		d->reg[DR7] = 0;
		return -EINVAL;
	}
	return 0;
}

long ptrace_poke_user(struct task *t, unsigned long offset, u64 val)
{
	if (offset % sizeof(u64) || offset >= USER_SIZE)
		return -EIO;
	if (offset < sizeof(struct uregs))
		return set_reg(t, offset, val);
	return offset >= USER_DEBUGREG && offset < USER_DEBUGREG + 64 ? set_debugreg(t, (unsigned)((offset - USER_DEBUGREG) / sizeof(u64)), val) : -EIO;
}

static long general_regs(struct task *t, uaddr_t buf, size_t len, bool set)
{
	struct uregs regs = t->thread.regs;
	long err = 0;

	if (!set)
		return copy_to_user(buf, &regs, len);
	if (copy_from_user(&regs, buf, len))
		return -EFAULT;
	if (!t->ptrace.stopped)		/* killed while we slept */
		return -ESRCH;
	for (size_t at = 0; at < len && !err; at += sizeof(u64)) {
		u64 val;

		memcpy(&val, (u8 *)&regs + at, sizeof(val));
		err = set_reg(t, at, val);
	}
	return err;
}

/* The first n bytes of the XSAVE image. What a caller writes of x87 and SSE alone makes both valid. */
static long fp_regs(struct task *t, uaddr_t buf, size_t n, bool set)
{
	u8 *image = kmalloc(xstate_size, GFP_KERNEL);
	long err;

	if (!image)
		return -ENOMEM;
	err = t->ptrace.stopped ? fpstate_get(t, image) : -ESRCH;
	if (!err && !set)
		err = copy_to_user(buf, image, n);
	if (!err && set) {
		err = copy_from_user(image, buf, n);
		if (!err && n == FX_SIZE && xstate_size > FX_SIZE)
			image[XSTATE_BV] |= XSTATE_LEGACY;
		if (!err)
			err = t->ptrace.stopped ? fpstate_set(t, image) : -ESRCH;	/* killed while we slept */
	}
	kfree(image);
	return err;
}

long ptrace_regset(struct task *t, unsigned type, uaddr_t buf, size_t *len, bool set)
{
	size_t size = type == NT_PRSTATUS ? sizeof(struct uregs) : type == NT_PRFPREG ? FX_SIZE : type == NT_X86_XSTATE ? xstate_size : 0;

	if (!size)
		return -EINVAL;
	if (*len != ~0UL && *len % sizeof(u64))
		return -EINVAL;
	*len = min(*len, size);
	if (type == NT_PRSTATUS)
		return general_regs(t, buf, *len, set);
	if (set && *len != size)
		return -EFAULT;
	return fp_regs(t, buf, *len, set);
}

long ptrace_syscall_info(struct task *t, struct ptrace_syscall_info *info)
{
	const struct uregs *r = &t->thread.regs;

	memset(info, 0, sizeof(*info));
	info->op = t->ptrace.syscall_op;
	info->arch = AUDIT_ARCH_X86_64;
	info->instruction_pointer = r->rip;
	info->stack_pointer = r->rsp;
	switch (info->op) {
	case PTRACE_SYSCALL_INFO_ENTRY:
		info->entry.nr = r->orig_rax;
		info->entry.args[0] = r->rdi;
		info->entry.args[1] = r->rsi;
		info->entry.args[2] = r->rdx;
		info->entry.args[3] = r->r10;
		info->entry.args[4] = r->r8;
		info->entry.args[5] = r->r9;
		return offsetof(struct ptrace_syscall_info, entry) + sizeof(info->entry);
	case PTRACE_SYSCALL_INFO_EXIT:
		info->exit.rval = (s64)r->rax;
		info->exit.is_error = (long)r->rax < 0 && (long)r->rax >= -4095;
		return offsetof(struct ptrace_syscall_info, exit.is_error) + sizeof(info->exit.is_error);
	default:
		return offsetof(struct ptrace_syscall_info, entry);
	}
}
