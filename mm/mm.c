/* SPDX-License-Identifier: GPL-2.0 */
/* Life of an address space. users: tasks that run in it; refs: whoever looks at it, the users together counting one. */
#include <fs/fs.h>
#include <kernel/bug.h>
#include <kernel/sched.h>
#include <lib/string.h>
#include <mm/internal.h>
#include <mm/slab.h>

static struct kmem_cache *mm_cache;

struct mm *mm_alloc(void)
{
	struct mm *mm;

	if (!mm_cache)
		mm_cache = kmem_cache_create("mm", sizeof(struct mm), NULL);
	mm = kmem_cache_alloc(mm_cache, GFP_ZERO);
	if (!mm)
		return NULL;
	mm->users = mm->refs = 1;
	mm->vmas = RB_ROOT;
	mm->dumpable = 1;
	rwsem_init(&mm->lock);
	mm->mmap_base = TASK_SIZE;
	mm->pgd = pgd_alloc();
	if (mm->pgd && !tlb_init_mm(mm))
		return mm;
	if (mm->pgd)
		pgd_free(mm);
	kmem_cache_free(mm_cache, mm);
	return NULL;
}

void mm_get(struct mm *mm)
{
	mm->refs++;
}

void mm_drop(struct mm *mm)
{
	if (--mm->refs)
		return;
	BUG_ON(mm->nr_vmas);
	pgd_free(mm);
	kmem_cache_free(mm_cache, mm);
}

void mm_users_get(struct mm *mm)
{
	mm->users++;
}

struct zap { struct mm *mm; bool host; };

static int zap_pte(u64 *pte, uaddr_t addr, void *arg)
{
	struct zap *z = arg;

	if (!*pte)
		return 0;
	z->host |= !!(*pte & PTE_HOST);
	pte_clear_page(z->mm, pte);
	return 0;
}

void zap_range(struct mm *mm, uaddr_t start, uaddr_t end)
{
	struct zap z = { mm, false };

	pte_walk(mm, start, end, zap_pte, &z);
	if (z.host)
		tlb_unmap(mm, start, end);
}

/* The host process goes back to the pool first: emptied by one munmap when it is used again, not range by range. */
void mm_release_all(struct mm *mm)
{
	struct zap z = { mm, false };
	struct rb_node *n;

	tlb_exit_mm(mm);
	pte_walk(mm, 0, TASK_SIZE, zap_pte, &z);
	while ((n = rb_first(&mm->vmas))) {
		struct vma *v = rb_entry(n, struct vma, node);

		vma_remove(mm, v);
		vma_free(v);
	}
}

/* A program cannot be written while it runs: each address space that runs it counts. */
void mm_set_exe(struct mm *mm, struct file *f)
{
	if (f) {
		file_get(f);
		deny_write(f->inode);
	}
	if (mm->exe_file) {
		allow_write(mm->exe_file->inode);
		file_put(mm->exe_file);
	}
	mm->exe_file = f;
}

void mm_users_put(struct mm *mm)
{
	if (--mm->users)
		return;
	mm_release_all(mm);
	mm_set_exe(mm, NULL);
	mm_drop(mm);
}

unsigned long mm_rss(const struct mm *mm)
{
	return mm->rss_file + mm->rss_anon + mm->rss_shmem;
}
