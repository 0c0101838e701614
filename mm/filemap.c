// SPDX-License-Identifier: GPL-2.0
/*
 * The page cache: finding, adding and removing pages of a mapping, and their way to and from I/O.
 * Reading and writing files through it: filemap_rw.c. Mapping it into guests: filemap_mmap.c.
 */
#include <fs/fs.h>
#include <kernel/bug.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/pagecache.h>

struct page_cache_stat page_cache_stat;

void mapping_init(struct address_space *m, struct inode *host, const struct address_space_ops *ops)
{
	memset(m, 0, sizeof(*m));
	m->host = host;
	m->ops = ops;
	xa_init(&m->pages);
	list_init(&m->vmas);
}

/* Memory is all there is behind it: tmpfs. Its pages are never clean and never counted as dirty. */
static bool memory_only(const struct address_space *m)
{
	return !m->ops || !m->ops->writepages;
}

static void count_cached(const struct address_space *m, long n)
{
	page_cache_stat.cached += n;
	if (m->host && S_ISBLK(m->host->mode))
		page_cache_stat.buffers += n;
	if (memory_only(m))
		page_cache_stat.shmem += n;
}

int add_to_page_cache(struct page *p, struct address_space *m, unsigned long index)
{
	int err;

	for (int try = 0; ; try++) {
		if (xa_load(&m->pages, index))
			return -EEXIST;
		err = xa_store(&m->pages, index, p);
		if (!err)
			break;
		if (try || !reclaim_pages(32))	/* sleeps: somebody else may have added one */
			return err;
	}
	page_get(p);
	p->mapping = m;
	p->index = index;
	m->nrpages++;
	count_cached(m, 1);
	lru_add(p);
	return 0;
}

void page_cache_remove(struct page *p)
{
	struct address_space *m = p->mapping;

	if (page_test(p, PG_DIRTY)) {
		page_clear(p, PG_DIRTY);
		if (!memory_only(m))
			page_cache_stat.dirty--;
	}
	xa_erase(&m->pages, p->index);	/* and its marks */
	m->nrpages--;
	count_cached(m, -1);
	lru_del(p);
	p->mapping = NULL;
	page_put(p);
}

bool page_cache_try_drop(struct page *p)
{
	struct address_space *m = p->mapping;

	if (!m || p->refs != 1 || p->mapcount || p->flags & (BIT(PG_LOCKED) | BIT(PG_DIRTY) | BIT(PG_WRITEBACK)))
		return false;
	if (memory_only(m))
		return false;
	if (page_test(p, PG_PRIVATE) && !(m->ops->release && m->ops->release(p)))
		return false;
	page_cache_remove(p);
	return true;
}

struct page *find_get_page(struct address_space *m, unsigned long index)
{
	struct page *p = xa_load(&m->pages, index);

	if (p)
		page_get(p);
	return p;
}

struct page *find_lock_page(struct address_space *m, unsigned long index)
{
	struct page *p;

	might_sleep();
	while ((p = find_get_page(m, index))) {
		page_lock(p);
		if (p->mapping == m && p->index == index)
			return p;
		page_unlock(p);		/* truncated while we waited */
		page_put(p);
	}
	return NULL;
}

struct page *grab_cache_page(struct address_space *m, unsigned long index)
{
	struct page *p;
	int err;

	for (;;) {
		p = find_lock_page(m, index);
		if (p)
			return p;
		p = alloc_page(GFP_KERNEL);
		if (!p)
			return NULL;
		page_trylock(p);
		err = add_to_page_cache(p, m, index);
		if (!err)
			return p;
		page_unlock(p);
		page_put(p);
		if (err != -EEXIST)
			return NULL;
	}
}

/* Starts reading a locked page; it is unlocked when that ends. */
static int read_one(struct address_space *m, struct page *p)
{
	page_clear(p, PG_ERROR);
	if (m->ops && m->ops->readpages)
		return m->ops->readpages(m, &p, 1);
	memset(page_address(p), 0, PAGE_SIZE);
	page_read_end(p, 0);
	return 0;
}

struct page *read_cache_page(struct address_space *m, unsigned long index)
{
	struct page *p;
	bool tried = false;

	might_sleep();
	for (;;) {
		p = find_get_page(m, index);
		if (p && page_test(p, PG_UPTODATE))
			return p;
		if (p)
			page_put(p);
		p = grab_cache_page(m, index);
		if (!p)
			return ERR_PTR(-ENOMEM);
		if (page_test(p, PG_UPTODATE)) {
			page_unlock(p);
			return p;
		}
		if (tried && page_test(p, PG_ERROR)) {
			page_unlock(p);
			page_put(p);
			return ERR_PTR(-EIO);
		}
		tried = true;
		read_one(m, p);
		page_wait_locked(p);
		page_put(p);	/* and look again: truncated, read, or failed */
	}
}

void page_read_end(struct page *p, int err)
{
	if (err) {
		page_set(p, PG_ERROR);
	} else {
		page_clear(p, PG_ERROR);
		page_set(p, PG_UPTODATE);
	}
	page_unlock(p);
}

void page_mark_dirty(struct page *p)
{
	struct address_space *m = p->mapping;

	if (page_test(p, PG_DIRTY))
		return;
	page_set(p, PG_DIRTY);
	if (!m || memory_only(m))
		return;
	xa_set_mark(&m->pages, p->index, XA_DIRTY);
	page_cache_stat.dirty++;
	inode_mark_dirty(m->host, I_DIRTY_PAGES);
}

void page_cancel_dirty(struct page *p)
{
	struct address_space *m = p->mapping;

	if (!page_test(p, PG_DIRTY) || !m || memory_only(m))
		return;
	page_clear(p, PG_DIRTY);
	xa_clear_mark(&m->pages, p->index, XA_DIRTY);
	page_cache_stat.dirty--;
}

void page_zero_tail(struct page *p)
{
	loff_t size = p->mapping->host->size;

	if (p->index == (u64)size >> PAGE_SHIFT && (size & ~PAGE_MASK)) {
		unsigned off = (unsigned)(size & ~PAGE_MASK);

		memset((u8 *)page_address(p) + off, 0, PAGE_SIZE - off);
	}
}

static void begin_writeback(struct page *p)
{
	struct address_space *m = p->mapping;

	page_clear(p, PG_DIRTY);
	xa_clear_mark(&m->pages, p->index, XA_DIRTY);
	page_cache_stat.dirty--;
	page_set(p, PG_WRITEBACK);
	xa_set_mark(&m->pages, p->index, XA_WRITEBACK);
	page_cache_stat.writeback++;
	page_protect_clean(p);		/* the guest's next write faults and makes it dirty again */
	page_zero_tail(p);
}

struct page *writeback_next(struct address_space *m, struct writeback_control *wbc)
{
	struct page *p;

	might_sleep();
	for (;;) {
		unsigned long index = max(wbc->start, wbc->next);

		if (wbc->nr_to_write <= 0 || index > wbc->end)
			return NULL;
		p = xa_find_marked(&m->pages, &index, wbc->end, XA_DIRTY);
		if (!p)
			return NULL;
		wbc->next = index + 1;
		page_get(p);
		page_lock(p);
		if (p->mapping == m && page_test(p, PG_WRITEBACK) && wbc->sync)
			page_wait_writeback(p);
		if (p->mapping == m && page_test(p, PG_DIRTY) && !page_test(p, PG_WRITEBACK)) {
			begin_writeback(p);
			wbc->nr_to_write--;
			return p;
		}
		page_unlock(p);
		page_put(p);
	}
}

static void end_writeback(struct page *p)
{
	page_clear(p, PG_WRITEBACK);
	xa_clear_mark(&p->mapping->pages, p->index, XA_WRITEBACK);
	page_cache_stat.writeback--;
	page_wake(p);
}

void writeback_redirty(struct page *p)
{
	page_mark_dirty(p);
	end_writeback(p);
}

void page_write_end(struct page *p, int err)
{
	struct address_space *m = p->mapping;

	if (err) {
		page_set(p, PG_ERROR);
		m->wb_err = err;
		m->wb_err_seq++;
	}
	end_writeback(p);
}

int filemap_fdatawrite(struct address_space *m, loff_t start, loff_t end, bool sync)
{
	struct writeback_control wbc = {
		.start = (u64)start >> PAGE_SHIFT, .end = (u64)end >> PAGE_SHIFT, .nr_to_write = LONG_MAX, .sync = sync,
	};

	if (memory_only(m) || !xa_marked(&m->pages, XA_DIRTY))
		return 0;
	return m->ops->writepages(m, &wbc);
}

int filemap_fdatawait(struct address_space *m, loff_t start, loff_t end)
{
	unsigned long index = (u64)start >> PAGE_SHIFT, last = (u64)end >> PAGE_SHIFT;
	u32 seq = m->wb_err_seq;
	struct page *p;

	while (index <= last && (p = xa_find_marked(&m->pages, &index, last, XA_WRITEBACK))) {
		page_get(p);
		page_wait_writeback(p);
		page_put(p);
		index++;
	}
	return m->wb_err_seq != seq ? m->wb_err : 0;
}

int filemap_write_and_wait(struct address_space *m, loff_t start, loff_t end)
{
	int err = filemap_fdatawrite(m, start, end, true);
	int err2 = filemap_fdatawait(m, start, end);

	return err ? err : err2;
}

int filemap_check_errors(struct file *f)
{
	struct address_space *m = f->mapping;

	if (likely(f->wb_err_seen == m->wb_err_seq))
		return 0;
	f->wb_err_seen = m->wb_err_seq;
	return m->wb_err;
}
