// SPDX-License-Identifier: GPL-2.0
/* From a block of a file to a block of the disk, whichever way the file keeps its map. */
#include "ext4.h"

u32 ext4_max_block(const struct inode *inode)
{
	u64 per = EXT4_SB(inode->sb)->bs / 4;

	if (ext4_has_extents(inode))
		return 0xfffffffeU;
	return (u32)min_t(u64, EXT4_NDIR + per + per * per + per * per * per - 1, 0xfffffffeU);
}

static bool from_cache(const struct ext4_inode *ei, u32 lblk, u32 max, struct ext4_map *map)
{
	u32 off = lblk - ei->cache.lblk;

	if (lblk < ei->cache.lblk || off >= ei->cache.len)
		return false;
	*map = (struct ext4_map){ lblk, min(ei->cache.len - off, max), ei->cache.pblk + off, ei->cache.state };
	return true;
}

int ext4_map_locked(struct inode *inode, u32 lblk, u32 max, struct ext4_map *map)
{
	struct ext4_inode *ei = EXT4_I(inode);
	int err;

	if (from_cache(ei, lblk, max, map))
		return 0;
	if (lblk > ext4_max_block(inode)) {
		*map = (struct ext4_map){ lblk, max, 0, MAP_HOLE };
		return 0;
	}
	err = ext4_has_extents(inode) ? ext4_ext_lookup(inode, lblk, max, map) : ext4_ind_lookup(inode, lblk, max, map);
	if (err)
		return err;
	if (map->state != MAP_HOLE) {
		ei->cache.lblk = map->lblk;
		ei->cache.len = map->len;
		ei->cache.pblk = map->pblk;
		ei->cache.state = map->state;
	}
	map->len = min(map->len, max);
	return 0;
}

/* Takes map_sem if the answer is not at hand. */
int ext4_map_find(struct inode *inode, u32 lblk, u32 max, struct ext4_map *map)
{
	struct ext4_inode *ei = EXT4_I(inode);
	int err;

	might_sleep();
	if (!ei->map_sem.writer && from_cache(ei, lblk, max, map))
		return 0;
	down_read(&ei->map_sem);
	err = ext4_map_locked(inode, lblk, max, map);
	up_read(&ei->map_sem);
	return err;
}

int ext4_map_insert(struct inode *inode, u32 lblk, u32 len, u64 pblk, bool unwritten)
{
	EXT4_I(inode)->cache.len = 0;
	EXT4_I(inode)->unsynced = true;	/* also if only a tree node changes */
	if (lblk > ext4_max_block(inode) || len - 1 > ext4_max_block(inode) - lblk)
		return -EFBIG;
	return ext4_has_extents(inode) ? ext4_ext_insert(inode, lblk, len, pblk, unwritten)
				       : ext4_ind_insert(inode, lblk, len, pblk);
}

int ext4_map_remove(struct inode *inode, u32 first, u32 last)
{
	EXT4_I(inode)->cache.len = 0;
	EXT4_I(inode)->unsynced = true;
	return ext4_has_extents(inode) ? ext4_ext_remove(inode, first, last) : ext4_ind_remove(inode, first, last);
}

/* Behind the block that comes before lblk in the file, if there is one. */
static u64 goal_for(struct inode *inode, u32 lblk)
{
	struct ext4_map left;

	if (lblk && !ext4_map_locked(inode, lblk - 1, 1, &left) && left.state != MAP_HOLE)
		return left.pblk + 1;
	return 0;
}

int ext4_map_alloc(struct inode *inode, u32 lblk, u32 max, unsigned flags, bool unwritten, struct ext4_map *map)
{
	bool meta = S_ISDIR(inode->mode) || S_ISLNK(inode->mode);
	u64 pblk;
	u32 n = min(max, EXT_UNWRITTEN_MAX);
	int err = ext4_alloc_blocks(inode, goal_for(inode, lblk), &n, flags, &pblk);

	if (err)
		return err;
	err = ext4_map_insert(inode, lblk, n, pblk, unwritten);
	if (err) {
		ext4_free_blocks(inode, pblk, n, meta);
		return err;
	}
	inode_mark_dirty(inode, I_DIRTY_META);
	*map = (struct ext4_map){ lblk, n, pblk, unwritten ? MAP_UNWRITTEN : MAP_WRITTEN };
	return 0;
}

int ext4_meta_block(struct inode *inode, u32 lblk, bool create, u64 *pblk)
{
	struct ext4_inode *ei = EXT4_I(inode);
	struct ext4_map map;
	int err = ext4_map_find(inode, lblk, 1, &map);

	*pblk = 0;
	if (err)
		return err;
	if (map.state == MAP_HOLE && create) {
		down_write(&ei->map_sem);
		err = ext4_map_alloc(inode, lblk, 1, 0, false, &map);
		up_write(&ei->map_sem);
	}
	if (!err && map.state == MAP_WRITTEN)
		*pblk = map.pblk;
	return err;
}
