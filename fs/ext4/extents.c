// SPDX-License-Identifier: GPL-2.0
/*
 * Extent trees, reading: a node is a header and sorted entries, extents in leaves (depth 0), else pointers to nodes with the
 * first file block below them. The root has four entries and lies in the inode. A node is checked whole when it is first
 * read; what a walk relies on for its own safety (counts within the block) is checked each time.
 */
#include "ext4.h"

static u32 node_capacity(const struct ext4_sb *s)
{
	return (s->bs - sizeof(struct ext4_extent_header)) / sizeof(struct ext4_extent);
}

#define ROOT_CAPACITY ((EXT4_NBLOCKS * 4 - sizeof(struct ext4_extent_header)) / sizeof(struct ext4_extent))

int ext4_ext_init(struct inode *inode)
{
	struct ext4_extent_header *eh = (struct ext4_extent_header *)EXT4_I(inode)->i_data;

	memset(EXT4_I(inode)->i_data, 0, sizeof(EXT4_I(inode)->i_data));
	eh->magic = cpu_to_le16(EXT_MAGIC);
	eh->max = cpu_to_le16(ROOT_CAPACITY);
	return 0;
}

static u32 node_csum(struct inode *inode, const struct ext4_extent_header *eh)
{
	return crc32c(EXT4_I(inode)->csum_seed, eh, sizeof(*eh) + le16_to_cpu(eh->max) * sizeof(struct ext4_extent));
}

static __le32 *node_tail(struct ext4_extent_header *eh)
{
	return (__le32 *)((u8 *)(eh + 1) + le16_to_cpu(eh->max) * sizeof(struct ext4_extent));
}

void ext4_ext_node_dirty(struct inode *inode, struct ext4_path *node)
{
	if (!node->b) {
		inode_mark_dirty(inode, I_DIRTY_META);
		return;
	}
	if (EXT4_SB(inode->sb)->csum)
		*node_tail(node->eh) = cpu_to_le32(node_csum(inode, node->eh));
	buf_dirty(node->b);
}

static bool header_ok(const struct ext4_extent_header *eh, u32 capacity, int depth)
{
	return le16_to_cpu(eh->magic) == EXT_MAGIC && le16_to_cpu(eh->max) && le16_to_cpu(eh->max) <= capacity &&
	       le16_to_cpu(eh->entries) <= le16_to_cpu(eh->max) && le16_to_cpu(eh->depth) == depth;
}

/* All entries: in order, not empty, pointing into the file system. */
static bool entries_ok(struct ext4_sb *s, struct ext4_extent_header *eh)
{
	u64 next = 0;

	for (int i = 0; i < le16_to_cpu(eh->entries); i++) {
		if (eh->depth) {
			const struct ext4_extent_idx *ix = idx_at(eh, i);

			if ((i && le32_to_cpu(ix->block) < next) || !ext4_blocks_valid(s, idx_leaf(ix), 1))
				return false;
			next = (u64)le32_to_cpu(ix->block) + 1;
		} else {
			const struct ext4_extent *ex = ext_at(eh, i);

			if (!ext_len(ex) || le32_to_cpu(ex->block) < next || !ext4_blocks_valid(s, ext_start(ex), ext_len(ex)))
				return false;
			next = (u64)le32_to_cpu(ex->block) + ext_len(ex);
			if (next > U32_MAX)
				return false;
		}
	}
	return true;
}

static int bad_tree(struct inode *inode, const char *what, int depth)
{
	return ext4_error(inode->sb, "inode %llu: extent tree: %s at depth %d", (unsigned long long)inode->ino, what, depth);
}

static int read_node(struct inode *inode, u64 block, int depth, struct ext4_path *node)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	struct buf *b;

	if (!ext4_blocks_valid(s, block, 1))
		return bad_tree(inode, "pointer out of range", depth);
	b = buf_read(s->bd, block, s->bs);
	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	node->b = b;
	node->eh = (struct ext4_extent_header *)b->data;
	node->max = node_capacity(s);
	if (!header_ok(node->eh, node->max, depth))
		return bad_tree(inode, "bad header", depth);
	if (b->checked)
		return 0;
	if (s->csum && le32_to_cpu(*node_tail(node->eh)) != node_csum(inode, node->eh))
		return bad_tree(inode, "wrong checksum", depth);
	if (!entries_ok(s, node->eh))
		return bad_tree(inode, "bad entries", depth);
	b->checked = true;
	return 0;
}

/* The last entry that begins at or before lblk, or -1. Entries of both kinds begin with the file block. */
static int search(struct ext4_extent_header *eh, u32 lblk)
{
	int lo = 0, hi = le16_to_cpu(eh->entries);

	while (lo < hi) {
		int mid = (lo + hi) / 2;

		if (le32_to_cpu(ext_at(eh, mid)->block) <= lblk)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo - 1;
}

void ext4_ext_put_path(struct ext4_path *path, int depth)
{
	for (int i = 1; i <= depth; i++) {
		buf_put(path[i].b);
		path[i].b = NULL;
	}
}

int ext4_ext_find_path(struct inode *inode, u32 lblk, struct ext4_path *path, int *depth)
{
	struct ext4_extent_header *root = (struct ext4_extent_header *)EXT4_I(inode)->i_data;
	int d = le16_to_cpu(root->depth), err;

	memset(path, 0, sizeof(*path) * (EXT_MAX_DEPTH + 1));
	*depth = 0;
	if (d > EXT_MAX_DEPTH || !header_ok(root, ROOT_CAPACITY, d))
		return bad_tree(inode, "bad root", d);
	path[0].eh = root;
	path[0].max = ROOT_CAPACITY;
	for (int i = 0; ; i++) {
		path[i].at = search(path[i].eh, lblk);
		if (i == d)
			return 0;
		if (!le16_to_cpu(path[i].eh->entries))
			err = bad_tree(inode, "empty node", d - i);
		else {
			path[i].at = max(path[i].at, 0);
			*depth = i + 1;
			err = read_node(inode, idx_leaf(idx_at(path[i].eh, path[i].at)), d - i - 1, &path[i + 1]);
		}
		if (err) {
			ext4_ext_put_path(path, *depth);
			return err;
		}
	}
}

/* The first file block behind the path's place that has an entry, U32_MAX if none. */
static u32 next_start(const struct ext4_path *path, int depth)
{
	for (int i = depth; i >= 0; i--)
		if (path[i].at + 1 < (int)ext_count(&path[i]))
			return le32_to_cpu(ext_at(path[i].eh, path[i].at + 1)->block);
	return U32_MAX;
}

int ext4_ext_lookup(struct inode *inode, u32 lblk, u32 max, struct ext4_map *map)
{
	struct ext4_path path[EXT_MAX_DEPTH + 1];
	const struct ext4_extent *ex;
	int depth, err;
	u32 next;

	err = ext4_ext_find_path(inode, lblk, path, &depth);
	if (err)
		return err;
	ex = path[depth].at >= 0 ? ext_at(path[depth].eh, path[depth].at) : NULL;
	if (ex && lblk - le32_to_cpu(ex->block) < ext_len(ex)) {
		u32 off = lblk - le32_to_cpu(ex->block);

		*map = (struct ext4_map){ lblk, ext_len(ex) - off, ext_start(ex) + off, ext_unwritten(ex) ? MAP_UNWRITTEN : MAP_WRITTEN };
	} else {
		next = next_start(path, depth);
		*map = (struct ext4_map){ lblk, next > lblk ? next - lblk : 1, 0, MAP_HOLE };
	}
	ext4_ext_put_path(path, depth);
	return 0;
}
