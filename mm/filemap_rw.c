// SPDX-License-Identifier: GPL-2.0
/*
 * read(2) and write(2) through the page cache. The common case, a page that is there, costs one look-up and one copy.
 * No page is locked while user memory is copied: a fault there may need that very page. What keeps a page in place then is
 * our count (reclaim) and the inode's lock (truncation). A page to be overwritten whole is filled before it is added.
 */
#include <fs/fs.h>
#include <kernel/bug.h>
#include <kernel/sched.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/pagecache.h>

#define WRITE_CHUNK	(256UL << 10)	/* reserved at a time */

/* The page at index, up to date and counted, by read-ahead. want: pages the caller is going to read. */
static struct page *get_read_page(struct file *f, struct address_space *m, unsigned long index, unsigned long want)
{
	struct page *p = find_get_page(m, index);

	if (!p) {
		readahead_miss(m, f, index, want);
		p = find_get_page(m, index);
	}
	if (p && page_test(p, PG_READAHEAD))
		readahead_async(m, f, p);
	if (p && !page_test(p, PG_UPTODATE)) {
		page_wait_locked(p);
		if (!page_test(p, PG_UPTODATE) || p->mapping != m) {
			page_put(p);
			p = NULL;
		}
	}
	return p ? p : read_cache_page(m, index);
}

static bool ready(const struct page *p)
{
	return p && (p->flags & (BIT(PG_UPTODATE) | BIT(PG_READAHEAD))) == BIT(PG_UPTODATE);
}

ssize_t filemap_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct address_space *m = f->mapping;
	size_t done = 0;
	ssize_t err = 0;

	might_sleep();
	if (*pos < 0)
		return -EINVAL;
	while (it->count) {
		loff_t at = *pos, size = m->host->size;
		unsigned long index = (u64)at >> PAGE_SHIFT;
		size_t off = at & ~PAGE_MASK, n, copied;
		struct page *p;

		if (at >= size)
			break;
		n = min_t(u64, min_t(u64, PAGE_SIZE - off, it->count), (u64)(size - at));
		p = xa_load(&m->pages, index);
		if (likely(ready(p))) {
			page_get(p);
		} else {
			p = get_read_page(f, m, index, (off + it->count + PAGE_SIZE - 1) >> PAGE_SHIFT);
			if (IS_ERR(p)) {
				err = PTR_ERR(p);
				break;
			}
			if (at >= m->host->size) {	/* truncated meanwhile */
				page_put(p);
				break;
			}
		}
		if (f->ra.prev != index) {
			f->ra.prev = index;
			lru_touch(p);
		}
		copied = copy_to_iter((u8 *)page_address(p) + off, n, it);
		page_put(p);
		*pos += copied;
		done += copied;
		if (copied < n) {
			err = -EFAULT;
			break;
		}
		if (it->count) {
			cond_resched();
			if (fatal_signal_pending(current))
				break;
		}
	}
	file_accessed(f);
	return done ? (ssize_t)done : err;
}

/* Pages for the cache, taken in runs so that neighbours in the file are neighbours in memory. */
struct page_supply { struct page *next; unsigned left; };

static struct page *supply_page(struct page_supply *s, unsigned want, unsigned gfp)
{
	if (!s->left)
		s->next = alloc_page_run(max(1U, want), &s->left, gfp);
	if (!s->left)
		return NULL;
	s->left--;
	return s->next++;
}

/* Nothing takes the pages of such a file away again: killing a process for them would help nobody. */
static bool lives_in_memory(const struct address_space *m)
{
	return !m->ops || !m->ops->writepages;
}

static void supply_end(struct page_supply *s)
{
	while (s->left) {
		page_put(s->next++);
		s->left--;
	}
}

/*
 * A page that is not in the cache and whose old content does not matter: filled, then added.
 * The bytes copied, 0 if the long way must be gone (iterator unchanged), or -errno.
 */
static ssize_t write_new_page(struct address_space *m, struct iov_iter *it, loff_t pos, size_t n, struct page_supply *s,
			      unsigned want, bool past_end)
{
	struct iov_iter saved = *it;
	size_t off = pos & ~PAGE_MASK, copied;
	struct page *p = supply_page(s, want, lives_in_memory(m) ? GFP_NOOOM : GFP_KERNEL);
	int err;

	if (!p)
		return lives_in_memory(m) ? -ENOSPC : -ENOMEM;
	if (off)
		memset(page_address(p), 0, off);
	copied = copy_from_iter((u8 *)page_address(p) + off, n, it);
	err = copied < n && !(copied && past_end) ? -EFAULT : 0;
	if (!err) {
		memset((u8 *)page_address(p) + off + copied, 0, PAGE_SIZE - off - copied);
		page_trylock(p);
		err = add_to_page_cache(p, m, (u64)pos >> PAGE_SHIFT);
		if (!err)
			page_set(p, PG_UPTODATE);
		page_unlock(p);
	}
	if (!err)
		page_mark_dirty(p);
	page_put(p);
	if (!err)
		return (ssize_t)copied;
	iov_iter_revert(it, &saved);
	return err == -ENOMEM ? err : 0;
}

/* Up to n bytes that lie in one page. The bytes copied (fewer: a fault), or -errno. */
static ssize_t write_page(struct address_space *m, struct iov_iter *it, loff_t pos, size_t n, struct page_supply *s, unsigned want)
{
	loff_t size = m->host->size;
	size_t off = pos & ~PAGE_MASK, copied;
	bool past_end = pos - (loff_t)off >= size;
	struct page *p = xa_load(&m->pages, (u64)pos >> PAGE_SHIFT);

	if (likely(p && page_test(p, PG_UPTODATE))) {
		page_get(p);
	} else {
		if (!p && (past_end || (!off && (n == PAGE_SIZE || pos + (loff_t)n >= size)))) {
			ssize_t r = write_new_page(m, it, pos, n, s, want, past_end);

			if (r)
				return r;
		}
		p = read_cache_page(m, (u64)pos >> PAGE_SHIFT);
		if (IS_ERR(p))
			return PTR_ERR(p);
	}
	copied = copy_from_iter((u8 *)page_address(p) + off, n, it);
	if (copied) {
		lru_touch(p);
		page_mark_dirty(p);
	}
	page_put(p);
	return (ssize_t)copied;
}

static void raise_size(struct inode *inode, loff_t end)
{
	if (end > inode->size && !S_ISBLK(inode->mode)) {
		inode->size = end;
		inode_mark_dirty(inode, I_DIRTY_META);
	}
}

/* The bytes of [pos, pos + n) that reached the cache; *err says why not all. */
static size_t write_chunk(struct address_space *m, struct iov_iter *it, loff_t pos, size_t n, int *err)
{
	struct page_supply supply = { NULL, 0 };
	size_t done = 0;

	while (done < n) {
		size_t part = min(PAGE_SIZE - ((pos + done) & ~PAGE_MASK), n - done);
		ssize_t r = write_page(m, it, pos + (loff_t)done, part, &supply, (unsigned)((n - done + PAGE_SIZE - 1) >> PAGE_SHIFT));

		if (r > 0) {
			done += (size_t)r;
			raise_size(m->host, pos + (loff_t)done);
		}
		if (r < (ssize_t)part) {
			*err = r < 0 ? (int)r : -EFAULT;
			break;
		}
	}
	supply_end(&supply);
	return done;
}

/* Room for [pos, pos + *n), or for the part of it in the first page when there is not that much. */
static int reserve(struct address_space *m, loff_t pos, size_t *n)
{
	size_t first = PAGE_SIZE - (pos & ~PAGE_MASK);
	int err;

	if (!m->ops || !m->ops->reserve)
		return 0;
	err = m->ops->reserve(m->host, pos, *n);
	if (err && (err == -ENOSPC || err == -EDQUOT) && *n > first) {
		*n = first;
		err = m->ops->reserve(m->host, pos, *n);
	}
	return err;
}

/* What a guest wrote behind the end by mmap must not appear when the file grows over it. */
static void zero_old_tail(struct address_space *m, loff_t pos)
{
	loff_t size = m->host->size;
	struct page *p;

	if (pos <= size || !(size & ~PAGE_MASK) || list_empty(&m->vmas))
		return;
	p = xa_load(&m->pages, (u64)size >> PAGE_SHIFT);
	if (p && page_test(p, PG_UPTODATE))
		page_zero_tail(p);
}

ssize_t filemap_write(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct address_space *m = f->mapping;
	loff_t start = *pos;
	size_t done = 0;
	int err;

	might_sleep();
	if (!it->count)
		return 0;
	if (start < 0)
		return -EINVAL;
	err = file_update_time(f);
	if (err)
		return err;
	zero_old_tail(m, start);
	while (it->count) {
		size_t n = min_t(size_t, it->count, WRITE_CHUNK - (*pos & (WRITE_CHUNK - 1))), copied;

		err = reserve(m, *pos, &n);
		if (err)
			break;
		copied = write_chunk(m, it, *pos, n, &err);
		if (m->ops && m->ops->written)
			m->ops->written(m->host, *pos, n, copied);
		*pos += copied;
		done += copied;
		if (err)
			break;
		balance_dirty_pages(m);
		if (it->count) {
			cond_resched();
			if (fatal_signal_pending(current))
				break;
		}
	}
	if (done && f->flags & O_DIRECT)
		filemap_write_and_wait(m, start, *pos - 1);
	return done ? (ssize_t)done : err;
}
