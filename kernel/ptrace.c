/* SPDX-License-Identifier: GPL-2.0 */
/* Tracing of tasks: who traces whom, and the stops of those who are traced. The rules: man 2 ptrace. */
#include <kernel/cred.h>
#include <kernel/ptrace.h>
#include <kernel/sched.h>
#include <kernel/sched_internal.h>
#include <linux/sched.h>
#include "ptrace_internal.h"
#include "signal_internal.h"

#define SYSCALL_STOP(p)	(SIGTRAP | ((p)->options & PTRACE_O_TRACESYSGOOD ? 0x80 : 0))

void ptrace_link(struct task *t, struct task *tracer)
{
	/* One that was let go with a signal, and has not run since, still takes that. */
	t->ptrace = (struct ptrace){ .tracer = tracer, .signal = t->ptrace.signal };
	list_add_tail(&t->ptrace.node, &tracer->process->tracees);
}

void ptrace_unlink(struct task *t)
{
	struct ptrace *p = &t->ptrace;

	if (!p->tracer)
		return;
	p->tracer = NULL;
	list_del(&p->node);
	p->options = 0;
	p->mode = PTRACE_RUN;
	p->step = p->trap = p->listening = false;
	/* Back to the stop of its whole process, if there is one. */
	if (t->process->stopped && t->state < TASK_ZOMBIE && !t->process->group_exit)
		t->stop_pending = true;
	if (p->stopped)
		task_wake_state(t, BIT(TASK_TRACED));
	if (t->state < TASK_ZOMBIE)
		recalc_sigpending(t);
}

/* SIGCHLD for the tracer, and its waits look again. */
static void tell_tracer(struct task *t, int why, int status)
{
	struct process *to = t->ptrace.tracer->process;
	const struct k_sigaction *ka = &to->leader->sighand->action[SIGCHLD - 1];
	siginfo_t info;

	siginfo_kernel(&info, SIGCHLD, why);
	info.si_pid = task_pid_nr(t);
	info.si_uid = t->cred->uid;
	info.si_status = status;
	if (ka->handler != SIG_IGN_ && !(ka->flags & SA_NOCLDSTOP && why != CLD_EXITED && why != CLD_KILLED && why != CLD_DUMPED))
		send_signal_process(SIGCHLD, &info, to);
	wake_up_events(&to->wait_child, 0, 0);
}

void ptrace_notify_exit(struct task *t)
{
	struct process *p = t->process;
	int code = t == p->leader ? p->exit_code : t->exit_code;

	if (t == p->leader && p->parent == t->ptrace.tracer->process)
		do_notify_parent(p, CLD_EXITED);
	else
		tell_tracer(t, code & 0x7f ? code & 0x80 ? CLD_DUMPED : CLD_KILLED : CLD_EXITED, code & 0x7f ? code & 0x7f : code >> 8);
}

/* Sleeps until the tracer lets us go on: the signal it wants delivered. SIGKILL ends every stop. */
static int stop(int code, int why, siginfo_t *info)
{
	struct ptrace *p = &current->ptrace;

	if (!p->tracer || current->pending.set & sigbit(SIGKILL))
		return 0;
	p->code = code;
	p->info = info;
	p->signal = 0;
	p->reported = p->listening = false;
	p->trap = false;
	p->stopped = true;
	current->thread.regs_dirty = true;
	current->state = TASK_TRACED;
	tell_tracer(current, why, code & 0x7f);
	schedule();
	p->stopped = p->listening = false;
	p->info = NULL;
	recalc_sigpending(current);
	return p->signal;
}

/* A stop that is no signal's: GETSIGINFO sees SIGTRAP with the event as its code. */
static int stop_for(int code)
{
	siginfo_t info;

	siginfo_kernel(&info, SIGTRAP, code);
	info.si_pid = task_pid_nr(current);
	info.si_uid = current->cred->uid;
	return stop(code, CLD_TRAPPED, &info);
}

int ptrace_signal(int sig, siginfo_t *info)
{
	struct task *tracer = current->ptrace.tracer;
	int want, by;

	if (!tracer || sig == SIGKILL)
		return sig;
	by = task_tgid_nr(tracer);
	want = stop(sig, CLD_TRAPPED, info);
	if (want && want != sig) {
		siginfo_kernel(info, want, SI_USER);
		info->si_pid = by;
		info->si_uid = current->cred->uid;
	}
	if (want && current->blocked & sigbit(want)) {
		send_signal(want, info, current);
		return 0;
	}
	return want;
}

void ptrace_group_stop(int sig)
{
	if (current->ptrace.seized)
		stop_for(sig | PTRACE_EVENT_STOP << 8);
	else
		stop(sig, CLD_STOPPED, NULL);
}

void ptrace_trap(void)
{
	struct process *p = current->process;

	current->ptrace.trap = false;
	recalc_sigpending(current);
	if (p->stopped || p->group_stop_count)
		ptrace_group_stop(p->stop_code);
	else if (current->ptrace.seized)
		stop_for(SIGTRAP | PTRACE_EVENT_STOP << 8);
}

/* What the tracer asks to be delivered after a stop without a signal of its own. */
static void deliver_wanted(int sig)
{
	if (sig)
		send_signal(sig, NULL, current);
}

void ptrace_event(int event, unsigned long message)
{
	struct ptrace *p = &current->ptrace;

	if (!p->tracer || !(p->options & 1U << event))
		return;
	p->message = message;
	stop_for(SIGTRAP | event << 8);
}

bool ptrace_syscall_enter(void)
{
	struct ptrace *p = &current->ptrace;
	bool skip = p->mode == PTRACE_EMULATE;

	if (p->mode == PTRACE_RUN)
		return false;
	p->syscall_op = PTRACE_SYSCALL_INFO_ENTRY;
	deliver_wanted(stop_for(SYSCALL_STOP(p)));
	p->syscall_op = PTRACE_SYSCALL_INFO_NONE;
	return skip;
}

void ptrace_syscall_leave(void)
{
	struct ptrace *p = &current->ptrace;

	if (p->mode == PTRACE_TO_SYSCALL) {
		p->syscall_op = PTRACE_SYSCALL_INFO_EXIT;
		deliver_wanted(stop_for(SYSCALL_STOP(p)));
		p->syscall_op = PTRACE_SYSCALL_INFO_NONE;
	} else if (p->step) {
		force_signal_fault(SIGTRAP, TRAP_BRKPT, current->thread.regs.rip);
	}
}

void ptrace_exec(int old_tid)
{
	struct ptrace *p = &current->ptrace;

	if (!p->tracer)
		return;
	if (p->options & PTRACE_O_TRACEEXEC)
		ptrace_event(PTRACE_EVENT_EXEC, (unsigned long)old_tid);
	else if (!p->seized)
		send_signal(SIGTRAP, NULL, current);
}

static int event_of(u64 flags, int exit_signal)
{
	return flags & CLONE_VFORK ? PTRACE_EVENT_VFORK : exit_signal == SIGCHLD ? PTRACE_EVENT_FORK : PTRACE_EVENT_CLONE;
}

int ptrace_fork(struct task *child, u64 flags, int exit_signal)
{
	const struct ptrace *p = &current->ptrace;
	int event = event_of(flags, exit_signal);
	bool wanted = p->options & 1U << event && !(flags & CLONE_UNTRACED);

	child->ptrace = (struct ptrace){ .tracer = NULL };
	if (!p->tracer || !(wanted || flags & CLONE_PTRACE))
		return 0;
	ptrace_link(child, p->tracer);
	child->ptrace.options = p->options;
	child->ptrace.seized = p->seized;
	if (p->seized)
		child->ptrace.trap = true;
	else
		child->pending.set |= sigbit(SIGSTOP);
	recalc_sigpending(child);
	return wanted ? event : 0;
}

static void let_go(struct task *t)
{
	bool is_leader = t == t->process->leader, ended = t->state == TASK_ZOMBIE;

	if (t->ptrace.options & PTRACE_O_EXITKILL && !ended)
		send_signal(SIGKILL, NULL, t);
	ptrace_unlink(t);
	if (!ended)
		return;
	if (!is_leader)
		release_task(t);
	else if (!t->process->nr_threads)
		process_zombie(t->process);
}

static struct task *tracee_of(const struct task *tracer)
{
	struct task *t;

	list_for_each_entry(t, &tracer->process->tracees, ptrace.node)
		if (t->ptrace.tracer == tracer)
			return t;
	return NULL;
}

/* To let one go may free others: a process that nobody waits for vanishes with its dead threads. */
void ptrace_tracer_exits(struct task *tracer)
{
	struct task *t;

	while ((t = tracee_of(tracer)))
		let_go(t);
}

void ptrace_reap(struct task *t)
{
	struct process *p = t->process;
	bool by_parent = p->parent == t->ptrace.tracer->process;

	ptrace_unlink(t);
	if (t != p->leader) {
		release_task(t);
		if (p->leader->ptrace.tracer && ptrace_ended(p->leader))
			ptrace_notify_exit(p->leader);	/* it had to wait for this one */
	} else if (by_parent) {
		release_task(t);
	} else {
		process_zombie(p);
	}
}

bool ptrace_ended(const struct task *t)
{
	const struct process *p = t->process;

	return t->state == TASK_ZOMBIE && (t != p->leader || (!p->nr_threads && list_is_singular(&p->threads)));
}

bool ptrace_blocks_privileges(const struct task *t)
{
	return t->ptrace.tracer && !(t->ptrace.tracer->cred->cap_effective & BIT(CAP_SYS_PTRACE));
}
