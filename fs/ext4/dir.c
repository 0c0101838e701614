// SPDX-License-Identifier: GPL-2.0
/*
 * Directory blocks: chains of entries, each saying how long it is; an entry with inode 0 is free room. With checksums the last
 * 12 bytes look like such an entry. Reading directories in the plain order of blocks; indexed ones: htree.c.
 */
#include "ext4.h"
#include <kernel/sched.h>

u32 ext4_dir_space(const struct inode *dir)
{
	const struct ext4_sb *s = EXT4_SB(dir->sb);

	return s->bs - (s->csum ? sizeof(struct ext4_dirent_tail) : 0);
}

static int bad_dir(struct inode *dir, const char *what, u64 where)
{
	return ext4_error(dir->sb, "directory inode %llu: %s at %llu", (unsigned long long)dir->ino, what, (unsigned long long)where);
}

/* Where a block's index entries begin, 0: it has none. */
static u32 dx_offset(struct inode *dir, u32 lblk, const struct buf *b)
{
	const struct ext4_dirent *de = (const void *)b->data;

	if (!ext4_is_dx(dir))
		return 0;
	if (!lblk)
		return 24 + sizeof(struct dx_root_info);
	return !de->inode && le16_to_cpu(de->rec_len) == b->size ? 8 : 0;
}

/* The checksum of index entries covers what lies before them, them, and half of the tail. false: counts are impossible. */
static bool dx_csum(struct inode *dir, const struct buf *b, u32 off, u32 *csum, struct dx_tail **tail)
{
	const struct dx_entry *e = (const void *)(b->data + off);
	u32 limit = dx_limit(e), n = dx_count(e);
	const __le32 zero = 0;

	if (n > limit || off + limit * sizeof(*e) + sizeof(struct dx_tail) > b->size)
		return false;
	*tail = (struct dx_tail *)(b->data + off + limit * sizeof(*e));
	*csum = crc32c(EXT4_I(dir)->csum_seed, b->data, off + n * sizeof(*e));
	*csum = crc32c(*csum, *tail, 4);
	*csum = crc32c(*csum, &zero, 4);
	return true;
}

static struct ext4_dirent_tail *leaf_tail(const struct buf *b)
{
	return (struct ext4_dirent_tail *)(b->data + b->size - sizeof(struct ext4_dirent_tail));
}

static u32 leaf_csum(struct inode *dir, const struct buf *b)
{
	return crc32c(EXT4_I(dir)->csum_seed, b->data, b->size - sizeof(struct ext4_dirent_tail));
}

static bool dir_csum_ok(struct inode *dir, u32 lblk, struct buf *b)
{
	u32 off = dx_offset(dir, lblk, b), csum;
	struct ext4_dirent_tail *t = leaf_tail(b);
	struct dx_tail *dt;

	if (off)
		return dx_csum(dir, b, off, &csum, &dt) && le32_to_cpu(dt->checksum) == csum;
	return !t->zero && le16_to_cpu(t->rec_len) == sizeof(*t) && t->file_type == DIRENT_TAIL_TYPE &&
	       le32_to_cpu(t->checksum) == leaf_csum(dir, b);
}

struct buf *ext4_dir_block(struct inode *dir, u32 lblk)
{
	struct ext4_sb *s = EXT4_SB(dir->sb);
	struct buf *b;
	u64 pblk;
	int err = ext4_meta_block(dir, lblk, false, &pblk);

	if (err)
		return ERR_PTR(err);
	if (!pblk)
		return ERR_PTR(bad_dir(dir, "hole in block", lblk));
	b = buf_read(s->bd, pblk, s->bs);
	if (IS_ERR(b) || b->checked)
		return b;
	if (s->csum && !dir_csum_ok(dir, lblk, b)) {
		buf_put(b);
		return ERR_PTR(bad_dir(dir, "wrong checksum of block", lblk));
	}
	b->checked = true;
	return b;
}

void ext4_dir_block_dirty(struct inode *dir, struct buf *b)
{
	if (EXT4_SB(dir->sb)->csum)
		leaf_tail(b)->checksum = cpu_to_le32(leaf_csum(dir, b));
	buf_dirty(b);
	b->checked = true;
}

void ext4_dx_dirty(struct inode *dir, struct dx_frame *f)
{
	struct dx_tail *tail;
	u32 csum;

	if (EXT4_SB(dir->sb)->csum && dx_csum(dir, f->b, (u32)((u8 *)f->entries - f->b->data), &csum, &tail))
		tail->checksum = cpu_to_le32(csum);
	buf_dirty(f->b);
	f->b->checked = true;
}

void ext4_init_dir_block(struct inode *dir, struct buf *b)
{
	struct ext4_dirent *de = (struct ext4_dirent *)b->data;

	memset(b->data, 0, b->size);
	de->rec_len = cpu_to_le16(ext4_dir_space(dir));
	if (EXT4_SB(dir->sb)->csum) {
		leaf_tail(b)->rec_len = cpu_to_le16(sizeof(struct ext4_dirent_tail));
		leaf_tail(b)->file_type = DIRENT_TAIL_TYPE;
	}
}

struct buf *ext4_dir_append(struct inode *dir, u32 *lblk)
{
	struct ext4_sb *s = EXT4_SB(dir->sb);
	struct buf *b;
	u64 pblk;
	int err;

	if ((u64)dir->size >> s->bits >= (s->bs == 1024 ? 1U << 21 : 1U << 19))
		return ERR_PTR(-ENOSPC);	/* 2 GiB, as without large_dir */
	*lblk = (u32)((u64)dir->size >> s->bits);
	dir->size += s->bs;		/* first: see size_first() in extent_edit.c */
	err = ext4_meta_block(dir, *lblk, true, &pblk);
	b = err || !pblk ? ERR_PTR(err ? err : -EIO) : buf_get(s->bd, pblk, s->bs);
	if (IS_ERR(b)) {
		dir->size -= s->bs;
		return b;
	}
	ext4_init_dir_block(dir, b);
	ext4_dir_block_dirty(dir, b);
	inode_mark_dirty(dir, I_DIRTY_META);
	return b;
}

struct ext4_dirent *ext4_dirent_at(struct inode *dir, struct buf *b, u32 off)
{
	struct ext4_dirent *de = (struct ext4_dirent *)(b->data + off);
	u32 len;

	if (off + 8 > b->size)
		goto bad;
	len = le16_to_cpu(de->rec_len);
	if (len < 12 || len % 4 || off + len > b->size || (de->inode && (!de->name_len || DIRENT_SIZE((u32)de->name_len) > len)) ||
	    le32_to_cpu(de->inode) > EXT4_SB(dir->sb)->inodes)
		goto bad;
	return de;
bad:
	bad_dir(dir, "broken entry", (b->block << EXT4_SB(dir->sb)->bits) + off);
	return NULL;
}

struct ext4_dirent *ext4_find_in_block(struct inode *dir, struct buf *b, const char *name, u32 len, struct ext4_dirent **prev)
{
	struct ext4_dirent *de, *last = NULL;

	for (u32 off = 0; off < b->size; off += le16_to_cpu(de->rec_len)) {
		de = ext4_dirent_at(dir, b, off);
		if (!de)
			return ERR_PTR(-EUCLEAN);
		if (de->inode && de->name_len == len && !memcmp(de->name, name, len)) {
			if (prev)
				*prev = last;
			return de;
		}
		last = de;
	}
	return NULL;
}

struct ext4_dirent *ext4_find_entry(struct inode *dir, const char *name, u32 len, struct buf **out)
{
	u32 nblocks = (u32)((u64)dir->size >> EXT4_SB(dir->sb)->bits);

	might_sleep();
	if (ext4_is_dx(dir) && !(len <= 2 && name[0] == '.' && (len == 1 || name[1] == '.')))
		return ext4_dx_find(dir, name, len, out);
	for (u32 i = 0; i < nblocks; i++) {
		struct buf *b = ext4_dir_block(dir, i);
		struct ext4_dirent *de;

		if (IS_ERR(b))
			return ERR_CAST(b);
		de = ext4_find_in_block(dir, b, name, len, NULL);
		if (de && !IS_ERR(de)) {
			*out = b;
			return de;
		}
		buf_put(b);
		if (de)
			return de;
	}
	return NULL;
}

void ext4_set_de_type(struct super_block *sb, struct ext4_dirent *de, mode_t mode)
{
	static const u8 types[16] = { [S_IFREG >> 12] = 1, [S_IFDIR >> 12] = 2, [S_IFCHR >> 12] = 3, [S_IFBLK >> 12] = 4,
				      [S_IFIFO >> 12] = 5, [S_IFSOCK >> 12] = 6, [S_IFLNK >> 12] = 7 };

	de->file_type = EXT4_SB(sb)->incompat & INCOMPAT_FILETYPE ? types[mode >> 12 & 15] : 0;
}

u8 ext4_dt_of(const struct super_block *sb, const struct ext4_dirent *de)
{
	static const u8 dts[8] = { 0, S_IFREG >> 12, S_IFDIR >> 12, S_IFCHR >> 12, S_IFBLK >> 12, S_IFIFO >> 12, S_IFSOCK >> 12, S_IFLNK >> 12 };

	return EXT4_SB(sb)->incompat & INCOMPAT_FILETYPE && de->file_type < 8 ? dts[de->file_type] : 0;
}

int ext4_add_to_block(struct inode *dir, struct buf *b, const char *name, u32 len, u32 ino, mode_t mode)
{
	u32 need = DIRENT_SIZE(len), space = ext4_dir_space(dir);
	struct ext4_dirent *de;

	for (u32 off = 0; off < space; off += le16_to_cpu(de->rec_len)) {
		u32 rec, used;

		de = ext4_dirent_at(dir, b, off);
		if (!de)
			return -EUCLEAN;
		rec = le16_to_cpu(de->rec_len);
		used = de->inode ? DIRENT_SIZE((u32)de->name_len) : 0;
		if (rec < used + need || off + rec > space)
			continue;
		if (used) {
			de->rec_len = cpu_to_le16(used);
			de = (struct ext4_dirent *)((u8 *)de + used);
			de->rec_len = cpu_to_le16(rec - used);
		}
		de->inode = cpu_to_le32(ino);
		de->name_len = (u8)len;
		ext4_set_de_type(dir->sb, de, mode);
		memcpy(de->name, name, len);
		ext4_dir_block_dirty(dir, b);
		return 0;
	}
	return -ENOSPC;
}

int ext4_add_entry(struct inode *dir, const char *name, u32 len, u32 ino, mode_t mode)
{
	struct ext4_sb *s = EXT4_SB(dir->sb);
	u32 nblocks = (u32)((u64)dir->size >> s->bits), lblk;
	struct buf *b;
	int err;

	might_sleep();
	if (ext4_is_dx(dir))
		return ext4_dx_add(dir, name, len, ino, mode);
	for (u32 i = 0; i < nblocks; i++) {
		b = ext4_dir_block(dir, i);
		if (IS_ERR(b))
			return (int)PTR_ERR(b);
		err = ext4_add_to_block(dir, b, name, len, ino, mode);
		if (err == -ENOSPC && nblocks == 1 && s->compat & COMPAT_DIR_INDEX) {
			err = ext4_dx_make(dir, b);
			buf_put(b);
			return err ? err : ext4_dx_add(dir, name, len, ino, mode);
		}
		buf_put(b);
		if (err != -ENOSPC)
			return err;
	}
	b = ext4_dir_append(dir, &lblk);
	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	err = ext4_add_to_block(dir, b, name, len, ino, mode);
	buf_put(b);
	return err;
}

int ext4_delete_entry(struct inode *dir, struct buf *b, struct ext4_dirent *de)
{
	struct ext4_dirent *prev = NULL, *cur;

	for (u32 off = 0; off < b->size; off += le16_to_cpu(cur->rec_len)) {
		cur = ext4_dirent_at(dir, b, off);
		if (!cur)
			return -EUCLEAN;
		if (cur != de) {
			prev = cur;
			continue;
		}
		if (prev)
			prev->rec_len = cpu_to_le16(le16_to_cpu(prev->rec_len) + le16_to_cpu(de->rec_len));
		else
			de->inode = 0;
		ext4_dir_block_dirty(dir, b);
		return 0;
	}
	return bad_dir(dir, "lost entry in block", b->block);
}

bool ext4_dir_empty(struct inode *dir)
{
	u32 nblocks = (u32)((u64)dir->size >> EXT4_SB(dir->sb)->bits);

	for (u32 i = 0; i < nblocks; i++) {
		struct buf *b = ext4_dir_block(dir, i);
		struct ext4_dirent *de;

		if (IS_ERR(b))
			return PTR_ERR(b) == -EUCLEAN;	/* damaged: rmdir is the way to get rid of it */
		for (u32 off = 0; off < b->size; off += le16_to_cpu(de->rec_len)) {
			de = ext4_dirent_at(dir, b, off);
			if (!de)
				break;
			if (!de->inode || (de->name_len == 1 && de->name[0] == '.') ||
			    (de->name_len == 2 && de->name[0] == '.' && de->name[1] == '.'))
				continue;
			buf_put(b);
			return false;
		}
		buf_put(b);
	}
	return true;
}

/* --- readdir: the position is the byte offset --- */

/* No program expects a name that leads elsewhere. */
bool ext4_name_sound(struct inode *dir, const struct ext4_dirent *de)
{
	if (!memchr(de->name, '/', de->name_len) && !memchr(de->name, '\0', de->name_len))
		return true;
	ext4_error(dir->sb, "directory inode %llu: impossible name of inode %u", (unsigned long long)dir->ino, le32_to_cpu(de->inode));
	return false;
}

/* Entries of one block from ctx->pos on. 1: goes on, 0: the reader's buffer is full, -errno. */
static int emit_block(struct inode *dir, struct buf *b, u32 lblk, struct dir_context *ctx)
{
	loff_t base = (loff_t)lblk << EXT4_SB(dir->sb)->bits;
	struct ext4_dirent *de;

	/* From the start of the block: entries may have been joined since the position was handed out. */
	for (u32 off = 0; off < b->size; off += le16_to_cpu(de->rec_len)) {
		de = ext4_dirent_at(dir, b, off);
		if (!de)
			return -EUCLEAN;
		if (base + off < ctx->pos)
			continue;
		ctx->pos = base + off;
		if (de->inode && ext4_name_sound(dir, de) &&
		    !dir_emit(ctx, de->name, de->name_len, le32_to_cpu(de->inode), ext4_dt_of(dir->sb, de)))
			return 0;
		ctx->pos = base + off + le16_to_cpu(de->rec_len);
	}
	return 1;
}

static int ext4_iterate(struct file *f, struct dir_context *ctx)
{
	struct inode *dir = f->inode;
	u32 bits = EXT4_SB(dir->sb)->bits;

	might_sleep();
	file_accessed(f);
	if (ext4_is_dx(dir))
		return ext4_dx_iterate(dir, ctx);
	while (ctx->pos >= 0 && ctx->pos < dir->size) {
		u32 lblk = (u32)((u64)ctx->pos >> bits);
		struct buf *b = ext4_dir_block(dir, lblk);
		int r;

		if (IS_ERR(b))
			return (int)PTR_ERR(b);
		r = emit_block(dir, b, lblk, ctx);
		buf_put(b);
		if (r <= 0)
			return r;
		ctx->pos = (loff_t)(lblk + 1ULL) << bits;
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}

static loff_t dir_llseek(struct file *f, loff_t off, int whence)
{
	return generic_llseek_size(f, off, whence, S64_MAX, ext4_is_dx(f->inode) ? S64_MAX : f->inode->size);
}

const struct file_ops ext4_dir_ops = {
	.iterate = ext4_iterate,
	.llseek = dir_llseek,
	.fsync = ext4_fsync,
	.ioctl = ext4_ioctl,
};
