// SPDX-License-Identifier: GPL-2.0
/*
 * Delayed allocation: which blocks of a file are promised (dirty pages will need them) but not yet placed. The promise is a
 * number kept back from the free blocks; the ranges are kept in a tree by file block, neighbours joined.
 */
#include "ext4.h"

#define MAX_UNDO	32

static struct da_extent *entry(struct rb_node *n)
{
	return rb_entry(n, struct da_extent, node);
}

/* The range that holds lblk, or the first one behind it, or NULL. */
static struct da_extent *find(struct ext4_inode *ei, u32 lblk)
{
	struct rb_node *n = ei->da.node;
	struct da_extent *best = NULL;

	if (ei->da_last && lblk >= ei->da_last->start && lblk - ei->da_last->start < ei->da_last->len)
		return ei->da_last;
	while (n) {
		struct da_extent *e = entry(n);

		if ((u64)e->start + e->len > lblk) {
			best = e;
			n = n->left;
		} else {
			n = n->right;
		}
	}
	return best;
}

u32 ext4_da_find(struct inode *inode, u32 lblk)
{
	struct da_extent *e = find(EXT4_I(inode), lblk);

	return e && e->start <= lblk ? e->len - (lblk - e->start) : 0;
}

bool ext4_da_next(struct inode *inode, u32 lblk, u32 *start)
{
	struct da_extent *e = find(EXT4_I(inode), lblk);

	if (e)
		*start = max(e->start, lblk);
	return e;
}

static void count(struct inode *inode, s64 n)
{
	EXT4_I(inode)->da_blocks += (u32)n;
	EXT4_SB(inode->sb)->da_blocks += (u64)n;
}

static void drop(struct ext4_inode *ei, struct da_extent *e)
{
	rb_erase(&e->node, &ei->da);
	if (ei->da_last == e)
		ei->da_last = NULL;
	kfree(e);
}

static void insert(struct ext4_inode *ei, struct da_extent *new)
{
	struct rb_node **link = &ei->da.node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = new->start < entry(parent)->start ? &parent->left : &parent->right;
	}
	rb_insert(&new->node, parent, link, &ei->da);
}

/* [start, start + len), of which nothing is there yet. */
static int add(struct inode *inode, u32 start, u32 len)
{
	struct ext4_inode *ei = EXT4_I(inode);
	struct da_extent *left = NULL, *right, *e;

	if (ei->da_last && ei->da_last->start + ei->da_last->len == start) {
		left = ei->da_last;
		right = entry(rb_next(&left->node));
	} else {
		right = find(ei, start);
		left = right ? entry(rb_prev(&right->node)) : entry(rb_last(&ei->da));
	}
	if (left && left->start + left->len == start) {
		left->len += len;
		if (right && start + len == right->start) {
			left->len += right->len;
			drop(ei, right);
		}
		ei->da_last = left;
	} else if (right && start + len == right->start) {
		right->start = start;
		right->len += len;
		ei->da_last = right;
	} else {
		e = kmalloc(sizeof(*e), GFP_ATOMIC);
		if (!e)
			return -ENOMEM;
		e->start = start;
		e->len = len;
		insert(ei, e);
		ei->da_last = e;
	}
	count(inode, len);
	return 0;
}

void ext4_da_release(struct inode *inode, u32 first, u32 last)
{
	struct ext4_inode *ei = EXT4_I(inode);
	struct ext4_sb *s = EXT4_SB(inode->sb);
	struct da_extent *e;

	while ((e = find(ei, first)) && e->start <= last) {
		u32 from = max(first, e->start), end = e->start + e->len - 1, to = min(last, end), n = to - from + 1;

		if (from > e->start && to < end) {
			struct da_extent *tail = kmalloc(sizeof(*tail), GFP_ATOMIC);

			if (!tail) {
				tail = s->da_spare;
				s->da_spare = NULL;
			}
			e->len = from - e->start;
			if (tail) {
				tail->start = to + 1;
				tail->len = end - to;
				insert(ei, tail);
			} else {
				n = end - from + 1;	/* its pages find room when they are written, or not */
			}
		} else if (from > e->start) {
			e->len = from - e->start;
		} else if (to < end) {
			e->start = to + 1;
			e->len = end - to;
		} else {
			drop(ei, e);
		}
		count(inode, -(s64)n);
		if (to == last)
			break;
		first = to + 1;
	}
}

int ext4_da_reserve(struct inode *inode, u32 first, u32 last)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	struct { u32 first, last; } undo[MAX_UNDO];
	int nr_undo = 0, err = 0;
	u32 n;

	might_sleep();
	if (last > ext4_max_block(inode))
		return -EFBIG;
	if (unlikely(!s->da_spare))
		s->da_spare = kmalloc(sizeof(*s->da_spare), GFP_KERNEL);
	for (u32 b = first; b <= last; b += n) {
		struct ext4_map map;
		u32 next;

		n = ext4_da_find(inode, b);
		if (n)
			continue;
		err = ext4_map_find(inode, b, last - b + 1, &map);
		if (err)
			break;
		n = min(map.len, last - b + 1);
		if (map.state != MAP_HOLE)
			continue;
		if (ext4_da_next(inode, b, &next)) {
			if (next == b) {	/* promised while we slept */
				n = ext4_da_find(inode, b);
				continue;
			}
			n = min(n, next - b);
		}
		err = ext4_room_for(s, n, 0) ? add(inode, b, n) : why(-ENOSPC, "all free blocks are promised to others");
		if (err)
			break;
		if (nr_undo < MAX_UNDO) {
			undo[nr_undo].first = b;
			undo[nr_undo++].last = b + n - 1;
		}
	}
	if (err)
		while (nr_undo--)
			ext4_da_release(inode, undo[nr_undo].first, undo[nr_undo].last);
	return err;
}
