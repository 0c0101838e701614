/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Physical pages: one memfd of mem= bytes, mapped whole in the kernel. They hold what guests may see: anonymous memory
 * and the page cache, nothing else. The allocator is a buddy system, so that neighbours in files and in anonymous
 * memory lie side by side: one host mmap maps a whole run.
 */
#ifndef MM_PAGE_H
#define MM_PAGE_H

#include <kernel/types.h>
#include <lib/list.h>

struct address_space;

enum page_flag {
	PG_LOCKED,	/* I/O on it, or being truncated: wait by page_lock() */
	PG_UPTODATE,	/* holds the file's content */
	PG_DIRTY,	/* newer than the disk */
	PG_WRITEBACK,	/* on its way to the disk; may be read and written meanwhile (then it is dirty again) */
	PG_ERROR,	/* reading or writing it failed */
	PG_LRU,		/* on a reclaim list */
	PG_REFERENCED,
	PG_ANON,
	PG_BUDDY,	/* free, first of 2^private pages */
	PG_VIRGIN,	/* never written since boot: the host will give zeros */
	PG_PRIVATE,	/* private belongs to the file system (a_ops->release is asked) */
	PG_READAHEAD,	/* reading this one starts the next read-ahead */
	PG_ACTIVE,	/* on the active reclaim list */
};

struct page {
	u32 flags;
	int refs;			/* 0: free */
	struct address_space *mapping;	/* page cache: whose; else NULL */
	unsigned long index;		/* in the mapping, in pages */
	struct list_head lru;
	unsigned long private;
	int mapcount;			/* guest page table entries that point here */
};
_Static_assert(sizeof(struct page) <= 64, "one cache line");

extern struct page *mem_map;
extern u8 *physmem;			/* the kernel's mapping of all of it */
extern unsigned long max_pfn;		/* pages in all */

static inline unsigned long page_to_pfn(const struct page *p) { return (unsigned long)(p - mem_map); }
static inline struct page *pfn_to_page(unsigned long pfn) { return &mem_map[pfn]; }
static inline void *page_address(const struct page *p) { return physmem + (page_to_pfn(p) << PAGE_SHIFT); }
static inline struct page *virt_to_page(const void *v) { return &mem_map[(unsigned long)((const u8 *)v - physmem) >> PAGE_SHIFT]; }

static inline bool page_test(const struct page *p, enum page_flag f) { return p->flags >> f & 1; }
static inline void page_set(struct page *p, enum page_flag f) { p->flags |= 1U << f; }
static inline void page_clear(struct page *p, enum page_flag f) { p->flags &= ~(1U << f); }

#define MAX_ORDER	10		/* the largest run: 4 MiB */
#define GFP_ZERO	0x01		/* zeroed */
#define GFP_NOWAIT	0x02		/* never sleeps, never reclaims */
#define GFP_ATOMIC	0x04		/* GFP_NOWAIT, and may dip into the reserve */
#define GFP_NOOOM	0x08		/* NULL rather than killing for it */
#define GFP_KERNEL	0

/* 2^order pages in a row, each with refs 1 (each is later freed alone). NULL: no memory. Sleeps unless GFP_NOWAIT. */
struct page *alloc_pages(unsigned order, unsigned gfp);
static inline struct page *alloc_page(unsigned gfp) { return alloc_pages(0, gfp); }
/* As many as can be had in a row, at least 1, at most want (any number): *got. NULL: none, *got is 0. For read-ahead and faults. */
struct page *alloc_page_run(unsigned want, unsigned *got, unsigned gfp);
static inline void page_get(struct page *p) { p->refs++; }
void page_put(struct page *p);		/* the last one frees */
unsigned long pages_in_use(void);	/* the heap's, which are not of these, left out */
unsigned long nr_free_pages(void);
unsigned long total_pages(void);	/* what mem= gave, less what the kernel's own heap holds */

/* The page lock. */
void page_lock(struct page *p);			/* sleeps */
bool page_trylock(struct page *p);
void page_unlock(struct page *p);
void page_wait_locked(struct page *p);		/* sleeps until it is unlocked */
void page_wait_writeback(struct page *p);	/* sleeps */
void page_wake(struct page *p);			/* PG_LOCKED or PG_WRITEBACK was cleared */

struct mem_counts { unsigned long free, anon, cached, buffers, dirty, writeback, shmem, slab, kernel_heap, mapped, pagetables; };
void mem_counts(struct mem_counts *c);		/* in pages: /proc/meminfo */

#endif
