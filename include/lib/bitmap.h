/* SPDX-License-Identifier: GPL-2.0 */
/* Bitmaps in arrays of unsigned long, bit 0 first. */
#ifndef LIB_BITMAP_H
#define LIB_BITMAP_H

#include <kernel/types.h>

#define BITS_PER_LONG	64
#define BITS_TO_LONGS(n) DIV_ROUND_UP(n, 64)
#define DECLARE_BITMAP(name, n) unsigned long name[BITS_TO_LONGS(n)]

static inline void set_bit(unsigned long *map, unsigned long n) { map[n / 64] |= 1UL << (n % 64); }
static inline void clear_bit(unsigned long *map, unsigned long n) { map[n / 64] &= ~(1UL << (n % 64)); }
static inline bool test_bit(const unsigned long *map, unsigned long n) { return map[n / 64] >> (n % 64) & 1; }
/* The first set (zero) bit at or after from, or size. */
unsigned long find_next_bit(const unsigned long *map, unsigned long size, unsigned long from);
unsigned long find_next_zero_bit(const unsigned long *map, unsigned long size, unsigned long from);

#endif
