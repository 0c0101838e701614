/* SPDX-License-Identifier: GPL-2.0 */
/* Integer ids for pointers. */
#include <lib/idr.h>

static int free_id(const struct idr *idr, int lo, int hi)
{
	unsigned long i = (unsigned long)lo, found;

	for (; i <= (unsigned long)hi; i++) {
		found = i;
		if (!xa_find(&idr->xa, &found, (unsigned long)hi) || found != i)
			return (int)i;
	}
	return -ENOSPC;
}

static int store(struct idr *idr, int id, void *ptr)
{
	int err;

	if (id < 0)
		return id;
	err = xa_store(&idr->xa, (unsigned long)id, ptr);
	return err ? err : id;
}

int idr_alloc(struct idr *idr, void *ptr, int lo, int hi)
{
	return store(idr, free_id(idr, lo, hi), ptr);
}

int idr_alloc_cyclic(struct idr *idr, void *ptr, int lo, int hi)
{
	int from = idr->next < lo || idr->next > hi ? lo : idr->next;
	int id = free_id(idr, from, hi);

	if (id < 0 && from > lo)
		id = free_id(idr, lo, from - 1);
	id = store(idr, id, ptr);
	if (id >= 0)
		idr->next = id == hi ? lo : id + 1;
	return id;
}

void *idr_find(const struct idr *idr, int id)
{
	return id < 0 ? NULL : xa_load(&idr->xa, (unsigned long)id);
}

void *idr_remove(struct idr *idr, int id)
{
	return id < 0 ? NULL : xa_erase(&idr->xa, (unsigned long)id);
}

void idr_destroy(struct idr *idr)
{
	xa_destroy(&idr->xa);
	idr->next = 0;
}
