/* SPDX-License-Identifier: GPL-2.0 */
/* The tree of VMAs of an address space: finding, inserting, splitting, merging; and holes in it. */
#include <fs/fs.h>
#include <kernel/bug.h>
#include <kernel/sched.h>
#include <lib/string.h>
#include <mm/internal.h>
#include <mm/slab.h>

static struct kmem_cache *vma_cache;

struct vma *vma_alloc(struct mm *mm, uaddr_t start, uaddr_t end, unsigned flags)
{
	struct vma *v;

	if (!vma_cache)
		vma_cache = kmem_cache_create("vma", sizeof(struct vma), NULL);
	v = kmem_cache_alloc(vma_cache, GFP_ZERO);
	if (!v)
		return NULL;
	v->mm = mm;
	v->start = start;
	v->end = end;
	v->flags = flags;
	v->pgoff = start >> PAGE_SHIFT;
	list_init(&v->shared_node);
	return v;
}

void vma_free(struct vma *v)
{
	if (v->ops && v->ops->close)
		v->ops->close(v);
	file_put(v->file);
	kmem_cache_free(vma_cache, v);
}

struct vma *vma_find(struct mm *mm, uaddr_t addr)
{
	struct rb_node *n = mm->vmas.node;
	struct vma *best = mm->cache;

	if (best && best->start <= addr && addr < best->end)
		return best;
	best = NULL;
	while (n) {
		struct vma *v = rb_entry(n, struct vma, node);

		if (addr < v->end) {
			best = v;
			if (v->start <= addr)
				break;
			n = n->left;
		} else {
			n = n->right;
		}
	}
	if (best)
		mm->cache = best;
	return best;
}

struct vma *vma_at(struct mm *mm, uaddr_t addr)
{
	struct vma *v = vma_find(mm, addr);

	return v && v->start <= addr ? v : NULL;
}

struct vma *vma_next(struct vma *v)
{
	return rb_entry(rb_next(&v->node), struct vma, node);
}

static struct vma *vma_prev(struct vma *v)
{
	return rb_entry(rb_prev(&v->node), struct vma, node);
}

void vma_account(struct mm *mm, const struct vma *v, long sign)
{
	unsigned long n = sign * ((v->end - v->start) >> PAGE_SHIFT);

	mm->total_vm += n;
	if (v->flags & VM_LOCKED)
		mm->locked_vm += n;
	if (v->flags & VM_GROWSDOWN)
		mm->stack_vm += n;
	else if (v->flags & VM_EXEC && !(v->flags & VM_WRITE))
		mm->exec_vm += n;
	else if ((v->flags & (VM_WRITE | VM_SHARED)) == VM_WRITE)
		mm->data_vm += n;
}

static void link_file(struct vma *v)
{
	if (v->file && v->file->mapping)
		list_add_tail(&v->shared_node, &v->file->mapping->vmas);
}

void vma_insert(struct mm *mm, struct vma *v)
{
	struct rb_node **link = &mm->vmas.node, *parent = NULL;

	while (*link) {
		struct vma *o = rb_entry(*link, struct vma, node);

		parent = *link;
		BUG_ON(v->start < o->end && o->start < v->end);
		link = v->start < o->start ? &parent->left : &parent->right;
	}
	rb_insert(&v->node, parent, link, &mm->vmas);
	mm->nr_vmas++;
	vma_account(mm, v, 1);
	link_file(v);
}

void vma_remove(struct mm *mm, struct vma *v)
{
	rb_erase(&v->node, &mm->vmas);
	mm->nr_vmas--;
	vma_account(mm, v, -1);
	list_del(&v->shared_node);
	if (v->end > mm->gap_end)
		mm->gap_end = 0;
	if (mm->cache == v)
		mm->cache = NULL;
}

struct vma *vma_clone(struct vma *v, struct mm *mm)
{
	struct vma *n = vma_alloc(mm, v->start, v->end, v->flags);

	if (!n)
		return NULL;
	n->file = v->file ? file_get(v->file) : NULL;
	n->pgoff = v->pgoff;
	n->ops = v->ops;
	n->private = v->private;
	if (n->ops && n->ops->open)
		n->ops->open(n);
	return n;
}

int vma_split(struct mm *mm, struct vma *v, uaddr_t at)
{
	struct vma *upper;

	if (mm->nr_vmas >= MAX_MAP_COUNT)
		return -ENOMEM;
	upper = vma_clone(v, mm);
	if (!upper)
		return -ENOMEM;
	upper->start = at;
	upper->pgoff = vma_pgoff(v, at);
	vma_account(mm, v, -1);
	v->end = at;
	vma_account(mm, v, 1);
	vma_insert(mm, upper);
	return 0;
}

static bool can_merge(const struct vma *a, const struct vma *b)
{
	return a && b && a->end == b->start && a->flags == b->flags && a->file == b->file && a->ops == b->ops &&
	       a->private == b->private && !(a->flags & VM_SPECIAL) &&
	       (vma_is_anon(a) || a->pgoff + ((a->end - a->start) >> PAGE_SHIFT) == b->pgoff);
}

/* b's range goes to a. */
static void absorb(struct mm *mm, struct vma *a, struct vma *b)
{
	uaddr_t end = b->end;

	vma_remove(mm, b);
	vma_account(mm, a, -1);
	a->end = end;
	vma_account(mm, a, 1);
	vma_free(b);
}

struct vma *vma_merge(struct mm *mm, struct vma *v)
{
	struct vma *prev = vma_prev(v), *next = vma_next(v);

	if (can_merge(v, next))
		absorb(mm, v, next);
	if (can_merge(prev, v)) {
		absorb(mm, prev, v);
		v = prev;
	}
	return v;
}

#define STACK_GUARD	(256 * PAGE_SIZE)	/* kept free below a stack that grows */

static uaddr_t start_with_guard(const struct vma *v)
{
	if (!(v->flags & VM_GROWSDOWN))
		return v->start;
	return v->start > STACK_GUARD ? v->start - STACK_GUARD : 0;
}

/* From the top down below mmap_base, as Linux does; above it if there is nothing below. */
static uaddr_t gap_below(struct mm *mm, size_t len, uaddr_t limit, uaddr_t floor)
{
	struct vma *v = vma_find(mm, limit - 1), *prev;
	uaddr_t end = limit;

	if (v && v->start < limit)
		end = min(limit, start_with_guard(v));
	else if (v)
		end = min(limit, max(start_with_guard(v), floor));
	prev = v ? vma_prev(v) : rb_entry(rb_last(&mm->vmas), struct vma, node);
	while (prev && prev->end > end)
		prev = vma_prev(prev);
	for (;;) {
		uaddr_t lo = prev ? max(prev->end, floor) : floor;

		if (end >= lo && end - lo >= len)
			return end - len;
		if (!prev || prev->start <= floor)
			return 0;
		end = min(end, start_with_guard(prev));
		prev = vma_prev(prev);
	}
}

static bool is_free(struct mm *mm, uaddr_t at, size_t len)
{
	struct vma *v = vma_find(mm, at);

	return at >= MMAP_MIN_ADDR && (!v || at + len <= start_with_guard(v));
}

#define LOW_BASE	(1UL << 30)
#define LOW_END		(1UL << 31)

/* MAP_32BIT: where code compiled for the low 2 GiB can reach it, from the bottom up. */
uaddr_t find_low_gap(struct mm *mm, size_t len, uaddr_t hint)
{
	uaddr_t at = LOW_BASE;

	if (len > LOW_END)
		return 0;
	if (hint && hint <= LOW_END - len && is_free(mm, hint, len))
		return hint;
	for (struct vma *v = vma_find(mm, at); v && start_with_guard(v) < at + len; v = vma_next(v))
		at = max(at, v->end);
	return at <= LOW_END - len ? at : 0;
}

uaddr_t find_gap(struct mm *mm, size_t len, uaddr_t hint)
{
	uaddr_t at;

	if (len > TASK_SIZE - MMAP_MIN_ADDR)
		return 0;
	if (hint && hint <= TASK_SIZE - len && is_free(mm, hint, len))
		return hint;
	at = gap_below(mm, len, mm->gap_end && len >= mm->gap_len ? mm->gap_end : mm->mmap_base, MMAP_MIN_ADDR);
	if (!at)
		return gap_below(mm, len, TASK_SIZE, mm->mmap_base);
	mm->gap_end = at;
	mm->gap_len = len;
	return at;
}
