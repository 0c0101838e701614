/* SPDX-License-Identifier: GPL-2.0 */
/* The requests of ptrace(2). */
#include <kernel/bug.h>
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <linux/elf.h>
#include <linux/uio.h>
#include "ptrace_internal.h"
#include "signal_internal.h"

#define OPTIONS	(PTRACE_O_MASK & ~(unsigned long)PTRACE_O_SUSPEND_SECCOMP)

/* --- beginning --- */

static long traceme(void)
{
	struct process *p = current->process;
	struct task *tracer = p->parent ? task_find(p->parent_tid) : NULL;	/* the thread that made us */

	if (current->ptrace.tracer || !tracer || tracer->process != p->parent)
		return -EPERM;
	if (current->cred->cap_permitted & ~tracer->cred->cap_permitted && !(tracer->cred->cap_effective & BIT(CAP_SYS_PTRACE)))
		return why(-EPERM, "it has privileges that its parent lacks");
	if (!(tracer->flags & PF_EXITING))	/* else there is nobody to trace, as Linux has it */
		ptrace_link(current, tracer);
	return 0;
}

static long may_attach(struct task *t)
{
	if (is_kthread(t) || t->process == current->process || t->flags & PF_EXITING || t->ptrace.tracer)
		return -EPERM;
	return ptrace_may_access(t) ? 0 : why(-EPERM, "another user's, or it has privileges that the tracer lacks");
}

static long attach(struct task *t, bool seize, unsigned long options)
{
	long err = may_attach(t);

	if (err)
		return err;
	ptrace_link(t, current);
	t->ptrace.seized = seize;
	t->ptrace.options = (unsigned)options;
	if (!seize)
		send_signal(SIGSTOP, NULL, t);
	/* One that is stopped already stops anew, for us to see. */
	if (t->state == TASK_STOPPED) {
		t->ptrace.trap = true;
		t->sig_wake = true;
		task_wake_state(t, BIT(TASK_STOPPED));
	}
	return 0;
}

/* --- going on --- */

static void go_on(struct task *t, int sig)
{
	t->ptrace.signal = sig;
	task_wake_state(t, BIT(TASK_TRACED));
}

static long resume(struct task *t, long request, unsigned long sig)
{
	struct ptrace *p = &t->ptrace;

	if (sig > NSIG_)
		return -EIO;
	p->mode = request == PTRACE_SYSCALL ? PTRACE_TO_SYSCALL :
		  request == PTRACE_SYSEMU || request == PTRACE_SYSEMU_SINGLESTEP ? PTRACE_EMULATE : PTRACE_RUN;
	p->step = request == PTRACE_SINGLESTEP || request == PTRACE_SYSEMU_SINGLESTEP;
	go_on(t, (int)sig);
	return 0;
}

static long detach(struct task *t, unsigned long sig)
{
	if (sig > NSIG_)
		return -EIO;
	t->ptrace.signal = (int)sig;
	ptrace_unlink(t);
	return 0;
}

static long interrupt(struct task *t)
{
	if (!t->ptrace.seized)
		return -EIO;
	t->ptrace.trap = true;
	if (t->ptrace.listening)
		task_wake_state(t, BIT(TASK_TRACED));
	else if (t->state < TASK_STOPPED)
		signal_wake_up(t, false);
	return 0;
}

static long listen(struct task *t)
{
	if (!t->ptrace.seized || t->ptrace.code >> 8 != PTRACE_EVENT_STOP)
		return -EIO;
	t->ptrace.listening = true;
	return 0;
}

/* --- looking and changing: what touches our memory sleeps, and SIGKILL may end the stop meanwhile --- */

static long access_word(struct task *t, uaddr_t addr, u64 *word, bool write)
{
	struct mm *mm = t->mm;
	ssize_t n;

	if (!mm || (mm->dumpable != 1 && !capable(CAP_SYS_PTRACE)))	/* such a program may have come by exec */
		return -EIO;
	mm_users_get(mm);
	n = access_remote_vm(mm, addr, word, sizeof(*word), write);
	mm_users_put(mm);
	return n == sizeof(*word) ? 0 : -EIO;
}

static long peek(struct task *t, uaddr_t addr, uaddr_t udata)
{
	u64 word;
	long err = access_word(t, addr, &word, false);

	return err ?: put_user(word, u64, udata);
}

static long peek_user(struct task *t, unsigned long offset, uaddr_t udata)
{
	u64 word;
	long err = ptrace_peek_user(t, offset, &word);

	return err ?: put_user(word, u64, udata);
}

static long siginfo(struct task *t, uaddr_t udata, bool set)
{
	siginfo_t info;

	if (set && copy_from_user(&info, udata, sizeof(info)))
		return -EFAULT;
	if (!t->ptrace.stopped)
		return why(-ESRCH, "it is not stopped");
	if (!t->ptrace.info)
		return -EINVAL;
	if (set)
		*t->ptrace.info = info;
	else
		info = *t->ptrace.info;
	return set ? 0 : copy_to_user(udata, &info, sizeof(info));
}

static long sigmask(struct task *t, unsigned long size, uaddr_t udata, bool set)
{
	sigset_t mask = t->blocked;

	if (size != sizeof(mask))
		return -EINVAL;
	if (!set)
		return copy_to_user(udata, &mask, sizeof(mask));
	if (copy_from_user(&mask, udata, sizeof(mask)))
		return -EFAULT;
	t->blocked = mask & ~SIG_UNBLOCKABLE;
	recalc_sigpending(t);
	return 0;
}

static const struct sigqueue *nth_pending(const struct sigpending *pending, u64 n)
{
	const struct sigqueue *q;

	list_for_each_entry(q, &pending->queue, node)
		if (!n--)
			return q;
	return NULL;
}

/* How many entries of the queue, from args.off on, were copied. */
static long peek_siginfo(struct task *t, uaddr_t uargs, uaddr_t udata)
{
	struct ptrace_peeksiginfo_args a;
	const struct sigpending *pending;
	const struct sigqueue *q;
	siginfo_t info;
	long n;

	if (copy_from_user(&a, uargs, sizeof(a)))
		return -EFAULT;
	if (a.flags & ~(u32)PTRACE_PEEKSIGINFO_SHARED || a.nr < 0)
		return -EINVAL;
	pending = a.flags & PTRACE_PEEKSIGINFO_SHARED ? &t->process->shared_pending : &t->pending;
	for (n = 0; n < a.nr && t->ptrace.stopped && (q = nth_pending(pending, a.off + (u64)n)); n++) {
		info = q->info;
		if (copy_to_user(udata + (uaddr_t)n * sizeof(info), &info, sizeof(info)))
			return n ? n : -EFAULT;
		cond_resched();
		if (fatal_signal_pending(current))
			break;
	}
	return n;
}

static long regset(struct task *t, unsigned long type, uaddr_t uiov, bool set)
{
	struct iovec iov;
	size_t len;
	long err;

	if (copy_from_user(&iov, uiov, sizeof(iov)))
		return -EFAULT;
	len = iov.iov_len;
	err = ptrace_regset(t, (unsigned)type, (uaddr_t)iov.iov_base, &len, set);
	return err ?: put_user((u64)len, u64, uiov + offsetof(struct iovec, iov_len));
}

/* The older requests: a whole set, of the size the kernel knows. */
static long whole_regset(struct task *t, unsigned type, uaddr_t udata, bool set)
{
	size_t len = ~0UL;

	return ptrace_regset(t, type, udata, &len, set);
}

static long set_options(struct task *t, unsigned long options)
{
	if (unknown_flags(options, OPTIONS))
		return -EINVAL;
	t->ptrace.options = (unsigned)options;
	return 0;
}

static long syscall_info(struct task *t, unsigned long room, uaddr_t udata)
{
	struct ptrace_syscall_info info;
	long size = ptrace_syscall_info(t, &info);

	return copy_to_user(udata, &info, min_t(size_t, room, (size_t)size)) ? -EFAULT : size;
}

static long rseq_config(struct task *t, unsigned long room, uaddr_t udata)
{
	struct ptrace_rseq_configuration c = { t->rseq, t->rseq_len, t->rseq_sig, 0, 0 };

	return copy_to_user(udata, &c, min_t(size_t, room, sizeof(c))) ? -EFAULT : (long)sizeof(c);
}

static long stopped_request(struct task *t, long request, unsigned long addr, unsigned long data)
{
	switch (request) {
	case PTRACE_PEEKTEXT:
	case PTRACE_PEEKDATA:		return peek(t, addr, data);
	case PTRACE_POKETEXT:
	case PTRACE_POKEDATA:		return access_word(t, addr, &(u64){ data }, true);
	case PTRACE_PEEKUSR:		return peek_user(t, addr, data);
	case PTRACE_POKEUSR:		return ptrace_poke_user(t, addr, data);
	case PTRACE_GETREGS:		return whole_regset(t, NT_PRSTATUS, data, false);
	case PTRACE_SETREGS:		return whole_regset(t, NT_PRSTATUS, data, true);
	case PTRACE_GETFPREGS:		return whole_regset(t, NT_PRFPREG, data, false);
	case PTRACE_SETFPREGS:		return whole_regset(t, NT_PRFPREG, data, true);
	case PTRACE_GETREGSET:		return regset(t, addr, data, false);
	case PTRACE_SETREGSET:		return regset(t, addr, data, true);
	case PTRACE_GETSIGINFO:		return siginfo(t, data, false);
	case PTRACE_SETSIGINFO:		return siginfo(t, data, true);
	case PTRACE_PEEKSIGINFO:	return peek_siginfo(t, addr, data);
	case PTRACE_GETSIGMASK:		return sigmask(t, addr, data, false);
	case PTRACE_SETSIGMASK:		return sigmask(t, addr, data, true);
	case PTRACE_SETOPTIONS:
	case PTRACE_OLDSETOPTIONS:	return set_options(t, data);
	case PTRACE_GETEVENTMSG:	return put_user((u64)t->ptrace.message, u64, data);
	case PTRACE_GET_SYSCALL_INFO:	return syscall_info(t, addr, data);
	case PTRACE_GET_RSEQ_CONFIGURATION: return rseq_config(t, addr, data);
	case PTRACE_CONT:
	case PTRACE_SYSCALL:
	case PTRACE_SINGLESTEP:
	case PTRACE_SYSEMU:
	case PTRACE_SYSEMU_SINGLESTEP:	return resume(t, request, data);
	case PTRACE_LISTEN:		return listen(t);
	case PTRACE_DETACH:		return detach(t, data);
	default:			return -EIO;
	}
}

static long request_of(struct task *t, long request, unsigned long addr, unsigned long data)
{
	if (request == PTRACE_ATTACH)
		return attach(t, false, 0);
	if (request == PTRACE_SEIZE)
		return addr || data & ~OPTIONS ? -EIO : attach(t, true, data);
	if (t->ptrace.tracer != current)
		return why(-ESRCH, "the caller does not trace it");
	if (request == PTRACE_KILL)
		return t->state == TASK_ZOMBIE ? 0 : send_signal(SIGKILL, NULL, t);
	if (request == PTRACE_INTERRUPT)
		return interrupt(t);
	if (t->state != TASK_TRACED || t->ptrace.listening)
		return why(-ESRCH, "it is not stopped");
	return stopped_request(t, request, addr, data);
}

long sys_ptrace(int request, int pid, unsigned long addr, unsigned long data)
{
	struct task *t;
	long r;

	if (request == PTRACE_TRACEME)
		return traceme();
	t = task_find(pid);
	if (!t)
		return -ESRCH;
	task_get(t);			/* touching memory may sleep */
	r = request_of(t, request, addr, data);
	task_put(t);
	return r;
}
