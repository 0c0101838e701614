// SPDX-License-Identifier: GPL-2.0
/* The small files of a process: one or a few lines each. */
#include <kernel/trace.h>
#include <kernel/cred.h>
#include <kernel/syscall.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <asm/os.h>
#include "internal.h"

#define OOM_MIN		(-1000)
#define OOM_MAX		1000

int pid_comm_show(struct seq_file *m, struct task *t)
{
	seq_puts(m, t->comm);
	seq_putc(m, '\n');
	return 0;
}

/* Only a thread of the same process may rename one. */
ssize_t pid_comm_write(struct task *t, char *text, size_t n)
{
	char name[TASK_COMM_LEN];

	if (t->process != current->process)
		return -EINVAL;
	text[strnlen(text, n)] = 0;
	if (strchr(text, '\n'))
		*strchr(text, '\n') = 0;
	strscpy(name, text, sizeof(name));
	set_task_comm(t, name);
	trace_rename(t);
	return (ssize_t)n;
}

int pid_limits_show(struct seq_file *m, struct task *t)
{
	static const struct { const char *name, *unit; } limits[RLIM_NLIMITS_] = {
		{ "Max cpu time", "seconds" }, { "Max file size", "bytes" }, { "Max data size", "bytes" },
		{ "Max stack size", "bytes" }, { "Max core file size", "bytes" }, { "Max resident set", "bytes" },
		{ "Max processes", "processes" }, { "Max open files", "files" }, { "Max locked memory", "bytes" },
		{ "Max address space", "bytes" }, { "Max file locks", "locks" }, { "Max pending signals", "signals" },
		{ "Max msgqueue size", "bytes" }, { "Max nice priority", NULL }, { "Max realtime priority", NULL },
		{ "Max realtime timeout", "us" },
	};
	int i;

	seq_printf(m, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (i = 0; i < RLIM_NLIMITS_; i++) {
		const struct krlimit *r = &t->process->rlim[i];
		char soft[24] = "unlimited", hard[24] = "unlimited";

		if (r->cur != U64_MAX)
			snprintf(soft, sizeof(soft), "%llu", (unsigned long long)r->cur);
		if (r->max != U64_MAX)
			snprintf(hard, sizeof(hard), "%llu", (unsigned long long)r->max);
		seq_printf(m, "%-25s %-20s %-20s", limits[i].name, soft, hard);
		if (limits[i].unit)
			seq_printf(m, " %-10s", limits[i].unit);
		seq_putc(m, '\n');
	}
	return 0;
}

static void add_io(struct rusage_acct *sum, const struct rusage_acct *a)
{
	sum->inblock += a->inblock;
	sum->oublock += a->oublock;
	sum->rchar += a->rchar;
	sum->wchar += a->wchar;
	sum->syscr += a->syscr;
	sum->syscw += a->syscw;
}

static int show_io(struct seq_file *m, const struct rusage_acct *a)
{
	seq_printf(m, "rchar: %llu\nwchar: %llu\nsyscr: %llu\nsyscw: %llu\n", (unsigned long long)a->rchar,
		   (unsigned long long)a->wchar, (unsigned long long)a->syscr, (unsigned long long)a->syscw);
	seq_printf(m, "read_bytes: %llu\nwrite_bytes: %llu\ncancelled_write_bytes: 0\n", (unsigned long long)a->inblock * 512,
		   (unsigned long long)a->oublock * 512);
	return 0;
}

int pid_io_show(struct seq_file *m, struct task *t)
{
	struct rusage_acct sum = t->process->dead_threads;
	struct task *i;

	for_each_thread(t->process, i)
		add_io(&sum, &i->acct);
	return show_io(m, &sum);
}

int tid_io_show(struct seq_file *m, struct task *t)
{
	return show_io(m, &t->acct);
}

int pid_sched_show(struct seq_file *m, struct task *t)
{
	u64 run = task_runtime_ns(t);

	seq_printf(m, "%s (%d, #threads: %d)\n", t->comm, task_pid_nr(t), t->process->nr_threads);
	seq_puts(m, "-------------------------------------------------------------------\n");
	seq_printf(m, "%-45s:%21llu.%06llu\n", "se.vruntime", (unsigned long long)(t->vruntime / NSEC_PER_MSEC),
		   (unsigned long long)(t->vruntime % NSEC_PER_MSEC));
	seq_printf(m, "%-45s:%21llu.%06llu\n", "se.sum_exec_runtime", (unsigned long long)(run / NSEC_PER_MSEC),
		   (unsigned long long)(run % NSEC_PER_MSEC));
	seq_printf(m, "%-45s:%21llu\n", "nr_switches", (unsigned long long)(t->acct.nvcsw + t->acct.nivcsw));
	seq_printf(m, "%-45s:%21llu\n", "nr_voluntary_switches", (unsigned long long)t->acct.nvcsw);
	seq_printf(m, "%-45s:%21llu\n", "nr_involuntary_switches", (unsigned long long)t->acct.nivcsw);
	seq_printf(m, "%-45s:%21u\n", "se.load.weight", t->weight);
	seq_printf(m, "%-45s:%21u\n", "policy", t->policy);
	seq_printf(m, "%-45s:%21d\n", "prio", t->rt_priority ? 99 - t->rt_priority : 120 + t->nice);
	return 0;
}

int pid_schedstat_show(struct seq_file *m, struct task *t)
{
	seq_printf(m, "%llu 0 %llu\n", (unsigned long long)task_runtime_ns(t), (unsigned long long)(t->acct.nvcsw + t->acct.nivcsw));
	return 0;
}

/* --- out of memory --- */

int pid_oom_score_show(struct seq_file *m, struct task *t)
{
	struct mm *mm = proc_mm(t);
	long score = 0;

	if (mm) {
		score = (long)(mm_rss(mm) * 1000 / max(total_pages(), 1UL)) + t->process->oom_score_adj;
		score = t->process->oom_score_adj == OOM_MIN ? 0 : clamp(score, 0L, 2000L);
		mm_users_put(mm);
	}
	seq_printf(m, "%ld\n", score);
	return 0;
}

int pid_oom_adj_show(struct seq_file *m, struct task *t)
{
	seq_printf(m, "%d\n", t->process->oom_score_adj);
	return 0;
}

ssize_t pid_oom_adj_write(struct task *t, char *text, size_t n)
{
	int adj;

	if (kstrtoint(text, 0, &adj) || adj < OOM_MIN || adj > OOM_MAX)
		return -EINVAL;
	if (adj < t->process->oom_score_adj && !capable(CAP_SYS_RESOURCE))
		return -EACCES;
	t->process->oom_score_adj = adj;
	return (ssize_t)n;
}

/* --- where it is --- */

/* The function that sleeps: the first that does not belong to sleeping itself. */
int pid_wchan_show(struct seq_file *m, struct task *t)
{
	static const char *const sleepers[] = {
		"context_switch_to", "switch_stacks", "schedule", "schedule_timeout", "wait_step", "sleep_until", "mutex_lock",
		"mutex_lock_killable", "down_read", "down_write",
	};
	unsigned long pc[16];
	char name[96];
	int i, n;
	unsigned k;

	n = t->state == TASK_RUNNING || !ptrace_may_access(t) ? 0 : task_backtrace(t, pc, ARRAY_SIZE(pc));
	for (i = 0; i < n; i++) {
		if (!os_symbol(pc[i], name, sizeof(name)))
			break;
		if (strchr(name, '+'))
			*strchr(name, '+') = 0;
		for (k = 0; k < ARRAY_SIZE(sleepers) && strcmp(name, sleepers[k]); k++)
			;
		if (k == ARRAY_SIZE(sleepers)) {
			seq_puts(m, name);
			return 0;
		}
	}
	seq_putc(m, '0');
	return 0;
}

int pid_stack_show(struct seq_file *m, struct task *t)
{
	unsigned long pc[32];
	char name[96];
	int i, n;

	if (!capable(CAP_SYS_ADMIN))
		return -EACCES;
	n = task_backtrace(t, pc, ARRAY_SIZE(pc));
	for (i = 0; i < n; i++)
		seq_printf(m, "[<0>] %s\n", os_symbol(pc[i], name, sizeof(name)) ? name : "?");
	return 0;
}

int pid_syscall_show(struct seq_file *m, struct task *t)
{
	const struct uregs *r = &t->thread.regs;

	if (t->state == TASK_RUNNING && t != current) {
		seq_puts(m, "running\n");
	} else if ((s64)r->orig_rax < 0) {
		seq_printf(m, "-1 0x%llx 0x%llx\n", (unsigned long long)r->rsp, (unsigned long long)r->rip);
	} else {
		seq_printf(m, "%lld 0x%llx 0x%llx 0x%llx 0x%llx 0x%llx 0x%llx 0x%llx 0x%llx\n", (long long)r->orig_rax,
			   (unsigned long long)r->rdi, (unsigned long long)r->rsi, (unsigned long long)r->rdx,
			   (unsigned long long)r->r10, (unsigned long long)r->r8, (unsigned long long)r->r9,
			   (unsigned long long)r->rsp, (unsigned long long)r->rip);
	}
	return 0;
}

/* --- what it belongs to --- */

int pid_personality_show(struct seq_file *m, struct task *t)
{
	seq_printf(m, "%08lx\n", t->personality);
	return 0;
}

int pid_cgroup_show(struct seq_file *m, struct task *t)
{
	seq_puts(m, "0::/\n");
	return 0;
}

int pid_loginuid_show(struct seq_file *m, struct task *t)
{
	seq_printf(m, "%u", t->cred->loginuid);
	return 0;
}

/* Login programs (pam_loginuid) write it once; what they start inherits it. */
ssize_t pid_loginuid_write(struct task *t, char *text, size_t n)
{
	static u32 last_session;
	struct cred *c;
	u64 uid;

	if (kstrtou64(text, 10, &uid) || uid > U32_MAX)
		return -EINVAL;
	if (t != current || (t->cred->loginuid != U32_MAX && !capable(CAP_AUDIT_CONTROL)))
		return -EPERM;
	c = prepare_creds();
	if (!c)
		return -ENOMEM;
	c->loginuid = (uid_t)uid;
	c->sessionid = c->loginuid == U32_MAX ? U32_MAX : ++last_session;
	commit_creds(c);
	return (ssize_t)n;
}

int pid_sessionid_show(struct seq_file *m, struct task *t)
{
	seq_printf(m, "%u", t->cred->sessionid);
	return 0;
}

/* The initial user namespace: everything is itself. */
int pid_idmap_show(struct seq_file *m, struct task *t)
{
	seq_printf(m, "%10u %10u %10u\n", 0, 0, U32_MAX);
	return 0;
}

int pid_setgroups_show(struct seq_file *m, struct task *t)
{
	seq_puts(m, "allow\n");
	return 0;
}

int pid_coredump_filter_show(struct seq_file *m, struct task *t)
{
	seq_puts(m, "00000033\n");
	return 0;
}

int pid_timerslack_show(struct seq_file *m, struct task *t)
{
	seq_printf(m, "%llu\n", (unsigned long long)t->timer_slack_ns);
	return 0;
}

ssize_t pid_timerslack_write(struct task *t, char *text, size_t n)
{
	u64 slack;

	if (kstrtou64(text, 0, &slack))
		return -EINVAL;
	if (t != current && !capable(CAP_SYS_NICE))
		return -EPERM;
	t->timer_slack_ns = slack ?: 50000;
	return (ssize_t)n;
}
