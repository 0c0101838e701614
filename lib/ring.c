/* SPDX-License-Identifier: GPL-2.0 */
/* Byte rings. */
#include <lib/ring.h>
#include <lib/string.h>

u32 ring_put(struct ring *r, const void *p, u32 n)
{
	u32 at = r->head & (r->size - 1), first;

	n = min(n, ring_free(r));
	first = min(n, r->size - at);
	memcpy(r->buf + at, p, first);
	memcpy(r->buf, (const u8 *)p + first, n - first);
	r->head += n;
	return n;
}

u32 ring_peek(const struct ring *r, u32 off, void *p, u32 n)
{
	u32 used = ring_used(r), at, first;

	if (off >= used)
		return 0;
	n = min(n, used - off);
	at = (r->tail + off) & (r->size - 1);
	first = min(n, r->size - at);
	memcpy(p, r->buf + at, first);
	memcpy((u8 *)p + first, r->buf, n - first);
	return n;
}

u32 ring_get(struct ring *r, void *p, u32 n)
{
	n = ring_peek(r, 0, p, n);
	r->tail += n;
	return n;
}
