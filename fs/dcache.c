// SPDX-License-Identifier: GPL-2.0
/*
 * The dentry cache: names in directories, found by (parent, name) in one hash table, negative ones included.
 * A dentry counts its parent, so unused ones are leaves; they wait on an LRU list for use or for the shrinker.
 */
#include "internal.h"
#include <kernel/init.h>
#include <fs/proc.h>

/* Names that do not fit into the dentry; shared after a rename, which must not need memory. */
struct long_name { int refs; char text[]; };

struct hlist_head *dentry_hash;
u32 dentry_hash_mask;
static struct kmem_cache *dentry_cache;
static LIST_HEAD(dentry_lru);			/* oldest first; used ones may linger */
static unsigned long nr_lru, nr_dentries;

void qstr_init(struct qstr *q, const char *name, u32 len)
{
	u64 h = 0;

	for (u32 i = 0; i < len; i++)
		h = name_hash_step(h, (u8)name[i]);
	q->name = name;
	q->len = len;
	q->hash = name_hash_end(h);
}

/* --- name storage --- */

static struct long_name *long_name_of(const struct dentry *d)
{
	return d->name.name == d->iname ? NULL : container_of((char *)d->name.name, struct long_name, text[0]);
}

static void name_free(struct dentry *d)
{
	struct long_name *ln = long_name_of(d);

	if (ln && !--ln->refs)
		kfree(ln);
}

static bool name_set(struct dentry *d, const struct qstr *name)
{
	char *text = d->iname;

	if (name->len >= sizeof(d->iname)) {
		struct long_name *ln = kmalloc(sizeof(*ln) + name->len + 1, GFP_KERNEL);

		if (!ln)
			return false;
		ln->refs = 1;
		text = ln->text;
	}
	memcpy(text, name->name, name->len);
	text[name->len] = 0;
	d->name = (struct qstr){ text, name->len, name->hash };
	return true;
}

static void name_copy(struct dentry *to, const struct dentry *from)
{
	struct long_name *ln = long_name_of(from);

	if (ln)
		ln->refs++;
	name_free(to);
	to->name = from->name;
	if (!ln) {
		memcpy(to->iname, from->iname, sizeof(to->iname));
		to->name.name = to->iname;
	}
}

static void name_swap(struct dentry *a, struct dentry *b)
{
	bool a_long = long_name_of(a), b_long = long_name_of(b);

	swap(a->name, b->name);
	for (size_t i = 0; i < sizeof(a->iname); i++)
		swap(a->iname[i], b->iname[i]);
	if (!b_long)
		a->name.name = a->iname;
	if (!a_long)
		b->name.name = b->iname;
}

/* --- making them --- */

static struct dentry *dentry_new(struct super_block *sb, const struct qstr *name)
{
	struct dentry *d = kmem_cache_alloc(dentry_cache, GFP_KERNEL);

	might_sleep();
	if (!d)
		return NULL;
	if (!name_set(d, name)) {
		kmem_cache_free(dentry_cache, d);
		return NULL;
	}
	d->inode = NULL;
	d->parent = d;
	d->hash = (struct hlist_node){ NULL, NULL };
	d->refs = 1;
	d->flags = 0;
	d->ops = NULL;
	d->sb = sb;
	d->private = NULL;
	list_init(&d->children);
	list_init(&d->sibling);
	list_init(&d->alias);
	list_init(&d->lru);
	nr_dentries++;
	return d;
}

static void add_child(struct dentry *d, struct dentry *parent)
{
	static u64 last_seq;

	d->seq = ++last_seq;
	list_add_tail(&d->sibling, &parent->children);
}

struct dentry *d_alloc(struct dentry *parent, const struct qstr *name)
{
	struct dentry *d = dentry_new(parent->sb, name);

	if (!d)
		return NULL;
	d->parent = dget(parent);
	add_child(d, parent);
	return d;
}

struct dentry *d_alloc_anon(struct super_block *sb, const char *name)
{
	struct qstr q;

	qstr_init(&q, name, (u32)strlen(name));
	return dentry_new(sb, &q);
}

static void set_inode(struct dentry *d, struct inode *inode)
{
	d->inode = inode;
	if (inode)
		list_add(&d->alias, &inode->dentries);
}

static void rehash(struct dentry *d)
{
	d->flags |= D_HASHED;
	hlist_add(&d->hash, d_bucket(d->parent, d->name.hash));
}

struct dentry *d_make_root(struct inode *inode)
{
	struct dentry *d;

	if (!inode)
		return NULL;
	d = d_alloc_anon(inode->sb, "/");
	if (d)
		set_inode(d, inode);
	else
		iput(inode);
	return d;
}

void d_add(struct dentry *d, struct inode *inode)
{
	set_inode(d, inode);
	if (!(d->flags & D_HASHED))
		rehash(d);
}

void d_instantiate(struct dentry *d, struct inode *inode) { set_inode(d, inode); }

struct dentry *dget(struct dentry *d)
{
	d->refs++;
	return d;
}

/* --- ending them --- */

static void lru_remove(struct dentry *d)
{
	if (list_empty(&d->lru))
		return;
	list_del(&d->lru);
	nr_lru--;
}

void d_drop(struct dentry *d)
{
	d->flags &= ~D_HASHED;
	hlist_del(&d->hash);
}

/* Takes the inode away; the caller puts it. */
static struct inode *unlink_inode(struct dentry *d)
{
	struct inode *inode = d->inode;

	d->inode = NULL;
	list_del(&d->alias);
	return inode;
}

/* refs is 0. Sleeps if the inode's last use goes. Returns the parent, whose count the caller has to put, or NULL. */
static struct dentry *d_kill(struct dentry *d)
{
	struct dentry *parent = d->parent == d ? NULL : d->parent;
	struct inode *inode = unlink_inode(d);

	lru_remove(d);
	d_drop(d);
	list_del(&d->sibling);
	name_free(d);
	kmem_cache_free(dentry_cache, d);
	nr_dentries--;
	iput(inode);
	return parent;
}

void dput(struct dentry *d)
{
	while (d && !--d->refs) {
		if (likely(d->flags & D_HASHED) && !(d->ops && d->ops->keep && !d->ops->keep(d))) {
			d->flags |= D_REFERENCED;
			if (list_empty(&d->lru)) {
				list_add_tail(&d->lru, &dentry_lru);
				nr_lru++;
			}
			return;
		}
		d = d_kill(d);
	}
}

/* Names that were looked up in a directory in vain, and that nobody uses: they would keep a removed one, and its inode. */
static void prune_negative(struct dentry *d)
{
	struct dentry *c, *next;

	list_for_each_entry_safe(c, next, &d->children, sibling)
		if (!c->refs && !c->inode && d_kill(c) == d)
			d->refs--;
}

void d_delete(struct dentry *d)
{
	prune_negative(d);
	if (d->refs == 1 && list_empty(&d->children)) {
		d->flags &= ~D_MOUNTED;
		iput(unlink_inode(d));
		return;
	}
	d_drop(d);
	d->flags |= D_UNLINKED;
}

void d_pin(struct dentry *d)
{
	if (d->flags & D_PINNED)
		return;
	d->flags |= D_PINNED;
	d->refs++;
}

void d_unpin(struct dentry *d)
{
	if (!(d->flags & D_PINNED))
		return;
	d->flags &= ~D_PINNED;
	dput(d);
}

/* May d go without sleeping? Its inode then stays in the inode cache, or has nothing to free but itself. */
static bool killable_now(const struct dentry *d)
{
	const struct inode *inode = d->inode;

	if (!inode || inode->refs > 1)
		return true;
	if (inode->nlink && !hlist_unhashed(&inode->hash))
		return true;
	return !inode->data.nrpages && !(!inode->nlink && inode->sb->ops && inode->sb->ops->evict);
}

static unsigned long shrink_dentries(unsigned long scan)
{
	unsigned long freed = 0;

	if (!scan)
		return nr_lru;
	while (scan-- && !list_empty(&dentry_lru)) {
		struct dentry *d = list_first(&dentry_lru, struct dentry, lru);

		if (d->refs) {
			lru_remove(d);
		} else if (d->flags & D_REFERENCED || !killable_now(d)) {
			d->flags &= ~D_REFERENCED;
			list_move_tail(&d->lru, &dentry_lru);
		} else {
			dput(d_kill(d));
			freed++;
		}
	}
	return freed;
}

void shrink_dcache_sb(struct super_block *sb)
{
	LIST_HEAD(going);
	struct dentry *d, *next;

	might_sleep();
	do {
		list_for_each_entry_safe(d, next, &dentry_lru, lru)
			if (d->sb == sb && !d->refs)
				list_move_tail(&d->lru, &going);
		while (!list_empty(&going)) {
			d = list_first(&going, struct dentry, lru);
			if (d->refs)
				lru_remove(d);		/* came into use while we slept */
			else
				dput(d_kill(d));	/* its parent may be a leaf now: on the list by dput */
		}
		list_for_each_entry(d, &dentry_lru, lru)
			if (d->sb == sb && !d->refs)
				break;
	} while (&d->lru != &dentry_lru);
}

unsigned d_shutdown(struct dentry *root)
{
	struct dentry *d = dget(root), *parent;
	unsigned busy = 0;

	for (;;) {
		while (!list_empty(&d->children)) {	/* down to a leaf, holding only where we are */
			struct dentry *child = dget(list_first(&d->children, struct dentry, sibling));

			d->refs--;			/* child counts it */
			d = child;
		}
		if (d == root)
			break;
		parent = dget(d->parent);
		d_drop(d);
		d_unpin(d);
		if (d->refs > 1) {		/* somebody still has it: leave it to him, out of the tree's way */
			busy++;
			list_del(&d->sibling);
		}
		dput(d);
		d = parent;
	}
	d_drop(root);
	dput(root);
	dput(root);
	return busy;
}

/* --- finding and moving --- */

struct dentry *d_lookup(struct dentry *parent, const struct qstr *name)
{
	struct dentry *d = d_find(parent, name);

	return d ? dget(d) : NULL;
}

struct dentry *d_find_alias(struct inode *inode)
{
	struct dentry *d;

	list_for_each_entry(d, &inode->dentries, alias)
		if (d->flags & D_HASHED || d->parent == d)
			return dget(d);
	return NULL;
}

static void reparent(struct dentry *d, struct dentry *parent)
{
	struct dentry *old = d->parent;

	if (old == parent)
		return;
	d->parent = dget(parent);
	list_del(&d->sibling);
	add_child(d, parent);
	old->refs--;			/* the caller holds it too, so that this is never the last */
}

void d_move(struct dentry *d, struct dentry *target)
{
	struct dentry *parent = target->parent;

	d_drop(d);
	d_drop(target);
	if (target->inode) {
		target->flags |= D_UNLINKED;
		prune_negative(target);
	}
	name_copy(d, target);
	reparent(d, parent);
	rehash(d);
}

void d_exchange(struct dentry *a, struct dentry *b)
{
	struct dentry *pa = a->parent, *pb = b->parent;

	d_drop(a);
	d_drop(b);
	name_swap(a, b);
	reparent(a, pb);
	reparent(b, pa);
	rehash(a);
	rehash(b);
}

bool d_is_ancestor(struct dentry *a, struct dentry *d)
{
	for (; d != a; d = d->parent)
		if (d->parent == d)
			return false;
	return true;
}

/* --- paths as text --- */

static bool prepend(char **p, char *buf, const char *text, size_t n)
{
	if ((size_t)(*p - buf) < n)
		return false;
	*p -= n;
	memcpy(*p, text, n);
	return true;
}

int path_text(const struct path *path, const struct path *root, char *buf, size_t size, char **out)
{
	struct mount *m = path->mnt;
	struct dentry *d = path->dentry;
	char *p = buf + size, *end;
	int outside = 0;

	if (!size || !prepend(&p, buf, "", 1))
		return -ENAMETOOLONG;
	if (!(d->flags & (D_HASHED | D_PINNED)) && d->parent != d && !prepend(&p, buf, " (deleted)", 10))
		return -ENAMETOOLONG;
	end = p;
	while (d != root->dentry || m != root->mnt) {
		if (d == m->root || d->parent == d) {
			if (d != m->root || m->parent == m) {
				outside = 1;
				break;
			}
			d = m->mountpoint;
			m = m->parent;
			continue;
		}
		if (!prepend(&p, buf, d->name.name, d->name.len) || !prepend(&p, buf, "/", 1))
			return -ENAMETOOLONG;
		d = d->parent;
	}
	if (p == end && !prepend(&p, buf, "/", 1))
		return -ENAMETOOLONG;
	*out = p;
	return outside;
}

char *d_path_from(const struct path *path, const struct path *root, char *buf, size_t size)
{
	char *out;
	int err;

	if (path->dentry->ops && path->dentry->ops->dname) {
		if (size < 64)
			return ERR_PTR(-ENAMETOOLONG);
		path->dentry->ops->dname(path->dentry, buf, size);
		return buf;
	}
	err = path_text(path, root, buf, size, &out);
	return err < 0 ? ERR_PTR(err) : out;
}

char *d_path(const struct path *path, char *buf, size_t size)
{
	return d_path_from(path, &fs_current()->root, buf, size);
}

/* --- what /proc shows, and the start --- */

static int dentry_state_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%lu\t%lu\t45\t0\t0\t0\n", nr_dentries, nr_lru);
	return 0;
}
PROC_FILE("sys/fs/dentry-state", 0444, dentry_state_show);

static int dcache_init(void)
{
	static struct shrinker shrinker = { .shrink = shrink_dentries };
	u32 n = 4096;

	while (n < 1 << 19 && n < total_pages() / 4)
		n *= 2;
	dentry_hash = kcalloc(n, sizeof(*dentry_hash), GFP_KERNEL);
	dentry_cache = kmem_cache_create("dentry", sizeof(struct dentry), NULL);
	if (!dentry_hash || !dentry_cache)
		panic("no memory for the dentry cache");
	dentry_hash_mask = n - 1;
	shrinker_register(&shrinker);
	return 0;
}
core_initcall(dcache_init);
