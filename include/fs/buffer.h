/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Metadata blocks of a disk, through the page cache of the block device's inode (so that reading /dev/ubda sees them).
 * A struct buf is one file system block within a cache page. Dirty ones are written by sync_buffers(), by age, and by
 * whoever orders them.
 * Invariants: blocks smaller than a page are always up to date, and all of the page's blocks have a buf; a dirty buf makes its
 * page dirty; of a page with bufs only the dirty ones are written (its other blocks may be file data, newer on the disk).
 */
#ifndef FS_BUFFER_H
#define FS_BUFFER_H

#include <kernel/types.h>

struct blkdev; struct page; struct super_block; struct address_space_ops;
struct buf {
	u64 block;		/* in units of size */
	u32 size;		/* 512 … PAGE_SIZE */
	u8 *data;
	int refs;
	bool uptodate, dirty;
	bool checked;		/* the file system's: its content was verified. Lost with the buf. */
	struct page *page;
	struct blkdev *bdev;
	struct buf *next_in_page;
};
/*
 * No I/O where size is PAGE_SIZE; content undefined unless uptodate. Who wants to write a new block fills all of data and calls
 * buf_dirty() before it sleeps. ERR_PTR(-EIO, -ENOMEM, -EINVAL: not on the device). Sleeps.
 */
struct buf *buf_get(struct blkdev *bdev, u64 block, u32 size);
struct buf *buf_read(struct blkdev *bdev, u64 block, u32 size);	/* ERR_PTR(-EIO, -ENOMEM, -EINVAL). Sleeps. */
void buf_readahead(struct blkdev *bdev, u64 block, u32 size, unsigned n);	/* Sleeps. */
void buf_put(struct buf *b);			/* NULL and ERR_PTR are fine */
void buf_dirty(struct buf *b);			/* also marks it up to date. Never sleeps. */
int buf_write(struct buf *b);			/* now, if it is dirty, and waits. 0, -EIO. Sleeps. */
void buf_forget(struct buf *b);			/* its block was freed: clean, never written; like buf_put. Sleeps. */
void buf_forget_range(struct blkdev *bdev, u64 block, u32 size, u64 n);	/* the same for whatever is cached of these. Sleeps. */
int sync_buffers(struct blkdev *bdev);		/* all dirty ones, and waits. 0, -EIO. Sleeps. */
extern const struct address_space_ops bdev_aops;

#endif
