// SPDX-License-Identifier: GPL-2.0
/*
 * Block devices: the register of disks and partitions, and the way of a request from its submitter to the driver and back.
 * As files: bdev.c, blk_ioctl.c. Partition tables: partition.c.
 */
#include <drivers/blkdev.h>
#include <fs/buffer.h>
#include <kernel/bug.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/timer.h>
#include <lib/misc.h>
#include <lib/string.h>
#include <mm/pagecache.h>
#include <mm/slab.h>

#define MAX_PARTS	15

LIST_HEAD(blk_devices);

static const struct super_ops bdev_sops;
static struct fs_type bdev_type = { .name = "bdev" };
struct super_block bdev_sb = {
	.ops = &bdev_sops, .type = &bdev_type, .blocksize = PAGE_SIZE, .blocksize_bits = PAGE_SHIFT, .maxbytes = S64_MAX,
	.time_gran = 1, .id = "bdev",
	.inodes = LIST_HEAD_INIT(bdev_sb.inodes), .dirty = LIST_HEAD_INIT(bdev_sb.dirty), .node = LIST_HEAD_INIT(bdev_sb.node),
	.umount_lock = { .wq = WAIT_QUEUE_INIT(bdev_sb.umount_lock.wq) },
};

struct blkdev *blk_find(dev_t dev)
{
	struct blkdev *bd;

	list_for_each_entry(bd, &blk_devices, node)
		if (bd->dev == dev)
			return bd;
	return NULL;
}

static struct blkdev *find_exact(const char *name)
{
	struct blkdev *bd;

	list_for_each_entry(bd, &blk_devices, node)
		if (!strcmp(bd->name, name))
			return bd;
	return NULL;
}

/* "98:0" and "6200", as root= takes them. */
static struct blkdev *find_number(const char *name)
{
	char *end;
	u64 major = simple_strtoull(name, &end, 10), minor;

	if (end != name && *end == ':' && end[1]) {
		minor = simple_strtoull(end + 1, &end, 10);
		return *end || major > 0xfff || minor > 0xfffff ? NULL : blk_find(MKDEV(major, minor));
	}
	major = simple_strtoull(name, &end, 16);
	return end != name && !*end ? blk_find(dev_decode(major)) : NULL;
}

/* "ubd0", "ubd/0", "ubd12p3", "ubd/1/3": the old names of ubda, ubda, ubdm3, ubdb3. */
static struct blkdev *find_old_ubd(const char *name)
{
	char proper[BLK_NAME], *end;
	u64 unit;

	if (strncmp(name, "ubd", 3))
		return NULL;
	name += name[3] == '/' ? 4 : 3;
	unit = simple_strtoull(name, &end, 10);
	if (end == name || unit > 25)
		return NULL;
	if (*end == 'p' || *end == '/')
		end++;
	snprintf(proper, sizeof(proper), "ubd%c%s", (char)('a' + unit), end);
	return find_exact(proper);
}

struct blkdev *blk_find_name(const char *name)
{
	struct blkdev *bd;

	if (str_has_prefix(name, "/dev/"))
		name += 5;
	bd = find_exact(name);
	bd = bd ? bd : find_old_ubd(name);
	return bd ? bd : find_number(name);
}

/* --- requests --- */

void blk_end(struct blk_req *rq, int err)
{
	struct blkdev *bd = rq->bd, *part = rq->part;
	int w = rq->op != BLK_READ;

	if (rq->op == BLK_READ || rq->op == BLK_WRITE) {
		u64 ns = ktime_ns() - rq->start_ns;

		bd->io_ns[w] += ns;
		if (part != bd)
			part->io_ns[w] += ns;
	}
	if (!atomic_add(&bd->in_flight, -1))
		wake_up_all(&bd->idle);
	rq->done(rq, err);
}

static int check(const struct blkdev *bd, const struct blk_req *rq)
{
	if (bd->whole->dead || bd->dead)
		return -EIO;
	if (rq->op == BLK_FLUSH)
		return 0;
	if (rq->sector > bd->nsectors || rq->nsectors > bd->nsectors - rq->sector)
		return -EIO;
	if (rq->op != BLK_READ && (bd->read_only || bd->whole->read_only))
		return -EROFS;
	return 0;
}

void blk_submit(struct blk_req *rq)
{
	struct blkdev *bd = rq->bd, *whole = bd->whole;
	int err = check(bd, rq), w = rq->op != BLK_READ;

	if (err) {
		rq->done(rq, err);
		return;
	}
	rq->part = bd;
	rq->bd = whole;
	rq->sector += bd->start;
	rq->start_ns = ktime_ns();
	if (rq->op == BLK_READ || rq->op == BLK_WRITE) {
		bd->ios[w]++;
		bd->sectors[w] += rq->nsectors;
		if (bd != whole) {
			whole->ios[w]++;
			whole->sectors[w] += rq->nsectors;
		}
	}
	atomic_add(&whole->in_flight, 1);
	err = whole->ops->submit(whole, rq);
	if (err)
		blk_end(rq, err);
}

struct wait_req { struct blk_req rq; struct blk_seg seg; struct completion end; int err; };

static void wait_done(struct blk_req *rq, int err)
{
	struct wait_req *w = container_of(rq, struct wait_req, rq);

	w->err = err;
	complete(&w->end);
}

static int submit_and_wait(struct blkdev *bd, enum blk_op op, u64 sector, u64 nsectors, void *buf)
{
	struct wait_req w = {
		.rq = { .op = op, .bd = bd, .sector = sector, .nsectors = nsectors, .done = wait_done },
		.seg = { buf, (u32)(nsectors << SECTOR_SHIFT) },
	};

	might_sleep();
	if (buf) {
		w.rq.segs = &w.seg;
		w.rq.nsegs = 1;
	}
	completion_init(&w.end);
	blk_submit(&w.rq);
	wait_for_completion(&w.end);
	return w.err;
}

int blk_rw_wait(struct blkdev *bd, enum blk_op op, u64 sector, void *buf, u32 len)
{
	return submit_and_wait(bd, op, sector, len >> SECTOR_SHIFT, buf);
}

int blk_flush(struct blkdev *bd)
{
	return submit_and_wait(bd, BLK_FLUSH, 0, 0, NULL);
}

int blk_discard(struct blkdev *bd, u64 sector, u64 n)
{
	return bd->whole->can_discard ? submit_and_wait(bd, BLK_DISCARD, sector, n, NULL) : -EOPNOTSUPP;
}

int blk_zero(struct blkdev *bd, u64 sector, u64 n)
{
	u32 step = 128;
	int err = submit_and_wait(bd, BLK_ZERO, sector, n, NULL);
	void *zeros;

	if (err != -EOPNOTSUPP)
		return err;
	zeros = kzalloc(step << SECTOR_SHIFT, GFP_KERNEL);
	if (!zeros)
		return -ENOMEM;
	for (err = 0; n && !err; sector += step, n -= step) {
		step = (u32)min_t(u64, step, n);
		err = blk_rw_wait(bd, BLK_WRITE, sector, zeros, step << SECTOR_SHIFT);
	}
	kfree(zeros);
	return err;
}

/* --- opening --- */

int blk_open(struct blkdev *bd, bool write)
{
	struct blkdev *whole = bd->whole;
	int err = 0;

	might_sleep();
	if (bd->dead || whole->dead)
		return -ENXIO;
	if (!whole->opens++ && whole->ops->open)
		err = whole->ops->open(whole, write);
	if (!err && write && (bd->read_only || whole->read_only)) {
		err = -EROFS;
		if (whole->opens == 1 && whole->ops->release)
			whole->ops->release(whole);
	}
	if (err) {
		whole->opens--;
		return err;
	}
	if (bd != whole)
		bd->opens++;
	return 0;
}

/* Before the last close: nobody may change what is cached behind our back afterwards. */
static void forget_pages(struct blkdev *bd)
{
	if (bd->opens != 1)
		return;
	sync_buffers(bd);
	if (bd->opens == 1 && !bd->sb)
		truncate_pagecache(bd->inode, 0);
}

void blk_close(struct blkdev *bd)
{
	struct blkdev *whole = bd->whole;

	might_sleep();
	forget_pages(bd);
	if (bd != whole) {
		forget_pages(whole);	/* read earlier, while a partition kept the disk open */
		bd->opens--;
	}
	if (!--whole->opens && whole->ops->release)
		whole->ops->release(whole);
}

/* --- registration --- */

static struct inode *make_inode(struct blkdev *bd)
{
	struct inode *inode = new_inode(&bdev_sb);

	if (!inode)
		return NULL;
	inode->mode = S_IFBLK | 0600;
	inode->rdev = bd->dev;
	inode->bdev = bd;
	inode->size = (loff_t)(bd->nsectors << SECTOR_SHIFT);
	inode->nlink = 1;
	mapping_init(&inode->data, inode, &bdev_aops);
	inode->mapping = &inode->data;
	return inode;
}

static int add_device(struct blkdev *bd)
{
	int err;

	if (find_exact(bd->name) || blk_find(bd->dev))
		return -EBUSY;
	bd->inode = make_inode(bd);
	if (!bd->inode)
		return -ENOMEM;
	bd->opens = 0;
	bd->dead = false;
	bd->sb = NULL;
	atomic_set(&bd->in_flight, 0);
	wait_queue_init(&bd->idle);
	list_add_tail(&bd->node, &blk_devices);
	err = blk_show(bd);
	if (err)
		pr_warn("%s: neither in /dev nor in /sys: %s\n", bd->name, errno_text(err));
	return 0;
}

static void remove_device(struct blkdev *bd)
{
	list_del(&bd->node);
	bd->dead = true;
	device_del(&bd->device);
	wait_event(&bd->idle, !atomic_read(&bd->in_flight));
	truncate_pagecache(bd->inode, 0);
	bd->inode->nlink = 0;
	bd->inode->bdev = NULL;
	iput(bd->inode);
	bd->inode = NULL;
}

struct blkdev *blk_add_partition(struct blkdev *whole, int no, u64 start, u64 n)
{
	struct blkdev *bd;
	size_t len = strlen(whole->name);
	int err;

	if (no < 1 || no > whole->max_parts || !n || start >= whole->nsectors || n > whole->nsectors - start)
		return ERR_PTR(-EINVAL);
	bd = kzalloc(sizeof(*bd), GFP_KERNEL);
	if (!bd)
		return ERR_PTR(-ENOMEM);
	snprintf(bd->name, sizeof(bd->name), "%s%s%d", whole->name, whole->name[len - 1] >= '0' && whole->name[len - 1] <= '9' ? "p" : "", no);
	bd->ops = whole->ops;
	bd->dev = whole->dev + (dev_t)no;
	bd->whole = whole;
	bd->partno = no;
	bd->start = start;
	bd->nsectors = n;
	bd->read_only = whole->read_only;
	err = add_device(bd);
	if (err) {
		kfree(bd);
		return ERR_PTR(err);
	}
	return bd;
}

int blk_del_partition(struct blkdev *part)
{
	if (part->opens || part->sb)
		return -EBUSY;
	remove_device(part);
	kfree(part);
	return 0;
}

static struct blkdev *next_part(struct blkdev *whole)
{
	struct blkdev *bd;

	list_for_each_entry(bd, &blk_devices, node)
		if (bd->whole == whole && bd != whole)
			return bd;
	return NULL;
}

int blk_scan_partitions(struct blkdev *whole)
{
	struct blk_part *parts;
	struct blkdev *bd;
	int n;

	might_sleep();
	list_for_each_entry(bd, &blk_devices, node)
		if (bd->whole == whole && bd != whole && (bd->opens || bd->sb))
			return -EBUSY;
	while ((bd = next_part(whole)))
		blk_del_partition(bd);
	parts = kcalloc(MAX_PARTS, sizeof(*parts), GFP_KERNEL);
	if (!parts)
		return -ENOMEM;
	n = blk_read_table(whole, parts, min_t(int, MAX_PARTS, whole->max_parts));
	for (int i = 0; i < n; i++) {
		bd = blk_add_partition(whole, parts[i].no, parts[i].start, parts[i].n);
		if (IS_ERR(bd))
			pr_warn("%s: partition %d does not fit\n", whole->name, parts[i].no);
		else
			pr_info("%s: %llu KiB\n", bd->name, (unsigned long long)bd->nsectors / 2);
	}
	kfree(parts);
	return n < 0 ? n : 0;
}

int blk_register(struct blkdev *bd)
{
	int err;

	might_sleep();
	bd->whole = bd;
	bd->ra_pages = BLK_READAHEAD;
	bd->start = 0;
	bd->partno = 0;
	err = add_device(bd);
	if (err || !bd->max_parts || !bd->nsectors)
		return err;
	if (!blk_open(bd, false)) {
		blk_scan_partitions(bd);
		blk_close(bd);
	}
	return 0;
}

void blk_unregister(struct blkdev *bd)
{
	struct blkdev *part;

	might_sleep();
	bd->dead = true;
	while ((part = next_part(bd))) {
		remove_device(part);
		kfree(part);
	}
	remove_device(bd);
}
