/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of ext4 share.
 *   super.c     mount, options, the super block          group.c    descriptors, bitmaps, checksums
 *   balloc.c    blocks: allocate, free                    ialloc.c   inodes: allocate, free
 *   extents.c, extent_edit.c   extent trees               indirect.c ext2's and ext3's block maps
 *   map.c       file block -> disk block                  delalloc.c blocks promised, not yet allocated
 *   inode.c     disk inode <-> struct inode               file.c, falloc.c   data
 *   dir.c, htree.c, dx_insert.c, namei.c, rename.c        directories and names
 *   xattr.c     extended attributes                       journal.c  replay   orphan.c  what a crash left half deleted
 * Locking: ei->map_sem (sleeping) guards a file's block map; inode->lock is the VFS's. Order: inode->lock, map_sem.
 * No journal is written. Order on the disk is kept where losing it could lose a file that was synced: a new tree or directory
 * block is written before what points to it, and that before the old block from which entries were moved.
 */
#ifndef EXT4_H
#define EXT4_H

#include <drivers/blkdev.h>
#include <fs/buffer.h>
#include <fs/fs.h>
#include <kernel/bug.h>
#include <kernel/printk.h>
#include <kernel/why.h>
#include <lib/misc.h>
#include <lib/rbtree.h>
#include <lib/string.h>
#include <mm/slab.h>
#include "disk.h"

struct ext4_group {			/* what is known of a group beyond its descriptor */
	u32 max_run;			/* no free run is longer; blocks_per_group when unknown */
	u32 rotor;			/* behind what was allocated last: small files pack side by side */
	bool bitmap_bad, ibitmap_bad;	/* failed its checks: nothing is allocated here */
};

enum ext4_errors { ERRORS_CONTINUE = 1, ERRORS_RO, ERRORS_PANIC };

struct ext4_sb {
	struct super_block *sb;
	struct blkdev *bd;
	struct buf *sbuf;		/* holds es */
	struct ext4_super_block *es;
	u32 bs, bits;			/* block size and its log2 */
	u64 blocks;
	u32 first_data_block, blocks_per_group, inodes_per_group, inodes, groups;
	u32 inode_size, inodes_per_block, itable_blocks, first_ino;
	u32 desc_size, descs_per_block, gdb_count;
	struct buf **gdb;		/* the descriptor blocks */
	struct ext4_group *group;
	u32 compat, incompat, ro_compat;
	bool csum, gdt_csum;		/* metadata_csum; the older kind */
	u32 csum_seed, hash_seed[4];
	u8 hash_version, hash_unsigned;	/* unsigned: 3 is added to it */
	u64 free_blocks, da_blocks;	/* in all; promised to dirty pages */
	u64 meta_reserve, root_reserve;	/* kept for metadata, for root */
	u32 free_inodes;
	u64 overhead;
	enum ext4_errors errors;
	u32 resuid, resgid;
	bool opt_noload, opt_minixdf, opt_grpid, opt_errors_given;
	u16 mount_state;		/* s_state as it was before we mounted it read-write */
	bool failed;			/* an error was met: stay unclean */
	struct da_extent *da_spare;	/* so that a release can always split one */
};

struct da_extent { struct rb_node node; u32 start, len; };	/* file blocks */

struct ext4_inode {
	struct inode vfs;
	u32 i_data[EXT4_NBLOCKS];	/* as on the disk */
	u32 flags;			/* FL_ */
	u64 file_acl;
	u16 extra_isize;
	u32 csum_seed;
	u32 group;			/* where the inode is */
	struct rwsem map_sem;
	u64 goal;			/* the block behind the last one allocated */
	struct rb_root da;		/* struct da_extent */
	struct da_extent *da_last;	/* the one changed last */
	u32 da_blocks;
	struct { u32 lblk, len; u64 pblk; u8 state; } cache;	/* the last mapping found; len 0: none */
	loff_t disk_size;		/* at least this size is on the disk: what extents there may reach to */
	loff_t size_floor;		/* a truncation is under way: no smaller size is written before its extents are */
	bool unsynced;			/* more than its times changed since the last fsync */
};

static inline struct ext4_sb *EXT4_SB(const struct super_block *sb) { return sb->private; }
static inline struct ext4_inode *EXT4_I(const struct inode *inode) { return container_of((struct inode *)inode, struct ext4_inode, vfs); }
static inline bool ext4_has_extents(const struct inode *inode) { return EXT4_I(inode)->flags & FL_EXTENTS; }
static inline bool ext4_has_group_csum(const struct ext4_sb *s) { return s->csum || s->gdt_csum; }

/* Reports corruption, follows the errors= policy; returns -EUCLEAN. */
int ext4_error(struct super_block *sb, const char *fmt, ...) __printf(2, 3);

/* --- super.c --- */
int ext4_commit_super(struct ext4_sb *s, bool wait);	/* counters and checksum into its block; sleeps */
bool ext4_group_has_super(const struct ext4_sb *s, u32 group);
bool ext4_blocks_valid(const struct ext4_sb *s, u64 block, u64 n);	/* within the file system, behind the super block */
extern const struct super_ops ext4_sops;
int ext4_parse_options(struct ext4_sb *s, char *data, bool remount);
void ext4_show_options(struct super_block *sb, struct seq_file *m);
int ext4_statfs(struct super_block *sb, struct kstatfs *st);

/* --- group.c --- */
struct ext4_group_desc *ext4_desc(struct ext4_sb *s, u32 group, struct buf **b);	/* never fails; b may be NULL */
u64 ext4_block_bitmap_at(const struct ext4_sb *s, const struct ext4_group_desc *d);
u64 ext4_inode_bitmap_at(const struct ext4_sb *s, const struct ext4_group_desc *d);
u64 ext4_inode_table_at(const struct ext4_sb *s, const struct ext4_group_desc *d);
u32 ext4_free_in_group(const struct ext4_sb *s, const struct ext4_group_desc *d);
u32 ext4_free_inodes_in_group(const struct ext4_sb *s, const struct ext4_group_desc *d);
u32 ext4_dirs_in_group(const struct ext4_sb *s, const struct ext4_group_desc *d);
u32 ext4_itable_unused(const struct ext4_sb *s, const struct ext4_group_desc *d);
void ext4_set_free_in_group(struct ext4_sb *s, struct ext4_group_desc *d, u32 n);
void ext4_set_free_inodes_in_group(struct ext4_sb *s, struct ext4_group_desc *d, u32 n);
void ext4_set_dirs_in_group(struct ext4_sb *s, struct ext4_group_desc *d, u32 n);
void ext4_set_itable_unused(struct ext4_sb *s, struct ext4_group_desc *d, u32 n);
u32 ext4_blocks_in_group(const struct ext4_sb *s, u32 group);
u64 ext4_group_first_block(const struct ext4_sb *s, u32 group);
bool ext4_desc_csum_ok(struct ext4_sb *s, u32 group);
void ext4_desc_dirty(struct ext4_sb *s, u32 group);	/* checksum, then dirty */
int ext4_load_groups(struct ext4_sb *s, bool silent);	/* reads and checks all descriptors */
void ext4_drop_groups(struct ext4_sb *s);
/* Bitmaps, verified, made up when uninitialised (that flag is then taken off by the _dirty call). Sleep. ERR_PTR */
struct buf *ext4_block_bitmap(struct ext4_sb *s, u32 group);
struct buf *ext4_inode_bitmap(struct ext4_sb *s, u32 group);
void ext4_block_bitmap_dirty(struct ext4_sb *s, u32 group, struct buf *b);	/* and the descriptor */
void ext4_inode_bitmap_dirty(struct ext4_sb *s, u32 group, struct buf *b);

/* --- balloc.c --- */
#define ALLOC_META	1	/* may use the reserve for metadata */
#define ALLOC_RESERVED	2	/* was promised by delayed allocation */
/* Up to *n blocks in a row, near goal (0: near the inode). 0 and *n ≥ 1, or -ENOSPC, -EIO, … Counts them to the inode. Sleeps. */
int ext4_alloc_blocks(struct inode *inode, u64 goal, u32 *n, unsigned flags, u64 *block);
void ext4_free_blocks(struct inode *inode, u64 block, u64 n, bool metadata);	/* sleeps; inode NULL: not counted to one */
bool ext4_room_for(struct ext4_sb *s, u64 n, unsigned flags);
u64 ext4_inode_goal(struct inode *inode);

/* --- ialloc.c --- */
struct inode *ext4_new_inode(struct inode *dir, mode_t mode, const struct qstr *name);	/* ERR_PTR; locked against nobody yet, hashed */
void ext4_free_inode(struct inode *inode);

/* --- inode.c --- */
struct inode *ext4_iget(struct super_block *sb, u64 ino);	/* ERR_PTR(-EUCLEAN, -EIO, -ENOMEM, -ESTALE: not in use) */
int ext4_write_inode(struct inode *inode, bool sync);
int ext4_write_inode_now(struct inode *inode);			/* on the host before it returns */
int ext4_inode_buf(struct inode *inode, struct buf **b, struct ext4_raw_inode **raw);
void ext4_inode_buf_dirty(struct inode *inode, struct buf *b, struct ext4_raw_inode *raw);	/* checksum */
void ext4_evict(struct inode *inode);
void ext4_set_inode_flags(struct inode *inode);
void ext4_set_inode_ops(struct inode *inode);
u32 ext4_inode_csum_seed(struct ext4_sb *s, u32 ino, u32 generation);
int ext4_setattr(struct dentry *dentry, struct kattr *attr);
int ext4_getattr(const struct path *path, struct kstat *st);
int ext4_truncate(struct inode *inode, loff_t size);		/* inode->size is set already; pages gone */

/* --- map.c --- */
enum { MAP_HOLE, MAP_WRITTEN, MAP_UNWRITTEN };
struct ext4_map { u32 lblk, len; u64 pblk; u8 state; };		/* len > 0: how far this holds */
int ext4_map_find(struct inode *inode, u32 lblk, u32 max, struct ext4_map *map);	/* map_sem held or taken inside: see map.c. Sleeps. */
int ext4_map_locked(struct inode *inode, u32 lblk, u32 max, struct ext4_map *map);
int ext4_map_insert(struct inode *inode, u32 lblk, u32 len, u64 pblk, bool unwritten);	/* map_sem held for writing */
int ext4_map_remove(struct inode *inode, u32 first, u32 last);	/* frees the blocks; map_sem held for writing */
/* Blocks for a hole at lblk, at most max: allocated and mapped. */
int ext4_map_alloc(struct inode *inode, u32 lblk, u32 max, unsigned flags, bool unwritten, struct ext4_map *map);
/* A block of a directory or symlink, allocated if create. 0 in *pblk: hole. */
int ext4_meta_block(struct inode *inode, u32 lblk, bool create, u64 *pblk);
u32 ext4_max_block(const struct inode *inode);			/* the largest file block number there can be */

/* --- extents.c, extent_edit.c --- */
struct ext4_path { struct buf *b; struct ext4_extent_header *eh; u32 max; int at; };	/* at: entry, -1: before the first */
int ext4_ext_init(struct inode *inode);
int ext4_ext_find_path(struct inode *inode, u32 lblk, struct ext4_path *path, int *depth);	/* end by ext4_ext_put_path() */
void ext4_ext_put_path(struct ext4_path *path, int depth);
int ext4_ext_lookup(struct inode *inode, u32 lblk, u32 max, struct ext4_map *map);
int ext4_ext_insert(struct inode *inode, u32 lblk, u32 len, u64 pblk, bool unwritten);
int ext4_ext_remove(struct inode *inode, u32 first, u32 last);
int ext4_ext_sync_path(struct inode *inode, u32 lblk);
int ext4_ext_convert(struct inode *inode, u32 lblk, u32 len);	/* unwritten -> written */
void ext4_ext_node_dirty(struct inode *inode, struct ext4_path *node);
static inline struct ext4_extent *ext_at(struct ext4_extent_header *eh, int i) { return (struct ext4_extent *)(eh + 1) + i; }
static inline struct ext4_extent_idx *idx_at(struct ext4_extent_header *eh, int i) { return (struct ext4_extent_idx *)(eh + 1) + i; }
/* See dx_count(): never more than the node can hold. */
static inline u32 ext_count(const struct ext4_path *n) { return min_t(u32, le16_to_cpu(n->eh->entries), n->max); }
static inline bool ext_unwritten(const struct ext4_extent *e) { return le16_to_cpu(e->len) > EXT_INIT_MAX; }
static inline u32 ext_len(const struct ext4_extent *e) { u32 n = le16_to_cpu(e->len); return n > EXT_INIT_MAX ? n - EXT_INIT_MAX : n; }
static inline u64 ext_start(const struct ext4_extent *e) { return le32_to_cpu(e->start_lo) | (u64)le16_to_cpu(e->start_hi) << 32; }
static inline u64 idx_leaf(const struct ext4_extent_idx *e) { return le32_to_cpu(e->leaf_lo) | (u64)le16_to_cpu(e->leaf_hi) << 32; }

/* --- indirect.c --- */
int ext4_ind_lookup(struct inode *inode, u32 lblk, u32 max, struct ext4_map *map);
int ext4_ind_insert(struct inode *inode, u32 lblk, u32 len, u64 pblk);
int ext4_ind_remove(struct inode *inode, u32 first, u32 last);

/* --- delalloc.c --- */
int ext4_da_reserve(struct inode *inode, u32 first, u32 last);	/* 0, -ENOSPC … */
u32 ext4_da_find(struct inode *inode, u32 lblk);		/* how many blocks from lblk on are promised */
bool ext4_da_next(struct inode *inode, u32 lblk, u32 *start);	/* the first promised one at or behind lblk */
void ext4_da_release(struct inode *inode, u32 first, u32 last);	/* allocated, or not needed any more. Never sleeps. */

/* --- file.c, falloc.c --- */
extern const struct file_ops ext4_file_ops;
extern const struct inode_ops ext4_file_iops;
const struct address_space_ops *ext4_aops(const struct super_block *sb);
int ext4_zero_partial(struct inode *inode, loff_t from, loff_t to);	/* within one block, if it has content: zeroed through the cache */
void ext4_protect_tail(struct inode *inode, loff_t old_size);	/* the file grows: the page at its old end asks again before it is written */
bool ext4_block_dirty_in_cache(struct inode *inode, u32 lblk, u32 n, u32 *first, u32 *len);
int ext4_fsync(struct file *f, loff_t start, loff_t end, bool datasync);
long ext4_fallocate(struct file *f, int mode, loff_t off, loff_t len);
loff_t ext4_llseek(struct file *f, loff_t off, int whence);
int ext4_trim(struct super_block *sb, uaddr_t arg);		/* trim.c: FITRIM */
long ext4_ioctl(struct file *f, unsigned cmd, unsigned long arg);
int ext4_fileattr_get(struct inode *inode, u32 *flags);
int ext4_fileattr_set(struct inode *inode, u32 flags);

/* --- dir.c, htree.c, dx_insert.c --- */
extern const struct file_ops ext4_dir_ops;
extern const struct inode_ops ext4_dir_iops;
struct buf *ext4_dir_block(struct inode *dir, u32 lblk);	/* read, checksum verified; ERR_PTR; a hole is corruption */
struct buf *ext4_dir_append(struct inode *dir, u32 *lblk);	/* a new block, zeroed, mapped, size raised, not dirty yet */
void ext4_dir_block_dirty(struct inode *dir, struct buf *b);
u32 ext4_dir_space(const struct inode *dir);			/* bytes of a block that entries may use */
/* The entry at off, or NULL if it is not sound (reported). */
struct ext4_dirent *ext4_dirent_at(struct inode *dir, struct buf *b, u32 off);
bool ext4_name_sound(struct inode *dir, const struct ext4_dirent *de);	/* for readdir */
struct ext4_dirent *ext4_find_in_block(struct inode *dir, struct buf *b, const char *name, u32 len, struct ext4_dirent **prev);
/* Puts an entry into b if it fits: 0, -ENOSPC, -EUCLEAN. Dirties b. */
int ext4_add_to_block(struct inode *dir, struct buf *b, const char *name, u32 len, u32 ino, mode_t mode);
void ext4_init_dir_block(struct inode *dir, struct buf *b);	/* one empty entry and the tail */
/* Finds name: its entry in *b (to be put). NULL: none; ERR_PTR. */
struct ext4_dirent *ext4_find_entry(struct inode *dir, const char *name, u32 len, struct buf **b);
int ext4_add_entry(struct inode *dir, const char *name, u32 len, u32 ino, mode_t mode);
int ext4_delete_entry(struct inode *dir, struct buf *b, struct ext4_dirent *de);
bool ext4_dir_empty(struct inode *dir);
void ext4_set_de_type(struct super_block *sb, struct ext4_dirent *de, mode_t mode);
u8 ext4_dt_of(const struct super_block *sb, const struct ext4_dirent *de);

struct dx_hash { u32 hash, minor; u8 version; };
int ext4_hash(struct ext4_sb *s, u8 version, const char *name, u32 len, struct dx_hash *h);	/* -EINVAL: unknown version */
struct dx_frame { struct buf *b; struct dx_entry *entries; int at; };
#define DX_MAX_LEVELS	2
struct dx_path { struct dx_frame frame[DX_MAX_LEVELS]; int levels; u8 version; };
int ext4_dx_path(struct inode *dir, const char *name, u32 len, struct dx_hash *h, struct dx_path *p);	/* -EUCLEAN: damaged; by h->hash if name is NULL */
void ext4_dx_put(struct dx_path *p);
u32 ext4_dx_leaf(const struct dx_path *p);
/* Moves p to the next leaf. 1: moved and it continues hash, 2: moved, 0: no more, -errno. */
int ext4_dx_next(struct inode *dir, struct dx_path *p, u32 hash);
void ext4_dx_dirty(struct inode *dir, struct dx_frame *f);
/* Metadata lies in pages that root may write to through /dev: whatever a count says, it must not lead out of the page. */
static inline u32 dx_room(const struct dx_entry *e) { return (u32)(PAGE_SIZE - ((unsigned long)e & ~PAGE_MASK)) / sizeof(*e); }
static inline u32 dx_count(const struct dx_entry *e) { return min_t(u32, le16_to_cpu(((const struct dx_countlimit *)e)->count), dx_room(e)); }
static inline u32 dx_limit(const struct dx_entry *e) { return le16_to_cpu(((const struct dx_countlimit *)e)->limit); }
static inline u32 dx_hash_of(const struct dx_entry *e, int i) { return i ? le32_to_cpu(e[i].hash) : 0; }
static inline u32 dx_block_of(const struct dx_entry *e, int i) { return le32_to_cpu(e[i].block) & 0x0fffffff; }
struct ext4_dirent *ext4_dx_find(struct inode *dir, const char *name, u32 len, struct buf **b);
int ext4_dx_add(struct inode *dir, const char *name, u32 len, u32 ino, mode_t mode);
int ext4_dx_make(struct inode *dir, struct buf *b);		/* from one plain block */
int ext4_dx_iterate(struct inode *dir, struct dir_context *ctx);
static inline bool ext4_is_dx(const struct inode *dir)
{
	return EXT4_I(dir)->flags & FL_INDEX && EXT4_SB(dir->sb)->compat & COMPAT_DIR_INDEX;
}
int ext4_rename(struct inode *odir, struct dentry *od, struct inode *ndir, struct dentry *nd, unsigned flags);
extern const struct inode_ops ext4_special_iops, ext4_symlink_iops;

/* --- xattr.c --- */
bool ext4_may_have_xattrs(struct inode *inode, const struct ext4_raw_inode *raw);	/* its slot in hand. Never sleeps. */
ssize_t ext4_getxattr(struct inode *inode, const char *name, void *buf, size_t size);
int ext4_setxattr(struct inode *inode, const char *name, const void *value, size_t size, int flags);
ssize_t ext4_listxattr(struct inode *inode, char *buf, size_t size);
void ext4_xattr_drop(struct inode *inode);			/* eviction: gives the block back */

/* --- journal.c, orphan.c --- */
int ext4_journal_replay(struct ext4_sb *s);			/* 0 or -errno: not mountable */
void ext4_orphans(struct ext4_sb *s);
void ext4_list_orphans(struct ext4_sb *s);

#endif
