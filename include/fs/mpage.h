/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between a file's pages and the disk: turns runs of pages into few, large requests. The file system only says where bytes are.
 */
#ifndef FS_MPAGE_H
#define FS_MPAGE_H

#include <kernel/types.h>
#include <mm/pagecache.h>

struct blkdev;

/* At the position asked for: len bytes (> 0, may be more than asked) lie at sector; or have no place (hole: zeros). */
struct file_map { u64 sector; u64 len; bool hole; };
/*
 * Sleeps. 0 or -errno. pos and len are multiples of the block size. write: the caller is about to write dirty pages there:
 * blocks are to be allocated now, and a hole means that nothing is to be written.
 */
typedef int (*file_map_fn)(struct inode *inode, loff_t pos, u64 len, bool write, struct file_map *out);

/* Bodies of a_ops->readpages and writepages. blocksize: of the file system, at most PAGE_SIZE. */
int mpage_readpages(struct address_space *m, struct page **pages, unsigned n, struct blkdev *bd, file_map_fn map);
int mpage_writepages(struct address_space *m, struct writeback_control *wbc, struct blkdev *bd, u32 blocksize, file_map_fn map);

#endif
