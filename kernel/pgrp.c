// SPDX-License-Identifier: GPL-2.0
/* Process groups and sessions: the rules of POSIX job control. */
#include <kernel/sched.h>
#include <kernel/syscall.h>

/* The process that setpgid(2) may move: the caller, or a child that has not yet executed a program. */
static int find_movable(int pid, struct process **out)
{
	struct process *me = current->process, *p = pid == me->tgid->nr ? me : process_find(pid);

	if (!p)
		return task_find(pid) ? -EINVAL : -ESRCH;
	if (p->parent == me && p != me) {
		if (p->session != me->session)
			return -EPERM;
		if (p->did_exec)
			return -EACCES;
	} else if (p != me) {
		return -ESRCH;
	}
	*out = p;
	return p->session_leader ? -EPERM : 0;
}

/* The group must be the process's own, to be made, or one of the same session. */
static int find_group(struct process *p, int pgid, struct pid **out)
{
	struct task *member;

	if (pgid == p->tgid->nr) {
		*out = p->tgid;
		return 0;
	}
	*out = pid_find(pgid);
	member = *out ? pid_task(*out, PIDTYPE_PGID) : NULL;
	return member && member->process->session == current->process->session ? 0 : -EPERM;
}

long sys_setpgid(int pid, int pgid)
{
	struct process *p;
	struct pid *group;
	int err;

	if (!pid)
		pid = task_tgid_nr(current);
	if (!pgid)
		pgid = pid;
	if (pgid < 0)
		return -EINVAL;
	err = find_movable(pid, &p);
	if (!err)
		err = find_group(p, pgid, &group);
	if (err)
		return err;
	if (p->pgrp != group)
		process_set_pgrp(p, group);
	return 0;
}

static struct process *process_of(int pid)
{
	struct task *t = pid ? task_find(pid) : current;

	return t ? t->process : NULL;
}

long sys_getpgid(int pid)
{
	struct process *p = process_of(pid);

	if (!p)
		return -ESRCH;
	return p->pgrp ? p->pgrp->nr : 0;
}

long sys_getpgrp(void)
{
	return sys_getpgid(0);
}

long sys_getsid(int pid)
{
	struct process *p = process_of(pid);

	if (!p)
		return -ESRCH;
	return p->session ? p->session->nr : 0;
}

long sys_setsid(void)
{
	struct process *p = current->process;

	/* Were there a group of our number already, the new session's group would hold members of another one. */
	if (p->session_leader || pid_task(p->tgid, PIDTYPE_PGID))
		return -EPERM;
	process_set_session(p, p->tgid);
	process_set_pgrp(p, p->tgid);
	p->session_leader = true;
	p->tty = NULL;
	return p->tgid->nr;
}
