// SPDX-License-Identifier: GPL-2.0
/* prctl(2): what a process sets about itself. */
#include <kernel/cred.h>
#include <kernel/prctl.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <kernel/trace.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <linux/prctl.h>

#define SLACK_DEFAULT_NS	50000

static long set_name(uaddr_t uname)
{
	char name[TASK_COMM_LEN];
	ssize_t len = strncpy_from_user(name, uname, sizeof(name));

	if (len == -EFAULT)
		return -EFAULT;
	name[TASK_COMM_LEN - 1] = '\0';
	set_task_comm(current, name);
	trace_rename(current);
	return 0;
}

static long get_name(uaddr_t uname)
{
	char name[TASK_COMM_LEN] = "";

	strscpy(name, current->comm, sizeof(name));
	return copy_to_user(uname, name, sizeof(name));
}

static long set_dumpable(u64 v)
{
	if (v > 1)
		return -EINVAL;		/* 2 is set by the kernel only */
	current->mm->dumpable = (int)v;
	return 0;
}

/* The fields of mm that tools like criu and setproctitle move. */
static uaddr_t *mm_field(struct mm *mm, u64 what)
{
	switch (what) {
	case PR_SET_MM_START_CODE:	return &mm->start_code;
	case PR_SET_MM_END_CODE:	return &mm->end_code;
	case PR_SET_MM_START_DATA:	return &mm->start_data;
	case PR_SET_MM_END_DATA:	return &mm->end_data;
	case PR_SET_MM_START_STACK:	return &mm->start_stack;
	case PR_SET_MM_START_BRK:	return &mm->start_brk;
	case PR_SET_MM_BRK:		return &mm->brk;
	case PR_SET_MM_ARG_START:	return &mm->arg_start;
	case PR_SET_MM_ARG_END:		return &mm->arg_end;
	case PR_SET_MM_ENV_START:	return &mm->env_start;
	case PR_SET_MM_ENV_END:		return &mm->env_end;
	}
	return NULL;
}

long prctl_set_mm(u64 what, u64 addr, u64 a4, u64 a5)
{
	struct mm *mm = current->mm;
	uaddr_t *field;
	long err = 0;

	if (a5 || (a4 && what != PR_SET_MM_AUXV && what != PR_SET_MM_MAP && what != PR_SET_MM_MAP_SIZE))
		return -EINVAL;
	if (!capable(CAP_SYS_RESOURCE))
		return -EPERM;
	field = mm_field(mm, what);
	if (!field || addr >= TASK_SIZE || addr < PAGE_SIZE)
		return -EINVAL;
	down_write(&mm->lock);
	if ((what == PR_SET_MM_START_BRK && addr > mm->brk) || (what == PR_SET_MM_BRK && addr < mm->start_brk) ||
	    (what != PR_SET_MM_START_BRK && what != PR_SET_MM_BRK && !vma_at(mm, addr)))
		err = -EINVAL;
	if (!err)
		*field = addr;
	up_write(&mm->lock);
	return err;
}

static long set_slack(u64 ns)
{
	current->timer_slack_ns = (long)ns <= 0 ? SLACK_DEFAULT_NS : ns;
	return 0;
}

static long set_child_subreaper(u64 on)
{
	current->process->child_subreaper = on != 0;
	return 0;
}

static long set_pdeath(u64 sig)
{
	if (sig > NSIG_)
		return -EINVAL;
	current->pdeath_signal = (int)sig;
	return 0;
}

static long set_no_new_privs(u64 v, u64 a3, u64 a4, u64 a5)
{
	if (v != 1 || a3 || a4 || a5)
		return -EINVAL;
	current->no_new_privs = true;
	return 0;
}

/* The time stamp counter cannot be taken from a guest by its kernel: it runs on the host's CPU. */
static long set_tsc(u64 v)
{
	return v == PR_TSC_ENABLE ? 0 : -EINVAL;
}

long sys_prctl(int option, unsigned long a2, unsigned long a3, unsigned long a4, unsigned long a5)
{
	long ret;

	if (prctl_capabilities(option, a2, a3, a4, a5, &ret))
		return ret;
	switch (option) {
	case PR_SET_NAME:
		return set_name(a2);
	case PR_GET_NAME:
		return get_name(a2);
	case PR_SET_PDEATHSIG:
		return set_pdeath(a2);
	case PR_GET_PDEATHSIG:
		return put_user(current->pdeath_signal, int, a2);
	case PR_GET_DUMPABLE:
		return current->mm->dumpable;
	case PR_SET_DUMPABLE:
		return set_dumpable(a2);
	case PR_SET_NO_NEW_PRIVS:
		return set_no_new_privs(a2, a3, a4, a5);
	case PR_GET_NO_NEW_PRIVS:
		return a2 || a3 || a4 || a5 ? -EINVAL : current->no_new_privs;
	case PR_SET_CHILD_SUBREAPER:
		return set_child_subreaper(a2);
	case PR_GET_CHILD_SUBREAPER:
		return put_user(current->process->child_subreaper, int, a2);
	case PR_SET_TIMERSLACK:
		return set_slack(a2);
	case PR_GET_TIMERSLACK:
		return (long)min(current->timer_slack_ns, (u64)LONG_MAX);
	case PR_GET_TIMING:
		return PR_TIMING_STATISTICAL;
	case PR_SET_TIMING:
		return a2 == PR_TIMING_STATISTICAL ? 0 : -EINVAL;
	case PR_GET_TSC:
		return put_user(PR_TSC_ENABLE, int, a2);
	case PR_SET_TSC:
		return set_tsc(a2);
	case PR_GET_SECCOMP:
		return 0;
	case PR_GET_TID_ADDRESS:
		return put_user(current->clear_child_tid, u64, a2);
	case PR_SET_MM:
		return prctl_set_mm(a2, a3, a4, a5);
	case PR_GET_THP_DISABLE:
		return a2 || a3 || a4 || a5 ? -EINVAL : current->mm->thp_disable;
	case PR_SET_THP_DISABLE:
		if (a3 || a4 || a5)
			return -EINVAL;
		current->mm->thp_disable = a2 != 0;
		return 0;
	case PR_MCE_KILL_GET:
		return a2 || a3 || a4 || a5 ? -EINVAL : PR_MCE_KILL_DEFAULT;
	}
	return why(-EINVAL, "option %d is not in this kernel", option);
}
