// SPDX-License-Identifier: GPL-2.0
/*
 * The path walk: from a text to a (mount, dentry), through symbolic links, mounts and "..".
 * A walk over cached names never sleeps and counts nothing on its way (internal.h); the first thing that might sleep,
 * a directory to be read or a permission to be asked from the file system, makes it count what it stands on.
 */
#include "internal.h"

/* --- what the walk holds --- */

void path_get(const struct path *p)
{
	p->mnt->refs++;
	p->dentry->refs++;
}

void path_put(const struct path *p)
{
	dput(p->dentry);
	if (p->mnt)
		mntput(p->mnt);
}

void nd_hold(struct nameidata *nd)
{
	if (nd->counted)
		return;
	path_get(&nd->path);
	path_get(&nd->root);
	nd->counted = true;
}

/* The walk moves to p; counted says whether p already is. */
static void nd_move(struct nameidata *nd, const struct path *p, bool counted)
{
	struct path old = nd->path;

	if (nd->counted && !counted)
		path_get(p);
	nd->path = *p;
	if (nd->counted)
		path_put(&old);
}

void nd_take(struct nameidata *nd, struct path *out)
{
	*out = nd->path;
	if (nd->counted) {
		path_put(&nd->root);
		nd->counted = false;
	} else {
		path_get(out);
	}
}

static void pop_link(struct nameidata *nd)
{
	struct nd_link *l = &nd->stack[--nd->depth];

	if (l->ops->put_link)
		l->ops->put_link(l->cookie);
	path_put(&l->link);
}

void nd_end(struct nameidata *nd)
{
	while (nd->depth)
		pop_link(nd);
	if (nd->counted) {
		path_put(&nd->path);
		path_put(&nd->root);
		nd->counted = false;
	}
}

int nd_begin(struct nameidata *nd, int dfd, const char *name, unsigned flags)
{
	struct fs_struct *fs = fs_current();
	struct file *f;

	nd->flags = flags;
	nd->counted = false;
	nd->need_dir = false;
	nd->last_type = LAST_ROOT;
	nd->nr_links = 0;
	nd->depth = 0;
	nd->root = fs->root;
	if (unlikely(!fs->root.mnt))
		return -ENOENT;			/* boot: nothing is mounted yet */
	if (!*name && !(flags & LOOKUP_EMPTY))
		return why(-ENOENT, "the path is empty");
	if (*name == '/' && !(flags & LOOKUP_IN_ROOT)) {
		nd->path = nd->root;
		return flags & LOOKUP_BENEATH ? why(-EXDEV, "the path begins at the root") : 0;
	}
	if (dfd == AT_FDCWD) {
		nd->path = fs->pwd;
	} else {
		f = fcheck(dfd);
		if (!f)
			return why(-EBADF, "%d is not open", dfd);
		nd->path = f->path;
		if (*name && !S_ISDIR(f->inode->mode))
			return why(-ENOTDIR, "%d is not a directory", dfd);
	}
	if (flags & (LOOKUP_BENEATH | LOOKUP_IN_ROOT))
		nd->root = nd->path;
	return 0;
}

/* --- one step --- */

static void enter_mounts(struct path *p)
{
	struct mount *m;

	while (unlikely(p->dentry->flags & D_MOUNTED) && (m = mount_lookup(p)) != NULL) {
		p->mnt = m;
		p->dentry = m->root;
	}
}

/* Still true? Only asked of file systems that can change behind our back. Sleeps. */
static bool still_valid(struct nameidata *nd, struct dentry *d)
{
	bool ok;

	nd_hold(nd);
	dget(d);
	ok = d->ops->revalidate(d);
	if (!ok && !(d->flags & D_MOUNTED) && list_empty(&d->children))
		d_drop(d);
	dput(d);
	return ok;
}

/* Asks the file system, dir locked. The dentry is counted, or ERR_PTR. */
static struct dentry *lookup_real(struct dentry *dir, const struct qstr *name)
{
	struct dentry *d, *other;

	if (dir->inode->flags & S_DEAD_)
		return ERR_PTR(-ENOENT);
	if (name->len > NAME_MAX_)
		return ERR_PTR(why(-ENAMETOOLONG, "a name is longer than %d bytes", NAME_MAX_));
	d = d_alloc(dir, name);
	if (!d)
		return ERR_PTR(-ENOMEM);
	other = dir->inode->ops->lookup(dir->inode, d);
	if (likely(!other))
		return d;
	dput(d);
	return other;
}

static struct dentry *lookup_locked(struct dentry *dir, const struct qstr *name)
{
	struct dentry *d = d_lookup(dir, name);

	if (d && d->ops && d->ops->revalidate && !d->ops->revalidate(d)) {
		if (!(d->flags & D_MOUNTED) && list_empty(&d->children))
			d_drop(d);
		dput(d);
		d = NULL;
	}
	return d ?: lookup_real(dir, name);
}

struct dentry *lookup_one(struct dentry *dir, const char *name, u32 len)
{
	struct qstr q;

	might_sleep();
	qstr_init(&q, name, len);
	return lookup_locked(dir, &q);
}

static struct dentry *lookup_slow(struct nameidata *nd, const struct qstr *name)
{
	struct dentry *dir = nd->path.dentry, *d;

	if (nd->flags & LOOKUP_CACHED)
		return ERR_PTR(-EAGAIN);
	nd_hold(nd);
	inode_lock(dir->inode);
	d = lookup_locked(dir, name);
	inode_unlock(dir->inode);
	return d;
}

static int step_up(struct nameidata *nd)
{
	struct path p = nd->path;

	for (;;) {
		if (p.dentry == nd->root.dentry && p.mnt == nd->root.mnt) {
			if (nd->flags & LOOKUP_BENEATH)
				return why(-EXDEV, "\"..\" leads out of the directory");
			break;
		}
		if (p.dentry != p.mnt->root) {
			p.dentry = p.dentry->parent;
			break;
		}
		if (p.mnt->parent == p.mnt)
			break;
		if (nd->flags & LOOKUP_NO_XDEV)
			return -EXDEV;
		p.dentry = p.mnt->mountpoint;
		p.mnt = p.mnt->parent;
	}
	enter_mounts(&p);
	if (p.mnt != nd->path.mnt && nd->flags & LOOKUP_NO_XDEV)
		return -EXDEV;
	nd_move(nd, &p, false);
	return 0;
}

static void jump_to_root(struct nameidata *nd) { nd_move(nd, &nd->root, false); }

/* A magic link names no text but a place. */
static int follow_magic(struct nameidata *nd, const struct path *link)
{
	struct path to;
	int err;

	if (nd->flags & LOOKUP_NO_MAGICLINKS)
		return -ELOOP;
	err = link->dentry->inode->ops->follow(link->dentry, &to);
	if (err)
		return err;
	if (nd->flags & (LOOKUP_BENEATH | LOOKUP_IN_ROOT) || (nd->flags & LOOKUP_NO_XDEV && to.mnt != nd->path.mnt)) {
		path_put(&to);
		return -EXDEV;
	}
	nd_move(nd, &to, true);
	return 0;
}

/*
 * Begins to follow the link (counted, taken over), which lies in nd->path; rest is what comes behind it.
 * The text to go on with, NULL when nothing is (a magic link), or ERR_PTR.
 */
static const char *push_link(struct nameidata *nd, const struct path *link, const char *rest)
{
	const struct inode_ops *ops = link->dentry->inode->ops;
	struct nd_link *l = &nd->stack[nd->depth];
	void *cookie = NULL;
	const char *text;
	int err = 0;

	if (nd->nr_links++ >= MAX_SYMLINKS || nd->flags & LOOKUP_NO_SYMLINKS)
		err = why(-ELOOP, "symbolic links are %s", nd->nr_links > MAX_SYMLINKS ? "too many" : "not wanted");
	else if (ops->follow)
		err = follow_magic(nd, link);
	if (err || ops->follow) {
		path_put(link);
		return ERR_PTR(err);
	}
	text = ops->get_link(link->dentry, link->dentry->inode, &cookie);
	if (IS_ERR(text)) {
		path_put(link);
		return text;
	}
	*l = (struct nd_link){ *link, cookie, ops, rest };
	nd->depth++;
	if (!*text)
		return ERR_PTR(-ENOENT);
	if (*text != '/')
		return text;
	if (nd->flags & LOOKUP_BENEATH || (nd->flags & LOOKUP_NO_XDEV && nd->path.mnt != nd->root.mnt))
		return ERR_PTR(-EXDEV);
	jump_to_root(nd);
	return text;
}

/*
 * Moves onto child d of the place, and onto what is mounted there. Is it a link to be followed, the place stays and
 * *link is it, counted. counted: d is, and is taken over. 0 or -errno.
 */
static int step_into(struct nameidata *nd, struct dentry *d, bool counted, bool follow, struct path *link)
{
	struct path p = { nd->path.mnt, d };
	int err = 0;

	link->dentry = NULL;
	if (!d->inode) {
		err = why(-ENOENT, "no %.*s in %s", (int)d->name.len, d->name.name, why_path(&nd->path));
	} else if (follow && unlikely(S_ISLNK(d->inode->mode))) {
		if (!counted) {
			nd_hold(nd);
			dget(d);
		}
		mntget(p.mnt);
		*link = p;
		return 0;
	}
	if (!err && unlikely(d->flags & D_MOUNTED)) {
		enter_mounts(&p);
		if (p.mnt != nd->path.mnt && nd->flags & LOOKUP_NO_XDEV)
			err = -EXDEV;
	}
	if (!err && p.dentry == d && counted) {
		mntget(p.mnt);
		nd_move(nd, &p, true);
		return 0;
	}
	if (!err)
		nd_move(nd, &p, false);
	if (counted)
		dput(d);
	return err;
}

static int step_name(struct nameidata *nd, const struct qstr *name, bool follow, struct path *link)
{
	struct dentry *d = d_find(nd->path.dentry, name);
	bool counted = false;

	if (d && unlikely(d->ops && d->ops->revalidate) && !still_valid(nd, d))
		d = NULL;
	if (unlikely(!d)) {
		d = lookup_slow(nd, name);
		if (IS_ERR(d))
			return PTR_ERR(d);
		counted = true;
	}
	return step_into(nd, d, counted, follow, link);
}

/* --- the walk --- */

/* May we search the directory where the walk is? */
static int may_search(struct nameidata *nd)
{
	struct inode *inode = nd->path.dentry->inode;
	int err;

	if (unlikely(!S_ISDIR(inode->mode)))
		return why(-ENOTDIR, "%s is not a directory", why_path(&nd->path));
	if (likely((inode->mode & 0111) == 0111 && inode_has_no_acl(inode) && !inode->ops->permission))
		return 0;
	if (inode_permission_sleeps(inode)) {
		if (nd->flags & LOOKUP_CACHED)
			return -EAGAIN;
		nd_hold(nd);
	}
	err = inode_permission(inode, MAY_EXEC);
	return likely(!err) ? 0 : why(err, "no search permission in %s, mode 0%o of %u:%u, for user %u", why_path(&nd->path),
				      inode->mode & 07777, inode->uid, inode->gid, current_cred()->fsuid);
}

/* Takes the next name off p. Returns what follows it and its slashes. */
static const char *next_name(const char *p, struct qstr *q, enum last_type *type, bool *slash)
{
	const char *start = p;
	u64 h = 0;

	for (; *p && *p != '/'; p++)
		h = name_hash_step(h, (u8)*p);
	q->name = start;
	q->len = (u32)(p - start);
	q->hash = name_hash_end(h);
	*type = LAST_NORM;
	if (unlikely(*start == '.')) {
		if (q->len == 1)
			*type = LAST_DOT;
		else if (q->len == 2 && start[1] == '.')
			*type = LAST_DOTDOT;
	}
	*slash = *p == '/';
	while (*p == '/')
		p++;
	return p;
}

static const char *skip_slashes(const char *p)
{
	while (*p == '/')
		p++;
	return p;
}

static int step(struct nameidata *nd, const struct qstr *name, enum last_type type, bool follow, struct path *link)
{
	link->dentry = NULL;
	if (likely(type == LAST_NORM))
		return step_name(nd, name, follow, link);
	return type == LAST_DOTDOT ? step_up(nd) : 0;
}

int nd_walk(struct nameidata *nd, const char *name)
{
	int base = nd->depth;

	if (*name == '/' && nd->flags & LOOKUP_IN_ROOT && !base)
		jump_to_root(nd);
	name = skip_slashes(name);
	nd->last_type = LAST_ROOT;
	for (;;) {
		enum last_type type;
		struct path link;
		struct qstr q;
		bool slash;
		int err;

		if (!*name) {			/* the text was empty, "/" or a link to it */
			if (nd->depth == base)
				return 0;
			name = nd->stack[nd->depth - 1].rest;
			pop_link(nd);
			continue;
		}
		err = may_search(nd);
		if (err)
			return err;
		name = next_name(name, &q, &type, &slash);
		if (!*name && nd->depth == base) {
			nd->last = q;
			nd->last_type = type;
			nd->need_dir |= slash;
			return 0;
		}
		err = step(nd, &q, type, true, &link);
		if (err)
			return err;
		if (!*name) {			/* the last name of a link's text: go on behind the link */
			name = nd->stack[nd->depth - 1].rest;
			pop_link(nd);
		}
		if (unlikely(link.dentry)) {
			const char *text = push_link(nd, &link, name);

			if (IS_ERR(text))
				return PTR_ERR(text);
			if (text)
				name = skip_slashes(text);
		}
	}
}

static int follow_last(struct nameidata *nd, const struct path *link)
{
	int err = may_follow(nd->path.dentry->inode, link->dentry->inode);
	const char *text;

	if (err) {
		path_put(link);
		return err;
	}
	text = push_link(nd, link, "");
	if (IS_ERR(text))
		return PTR_ERR(text);
	nd->last_type = LAST_ROOT;		/* a magic link: nothing is left to enter */
	if (!text)
		return 0;
	err = nd_walk(nd, text);
	return err ?: 1;
}

int nd_step(struct nameidata *nd, struct dentry *d, bool follow)
{
	struct path link;
	int err;

	nd_hold(nd);
	err = step_into(nd, d, true, follow || nd->need_dir, &link);
	return err || !link.dentry ? err : follow_last(nd, &link);
}

int nd_last(struct nameidata *nd, bool follow)
{
	struct path link;
	int err = step(nd, &nd->last, nd->last_type, follow || nd->need_dir, &link);

	return err || likely(!link.dentry) ? err : follow_last(nd, &link);
}

/* ".." and a rename at the same time might have led out of a confined walk. */
int nd_check(struct nameidata *nd)
{
	if (likely(!(nd->flags & (LOOKUP_BENEATH | LOOKUP_IN_ROOT))))
		return 0;
	return path_is_under(&nd->path, &nd->root) ? 0 : -EXDEV;
}

int path_lookup(int dfd, const char *name, unsigned flags, struct path *out)
{
	struct nameidata nd;
	int err;

	err = nd_begin(&nd, dfd, name, flags);
	if (err)
		return err;
	err = nd_walk(&nd, name);
	if (!err)
		while ((err = nd_last(&nd, flags & LOOKUP_FOLLOW)) > 0)
			;
	if (!err && (nd.need_dir || flags & LOOKUP_DIRECTORY) && !S_ISDIR(nd.path.dentry->inode->mode))
		err = why(-ENOTDIR, "%s is not a directory", why_path(&nd.path));
	if (!err)
		err = nd_check(&nd);
	if (!err)
		nd_take(&nd, out);
	nd_end(&nd);
	return err;
}

int user_path_at(int dfd, uaddr_t uname, unsigned flags, struct path *out)
{
	char *name = getname(uname);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = path_lookup(dfd, name, flags, out);
	putname(name);
	return err;
}

int nd_parent(struct nameidata *nd, int dfd, const char *name, unsigned flags)
{
	int err = nd_begin(nd, dfd, name, flags);

	if (err)
		return err;
	err = nd_walk(nd, name);
	if (err)
		nd_end(nd);
	else
		nd_hold(nd);
	return err;
}

/* --- a place for a new name --- */

struct dentry *path_create(int dfd, const char *name, struct path *parent, bool is_dir)
{
	struct nameidata nd;
	struct dentry *d;
	int err;

	might_sleep();
	err = nd_parent(&nd, dfd, name, 0);
	if (err)
		return ERR_PTR(err);
	if (nd.last_type != LAST_NORM) {
		nd_end(&nd);
		return ERR_PTR(-EEXIST);
	}
	inode_lock(nd.path.dentry->inode);
	d = lookup_locked(nd.path.dentry, &nd.last);
	if (!IS_ERR(d)) {
		if (d->inode)
			err = -EEXIST;
		else if (nd.need_dir && !is_dir)
			err = -ENOENT;
		else
			err = mount_want_write(nd.path.mnt);
		if (err) {
			dput(d);
			d = ERR_PTR(err);
		}
	}
	if (IS_ERR(d))
		inode_unlock(nd.path.dentry->inode);
	else
		nd_take(&nd, parent);
	nd_end(&nd);
	return d;
}

void path_create_done(struct path *parent, struct dentry *d)
{
	inode_unlock(parent->dentry->inode);
	dput(d);
	path_put(parent);
}
