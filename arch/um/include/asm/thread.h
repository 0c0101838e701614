/* SPDX-License-Identifier: GPL-2.0 */
/* What the port keeps of a task: registers, kernel stack pointer, host thread. */
#ifndef ASM_THREAD_H
#define ASM_THREAD_H

#include <kernel/types.h>

/* General registers in the order of the host's struct user_regs_struct (sys/user.h). */
struct uregs {
	u64 r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi, orig_rax;
	u64 rip, cs, eflags, rsp, ss, fs_base, gs_base, ds, es, fs, gs;
};

struct host_thread; struct task; struct mm;

/* The processor's debug registers, for the watchpoints of ptrace(2). dirty: the host thread does not have them yet. */
struct debug_regs { u64 reg[8]; bool dirty; };

struct arch_thread {
	void *ksp;			/* saved stack pointer of a task that does not run */
	struct uregs regs;		/* of the guest; valid while in the kernel */
	bool regs_dirty;		/* regs must be written before the next entry */
	bool own_tf;			/* while a step lasts: the program itself had set the trap flag */
	bool fp_set;			/* fpstate must be written before the next entry */
	struct host_thread *ht;		/* NULL: not yet needed */
	void *fpstate;			/* XSAVE image to start with, or NULL: as the host thread has it */
	uaddr_t fault_addr; int trap_no; u64 error_code;	/* of the last fault, for signal frames */
	struct debug_regs debug;
	u8 oom_faults;			/* in a row that found no memory */
	void *asan_stack;		/* AddressSanitizer's fiber handle */
};


extern unsigned xstate_size;		/* bytes of an XSAVE image on this host */
extern unsigned xframe_size;		/* … of the part of it that signal frames hold, and */
extern u64 xframe_features;		/* … the features in that */
/* XSAVE image (standard format) of a task that is current or does not run. 0 or -errno. What is set the host checks: -EINVAL. */
int fpstate_get(struct task *t, void *buf);
int fpstate_set(struct task *t, const void *buf);
void fpstate_load(struct task *t);	/* what fp_set announces, into the host thread that is there by now */
void fpstate_init(void *buf);		/* the image a new program starts with */

/* arch/um/kernel/ptrace_regs.c */
int debugregs_load(struct task *t);	/* into the host thread: 0, -EINVAL. The host checks them. */
void debugregs_clear(struct task *t);	/* no watchpoints any more: exec, or the host thread goes elsewhere */
void debugregs_trapped(struct task *t);	/* DR6 tells which one it was */

/* Switch kernel stacks: returns when prev runs again. arch/um/kernel/switch.S */
void context_switch_to(struct task *prev, struct task *next);
int thread_alloc(struct task *t);		/* kernel stack; 0, -ENOMEM */
/* Return addresses on t's kernel stack, innermost first: how many. t is current or does not run. */
int task_backtrace(const struct task *t, unsigned long *pc, int max);
void thread_free(struct task *t);		/* its stack; the host thread is gone by thread_leave_mm() */
/* The child of current starts like it, with 0 as result, on this stack (0: the same), with this TLS (NULL: the same). 0, -ENOMEM. */
int thread_fork(struct task *t, unsigned long stack, const unsigned long *tls);
void thread_leave_mm(struct task *t);		/* its host thread goes back to the host process's spare ones */
/* exec: current moves from old to new_, which takes the host process along if nobody else uses it. FP state is fresh. */
void thread_exec_mm(struct mm *old, struct mm *new_);
void thread_start_at(struct task *t, void (*fn)(void *), void *arg);	/* where t's kernel stack begins running */
/* The loop of a guest thread: run guest code, serve its calls, faults and signals. Never returns. */
void run_guest(void) __noreturn;
unsigned host_procs_drain(void);		/* leak report: ends the pool; how many host processes are still in use */
void set_host_name(struct task *t);		/* ./linux [comm] in the host's ps. Never sleeps. */
void start_thread(struct uregs *regs, uaddr_t ip, uaddr_t sp);	/* registers of a new program */

u64 cpu_hwcap(void);			/* AT_HWCAP: CPUID leaf 1, EDX */
unsigned signal_stack_min(void);	/* AT_MINSIGSTKSZ */

/* vDSO (arch/um/kernel/vdso.c). Returns its address for AT_SYSINFO_EHDR or -errno. */
struct mm;
long vdso_map(struct mm *mm);
void vdso_update_clock(void);			/* after ktime_set_real() */

#endif
