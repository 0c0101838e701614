// SPDX-License-Identifier: GPL-2.0
/* /proc/<pid>/status: for people, ps, top and whatever wants to know capabilities and signal sets. */
#include <kernel/cred.h>
#include <kernel/ucount.h>
#include <fs/file.h>
#include <fs/namei.h>
#include <mm/mm.h>
#include "internal.h"

#define RLIMIT_SIGPENDING_	11

static void show_ids(struct seq_file *m, struct task *t)
{
	const struct cred *c = t->cred;
	struct process *p = t->process;
	const char *word;
	char state = proc_state(t, &word);
	int i;

	if (t->fs)
		seq_printf(m, "Umask:\t%04o\n", t->fs->umask);
	seq_printf(m, "State:\t%c (%s)\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t%d\n", state, word, task_tgid_nr(t),
		   task_pid_nr(t), process_ppid(p), t->ptrace.tracer ? task_pid_nr(t->ptrace.tracer) : 0);
	seq_printf(m, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n", c->uid, c->euid, c->suid, c->fsuid, c->gid, c->egid, c->sgid,
		   c->fsgid);
	seq_printf(m, "FDSize:\t%u\nGroups:\t", t->files ? t->files->max : 0);
	for (i = 0; c->groups && i < c->groups->n; i++)
		seq_printf(m, "%u ", c->groups->gid[i]);
	seq_printf(m, "\nNStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\n", task_tgid_nr(t), task_pid_nr(t),
		   p->pgrp ? p->pgrp->nr : 0, p->session ? p->session->nr : 0);
}

static void kb(struct seq_file *m, const char *name, unsigned long pages)
{
	seq_printf(m, "%s:\t%8lu kB\n", name, pages << (PAGE_SHIFT - 10));
}

static void show_memory(struct seq_file *m, struct mm *mm)
{
	unsigned long text = (PAGE_ALIGN(mm->end_code) - (mm->start_code & PAGE_MASK)) >> PAGE_SHIFT;

	kb(m, "VmPeak", mm->total_vm);
	kb(m, "VmSize", mm->total_vm);
	kb(m, "VmLck", mm->locked_vm);
	kb(m, "VmPin", 0);
	kb(m, "VmHWM", max(mm->hiwater_rss, mm_rss(mm)));
	kb(m, "VmRSS", mm_rss(mm));
	kb(m, "RssAnon", mm->rss_anon);
	kb(m, "RssFile", mm->rss_file);
	kb(m, "RssShmem", mm->rss_shmem);
	kb(m, "VmData", mm->data_vm);
	kb(m, "VmStk", mm->stack_vm);
	kb(m, "VmExe", text);
	kb(m, "VmLib", mm->exec_vm > text ? mm->exec_vm - text : 0);
	kb(m, "VmPTE", mm->nr_ptes);
	kb(m, "VmSwap", 0);
	kb(m, "HugetlbPages", 0);
	seq_puts(m, "CoreDumping:\t0\nTHP_enabled:\t0\n");
}

static void show_signals(struct seq_file *m, struct task *t)
{
	struct process *p = t->process;
	sigset_t ignored = 0, caught = 0;
	int sig;

	for (sig = 1; t->sighand && sig <= NSIG_; sig++) {
		uaddr_t h = t->sighand->action[sig - 1].handler;

		if (h == SIG_IGN_)
			ignored |= sigbit(sig);
		else if (h != SIG_DFL_)
			caught |= sigbit(sig);
	}
	seq_printf(m, "Threads:\t%d\nSigQ:\t%lu/%llu\n", p->nr_threads, t->cred->ucounts->count[UCOUNT_SIGNALS],
		   (unsigned long long)p->rlim[RLIMIT_SIGPENDING_].cur);
	seq_printf(m, "SigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\nSigIgn:\t%016lx\nSigCgt:\t%016lx\n", t->pending.set,
		   p->shared_pending.set, t->blocked, ignored, caught);
}

static void show_caps(struct seq_file *m, const struct cred *c)
{
	seq_printf(m, "CapInh:\t%016llx\nCapPrm:\t%016llx\nCapEff:\t%016llx\nCapBnd:\t%016llx\nCapAmb:\t%016llx\n",
		   (unsigned long long)c->cap_inheritable, (unsigned long long)c->cap_permitted,
		   (unsigned long long)c->cap_effective, (unsigned long long)c->cap_bset, (unsigned long long)c->cap_ambient);
}

int pid_status_show(struct seq_file *m, struct task *t)
{
	struct mm *mm = proc_mm(t);

	seq_puts(m, "Name:\t");
	seq_escape(m, t->comm, "\n\\");
	seq_putc(m, '\n');
	show_ids(m, t);
	if (mm) {
		show_memory(m, mm);
		mm_users_put(mm);
	}
	show_signals(m, t);
	show_caps(m, t->cred);
	seq_printf(m, "NoNewPrivs:\t%d\nSeccomp:\t0\nSeccomp_filters:\t0\nSpeculation_Store_Bypass:\tunknown\n", t->no_new_privs);
	seq_puts(m, "Cpus_allowed:\t1\nCpus_allowed_list:\t0\nMems_allowed:\t1\nMems_allowed_list:\t0\n");
	seq_printf(m, "voluntary_ctxt_switches:\t%llu\nnonvoluntary_ctxt_switches:\t%llu\n", (unsigned long long)t->acct.nvcsw,
		   (unsigned long long)t->acct.nivcsw);
	return 0;
}
