/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The loop of a guest thread: run guest code, serve its call, fault or trap, do what is due, run again.
 * This is where kernel and guest cross; nothing outside arch/um knows how.
 */
#include <kernel/bug.h>
#include <kernel/printk.h>
#include <kernel/rseq.h>
#include <kernel/sched.h>
#include <kernel/sched_internal.h>
#include <kernel/syscall.h>
#include <kernel/trace.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <asm/clock.h>
#include <asm/hostproc.h>

#define ORIG_NONE	(~0ULL)

static bool wants_restart(const struct uregs *regs)
{
	long rax = (long)regs->rax;

	return rax <= -ERESTARTSYS && rax >= -ERESTART_RESTARTBLOCK;
}

/* Everything that is due before guest code runs: host events, timers, other tasks, signals. May not return. */
static void exit_work(bool in_syscall)
{
	struct task *t = current;

	for (;;) {
		if (os_events_pending() || timers_next() <= ktime_ns())
			host_events();
		sched_check_slice();
		if (need_resched()) {
			schedule();
			continue;
		}
		/* Not for who is to die: the update may want memory, and sleeping for that asks for the next one. */
		if (unlikely(t->rseq_preempted) && !fatal_signal_pending(t)) {
			t->rseq_preempted = false;
			rseq_update(t);
			continue;
		}
		if (signal_pending(t) || t->restore_sigmask || (in_syscall && wants_restart(&t->thread.regs))) {
			do_signals(in_syscall);
			t->thread.regs_dirty = true;
			in_syscall = false;
			continue;
		}
		return;
	}
}

static void kill_current(const char *why)
{
	pr_err_ratelimited("%s[%d]: %s\n", current->comm, task_pid_nr(current), why);
	force_signal(SIGKILL);
}

/* A host process for the address space and a host thread for the task, at the first run and after exec. */
static bool have_thread(struct task *t)
{
	struct host_mm *h = t->mm->host;

	if (likely(t->thread.ht))
		return true;
	if (!h->proc) {
		h->proc = host_proc_get();
		if (!h->proc)
			return false;
		h->proc->mm = t->mm;
		h->flush_all = true;
		set_host_name(t);
	}
	t->thread.ht = host_thread_get(h->proc);
	t->thread.regs_dirty = true;
	t->thread.debug.dirty = t->thread.debug.reg[7];
	return t->thread.ht != NULL;
}

static void host_fails(struct task *t, int err)
{
	if (err == -ESRCH)
		host_died(t->thread.ht->proc);
	kill_current(err == -ESRCH ? "its host process was killed" : "the host cannot map its memory");
}

/* A host thread with all that it needs before guest code runs: how many operations of the stub, or -1: a fatal signal was sent. */
static int prepare_host(struct task *t)
{
	int nops = 0;

	if (!have_thread(t)) {
		kill_current(t->mm->host->proc && t->mm->host->proc->dead ? "its host process was killed" : "the host gives no more processes");
		return -1;
	}
	if (tlb_pending(t->mm)) {
		nops = tlb_load(t->mm, t->thread.ht);
		t->thread.regs_dirty = true;
		if (nops == -EIO && tlb_failed(t->mm))
			nops = tlb_load(t->mm, t->thread.ht);
		if (nops < 0) {
			host_fails(t, nops);
			return -1;
		}
	}
	if (unlikely(t->thread.debug.dirty))
		debugregs_load(t);
	if (t->thread.fp_set) {
		fpstate_load(t);
		if (signal_pending(t))
			return -1;
	}
	return nops;
}

static long dispatch(struct task *t, struct uregs *r)
{
	u64 args[6] = { r->rdi, r->rsi, r->rdx, r->r10, r->r8, r->r9 };
	u64 nr = (u32)r->orig_rax;
	long ret;

	if (likely(!t->trace))
		return syscall_dispatch(nr, args);
	trace_enter(nr, args);
	ret = syscall_dispatch(nr, args);
	trace_exit(nr, args, ret);
	return ret;
}

/* A tracer sees the call before and after it, and may change its number, arguments and result, or have it left out. */
static void serve_traced_syscall(struct task *t)
{
	struct uregs *r = &t->thread.regs;

	r->rax = (u64)-ENOSYS;
	if (!ptrace_syscall_enter() && r->orig_rax != ORIG_NONE)
		r->rax = (u64)dispatch(t, r);
	ptrace_syscall_leave();
}

static void serve_syscall(struct task *t)
{
	struct uregs *r = &t->thread.regs;

	t->thread.regs_dirty = true;
	if (unlikely(t->ptrace.tracer))
		serve_traced_syscall(t);
	else
		r->rax = (u64)dispatch(t, r);
}

/*
 * The host does not tell read from write. What it refused although the page is mapped (SEGV_ACCERR) was a write; what was not
 * mapped is tried as a read and comes back if it was not. At the instruction's own bytes it was a fetch, unless the host lets
 * them be executed.
 */
static unsigned data_access(int code)
{
	return code == SEGV_ACCERR ? VM_WRITE : VM_READ;
}

static unsigned fault_access(struct task *t, uaddr_t addr, int code)
{
	if (addr - t->thread.regs.rip < 16 && !host_maps(t->mm, addr, VM_EXEC))
		return VM_EXEC;
	return data_access(code);
}

/* Who finds no memory tries again, half a second each time: others are killed to make room. When that is of no use, it is his turn. */
#define MAX_OOM_FAULTS	20

static void serve_page_fault(struct task *t, const struct os_stop *stop)
{
	unsigned access = fault_access(t, stop->addr, stop->code);
	int sig = SIGSEGV, code = stop->code, err;

	t->thread.fault_addr = stop->addr;
	t->thread.trap_no = 14;
	t->thread.error_code = 4 | (access == VM_WRITE ? 2 : 0) | (access == VM_EXEC ? 16 : 0) | (stop->code == SEGV_ACCERR);
	err = handle_fault(t->mm, stop->addr, access, &sig, &code);
	/* In the page behind the instruction, that may not be executed: data, or the instruction's tail if there is nothing left to allow. */
	if (err == -EFAULT && access == VM_EXEC && sig == SIGSEGV && code == SEGV_ACCERR && (stop->addr ^ t->thread.regs.rip) & PAGE_MASK &&
	    !host_maps(t->mm, stop->addr, data_access(stop->code)))
		err = handle_fault(t->mm, stop->addr, data_access(stop->code), &sig, &code);
	if (err == -EFAULT)
		force_signal_fault(sig, code, stop->addr);
	else if (err && !fatal_signal_pending(t) && ++t->thread.oom_faults > MAX_OOM_FAULTS)
		kill_current("out of memory");
	if (!err)
		t->thread.oom_faults = 0;
}

static void serve_trap(struct task *t, const struct os_stop *stop)
{
	static const u8 trap_of[] = { [SIGFPE] = 0, [SIGTRAP] = 3, [SIGILL] = 6, [SIGSEGV] = 13, [SIGBUS] = 17 };

	if (stop->sig == SIGSEGV && (stop->code == SEGV_MAPERR || stop->code == SEGV_ACCERR)) {
		serve_page_fault(t, stop);
		return;
	}
	t->thread.trap_no = stop->sig < (int)ARRAY_SIZE(trap_of) ? trap_of[stop->sig] : 0;
	t->thread.error_code = 0;
	if (stop->sig == SIGTRAP && stop->code == TRAP_HWBKPT)
		debugregs_trapped(t);
	force_signal_fault(stop->sig, stop->code, stop->code == SI_KERNEL ? 0 : stop->addr);
}

/* What became of the operations. False: guest code did not run. */
static bool mapped(struct task *t, const struct os_stop *stop)
{
	if (stop->flushed > 0)
		tlb_done(t->mm);
	else if (stop->flushed < 0 && !tlb_failed(t->mm))
		host_fails(t, -EIO);
	return stop->flushed > 0 || stop->why == OS_STOP_DEAD;
}

/* For one instruction the trap flag is on; nobody is to see it among the flags, unless the program set it itself. */
#define EFLAGS_TF	0x100UL

static void step_begins(struct task *t)
{
	t->thread.own_tf = t->thread.regs.eflags & EFLAGS_TF;
	t->thread.regs.eflags |= EFLAGS_TF;
	t->thread.regs_dirty = true;
}

static void step_ends(struct task *t)
{
	if (!t->thread.own_tf)
		t->thread.regs.eflags &= ~EFLAGS_TF;
}

void run_guest(void)
{
	struct task *t = current;
	bool in_syscall = false;
	struct os_stop stop;
	int nops;

	for (;;) {
		exit_work(in_syscall);
		if (IS_ENABLED(CONFIG_DEBUG_SLEEP))
			lock_check_none();
		in_syscall = false;
		t->thread.regs.orig_rax = ORIG_NONE;	/* the host must not think of restarting a call */
		nops = prepare_host(t);
		if (nops < 0)
			continue;
		host_timer_arm();
		sched_account();
		if (unlikely(t->ptrace.step))
			step_begins(t);
		os_guest_run(&t->thread.ht->g, &t->thread.regs, t->thread.regs_dirty, (unsigned)nops, &stop);
		if (unlikely(t->ptrace.step))
			step_ends(t);
		sched_account_guest(stop.why == OS_STOP_SYSCALL && !nops);
		t->thread.regs_dirty = (nops && stop.flushed <= 0) || t->ptrace.step;
		if (nops && !mapped(t, &stop))
			continue;
		switch (stop.why) {
		case OS_STOP_SYSCALL:
			serve_syscall(t);
			in_syscall = true;
			break;
		case OS_STOP_SIGNAL:
			serve_trap(t, &stop);
			break;
		case OS_STOP_DEAD:
			host_died(t->thread.ht->proc);
			force_signal(SIGKILL);
			break;
		case OS_STOP_KICK:
			break;
		}
	}
}

void thread_leave_mm(struct task *t)
{
	debugregs_clear(t);
	if (t->thread.ht)
		host_thread_put(t->thread.ht);
	t->thread.ht = NULL;
}

/* A host process that nobody else uses is taken along: its old content goes by one munmap, and no process has to be made. */
void thread_exec_mm(struct mm *old, struct mm *new_)
{
	struct arch_thread *th = &current->thread;

	if (old && th->ht && old->users == 1 && old->host->proc == th->ht->proc && !th->ht->proc->dead) {
		new_->host->proc = old->host->proc;
		new_->host->proc->mm = new_;
		new_->host->flush_all = true;
		old->host->proc = NULL;
		debugregs_clear(current);
	} else {
		thread_leave_mm(current);
	}
	if (!th->fpstate)
		th->fpstate = kmalloc(xstate_size, GFP_KERNEL);
	if (th->fpstate) {
		fpstate_init(th->fpstate);
		th->fp_set = true;
	}
	th->regs_dirty = true;
}
