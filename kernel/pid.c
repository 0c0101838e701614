/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers of tasks, and from a number to its task. A struct pid is freed when no task uses it and nobody counts it. */
#include <kernel/bug.h>
#include <kernel/sched.h>
#include <kernel/sched_internal.h>
#include <lib/idr.h>
#include <mm/slab.h>

int pid_max = 32768;
static struct idr pids = IDR_INIT;
static struct kmem_cache *pid_cache;

struct pid *pid_alloc(int want)
{
	struct pid *pid;
	int nr;

	if (!pid_cache)
		pid_cache = kmem_cache_create("pid", sizeof(struct pid), NULL);
	pid = kmem_cache_alloc(pid_cache, GFP_ZERO);
	if (!pid)
		return ERR_PTR(-ENOMEM);
	if (want)
		nr = idr_find(&pids, want) ? -EEXIST : idr_alloc(&pids, pid, want, want);
	else
		nr = idr_alloc_cyclic(&pids, pid, 1, pid_max - 1);
	if (nr < 0) {
		kmem_cache_free(pid_cache, pid);
		return ERR_PTR(nr == -ENOSPC ? -EAGAIN : nr);
	}
	pid->nr = nr;
	pid->refs = 1;
	for (int i = 0; i < PIDTYPE_MAX; i++)
		list_init(&pid->tasks[i]);
	wait_queue_init(&pid->wait_pidfd);
	return pid;
}

struct pid *pid_find(int nr)
{
	return idr_find(&pids, nr);
}

struct pid *pid_get(struct pid *pid)
{
	if (pid)
		pid->refs++;
	return pid;
}

/* The number is free again once no task has it: whoever still counts keeps only the struct (a pidfd). */
static void free_number(struct pid *pid)
{
	for (int i = 0; i < PIDTYPE_MAX; i++)
		if (!list_empty(&pid->tasks[i]))
			return;
	if (idr_find(&pids, pid->nr) == pid)
		idr_remove(&pids, pid->nr);
}

void pid_put(struct pid *pid)
{
	if (!pid || --pid->refs)
		return;
	free_number(pid);
	kmem_cache_free(pid_cache, pid);
}

void pid_attach(struct task *t, enum pid_type type, struct pid *pid)
{
	list_add_tail(&t->pid_node[type], &pid_get(pid)->tasks[type]);
}

void pid_detach(struct task *t, enum pid_type type)
{
	struct pid *pid = type == PIDTYPE_PID ? t->pid : type == PIDTYPE_TGID ? t->process->tgid :
			  type == PIDTYPE_PGID ? t->process->pgrp : t->process->session;

	list_del(&t->pid_node[type]);
	free_number(pid);
	pid_put(pid);
}

struct task *pid_task(struct pid *pid, enum pid_type type)
{
	if (!pid || list_empty(&pid->tasks[type]))
		return NULL;
	return container_of(pid->tasks[type].next - type, struct task, pid_node[0]);
}

struct task *task_find(int nr)
{
	struct pid *pid = pid_find(nr);

	return pid && !list_empty(&pid->tasks[PIDTYPE_PID]) ? list_first(&pid->tasks[PIDTYPE_PID], struct task, pid_node[PIDTYPE_PID]) : NULL;
}

struct process *process_find(int tgid)
{
	struct pid *pid = pid_find(tgid);

	return pid && !list_empty(&pid->tasks[PIDTYPE_TGID]) ?
		list_first(&pid->tasks[PIDTYPE_TGID], struct task, pid_node[PIDTYPE_TGID])->process : NULL;
}

void process_set_pgrp(struct process *p, struct pid *pgrp)
{
	if (p->pgrp == pgrp)
		return;
	pid_get(pgrp);
	pid_detach(p->leader, PIDTYPE_PGID);
	p->pgrp = pgrp;
	pid_attach(p->leader, PIDTYPE_PGID, pgrp);
	pid_put(pgrp);
}

void process_set_session(struct process *p, struct pid *session)
{
	if (p->session == session)
		return;
	pid_get(session);
	pid_detach(p->leader, PIDTYPE_SID);
	p->session = session;
	pid_attach(p->leader, PIDTYPE_SID, session);
	pid_put(session);
}

/* No member has a parent outside the group but in the same session: nobody could continue it. */
bool pgrp_is_orphaned(struct pid *pgrp, struct process *ignore)
{
	struct task *t;

	pid_for_each_task(t, pgrp, PIDTYPE_PGID) {
		struct process *p = t->process;

		if (p == ignore || t->state == TASK_ZOMBIE || !p->parent || p->parent == init_process)
			continue;
		if (p->parent->pgrp != pgrp && p->parent->session == p->session)
			return false;
	}
	return true;
}
