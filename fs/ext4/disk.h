/* SPDX-License-Identifier: GPL-2.0 */
/* The on-disk format of ext2, ext3 and ext4. All little-endian. Nothing here may be trusted when it was read. */
#ifndef EXT4_DISK_H
#define EXT4_DISK_H

#include <kernel/types.h>

#define EXT4_MAGIC	0xef53
#define EXT4_ROOT_INO	2
#define EXT4_JOURNAL_INO 8
#define EXT4_NDIR	12
#define EXT4_IND	12
#define EXT4_NBLOCKS	15
#define EXT4_LINK_MAX	65000

/* s_state */
#define EXT4_VALID_FS	1
#define EXT4_ERROR_FS	2

#define COMPAT_HAS_JOURNAL	0x0004
#define COMPAT_EXT_ATTR		0x0008
#define COMPAT_DIR_INDEX	0x0020
#define COMPAT_SPARSE_SUPER2	0x0200
#define COMPAT_ORPHAN_FILE	0x1000

#define INCOMPAT_FILETYPE	0x0002
#define INCOMPAT_RECOVER	0x0004
#define INCOMPAT_JOURNAL_DEV	0x0008
#define INCOMPAT_META_BG	0x0010
#define INCOMPAT_EXTENTS	0x0040
#define INCOMPAT_64BIT		0x0080
#define INCOMPAT_FLEX_BG	0x0200
#define INCOMPAT_CSUM_SEED	0x2000

#define RO_COMPAT_SPARSE_SUPER	0x0001
#define RO_COMPAT_LARGE_FILE	0x0002
#define RO_COMPAT_BTREE_DIR	0x0004
#define RO_COMPAT_HUGE_FILE	0x0008
#define RO_COMPAT_GDT_CSUM	0x0010
#define RO_COMPAT_DIR_NLINK	0x0020
#define RO_COMPAT_EXTRA_ISIZE	0x0040
#define RO_COMPAT_BIGALLOC	0x0200
#define RO_COMPAT_METADATA_CSUM	0x0400
#define RO_COMPAT_ORPHAN_PRESENT 0x10000

struct ext4_super_block {
/*000*/	__le32 s_inodes_count, s_blocks_count_lo, s_r_blocks_count_lo, s_free_blocks_count_lo;
/*010*/	__le32 s_free_inodes_count, s_first_data_block, s_log_block_size, s_log_cluster_size;
/*020*/	__le32 s_blocks_per_group, s_clusters_per_group, s_inodes_per_group, s_mtime;
/*030*/	__le32 s_wtime;
	__le16 s_mnt_count, s_max_mnt_count, s_magic, s_state, s_errors, s_minor_rev_level;
/*040*/	__le32 s_lastcheck, s_checkinterval, s_creator_os, s_rev_level;
/*050*/	__le16 s_def_resuid, s_def_resgid;
	__le32 s_first_ino;
	__le16 s_inode_size, s_block_group_nr;
	__le32 s_feature_compat;
/*060*/	__le32 s_feature_incompat, s_feature_ro_compat;
	u8 s_uuid[16];
	char s_volume_name[16];
	char s_last_mounted[64];
/*0c8*/	__le32 s_algorithm_usage_bitmap;
	u8 s_prealloc_blocks, s_prealloc_dir_blocks;
	__le16 s_reserved_gdt_blocks;
/*0d0*/	u8 s_journal_uuid[16];
/*0e0*/	__le32 s_journal_inum, s_journal_dev, s_last_orphan, s_hash_seed[4];
	u8 s_def_hash_version, s_jnl_backup_type;
	__le16 s_desc_size;
/*100*/	__le32 s_default_mount_opts, s_first_meta_bg, s_mkfs_time, s_jnl_blocks[17];
/*150*/	__le32 s_blocks_count_hi, s_r_blocks_count_hi, s_free_blocks_count_hi;
	__le16 s_min_extra_isize, s_want_extra_isize;
/*160*/	__le32 s_flags;
	__le16 s_raid_stride, s_mmp_interval;
	__le64 s_mmp_block;
/*170*/	__le32 s_raid_stripe_width;
	u8 s_log_groups_per_flex, s_checksum_type, s_encryption_level, s_pad;
	__le64 s_kbytes_written;
/*180*/	__le32 s_snapshot_inum, s_snapshot_id;
	__le64 s_snapshot_r_blocks_count;
	__le32 s_snapshot_list;
/*194*/	__le32 s_error_count, s_first_error_time, s_first_error_ino;
	__le64 s_first_error_block;
	char s_first_error_func[32];
	__le32 s_first_error_line;
/*1cc*/	__le32 s_last_error_time, s_last_error_ino, s_last_error_line;
	__le64 s_last_error_block;
	char s_last_error_func[32];
/*200*/	char s_mount_opts[64];
/*240*/	__le32 s_usr_quota_inum, s_grp_quota_inum, s_overhead_clusters, s_backup_bgs[2];
	u8 s_encrypt_algos[4], s_encrypt_pw_salt[16];
/*268*/	__le32 s_lpf_ino, s_prj_quota_inum, s_checksum_seed;
	u8 s_time_hi[8];
	__le16 s_encoding, s_encoding_flags;
/*280*/	__le32 s_orphan_file_inum, s_reserved[94];
/*3fc*/	__le32 s_checksum;
} __packed;
_Static_assert(sizeof(struct ext4_super_block) == 1024, "super block");
_Static_assert(offsetof(struct ext4_super_block, s_desc_size) == 0xfe && offsetof(struct ext4_super_block, s_error_count) == 0x194 &&
	       offsetof(struct ext4_super_block, s_checksum_seed) == 0x270, "super block fields");

/* s_flags */
#define EXT4_SIGNED_HASH	1
#define EXT4_UNSIGNED_HASH	2

struct ext4_group_desc {
	__le32 block_bitmap_lo, inode_bitmap_lo, inode_table_lo;
	__le16 free_blocks_lo, free_inodes_lo, used_dirs_lo, flags;
	__le32 exclude_bitmap_lo;
	__le16 block_bitmap_csum_lo, inode_bitmap_csum_lo, itable_unused_lo, checksum;
	/* desc_size 64 */
	__le32 block_bitmap_hi, inode_bitmap_hi, inode_table_hi;
	__le16 free_blocks_hi, free_inodes_hi, used_dirs_hi, itable_unused_hi;
	__le32 exclude_bitmap_hi;
	__le16 block_bitmap_csum_hi, inode_bitmap_csum_hi;
	__le32 reserved;
} __packed;
_Static_assert(sizeof(struct ext4_group_desc) == 64, "group descriptor");
#define BG_INODE_UNINIT	1
#define BG_BLOCK_UNINIT	2
#define BG_INODE_ZEROED	4

struct ext4_raw_inode {
	__le16 i_mode, i_uid;
	__le32 i_size_lo, i_atime, i_ctime, i_mtime, i_dtime;
	__le16 i_gid, i_links_count;
	__le32 i_blocks_lo, i_flags, i_version;
	__le32 i_block[EXT4_NBLOCKS];
	__le32 i_generation, i_file_acl_lo, i_size_high, i_faddr;
	__le16 i_blocks_high, i_file_acl_high, i_uid_high, i_gid_high, i_checksum_lo, i_reserved;
	/* inode_size > 128: i_extra_isize bytes of these are valid */
	__le16 i_extra_isize, i_checksum_hi;
	__le32 i_ctime_extra, i_mtime_extra, i_atime_extra, i_crtime, i_crtime_extra, i_version_hi, i_projid;
};
_Static_assert(offsetof(struct ext4_raw_inode, i_checksum_lo) == 0x7c && sizeof(struct ext4_raw_inode) == 160, "inode");
#define EXT4_GOOD_OLD_INODE_SIZE 128

/* i_flags */
#define FL_SYNC		0x00000008
#define FL_IMMUTABLE	0x00000010
#define FL_APPEND	0x00000020
#define FL_NODUMP	0x00000040
#define FL_NOATIME	0x00000080
#define FL_ENCRYPT	0x00000800
#define FL_INDEX	0x00001000
#define FL_DIRSYNC	0x00010000
#define FL_TOPDIR	0x00020000
#define FL_HUGE_FILE	0x00040000
#define FL_EXTENTS	0x00080000
#define FL_VERITY	0x00100000
#define FL_EA_INODE	0x00200000
#define FL_INLINE_DATA	0x10000000
#define FL_CASEFOLD	0x40000000
#define FL_USER_VISIBLE	0x705bdfff	/* FS_IOC_GETFLAGS */
#define FL_USER_SETTABLE 0x000300fb	/* of these we keep: SYNC IMMUTABLE APPEND NODUMP NOATIME DIRSYNC TOPDIR and hints */
#define FL_INHERITED	(FL_SYNC | FL_NODUMP | FL_NOATIME | FL_DIRSYNC | 0x3)

/* Extents: a tree whose root is in i_block. */
struct ext4_extent_header { __le16 magic, entries, max, depth; __le32 generation; } __packed;
struct ext4_extent { __le32 block; __le16 len, start_hi; __le32 start_lo; } __packed;
struct ext4_extent_idx { __le32 block, leaf_lo; __le16 leaf_hi, unused; } __packed;
_Static_assert(sizeof(struct ext4_extent) == 12 && sizeof(struct ext4_extent_idx) == 12, "extent");
#define EXT_MAGIC	0xf30a
#define EXT_MAX_DEPTH	5
#define EXT_INIT_MAX	32768U		/* longer: unwritten, by the excess */
#define EXT_UNWRITTEN_MAX 32767U

/* Directories. */
struct ext4_dirent { __le32 inode; __le16 rec_len; u8 name_len, file_type; char name[]; };
struct ext4_dirent_tail { __le32 zero; __le16 rec_len; u8 zero2, file_type; __le32 checksum; } __packed;
#define DIRENT_TAIL_TYPE 0xde
#define DIRENT_SIZE(name_len) (((name_len) + 8U + 3) & ~3U)

struct dx_entry { __le32 hash, block; } __packed;		/* of the first one hash is two 16-bit numbers: limit, count */
struct dx_countlimit { __le16 limit, count; } __packed;
struct dx_root_info { __le32 zero; u8 hash_version, info_length, indirect_levels, unused; } __packed;
struct dx_tail { __le32 reserved, checksum; } __packed;

/* Extended attributes. */
struct ext4_xattr_header { __le32 magic, refcount, blocks, hash, checksum, reserved[3]; } __packed;
struct ext4_xattr_entry { u8 name_len, name_index; __le16 value_offs; __le32 value_inum, value_size, hash; char name[]; } __packed;
#define XATTR_MAGIC	0xea020000

struct ext4_orphan_tail { __le32 magic, checksum; } __packed;
#define ORPHAN_MAGIC	0x0b10ca04

#endif
