/* SPDX-License-Identifier: GPL-2.0 */
/* Where the host starts us: prepares the process and hands over to the kernel. */
#include <sys/resource.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <asm/os.h>
#include "hostcall.h"
#include "main.h"

int um_main(int argc, char **argv);
void um_kernel_fault(int sig, unsigned long addr, unsigned long pc, unsigned long fp) __attribute__((noreturn));

#ifdef UM_SANITIZE
static void catch_faults(void)
{
	/* AddressSanitizer reports them */
}
#else
/* A fault in the kernel itself: a bug of ours, reported with a backtrace from a stack that is certainly good. */
static void on_kernel_fault(int sig, siginfo_t *info, void *ctx)
{
	ucontext_t *uc = ctx;

	um_kernel_fault(sig, (unsigned long)info->si_addr, (unsigned long)uc->uc_mcontext.gregs[REG_RIP],
			(unsigned long)uc->uc_mcontext.gregs[REG_RBP]);
}

static void catch_faults(void)
{
	static char stack[64 * 1024];
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction sa = { .sa_sigaction = on_kernel_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND };
	static const int sigs[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE };

	sigaltstack(&ss, NULL);
	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		sigaction(sigs[i], &sa, NULL);
}

#endif

int main(int argc, char **argv, char **envp)
{
	os_process_init(argc, argv, envp);
	catch_faults();
	return um_main(argc, os_argv());
}
