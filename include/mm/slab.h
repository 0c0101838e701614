/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's own heap: private memory of the kernel process that no guest can ever map.
 * Allocation sleeps (may write back and reclaim) unless GFP_NOWAIT or GFP_ATOMIC. NULL: no memory.
 */
#ifndef MM_SLAB_H
#define MM_SLAB_H

#include <kernel/types.h>
#include <mm/page.h>

void *kmalloc(size_t n, unsigned gfp);
void *kcalloc(size_t n, size_t size, unsigned gfp);	/* zeroed, overflow checked */
static inline void *kzalloc(size_t n, unsigned gfp) { return kmalloc(n, gfp | GFP_ZERO); }
void *krealloc(void *p, size_t n, unsigned gfp);	/* grown part undefined */
void kfree(const void *p);				/* NULL is fine */
char *kstrdup(const char *s, unsigned gfp);
char *kstrndup(const char *s, size_t n, unsigned gfp);
char *kasprintf(unsigned gfp, const char *fmt, ...) __printf(2, 3);

/* Caches of one object size. ctor: run once when the memory is obtained; objects are freed in constructed state. */
struct kmem_cache;
struct kmem_cache *kmem_cache_create(const char *name, size_t size, void (*ctor)(void *obj));
void *kmem_cache_alloc(struct kmem_cache *c, unsigned gfp);
void kmem_cache_free(struct kmem_cache *c, void *obj);

/* Give memory back under pressure: how many objects could go (scan 0), or how many went. Never sleeps. */
struct shrinker { unsigned long (*shrink)(unsigned long scan); struct list_head node; };
void shrinker_register(struct shrinker *s);
unsigned long shrink_slabs(unsigned long want);	/* asks all of them for their share: objects that went. For reclaim_pages(). */

/* For /proc/slabinfo and the leak report: calls fn for each cache. */
struct slab_stat { const char *name; size_t size; unsigned long active, total; };
void slab_for_each(void (*fn)(const struct slab_stat *st, void *arg), void *arg);

/* Leak report: pages of allocations too large for a slab; from now on note who allocates; log those that live, of the wanted caches (in slab_for_each()'s order). */
unsigned long slab_large_pages(void);
void slab_remember(void);
void slab_show_new(const bool *wanted, unsigned n);

#endif
