/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Has more mappings than the host gives a process, so that batches of the stub's operations fail half-way, and looks
 * into its page after each step: what makes the host serve an operation, the upper halves of two arguments, must not be there.
 * Arguments: the stub's address, how many pages.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	unsigned long code = strtoul(argv[1], NULL, 16), n = strtoul(argv[2], NULL, 0), seen = 0;
	volatile unsigned long *ops = (unsigned long *)(code - 4096);
	int fd = memfd_create("m", 0);
	volatile char *p;

	(void)argc;
	if (ftruncate(fd, (off_t)n * 4096))
		return 1;
	for (unsigned long phase = 0; phase < 2; phase++)	/* neighbours in the file are none in memory */
		for (unsigned long i = phase; i < n; i += 2)
			pwrite(fd, "x", 1, (off_t)i * 4096);
	p = mmap(NULL, n * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	for (unsigned long i = 0; i < n; i++) {
		p[i * 4096] = 1;
		for (unsigned at = 0; at + 7 <= 3840 / 8; at += 7)
			seen += (ops[at + 4] >> 32 && ops[at + 4] >> 32 != 0xffffffff) || (ops[at + 5] >> 32 && ops[at + 5] >> 32 != 0xffffffff);
	}
	printf("%lu secrets seen\n", seen);
	return 0;
}
