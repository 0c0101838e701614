/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Host mappings before the first access: one operation more in a batch costs a small part of the fault that it saves. Around a
 * fault, after fork and exec, and where a library is mapped.
 */
#include <fs/fs.h>
#include <mm/internal.h>
#include <mm/pagecache.h>

#define MAX_AREA	256	/* pages of an area that a forked child gets */
#define STEP		64
#define FORK_OPS	64	/* mappings made at once for a forked child */
#define AHEAD		16	/* cached pages of a program's area that are entered when it is mapped */

void map_present(struct mm *mm, uaddr_t start, uaddr_t end, bool again)
{
	const u64 rights = PTE_READ | PTE_WRITE | PTE_EXEC;
	uaddr_t run = 0;
	u64 first = 0, n = 0;

	for (uaddr_t a = start; a < end; a += PAGE_SIZE) {
		u64 *pte = pte_lookup(mm, a);
		bool take = pte && *pte & PTE_PRESENT && *pte & PTE_READ && (again || !(*pte & PTE_HOST));

		if (take && n && PTE_PFN(*pte) == PTE_PFN(first) + n && !((*pte ^ first) & rights)) {
			n++;
		} else {
			if (n)
				tlb_map(mm, run, PTE_PFN(first), n, first & rights);
			n = take;
			run = a;
			first = take ? *pte : 0;
		}
		if (take)
			*pte |= PTE_HOST;
	}
	if (n)
		tlb_map(mm, run, PTE_PFN(first), n, first & rights);
}

void enter_cached(struct mm *mm, struct vma *v, uaddr_t addr, unsigned n)
{
	struct address_space *m = v->file->mapping;
	bool shared_write = (v->flags & (VM_SHARED | VM_WRITE)) == (VM_SHARED | VM_WRITE) && m->ops && !m->ops->small_blocks;
	unsigned long last = vma_pgoff(v, addr) + n - 1;
	unsigned long eof = ((u64)m->host->size + PAGE_SIZE - 1) >> PAGE_SHIFT;
	unsigned long index = vma_pgoff(v, addr);
	u64 rights = vma_rights(v);
	struct page *p;

	if (!eof)
		return;
	last = min(last, eof - 1);
	while (index <= last && (p = xa_find(&m->pages, &index, last))) {
		uaddr_t at = v->start + ((index - v->pgoff) << PAGE_SHIFT);

		if (page_test(p, PG_UPTODATE) && !page_test(p, PG_LOCKED) && !page_test(p, PG_READAHEAD)) {
			u64 *pte = pte_alloc(mm, at);

			if (!pte)
				return;
			if (!*pte) {
				page_get(p);
				pte_set_page(mm, pte, p, rights | (shared_write && page_test(p, PG_DIRTY) ? PTE_WRITE : 0));
			}
		}
		index++;
	}
}

static bool map_area(struct mm *mm, struct vma *v, unsigned limit)
{
	for (uaddr_t a = v->start; a < v->end && a - v->start < MAX_AREA * PAGE_SIZE; a += STEP * PAGE_SIZE) {
		map_present(mm, a, min(a + STEP * PAGE_SIZE, v->end), false);
		if (tlb_queued(mm) >= limit)
			return false;
	}
	return true;
}

/*
 * What a forked child has is mapped before it first runs, as far as a batch goes: it goes on where the parent was.
 * First what it may write to: those pages are used more often than others.
 */
void map_inherited(struct mm *mm)
{
	struct vma *v;

	for (int writable = 1; writable >= 0; writable--)
		for_each_vma(mm, v)
			if (!(v->flags & VM_SHARED) && v->flags & (VM_READ | VM_WRITE | VM_EXEC) && !!(v->flags & VM_WRITE) == writable &&
			    !map_area(mm, v, FORK_OPS))
				return;
}

void map_ahead(struct mm *mm, struct vma *v)
{
	uaddr_t end = min(v->start + AHEAD * PAGE_SIZE, v->end);
	int sig, code;

	if (!(v->flags & VM_READ) || v->flags & VM_SHARED || vma_is_anon(v))
		return;
	if (v->flags & VM_SPECIAL) {
		fault_locked(mm, v->start, VM_READ, &sig, &code);
	} else if (is_data_segment(v)) {
		copy_data_around(mm, v, v->start);
	} else if (v->file && v->ops->cached && !(v->flags & VM_WRITE)) {
		enter_cached(mm, v, v->start, (unsigned)((end - v->start) >> PAGE_SHIFT));
		map_present(mm, v->start, end, false);
	}
}
