// SPDX-License-Identifier: GPL-2.0
/*
 * Partition tables: MBR with its chain of extended ones, and GPT (UEFI 2.10, chapter 5). What they say is checked against
 * the disk's size; a table that makes no sense means a disk without partitions.
 */
#include <drivers/blkdev.h>
#include <kernel/printk.h>
#include <lib/misc.h>
#include <lib/string.h>
#include <mm/slab.h>

struct mbr_entry {
	u8 boot, chs_start[3], type, chs_end[3];
	__le32 start, n;
} __packed;
struct mbr { u8 code[446]; struct mbr_entry e[4]; __le16 magic; } __packed;
_Static_assert(sizeof(struct mbr) == 512, "MBR is a sector");

struct gpt_header {
	u8 sig[8];
	__le32 revision, size, crc, zero;
	__le64 my_lba, other_lba, first_lba, last_lba;
	u8 guid[16];
	__le64 entries_lba;
	__le32 nentries, entry_size, entries_crc;
} __packed;
_Static_assert(sizeof(struct gpt_header) == 92, "GPT header");
struct gpt_entry { u8 type[16], guid[16]; __le64 first, last, attrs; u8 name[72]; } __packed;
_Static_assert(sizeof(struct gpt_entry) == 128, "GPT entry");

#define GPT_MAX_BYTES	(128 * 1024U)
#define EBR_MAX		64		/* links of the chain that we follow */

static int read_sector(struct blkdev *bd, u64 sector, void *buf)
{
	if (sector >= bd->nsectors)
		return -EINVAL;
	return blk_rw_wait(bd, BLK_READ, sector, buf, 512);
}

static bool extended(u8 type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

static bool add(struct blkdev *bd, struct blk_part *parts, int *n, int max, int no, u64 start, u64 len)
{
	if (!len || start >= bd->nsectors || no > max || *n >= max)
		return false;
	parts[(*n)++] = (struct blk_part){ no, start, min(len, bd->nsectors - start) };
	return true;
}

/* Logical partitions, from 5 on: each link has one and the place of the next link, relative to the first. */
static void read_extended(struct blkdev *bd, u64 first, u64 limit, struct mbr *m, struct blk_part *parts, int *n, int max)
{
	u64 here = first;
	int no = 5;

	for (int link = 0; link < EBR_MAX && !read_sector(bd, here, m); link++) {
		u64 next = 0;

		if (le16_to_cpu(m->magic) != 0xaa55)
			return;
		for (int i = 0; i < 4; i++) {
			u64 start = le32_to_cpu(m->e[i].start), len = le32_to_cpu(m->e[i].n);

			if (!len)
				continue;
			if (extended(m->e[i].type)) {
				if (!next)
					next = first + start;
			} else if (m->e[i].type) {
				if (i < 2 && add(bd, parts, n, max, no, here + start, len))
					no++;
			}
		}
		if (next <= here || next >= first + limit)
			return;
		here = next;
	}
}

static int read_mbr(struct blkdev *bd, struct mbr *m, struct blk_part *parts, int max)
{
	u64 ext = 0, ext_len = 0;
	int n = 0;

	for (int i = 0; i < 4; i++) {	/* a boot sector of a file system has the magic, too */
		if (m->e[i].boot & 0x7f)
			return 0;
	}
	for (int i = 0; i < 4; i++) {
		u64 start = le32_to_cpu(m->e[i].start), len = le32_to_cpu(m->e[i].n);

		if (!m->e[i].type || !len)
			continue;
		if (extended(m->e[i].type) && !ext) {
			ext = start;
			ext_len = len;
			len = min_t(u64, len, 2);	/* room for a boot loader, as Linux shows it */
		}
		add(bd, parts, &n, max, i + 1, start, len);
	}
	if (ext)
		read_extended(bd, ext, ext_len, m, parts, &n, max);
	return n;
}

static bool gpt_header_ok(struct blkdev *bd, const struct gpt_header *h, u64 lba)
{
	u8 copy[512];
	u32 size = le32_to_cpu(h->size), crc = le32_to_cpu(h->crc);

	if (memcmp(h->sig, "EFI PART", 8) || size < sizeof(*h) || size > 512 || le64_to_cpu(h->my_lba) != lba)
		return false;
	memcpy(copy, h, sizeof(copy));
	memset(copy + offsetof(struct gpt_header, crc), 0, 4);
	if (~crc32_le(~0U, copy, size) != crc)
		return false;
	return le32_to_cpu(h->entry_size) == sizeof(struct gpt_entry) && le64_to_cpu(h->entries_lba) < bd->nsectors;
}

static int read_gpt_at(struct blkdev *bd, u64 lba, struct blk_part *parts, int max)
{
	u8 sector[512];
	const struct gpt_header *h = (const void *)sector;
	static const u8 unused[16];
	struct gpt_entry *e;
	u32 bytes, nentries;
	int n = 0;

	if (read_sector(bd, lba, sector) || !gpt_header_ok(bd, h, lba))
		return -EINVAL;
	nentries = le32_to_cpu(h->nentries);
	if (!nentries || nentries > GPT_MAX_BYTES / sizeof(*e))
		return -EINVAL;
	bytes = (u32)ALIGN(nentries * sizeof(*e), 512);
	e = kmalloc(bytes, GFP_KERNEL);
	if (!e)
		return -ENOMEM;
	if (blk_rw_wait(bd, BLK_READ, le64_to_cpu(h->entries_lba), e, bytes) ||
	    ~crc32_le(~0U, e, nentries * sizeof(*e)) != le32_to_cpu(h->entries_crc)) {
		kfree(e);
		return -EINVAL;
	}
	for (u32 i = 0; i < nentries && i < (u32)max; i++) {
		u64 first = le64_to_cpu(e[i].first), last = le64_to_cpu(e[i].last);

		if (memcmp(e[i].type, unused, 16) && first <= last && last < bd->nsectors)
			add(bd, parts, &n, max, (int)i + 1, first, last - first + 1);
	}
	kfree(e);
	return n;
}

int blk_read_table(struct blkdev *bd, struct blk_part *parts, int max)
{
	struct mbr *m = kmalloc(sizeof(*m), GFP_KERNEL);
	int n = m ? read_sector(bd, 0, m) : -ENOMEM;

	if (n || le16_to_cpu(m->magic) != 0xaa55)
		goto out;
	for (int i = 0; i < 4; i++) {
		if (m->e[i].type != 0xee)
			continue;
		n = read_gpt_at(bd, 1, parts, max);
		if (n < 0) {
			n = read_gpt_at(bd, bd->nsectors - 1, parts, max);
			if (n >= 0)
				pr_warn("%s: the first GPT is damaged, using the second\n", bd->name);
		}
		n = max(n, 0);
		goto out;
	}
	n = read_mbr(bd, m, parts, max);
out:
	kfree(m);
	return n;
}
