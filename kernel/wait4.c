/* SPDX-License-Identifier: GPL-2.0 */
/* wait4 and waitid: a process learns what became of its children. */
#include <fs/file.h>
#include <kernel/bug.h>
#include <kernel/cred.h>
#include <kernel/pidfd.h>
#include <kernel/sched.h>
#include <kernel/sched_internal.h>
#include <kernel/syscall.h>
#include <lib/string.h>
#include <linux/resource.h>
#include <linux/wait.h>
#include "ptrace_internal.h"

struct wait_args {
	int type;			/* P_PID, P_PGID, P_ALL */
	struct pid *pid;		/* for the first two */
	int options;
	/* what was found */
	int nr, code, status;		/* code: CLD_; status: wait(2)'s word for wait4, si_status for waitid */
	uid_t uid;
	struct rusage_acct acct;
};

static bool eligible(const struct wait_args *w, const struct process *c)
{
	if (w->type == P_PID && c->tgid != w->pid)
		return false;
	if (w->type == P_PGID && c->pgrp != w->pid)
		return false;
	if (w->options & __WNOTHREAD && c->parent_tid != current->pid->nr)
		return false;
	if (w->options & __WALL)
		return true;
	return !!(w->options & __WCLONE) == (c->exit_signal != SIGCHLD);
}

static void found_task(struct wait_args *w, struct task *t, int code, int status)
{
	w->nr = task_pid_nr(t);
	w->uid = t->cred->uid;
	w->code = code;
	w->status = status;
	w->acct = t->acct;
}

static void found(struct wait_args *w, struct process *c, int code, int status)
{
	found_task(w, c->leader, code, status);
	w->acct = c->dead_threads;
	w->acct.utime_ns += c->leader->acct.utime_ns + c->reaped_children.utime_ns;
	w->acct.stime_ns += c->leader->acct.stime_ns + c->reaped_children.stime_ns;
	w->acct.minflt += c->leader->acct.minflt + c->reaped_children.minflt;
	w->acct.majflt += c->leader->acct.majflt + c->reaped_children.majflt;
	w->acct.nvcsw += c->leader->acct.nvcsw + c->reaped_children.nvcsw;
	w->acct.nivcsw += c->leader->acct.nivcsw + c->reaped_children.nivcsw;
	w->acct.maxrss_pages = max(c->leader->acct.maxrss_pages, c->reaped_children.maxrss_pages);
}

static int why_ended(int code)
{
	return code & 0x7f ? code & 0x80 ? CLD_DUMPED : CLD_KILLED : CLD_EXITED;
}

/* True when c has something to report of the kind asked for; taken unless WNOWAIT. */
static bool consider(struct wait_args *w, struct process *c)
{
	bool keep = w->options & WNOWAIT;

	if (c->leader->state == TASK_ZOMBIE && !c->nr_threads) {
		int code = c->exit_code;

		if (!(w->options & WEXITED) || c->leader->ptrace.tracer)	/* its tracer comes first */
			return false;
		found(w, c, why_ended(code), code);
		if (!keep)
			release_task(c->leader);
		return true;
	}
	if (w->options & WUNTRACED && c->stopped && !c->stop_reported) {
		c->stop_reported = !keep;
		found(w, c, CLD_STOPPED, c->stop_code << 8 | 0x7f);
		return true;
	}
	if (w->options & WCONTINUED && c->cont_pending) {
		c->cont_pending = keep;
		found(w, c, CLD_CONTINUED, 0xffff);
		return true;
	}
	return false;
}

static bool eligible_tracee(const struct wait_args *w, const struct task *t)
{
	if (w->type == P_PID && t->pid != w->pid)
		return false;
	if (w->type == P_PGID && t->process->pgrp != w->pid)
		return false;
	return !(w->options & __WNOTHREAD) || t->ptrace.tracer == current;
}

/* Stops of tracees are reported whatever the options ask for: man 2 ptrace. */
static bool consider_tracee(struct wait_args *w, struct task *t)
{
	bool keep = w->options & WNOWAIT, leader = t == t->process->leader;

	if (ptrace_ended(t)) {
		int code = leader ? t->process->exit_code : t->exit_code;

		if (!(w->options & WEXITED))
			return false;
		if (leader)
			found(w, t->process, why_ended(code), code);
		else
			found_task(w, t, why_ended(code), code);
		if (!keep)
			ptrace_reap(t);
		return true;
	}
	if (t->ptrace.stopped && !t->ptrace.reported && !t->ptrace.listening) {
		t->ptrace.reported = !keep;
		found_task(w, t, CLD_TRAPPED, t->ptrace.code << 8 | 0x7f);
		return true;
	}
	if (w->options & WCONTINUED && leader && t->process->cont_pending) {
		t->process->cont_pending = keep;
		found_task(w, t, CLD_CONTINUED, 0xffff);
		return true;
	}
	return false;
}

/* 1: found; 0: there are children, but none has news; -ECHILD. */
static int look(struct wait_args *w)
{
	struct process *c;
	bool any = false;
	struct task *t;

	list_for_each_entry(c, &current->process->children, sibling) {
		const struct task *tracer = c->leader->ptrace.tracer;

		if (!eligible(w, c) || (tracer && tracer->process == current->process))	/* below */
			continue;
		any = true;
		if (consider(w, c))
			return 1;
	}
	list_for_each_entry(t, &current->process->tracees, ptrace.node) {
		if (!eligible_tracee(w, t))
			continue;
		any = true;
		if (consider_tracee(w, t))
			return 1;
	}
	return any ? 0 : why(-ECHILD, "there is no such child");
}

static int do_wait(struct wait_args *w)
{
	struct wait_queue *wq = &current->process->wait_child;
	int got = look(w), err;

	if (got || w->options & WNOHANG)
		return got;
	err = wait_event_interruptible(wq, (got = look(w)) != 0);
	return err ?: got;
}

static int put_rusage(uaddr_t ru, const struct rusage_acct *a)
{
	struct rusage r = { 0 };

	if (!ru)
		return 0;
	r.ru_utime.tv_sec = (long)(a->utime_ns / NSEC_PER_SEC);
	r.ru_utime.tv_usec = (long)(a->utime_ns % NSEC_PER_SEC / 1000);
	r.ru_stime.tv_sec = (long)(a->stime_ns / NSEC_PER_SEC);
	r.ru_stime.tv_usec = (long)(a->stime_ns % NSEC_PER_SEC / 1000);
	r.ru_minflt = (long)a->minflt;
	r.ru_majflt = (long)a->majflt;
	r.ru_nvcsw = (long)a->nvcsw;
	r.ru_nivcsw = (long)a->nivcsw;
	r.ru_inblock = (long)a->inblock;
	r.ru_oublock = (long)a->oublock;
	r.ru_maxrss = (long)(a->maxrss_pages * (PAGE_SIZE / 1024));
	return copy_to_user(ru, &r, sizeof(r));
}

long sys_wait4(int pid, uaddr_t ustatus, int options, uaddr_t ru)
{
	struct wait_args w = { .type = P_ALL, .options = options | WEXITED };
	int got;

	if (unknown_flags(options, WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL))
		return -EINVAL;
	if (pid == -INT_MAX - 1)
		return -ESRCH;
	if (pid > 0 || pid < -1) {
		w.type = pid > 0 ? P_PID : P_PGID;
		w.pid = pid_get(pid_find(pid > 0 ? pid : -pid));
	} else if (pid == 0) {
		w.type = P_PGID;
		w.pid = pid_get(current->process->pgrp);
	}
	got = w.type != P_ALL && !w.pid ? -ECHILD : do_wait(&w);
	pid_put(w.pid);
	if (got <= 0)
		return got;
	if (ustatus && copy_to_user(ustatus, &w.status, sizeof(int)))
		return -EFAULT;
	return put_rusage(ru, &w.acct) ? -EFAULT : w.nr;
}

/* si_status of waitid: an exit code or a signal, not wait4's word. */
static int short_status(const struct wait_args *w)
{
	switch (w->code) {
	case CLD_EXITED: return w->status >> 8 & 0xff;
	case CLD_STOPPED:
	case CLD_TRAPPED: return w->status >> 8;
	case CLD_CONTINUED: return SIGCONT;
	default: return w->status & 0x7f;
	}
}

static int find_target(struct wait_args *w, int type, int id)
{
	struct file *f;

	switch (type) {
	case P_ALL:
		return 0;
	case P_PID:
		if (id <= 0)
			return -EINVAL;
		w->pid = pid_get(pid_find(id));
		return 0;
	case P_PGID:
		if (id < 0)
			return -EINVAL;
		w->pid = pid_get(id ? pid_find(id) : current->process->pgrp);
		return 0;
	case P_PIDFD:
		if (id < 0)
			return -EINVAL;
		f = fget(id);
		if (!f)
			return -EBADF;
		w->pid = pid_get(pidfd_pid(f));
		if (f->flags & O_NONBLOCK)
			w->options |= WNOHANG;
		file_put(f);
		w->type = P_PID;
		return w->pid ? 0 : -EBADF;
	default:
		return -EINVAL;
	}
}

long sys_waitid(int type, int id, uaddr_t uinfo, int options, uaddr_t ru)
{
	struct wait_args w = { .type = type, .options = options };
	siginfo_t info;
	int got;

	if (unknown_flags(options, WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL))
		return -EINVAL;
	if (!(options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	got = find_target(&w, type, id);
	if (got)
		return got;
	got = w.type != P_ALL && !w.pid ? -ECHILD : do_wait(&w);
	pid_put(w.pid);
	if (!got && type == P_PIDFD && !(options & WNOHANG) && w.options & WNOHANG)
		got = -EAGAIN;
	if (got < 0)
		return got;
	memset(&info, 0, sizeof(info));
	if (got) {
		info.si_signo = SIGCHLD;
		info.si_code = w.code;
		info.si_pid = w.nr;
		info.si_uid = w.uid;
		info.si_status = short_status(&w);
		if (put_rusage(ru, &w.acct))
			return -EFAULT;
	}
	/* Linux fills these fields alone, and leaves the rest of the caller's struct as it was. */
	if (uinfo && copy_to_user(uinfo, &info, offsetof(siginfo_t, _sifields._sigchld._utime)))
		return -EFAULT;
	return 0;
}
