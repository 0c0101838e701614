// SPDX-License-Identifier: GPL-2.0
/*
 * Extent trees, changing: insert, remove, convert. A full node is split while its parent has room; when all are full the
 * root's entries move to a new node below it. Each step leaves a sound tree, and is written in an order (new node, parent,
 * old node) in which a crash loses no extent.
 */
#include "ext4.h"

static u32 count(const struct ext4_path *n) { return ext_count(n); }
static void set_count(struct ext4_path *n, u32 c) { n->eh->entries = cpu_to_le16(c); }
static bool full(const struct ext4_path *n) { return count(n) >= min_t(u32, le16_to_cpu(n->eh->max), n->max); }

static int node_write(struct inode *inode, struct ext4_path *node)
{
	ext4_ext_node_dirty(inode, node);
	return node->b ? buf_write(node->b) : ext4_write_inode_now(inode);
}

static void set_extent(struct ext4_extent *ex, u32 lblk, u32 len, u64 pblk, bool unwritten)
{
	ex->block = cpu_to_le32(lblk);
	ex->len = cpu_to_le16(unwritten ? len + EXT_INIT_MAX : len);
	ex->start_lo = cpu_to_le32(pblk);
	ex->start_hi = cpu_to_le16(pblk >> 32);
}

static void set_idx(struct ext4_extent_idx *ix, u32 lblk, u64 leaf)
{
	ix->block = cpu_to_le32(lblk);
	ix->leaf_lo = cpu_to_le32(leaf);
	ix->leaf_hi = cpu_to_le16(leaf >> 32);
	ix->unused = 0;
}

/* Opens a gap at entry i, for which there must be room. */
static bool open_gap(struct ext4_path *n, int i)
{
	if (full(n) || i > (int)count(n))
		return false;
	memmove(ext_at(n->eh, i + 1), ext_at(n->eh, i), (count(n) - i) * sizeof(struct ext4_extent));
	set_count(n, count(n) + 1);
	return true;
}

static void close_gap(struct ext4_path *n, int i)
{
	if (i >= (int)count(n))
		return;
	memmove(ext_at(n->eh, i), ext_at(n->eh, i + 1), (count(n) - i - 1) * sizeof(struct ext4_extent));
	set_count(n, count(n) - 1);
}

/* A node's first entry may have changed: so must the keys that lead to it. */
static void fix_keys(struct inode *inode, struct ext4_path *path, int depth)
{
	for (int i = depth; i > 0 && count(&path[i]); i--) {
		struct ext4_extent_idx *ix = idx_at(path[i - 1].eh, path[i - 1].at);
		__le32 first = ext_at(path[i].eh, 0)->block;

		if (ix->block == first)
			return;
		ix->block = first;
		ext4_ext_node_dirty(inode, &path[i - 1]);
		if (path[i - 1].at)
			return;
	}
}

/* A new empty node, not yet dirty. */
static int new_node(struct inode *inode, int depth, struct ext4_path *node, u64 *block)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	u32 one = 1;
	int err = ext4_alloc_blocks(inode, 0, &one, ALLOC_META, block);

	if (err)
		return err;
	node->b = buf_get(s->bd, *block, s->bs);
	if (IS_ERR(node->b)) {
		err = (int)PTR_ERR(node->b);
		node->b = NULL;
		ext4_free_blocks(inode, *block, 1, true);
		return err;
	}
	memset(node->b->data, 0, s->bs);
	node->b->checked = true;
	node->eh = (struct ext4_extent_header *)node->b->data;
	node->max = (s->bs - sizeof(*node->eh)) / sizeof(struct ext4_extent);
	node->eh->magic = cpu_to_le16(EXT_MAGIC);
	node->eh->max = cpu_to_le16(node->max);
	node->eh->depth = cpu_to_le16(depth);
	return 0;
}

/* The root's entries move down into a new node. */
static int grow_root(struct inode *inode, struct ext4_path *root)
{
	struct ext4_path node = { 0 };
	int depth = le16_to_cpu(root->eh->depth), err;
	u64 block;

	if (depth >= EXT_MAX_DEPTH)
		return -EFBIG;
	err = new_node(inode, depth, &node, &block);
	if (err)
		return err;
	memcpy(ext_at(node.eh, 0), ext_at(root->eh, 0), count(root) * sizeof(struct ext4_extent));
	set_count(&node, count(root));
	err = node_write(inode, &node);
	if (err) {
		buf_put(node.b);
		ext4_free_blocks(inode, block, 1, true);
		return err;
	}
	set_idx(idx_at(root->eh, 0), le32_to_cpu(ext_at(node.eh, 0)->block), block);
	set_count(root, 1);
	root->eh->depth = cpu_to_le16(depth + 1);
	buf_put(node.b);
	return node_write(inode, root);
}

/* Moves the upper part of path[k] into a new node; path[k - 1] has room for its key. */
static int split(struct inode *inode, struct ext4_path *path, int k)
{
	struct ext4_path *old = &path[k], *parent = &path[k - 1], node = { 0 };
	u32 n = count(old), keep = old->at == (int)n - 1 ? n - 1 : n / 2;
	u64 block;
	int err = new_node(inode, le16_to_cpu(old->eh->depth), &node, &block);

	if (err)
		return err;
	memcpy(ext_at(node.eh, 0), ext_at(old->eh, (int)keep), (n - keep) * sizeof(struct ext4_extent));
	set_count(&node, n - keep);
	err = node_write(inode, &node);
	if (err) {
		buf_put(node.b);
		ext4_free_blocks(inode, block, 1, true);
		return err;
	}
	if (!open_gap(parent, parent->at + 1)) {
		buf_put(node.b);
		return -EUCLEAN;
	}
	set_idx(idx_at(parent->eh, parent->at + 1), le32_to_cpu(ext_at(node.eh, 0)->block), block);
	err = node_write(inode, parent);
	set_count(old, keep);
	ext4_ext_node_dirty(inode, old);
	buf_put(node.b);
	return err;
}

static int make_room(struct inode *inode, struct ext4_path *path, int depth)
{
	int k = depth - 1;

	while (k >= 0 && full(&path[k]))
		k--;
	return k < 0 ? grow_root(inode, &path[0]) : split(inode, path, k + 1);
}

/*
 * In a tree with nodes of its own, e2fsck takes a written extent that reaches beyond the file's size for damage and drops all of
 * it. So the size is on the disk before such an extent can be.
 */
static int size_first(struct inode *inode, u64 end)
{
	const struct ext4_extent_header *root = (const void *)EXT4_I(inode)->i_data;
	u32 bits = EXT4_SB(inode->sb)->bits;

	if (!root->depth || ((u64)EXT4_I(inode)->disk_size + (1U << bits) - 1) >> bits >= end)
		return 0;
	return ext4_write_inode_now(inode);
}

/* The nodes that lead to lblk, from the leaf upwards, are on the disk afterwards (but for the root in the inode). */
int ext4_ext_sync_path(struct inode *inode, u32 lblk)
{
	struct ext4_path path[EXT_MAX_DEPTH + 1];
	int depth, err = ext4_ext_find_path(inode, lblk, path, &depth);

	if (err)
		return err;
	for (int i = depth; i > 0 && !err; i--)
		err = buf_write(path[i].b);
	ext4_ext_put_path(path, depth);
	return err;
}

static u32 max_len(bool unwritten)
{
	return unwritten ? EXT_UNWRITTEN_MAX : EXT_INIT_MAX;
}

/* Does b follow a directly, in the file and on the disk, and may both be one? */
static bool joins(const struct ext4_extent *a, const struct ext4_extent *b)
{
	return ext_unwritten(a) == ext_unwritten(b) && le32_to_cpu(a->block) + ext_len(a) == le32_to_cpu(b->block) &&
	       ext_start(a) + ext_len(a) == ext_start(b) && ext_len(a) + ext_len(b) <= max_len(ext_unwritten(a));
}

static void grow_extent(struct ext4_extent *ex, u32 n)
{
	ex->len = cpu_to_le16(le16_to_cpu(ex->len) + n);
}

/* Joins entry i of the leaf with its right neighbour if they are one. */
static bool join_right(struct ext4_path *leaf, int i)
{
	struct ext4_extent *a = ext_at(leaf->eh, i);

	if (i < 0 || i + 1 >= (int)count(leaf) || !joins(a, a + 1))
		return false;
	grow_extent(a, ext_len(a + 1));
	close_gap(leaf, i + 1);
	return true;
}

static bool try_join(struct ext4_path *leaf, const struct ext4_extent *new)
{
	struct ext4_extent *left = leaf->at >= 0 ? ext_at(leaf->eh, leaf->at) : NULL;
	struct ext4_extent *right = leaf->at + 1 < (int)count(leaf) ? ext_at(leaf->eh, leaf->at + 1) : NULL;

	if (left && joins(left, new)) {
		grow_extent(left, ext_len(new));
		join_right(leaf, leaf->at);
		return true;
	}
	if (right && joins(new, right)) {
		set_extent(right, le32_to_cpu(new->block), ext_len(new) + ext_len(right), ext_start(new), ext_unwritten(new));
		return true;
	}
	return false;
}

static bool overlaps(struct ext4_path *leaf, u32 lblk, u32 len)
{
	const struct ext4_extent *left = leaf->at >= 0 ? ext_at(leaf->eh, leaf->at) : NULL;
	const struct ext4_extent *right = leaf->at + 1 < (int)count(leaf) ? ext_at(leaf->eh, leaf->at + 1) : NULL;

	return (left && le32_to_cpu(left->block) + ext_len(left) > lblk) || (right && le32_to_cpu(right->block) < (u64)lblk + len);
}

int ext4_ext_insert(struct inode *inode, u32 lblk, u32 len, u64 pblk, bool unwritten)
{
	struct ext4_path path[EXT_MAX_DEPTH + 1];
	struct ext4_extent new;
	int depth, err;

	EXT4_I(inode)->cache.len = 0;
	if (!len || len > max_len(unwritten))
		return -EINVAL;
	set_extent(&new, lblk, len, pblk, unwritten);
	err = unwritten ? 0 : size_first(inode, (u64)lblk + len);
	if (err)
		return err;
	for (int round = 0; round < 2 * EXT_MAX_DEPTH + 4; round++) {
		struct ext4_path *leaf;

		err = ext4_ext_find_path(inode, lblk, path, &depth);
		if (err)
			return err;
		leaf = &path[depth];
		if (overlaps(leaf, lblk, len)) {
			err = ext4_error(inode->sb, "inode %llu: extent at %u overlaps another", (unsigned long long)inode->ino, lblk);
		} else if (try_join(leaf, &new)) {
			fix_keys(inode, path, depth);
			ext4_ext_node_dirty(inode, leaf);
		} else if (!full(leaf)) {
			open_gap(leaf, leaf->at + 1);
			*ext_at(leaf->eh, leaf->at + 1) = new;
			fix_keys(inode, path, depth);
			ext4_ext_node_dirty(inode, leaf);
		} else {
			err = make_room(inode, path, depth);
			ext4_ext_put_path(path, depth);
			if (err)
				return err;
			continue;
		}
		ext4_ext_put_path(path, depth);
		return err;
	}
	return ext4_error(inode->sb, "inode %llu: extent tree does not settle", (unsigned long long)inode->ino);
}

/* The leaf of path is empty: it goes, and so do the nodes above that thereby become empty. Ends the path. */
static void drop_empty(struct inode *inode, struct ext4_path *path, int depth)
{
	u64 gone[EXT_MAX_DEPTH];
	int n = 0;

	while (depth > 0 && !count(&path[depth])) {
		struct ext4_path *parent = &path[depth - 1];

		gone[n++] = path[depth].b->block;
		buf_put(path[depth].b);
		path[depth].b = NULL;
		close_gap(parent, parent->at);
		if (depth > 1 || count(parent))
			ext4_ext_node_dirty(inode, parent);
		depth--;
	}
	if (!count(&path[0])) {
		path[0].eh->depth = 0;
		inode_mark_dirty(inode, I_DIRTY_META);
	} else if (depth && !path[depth].at) {
		fix_keys(inode, path, depth);
	}
	/* As long as something on the disk points to a node, it must not hold another's data. */
	if (n && node_write(inode, &path[depth]))
		n = 0;			/* they are lost until e2fsck finds them */
	ext4_ext_put_path(path, depth);
	while (n--)
		ext4_free_blocks(inode, gone[n], 1, true);
}

/* One leaf below the root whose entries would fit into the root: they move there. */
static void shrink_root(struct inode *inode)
{
	struct ext4_path path[EXT_MAX_DEPTH + 1];
	int depth;
	u64 block;

	if (ext4_ext_find_path(inode, 0, path, &depth))
		return;
	if (depth == 1 && count(&path[0]) == 1 && count(&path[1]) <= le16_to_cpu(path[0].eh->max)) {
		block = path[1].b->block;
		memcpy(ext_at(path[0].eh, 0), ext_at(path[1].eh, 0), count(&path[1]) * sizeof(struct ext4_extent));
		set_count(&path[0], count(&path[1]));
		path[0].eh->depth = 0;
		ext4_ext_put_path(path, depth);
		ext4_write_inode_now(inode);
		ext4_free_blocks(inode, block, 1, true);
	} else {
		ext4_ext_put_path(path, depth);
	}
}

/*
 * Takes what lies in [first, last] out of the last extent that begins at or before last. *next: where the search goes on
 * (downwards). 0, 1: nothing left below, or -errno.
 */
static int remove_last(struct inode *inode, u32 first, u32 last, u32 *next)
{
	struct ext4_path path[EXT_MAX_DEPTH + 1], *leaf;
	bool meta = S_ISDIR(inode->mode) || S_ISLNK(inode->mode);
	struct ext4_extent *ex;
	u32 start, end, from, to, len;
	u64 pblk;
	bool unwritten;
	int depth, err = ext4_ext_find_path(inode, last, path, &depth);

	if (err)
		return err;
	leaf = &path[depth];
	if (leaf->at < 0) {		/* last lies before the first extent of all */
		ext4_ext_put_path(path, depth);
		return 1;
	}
	ex = ext_at(leaf->eh, leaf->at);
	start = le32_to_cpu(ex->block);
	len = ext_len(ex);
	end = start + len - 1;
	pblk = ext_start(ex);
	unwritten = ext_unwritten(ex);
	if (end < first) {
		ext4_ext_put_path(path, depth);
		return 1;
	}
	from = max(first, start);
	to = min(last, end);
	*next = from;
	if (start < from && to < end) {		/* a hole in the middle: the part behind it becomes an extent of its own */
		if (full(leaf)) {
			err = make_room(inode, path, depth);
			ext4_ext_put_path(path, depth);
			*next = last + 1;	/* once more */
			return err;
		}
		open_gap(leaf, leaf->at + 1);
		set_extent(ex, start, from - start, pblk, unwritten);
		set_extent(ex + 1, to + 1, end - to, pblk + (to + 1 - start), unwritten);
		ext4_ext_node_dirty(inode, leaf);
		ext4_ext_put_path(path, depth);
	} else if (start < from) {
		set_extent(ex, start, from - start, pblk, unwritten);
		ext4_ext_node_dirty(inode, leaf);
		ext4_ext_put_path(path, depth);
	} else if (to < end) {
		set_extent(ex, to + 1, end - to, pblk + (to + 1 - start), unwritten);
		fix_keys(inode, path, depth);
		ext4_ext_node_dirty(inode, leaf);
		ext4_ext_put_path(path, depth);
	} else {
		close_gap(leaf, leaf->at);
		ext4_ext_node_dirty(inode, leaf);
		if (!leaf->at)
			fix_keys(inode, path, depth);
		drop_empty(inode, path, depth);
	}
	ext4_free_blocks(inode, pblk + (from - start), to - from + 1, meta);
	return from > first ? 0 : 1;
}

int ext4_ext_remove(struct inode *inode, u32 first, u32 last)
{
	u32 next = last;
	int r;

	EXT4_I(inode)->cache.len = 0;
	do {
		r = remove_last(inode, first, last, &next);
		last = next ? next - 1 : 0;
	} while (!r && next > first);
	if (r < 0)
		return r;
	shrink_root(inode);
	inode_mark_dirty(inode, I_DIRTY_META);
	return 0;
}

/*
 * The part [lblk, lblk + len) of the unwritten extent at the path's end becomes written, in one go: nothing of it may be
 * missing at any time. 0, -EAGAIN: the leaf had no room and was split, or -errno. Ends the path.
 */
static int convert_part(struct inode *inode, struct ext4_path *path, int depth, u32 lblk, u32 len)
{
	struct ext4_path *leaf = &path[depth];
	struct ext4_extent *ex = ext_at(leaf->eh, leaf->at), *left = leaf->at > 0 ? ex - 1 : NULL;
	u32 start = le32_to_cpu(ex->block), n = ext_len(ex), before = lblk - start, behind = start + n - (lblk + len);
	u64 pblk = ext_start(ex);
	int at = leaf->at;

	if (!before && behind && left && !ext_unwritten(left) && le32_to_cpu(left->block) + ext_len(left) == start &&
	    ext_start(left) + ext_len(left) == pblk && ext_len(left) + len <= EXT_INIT_MAX) {
		grow_extent(left, len);		/* the common case: a preallocated file is filled from its start */
		set_extent(ex, start + len, n - len, pblk + len, true);
		goto done;
	}
	if (count(leaf) + !!before + !!behind > min_t(u32, le16_to_cpu(leaf->eh->max), leaf->max)) {
		int err = make_room(inode, path, depth);

		ext4_ext_put_path(path, depth);
		return err ? err : -EAGAIN;
	}
	if (before) {
		open_gap(leaf, at);
		set_extent(ext_at(leaf->eh, at++), start, before, pblk, true);
	}
	if (behind) {
		open_gap(leaf, at + 1);
		set_extent(ext_at(leaf->eh, at + 1), lblk + len, behind, pblk + before + len, true);
	}
	set_extent(ext_at(leaf->eh, at), lblk, len, pblk + before, false);
	join_right(leaf, at);
	join_right(leaf, at - 1);
done:
	ext4_ext_node_dirty(inode, leaf);
	ext4_ext_put_path(path, depth);
	return 0;
}

int ext4_ext_convert(struct inode *inode, u32 lblk, u32 len)
{
	struct ext4_path path[EXT_MAX_DEPTH + 1];
	int depth, tries = 0, err = size_first(inode, (u64)lblk + len);

	EXT4_I(inode)->cache.len = 0;
	EXT4_I(inode)->unsynced = true;
	while (len && !err) {
		struct ext4_extent *ex;
		u32 off, n;

		err = ext4_ext_find_path(inode, lblk, path, &depth);
		if (err)
			break;
		ex = path[depth].at >= 0 ? ext_at(path[depth].eh, path[depth].at) : NULL;
		off = ex ? lblk - le32_to_cpu(ex->block) : 0;
		if (!ex || off >= ext_len(ex)) {
			ext4_ext_put_path(path, depth);
			return -EIO;
		}
		n = min(len, ext_len(ex) - off);
		if (ext_unwritten(ex))
			err = convert_part(inode, path, depth, lblk, n);
		else
			ext4_ext_put_path(path, depth);
		if (err == -EAGAIN && tries++ < 4 * EXT_MAX_DEPTH) {
			err = 0;
			continue;
		}
		lblk += n;
		len -= n;
		tries = 0;
	}
	inode_mark_dirty(inode, I_DIRTY_META);
	return err;
}
