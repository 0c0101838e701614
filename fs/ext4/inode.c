// SPDX-License-Identifier: GPL-2.0
/* Inodes: from the table into struct inode and back, attributes, and the end of one that has no name left. */
#include "ext4.h"
#include <fs/dev.h>
#include <kernel/timer.h>

#define ITABLE_AHEAD	8	/* blocks */

u32 ext4_inode_csum_seed(struct ext4_sb *s, u32 ino, u32 generation)
{
	__le32 no = cpu_to_le32(ino), gen = cpu_to_le32(generation);

	return crc32c(crc32c(s->csum_seed, &no, 4), &gen, 4);
}

static bool has_csum_hi(const struct ext4_sb *s, const struct ext4_raw_inode *raw)
{
	return s->inode_size > EXT4_GOOD_OLD_INODE_SIZE && le16_to_cpu(raw->i_extra_isize) >= 4;
}

/* Over the whole slot, with the checksum itself as zeros. */
static u32 raw_csum(struct ext4_sb *s, u32 seed, const struct ext4_raw_inode *raw)
{
	const u8 *p = (const u8 *)raw;
	const u32 lo = offsetof(struct ext4_raw_inode, i_checksum_lo), hi = offsetof(struct ext4_raw_inode, i_checksum_hi);
	const __le16 zero = 0;
	u32 c = crc32c(seed, p, lo);

	c = crc32c(c, &zero, 2);
	c = crc32c(c, p + lo + 2, EXT4_GOOD_OLD_INODE_SIZE - lo - 2);
	if (s->inode_size > EXT4_GOOD_OLD_INODE_SIZE) {
		c = crc32c(c, p + EXT4_GOOD_OLD_INODE_SIZE, hi - EXT4_GOOD_OLD_INODE_SIZE);
		if (has_csum_hi(s, raw))
			c = crc32c(c, &zero, 2);
		else
			c = crc32c(c, p + hi, 2);
		c = crc32c(c, p + hi + 2, s->inode_size - hi - 2);
	}
	return c;
}

static bool csum_ok(struct ext4_sb *s, u32 seed, const struct ext4_raw_inode *raw)
{
	u32 c;

	if (!s->csum)
		return true;
	c = raw_csum(s, seed, raw);
	return le16_to_cpu(raw->i_checksum_lo) == (u16)c && (!has_csum_hi(s, raw) || le16_to_cpu(raw->i_checksum_hi) == c >> 16);
}

/* Inodes are made and read side by side: the first look at a part of the table takes its neighbours along. */
static void read_around(struct ext4_sb *s, u64 table, u64 block)
{
	u64 first = table + ALIGN_DOWN(block - table, ITABLE_AHEAD);

	if (xa_load(&s->bd->inode->data.pages, block << s->bits >> PAGE_SHIFT))
		return;
	buf_readahead(s->bd, first, s->bs, (unsigned)min_t(u64, ITABLE_AHEAD, table + s->itable_blocks - first));
}

static int slot_of(struct super_block *sb, u64 ino, struct buf **b, struct ext4_raw_inode **raw)
{
	struct ext4_sb *s = EXT4_SB(sb);
	u32 group, in;
	u64 table, block;

	if (ino < 1 || ino > s->inodes)
		return -EUCLEAN;
	group = (u32)((ino - 1) / s->inodes_per_group);
	in = (u32)((ino - 1) % s->inodes_per_group);
	table = ext4_inode_table_at(s, ext4_desc(s, group, NULL));
	block = table + in / s->inodes_per_block;
	if (!ext4_blocks_valid(s, block, 1))
		return ext4_error(sb, "inode table of group %u lies outside the file system", group);
	read_around(s, table, block);
	*b = buf_read(s->bd, block, s->bs);
	if (IS_ERR(*b))
		return (int)PTR_ERR(*b);
	*raw = (struct ext4_raw_inode *)((*b)->data + in % s->inodes_per_block * s->inode_size);
	return 0;
}

int ext4_inode_buf(struct inode *inode, struct buf **b, struct ext4_raw_inode **raw)
{
	return slot_of(inode->sb, inode->ino, b, raw);
}

void ext4_inode_buf_dirty(struct inode *inode, struct buf *b, struct ext4_raw_inode *raw)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);

	if (s->csum) {
		u32 c = raw_csum(s, EXT4_I(inode)->csum_seed, raw);

		raw->i_checksum_lo = cpu_to_le16(c);
		if (has_csum_hi(s, raw))
			raw->i_checksum_hi = cpu_to_le16(c >> 16);
	}
	buf_dirty(b);
}

/* --- reading --- */

static struct timespec64 get_time(__le32 sec, __le32 extra, bool has_extra)
{
	struct timespec64 t = { (s32)le32_to_cpu(sec), 0 };

	if (has_extra) {
		t.sec += (s64)(le32_to_cpu(extra) & 3) << 32;
		t.nsec = min_t(u32, le32_to_cpu(extra) >> 2, 999999999);
	}
	return t;
}

#define HAS(raw, extra, field) (offsetof(struct ext4_raw_inode, field) + 4 <= EXT4_GOOD_OLD_INODE_SIZE + (u32)(extra))

static void get_times(struct inode *inode, const struct ext4_raw_inode *raw, u16 extra)
{
	inode->atime = get_time(raw->i_atime, raw->i_atime_extra, HAS(raw, extra, i_atime_extra));
	inode->mtime = get_time(raw->i_mtime, raw->i_mtime_extra, HAS(raw, extra, i_mtime_extra));
	inode->ctime = get_time(raw->i_ctime, raw->i_ctime_extra, HAS(raw, extra, i_ctime_extra));
	inode->btime = (struct timespec64){ 0, 0 };
	if (HAS(raw, extra, i_crtime))
		inode->btime = get_time(raw->i_crtime, raw->i_crtime_extra, HAS(raw, extra, i_crtime_extra));
}

static u64 get_blocks(const struct ext4_sb *s, const struct ext4_raw_inode *raw, u32 flags)
{
	u64 n = le32_to_cpu(raw->i_blocks_lo);

	if (!(s->ro_compat & RO_COMPAT_HUGE_FILE))
		return n;
	n |= (u64)le16_to_cpu(raw->i_blocks_high) << 32;
	return flags & FL_HUGE_FILE ? n << (s->bits - 9) : n;
}

void ext4_set_inode_flags(struct inode *inode)
{
	static const struct { u32 fl, s; } map[] = {
		{ FL_SYNC, S_SYNC_ }, { FL_IMMUTABLE, S_IMMUTABLE_ }, { FL_APPEND, S_APPEND_ }, { FL_NOATIME, S_NOATIME_ },
		{ FL_DIRSYNC, S_DIRSYNC_ },
	};

	for (size_t i = 0; i < ARRAY_SIZE(map); i++) {
		inode->flags &= ~map[i].s;
		if (EXT4_I(inode)->flags & map[i].fl)
			inode->flags |= map[i].s;
	}
}

void ext4_set_inode_ops(struct inode *inode)
{
	switch (inode->mode & S_IFMT) {
	case S_IFREG:
		inode->ops = &ext4_file_iops;
		inode->fops = &ext4_file_ops;
		inode->data.ops = ext4_aops(inode->sb);
		break;
	case S_IFDIR:
		inode->ops = &ext4_dir_iops;
		inode->fops = &ext4_dir_ops;
		break;
	case S_IFLNK:
		inode->ops = &ext4_symlink_iops;
		break;
	default:
		inode->ops = &ext4_special_iops;
		break;
	}
}

static int bad(struct inode *inode, const char *what)
{
	return ext4_error(inode->sb, "inode %llu: %s", (unsigned long long)inode->ino, what);
}

static void get_rdev(struct inode *inode, const struct ext4_raw_inode *raw)
{
	u32 old = le32_to_cpu(raw->i_block[0]), new = le32_to_cpu(raw->i_block[1]);
	dev_t dev = old ? MKDEV(old >> 8 & 0xff, old & 0xff) : dev_decode(new);

	inode_init_special(inode, inode->mode, dev);
}

static int check_raw(struct inode *inode, const struct ext4_raw_inode *raw)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	struct ext4_inode *ei = EXT4_I(inode);
	u16 extra = s->inode_size > EXT4_GOOD_OLD_INODE_SIZE ? le16_to_cpu(raw->i_extra_isize) : 0;

	if (extra % 4 || EXT4_GOOD_OLD_INODE_SIZE + extra > s->inode_size)
		return bad(inode, "size of the extra fields is impossible");
	ei->csum_seed = ext4_inode_csum_seed(s, (u32)inode->ino, le32_to_cpu(raw->i_generation));
	if (!csum_ok(s, ei->csum_seed, raw))
		return bad(inode, "wrong checksum");
	if (!raw->i_links_count && !raw->i_mode)
		return -ESTALE;
	ei->extra_isize = extra;
	return 0;
}

/* What the fields say, checked as far as one inode alone can be. */
static int check_loaded(struct inode *inode)
{
	struct ext4_inode *ei = EXT4_I(inode);
	struct ext4_sb *s = EXT4_SB(inode->sb);
	struct ext4_path path[EXT_MAX_DEPTH + 1];
	int depth, err;

	if (ei->flags & (FL_INLINE_DATA | FL_ENCRYPT | FL_CASEFOLD | FL_VERITY | FL_EA_INODE))
		return bad(inode, "uses a feature that the super block does not announce");
	if (ei->file_acl && !ext4_blocks_valid(s, ei->file_acl, 1))
		return bad(inode, "attribute block out of range");
	if (inode->size < 0 || inode->size > inode->sb->maxbytes)
		return bad(inode, "impossible size");
	if (!S_ISREG(inode->mode) && !S_ISDIR(inode->mode) && !S_ISLNK(inode->mode))
		return S_ISCHR(inode->mode) || S_ISBLK(inode->mode) || S_ISFIFO(inode->mode) || S_ISSOCK(inode->mode) ? 0
			: bad(inode, "unknown type");
	if (S_ISDIR(inode->mode) && (inode->size < s->bs || inode->size >> s->bits > U32_MAX))
		return bad(inode, "impossible size of a directory");
	if (!(ei->flags & FL_EXTENTS))
		return 0;
	if (!(s->incompat & INCOMPAT_EXTENTS))
		return bad(inode, "uses extents, which the super block does not announce");
	err = ext4_ext_find_path(inode, 0, path, &depth);	/* the root and the way to the first leaf */
	if (!err)
		ext4_ext_put_path(path, depth);
	return err;
}

static void load(struct inode *inode, const struct ext4_raw_inode *raw)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	struct ext4_inode *ei = EXT4_I(inode);

	inode->mode = le16_to_cpu(raw->i_mode);
	inode->uid = le16_to_cpu(raw->i_uid) | (u32)le16_to_cpu(raw->i_uid_high) << 16;
	inode->gid = le16_to_cpu(raw->i_gid) | (u32)le16_to_cpu(raw->i_gid_high) << 16;
	inode->nlink = le16_to_cpu(raw->i_links_count);
	inode->size = le32_to_cpu(raw->i_size_lo);
	if (S_ISREG(inode->mode) || S_ISLNK(inode->mode))
		inode->size |= (loff_t)((u64)le32_to_cpu(raw->i_size_high) << 32);
	ei->disk_size = inode->size;
	inode->generation = le32_to_cpu(raw->i_generation);
	inode->version = le32_to_cpu(raw->i_version);
	if (HAS(raw, ei->extra_isize, i_version_hi))
		inode->version |= (u64)le32_to_cpu(raw->i_version_hi) << 32;
	ei->flags = le32_to_cpu(raw->i_flags);
	ei->file_acl = le32_to_cpu(raw->i_file_acl_lo) | (s->incompat & INCOMPAT_64BIT ? (u64)le16_to_cpu(raw->i_file_acl_high) << 32 : 0);
	ei->group = (u32)((inode->ino - 1) / s->inodes_per_group);
	inode->blocks = get_blocks(s, raw, ei->flags);
	memcpy(ei->i_data, raw->i_block, sizeof(ei->i_data));
	if (!ext4_may_have_xattrs(inode, raw))
		inode->acl = NULL;		/* nobody has to ask */
	get_times(inode, raw, ei->extra_isize);
	ext4_set_inode_flags(inode);
	ext4_set_inode_ops(inode);
	if (S_ISCHR(inode->mode) || S_ISBLK(inode->mode) || S_ISFIFO(inode->mode) || S_ISSOCK(inode->mode))
		get_rdev(inode, raw);
}

static int read_inode(struct inode *inode)
{
	struct ext4_raw_inode *raw;
	struct buf *b;
	int err = slot_of(inode->sb, inode->ino, &b, &raw);

	if (err)
		return err;
	err = check_raw(inode, raw);
	if (!err)
		load(inode, raw);
	buf_put(b);
	return err ? err : check_loaded(inode);
}

struct inode *ext4_iget(struct super_block *sb, u64 ino)
{
	struct inode *inode;
	int err;

	might_sleep();
	if (ino < 1 || ino > EXT4_SB(sb)->inodes)
		return ERR_PTR(ext4_error(sb, "inode number %llu out of range", (unsigned long long)ino));
	inode = iget_locked(sb, ino);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	if (!(inode->state & I_NEW)) {
		if (!(inode->state & I_BAD))
			return inode;
		iput(inode);
		return ERR_PTR(-EIO);
	}
	err = read_inode(inode);
	if (err) {
		iget_failed(inode);
		return ERR_PTR(err);
	}
	inode_unlock_new(inode);
	return inode;
}

/* --- writing --- */

static void put_time(struct timespec64 t, __le32 *sec, __le32 *extra, bool has_extra)
{
	*sec = cpu_to_le32((u32)t.sec);
	if (has_extra)
		*extra = cpu_to_le32(t.nsec << 2 | ((u32)((t.sec - (s32)t.sec) >> 32) & 3));
}

static void put_times(const struct inode *inode, struct ext4_raw_inode *raw, u16 extra)
{
	put_time(inode->atime, &raw->i_atime, &raw->i_atime_extra, HAS(raw, extra, i_atime_extra));
	put_time(inode->mtime, &raw->i_mtime, &raw->i_mtime_extra, HAS(raw, extra, i_mtime_extra));
	put_time(inode->ctime, &raw->i_ctime, &raw->i_ctime_extra, HAS(raw, extra, i_ctime_extra));
	if (HAS(raw, extra, i_crtime))
		put_time(inode->btime, &raw->i_crtime, &raw->i_crtime_extra, HAS(raw, extra, i_crtime_extra));
}

static void put_blocks(const struct ext4_sb *s, struct inode *inode, struct ext4_raw_inode *raw)
{
	struct ext4_inode *ei = EXT4_I(inode);
	u64 n = inode->blocks;

	ei->flags &= ~FL_HUGE_FILE;
	if (n >> 48 && s->ro_compat & RO_COMPAT_HUGE_FILE) {
		ei->flags |= FL_HUGE_FILE;
		n >>= s->bits - 9;
	}
	raw->i_blocks_lo = cpu_to_le32(n);
	if (s->ro_compat & RO_COMPAT_HUGE_FILE)
		raw->i_blocks_high = cpu_to_le16(n >> 32);
}

/* A file of 2 GiB and more is announced once for all. */
static void announce_large(struct ext4_sb *s, loff_t size)
{
	if (size <= 0x7fffffff || s->ro_compat & RO_COMPAT_LARGE_FILE)
		return;
	s->ro_compat |= RO_COMPAT_LARGE_FILE;
	s->es->s_feature_ro_compat = cpu_to_le32(s->ro_compat);
	ext4_commit_super(s, false);
}

static void put_block_map(struct inode *inode, struct ext4_raw_inode *raw)
{
	if (S_ISCHR(inode->mode) || S_ISBLK(inode->mode)) {
		bool old = MAJOR(inode->rdev) < 256 && MINOR(inode->rdev) < 256;

		raw->i_block[0] = cpu_to_le32(old ? MAJOR(inode->rdev) << 8 | MINOR(inode->rdev) : 0);
		raw->i_block[1] = cpu_to_le32(old ? 0 : dev_encode(inode->rdev));
	} else {
		memcpy(raw->i_block, EXT4_I(inode)->i_data, sizeof(raw->i_block));
	}
}

/* Does the slot lack more than times? Then fdatasync(2) has to write it. */
static void note_change(struct inode *inode, const struct ext4_raw_inode *before, const struct ext4_raw_inode *after)
{
	if (before->i_size_lo != after->i_size_lo || before->i_size_high != after->i_size_high || before->i_mode != after->i_mode ||
	    before->i_links_count != after->i_links_count || before->i_blocks_lo != after->i_blocks_lo ||
	    before->i_flags != after->i_flags || memcmp(before->i_block, after->i_block, sizeof(after->i_block)))
		EXT4_I(inode)->unsynced = true;
}

static void store(struct inode *inode, struct ext4_raw_inode *raw)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	struct ext4_inode *ei = EXT4_I(inode);
	struct ext4_raw_inode before;
	u64 size = (u64)max(inode->size, ei->size_floor);

	memcpy(&before, raw, EXT4_GOOD_OLD_INODE_SIZE);

	raw->i_mode = cpu_to_le16(inode->mode);
	raw->i_uid = cpu_to_le16(inode->uid);
	raw->i_uid_high = cpu_to_le16(inode->uid >> 16);
	raw->i_gid = cpu_to_le16(inode->gid);
	raw->i_gid_high = cpu_to_le16(inode->gid >> 16);
	raw->i_links_count = cpu_to_le16(inode->nlink);
	raw->i_size_lo = cpu_to_le32(size);
	if (S_ISREG(inode->mode) || S_ISLNK(inode->mode))
		raw->i_size_high = cpu_to_le32(size >> 32);
	raw->i_dtime = 0;
	raw->i_generation = cpu_to_le32(inode->generation);
	raw->i_version = cpu_to_le32(inode->version);
	put_blocks(s, inode, raw);
	raw->i_flags = cpu_to_le32(ei->flags);
	raw->i_file_acl_lo = cpu_to_le32(ei->file_acl);
	if (s->incompat & INCOMPAT_64BIT)
		raw->i_file_acl_high = cpu_to_le16(ei->file_acl >> 32);
	put_block_map(inode, raw);
	if (s->inode_size > EXT4_GOOD_OLD_INODE_SIZE)
		raw->i_extra_isize = cpu_to_le16(ei->extra_isize);
	if (HAS(raw, ei->extra_isize, i_version_hi))
		raw->i_version_hi = cpu_to_le32(inode->version >> 32);
	put_times(inode, raw, ei->extra_isize);
	note_change(inode, &before, raw);
}

int ext4_write_inode(struct inode *inode, bool sync)
{
	struct ext4_raw_inode *raw;
	struct buf *b;
	int err;

	might_sleep();
	if (sb_rdonly(inode->sb) || inode->state & I_BAD)
		return 0;
	err = ext4_inode_buf(inode, &b, &raw);
	if (err)
		return err;
	store(inode, raw);
	ext4_inode_buf_dirty(inode, b, raw);
	buf_put(b);
	if (S_ISREG(inode->mode))
		announce_large(EXT4_SB(inode->sb), inode->size);
	return 0;
}

int ext4_write_inode_now(struct inode *inode)
{
	struct ext4_raw_inode *raw;
	struct buf *b;
	int err = ext4_inode_buf(inode, &b, &raw);

	if (err)
		return err;
	store(inode, raw);
	ext4_inode_buf_dirty(inode, b, raw);
	err = buf_write(b);
	buf_put(b);
	if (!err)
		EXT4_I(inode)->disk_size = max(inode->size, EXT4_I(inode)->size_floor);
	return err;
}

/* --- the end --- */

static bool has_blocks(const struct inode *inode)
{
	if (S_ISREG(inode->mode) || S_ISDIR(inode->mode))
		return true;
	return S_ISLNK(inode->mode) && (EXT4_I(inode)->flags & FL_EXTENTS || inode->size >= (loff_t)sizeof(EXT4_I(inode)->i_data));
}

void ext4_evict(struct inode *inode)
{
	struct ext4_inode *ei = EXT4_I(inode);
	struct ext4_raw_inode *raw;
	struct buf *b;

	might_sleep();
	inode_undirty(inode);
	truncate_pagecache(inode, 0);
	if (ei->da_blocks)
		ext4_da_release(inode, 0, U32_MAX);
	if (sb_rdonly(inode->sb) || !inode->ino)
		return;
	if (has_blocks(inode)) {
		down_write(&ei->map_sem);
		ext4_map_remove(inode, 0, ext4_max_block(inode));
		up_write(&ei->map_sem);
	}
	ext4_xattr_drop(inode);
	inode->size = 0;
	if (!ext4_inode_buf(inode, &b, &raw)) {
		store(inode, raw);
		raw->i_dtime = cpu_to_le32(ktime_real().sec);
		ext4_inode_buf_dirty(inode, b, raw);
		buf_put(b);
	}
	ext4_free_inode(inode);
}

/* --- attributes --- */

int ext4_truncate(struct inode *inode, loff_t size)
{
	struct ext4_inode *ei = EXT4_I(inode);
	u32 bits = EXT4_SB(inode->sb)->bits;
	u64 first = ((u64)size + (1U << bits) - 1) >> bits;
	int err = 0;

	might_sleep();
	if (first <= ext4_max_block(inode)) {
		ext4_da_release(inode, (u32)first, U32_MAX);
		down_write(&ei->map_sem);
		err = ext4_map_remove(inode, (u32)first, ext4_max_block(inode));
		if (!err && first && ei->size_floor)
			err = ext4_ext_sync_path(inode, (u32)first - 1);
		up_write(&ei->map_sem);
	}
	ei->size_floor = 0;
	ei->disk_size = min(ei->disk_size, size);
	ei->goal = 0;
	inode_mark_dirty(inode, I_DIRTY_META);
	return err;
}

static int set_size(struct inode *inode, loff_t size)
{
	loff_t old = inode->size;
	int err;

	if (!S_ISREG(inode->mode))
		return S_ISDIR(inode->mode) ? -EISDIR : -EINVAL;
	if (size > inode->sb->maxbytes)
		return -EFBIG;
	if (size < old) {
		err = ext4_zero_partial(inode, size, size | (EXT4_SB(inode->sb)->bs - 1));
		if (err)
			return err;
		/* The extent that is cut must be shorter on the disk before the size is: see size_first() in extent_edit.c. */
		if (ext4_has_extents(inode) && ((const struct ext4_extent_header *)EXT4_I(inode)->i_data)->depth)
			EXT4_I(inode)->size_floor = old;
	}
	inode->size = size;
	inode->mtime = inode->ctime = ktime_real_coarse();
	inode_mark_dirty(inode, I_DIRTY_META);
	if (size > old) {
		ext4_protect_tail(inode, old);
		return 0;
	}
	truncate_pagecache(inode, size);
	return ext4_truncate(inode, size);
}

int ext4_setattr(struct dentry *dentry, struct kattr *attr)
{
	struct inode *inode = dentry->inode;
	int err;

	might_sleep();
	if (inode->flags & S_IMMUTABLE_)
		return -EPERM;
	if (attr->valid & ATTR_SIZE && attr->size != inode->size) {
		err = set_size(inode, attr->size);
		if (err)
			return err;
	} else if (attr->valid & ATTR_SIZE && S_ISREG(inode->mode)) {
		err = ext4_truncate(inode, inode->size);	/* blocks kept behind the end go too */
		if (err)
			return err;
	}
	setattr_copy(inode, attr);
	inode_mark_dirty(inode, I_DIRTY_META);
	return 0;
}

int ext4_getattr(const struct path *path, struct kstat *st)
{
	struct inode *inode = path->dentry->inode;
	struct ext4_inode *ei = EXT4_I(inode);

	generic_fillattr(inode, st);
	st->blocks += (u64)ei->da_blocks << (EXT4_SB(inode->sb)->bits - 9);
	if (HAS(NULL, ei->extra_isize, i_crtime)) {
		st->btime = inode->btime;
		st->result_mask |= STATX_BTIME;
	}
	st->attributes_mask |= STATX_ATTR_APPEND | STATX_ATTR_IMMUTABLE | STATX_ATTR_NODUMP;
	if (ei->flags & FL_APPEND)
		st->attributes |= STATX_ATTR_APPEND;
	if (ei->flags & FL_IMMUTABLE)
		st->attributes |= STATX_ATTR_IMMUTABLE;
	if (ei->flags & FL_NODUMP)
		st->attributes |= STATX_ATTR_NODUMP;
	return 0;
}
