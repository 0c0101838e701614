/* SPDX-License-Identifier: GPL-2.0 */
/* Searching bitmaps a word at a time. */
#include <lib/bitmap.h>

static unsigned long next_bit(const unsigned long *map, unsigned long size, unsigned long from, unsigned long invert)
{
	unsigned long word;

	if (from >= size)
		return size;
	word = (map[from / 64] ^ invert) >> (from % 64) << (from % 64);
	for (from &= ~63UL; !word; ) {
		from += 64;
		if (from >= size)
			return size;
		word = map[from / 64] ^ invert;
	}
	return min(from + (unsigned long)__builtin_ctzl(word), size);
}

unsigned long find_next_bit(const unsigned long *map, unsigned long size, unsigned long from)
{
	return next_bit(map, size, from, 0);
}

unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size, unsigned long from)
{
	return next_bit(map, size, from, ~0UL);
}
