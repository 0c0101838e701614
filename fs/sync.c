// SPDX-License-Identifier: GPL-2.0
/* Getting things to the disk: sync(2), syncfs(2), fsync(2), sync_file_range(2); and advice: fadvise64(2), readahead(2). */
#include "internal.h"
#include <drivers/blkdev.h>
#include <fs/buffer.h>
#include <linux/fadvise.h>

/* Calls fn for each mounted super block, which stays while fn sleeps. */
static void for_each_super(void (*fn)(struct super_block *sb))
{
	struct super_block *sb = list_first_or_null(&super_blocks, struct super_block, node), *next;

	if (sb)
		sb->active++;
	for (; sb; sb = next) {
		fn(sb);
		next = sb->node.next == &super_blocks ? NULL : list_next(sb, node);
		if (next)
			next->active++;
		deactivate_super(sb);
	}
}

static void start_one(struct super_block *sb)
{
	if (!sb_rdonly(sb))
		sync_inodes_sb(sb, false);
}

static void sync_one(struct super_block *sb) { sync_filesystem(sb); }

/* All disks are started before the first is waited for. */
long sys_sync(void)
{
	struct blkdev *bd;

	for_each_super(start_one);
	for_each_super(sync_one);
	list_for_each_entry(bd, &blk_devices, node)
		if (bd->opens && !bd->sb && !bd->read_only) {	/* written directly: mkfs, dd */
			sync_buffers(bd);
			blk_flush(bd);
		}
	return 0;
}

long sys_syncfs(int fd)
{
	struct file *f = fget(fd);
	int err, err2;

	if (!f)
		return -EBADF;
	err = sync_filesystem(f->path.dentry->sb);
	err2 = filemap_check_errors(f);
	file_put(f);
	return err ?: err2;
}

/* Of a file system with nothing but pages and inodes. */
int generic_fsync(struct file *f, loff_t start, loff_t end, bool datasync)
{
	struct inode *inode = f->inode;
	int err = filemap_write_and_wait(f->mapping, start, end), err2 = 0;

	if (inode->state & I_DIRTY_META || (!datasync && inode->state & I_DIRTY_TIME))
		err2 = inode_write(inode, true);
	err = err ?: err2;
	err2 = filemap_check_errors(f);
	return err ?: err2;
}

static long do_fsync(int fd, bool datasync)
{
	struct file *f = fget(fd);
	int err;

	if (!f)
		return -EBADF;
	err = f->ops->fsync ? f->ops->fsync(f, 0, S64_MAX, datasync) : -EINVAL;
	file_put(f);
	return err;
}

long sys_fsync(int fd) { return do_fsync(fd, false); }
long sys_fdatasync(int fd) { return do_fsync(fd, true); }

#define RANGE_FLAGS (SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER)

static int sync_range(struct file *f, loff_t off, loff_t end, unsigned flags)
{
	struct address_space *m = f->mapping;
	mode_t mode = f->inode->mode;
	int err = 0;

	if (!S_ISREG(mode) && !S_ISBLK(mode) && !S_ISDIR(mode) && !S_ISLNK(mode))
		return -ESPIPE;
	if (flags & SYNC_FILE_RANGE_WAIT_BEFORE)
		err = filemap_fdatawait(m, off, end);
	if (!err && flags & SYNC_FILE_RANGE_WRITE)
		err = filemap_fdatawrite(m, off, end, flags & SYNC_FILE_RANGE_WAIT_AFTER);
	if (!err && flags & SYNC_FILE_RANGE_WAIT_AFTER)
		err = filemap_fdatawait(m, off, end);
	return err ?: filemap_check_errors(f);
}

long sys_sync_file_range(int fd, loff_t off, loff_t n, unsigned flags)
{
	struct file *f;
	int err;

	if (flags & ~(unsigned)RANGE_FLAGS || off < 0 || n < 0 || n > S64_MAX - off)
		return -EINVAL;
	f = fget(fd);
	if (!f)
		return -EBADF;
	err = sync_range(f, off, n ? off + n - 1 : S64_MAX, flags);
	file_put(f);
	return err;
}

/* --- advice --- */

static void drop_range(struct address_space *m, loff_t off, loff_t end)
{
	filemap_fdatawrite(m, off, end, false);
	if (!off && end == S64_MAX) {
		invalidate_mapping(m);
		return;
	}
	for (unsigned long i = (u64)(off + (loff_t)PAGE_SIZE - 1) >> PAGE_SHIFT; ; i++) {	/* whole pages only */
		struct page *p = xa_find(&m->pages, &i, end == S64_MAX ? ULONG_MAX : ((u64)end + 1) / PAGE_SIZE - 1);

		if (!p)
			break;
		page_cache_try_drop(p);
	}
}

static int do_fadvise(struct file *f, loff_t off, loff_t len, int advice)
{
	struct address_space *m = f->mapping;
	loff_t end = !len || len > S64_MAX - off ? S64_MAX : off + len - 1;
	unsigned long first = (u64)off >> PAGE_SHIFT;

	if (S_ISFIFO(f->inode->mode))
		return -ESPIPE;
	if (len < 0 || off < 0)
		return -EINVAL;
	switch (advice) {
	case POSIX_FADV_NORMAL:
	case POSIX_FADV_RANDOM:		/* read-ahead adapts to the use it sees: nothing to set */
	case POSIX_FADV_SEQUENTIAL:
	case POSIX_FADV_NOREUSE:
		return 0;
	case POSIX_FADV_WILLNEED:
		if (m->ops && m->ops->readpages && off < m->host->size)
			readahead_force(m, first, ((u64)min(end, m->host->size - 1) >> PAGE_SHIFT) - first + 1);
		return 0;
	case POSIX_FADV_DONTNEED:
		if (m->ops && m->ops->writepages && end + 1 >= (loff_t)PAGE_SIZE)
			drop_range(m, off, end);
		return 0;
	default:
		return -EINVAL;
	}
}

long sys_fadvise64(int fd, loff_t off, size_t len, int advice)
{
	struct file *f = fget(fd);
	int err;

	if (!f)
		return -EBADF;
	err = do_fadvise(f, off, (loff_t)len, advice);
	file_put(f);
	return err;
}

long sys_readahead(int fd, loff_t off, size_t n)
{
	struct file *f = fget(fd);
	int err = 0;

	if (!f)
		return -EBADF;
	if (!(f->mode & FMODE_READ))
		err = -EBADF;
	else if (!S_ISREG(f->inode->mode) && !S_ISBLK(f->inode->mode))
		err = -EINVAL;
	else
		err = (loff_t)n < 0 ? -EINVAL : n && off >= 0 ? do_fadvise(f, off, (loff_t)n, POSIX_FADV_WILLNEED) : 0;
	file_put(f);
	return err;
}
