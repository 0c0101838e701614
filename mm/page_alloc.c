/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page allocator: a buddy system over the pages of physical memory. A free block of 2^n pages starts at a multiple of
 * its size; its first page has PG_BUDDY and n in private. Freed blocks go to the head of their list: warm memory first.
 * The kernel's heap counts against mem= too: pages in use here plus heap pages never exceed max_pfn.
 */
#include <kernel/bug.h>
#include <kernel/init.h>
#include <kernel/fail.h>
#include <kernel/sched.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/page.h>
#include <mm/pagecache.h>
#include <mm/internal.h>
#include <asm/os.h>

#define POISON_WORD	0x6b6b6b6b6b6b6b6bULL	/* what freed pages are filled with (CONFIG_DEBUG_POISON) */

struct page *mem_map;
u8 *physmem;
unsigned long max_pfn;
static struct list_head free_lists[MAX_ORDER + 1];
static unsigned long nr_free;		/* pages on the lists */
static unsigned long reserve;		/* left for GFP_ATOMIC and writeback */

unsigned long nr_free_pages(void)
{
	unsigned long heap = heap_pages();

	return nr_free > heap ? nr_free - heap : 0;
}

unsigned long pages_in_use(void)
{
	return max_pfn - nr_free;
}

unsigned long total_pages(void)
{
	return max_pfn;
}

unsigned long page_reserve(void)
{
	return reserve;
}

static void free_block(struct page *p, unsigned order)
{
	nr_free += 1UL << order;
	for (; order < MAX_ORDER; order++) {
		unsigned long pfn = page_to_pfn(p), other = pfn ^ (1UL << order);
		struct page *buddy = pfn_to_page(other);

		if (other + (1UL << order) > max_pfn || !page_test(buddy, PG_BUDDY) || buddy->private != order)
			break;
		list_del(&buddy->lru);
		page_clear(buddy, PG_BUDDY);
		if (other < pfn)
			p = buddy;
	}
	page_set(p, PG_BUDDY);
	p->private = order;
	list_add(&p->lru, &free_lists[order]);
}

/* Takes a block of order off the lists, splitting a larger one; the lower half is used first, so that runs grow upwards. */
static struct page *take_block(unsigned order)
{
	for (unsigned o = order; o <= MAX_ORDER; o++) {
		struct page *p = list_first_or_null(&free_lists[o], struct page, lru);

		if (!p)
			continue;
		list_del(&p->lru);
		page_clear(p, PG_BUDDY);
		while (o > order) {
			struct page *half = p + (1UL << --o);

			page_set(half, PG_BUDDY);
			half->private = o;
			list_add(&half->lru, &free_lists[o]);
		}
		nr_free -= 1UL << order;
		return p;
	}
	return NULL;
}

/* A freed page that was written to: by the kernel, or by a guest that still has it mapped. */
static void check_poison(const struct page *p)
{
	const u64 *v = page_address(p);

	if (IS_ENABLED(CONFIG_DEBUG_POISON) && !page_test(p, PG_VIRGIN))
		for (unsigned i = 0; i < PAGE_SIZE / 8; i++)
			if (v[i] != POISON_WORD)
				panic("page %lu was written to at %u after it was freed", page_to_pfn(p), i * 8);
}

static void prepare_page(struct page *p, unsigned gfp)
{
	check_poison(p);
	if (gfp & GFP_ZERO && !page_test(p, PG_VIRGIN))
		memset(page_address(p), 0, PAGE_SIZE);
	BUG_ON(p->refs || p->mapcount);
	p->flags = 0;
	p->refs = 1;
	p->mapping = NULL;
	p->index = 0;
	p->private = 0;
	list_init(&p->lru);
}

static bool enough(unsigned long n, unsigned gfp)
{
	unsigned long keep = gfp & GFP_ATOMIC || (current && current->flags & PF_MEMALLOC) ? 0 : reserve;

	return nr_free_pages() >= n + keep;
}

/*
 * So few pages of files are what programs stand on. To take these as well is no gain: they are read in again at once, by somebody
 * who has to take another's for them, and so on for ever.
 */
#define MIN_CACHE	64UL

static bool cache_exhausted(void)
{
	return page_cache_stat.cached + page_cache_stat.buffers < page_cache_stat.shmem + MIN_CACHE;
}

bool make_room(unsigned long n, unsigned gfp, int round)
{
	if (gfp & (GFP_NOWAIT | GFP_ATOMIC) || !current || current->flags & PF_MEMALLOC)
		return false;
	if (reclaim_pages(max(n, 64UL))) {
		if (cache_exhausted() && !(gfp & GFP_NOOOM))
			out_of_memory();
		return true;
	}
	if (round < 3) {
		schedule_timeout(WAIT_UNINTERRUPTIBLE, ktime_ns() + 2 * NSEC_PER_MSEC);	/* writeback may end meanwhile */
		return true;
	}
	if (gfp & GFP_NOOOM || fatal_signal_pending(current))
		return false;
	out_of_memory();
	schedule_timeout(WAIT_KILLABLE, ktime_ns() + 10 * NSEC_PER_MSEC);
	return round < 50;
}

struct page *alloc_pages(unsigned order, unsigned gfp)
{
	struct page *p = NULL;

	if (!(gfp & (GFP_NOWAIT | GFP_ATOMIC)))
		might_sleep();
	if (fail_alloc())
		return NULL;
	for (int round = 0; ; round++) {
		if (enough(1UL << order, gfp))
			p = take_block(order);
		if (p || order > 3 || !make_room(1UL << order, gfp, round))
			break;
	}
	for (unsigned long i = 0; p && i < 1UL << order; i++)
		prepare_page(p + i, gfp);
	return p;
}

struct page *alloc_page_run(unsigned want, unsigned *got, unsigned gfp)
{
	struct page *p;

	for (int order = min(ilog2(want), MAX_ORDER); order > 0; order--) {
		p = alloc_pages((unsigned)order, gfp | GFP_NOWAIT);

		if (p) {
			*got = 1U << order;
			return p;
		}
	}
	p = alloc_page(gfp);
	*got = p ? 1 : 0;
	return p;
}

/* The cache counts as free: it gives way. */
bool pages_to_spare(void)
{
	unsigned long cache = page_cache_stat.cached + page_cache_stat.buffers, shmem = page_cache_stat.shmem;

	return nr_free_pages() + (cache > shmem ? cache - shmem : 0) > max_pfn / 2;
}

struct page *stock_take(struct page_stock *s)
{
	if (!s->n && !pages_to_spare())
		return NULL;
	if (!s->n)
		s->next = alloc_page_run(16, &s->n, GFP_NOWAIT);
	if (!s->next)
		return NULL;
	s->n--;
	return s->next++;
}

void stock_free(struct page_stock *s)
{
	for (; s->n; s->n--)
		page_put(s->next++);
}

void page_put(struct page *p)
{
	BUG_ON(p->refs <= 0);
	if (--p->refs)
		return;
	BUG_ON(p->mapcount || p->mapping);
	p->flags = 0;
	if (IS_ENABLED(CONFIG_DEBUG_POISON))
		memset(page_address(p), POISON_WORD & 0xff, PAGE_SIZE);
	free_block(p, 0);
}

void page_alloc_init(u64 bytes, int fd)
{
	unsigned long map_bytes;

	max_pfn = bytes >> PAGE_SHIFT;
	map_bytes = PAGE_ALIGN(max_pfn * sizeof(struct page));
	physmem = os_map_shared(fd, 0, bytes);
	mem_map = os_alloc_pages(map_bytes);
	if (!physmem || !mem_map) {
		option_error("mem=: the host does not let us map %llu MiB; give less, or raise the limit (ulimit -v)", (unsigned long long)bytes >> 20);
		os_exit(1);
	}
	for (int i = 0; i <= MAX_ORDER; i++)
		list_init(&free_lists[i]);
	for (unsigned long pfn = max_pfn; pfn > 0; ) {	/* downwards, so that low blocks come first */
		unsigned order = MAX_ORDER;

		while (pfn & ((1UL << order) - 1))
			order--;
		pfn -= 1UL << order;
		free_block(pfn_to_page(pfn), order);
	}
	for (unsigned long pfn = 0; pfn < max_pfn; pfn++)
		page_set(pfn_to_page(pfn), PG_VIRGIN);
	reserve = clamp(max_pfn / 128, 64UL, 2048UL);
	heap_charge_fixed(map_bytes >> PAGE_SHIFT);
}
