// SPDX-License-Identifier: GPL-2.0
/* Pages leave a mapping: the file became shorter, got a hole, is gone; or the cache is dropped. */
#include <fs/fs.h>
#include <kernel/sched.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/pagecache.h>

static void truncate_page(struct address_space *m, struct page *p)
{
	page_lock(p);
	if (p->mapping != m)
		goto out;
	page_wait_writeback(p);
	if (p->mapcount)
		unmap_mapping_range(m, p->index, p->index);
	if (m->ops && m->ops->invalidate)
		m->ops->invalidate(p, page_test(p, PG_DIRTY));
	page_cache_remove(p);
out:
	page_unlock(p);
}

static void truncate_pages(struct address_space *m, unsigned long first, unsigned long last)
{
	unsigned long index = first;
	struct page *p;

	while (index <= last && (p = xa_find(&m->pages, &index, last))) {
		page_get(p);
		truncate_page(m, p);
		page_put(p);
		if (index++ == ULONG_MAX)
			break;
		cond_resched();
	}
}

/* In the cache only: what the disk holds there is the file system's to zero. */
static void zero_edge(struct address_space *m, unsigned long index, size_t from, size_t to)
{
	struct page *p = from < to ? find_lock_page(m, index) : NULL;

	if (!p)
		return;
	page_wait_writeback(p);
	if (page_test(p, PG_UPTODATE))
		memset((u8 *)page_address(p) + from, 0, to - from);
	page_unlock(p);
	page_put(p);
}

void truncate_pagecache(struct inode *inode, loff_t lstart)
{
	struct address_space *m = &inode->data;
	unsigned long first = ((u64)lstart + PAGE_SIZE - 1) >> PAGE_SHIFT;

	might_sleep();
	if (!m->nrpages)
		return;
	if (!list_empty(&m->vmas))
		unmap_mapping_range(m, first, ULONG_MAX);
	if (lstart & ~PAGE_MASK)
		zero_edge(m, (u64)lstart >> PAGE_SHIFT, lstart & ~PAGE_MASK, PAGE_SIZE);
	truncate_pages(m, first, ULONG_MAX);
	if (!list_empty(&m->vmas))
		unmap_mapping_range(m, first, ULONG_MAX);	/* faults that were under way */
}

void truncate_pagecache_range(struct inode *inode, loff_t lstart, loff_t lend)
{
	struct address_space *m = &inode->data;
	u64 end = (u64)lend + 1;
	unsigned long first = ((u64)lstart + PAGE_SIZE - 1) >> PAGE_SHIFT, behind = end >> PAGE_SHIFT;

	might_sleep();
	if (!m->nrpages)
		return;
	if (first > behind) {		/* within one page */
		zero_edge(m, behind, lstart & ~PAGE_MASK, end & ~PAGE_MASK);
		return;
	}
	if (lstart & ~PAGE_MASK)
		zero_edge(m, first - 1, lstart & ~PAGE_MASK, PAGE_SIZE);
	zero_edge(m, behind, 0, end & ~PAGE_MASK);
	if (first == behind)
		return;
	if (!list_empty(&m->vmas))
		unmap_mapping_range(m, first, behind - 1);
	truncate_pages(m, first, behind - 1);
}

void invalidate_mapping(struct address_space *m)
{
	unsigned long index = 0;
	struct page *p;

	while ((p = xa_find(&m->pages, &index, ULONG_MAX))) {
		page_cache_try_drop(p);
		if (index++ == ULONG_MAX)
			break;
	}
}
