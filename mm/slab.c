/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Object caches and kmalloc. Each slab is one heap block whose header names its cache; an object finds its slab by masking
 * its address. Allocations too large for a slab are runs of blocks with the same header and no cache.
 * Under AddressSanitizer all but what was asked for of objects in use is poisoned. Checking kernels keep a tag behind each
 * object: its size as asked for, and who got it since boot was over.
 */
#include <kernel/bug.h>
#include <kernel/fail.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <lib/list.h>
#include <lib/string.h>
#include <mm/internal.h>
#include <mm/pagecache.h>
#include <mm/slab.h>
#include <asm/os.h>
#include <asm/thread.h>

#ifdef UM_SANITIZE
void __asan_poison_memory_region(const volatile void *p, size_t n);
void __asan_unpoison_memory_region(const volatile void *p, size_t n);
#define poison(p, n)	__asan_poison_memory_region(p, n)
#define unpoison(p, n)	__asan_unpoison_memory_region(p, n)
#define SANITIZED	1
#else
#define poison(p, n)	do { } while (0)
#define unpoison(p, n)	do { } while (0)
#define SANITIZED	0
#endif
#define TAGGED		(SANITIZED || IS_ENABLED(CONFIG_DEBUG_LEAKS))
#define POISON		0x6b		/* what freed memory is filled with (CONFIG_DEBUG_POISON) */

#define TAG_CALLERS	6
struct tag { u64 size; unsigned long pc[TAG_CALLERS]; };
#define TAG_BYTES	(TAGGED ? sizeof(struct tag) : 0)

struct kmem_cache {
	const char *name;
	u32 size;			/* asked for */
	u32 stride;			/* between objects */
	u32 per_slab;
	u32 link;			/* where in a free object the pointer to the next one is */
	void (*ctor)(void *obj);
	struct list_head partial, full;
	struct slab *empty;		/* one is kept */
	unsigned long active, slabs;
	struct list_head node;
};

struct slab {
	struct kmem_cache *cache;	/* NULL: a large allocation */
	unsigned long nblocks;
	struct list_head node;
	u32 inuse, fresh;		/* objects given out; objects never given out yet start at index fresh */
	void *free;			/* freed ones, linked through link_of() */
	size_t large_size;
};
#define HEADER	ALIGN(sizeof(struct slab), 64)

static LIST_HEAD(caches);
static LIST_HEAD(shrinkers);
static const u16 sizes[] = { 16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 8192 };
static struct kmem_cache general[ARRAY_SIZE(sizes)];
static u8 class_of[8192 / 16 + 1];
static struct kmem_cache cache_cache;
static unsigned long large_blocks;

static void cache_init(struct kmem_cache *c, const char *name, size_t size, void (*ctor)(void *))
{
	*c = (struct kmem_cache){ .name = name, .size = (u32)size, .ctor = ctor };
	/* a constructed object keeps its content while free, so its link lies behind it */
	c->link = ctor ? (u32)ALIGN(size, sizeof(void *)) : 0;
	c->stride = (u32)ALIGN(max(size, c->link + sizeof(void *)) + TAG_BYTES, size >= 64 ? 64 : 16);
	c->per_slab = (u32)((HEAP_BLOCK - HEADER) / c->stride);
	BUG_ON(!c->per_slab);
	list_init(&c->partial);
	list_init(&c->full);
	list_add_tail(&c->node, &caches);
}

static void **link_of(const struct kmem_cache *c, void *obj)
{
	return (void **)((u8 *)obj + c->link);
}

static struct tag *tag_of(const struct kmem_cache *c, void *obj)
{
	return (struct tag *)((u8 *)obj + c->stride - sizeof(struct tag));
}

static struct slab *slab_of(const void *p)
{
	return (struct slab *)((unsigned long)p & ~(HEAP_BLOCK - 1));
}

/* May sleep. A block's worth of memory for the heap must fit below mem= too. */
static void *get_blocks(unsigned long n, unsigned gfp)
{
	unsigned long pages = n * (HEAP_BLOCK >> PAGE_SHIFT);
	bool hard_pressed = gfp & (GFP_NOWAIT | GFP_ATOMIC) || !current || current->flags & PF_MEMALLOC;
	unsigned long keep = hard_pressed ? 0 : page_reserve() / 2;

	for (int round = 0; nr_free_pages() < pages + keep; round++)
		if (!make_room(pages, gfp, round))
			return NULL;
	return heap_alloc(n);
}

static struct slab *new_slab(struct kmem_cache *c, unsigned gfp)
{
	struct slab *s = get_blocks(1, gfp);

	if (!s)
		return NULL;
	*s = (struct slab){ .cache = c, .nblocks = 1 };
	poison((u8 *)s + HEADER, HEAP_BLOCK - HEADER);
	c->slabs++;
	list_add(&s->node, &c->partial);
	return s;
}

static void free_slab(struct slab *s)
{
	if (s->cache)
		s->cache->slabs--;
	unpoison(s, HEAP_BLOCK * s->nblocks);
	heap_free(s, s->nblocks);
}

static bool tag_callers;		/* boot is over: who gets objects now is noted */

static void note_callers(struct tag *tag)
{
	unsigned long pc[TAG_CALLERS + 2];	/* ours and the allocator's own first */
	int n = task_backtrace(current, pc, ARRAY_SIZE(pc));

	if (n > 2)
		memcpy(tag->pc, pc + 2, (size_t)(n - 2) * sizeof(pc[0]));
}

/* All of obj is accessible so far. Leaves n bytes of it so. */
static void tag_object(const struct kmem_cache *c, void *obj, size_t n)
{
	struct tag *tag = tag_of(c, obj);

	if (!TAGGED)
		return;
	*tag = (struct tag){ .size = n };
	if (tag_callers)
		note_callers(tag);
	poison((u8 *)obj + n, c->stride - n);
}

/* A freed object that was written to has been used after it was freed. */
static void check_poison(const struct kmem_cache *c, const u8 *obj)
{
	if (IS_ENABLED(CONFIG_DEBUG_POISON) && !c->ctor)
		for (u32 i = sizeof(void *); i < c->size; i++)
			if (obj[i] != POISON)
				panic("%s: an object was written to at %u after it was freed", c->name, i);
}

static void *cache_alloc(struct kmem_cache *c, size_t n, unsigned gfp)
{
	struct slab *s;
	void *obj;

	if (!(gfp & (GFP_NOWAIT | GFP_ATOMIC)))
		might_sleep();
	if (fail_alloc())
		return NULL;
	s = list_first_or_null(&c->partial, struct slab, node);
	if (!s && c->empty) {
		s = c->empty;
		c->empty = NULL;
		list_add(&s->node, &c->partial);
	}
	if (!s)
		s = new_slab(c, gfp);
	if (!s)
		return NULL;
	obj = s->free;
	if (obj) {
		unpoison(obj, c->stride);
		s->free = *link_of(c, obj);
		check_poison(c, obj);
	} else {
		obj = (u8 *)s + HEADER + (size_t)s->fresh++ * c->stride;
		unpoison(obj, c->stride);
		if (c->ctor)
			c->ctor(obj);
	}
	if (++s->inuse == c->per_slab)
		list_move(&s->node, &c->full);
	c->active++;
	if (gfp & GFP_ZERO)
		memset(obj, 0, c->size);
	tag_object(c, obj, n);
	return obj;
}

void *kmem_cache_alloc(struct kmem_cache *c, unsigned gfp)
{
	return cache_alloc(c, c->size, gfp);
}

void kmem_cache_free(struct kmem_cache *c, void *obj)
{
	struct slab *s = slab_of(obj);

	BUG_ON(s->cache != c || !s->inuse);
	unpoison(obj, c->stride);
	if (TAGGED)
		*tag_of(c, obj) = (struct tag){ 0 };
	if (IS_ENABLED(CONFIG_DEBUG_POISON) && !c->ctor)
		memset(obj, POISON, c->size);
	*link_of(c, obj) = s->free;
	s->free = obj;
	poison(obj, c->stride);
	c->active--;
	if (s->inuse-- == c->per_slab)
		list_move(&s->node, &c->partial);
	if (s->inuse)
		return;
	list_del(&s->node);
	if (c->empty)
		free_slab(s);
	else
		c->empty = s;
}

struct kmem_cache *kmem_cache_create(const char *name, size_t size, void (*ctor)(void *))
{
	struct kmem_cache *c = kmem_cache_alloc(&cache_cache, GFP_KERNEL);

	if (!c)
		panic("no memory for the cache of %s", name);
	cache_init(c, name, size, ctor);
	return c;
}

static void *alloc_large(size_t n, unsigned gfp)
{
	unsigned long blocks = DIV_ROUND_UP(n + HEADER, HEAP_BLOCK);
	struct slab *s;

	if (n > 1UL << 32 || fail_alloc())
		return NULL;
	s = get_blocks(blocks, gfp);
	if (!s)
		return NULL;
	*s = (struct slab){ .nblocks = blocks, .large_size = n };
	large_blocks += blocks;
	if (gfp & GFP_ZERO)
		memset((u8 *)s + HEADER, 0, n);
	return (u8 *)s + HEADER;
}

void *kmalloc(size_t n, unsigned gfp)
{
	if (n > 8192)
		return alloc_large(n, gfp);
	return cache_alloc(&general[class_of[(n + 15) / 16]], n, gfp);
}

void kfree(const void *p)
{
	struct slab *s = slab_of(p);

	if (!p)
		return;
	if (s->cache) {
		kmem_cache_free(s->cache, (void *)p);
		return;
	}
	BUG_ON((u8 *)s + HEADER != p);
	large_blocks -= s->nblocks;
	free_slab(s);
}

/* A sanitized kernel knows no more than what was asked for. */
static size_t usable(const void *p)
{
	struct slab *s = slab_of(p);
	struct tag tag;

	if (!s->cache || !SANITIZED)
		return s->cache ? s->cache->size : s->large_size;
	unpoison(tag_of(s->cache, (void *)p), sizeof(tag));
	tag = *tag_of(s->cache, (void *)p);
	poison(tag_of(s->cache, (void *)p), sizeof(tag));
	return tag.size;
}

void *krealloc(void *p, size_t n, unsigned gfp)
{
	void *q;

	if (p && usable(p) >= n)
		return p;
	q = kmalloc(n, gfp);
	if (q && p) {
		memcpy(q, p, usable(p));
		kfree(p);
	}
	return q;
}

void *kcalloc(size_t n, size_t size, unsigned gfp)
{
	size_t bytes;

	return __builtin_mul_overflow(n, size, &bytes) ? NULL : kzalloc(bytes, gfp);
}

char *kstrndup(const char *s, size_t n, unsigned gfp)
{
	size_t len = strnlen(s, n);
	char *d = kmalloc(len + 1, gfp);

	if (d) {
		memcpy(d, s, len);
		d[len] = '\0';
	}
	return d;
}

char *kstrdup(const char *s, unsigned gfp)
{
	return kstrndup(s, strlen(s), gfp);
}

char *kasprintf(unsigned gfp, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	s = kmalloc((size_t)n + 1, gfp);
	if (!s)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}

void shrinker_register(struct shrinker *s)
{
	list_add_tail(&s->node, &shrinkers);
}

unsigned long shrink_slabs(unsigned long want)
{
	unsigned long gone = 0;
	struct shrinker *s;

	list_for_each_entry(s, &shrinkers, node) {
		unsigned long n = s->shrink(0);

		if (n)
			gone += s->shrink(clamp(n / 4, min(n, want), n));
	}
	return gone;
}

void slab_for_each(void (*fn)(const struct slab_stat *st, void *arg), void *arg)
{
	struct kmem_cache *c;

	list_for_each_entry(c, &caches, node) {
		struct slab_stat st = { c->name, c->size, c->active, c->slabs * c->per_slab };

		fn(&st, arg);
	}
}

unsigned long slab_large_pages(void)
{
	return large_blocks * (HEAP_BLOCK >> PAGE_SHIFT);
}

void slab_remember(void)
{
	tag_callers = true;
}

static void show_tag(const struct kmem_cache *c, struct tag *tag)
{
	char name[80];

	pr_info("leaks: a %s of %llu bytes was allocated by\n", c->name, (unsigned long long)tag->size);
	for (int i = 0; i < TAG_CALLERS && tag->pc[i]; i++)
		pr_info("leaks:   %s\n", os_symbol(tag->pc[i] - 1, name, sizeof(name)) ? name : "?");
}

/* Those in use that were allocated since slab_remember(), at most max of a cache. */
static void show_new_of(struct kmem_cache *c, struct list_head *slabs, int max)
{
	struct slab *s;

	list_for_each_entry(s, slabs, node)
		for (u32 i = 0; i < s->fresh && max > 0; i++) {
			u8 *obj = (u8 *)s + HEADER + (size_t)i * c->stride;
			struct tag *tag = tag_of(c, obj);

			unpoison(tag, sizeof(*tag));
			if (!tag->pc[0])
				continue;
			show_tag(c, tag);
			max--;
		}
}

void slab_show_new(const bool *wanted, unsigned n)
{
	struct kmem_cache *c;
	unsigned i = 0;

	if (!TAGGED)
		return;
	list_for_each_entry(c, &caches, node) {
		if (i < n && wanted[i++]) {
			show_new_of(c, &c->partial, 5);
			show_new_of(c, &c->full, 5);
		}
	}
}

void slab_init(void)
{
	static const char *const names[] = { "kmalloc-16", "kmalloc-32", "kmalloc-48", "kmalloc-64", "kmalloc-96", "kmalloc-128",
		"kmalloc-192", "kmalloc-256", "kmalloc-384", "kmalloc-512", "kmalloc-768", "kmalloc-1k", "kmalloc-1536", "kmalloc-2k",
		"kmalloc-3k", "kmalloc-4k", "kmalloc-8k" };
	unsigned c = 0;

	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++)
		cache_init(&general[i], names[i], sizes[i], NULL);
	for (unsigned i = 0; i < ARRAY_SIZE(class_of); i++) {
		if (i * 16 > sizes[c])
			c++;
		class_of[i] = (u8)c;
	}
	cache_init(&cache_cache, "kmem_cache", sizeof(struct kmem_cache), NULL);
}
