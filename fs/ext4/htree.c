// SPDX-License-Identifier: GPL-2.0
/*
 * Indexed directories, reading. Block 0 holds "." and "..", then index entries (hash, block) that lead to leaves, plain directory
 * blocks, directly or through one more level of index blocks. A leaf holds the names whose hash lies between its entry's and
 * the next one's; bit 0 of the latter says that names of that very hash continue there.
 */
#include "ext4.h"
#include <kernel/sched.h>

#define HASH_EOF	0x7fffffffU

static u32 rol(u32 x, int n) { return x << n | x >> (32 - n); }

static void half_md4(u32 buf[4], const u32 in[8])
{
	static const u8 order[3][8] = { { 0, 1, 2, 3, 4, 5, 6, 7 }, { 1, 3, 5, 7, 0, 2, 4, 6 }, { 3, 7, 2, 6, 1, 5, 0, 4 } };
	static const u8 shift[3][4] = { { 3, 7, 11, 19 }, { 3, 5, 9, 13 }, { 3, 9, 11, 15 } };
	static const u32 k[3] = { 0, 0x5a827999, 0x6ed9eba1 };
	u32 v[4] = { buf[0], buf[1], buf[2], buf[3] };

	for (int round = 0; round < 3; round++)
		for (int i = 0; i < 8; i++) {
			u32 *a = &v[-i & 3], b = v[(1 - i) & 3], c = v[(2 - i) & 3], d = v[(3 - i) & 3], f;

			if (round == 0)
				f = d ^ (b & (c ^ d));
			else if (round == 1)
				f = (b & c) + ((b ^ c) & d);
			else
				f = b ^ c ^ d;
			*a = rol(*a + f + in[order[round][i]] + k[round], shift[round][i & 3]);
		}
	for (int i = 0; i < 4; i++)
		buf[i] += v[i];
}

static void tea(u32 buf[4], const u32 in[4])
{
	u32 sum = 0, b0 = buf[0], b1 = buf[1];

	for (int n = 0; n < 16; n++) {
		sum += 0x9e3779b9;
		b0 += ((b1 << 4) + in[0]) ^ (b1 + sum) ^ ((b1 >> 5) + in[1]);
		b1 += ((b0 << 4) + in[2]) ^ (b0 + sum) ^ ((b0 >> 5) + in[3]);
	}
	buf[0] += b0;
	buf[1] += b1;
}

static u32 legacy(const char *name, u32 len, bool is_unsigned)
{
	u32 h0 = 0x12a3fe2d, h1 = 0x37abe8f9;

	while (len--) {
		int c = is_unsigned ? (int)(u8)*name : (int)(signed char)*name;
		u32 h = h1 + (h0 ^ (u32)(c * 7152373));

		name++;
		if (h & 0x80000000U)
			h -= 0x7fffffff;
		h1 = h0;
		h0 = h;
	}
	return h0 << 1;
}

/* The next num words of the name, the rest filled from its length. */
static void words_of(const char *name, u32 len, u32 *out, u32 num, bool is_unsigned)
{
	u32 pad = len | len << 8, val, i, n = 0;

	pad |= pad << 16;
	val = pad;
	len = min(len, num * 4);
	for (i = 0; i < len; i++) {
		val = (u32)(is_unsigned ? (int)(u8)name[i] : (int)(signed char)name[i]) + (val << 8);
		if (i % 4 == 3) {
			out[n++] = val;
			val = pad;
		}
	}
	if (n < num)
		out[n++] = val;
	while (n < num)
		out[n++] = pad;
}

int ext4_hash(struct ext4_sb *s, u8 version, const char *name, u32 len, struct dx_hash *h)
{
	u32 buf[4] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476 }, in[8], step = version % 3 == 2 ? 16 : 32;
	bool is_unsigned = version >= 3;

	if (version > 5)
		return -EINVAL;
	if (s->hash_seed[0] || s->hash_seed[1] || s->hash_seed[2] || s->hash_seed[3])
		memcpy(buf, s->hash_seed, sizeof(buf));
	h->minor = 0;
	if (version % 3 == 0) {
		h->hash = legacy(name, len, is_unsigned);
	} else {
		for (u32 off = 0; off < len; off += step) {
			words_of(name + off, len - off, in, step / 4, is_unsigned);
			if (step == 32)
				half_md4(buf, in);
			else
				tea(buf, in);
		}
		h->hash = step == 32 ? buf[1] : buf[0];
		h->minor = step == 32 ? buf[2] : buf[1];
	}
	h->hash &= ~1U;
	if (h->hash == HASH_EOF << 1)
		h->hash = (HASH_EOF - 1) << 1;
	h->version = version;
	return 0;
}

/* --- the way to a leaf --- */

static int bad_index(struct inode *dir, const char *what)
{
	return ext4_error(dir->sb, "directory inode %llu: index: %s; run e2fsck -D", (unsigned long long)dir->ino, what);
}

void ext4_dx_put(struct dx_path *p)
{
	for (int i = 0; i < p->levels; i++)
		buf_put(p->frame[i].b);
	p->levels = 0;
}

u32 ext4_dx_leaf(const struct dx_path *p)
{
	const struct dx_frame *f = &p->frame[p->levels - 1];

	return dx_block_of(f->entries, f->at);
}

static u32 index_room(struct inode *dir, u32 off)
{
	const struct ext4_sb *s = EXT4_SB(dir->sb);

	return (s->bs - off - (s->csum ? sizeof(struct dx_tail) : 0)) / sizeof(struct dx_entry);
}

/* Adds a level to the path. off: where its entries begin. */
static int enter(struct inode *dir, struct dx_path *p, struct buf *b, u32 off)
{
	struct dx_frame *f = &p->frame[p->levels++];

	f->b = b;
	f->entries = (struct dx_entry *)(b->data + off);
	f->at = 0;
	if (dx_limit(f->entries) != index_room(dir, off) || !dx_count(f->entries) || dx_count(f->entries) > dx_limit(f->entries))
		return bad_index(dir, "impossible count of entries");
	return 0;
}

static void search(struct dx_frame *f, u32 hash)
{
	int lo = 1, hi = (int)dx_count(f->entries);

	while (lo < hi) {
		int mid = (lo + hi) / 2;

		if (dx_hash_of(f->entries, mid) > hash)
			hi = mid;
		else
			lo = mid + 1;
	}
	f->at = lo - 1;
}

static int enter_node(struct inode *dir, struct dx_path *p, u32 lblk)
{
	struct buf *b = ext4_dir_block(dir, lblk);
	const struct ext4_dirent *de;

	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	de = (const void *)b->data;
	if (de->inode || le16_to_cpu(de->rec_len) != b->size) {
		buf_put(b);
		return bad_index(dir, "a node is no node");
	}
	return enter(dir, p, b, 8);
}

static int enter_root(struct inode *dir, struct dx_path *p, int *levels)
{
	struct buf *b = ext4_dir_block(dir, 0);
	const struct dx_root_info *info;

	p->levels = 0;
	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	info = (const void *)(b->data + 24);
	if (info->zero || info->info_length != sizeof(*info) || info->hash_version > 2 || info->indirect_levels >= DX_MAX_LEVELS ||
	    info->unused & 1) {
		buf_put(b);
		return bad_index(dir, "unknown kind");
	}
	p->version = info->hash_version + EXT4_SB(dir->sb)->hash_unsigned;
	*levels = info->indirect_levels + 1;
	return enter(dir, p, b, 24 + sizeof(*info));
}

int ext4_dx_path(struct inode *dir, const char *name, u32 len, struct dx_hash *h, struct dx_path *p)
{
	int levels = 0, err = enter_root(dir, p, &levels);

	if (!err && name)
		err = ext4_hash(EXT4_SB(dir->sb), p->version, name, len, h);
	for (int i = 0; !err; i++) {
		search(&p->frame[i], h->hash);
		if (i + 1 == levels)
			return 0;
		err = enter_node(dir, p, dx_block_of(p->frame[i].entries, p->frame[i].at));
	}
	ext4_dx_put(p);
	return err;
}

int ext4_dx_next(struct inode *dir, struct dx_path *p, u32 hash)
{
	int levels = p->levels, i = levels - 1;
	u32 next;

	while (i >= 0 && p->frame[i].at + 1 >= (int)dx_count(p->frame[i].entries))
		i--;
	if (i < 0)
		return 0;
	p->frame[i].at++;
	next = dx_hash_of(p->frame[i].entries, p->frame[i].at);
	while (p->levels > i + 1)
		buf_put(p->frame[--p->levels].b);
	while (p->levels < levels) {
		struct dx_frame *f = &p->frame[p->levels - 1];
		int err = enter_node(dir, p, dx_block_of(f->entries, f->at));

		if (err)
			return err;
	}
	return (next & 1) && (next & ~1U) == hash ? 1 : 2;
}

struct ext4_dirent *ext4_dx_find(struct inode *dir, const char *name, u32 len, struct buf **out)
{
	struct ext4_dirent *de = NULL;
	struct dx_path p;
	struct dx_hash h;
	int r = ext4_dx_path(dir, name, len, &h, &p);

	if (r)
		return ERR_PTR(r);
	do {
		struct buf *b = ext4_dir_block(dir, ext4_dx_leaf(&p));

		if (IS_ERR(b)) {
			de = ERR_CAST(b);
			break;
		}
		de = ext4_find_in_block(dir, b, name, len, NULL);
		if (de && !IS_ERR(de)) {
			*out = b;
			break;
		}
		buf_put(b);
		if (de)
			break;
		r = ext4_dx_next(dir, &p, h.hash);
		if (r < 0)
			de = ERR_PTR(r);
	} while (r == 1);
	ext4_dx_put(&p);
	return de;
}

/* --- readdir in the order of hashes: an entry keeps its place when leaves are split --- */

struct dx_item { u32 hash, minor; u32 ino; u8 type, len; char name[255]; };

static int cmp_item(const void *a, const void *b)
{
	const struct dx_item *const *x = a, *const *y = b;

	if ((*x)->hash != (*y)->hash)
		return (*x)->hash < (*y)->hash ? -1 : 1;
	return (*x)->minor < (*y)->minor ? -1 : (*x)->minor > (*y)->minor;
}

/* Positions: 0 is ".", 1 is "..", others hash and minor hash. */
static loff_t pos_of(const struct dx_item *it)
{
	return (loff_t)(((u64)(it->hash >> 1) << 32 | it->minor) + 2);
}

struct item_list { struct dx_item **items; u32 n, room; };

static int add_item(struct item_list *l, const struct ext4_dirent *de, const struct dx_hash *h, u8 type)
{
	struct dx_item *it;

	if (l->n == l->room) {
		u32 room = l->room ? l->room * 2 : 64;
		void *more = krealloc(l->items, room * sizeof(*l->items), GFP_KERNEL);

		if (!more)
			return -ENOMEM;
		l->items = more;
		l->room = room;
	}
	it = kmalloc(offsetof(struct dx_item, name) + de->name_len, GFP_KERNEL);
	if (!it)
		return -ENOMEM;
	it->hash = h->hash;
	it->minor = h->minor;
	it->ino = le32_to_cpu(de->inode);
	it->type = type;
	it->len = de->name_len;
	memcpy(it->name, de->name, de->name_len);
	l->items[l->n++] = it;
	return 0;
}

static void free_items(struct item_list *l)
{
	while (l->n)
		kfree(l->items[--l->n]);
	kfree(l->items);
	l->items = NULL;
	l->room = 0;
}

/* The names of a leaf that lie at or behind pos. */
static int load_leaf(struct inode *dir, const struct dx_path *p, loff_t pos, struct item_list *l)
{
	struct buf *b = ext4_dir_block(dir, ext4_dx_leaf(p));
	struct ext4_dirent *de;
	int err = 0;

	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	for (u32 off = 0; off < b->size && !err; off += le16_to_cpu(de->rec_len)) {
		struct dx_hash h;
		struct dx_item probe;

		de = ext4_dirent_at(dir, b, off);
		if (!de) {
			err = -EUCLEAN;
			break;
		}
		if (!de->inode || !ext4_name_sound(dir, de) || ext4_hash(EXT4_SB(dir->sb), p->version, de->name, de->name_len, &h))
			continue;
		probe.hash = h.hash;
		probe.minor = h.minor;
		if (pos_of(&probe) >= pos)
			err = add_item(l, de, &h, ext4_dt_of(dir->sb, de));
	}
	buf_put(b);
	return err;
}

static int emit_dots(struct inode *dir, struct dir_context *ctx)
{
	struct buf *b = ext4_dir_block(dir, 0);
	u32 up;

	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	up = le32_to_cpu(((struct ext4_dirent *)(b->data + 12))->inode);
	buf_put(b);
	if (ctx->pos == 0) {
		if (!dir_emit(ctx, ".", 1, dir->ino, S_IFDIR >> 12))
			return 0;
		ctx->pos = 1;
	}
	if (!dir_emit(ctx, "..", 2, up, S_IFDIR >> 12))
		return 0;
	ctx->pos = 2;
	return 1;
}

/* Leaf by leaf; one whose last hash continues in the next is taken together with that. */
static int emit_from(struct inode *dir, struct dx_path *p, struct dir_context *ctx)
{
	int r = 2;

	while (r > 0) {
		struct item_list l = { NULL, 0, 0 };
		bool full = false;

		do {
			u32 hash = 0;

			r = load_leaf(dir, p, ctx->pos, &l);
			for (u32 i = 0; i < l.n; i++)
				hash = max(hash, l.items[i]->hash);
			if (!r)
				r = ext4_dx_next(dir, p, hash);
		} while (r == 1);
		sort(l.items, l.n, sizeof(*l.items), cmp_item);
		for (u32 i = 0; i < l.n && r >= 0 && !full; i++) {
			ctx->pos = pos_of(l.items[i]);
			full = !dir_emit(ctx, l.items[i]->name, l.items[i]->len, l.items[i]->ino, l.items[i]->type);
			if (!full)
				ctx->pos++;
		}
		free_items(&l);
		if (full || r < 0)
			return r < 0 ? r : 0;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	ctx->pos = S64_MAX;
	return 0;
}

int ext4_dx_iterate(struct inode *dir, struct dir_context *ctx)
{
	struct dx_path p;
	struct dx_hash h = { 0 };
	int r;

	if (ctx->pos < 0 || ctx->pos == S64_MAX)
		return 0;
	if (ctx->pos < 2) {
		r = emit_dots(dir, ctx);
		if (r <= 0)
			return r;
	}
	h.hash = (u32)((u64)(ctx->pos - 2) >> 32) << 1;
	r = ext4_dx_path(dir, NULL, 0, &h, &p);
	if (r)
		return r;
	r = emit_from(dir, &p, ctx);
	ext4_dx_put(&p);
	return r;
}
