/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Running guest code by ptrace. The hot path of everything: a null system call costs SETREGS, SYSEMU, wait4, GETREGS,
 * and the two context switches that the host makes of it. Operations on mappings go along: the stub runs them, then goes on
 * into guest code by itself.
 */
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <elf.h>
#include <unistd.h>
#include <asm/os.h>
#include "hostcall.h"
#include "guest.h"

#ifndef PTRACE_SYSEMU
#define PTRACE_SYSEMU 31
#endif

/* The order of struct uregs is that of the host's struct. */
struct uregs { struct user_regs_struct r; };

/* Waits for tid alone. A death among the others interrupts by SIGCHLD: collect it, since a dead thread keeps its leader from being reaped. */
static int wait_for(int tid, int *status)
{
	long got;

	for (;;) {
		got = HOSTCALL(wait4, wait4(tid, status, __WALL, NULL));
		if (got == tid)
			return 0;
		if (got != -EINTR)
			return (int)got;
		if (!(os_events_pending() & OS_EV_CHILD))
			continue;
		for (;;) {
			pid_t pid = wait4(-1, status, __WALL | WNOHANG, NULL);

			if (pid == tid)
				return 0;
			if (pid <= 0)
				break;
			if (!WIFSTOPPED(*status))
				guest_note_dead(pid);
		}
	}
}

/*
 * A call on a process that should have been stopped failed. Usually somebody has killed it; to be sure, so do we. Its memory is
 * given to others as soon as we return, so this waits until the thread runs no more: the others of the process are stopped.
 */
void guest_end(const struct os_guest *g)
{
	int status;
	pid_t pid;

	if (syscall(SYS_tgkill, g->pid, g->tid, SIGKILL) < 0)
		return;
	while ((pid = wait4(-1, &status, __WALL, NULL)) > 0 || errno == EINTR) {
		if (pid > 0 && !WIFSTOPPED(status)) {
			guest_note_dead(pid);
			if (pid == g->tid)
				return;
		}
	}
}

/* Guest code ran freely after a flush: its system call is reported by the filter. */
#define SECCOMP_STOP	(SIGTRAP | PTRACE_EVENT_SECCOMP << 8)

/* Within the flush that we began: guest code that jumps to the stub does not know the token. */
static bool flushes(const struct uregs *regs)
{
	return regs->r.rip - guest_code_page() < PAGE && regs->r.rbp == guest_token;
}

/* Where the stub loads the guest's registers, token and all. Guest code may be there as well, and would only run again. */
static bool leaves_stub(const struct uregs *regs)
{
	unsigned long at = regs->r.rip - guest_code_page();

	return at >= guest_stub_word(STUB_LEAVE) && at < guest_stub_word(STUB_LEFT);
}

static void classify(int tid, int status, struct os_stop *stop)
{
	int sig = WSTOPSIG(status);
	siginfo_t info;

	if (!WIFSTOPPED(status)) {
		stop->why = OS_STOP_DEAD;
	} else if (sig == (SIGTRAP | 0x80) || status >> 8 == SECCOMP_STOP) {
		stop->why = OS_STOP_SYSCALL;
	} else if (sig == SIGUSR1 || status >> 16) {
		stop->why = OS_STOP_KICK;
	} else {
		memset(&info, 0, sizeof(info));
		if (HOSTCALL(ptrace_getsiginfo, ptrace(PTRACE_GETSIGINFO, tid, 0, &info)) < 0 || info.si_code <= 0) {
			stop->why = OS_STOP_KICK;	/* sent by somebody on the host */
			return;
		}
		stop->why = OS_STOP_SIGNAL;
		stop->sig = sig;
		stop->code = info.si_code;
		stop->addr = (unsigned long)info.si_addr;
	}
}

static void enter_flush(struct uregs *to, const struct uregs *guest, unsigned nops, bool stop_after)
{
	memset(to, 0, sizeof(*to));
	to->r.rip = guest_code_page() + STUB_FLUSH;
	to->r.rbx = guest_ops_page();
	to->r.rbp = guest_token;
	to->r.r12 = nops;
	to->r.r13 = stop_after;
	to->r.cs = 0x33;
	to->r.ss = 0x2b;
	to->r.eflags = 0x200;
	to->r.orig_rax = ~0UL;
	if (guest) {
		to->r.fs_base = guest->r.fs_base;
		to->r.gs_base = guest->r.gs_base;
	}
}

/* Sets registers and lets the thread go; false: it is dead. */
static bool resume(const struct os_guest *g, struct uregs *regs, bool dirty, bool freely)
{
	if (dirty && HOSTCALL(ptrace_setregs, ptrace(PTRACE_SETREGS, g->tid, 0, regs)) < 0)
		return false;
	if (freely)
		return HOSTCALL(ptrace_cont, ptrace(PTRACE_CONT, g->tid, 0, 0)) == 0;
	return HOSTCALL(ptrace_sysemu, ptrace(PTRACE_SYSEMU, g->tid, 0, 0)) == 0;
}

/* What is left in the page after a flush that failed, the secret above all, is not for guest code to read. */
static void wipe_ops(const struct os_guest *g)
{
	memset(os_guest_ops(g->slot), 0, PAGE);
}

/* All operations are done. A kick, or a frame that cannot be returned to: as if guest code stood where it will begin. */
static void put_back(const struct os_guest *g, struct uregs *regs, const struct uregs *guest, struct os_stop *stop)
{
	*regs = *guest;
	if (HOSTCALL(ptrace_setregs, ptrace(PTRACE_SETREGS, g->tid, 0, regs)) < 0) {
		stop->why = OS_STOP_DEAD;
		guest_end(g);
	} else if (stop->why != OS_STOP_KICK) {
		stop->why = OS_STOP_SIGNAL;
		stop->sig = SIGSEGV;
		stop->code = SI_KERNEL;
		stop->addr = 0;
	}
}

/*
 * Stopped with the token, before any guest code ran. After a kick the stub goes on (true), but stops behind its operations:
 * guest code would have nobody to stop it a second time. Else an operation failed: regs as they were.
 */
static bool stub_goes_on(const struct os_guest *g, struct uregs *regs, const struct uregs *guest, struct os_stop *stop)
{
	if (stop->why == OS_STOP_KICK) {
		regs->r.r13 = 1;
		if (resume(g, regs, true, true))
			return true;
		stop->why = OS_STOP_DEAD;
		guest_end(g);
		return false;
	}
	if (stop->why == OS_STOP_SIGNAL && stop->sig == SIGTRAP) {
		stop->why = OS_STOP_KICK;
		put_back(g, regs, guest, stop);
		return false;
	}
	wipe_ops(g);
	*regs = *guest;
	stop->flushed = -1;
	stop->why = OS_STOP_KICK;
	return false;
}

static void wait_guest(const struct os_guest *g, struct uregs *regs, const struct uregs *flushing, struct os_stop *stop)
{
	int status;

	for (;;) {
		stop->why = OS_STOP_DEAD;
		if (wait_for(g->tid, &status))
			return guest_end(g);
		classify(g->tid, status, stop);
		if (stop->why == OS_STOP_DEAD)
			return;
		if (HOSTCALL(ptrace_getregs, ptrace(PTRACE_GETREGS, g->tid, 0, regs)) < 0) {
			stop->why = OS_STOP_DEAD;
			return guest_end(g);
		}
		if (flushing && leaves_stub(regs))
			return put_back(g, regs, flushing, stop);
		if (!flushing || !flushes(regs) || !stub_goes_on(g, regs, flushing, stop))
			return;
	}
}

void os_guest_run(const struct os_guest *g, struct uregs *regs, bool dirty, unsigned nops, struct os_stop *stop)
{
	struct uregs enter, *frame = (struct uregs *)((char *)os_guest_ops(g->slot) + STUB_FRAME), saved;
	bool freely = nops && guest_filtered;

	stop->flushed = 0;
	if (nops && !guest_filtered) {
		int err = os_guest_flush(g, nops);

		stop->flushed = err ? -1 : 1;
		stop->why = err == -ESRCH ? OS_STOP_DEAD : OS_STOP_KICK;
		if (err)
			return;
		dirty = true;
	}
	os_running_pid = g->pid;
	os_running_tid = g->tid;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (os_events_pending()) {
		os_running_tid = 0;
		stop->why = OS_STOP_KICK;
		if (dirty && HOSTCALL(ptrace_setregs, ptrace(PTRACE_SETREGS, g->tid, 0, regs)) < 0) {
			stop->why = OS_STOP_DEAD;
			guest_end(g);
		}
		return;
	}
	if (freely) {
		saved = *frame = *regs;
		guest_filter_stamp(os_guest_ops(g->slot), nops);
		enter_flush(&enter, regs, nops, false);
		stop->flushed = 1;
	}
	if (!resume(g, freely ? &enter : regs, dirty || freely, freely)) {
		stop->why = OS_STOP_DEAD;
		guest_end(g);
	} else {
		wait_guest(g, regs, freely ? &saved : NULL, stop);
	}
	os_running_tid = 0;
}

static int flush_dead(const struct os_guest *g)
{
	guest_end(g);
	return -ESRCH;
}

int os_guest_flush(const struct os_guest *g, unsigned nops)
{
	struct os_stop stop;
	struct uregs enter;
	int status;

	guest_filter_stamp(os_guest_ops(g->slot), nops);
	enter_flush(&enter, NULL, nops, true);
	if (HOSTCALL(ptrace_setregs, ptrace(PTRACE_SETREGS, g->tid, 0, &enter)) < 0)
		return flush_dead(g);
	for (;;) {
		if (HOSTCALL(ptrace_cont, ptrace(PTRACE_CONT, g->tid, 0, 0)) < 0 || wait_for(g->tid, &status) || !WIFSTOPPED(status))
			return flush_dead(g);
		if (status >> 8 == SIGTRAP)
			return 0;
		classify(g->tid, status, &stop);
		if (stop.why != OS_STOP_KICK) {
			wipe_ops(g);
			return -EIO;
		}
		/* a kick meant for guest code: the stub goes on */
	}
}

int os_guest_xstate(int tid, void *buf, size_t *n, bool set)
{
	struct iovec iov = { buf, *n };
	int err = (int)HOSTCALL(ptrace_xstate, ptrace(set ? PTRACE_SETREGSET : PTRACE_GETREGSET, tid, NT_X86_XSTATE, &iov));

	*n = iov.iov_len;
	return err;
}

int os_guest_debugreg(int tid, int n, unsigned long *val, bool set)
{
	void *at = (void *)(offsetof(struct user, u_debugreg) + (size_t)n * sizeof(long));
	long r = HOSTCALL(ptrace_user, ptrace(set ? PTRACE_POKEUSER : PTRACE_PEEKUSER, tid, at, set ? *val : 0));

	if (r < 0)
		return (int)r;
	if (!set)
		*val = (unsigned long)r;
	return 0;
}
