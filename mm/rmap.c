/* SPDX-License-Identifier: GPL-2.0 */
/* From a page of a file to the page table entries that map it, through the mapping's list of VMAs. */
#include <kernel/bug.h>
#include <mm/internal.h>
#include <mm/pagecache.h>

/* Calls fn for each entry that maps p; stops when none is left. */
static void for_each_mapping(struct page *p, void (*fn)(struct vma *v, u64 *pte, uaddr_t addr, void *arg), void *arg)
{
	struct vma *v;

	list_for_each_entry(v, &p->mapping->vmas, shared_node) {
		uaddr_t addr;
		u64 *pte;

		if (p->index < v->pgoff || p->index - v->pgoff >= (v->end - v->start) >> PAGE_SHIFT)
			continue;
		addr = v->start + ((p->index - v->pgoff) << PAGE_SHIFT);
		pte = pte_lookup(v->mm, addr);
		if (pte && *pte & PTE_PRESENT && PTE_PFN(*pte) == page_to_pfn(p))
			fn(v, pte, addr, arg);
	}
}

static void protect_one(struct vma *v, u64 *pte, uaddr_t addr, void *written)
{
	if (!(*pte & PTE_WRITE))
		return;
	*pte &= ~PTE_WRITE;
	if (*pte & PTE_HOST)
		tlb_write_protect(v->mm, addr, addr + PAGE_SIZE);
	*(int *)written = 1;
}

int page_protect_clean(struct page *p)
{
	int written = 0;

	if (p->mapcount && p->mapping)
		for_each_mapping(p, protect_one, &written);
	return written;
}

static void unmap_one(struct vma *v, u64 *pte, uaddr_t addr, void *unused)
{
	if (*pte & PTE_HOST)
		tlb_unmap(v->mm, addr, addr + PAGE_SIZE);
	pte_clear_page(v->mm, pte);
}

bool page_unmap(struct page *p)
{
	page_get(p);
	if (p->mapcount && p->mapping)
		for_each_mapping(p, unmap_one, NULL);
	p->refs--;
	return !p->mapcount;
}

static int zap_file_page(u64 *pte, uaddr_t addr, void *arg)
{
	struct vma *v = arg;
	struct page *p;

	if (!(*pte & PTE_PRESENT) || *pte & PTE_SPECIAL)
		return 0;
	p = pfn_to_page(PTE_PFN(*pte));
	if (!(*pte & PTE_FILE) || page_test(p, PG_ANON))
		return 0;		/* a private copy stays */
	unmap_one(v, pte, addr, NULL);
	return 0;
}

void unmap_mapping_range(struct address_space *m, unsigned long first, unsigned long last)
{
	struct vma *v;

	list_for_each_entry(v, &m->vmas, shared_node) {
		unsigned long pages = (v->end - v->start) >> PAGE_SHIFT;
		unsigned long lo = max(first, v->pgoff), hi = min(last, v->pgoff + pages - 1);

		if (lo > hi)
			continue;
		pte_walk(v->mm, v->start + ((lo - v->pgoff) << PAGE_SHIFT), v->start + ((hi - v->pgoff + 1) << PAGE_SHIFT),
			 zap_file_page, v);
	}
}
