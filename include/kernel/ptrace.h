/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ptrace(2): one task watches and steers others. A task is traced by at most one; it stops at events and goes on when its
 * tracer says so. kernel/ptrace.c has the stops and who traces whom, kernel/ptrace_calls.c the requests,
 * arch/um/kernel/ptrace_regs.c the registers. All under the big lock: nothing here changes but between two sleeps.
 */
#ifndef KERNEL_PTRACE_H
#define KERNEL_PTRACE_H

#include <kernel/types.h>
#include <lib/list.h>
#include <asm/siginfo.h>
#include <linux/ptrace.h>	/* uapi: PTRACE_* */

struct task; struct process;

/* How a tracee was told to go on. */
enum ptrace_mode { PTRACE_RUN, PTRACE_TO_SYSCALL, PTRACE_EMULATE };

struct ptrace {
	struct task *tracer;		/* NULL: nobody; not counted, a tracer lets go before it ends */
	struct list_head node;		/* on the tracer's process's tracees */
	bool seized;			/* by PTRACE_SEIZE: the newer rules of stopping */
	unsigned options;		/* PTRACE_O_ */
	/* the present stop */
	bool stopped;			/* in TASK_TRACED: requests may be made */
	bool listening;			/* PTRACE_LISTEN: stopped, but for no other request */
	bool reported;			/* a wait has told of it */
	int code;			/* signal | event << 8 */
	siginfo_t *info;		/* on the tracee's stack; NULL: a group stop */
	u8 syscall_op;			/* PTRACE_SYSCALL_INFO_ENTRY, EXIT or NONE */
	unsigned long message;		/* of the last event */
	/* what is to be done next */
	u8 mode;			/* enum ptrace_mode */
	bool step;			/* one instruction */
	bool trap;			/* a stop is due at the next chance (attach, interrupt) */
	int signal;			/* what the stop's end delivers, 0: nothing */
};

/* In the tracee. Each sleeps until the tracer lets it go on, and returns at once when nobody traces. */
int ptrace_signal(int sig, siginfo_t *info);	/* before sig is acted upon: the signal to deliver in its place, or 0 */
void ptrace_group_stop(int sig);		/* in the place of the sleep of a stopped process */
void ptrace_trap(void);				/* the stop that p->trap asked for */
void ptrace_event(int event, unsigned long message);	/* PTRACE_EVENT_x, if the tracer wants it */
bool ptrace_syscall_enter(void);		/* true: the call is not to be done */
void ptrace_syscall_leave(void);
void ptrace_exec(int old_tid);			/* after a successful exec */

/* A new task of current, not running yet: traced too if the options say so. The event that then tells of it, or 0. */
int ptrace_fork(struct task *child, u64 clone_flags, int exit_signal);

/* Endings. */
void ptrace_tracer_exits(struct task *tracer);
void ptrace_unlink(struct task *t);		/* nobody traces t any more; it goes on if it was stopped */
void ptrace_notify_exit(struct task *t);	/* tells the tracer that t has ended */
bool ptrace_blocks_privileges(const struct task *t);	/* exec must not raise them: the tracer may not trace such programs */

/* arch/um/kernel/ptrace_regs.c. t is stopped. Errors as ptrace(2) has them. */
long ptrace_peek_user(struct task *t, unsigned long offset, u64 *val);
long ptrace_poke_user(struct task *t, unsigned long offset, u64 val);
long ptrace_regset(struct task *t, unsigned type, uaddr_t buf, size_t *len, bool set);	/* NT_ types; *len: room in, used out */
long ptrace_syscall_info(struct task *t, struct ptrace_syscall_info *info);	/* its size */

#endif
