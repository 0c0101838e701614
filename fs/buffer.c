// SPDX-License-Identifier: GPL-2.0
/* Metadata blocks: bufs upon the pages of a block device's inode, and how those pages are read and written. */
#include <drivers/blkdev.h>
#include <fs/buffer.h>
#include <fs/mpage.h>
#include <kernel/bug.h>
#include <kernel/init.h>
#include <lib/string.h>
#include <mm/pagecache.h>
#include <mm/slab.h>

static struct kmem_cache *buf_cache;

static struct buf *page_bufs(const struct page *p)
{
	return page_test(p, PG_PRIVATE) ? (struct buf *)p->private : NULL;
}

static void free_bufs(struct page *p)
{
	struct buf *b = page_bufs(p), *next;

	p->private = 0;
	page_clear(p, PG_PRIVATE);
	for (; b; b = next) {
		next = b->next_in_page;
		kmem_cache_free(buf_cache, b);
	}
}

static bool bufs_busy(const struct page *p)
{
	for (struct buf *b = page_bufs(p); b; b = b->next_in_page)
		if (b->refs || b->dirty)
			return true;
	return false;
}

/* One for each block of the page, in order. */
static int make_bufs(struct blkdev *bdev, struct page *p, u32 size)
{
	struct buf *first = NULL;

	for (int off = (int)PAGE_SIZE - (int)size; off >= 0; off -= (int)size) {
		struct buf *b = kmem_cache_alloc(buf_cache, GFP_KERNEL);

		if (!b) {
			p->private = (unsigned long)first;
			page_set(p, PG_PRIVATE);
			free_bufs(p);
			return -ENOMEM;
		}
		*b = (struct buf){
			.block = (((u64)p->index << PAGE_SHIFT) + (u64)off) / size, .size = size, .data = (u8 *)page_address(p) + off,
			.uptodate = page_test(p, PG_UPTODATE), .page = p, .bdev = bdev, .next_in_page = first,
		};
		first = b;
	}
	p->private = (unsigned long)first;
	page_set(p, PG_PRIVATE);
	return 0;
}

/* The page of a block, locked, counted, with bufs of that size. */
static struct page *page_with_bufs(struct blkdev *bdev, u64 block, u32 size)
{
	struct address_space *m = &bdev->inode->data;
	unsigned long index = block * size >> PAGE_SHIFT;
	struct page *p;
	int err = 0;

	for (;;) {
		if (size < PAGE_SIZE) {
			p = read_cache_page(m, index);
			if (IS_ERR(p))
				return p;
			page_lock(p);
		} else {
			p = grab_cache_page(m, index);
			if (!p)
				return ERR_PTR(-ENOMEM);
		}
		if (p->mapping == m)
			break;
		page_unlock(p);
		page_put(p);
	}
	if (page_bufs(p) && page_bufs(p)->size != size) {
		if (bufs_busy(p))
			err = -EBUSY;
		else
			free_bufs(p);
	}
	if (!err && !page_bufs(p))
		err = make_bufs(bdev, p, size);
	if (err) {
		page_unlock(p);
		page_put(p);
		return ERR_PTR(err);
	}
	return p;
}

static struct buf *find_in_page(struct page *p, u64 block, u32 size)
{
	struct buf *b;

	for (b = page_bufs(p); b; b = b->next_in_page)
		if (b->block == block && b->size == size)
			return b;
	return NULL;
}

struct buf *buf_get(struct blkdev *bdev, u64 block, u32 size)
{
	u64 nblocks = (bdev->nsectors << SECTOR_SHIFT) / size;
	struct page *p;
	struct buf *b;

	might_sleep();
	if (block >= nblocks)
		return ERR_PTR(-EINVAL);
	p = xa_load(&bdev->inode->data.pages, block * size >> PAGE_SHIFT);
	if (likely(p && !page_test(p, PG_LOCKED))) {
		b = find_in_page(p, block, size);
		if (likely(b)) {
			b->refs++;
			lru_touch(p);
			return b;
		}
	}
	p = page_with_bufs(bdev, block, size);
	if (IS_ERR(p))
		return ERR_CAST(p);
	b = find_in_page(p, block, size);
	b->refs++;
	page_unlock(p);
	page_put(p);
	return b;
}

struct buf *buf_read(struct blkdev *bdev, u64 block, u32 size)
{
	struct buf *b = buf_get(bdev, block, size);
	struct page *p;

	if (IS_ERR(b) || b->uptodate)
		return b;
	p = read_cache_page(&bdev->inode->data, block * size >> PAGE_SHIFT);
	if (IS_ERR(p)) {
		buf_put(b);
		return ERR_CAST(p);
	}
	b->uptodate = true;
	page_put(p);
	return b;
}

void buf_readahead(struct blkdev *bdev, u64 block, u32 size, unsigned n)
{
	unsigned long first = block * size >> PAGE_SHIFT, last = ((block + n) * size - 1) >> PAGE_SHIFT;

	if (n)
		readahead_force(&bdev->inode->data, first, last - first + 1);
}

void buf_put(struct buf *b)
{
	if (IS_ERR_OR_NULL(b))
		return;
	BUG_ON(b->refs <= 0);
	b->refs--;
}

void buf_dirty(struct buf *b)
{
	b->uptodate = b->dirty = true;
	if (b->size == PAGE_SIZE)
		page_set(b->page, PG_UPTODATE);
	page_mark_dirty(b->page);
}

/* The page need not be written any more if none of its blocks has to. */
static void clean_page(struct page *p)
{
	for (struct buf *b = page_bufs(p); b; b = b->next_in_page)
		if (b->dirty)
			return;
	page_cancel_dirty(p);
}

int buf_write(struct buf *b)
{
	int err;

	might_sleep();
	page_wait_writeback(b->page);
	if (!b->dirty)
		return 0;
	b->dirty = false;
	clean_page(b->page);
	err = blk_rw_wait(b->bdev, BLK_WRITE, b->block * (b->size >> SECTOR_SHIFT), b->data, b->size);
	if (err)
		buf_dirty(b);
	return err;
}

static void forget(struct buf *b)
{
	page_wait_writeback(b->page);		/* or it would land upon the block's next user */
	b->checked = false;
	if (!b->dirty)
		return;
	b->dirty = false;
	clean_page(b->page);
}

void buf_forget(struct buf *b)
{
	might_sleep();
	if (IS_ERR_OR_NULL(b))
		return;
	forget(b);
	buf_put(b);
}

void buf_forget_range(struct blkdev *bdev, u64 block, u32 size, u64 n)
{
	struct address_space *m = &bdev->inode->data;
	unsigned long index = block * size >> PAGE_SHIFT, last;
	struct page *p;

	might_sleep();
	if (!n)
		return;
	last = ((block + n) * size - 1) >> PAGE_SHIFT;
	for (; index <= last && (p = xa_find(&m->pages, &index, last)); index++) {
		page_get(p);
		for (struct buf *b = page_bufs(p); b; b = b->next_in_page)
			if (b->size == size && b->block >= block && b->block < block + n)
				forget(b);
		page_put(p);
	}
}

int sync_buffers(struct blkdev *bdev)
{
	return filemap_write_and_wait(&bdev->inode->data, 0, S64_MAX);
}

/* --- the device's pages --- */

/* A block device maps onto itself; bytes behind its end do not exist. */
static int map_read(struct inode *inode, loff_t pos, u64 len, bool write, struct file_map *out)
{
	out->hole = pos >= inode->size;
	out->sector = (u64)pos >> SECTOR_SHIFT;
	out->len = out->hole ? len : min_t(u64, len, (u64)(inode->size - pos));
	return 0;
}

/* How much from pos on is to be written (*dirty) or not. What is gets clean. At most to the end of the page. */
static u64 take_dirty(struct address_space *m, loff_t pos, bool *dirty)
{
	struct page *p = xa_load(&m->pages, (u64)pos >> PAGE_SHIFT);
	struct buf *b = p ? page_bufs(p) : NULL;
	u32 off = pos & ~PAGE_MASK;
	u64 len = 0;

	if (!b) {
		*dirty = true;
		return PAGE_SIZE - off;
	}
	while (b && b->data != (u8 *)page_address(p) + off)
		b = b->next_in_page;
	if (WARN_ON_ONCE(!b)) {
		*dirty = false;
		return PAGE_SIZE - off;
	}
	for (*dirty = b->dirty; b && b->dirty == *dirty; b = b->next_in_page) {
		b->dirty = false;
		len += b->size;
	}
	return len;
}

static int map_write(struct inode *inode, loff_t pos, u64 len, bool write, struct file_map *out)
{
	u64 n;
	bool dirty;

	map_read(inode, pos, len, write, out);
	if (out->hole)
		return 0;
	n = take_dirty(&inode->data, pos, &dirty);
	while (dirty && n < out->len) {		/* dirty blocks in a row go in one request */
		bool more;
		u64 m = take_dirty(&inode->data, pos + (loff_t)n, &more);

		if (!more)
			break;
		n += m;
	}
	out->hole = !dirty;
	out->len = min(out->len, n);
	return 0;
}

static int bdev_readpages(struct address_space *m, struct page **pages, unsigned n)
{
	return mpage_readpages(m, pages, n, m->host->bdev, map_read);
}

static int bdev_writepages(struct address_space *m, struct writeback_control *wbc)
{
	return mpage_writepages(m, wbc, m->host->bdev, 512, map_write);
}

/* Somebody wrote to /dev/ubda itself: then all blocks of these pages have to be written. */
static int bdev_reserve(struct inode *inode, loff_t pos, size_t len)
{
	unsigned long last = (u64)(pos + (loff_t)len - 1) >> PAGE_SHIFT;

	for (unsigned long i = (u64)pos >> PAGE_SHIFT; len && i <= last; i++) {
		struct page *p = xa_load(&inode->data.pages, i);

		for (struct buf *b = p ? page_bufs(p) : NULL; b; b = b->next_in_page)
			b->dirty = true;
	}
	return 0;
}

static void bdev_written(struct inode *inode, loff_t pos, size_t len, size_t copied)
{
	bdev_reserve(inode, pos, copied);	/* again: the file system may have written it meanwhile */
}

static void bdev_invalidate(struct page *p, bool was_dirty)
{
	for (struct buf *b = page_bufs(p); b; b = b->next_in_page)
		if (WARN_ON_ONCE(b->refs))
			return;
	free_bufs(p);
}

static bool bdev_release(struct page *p)
{
	if (bufs_busy(p))
		return false;
	free_bufs(p);
	return true;
}

const struct address_space_ops bdev_aops = {
	.readpages = bdev_readpages,
	.reserve = bdev_reserve,
	.written = bdev_written,
	.writepages = bdev_writepages,
	.invalidate = bdev_invalidate,
	.release = bdev_release,
};

static int buffer_init(void)
{
	buf_cache = kmem_cache_create("buf", sizeof(struct buf), NULL);
	return buf_cache ? 0 : -ENOMEM;
}
core_initcall(buffer_init);
