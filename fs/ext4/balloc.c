// SPDX-License-Identifier: GPL-2.0
/*
 * The block allocator: runs of blocks in a row, near a goal. First right at the goal, then the nearest group with a run that
 * is long enough, then whatever is longest. Of each group it is remembered how long a free run can be at most.
 */
#include "ext4.h"
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <lib/bitmap.h>

struct search { u32 group, bit, len; };

bool ext4_room_for(struct ext4_sb *s, u64 n, unsigned flags)
{
	u64 keep = 0;

	if (flags & ALLOC_META || flags & ALLOC_RESERVED)
		return s->free_blocks >= n;
	keep = s->da_blocks + s->meta_reserve;
	if (s->root_reserve && !capable(CAP_SYS_RESOURCE) && current_cred()->fsuid != s->resuid && !in_group(s->resgid))
		keep += s->root_reserve;
	return s->free_blocks >= keep && s->free_blocks - keep >= n;
}

u64 ext4_inode_goal(struct inode *inode)
{
	struct ext4_inode *ei = EXT4_I(inode);
	struct ext4_sb *s = EXT4_SB(inode->sb);
	u32 bit = S_ISDIR(inode->mode) ? 0 : s->group[ei->group].rotor;

	if (ei->goal && ext4_blocks_valid(s, ei->goal, 1))	/* behind the very last block there is no group */
		return ei->goal;
	return ext4_group_first_block(s, ei->group) + min(bit, ext4_blocks_in_group(s, ei->group) - 1);
}

static bool group_usable(struct ext4_sb *s, u32 group)
{
	return !s->group[group].bitmap_bad && ext4_free_in_group(s, ext4_desc(s, group, NULL));
}

/* The first run of at least want in [from, end), else the longest. len 0: none. */
static void search_bits(const unsigned long *map, u32 from, u32 end, u32 want, struct search *best)
{
	while (from < end) {
		u32 a = (u32)find_next_zero_bit(map, end, from), b;

		if (a >= end)
			return;
		b = (u32)find_next_bit(map, end, a);
		b = min(b, end);
		if (b - a > best->len) {
			best->bit = a;
			best->len = b - a;
			if (best->len >= want)
				return;
		}
		from = b + 1;
	}
}

/* Looks for want blocks in a group, from bit on, then from its start. */
static int search_group(struct ext4_sb *s, u32 group, u32 from, u32 want, struct search *found)
{
	u32 end = ext4_blocks_in_group(s, group);
	struct buf *b = ext4_block_bitmap(s, group);
	const unsigned long *map;

	found->group = group;
	found->len = 0;
	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	map = (const unsigned long *)b->data;
	search_bits(map, from, end, want, found);
	if (found->len < want && from)
		search_bits(map, 0, end, want, found);
	if (found->len < want)
		s->group[group].max_run = found->len;	/* all of it was seen */
	buf_put(b);
	return 0;
}

/* Right at the goal? */
static bool search_goal(struct ext4_sb *s, u32 group, u32 bit, u32 want, struct search *found)
{
	struct buf *b;
	u32 end = ext4_blocks_in_group(s, group);

	if (!group_usable(s, group) || bit >= end)
		return false;
	b = ext4_block_bitmap(s, group);
	if (IS_ERR(b))
		return false;
	*found = (struct search){ group, bit, 0 };
	if (!test_bit((const unsigned long *)b->data, bit)) {
		end = min(end, bit + want);
		found->len = (u32)find_next_bit((const unsigned long *)b->data, end, bit) - bit;
		found->len = min(found->len, end - bit);
	}
	buf_put(b);
	return found->len == want || found->len >= 64;
}

static int search_all(struct ext4_sb *s, u32 group, u32 bit, u32 want, struct search *best)
{
	struct search found;
	int err = -ENOSPC;

	best->len = 0;
	for (u32 i = 0; i < s->groups && best->len < want; i++) {
		u32 g = (group + i) % s->groups;
		int e;

		if (!group_usable(s, g) || s->group[g].max_run < want)
			continue;
		e = search_group(s, g, i ? 0 : bit, want, &found);
		if (!e && found.len > best->len)
			*best = found;
	}
	for (u32 i = 0; i < s->groups && !best->len; i++) {	/* nothing that long: the first group with anything */
		u32 g = (group + i) % s->groups;
		int e;

		if (!group_usable(s, g) || !s->group[g].max_run)
			continue;
		e = search_group(s, g, 0, want, &found);
		if (e && e != -ENOSPC)
			err = e;
		if (!e)
			*best = found;
	}
	return best->len ? 0 : err;
}

static int take(struct ext4_sb *s, const struct search *f)
{
	struct ext4_group_desc *d = ext4_desc(s, f->group, NULL);
	struct buf *b = ext4_block_bitmap(s, f->group);
	unsigned long *map;
	u32 free;

	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	map = (unsigned long *)b->data;
	for (u32 i = 0; i < f->len; i++)
		if (test_bit(map, f->bit + i)) {	/* gone while a bitmap was read */
			buf_put(b);
			return -EAGAIN;
		}
	for (u32 i = 0; i < f->len; i++)
		set_bit(map, f->bit + i);
	s->group[f->group].rotor = f->bit + f->len;
	free = ext4_free_in_group(s, d);
	if (free < f->len)
		ext4_error(s->sb, "group %u: more blocks are free than its descriptor says", f->group);
	ext4_set_free_in_group(s, d, free - min(free, f->len));
	ext4_block_bitmap_dirty(s, f->group, b);
	buf_put(b);
	s->free_blocks -= min_t(u64, s->free_blocks, f->len);
	return 0;
}

/* A damaged bitmap must not give away the file system's own blocks. */
static bool overlaps_metadata(struct ext4_sb *s, u64 block, u64 n)
{
	u32 group = (u32)((block - s->first_data_block) / s->blocks_per_group);
	const struct ext4_group_desc *d = ext4_desc(s, group, NULL);
	u64 itable = ext4_inode_table_at(s, d), bb = ext4_block_bitmap_at(s, d), ib = ext4_inode_bitmap_at(s, d);

	return (block < itable + s->itable_blocks && itable < block + n) || (bb >= block && bb < block + n) ||
	       (ib >= block && ib < block + n);
}

int ext4_alloc_blocks(struct inode *inode, u64 goal, u32 *n, unsigned flags, u64 *block)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	struct ext4_inode *ei = EXT4_I(inode);
	struct search found;
	u32 want = min(*n, s->blocks_per_group), group, bit;
	int err;

	might_sleep();
	while (want && !ext4_room_for(s, want, flags))
		want /= 2;
	if (!want)
		return why(-ENOSPC, "no free block for this user");
	if (!goal || !ext4_blocks_valid(s, goal, 1))
		goal = ext4_inode_goal(inode);
	group = (u32)((goal - s->first_data_block) / s->blocks_per_group);
	bit = (u32)((goal - s->first_data_block) % s->blocks_per_group);
	for (int try = 0; ; try++) {
		err = 0;
		if (!search_goal(s, group, bit, want, &found))
			err = search_all(s, group, bit, want, &found);
		if (err)
			return err;
		found.len = min(found.len, want);
		*block = ext4_group_first_block(s, found.group) + found.bit;
		if (overlaps_metadata(s, *block, found.len)) {
			s->group[found.group].bitmap_bad = true;
			ext4_error(s->sb, "group %u: its bitmap calls metadata free", found.group);
			if (try < 64)
				continue;
			return -EUCLEAN;
		}
		err = take(s, &found);
		if (err != -EAGAIN || try > 64)
			break;
	}
	if (err)
		return err;
	*n = found.len;
	inode->blocks += (u64)found.len << (s->bits - 9);
	if (!(flags & ALLOC_META) || S_ISDIR(inode->mode))
		ei->goal = *block + found.len;
	return 0;
}

static void free_in_group(struct ext4_sb *s, u32 group, u32 bit, u32 n)
{
	struct ext4_group_desc *d = ext4_desc(s, group, NULL);
	struct buf *b = ext4_block_bitmap(s, group);
	u32 freed = 0;

	if (IS_ERR(b))
		return;		/* reported; e2fsck will find them */
	for (u32 i = bit; i < bit + n; i++) {
		if (!test_bit((unsigned long *)b->data, i))
			continue;
		clear_bit((unsigned long *)b->data, i);
		freed++;
	}
	if (freed != n)
		ext4_error(s->sb, "group %u: blocks freed that were free", group);
	ext4_set_free_in_group(s, d, min(ext4_free_in_group(s, d) + freed, ext4_blocks_in_group(s, group)));
	ext4_block_bitmap_dirty(s, group, b);
	buf_put(b);
	s->group[group].max_run = s->blocks_per_group;
	s->free_blocks += freed;
}

void ext4_free_blocks(struct inode *inode, u64 block, u64 n, bool metadata)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	u64 sectors = n << (s->bits - 9);

	might_sleep();
	if (!ext4_blocks_valid(s, block, n)) {
		ext4_error(s->sb, "inode %llu: blocks %llu+%llu lie outside the file system", (unsigned long long)inode->ino,
			   (unsigned long long)block, (unsigned long long)n);
		return;
	}
	inode->blocks -= min(inode->blocks, sectors);
	if (metadata)
		buf_forget_range(s->bd, block, s->bs, n);
	while (n) {
		u32 group = (u32)((block - s->first_data_block) / s->blocks_per_group);
		u32 bit = (u32)((block - s->first_data_block) % s->blocks_per_group);
		u32 part = (u32)min_t(u64, n, s->blocks_per_group - bit);

		if (overlaps_metadata(s, block, part))
			ext4_error(s->sb, "inode %llu: its blocks are the file system's own", (unsigned long long)inode->ino);
		else
			free_in_group(s, group, bit, part);
		block += part;
		n -= part;
		cond_resched();
	}
}
