/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of fs/sysfs share. */
#ifndef SYSFS_INTERNAL_H
#define SYSFS_INTERNAL_H

#include <fs/sysfs.h>

#define SYSFS_MAGIC	0x62656572

/* refs: one for being in the tree, one for each inode and each child. */
struct sysfs_node {
	char *name;
	size_t len;
	struct sysfs_node *parent;	/* counted; itself for the root */
	struct list_head children;	/* by ino, which is where reading a folder goes on */
	struct list_head sibling;
	const struct sysfs_attr *attr;	/* of a file */
	void *arg;
	struct sysfs_node *target;	/* of a link, which goes when its target goes */
	struct list_head links;		/* those that lead here: */
	struct list_head link;
	u64 ino;
	int refs;
	int active;			/* calls of show and store under way */
	bool gone;
	mode_t mode;			/* with the type; like the owner what chmod(2) and chown(2) left */
	uid_t uid; gid_t gid;
};
extern struct sysfs_node sysfs_root;
void sysfs_put(struct sysfs_node *n);
static inline struct sysfs_node *sysfs_get(struct sysfs_node *n) { n->refs++; return n; }
struct sysfs_node *sysfs_find_len(struct sysfs_node *dir, const char *name, size_t len);
/* Brackets of every call of show and store. false: the node is gone. */
bool sysfs_enter(struct sysfs_node *n);
void sysfs_leave(struct sysfs_node *n);
/* What a link says: "../../devices/virtual/tty/tty0". kfree it. ERR_PTR(-ENOENT: it is gone, -ENOMEM) */
char *sysfs_link_text(const struct sysfs_node *link);

#endif
