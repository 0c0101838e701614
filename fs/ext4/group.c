// SPDX-License-Identifier: GPL-2.0
/* Block groups: their descriptors, bitmaps and the checksums of both. */
#include "ext4.h"
#include <lib/bitmap.h>

#define MAX_GDB	(1U << 20)

struct ext4_group_desc *ext4_desc(struct ext4_sb *s, u32 group, struct buf **b)
{
	struct buf *gb = s->gdb[group / s->descs_per_block];

	if (b)
		*b = gb;
	return (struct ext4_group_desc *)(gb->data + group % s->descs_per_block * s->desc_size);
}

static bool wide(const struct ext4_sb *s)
{
	return s->desc_size >= 64;
}

u64 ext4_block_bitmap_at(const struct ext4_sb *s, const struct ext4_group_desc *d)
{
	return le32_to_cpu(d->block_bitmap_lo) | (wide(s) ? (u64)le32_to_cpu(d->block_bitmap_hi) << 32 : 0);
}

u64 ext4_inode_bitmap_at(const struct ext4_sb *s, const struct ext4_group_desc *d)
{
	return le32_to_cpu(d->inode_bitmap_lo) | (wide(s) ? (u64)le32_to_cpu(d->inode_bitmap_hi) << 32 : 0);
}

u64 ext4_inode_table_at(const struct ext4_sb *s, const struct ext4_group_desc *d)
{
	return le32_to_cpu(d->inode_table_lo) | (wide(s) ? (u64)le32_to_cpu(d->inode_table_hi) << 32 : 0);
}

#define COUNTER(fn, field)									\
u32 ext4_##fn(const struct ext4_sb *s, const struct ext4_group_desc *d)				\
{												\
	return le16_to_cpu(d->field##_lo) | (wide(s) ? (u32)le16_to_cpu(d->field##_hi) << 16 : 0);	\
}												\
void ext4_set_##fn(struct ext4_sb *s, struct ext4_group_desc *d, u32 n)				\
{												\
	d->field##_lo = cpu_to_le16(n);								\
	if (wide(s))										\
		d->field##_hi = cpu_to_le16(n >> 16);						\
}
COUNTER(free_in_group, free_blocks)
COUNTER(free_inodes_in_group, free_inodes)
COUNTER(dirs_in_group, used_dirs)
COUNTER(itable_unused, itable_unused)

u64 ext4_group_first_block(const struct ext4_sb *s, u32 group)
{
	return s->first_data_block + (u64)group * s->blocks_per_group;
}

u32 ext4_blocks_in_group(const struct ext4_sb *s, u32 group)
{
	return (u32)min_t(u64, s->blocks_per_group, s->blocks - ext4_group_first_block(s, group));
}

static u16 desc_csum(struct ext4_sb *s, u32 group)
{
	const struct ext4_group_desc *d = ext4_desc(s, group, NULL);
	__le32 no = cpu_to_le32(group);
	const u32 at = offsetof(struct ext4_group_desc, checksum), behind = at + 2;
	const __le16 zero = 0;

	if (s->csum) {
		u32 c = crc32c(s->csum_seed, &no, 4);

		c = crc32c(c, d, at);
		c = crc32c(c, &zero, 2);
		if (s->desc_size > behind)
			c = crc32c(c, (const u8 *)d + behind, s->desc_size - behind);
		return (u16)c;
	} else {
		u16 c = crc16(0xffff, s->es->s_uuid, 16);

		c = crc16(c, &no, 4);
		c = crc16(c, d, at);
		if (s->incompat & INCOMPAT_64BIT && s->desc_size > behind)
			c = crc16(c, (const u8 *)d + behind, s->desc_size - behind);
		return c;
	}
}

bool ext4_desc_csum_ok(struct ext4_sb *s, u32 group)
{
	return !ext4_has_group_csum(s) || le16_to_cpu(ext4_desc(s, group, NULL)->checksum) == desc_csum(s, group);
}

void ext4_desc_dirty(struct ext4_sb *s, u32 group)
{
	struct buf *b;
	struct ext4_group_desc *d = ext4_desc(s, group, &b);

	if (ext4_has_group_csum(s))
		d->checksum = cpu_to_le16(desc_csum(s, group));
	buf_dirty(b);
}

static u64 gdb_location(const struct ext4_sb *s, u32 n)
{
	u32 first_meta = le32_to_cpu(s->es->s_first_meta_bg), group;
	u64 super = s->first_data_block;

	if (!(s->incompat & INCOMPAT_META_BG) || n < first_meta)
		return super + n + 1;
	group = n * s->descs_per_block;
	if (group >= s->groups)
		return 0;
	return ext4_group_first_block(s, group) + (ext4_group_has_super(s, group) ? 1 : 0);
}

static int check_desc(struct ext4_sb *s, u32 group)
{
	const struct ext4_group_desc *d = ext4_desc(s, group, NULL);

	if (!ext4_desc_csum_ok(s, group)) {
		pr_err("%s: ext4: group %u: checksum of the descriptor is wrong; run e2fsck\n", s->sb->id, group);
		return -EUCLEAN;
	}
	if (!ext4_blocks_valid(s, ext4_block_bitmap_at(s, d), 1) || !ext4_blocks_valid(s, ext4_inode_bitmap_at(s, d), 1) ||
	    !ext4_blocks_valid(s, ext4_inode_table_at(s, d), s->itable_blocks)) {
		pr_err("%s: ext4: group %u: bitmaps or inode table lie outside the file system; run e2fsck\n", s->sb->id, group);
		return -EUCLEAN;
	}
	return 0;
}

static void count_group(struct ext4_sb *s, u32 group)
{
	struct ext4_group_desc *d = ext4_desc(s, group, NULL);

	s->free_blocks += min(ext4_free_in_group(s, d), ext4_blocks_in_group(s, group));
	s->free_inodes += min(ext4_free_inodes_in_group(s, d), s->inodes_per_group);
	s->group[group].max_run = s->blocks_per_group;
}

int ext4_load_groups(struct ext4_sb *s, bool silent)
{
	int err = 0;

	s->gdb_count = (s->groups + s->descs_per_block - 1) / s->descs_per_block;
	if (s->gdb_count > MAX_GDB)
		return -EFBIG;
	s->gdb = kcalloc(s->gdb_count, sizeof(*s->gdb), GFP_KERNEL);
	s->group = kcalloc(s->groups, sizeof(*s->group), GFP_KERNEL);
	if (!s->gdb || !s->group)
		return -ENOMEM;
	buf_readahead(s->bd, gdb_location(s, 0), s->bs, min(s->gdb_count, 256U));
	for (u32 i = 0; i < s->gdb_count; i++) {
		u64 at = gdb_location(s, i);
		struct buf *b = at && at < s->blocks ? buf_read(s->bd, at, s->bs) : ERR_PTR(-EUCLEAN);

		if (IS_ERR(b)) {
			pr_err("%s: ext4: group descriptors cannot be read (block %llu)\n", s->sb->id, (unsigned long long)at);
			return (int)PTR_ERR(b);
		}
		s->gdb[i] = b;
	}
	for (u32 g = 0; g < s->groups && !err; g++) {
		err = check_desc(s, g);
		if (!err)
			count_group(s, g);
	}
	return err;
}

void ext4_drop_groups(struct ext4_sb *s)
{
	for (u32 i = 0; s->gdb && i < s->gdb_count; i++)
		buf_put(s->gdb[i]);
	kfree(s->gdb);
	kfree(s->group);
	s->gdb = NULL;
	s->group = NULL;
}

/* --- bitmaps --- */

static void set_bits(struct buf *b, u32 from, u32 to)
{
	unsigned long *map = (unsigned long *)b->data;

	for (u32 i = from; i < to; ) {
		if (!(i % 64) && to - i >= 64) {
			map[i / 64] = ~0UL;
			i += 64;
		} else {
			set_bit(map, i++);
		}
	}
}

static void mark_used(struct ext4_sb *s, struct buf *b, u32 group, u64 block, u64 n)
{
	u64 first = ext4_group_first_block(s, group), end = first + ext4_blocks_in_group(s, group);

	if (block + n <= first || block >= end)
		return;
	set_bits(b, (u32)(max(block, first) - first), (u32)(min(block + n, end) - first));
}

/* How many blocks super block and descriptors take at the start of a group. */
static u32 base_meta(const struct ext4_sb *s, u32 group)
{
	u32 first_meta = le32_to_cpu(s->es->s_first_meta_bg), n = 0;
	bool super = ext4_group_has_super(s, group);

	if (super)
		n = 1;
	if (!(s->incompat & INCOMPAT_META_BG) || group / s->descs_per_block < first_meta) {
		if (super)
			n += (s->incompat & INCOMPAT_META_BG ? first_meta : s->gdb_count) + le16_to_cpu(s->es->s_reserved_gdt_blocks);
	} else {
		u32 in = group % s->descs_per_block;

		if (in == 0 || in == 1 || in == s->descs_per_block - 1)
			n++;
	}
	return n;
}

/* The bitmap of a group in which nothing but its own metadata is used. */
static void make_block_bitmap(struct ext4_sb *s, u32 group, struct buf *b)
{
	const struct ext4_group_desc *d = ext4_desc(s, group, NULL);

	memset(b->data, 0, s->bs);
	mark_used(s, b, group, ext4_group_first_block(s, group), base_meta(s, group));
	mark_used(s, b, group, ext4_block_bitmap_at(s, d), 1);
	mark_used(s, b, group, ext4_inode_bitmap_at(s, d), 1);
	mark_used(s, b, group, ext4_inode_table_at(s, d), s->itable_blocks);
	set_bits(b, ext4_blocks_in_group(s, group), s->bs * 8);
}

/* The bitmap of a group without an inode: what lies behind the last one counts as used. */
static void make_inode_bitmap(struct ext4_sb *s, u32 group, struct buf *b)
{
	memset(b->data, 0, s->bs);
	set_bits(b, s->inodes_per_group, s->bs * 8);
}

static u32 blocks_per_group(const struct ext4_sb *s) { return s->blocks_per_group; }
static u32 inodes_per_group(const struct ext4_sb *s) { return s->inodes_per_group; }

/* What differs between the two bitmaps of a group. */
static const struct bitmap_kind {
	const char *name;
	u16 uninit;		/* the descriptor's flag: not on the disk yet */
	size_t csum_lo, csum_hi, bad;	/* places in the descriptor and in struct ext4_group */
	u64 (*at)(const struct ext4_sb *s, const struct ext4_group_desc *d);
	u32 (*bits)(const struct ext4_sb *s);
	void (*make)(struct ext4_sb *s, u32 group, struct buf *b);
} block_bitmap = {
	"block", BG_BLOCK_UNINIT, offsetof(struct ext4_group_desc, block_bitmap_csum_lo), offsetof(struct ext4_group_desc, block_bitmap_csum_hi),
	offsetof(struct ext4_group, bitmap_bad), ext4_block_bitmap_at, blocks_per_group, make_block_bitmap,
}, inode_bitmap = {
	"inode", BG_INODE_UNINIT, offsetof(struct ext4_group_desc, inode_bitmap_csum_lo), offsetof(struct ext4_group_desc, inode_bitmap_csum_hi),
	offsetof(struct ext4_group, ibitmap_bad), ext4_inode_bitmap_at, inodes_per_group, make_inode_bitmap,
};

static __le16 *desc_le16(struct ext4_group_desc *d, size_t at)
{
	return (__le16 *)((u8 *)d + at);
}

static u32 bitmap_csum(const struct ext4_sb *s, const struct bitmap_kind *k, const struct buf *b)
{
	return crc32c(s->csum_seed, b->data, k->bits(s) / 8);
}

static bool bitmap_ok(const struct ext4_sb *s, const struct bitmap_kind *k, struct ext4_group_desc *d, const struct buf *b)
{
	u32 want;

	if (!s->csum)
		return true;
	want = bitmap_csum(s, k, b);
	return le16_to_cpu(*desc_le16(d, k->csum_lo)) == (u16)want && (!wide(s) || le16_to_cpu(*desc_le16(d, k->csum_hi)) == want >> 16);
}

static struct buf *bitmap_get(struct ext4_sb *s, const struct bitmap_kind *k, u32 group)
{
	struct ext4_group_desc *d = ext4_desc(s, group, NULL);
	bool *bad = (bool *)((u8 *)&s->group[group] + k->bad);
	u64 at = k->at(s, d);
	struct buf *b;

	if (*bad || !ext4_blocks_valid(s, at, 1))
		return ERR_PTR(-EUCLEAN);
	if (ext4_has_group_csum(s) && le16_to_cpu(d->flags) & k->uninit) {
		b = buf_get(s->bd, at, s->bs);
		if (!IS_ERR(b) && !b->checked) {
			k->make(s, group, b);
			b->checked = true;
			buf_dirty(b);
		}
		return b;
	}
	b = buf_read(s->bd, at, s->bs);
	if (IS_ERR(b) || b->checked)
		return b;
	if (!bitmap_ok(s, k, d, b)) {
		*bad = true;
		buf_put(b);
		return ERR_PTR(ext4_error(s->sb, "group %u: checksum of the %s bitmap is wrong", group, k->name));
	}
	b->checked = true;
	return b;
}

static void bitmap_dirty(struct ext4_sb *s, const struct bitmap_kind *k, u32 group, struct buf *b)
{
	struct ext4_group_desc *d = ext4_desc(s, group, NULL);

	d->flags &= cpu_to_le16((u16)~k->uninit);
	if (s->csum) {
		u32 c = bitmap_csum(s, k, b);

		*desc_le16(d, k->csum_lo) = cpu_to_le16(c);
		if (wide(s))
			*desc_le16(d, k->csum_hi) = cpu_to_le16(c >> 16);
	}
	buf_dirty(b);
	ext4_desc_dirty(s, group);
}

struct buf *ext4_block_bitmap(struct ext4_sb *s, u32 group)
{
	return bitmap_get(s, &block_bitmap, group);
}

void ext4_block_bitmap_dirty(struct ext4_sb *s, u32 group, struct buf *b)
{
	bitmap_dirty(s, &block_bitmap, group, b);
}

struct buf *ext4_inode_bitmap(struct ext4_sb *s, u32 group)
{
	return bitmap_get(s, &inode_bitmap, group);
}

void ext4_inode_bitmap_dirty(struct ext4_sb *s, u32 group, struct buf *b)
{
	bitmap_dirty(s, &inode_bitmap, group, b);
}
