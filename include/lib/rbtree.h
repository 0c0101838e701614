/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Red-black trees, embedded in what they order. The caller finds the place:
 *	struct rb_node **link = &root->node, *parent = NULL;
 *	while (*link) { parent = *link; link = less ? &parent->left : &parent->right; }
 *	rb_insert(node, parent, link, root);
 */
#ifndef LIB_RBTREE_H
#define LIB_RBTREE_H

#include <kernel/types.h>

struct rb_node { struct rb_node *parent, *left, *right; bool red; };
struct rb_root { struct rb_node *node; };
#define RB_ROOT	((struct rb_root){ NULL })

void rb_insert(struct rb_node *n, struct rb_node *parent, struct rb_node **link, struct rb_root *root);
void rb_erase(struct rb_node *n, struct rb_root *root);
struct rb_node *rb_first(const struct rb_root *root);	/* NULL when empty */
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *n);	/* NULL at the end */
struct rb_node *rb_prev(const struct rb_node *n);
#define rb_entry(p, type, member) ({ struct rb_node *p_ = (p); p_ ? container_of(p_, type, member) : NULL; })

#endif
