/* SPDX-License-Identifier: GPL-2.0 */
/* A byte ring over a caller's buffer whose size is a power of two. head and tail count bytes ever put and taken. */
#ifndef LIB_RING_H
#define LIB_RING_H

#include <kernel/types.h>

struct ring { u8 *buf; u32 size; u32 head, tail; };

static inline u32 ring_used(const struct ring *r) { return r->head - r->tail; }
static inline u32 ring_free(const struct ring *r) { return r->size - ring_used(r); }
u32 ring_put(struct ring *r, const void *p, u32 n);	/* puts what fits; how much that was */
u32 ring_get(struct ring *r, void *p, u32 n);		/* takes what is there, at most n */
u32 ring_peek(const struct ring *r, u32 off, void *p, u32 n);	/* the same, off bytes in, without taking */
static inline void ring_drop(struct ring *r, u32 n) { r->tail += n; }

#endif
