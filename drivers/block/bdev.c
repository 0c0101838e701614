// SPDX-License-Identifier: GPL-2.0
/* Block devices as files: read and written through the page cache of the device's own inode. And what /proc tells of them. */
#include <drivers/blkdev.h>
#include <fs/buffer.h>
#include <fs/dev.h>
#include <fs/proc.h>
#include <linux/falloc.h>
#include <mm/pagecache.h>

static int bdev_open(struct inode *inode, struct file *f)
{
	struct blkdev *bd = blk_find(inode->rdev);
	int err;

	if (!bd)
		return -ENXIO;
	if (f->flags & O_EXCL && bd->sb)	/* mkfs and fsck ask in this way whether it is mounted */
		return -EBUSY;
	err = blk_open(bd, f->mode & FMODE_WRITE);
	if (err)
		return err;
	f->private = bd;
	f->mapping = &bd->inode->data;
	f->wb_err_seen = f->mapping->wb_err_seq;
	return 0;
}

static void bdev_release(struct inode *inode, struct file *f)
{
	blk_close(f->private);
}

static ssize_t bdev_write(struct file *f, struct iov_iter *it, loff_t *pos)
{
	loff_t size = f->mapping->host->size;
	size_t count = it->count, left = 0;
	ssize_t n;

	if (*pos >= size)
		return count ? -ENOSPC : 0;
	if (count > (u64)(size - *pos)) {
		left = count - (size_t)(size - *pos);
		it->count -= left;
	}
	n = filemap_write(f, it, pos);
	it->count += left;
	return n;
}

static loff_t bdev_llseek(struct file *f, loff_t off, int whence)
{
	loff_t size = f->mapping->host->size;

	return generic_llseek_size(f, off, whence, size, size);
}

static int bdev_fsync(struct file *f, loff_t start, loff_t end, bool datasync)
{
	struct blkdev *bd = f->private;
	int err = filemap_write_and_wait(f->mapping, start, end), err2;

	err2 = filemap_check_errors(f);
	err = err ? err : err2;
	err2 = blk_flush(bd);
	return err ? err : err2;
}

static long bdev_fallocate(struct file *f, int mode, loff_t off, loff_t len)
{
	struct blkdev *bd = f->private;
	loff_t size = f->mapping->host->size;
	int err;

	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE) || !(mode & ~FALLOC_FL_KEEP_SIZE))
		return -EOPNOTSUPP;
	if (off < 0 || len <= 0 || off >= size || (off | len) & 511)
		return -EINVAL;
	if (len > size - off) {
		if (!(mode & FALLOC_FL_KEEP_SIZE))
			return -EINVAL;
		len = size - off;
	}
	err = filemap_write_and_wait(f->mapping, off, off + len - 1);
	if (err)
		return err;
	truncate_pagecache_range(f->mapping->host, off, off + len - 1);
	err = mode & FALLOC_FL_PUNCH_HOLE ? blk_discard(bd, (u64)off >> 9, (u64)len >> 9) : -EOPNOTSUPP;
	return err == -EOPNOTSUPP ? blk_zero(bd, (u64)off >> 9, (u64)len >> 9) : err;
}

const struct file_ops blkdev_fops = {
	.open = bdev_open,
	.release = bdev_release,
	.read = filemap_read,
	.write = bdev_write,
	.llseek = bdev_llseek,
	.mmap = filemap_mmap,
	.fsync = bdev_fsync,
	.fallocate = bdev_fallocate,
	.ioctl = blk_ioctl,
};

void blk_set_readahead(struct blkdev *bd, u64 pages)
{
	bd->whole->ra_pages = (u32)min_t(u64, pages, BLK_READAHEAD_MAX);
}

unsigned long blk_readahead(const struct inode *inode)
{
	const struct blkdev *bd = S_ISBLK(inode->mode) ? inode->bdev : inode->sb->bdev;

	return bd ? bd->whole->ra_pages : BLK_READAHEAD;
}

static int partitions_show(struct seq_file *m, void *arg)
{
	struct blkdev *bd;

	seq_puts(m, "major minor  #blocks  name\n\n");
	list_for_each_entry(bd, &blk_devices, node)
		if (bd->nsectors)
			seq_printf(m, "%4u  %7u %10llu %s\n", MAJOR(bd->dev), MINOR(bd->dev),
				   (unsigned long long)bd->nsectors / 2, bd->name);
	return 0;
}
PROC_FILE("partitions", 0444, partitions_show);

static int diskstats_show(struct seq_file *m, void *arg)
{
	struct blkdev *bd;

	list_for_each_entry(bd, &blk_devices, node) {
		unsigned long long r_ms = bd->io_ns[0] / NSEC_PER_MSEC, w_ms = bd->io_ns[1] / NSEC_PER_MSEC;

		seq_printf(m, "%4u %7u %s %llu 0 %llu %llu %llu 0 %llu %llu %d %llu %llu 0 0 0 0 0 0\n",
			   MAJOR(bd->dev), MINOR(bd->dev), bd->name,
			   (unsigned long long)bd->ios[0], (unsigned long long)bd->sectors[0], r_ms,
			   (unsigned long long)bd->ios[1], (unsigned long long)bd->sectors[1], w_ms,
			   atomic_read(&bd->in_flight), r_ms + w_ms, r_ms + w_ms);
	}
	return 0;
}
PROC_FILE("diskstats", 0444, diskstats_show);
