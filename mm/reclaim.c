// SPDX-License-Identifier: GPL-2.0
/*
 * Reclaim: which pages of the cache go when memory is short. Two lists: a page starts on the inactive one and moves to the
 * active one when it is used again; the inactive one is eaten from its end and refilled from the active one's.
 * Dirty pages are left to the flusher thread: who asks for memory may hold any lock, and so must never enter a file system.
 */
#include <fs/fs.h>
#include <kernel/sched.h>
#include <mm/mm.h>
#include <mm/pagecache.h>
#include <mm/slab.h>

#define MAX_PASSES	3	/* the last ones take mapped and recently used pages too */
#define WAIT_NS		(50 * NSEC_PER_MSEC)

static LIST_HEAD(active);
static LIST_HEAD(inactive);

void lru_add(struct page *p)
{
	if (!p->mapping->ops || !p->mapping->ops->writepages)
		return;		/* tmpfs: there is nowhere to put it */
	page_set(p, PG_LRU);
	list_add(&p->lru, &inactive);
	page_cache_stat.inactive++;
}

void lru_del(struct page *p)
{
	if (!page_test(p, PG_LRU))
		return;
	if (page_test(p, PG_ACTIVE))
		page_cache_stat.active--;
	else
		page_cache_stat.inactive--;
	p->flags &= ~(BIT(PG_LRU) | BIT(PG_ACTIVE) | BIT(PG_REFERENCED));
	list_del(&p->lru);
}

static void activate(struct page *p)
{
	if (page_test(p, PG_ACTIVE)) {
		list_move(&p->lru, &active);
		return;
	}
	page_set(p, PG_ACTIVE);
	list_move(&p->lru, &active);
	page_cache_stat.inactive--;
	page_cache_stat.active++;
}

void lru_touch(struct page *p)
{
	if (!page_test(p, PG_REFERENCED)) {
		page_set(p, PG_REFERENCED);
	} else if ((p->flags & (BIT(PG_LRU) | BIT(PG_ACTIVE))) == BIT(PG_LRU)) {
		page_clear(p, PG_REFERENCED);
		activate(p);
	}
}

/* Keeps the inactive list at about half of all, so that a page has time to be used again. */
static void refill_inactive(unsigned long n)
{
	while (n-- && page_cache_stat.inactive < page_cache_stat.active) {
		struct page *p = list_last(&active, struct page, lru);

		if (page_test(p, PG_REFERENCED)) {
			page_clear(p, PG_REFERENCED);
			list_move(&p->lru, &active);
			continue;
		}
		page_clear(p, PG_ACTIVE);
		list_move(&p->lru, &inactive);
		page_cache_stat.active--;
		page_cache_stat.inactive++;
	}
}

/* One page from the end of the inactive list: gone, or put where it belongs. */
static bool reclaim_page(struct page *p, int pass)
{
	bool last = pass == MAX_PASSES - 1;

	if (p->flags & (BIT(PG_LOCKED) | BIT(PG_DIRTY) | BIT(PG_WRITEBACK))) {
		list_move(&p->lru, &inactive);
		return false;
	}
	if (p->mapcount && !pass) {
		activate(p);
		return false;
	}
	if (page_test(p, PG_REFERENCED) && !last) {
		page_clear(p, PG_REFERENCED);
		activate(p);
		return false;
	}
	if (p->mapcount && !page_unmap(p)) {
		activate(p);
		return false;
	}
	if (!page_cache_try_drop(p)) {
		list_move(&p->lru, &inactive);
		return false;
	}
	return true;
}

static unsigned long shrink_pass(unsigned long want, int pass)
{
	unsigned long scan = min(page_cache_stat.inactive, max(want * 8, page_cache_stat.inactive / 4)), gone = 0;

	if (pass)
		scan = page_cache_stat.inactive;
	for (; scan && gone < want && !list_empty(&inactive); scan--)
		gone += reclaim_page(list_last(&inactive, struct page, lru), pass);
	return gone;
}

unsigned long shrink_page_cache(unsigned long want)
{
	unsigned long gone = 0;

	for (int pass = 0; pass < MAX_PASSES && gone < want; pass++) {
		refill_inactive(pass ? page_cache_stat.active : want * 8);
		gone += shrink_pass(want - gone, pass);
	}
	return gone;
}

/* Nothing is clean: have the flusher write, and wait a little. Not for the flusher itself. */
static void wait_for_flusher(void)
{
	if (current->flags & PF_MEMALLOC || !page_cache_stat.dirty + page_cache_stat.writeback)
		return;
	flusher_wake();
	schedule_timeout(WAIT_UNINTERRUPTIBLE, ktime_ns() + WAIT_NS);
}

unsigned long reclaim_pages(unsigned long want)
{
	unsigned long gone;

	gone = shrink_page_cache(want);
	gone += shrink_slabs(want);
	if (gone < want / 2)
		gone += shrink_page_cache(want - gone);		/* pages that freed inodes and dentries held */
	if (!gone) {
		wait_for_flusher();
		gone = shrink_page_cache(want);
	}
	return gone;
}
