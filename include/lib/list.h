/* SPDX-License-Identifier: GPL-2.0 */
/* Circular doubly linked lists, embedded in what they link. */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include <kernel/types.h>

struct list_head { struct list_head *next, *prev; };

#define LIST_HEAD_INIT(name)	{ &(name), &(name) }
#define LIST_HEAD(name)		struct list_head name = LIST_HEAD_INIT(name)

static inline void list_init(struct list_head *h) { h->next = h->prev = h; }
static inline bool list_empty(const struct list_head *h) { return h->next == h; }

static inline void list_insert(struct list_head *n, struct list_head *prev, struct list_head *next)
{
	n->prev = prev;
	n->next = next;
	prev->next = n;
	next->prev = n;
}

static inline void list_add(struct list_head *n, struct list_head *h) { list_insert(n, h, h->next); }
static inline void list_add_tail(struct list_head *n, struct list_head *h) { list_insert(n, h->prev, h); }

/* Leaves n as an empty list, so that a second list_del() does no harm. */
static inline void list_del(struct list_head *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	list_init(n);
}

static inline bool list_is_singular(const struct list_head *h) { return h->next != h && h->next == h->prev; }

static inline void list_move(struct list_head *n, struct list_head *h) { list_del(n); list_add(n, h); }
static inline void list_move_tail(struct list_head *n, struct list_head *h) { list_del(n); list_add_tail(n, h); }

/* Moves all of from to the end of h; from is empty afterwards. */
static inline void list_splice_tail(struct list_head *from, struct list_head *h)
{
	if (list_empty(from))
		return;
	from->next->prev = h->prev;
	h->prev->next = from->next;
	from->prev->next = h;
	h->prev = from->prev;
	list_init(from);
}

#define list_entry(p, type, member)	container_of(p, type, member)
#define list_first(h, type, member)	list_entry((h)->next, type, member)
#define list_last(h, type, member)	list_entry((h)->prev, type, member)
#define list_first_or_null(h, type, member) (list_empty(h) ? NULL : list_first(h, type, member))
#define list_next(pos, member)		list_entry((pos)->member.next, __typeof__(*(pos)), member)

#define list_for_each(p, h)	for (p = (h)->next; p != (h); p = p->next)
#define list_for_each_entry(pos, h, member)				\
	for (pos = list_first(h, __typeof__(*pos), member); &pos->member != (h); pos = list_next(pos, member))
#define list_for_each_entry_reverse(pos, h, member)			\
	for (pos = list_last(h, __typeof__(*pos), member); &pos->member != (h);	\
	     pos = list_entry(pos->member.prev, __typeof__(*pos), member))
/* pos itself may be removed in the body. */
#define list_for_each_entry_safe(pos, tmp, h, member)			\
	for (pos = list_first(h, __typeof__(*pos), member), tmp = list_next(pos, member); \
	     &pos->member != (h); pos = tmp, tmp = list_next(tmp, member))

/* Lists with a one-pointer head, for hash tables. */
struct hlist_node { struct hlist_node *next, **pprev; };
struct hlist_head { struct hlist_node *first; };

static inline bool hlist_unhashed(const struct hlist_node *n) { return !n->pprev; }
static inline void hlist_add(struct hlist_node *n, struct hlist_head *h)
{
	n->next = h->first;
	if (h->first)
		h->first->pprev = &n->next;
	h->first = n;
	n->pprev = &h->first;
}
static inline void hlist_del(struct hlist_node *n)
{
	if (!n->pprev)
		return;
	*n->pprev = n->next;
	if (n->next)
		n->next->pprev = n->pprev;
	n->next = NULL;
	n->pprev = NULL;
}
#define hlist_entry(p, type, member) ({ struct hlist_node *p_ = (p); p_ ? container_of(p_, type, member) : NULL; })
#define hlist_for_each_entry(pos, h, member)				\
	for (pos = hlist_entry((h)->first, __typeof__(*pos), member); pos;	\
	     pos = hlist_entry(pos->member.next, __typeof__(*pos), member))

#endif
