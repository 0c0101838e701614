/* SPDX-License-Identifier: GPL-2.0 */
/* Running out of memory: what may be promised, and who has to go. */
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/why.h>
#include <lib/string.h>
#include <mm/internal.h>
#include <mm/pagecache.h>

int sysctl_overcommit_memory;		/* 0 by heuristic, 1 always, 2 strictly */

/* The heuristic refuses only what could never be had; who takes all later meets the killer. */
int vm_overcommit_ok(unsigned long pages)
{
	if (sysctl_overcommit_memory == 1)
		return 0;
	return pages > total_pages() ? why(-ENOMEM, "more than all memory (vm.overcommit_memory)") : 0;
}

/* The first thread may have ended before the others. NULL: all have. */
static const struct mm *mm_of(const struct process *p)
{
	const struct task *t;

	for_each_thread(p, t)
		if (t->mm)
			return t->mm;
	return NULL;
}

static long size_of(const struct process *p)
{
	const struct mm *mm = mm_of(p);

	return mm && !p->group_exit ? (long)(mm_rss(mm) + mm->nr_ptes) : 0;
}

/* Children that never ran a program of their own count by half: of a bomb of forks not the splinters are to go. */
static long size_of_splinters(const struct process *p)
{
	struct process *c;
	long n = 0;

	list_for_each_entry(c, &p->children, sibling)
		if (!c->did_exec)
			n += size_of(c) / 2;
	return n;
}

static long badness(const struct process *p)
{
	struct task *t = p->leader;
	long adj = p->oom_score_adj;

	if (p == init_process || is_kthread(t) || !mm_of(p) || adj == -1000 || p->group_exit)
		return -1;
	return size_of(p) + size_of_splinters(p) + adj * (long)(total_pages() / 1000);
}

/* A task that is dying already will free its memory: nobody else has to. */
static bool somebody_dies(void)
{
	struct task *t;

	for_each_task(t)
		if (t->mm && t->process->group_exit && !(t->flags & PF_KTHREAD))
			return true;
	return false;
}

void out_of_memory(void)
{
	struct process *victim = NULL;
	long worst = 0;
	struct task *t;

	if (somebody_dies())
		return;
	for_each_task(t) {
		long score = t == t->process->leader ? badness(t->process) : -1;

		if (score > worst) {
			worst = score;
			victim = t->process;
		}
	}
	if (!victim) {
		pr_ratelimited(LOG_ERR, "out of memory, and nobody to kill\n");
		return;
	}
	pr_err("out of memory: killed process %d (%s), %lu KiB resident\n", victim->tgid->nr, victim->leader->comm,
	       mm_rss(mm_of(victim)) * 4);
	send_signal_process(SIGKILL, NULL, victim);
}

void mem_counts(struct mem_counts *c)
{
	struct task *t;

	*c = (struct mem_counts){
		.free = nr_free_pages(),
		.cached = page_cache_stat.cached,
		.buffers = page_cache_stat.buffers,
		.dirty = page_cache_stat.dirty,
		.writeback = page_cache_stat.writeback,
		.shmem = page_cache_stat.shmem,
		.kernel_heap = heap_pages(),
		.slab = heap_pages(),
		.mapped = mapped_file_pages,
	};
	for_each_task(t)
		if (t->mm && t == t->process->leader) {
			c->anon += t->mm->rss_anon;
			c->pagetables += t->mm->nr_ptes;
		}
}
