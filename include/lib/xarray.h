/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A sparse array of pointers indexed by unsigned long (a radix tree of 64-way nodes) with two marks an entry
 * (the page cache's dirty and writeback). Looking up never allocates; storing may, and returns -ENOMEM.
 */
#ifndef LIB_XARRAY_H
#define LIB_XARRAY_H

#include <kernel/types.h>

enum xa_mark { XA_DIRTY, XA_WRITEBACK, XA_NMARKS };

struct xa_node;
struct xarray { struct xa_node *root; unsigned long count; };

static inline void xa_init(struct xarray *xa) { xa->root = NULL; xa->count = 0; }
void *xa_load(const struct xarray *xa, unsigned long index);		/* NULL: none */
int xa_store(struct xarray *xa, unsigned long index, void *entry);	/* 0 or -ENOMEM; replaces; entry != NULL */
void *xa_erase(struct xarray *xa, unsigned long index);			/* the old entry or NULL; drops its marks */
void xa_destroy(struct xarray *xa);					/* frees the nodes, not the entries */

/* The first entry at or after *index (which is moved to it), at most max; NULL when there is none. */
void *xa_find(const struct xarray *xa, unsigned long *index, unsigned long max);
void *xa_find_marked(const struct xarray *xa, unsigned long *index, unsigned long max, enum xa_mark m);

void xa_set_mark(struct xarray *xa, unsigned long index, enum xa_mark m);	/* entry must exist */
void xa_clear_mark(struct xarray *xa, unsigned long index, enum xa_mark m);
bool xa_get_mark(const struct xarray *xa, unsigned long index, enum xa_mark m);
bool xa_marked(const struct xarray *xa, enum xa_mark m);		/* any entry has it */

#define xa_for_each(xa, index, entry) \
	for (index = 0, entry = xa_find(xa, &index, ULONG_MAX); entry; \
	     entry = (index == ULONG_MAX) ? NULL : (index++, xa_find(xa, &index, ULONG_MAX)))

#endif
