/* SPDX-License-Identifier: GPL-2.0 */
/* Heap sort: in place, no worst case, no recursion. */
#include <lib/misc.h>
#include <lib/string.h>

static void exchange(u8 *a, u8 *b, size_t size)
{
	for (; size; size--, a++, b++)
		swap(*a, *b);
}

static void sift_down(u8 *base, size_t root, size_t n, size_t size, int (*cmp)(const void *, const void *))
{
	size_t child;

	while ((child = 2 * root + 1) < n) {
		if (child + 1 < n && cmp(base + child * size, base + (child + 1) * size) < 0)
			child++;
		if (cmp(base + root * size, base + child * size) >= 0)
			return;
		exchange(base + root * size, base + child * size, size);
		root = child;
	}
}

void sort(void *base, size_t n, size_t size, int (*cmp)(const void *a, const void *b))
{
	for (size_t i = n / 2; i-- > 0; )
		sift_down(base, i, n, size, cmp);
	for (size_t end = n; end-- > 1; ) {
		exchange(base, (u8 *)base + end * size, size);
		sift_down(base, 0, end, size, cmp);
	}
}
