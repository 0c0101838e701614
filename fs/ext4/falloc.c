// SPDX-License-Identifier: GPL-2.0
/* Preallocation, holes and where they are: fallocate(2), SEEK_HOLE and SEEK_DATA, FIEMAP; and the file's flags. */
#include "ext4.h"
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <linux/falloc.h>
#include <linux/fiemap.h>

/* Unwritten blocks for all holes of [first, last]. */
static int fill_holes(struct inode *inode, u32 first, u32 last)
{
	struct ext4_inode *ei = EXT4_I(inode);
	int err = 0;

	for (u64 b = first; b <= last && !err; ) {
		struct ext4_map map;

		down_write(&ei->map_sem);
		err = ext4_map_locked(inode, (u32)b, (u32)(last - b + 1), &map);
		if (!err && map.state == MAP_HOLE)
			err = ext4_map_alloc(inode, (u32)b, map.len, 0, true, &map);
		up_write(&ei->map_sem);
		if (!err)
			b += map.len;
		if (fatal_signal_pending(current))
			err = err ? err : -EINTR;
		cond_resched();
	}
	return err;
}

/* The parts of [off, end) in blocks that stay are zeroed; *first and *last are the blocks that lie inside whole (first > last: none). */
static int zero_edges(struct inode *inode, loff_t off, loff_t end, u64 *first, u64 *last)
{
	u32 bs = EXT4_SB(inode->sb)->bs, bits = EXT4_SB(inode->sb)->bits;
	loff_t head_end = (loff_t)ALIGN((u64)off, bs), tail = (loff_t)ALIGN_DOWN((u64)end, bs);
	int err = 0;

	*first = (u64)head_end >> bits;
	*last = ((u64)tail >> bits) - 1;
	if (head_end > tail)		/* within one block */
		return ext4_zero_partial(inode, off, end - 1);
	if (off < head_end)
		err = ext4_zero_partial(inode, off, head_end - 1);
	if (!err && tail < end)
		err = ext4_zero_partial(inode, tail, end - 1);
	return err;
}

static int punch(struct inode *inode, loff_t off, loff_t end)
{
	struct ext4_inode *ei = EXT4_I(inode);
	u64 first, last;
	int err;

	end = min(end, (loff_t)ALIGN((u64)inode->size, EXT4_SB(inode->sb)->bs));
	if (off >= end)
		return 0;
	err = zero_edges(inode, off, end, &first, &last);
	if (err || first > last || last == U64_MAX)
		return err;
	truncate_pagecache_range(inode, (loff_t)(first << EXT4_SB(inode->sb)->bits), (loff_t)((last + 1) << EXT4_SB(inode->sb)->bits) - 1);
	/* Pages cut by the range's ends were written back by the caller, so what is still promised inside lost its page. */
	ext4_da_release(inode, (u32)first, (u32)last);
	down_write(&ei->map_sem);
	err = ext4_map_remove(inode, (u32)first, (u32)last);
	up_write(&ei->map_sem);
	return err;
}

long ext4_fallocate(struct file *f, int mode, loff_t off, loff_t len)
{
	struct inode *inode = f->inode;
	struct ext4_sb *s = EXT4_SB(inode->sb);
	loff_t end = off + len;
	bool keep = mode & FALLOC_FL_KEEP_SIZE;
	int err;

	might_sleep();
	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE))
		return -EOPNOTSUPP;
	if (!S_ISREG(inode->mode))
		return -EOPNOTSUPP;
	if (!ext4_has_extents(inode) && !(mode & FALLOC_FL_PUNCH_HOLE))
		return -EOPNOTSUPP;
	if (off < 0 || len <= 0 || end < off)
		return -EINVAL;
	if (end > inode->sb->maxbytes)
		return -EFBIG;
	if (!keep && end > inode->size) {
		err = inode_newsize_ok(inode, end);
		if (err)
			return err;
	}
	err = file_update_time(f);
	if (err)
		return err;
	err = filemap_write_and_wait(&inode->data, off & (loff_t)PAGE_MASK, end - 1);
	if (!err && mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE))
		err = punch(inode, off, end);
	if (!err && !(mode & FALLOC_FL_PUNCH_HOLE))
		err = fill_holes(inode, (u32)((u64)off >> s->bits), (u32)((u64)(end - 1) >> s->bits));
	if (!err && !keep && end > inode->size) {
		ext4_protect_tail(inode, inode->size);
		inode->size = end;
	}
	inode_mark_dirty(inode, I_DIRTY_META);
	return err;
}

/* --- where data is --- */

/* Has [lblk, lblk + n) pages in the cache that are newer than the disk? The first such block and how far it goes. */
bool ext4_block_dirty_in_cache(struct inode *inode, u32 lblk, u32 n, u32 *first, u32 *len)
{
	u32 per = (u32)(PAGE_SIZE >> EXT4_SB(inode->sb)->bits);
	unsigned long index = lblk / per, last = ((u64)lblk + n - 1) / per, wb = index;
	struct page *p = xa_find_marked(&inode->data.pages, &index, last, XA_DIRTY);
	struct page *q = xa_find_marked(&inode->data.pages, &wb, last, XA_WRITEBACK);

	if (!p && !q)
		return false;
	if (!p || (q && wb < index))
		index = wb;
	*first = max(lblk, (u32)(index * per));
	*len = (u32)min_t(u64, (index + 1) * per, (u64)lblk + n) - *first;
	return true;
}

/* Is there data at lblk? *n: how far the answer holds. */
static int data_at(struct inode *inode, u32 lblk, u32 max, bool *data, u32 *n)
{
	struct ext4_map map;
	u32 next;
	int err;

	*n = ext4_da_find(inode, lblk);
	*data = *n;
	if (*n)
		return 0;
	err = ext4_map_find(inode, lblk, max, &map);
	if (err)
		return err;
	*n = map.len;
	*data = map.state == MAP_WRITTEN;
	if (map.state == MAP_HOLE && ext4_da_next(inode, lblk, &next))
		*n = min(*n, next - lblk);
	if (map.state == MAP_UNWRITTEN) {
		u32 first, len;

		if (!ext4_block_dirty_in_cache(inode, lblk, map.len, &first, &len))
			return 0;
		*data = first == lblk;
		*n = *data ? len : first - lblk;
	}
	return 0;
}

loff_t ext4_llseek(struct file *f, loff_t off, int whence)
{
	struct inode *inode = f->inode;
	struct ext4_sb *s = EXT4_SB(inode->sb);
	loff_t size = inode->size, at = off;
	bool want = whence == SEEK_DATA;

	if (whence != SEEK_DATA && whence != SEEK_HOLE)
		return generic_llseek_size(f, off, whence, inode->sb->maxbytes, size);
	if (off < 0 || off >= size)
		return -ENXIO;
	while (at < size) {
		u32 lblk = (u32)((u64)at >> s->bits), n, max = (u32)(((u64)(size - 1) >> s->bits) - lblk + 1);
		bool data;
		int err = data_at(inode, lblk, max, &data, &n);

		if (err)
			return err;
		if (data == want)
			return generic_llseek_size(f, at, SEEK_SET, inode->sb->maxbytes, size);
		at = (loff_t)(((u64)lblk + n) << s->bits);
		cond_resched();
	}
	return want ? -ENXIO : generic_llseek_size(f, size, SEEK_SET, inode->sb->maxbytes, size);
}

static int put_extent(uaddr_t arg, u32 i, const struct ext4_map *map, u32 flags, u32 bits)
{
	struct fiemap_extent e = {
		.fe_logical = (u64)map->lblk << bits, .fe_physical = map->pblk << bits, .fe_length = (u64)map->len << bits, .fe_flags = flags,
	};

	return copy_to_user(arg + sizeof(struct fiemap) + i * sizeof(e), &e, sizeof(e));
}

/* The next extent at or behind lblk: 1 found, 0 none. */
static int next_extent(struct inode *inode, u64 lblk, u64 last, struct ext4_map *map, u32 *flags)
{
	while (lblk <= last) {
		u32 n = ext4_da_find(inode, (u32)lblk), next;
		int err;

		*flags = 0;
		if (n) {
			*map = (struct ext4_map){ (u32)lblk, n, 0, MAP_HOLE };
			*flags = FIEMAP_EXTENT_DELALLOC | FIEMAP_EXTENT_UNKNOWN;
			return 1;
		}
		err = ext4_map_find(inode, (u32)lblk, (u32)(last - lblk + 1), map);
		if (err)
			return err;
		if (map->state != MAP_HOLE) {
			*flags = map->state == MAP_UNWRITTEN ? FIEMAP_EXTENT_UNWRITTEN : 0;
			return 1;
		}
		n = map->len;
		if (ext4_da_next(inode, (u32)lblk, &next))
			n = min(n, next - (u32)lblk);
		lblk += n;
		cond_resched();
	}
	return 0;
}

static int do_fiemap(struct file *f, uaddr_t arg)
{
	struct inode *inode = f->inode;
	u32 bits = EXT4_SB(inode->sb)->bits, flags, more;
	struct fiemap fm;
	struct ext4_map map, ahead;
	u64 lblk, last;
	int r, err = copy_from_user(&fm, arg, sizeof(fm));

	if (err)
		return err;
	if (fm.fm_flags & ~FIEMAP_FLAG_SYNC) {
		fm.fm_flags &= ~FIEMAP_FLAG_SYNC;
		err = copy_to_user(arg, &fm, sizeof(fm));
		return err ? err : -EBADR;
	}
	if (!fm.fm_length || fm.fm_start > (u64)inode->sb->maxbytes)
		return fm.fm_length ? -EFBIG : -EINVAL;
	if (fm.fm_flags & FIEMAP_FLAG_SYNC)
		filemap_write_and_wait(&inode->data, 0, S64_MAX);
	lblk = fm.fm_start >> bits;
	last = min_t(u64, ((u64)inode->sb->maxbytes - 1) >> bits, (fm.fm_start + min_t(u64, fm.fm_length, S64_MAX) - 1) >> bits);
	last = min_t(u64, last, ext4_max_block(inode));
	fm.fm_mapped_extents = 0;
	r = next_extent(inode, lblk, last, &map, &flags);
	while (r > 0 && (!fm.fm_extent_count || fm.fm_mapped_extents < fm.fm_extent_count)) {
		struct ext4_map cur = map;
		u32 cur_flags = flags;

		r = next_extent(inode, (u64)cur.lblk + cur.len, last, &ahead, &more);
		if (!r && next_extent(inode, (u64)cur.lblk + cur.len, ext4_max_block(inode), &ahead, &more) == 0)
			cur_flags |= FIEMAP_EXTENT_LAST;
		if (fm.fm_extent_count)
			err = put_extent(arg, fm.fm_mapped_extents, &cur, cur_flags, bits);
		if (err)
			return err;
		fm.fm_mapped_extents++;
		map = ahead;
		flags = more;
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return r < 0 ? r : copy_to_user(arg, &fm, sizeof(fm));
}

/* --- flags --- */

int ext4_fileattr_get(struct inode *inode, u32 *flags)
{
	*flags = EXT4_I(inode)->flags & FL_USER_VISIBLE;
	return 0;
}

int ext4_fileattr_set(struct inode *inode, u32 flags)
{
	struct ext4_inode *ei = EXT4_I(inode);
	u32 change = (flags ^ ei->flags) & FL_USER_VISIBLE;

	if (sb_rdonly(inode->sb))
		return -EROFS;
	if (change & FL_EXTENTS)
		return -EOPNOTSUPP;
	if (change & ~(FL_USER_SETTABLE | FL_INDEX | FL_HUGE_FILE | FL_EXTENTS))
		return -EOPNOTSUPP;
	if (!S_ISDIR(inode->mode) && change & (FL_DIRSYNC | FL_TOPDIR))
		return -EOPNOTSUPP;
	ei->flags = (ei->flags & ~FL_USER_SETTABLE) | (flags & FL_USER_SETTABLE);
	ext4_set_inode_flags(inode);
	inode->ctime = ktime_real_coarse();
	inode_mark_dirty(inode, I_DIRTY_META);
	return 0;
}

long ext4_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
	struct inode *inode = f->inode;
	u32 gen;

	switch (cmd) {
	case FS_IOC_FIEMAP:
		return do_fiemap(f, arg);
	case FITRIM:
		return ext4_trim(inode->sb, arg);
	case FS_IOC_GETVERSION:
		return put_user(inode->generation, u32, arg);
	case FS_IOC_SETVERSION:
		if (!inode_owner_or_capable(inode))
			return -EPERM;
		if (EXT4_SB(inode->sb)->csum)	/* it is part of every checksum of the file's metadata */
			return -EOPNOTSUPP;
		if (get_user(gen, arg))
			return -EFAULT;
		inode->generation = gen;
		inode_mark_dirty(inode, I_DIRTY_META);
		return 0;
	default:
		return -ENOTTY;
	}
}
