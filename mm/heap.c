/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel heap's supply of memory: one reserved range of the kernel process, handed out in aligned blocks. Nothing of it
 * is ever mapped by a guest. Blocks that are free for good go back to the host, so that an idle kernel stays small.
 */
#include <kernel/bug.h>
#include <kernel/init.h>
#include <lib/bitmap.h>
#include <lib/string.h>
#include <mm/internal.h>
#include <asm/os.h>

#define PAGES_PER_BLOCK	(HEAP_BLOCK >> PAGE_SHIFT)
#define KEEP_RESIDENT	64		/* free blocks that stay with us */

static u8 *base;
static unsigned long nblocks, search_from;
static unsigned long *used, *resident;
static unsigned long nr_used, nr_resident_free;
static long fixed_pages;

unsigned long heap_pages(void)
{
	return nr_used * PAGES_PER_BLOCK + (unsigned long)fixed_pages;
}

void heap_charge_fixed(long pages)
{
	fixed_pages += pages;
}

static unsigned long find_run(unsigned long n, unsigned long from)
{
	while (from + n <= nblocks) {
		unsigned long at = find_next_zero_bit(used, nblocks, from);
		unsigned long end = find_next_bit(used, min(at + n, nblocks), at);

		if (at + n > nblocks)
			break;
		if (end - at >= n)
			return at;
		from = end;
	}
	return nblocks;
}

void *heap_alloc(unsigned long n)
{
	unsigned long at = find_run(n, search_from);

	if (at == nblocks)
		at = find_run(n, 0);
	if (at == nblocks)
		return NULL;
	for (unsigned long i = at; i < at + n; i++) {
		set_bit(used, i);
		if (test_bit(resident, i))
			nr_resident_free--;
		set_bit(resident, i);
	}
	nr_used += n;
	search_from = at;
	return base + at * HEAP_BLOCK;
}

void heap_free(void *p, unsigned long n)
{
	unsigned long at = (unsigned long)((u8 *)p - base) / HEAP_BLOCK;

	BUG_ON((u8 *)p < base || at + n > nblocks);
	for (unsigned long i = at; i < at + n; i++) {
		BUG_ON(!test_bit(used, i));
		clear_bit(used, i);
		nr_resident_free++;
	}
	nr_used -= n;
	search_from = min(search_from, at);
	if (nr_resident_free > KEEP_RESIDENT || n > KEEP_RESIDENT / 2) {
		os_release_pages(p, n * HEAP_BLOCK);
		for (unsigned long i = at; i < at + n; i++)
			clear_bit(resident, i);
		nr_resident_free -= n;
	}
}

void heap_init(u64 mem_bytes)
{
	u64 bytes = ALIGN(mem_bytes, HEAP_BLOCK);
	u8 *range = os_alloc_pages(bytes + HEAP_BLOCK);

	nblocks = bytes / HEAP_BLOCK;
	used = os_alloc_pages(PAGE_ALIGN(BITS_TO_LONGS(nblocks) * 8));
	resident = os_alloc_pages(PAGE_ALIGN(BITS_TO_LONGS(nblocks) * 8));
	if (!range || !used || !resident) {
		option_error("mem=: the host has no %llu MiB of addresses for us; give less, or raise the limit (ulimit -v)", (unsigned long long)bytes >> 20);
		os_exit(1);
	}
	base = (u8 *)ALIGN((unsigned long)range, HEAP_BLOCK);
}
