/* SPDX-License-Identifier: GPL-2.0 */
/* How tasks end: giving everything back, telling the parent, handing children on. */
#include <drivers/tty.h>
#include <fs/file.h>
#include <fs/namei.h>
#include <kernel/bug.h>
#include <kernel/cred.h>
#include <kernel/futex.h>
#include <kernel/ns.h>
#include <kernel/posix_timers.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/sched_internal.h>
#include <kernel/syscall.h>
#include <kernel/trace.h>
#include <mm/mm.h>
#include "ptrace_internal.h"
#include "signal_internal.h"

static void add_acct(struct rusage_acct *to, const struct rusage_acct *from)
{
	to->utime_ns += from->utime_ns;
	to->stime_ns += from->stime_ns;
	to->minflt += from->minflt;
	to->majflt += from->majflt;
	to->nvcsw += from->nvcsw;
	to->nivcsw += from->nivcsw;
	to->inblock += from->inblock;
	to->oublock += from->oublock;
	to->rchar += from->rchar;
	to->wchar += from->wchar;
	to->syscr += from->syscr;
	to->syscw += from->syscw;
	to->maxrss_pages = max(to->maxrss_pages, from->maxrss_pages);
}

/* Out of all tables; the struct stays until its last count goes. */
void release_task(struct task *t)
{
	struct process *p = t->process;
	bool leader = t == p->leader;

	ptrace_unlink(t);
	if (leader) {
		struct process *parent = p->parent;
		struct task *i, *tmp;

		list_for_each_entry_safe(i, tmp, &p->threads, thread_node)
			if (i != t)		/* ended, but its tracer has not looked */
				release_task(i);

		if (parent) {
			add_acct(&parent->reaped_children, &p->dead_threads);
			add_acct(&parent->reaped_children, &p->reaped_children);
			add_acct(&parent->reaped_children, &t->acct);
		}
		list_del(&p->sibling);
		pid_detach(t, PIDTYPE_TGID);
		pid_detach(t, PIDTYPE_PGID);
		pid_detach(t, PIDTYPE_SID);
		flush_sigqueue(&p->shared_pending);
	} else {
		add_acct(&p->dead_threads, &t->acct);
	}
	pid_detach(t, PIDTYPE_PID);
	list_del(&t->thread_node);
	list_del(&t->all_node);
	nr_tasks--;
	flush_sigqueue(&t->pending);
	sighand_put(t->sighand);
	t->sighand = NULL;
	task_put(t);
}

/* Leaves the address space: by exit or exec. */
void exit_mm(struct task *t)
{
	struct mm *mm = t->mm;

	if (!mm)
		return;
	futex_exit(t);
	t->acct.maxrss_pages = max(t->acct.maxrss_pages, (u64)mm->hiwater_rss);
	thread_leave_mm(t);
	t->mm = NULL;
	if (t->vfork_done) {
		complete(t->vfork_done);
		t->vfork_done = NULL;
	}
	mm_users_put(mm);
}

/* The process that takes orphans: the nearest ancestor that asked for it, or init. */
static struct process *find_reaper(struct process *p)
{
	struct process *r;

	for (r = p->parent; r && r != init_process; r = r->parent)
		if (r->child_subreaper && !r->group_exit && r->nr_threads)
			return r;
	return init_process;
}

static bool is_zombie(const struct process *p)
{
	return p->leader->state == TASK_ZOMBIE && !p->nr_threads;
}

/* A process group that loses its last tie to its session is continued and hung up, if it is stopped (POSIX). */
static void check_orphaned_group(struct process *p, struct process *ignore)
{
	struct pid *pgrp = p->pgrp;
	struct task *t;
	bool stopped = false;

	if (!pgrp->nr || !pgrp_is_orphaned(pgrp, ignore))
		return;
	pid_for_each_task(t, pgrp, PIDTYPE_PGID)
		stopped |= t->process->stopped;
	if (!stopped)
		return;
	kill_pgrp(pgrp, SIGHUP, NULL);
	kill_pgrp(pgrp, SIGCONT, NULL);
}

/* The children of a thread that ends are its process' first thread's from then on; those that asked to know of it are told. */
static void leave_children(struct process *p, int tid, bool ended)
{
	struct process *c;

	list_for_each_entry(c, &p->children, sibling) {
		if (c->parent_tid != tid)
			continue;
		c->parent_tid = p->tgid->nr;
		if (ended && c->leader->pdeath_signal)
			send_signal_process(c->leader->pdeath_signal, NULL, c);
	}
}

static void hand_on_children(struct process *p)
{
	struct process *reaper, *c, *tmp;

	if (list_empty(&p->children))
		return;
	reaper = find_reaper(p);
	list_for_each_entry_safe(c, tmp, &p->children, sibling) {
		int sig = c->leader->pdeath_signal;

		c->parent = reaper;
		list_del(&c->sibling);
		list_init(&c->sibling);
		if (reaper) {		/* none when the kernel goes down */
			c->parent_tid = reaper->tgid->nr;
			list_add_tail(&c->sibling, &reaper->children);
		}
		if (sig)
			send_signal_process(sig, NULL, c);
		c->exit_signal = c->exit_signal ? SIGCHLD : 0;
		if (is_zombie(c)) {
			if (!c->leader->ptrace.tracer)
				process_zombie(c);
		} else if (c->session == p->session && c->pgrp != p->pgrp) {
			check_orphaned_group(c, p);
		}
	}
}

/* The last thread is gone: the process is a zombie now, or vanishes if nobody wants to know. */
static void process_ended(struct process *p)
{
	posix_timers_exit(p);
	if (p->session_leader)
		disassociate_ctty(true);
	p->tty = NULL;
	hand_on_children(p);
	if (p->parent && p->parent->session == p->session && p->parent->pgrp != p->pgrp)
		check_orphaned_group(p, p);
	wake_up_all(&p->tgid->wait_pidfd);
	p->leader->state = TASK_ZOMBIE;
	p->exit_code = p->group_exit ? p->group_exit_code : p->leader->exit_code;
	if (!p->leader->ptrace.tracer)
		process_zombie(p);
	else if (ptrace_ended(p->leader))
		ptrace_notify_exit(p->leader);		/* the tracer first; what comes after its wait */
}

void process_zombie(struct process *p)
{
	do_notify_parent(p, CLD_EXITED);
	if (!p->parent || parent_ignores_child(p))
		release_task(p->leader);
}

void do_exit(int code)
{
	struct task *t = current;
	struct process *p = t->process;
	bool last;

	BUG_ON(t->flags & PF_EXITING && t->state == TASK_ZOMBIE);
	if (IS_ENABLED(CONFIG_DEBUG_SLEEP))
		lock_check_none();
	if (p == init_process && p->nr_threads == 1)
		panic("Attempted to kill init! exitcode=0x%08x", p->group_exit ? p->group_exit_code : code);
	ptrace_event(PTRACE_EVENT_EXIT, (unsigned long)code);
	if (unlikely(t->trace))
		trace_end(code);
	exit_signals(t);
	t->exit_code = code;
	exit_mm(t);
	if (t->files)
		exit_files(t);
	if (t->fs)
		exit_fs(t);
	t->ns->refs--;
	ptrace_tracer_exits(t);
	sched_account();
	last = --p->nr_threads == 0;
	if (p->nr_threads == 1)
		wake_up_all(&p->wait_child);	/* an exec may wait to be alone */
	task_get(t);			/* dropped by the scheduler once we are off this stack */
	t->dead = true;
	t->state = t == p->leader || t->ptrace.tracer ? TASK_ZOMBIE : TASK_DEAD;
	if (!last)
		leave_children(p, t->pid->nr, true);
	if (t != p->leader && t->ptrace.tracer)
		ptrace_notify_exit(t);
	else if (t != p->leader)
		release_task(t);
	if (last)
		process_ended(p);
	schedule();
	BUG();
}

/* A SIGKILL for one thread alone: the process goes on, or ends by somebody else's exit code. */
static void kill_thread(struct task *t)
{
	t->pending.set |= sigbit(SIGKILL);
	signal_wake_up(t, true);
}

void do_group_exit(int code)
{
	struct process *p = current->process;
	struct task *t;

	if (!p->group_exit) {
		p->group_exit = true;
		p->group_exit_code = code;
		for_each_thread(p, t)
			if (t != current && t->state != TASK_ZOMBIE)
				kill_thread(t);
	}
	do_exit(p->group_exit_code);
}

/* current takes over the number and the place of its leader, a zombie by now. */
static void become_leader(struct process *p, struct task *t)
{
	struct task *old = p->leader;

	pid_attach(t, PIDTYPE_TGID, p->tgid);
	pid_attach(t, PIDTYPE_PGID, p->pgrp);
	pid_attach(t, PIDTYPE_SID, p->session);
	for (int type = PIDTYPE_PID; type < PIDTYPE_MAX; type++)
		pid_detach(old, type);
	leave_children(p, t->pid->nr, false);
	pid_detach(t, PIDTYPE_PID);
	swap(t->pid, old->pid);
	pid_attach(t, PIDTYPE_PID, t->pid);
	pid_attach(old, PIDTYPE_PID, old->pid);
	p->leader = t;
	list_move(&t->thread_node, &p->threads);
	release_task(old);
}

/* For exec: ends all threads but current, which becomes the leader. 0, or -EINTR when current is to die itself. */
int kill_other_threads(void)
{
	struct process *p = current->process;
	struct task *t;

	if (p->nr_threads == 1 && p->leader == current)
		return 0;
	if (p->group_exit || p->exec_task)	/* another one's exec ends us */
		return -EINTR;
	p->exec_task = current;
	for_each_thread(p, t)
		if (t != current && t->state != TASK_ZOMBIE)
			kill_thread(t);
	wait_event(&p->wait_child, p->nr_threads == 1);
	p->exec_task = NULL;
	if (p->leader != current)
		become_leader(p, current);
	return p->group_exit ? -EINTR : 0;
}

long sys_exit(int code)
{
	do_exit((code & 0xff) << 8);
}

long sys_exit_group(int code)
{
	do_group_exit((code & 0xff) << 8);
}
