/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Jumps to the system call instruction of the stub that the kernel keeps in every address space, as hostile code might, with
 * getpid in the registers: with an argument, right after pages were mapped (when the process runs without interception of
 * its own). Prints the signal that ends it and, if the call came back to the stub's trap, its result.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

static void on_signal(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)info;
	if (sig == SIGTRAP)
		printf("trap, %s\n", uc->uc_mcontext.gregs[REG_RAX] == getpid() ? "the guest's pid" : "another pid");
	else
		printf("signal %d\n", sig);
	fflush(stdout);
	_exit(0);
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
	static char ops[4096];
	unsigned long syscall_insn = strtoul(argv[1], NULL, 16);

	for (int sig = 1; sig < 32; sig++)
		sigaction(sig, &sa, NULL);
	if (argc > 2) {
		char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		for (int i = 0; i < 200; i++)
			p[i * 4096] = 1;
	}
	__asm__ volatile("mov %0, %%rbx; mov $1, %%r12; mov $1, %%r13; mov $39, %%eax; jmp *%1"
			 : : "r"(ops), "r"(syscall_insn) : "rbx", "r12", "r13", "rax", "rcx", "memory");
	return 0;
}
