// SPDX-License-Identifier: GPL-2.0
/*
 * The inode allocator. Directories of the root are spread over the groups, others stay near their parent while that has
 * room; files go to the group of their directory, so that what is used together lies together.
 */
#include "ext4.h"
#include <kernel/timer.h>
#include <lib/bitmap.h>

static u32 hash_name(const struct qstr *name)
{
	return name ? hash_str(name->name, name->len) : get_random_u32();
}

static bool has_inodes(struct ext4_sb *s, u32 g)
{
	return !s->group[g].ibitmap_bad && ext4_free_inodes_in_group(s, ext4_desc(s, g, NULL));
}

static int any_group(struct ext4_sb *s, u32 from)
{
	for (u32 i = 0; i < s->groups; i++)
		if (has_inodes(s, (from + i) % s->groups))
			return (int)((from + i) % s->groups);
	return -ENOSPC;
}

/* A directory of the root: the group with the fewest directories among those with more than average room. */
static int spread_group(struct ext4_sb *s, const struct qstr *name)
{
	u32 from = hash_name(name) % s->groups, avg_inodes = s->free_inodes / s->groups, fewest = ~0U;
	u64 avg_blocks = s->free_blocks / s->groups;
	int best = -1;

	for (u32 i = 0; i < s->groups; i++) {
		u32 g = (from + i) % s->groups;
		struct ext4_group_desc *d = ext4_desc(s, g, NULL);

		if (!has_inodes(s, g) || ext4_free_inodes_in_group(s, d) < avg_inodes || ext4_free_in_group(s, d) < avg_blocks)
			continue;
		if (ext4_dirs_in_group(s, d) < fewest) {
			fewest = ext4_dirs_in_group(s, d);
			best = (int)g;
		}
	}
	return best >= 0 ? best : any_group(s, from);
}

/* Any other directory: the parent's group unless it is crowded. */
static int near_group(struct ext4_sb *s, u32 parent)
{
	u32 min_inodes = s->free_inodes / s->groups / 4;
	u64 min_blocks = s->free_blocks / s->groups / 4;

	for (u32 i = 0; i < s->groups; i++) {
		u32 g = (parent + i) % s->groups;
		struct ext4_group_desc *d = ext4_desc(s, g, NULL);

		if (has_inodes(s, g) && ext4_free_inodes_in_group(s, d) >= min_inodes && ext4_free_in_group(s, d) >= min_blocks)
			return (int)g;
	}
	return any_group(s, parent);
}

/* A file: the parent's group, then ever farther ones, then any. */
static int file_group(struct ext4_sb *s, u32 parent, u64 parent_ino)
{
	u32 g = parent;

	if (has_inodes(s, g) && ext4_free_in_group(s, ext4_desc(s, g, NULL)))
		return (int)g;
	g = (u32)((parent + parent_ino) % s->groups);
	for (u32 step = 1; step < s->groups; step <<= 1) {
		g = (g + step) % s->groups;
		if (has_inodes(s, g) && ext4_free_in_group(s, ext4_desc(s, g, NULL)))
			return (int)g;
	}
	return any_group(s, parent);
}

static int choose_group(struct inode *dir, mode_t mode, const struct qstr *name)
{
	struct ext4_sb *s = EXT4_SB(dir->sb);
	u32 parent = EXT4_I(dir)->group;

	if (!S_ISDIR(mode))
		return file_group(s, parent, dir->ino);
	if (dir->ino == EXT4_ROOT_INO || EXT4_I(dir)->flags & FL_TOPDIR)
		return spread_group(s, name);
	return near_group(s, parent);
}

/* Takes a free inode of the group: its number, or -ENOSPC: none after all. */
static s64 take_inode(struct ext4_sb *s, u32 group, bool is_dir)
{
	struct ext4_group_desc *d = ext4_desc(s, group, NULL);
	struct buf *b = ext4_inode_bitmap(s, group);
	u32 bit, first = 0, used, free;

	if (IS_ERR(b))
		return PTR_ERR(b);
	if (!group)
		first = s->first_ino - 1;
	bit = (u32)find_next_zero_bit((unsigned long *)b->data, s->inodes_per_group, first);
	if (bit >= s->inodes_per_group) {
		s->group[group].ibitmap_bad = true;	/* the descriptor says otherwise: leave it to e2fsck */
		buf_put(b);
		return -ENOSPC;
	}
	set_bit((unsigned long *)b->data, bit);
	free = ext4_free_inodes_in_group(s, d);
	ext4_set_free_inodes_in_group(s, d, free - (free ? 1 : 0));
	if (is_dir)
		ext4_set_dirs_in_group(s, d, ext4_dirs_in_group(s, d) + 1);
	if (ext4_has_group_csum(s)) {
		used = s->inodes_per_group - min(ext4_itable_unused(s, d), s->inodes_per_group);
		if (le16_to_cpu(d->flags) & BG_INODE_UNINIT)
			used = 0;
		if (bit >= used)
			ext4_set_itable_unused(s, d, s->inodes_per_group - bit - 1);
	}
	ext4_inode_bitmap_dirty(s, group, b);
	buf_put(b);
	s->free_inodes -= s->free_inodes ? 1 : 0;
	return (s64)group * s->inodes_per_group + bit + 1;
}

static void give_back(struct ext4_sb *s, u64 ino, bool is_dir)
{
	u32 group = (u32)((ino - 1) / s->inodes_per_group), bit = (u32)((ino - 1) % s->inodes_per_group);
	struct ext4_group_desc *d = ext4_desc(s, group, NULL);
	struct buf *b = ext4_inode_bitmap(s, group);

	if (IS_ERR(b))
		return;
	if (!test_bit((unsigned long *)b->data, bit)) {
		ext4_error(s->sb, "inode %llu: freed twice", (unsigned long long)ino);
		buf_put(b);
		return;
	}
	clear_bit((unsigned long *)b->data, bit);
	ext4_set_free_inodes_in_group(s, d, min(ext4_free_inodes_in_group(s, d) + 1, s->inodes_per_group));
	if (is_dir && ext4_dirs_in_group(s, d))
		ext4_set_dirs_in_group(s, d, ext4_dirs_in_group(s, d) - 1);
	ext4_inode_bitmap_dirty(s, group, b);
	buf_put(b);
	s->free_inodes++;
}

static void inherit(struct inode *inode, const struct inode *dir, mode_t mode)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	struct ext4_inode *ei = EXT4_I(inode);

	inode_init_owner(inode, dir, mode);
	if (s->opt_grpid)
		inode->gid = dir->gid;
	ei->flags = EXT4_I(dir)->flags & FL_INHERITED;
	if (!S_ISDIR(mode))
		ei->flags &= ~FL_DIRSYNC;
	if (S_ISLNK(mode))
		ei->flags &= ~(FL_SYNC | FL_NODUMP);
	if (s->incompat & INCOMPAT_EXTENTS && (S_ISREG(mode) || S_ISDIR(mode) || S_ISLNK(mode)))
		ei->flags |= FL_EXTENTS;
}

/* What the table holds there is an old inode, or was never written at all. */
static int clear_slot(struct inode *inode)
{
	struct ext4_raw_inode *raw;
	struct buf *b;
	int err = ext4_inode_buf(inode, &b, &raw);

	if (err)
		return err;
	memset(raw, 0, EXT4_SB(inode->sb)->inode_size);
	buf_put(b);
	return ext4_write_inode(inode, false);
}

struct inode *ext4_new_inode(struct inode *dir, mode_t mode, const struct qstr *name)
{
	struct super_block *sb = dir->sb;
	struct ext4_sb *s = EXT4_SB(sb);
	struct inode *inode;
	struct ext4_inode *ei;
	s64 ino = -ENOSPC;
	int err;

	might_sleep();
	inode = new_inode(sb);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	for (u32 try = 0; try <= s->groups && ino < 0; try++) {
		int group = choose_group(dir, mode, name);

		if (group < 0)
			break;
		ino = take_inode(s, (u32)group, S_ISDIR(mode));
	}
	if (ino < 0) {
		iput(inode);
		return ERR_PTR(ino == -EUCLEAN || ino == -EIO ? ino : why(-ENOSPC, "no free inode"));
	}
	ei = EXT4_I(inode);
	inode->ino = (u64)ino;
	inode->acl = NULL;
	inherit(inode, dir, mode);
	inode->generation = get_random_u32();
	inode->blocks = 0;
	ei->group = (u32)((ino - 1) / s->inodes_per_group);
	ei->extra_isize = 0;
	if (s->inode_size > EXT4_GOOD_OLD_INODE_SIZE)
		ei->extra_isize = sizeof(struct ext4_raw_inode) - EXT4_GOOD_OLD_INODE_SIZE;
	ei->csum_seed = ext4_inode_csum_seed(s, (u32)ino, inode->generation);
	if (ei->flags & FL_EXTENTS)
		ext4_ext_init(inode);
	ext4_set_inode_flags(inode);
	err = clear_slot(inode);
	if (err) {
		give_back(s, inode->ino, S_ISDIR(mode));
		iput(inode);
		return ERR_PTR(err);
	}
	inode_insert(inode);
	inode_mark_dirty(inode, I_DIRTY_META);
	return inode;
}

void ext4_free_inode(struct inode *inode)
{
	give_back(EXT4_SB(inode->sb), inode->ino, S_ISDIR(inode->mode));
}
