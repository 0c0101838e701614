/* SPDX-License-Identifier: GPL-2.0 */
/* Guest page tables: four levels of 512 entries, in kernel memory. Upper entries are pointers to the next table. */
#include <kernel/bug.h>
#include <lib/string.h>
#include <mm/internal.h>
#include <mm/slab.h>

#define ENTRIES	512
#define LEVELS	4

static struct kmem_cache *table_cache;

static unsigned index_at(uaddr_t addr, int level)	/* level 0: page table entries */
{
	return (addr >> (PAGE_SHIFT + 9 * level)) % ENTRIES;
}

u64 *pgd_alloc(void)
{
	if (!table_cache)
		table_cache = kmem_cache_create("pgtable", ENTRIES * sizeof(u64), NULL);
	return kmem_cache_alloc(table_cache, GFP_ZERO);
}

u64 *pte_lookup(struct mm *mm, uaddr_t addr)
{
	u64 *table = mm->pgd;

	for (int level = LEVELS - 1; level > 0 && table; level--)
		table = (u64 *)table[index_at(addr, level)];
	return table ? &table[index_at(addr, 0)] : NULL;
}

u64 *pte_alloc(struct mm *mm, uaddr_t addr)
{
	u64 *table = mm->pgd;

	for (int level = LEVELS - 1; level > 0; level--) {
		u64 *slot = &table[index_at(addr, level)];

		if (!*slot) {
			*slot = (u64)kmem_cache_alloc(table_cache, GFP_ZERO | GFP_NOWAIT);
			if (!*slot)
				return NULL;
			mm->nr_ptes++;
		}
		table = (u64 *)*slot;
	}
	return &table[index_at(addr, 0)];
}

/* The address behind the table of this level that addr lies in. */
static uaddr_t table_end(uaddr_t addr, int level)
{
	unsigned shift = PAGE_SHIFT + 9 * (level + 1);

	return ((addr >> shift) + 1) << shift;
}

int pte_walk(struct mm *mm, uaddr_t start, uaddr_t end, int (*fn)(u64 *pte, uaddr_t addr, void *arg), void *arg)
{
	while (start < end) {
		u64 *table = mm->pgd;
		int level = LEVELS - 1;
		uaddr_t stop;

		for (; level > 0; level--) {
			u64 *next = (u64 *)table[index_at(start, level)];

			if (!next)
				break;
			table = next;
		}
		if (level > 0) {		/* nothing mapped below this entry */
			start = table_end(start, level - 1);
			continue;
		}
		stop = min(table_end(start, 0), end);
		for (; start < stop; start += PAGE_SIZE) {
			int ret = fn(&table[index_at(start, 0)], start, arg);

			if (ret)
				return ret;
		}
	}
	return 0;
}

static void free_table(u64 *table, int level)
{
	if (level > 0)
		for (int i = 0; i < ENTRIES; i++)
			if (table[i])
				free_table((u64 *)table[i], level - 1);
	kmem_cache_free(table_cache, table);
}

void pgd_free(struct mm *mm)
{
	free_table(mm->pgd, LEVELS - 1);
	mm->pgd = NULL;
	mm->nr_ptes = 0;
}

unsigned long mapped_file_pages;

void pte_set_page(struct mm *mm, u64 *pte, struct page *p, u64 rights)
{
	u64 file = p->mapping ? PTE_FILE : 0;

	BUG_ON(*pte);
	*pte = (u64)page_to_pfn(p) << PAGE_SHIFT | PTE_PRESENT | rights | file;
	p->mapcount++;
	if (file) {
		mm->rss_file++;
		mapped_file_pages++;
	} else {
		mm->rss_anon++;
	}
	mm->hiwater_rss = max(mm->hiwater_rss, mm_rss(mm));
}

void pte_clear_page(struct mm *mm, u64 *pte)
{
	struct page *p = pfn_to_page(PTE_PFN(*pte));
	u64 old = *pte;

	*pte = 0;
	if (old & PTE_SPECIAL)
		return;
	BUG_ON(p->mapcount <= 0);
	p->mapcount--;
	if (old & PTE_FILE) {
		mm->rss_file--;
		mapped_file_pages--;
	} else {
		mm->rss_anon--;
	}
	page_put(p);
}
