/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Metadata blocks of a disk, through the page cache of the block device's inode (so that reading /dev/ubda sees them).
 * A struct buf is one file system block within a cache page. Dirty ones are written by sync_buffers(), by age, and by
 * whoever orders them.
 */
#ifndef FS_BUFFER_H
#define FS_BUFFER_H

#include <kernel/types.h>

struct blkdev; struct page; struct super_block;
struct buf {
	u64 block;		/* in units of size */
	u32 size;
	u8 *data;
	int refs;
	bool uptodate, dirty;
	struct page *page;
	struct blkdev *bdev;
	struct buf *next_in_page;
	void *private;
};
struct buf *buf_get(struct blkdev *bdev, u64 block, u32 size);	/* no I/O, content undefined unless uptodate. ERR_PTR. Sleeps. */
struct buf *buf_read(struct blkdev *bdev, u64 block, u32 size);	/* ERR_PTR(-EIO, -ENOMEM). Sleeps. */
void buf_readahead(struct blkdev *bdev, u64 block, u32 size, unsigned n);
void buf_put(struct buf *b);			/* NULL and ERR_PTR are fine */
void buf_dirty(struct buf *b);			/* also marks it up to date */
int buf_write(struct buf *b);			/* now, and waits. 0, -EIO */
void buf_forget(struct buf *b);			/* its block was freed: clean, never written */
int sync_buffers(struct blkdev *bdev);		/* all dirty ones, and waits. 0, -EIO */

#endif
