// SPDX-License-Identifier: GPL-2.0
/* Resource limits, and what was used: getrlimit, prlimit64, getrusage. */
#include <kernel/cred.h>
#include <kernel/posix_timers.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <linux/resource.h>

#define NR_OPEN		1048576

_Static_assert(sizeof(struct krlimit) == sizeof(struct rlimit64), "ABI of prlimit64");

static int check_limit(const struct process *p, unsigned which, const struct krlimit *new_)
{
	const struct krlimit *old = &p->rlim[which];

	if (new_->cur > new_->max)
		return why(-EINVAL, "the soft limit is above the hard one");
	if (which == RLIMIT_NOFILE && new_->max > NR_OPEN)
		return why(-EPERM, "%d descriptors are the most", NR_OPEN);
	if (new_->max > old->max && !capable(CAP_SYS_RESOURCE))
		return -EPERM;
	return 0;
}

static int do_prlimit(struct process *p, unsigned which, const struct krlimit *new_, struct krlimit *old)
{
	int err;

	if (which >= RLIM_NLIMITS)
		return -EINVAL;
	err = new_ ? check_limit(p, which, new_) : 0;
	if (err)
		return err;
	if (old)
		*old = p->rlim[which];
	if (!new_)
		return 0;
	p->rlim[which] = *new_;
	if (which == RLIMIT_CPU && new_->cur == 0)
		p->rlim[which].cur = 1;		/* zero seconds would have passed before they were set */
	if (which == RLIMIT_CPU && p == current->process)
		timers_resume(current);
	return 0;
}

static bool may_prlimit(const struct task *t)
{
	const struct cred *me = current->cred, *it = t->cred;

	if (t->process == current->process)
		return true;
	if (me->uid == it->euid && me->uid == it->suid && me->uid == it->uid &&
	    me->gid == it->egid && me->gid == it->sgid && me->gid == it->gid)
		return true;
	return capable(CAP_SYS_RESOURCE);
}

long sys_prlimit64(int pid, unsigned which, uaddr_t unew, uaddr_t uold)
{
	struct krlimit new_, old;
	struct task *t;
	int err;

	if (unew && get_user(new_, unew))
		return -EFAULT;
	t = pid ? task_find(pid) : current;
	if (!t)
		return -ESRCH;
	if (!may_prlimit(t))
		return -EPERM;
	err = do_prlimit(t->process, which, unew ? &new_ : NULL, &old);
	if (err)
		return err;
	return uold ? copy_to_user(uold, &old, sizeof(old)) : 0;
}

long sys_getrlimit(unsigned which, uaddr_t urlim)
{
	struct krlimit old;
	int err = do_prlimit(current->process, which, NULL, &old);

	return err ? err : copy_to_user(urlim, &old, sizeof(old));
}

long sys_setrlimit(unsigned which, uaddr_t urlim)
{
	struct krlimit new_;

	if (get_user(new_, urlim))
		return -EFAULT;
	return do_prlimit(current->process, which, &new_, NULL);
}

/* --- getrusage --- */

static void add_usage(struct rusage_acct *sum, const struct rusage_acct *a)
{
	sum->utime_ns += a->utime_ns;
	sum->stime_ns += a->stime_ns;
	sum->minflt += a->minflt;
	sum->majflt += a->majflt;
	sum->nvcsw += a->nvcsw;
	sum->nivcsw += a->nivcsw;
	sum->inblock += a->inblock;
	sum->oublock += a->oublock;
	sum->maxrss_pages = max(sum->maxrss_pages, a->maxrss_pages);
}

static void process_usage(struct process *p, struct rusage_acct *sum)
{
	struct task *t;

	*sum = p->dead_threads;
	for_each_thread(p, t)
		add_usage(sum, &t->acct);
	process_times(p, &sum->utime_ns, &sum->stime_ns);
}

static void own_maxrss(struct rusage_acct *a)
{
	if (current->mm)
		a->maxrss_pages = max(a->maxrss_pages, max((u64)current->mm->hiwater_rss, (u64)mm_rss(current->mm)));
}

static struct __kernel_old_timeval to_timeval(u64 ns)
{
	return (struct __kernel_old_timeval){ (long)(ns / NSEC_PER_SEC), (long)(ns % NSEC_PER_SEC / 1000) };
}

void rusage_to_user(const struct rusage_acct *a, struct rusage *ru)
{
	memset(ru, 0, sizeof(*ru));
	ru->ru_utime = to_timeval(a->utime_ns);
	ru->ru_stime = to_timeval(a->stime_ns);
	ru->ru_maxrss = (long)(a->maxrss_pages * (PAGE_SIZE / 1024));
	ru->ru_minflt = (long)a->minflt;
	ru->ru_majflt = (long)a->majflt;
	ru->ru_inblock = (long)a->inblock;
	ru->ru_oublock = (long)a->oublock;
	ru->ru_nvcsw = (long)a->nvcsw;
	ru->ru_nivcsw = (long)a->nivcsw;
}

long sys_getrusage(int who, uaddr_t uru)
{
	struct rusage_acct sum;
	struct rusage ru;

	switch (who) {
	case RUSAGE_SELF:
		process_usage(current->process, &sum);
		own_maxrss(&sum);
		break;
	case RUSAGE_CHILDREN:
		sum = current->process->reaped_children;
		break;
	case RUSAGE_THREAD:
		sum = current->acct;
		own_maxrss(&sum);
		break;
	default:
		return -EINVAL;
	}
	rusage_to_user(&sum, &ru);
	return copy_to_user(uru, &ru, sizeof(ru));
}
