/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The page cache: file content in pages, indexed by inode and page number; and its writeback.
 *   read:   filemap_read() finds or makes pages, a_ops->readpages fills runs of them, read-ahead grows with use.
 *   write:  filemap_write() calls a_ops->reserve for the range, copies, marks pages dirty.
 *   flush:  a_ops->writepages is called with dirty pages in order of index, by fsync, by age, by pressure.
 * Each page in a mapping is held by one count of the cache.
 */
#ifndef MM_PAGECACHE_H
#define MM_PAGECACHE_H

#include <kernel/types.h>
#include <kernel/uaccess.h>
#include <lib/xarray.h>
#include <mm/page.h>

struct inode; struct file; struct address_space; struct vma; struct writeback_control;

struct address_space_ops {
	/*
	 * Fill n pages of consecutive index (locked, not up to date, often side by side in memory). Sleeps. Ends each page
	 * by page_read_end(), now or later, also after an error. Returns 0 or -errno (for the log; the pages tell). NULL: pages read as zeros.
	 */
	int (*readpages)(struct address_space *m, struct page **pages, unsigned n);
	/* Before a write of len bytes at pos reaches the cache: room for it is promised. Sleeps. 0, -ENOSPC, -EDQUOT, -EIO … NULL: always room. */
	int (*reserve)(struct inode *inode, loff_t pos, size_t len);
	/* The write ended: copied bytes of the len reserved are in the cache; size was already raised. NULL: nothing. Sleeps. */
	void (*written)(struct inode *inode, loff_t pos, size_t len, size_t copied);
	/*
	 * Write back dirty pages: takes them by writeback_next(), submits, ends each by page_write_end(). Sleeps. 0 or -errno.
	 * NULL: memory only (tmpfs), pages stay dirty.
	 */
	int (*writepages)(struct address_space *m, struct writeback_control *wbc);
	/* The page leaves the cache by truncation (was_dirty: its reservation is to be given back). NULL: nothing. Never sleeps. */
	void (*invalidate)(struct page *p, bool was_dirty);
	/* Blocks are smaller than pages: room for one of a dirty page's blocks says nothing of the others; page_mkwrite() always asks. */
	bool small_blocks;
	/* A PG_PRIVATE page is wanted back: free private, return true; false: not now. Never sleeps. */
	bool (*release)(struct page *p);
};

struct address_space {
	struct inode *host;
	const struct address_space_ops *ops;
	struct xarray pages;		/* of struct page; XA_DIRTY and XA_WRITEBACK mark them */
	struct list_head vmas;		/* vma.shared_node: who maps it */
	unsigned long nrpages;
	int wb_err;			/* a write that failed since; each open file is told once: file.wb_err_seen */
	u32 wb_err_seq;
};
void mapping_init(struct address_space *m, struct inode *host, const struct address_space_ops *ops);

struct writeback_control {
	unsigned long start, end;	/* pages, inclusive */
	long nr_to_write;		/* counted down */
	bool sync;			/* wait for writeback already under way on a page */
	unsigned long next;		/* private to writeback_next */
};
/*
 * The next dirty page in range: locked, a count taken, dirty cleared (also in guest mappings), PG_WRITEBACK set. NULL: done.
 * The caller ends it by page_write_end() (which unlocks nothing: unlock once I/O is submitted) and page_put().
 */
struct page *writeback_next(struct address_space *m, struct writeback_control *wbc);
void writeback_redirty(struct page *p);		/* instead of writing: dirty again, writeback ended */
void page_read_end(struct page *p, int err);	/* up to date (or error), unlocks, wakes. Never sleeps. */
void page_write_end(struct page *p, int err);	/* writeback over, wakes; err goes to the mapping. Never sleeps. */

struct page *find_get_page(struct address_space *m, unsigned long index);	/* counted, or NULL; no I/O, never sleeps */
struct page *find_lock_page(struct address_space *m, unsigned long index);	/* counted, locked and still in m, or NULL. Sleeps. */
/* Found or new (then not up to date): counted, locked. Sleeps. NULL: no memory. */
struct page *grab_cache_page(struct address_space *m, unsigned long index);
/* Up to date, counted, not locked. Sleeps. ERR_PTR(-EIO, -ENOMEM). */
struct page *read_cache_page(struct address_space *m, unsigned long index);
void page_cancel_dirty(struct page *p);		/* its content needs no writing after all. Never sleeps. */
void page_mark_dirty(struct page *p);		/* and its inode, for the writeback thread. Never sleeps. */
int add_to_page_cache(struct page *p, struct address_space *m, unsigned long index);	/* locked new page; 0, -EEXIST, -ENOMEM */

/* Generic bodies for file_ops. */
ssize_t filemap_read(struct file *f, struct iov_iter *it, loff_t *pos);
ssize_t filemap_write(struct file *f, struct iov_iter *it, loff_t *pos);	/* inode locked; raises i_size; limits checked by the caller */
int filemap_mmap(struct file *f, struct vma *vma);
int filemap_fault(struct vma *vma, unsigned long index, struct page **out);	/* counted, up to date. 0, -EFAULT (past the end: SIGBUS), -EIO, -ENOMEM */

int filemap_fdatawrite(struct address_space *m, loff_t start, loff_t end, bool sync);	/* starts; end inclusive, S64_MAX: all */
int filemap_fdatawait(struct address_space *m, loff_t start, loff_t end);
int filemap_write_and_wait(struct address_space *m, loff_t start, loff_t end);
int filemap_check_errors(struct file *f);	/* the error f has not been told yet, once */
/* Drops pages from lstart on (bytes); the partial page at lstart is zeroed from there. Unmaps them from guests. Sleeps. */
void truncate_pagecache(struct inode *inode, loff_t lstart);
void truncate_pagecache_range(struct inode *inode, loff_t lstart, loff_t lend);	/* whole pages inside; edges zeroed; lend inclusive */
void invalidate_mapping(struct address_space *m);	/* clean, unused pages only: drop_caches, fadvise */
void unmap_mapping_range(struct address_space *m, unsigned long first, unsigned long last);	/* from guests' page tables */

/* The writeback of whole inodes and super blocks. Dirty inodes are listed at their super block; a kernel thread writes them by age. */
void inode_mark_dirty(struct inode *inode, unsigned what);	/* I_DIRTY_* of fs.h. Never sleeps. */
int inode_write(struct inode *inode, bool sync);		/* its pages, then sb->write_inode. Sleeps. */
struct super_block;
int sync_inodes_sb(struct super_block *sb, bool wait);
void inode_undirty(struct inode *inode);		/* eviction: off the lists, its changes are dropped; pages stay */
void balance_dirty_pages(struct address_space *m);		/* a writer waits here when too much is dirty. Sleeps. */
void flusher_wake(void);			/* write back now, regardless of age */

extern const struct vm_ops filemap_vm_ops;	/* of filemap_mmap(): fault, page_mkwrite (reserves room) */
/* Read-ahead. f->ra is its state; cache misses and PG_READAHEAD pages come here. Sleep. */
void readahead_miss(struct address_space *m, struct file *f, unsigned long index, unsigned long want);
void readahead_async(struct address_space *m, struct file *f, struct page *p);
void readahead_fault(struct address_space *m, struct vma *vma, unsigned long index);
void readahead_force(struct address_space *m, unsigned long index, unsigned long n);	/* readahead(2), WILLNEED */

/* What the cache holds, in pages, for mem_counts(). buffers: of block devices, part of cached. */
struct page_cache_stat { unsigned long cached, buffers, shmem, dirty, writeback, active, inactive; };
extern struct page_cache_stat page_cache_stat;
extern int dirty_ratio, dirty_background_ratio;	/* percent of all pages; /proc/sys/vm */

/* Between the files of mm/: the reclaim lists, and taking a page out of its mapping (locked, not under writeback, unmapped). */
void lru_add(struct page *p);
void lru_del(struct page *p);
void lru_touch(struct page *p);			/* it was used */
void page_cache_remove(struct page *p);		/* drops the cache's count */
bool page_cache_try_drop(struct page *p);	/* clean, unused: gone (true). Never sleeps. */
void page_zero_tail(struct page *p);		/* behind the end of the file */
unsigned long shrink_page_cache(unsigned long want);
unsigned long reclaim_pages(unsigned long want);		/* page cache and shrinkers; how many went. Sleeps. */

#endif
