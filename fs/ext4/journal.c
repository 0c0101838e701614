// SPDX-License-Identifier: GPL-2.0
/*
 * Replaying a jbd2 journal: three passes over the log from its start: find the last complete transaction, note revoked blocks,
 * write the others to their places. Big-endian throughout. A transaction counts only up to its commit block; where checksums
 * are in use, a wrong one ends the log.
 */
#include "ext4.h"
#include <kernel/sched.h>

#define JBD2_MAGIC	0xc03b3998U
enum { JB_DESCRIPTOR = 1, JB_COMMIT, JB_SUPER_V1, JB_SUPER_V2, JB_REVOKE };
#define JF_COMPAT_CHECKSUM	0x1
#define JF_REVOKE		0x1
#define JF_64BIT		0x2
#define JF_ASYNC_COMMIT		0x4
#define JF_CSUM_V2		0x8
#define JF_CSUM_V3		0x10
#define JF_FAST_COMMIT		0x20
#define TAG_ESCAPE		1
#define TAG_SAME_UUID		2
#define TAG_LAST		8

struct jb_header { __be32 magic, type, sequence; } __packed;
struct jb_super {
	struct jb_header h;
	__be32 blocksize, maxlen, first, sequence, start, err;
	__be32 compat, incompat, ro_compat;
	u8 uuid[16];
	__be32 nr_users, dynsuper, max_transaction, max_trans_data;
	u8 checksum_type, pad[3];
	__be32 num_fc_blocks, head, padding[40], checksum;
	u8 users[768];
} __packed;
_Static_assert(sizeof(struct jb_super) == 1024, "journal super block");
struct jb_tag { __be32 block; __be16 csum, flags; __be32 block_hi; } __packed;
struct jb_tag3 { __be32 block, flags, block_hi, csum; } __packed;
struct jb_commit { struct jb_header h; u8 csum_type, csum_size, pad[2]; __be32 csum[8]; __be64 sec; __be32 nsec; } __packed;
struct jb_revoke { struct jb_header h; __be32 count; } __packed;

struct revoke { struct revoke *next; u64 block; u32 seq; };
#define REVOKE_BUCKETS	1024

struct journal {
	struct ext4_sb *s;
	struct inode *inode;
	struct buf *sbuf;
	struct jb_super *js;
	u32 first, maxlen, start, start_seq, end_seq;	/* end_seq: the first one not to be replayed */
	u32 compat, incompat, seed;
	u32 crc;			/* of the old kind, over a transaction's blocks */
	u64 replayed;
	struct revoke *revoked[REVOKE_BUCKETS];
};

enum pass { SCAN, REVOKE, REPLAY };

static u32 crc32_be_block(u32 crc, const u8 *p, size_t n)
{
	while (n--) {
		crc ^= (u32)*p++ << 24;
		for (int i = 0; i < 8; i++)
			crc = crc & 0x80000000U ? crc << 1 ^ 0x04c11db7 : crc << 1;
	}
	return crc;
}

static int bad_journal(struct journal *j, const char *what)
{
	pr_err("%s: ext4: not mounted: journal: %s; run e2fsck\n", j->s->sb->id, what);
	return -EUCLEAN;
}

static bool has_csum(const struct journal *j)
{
	return j->incompat & (JF_CSUM_V2 | JF_CSUM_V3);
}

/* Block n of the log. */
static struct buf *log_block(struct journal *j, u32 n)
{
	struct ext4_map map;
	int err = ext4_map_find(j->inode, n, 1, &map);

	if (err)
		return ERR_PTR(err);
	if (map.state != MAP_WRITTEN)
		return ERR_PTR(bad_journal(j, "it has holes"));
	return buf_read(j->s->bd, map.pblk, j->s->bs);
}

static u32 next_block(const struct journal *j, u32 n)
{
	return n + 1 >= j->maxlen ? j->first : n + 1;
}

/* The checksum at the end of descriptor and revoke blocks. */
static bool tail_ok(struct journal *j, const struct buf *b)
{
	const __be32 zero = 0;
	u32 c;

	if (!has_csum(j))
		return true;
	c = crc32c(j->seed, b->data, b->size - 4);
	c = crc32c(c, &zero, 4);
	return be32_to_cpu(*(const __be32 *)(b->data + b->size - 4)) == c;
}

static bool commit_ok(struct journal *j, const struct buf *b)
{
	const struct jb_commit *c = (const void *)b->data;
	const u32 at = offsetof(struct jb_commit, csum);
	const __be32 zero = 0;
	u32 crc;

	if (has_csum(j)) {
		crc = crc32c(j->seed, b->data, at);
		crc = crc32c(crc, &zero, 4);
		crc = crc32c(crc, b->data + at + 4, b->size - at - 4);
		return be32_to_cpu(c->csum[0]) == crc;
	}
	if (j->compat & JF_COMPAT_CHECKSUM && c->csum_type == 1 && c->csum_size == 4)
		return be32_to_cpu(c->csum[0]) == j->crc;
	return true;
}

/* --- descriptors --- */

struct tag { u64 block; u32 flags, csum; };

static u32 tag_bytes(const struct journal *j)
{
	u32 n = 12;

	if (j->incompat & JF_CSUM_V3)
		return sizeof(struct jb_tag3);
	if (j->incompat & JF_CSUM_V2)
		n += 2;
	return j->incompat & JF_64BIT ? n : n - 4;
}

/* The tag at *off, which moves behind it. false: the block ends. */
static bool read_tag(const struct journal *j, const struct buf *b, u32 *off, struct tag *t)
{
	u32 end = b->size - (has_csum(j) ? 4 : 0), n = tag_bytes(j);

	if (*off + n > end)
		return false;
	if (j->incompat & JF_CSUM_V3) {
		const struct jb_tag3 *raw = (const void *)(b->data + *off);

		*t = (struct tag){ be32_to_cpu(raw->block), be32_to_cpu(raw->flags), be32_to_cpu(raw->csum) };
		if (j->incompat & JF_64BIT)
			t->block |= (u64)be32_to_cpu(raw->block_hi) << 32;
	} else {
		const struct jb_tag *raw = (const void *)(b->data + *off);

		*t = (struct tag){ be32_to_cpu(raw->block), be16_to_cpu(raw->flags), be16_to_cpu(raw->csum) };
		if (j->incompat & JF_64BIT)
			t->block |= (u64)be32_to_cpu(raw->block_hi) << 32;
	}
	*off += n;
	if (!(t->flags & TAG_SAME_UUID))
		*off += 16;
	return true;
}

static bool data_ok(struct journal *j, const struct tag *t, u32 seq, const struct buf *b)
{
	__be32 be_seq = cpu_to_be32(seq);
	u32 c;

	if (!has_csum(j))
		return true;
	c = crc32c(crc32c(j->seed, &be_seq, 4), b->data, b->size);
	return j->incompat & JF_CSUM_V3 ? c == t->csum : (u16)c == t->csum;
}

static bool is_revoked(struct journal *j, u64 block, u32 seq)
{
	for (struct revoke *r = j->revoked[hash_u64(block) % REVOKE_BUCKETS]; r; r = r->next)
		if (r->block == block)
			return (s32)(seq - r->seq) <= 0;
	return false;
}

static int replay_block(struct journal *j, const struct tag *t, u32 seq, u32 log)
{
	struct buf *from = log_block(j, log), *to;

	if (IS_ERR(from))
		return (int)PTR_ERR(from);
	if (is_revoked(j, t->block, seq)) {
		buf_put(from);
		return 0;
	}
	if (!data_ok(j, t, seq, from)) {
		buf_put(from);
		return bad_journal(j, "wrong checksum of a block");
	}
	to = t->block < j->s->blocks ? buf_get(j->s->bd, t->block, j->s->bs) : ERR_PTR(bad_journal(j, "block out of range"));
	if (IS_ERR(to)) {
		buf_put(from);
		return (int)PTR_ERR(to);
	}
	memcpy(to->data, from->data, to->size);
	if (t->flags & TAG_ESCAPE)
		*(__be32 *)to->data = cpu_to_be32(JBD2_MAGIC);
	to->checked = false;
	buf_dirty(to);
	buf_put(to);
	buf_put(from);
	j->replayed++;
	return 0;
}

/* Goes over a descriptor's blocks; *log ends behind them. */
static int do_descriptor(struct journal *j, struct buf *b, u32 seq, enum pass pass, u32 *log)
{
	u32 off = sizeof(struct jb_header), n = 0;
	struct tag t;

	if (pass == SCAN && j->compat & JF_COMPAT_CHECKSUM && !has_csum(j))
		j->crc = crc32_be_block(j->crc, b->data, b->size);
	while (read_tag(j, b, &off, &t)) {
		int err = 0;

		if (++n > j->maxlen)
			return bad_journal(j, "endless descriptor");
		if (pass == REPLAY) {
			err = replay_block(j, &t, seq, *log);
		} else if (pass == SCAN && j->compat & JF_COMPAT_CHECKSUM && !has_csum(j)) {
			struct buf *data = log_block(j, *log);

			if (IS_ERR(data))
				return (int)PTR_ERR(data);
			j->crc = crc32_be_block(j->crc, data->data, data->size);
			buf_put(data);
		}
		if (err)
			return err;
		*log = next_block(j, *log);
		if (t.flags & TAG_LAST)
			break;
	}
	return 0;
}

static int add_revoke(struct journal *j, u64 block, u32 seq)
{
	struct revoke **head = &j->revoked[hash_u64(block) % REVOKE_BUCKETS], *r;

	for (r = *head; r; r = r->next)
		if (r->block == block) {
			if ((s32)(seq - r->seq) > 0)
				r->seq = seq;
			return 0;
		}
	r = kmalloc(sizeof(*r), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	*r = (struct revoke){ *head, block, seq };
	*head = r;
	return 0;
}

static int do_revoke(struct journal *j, const struct buf *b, u32 seq)
{
	u32 count = be32_to_cpu(((const struct jb_revoke *)b->data)->count), each = j->incompat & JF_64BIT ? 8 : 4;
	int err = 0;

	if (count > b->size)
		return bad_journal(j, "bad revoke block");
	for (u32 off = sizeof(struct jb_revoke); off + each <= count && !err; off += each) {
		u64 block = each == 8 ? be64_to_cpu(*(const __be64 *)(b->data + off)) : be32_to_cpu(*(const __be32 *)(b->data + off));

		err = add_revoke(j, block, seq);
	}
	return err;
}

/* --- the log --- */

/* One block of the log. 1: go on, 0: the log ends here, -errno. */
static int step(struct journal *j, enum pass pass, u32 *log, u32 *seq)
{
	struct buf *b = log_block(j, *log);
	const struct jb_header *h;
	u32 type;
	int r = 1, err = 0;

	if (IS_ERR(b))
		return (int)PTR_ERR(b);
	h = (const void *)b->data;
	type = be32_to_cpu(h->type);
	if (be32_to_cpu(h->magic) != JBD2_MAGIC || be32_to_cpu(h->sequence) != *seq) {
		buf_put(b);
		return 0;
	}
	*log = next_block(j, *log);
	if ((type == JB_DESCRIPTOR || type == JB_REVOKE) && !tail_ok(j, b)) {
		r = 0;
	} else if (type == JB_DESCRIPTOR) {
		err = do_descriptor(j, b, *seq, pass, log);
	} else if (type == JB_REVOKE) {
		if (pass == REVOKE)
			err = do_revoke(j, b, *seq);
	} else if (type == JB_COMMIT) {
		if (pass == SCAN && !commit_ok(j, b))
			r = 0;
		else
			++*seq;
		j->crc = ~0U;
	} else {
		r = 0;
	}
	buf_put(b);
	return err ? err : r;
}

static int run_pass(struct journal *j, enum pass pass)
{
	u32 log = j->start, seq = j->start_seq;
	int r = 1;

	j->crc = ~0U;
	for (u64 n = 0; r > 0 && n <= j->maxlen; n++) {
		if (pass != SCAN && seq == j->end_seq)
			return 0;
		r = step(j, pass, &log, &seq);
		cond_resched();
	}
	if (r < 0)
		return r;
	if (pass == SCAN)
		j->end_seq = seq;
	else if (seq != j->end_seq)
		return bad_journal(j, "it changed while it was read");
	return 0;
}

static bool super_ok(struct journal *j)
{
	struct jb_super *js = j->js;
	const u32 at = offsetof(struct jb_super, checksum);
	const __be32 zero = 0;
	u32 c;

	if (!has_csum(j))
		return true;
	c = crc32c(~0U, js, at);
	c = crc32c(c, &zero, 4);
	c = crc32c(c, (u8 *)js + at + 4, sizeof(*js) - at - 4);
	return be32_to_cpu(js->checksum) == c;
}

static void super_csum(struct journal *j)
{
	if (!has_csum(j))
		return;
	j->js->checksum = 0;
	j->js->checksum = cpu_to_be32(crc32c(~0U, j->js, sizeof(*j->js)));
}

static int load(struct journal *j)
{
	u32 type;

	j->sbuf = log_block(j, 0);
	if (IS_ERR(j->sbuf)) {
		int err = (int)PTR_ERR(j->sbuf);

		j->sbuf = NULL;
		return err;
	}
	j->js = (struct jb_super *)j->sbuf->data;
	type = be32_to_cpu(j->js->h.type);
	if (be32_to_cpu(j->js->h.magic) != JBD2_MAGIC || (type != JB_SUPER_V1 && type != JB_SUPER_V2))
		return bad_journal(j, "no super block");
	if (type == JB_SUPER_V2) {
		j->compat = be32_to_cpu(j->js->compat);
		j->incompat = be32_to_cpu(j->js->incompat);
	}
	if (j->incompat & ~(JF_REVOKE | JF_64BIT | JF_ASYNC_COMMIT | JF_CSUM_V2 | JF_CSUM_V3 | JF_FAST_COMMIT))
		return bad_journal(j, "unknown features");
	if (!super_ok(j))
		return bad_journal(j, "wrong checksum of its super block");
	if (j->incompat & JF_FAST_COMMIT)
		return bad_journal(j, "fast commits are not built");
	j->first = be32_to_cpu(j->js->first);
	j->maxlen = be32_to_cpu(j->js->maxlen);
	j->start = be32_to_cpu(j->js->start);
	j->start_seq = be32_to_cpu(j->js->sequence);
	j->seed = crc32c(~0U, j->js->uuid, 16);
	if (be32_to_cpu(j->js->blocksize) != j->s->bs || !j->first || j->maxlen < 16 || j->first >= j->maxlen ||
	    (u64)j->maxlen << j->s->bits > (u64)j->inode->size || (j->start && (j->start < j->first || j->start >= j->maxlen)))
		return bad_journal(j, "impossible sizes");
	return 0;
}

static int finish(struct journal *j)
{
	struct ext4_sb *s = j->s;
	int err = sync_buffers(s->bd);

	if (!err)
		err = blk_flush(s->bd);
	if (err)
		return err;
	j->js->start = 0;
	j->js->sequence = cpu_to_be32(j->end_seq + 1);
	super_csum(j);
	buf_dirty(j->sbuf);
	err = buf_write(j->sbuf);
	if (err)
		return err;
	s->es->s_feature_incompat &= cpu_to_le32(~INCOMPAT_RECOVER);
	if (s->csum)
		s->es->s_checksum = cpu_to_le32(crc32c(~0U, s->es, offsetof(struct ext4_super_block, s_checksum)));
	buf_dirty(s->sbuf);
	err = buf_write(s->sbuf);
	return err ? err : blk_flush(s->bd);
}

static void free_revoked(struct journal *j)
{
	for (int i = 0; i < REVOKE_BUCKETS; i++)
		while (j->revoked[i]) {
			struct revoke *r = j->revoked[i];

			j->revoked[i] = r->next;
			kfree(r);
		}
}

static int replay_all(struct journal *j)
{
	int err = load(j);

	j->end_seq = j->start_seq;
	if (err)
		return err;
	if (j->start) {
		err = run_pass(j, SCAN);
		if (!err)
			err = run_pass(j, REVOKE);
		if (!err)
			err = run_pass(j, REPLAY);
	}
	if (!err)
		err = finish(j);
	return err;
}

int ext4_journal_replay(struct ext4_sb *s)
{
	u32 ino = le32_to_cpu(s->es->s_journal_inum);
	struct journal *j;
	int err;

	might_sleep();
	if (!(s->compat & COMPAT_HAS_JOURNAL) || !ino) {
		pr_err("%s: ext4: not mounted: its journal is on another disk, which is not built; run e2fsck\n", s->sb->id);
		return -EINVAL;
	}
	j = kzalloc(sizeof(*j), GFP_KERNEL);
	if (!j)
		return -ENOMEM;
	j->s = s;
	j->inode = ext4_iget(s->sb, ino);
	if (IS_ERR(j->inode)) {
		err = (int)PTR_ERR(j->inode);
		kfree(j);
		return err == -ESTALE ? -EUCLEAN : err;
	}
	err = S_ISREG(j->inode->mode) && j->inode->nlink ? replay_all(j) : bad_journal(j, "its inode is no file");
	if (!err)
		pr_info("%s: ext4: journal replayed, %llu blocks\n", s->sb->id, (unsigned long long)j->replayed);
	free_revoked(j);
	buf_put(j->sbuf);
	iput(j->inode);
	kfree(j);
	return err;
}
