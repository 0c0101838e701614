/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sparse arrays: a radix tree of 64-way nodes. A node's shift says how many low index bits lie below it; a leaf has 0.
 * Marks of an inner slot mean: some entry below has it.
 */
#include <kernel/bug.h>
#include <lib/string.h>
#include <lib/xarray.h>
#include <mm/slab.h>

#define SLOTS	64
#define BITS	6

struct xa_node {
	struct xa_node *parent;
	u8 shift;
	u8 offset;		/* in parent */
	u8 count;		/* slots in use */
	void *slot[SLOTS];
	u64 mark[XA_NMARKS];
};

static unsigned long node_max(const struct xa_node *n)
{
	unsigned bits = n->shift + BITS;

	return bits >= 64 ? ULONG_MAX : (1UL << bits) - 1;
}

static unsigned slot_of(const struct xa_node *n, unsigned long index)
{
	return (unsigned)(index >> n->shift) % SLOTS;
}

static struct xa_node *leaf_of(const struct xarray *xa, unsigned long index)
{
	struct xa_node *n = xa->root;

	if (!n || index > node_max(n))
		return NULL;
	while (n && n->shift)
		n = n->slot[slot_of(n, index)];
	return n;
}

void *xa_load(const struct xarray *xa, unsigned long index)
{
	struct xa_node *n = leaf_of(xa, index);

	return n ? n->slot[index % SLOTS] : NULL;
}

static struct xa_node *node_alloc(unsigned shift)
{
	struct xa_node *n = kzalloc(sizeof(*n), GFP_NOWAIT);

	if (n)
		n->shift = (u8)shift;
	return n;
}

static void attach(struct xa_node *parent, unsigned offset, struct xa_node *child)
{
	parent->slot[offset] = child;
	parent->count++;
	child->parent = parent;
	child->offset = (u8)offset;
	for (int m = 0; m < XA_NMARKS; m++)
		if (child->mark[m])
			parent->mark[m] |= 1UL << offset;
}

/* Makes the tree high enough for index. */
static int grow(struct xarray *xa, unsigned long index)
{
	if (!xa->root) {		/* no empty leaf for the lowest indices: nobody would ever free it */
		unsigned shift = 0;

		while (shift + BITS < 64 && index >> (shift + BITS))
			shift += BITS;
		xa->root = node_alloc(shift);
		return xa->root ? 0 : -ENOMEM;
	}
	while (index > node_max(xa->root)) {
		struct xa_node *n = node_alloc(xa->root->shift + BITS);

		if (!n)
			return -ENOMEM;
		attach(n, 0, xa->root);
		xa->root = n;
	}
	return 0;
}

/* Frees nodes that became empty, from n upwards. */
static void prune(struct xarray *xa, struct xa_node *n)
{
	while (n && !n->count) {
		struct xa_node *parent = n->parent;

		if (parent) {
			parent->slot[n->offset] = NULL;
			parent->count--;
			for (int m = 0; m < XA_NMARKS; m++)
				parent->mark[m] &= ~(1UL << n->offset);
		} else {
			xa->root = NULL;
		}
		kfree(n);
		n = parent;
	}
}

/* Takes levels off the top that only lead to the lowest indices. */
static void lower(struct xarray *xa)
{
	struct xa_node *n;

	while ((n = xa->root) && n->shift && n->count == 1 && n->slot[0]) {
		xa->root = n->slot[0];
		xa->root->parent = NULL;
		kfree(n);
	}
}

int xa_store(struct xarray *xa, unsigned long index, void *entry)
{
	struct xa_node *n;

	BUG_ON(!entry);
	if (grow(xa, index))
		goto nomem;
	for (n = xa->root; n->shift; ) {
		struct xa_node *child = n->slot[slot_of(n, index)];

		if (!child) {
			child = node_alloc(n->shift - BITS);
			if (!child)
				goto nomem_at;
			attach(n, slot_of(n, index), child);
		}
		n = child;
	}
	if (!n->slot[index % SLOTS]) {
		n->count++;
		xa->count++;
	}
	n->slot[index % SLOTS] = entry;
	return 0;
nomem_at:
	prune(xa, n);
nomem:
	if (xa->root && !xa->root->count)
		prune(xa, xa->root);
	lower(xa);
	return -ENOMEM;
}

static void clear_mark_at(struct xa_node *n, unsigned offset, enum xa_mark m)
{
	n->mark[m] &= ~(1UL << offset);
	while (!n->mark[m] && n->parent) {
		n->parent->mark[m] &= ~(1UL << n->offset);
		n = n->parent;
	}
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	struct xa_node *n = leaf_of(xa, index);
	void *old = n ? n->slot[index % SLOTS] : NULL;

	if (!old)
		return NULL;
	for (int m = 0; m < XA_NMARKS; m++)
		if (n->mark[m] >> (index % SLOTS) & 1)
			clear_mark_at(n, index % SLOTS, m);
	n->slot[index % SLOTS] = NULL;
	n->count--;
	xa->count--;
	prune(xa, n);
	lower(xa);
	return old;
}

static void destroy_node(struct xa_node *n)
{
	if (n->shift)
		for (int i = 0; i < SLOTS; i++)
			if (n->slot[i])
				destroy_node(n->slot[i]);
	kfree(n);
}

void xa_destroy(struct xarray *xa)
{
	if (xa->root)
		destroy_node(xa->root);
	xa_init(xa);
}

/* The first slot in use (or marked) at or after from, or SLOTS. */
static unsigned next_slot(const struct xa_node *n, unsigned from, int mark)
{
	u64 used;

	if (mark < 0) {
		while (from < SLOTS && !n->slot[from])
			from++;
		return from;
	}
	used = n->mark[mark] >> from << from;
	return used ? (unsigned)__builtin_ctzll(used) : SLOTS;
}

static void *find(const struct xarray *xa, unsigned long *index, unsigned long max, int mark)
{
	struct xa_node *n = xa->root;
	unsigned long i = *index;

	while (n && i <= max && i <= node_max(xa->root)) {
		unsigned at = slot_of(n, i), s = next_slot(n, at, mark);

		if (s == SLOTS) {	/* nothing more below n: go on behind it, from the root */
			if (n->shift + BITS >= 64)
				return NULL;
			i = (i | node_max(n)) + 1;
			n = i ? xa->root : NULL;
			continue;
		}
		if (s != at)
			i = ((i >> n->shift & ~(SLOTS - 1UL)) + s) << n->shift;
		if (!n->shift) {
			*index = i;
			return i <= max ? n->slot[s] : NULL;
		}
		n = n->slot[s];
	}
	return NULL;
}

void *xa_find(const struct xarray *xa, unsigned long *index, unsigned long max)
{
	return find(xa, index, max, -1);
}

void *xa_find_marked(const struct xarray *xa, unsigned long *index, unsigned long max, enum xa_mark m)
{
	return find(xa, index, max, m);
}

void xa_set_mark(struct xarray *xa, unsigned long index, enum xa_mark m)
{
	struct xa_node *n = leaf_of(xa, index);
	unsigned offset = index % SLOTS;

	BUG_ON(!n || !n->slot[offset]);
	for (; n && !(n->mark[m] >> offset & 1); offset = n->offset, n = n->parent)
		n->mark[m] |= 1UL << offset;
}

void xa_clear_mark(struct xarray *xa, unsigned long index, enum xa_mark m)
{
	struct xa_node *n = leaf_of(xa, index);

	if (n && (n->mark[m] >> (index % SLOTS) & 1))
		clear_mark_at(n, index % SLOTS, m);
}

bool xa_get_mark(const struct xarray *xa, unsigned long index, enum xa_mark m)
{
	struct xa_node *n = leaf_of(xa, index);

	return n && (n->mark[m] >> (index % SLOTS) & 1);
}

bool xa_marked(const struct xarray *xa, enum xa_mark m)
{
	return xa->root && xa->root->mark[m];
}
