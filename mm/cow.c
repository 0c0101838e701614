/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Private copies of shared pages: copy-on-write. A copy costs a small part of a fault, so neighbours that are likely to be
 * written to next are copied along.
 */
#include <fs/fs.h>
#include <lib/string.h>
#include <mm/internal.h>
#include <mm/pagecache.h>

#define AROUND		8	/* pages copied, or made writable, around a write */
#define DATA_AROUND	32	/* the same in a program's data: most of it is written to in the end */
#define DATA_SEGMENT	1024	/* pages: a private writable file mapping up to this size is a program's data */

void enter_copy(struct mm *mm, u64 *pte, struct page *to, const struct page *from, u64 rights)
{
	memcpy(page_address(to), page_address(from), PAGE_SIZE);
	page_set(to, PG_ANON);
	if (*pte)
		pte_clear_page(mm, pte);
	pte_set_page(mm, pte, to, rights | PTE_WRITE);
}

int copy_page(struct mm *mm, u64 *pte, struct page *from, u64 rights)
{
	u64 was = *pte;
	struct page *to = alloc_page(GFP_KERNEL);

	if (!to)
		return -ENOMEM;
	if ((was ^ *pte) & (PTE_PRESENT | ~(PAGE_SIZE - 1)))
		page_put(to);		/* another thread was faster, or the page is gone: the access is tried again */
	else
		enter_copy(mm, pte, to, from, rights);
	return 0;
}

/* What a program will write to sooner or later: reading it first would only cost a second fault. */
bool is_data_segment(const struct vma *v)
{
	return (v->flags & (VM_WRITE | VM_SHARED)) == VM_WRITE && v->ops && v->ops->fault == filemap_fault &&
	       (v->end - v->start) >> PAGE_SHIFT <= DATA_SEGMENT;
}

/* The neighbours of a data page that was just copied, as far as they are cached and not there yet. Never sleeps. */
void copy_data_around(struct mm *mm, struct vma *v, uaddr_t addr)
{
	struct address_space *m = v->file->mapping;
	struct page_stock stock = { NULL, 0 };
	uaddr_t start, end;

	fault_window(v, addr, DATA_AROUND, &start, &end);
	for (uaddr_t a = start; a < end && is_data_segment(v); a += PAGE_SIZE) {
		u64 *pte = pte_alloc(mm, a);
		struct page *p = pte && !*pte ? xa_load(&m->pages, vma_pgoff(v, a)) : NULL;
		struct page *to;

		if (!p || !page_test(p, PG_UPTODATE) || page_test(p, PG_LOCKED) || (loff_t)vma_pgoff(v, a) << PAGE_SHIFT >= m->host->size)
			continue;
		to = stock_take(&stock);
		if (!to)
			break;
		enter_copy(mm, pte, to, p, vma_rights(v));
	}
	stock_free(&stock);
	map_present(mm, start, end, false);
}

/* The page of a private mapping is ours alone: nothing to copy. */
bool sole_owner(const struct page *p)
{
	return page_test(p, PG_ANON) && p->refs == 1 && p->mapcount == 1;
}

/* One page becomes the guest's own to write. stock: not the one that faulted, so never sleep for it. 0, -ENOMEM. */
static int own_page(struct mm *mm, struct vma *v, u64 *pte, struct page_stock *stock)
{
	struct page *p = pfn_to_page(PTE_PFN(*pte)), *to;
	int err;

	if (sole_owner(p)) {
		*pte |= PTE_WRITE;
		return 0;
	}
	if (!stock) {
		page_get(p);
		err = copy_page(mm, pte, p, vma_rights(v));
		page_put(p);
		return err;
	}
	if (!page_test(p, PG_ANON) && !is_data_segment(v))
		return 0;		/* a file page that nobody has written to yet */
	to = stock_take(stock);
	if (!to)
		return -ENOMEM;
	enter_copy(mm, pte, to, p, vma_rights(v));
	return 0;
}

/*
 * The page that faulted, and others that are likely to be written to next: those behind it when the area is written in
 * sequence, else those around it. After a fork the parent gets back many at once this way, when the child is gone.
 */
int break_cow(struct mm *mm, struct vma *v, uaddr_t addr)
{
	unsigned n = fault_cluster(v, addr);
	uaddr_t start = addr, end = addr + n * PAGE_SIZE;
	struct page_stock stock = { NULL, 0 };
	int err;

	err = own_page(mm, v, pte_lookup(mm, addr), NULL);
	if (err)
		return err;
	if (n == 1)
		fault_window(v, addr, is_data_segment(v) ? DATA_AROUND : AROUND, &start, &end);
	for (uaddr_t a = start; a < end; a += PAGE_SIZE) {
		u64 *pte = pte_lookup(mm, a);

		if (!pte || !(*pte & PTE_PRESENT) || *pte & (PTE_WRITE | PTE_SPECIAL))
			continue;
		own_page(mm, v, pte, &stock);	/* no memory: others may need none */
	}
	stock_free(&stock);
	v->next_fault = n == 1 ? addr + PAGE_SIZE : end;
	map_present(mm, start, end, true);
	return 0;
}
