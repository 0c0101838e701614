// SPDX-License-Identifier: GPL-2.0
/*
 * Job control: which session a terminal belongs to, which process group is in front, and what happens to the others.
 * process->tty is not counted: tty_forget() clears it in every process before a terminal is freed.
 */
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/signal.h>
#include <kernel/syscall.h>
#include <drivers/tty.h>

struct tty *current_tty(void)
{
	return current->process->tty;
}

void tty_set_pid(struct pid **where, struct pid *pid)
{
	struct pid *old = *where;

	*where = pid ? pid_get(pid) : NULL;
	if (old)
		pid_put(old);
}

void tty_signal_pgrp(struct pid *pgrp, int sig)
{
	siginfo_t info;

	if (!pgrp)
		return;
	siginfo_kernel(&info, sig, SI_KERNEL);
	kill_pgrp(pgrp, sig, &info);
}

static int signal_process(struct process *p, int sig)
{
	siginfo_t info;

	siginfo_kernel(&info, sig, SI_KERNEL);
	return send_signal_process(sig, &info, p);
}

static bool ignores(int sig)
{
	return (current->blocked & sigbit(sig)) || current->sighand->action[sig - 1].handler == SIG_IGN_;
}

int tty_check_change(struct tty *tty, int sig)
{
	struct process *p = current->process;

	if (p->tty != tty || !tty->pgrp || p->pgrp == tty->pgrp)
		return 0;
	if (ignores(sig))
		return sig == SIGTTIN ? -EIO : 0;
	if (pgrp_is_orphaned(p->pgrp, NULL))
		return why(-EIO, "an orphaned process group in the background");
	tty_signal_pgrp(p->pgrp, sig);
	return -ERESTARTSYS;
}

/* Every process of a session loses its controlling terminal. */
static void session_clear_tty(struct pid *session)
{
	struct task *t;

	pid_for_each_task(t, session, PIDTYPE_SID)
		t->process->tty = NULL;
}

void tty_forget(struct tty *tty)
{
	struct task *t;

	for_each_task(t)
		if (t->process->tty == tty)
			t->process->tty = NULL;
}

void tty_set_ctty(struct tty *tty)
{
	struct process *p = current->process;

	tty_set_pid(&tty->session, p->session);
	tty_set_pid(&tty->pgrp, p->pgrp);
	p->tty = tty;
	tty_set_pid(&p->tty_old_pgrp, NULL);
}

void tty_maybe_set_ctty(struct tty *tty, struct file *f)
{
	struct process *p = current->process;

	if ((f->flags & O_NOCTTY) || (tty->driver->flags & TTY_F_NO_CTTY) || !(f->mode & FMODE_READ))
		return;
	if (p->session_leader && !p->tty && !tty->session)
		tty_set_ctty(tty);
}

void tty_signal_session(struct tty *tty, bool exit_session)
{
	struct pid *session = tty->session, *pgrp = tty->pgrp;
	struct task *t;

	tty->session = tty->pgrp = NULL;
	if (session) {
		pid_for_each_task(t, session, PIDTYPE_SID) {
			struct process *p = t->process;

			if (p->tty == tty)
				p->tty = NULL;
			if (!p->session_leader)
				continue;
			signal_process(p, SIGHUP);
			signal_process(p, SIGCONT);
			tty_set_pid(&p->tty_old_pgrp, pgrp);
		}
	}
	if (exit_session)
		tty_signal_pgrp(pgrp, SIGHUP);
	tty_set_pid(&session, NULL);
	tty_set_pid(&pgrp, NULL);
}

void disassociate_ctty(bool on_exit)
{
	struct process *p = current->process;
	struct tty *tty = p->tty;

	if (!p->session_leader) {
		p->tty = NULL;
		return;
	}
	if (tty && on_exit && !(tty->driver->flags & TTY_F_PTY)) {
		/* A login session ends: the line is hung up for whoever it has left behind. */
		tty_hangup_session(tty, true);
	} else if (tty) {
		tty_signal_pgrp(tty->pgrp, SIGHUP);
		if (!on_exit)
			tty_signal_pgrp(tty->pgrp, SIGCONT);
	} else if (on_exit) {	/* hung up before: the group that was in front then */
		tty_signal_pgrp(p->tty_old_pgrp, SIGHUP);
		tty_signal_pgrp(p->tty_old_pgrp, SIGCONT);
	}
	tty_set_pid(&p->tty_old_pgrp, NULL);
	tty = p->tty;		/* NULL after a hangup */
	if (tty) {
		tty_set_pid(&tty->session, NULL);
		tty_set_pid(&tty->pgrp, NULL);
	}
	session_clear_tty(p->session);
}

int tty_kill_session(struct tty *tty)
{
	struct task *t;
	int n = 0;

	if (!tty || !tty->session)
		return 0;
	pid_for_each_task(t, tty->session, PIDTYPE_SID)
		n += !signal_process(t->process, SIGKILL);
	return n;
}

/* --- ioctls --- */

static long set_ctty(struct tty *tty, struct file *f, unsigned long arg)
{
	struct process *p = current->process;

	if (p->session_leader && p->session == tty->session)
		return 0;
	if (!p->session_leader || p->tty)
		return why(-EPERM, p->tty ? "the session has a terminal" : "not a session leader");
	if (tty->session) {
		if (arg != 1 || !capable(CAP_SYS_ADMIN))
			return -EPERM;
		session_clear_tty(tty->session);
	}
	if (!(f->mode & FMODE_READ) && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	tty_set_ctty(tty);
	return 0;
}

static long get_pgrp(struct tty *tty, struct tty *real, uaddr_t arg)
{
	if (tty == real && current_tty() != real)
		return -ENOTTY;
	return put_user(real->pgrp ? real->pgrp->nr : 0, int, arg);
}

static long set_pgrp(struct tty *real, uaddr_t arg)
{
	struct process *p = current->process;
	struct pid *pgrp;
	struct task *t;
	int nr, err;

	err = tty_check_change(real, SIGTTOU);
	if (err)
		return err == -EIO ? -ENOTTY : err;
	if (p->tty != real || real->session != p->session)
		return why(-ENOTTY, "not the terminal of the session");
	if (get_user(nr, arg))
		return -EFAULT;
	if (nr < 0)
		return -EINVAL;
	pgrp = pid_find(nr);
	t = pgrp ? pid_task(pgrp, PIDTYPE_PGID) : NULL;
	if (!t)
		return -ESRCH;
	if (t->process->session != p->session)
		return why(-EPERM, "a process group of another session");
	tty_set_pid(&real->pgrp, pgrp);
	return 0;
}

long tty_jobctl_ioctl(struct tty *tty, struct tty *real, struct file *f, unsigned cmd, unsigned long arg)
{
	switch (cmd) {
	case TIOCNOTTY:
		if (current_tty() != tty)
			return -ENOTTY;
		disassociate_ctty(false);
		return 0;
	case TIOCSCTTY:
		return set_ctty(real, f, arg);
	case TIOCGPGRP:
		return get_pgrp(tty, real, arg);
	case TIOCSPGRP:
		return set_pgrp(real, arg);
	case TIOCGSID:
		if (tty == real && current_tty() != real)
			return -ENOTTY;
		if (!real->session)
			return -ENOTTY;
		return put_user(real->session->nr, int, arg);
	}
	return -ENOIOCTLCMD;
}
