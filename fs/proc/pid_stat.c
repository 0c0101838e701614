// SPDX-License-Identifier: GPL-2.0
/* /proc/<pid>/stat and statm: numbers in fixed order, for ps and top. Source: man 5 proc. */
#include <kernel/cred.h>
#include <drivers/tty.h>
#include <fs/dev.h>
#include <mm/mm.h>
#include "internal.h"

#define RLIMIT_RSS_	5

/* The PF_ bits that programs look at, with Linux's values. */
#define LINUX_PF_EXITING	0x4
#define LINUX_PF_FORKNOEXEC	0x40
#define LINUX_PF_KTHREAD	0x200000

unsigned long ns_to_ticks(u64 ns)
{
	return ns / (NSEC_PER_SEC / 100);
}

char proc_state(const struct task *t, const char **word)
{
	switch (t->state) {
	case TASK_RUNNING:		*word = "running"; return 'R';
	case TASK_INTERRUPTIBLE:	*word = is_kthread(t) ? "idle" : "sleeping"; return is_kthread(t) ? 'I' : 'S';
	case TASK_KILLABLE:
	case TASK_UNINTERRUPTIBLE:	*word = is_kthread(t) ? "idle" : "disk sleep"; return is_kthread(t) ? 'I' : 'D';
	case TASK_STOPPED:		*word = "stopped"; return 'T';
	case TASK_TRACED:		*word = "tracing stop"; return 't';
	case TASK_ZOMBIE:		*word = "zombie"; return 'Z';
	case TASK_DEAD:			break;
	}
	*word = "dead";
	return 'X';
}

static unsigned linux_flags(const struct task *t)
{
	return (t->flags & PF_EXITING ? LINUX_PF_EXITING : 0) | (t->flags & PF_FORKNOEXEC ? LINUX_PF_FORKNOEXEC : 0) |
	       (is_kthread(t) ? LINUX_PF_KTHREAD : 0);
}

static void signal_sets(struct task *t, sigset_t *ignored, sigset_t *caught)
{
	int sig;

	*ignored = *caught = 0;
	for (sig = 1; t->sighand && sig <= NSIG_; sig++) {
		uaddr_t h = t->sighand->action[sig - 1].handler;

		if (h == SIG_IGN_)
			*ignored |= sigbit(sig);
		else if (h != SIG_DFL_)
			*caught |= sigbit(sig);
	}
}

static void sum_faults(struct task *t, bool whole, struct rusage_acct *sum)
{
	struct task *i;

	*sum = t->acct;
	if (!whole)
		return;
	*sum = t->process->dead_threads;
	for_each_thread(t->process, i) {
		if (i->state == TASK_DEAD)
			continue;
		sum->minflt += i->acct.minflt;
		sum->majflt += i->acct.majflt;
	}
}

static void show_memory(struct seq_file *m, struct task *t, struct mm *mm, bool full)
{
	seq_printf(m, " %lu %lu %llu", mm ? mm->total_vm * PAGE_SIZE : 0, mm ? mm_rss(mm) : 0,
		   (unsigned long long)t->process->rlim[RLIMIT_RSS_].cur);
	if (mm && full)
		seq_printf(m, " %lu %lu %lu", mm->start_code, mm->end_code, mm->start_stack);
	else
		seq_puts(m, mm ? " 1 1 0" : " 0 0 0");
	/* esp and eip only make sense of a task that does not run; Linux shows them of dumped ones alone */
	seq_puts(m, " 0 0");
}

static int show_stat(struct seq_file *m, struct task *t, bool whole)
{
	struct process *p = t->process;
	struct mm *mm = proc_mm(t);
	bool full = ptrace_may_access(t);
	struct rusage_acct acct;
	sigset_t ignored, caught;
	u64 utime = t->acct.utime_ns, stime = t->acct.stime_ns;
	const char *word;
	char state = proc_state(t, &word);

	if (whole)
		process_times(p, &utime, &stime);
	sum_faults(t, whole, &acct);
	signal_sets(t, &ignored, &caught);
	seq_printf(m, "%d (%s) %c %d %d %d %d %d %u", task_pid_nr(t), t->comm, state, process_ppid(p), p->pgrp ? p->pgrp->nr : 0,
		   p->session ? p->session->nr : 0, p->tty ? (int)dev_encode(tty_dev(p->tty)) : 0,
		   p->tty && p->tty->pgrp ? p->tty->pgrp->nr : -1, linux_flags(t));
	seq_printf(m, " %llu %llu %llu %llu %lu %lu %lu %lu", (unsigned long long)acct.minflt,
		   whole ? (unsigned long long)p->reaped_children.minflt : 0ULL, (unsigned long long)acct.majflt,
		   whole ? (unsigned long long)p->reaped_children.majflt : 0ULL, ns_to_ticks(utime), ns_to_ticks(stime),
		   whole ? ns_to_ticks(p->reaped_children.utime_ns) : 0, whole ? ns_to_ticks(p->reaped_children.stime_ns) : 0);
	seq_printf(m, " %d %d %d 0 %lu", t->rt_priority ? -1 - t->rt_priority : 20 + t->nice, t->nice,
		   p->nr_threads, ns_to_ticks(t->start_ns));
	show_memory(m, t, mm, full);
	seq_printf(m, " %lu %lu %lu %lu", (t->pending.set | (whole ? p->shared_pending.set : 0)) & 0x7fffffffUL,
		   t->blocked & 0x7fffffffUL, ignored & 0x7fffffffUL, caught & 0x7fffffffUL);
	seq_printf(m, " %d 0 0 %d %d %u %u 0 0 0", full && t->state != TASK_RUNNING, t == p->leader ? p->exit_signal : -1, t->cpu,
		   t->rt_priority, t->policy);
	if (mm && full)
		seq_printf(m, " %lu %lu %lu %lu %lu %lu %lu", mm->start_data, mm->end_data, mm->start_brk, mm->arg_start,
			   mm->arg_end, mm->env_start, mm->env_end);
	else
		seq_puts(m, " 0 0 0 0 0 0 0");
	seq_printf(m, " %d\n", full ? whole ? p->exit_code : t->exit_code : 0);
	if (mm)
		mm_users_put(mm);
	return 0;
}

int pid_stat_show(struct seq_file *m, struct task *t)
{
	return show_stat(m, t, true);
}

int tid_stat_show(struct seq_file *m, struct task *t)
{
	return show_stat(m, t, false);
}

int pid_statm_show(struct seq_file *m, struct task *t)
{
	struct mm *mm = proc_mm(t);

	if (!mm) {
		seq_puts(m, "0 0 0 0 0 0 0\n");
		return 0;
	}
	seq_printf(m, "%lu %lu %lu %lu 0 %lu 0\n", mm->total_vm, mm_rss(mm), mm->rss_file + mm->rss_shmem,
		   (PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK)) >> PAGE_SHIFT, mm->data_vm + mm->stack_vm);
	mm_users_put(mm);
	return 0;
}
