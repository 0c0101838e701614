// SPDX-License-Identifier: GPL-2.0
/* System calls about scheduling: policies, priorities, affinity. */
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <lib/string.h>
#include <asm/resource.h>
#include <linux/sched.h>
#include <linux/sched/types.h>

#define RT_PRIO_MAX	99
#define RR_SLICE_NS	(100 * NSEC_PER_MSEC)
#define FAIR_SLICE_NS	(4 * NSEC_PER_MSEC)

static bool is_rt(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

static bool is_fair(int policy)
{
	return policy == SCHED_NORMAL || policy == SCHED_BATCH || policy == SCHED_IDLE;
}

static struct task *find(int pid)
{
	return pid ? task_find(pid) : current;
}

static bool owns(const struct task *t)
{
	const struct cred *me = current->cred;

	return me->euid == t->cred->euid || me->euid == t->cred->uid;
}

/* --- setting --- */

struct sched_want { int policy, prio, nice; bool reset_on_fork; };

/* What one may do without CAP_SYS_NICE. */
static bool may_change(const struct task *t, const struct sched_want *w)
{
	u64 rtlim = task_rlimit(t, RLIMIT_RTPRIO);
	bool nicer = w->nice < t->nice, leaves_idle = t->policy == SCHED_IDLE && w->policy != SCHED_IDLE;

	if (!owns(t) || (t->reset_on_fork && !w->reset_on_fork))
		return false;
	if (is_fair(w->policy))
		return (!nicer && !leaves_idle) || (u64)(20 - w->nice) <= task_rlimit(t, RLIMIT_NICE);
	if (w->policy != t->policy && !rtlim)
		return false;
	return w->prio <= t->rt_priority || (u64)w->prio <= rtlim;
}

static long change(struct task *t, const struct sched_want *w)
{
	long err;

	if (!is_rt(w->policy) && !is_fair(w->policy))
		return -EINVAL;
	if (is_rt(w->policy) ? w->prio < 1 || w->prio > RT_PRIO_MAX : w->prio != 0)
		return -EINVAL;
	if (!may_change(t, w) && !capable(CAP_SYS_NICE))
		return -EPERM;
	err = task_set_scheduler(t, w->policy, w->prio, w->nice);
	if (!err)
		t->reset_on_fork = w->reset_on_fork;
	return err;
}

static long set_policy(int pid, int policy, uaddr_t uparam)
{
	struct sched_want w;
	struct task *t;
	int prio;

	if (!uparam || pid < 0)
		return -EINVAL;
	if (get_user(prio, uparam))
		return -EFAULT;
	t = find(pid);
	if (!t)
		return -ESRCH;
	w = (struct sched_want){ policy, prio, t->nice, t->reset_on_fork };
	if (policy < 0) {
		w.policy = t->policy;	/* sched_setparam */
	} else {
		w.reset_on_fork = policy & SCHED_RESET_ON_FORK;
		w.policy = policy & ~SCHED_RESET_ON_FORK;
	}
	return change(t, &w);
}

long sys_sched_setscheduler(int pid, int policy, uaddr_t uparam)
{
	return policy < 0 ? -EINVAL : set_policy(pid, policy, uparam);
}

long sys_sched_setparam(int pid, uaddr_t uparam)
{
	return set_policy(pid, -1, uparam);
}

/* --- asking --- */

long sys_sched_getscheduler(int pid)
{
	struct task *t;

	if (pid < 0)
		return -EINVAL;
	t = find(pid);
	return t ? t->policy | (t->reset_on_fork ? SCHED_RESET_ON_FORK : 0) : -ESRCH;
}

long sys_sched_getparam(int pid, uaddr_t uparam)
{
	struct task *t;

	if (!uparam || pid < 0)
		return -EINVAL;
	t = find(pid);
	if (!t)
		return -ESRCH;
	return put_user(is_rt(t->policy) ? t->rt_priority : 0, int, uparam);
}

long sys_sched_get_priority_max(int policy)
{
	return is_rt(policy) ? RT_PRIO_MAX : is_fair(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}

long sys_sched_get_priority_min(int policy)
{
	return is_rt(policy) ? 1 : is_fair(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}

long sys_sched_rr_get_interval(int pid, uaddr_t uts)
{
	struct task *t;

	if (pid < 0)
		return -EINVAL;
	t = find(pid);
	if (!t)
		return -ESRCH;
	return put_timespec(uts, t->policy == SCHED_RR ? RR_SLICE_NS : t->policy == SCHED_FIFO ? 0 : FAIR_SLICE_NS);
}

long sys_sched_yield(void)
{
	sched_yield_current();
	return 0;
}

/* --- sched_setattr: all of it in one extensible struct --- */

#define ATTR_SIZE_VER0	48
#define KNOWN_FLAGS	(SCHED_FLAG_RESET_ON_FORK | SCHED_FLAG_KEEP_POLICY | SCHED_FLAG_KEEP_PARAMS)

static int get_attr(uaddr_t uattr, struct sched_attr *a)
{
	u8 rest[64];
	u32 size;

	memset(a, 0, sizeof(*a));
	if (get_user(size, uattr))
		return -EFAULT;
	if (!size)
		size = ATTR_SIZE_VER0;
	if (size < ATTR_SIZE_VER0 || size > PAGE_SIZE)
		goto too_big;
	if (copy_from_user(a, uattr, min((size_t)size, sizeof(*a))))
		return -EFAULT;
	/* A newer program's fields are fine as long as they ask for nothing. */
	for (size_t off = sizeof(*a); off < size; off += sizeof(rest)) {
		size_t n = min(sizeof(rest), size - off);

		if (copy_from_user(rest, uattr + off, n))
			return -EFAULT;
		for (size_t i = 0; i < n; i++)
			if (rest[i])
				goto too_big;
	}
	a->sched_nice = clamp(a->sched_nice, -20, 19);
	return 0;
too_big:
	return put_user((u32)sizeof(*a), u32, uattr) ? -EFAULT : -E2BIG;
}

long sys_sched_setattr(int pid, uaddr_t uattr, unsigned flags)
{
	struct sched_want w;
	struct sched_attr a;
	struct task *t;
	int err;

	if (!uattr || pid < 0 || flags)
		return -EINVAL;
	err = get_attr(uattr, &a);
	if (err)
		return err;
	if ((int)a.sched_policy < 0 || (a.sched_flags & ~(u64)KNOWN_FLAGS))
		return -EINVAL;
	t = find(pid);
	if (!t)
		return -ESRCH;
	w = (struct sched_want){ (int)a.sched_policy, (int)a.sched_priority, a.sched_nice,
				 a.sched_flags & SCHED_FLAG_RESET_ON_FORK };
	if (a.sched_flags & SCHED_FLAG_KEEP_POLICY)
		w.policy = t->policy;
	if (a.sched_flags & SCHED_FLAG_KEEP_PARAMS) {
		w.prio = t->rt_priority;
		w.nice = t->nice;
	}
	if (is_rt(w.policy))
		w.nice = t->nice;
	return change(t, &w);
}

long sys_sched_getattr(int pid, uaddr_t uattr, unsigned size, unsigned flags)
{
	struct sched_attr a = { 0 };
	struct task *t;

	if (!uattr || pid < 0 || size > PAGE_SIZE || size < ATTR_SIZE_VER0 || flags)
		return -EINVAL;
	t = find(pid);
	if (!t)
		return -ESRCH;
	a.size = min((unsigned)sizeof(a), size);
	a.sched_policy = t->policy;
	a.sched_flags = t->reset_on_fork ? SCHED_FLAG_RESET_ON_FORK : 0;
	if (is_rt(t->policy))
		a.sched_priority = t->rt_priority;
	else
		a.sched_nice = t->nice;
	return copy_to_user(uattr, &a, a.size);
}

/* --- affinity --- */

__weak unsigned long cpu_online_mask(void)
{
	return 1;
}

long sys_sched_setaffinity(int pid, unsigned len, uaddr_t umask)
{
	unsigned long mask = 0;
	struct task *t;

	if (copy_from_user(&mask, umask, min((size_t)len, sizeof(mask))))
		return -EFAULT;
	t = find(pid);
	if (!t)
		return -ESRCH;
	if (!owns(t) && !capable(CAP_SYS_NICE))
		return -EPERM;
	if (!(mask & cpu_online_mask()))
		return -EINVAL;
	t->cpus_allowed = mask;
	return 0;
}

long sys_sched_getaffinity(int pid, unsigned len, uaddr_t umask)
{
	unsigned long mask;
	struct task *t;

	if (len < sizeof(mask) || len % sizeof(mask))
		return -EINVAL;
	t = find(pid);
	if (!t)
		return -ESRCH;
	mask = t->cpus_allowed & cpu_online_mask();
	return copy_to_user(umask, &mask, sizeof(mask)) ? -EFAULT : (long)sizeof(mask);
}
