/* SPDX-License-Identifier: GPL-2.0 */
/* Small integers that stand for pointers (pids, watch descriptors, timer ids), allocated lowest or next first. */
#ifndef LIB_IDR_H
#define LIB_IDR_H

#include <lib/xarray.h>

struct idr { struct xarray xa; int next; };
#define IDR_INIT { { NULL, 0 }, 0 }

static inline void idr_init(struct idr *idr) { xa_init(&idr->xa); idr->next = 0; }
int idr_alloc(struct idr *idr, void *ptr, int lo, int hi);		/* lowest free id in [lo, hi], -ENOSPC, -ENOMEM */
int idr_alloc_cyclic(struct idr *idr, void *ptr, int lo, int hi);	/* the same, but goes on after the last one given */
void *idr_find(const struct idr *idr, int id);
void *idr_remove(struct idr *idr, int id);
void idr_destroy(struct idr *idr);

#endif
