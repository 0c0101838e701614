// SPDX-License-Identifier: GPL-2.0
/*
 * Sending signals: who gets one, whether it is ignored, what it stops or continues, which thread is woken.
 * A fatal signal is turned into SIGKILL for every thread at once, here, so that nobody has to be woken twice.
 */
#include <kernel/printk.h>
#include <kernel/cred.h>
#include <kernel/why.h>
#include <mm/slab.h>
#include <lib/string.h>
#include <linux/eventpoll.h>
#include "signal_internal.h"

void siginfo_kernel(siginfo_t *info, int sig, int code)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = code;
}

static void siginfo_user(siginfo_t *info, int sig)
{
	siginfo_kernel(info, sig, is_kthread(current) ? SI_KERNEL : SI_USER);
	if (!is_kthread(current)) {
		info->si_pid = task_tgid_nr(current);
		info->si_uid = current->cred->uid;
	}
}

/* --- what is pending --- */

sigset_t pending_signals(const struct task *t)
{
	return t->pending.set | t->process->shared_pending.set;
}

bool signal_pending_slow(struct task *t)
{
	return (pending_signals(t) & ~t->blocked) || t->stop_pending || t->ptrace.trap;
}

void recalc_sigpending(struct task *t)
{
	t->sig_wake = signal_pending_slow(t);
}

bool fatal_signal_pending(struct task *t)
{
	return t->sig_wake && (t->pending.set & sigbit(SIGKILL));
}

void signal_wake_up(struct task *t, bool fatal)
{
	t->sig_wake = true;
	task_wake_state(t, BIT(TASK_INTERRUPTIBLE) | (fatal ? BIT(TASK_KILLABLE) | BIT(TASK_STOPPED) | BIT(TASK_TRACED) : 0));
}

/* --- what would happen to it --- */

static uaddr_t handler_of(const struct task *t, int sig)
{
	return t->sighand->action[sig - 1].handler;
}

static bool is_immune(const struct process *p)
{
	return p == init_process && !p->mortal;
}

bool signal_action_ignored(const struct task *t, int sig)
{
	uaddr_t h = handler_of(t, sig);

	if (h == SIG_IGN_)
		return true;
	return h == SIG_DFL_ && ((sigbit(sig) & SIG_IGNORED) || is_immune(t->process));
}

/* A blocked signal is kept even if ignored now: its action may be another by the time it is unblocked. */
static bool is_dropped(const struct task *t, int sig)
{
	if ((t->blocked | t->real_blocked) & sigbit(sig))
		return false;
	if (t->ptrace.tracer && sig != SIGKILL)		/* it is to see them all */
		return false;
	return signal_action_ignored(t, sig);
}

static bool kills(const struct task *t, int sig)
{
	return handler_of(t, sig) == SIG_DFL_ && !(sigbit(sig) & (SIG_IGNORED | SIG_STOPS)) && !is_immune(t->process);
}

void process_drop_signals(struct process *p, sigset_t which)
{
	struct task *t;

	sigpending_drop(&p->shared_pending, which);
	for_each_thread(p, t)
		sigpending_drop(&t->pending, which);
}

/* SIGCONT starts all threads again whatever becomes of the signal itself, and the parent learns of it. */
static void process_continue(struct process *p)
{
	bool was_stopped = p->stopped, was_stopping = p->group_stop_count > 0;
	struct task *t;

	p->stopped = false;
	p->group_stop_count = 0;
	for_each_thread(p, t) {
		t->stop_pending = false;
		if (t->ptrace.listening) {
			t->ptrace.trap = true;
			task_wake_state(t, BIT(TASK_TRACED));
		}
		recalc_sigpending(t);
		task_wake_state(t, BIT(TASK_STOPPED));
	}
	if (was_stopped) {
		p->cont_pending = true;
		do_notify_parent(p, CLD_CONTINUED);
	} else if (was_stopping) {
		do_notify_parent(p, CLD_STOPPED);
	}
}

/* The side effects of generation. False: the signal goes no further. */
static bool prepare_signal(int sig, struct task *t)
{
	struct process *p = t->process;

	if (sigbit(sig) & SIG_STOPS) {
		process_drop_signals(p, sigbit(SIGCONT));
	} else if (sig == SIGCONT) {
		process_drop_signals(p, SIG_STOPS);
		process_continue(p);
	}
	return !is_dropped(t, sig);
}

/* --- whom to wake --- */

static bool wants_signal(int sig, const struct task *t)
{
	if ((t->blocked & sigbit(sig)) || (t->flags & PF_EXITING) || t->state >= TASK_ZOMBIE)
		return false;
	if (sig == SIGKILL)
		return true;
	return t->state != TASK_STOPPED && t->state != TASK_TRACED && (t == current || !t->sig_wake);
}

static struct task *choose_thread(int sig, struct task *t, bool to_process)
{
	struct task *i;

	if (wants_signal(sig, t))
		return t;
	if (!to_process || t->process->nr_threads <= 1)
		return NULL;
	for_each_thread(t->process, i)
		if (wants_signal(sig, i))
			return i;
	return NULL;
}

void signal_kill_process(struct process *p, int code)
{
	struct task *t;

	if (!p->group_exit) {
		p->group_exit = true;
		p->group_exit_code = code;
	}
	p->group_stop_count = 0;
	for_each_thread(p, t) {
		t->stop_pending = false;
		if (t->flags & PF_EXITING)
			continue;
		t->pending.set |= sigbit(SIGKILL);
		signal_wake_up(t, true);
	}
}

static void complete_signal(int sig, struct task *t, bool to_process)
{
	struct process *p = t->process;

	t = choose_thread(sig, t, to_process);
	if (!t)
		return;
	/* A core dump has to be made by the thread that takes the signal; all else ends right now. */
	if (kills(t, sig) && !(t->real_blocked & sigbit(sig)) && !p->group_exit && (sig == SIGKILL || !t->ptrace.tracer) && !(sigbit(sig) & SIG_CORES)) {
		signal_kill_process(p, sig);
		return;
	}
	signal_wake_up(t, sig == SIGKILL);
}

/* --- sending --- */

/* Lost only for want of an entry: real-time signals with a value say so, others arrive without information. */
static int queue_signal(int sig, const siginfo_t *info, struct task *t, struct sigpending *pending)
{
	struct sigqueue *q;

	if (sig == SIGKILL)
		return 0;
	q = sigqueue_new(t, sig < SIGRTMIN && info->si_code >= 0, GFP_ATOMIC);
	if (q) {
		q->info = *info;
		list_add_tail(&q->node, &pending->queue);
		return 0;
	}
	return sig >= SIGRTMIN && info->si_code != SI_USER ? -EAGAIN : 0;
}

static int send_to(int sig, siginfo_t *info, struct task *t, bool to_process)
{
	struct sigpending *pending = to_process ? &t->process->shared_pending : &t->pending;
	siginfo_t own;
	int err;

	if (sig < 0 || sig > NSIG_)
		return -EINVAL;
	if (sig == 0 || is_kthread(t) || !t->sighand || t->state == TASK_DEAD)
		return 0;
	if (!info) {
		siginfo_user(&own, sig);
		info = &own;
	}
	if (!prepare_signal(sig, t))
		return 0;
	if (sig < SIGRTMIN && (pending->set & sigbit(sig)))
		return 0;
	info->si_signo = sig;
	err = queue_signal(sig, info, t, pending);
	if (err)
		return err;
	pending->set |= sigbit(sig);
	if (wait_queue_active(&t->sighand->signalfds))
		wake_up_events(&t->sighand->signalfds, EPOLLIN, 0);
	complete_signal(sig, t, to_process);
	return 0;
}

int send_signal(int sig, siginfo_t *info, struct task *t)
{
	return send_to(sig, info, t, false);
}

int send_signal_process(int sig, siginfo_t *info, struct process *p)
{
	struct task *t;

	/* A leader that has left still stands for its process, but has no say any more. */
	if (p->leader->flags & PF_EXITING)
		for_each_thread(p, t)
			if (!(t->flags & PF_EXITING))
				return send_to(sig, info, t, true);
	return send_to(sig, info, p->leader, true);
}

int send_sigqueue(struct sigqueue *q, struct task *t, bool to_process)
{
	struct sigpending *pending = to_process ? &t->process->shared_pending : &t->pending;
	int sig = q->info.si_signo;

	if (!list_empty(&q->node))
		return 1;
	if (!t->sighand || t->state >= TASK_ZOMBIE || !prepare_signal(sig, t))
		return 1;
	list_add_tail(&q->node, &pending->queue);
	pending->set |= sigbit(sig);
	if (wait_queue_active(&t->sighand->signalfds))
		wake_up_events(&t->sighand->signalfds, EPOLLIN, 0);
	complete_signal(sig, t, to_process);
	return 0;
}

int kill_pgrp(struct pid *pgrp, int sig, siginfo_t *info)
{
	int err = -ESRCH, e;
	bool sent = false;
	struct task *t;
	siginfo_t copy;

	if (!pgrp)
		return -ESRCH;
	pid_for_each_task(t, pgrp, PIDTYPE_PGID) {
		if (info)
			copy = *info;
		e = send_signal_process(sig, info ? &copy : NULL, t->process);
		sent |= !e;
		if (e)
			err = e;
	}
	return sent ? 0 : err;
}

/* A fault must not come back for ever: if nobody would handle the signal, it kills, init included. */
static void force_info(siginfo_t *info)
{
	int sig = info->si_signo;
	struct k_sigaction *ka = &current->sighand->action[sig - 1];
	bool blocked = current->blocked & sigbit(sig);

	if (blocked || ka->handler == SIG_IGN_) {
		ka->handler = SIG_DFL_;
		current->blocked &= ~sigbit(sig);
	}
	if (ka->handler == SIG_DFL_)
		current->process->mortal = true;
	send_signal(sig, info, current);
	recalc_sigpending(current);
}

void force_signal_fault(int sig, int code, uaddr_t addr)
{
	siginfo_t info;

	siginfo_kernel(&info, sig, code);
	info.si_addr = (void *)addr;
	if (current->sighand->action[sig - 1].handler == SIG_DFL_ && !current->ptrace.tracer)	/* nobody else will tell */
		pr_ratelimited(LOG_INFO, "%s[%d]: fault at %lx ip %llx sp %llx, signal %d\n", current->comm, task_pid_nr(current), addr,
			       (unsigned long long)current->thread.regs.rip, (unsigned long long)current->thread.regs.rsp, sig);
	force_info(&info);
}

void force_signal(int sig)
{
	siginfo_t info;

	siginfo_kernel(&info, sig, SI_KERNEL);
	force_info(&info);
}

int check_kill_permission(int sig, const struct task *t)
{
	const struct cred *me = current->cred, *it = t->cred;
	const struct process *p = t->process;

	if (p == current->process)
		return 0;
	if (me->euid == it->suid || me->euid == it->uid || me->uid == it->suid || me->uid == it->uid)
		return 0;
	if (sig == SIGCONT && p->session == current->process->session)
		return 0;
	return capable(CAP_KILL) ? 0 : why(-EPERM, "process %d is user %u's", t->process->tgid->nr, it->uid);
}

/* --- masks --- */

/* Process-wide signals that t will not take now are somebody else's: wake a thread for each. */
static void retarget_shared(struct task *t, sigset_t which)
{
	sigset_t left = t->process->shared_pending.set & which;
	struct task *i;

	if (!left)
		return;
	for_each_thread(t->process, i) {
		if (i == t || (i->flags & PF_EXITING) || !(left & ~i->blocked))
			continue;
		left &= i->blocked;
		if (!i->sig_wake)
			signal_wake_up(i, false);
		if (!left)
			return;
	}
}

void set_current_blocked(sigset_t set)
{
	struct task *t = current;
	sigset_t added;

	set &= ~SIG_UNBLOCKABLE;
	if (set == t->blocked)
		return;
	added = set & ~t->blocked;
	if (added && t->sig_wake && t->process->nr_threads > 1)
		retarget_shared(t, added);
	t->blocked = set;
	recalc_sigpending(t);
}

/* --- life of a task's signal state --- */

void signals_init_task(struct task *t)
{
	sigpending_init(&t->pending);
	if (!t->process->leader || t->process->leader == t)
		sigpending_init(&t->process->shared_pending);
	t->real_blocked = 0;
	t->restore_sigmask = false;
	t->sig_wake = false;
	t->stop_pending = false;
	t->restart.fn = NULL;
}

static struct sighand *sighand_new(const struct sighand *from)
{
	struct sighand *sh = kzalloc(sizeof(*sh), GFP_KERNEL);

	if (!sh)
		return NULL;
	sh->refs = 1;
	wait_queue_init(&sh->signalfds);
	if (from)
		memcpy(sh->action, from->action, sizeof(sh->action));
	return sh;
}

static void handlers_to_default(struct sighand *sh)
{
	for (int i = 0; i < NSIG_; i++) {
		uaddr_t keep = sh->action[i].handler == SIG_IGN_ ? SIG_IGN_ : SIG_DFL_;

		sh->action[i] = (struct k_sigaction){ .handler = keep };
	}
}

#define CLONE_SIGHAND_		0x00000800UL
#define CLONE_CLEAR_SIGHAND_	0x100000000UL

int copy_sighand(unsigned long clone_flags, struct task *child)
{
	struct sighand *sh;

	if ((clone_flags & CLONE_SIGHAND_) && current->sighand) {
		current->sighand->refs++;
		child->sighand = current->sighand;
		return 0;
	}
	sh = sighand_new(current->sighand);
	if (!sh)
		return -ENOMEM;
	if (clone_flags & CLONE_CLEAR_SIGHAND_)
		handlers_to_default(sh);
	child->sighand = sh;
	return 0;
}

/* Pollers of a signalfd may outlive what they wait on: they are told, and taken off. */
static void detach_waiters(struct wait_queue *wq)
{
	while (wait_queue_active(wq)) {
		struct wait_entry *we = list_first(&wq->entries, struct wait_entry, node);

		list_del(&we->node);
		if (we->wake)
			we->wake(we, EPOLLIN | EPOLLHUP);
		else if (we->task)
			task_wake(we->task);
	}
}

void sighand_put(struct sighand *sh)
{
	if (!sh || --sh->refs)
		return;
	detach_waiters(&sh->signalfds);
	kfree(sh);
}

void flush_signal_handlers(struct task *t)
{
	might_sleep();
	if (t->sighand->refs > 1) {
		struct sighand *sh = sighand_new(t->sighand);

		if (!sh) {
			signal_kill_process(t->process, SIGKILL);
			return;
		}
		sighand_put(t->sighand);
		t->sighand = sh;
	}
	handlers_to_default(t->sighand);
	t->sas_sp = t->sas_size = 0;
	t->sas_flags = 0;
}
