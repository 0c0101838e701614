/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fork's copy of an address space. Anonymous pages become shared and read-only on both sides (copy-on-write), but for some
 * that are copied at once; file pages are entered in the child as far as the parent has been using them; the others come back
 * from the cache by faults.
 */
#include <fs/fs.h>
#include <kernel/bug.h>
#include <kernel/sched.h>
#include <lib/string.h>
#include <mm/internal.h>

#define COPIES		96	/* pages copied at once by a fork */
#define COPIES_OF_AREA	24

struct dup {
	struct mm *old, *new_;
	uaddr_t run_start, run_end;	/* pages of the parent to be write-protected in its host process */
	u64 *table;			/* of the child, for addresses that share table_base's bits */
	uaddr_t table_base;
	unsigned copies, copies_of_area;	/* how many more may be made */
	struct page_stock stock;
};

static void end_run(struct dup *d)
{
	if (d->run_end > d->run_start)
		tlb_write_protect(d->old, d->run_start, d->run_end);
	d->run_start = d->run_end = 0;
}

static void protect_parent(struct dup *d, u64 *pte, uaddr_t addr)
{
	bool host = *pte & PTE_HOST && *pte & PTE_WRITE;

	*pte &= ~PTE_WRITE;
	if (!host)
		return;
	if (d->run_end != addr) {
		end_run(d);
		d->run_start = addr;
	}
	d->run_end = addr + PAGE_SIZE;
}

static u64 *child_pte(struct dup *d, uaddr_t addr)
{
	uaddr_t base = addr & ~((512 * PAGE_SIZE) - 1);
	u64 *pte;

	if (d->table && d->table_base == base)
		return d->table + (addr - base) / PAGE_SIZE;
	pte = pte_alloc(d->new_, addr);
	if (!pte)
		return NULL;
	d->table = pte - (addr - base) / PAGE_SIZE;
	d->table_base = base;
	return pte;
}

/*
 * What the parent wrote to since its last fork both sides are likely to write to again: a copy now costs a small part of the
 * two faults that it saves.
 */
static bool copy_now(struct dup *d, const u64 *pte, u64 *child, const struct page *from)
{
	struct page *to;

	if ((*pte & (PTE_WRITE | PTE_HOST)) != (PTE_WRITE | PTE_HOST) || !d->copies || !d->copies_of_area)
		return false;
	to = stock_take(&d->stock);
	if (!to)
		return false;
	d->copies--;
	d->copies_of_area--;
	enter_copy(d->new_, child, to, from, *pte & (PTE_READ | PTE_EXEC));
	return true;
}

static int dup_pte(u64 *pte, uaddr_t addr, void *arg)
{
	struct dup *d = arg;
	struct page *p;
	u64 *child;

	if (!(*pte & PTE_PRESENT) || *pte & PTE_SPECIAL)
		return 0;
	p = pfn_to_page(PTE_PFN(*pte));
	if (*pte & PTE_FILE && (!(*pte & PTE_HOST) || !p->mapping))
		return 0;
	child = child_pte(d, addr);
	if (!child)
		return -ENOMEM;
	if (copy_now(d, pte, child, p))
		return 0;
	protect_parent(d, pte, addr);
	page_get(p);
	pte_set_page(d->new_, child, p, *pte & (PTE_READ | PTE_EXEC));
	return 0;
}

static int dup_vma(struct dup *d, struct vma *v)
{
	struct vma *n = vma_clone(v, d->new_);
	int err;

	if (!n)
		return -ENOMEM;
	n->flags &= ~VM_LOCKED;
	vma_insert(d->new_, n);
	if (v->flags & (VM_SHARED | VM_WIPEONFORK))
		return 0;
	d->copies_of_area = COPIES_OF_AREA;
	err = pte_walk(d->old, v->start, v->end, dup_pte, d);
	end_run(d);
	return err;
}

static void copy_layout(struct mm *to, const struct mm *from)
{
	to->start_code = from->start_code;
	to->end_code = from->end_code;
	to->start_data = from->start_data;
	to->end_data = from->end_data;
	to->start_brk = from->start_brk;
	to->brk = from->brk;
	to->start_stack = from->start_stack;
	to->arg_start = from->arg_start;
	to->arg_end = from->arg_end;
	to->env_start = from->env_start;
	to->env_end = from->env_end;
	to->mmap_base = from->mmap_base;
	to->vdso = from->vdso;
	to->dumpable = from->dumpable;
	to->membarrier = from->membarrier;
	to->thp_disable = from->thp_disable;
	mm_set_exe(to, from->exe_file);
	memcpy(to->saved_auxv, from->saved_auxv, sizeof(to->saved_auxv));
	to->nr_auxv = from->nr_auxv;
}

struct mm *mm_dup(struct mm *old)
{
	struct dup d = { .old = old, .copies = COPIES };
	struct vma *v;
	int err = 0;

	might_sleep();
	if (vm_overcommit_ok(old->data_vm + old->stack_vm))
		return ERR_PTR(-ENOMEM);
	d.new_ = mm_alloc();
	if (!d.new_)
		return ERR_PTR(-ENOMEM);
	copy_layout(d.new_, old);
	down_write(&old->lock);
	for_each_vma(old, v) {
		if (v->flags & VM_DONTCOPY)
			continue;
		err = dup_vma(&d, v);
		if (err)
			break;
	}
	up_write(&old->lock);
	stock_free(&d.stock);
	if (!err)
		map_inherited(d.new_);
	if (err) {
		mm_users_put(d.new_);
		return ERR_PTR(err);
	}
	return d.new_;
}
