// SPDX-License-Identifier: GPL-2.0
/*
 * Orphans: files that were deleted while open, or were being truncated, when the last system went down. The old way to keep
 * them is a list through their deletion times, the new one a file of inode numbers. We read both, and write the
 * list when a file system becomes read-only under files that were deleted.
 */
#include "ext4.h"
#include <kernel/sched.h>

/* Deletes or truncates one. Returns the number that follows it in the list. */
static u32 settle(struct ext4_sb *s, u32 ino, u32 *deleted, u32 *truncated)
{
	struct ext4_raw_inode *raw;
	struct inode *inode;
	struct buf *b;
	u32 next = 0;

	if (ino < s->first_ino || ino > s->inodes) {
		ext4_error(s->sb, "orphan inode number %u out of range", ino);
		return 0;
	}
	inode = ext4_iget(s->sb, ino);
	if (IS_ERR(inode))
		return 0;
	if (!ext4_inode_buf(inode, &b, &raw)) {
		next = le32_to_cpu(raw->i_dtime);
		buf_put(b);
	}
	if (inode->nlink) {
		if (S_ISREG(inode->mode)) {
			ext4_zero_partial(inode, inode->size, inode->size | (s->bs - 1));
			ext4_truncate(inode, inode->size);
		}
		++*truncated;
	} else {
		++*deleted;
	}
	iput(inode);
	return next;
}

static void settle_list(struct ext4_sb *s, u32 *deleted, u32 *truncated)
{
	u32 ino = le32_to_cpu(s->es->s_last_orphan);

	for (u32 n = 0; ino && n <= s->inodes; n++) {
		ino = settle(s, ino, deleted, truncated);
		cond_resched();
	}
	s->es->s_last_orphan = 0;
}

static u32 orphan_csum(struct inode *inode, const struct buf *b)
{
	__le64 no = cpu_to_le64(b->block);
	u32 c = crc32c(EXT4_I(inode)->csum_seed, &no, 8);

	return crc32c(c, b->data, b->size - sizeof(struct ext4_orphan_tail));
}

static void settle_block(struct ext4_sb *s, struct inode *file, struct buf *b, u32 *deleted, u32 *truncated)
{
	struct ext4_orphan_tail *tail = (struct ext4_orphan_tail *)(b->data + b->size - sizeof(*tail));
	__le32 *inos = (__le32 *)b->data;
	u32 n = (b->size - sizeof(*tail)) / 4;

	if (le32_to_cpu(tail->magic) != ORPHAN_MAGIC || (s->csum && le32_to_cpu(tail->checksum) != orphan_csum(file, b))) {
		ext4_error(s->sb, "damaged block of the orphan file");
		return;
	}
	for (u32 i = 0; i < n; i++) {
		u32 ino = le32_to_cpu(inos[i]);

		if (!ino)
			continue;
		settle(s, ino, deleted, truncated);
		inos[i] = 0;
	}
	if (s->csum)
		tail->checksum = cpu_to_le32(orphan_csum(file, b));
	buf_dirty(b);
}

static void settle_file(struct ext4_sb *s, u32 *deleted, u32 *truncated)
{
	struct inode *file = ext4_iget(s->sb, le32_to_cpu(s->es->s_orphan_file_inum));
	u32 nblocks;

	if (IS_ERR(file))
		return;
	nblocks = (u32)min_t(u64, (u64)file->size >> s->bits, 1U << 16);
	for (u32 i = 0; i < nblocks; i++) {
		struct buf *b;
		u64 pblk;

		if (ext4_meta_block(file, i, false, &pblk) || !pblk)
			break;
		b = buf_read(s->bd, pblk, s->bs);
		if (IS_ERR(b))
			break;
		settle_block(s, file, b, deleted, truncated);
		buf_put(b);
	}
	iput(file);
	s->ro_compat &= ~RO_COMPAT_ORPHAN_PRESENT;
	s->es->s_feature_ro_compat = cpu_to_le32(s->ro_compat);
}

/*
 * We stop writing while files without a name are still open: they go on the list for the next mount or e2fsck. Nothing else
 * is written to these inodes afterwards.
 */
void ext4_list_orphans(struct ext4_sb *s)
{
	struct inode *inode, *prev = NULL;
	u32 head = 0;

	list_for_each_entry(inode, &s->sb->inodes, sb_node) {
		struct ext4_raw_inode *raw;
		struct buf *b;

		if (inode->nlink || inode->state & (I_FREEING | I_NEW | I_BAD) || !inode->ino)
			continue;
		iget(inode);
		iput(prev);
		prev = inode;
		ext4_write_inode(inode, true);
		if (ext4_inode_buf(inode, &b, &raw))
			continue;
		raw->i_dtime = cpu_to_le32(head);
		head = (u32)inode->ino;
		ext4_inode_buf_dirty(inode, b, raw);
		buf_put(b);
	}
	iput(prev);
	s->es->s_last_orphan = cpu_to_le32(head);
}

void ext4_orphans(struct ext4_sb *s)
{
	bool file = s->compat & COMPAT_ORPHAN_FILE && s->ro_compat & RO_COMPAT_ORPHAN_PRESENT;
	u32 deleted = 0, truncated = 0;

	if (!s->es->s_last_orphan && !file)
		return;
	if (s->mount_state & EXT4_ERROR_FS) {
		pr_warn("%s: ext4: orphans are left to e2fsck\n", s->sb->id);
		return;
	}
	if (s->es->s_last_orphan)
		settle_list(s, &deleted, &truncated);
	if (file)
		settle_file(s, &deleted, &truncated);
	ext4_commit_super(s, false);
	pr_info("%s: ext4: %u orphans deleted, %u truncated\n", s->sb->id, deleted, truncated);
}
