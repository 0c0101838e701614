/* SPDX-License-Identifier: GPL-2.0 */
/* Floating-point state of tasks: it stays in their host threads, and moves for signal frames, fork, exec and ptrace only. */
#include <kernel/sched.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <asm/hostproc.h>

unsigned xstate_size, xframe_size;
u64 xframe_features;

int fpstate_get(struct task *t, void *buf)
{
	struct arch_thread *th = &t->thread;
	size_t n = xframe_size;

	if (th->fp_set) {
		memcpy(buf, th->fpstate, xstate_size);
		return 0;
	}
	if (!th->ht) {
		fpstate_init(buf);
		return 0;
	}
	memset((u8 *)buf + xframe_size, 0, xstate_size - xframe_size);
	return os_guest_xstate(th->ht->g.tid, buf, &n, false);
}

/* The host checks the image; without a host thread yet it is checked when one is there. */
int fpstate_set(struct task *t, const void *buf)
{
	struct arch_thread *th = &t->thread;
	size_t n = xstate_size;

	if (th->ht && !th->fp_set)
		return os_guest_xstate(th->ht->g.tid, (void *)buf, &n, true);
	if (!th->fpstate)
		th->fpstate = kmalloc(xstate_size, GFP_KERNEL);
	if (!th->fpstate)
		return -ENOMEM;
	memcpy(th->fpstate, buf, xstate_size);
	th->fp_set = true;
	return 0;
}

/* As the processor starts: x87 control word 0x37f, MXCSR 0x1f80, all else in its initial state (XSTATE_BV 0). */
void fpstate_init(void *buf)
{
	u32 mxcsr = 0x1f80;
	u16 fcw = 0x37f;

	memset(buf, 0, xstate_size);
	memcpy(buf, &fcw, sizeof(fcw));
	memcpy((u8 *)buf + 24, &mxcsr, sizeof(mxcsr));
}

/*
 * Floating-point state that a new thread or program starts with, or that sigreturn restores. One that the host refuses is a bad
 * frame; the host thread may still hold that of another process, which must not be seen.
 */
void fpstate_load(struct task *t)
{
	size_t n = xstate_size;

	if (os_guest_xstate(t->thread.ht->g.tid, t->thread.fpstate, &n, true)) {
		fpstate_init(t->thread.fpstate);
		n = xstate_size;
		if (os_guest_xstate(t->thread.ht->g.tid, t->thread.fpstate, &n, true))
			force_signal(SIGKILL);
		else
			force_signal(SIGSEGV);
	}
	kfree(t->thread.fpstate);
	t->thread.fpstate = NULL;
	t->thread.fp_set = false;
}
