// SPDX-License-Identifier: GPL-2.0
/*
 * Random bytes: the ChaCha20 block function (RFC 8439) as a generator. Each refill overwrites the key with the first 32
 * bytes of its own output, so that what was given out cannot be computed from what is kept. Seeded by the host.
 */
#include <asm/os.h>
#include <lib/misc.h>
#include <lib/string.h>

#define BATCH_BLOCKS	8
#define KEY_BYTES	32
#define RESEED_BYTES	(1U << 20)

static u32 key[8];
static u64 nonce;
static u8 batch[BATCH_BLOCKS * 64];
static size_t batch_used = sizeof(batch);
static u64 since_seed = U64_MAX;

static inline u32 rotl(u32 x, int n)
{
	return x << n | x >> (32 - n);
}

static inline void quarter(u32 *x, int a, int b, int c, int d)
{
	x[a] += x[b]; x[d] = rotl(x[d] ^ x[a], 16);
	x[c] += x[d]; x[b] = rotl(x[b] ^ x[c], 12);
	x[a] += x[b]; x[d] = rotl(x[d] ^ x[a], 8);
	x[c] += x[d]; x[b] = rotl(x[b] ^ x[c], 7);
}

void chacha20_block(const u32 k[8], u64 counter, u64 iv, u8 out[64])
{
	u32 in[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7],
		       (u32)counter, (u32)(counter >> 32), (u32)iv, (u32)(iv >> 32) };
	u32 x[16];

	memcpy(x, in, sizeof(x));
	for (int i = 0; i < 10; i++) {
		quarter(x, 0, 4, 8, 12);
		quarter(x, 1, 5, 9, 13);
		quarter(x, 2, 6, 10, 14);
		quarter(x, 3, 7, 11, 15);
		quarter(x, 0, 5, 10, 15);
		quarter(x, 1, 6, 11, 12);
		quarter(x, 2, 7, 8, 13);
		quarter(x, 3, 4, 9, 14);
	}
	for (int i = 0; i < 16; i++)
		x[i] += in[i];
	memcpy(out, x, 64);
}

static void reseed(void)
{
	u32 fresh[8];

	os_random(fresh, sizeof(fresh));
	for (int i = 0; i < 8; i++)
		key[i] ^= fresh[i];
	since_seed = 0;
}

static void refill(void)
{
	if (since_seed >= RESEED_BYTES)
		reseed();
	for (u64 i = 0; i < BATCH_BLOCKS; i++)
		chacha20_block(key, i, nonce, batch + i * 64);
	nonce++;
	memcpy(key, batch, KEY_BYTES);
	memset(batch, 0, KEY_BYTES);
	batch_used = KEY_BYTES;
	since_seed += sizeof(batch);
}

void get_random_bytes(void *p, size_t n)
{
	u8 *out = p;

	while (n) {
		size_t part;

		if (batch_used == sizeof(batch))
			refill();
		part = min(n, sizeof(batch) - batch_used);
		memcpy(out, batch + batch_used, part);
		memset(batch + batch_used, 0, part);
		batch_used += part;
		out += part;
		n -= part;
	}
}

void random_mix(const void *p, size_t n)
{
	const u8 *in = p;
	u8 *k = (u8 *)key, block[64];

	while (n) {
		size_t part = min(n, sizeof(key));

		for (size_t i = 0; i < part; i++)
			k[i] ^= in[i];
		chacha20_block(key, ~0ULL, nonce++, block);
		memcpy(key, block, sizeof(key));
		in += part;
		n -= part;
	}
	batch_used = sizeof(batch);
}
