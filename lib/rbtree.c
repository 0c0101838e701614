/* SPDX-License-Identifier: GPL-2.0 */
/* Red-black trees. Rules kept: a red node has black children; all paths down hold equally many black nodes. */
#include <lib/rbtree.h>

static void replace_child(struct rb_node *old, struct rb_node *new_, struct rb_node *parent, struct rb_root *root)
{
	if (!parent)
		root->node = new_;
	else if (parent->left == old)
		parent->left = new_;
	else
		parent->right = new_;
	if (new_)
		new_->parent = parent;
}

/* n's right (left) child takes n's place; n becomes its left (right) child. */
static void rotate(struct rb_node *n, bool left, struct rb_root *root)
{
	struct rb_node *up = left ? n->right : n->left;
	struct rb_node *mid = left ? up->left : up->right;

	replace_child(n, up, n->parent, root);
	if (left) {
		n->right = mid;
		up->left = n;
	} else {
		n->left = mid;
		up->right = n;
	}
	if (mid)
		mid->parent = n;
	n->parent = up;
}

void rb_insert(struct rb_node *n, struct rb_node *parent, struct rb_node **link, struct rb_root *root)
{
	n->parent = parent;
	n->left = n->right = NULL;
	n->red = true;
	*link = n;

	while ((parent = n->parent) && parent->red) {
		struct rb_node *grand = parent->parent;
		bool is_left = parent == grand->left;
		struct rb_node *uncle = is_left ? grand->right : grand->left;

		if (uncle && uncle->red) {
			parent->red = uncle->red = false;
			grand->red = true;
			n = grand;
			continue;
		}
		if (n == (is_left ? parent->right : parent->left)) {
			rotate(parent, is_left, root);
			n = parent;
			parent = n->parent;
		}
		parent->red = false;
		grand->red = true;
		rotate(grand, !is_left, root);
		break;
	}
	root->node->red = false;
}

static bool is_red(const struct rb_node *n)
{
	return n && n->red;
}

/* The path through n (which may be NULL, below parent) is one black short. */
static void fix_black(struct rb_node *n, struct rb_node *parent, struct rb_root *root)
{
	while (parent && !is_red(n)) {
		bool is_left = n == parent->left;
		struct rb_node *sib = is_left ? parent->right : parent->left;

		if (sib->red) {
			sib->red = false;
			parent->red = true;
			rotate(parent, is_left, root);
			sib = is_left ? parent->right : parent->left;
		}
		if (!is_red(sib->left) && !is_red(sib->right)) {
			sib->red = true;
			n = parent;
			parent = n->parent;
			continue;
		}
		if (!is_red(is_left ? sib->right : sib->left)) {
			(is_left ? sib->left : sib->right)->red = false;
			sib->red = true;
			rotate(sib, !is_left, root);
			sib = is_left ? parent->right : parent->left;
		}
		sib->red = parent->red;
		parent->red = false;
		(is_left ? sib->right : sib->left)->red = false;
		rotate(parent, is_left, root);
		return;
	}
	if (n)
		n->red = false;
}

void rb_erase(struct rb_node *n, struct rb_root *root)
{
	struct rb_node *child, *parent;
	bool was_red;

	if (n->left && n->right) {
		struct rb_node *next = n->right;

		while (next->left)
			next = next->left;
		was_red = next->red;
		child = next->right;
		parent = next->parent == n ? next : next->parent;
		if (next->parent != n) {
			replace_child(next, child, next->parent, root);
			next->right = n->right;
			next->right->parent = next;
		}
		replace_child(n, next, n->parent, root);
		next->left = n->left;
		next->left->parent = next;
		next->red = n->red;
	} else {
		child = n->left ?: n->right;
		parent = n->parent;
		was_red = n->red;
		replace_child(n, child, parent, root);
	}
	if (!was_red)
		fix_black(child, parent, root);
}

struct rb_node *rb_first(const struct rb_root *root)
{
	struct rb_node *n = root->node;

	while (n && n->left)
		n = n->left;
	return n;
}

struct rb_node *rb_last(const struct rb_root *root)
{
	struct rb_node *n = root->node;

	while (n && n->right)
		n = n->right;
	return n;
}

struct rb_node *rb_next(const struct rb_node *n)
{
	if (n->right) {
		n = n->right;
		while (n->left)
			n = n->left;
		return (struct rb_node *)n;
	}
	while (n->parent && n == n->parent->right)
		n = n->parent;
	return n->parent;
}

struct rb_node *rb_prev(const struct rb_node *n)
{
	if (n->left) {
		n = n->left;
		while (n->right)
			n = n->right;
		return (struct rb_node *)n;
	}
	while (n->parent && n == n->parent->left)
		n = n->parent;
	return n->parent;
}
