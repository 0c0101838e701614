// SPDX-License-Identifier: GPL-2.0
/* Addresses of local sockets: files, abstract names (first byte NUL), and none at all. */
#include <fs/namei.h>
#include <lib/string.h>
#include "unix.h"

#define PATH_OFFSET	((int)offsetof(struct sockaddr_un, sun_path))
#define NAME_HASH	64

static struct list_head abstract[NAME_HASH], by_inode[NAME_HASH];

static struct list_head *bucket(struct list_head *table, u32 hash)
{
	struct list_head *h = &table[hash % NAME_HASH];

	if (!h->next)
		list_init(h);
	return h;
}

static struct list_head *abstract_bucket(const struct sockaddr_un *name, int len)
{
	return bucket(abstract, hash_str(name->sun_path, (size_t)(len - PATH_OFFSET)));
}

static struct list_head *inode_bucket(const struct inode *inode)
{
	return bucket(by_inode, hash_u64((u64)(unsigned long)inode));
}

int unix_check_addr(const void *addr, int len)
{
	const struct sockaddr_un *un = addr;

	if (len <= PATH_OFFSET || len > (int)sizeof(*un) || un->sun_family != AF_UNIX)
		return -EINVAL;
	return 0;
}

/* --- finding --- */

static struct unix_sock *find_abstract(const struct sockaddr_un *name, int len, int type)
{
	struct unix_sock *u;

	list_for_each_entry(u, abstract_bucket(name, len), name_node)
		if (u->addr->len == len && !memcmp(&u->addr->name, name, (size_t)len) && (type < 0 || u->type == type))
			return u;
	return NULL;
}

static struct unix_sock *find_by_inode(const struct inode *inode)
{
	struct unix_sock *u;

	list_for_each_entry(u, inode_bucket(inode), name_node)
		if (u->path.dentry->inode == inode)
			return u;
	return NULL;
}

/* The path with its end marked: the address need not hold a NUL. */
static void copy_path(char *buf, const struct sockaddr_un *un, int len)
{
	memcpy(buf, un->sun_path, (size_t)(len - PATH_OFFSET));
	buf[len - PATH_OFFSET] = '\0';
}

static struct unix_sock *find_file(const struct sockaddr_un *un, int len, int type)
{
	char name[UNIX_PATH_MAX + 1];
	struct unix_sock *u = NULL;
	struct path path;
	int err;

	copy_path(name, un, len);
	err = path_lookup(AT_FDCWD, name, LOOKUP_FOLLOW, &path);
	if (err)
		return ERR_PTR(err);
	err = inode_permission(path.dentry->inode, MAY_WRITE);
	if (!err) {
		u = S_ISSOCK(path.dentry->inode->mode) ? find_by_inode(path.dentry->inode) : NULL;
		if (!u)
			err = why(-ECONNREFUSED, "nobody has bound it since");
		else if (u->type != type)
			err = why(-EPROTOTYPE, "a socket of another type");
	}
	if (!err)
		unix_get(u);
	path_put(&path);
	return err ? ERR_PTR(err) : u;
}

struct unix_sock *unix_find(const void *addr, int len, int type)
{
	const struct sockaddr_un *un = addr;
	struct unix_sock *u;

	if (un->sun_path[0])
		return find_file(un, len, type);
	u = find_abstract(un, len, type);
	if (!u)
		return ERR_PTR(why(-ECONNREFUSED, "nobody has that name"));
	unix_get(u);
	return u;
}

/* --- binding --- */

static struct unix_addr *addr_new(const struct sockaddr_un *un, int len)
{
	struct unix_addr *a = kzalloc(sizeof(*a) + 1, GFP_KERNEL);

	if (!a)
		return NULL;
	a->refs = 1;
	a->len = len;
	memcpy(&a->name, un, (size_t)len);
	a->name.sun_family = AF_UNIX;
	return a;
}

static void set_addr(struct unix_sock *u, struct unix_addr *a, struct list_head *where)
{
	u->addr = a;
	list_add(&u->name_node, where);
}

static int bind_abstract(struct unix_sock *u, const struct sockaddr_un *un, int len)
{
	struct unix_addr *a = addr_new(un, len);

	if (!a)
		return -ENOMEM;
	if (u->addr || find_abstract(&a->name, len, u->type)) {
		int err = u->addr ? why(-EINVAL, "the socket has a name already") : why(-EADDRINUSE, "another socket has that name");

		kfree(a);
		return err;
	}
	set_addr(u, a, abstract_bucket(&a->name, len));
	return 0;
}

static int make_node(const char *name, struct path *path)
{
	struct path parent;
	struct dentry *d = path_create(AT_FDCWD, name, &parent, false);
	int err;

	if (IS_ERR(d))
		return PTR_ERR(d) == -EEXIST ? why(-EADDRINUSE, "there is a file of that name") : (int)PTR_ERR(d);
	err = vfs_mknod(parent.dentry->inode, d, S_IFSOCK | 0777, 0);
	if (!err) {
		*path = (struct path){ parent.mnt, d };
		path_get(path);
	}
	path_create_done(&parent, d);
	return err == -EEXIST ? -EADDRINUSE : err;
}

static int bind_file(struct unix_sock *u, const struct sockaddr_un *un, int len)
{
	char name[UNIX_PATH_MAX + 1];
	struct unix_addr *a;
	struct path path;
	int err;

	copy_path(name, un, len);
	if (u->addr) {
		if (path_lookup(AT_FDCWD, name, 0, &path))
			return -EINVAL;
		path_put(&path);
		return -EADDRINUSE;
	}
	len = (int)strlen(name) + 1 + PATH_OFFSET;
	a = addr_new(un, min(len, (int)sizeof(*un)));
	if (!a)
		return -ENOMEM;
	a->len = len;		/* counts the NUL, even the one that the caller's buffer had no room for */
	err = make_node(name, &path);
	if (err) {
		kfree(a);
		return err;
	}
	if (u->addr) {		/* somebody else was faster while we slept */
		path_put(&path);
		kfree(a);
		return -EINVAL;
	}
	u->path = path;
	set_addr(u, a, inode_bucket(path.dentry->inode));
	return 0;
}

/* An unused abstract name of five hexadecimal digits, as man 7 unix promises. */
int unix_autobind(struct unix_sock *u)
{
	static u32 next;
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char digits[8];

	if (u->addr)
		return 0;
	for (u32 tries = 0; tries < 0x100000; tries++) {
		int err;

		snprintf(digits, sizeof(digits), "%05x", next++ & 0xfffff);
		memcpy(un.sun_path + 1, digits, 5);
		err = bind_abstract(u, &un, PATH_OFFSET + 6);
		if (err != -EADDRINUSE)
			return u->addr ? 0 : err;
	}
	return -ENOSPC;
}

int unix_bind(struct socket *s, const void *addr, int len)
{
	const struct sockaddr_un *un = addr;
	struct unix_sock *u = unix_of(s);
	int err;

	if (len == PATH_OFFSET && un->sun_family == AF_UNIX)
		return unix_autobind(u);
	err = unix_check_addr(addr, len);
	if (err)
		return err;
	return un->sun_path[0] ? bind_file(u, un, len) : bind_abstract(u, un, len);
}

void unix_unbind(struct unix_sock *u)
{
	list_del(&u->name_node);
}

/* --- telling --- */

int unix_fill_name(const struct unix_sock *u, void *addr)
{
	struct sockaddr_un *un = addr;

	if (!u->addr) {
		un->sun_family = AF_UNIX;
		return PATH_OFFSET;
	}
	memcpy(un, &u->addr->name, (size_t)min(u->addr->len, (int)sizeof(*un)));
	if (u->addr->len > (int)sizeof(*un))
		((char *)addr)[sizeof(*un)] = '\0';
	return u->addr->len;
}

int unix_getname(struct socket *s, void *addr, bool peer)
{
	struct unix_sock *u = unix_of(s);

	if (peer) {
		if (!u->peer)
			return -ENOTCONN;
		u = u->peer;
	}
	return unix_fill_name(u, addr);
}
