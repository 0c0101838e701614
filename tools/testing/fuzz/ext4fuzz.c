// SPDX-License-Identifier: GPL-2.0
/*
 * Damages an ext2, ext3 or ext4 image: ext4fuzz IMAGE SEED. Only blocks that are not empty and not file content (bytes of one
 * value) are touched, so that nearly every change hits metadata. The same seed makes the same damage.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 1024

static uint64_t state;

static uint32_t rnd(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 20) % n;
}

static int interesting(const unsigned char *b)
{
	for (int i = 1; i < BLOCK; i++)
		if (b[i] != b[0])
			return 1;
	return 0;
}

/* Values at the edges of what fields can hold. */
static void poke(unsigned char *p)
{
	static const uint32_t edges[] = { 0, 1, 2, 3, 7, 8, 11, 12, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000,
					  0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff };
	uint32_t v = edges[rnd(sizeof(edges) / sizeof(edges[0]))];

	switch (rnd(5)) {
	case 0: *p ^= (unsigned char)(1u << rnd(8)); break;
	case 1: *p = (unsigned char)rnd(256); break;
	case 2: memcpy(p, &v, 2); break;
	case 3: memcpy(p, &v, 4); break;
	case 4: v = rnd(20000); memcpy(p, &v, 4); break;
	}
}

int main(int argc, char **argv)
{
	struct stat st;
	unsigned char *img;
	uint32_t *list, n = 0;
	int fd;

	if (argc != 3)
		return fprintf(stderr, "usage: ext4fuzz IMAGE SEED\n"), 1;
	fd = open(argv[1], O_RDWR);
	if (fd < 0 || fstat(fd, &st))
		return perror(argv[1]), 1;
	img = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (img == MAP_FAILED)
		return perror(argv[1]), 1;
	state = strtoull(argv[2], NULL, 10) * 0x9e3779b97f4a7c15ull + 12345;
	list = malloc(sizeof(*list) * (size_t)(st.st_size / BLOCK));
	for (uint32_t i = 0; i < st.st_size / BLOCK; i++)
		if (interesting(img + (size_t)i * BLOCK))
			list[n++] = i;
	for (uint32_t k = 1 + rnd(12); k && n; k--) {
		uint32_t b = list[rnd(8) ? rnd(n) : 1 + rnd(n > 8 ? 8 : n) - 1], off;

		for (off = rnd(BLOCK - 4) & ~1u; off < BLOCK - 4 && !img[(size_t)b * BLOCK + off] && rnd(20); off++)
			;		/* seldom in the empty part of a block */
		poke(img + (size_t)b * BLOCK + off);
	}
	return 0;
}
