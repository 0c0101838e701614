// SPDX-License-Identifier: GPL-2.0
/*
 * Pages to requests and back. A batch is a set of pages whose I/O was started together; they end together, when the last of
 * its requests has. A request's segments join pages that lie side by side in memory.
 */
#include <drivers/blkdev.h>
#include <fs/mpage.h>
#include <kernel/bug.h>
#include <lib/string.h>
#include <mm/slab.h>

#define WRITE_BATCH	256	/* pages */

struct batch {
	bool write;
	unsigned pending;		/* requests under way, and one for who builds it */
	unsigned n;
	int err;			/* the first one, of the pages with PG_ERROR */
	struct page *pages[];
};

struct mpage_req {
	struct blk_req rq;
	struct batch *b;
	unsigned first, last;		/* pages of the batch that it covers, or a part of them */
	struct blk_seg segs[];
};

static struct batch *batch_new(unsigned max, bool write)
{
	struct batch *b = kmalloc(sizeof(*b) + max * sizeof(b->pages[0]), GFP_KERNEL);

	if (b) {
		b->write = write;
		b->pending = 1;
		b->n = 0;
		b->err = 0;
	}
	return b;
}

/* An error is noted in the pages and told to them at the end. */
static void batch_fail(struct batch *b, unsigned first, unsigned last, int err)
{
	if (!b->err)
		b->err = err;
	for (unsigned i = first; i <= last; i++)
		page_set(b->pages[i], PG_ERROR);
}

static void batch_put(struct batch *b)
{
	if (--b->pending)
		return;
	for (unsigned i = 0; i < b->n; i++) {
		struct page *p = b->pages[i];
		int err = page_test(p, PG_ERROR) ? b->err : 0;

		if (b->write) {
			page_write_end(p, err);
			page_put(p);
		} else {
			page_zero_tail(p);
			page_read_end(p, err);
		}
	}
	kfree(b);
}

static void req_done(struct blk_req *rq, int err)
{
	struct mpage_req *r = container_of(rq, struct mpage_req, rq);

	if (err)
		batch_fail(r->b, r->first, r->last, err);
	batch_put(r->b);
	kfree(r);
}

/* Adds memory to the request; false: no room for it. */
static bool add_seg(struct mpage_req *r, unsigned max, void *addr, u32 len)
{
	struct blk_seg *s = r->rq.nsegs ? &r->segs[r->rq.nsegs - 1] : NULL;

	if (s && (u8 *)s->addr + s->len == addr) {
		s->len += len;
	} else {
		if (r->rq.nsegs == max)
			return false;
		r->segs[r->rq.nsegs++] = (struct blk_seg){ addr, len };
	}
	r->rq.nsectors += len >> SECTOR_SHIFT;
	return true;
}

/* I/O of len bytes at sector, from byte off (counted from the batch's page "page") on. */
static void submit_range(struct batch *b, struct blkdev *bd, unsigned page, u64 off, u64 len, u64 sector)
{
	unsigned i = page + (unsigned)(off >> PAGE_SHIFT);
	u32 in = off & ~PAGE_MASK;

	while (len) {
		unsigned max = (unsigned)min_t(u64, BLK_MAX_SEGS, (in + len + PAGE_SIZE - 1) >> PAGE_SHIFT);
		struct mpage_req *r = kmalloc(sizeof(*r) + max * sizeof(r->segs[0]), GFP_KERNEL);

		if (!r) {
			batch_fail(b, i, i + (unsigned)((in + len - 1) >> PAGE_SHIFT), -ENOMEM);
			return;
		}
		memset(r, 0, sizeof(*r));
		r->rq.op = b->write ? BLK_WRITE : BLK_READ;
		r->rq.bd = bd;
		r->rq.sector = sector;
		r->rq.segs = r->segs;
		r->rq.done = req_done;
		r->b = b;
		r->first = i;
		while (len) {
			u32 n = (u32)min_t(u64, len, PAGE_SIZE - in);

			if (!add_seg(r, max, (u8 *)page_address(b->pages[i]) + in, n))
				break;
			r->last = i;
			len -= n;
			sector += n >> SECTOR_SHIFT;
			in += n;
			if (in == PAGE_SIZE) {
				in = 0;
				i++;
			}
		}
		b->pending++;
		blk_submit(&r->rq);
	}
}

static void zero_range(struct batch *b, unsigned page, u64 off, u64 len)
{
	while (len) {
		u32 in = off & ~PAGE_MASK, n = (u32)min_t(u64, len, PAGE_SIZE - in);

		memset((u8 *)page_address(b->pages[page + (off >> PAGE_SHIFT)]) + in, 0, n);
		off += n;
		len -= n;
	}
}

/* Pages first … first + n - 1 of the batch have consecutive indexes: maps and starts them, up to byte len. */
static int run_start(struct batch *b, struct address_space *m, struct blkdev *bd, unsigned first, u64 len, file_map_fn map)
{
	loff_t pos = (loff_t)b->pages[first]->index << PAGE_SHIFT;
	int err = 0;

	for (u64 off = 0; off < len; ) {
		struct file_map fm = { 0 };
		int e = map(m->host, pos + (loff_t)off, len - off, b->write, &fm);

		if (!e && WARN_ON_ONCE(!fm.len))
			e = -EIO;
		if (e) {
			unsigned i = first + (unsigned)(off >> PAGE_SHIFT);

			err = e;
			batch_fail(b, i, i, e);
			off = (off | (PAGE_SIZE - 1)) + 1;
			continue;
		}
		fm.len = min(fm.len, len - off);
		if (!fm.hole)
			submit_range(b, bd, first, off, fm.len, fm.sector);
		else if (!b->write)
			zero_range(b, first, off, fm.len);
		off += fm.len;
	}
	return err;
}

int mpage_readpages(struct address_space *m, struct page **pages, unsigned n, struct blkdev *bd, file_map_fn map)
{
	struct batch *b = batch_new(n, false);
	int err;

	might_sleep();
	if (!b) {
		for (unsigned i = 0; i < n; i++)
			page_read_end(pages[i], -ENOMEM);
		return -ENOMEM;
	}
	memcpy(b->pages, pages, n * sizeof(pages[0]));
	b->n = n;
	err = run_start(b, m, bd, 0, (u64)n << PAGE_SHIFT, map);
	batch_put(b);
	return err;
}

/* Takes dirty pages until the batch is full or there are no more. */
static void batch_gather(struct batch *b, struct address_space *m, struct writeback_control *wbc)
{
	struct page *p;

	while (b->n < WRITE_BATCH && (p = writeback_next(m, wbc))) {
		page_clear(p, PG_ERROR);
		page_unlock(p);		/* PG_WRITEBACK is enough to keep it where it is */
		b->pages[b->n++] = p;
	}
}

/* Starts all of the batch, run by run of consecutive pages. What lies behind the end of the file is not written. */
static int batch_start(struct batch *b, struct address_space *m, struct blkdev *bd, u32 blocksize, file_map_fn map)
{
	int err = 0;

	for (unsigned i = 0, n; i < b->n; i += n) {
		u64 pos = (u64)b->pages[i]->index << PAGE_SHIFT, size = ALIGN((u64)m->host->size, blocksize);
		int e;

		for (n = 1; i + n < b->n && b->pages[i + n]->index == b->pages[i]->index + n; n++)
			;
		if (pos >= size)
			continue;
		e = run_start(b, m, bd, i, min((u64)n << PAGE_SHIFT, size - pos), map);
		err = err ? err : e;
	}
	return err;
}

int mpage_writepages(struct address_space *m, struct writeback_control *wbc, struct blkdev *bd, u32 blocksize, file_map_fn map)
{
	int err = 0;

	might_sleep();
	for (;;) {
		struct batch *b = batch_new(WRITE_BATCH, true);
		unsigned n;
		int e;

		if (!b)
			return err ? err : -ENOMEM;
		batch_gather(b, m, wbc);
		n = b->n;
		e = batch_start(b, m, bd, blocksize, map);
		err = err ? err : e;
		batch_put(b);
		if (n < WRITE_BATCH)
			return err;
	}
}
