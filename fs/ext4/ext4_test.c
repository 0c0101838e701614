// SPDX-License-Identifier: GPL-2.0
/* ext4 and the page cache upon a RAM disk. The smallest file system there can be is made by hand: one group, a root. */
#include "ext4.h"
#include "../fs_test.h"
#include <kernel/timer.h>
#include <mm/pagecache.h>

#define T_BLOCKS	6144U		/* of 4096 bytes: part of a group */
#define T_INODES	1024U
#define T_ITABLE	4U
#define T_ROOT		(T_ITABLE + T_INODES * 256 / 4096)

static struct blkdev *ram;

static int put_block(u64 block, const void *data)
{
	return blk_rw_wait(ram, BLK_WRITE, block * 8, (void *)data, 4096);
}

static void make_super(struct ext4_super_block *es)
{
	es->s_inodes_count = cpu_to_le32(T_INODES);
	es->s_blocks_count_lo = cpu_to_le32(T_BLOCKS);
	es->s_log_block_size = es->s_log_cluster_size = cpu_to_le32(2);
	es->s_blocks_per_group = es->s_clusters_per_group = cpu_to_le32(32768);
	es->s_inodes_per_group = cpu_to_le32(T_INODES);
	es->s_magic = cpu_to_le16(EXT4_MAGIC);
	es->s_state = cpu_to_le16(EXT4_VALID_FS);
	es->s_errors = cpu_to_le16(ERRORS_CONTINUE);
	es->s_rev_level = cpu_to_le32(1);
	es->s_first_ino = cpu_to_le32(11);
	es->s_inode_size = cpu_to_le16(256);
	es->s_feature_compat = cpu_to_le32(COMPAT_DIR_INDEX | COMPAT_EXT_ATTR);
	es->s_feature_incompat = cpu_to_le32(INCOMPAT_FILETYPE | INCOMPAT_EXTENTS);
	es->s_feature_ro_compat = cpu_to_le32(RO_COMPAT_SPARSE_SUPER | RO_COMPAT_LARGE_FILE);
	es->s_def_hash_version = 1;
}

static void make_root_inode(struct ext4_raw_inode *raw)
{
	struct ext4_extent_header *eh = (struct ext4_extent_header *)raw->i_block;
	struct ext4_extent *ex = ext_at(eh, 0);

	raw->i_mode = cpu_to_le16(S_IFDIR | 0755);
	raw->i_links_count = cpu_to_le16(2);
	raw->i_size_lo = cpu_to_le32(4096);
	raw->i_blocks_lo = cpu_to_le32(8);
	raw->i_flags = cpu_to_le32(FL_EXTENTS);
	raw->i_extra_isize = cpu_to_le16(32);
	eh->magic = cpu_to_le16(EXT_MAGIC);
	eh->entries = cpu_to_le16(1);
	eh->max = cpu_to_le16(4);
	ex->len = cpu_to_le16(1);
	ex->start_lo = cpu_to_le32(T_ROOT);
}

static void make_root_block(u8 *b)
{
	struct ext4_dirent *de = (struct ext4_dirent *)b;

	*de = (struct ext4_dirent){ cpu_to_le32(2), cpu_to_le16(12), 1, 2 };
	memcpy(de->name, ".", 1);
	de = (struct ext4_dirent *)(b + 12);
	*de = (struct ext4_dirent){ cpu_to_le32(2), cpu_to_le16(4096 - 12), 2, 2 };
	memcpy(de->name, "..", 2);
}

static int make_fs(void)
{
	u8 *b = kzalloc(4096, GFP_KERNEL);
	struct ext4_group_desc *d = (struct ext4_group_desc *)b;
	int err = b ? 0 : -ENOMEM;

	if (err)
		return err;
	make_super((struct ext4_super_block *)(b + 1024));
	err = put_block(0, b);
	memset(b, 0, 4096);
	d->block_bitmap_lo = cpu_to_le32(2);
	d->inode_bitmap_lo = cpu_to_le32(3);
	d->inode_table_lo = cpu_to_le32(T_ITABLE);
	d->free_blocks_lo = cpu_to_le16(T_BLOCKS - T_ROOT - 1);
	d->free_inodes_lo = cpu_to_le16(T_INODES - 10);
	d->used_dirs_lo = cpu_to_le16(1);
	err = err ?: put_block(1, b);
	memset(b, 0, 4096);
	for (u32 i = 0; i <= T_ROOT; i++)
		b[i / 8] |= 1 << i % 8;
	memset(b + T_BLOCKS / 8, 0xff, 4096 - T_BLOCKS / 8);
	err = err ?: put_block(2, b);
	memset(b, 0, 4096);
	b[0] = 0xff;
	b[1] = 3;
	memset(b + T_INODES / 8, 0xff, 4096 - T_INODES / 8);
	err = err ?: put_block(3, b);
	memset(b, 0, 4096);
	make_root_inode((struct ext4_raw_inode *)(b + 256));
	err = err ?: put_block(T_ITABLE, b);
	memset(b, 0, 4096);
	make_root_block(b);
	err = err ?: put_block(T_ROOT, b);
	kfree(b);
	return err;
}

static int mount_it(void)
{
	char dev[48];

	snprintf(dev, sizeof(dev), "/kdev/%s", ram->name);
	return do_mount(dev, "/kext4", "ext4", 0, NULL);
}

static int begin(void)
{
	int err;

	if (!ram) {
		ram = ram_disk_create((u64)T_BLOCKS * 4096);
		if (IS_ERR(ram))
			return (int)PTR_ERR(ram);
		t_mkdir("/kdev");
		t_mkdir("/kext4");
		err = do_mount("devtmpfs", "/kdev", "devtmpfs", 0, NULL);
		if (err)
			return err;
	}
	err = make_fs();
	return err ? err : mount_it();
}

static int end(void)
{
	struct path p;
	int err = path_lookup(AT_FDCWD, "/kext4", LOOKUP_FOLLOW, &p);

	if (!err)
		mount_umount(&p);
	return err;
}

static u8 pattern(u64 i) { return (u8)(i * 31 + (i >> 12)); }

/* Writes or compares n bytes of the pattern at pos. */
static int move(struct file *f, loff_t pos, size_t n, bool write)
{
	u8 *buf = kmalloc(n, GFP_KERNEL);
	ssize_t r = -ENOMEM;

	if (!buf)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		buf[i] = write ? pattern((u64)pos + i) : 0;
	r = write ? kernel_write(f, buf, n, &pos) : kernel_read(f, buf, n, pos);
	for (size_t i = 0; !write && r == (ssize_t)n && i < n; i++)
		if (buf[i] != pattern((u64)pos + i))
			r = -EUCLEAN;
	kfree(buf);
	return r == (ssize_t)n ? 0 : r < 0 ? (int)r : -EIO;
}

KUNIT(ext4_content_survives_a_remount)
{
	struct file *f;

	EXPECT_EQ(begin(), 0);
	f = file_open("/kext4/a", O_CREAT | O_RDWR, 0644);
	EXPECT(!IS_ERR(f));
	EXPECT_EQ(move(f, 3, 300000, true), 0);
	EXPECT_EQ(move(f, 5000000, 100, true), 0);
	EXPECT_EQ(move(f, 3, 300000, false), 0);
	file_put(f);
	EXPECT_EQ(end(), 0);
	EXPECT_EQ(mount_it(), 0);
	f = file_open("/kext4/a", O_RDONLY, 0);
	EXPECT(!IS_ERR(f));
	EXPECT_EQ(f->inode->size, 5000100);
	EXPECT_EQ(move(f, 3, 300000, false), 0);
	EXPECT_EQ(move(f, 5000000, 100, false), 0);
	EXPECT_EQ(f->ops->llseek(f, 1000000, SEEK_DATA), 5000000 / 4096 * 4096);
	file_put(f);
	EXPECT_EQ(end(), 0);
}

KUNIT(ext4_full_disk_says_so_and_recovers)
{
	struct kstatfs before, after;
	struct super_block *sb;
	struct file *f;
	loff_t pos = 0;
	int err = 0;

	EXPECT_EQ(begin(), 0);
	f = file_open("/kext4/big", O_CREAT | O_RDWR, 0644);
	EXPECT(!IS_ERR(f));
	sb = f->inode->sb;
	sb->ops->statfs(sb, &before);
	for (; !err && pos < (loff_t)T_BLOCKS * 4096; pos += 65536)
		err = move(f, pos, 65536, true);
	EXPECT(err == -ENOSPC || err == -EIO);		/* -EIO: a short write */
	EXPECT_EQ(f->ops->fsync(f, 0, S64_MAX, false), 0);
	EXPECT_EQ(move(f, 0, 65536, false), 0);
	file_put(f);
	EXPECT_EQ(t_unlink("/kext4/big"), 0);
	sb->ops->statfs(sb, &after);
	EXPECT_EQ(after.bfree, before.bfree);
	EXPECT_EQ(EXT4_SB(sb)->da_blocks, 0);
	EXPECT_EQ(end(), 0);
}

KUNIT(page_cache_drops_clean_pages_and_reads_them_again)
{
	struct file *f;

	EXPECT_EQ(begin(), 0);
	f = file_open("/kext4/c", O_CREAT | O_RDWR, 0644);
	EXPECT(!IS_ERR(f));
	EXPECT_EQ(move(f, 0, 1 << 20, true), 0);
	EXPECT_EQ(f->mapping->nrpages, 256);
	invalidate_mapping(f->mapping);
	EXPECT_EQ(f->mapping->nrpages, 256);		/* dirty */
	EXPECT_EQ(filemap_write_and_wait(f->mapping, 0, S64_MAX), 0);
	EXPECT(!xa_marked(&f->mapping->pages, XA_DIRTY));
	invalidate_mapping(f->mapping);
	EXPECT_EQ(f->mapping->nrpages, 0);
	EXPECT_EQ(move(f, 0, 1 << 20, false), 0);
	file_put(f);
	EXPECT_EQ(end(), 0);
}

/* Not a test of speed, but where a slip of an order of magnitude is seen: 4 KiB at a time, in sequence. */
KUNIT(page_cache_speed)
{
	u8 *buf = kzalloc(4096, GFP_KERNEL);
	const int n = 2048;
	struct file *f;
	u64 t[5];

	EXPECT_EQ(begin(), 0);
	f = file_open("/kext4/s", O_CREAT | O_RDWR, 0644);
	EXPECT(!IS_ERR(f) && buf);
	t[0] = ktime_ns();
	for (loff_t pos = 0, i = 0; i < n; i++)
		EXPECT_EQ(kernel_write(f, buf, 4096, &pos), 4096);
	t[1] = ktime_ns();
	for (loff_t i = 0; i < n; i++)
		EXPECT_EQ(kernel_read(f, buf, 4096, i * 4096), 4096);
	t[2] = ktime_ns();
	EXPECT_EQ(f->ops->fsync(f, 0, S64_MAX, false), 0);
	t[3] = ktime_ns();
	for (loff_t pos = 0, i = 0; i < n; i++)
		EXPECT_EQ(kernel_write(f, buf, 4096, &pos), 4096);
	t[4] = ktime_ns();
	pr_info("page cache: 4 KiB: new %llu ns, again %llu ns, read %llu ns, written back %llu ns\n",
		(unsigned long long)(t[1] - t[0]) / n, (unsigned long long)(t[4] - t[3]) / n,
		(unsigned long long)(t[2] - t[1]) / n, (unsigned long long)(t[3] - t[2]) / n);
	EXPECT(t[2] - t[0] < 100000ULL * 2 * n);
	file_put(f);
	kfree(buf);
	EXPECT_EQ(end(), 0);
}
