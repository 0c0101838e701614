// SPDX-License-Identifier: GPL-2.0
/* A restartable sequence is aborted by a signal in it and by losing the CPU, and left alone outside. */
#include "diff.h"
#include <stddef.h>

extern const unsigned __rseq_size __attribute__((weak));
extern const ptrdiff_t __rseq_offset __attribute__((weak));

struct area { unsigned start, id; unsigned long cs; };
struct cs { unsigned version, flags; unsigned long start, len, abort; } __attribute__((aligned(32)));

static volatile int signals;
static void on(int sig) { signals++; }

/* Spins within a critical section until *stop or an abort: 1 if aborted. */
static int spin(struct area *a, volatile int *stop, int use)
{
	static struct cs cs;
	int aborted;

	__asm__ volatile(
		"	lea 1f(%%rip), %%rax\n	mov %%rax, 8(%[cs])\n"
		"	lea 2f(%%rip), %%rcx\n	sub %%rax, %%rcx\n	mov %%rcx, 16(%[cs])\n"
		"	lea 4f(%%rip), %%rax\n	mov %%rax, 24(%[cs])\n"
		"	test %[use], %[use]\n	jz 1f\n"
		"	mov %[cs], 8(%[area])\n"
		"1:	cmpl $0, (%[stop])\n	je 1b\n"
		"2:	movl $0, %[aborted]\n	jmp 5f\n"
		"	.byte 0x0f, 0xb9, 0x3d\n	.long 0x53053053\n"
		"4:	movl $1, %[aborted]\n"
		"5:	movq $0, 8(%[area])\n"
		: [aborted] "=&r"(aborted) : [cs] "r"(&cs), [area] "r"(a), [stop] "r"(stop), [use] "r"(use) : "rax", "rcx", "memory", "cc");
	return aborted;
}

int main(void)
{
	struct area *a = (struct area *)((char *)__builtin_thread_pointer() + __rseq_offset);
	volatile int *stop = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct sigaction sa = { .sa_handler = on };

	V(__rseq_size >= 20);
	V((int)a->id >= 0 && a->id == a->start);
	sigaction(SIGALRM, &sa, NULL);
	alarms(20000);
	printf("aborted %d\n", spin(a, stop, 1));
	V(a->cs);
	/* outside of a section a signal leaves the loop alone */
	if (!fork()) {
		usleep(60000);
		*stop = 1;
		_exit(0);
	}
	alarms(20000);
	printf("aborted %d\n", spin(a, stop, 0));
	alarms(0);	/* the waits below are not to be interrupted */
	wait(NULL);
	C(struct cs bad = { 0, 0, (unsigned long)main, 16, (unsigned long)bad_ptr }; signal(SIGALRM, on); a->cs = (unsigned long)&bad; raise(SIGALRM); puts("alive"));
	return 0;
}
