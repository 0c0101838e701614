// SPDX-License-Identifier: GPL-2.0
/* What a handler is given: registers, context, floating point, alternate stack; what it changes there. Faults. */
#include "diff.h"
#include <setjmp.h>
#include <ucontext.h>

static sigjmp_buf env;
static volatile int got_code, got_sig, on_stack, fp_ok, magic_ok;
static char stack[65536] __attribute__((aligned(16)));
static void *fault_at;

static void fault(int sig, siginfo_t *si, void *uc)
{
	got_sig = sig;
	got_code = si->si_code;
	fault_at = si->si_addr;
	siglongjmp(env, 1);
}

static void catch_faults(int flags)
{
	struct sigaction sa = { .sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_NODEFER | flags };

	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	sigaction(SIGFPE, &sa, NULL);
	sigaction(SIGILL, &sa, NULL);
	sigaction(SIGTRAP, &sa, NULL);
}

#define FAULT(what) do { got_sig = 0; if (!sigsetjmp(env, 1)) { what; } \
	printf("%s: signal %d code %d\n", #what, got_sig, got_code); } while (0)

static void faults(void)
{
	volatile int zero = 0, x = 0;
	char *file;
	int fd;

	TITLE("faults");
	catch_faults(0);
	FAULT(*(volatile char *)bad_ptr = 1);
	printf("address %d\n", fault_at == bad_ptr);
	FAULT(*(volatile char *)ro_ptr = 1);
	FAULT(*(volatile char *)8 = 1);
	FAULT(x = *(volatile char *)16);
	FAULT(((void (*)(void))ro_ptr)());
	FAULT(x = 1 / zero);
	FAULT(__asm__ volatile("ud2"));
	FAULT(__asm__ volatile("int3"));
	FAULT(*(volatile long *)0x8000000000000000UL = 1);
	make_file("short", "abc");
	fd = open("short", O_RDWR);
	file = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	FAULT(x = file[4096]);
	printf("address %d\n", fault_at == file + 4096);
	C(signal(SIGSEGV, SIG_DFL); *(volatile char *)8 = 1);
	C(signal(SIGSEGV, SIG_IGN); *(volatile char *)8 = 1);
	C(sigset_t s; sigfillset(&s); sigprocmask(SIG_SETMASK, &s, NULL); *(volatile char *)8 = 1);
	(void)x;
}

static void context(int sig, siginfo_t *si, void *p)
{
	ucontext_t *uc = p;
	unsigned *sw = (unsigned *)((char *)uc->uc_mcontext.fpregs + 464);
	char here;

	on_stack = &here >= stack && &here < stack + sizeof(stack);
	magic_ok = sw[0] == 0x46505853 && *(unsigned *)((char *)uc->uc_mcontext.fpregs + sw[4]) == 0x46505845;
	if (magic_ok)
		printf("image of %u in %u bytes, features %x\n", sw[4], sw[1], sw[2]);
	printf("flags %lx link %p stack flags %x cs %lx aligned %d %d\n", uc->uc_flags, (void *)uc->uc_link, uc->uc_stack.ss_flags,
	       (unsigned long)(uc->uc_mcontext.gregs[REG_CSGSFS] & 0xffff), (int)((unsigned long)uc->uc_mcontext.fpregs % 64),
	       (int)((unsigned long)p % 8));
	uc->uc_mcontext.gregs[REG_R12] += 5;
	sigaddset(&uc->uc_sigmask, SIGUSR2);
	uc->uc_mcontext.fpregs->_xmm[15].element[0] += 1;
}

static void contexts(void)
{
	struct sigaction sa = { .sa_sigaction = context, .sa_flags = SA_SIGINFO };
	unsigned long r12, r13, flags;
	unsigned xmm;
	sigset_t s;

	TITLE("context");
	sigaction(SIGUSR1, &sa, NULL);
	__asm__ volatile("mov $40, %%r12; mov $77, %%r13; movd %%r12d, %%xmm15; std; mov %3, %%eax; mov %4, %%edi; mov %5, %%esi;"
			 "mov %%edi, %%edi; cld; syscall; mov %%r12, %0; mov %%r13, %1; movd %%xmm15, %2"
			 : "=r"(r12), "=r"(r13), "=r"(xmm) : "i"(SYS_tkill), "r"((int)getpid()), "i"(SIGUSR1)
			 : "rax", "rdi", "rsi", "rcx", "r11", "r12", "r13", "memory", "xmm15");
	printf("r12 %lu r13 %lu xmm %u magic %d\n", r12, r13, xmm, magic_ok);
	__asm__ volatile("pushf; pop %0" : "=r"(flags));
	sigprocmask(SIG_BLOCK, NULL, &s);
	printf("usr2 blocked %d df %d\n", sigismember(&s, SIGUSR2), (int)(flags >> 10 & 1));
	sigdelset(&s, SIGUSR2);
	sigprocmask(SIG_SETMASK, &s, NULL);
}

static void altstack(void)
{
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) }, old;
	struct sigaction sa = { .sa_sigaction = context, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	TITLE("alternate stack");
	R(sigaltstack(NULL, &old));
	printf("flags %d size %zu\n", old.ss_flags, old.ss_size);
	ss.ss_flags = 64;
	R(sigaltstack(&ss, NULL));
	ss.ss_flags = 0;
	ss.ss_size = 1024;
	R(sigaltstack(&ss, NULL));
	R(syscall(SYS_sigaltstack, bad_ptr, NULL));
	ss.ss_size = sizeof(stack);
	R(sigaltstack(&ss, NULL));
	R(sigaltstack(NULL, &old));
	printf("flags %d size %zu same %d\n", old.ss_flags, old.ss_size, old.ss_sp == stack);
	sigaction(SIGUSR1, &sa, NULL);
	raise(SIGUSR1);
	printf("on it %d\n", on_stack);
	ss.ss_size = 8192;			/* SIGSTKSZ for twenty years: large enough on every machine */
	R(sigaltstack(&ss, NULL));
	raise(SIGUSR1);
	printf("on it %d\n", on_stack);
	ss.ss_flags = SS_DISABLE;
	R(sigaltstack(&ss, &old));
	R(sigaltstack(NULL, &old));
	printf("flags %d\n", old.ss_flags);
	sa.sa_flags = SA_SIGINFO;
	sigaction(SIGUSR1, &sa, NULL);
}

#pragma GCC diagnostic ignored "-Winfinite-recursion"
static void overflow_it(void)
{
	volatile char big[4096];

	memset((char *)big, 1, sizeof(big));
	overflow_it();
	big[0] = 2;
}

static void overflow(void)
{
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) };

	TITLE("stack overflow is caught on the alternate stack");
	sigaltstack(&ss, NULL);
	catch_faults(SA_ONSTACK);
	FAULT(overflow_it());
	C(signal(SIGSEGV, SIG_DFL); overflow_it());
}

int main(void)
{
	faults();
	contexts();
	altstack();
	overflow();
	return 0;
}
