// SPDX-License-Identifier: GPL-2.0
/*
 * The content of regular files: reading and writing pages, delayed allocation's end, fsync.
 * A write promises blocks (reserve); they are placed when the pages go to the disk, many at once and side by side.
 */
#include "ext4.h"
#include <fs/mpage.h>
#include <fs/mount.h>
#include <mm/mm.h>

static u32 first_block(const struct ext4_sb *s, loff_t pos) { return (u32)((u64)pos >> s->bits); }

static int read_map(struct inode *inode, loff_t pos, u64 len, bool write, struct file_map *out)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	struct ext4_map map;
	int err;

	err = ext4_map_find(inode, first_block(s, pos), (u32)(len >> s->bits), &map);
	if (err)
		return err;
	out->hole = map.state != MAP_WRITTEN;
	out->sector = map.pblk << (s->bits - 9);
	out->len = (u64)map.len << s->bits;
	return 0;
}

/* A dirty page's hole: blocks that were promised are placed now. *out stays a hole where nothing was. */
static int place(struct inode *inode, struct ext4_map *map)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	u32 n = ext4_da_find(inode, map->lblk), next;
	unsigned flags = ALLOC_RESERVED;
	int err;

	if (!n && s->bs < PAGE_SIZE) {		/* the page's other blocks: nobody wrote there */
		if (ext4_da_next(inode, map->lblk, &next))
			map->len = min(map->len, next - map->lblk);
		return 0;
	}
	if (!n) {
		n = 1;
		flags = 0;
	}
	n = min(n, map->len);
	err = ext4_map_alloc(inode, map->lblk, n, flags, false, map);
	if (!err)
		ext4_da_release(inode, map->lblk, map->lblk + map->len - 1);
	return err;
}

static int write_map(struct inode *inode, loff_t pos, u64 len, bool write, struct file_map *out)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	struct ext4_inode *ei = EXT4_I(inode);
	u32 lblk = first_block(s, pos), max = (u32)(len >> s->bits);
	struct ext4_map map;
	int err = ext4_map_find(inode, lblk, max, &map);

	if (!err && map.state != MAP_WRITTEN) {
		down_write(&ei->map_sem);
		err = ext4_map_locked(inode, lblk, max, &map);
		if (!err && map.state == MAP_UNWRITTEN)
			err = ext4_ext_convert(inode, lblk, map.len);
		else if (!err && map.state == MAP_HOLE)
			err = place(inode, &map);
		up_write(&ei->map_sem);
	}
	if (err)
		return err;
	out->hole = map.state == MAP_HOLE;
	out->sector = map.pblk << (s->bits - 9);
	out->len = (u64)map.len << s->bits;
	return 0;
}

static int ext4_readpages(struct address_space *m, struct page **pages, unsigned n)
{
	return mpage_readpages(m, pages, n, EXT4_SB(m->host->sb)->bd, read_map);
}

static int ext4_writepages(struct address_space *m, struct writeback_control *wbc)
{
	struct ext4_sb *s = EXT4_SB(m->host->sb);

	return mpage_writepages(m, wbc, s->bd, s->bs, write_map);
}

static int ext4_reserve(struct inode *inode, loff_t pos, size_t len)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);

	if (unlikely(sb_rdonly(inode->sb)))
		return -EROFS;
	if (!len)
		return 0;
	if (pos + (loff_t)len > inode->sb->maxbytes)
		return -EFBIG;
	return ext4_da_reserve(inode, first_block(s, pos), first_block(s, pos + (loff_t)len - 1));
}

/* Fewer bytes came than were announced: promises for pages that did not get dirty are taken back. */
static void ext4_written(struct inode *inode, loff_t pos, size_t len, size_t copied)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	u64 first = copied ? first_block(s, pos + (loff_t)copied - 1) + 1ULL : first_block(s, pos);
	u32 last, per = (u32)(PAGE_SIZE >> s->bits);

	if (likely(copied == len) || !len)
		return;
	last = first_block(s, pos + (loff_t)len - 1);
	for (u64 b = first; b <= last; b = (b / per + 1) * per) {
		struct page *p = xa_load(&inode->data.pages, b / per);

		if (!p || !(p->flags & (BIT(PG_DIRTY) | BIT(PG_WRITEBACK))))
			ext4_da_release(inode, (u32)b, (u32)min_t(u64, last, b / per * per + per - 1));
	}
}

static void ext4_invalidate(struct page *p, bool was_dirty)
{
	struct inode *inode = p->mapping->host;
	u32 per = (u32)(PAGE_SIZE >> EXT4_SB(inode->sb)->bits);

	if (was_dirty && EXT4_I(inode)->da_blocks)
		ext4_da_release(inode, (u32)(p->index * per), (u32)(p->index * per + per - 1));
}

#define AOPS	.readpages = ext4_readpages, .writepages = ext4_writepages, .reserve = ext4_reserve, \
		.written = ext4_written, .invalidate = ext4_invalidate

static const struct address_space_ops page_blocks_aops = { AOPS };
static const struct address_space_ops small_blocks_aops = { AOPS, .small_blocks = true };

const struct address_space_ops *ext4_aops(const struct super_block *sb)
{
	return EXT4_SB(sb)->bs < PAGE_SIZE ? &small_blocks_aops : &page_blocks_aops;
}

void ext4_protect_tail(struct inode *inode, loff_t old_size)
{
	struct page *p;

	if (EXT4_SB(inode->sb)->bs == PAGE_SIZE || !(old_size & ~PAGE_MASK))
		return;
	p = find_get_page(&inode->data, (u64)old_size >> PAGE_SHIFT);
	if (!p)
		return;
	page_protect_clean(p);
	page_put(p);
}

int ext4_zero_partial(struct inode *inode, loff_t from, loff_t to)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	u32 lblk = first_block(s, from);
	size_t off = from & ~PAGE_MASK;
	struct ext4_map map;
	struct page *p;
	int err;

	if (!(from & (s->bs - 1)) && !((to + 1) & (s->bs - 1)))
		return 0;	/* a whole block: is dropped, not zeroed */
	err = ext4_map_find(inode, lblk, 1, &map);
	if (err)
		return err;
	if (map.state == MAP_HOLE && !ext4_da_find(inode, lblk))
		return 0;
	p = read_cache_page(&inode->data, (u64)from >> PAGE_SHIFT);
	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	memset((u8 *)page_address(p) + off, 0, (size_t)(to - from) + 1);
	if (p->mapping && (map.state != MAP_UNWRITTEN || page_test(p, PG_DIRTY)))
		page_mark_dirty(p);
	page_put(p);
	return 0;
}

static ssize_t ext4_file_write(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct inode *inode = f->inode;
	loff_t old = inode->size;
	u64 room;
	size_t cut = 0;
	ssize_t n;

	if (inode->flags & S_IMMUTABLE_)	/* made so after the file was opened */
		return -EPERM;
	if (*pos >= inode->sb->maxbytes)
		return it->count ? -EFBIG : 0;
	room = (u64)(inode->sb->maxbytes - *pos);
	if (it->count > room) {
		cut = it->count - room;
		it->count = room;
	}
	if (*pos > old)
		ext4_protect_tail(inode, old);
	n = filemap_write(f, it, pos);
	it->count += cut;
	return n;
}

/* Names count: a file that was synced must be found again. So the directories above go along, as far as they are dirty. */
static int sync_parents(struct file *f)
{
	struct dentry *d = f->path.dentry;
	int err = 0;

	for (dget(d); !err && d != d->sb->root; ) {
		struct dentry *up = dget(d->parent);
		bool top = up == d;

		if (up->inode && up->inode->state & I_DIRTY_ALL)
			err = inode_write(up->inode, false);
		dput(d);
		d = up;
		if (top)
			break;
	}
	dput(d);
	return err;
}

/* The inode, the names that lead to it, and all metadata that is dirty: its map, bitmaps and descriptors, directory blocks. */
static int sync_metadata(struct file *f)
{
	struct ext4_inode *ei = EXT4_I(f->inode);
	int err = inode_write(f->inode, true), err2 = sync_parents(f);

	err = err ? err : err2;
	ei->unsynced = false;
	err2 = sync_buffers(EXT4_SB(f->inode->sb)->bd);
	err = err ? err : err2;
	if (err)
		ei->unsynced = true;
	return err;
}

int ext4_fsync(struct file *f, loff_t start, loff_t end, bool datasync)
{
	struct inode *inode = f->inode;
	struct ext4_sb *s = EXT4_SB(inode->sb);
	int err, err2 = 0;

	might_sleep();
	if (sb_rdonly(inode->sb))
		return s->failed ? -EROFS : 0;
	err = filemap_write_and_wait(&inode->data, start, end);
	if (!datasync || inode->state & I_DIRTY_META || EXT4_I(inode)->unsynced)
		err2 = sync_metadata(f);
	err = err ? err : err2;
	err2 = filemap_check_errors(f);
	err = err ? err : err2;
	err2 = blk_flush(s->bd);
	return err ? err : err2;
}

const struct file_ops ext4_file_ops = {
	.read = filemap_read,
	.write = ext4_file_write,
	.llseek = ext4_llseek,
	.mmap = filemap_mmap,
	.fsync = ext4_fsync,
	.fallocate = ext4_fallocate,
	.ioctl = ext4_ioctl,
};

const struct inode_ops ext4_file_iops = {
	.setattr = ext4_setattr,
	.getattr = ext4_getattr,
	.getxattr = ext4_getxattr,
	.setxattr = ext4_setxattr,
	.listxattr = ext4_listxattr,
	.fileattr_get = ext4_fileattr_get,
	.fileattr_set = ext4_fileattr_set,
};
