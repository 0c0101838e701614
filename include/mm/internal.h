/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of mm/ and the boot code share, and nobody else needs. */
#ifndef MM_INTERNAL_H
#define MM_INTERNAL_H

#include <mm/mm.h>

/* Order of boot: page_alloc_init (bytes of mem=, the memfd), then heap, then slab. */
void page_alloc_init(u64 bytes, int fd);
void heap_init(u64 mem_bytes);
void slab_init(void);

/* The heap: aligned blocks of private memory of the kernel process. */
#define HEAP_BLOCK	(32 * 1024UL)
void *heap_alloc(unsigned long nblocks);	/* aligned to HEAP_BLOCK, content undefined; NULL */
void heap_free(void *p, unsigned long nblocks);
unsigned long heap_pages(void);			/* in use, kernel stacks and mem_map included */
void heap_charge_fixed(long pages);		/* memory taken elsewhere that counts too */

unsigned long page_reserve(void);
/*
 * Memory for n pages is wanted, and asked for the round-th time, from 0: sleeps, writes back, drops caches, at last kills.
 * False: give up. At once, if gfp or who asks may not sleep.
 */
bool make_room(unsigned long n, unsigned gfp, int round);
extern unsigned long mapped_file_pages;

/* Page tables. */
u64 *pte_lookup(struct mm *mm, uaddr_t addr);	/* NULL: no table there. Never sleeps. */
u64 *pte_alloc(struct mm *mm, uaddr_t addr);	/* NULL: no memory. Never sleeps. */
/* Calls fn for each slot of the tables that exist in [start, end), empty ones too; stops when it returns non-zero. */
int pte_walk(struct mm *mm, uaddr_t start, uaddr_t end, int (*fn)(u64 *pte, uaddr_t addr, void *arg), void *arg);
u64 *pgd_alloc(void);
void pgd_free(struct mm *mm);			/* all tables; entries must be gone */
void pte_set_page(struct mm *mm, u64 *pte, struct page *p, u64 rights);	/* empty slot; takes over one count of p */
void pte_clear_page(struct mm *mm, u64 *pte);	/* gives the count back */

#define MAX_MAP_COUNT	65530
#define MMAP_MIN_ADDR	65536UL

/*
 * Pages for copies that nobody asked for yet: taken in a row, so that one operation maps neighbours. Starts as zeros. Never
 * sleeps. Only while half of the memory is there for the taking: guesses are not to bring about what the need would not.
 */
struct page_stock { struct page *next; unsigned n; };
struct page *stock_take(struct page_stock *s);	/* NULL: not enough memory */
bool pages_to_spare(void);
void stock_free(struct page_stock *s);

/* Faults (fault.c). All need mm->lock. */
int fault_locked(struct mm *mm, uaddr_t addr, unsigned access, int *sig, int *code);	/* as handle_fault */
void fault_window(const struct vma *v, uaddr_t addr, unsigned pages, uaddr_t *start, uaddr_t *end);	/* aligned, around addr, within v */
unsigned fault_cluster(struct vma *v, uaddr_t addr);	/* pages that a fault takes along; 1 unless the area is used in sequence */

/* Copies (cow.c). */
void enter_copy(struct mm *mm, u64 *pte, struct page *to, const struct page *from, u64 rights);	/* to, filled and writable, in the entry */
int copy_page(struct mm *mm, u64 *pte, struct page *from, u64 rights);	/* for the entry; 0, -ENOMEM. Sleeps. */
bool sole_owner(const struct page *p);	/* a private page that nobody shares */
bool is_data_segment(const struct vma *v);
void copy_data_around(struct mm *mm, struct vma *v, uaddr_t addr);
int break_cow(struct mm *mm, struct vma *v, uaddr_t addr);

/* Host mappings (map_ahead.c). They are queued only. */
/* Those of present entries of [start, end) that the host lacks, or all (again: their rights changed). */
void map_present(struct mm *mm, uaddr_t start, uaddr_t end, bool again);
void enter_cached(struct mm *mm, struct vma *v, uaddr_t addr, unsigned n);	/* n file pages, without I/O */
void map_inherited(struct mm *mm);		/* fork: what the new mm has */
void map_ahead(struct mm *mm, struct vma *v);	/* of a program or a library that was just mapped: what it will touch first */

/* VMAs. All need mm->lock for writing. */
void vma_insert(struct mm *mm, struct vma *v);
void vma_remove(struct mm *mm, struct vma *v);	/* out of the tree; not freed */
struct vma *vma_alloc(struct mm *mm, uaddr_t start, uaddr_t end, unsigned flags);	/* not inserted. NULL */
void vma_free(struct vma *v);			/* closes, drops the file */
int vma_split(struct mm *mm, struct vma *v, uaddr_t at);	/* v keeps the lower part; 0, -ENOMEM */
struct vma *vma_merge(struct mm *mm, struct vma *v);		/* with both neighbours where they fit; what remains */
struct vma *vma_clone(struct vma *v, struct mm *mm);		/* for fork: not inserted. NULL */
void vma_account(struct mm *mm, const struct vma *v, long sign);
uaddr_t find_gap(struct mm *mm, size_t len, uaddr_t hint);	/* 0: none */
uaddr_t find_low_gap(struct mm *mm, size_t len, uaddr_t hint);	/* below 2 GiB; 0: none */
void zap_range(struct mm *mm, uaddr_t start, uaddr_t end);	/* page table entries out, host unmapped */
u64 vma_rights(const struct vma *v);		/* PTE_READ, EXEC of v; never WRITE */
/* mlock, MAP_POPULATE …: as far as it goes. 0; the first failure as -EFAULT (no page to be had) or -EACCES (the mapping forbids it). Sleeps. */
int populate_range(struct mm *mm, uaddr_t start, uaddr_t end, bool write);
int unmap_range_locked(struct mm *mm, uaddr_t start, uaddr_t end);
static inline unsigned long vma_pgoff(const struct vma *v, uaddr_t addr) { return v->pgoff + ((addr - v->start) >> PAGE_SHIFT); }
static inline bool vma_is_anon(const struct vma *v) { return !v->ops; }

#endif
