// SPDX-License-Identifier: GPL-2.0
/*
 * Checksums of disks and wires: CRC-32C by the processor's instruction where it has one, the others eight bytes at
 * a time from tables that are made at first use.
 */
#include <kernel/types.h>
#include <lib/misc.h>
#include <lib/string.h>

#define CRC32_POLY	0xedb88320u	/* IEEE 802.3, bits reversed */
#define CRC32C_POLY	0x82f63b78u	/* Castagnoli, bits reversed */
#define CRC16_POLY	0xa001u		/* 0x8005, bits reversed */

struct crc_table { bool made; u32 t[8][256]; };
static struct crc_table crc32_table, crc32c_table;
static u16 crc16_table[256];

static void table_make(struct crc_table *tab, u32 poly)
{
	for (u32 i = 0; i < 256; i++) {
		u32 c = i;

		for (int k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ poly : c >> 1;
		tab->t[0][i] = c;
	}
	for (u32 i = 0; i < 256; i++)
		for (int k = 1; k < 8; k++)
			tab->t[k][i] = tab->t[k - 1][i] >> 8 ^ tab->t[0][tab->t[k - 1][i] & 0xff];
	tab->made = true;
}

static u32 crc_by_table(struct crc_table *tab, u32 poly, u32 crc, const u8 *p, size_t n)
{
	if (unlikely(!tab->made))
		table_make(tab, poly);
	for (; n >= 8; p += 8, n -= 8) {
		u64 w;

		memcpy(&w, p, 8);
		w ^= crc;
		crc = tab->t[7][w & 0xff] ^ tab->t[6][w >> 8 & 0xff] ^ tab->t[5][w >> 16 & 0xff] ^
		      tab->t[4][w >> 24 & 0xff] ^ tab->t[3][w >> 32 & 0xff] ^ tab->t[2][w >> 40 & 0xff] ^
		      tab->t[1][w >> 48 & 0xff] ^ tab->t[0][w >> 56];
	}
	while (n--)
		crc = crc >> 8 ^ tab->t[0][(crc ^ *p++) & 0xff];
	return crc;
}

static bool have_crc32_insn(void)
{
	static int have = -1;

	if (unlikely(have < 0)) {
		u32 a = 1, b, c = 0, d;

		__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
		have = c >> 20 & 1;	/* SSE4.2 */
	}
	return have;
}

static u32 crc32c_insn(u32 crc, const u8 *p, size_t n)
{
	u64 c = crc;

	for (; n >= 8; p += 8, n -= 8) {
		u64 w;

		memcpy(&w, p, 8);
		__asm__("crc32q %1, %0" : "+r"(c) : "r"(w));
	}
	while (n--) {
		u8 byte = *p++;

		__asm__("crc32b %1, %k0" : "+r"(c) : "q"(byte));
	}
	return (u32)c;
}

u32 crc32c(u32 crc, const void *p, size_t n)
{
	return have_crc32_insn() ? crc32c_insn(crc, p, n) : crc_by_table(&crc32c_table, CRC32C_POLY, crc, p, n);
}

u32 crc32_le(u32 crc, const void *p, size_t n)
{
	return crc_by_table(&crc32_table, CRC32_POLY, crc, p, n);
}

u16 crc16(u16 crc, const void *p, size_t n)
{
	const u8 *b = p;

	if (unlikely(!crc16_table[1]))
		for (u32 i = 0; i < 256; i++) {
			u32 c = i;

			for (int k = 0; k < 8; k++)
				c = c & 1 ? c >> 1 ^ CRC16_POLY : c >> 1;
			crc16_table[i] = (u16)c;
		}
	while (n--)
		crc = (u16)(crc >> 8 ^ crc16_table[(crc ^ *b++) & 0xff]);
	return crc;
}
