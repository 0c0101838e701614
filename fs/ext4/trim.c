// SPDX-License-Identifier: GPL-2.0
/*
 * fstrim(8): free blocks are given back to the host. A run is taken out of the bitmap while it is discarded, so that nobody
 * writes to it in between; a crash then leaves it marked as used, which e2fsck puts right.
 */
#include "ext4.h"
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <lib/bitmap.h>

#define MAX_RUN	32768U

static int trim_run(struct ext4_sb *s, u32 group, struct buf *b, u32 bit, u32 len)
{
	u64 block = ext4_group_first_block(s, group) + bit;
	unsigned long *map = (unsigned long *)b->data;
	u32 shift = s->bits - SECTOR_SHIFT;
	int err;

	for (u32 i = bit; i < bit + len; i++)
		set_bit(map, i);
	err = blk_discard(s->bd, block << shift, (u64)len << shift);
	for (u32 i = bit; i < bit + len; i++)
		clear_bit(map, i);
	return err;
}

/* Free runs of at least min blocks in [from, to) of the group. */
static int trim_group(struct ext4_sb *s, u32 group, u32 from, u32 to, u32 min_len, u64 *trimmed)
{
	struct buf *b = ext4_block_bitmap(s, group);
	const unsigned long *map;
	int err = 0;

	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	map = (const unsigned long *)b->data;
	while (from < to && !err) {
		u32 a = (u32)find_next_zero_bit(map, to, from), end;

		if (a >= to)
			break;
		end = (u32)find_next_bit(map, min(to, a + MAX_RUN), a);
		if (end - a >= min_len) {
			err = trim_run(s, group, b, a, end - a);
			if (!err)
				*trimmed += end - a;
		}
		from = end + 1;
		if (fatal_signal_pending(current))
			err = -EINTR;
		cond_resched();
	}
	buf_put(b);
	return err;
}

int ext4_trim(struct super_block *sb, uaddr_t arg)
{
	struct ext4_sb *s = EXT4_SB(sb);
	struct fstrim_range r;
	u64 start, end, trimmed = 0;
	int err = copy_from_user(&r, arg, sizeof(r));

	might_sleep();
	if (err)
		return err;
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (sb_rdonly(sb))
		return -EROFS;
	if (!s->bd->whole->can_discard)
		return -EOPNOTSUPP;
	start = max_t(u64, r.start >> s->bits, s->first_data_block);
	end = r.len >> s->bits > s->blocks - min(start, s->blocks) ? s->blocks : start + (r.len >> s->bits);
	if (r.start >> s->bits >= s->blocks || r.len < s->bs || r.minlen >> s->bits > s->blocks_per_group)
		return -EINVAL;
	err = sync_filesystem(sb);		/* what was freed must be free on the disk before it is gone */
	for (u64 block = start; block < end && !err; ) {
		u32 group = (u32)((block - s->first_data_block) / s->blocks_per_group);
		u64 first = ext4_group_first_block(s, group), behind = first + ext4_blocks_in_group(s, group);

		err = trim_group(s, group, (u32)(block - first), (u32)(min(end, behind) - first),
				 max_t(u32, (u32)(r.minlen >> s->bits), 1), &trimmed);
		block = behind;
	}
	r.len = trimmed << s->bits;
	return err ? err : copy_to_user(arg, &r, sizeof(r));
}
