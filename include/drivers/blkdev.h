/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Block devices: what a disk driver offers and what it may call.
 *   1. fill a struct blkdev   2. blk_register()   3. get requests by ops->submit   4. end each by blk_end()
 * Invariants: a request reaches submit only if it lies within the device; each accepted one ends exactly once.
 * Locking: the kernel lock. Fields marked [os] are also read by host I/O threads, without it.
 * Source: our own interface. Partitions: MBR and GPT (UEFI 2.10, chapter 5).
 */
#ifndef DRIVERS_BLKDEV_H
#define DRIVERS_BLKDEV_H

#include <kernel/types.h>
#include <kernel/wait.h>
#include <drivers/device.h>
#include <fs/fs.h>

#define BLK_NAME	32
#define BLK_MAX_SEGS	128
#define BLK_READAHEAD	128		/* pages a reader is at most ahead of, until blockdev --setra says otherwise */
#define BLK_READAHEAD_MAX 8192		/* what it may say */

enum blk_op { BLK_READ, BLK_WRITE, BLK_FLUSH, BLK_DISCARD, BLK_ZERO };

struct blk_seg { void *addr; u32 len; };	/* len: multiple of 512 */
struct blk_req {
	enum blk_op op;
	struct blkdev *bd;
	u64 sector;			/* of 512 bytes; absolute on the disk once submitted */
	u64 nsectors;
	const struct blk_seg *segs;
	u32 nsegs;
	bool fua;			/* on the host's disk before it ends */
	void (*done)(struct blk_req *rq, int err);	/* called by blk_end(); never sleeps; may free rq */
	void *private;
	struct list_head node;		/* driver's */
	struct blkdev *part;		/* the core's: where it was submitted */
	u64 start_ns;
};

struct blk_ops {
	int  (*submit)(struct blkdev *bd, struct blk_req *rq);	/* Never sleeps. 0, or -errno: not accepted. May end rq before it returns. */
	int  (*open)(struct blkdev *bd, bool write);		/* First open. Sleeps. NULL: fine */
	void (*release)(struct blkdev *bd);			/* Last close. NULL: nothing to do. */
	long (*ioctl)(struct blkdev *bd, unsigned cmd, unsigned long arg);	/* what the core does not know. NULL: -ENOTTY */
	int  (*getgeo)(struct blkdev *bd, unsigned *heads, unsigned *sectors, unsigned *cyls);	/* NULL: made up */
};
struct blkdev {
	const struct blk_ops *ops;
	char	name[BLK_NAME];		/* "ubda", set before blk_register() */
	dev_t	dev;			/* likewise */
	u64	nsectors;		/* of 512 bytes; fixed while open */
	bool	read_only, removable, can_discard;
	u8	max_parts;		/* minors behind dev that partitions may use; 0: not looked for */
	bool	dead;			/* removed while open: all requests get -EIO */
	atomic_t in_flight;		/* [os] accepted and not yet ended */
	const char *serial;		/* number, as /sys/block/<name>/serial shows. NULL: none */
	const char *place;		/* see struct device */
	void	*private;

	/* the core's */
	struct device device;
	struct blkdev *whole;		/* itself, or the disk of a partition */
	u64	start;			/* of a partition, in sectors */
	int	partno;
	int	opens;
	u32	ra_pages;		/* the whole disk's: as BLK_READAHEAD */
	struct super_block *sb;		/* mounted, or NULL: exclusive */
	struct inode *inode;		/* its page cache: inode->mapping */
	struct wait_queue idle;
	struct list_head node;
	u64	ios[2], sectors[2], io_ns[2];	/* read, write: /proc/diskstats */
};
int  blk_register(struct blkdev *bd);		/* Sleeps (reads partitions). 0, -EBUSY (name taken), -ENOMEM. Keeps bd. */
void blk_unregister(struct blkdev *bd);		/* Sleeps until no request is in flight. */
void blk_end(struct blk_req *rq, int err);	/* Never sleeps. err: 0 or -errno. rq is gone afterwards. */
void blk_submit(struct blk_req *rq);		/* checks the range, maps a partition, counts. Never sleeps; done() is always called. */
int  blk_rw_wait(struct blkdev *bd, enum blk_op op, u64 sector, void *buf, u32 len);	/* Sleeps. 0 or -errno. buf: kernel memory */
int  blk_flush(struct blkdev *bd);		/* Sleeps. All ended writes are on the host's disk afterwards. 0, -EIO */
int  blk_discard(struct blkdev *bd, u64 sector, u64 n);	/* Sleeps. -EOPNOTSUPP */
struct blkdev *blk_find(dev_t dev);		/* NULL: none */
struct blkdev *blk_find_name(const char *name);	/* "ubda1", with or without "/dev/"; also "ubd0", "ubd/0" */
int  blk_open(struct blkdev *bd, bool write);	/* Sleeps. counts; -EROFS, -ENXIO, driver's */
void blk_close(struct blkdev *bd);		/* Sleeps: the last one writes back and drops the cache */
unsigned long blk_readahead(const struct inode *inode);	/* ra_pages of the disk that inode lies on or is */
void blk_set_readahead(struct blkdev *bd, u64 pages);	/* of the whole disk; more than BLK_READAHEAD_MAX: that */
int  blk_zero(struct blkdev *bd, u64 sector, u64 n);	/* Sleeps. Reads as zeros afterwards. 0 or -errno */
int  blk_scan_partitions(struct blkdev *bd);	/* Sleeps. bd is open. Replaces those there are; -EBUSY when one is in use */
extern struct list_head blk_devices;
extern const struct file_ops blkdev_fops;	/* of every S_IFBLK inode */
extern struct super_block bdev_sb;		/* holds the devices' inodes; on no list */

/* Between core.c and its sisters. A partition found: start and size in sectors. */
struct blk_part { int no; u64 start, n; };
int  blk_read_table(struct blkdev *bd, struct blk_part *parts, int max);	/* partition.c: how many, or -EIO */
struct blkdev *blk_add_partition(struct blkdev *whole, int no, u64 start, u64 n);	/* ERR_PTR */
int  blk_del_partition(struct blkdev *part);	/* -EBUSY */
int blk_show(struct blkdev *bd);		/* sysfs.c: in /dev and /sys. -errno of device_add() */
long blk_ioctl(struct file *f, unsigned cmd, unsigned long arg);
struct blkdev *ram_disk_create(u64 bytes);	/* ramN, for tests and ramdisk=. ERR_PTR */
int  ubd_check_images(void);			/* opens what the command line names; says what is wrong. 0 or -EINVAL. Once. */

#endif
