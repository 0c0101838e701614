// SPDX-License-Identifier: GPL-2.0
/*
 * ram0, ram1, …: disks in the kernel's own memory, lost at halt. Only what was written takes memory.
 * The smallest driver: start here to write another.
 */
#include <drivers/blkdev.h>
#include <fs/dev.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/string.h>
#include <lib/xarray.h>
#include <mm/slab.h>

#define RAM_MAJOR	1
#define RAM_MAX		16

struct ram_disk { struct blkdev bd; struct xarray pages; };	/* of kmalloc'ed PAGE_SIZE pieces; absent: zeros */

static int nr_ram;

static int copy_piece(struct ram_disk *ram, u64 at, u8 *buf, size_t n, bool write)
{
	u8 *piece = xa_load(&ram->pages, at >> PAGE_SHIFT);

	if (!piece && write) {
		piece = kzalloc(PAGE_SIZE, GFP_ATOMIC);
		if (!piece || xa_store(&ram->pages, at >> PAGE_SHIFT, piece)) {
			kfree(piece);
			return -ENOSPC;
		}
	}
	if (write)
		memcpy(piece + (at & ~PAGE_MASK), buf, n);
	else if (piece)
		memcpy(buf, piece + (at & ~PAGE_MASK), n);
	else
		memset(buf, 0, n);
	return 0;
}

static int ram_copy(struct ram_disk *ram, struct blk_req *rq)
{
	u64 at = rq->sector << SECTOR_SHIFT;

	for (u32 i = 0; i < rq->nsegs; i++) {
		u8 *buf = rq->segs[i].addr;
		size_t left = rq->segs[i].len;

		while (left) {
			size_t n = min(left, PAGE_SIZE - (at & ~PAGE_MASK));
			int err = copy_piece(ram, at, buf, n, rq->op == BLK_WRITE);

			if (err)
				return err;
			at += n;
			buf += n;
			left -= n;
		}
	}
	return 0;
}

static void ram_wipe(struct ram_disk *ram, u64 at, u64 len)
{
	while (len) {
		u64 n = min_t(u64, len, PAGE_SIZE - (at & ~PAGE_MASK));
		u8 *piece = xa_load(&ram->pages, at >> PAGE_SHIFT);

		if (piece && n == PAGE_SIZE)
			kfree(xa_erase(&ram->pages, at >> PAGE_SHIFT));
		else if (piece)
			memset(piece + (at & ~PAGE_MASK), 0, n);
		at += n;
		len -= n;
	}
}

static int ram_submit(struct blkdev *bd, struct blk_req *rq)
{
	struct ram_disk *ram = container_of(bd, struct ram_disk, bd);
	int err = 0;

	if (rq->op == BLK_READ || rq->op == BLK_WRITE)
		err = ram_copy(ram, rq);
	else if (rq->op != BLK_FLUSH)
		ram_wipe(ram, rq->sector << SECTOR_SHIFT, rq->nsectors << SECTOR_SHIFT);
	blk_end(rq, err);
	return 0;
}
static const struct blk_ops ram_ops = { .submit = ram_submit };

struct blkdev *ram_disk_create(u64 bytes)
{
	struct ram_disk *ram = nr_ram < RAM_MAX ? kzalloc(sizeof(*ram), GFP_KERNEL) : NULL;
	int err;

	if (!ram)
		return ERR_PTR(-ENOMEM);
	ram->bd.ops = &ram_ops;
	snprintf(ram->bd.name, sizeof(ram->bd.name), "ram%d", nr_ram);
	ram->bd.dev = MKDEV(RAM_MAJOR, nr_ram);
	ram->bd.nsectors = bytes >> SECTOR_SHIFT;
	ram->bd.can_discard = true;
	xa_init(&ram->pages);
	err = blk_register(&ram->bd);
	if (err) {
		kfree(ram);
		return ERR_PTR(err);
	}
	nr_ram++;
	return &ram->bd;
}

static u64 wanted, wanted_bytes;

static int ram_option(char *val)
{
	char *end;

	wanted = simple_strtoull(val, &end, 10);
	if (end == val || *end != ',' || wanted > RAM_MAX)
		return option_error("ramdisk=%s: want <n>,<size> with n up to %d, as in ramdisk=1,16M", val, RAM_MAX);
	wanted_bytes = memparse(end + 1, &end);
	if (*end || !wanted_bytes || wanted_bytes % PAGE_SIZE)
		return option_error("ramdisk=%s: the size must be a multiple of 4K, as in 16M", val);
	return 0;
}
BOOT_OPTION("ramdisk=", ram_option, "<n>,<size>", "make <n> RAM disks of <size> bytes (4M, 1G) each");

static int ram_init(void)
{
	for (u64 i = 0; i < wanted; i++) {
		struct blkdev *bd = ram_disk_create(wanted_bytes);

		if (IS_ERR(bd))
			return (int)PTR_ERR(bd);
	}
	return 0;
}
device_initcall(ram_init);
