/* SPDX-License-Identifier: GPL-2.0 */
/* Sorting, checksums, pseudo-random numbers. */
#ifndef LIB_MISC_H
#define LIB_MISC_H

#include <kernel/types.h>

/* In place, not stable, O(n log n), no allocation. */
void sort(void *base, size_t n, size_t size, int (*cmp)(const void *a, const void *b));

u32 crc32c(u32 crc, const void *p, size_t n);	/* Castagnoli, reflected, no final inversion (as ext4 and iSCSI chain it) */
u32 crc32_le(u32 crc, const void *p, size_t n);	/* IEEE 802.3, reflected, no inversions */
u16 crc16(u16 crc, const void *p, size_t n);	/* polynomial 0x8005 reflected (ext4 group checksums without metadata_csum) */

/* Cryptographically strong, seeded from the host: getrandom(2), /dev/random, AT_RANDOM, hash keys. Never fails, never sleeps. */
void get_random_bytes(void *p, size_t n);
void random_mix(const void *p, size_t n);	/* what was written to /dev/random */
void chacha20_block(const u32 k[8], u64 counter, u64 iv, u8 out[64]);	/* the generator's core, for its test */
static inline u32 get_random_u32(void) { u32 x; get_random_bytes(&x, sizeof(x)); return x; }

/* "no such file" and the like, of either sign; for one message at a time. */
const char *errno_text(long err);
const char *errno_name(long err);	/* "ENOENT" and the like, of either sign */

#endif
