/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Spins within the stub's code, as hostile code might: a frame in its page of operations sends it back to its own beginning for
 * ever, right after pages were mapped (when the process runs without interception of its own). Argument: the stub's address.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FRAME = 3840, RBP = 4, RIP = 16, CS = 17, EFLAGS = 18, RSP = 19, SS = 20 };

int main(int argc, char **argv)
{
	unsigned long code = strtoul(argv[1], NULL, 16), *frame = (unsigned long *)(code - 4096 + FRAME);
	volatile char *p = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)argc;
	if (fork() == 0)
		for (;;) {		/* every fault is another chance, should a tick come in between */
			unsigned long rbx = code - 4096;

			p += 1 << 16;
			*p = 1;
			memset(frame, 0, 27 * 8);
			frame[5] = rbx;
			frame[RIP] = code;
			frame[CS] = 0x33;
			frame[EFLAGS] = 0x202;
			frame[RSP] = (unsigned long)frame;
			frame[SS] = 0x2b;
			__asm__ volatile("xor %%r12d, %%r12d; xor %%r13d, %%r13d; jmp *%1" : : "b"(rbx), "r"(code) : "r12", "r13", "memory");
		}
	return 0;
}
