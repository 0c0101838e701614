// SPDX-License-Identifier: GPL-2.0
/* System calls about signals: actions, masks, waiting for one, sending one. */
#include <kernel/cred.h>
#include <kernel/pidfd.h>
#include <kernel/syscall.h>
#include <kernel/timer.h>
#include <lib/string.h>
#include "signal_internal.h"

#define SIGSET_SIZE	sizeof(sigset_t)

/* --- actions --- */

#define SA_KNOWN	(SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_NODEFER | \
			 SA_RESETHAND | SA_EXPOSE_TAGBITS | SA_RESTORER)

static void set_action(int sig, const struct k_sigaction *new_)
{
	struct k_sigaction *ka = &current->sighand->action[sig - 1];

	*ka = *new_;
	ka->flags &= SA_KNOWN;
	ka->mask &= ~SIG_UNBLOCKABLE;
	/* POSIX: what is pending and would now be ignored is discarded, blocked or not. */
	if (signal_action_ignored(current, sig)) {
		process_drop_signals(current->process, sigbit(sig));
		recalc_sigpending(current);
	}
}

long sys_rt_sigaction(int sig, uaddr_t uact, uaddr_t uold, size_t size)
{
	struct k_sigaction act, old;

	_Static_assert(sizeof(struct k_sigaction) == 32, "ABI of rt_sigaction");
	if (size != SIGSET_SIZE)
		return -EINVAL;
	if (uact && copy_from_user(&act, uact, sizeof(act)))
		return -EFAULT;
	if (sig < 1 || sig > NSIG_ || (uact && (sigbit(sig) & SIG_UNBLOCKABLE)))
		return -EINVAL;
	old = current->sighand->action[sig - 1];
	if (uact)
		set_action(sig, &act);
	return uold ? copy_to_user(uold, &old, sizeof(old)) : 0;
}

/* --- masks --- */

long sys_rt_sigprocmask(int how, uaddr_t uset, uaddr_t uold, size_t size)
{
	sigset_t set, old = current->blocked;

	if (size != SIGSET_SIZE)
		return -EINVAL;
	if (uset) {
		if (get_user(set, uset))
			return -EFAULT;
		switch (how) {
		case SIG_BLOCK:
			set = old | set;
			break;
		case SIG_UNBLOCK:
			set = old & ~set;
			break;
		case SIG_SETMASK:
			break;
		default:
			return -EINVAL;
		}
		set_current_blocked(set);
	}
	return uold ? put_user(old, sigset_t, uold) : 0;
}

long sys_rt_sigpending(uaddr_t uset, size_t size)
{
	sigset_t set = pending_signals(current) & current->blocked;

	if (size > SIGSET_SIZE)
		return -EINVAL;
	return copy_to_user(uset, &set, size);
}

int set_user_sigmask(uaddr_t usigmask, size_t sigsetsize)
{
	sigset_t set;

	if (!usigmask)
		return 0;
	if (sigsetsize != SIGSET_SIZE)
		return -EINVAL;
	if (get_user(set, usigmask))
		return -EFAULT;
	current->saved_sigmask = current->blocked;
	current->restore_sigmask = true;
	set_current_blocked(set);
	return 0;
}

void restore_saved_sigmask_unless(bool interrupted)
{
	if (interrupted || !current->restore_sigmask)
		return;
	current->restore_sigmask = false;
	set_current_blocked(current->saved_sigmask);
}

/* --- waiting --- */

long sys_pause(void)
{
	while (!signal_pending(current)) {
		current->state = TASK_INTERRUPTIBLE;
		schedule();
	}
	return -ERESTARTNOHAND;
}

long sys_rt_sigsuspend(uaddr_t uset, size_t size)
{
	sigset_t set;

	if (size != SIGSET_SIZE)
		return -EINVAL;
	if (get_user(set, uset))
		return -EFAULT;
	current->saved_sigmask = current->blocked;
	set_current_blocked(set);
	sys_pause();
	current->restore_sigmask = true;
	return -ERESTARTNOHAND;
}

/*
 * The signals waited for are unblocked while asleep, so that they wake us; real_blocked keeps their default or ignored
 * action from being taken meanwhile.
 */
static int sleep_for_signal(sigset_t wanted, u64 deadline, siginfo_t *info)
{
	struct task *t = current;
	int sig;

	t->real_blocked = t->blocked;
	t->blocked &= ~wanted;
	recalc_sigpending(t);
	if (!signal_pending(t))
		schedule_timeout(WAIT_INTERRUPTIBLE, deadline);
	t->blocked = t->real_blocked;
	t->real_blocked = 0;
	recalc_sigpending(t);
	sig = dequeue_signal(~wanted, info);
	if (sig)
		return sig;
	return signal_pending(t) ? -EINTR : -EAGAIN;
}

long sys_rt_sigtimedwait(uaddr_t uset, uaddr_t uinfo, uaddr_t uts, size_t size)
{
	u64 timeout = WAIT_FOREVER;
	siginfo_t info;
	sigset_t set;
	int sig, err;

	if (size != SIGSET_SIZE)
		return -EINVAL;
	if (get_user(set, uset))
		return -EFAULT;
	if (uts) {
		err = get_timespec(uts, &timeout);
		if (err)
			return err;
	}
	set &= ~SIG_UNBLOCKABLE;
	sig = dequeue_signal(~set, &info);
	if (!sig && timeout)
		sig = sleep_for_signal(set, timeout == WAIT_FOREVER ? WAIT_FOREVER : deadline_after(timeout), &info);
	if (!sig)
		return -EAGAIN;
	if (sig > 0 && uinfo && copy_to_user(uinfo, &info, sizeof(info)))
		return -EFAULT;
	return sig;
}

/* --- alternate stack --- */

static bool on_alt_stack(uaddr_t sp)
{
	const struct task *t = current;

	if (t->sas_flags & (int)SS_AUTODISARM)
		return false;
	return sp > t->sas_sp && sp - t->sas_sp <= t->sas_size;
}

int altstack_flags(uaddr_t sp)
{
	if (!current->sas_size)
		return SS_DISABLE;
	return on_alt_stack(sp) ? SS_ONSTACK : 0;
}

int altstack_set(const stack_t *ss, uaddr_t sp)
{
	struct task *t = current;
	int mode = ss->ss_flags & ~(int)SS_AUTODISARM;

	if (on_alt_stack(sp))
		return -EPERM;
	if (mode != SS_DISABLE && mode != SS_ONSTACK && mode != 0)
		return -EINVAL;
	if (mode == SS_DISABLE) {
		t->sas_sp = t->sas_size = 0;
	} else {
		if (ss->ss_size < MINSIGSTKSZ)
			return -ENOMEM;
		t->sas_sp = (uaddr_t)ss->ss_sp;
		t->sas_size = ss->ss_size;
	}
	t->sas_flags = ss->ss_flags;
	return 0;
}

long sys_sigaltstack(uaddr_t uss, uaddr_t uold)
{
	struct task *t = current;
	uaddr_t sp = t->thread.regs.rsp;
	stack_t ss, old = {
		.ss_sp = (void *)t->sas_sp,
		.ss_flags = altstack_flags(sp) | (t->sas_flags & (int)SS_AUTODISARM),
		.ss_size = t->sas_size,
	};
	int err;

	if (uss) {
		if (get_user(ss, uss))
			return -EFAULT;
		err = altstack_set(&ss, sp);
		if (err)
			return err;
	}
	return uold ? copy_to_user(uold, &old, sizeof(old)) : 0;
}

/* --- sending --- */

static int kill_process(struct process *p, int sig, siginfo_t *info)
{
	int err = check_kill_permission(sig, p->leader);

	return err ? err : send_signal_process(sig, info, p);
}

static int kill_group_checked(struct pid *pgrp, int sig)
{
	int err = -ESRCH, e;
	bool sent = false;
	struct task *t;

	if (!pgrp)
		return -ESRCH;
	pid_for_each_task(t, pgrp, PIDTYPE_PGID) {
		e = kill_process(t->process, sig, NULL);
		sent |= !e;
		if (e)
			err = e;
	}
	return sent ? 0 : err;
}

/* kill(-1): everybody we may, but for init and ourselves. */
static int kill_all(int sig)
{
	int err = -ESRCH, e;
	struct task *t;

	for_each_task(t) {
		if (t != t->process->leader || is_kthread(t) || t->process == init_process || t->process == current->process)
			continue;
		e = kill_process(t->process, sig, NULL);
		if (err == -ESRCH || e != -EPERM)
			err = e == -EPERM ? 0 : e;
	}
	return err;
}

long sys_kill(int pid, int sig)
{
	struct process *p;

	if (sig < 0 || sig > NSIG_)
		return -EINVAL;
	if (pid > 0) {
		p = process_find(pid);
		return p ? kill_process(p, sig, NULL) : -ESRCH;
	}
	if (pid == (int)0x80000000)
		return -ESRCH;
	if (pid == -1)
		return kill_all(sig);
	return kill_group_checked(pid ? pid_find(-pid) : current->process->pgrp, sig);
}

static long send_thread(int tgid, int pid, int sig, siginfo_t *info)
{
	struct task *t = task_find(pid);
	int err;

	if (!t || (tgid > 0 && task_tgid_nr(t) != tgid))
		return -ESRCH;
	err = sig < 0 || sig > NSIG_ ? -EINVAL : check_kill_permission(sig, t);
	return err ? err : send_signal(sig, info, t);
}

static long do_tkill(int tgid, int pid, int sig)
{
	siginfo_t info;

	siginfo_kernel(&info, sig, SI_TKILL);
	info.si_pid = task_tgid_nr(current);
	info.si_uid = current->cred->uid;
	return send_thread(tgid, pid, sig, &info);
}

long sys_tgkill(int tgid, int pid, int sig)
{
	return tgid <= 0 || pid <= 0 ? -EINVAL : do_tkill(tgid, pid, sig);
}

long sys_tkill(int pid, int sig)
{
	return pid <= 0 ? -EINVAL : do_tkill(0, pid, sig);
}

/* Only to itself may a process claim that the kernel, kill(2) or tgkill(2) had sent it. */
static int get_siginfo(siginfo_t *info, uaddr_t uinfo, int sig, int pid)
{
	if (copy_from_user(info, uinfo, sizeof(*info)))
		return -EFAULT;
	info->si_signo = sig;
	if ((info->si_code >= 0 || info->si_code == SI_TKILL) && pid != task_pid_nr(current))
		return -EPERM;
	return 0;
}

long sys_rt_sigqueueinfo(int pid, int sig, uaddr_t uinfo)
{
	struct process *p;
	siginfo_t info;
	int err = get_siginfo(&info, uinfo, sig, pid);

	if (err)
		return err;
	p = process_find(pid);
	if (!p) {
		struct task *t = task_find(pid);	/* any thread's number names its process here */

		if (!t)
			return -ESRCH;
		p = t->process;
	}
	return sig < 0 || sig > NSIG_ ? -EINVAL : kill_process(p, sig, &info);
}

long sys_rt_tgsigqueueinfo(int tgid, int pid, int sig, uaddr_t uinfo)
{
	siginfo_t info;
	int err = get_siginfo(&info, uinfo, sig, pid);

	if (err)
		return err;
	return tgid <= 0 || pid <= 0 ? -EINVAL : send_thread(tgid, pid, sig, &info);
}

long sys_pidfd_send_signal(int fd, int sig, uaddr_t uinfo, unsigned flags)
{
	struct process *p;
	siginfo_t info;
	int err;

	if (flags)
		return -EINVAL;
	err = pidfd_or_proc_process(fd, &p);
	if (err)
		return err;
	if (uinfo) {
		if (copy_from_user(&info, uinfo, sizeof(info)))
			return -EFAULT;
		if (sig != info.si_signo)
			return -EINVAL;
		if ((info.si_code >= 0 || info.si_code == SI_TKILL) && p != current->process)
			return -EPERM;
		err = pidfd_or_proc_process(fd, &p);	/* the copy may have slept */
		if (err)
			return err;
	}
	return sig < 0 || sig > NSIG_ ? -EINVAL : kill_process(p, sig, uinfo ? &info : NULL);
}

long sys_restart_syscall(void)
{
	long (*fn)(struct task *) = current->restart.fn;

	return fn ? fn(current) : -EINTR;
}
