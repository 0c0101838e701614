// SPDX-License-Identifier: GPL-2.0
/* What /sys/block/<disk> and its partitions tell: lsblk(8) and its like read it. */
#include <drivers/blkdev.h>
#include <kernel/timer.h>
#include <lib/string.h>

typedef unsigned long long ull;

/* name_show(), which prints value, an expression about bd. */
#define SHOW(name, fmt, value)								\
	static int name##_show(struct seq_file *m, void *arg)				\
	{										\
		const struct blkdev *bd __unused = arg;				\
											\
		seq_printf(m, fmt "\n", value);						\
		return 0;								\
	}

SHOW(zero, "%d", 0)
SHOW(one, "%d", 1)
SHOW(range, "%d", bd->max_parts + 1)
SHOW(partition, "%d", bd->partno)
SHOW(start, "%llu", (ull)bd->start)
SHOW(size, "%llu", (ull)bd->nsectors)
SHOW(ro, "%d", bd->read_only || bd->whole->read_only)
SHOW(removable, "%d", bd->removable)
SHOW(serial, "%s", bd->serial)
SHOW(block, "%d", 1 << SECTOR_SHIFT)
SHOW(max_kb, "%lu", BLK_MAX_SEGS * PAGE_SIZE / 1024)
SHOW(segments, "%d", BLK_MAX_SEGS)
SHOW(readahead, "%lu", bd->whole->ra_pages * (PAGE_SIZE / 1024))
SHOW(discard_unit, "%d", bd->can_discard ? 1 << SECTOR_SHIFT : 0)
SHOW(discard_max, "%llu", bd->can_discard ? (ull)bd->nsectors << SECTOR_SHIFT : 0)
SHOW(cache, "%s", "write back")
SHOW(scheduler, "%s", "none")
SHOW(zoned, "%s", "none")

static ssize_t readahead_store(char *text, size_t n, void *arg)
{
	u64 kb;

	if (kstrtou64(strsep(&text, "\n"), 10, &kb))
		return -EINVAL;
	blk_set_readahead(arg, kb / (PAGE_SIZE / 1024));
	return (ssize_t)n;
}

/* The fields are those of /proc/diskstats. */
static int stat_show(struct seq_file *m, void *arg)
{
	const struct blkdev *bd = arg;
	ull r_ms = bd->io_ns[0] / NSEC_PER_MSEC, w_ms = bd->io_ns[1] / NSEC_PER_MSEC;

	seq_printf(m, "%8llu %8d %8llu %8llu %8llu %8d %8llu %8llu %8d %8llu %8llu 0 0 0 0 0 0\n", (ull)bd->ios[0], 0,
		   (ull)bd->sectors[0], r_ms, (ull)bd->ios[1], 0, (ull)bd->sectors[1], w_ms, atomic_read(&bd->in_flight),
		   r_ms + w_ms, r_ms + w_ms);
	return 0;
}

#define COMMON_ATTRS								\
	{ "size", 0444, size_show }, { "ro", 0444, ro_show },			\
	{ "stat", 0444, stat_show }, { "alignment_offset", 0444, zero_show },	\
	{ "discard_alignment", 0444, zero_show }

static const struct sysfs_attr disk_attrs[] = {
	COMMON_ATTRS,
	{ "removable", 0444, removable_show }, { "hidden", 0444, zero_show },
	{ "range", 0444, range_show }, { "ext_range", 0444, range_show },
	{ }
};

static const struct sysfs_attr part_attrs[] = {
	COMMON_ATTRS,
	{ "partition", 0444, partition_show }, { "start", 0444, start_show },
	{ }
};

static const struct sysfs_attr serial_attrs[] = { { "serial", 0444, serial_show }, { } };

static const struct sysfs_attr queue_attrs[] = {
	{ "logical_block_size", 0444, block_show }, { "physical_block_size", 0444, block_show },
	{ "hw_sector_size", 0444, block_show }, { "minimum_io_size", 0444, block_show }, { "optimal_io_size", 0444, zero_show },
	{ "max_sectors_kb", 0444, max_kb_show }, { "max_hw_sectors_kb", 0444, max_kb_show },
	{ "max_segments", 0444, segments_show }, { "read_ahead_kb", 0644, readahead_show, readahead_store },
	{ "discard_granularity", 0444, discard_unit_show }, { "discard_max_bytes", 0444, discard_max_show },
	{ "discard_max_hw_bytes", 0444, discard_max_show }, { "discard_zeroes_data", 0444, zero_show },
	{ "rotational", 0444, zero_show }, { "iostats", 0444, one_show }, { "fua", 0444, one_show },
	{ "write_cache", 0444, cache_show }, { "scheduler", 0444, scheduler_show }, { "zoned", 0444, zoned_show },
	{ }
};

/* What only a whole disk has. */
static int show_disk(struct blkdev *bd)
{
	struct sysfs_node *queue = sysfs_dir(bd->device.dir, "queue");
	int err = queue ? sysfs_files(queue, queue_attrs, bd) : -ENOMEM;

	return err || !bd->serial ? err : sysfs_files(bd->device.dir, serial_attrs, bd);
}

int blk_show(struct blkdev *bd)
{
	bool whole = bd->whole == bd;
	int err;

	bd->device = (struct device){
		.class = "block", .name = bd->name, .dev = bd->dev, .mode = S_IFBLK | 0660, .place = bd->place,
		.parent = whole ? NULL : &bd->whole->device, .attrs = whole ? disk_attrs : part_attrs, .arg = bd,
	};
	err = device_add(&bd->device);
	if (!err && (!sysfs_dir(bd->device.dir, "holders") || (whole && !sysfs_dir(bd->device.dir, "slaves"))))
		err = -ENOMEM;
	if (!err && whole)
		err = show_disk(bd);
	if (err)
		device_del(&bd->device);
	return err;
}
