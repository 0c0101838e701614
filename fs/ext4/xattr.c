// SPDX-License-Identifier: GPL-2.0
/*
 * Extended attributes: in what is left of the inode's slot, and in one block more, which several inodes may share.
 * All of an inode's attributes are taken into a list, the list is changed, and laid out anew.
 */
#include "ext4.h"
#include <kernel/timer.h>
#include <linux/limits.h>
#include <linux/xattr.h>

#define MAX_ATTRS	512
#define ENTRY_SIZE(name_len)	(((u32)(name_len) + 16 + 3) & ~3U)
#define VALUE_SIZE(n)		(((u32)(n) + 3) & ~3U)

struct attr { struct attr *next; u8 index, name_len; bool in_inode; u32 size; u8 *value; char name[]; };

/* --- names: a number for the prefix and the rest --- */

static const struct { u8 index; bool exact; const char *text; } prefixes[] = {
	{ 1, false, "user." }, { 2, true, "system.posix_acl_access" }, { 3, true, "system.posix_acl_default" },
	{ 4, false, "trusted." }, { 6, false, "security." }, { 7, false, "system." },
};

static bool is_acl(u8 index) { return index == 2 || index == 3; }

static int split_name(const char *name, u8 *index, const char **rest)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		size_t n = strlen(prefixes[i].text);

		if (strncmp(name, prefixes[i].text, n))
			continue;
		if (prefixes[i].exact ? name[n] : !name[n])
			continue;
		*index = prefixes[i].index;
		*rest = name + n;
		return strlen(*rest) > 255 ? -ERANGE : 0;
	}
	return -EOPNOTSUPP;
}

static const char *prefix_of(u8 index)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (prefixes[i].index == index)
			return prefixes[i].text;
	return NULL;
}

/* --- ACLs: the disk leaves out ids where there are none, and says version 1 --- */

#define ACL_HAS_ID(tag)	((tag) == 2 || (tag) == 8)

static int acl_to_disk(const u8 *abi, size_t size, u8 *disk)
{
	size_t n = 4;

	if (size < 4 || (size - 4) % 8 || *(const __le32 *)abi != cpu_to_le32(2))
		return -EINVAL;
	*(__le32 *)disk = cpu_to_le32(1);
	for (size_t i = 4; i < size; i += 8) {
		u16 tag = le16_to_cpu(*(const __le16 *)(abi + i));

		memcpy(disk + n, abi + i, ACL_HAS_ID(tag) ? 8 : 4);
		n += ACL_HAS_ID(tag) ? 8 : 4;
	}
	return (int)n;
}

/* abi NULL: only the size. */
static ssize_t acl_from_disk(const u8 *disk, size_t size, u8 *abi)
{
	size_t n = 4;

	if (size < 4 || *(const __le32 *)disk != cpu_to_le32(1))
		return -EINVAL;
	if (abi)
		*(__le32 *)abi = cpu_to_le32(2);
	for (size_t i = 4; i < size; n += 8) {
		size_t part = size - i >= 4 && ACL_HAS_ID(le16_to_cpu(*(const __le16 *)(disk + i))) ? 8 : 4;

		if (size - i < part)
			return -EINVAL;
		if (abi) {
			memset(abi + n + 4, 0xff, 4);
			memcpy(abi + n, disk + i, part);
		}
		i += part;
	}
	return (ssize_t)n;
}

/* --- reading --- */

static void free_list(struct attr *a)
{
	while (a) {
		struct attr *next = a->next;

		kfree(a->value);
		kfree(a);
		a = next;
	}
}

static struct attr *new_attr(u8 index, const char *name, u8 name_len, const void *value, u32 size, bool in_inode)
{
	struct attr *a = kzalloc(sizeof(*a) + name_len + 1U, GFP_KERNEL);

	if (!a)
		return NULL;
	a->value = kmalloc(size ? size : 1, GFP_KERNEL);
	if (!a->value) {
		kfree(a);
		return NULL;
	}
	memcpy(a->value, value, size);
	memcpy(a->name, name, name_len);
	a->index = index;
	a->name_len = name_len;
	a->size = size;
	a->in_inode = in_inode;
	return a;
}

static int bad_attrs(struct inode *inode)
{
	return ext4_error(inode->sb, "inode %llu: broken extended attributes", (unsigned long long)inode->ino);
}

/* Entries from `first` on; values lie at their offset from base; both end at end. A private copy: it cannot change under us. */
static int parse(struct inode *inode, const u8 *first, const u8 *base, const u8 *end, bool in_inode, struct attr ***tail)
{
	const struct ext4_xattr_entry *e = (const void *)first;
	size_t room = (size_t)(end - base);

	for (int n = 0; ; n++) {
		u32 offs, size;
		struct attr *a;

		if ((const u8 *)e + 4 > end || n > MAX_ATTRS)
			return bad_attrs(inode);
		if (!*(const __le32 *)e)
			return 0;
		if ((const u8 *)e + 16 > end || (const u8 *)e + ENTRY_SIZE(e->name_len) > end)
			return bad_attrs(inode);
		offs = le16_to_cpu(e->value_offs);
		size = le32_to_cpu(e->value_size);
		if (e->value_inum || size > room || offs > room - size)
			return bad_attrs(inode);
		a = new_attr(e->name_index, e->name, e->name_len, base + offs, size, in_inode);
		if (!a)
			return -ENOMEM;
		**tail = a;
		*tail = &a->next;
		e = (const void *)((const u8 *)e + ENTRY_SIZE(e->name_len));
	}
}

/* Where the slot's attributes begin (their magic), 0: there is no room for any. */
static u32 inline_start(struct inode *inode)
{
	u32 at = EXT4_GOOD_OLD_INODE_SIZE + EXT4_I(inode)->extra_isize;

	return EXT4_I(inode)->extra_isize && at + 12 <= EXT4_SB(inode->sb)->inode_size ? at : 0;
}

bool ext4_may_have_xattrs(struct inode *inode, const struct ext4_raw_inode *raw)
{
	u32 start = inline_start(inode);

	return EXT4_I(inode)->file_acl || (start && *(const __le32 *)((const u8 *)raw + start) == cpu_to_le32(XATTR_MAGIC));
}

static int load_inline(struct inode *inode, struct attr ***tail)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	u32 start = inline_start(inode);
	struct ext4_raw_inode *raw;
	struct buf *b;
	u8 *copy;
	int err;

	if (!start)
		return 0;
	err = ext4_inode_buf(inode, &b, &raw);
	if (err)
		return err;
	if (*(const __le32 *)((const u8 *)raw + start) != cpu_to_le32(XATTR_MAGIC)) {
		buf_put(b);
		return 0;
	}
	copy = kmalloc(s->inode_size, GFP_KERNEL);
	if (copy)
		memcpy(copy, raw, s->inode_size);
	buf_put(b);
	if (!copy)
		return -ENOMEM;
	err = parse(inode, copy + start + 4, copy + start + 4, copy + s->inode_size, true, tail);
	kfree(copy);
	return err;
}

static u32 block_csum(struct ext4_sb *s, const struct buf *b)
{
	const struct ext4_xattr_header *h = (const void *)b->data;
	const u32 at = offsetof(struct ext4_xattr_header, checksum);
	__le64 no = cpu_to_le64(b->block);
	const __le32 zero = 0;
	u32 c = crc32c(s->csum_seed, &no, 8);

	c = crc32c(c, h, at);
	c = crc32c(c, &zero, 4);
	return crc32c(c, b->data + at + 4, b->size - at - 4);
}

/* The attribute block, checked as far as its header goes. */
static struct buf *read_block(struct inode *inode)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	const struct ext4_xattr_header *h;
	struct buf *b;

	if (!ext4_blocks_valid(s, EXT4_I(inode)->file_acl, 1))
		return ERR_PTR(bad_attrs(inode));
	b = buf_read(s->bd, EXT4_I(inode)->file_acl, s->bs);
	if (IS_ERR(b))
		return b;
	h = (const void *)b->data;
	if (le32_to_cpu(h->magic) != XATTR_MAGIC || le32_to_cpu(h->blocks) != 1 || !h->refcount ||
	    (s->csum && !b->checked && le32_to_cpu(h->checksum) != block_csum(s, b))) {
		buf_put(b);
		return ERR_PTR(bad_attrs(inode));
	}
	b->checked = true;
	return b;
}

static void block_dirty(struct ext4_sb *s, struct buf *b)
{
	if (s->csum)
		((struct ext4_xattr_header *)b->data)->checksum = cpu_to_le32(block_csum(s, b));
	buf_dirty(b);
	b->checked = true;
}

static int load_block(struct inode *inode, struct attr ***tail)
{
	struct buf *b;
	u8 *copy;
	u32 size;
	int err;

	if (!EXT4_I(inode)->file_acl)
		return 0;
	b = read_block(inode);
	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	size = b->size;
	copy = kmalloc(size, GFP_KERNEL);
	if (copy)
		memcpy(copy, b->data, size);
	buf_put(b);
	if (!copy)
		return -ENOMEM;
	err = parse(inode, copy + sizeof(struct ext4_xattr_header), copy, copy + size, false, tail);
	kfree(copy);
	return err;
}

static int load_all(struct inode *inode, struct attr **list)
{
	struct attr **tail = list;
	int err;

	*list = NULL;
	err = load_inline(inode, &tail);
	if (!err)
		err = load_block(inode, &tail);
	if (err) {
		free_list(*list);
		*list = NULL;
	}
	return err;
}

static struct attr **find(struct attr **list, u8 index, const char *name)
{
	for (; *list; list = &(*list)->next)
		if ((*list)->index == index && !strcmp((*list)->name, name) && strlen(name) == (*list)->name_len)
			return list;
	return NULL;
}

ssize_t ext4_getxattr(struct inode *inode, const char *name, void *buf, size_t size)
{
	struct attr *list, **at;
	const char *rest;
	ssize_t n;
	u8 index;
	int err;

	might_sleep();
	err = split_name(name, &index, &rest);
	if (!err)
		err = load_all(inode, &list);
	if (err)
		return err;
	at = find(&list, index, rest);
	if (!at) {
		n = -ENODATA;
	} else if (is_acl(index)) {
		n = acl_from_disk((*at)->value, (*at)->size, NULL);
		if (n > 0 && size)
			n = (size_t)n > size ? -ERANGE : acl_from_disk((*at)->value, (*at)->size, buf);
	} else {
		n = (*at)->size;
		if (size && (size_t)n > size)
			n = -ERANGE;
		else if (size)
			memcpy(buf, (*at)->value, (size_t)n);
	}
	free_list(list);
	return n;
}

ssize_t ext4_listxattr(struct inode *inode, char *buf, size_t size)
{
	struct attr *list;
	size_t done = 0;
	int err;

	might_sleep();
	err = load_all(inode, &list);
	if (err)
		return err;
	for (struct attr *a = list; a; a = a->next) {
		const char *prefix = prefix_of(a->index);
		size_t plen, n;

		if (!prefix)
			continue;
		plen = strlen(prefix);
		n = plen + a->name_len + 1;
		if (size && done + n > size) {
			free_list(list);
			return -ERANGE;
		}
		if (size) {
			memcpy(buf + done, prefix, plen);
			memcpy(buf + done + plen, a->name, a->name_len + 1U);
		}
		done += n;
	}
	free_list(list);
	return (ssize_t)done;
}

/* --- laying out --- */

static u32 attr_size(const struct attr *a)
{
	return ENTRY_SIZE(a->name_len) + VALUE_SIZE(a->size);
}


/* Decides what goes where: into the slot as long as there is room. -ENOSPC: not even the block has room. */
static int place(struct inode *inode, struct attr *list, bool *need_block)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	u32 start = inline_start(inode), slot = start ? s->inode_size - start - 8 : 0;
	u32 block = s->bs - sizeof(struct ext4_xattr_header) - 4;

	*need_block = false;
	for (struct attr *a = list; a; a = a->next) {
		u32 n = attr_size(a);

		a->in_inode = n <= slot;
		if (a->in_inode) {
			slot -= n;
		} else if (n <= block) {
			block -= n;
			*need_block = true;
		} else {
			return -ENOSPC;
		}
	}
	return 0;
}

static u32 entry_hash(const struct ext4_xattr_entry *e, const u8 *value)
{
	u32 h = 0, n = VALUE_SIZE(le32_to_cpu(e->value_size)) / 4;

	for (u32 i = 0; i < e->name_len; i++)
		h = (h << 5) ^ (h >> 27) ^ (u8)e->name[i];
	for (u32 i = 0; i < n; i++)
		h = (h << 16) ^ (h >> 16) ^ le32_to_cpu(((const __le32 *)value)[i]);
	return h;
}

/* Fills [first, end) with those attributes that are (not) marked in_inode; value offsets count from base. */
static void lay_out(u8 *first, u8 *base, u8 *end, const struct attr *list, bool in_inode, bool hash)
{
	struct ext4_xattr_entry *e = (struct ext4_xattr_entry *)first;
	u8 *values = end;

	memset(first, 0, (size_t)(end - first));
	for (; list; list = list->next) {
		if (list->in_inode != in_inode)
			continue;
		values -= VALUE_SIZE(list->size);
		memcpy(values, list->value, list->size);
		e->name_len = list->name_len;
		e->name_index = list->index;
		e->value_offs = cpu_to_le16(list->size ? values - base : 0);
		e->value_size = cpu_to_le32(list->size);
		memcpy(e->name, list->name, list->name_len);
		if (hash)
			e->hash = cpu_to_le32(entry_hash(e, values));
		e = (struct ext4_xattr_entry *)((u8 *)e + ENTRY_SIZE(list->name_len));
	}
}

/* One user fewer of the block; the last one frees it. */
static void release_block(struct inode *inode)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	u64 block = EXT4_I(inode)->file_acl;
	struct buf *b = block ? read_block(inode) : NULL;
	struct ext4_xattr_header *h;

	EXT4_I(inode)->file_acl = 0;
	if (IS_ERR_OR_NULL(b))
		return;
	h = (struct ext4_xattr_header *)b->data;
	if (le32_to_cpu(h->refcount) > 1) {
		h->refcount = cpu_to_le32(le32_to_cpu(h->refcount) - 1);
		block_dirty(s, b);
		buf_put(b);
		inode->blocks -= min_t(u64, inode->blocks, s->bs >> 9);
	} else {
		b->checked = false;
		buf_put(b);
		ext4_free_blocks(inode, block, 1, true);
	}
}

void ext4_xattr_drop(struct inode *inode)
{
	release_block(inode);
}

/* The inode's own block, not shared: the one it has or a new one, not dirty yet. */
static struct buf *own_block(struct inode *inode)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	u32 one = 1;
	u64 block;
	struct buf *b;
	int err;

	if (EXT4_I(inode)->file_acl) {
		b = read_block(inode);
		if (IS_ERR(b) || le32_to_cpu(((struct ext4_xattr_header *)b->data)->refcount) == 1)
			return b;
		buf_put(b);
	}
	err = ext4_alloc_blocks(inode, 0, &one, ALLOC_META, &block);
	if (err)
		return ERR_PTR(err);
	b = buf_get(s->bd, block, s->bs);
	if (IS_ERR(b)) {
		ext4_free_blocks(inode, block, 1, true);
		return b;
	}
	release_block(inode);		/* may sleep: the new one is filled afterwards */
	EXT4_I(inode)->file_acl = block;
	return b;
}

static int cmp_attr(const struct attr *a, const struct attr *b)
{
	if (a->index != b->index)
		return a->index < b->index ? -1 : 1;
	if (a->name_len != b->name_len)
		return a->name_len < b->name_len ? -1 : 1;
	return memcmp(a->name, b->name, a->name_len);
}

/* Within a block others expect them sorted. */
static struct attr *sorted(struct attr *list)
{
	struct attr *out = NULL;

	while (list) {
		struct attr *a = list, **at = &out;

		list = a->next;
		while (*at && cmp_attr(*at, a) < 0)
			at = &(*at)->next;
		a->next = *at;
		*at = a;
	}
	return out;
}

static void fill_block(struct ext4_sb *s, struct buf *b, const struct attr *list)
{
	struct ext4_xattr_header *h = (struct ext4_xattr_header *)b->data;
	u32 hash = 0;
	bool unhashed = false;

	memset(h, 0, sizeof(*h));
	lay_out(b->data + sizeof(*h), b->data, b->data + b->size, list, false, true);
	for (u8 *p = b->data + sizeof(*h); *(__le32 *)p; p += ENTRY_SIZE(((struct ext4_xattr_entry *)p)->name_len)) {
		u32 one = le32_to_cpu(((struct ext4_xattr_entry *)p)->hash);

		hash = (hash << 16) ^ (hash >> 16) ^ one;
		unhashed |= !one;
	}
	h->magic = cpu_to_le32(XATTR_MAGIC);
	h->refcount = cpu_to_le32(1);
	h->blocks = cpu_to_le32(1);
	h->hash = cpu_to_le32(unhashed ? 0 : hash);
	block_dirty(s, b);
}

static int store_all(struct inode *inode, struct attr *list, bool need_block)
{
	struct ext4_sb *s = EXT4_SB(inode->sb);
	u32 start = inline_start(inode);
	struct ext4_raw_inode *raw;
	struct buf *b;
	int err;

	if (need_block) {		/* reserve what can fail first */
		b = own_block(inode);
		if (IS_ERR(b))
			return (int)PTR_ERR(b);
		fill_block(s, b, list);
		buf_put(b);
	}
	if (start) {
		err = ext4_inode_buf(inode, &b, &raw);
		if (err)
			return err;
		lay_out((u8 *)raw + start + 4, (u8 *)raw + start + 4, (u8 *)raw + s->inode_size, list, true, false);
		*(__le32 *)((u8 *)raw + start) = list ? cpu_to_le32(XATTR_MAGIC) : 0;
		ext4_inode_buf_dirty(inode, b, raw);
		buf_put(b);
	}
	if (!need_block)
		release_block(inode);
	if (list && !(s->compat & COMPAT_EXT_ATTR)) {
		s->compat |= COMPAT_EXT_ATTR;
		s->es->s_feature_compat = cpu_to_le32(s->compat);
		ext4_commit_super(s, false);
	}
	inode_mark_dirty(inode, I_DIRTY_META);
	return 0;
}

/* Puts, replaces or (value NULL) removes one in the list. */
static int change_list(struct attr **list, u8 index, const char *name, const void *value, size_t size, int flags)
{
	struct attr **at = find(list, index, name), *old, *new;

	if (!at && (!value || flags & XATTR_REPLACE))
		return -ENODATA;
	if (at && value && flags & XATTR_CREATE)
		return -EEXIST;
	if (value) {
		new = new_attr(index, name, (u8)strlen(name), value, (u32)size, false);
		if (!new)
			return -ENOMEM;
		new->next = *list;
		*list = new;
		at = at == list ? &new->next : at;
	}
	if (at) {
		old = *at;
		*at = old->next;
		old->next = NULL;
		free_list(old);
	}
	return 0;
}

int ext4_setxattr(struct inode *inode, const char *name, const void *value, size_t size, int flags)
{
	struct attr *list = NULL;
	u8 *disk_acl = NULL;
	const char *rest;
	bool need_block;
	u8 index;
	int err;

	might_sleep();
	if (sb_rdonly(inode->sb))
		return -EROFS;
	err = split_name(name, &index, &rest);
	if (err)
		return err;
	if (size > EXT4_SB(inode->sb)->bs)
		return size > XATTR_SIZE_MAX ? -E2BIG : -ENOSPC;
	if (value && is_acl(index)) {
		disk_acl = kmalloc(size + 4, GFP_KERNEL);
		if (!disk_acl)
			return -ENOMEM;
		err = acl_to_disk(value, size, disk_acl);
		if (err < 0)
			goto out;
		size = (size_t)err;
		value = disk_acl;
	}
	err = load_all(inode, &list);
	if (!err)
		err = change_list(&list, index, rest, value, size, flags);
	if (!err) {
		list = sorted(list);
		err = place(inode, list, &need_block);
	}
	if (!err)
		err = store_all(inode, list, need_block);
	if (!err) {
		inode->ctime = ktime_real_coarse();
		inode_mark_dirty(inode, I_DIRTY_META);
	}
	free_list(list);
out:
	kfree(disk_acl);
	return err;
}
