// SPDX-License-Identifier: GPL-2.0
/*
 * Read-ahead: what a sequential reader is going to want is read before it asks, into runs of neighbouring pages, so that
 * both the disk request and the guest's mapping cover many pages at once.
 *
 *	|<------------- size ------------->|
 *	start              ^ marked: reading this page starts the next window, twice as large
 *	                   |<--- async --->|
 */
#include <drivers/blkdev.h>
#include <fs/fs.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/pagecache.h>

#define RA_INIT		16UL	/* pages of the first window */
#define RA_MOST		(BLK_READAHEAD * 2UL)	/* taken in at once, whatever is asked for */
#define RA_AROUND	32UL	/* of a page fault */
#define RA_BATCH	64

struct batch { struct address_space *m; struct page *pages[RA_BATCH]; unsigned n; };

static void batch_submit(struct batch *b)
{
	if (!b->n)
		return;
	if (b->m->ops->readpages) {
		b->m->ops->readpages(b->m, b->pages, b->n);
	} else {
		for (unsigned i = 0; i < b->n; i++) {
			memset(page_address(b->pages[i]), 0, PAGE_SIZE);
			page_read_end(b->pages[i], 0);
		}
	}
	b->n = 0;
}

/* Starts reading those of n pages from index on that are neither cached nor behind the end. marker: gets PG_READAHEAD. */
static void read_range(struct address_space *m, unsigned long index, unsigned long n, unsigned long marker)
{
	unsigned long end = ((u64)m->host->size + PAGE_SIZE - 1) >> PAGE_SHIFT;
	struct batch b = { .m = m };
	struct page *next = NULL;
	unsigned left = 0;

	if (!m->ops)
		return;
	if (n > end || index > end - n)
		n = index < end ? end - index : 0;
	for (; n; index++, n--) {
		struct page *p;
		int err;

		if (xa_load(&m->pages, index)) {
			batch_submit(&b);
			continue;
		}
		if (!left)
			next = alloc_page_run((unsigned)n, &left, GFP_KERNEL | GFP_NOOOM);
		if (!next) {
			left = 0;
			break;
		}
		p = next++;
		left--;
		page_trylock(p);
		err = add_to_page_cache(p, m, index);
		if (err) {
			page_unlock(p);
			page_put(p);
			batch_submit(&b);
			if (err == -EEXIST)
				continue;
			break;
		}
		if (index == marker)
			page_set(p, PG_READAHEAD);
		page_put(p);		/* the cache's count keeps it, and nobody removes a locked page */
		b.pages[b.n++] = p;
		if (b.n == RA_BATCH)
			batch_submit(&b);
	}
	batch_submit(&b);
	while (left--)
		page_put(next++);
}

/* The size of a window that follows one of size pages: as large as the disk's setting allows. */
static unsigned long next_size(struct address_space *m, unsigned long size)
{
	return min(blk_readahead(m->host), max(RA_INIT, size * 2));
}

void readahead_miss(struct address_space *m, struct file *f, unsigned long index, unsigned long want)
{
	unsigned long size, start = f->ra.start, end = start + f->ra.size;
	bool sequential = !index || index == f->ra.prev || index == f->ra.prev + 1 || (f->ra.size && index == end);

	might_sleep();
	want = clamp(want, 1UL, RA_MOST);
	if (!sequential) {
		size = want;
	} else if (f->ra.size && index == end) {
		size = max(next_size(m, f->ra.size), want);
	} else {
		size = max(next_size(m, want), want);
	}
	f->ra.start = index;
	f->ra.size = size;
	f->ra.async = size - want;
	read_range(m, index, size, f->ra.async ? index + want : ULONG_MAX);
}

void readahead_async(struct address_space *m, struct file *f, struct page *p)
{
	unsigned long index = p->index, end = f->ra.start + f->ra.size;

	might_sleep();
	page_clear(p, PG_READAHEAD);
	if (index < f->ra.start || index >= end) {	/* another file's, or an old window's mark */
		end = index + 1;
		f->ra.size = RA_INIT / 2;
	}
	f->ra.start = end;
	f->ra.size = next_size(m, f->ra.size);
	f->ra.async = f->ra.size;
	read_range(m, end, f->ra.size, end);
}

void readahead_fault(struct address_space *m, struct vma *vma, unsigned long index)
{
	struct file *f = vma->file;
	struct page *p = xa_load(&m->pages, index);
	unsigned long around;

	might_sleep();
	if (vma->flags & VM_RAND_READ)
		return;
	if (p) {
		if (page_test(p, PG_READAHEAD))
			readahead_async(m, f, p);
		return;
	}
	if (vma->flags & VM_SEQ_READ || (f->ra.size && index == f->ra.start + f->ra.size)) {
		readahead_miss(m, f, index, 1);
		return;
	}
	around = clamp(blk_readahead(m->host), 1UL, RA_AROUND);
	f->ra.start = index - index % around;
	f->ra.size = around;
	f->ra.async = 0;
	read_range(m, f->ra.start, around, ULONG_MAX);
}

void readahead_force(struct address_space *m, unsigned long index, unsigned long n)
{
	might_sleep();
	read_range(m, index, min(n, 8 * RA_MOST), ULONG_MAX);
}
