// SPDX-License-Identifier: GPL-2.0
/*
 * The block maps of ext2 and ext3: twelve direct pointers, then one, two and three levels of blocks full of pointers.
 * A new pointer block is written before what points to it.
 */
#include "ext4.h"
#include <kernel/sched.h>

/* The way to a block: the slot in i_data, then one slot in each pointer block. */
struct ind_path { int levels; u32 slot[4]; };		/* levels: pointer blocks passed */

static u32 per_block(const struct inode *inode)
{
	return EXT4_SB(inode->sb)->bs / 4;
}

static int find_slots(const struct inode *inode, u32 lblk, struct ind_path *p)
{
	u64 per = per_block(inode), n = lblk;

	if (n < EXT4_NDIR) {
		p->levels = 0;
		p->slot[0] = (u32)n;
		return 0;
	}
	n -= EXT4_NDIR;
	for (p->levels = 1; p->levels <= 3; p->levels++) {
		u64 span = per;

		for (int i = 1; i < p->levels; i++)
			span *= per;
		if (n < span) {
			p->slot[0] = EXT4_IND + (u32)p->levels - 1;
			for (int i = 1; i <= p->levels; i++) {
				span /= per;
				p->slot[i] = (u32)(n / span);
				n %= span;
			}
			return 0;
		}
		n -= span;
	}
	return -EFBIG;
}

/* A pointer block. */
static struct buf *read_ptrs(struct inode *inode, u32 block)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);

	if (!ext4_blocks_valid(s, block, 1))
		return ERR_PTR(ext4_error(inode->sb, "inode %llu: block pointer %u out of range", (unsigned long long)inode->ino, block));
	return buf_read(s->bd, block, s->bs);
}

int ext4_ind_lookup(struct inode *inode, u32 lblk, u32 max, struct ext4_map *map)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	const __le32 *ptrs = EXT4_I(inode)->i_data;
	struct buf *b = NULL;
	struct ind_path p;
	u32 n, end, first;

	*map = (struct ext4_map){ lblk, 1, 0, MAP_HOLE };
	if (find_slots(inode, lblk, &p))
		return 0;
	for (int i = 1; i <= p.levels; i++) {
		u32 block = le32_to_cpu(ptrs[p.slot[i - 1]]);

		buf_put(b);
		if (!block) {		/* all that it would lead to is a hole: at least the rest of a pointer block */
			map->len = per_block(inode) - p.slot[p.levels];
			return 0;
		}
		b = read_ptrs(inode, block);
		if (IS_ERR(b))
			return (int)PTR_ERR(b);
		ptrs = (const __le32 *)b->data;
	}
	end = p.levels ? per_block(inode) : EXT4_NDIR;
	first = le32_to_cpu(ptrs[p.slot[p.levels]]);
	for (n = 1; p.slot[p.levels] + n < end && n < max; n++)
		if (le32_to_cpu(ptrs[p.slot[p.levels] + n]) != (first ? first + n : 0))
			break;
	buf_put(b);
	map->len = n;
	if (!first)
		return 0;
	if (!ext4_blocks_valid(s, first, n))
		return ext4_error(inode->sb, "inode %llu: block %u out of range", (unsigned long long)inode->ino, first);
	map->pblk = first;
	map->state = MAP_WRITTEN;
	return 0;
}

/* A pointer block full of zeros, on the disk already. */
static struct buf *new_ptrs(struct inode *inode, u32 *block)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	struct buf *b;
	u32 one = 1;
	u64 at;
	int err = ext4_alloc_blocks(inode, 0, &one, ALLOC_META, &at);

	if (err)
		return ERR_PTR(err);
	b = at > U32_MAX ? ERR_PTR(-EFBIG) : buf_get(s->bd, at, s->bs);
	if (!IS_ERR(b)) {
		memset(b->data, 0, s->bs);
		buf_dirty(b);
		err = buf_write(b);
		if (err) {
			buf_put(b);
			b = ERR_PTR(err);
		}
	}
	if (IS_ERR(b))
		ext4_free_blocks(inode, at, 1, true);
	*block = (u32)at;
	return b;
}

/* The place of a pointer: in *b (NULL: in the inode itself), pointer blocks made as needed. */
static __le32 *make_slot(struct inode *inode, u32 lblk, struct buf **b, u32 *room)
{
	__le32 *ptrs = EXT4_I(inode)->i_data;
	struct ind_path p;
	int err = find_slots(inode, lblk, &p);

	*b = NULL;
	if (err)
		return ERR_PTR(err);
	for (int i = 1; i <= p.levels; i++) {
		u32 block = le32_to_cpu(ptrs[p.slot[i - 1]]);
		struct buf *next = block ? read_ptrs(inode, block) : new_ptrs(inode, &block);

		if (IS_ERR(next)) {
			buf_put(*b);
			return ERR_CAST(next);
		}
		if (!ptrs[p.slot[i - 1]]) {
			ptrs[p.slot[i - 1]] = cpu_to_le32(block);
			if (*b)
				buf_dirty(*b);
			else
				inode_mark_dirty(inode, I_DIRTY_META);
		}
		buf_put(*b);
		*b = next;
		ptrs = (__le32 *)next->data;
	}
	*room = (p.levels ? per_block(inode) : EXT4_NDIR) - p.slot[p.levels];
	return &ptrs[p.slot[p.levels]];
}

/* The caller frees the blocks that could not all be entered: no pointer to them may stay. */
static void undo_insert(struct inode *inode, u32 lblk, u32 n)
{
	for (u32 i = 0; i < n; i++) {
		struct buf *b;
		u32 room;
		__le32 *slot = make_slot(inode, lblk + i, &b, &room);

		if (IS_ERR(slot))
			return;
		*slot = 0;
		if (b)
			buf_dirty(b);
		buf_put(b);
	}
}

int ext4_ind_insert(struct inode *inode, u32 lblk, u32 len, u64 pblk)
{
	u32 done = 0;

	if (pblk + len > U32_MAX)
		return -EFBIG;
	while (done < len) {
		struct buf *b;
		u32 room, n;
		__le32 *slot = make_slot(inode, lblk + done, &b, &room);

		if (IS_ERR(slot)) {
			undo_insert(inode, lblk, done);
			return (int)PTR_ERR(slot);
		}
		for (n = 0; n < room && done < len; n++, done++)
			slot[n] = cpu_to_le32((u32)pblk + done);
		if (b)
			buf_dirty(b);
		buf_put(b);
	}
	inode_mark_dirty(inode, I_DIRTY_META);
	return 0;
}

/* Frees pointers [from, to] of an array, runs of neighbours at once. */
static void free_ptrs(struct inode *inode, __le32 *ptrs, u32 from, u32 to)
{
	bool meta = S_ISDIR(inode->mode) || S_ISLNK(inode->mode);
	u32 start = 0, n = 0;

	for (u32 i = from; i <= to; i++) {
		u32 block = le32_to_cpu(ptrs[i]);

		ptrs[i] = 0;
		if (n && block == start + n) {
			n++;
			continue;
		}
		if (n)
			ext4_free_blocks(inode, start, n, meta);
		start = block;
		n = block ? 1 : 0;
	}
	if (n)
		ext4_free_blocks(inode, start, n, meta);
}

/* A tree of the given levels that nothing on the disk points to any more: no order is needed. block 0: there is none. */
static int free_subtree(struct inode *inode, u32 block, int level)
{
	u32 per = per_block(inode);
	struct buf *b;
	int err = 0;

	if (!block)
		return 0;
	b = read_ptrs(inode, block);
	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	if (level == 1)
		free_ptrs(inode, (__le32 *)b->data, 0, per - 1);
	for (u32 i = 0; level > 1 && i < per && !err; i++)
		err = free_subtree(inode, le32_to_cpu(((__le32 *)b->data)[i]), level - 1);
	buf_put(b);
	if (!err)
		ext4_free_blocks(inode, block, 1, true);
	cond_resched();
	return err;
}

/*
 * Pointers [from, to] of an array, each to a tree of the given levels (0: to data): those trees go whole.
 * As long as something on the disk points to a block of pointers, it must not hold another's data: e2fsck would mend that. So the
 * pointers go first, are written with what holds them (b, or the inode), and then nobody reaches what is freed.
 */
static int free_whole(struct inode *inode, struct buf *b, __le32 *ptrs, int level, u64 from, u64 to)
{
	__le32 one, *old;
	int err = 0;

	if (!level) {
		free_ptrs(inode, ptrs, (u32)from, (u32)to);
		return 0;
	}
	old = kmalloc((to - from + 1) * sizeof(*old), GFP_KERNEL) ?: &one;
	while (from <= to && !err) {
		u64 n = old == &one ? 1 : to - from + 1;

		memcpy(old, ptrs + from, n * sizeof(*old));
		memset(ptrs + from, 0, n * sizeof(*old));
		if (b)
			buf_dirty(b);
		err = b ? buf_write(b) : ext4_write_inode_now(inode);
		for (u64 i = 0; i < n && !err; i++)
			err = free_subtree(inode, le32_to_cpu(old[i]), level);
		from += n;
	}
	if (old != &one)
		kfree(old);
	return err;
}

/* The tree of the given levels at block maps span blocks: frees [from, to] of those, counted from its start; the block itself stays. */
static int free_part(struct inode *inode, u32 block, int level, u64 span, u64 from, u64 to)
{
	u64 each = span / per_block(inode), first = (from + each - 1) / each, end = (to + 1) / each;
	struct buf *b = read_ptrs(inode, block);
	__le32 *ptrs;
	int err = 0;

	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	ptrs = (__le32 *)b->data;
	if (first < end)
		err = free_whole(inode, b, ptrs, level - 1, first, end - 1);
	/* What is left are parts of one tree before those, and of one behind. */
	for (u64 i = from / each; i <= to / each && !err; i++) {
		u64 lo = i * each;

		if ((i >= first && i < end) || !ptrs[i])
			continue;
		err = free_part(inode, le32_to_cpu(ptrs[i]), level - 1, each, max(from, lo) - lo, min(to, lo + each - 1) - lo);
	}
	buf_dirty(b);
	buf_put(b);
	return err;
}

int ext4_ind_remove(struct inode *inode, u32 first, u32 last)
{
	__le32 *data = EXT4_I(inode)->i_data;
	u64 base = EXT4_NDIR, span = per_block(inode);
	int err = 0;

	if (first < EXT4_NDIR)
		free_ptrs(inode, data, first, min(last, EXT4_NDIR - 1U));
	for (int level = 1; level <= 3 && !err; level++) {
		int slot = EXT4_IND + level - 1;

		if (data[slot] && last >= base && first <= base && last >= base + span - 1)
			err = free_whole(inode, NULL, data, level, (u64)slot, (u64)slot);
		else if (data[slot] && last >= base && first < base + span)
			err = free_part(inode, le32_to_cpu(data[slot]), level, span, max_t(u64, first, base) - base,
					min_t(u64, last, base + span - 1) - base);
		base += span;
		span *= per_block(inode);
	}
	inode_mark_dirty(inode, I_DIRTY_META);
	return err;
}
