// SPDX-License-Identifier: GPL-2.0
/*
 * Taking signals: which one is next, default actions, stopping of whole processes, and what parents are told.
 */
#include <kernel/cred.h>
#include <kernel/trace.h>
#include <lib/string.h>
#include <linux/eventpoll.h>
#include "signal_internal.h"

int dequeue_signal(sigset_t blocked, siginfo_t *info)
{
	int sig = sigpending_take(&current->pending, blocked, info);

	if (!sig)
		sig = sigpending_take(&current->process->shared_pending, blocked, info);
	recalc_sigpending(current);
	return sig;
}

/* --- telling the parent --- */

static void fill_exit_info(siginfo_t *info, const struct process *p)
{
	int code = p->exit_code;

	if (code & 0x7f) {
		info->si_code = code & 0x80 ? CLD_DUMPED : CLD_KILLED;
		info->si_status = code & 0x7f;
	} else {
		info->si_code = CLD_EXITED;
		info->si_status = code >> 8 & 0xff;
	}
}

#define USER_HZ	100

void do_notify_parent(struct process *p, int why)
{
	struct process *parent = p->parent;
	struct sighand *sh;
	u64 utime, stime;
	siginfo_t info;
	int sig = SIGCHLD;

	if (!parent || !parent->leader)
		return;
	sh = parent->leader->sighand;
	siginfo_kernel(&info, SIGCHLD, why);
	info.si_pid = p->tgid->nr;
	info.si_uid = p->leader->cred->uid;
	process_times(p, &utime, &stime);
	info.si_utime = (long)(utime / (NSEC_PER_SEC / USER_HZ));
	info.si_stime = (long)(stime / (NSEC_PER_SEC / USER_HZ));

	if (why == CLD_STOPPED) {
		info.si_status = p->stop_code;
	} else if (why == CLD_CONTINUED) {
		info.si_status = SIGCONT;
	} else {
		fill_exit_info(&info, p);
		sig = p->exit_signal;
		wake_up_events(&p->tgid->wait_pidfd, EPOLLIN | EPOLLRDNORM, 0);
	}
	if (sig == SIGCHLD && sh) {
		const struct k_sigaction *ka = &sh->action[SIGCHLD - 1];
		bool job_control = why == CLD_STOPPED || why == CLD_CONTINUED;

		if (ka->handler == SIG_IGN_ || (job_control && (ka->flags & SA_NOCLDSTOP)))
			sig = 0;
	}
	if (sig > 0 && sig <= NSIG_)
		send_signal_process(sig, &info, parent);
	wake_up_events(&parent->wait_child, 0, 0);
}

bool parent_ignores_child(struct process *p)
{
	const struct k_sigaction *ka;

	if (!p->parent || !p->parent->leader || !p->parent->leader->sighand)
		return true;
	if (p->exit_signal != SIGCHLD)
		return false;
	ka = &p->parent->leader->sighand->action[SIGCHLD - 1];
	return ka->handler == SIG_IGN_ || (ka->flags & SA_NOCLDWAIT);
}

/* --- stopping --- */

/* current (or an exiting t) has done its part of a group stop. */
static void stop_participate(struct task *t)
{
	struct process *p = t->process;

	t->stop_pending = false;
	if (p->group_stop_count > 0 && --p->group_stop_count == 0) {
		p->stopped = true;
		p->stop_reported = false;
		p->cont_pending = false;
		do_notify_parent(p, CLD_STOPPED);
	}
}

static void start_group_stop(struct process *p, int sig)
{
	struct task *t;

	p->stop_code = sig;
	p->group_stop_count = 0;
	for_each_thread(p, t) {
		if ((t->flags & PF_EXITING) || t->state == TASK_STOPPED || t->state >= TASK_ZOMBIE)
			continue;
		t->stop_pending = true;
		p->group_stop_count++;
		if (t != current)
			signal_wake_up(t, false);
	}
}

/* sig 0: a stop that another thread began. Sleeps until SIGCONT or SIGKILL. */
static void do_signal_stop(int sig)
{
	struct task *t = current;

	if (t->process->group_exit)
		return;
	if (!t->stop_pending)
		start_group_stop(t->process, sig);
	stop_participate(t);
	if (t->ptrace.tracer) {
		ptrace_group_stop(t->process->stop_code);
		return;
	}
	t->state = TASK_STOPPED;
	schedule();
	recalc_sigpending(t);
}

/* --- what the return to user code asks --- */

static int next_signal(siginfo_t *info)
{
	struct task *t = current;
	int sig = sigpending_take_synchronous(&t->pending, t->blocked, info);

	if (sig) {
		recalc_sigpending(t);
		return sig;
	}
	return dequeue_signal(t->blocked, info);
}

/* The default action of sig. Returns when there was nothing to do, or after a stop. */
static void default_action(int sig)
{
	struct process *p = current->process;

	if ((sigbit(sig) & SIG_IGNORED) || (p == init_process && !p->mortal))
		return;
	if (sigbit(sig) & SIG_STOPS) {
		/* Nobody could continue an orphaned process group, so the terminal must not stop it. */
		if (sig == SIGSTOP || !pgrp_is_orphaned(p->pgrp, NULL))
			do_signal_stop(sig);
		return;
	}
	do_group_exit(sig);
}

bool get_signal(struct ksignal *ks)
{
	struct task *t = current;

	might_sleep();
	for (;;) {
		struct k_sigaction *ka;

		if (t->process->group_exit)
			do_group_exit(t->process->group_exit_code);
		if (t->process->exec_task && t->process->exec_task != t)
			do_exit(SIGKILL);
		if (t->pending.set & sigbit(SIGKILL))
			do_group_exit(SIGKILL);
		if (unlikely(t->ptrace.trap)) {
			ptrace_trap();
			continue;
		}
		if (t->stop_pending) {
			do_signal_stop(0);
			continue;
		}
		ks->sig = next_signal(&ks->info);
		if (!ks->sig)
			return false;
		if (unlikely(t->ptrace.tracer)) {
			ks->sig = ptrace_signal(ks->sig, &ks->info);
			if (!ks->sig)
				continue;
		}
		if (unlikely(t->trace))
			trace_signal(&ks->info);
		ka = &t->sighand->action[ks->sig - 1];
		if (ka->handler == SIG_IGN_)
			continue;
		if (ka->handler == SIG_DFL_) {
			default_action(ks->sig);
			continue;
		}
		ks->ka = *ka;
		if (ka->flags & SA_RESETHAND)
			ka->handler = SIG_DFL_;
		return true;
	}
}

void signal_delivered(struct ksignal *ks)
{
	sigset_t set = current->blocked | ks->ka.mask;

	current->restore_sigmask = false;
	if (!(ks->ka.flags & SA_NODEFER))
		set |= sigbit(ks->sig);
	set_current_blocked(set);
}

/* A leaving thread takes part in a stop by leaving, and hands over process-wide signals it might have been woken for. */
void exit_signals(struct task *t)
{
	struct process *p = t->process;
	struct task *i;

	t->flags |= PF_EXITING;
	if (t->stop_pending)
		stop_participate(t);
	if (p->group_exit || p->nr_threads <= 1 || !p->shared_pending.set)
		return;
	for_each_thread(p, i)
		if (i != t && !(i->flags & PF_EXITING) && (p->shared_pending.set & ~i->blocked) && !i->sig_wake)
			signal_wake_up(i, false);
}
