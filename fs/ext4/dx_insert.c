// SPDX-License-Identifier: GPL-2.0
/*
 * Indexed directories, growing. A full leaf is split by hash: the upper half moves to a new block. What was synced must not
 * get lost in between, so the new block is written first, then the map that leads to it, then the index, and the old leaf last.
 */
#include "ext4.h"

struct map_entry { u32 hash; u16 off, size; };

static int cmp_map(const void *a, const void *b)
{
	const struct map_entry *x = a, *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* The directory's size and the way to its block lblk are on the disk afterwards. */
static int sync_map(struct inode *dir, u32 lblk)
{
	int err = 0;

	if (ext4_has_extents(dir))
		err = ext4_ext_sync_path(dir, lblk);
	else if (lblk >= EXT4_NDIR)
		err = sync_buffers(EXT4_SB(dir->sb)->bd);
	return err ? err : ext4_write_inode_now(dir);
}

static void set_count(struct dx_entry *e, u32 n) { ((struct dx_countlimit *)e)->count = cpu_to_le16(n); }
static void set_limit(struct dx_entry *e, u32 n) { ((struct dx_countlimit *)e)->limit = cpu_to_le16(n); }

/* Puts (hash, block) behind the frame's place. There is room, unless somebody writes to the device itself. */
static int insert_index(struct dx_frame *f, u32 hash, u32 block)
{
	u32 n = dx_count(f->entries);
	struct dx_entry *e = f->entries + f->at + 1;

	if (n >= dx_room(f->entries) || (u32)f->at >= n)
		return -EUCLEAN;
	memmove(e + 1, e, (n - (u32)f->at - 1) * sizeof(*e));
	e->hash = cpu_to_le32(hash);
	e->block = cpu_to_le32(block);
	set_count(f->entries, n + 1);
	return 0;
}

/* A new block as an empty index node. */
static struct buf *new_node(struct inode *dir, u32 *lblk, struct dx_entry **entries)
{
	const struct ext4_sb *s = EXT4_SB(dir->sb);
	struct buf *b = ext4_dir_append(dir, lblk);

	if (IS_ERR(b))
		return b;
	memset(b->data, 0, b->size);
	((struct ext4_dirent *)b->data)->rec_len = cpu_to_le16(b->size);
	*entries = (struct dx_entry *)(b->data + 8);
	set_limit(*entries, (s->bs - 8 - (s->csum ? sizeof(struct dx_tail) : 0)) / sizeof(struct dx_entry));
	return b;
}

static int write_new(struct inode *dir, struct dx_frame *f, u32 lblk)
{
	int err;

	ext4_dx_dirty(dir, f);
	err = buf_write(f->b);
	return err ? err : sync_map(dir, lblk);
}

/* The root is full: its entries move into a new node below it. */
static int deepen(struct inode *dir, struct dx_frame *root)
{
	struct dx_frame node = { 0 };
	u32 lblk, n = max(dx_count(root->entries), 1U);
	int err;

	node.b = new_node(dir, &lblk, &node.entries);
	if (IS_ERR(node.b))
		return (int)PTR_ERR(node.b);
	memcpy(node.entries + 1, root->entries + 1, (n - 1) * sizeof(struct dx_entry));
	node.entries[0].block = root->entries[0].block;
	set_count(node.entries, n);
	err = write_new(dir, &node, lblk);
	if (!err) {
		root->entries[0].block = cpu_to_le32(lblk);
		set_count(root->entries, 1);
		((struct dx_root_info *)(root->b->data + 24))->indirect_levels = 1;
		ext4_dx_dirty(dir, root);
		err = buf_write(root->b);
	}
	buf_put(node.b);
	return err;
}

/* A node is full, the root has room: the upper half moves. */
static int split_node(struct inode *dir, struct dx_frame *root, struct dx_frame *full)
{
	struct dx_frame node = { 0 };
	u32 lblk, n = max(dx_count(full->entries), 2U), keep = n / 2, hash = le32_to_cpu(full->entries[keep].hash);
	int err;

	node.b = new_node(dir, &lblk, &node.entries);
	if (IS_ERR(node.b))
		return (int)PTR_ERR(node.b);
	memcpy(node.entries + 1, full->entries + keep + 1, (n - keep - 1) * sizeof(struct dx_entry));
	node.entries[0].block = full->entries[keep].block;
	set_count(node.entries, n - keep);
	err = write_new(dir, &node, lblk);
	if (!err) {
		err = insert_index(root, hash, lblk);
		ext4_dx_dirty(dir, root);
		if (!err)
			err = buf_write(root->b);
		set_count(full->entries, keep);
		ext4_dx_dirty(dir, full);
	}
	buf_put(node.b);
	return err;
}

static int make_index_room(struct inode *dir, struct dx_path *p)
{
	struct dx_frame *root = &p->frame[0];

	if (p->levels == 1)
		return deepen(dir, root);
	if (dx_count(root->entries) == dx_limit(root->entries)) {
		pr_warn_ratelimited("%s: ext4: directory inode %llu: its index is full\n", dir->sb->id, (unsigned long long)dir->ino);
		return -ENOSPC;
	}
	return split_node(dir, root, &p->frame[1]);
}

/* The entries of a leaf with their hashes, sorted. */
static int map_leaf(struct inode *dir, struct buf *b, u8 version, struct map_entry *map, u32 *n)
{
	struct ext4_dirent *de;

	*n = 0;
	for (u32 off = 0; off < b->size; off += le16_to_cpu(de->rec_len)) {
		struct dx_hash h;

		de = ext4_dirent_at(dir, b, off);
		if (!de)
			return -EUCLEAN;
		if (!de->inode)
			continue;
		ext4_hash(EXT4_SB(dir->sb), version, de->name, de->name_len, &h);
		map[(*n)++] = (struct map_entry){ h.hash, (u16)off, (u16)DIRENT_SIZE((u32)de->name_len) };
	}
	sort(map, *n, sizeof(*map), cmp_map);
	return 0;
}

/* Copies entries map[0 … n) of from into the (initialised, empty) data of to; the last one gets all room that is left. */
static void pack(struct inode *dir, u8 *to, const u8 *from, const struct map_entry *map, u32 n)
{
	struct ext4_dirent *de = NULL;
	u32 off = 0;

	for (u32 i = 0; i < n; i++) {
		de = (struct ext4_dirent *)(to + off);
		memcpy(de, from + map[i].off, map[i].size);
		de->rec_len = cpu_to_le16(map[i].size);
		off += map[i].size;
	}
	if (de)
		de->rec_len = cpu_to_le16(le16_to_cpu(de->rec_len) + ext4_dir_space(dir) - off);
}

/* Where to cut: half of the bytes below. Both sides get something. */
static u32 cut_at(const struct map_entry *map, u32 n, u32 bs)
{
	u32 size = 0, i;

	for (i = 0; i < n - 1 && size + map[i].size <= bs / 2; i++)
		size += map[i].size;
	return max(i, 1U);
}

struct split_work { struct map_entry map[PAGE_SIZE / 12 + 1]; u8 copy[PAGE_SIZE]; };

static int split_leaf(struct inode *dir, struct dx_path *p, struct buf *leaf)
{
	struct dx_frame *f = &p->frame[p->levels - 1];
	struct split_work *w = kmalloc(sizeof(*w), GFP_KERNEL);
	u32 n, cut, lblk, hash;
	struct buf *new;
	int err;

	if (!w)
		return -ENOMEM;
	err = map_leaf(dir, leaf, p->version, w->map, &n);
	if (err || n < 2) {
		kfree(w);
		return err ? err : -EUCLEAN;
	}
	cut = cut_at(w->map, n, leaf->size);
	hash = w->map[cut].hash;
	if (hash == w->map[cut - 1].hash)
		hash |= 1;		/* names of this hash are on both sides */
	new = ext4_dir_append(dir, &lblk);
	if (IS_ERR(new)) {
		kfree(w);
		return (int)PTR_ERR(new);
	}
	memcpy(w->copy, leaf->data, leaf->size);
	pack(dir, new->data, w->copy, w->map + cut, n - cut);
	ext4_dir_block_dirty(dir, new);
	err = buf_write(new);
	if (!err)
		err = sync_map(dir, lblk);
	if (!err) {
		err = insert_index(f, hash, lblk);
		ext4_dx_dirty(dir, f);
		if (!err)
			err = buf_write(f->b);
	}
	if (!err) {
		ext4_init_dir_block(dir, leaf);
		pack(dir, leaf->data, w->copy, w->map, cut);
		ext4_dir_block_dirty(dir, leaf);
	}
	buf_put(new);
	kfree(w);
	return err;
}

int ext4_dx_add(struct inode *dir, const char *name, u32 len, u32 ino, mode_t mode)
{
	/* Each round makes room somewhere: index, leaf, and with luckless hashes the leaf a few times. */
	for (int round = 0; round < 16; round++) {
		struct dx_path p;
		struct dx_hash h;
		struct buf *leaf;
		struct dx_frame *f;
		int err = ext4_dx_path(dir, name, len, &h, &p);

		if (err)
			return err;
		leaf = ext4_dir_block(dir, ext4_dx_leaf(&p));
		if (IS_ERR(leaf)) {
			ext4_dx_put(&p);
			return (int)PTR_ERR(leaf);
		}
		err = ext4_add_to_block(dir, leaf, name, len, ino, mode);
		if (err != -ENOSPC) {
			buf_put(leaf);
			ext4_dx_put(&p);
			return err;
		}
		f = &p.frame[p.levels - 1];
		err = dx_count(f->entries) == dx_limit(f->entries) ? make_index_room(dir, &p) : split_leaf(dir, &p, leaf);
		buf_put(leaf);
		ext4_dx_put(&p);
		if (err)
			return err;
	}
	return -ENOSPC;
}

/* The only block, full, becomes the root of an index with one leaf that takes its entries. */
int ext4_dx_make(struct inode *dir, struct buf *b)
{
	struct ext4_sb *s = EXT4_SB(dir->sb);
	struct ext4_dirent *dot = ext4_dirent_at(dir, b, 0), *up;
	struct split_work *w;
	struct dx_root_info *info;
	struct dx_frame root = { .b = b };
	u32 n = 0, lblk, parent;
	struct buf *leaf;
	int err;

	up = dot ? ext4_dirent_at(dir, b, le16_to_cpu(dot->rec_len)) : NULL;
	if (!up || le16_to_cpu(dot->rec_len) != 12 || dot->name_len != 1 || up->name_len != 2 || up->name[0] != '.' || up->name[1] != '.')
		return ext4_error(dir->sb, "directory inode %llu: does not begin with \".\" and \"..\"", (unsigned long long)dir->ino);
	parent = le32_to_cpu(up->inode);
	w = kmalloc(sizeof(*w), GFP_KERNEL);
	leaf = w ? ext4_dir_append(dir, &lblk) : ERR_PTR(-ENOMEM);
	if (IS_ERR(leaf)) {
		kfree(w);
		return (int)PTR_ERR(leaf);
	}
	for (u32 off = 12 + le16_to_cpu(up->rec_len); off < b->size; ) {
		struct ext4_dirent *de = ext4_dirent_at(dir, b, off);

		if (!de)
			break;
		if (de->inode)
			w->map[n++] = (struct map_entry){ 0, (u16)off, (u16)DIRENT_SIZE((u32)de->name_len) };
		off += le16_to_cpu(de->rec_len);
	}
	pack(dir, leaf->data, b->data, w->map, n);
	ext4_dir_block_dirty(dir, leaf);
	kfree(w);
	err = buf_write(leaf);
	buf_put(leaf);
	if (err)
		return err;
	EXT4_I(dir)->flags |= FL_INDEX;
	err = sync_map(dir, lblk);
	memset(b->data + 24, 0, b->size - 24);
	up = (struct ext4_dirent *)(b->data + 12);
	up->inode = cpu_to_le32(parent);
	up->rec_len = cpu_to_le16(b->size - 12);
	info = (struct dx_root_info *)(b->data + 24);
	info->hash_version = s->hash_version;
	info->info_length = sizeof(*info);
	root.entries = (struct dx_entry *)(info + 1);
	set_limit(root.entries, (s->bs - 32 - (s->csum ? sizeof(struct dx_tail) : 0)) / sizeof(struct dx_entry));
	set_count(root.entries, 1);
	root.entries[0].block = cpu_to_le32(lblk);
	ext4_dx_dirty(dir, &root);
	return err;
}
