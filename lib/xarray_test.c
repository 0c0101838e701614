// SPDX-License-Identifier: GPL-2.0
/* Sparse arrays: what is left after everything high was taken out. */
#include <kernel/kunit.h>
#include <lib/xarray.h>
#include <mm/slab.h>

static void count_nodes(const struct slab_stat *st, void *arg)
{
	*(unsigned long *)arg += st->active;
}

static unsigned long objects(void)
{
	unsigned long n = 0;

	slab_for_each(count_nodes, &n);
	return n;
}

/* A tree that had to be high once must not stay so: the numbers of processes would keep its nodes for ever. */
KUNIT(xarray_gets_lower_again)
{
	struct xarray xa;
	int entry;
	unsigned long before;

	xa_init(&xa);
	before = objects();
	EXPECT_EQ(xa_store(&xa, 1024, &entry), 0);
	EXPECT(xa_erase(&xa, 1024) == &entry);
	EXPECT_EQ(objects(), before);
	EXPECT_EQ(xa_store(&xa, ULONG_MAX, &entry), 0);
	EXPECT(xa_load(&xa, ULONG_MAX) == &entry);
	EXPECT(xa_erase(&xa, ULONG_MAX) == &entry);
	EXPECT_EQ(objects(), before);
	EXPECT_EQ(xa_store(&xa, 3, &entry), 0);
	before = objects();
	EXPECT_EQ(xa_store(&xa, 1UL << 40, &entry), 0);
	EXPECT(objects() > before);
	EXPECT(xa_erase(&xa, 1UL << 40) == &entry);
	EXPECT_EQ(objects(), before);
	EXPECT(xa_load(&xa, 3) == &entry);
	EXPECT(xa_erase(&xa, 3) == &entry);
	EXPECT_EQ(objects(), before - 1);
}
