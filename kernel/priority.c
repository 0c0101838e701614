// SPDX-License-Identifier: GPL-2.0
/* Nice values and I/O priorities, of one process, a group or all of a user. */
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <linux/ioprio.h>
#include <linux/resource.h>

/* Calls fn for each task that (which, who) names, in getpriority's numbering. False: none. */
static bool for_selected(int which, int who, void (*fn)(struct task *t, void *arg), void *arg)
{
	bool any = false;
	struct pid *pgrp;
	struct task *t, *i;
	uid_t uid;

	switch (which) {
	case PRIO_PROCESS:
		t = who ? task_find(who) : current;
		if (t)
			fn(t, arg);
		return t != NULL;
	case PRIO_PGRP:
		pgrp = who ? pid_find(who) : current->process->pgrp;
		if (!pgrp)
			return false;
		pid_for_each_task(t, pgrp, PIDTYPE_PGID) {
			for_each_thread(t->process, i)
				fn(i, arg);
			any = true;
		}
		return any;
	case PRIO_USER:
		uid = who ? (uid_t)who : current->cred->uid;
		for_each_task(t) {
			if (t->cred->uid != uid || is_kthread(t))
				continue;
			fn(t, arg);
			any = true;
		}
		return any;
	}
	return false;
}

static void highest_nice(struct task *t, void *arg)
{
	long *best = arg, mine = 20 - t->nice;

	*best = max(*best, mine);
}

/* The ABI returns 20 - nice, so that no success looks like an error. */
long sys_getpriority(int which, int who)
{
	long best = -ESRCH;

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	for_selected(which, who, highest_nice, &best);
	return best;
}

struct nice_request { int nice; int err; };

static bool may_set(const struct task *t)
{
	const struct cred *me = current->cred, *it = t->cred;

	return it->uid == me->euid || it->euid == me->euid || capable(CAP_SYS_NICE);
}

static bool may_nice(const struct task *t, int nice)
{
	return (u64)(20 - nice) <= task_rlimit(t, RLIMIT_NICE) || capable(CAP_SYS_NICE);
}

static void set_one_nice(struct task *t, void *arg)
{
	struct nice_request *rq = arg;
	int err = 0;

	if (!may_set(t))
		err = -EPERM;
	else if (rq->nice < t->nice && !may_nice(t, rq->nice))
		err = -EACCES;
	else
		task_set_nice(t, rq->nice);
	if (err || rq->err == -ESRCH)
		rq->err = err;
}

long sys_setpriority(int which, int who, int nice)
{
	struct nice_request rq = { .nice = clamp(nice, -20, 19), .err = -ESRCH };

	if (which < PRIO_PROCESS || which > PRIO_USER)
		return -EINVAL;
	for_selected(which, who, set_one_nice, &rq);
	return rq.err;
}

/* --- I/O priorities: kept and inherited; our disks serve all alike --- */

static int check_ioprio(int ioprio)
{
	int data = ioprio & IOPRIO_PRIO_MASK;

	switch (ioprio >> IOPRIO_CLASS_SHIFT) {
	case IOPRIO_CLASS_RT:
		if (!capable(CAP_SYS_ADMIN) && !capable(CAP_SYS_NICE))
			return -EPERM;
		fallthrough;
	case IOPRIO_CLASS_BE:
		return data < 8 ? 0 : -EINVAL;
	case IOPRIO_CLASS_IDLE:
		return 0;
	case IOPRIO_CLASS_NONE:
		return data ? -EINVAL : 0;
	}
	return -EINVAL;
}

struct ioprio_request { int ioprio, err; };

static void set_one_ioprio(struct task *t, void *arg)
{
	struct ioprio_request *rq = arg;
	const struct cred *me = current->cred, *it = t->cred;

	if (it->uid != me->euid && it->uid != me->uid && !capable(CAP_SYS_NICE)) {
		rq->err = -EPERM;
		return;
	}
	t->ioprio = (u16)rq->ioprio;
	if (rq->err == -ESRCH)
		rq->err = 0;
}

static int ioprio_which(int which)
{
	return which - IOPRIO_WHO_PROCESS + PRIO_PROCESS;
}

long sys_ioprio_set(int which, int who, int ioprio)
{
	struct ioprio_request rq = { ioprio, -ESRCH };
	int err = check_ioprio(ioprio);

	if (err)
		return err;
	if (which < IOPRIO_WHO_PROCESS || which > IOPRIO_WHO_USER)
		return -EINVAL;
	for_selected(ioprio_which(which), who, set_one_ioprio, &rq);
	return rq.err;
}

/* Of several the most urgent; 0 means none was set. */
static void best_ioprio(struct task *t, void *arg)
{
	long *best = arg, mine = t->ioprio;

	if (*best <= 0 || (mine && mine < *best))
		*best = mine;
}

long sys_ioprio_get(int which, int who)
{
	long best = -ESRCH;

	if (which < IOPRIO_WHO_PROCESS || which > IOPRIO_WHO_USER)
		return -EINVAL;
	for_selected(ioprio_which(which), who, best_ioprio, &best);
	return best;
}
