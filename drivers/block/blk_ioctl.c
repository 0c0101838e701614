// SPDX-License-Identifier: GPL-2.0
/* ioctl(2) of block devices: the BLK ones, the geometry, partitions by BLKPG. */
#include <drivers/blkdev.h>
#include <fs/buffer.h>
#include <kernel/cred.h>
#include <kernel/uaccess.h>
#include <linux/blkpg.h>
#include <linux/hdreg.h>
#include <mm/pagecache.h>

static int get_geometry(struct blkdev *bd, uaddr_t arg)
{
	struct blkdev *whole = bd->whole;
	unsigned heads = 255, sectors = 63, cyls = (unsigned)(whole->nsectors / (255 * 63));
	struct hd_geometry geo = { 0 };

	if (whole->ops->getgeo) {
		int err = whole->ops->getgeo(whole, &heads, &sectors, &cyls);

		if (err)
			return err;
	}
	geo.heads = (unsigned char)heads;
	geo.sectors = (unsigned char)sectors;
	geo.cylinders = (unsigned short)cyls;
	geo.start = bd->start;
	return copy_to_user(arg, &geo, sizeof(geo));
}

/* BLKDISCARD, BLKZEROOUT: a range in bytes. */
static int wipe_range(struct file *f, struct blkdev *bd, uaddr_t arg, bool discard)
{
	u64 range[2], size = bd->nsectors << SECTOR_SHIFT;
	int err = copy_from_user(range, arg, sizeof(range));

	if (err)
		return err;
	if (!(f->mode & FMODE_WRITE))
		return -EBADF;
	if ((range[0] | range[1]) & 511 || range[0] > size || range[1] > size - range[0])
		return -EINVAL;
	if (!range[1])
		return 0;
	err = filemap_write_and_wait(f->mapping, (loff_t)range[0], (loff_t)(range[0] + range[1] - 1));
	if (err)
		return err;
	truncate_pagecache_range(f->mapping->host, (loff_t)range[0], (loff_t)(range[0] + range[1] - 1));
	return discard ? blk_discard(bd, range[0] >> 9, range[1] >> 9) : blk_zero(bd, range[0] >> 9, range[1] >> 9);
}

static int set_read_only(struct blkdev *bd, uaddr_t arg)
{
	int on, err = get_user(on, arg);

	if (err)
		return err;
	if (!capable(CAP_SYS_ADMIN))
		return -EACCES;
	if (!on && bd != bd->whole && bd->whole->read_only)
		return -EROFS;
	bd->read_only = on;
	return 0;
}

static int reread_partitions(struct blkdev *bd)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EACCES;
	if (bd != bd->whole || !bd->max_parts)
		return -EINVAL;
	sync_buffers(bd);
	invalidate_mapping(&bd->inode->data);
	return blk_scan_partitions(bd);
}

static struct blkdev *find_part(struct blkdev *whole, int no)
{
	struct blkdev *bd;

	list_for_each_entry(bd, &blk_devices, node)
		if (bd->whole == whole && bd->partno == no && no)
			return bd;
	return NULL;
}

static bool overlaps(struct blkdev *whole, u64 start, u64 n)
{
	struct blkdev *bd;

	list_for_each_entry(bd, &blk_devices, node)
		if (bd->whole == whole && bd->partno && start < bd->start + bd->nsectors && bd->start < start + n)
			return true;
	return false;
}

/* addpart, delpart, partx. */
static int blkpg(struct blkdev *bd, uaddr_t arg)
{
	struct blkpg_ioctl_arg a;
	struct blkpg_partition p;
	struct blkdev *part;
	int err = copy_from_user(&a, arg, sizeof(a));

	if (!err)
		err = copy_from_user(&p, (uaddr_t)a.data, sizeof(p));
	if (err)
		return err;
	if (!capable(CAP_SYS_ADMIN))
		return -EACCES;
	if (bd != bd->whole || p.pno <= 0)
		return -EINVAL;
	if (a.op == BLKPG_DEL_PARTITION) {
		part = find_part(bd, p.pno);
		return part ? blk_del_partition(part) : -ENXIO;
	}
	if (a.op != BLKPG_ADD_PARTITION || p.start < 0 || p.length <= 0 || (p.start | p.length) & 511)
		return -EINVAL;
	if (find_part(bd, p.pno) || overlaps(bd, (u64)p.start >> 9, (u64)p.length >> 9))
		return -EBUSY;
	part = blk_add_partition(bd, p.pno, (u64)p.start >> 9, (u64)p.length >> 9);
	return IS_ERR(part) ? (int)PTR_ERR(part) : 0;
}

static int set_block_size(struct file *f, uaddr_t arg)
{
	int n, err = get_user(n, arg);

	if (err)
		return err;
	if (!capable(CAP_SYS_ADMIN))
		return -EACCES;
	return n >= 512 && n <= (int)PAGE_SIZE && IS_POWER_OF_2(n) ? 0 : -EINVAL;
}

static int set_readahead(struct blkdev *bd, unsigned long sectors)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EACCES;
	blk_set_readahead(bd, sectors / (PAGE_SIZE / 512));
	return 0;
}

static int flush_cache(struct blkdev *bd)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EACCES;
	sync_buffers(bd);
	invalidate_mapping(&bd->inode->data);
	return 0;
}

long blk_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
	struct blkdev *bd = f->private;
	u64 bytes = bd->nsectors << SECTOR_SHIFT;

	switch (cmd) {
	case BLKGETSIZE:	return put_user(bd->nsectors, unsigned long, arg);
	case BLKGETSIZE64:	return put_user(bytes, u64, arg);
	case BLKSSZGET:		return put_user(512, int, arg);
	case BLKPBSZGET:	return put_user(512, unsigned, arg);
	case BLKBSZGET:		return put_user(PAGE_SIZE, int, arg);
	case BLKBSZSET:		return set_block_size(f, arg);
	case BLKIOMIN:		return put_user(512, unsigned, arg);
	case BLKIOOPT:		return put_user(0, unsigned, arg);
	case BLKALIGNOFF:	return put_user(0, int, arg);
	case BLKDISCARDZEROES:	return put_user(0, unsigned, arg);
	case BLKROTATIONAL:	return put_user(0, unsigned short, arg);
	case BLKSECTGET:	return put_user(BLK_MAX_SEGS * PAGE_SIZE / 512, unsigned short, arg);
	case BLKRAGET:
	case BLKFRAGET:		return put_user((long)bd->whole->ra_pages * (long)(PAGE_SIZE / 512), long, arg);
	case BLKRASET:
	case BLKFRASET:		return set_readahead(bd, arg);
	case BLKROGET:		return put_user(bd->read_only || bd->whole->read_only, int, arg);
	case BLKROSET:		return set_read_only(bd, arg);
	case BLKFLSBUF:		return flush_cache(bd);
	case BLKRRPART:		return reread_partitions(bd);
	case BLKPG:		return blkpg(bd, arg);
	case BLKDISCARD:	return wipe_range(f, bd, arg, true);
	case BLKZEROOUT:	return wipe_range(f, bd, arg, false);
	case HDIO_GETGEO:	return get_geometry(bd, arg);
	default:
		return bd->whole->ops->ioctl ? bd->whole->ops->ioctl(bd->whole, cmd, arg) : -ENOTTY;
	}
}
