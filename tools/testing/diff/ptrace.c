// SPDX-License-Identifier: GPL-2.0
/* ptrace(2): tracing a child by every request: stops, signals, system calls, steps, registers, memory, events, groups, threads. */
#include "diff.h"
#include <elf.h>
#include <pthread.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <linux/ptrace.h>
#include <stddef.h>

#define P(req, pid, addr, data) syscall(SYS_ptrace, (long)(req), (long)(pid), (long)(addr), (long)(data))

static const char *event_name(int e)
{
	static const char *const names[] = { "", "FORK", "VFORK", "CLONE", "EXEC", "VFORK_DONE", "EXIT", "SECCOMP" };

	return e == PTRACE_EVENT_STOP ? "STOP" : e < 8 ? names[e] : "?";
}

static int last_status;
static int show_wait(const char *what, pid_t pid)
{
	int st, got = waitpid(pid, &st, __WALL);

	last_status = st;
	printf("%s: ", what);
	if (got < 0)
		printf("%s\n", strerrorname_np(errno));
	else if (WIFEXITED(st))
		printf("exit %d\n", WEXITSTATUS(st));
	else if (WIFSIGNALED(st))
		printf("killed by %s\n", sigabbrev_np(WTERMSIG(st)));
	else if (st == 0xffff)
		printf("continued\n");
	else
		printf("stop %s%s %s\n", sigabbrev_np(WSTOPSIG(st) & 0x7f), WSTOPSIG(st) & 0x80 ? "|80" : "", event_name(st >> 16));
	return got;
}

static int global = 5;
static char text[64] = "traced memory";
static void handler(int sig) { global += 100; }

static pid_t traced_child(void (*fn)(void))
{
	fflush(stdout);
	pid_t pid = fork();

	if (!pid) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0))
			_exit(99);
		raise(SIGSTOP);
		fn();
		fflush(stdout);
		_exit(7);
	}
	show_wait("first", pid);
	return pid;
}

static void nothing(void) { }
static void calls(void) { getppid(); syscall(SYS_write, 1, bad_ptr, 1); syscall(5000, 1, 2, 3, 4, 5, 6); }
static void raises(void) { signal(SIGUSR1, handler); signal(SIGUSR2, SIG_IGN); raise(SIGUSR1); raise(SIGUSR2); raise(SIGUSR1); _exit(global == 5 ? 1 : global == 105 ? 2 : 3); }
static void forks(void) { pid_t p = fork(); if (!p) _exit(3); int st; waitpid(p, &st, 0); if (!(p = vfork())) _exit(4); waitpid(p, &st, 0); }
static void execs(void) { execl("/bin/true", "true", NULL); }
static void spins(void) { for (;;) pause(); }
static int watched;
static void touches(void) { __asm__ volatile("nop"); *(volatile int *)&watched = 3; __asm__ volatile("nop; nop"); }
static void faults(void) { *(volatile int *)bad_ptr = 1; }

static void syscalls(void)
{
	struct ptrace_syscall_info info;
	struct user_regs_struct r;
	pid_t pid = traced_child(calls);
	int in = 0;

	TITLE("system calls");
	R(ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD));
	for (;;) {
		P(PTRACE_SYSCALL, pid, 0, 0);
		if (waitpid(pid, &last_status, 0) != pid || !WIFSTOPPED(last_status))
			break;
		ptrace(PTRACE_GETREGS, pid, 0, &r);
		memset(&info, 0xee, sizeof(info));
		long n = P(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info);
		in = !in;
		printf("%s %s nr %lld rax %s size %ld op %d arch %x same ip %d sp %d", in ? "enter" : "leave", WSTOPSIG(last_status) == (SIGTRAP | 0x80) ? "sysgood" : "?",
		       (long long)r.orig_rax, r.rax == -ENOSYS ? "ENOSYS" : (long)r.rax < 0 ? strerrorname_np(-(int)r.rax) : "fine", n, info.op, info.arch,
		       info.instruction_pointer == r.rip, info.stack_pointer == r.rsp);
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
			printf(" nr %d arg5 %d\n", (int)info.entry.nr, info.entry.nr == 5000 ? (int)info.entry.args[5] : 0);
		else
			printf(" error %d\n", info.exit.is_error);
		if (in && r.orig_rax == SYS_getppid) {
			r.orig_rax = -1;
			R(ptrace(PTRACE_SETREGS, pid, 0, &r));
		}
	}
	printf("end %d\n", WEXITSTATUS(last_status));
}

static void signals(void)
{
	siginfo_t si;
	pid_t pid = traced_child(raises);

	TITLE("signals");
	P(PTRACE_CONT, pid, 0, 0);
	show_wait("usr1", pid);
	R(ptrace(PTRACE_GETSIGINFO, pid, 0, &si));
	printf("%d code %d own %d\n", si.si_signo, si.si_code, si.si_pid == pid);
	R(P(PTRACE_CONT, pid, 0, 65));
	R(P(PTRACE_CONT, pid, 0, SIGUSR1));
	show_wait("ignored, yet seen", pid);
	P(PTRACE_CONT, pid, 0, SIGUSR2);
	show_wait("usr1 again", pid);
	P(PTRACE_CONT, pid, 0, 0);
	show_wait("suppressed", pid);

	pid = traced_child(faults);
	P(PTRACE_CONT, pid, 0, 0);
	show_wait("fault", pid);
	R(ptrace(PTRACE_GETSIGINFO, pid, 0, &si));
	printf("%d code %d at it %d\n", si.si_signo, si.si_code, si.si_addr == bad_ptr);
	P(PTRACE_CONT, pid, 0, SIGSEGV);
	show_wait("dies of it", pid);

	pid = traced_child(spins);
	P(PTRACE_CONT, pid, 0, 0);
	usleep(20000);
	R(P(PTRACE_GETREGS, pid, 0, bad_ptr));
	kill(pid, SIGTERM);
	show_wait("term", pid);
	P(PTRACE_CONT, pid, 0, SIGHUP);
	show_wait("turned to hup", pid);

	pid = traced_child(spins);
	R(P(PTRACE_KILL, pid, 0, 0));
	show_wait("killed", pid);
	R(P(PTRACE_CONT, pid, 0, 0));
}

static void memory(void)
{
	pid_t pid = traced_child(nothing);
	unsigned long mask, word;
	struct user_fpregs_struct fp;
	struct user_regs_struct r, r2;
	char buf[8192];
	struct iovec iov = { &r, sizeof(r) };

	TITLE("memory and registers");
	errno = 0;
	word = ptrace(PTRACE_PEEKDATA, pid, text, 0);
	printf("%.8s %d\n", (char *)&word, errno);
	R(P(PTRACE_POKEDATA, pid, text + 1, 0x4141414141414141));
	R(P(PTRACE_PEEKDATA, pid, 8, &word));
	R(P(PTRACE_PEEKDATA, pid, text, bad_ptr));
	R(P(PTRACE_POKEDATA, pid, 8, 0));
	/* a breakpoint in text that may not be written to */
	R(P(PTRACE_PEEKTEXT, pid, (long)nothing, &word));
	R(P(PTRACE_POKETEXT, pid, (long)nothing, (word & ~0xffUL) | 0xcc));
	P(PTRACE_CONT, pid, 0, 0);
	show_wait("breakpoint", pid);
	ptrace(PTRACE_GETREGS, pid, 0, &r);
	V(r.rip == (unsigned long)nothing + 1);
	V(r.cs);
	V(r.ss);
	R(P(PTRACE_POKETEXT, pid, (long)nothing, word));
	r.rip--;
	R(ptrace(PTRACE_SETREGS, pid, 0, &r));
	R(P(PTRACE_PEEKUSER, pid, offsetof(struct user, regs.rip), &word));
	V(word == r.rip);
	R(P(PTRACE_PEEKUSER, pid, 3, &word));
	R(P(PTRACE_PEEKUSER, pid, sizeof(struct user), &word));
	R(P(PTRACE_POKEUSER, pid, offsetof(struct user, regs.cs), 0x10));
	R(P(PTRACE_POKEUSER, pid, offsetof(struct user, regs.fs_base), -1L));
	R(P(PTRACE_POKEUSER, pid, offsetof(struct user, regs.eflags), r.eflags | 0x3000 | 1));
	R(P(PTRACE_PEEKUSER, pid, offsetof(struct user, regs.eflags), &word));
	V((word & ~0x10044UL) == ((r.eflags | 1) & ~0x10044UL));
	R(P(PTRACE_POKEUSER, pid, offsetof(struct user, u_tsize), 1));
	R(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov));
	V(iov.iov_len);
	iov = (struct iovec){ &r2, 24 };
	R(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov));
	V(iov.iov_len);
	iov.iov_len = 7;
	R(ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov));
	R(ptrace(PTRACE_GETREGSET, pid, 99, &iov));
	R(ptrace(PTRACE_GETFPREGS, pid, 0, &fp));
	printf("cwd %x mxcsr %x\n", fp.cwd, fp.mxcsr);
	fp.xmm_space[0] = 0x12345678;
	R(ptrace(PTRACE_SETFPREGS, pid, 0, &fp));
	memset(&fp, 0, sizeof(fp));
	R(ptrace(PTRACE_GETFPREGS, pid, 0, &fp));
	printf("xmm0 %x\n", fp.xmm_space[0]);
	iov = (struct iovec){ buf, sizeof(buf) };
	R(ptrace(PTRACE_GETREGSET, pid, NT_X86_XSTATE, &iov));
	printf("xmm0 %x\n", *(unsigned *)(buf + 160));
	R(ptrace(PTRACE_SETREGSET, pid, NT_X86_XSTATE, &iov));
	iov.iov_len = 64;
	R(ptrace(PTRACE_SETREGSET, pid, NT_X86_XSTATE, &iov));
	R(P(PTRACE_GETSIGMASK, pid, 8, &mask));
	printf("%lx\n", mask);
	mask = ~0UL;
	R(P(PTRACE_SETSIGMASK, pid, 8, &mask));
	R(P(PTRACE_GETSIGMASK, pid, 8, &mask));
	printf("%lx\n", mask);
	R(P(PTRACE_GETSIGMASK, pid, 4, &mask));
	mask = 0;
	P(PTRACE_SETSIGMASK, pid, 8, &mask);
	R(P(PTRACE_SETOPTIONS, pid, 0, 1L << 30));
	R(P(12345, pid, 0, 0));
	P(PTRACE_CONT, pid, 0, 0);
	show_wait("end", pid);
}

static void steps(void)
{
	pid_t pid = traced_child(touches);
	struct user_regs_struct r;
	unsigned long word, dr6;
	siginfo_t si;
	int n = 0;

	TITLE("steps");
	P(PTRACE_POKETEXT, pid, 0, 0);
	for (n = 0; n < 5; n++) {
		P(PTRACE_SINGLESTEP, pid, 0, 0);
		if (waitpid(pid, &last_status, 0) != pid || !WIFSTOPPED(last_status))
			break;
		ptrace(PTRACE_GETSIGINFO, pid, 0, &si);
		ptrace(PTRACE_GETREGS, pid, 0, &r);
		if (!n)
			printf("step %d code %d tf %d\n", WSTOPSIG(last_status), si.si_code, !!(r.eflags & 0x100));
	}
	printf("steps %d\n", n);
	/* over a system call and into a handler */
	R(P(PTRACE_POKEUSER, pid, offsetof(struct user, u_debugreg[0]), (long)&watched));
	R(P(PTRACE_POKEUSER, pid, offsetof(struct user, u_debugreg[0]), -8L));
	R(P(PTRACE_POKEUSER, pid, offsetof(struct user, u_debugreg[4]), 0));
	R(P(PTRACE_POKEUSER, pid, offsetof(struct user, u_debugreg[7]), 0xd0001));
	P(PTRACE_CONT, pid, 0, 0);
	show_wait("watch", pid);
	if (WIFSTOPPED(last_status)) {
		ptrace(PTRACE_GETSIGINFO, pid, 0, &si);
		P(PTRACE_PEEKUSER, pid, offsetof(struct user, u_debugreg[6]), &dr6);
		P(PTRACE_PEEKDATA, pid, &watched, &word);
		printf("code %d hit %d value %d\n", si.si_code, (int)(dr6 & 15), (int)word);
		R(P(PTRACE_POKEUSER, pid, offsetof(struct user, u_debugreg[7]), 0));
		P(PTRACE_CONT, pid, 0, 0);
		show_wait("end", pid);
	}
}

static void events(void)
{
	long opts = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACEVFORKDONE | PTRACE_O_TRACEEXIT | PTRACE_O_TRACEEXEC;
	unsigned long msg;
	pid_t pid = traced_child(forks), got;
	int left = 3;

	TITLE("events");
	R(ptrace(PTRACE_SETOPTIONS, pid, 0, opts));
	P(PTRACE_CONT, pid, 0, 0);
	show_wait("fork", pid);
	R(ptrace(PTRACE_GETEVENTMSG, pid, 0, &msg));
	got = show_wait("the child", (pid_t)msg);
	V(got == (pid_t)msg);
	P(PTRACE_CONT, got, 0, 0);
	show_wait("it ends", got);
	ptrace(PTRACE_GETEVENTMSG, got, 0, &msg);
	printf("message %lx\n", msg);
	P(PTRACE_CONT, got, 0, 0);
	show_wait("it is gone", got);
	P(PTRACE_CONT, pid, 0, 0);
	show_wait("its parent hears of it", pid);
	P(PTRACE_CONT, pid, 0, SIGCHLD);
	show_wait("vfork", pid);
	ptrace(PTRACE_GETEVENTMSG, pid, 0, &msg);
	show_wait("the child", got = (pid_t)msg);
	P(PTRACE_CONT, pid, 0, 0);
	while (left-- > 0) {
		P(PTRACE_CONT, got, 0, 0);
		show_wait("child", got);
		if (!WIFSTOPPED(last_status))
			break;
	}
	for (int i = 0; i < 4; i++) {
		show_wait("parent", pid);
		if (!WIFSTOPPED(last_status))
			break;
		P(PTRACE_CONT, pid, 0, 0);
	}

	pid = traced_child(execs);
	R(ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEEXEC));
	P(PTRACE_CONT, pid, 0, 0);
	show_wait("exec", pid);
	ptrace(PTRACE_GETEVENTMSG, pid, 0, &msg);
	V(msg == (unsigned long)pid);
	P(PTRACE_CONT, pid, 0, 0);
	show_wait("end", pid);
	pid = traced_child(execs);
	P(PTRACE_CONT, pid, 0, 0);
	show_wait("exec without the option", pid);
	P(PTRACE_CONT, pid, 0, 0);
	show_wait("end", pid);
}

static pid_t plain_child(void)
{
	fflush(stdout);
	pid_t pid = fork();

	if (!pid)
		for (;;)
			pause();
	return pid;
}

static void attaching(void)
{
	siginfo_t si;
	pid_t pid = plain_child();

	TITLE("attaching");
	R(ptrace(PTRACE_ATTACH, getpid(), 0, 0));
	R(ptrace(PTRACE_ATTACH, 999999, 0, 0));
	R(ptrace(PTRACE_CONT, pid, 0, 0));
	R(ptrace(PTRACE_ATTACH, pid, 0, 0));
	R(ptrace(PTRACE_ATTACH, pid, 0, 0));
	show_wait("attached", pid);
	R(ptrace(PTRACE_INTERRUPT, pid, 0, 0));
	R(ptrace(PTRACE_LISTEN, pid, 0, 0));
	R(ptrace(PTRACE_DETACH, pid, 0, 100));
	R(ptrace(PTRACE_DETACH, pid, 0, 0));
	R(ptrace(PTRACE_DETACH, pid, 0, 0));
	R(P(PTRACE_SEIZE, pid, 1, 0));
	R(P(PTRACE_SEIZE, pid, 0, 1L << 30));
	R(P(PTRACE_SEIZE, pid, 0, PTRACE_O_EXITKILL));
	R(P(PTRACE_GETSIGINFO, pid, 0, &si));
	R(P(PTRACE_INTERRUPT, pid, 0, 0));
	show_wait("interrupted", pid);
	R(P(PTRACE_GETSIGINFO, pid, 0, &si));
	printf("signo %d code %x\n", si.si_signo, si.si_code);
	P(PTRACE_CONT, pid, 0, 0);
	kill(pid, SIGSTOP);
	show_wait("stop signal", pid);
	P(PTRACE_CONT, pid, 0, SIGSTOP);
	show_wait("group stop", pid);
	R(P(PTRACE_LISTEN, pid, 0, 0));
	R(P(PTRACE_GETSIGINFO, pid, 0, &si));
	kill(pid, SIGCONT);
	show_wait("woken", pid);
	P(PTRACE_CONT, pid, 0, 0);
	show_wait("cont", pid);
	P(PTRACE_CONT, pid, 0, SIGCONT);
	kill(pid, SIGKILL);
	show_wait("killed", pid);

	pid = plain_child();
	kill(pid, SIGSTOP);
	waitpid(pid, &last_status, WUNTRACED);
	R(ptrace(PTRACE_ATTACH, pid, 0, 0));
	show_wait("attached to a stopped one", pid);
	R(ptrace(PTRACE_DETACH, pid, 0, 0));
	kill(pid, SIGKILL);
	show_wait("killed", pid);
}

/* A group stop without the newer rules, seen by waitid; SIGCHLD tells of each stop. */
static void group_stop(void)
{
	siginfo_t si = { 0 };
	pid_t pid = traced_child(spins);

	TITLE("group stop");
	P(PTRACE_CONT, pid, 0, 0);
	kill(pid, SIGSTOP);
	R(waitid(P_PID, pid, &si, WEXITED));
	printf("code %d status %d\n", si.si_code, si.si_status);
	P(PTRACE_CONT, pid, 0, SIGSTOP);
	memset(&si, 0, sizeof(si));
	R(waitid(P_PID, pid, &si, WSTOPPED));
	printf("code %d status %d\n", si.si_code, si.si_status);
	R(P(PTRACE_GETSIGINFO, pid, 0, &si));
	P(PTRACE_CONT, pid, 0, SIGKILL);
	kill(pid, SIGKILL);
	show_wait("killed", pid);
}

static void *thread(void *unused) { getpid(); return NULL; }
static void threads(void) { pthread_t t; for (int i = 0; i < 2; i++) { pthread_create(&t, NULL, thread, NULL); pthread_join(t, NULL); } }

static void traced_threads(void)
{
	pid_t pid = traced_child(threads), got;
	int clones = 0, stops = 0, ends = 0, st;

	TITLE("threads");
	R(ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACECLONE));
	P(PTRACE_CONT, pid, 0, 0);
	while ((got = waitpid(-1, &st, __WALL)) > 0) {
		if (WIFSTOPPED(st)) {
			clones += st >> 16 == PTRACE_EVENT_CLONE;
			stops += got != pid && WSTOPSIG(st) == SIGSTOP;
			P(PTRACE_CONT, got, 0, 0);
		} else if (got != pid) {
			ends++;
		} else {
			printf("clones %d stops %d ends %d, then exit %d\n", clones, stops, ends, WEXITSTATUS(st));
		}
	}
}

static void *pauses(void *unused) { for (;;) pause(); return unused; }
static void exits_with_threads(void) { pthread_t t; for (int i = 0; i < 2; i++) pthread_create(&t, NULL, pauses, NULL); _exit(9); }

/* The process's end is told when all of its threads' ends were. */
static void leader_last(void)
{
	pid_t pid = traced_child(exits_with_threads), got;
	int ends = 0, st;

	TITLE("the leader ends last");
	ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACECLONE);
	P(PTRACE_CONT, pid, 0, 0);
	while ((got = waitpid(-1, &st, __WALL)) > 0) {
		if (WIFSTOPPED(st)) {
			P(PTRACE_CONT, got, 0, 0);
		} else if (got != pid) {
			ends++;
			printf("thread: exit %d\n", WEXITSTATUS(st));
		} else {
			printf("after %d threads exit %d\n", ends, WEXITSTATUS(st));
		}
	}
}

static void emulated(void)
{
	struct user_regs_struct r;
	pid_t pid = traced_child(calls);

	TITLE("emulated calls");
	for (int i = 0; i < 3; i++) {
		P(PTRACE_SYSEMU, pid, 0, 0);
		if (waitpid(pid, &last_status, 0) != pid || !WIFSTOPPED(last_status))
			break;
		ptrace(PTRACE_GETREGS, pid, 0, &r);
		printf("nr %lld\n", (long long)r.orig_rax);
	}
	P(PTRACE_CONT, pid, 0, 0);
	show_wait("end", pid);
}

/* A tracer that ends lets go, or kills. */
static void tracer_ends(void)
{
	pid_t pid = plain_child(), tracer;

	TITLE("the tracer ends");
	for (int kills = 0; kills < 2; kills++) {
		fflush(stdout);
		if (!(tracer = fork()))
			_exit(P(PTRACE_SEIZE, pid, 0, kills ? PTRACE_O_EXITKILL : 0) ? 1 : 0);
		show_wait("tracer", tracer);
		if (!kills)
			R(kill(pid, 0));
	}
	show_wait("tracee", pid);
	/* somebody else's child: its tracer sees the end first, then the parent */
	pid = plain_child();
	fflush(stdout);
	if (!(tracer = fork())) {
		P(PTRACE_SEIZE, pid, 0, 0);
		kill(pid, SIGTERM);
		show_wait("by the tracer", pid);
		P(PTRACE_CONT, pid, 0, SIGTERM);
		show_wait("by the tracer", pid);
		fflush(stdout);
		_exit(0);
	}
	show_wait("by the parent", pid);
	show_wait("tracer", tracer);
	U(R(ptrace(PTRACE_ATTACH, 1, 0, 0)));
}

int main(void)
{
	syscalls();
	signals();
	memory();
	steps();
	events();
	attaching();
	group_stop();
	traced_threads();
	leader_last();
	emulated();
	tracer_ends();
	R(ptrace(PTRACE_TRACEME, 0, 0, 0));
	R(ptrace(PTRACE_TRACEME, 0, 0, 0));
	fflush(stdout);
	diff_end();
	_exit(0);
}
