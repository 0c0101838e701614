// SPDX-License-Identifier: GPL-2.0
/*
 * Mounting ext2, ext3 and ext4: the super block and what is made of it, errors, sync, the end.
 * While it is mounted read-write its state says "not clean", so that e2fsck looks at all of it after a crash.
 */
#include "ext4.h"
#include <fs/proc.h>
#include <kernel/init.h>
#include <kernel/timer.h>
#include <linux/fs.h>

#define SUPPORTED_INCOMPAT (INCOMPAT_FILETYPE | INCOMPAT_RECOVER | INCOMPAT_META_BG | INCOMPAT_EXTENTS | INCOMPAT_64BIT | \
			    INCOMPAT_FLEX_BG | INCOMPAT_CSUM_SEED)
#define SUPPORTED_RO	(RO_COMPAT_SPARSE_SUPER | RO_COMPAT_LARGE_FILE | RO_COMPAT_BTREE_DIR | RO_COMPAT_HUGE_FILE | RO_COMPAT_GDT_CSUM | \
			 RO_COMPAT_DIR_NLINK | RO_COMPAT_EXTRA_ISIZE | RO_COMPAT_METADATA_CSUM | RO_COMPAT_ORPHAN_PRESENT)
#define EXT2_ONLY_INCOMPAT (INCOMPAT_FILETYPE | INCOMPAT_META_BG)
#define EXT3_ONLY_INCOMPAT (EXT2_ONLY_INCOMPAT | INCOMPAT_RECOVER)
#define EXT23_RO	(RO_COMPAT_SPARSE_SUPER | RO_COMPAT_LARGE_FILE | RO_COMPAT_BTREE_DIR)

static struct kmem_cache *inode_cache;

/* --- errors --- */

static void note_error(struct ext4_sb *s)
{
	struct ext4_super_block *es = s->es;
	__le32 now = cpu_to_le32((u32)ktime_real().sec);

	if (!es->s_error_count) {
		es->s_first_error_time = now;
		strscpy(es->s_first_error_func, "um", sizeof(es->s_first_error_func));
	}
	es->s_error_count = cpu_to_le32(le32_to_cpu(es->s_error_count) + 1);
	es->s_last_error_time = now;
	strscpy(es->s_last_error_func, "um", sizeof(es->s_last_error_func));
	es->s_state |= cpu_to_le16(EXT4_ERROR_FS);
	s->mount_state |= EXT4_ERROR_FS;
	if (s->csum)
		es->s_checksum = cpu_to_le32(crc32c(~0U, es, offsetof(struct ext4_super_block, s_checksum)));
	buf_dirty(s->sbuf);		/* written soon; not now: we may hold anything */
}

int ext4_error(struct super_block *sb, const char *fmt, ...)
{
	struct ext4_sb *s = EXT4_SB(sb);
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pr_err_ratelimited("%s: ext4: damaged: %s\n", sb->id, text);
	s->failed = true;
	if (s->sbuf && !sb_rdonly(sb))
		note_error(s);
	if (s->errors == ERRORS_PANIC && sb->root)
		panic("%s: ext4: %s (mounted with errors=panic)", sb->id, text);
	if (s->errors == ERRORS_RO && !sb_rdonly(sb) && sb->root) {
		pr_err("%s: ext4: read only from now on; run e2fsck\n", sb->id);
		sb->flags |= SB_RDONLY_;
	}
	return -EUCLEAN;
}

/* --- reading the super block --- */

bool ext4_blocks_valid(const struct ext4_sb *s, u64 block, u64 n)
{
	return block > s->first_data_block && n && n <= s->blocks && block <= s->blocks - n;
}

bool ext4_group_has_super(const struct ext4_sb *s, u32 group)
{
	static const u32 primes[] = { 3, 5, 7 };

	if (!group)
		return true;
	if (s->compat & COMPAT_SPARSE_SUPER2)
		return group == le32_to_cpu(s->es->s_backup_bgs[0]) || group == le32_to_cpu(s->es->s_backup_bgs[1]);
	if (group == 1 || !(s->ro_compat & RO_COMPAT_SPARSE_SUPER))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(primes); i++) {
		u64 n = primes[i];

		while (n < group)
			n *= primes[i];
		if (n == group)
			return true;
	}
	return false;
}

#define refuse(s, silent, ...) ({ if (!(silent)) pr_err(__VA_ARGS__); -EINVAL; })

static const struct { u32 bit; const char *name; } incompat_names[] = {
	{ 0x1, "compression" }, { INCOMPAT_JOURNAL_DEV, "journal_dev (this is a journal, not a file system)" }, { 0x100, "mmp" },
	{ 0x400, "ea_inode" }, { 0x1000, "dirdata" }, { 0x4000, "large_dir" }, { 0x8000, "inline_data" }, { 0x10000, "encrypt" },
	{ 0x20000, "casefold" },
};

static int check_features(struct ext4_sb *s)
{
	const char *id = s->sb->id;
	u32 unknown = s->incompat & ~SUPPORTED_INCOMPAT;

	for (size_t i = 0; i < ARRAY_SIZE(incompat_names); i++)
		if (unknown & incompat_names[i].bit)
			return refuse(s, false, "%s: ext4: not mounted: feature %s is not built; make the file system without it\n",
				      id, incompat_names[i].name);
	if (unknown)
		return refuse(s, false, "%s: ext4: not mounted: unknown features 0x%x\n", id, unknown);
	if (s->ro_compat & RO_COMPAT_BIGALLOC)
		return refuse(s, false, "%s: ext4: not mounted: feature bigalloc is not built; make the file system without it\n", id);
	if (s->ro_compat & ~SUPPORTED_RO && !sb_rdonly(s->sb)) {
		pr_err("%s: ext4: features 0x%x allow reading only: mount it with -o ro\n", id, s->ro_compat & ~SUPPORTED_RO);
		return -EROFS;
	}
	if (s->csum && s->es->s_checksum_type != 1)
		return refuse(s, false, "%s: ext4: not mounted: unknown kind of checksum\n", id);
	return 0;
}

/* mount -t ext2 and ext3 take only what these are. */
static int check_type(struct ext4_sb *s, bool silent)
{
	const char *type = s->sb->type->name;
	bool ext2 = !strcmp(type, "ext2"), ext3 = !strcmp(type, "ext3");
	u32 incompat = ext2 ? EXT2_ONLY_INCOMPAT : EXT3_ONLY_INCOMPAT;

	if (!ext2 && !ext3)
		return 0;
	if (ext3 && !(s->compat & COMPAT_HAS_JOURNAL))
		return refuse(s, silent, "%s: ext3: it has no journal: mount it as ext2\n", s->sb->id);
	if (s->incompat & ~incompat || s->ro_compat & ~EXT23_RO)
		return refuse(s, silent, "%s: %s: it has features of ext4: mount it as that\n", s->sb->id, type);
	return 0;
}

static int check_geometry(struct ext4_sb *s)
{
	const struct ext4_super_block *es = s->es;
	const char *id = s->sb->id, *what = NULL;
	u64 groups;

	if (s->inode_size < EXT4_GOOD_OLD_INODE_SIZE || s->inode_size > s->bs || !IS_POWER_OF_2(s->inode_size))
		what = "inode size";
	else if (s->desc_size < 32 || s->desc_size > s->bs || !IS_POWER_OF_2(s->desc_size) || (s->incompat & INCOMPAT_64BIT && s->desc_size < 64))
		what = "size of group descriptors";
	else if (s->first_data_block != (s->bs == 1024))
		what = "first data block";
	else if (!s->blocks_per_group || s->blocks_per_group > s->bs * 8 || s->blocks_per_group % 8)
		what = "blocks per group";
	else if (!s->inodes_per_group || s->inodes_per_group > s->bs * 8 || s->inodes_per_group % 8)
		what = "inodes per group";
	else if (s->first_ino < 11 || s->first_ino > s->inodes_per_group)
		what = "first inode";
	else if (s->blocks <= s->first_data_block + 1 || s->blocks >> 48)
		what = "count of blocks";
	else if (le16_to_cpu(es->s_reserved_gdt_blocks) > s->bs / 4)
		what = "count of reserved descriptor blocks";
	if (what)
		return refuse(s, false, "%s: ext4: not mounted: impossible %s; run e2fsck\n", id, what);
	s->inodes_per_block = s->bs / s->inode_size;
	s->itable_blocks = (s->inodes_per_group + s->inodes_per_block - 1) / s->inodes_per_block;
	s->descs_per_block = s->bs / s->desc_size;
	groups = (s->blocks - s->first_data_block + s->blocks_per_group - 1) / s->blocks_per_group;
	if (groups > U32_MAX / s->inodes_per_group || groups * s->inodes_per_group != s->inodes || s->itable_blocks > s->blocks)
		return refuse(s, false, "%s: ext4: not mounted: counts of groups and inodes do not fit; run e2fsck\n", id);
	s->groups = (u32)groups;
	if (s->blocks > (s->bd->nsectors << SECTOR_SHIFT) >> s->bits)
		return refuse(s, false, "%s: ext4: not mounted: it has %llu blocks of %u bytes, the disk ends before that\n", id,
			      (unsigned long long)s->blocks, s->bs);
	return 0;
}

/* Everything that the super block says, unchecked. */
static void load_super(struct ext4_sb *s)
{
	const struct ext4_super_block *es = s->es;
	bool wide = le32_to_cpu(es->s_feature_incompat) & INCOMPAT_64BIT, dynamic = le32_to_cpu(es->s_rev_level) > 0;

	s->compat = dynamic ? le32_to_cpu(es->s_feature_compat) : 0;
	s->incompat = dynamic ? le32_to_cpu(es->s_feature_incompat) : 0;
	s->ro_compat = dynamic ? le32_to_cpu(es->s_feature_ro_compat) : 0;
	s->inode_size = dynamic ? le16_to_cpu(es->s_inode_size) : EXT4_GOOD_OLD_INODE_SIZE;
	s->first_ino = dynamic ? le32_to_cpu(es->s_first_ino) : 11;
	s->blocks = le32_to_cpu(es->s_blocks_count_lo) | (wide ? (u64)le32_to_cpu(es->s_blocks_count_hi) << 32 : 0);
	s->root_reserve = le32_to_cpu(es->s_r_blocks_count_lo) | (wide ? (u64)le32_to_cpu(es->s_r_blocks_count_hi) << 32 : 0);
	s->root_reserve = min(s->root_reserve, s->blocks);
	s->meta_reserve = min_t(u64, s->blocks / 50, 4096);
	s->first_data_block = le32_to_cpu(es->s_first_data_block);
	s->blocks_per_group = le32_to_cpu(es->s_blocks_per_group);
	s->inodes_per_group = le32_to_cpu(es->s_inodes_per_group);
	s->inodes = le32_to_cpu(es->s_inodes_count);
	s->desc_size = wide ? le16_to_cpu(es->s_desc_size) : 32;
	s->csum = s->ro_compat & RO_COMPAT_METADATA_CSUM;
	s->gdt_csum = !s->csum && s->ro_compat & RO_COMPAT_GDT_CSUM;
	s->csum_seed = s->incompat & INCOMPAT_CSUM_SEED ? le32_to_cpu(es->s_checksum_seed) : crc32c(~0U, es->s_uuid, 16);
	for (int i = 0; i < 4; i++)
		s->hash_seed[i] = le32_to_cpu(es->s_hash_seed[i]);
	s->hash_version = es->s_def_hash_version <= 2 ? es->s_def_hash_version : 1;
	s->hash_unsigned = le32_to_cpu(es->s_flags) & EXT4_UNSIGNED_HASH ? 3 : 0;
	if (!s->opt_errors_given) {
		u16 e = le16_to_cpu(es->s_errors);

		s->errors = e >= ERRORS_CONTINUE && e <= ERRORS_PANIC ? e : ERRORS_CONTINUE;
	}
	if (!s->resuid)
		s->resuid = le16_to_cpu(es->s_def_resuid);
	if (!s->resgid)
		s->resgid = le16_to_cpu(es->s_def_resgid);
}

/* The first look: magic and block size, then the super block's place in the cache. */
static int find_super(struct ext4_sb *s, bool silent)
{
	struct page *p = read_cache_page(&s->bd->inode->data, 0);
	const struct ext4_super_block *es;
	u32 log, magic;

	if (IS_ERR(p))
		return (int)PTR_ERR(p);
	es = (const void *)((u8 *)page_address(p) + 1024);
	magic = le16_to_cpu(es->s_magic);
	log = le32_to_cpu(es->s_log_block_size);
	page_put(p);
	if (magic != EXT4_MAGIC)
		return refuse(s, silent, "%s: %s: bad magic 0x%04x: no ext2, ext3 or ext4 here\n", s->sb->id, s->sb->type->name, magic);
	if (log > 2)
		return refuse(s, silent, "%s: ext4: not mounted: blocks of more than 4096 bytes are not built\n", s->sb->id);
	s->bits = 10 + log;
	s->bs = 1U << s->bits;
	s->sbuf = buf_read(s->bd, s->bs == 1024 ? 1 : 0, s->bs);
	if (IS_ERR(s->sbuf)) {
		int err = (int)PTR_ERR(s->sbuf);

		s->sbuf = NULL;
		return err;
	}
	s->es = (struct ext4_super_block *)(s->sbuf->data + (s->bs == 1024 ? 0 : 1024));
	return 0;
}

static int read_super(struct ext4_sb *s, bool silent)
{
	int err;

	load_super(s);
	if (s->csum && le32_to_cpu(s->es->s_checksum) != crc32c(~0U, s->es, offsetof(struct ext4_super_block, s_checksum)))
		return refuse(s, silent, "%s: ext4: not mounted: wrong checksum of the super block; run e2fsck\n", s->sb->id);
	err = check_type(s, silent);
	if (!err)
		err = check_features(s);
	if (!err)
		err = check_geometry(s);
	return err;
}

/* --- writing it --- */

int ext4_commit_super(struct ext4_sb *s, bool wait)
{
	struct ext4_super_block *es = s->es;

	might_sleep();
	es->s_wtime = cpu_to_le32((u32)ktime_real().sec);
	es->s_free_blocks_count_lo = cpu_to_le32(s->free_blocks);
	if (s->incompat & INCOMPAT_64BIT)
		es->s_free_blocks_count_hi = cpu_to_le32(s->free_blocks >> 32);
	es->s_free_inodes_count = cpu_to_le32(s->free_inodes);
	if (s->csum)
		es->s_checksum = cpu_to_le32(crc32c(~0U, es, offsetof(struct ext4_super_block, s_checksum)));
	buf_dirty(s->sbuf);
	return wait ? buf_write(s->sbuf) : 0;
}

static int begin_writing(struct ext4_sb *s)
{
	struct ext4_super_block *es = s->es;

	s->mount_state = le16_to_cpu(es->s_state);
	if (!(s->mount_state & EXT4_VALID_FS))
		pr_warn("%s: ext4: it was not unmounted cleanly; e2fsck is recommended\n", s->sb->id);
	if (s->mount_state & EXT4_ERROR_FS)
		pr_warn("%s: ext4: it has known errors; e2fsck is recommended\n", s->sb->id);
	es->s_state &= cpu_to_le16(~EXT4_VALID_FS);
	es->s_mnt_count = cpu_to_le16(le16_to_cpu(es->s_mnt_count) + 1);
	es->s_mtime = cpu_to_le32((u32)ktime_real().sec);
	return ext4_commit_super(s, true);
}

static int end_writing(struct ext4_sb *s)
{
	int err;

	ext4_list_orphans(s);
	ext4_commit_super(s, false);
	err = sync_buffers(s->bd);		/* all of it, and only then "clean" */
	if (!err)
		err = blk_flush(s->bd);
	if (err)
		return err;
	s->es->s_state = cpu_to_le16(s->mount_state);
	err = ext4_commit_super(s, true);
	return err ? err : blk_flush(s->bd);
}

static int ext4_sync_fs(struct super_block *sb, bool wait)
{
	struct ext4_sb *s = EXT4_SB(sb);
	int err;

	if (sb_rdonly(sb))
		return 0;
	ext4_commit_super(s, false);
	if (!wait)
		return filemap_fdatawrite(&s->bd->inode->data, 0, S64_MAX, false);
	err = sync_buffers(s->bd);
	return err ? err : blk_flush(s->bd);
}

static void free_sb(struct ext4_sb *s)
{
	ext4_drop_groups(s);
	buf_put(s->sbuf);
	kfree(s->da_spare);
	s->sb->private = NULL;
	kfree(s);
}

static void ext4_put_super(struct super_block *sb)
{
	struct ext4_sb *s = EXT4_SB(sb);

	if (!sb_rdonly(sb) && end_writing(s))
		pr_err("%s: ext4: could not be written at the unmount; run e2fsck\n", sb->id);
	free_sb(s);
}

static int ext4_remount(struct super_block *sb, unsigned flags, char *data)
{
	struct ext4_sb *s = EXT4_SB(sb);
	bool ro = flags & SB_RDONLY_, was = sb_rdonly(sb);
	int err = ext4_parse_options(s, data, true);

	if (err || ro == was)
		return err;
	if (ro) {
		err = sync_inodes_sb(sb, true);
		if (!err)
			err = end_writing(s);
		return err;
	}
	if (s->ro_compat & ~SUPPORTED_RO || sb->bdev->read_only)
		return -EROFS;
	if (s->incompat & INCOMPAT_RECOVER)
		return refuse(s, false, "%s: ext4: its journal was not replayed: unmount it and mount it without norecovery\n", sb->id) + EINVAL - EROFS;
	s->failed = false;
	err = begin_writing(s);
	if (!err) {
		sb->flags &= ~SB_RDONLY_;
		ext4_orphans(s);
	}
	return err;
}

/* Blocks that hold no files: what df leaves out. */
static u64 count_overhead(struct ext4_sb *s)
{
	u64 n = s->first_data_block;

	if (s->es->s_overhead_clusters)
		return min_t(u64, le32_to_cpu(s->es->s_overhead_clusters), s->blocks);
	for (u32 g = 0; g < s->groups; g++) {
		n += s->itable_blocks + 2;
		if (ext4_group_has_super(s, g))
			n += 1 + s->gdb_count + le16_to_cpu(s->es->s_reserved_gdt_blocks);
	}
	return min(n, s->blocks);
}

int ext4_statfs(struct super_block *sb, struct kstatfs *st)
{
	struct ext4_sb *s = EXT4_SB(sb);
	u64 uuid[2];

	st->type = EXT4_MAGIC;
	st->bsize = st->frsize = s->bs;
	st->blocks = s->blocks - (s->opt_minixdf ? 0 : s->overhead);
	st->bfree = s->free_blocks - min(s->free_blocks, s->da_blocks);
	st->bavail = st->bfree - min(st->bfree, s->root_reserve + s->meta_reserve);
	st->files = s->inodes;
	st->ffree = s->free_inodes;
	st->namelen = NAME_MAX_;
	memcpy(uuid, s->es->s_uuid, sizeof(uuid));
	st->fsid = uuid[0] ^ uuid[1];
	return 0;
}

/* --- inodes' memory --- */

static void ext4_inode_ctor(struct ext4_inode *ei)
{
	memset(ei, 0, sizeof(*ei));
	rwsem_init(&ei->map_sem);
	ei->da = RB_ROOT;
}

static struct inode *ext4_alloc_inode(struct super_block *sb)
{
	struct ext4_inode *ei = kmem_cache_alloc(inode_cache, GFP_KERNEL);

	if (!ei)
		return NULL;
	ext4_inode_ctor(ei);
	return &ei->vfs;
}

static void ext4_free_inode_memory(struct inode *inode)
{
	if (EXT4_I(inode)->da_blocks)
		ext4_da_release(inode, 0, U32_MAX);
	kmem_cache_free(inode_cache, EXT4_I(inode));
}

const struct super_ops ext4_sops = {
	.alloc_inode = ext4_alloc_inode,
	.free_inode = ext4_free_inode_memory,
	.write_inode = ext4_write_inode,
	.evict = ext4_evict,
	.sync_fs = ext4_sync_fs,
	.put_super = ext4_put_super,
	.statfs = ext4_statfs,
	.remount = ext4_remount,
	.show_options = ext4_show_options,
};

/* --- mount --- */

/* A journal with something in it comes first: it may change all that was read so far. */
static int replay(struct ext4_sb *s)
{
	const char *id = s->sb->id;
	int err;

	if (!(s->incompat & INCOMPAT_RECOVER))
		return 0;
	if (s->opt_noload) {
		if (sb_rdonly(s->sb))
			return 0;
		return refuse(s, false, "%s: ext4: norecovery goes with ro only: its journal has to be replayed\n", id);
	}
	if (s->bd->read_only || s->bd->whole->read_only)
		return refuse(s, false, "%s: ext4: its journal has to be replayed, but the disk is read only; mount it with -o ro,norecovery\n", id);
	err = ext4_journal_replay(s);
	evict_inodes(s->sb);
	if (err)
		return err;
	ext4_drop_groups(s);
	s->free_blocks = s->free_inodes = 0;
	err = read_super(s, false);
	return err ? err : ext4_load_groups(s, false);
}

static int mount_root(struct ext4_sb *s)
{
	struct super_block *sb = s->sb;
	struct inode *root = ext4_iget(sb, EXT4_ROOT_INO);

	if (IS_ERR(root)) {
		pr_err("%s: ext4: not mounted: the root directory cannot be read; run e2fsck\n", sb->id);
		return (int)PTR_ERR(root) == -ESTALE ? -EUCLEAN : (int)PTR_ERR(root);
	}
	if (!S_ISDIR(root->mode) || !root->nlink) {
		iput(root);
		return refuse(s, false, "%s: ext4: not mounted: the root is no directory; run e2fsck\n", sb->id);
	}
	sb->root = d_make_root(root);
	return sb->root ? 0 : -ENOMEM;
}

static int ext4_fill_super(struct super_block *sb, char *data, bool silent)
{
	struct ext4_sb *s = kzalloc(sizeof(*s), GFP_KERNEL);
	int err;

	if (!s)
		return -ENOMEM;
	s->sb = sb;
	s->bd = sb->bdev;
	sb->private = s;
	sb->ops = &ext4_sops;
	err = find_super(s, silent);
	if (!err)
		err = ext4_parse_options(s, data, false);
	if (!err)
		err = read_super(s, silent);
	if (err)
		goto fail;
	sb->blocksize = s->bs;
	sb->blocksize_bits = s->bits;
	sb->magic = EXT4_MAGIC;
	sb->flags |= SB_POSIXACL_;
	sb->maxbytes = (loff_t)(0xffffffffULL << s->bits);
	sb->time_gran = s->inode_size > EXT4_GOOD_OLD_INODE_SIZE ? 1 : 1000000000;
	err = ext4_load_groups(s, silent);
	if (!err)
		err = replay(s);
	if (!err && !sb_rdonly(sb) && (s->bd->read_only || s->bd->whole->read_only))
		err = -EROFS;
	if (!err)
		err = mount_root(s);
	if (!err && !sb_rdonly(sb))
		err = begin_writing(s);
	if (err)
		goto fail;
	s->overhead = count_overhead(s);
	if (!sb_rdonly(sb))
		ext4_orphans(s);
	pr_info("%s: %s mounted%s, %llu MiB\n", sb->id, sb->type->name, sb_rdonly(sb) ? " read only" : "",
		(unsigned long long)(s->blocks << s->bits >> 20));
	return 0;
fail:
	if (sb->root) {
		dput(sb->root);
		sb->root = NULL;
	}
	evict_inodes(sb);
	free_sb(s);
	return err;
}

static struct fs_type ext3_type = { .name = "ext3", .flags = FS_REQUIRES_DEV, .fill_super = ext4_fill_super };
static struct fs_type ext2_type = { .name = "ext2", .flags = FS_REQUIRES_DEV, .fill_super = ext4_fill_super };
static struct fs_type ext4_type = { .name = "ext4", .flags = FS_REQUIRES_DEV, .fill_super = ext4_fill_super };

static int ext4_init(void)
{
	inode_cache = kmem_cache_create("ext4_inode", sizeof(struct ext4_inode), NULL);
	if (!inode_cache)
		return -ENOMEM;
	/* In the order in which a root file system of unknown type is tried. */
	fs_register(&ext3_type);
	fs_register(&ext2_type);
	return fs_register(&ext4_type);
}
fs_initcall(ext4_init);
