// SPDX-License-Identifier: GPL-2.0
/* The nodes of /sys: making, finding and removing them. super.c shows them as files. */
#include <kernel/bug.h>
#include <kernel/sched.h>
#include <kernel/wait.h>
#include <lib/string.h>
#include <mm/slab.h>
#include "internal.h"

struct sysfs_node sysfs_root = {
	.name = "", .parent = &sysfs_root, .children = LIST_HEAD_INIT(sysfs_root.children), .links = LIST_HEAD_INIT(sysfs_root.links),
	.ino = 1, .refs = 1, .mode = S_IFDIR | 0555,
};
static u64 last_ino = 1;
static WAIT_QUEUE(inactive);	/* sysfs_remove() waits here for the last sysfs_leave() */

/* --- counting --- */

void sysfs_put(struct sysfs_node *n)
{
	while (n && !--n->refs) {
		struct sysfs_node *parent = n->parent;

		BUG_ON(!n->gone);
		kfree(n->name);
		kfree(n);
		n = parent;
	}
}

bool sysfs_enter(struct sysfs_node *n)
{
	if (n->gone)
		return false;
	n->active++;
	return true;
}

void sysfs_leave(struct sysfs_node *n)
{
	if (!--n->active && n->gone)
		wake_up_all(&inactive);
}

/* --- making --- */

struct sysfs_node *sysfs_find_len(struct sysfs_node *dir, const char *name, size_t len)
{
	struct sysfs_node *n;

	list_for_each_entry(n, &dir->children, sibling)
		if (n->len == len && !memcmp(n->name, name, len))
			return n;
	return NULL;
}

struct sysfs_node *sysfs_find(struct sysfs_node *dir, const char *name)
{
	return sysfs_find_len(dir, name, strlen(name));
}

/* A new child. ERR_PTR(-EEXIST, -ENOMEM) */
static struct sysfs_node *add(struct sysfs_node *dir, const char *name, size_t len, mode_t mode)
{
	struct sysfs_node *n = kzalloc(sizeof(*n), GFP_KERNEL);
	char *copy = kmalloc(len + 1, GFP_KERNEL);
	bool taken = sysfs_find_len(dir, name, len);	/* getting memory may have slept: so not before */

	if (!n || !copy || taken) {
		kfree(copy);
		kfree(n);
		return ERR_PTR(taken ? -EEXIST : -ENOMEM);
	}
	memcpy(copy, name, len);
	copy[len] = 0;
	*n = (struct sysfs_node){
		.name = copy, .len = len, .parent = sysfs_get(dir), .mode = mode, .ino = ++last_ino, .refs = 1,
		.children = LIST_HEAD_INIT(n->children), .links = LIST_HEAD_INIT(n->links), .link = LIST_HEAD_INIT(n->link),
	};
	list_add_tail(&n->sibling, &dir->children);
	return n;
}

struct sysfs_node *sysfs_dir(struct sysfs_node *parent, const char *path)
{
	struct sysfs_node *dir = parent ?: &sysfs_root;

	while (*path) {
		const char *slash = strchr(path, '/');
		size_t len = slash ? (size_t)(slash - path) : strlen(path);
		struct sysfs_node *n = sysfs_find_len(dir, path, len) ?: add(dir, path, len, S_IFDIR | 0755);

		if (n == ERR_PTR(-EEXIST))	/* somebody else made it meanwhile */
			continue;
		if (IS_ERR(n))
			return NULL;
		dir = n;
		path += len + (slash != NULL);
	}
	return dir;
}

int sysfs_files(struct sysfs_node *dir, const struct sysfs_attr *attrs, void *arg)
{
	for (const struct sysfs_attr *a = attrs; a->name; a++) {
		struct sysfs_node *n = add(dir, a->name, strlen(a->name), S_IFREG | a->mode);

		if (IS_ERR(n))
			return (int)PTR_ERR(n);
		n->attr = a;
		n->arg = arg;
	}
	return 0;
}

int sysfs_link(struct sysfs_node *dir, const char *name, struct sysfs_node *target)
{
	struct sysfs_node *n = add(dir, name, strlen(name), S_IFLNK | 0777);

	if (IS_ERR(n))
		return (int)PTR_ERR(n);
	n->target = target;
	list_add(&n->link, &target->links);
	return 0;
}

/* --- removing --- */

void sysfs_remove(struct sysfs_node *node)
{
	if (!node)
		return;
	BUG_ON(node == &sysfs_root || node->gone);
	sysfs_get(node);
	while (!list_empty(&node->children))
		sysfs_remove(list_first(&node->children, struct sysfs_node, sibling));
	while (!list_empty(&node->links))
		sysfs_remove(list_first(&node->links, struct sysfs_node, link));
	node->gone = true;
	list_del(&node->sibling);
	list_del(&node->link);
	wait_event(&inactive, !node->active);
	sysfs_put(node);		/* the tree's */
	sysfs_put(node);
}

/* --- links --- */

static int depth(const struct sysfs_node *n)
{
	int d = 0;

	for (; n != &sysfs_root; n = n->parent)
		d++;
	return d;
}

static bool below(const struct sysfs_node *n, const struct sysfs_node *dir)
{
	while (n != dir && n != &sysfs_root)
		n = n->parent;
	return n == dir;
}

/* One "../" up to the nearest folder above both, then the names down from it. The text is filled from its end. */
char *sysfs_link_text(const struct sysfs_node *link)
{
	const struct sysfs_node *dir = link->parent, *common = dir, *n;
	size_t len = 0, ups;
	char *text, *p;

	if (link->gone)
		return ERR_PTR(-ENOENT);
	while (!below(link->target->parent, common))
		common = common->parent;
	ups = (size_t)(depth(dir) - depth(common));
	for (n = link->target; n != common; n = n->parent)
		len += n->len + 1;
	text = kmalloc(3 * ups + len + 1, 0);
	if (!text)
		return ERR_PTR(-ENOMEM);
	for (size_t i = 0; i < ups; i++)
		memcpy(text + 3 * i, "../", 3);
	p = text + 3 * ups + len;
	for (n = link->target; n != common; n = n->parent) {
		*--p = n == link->target ? 0 : '/';
		p -= n->len;
		memcpy(p, n->name, n->len);
	}
	return text;
}
