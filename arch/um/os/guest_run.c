/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Running guest code by ptrace. The hot path of everything: a null system call costs SETREGS, SYSEMU, wait4, GETREGS,
 * and the two context switches that the host makes of it.
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

static void classify(int tid, int status, struct os_stop *stop)
{
	int sig = WSTOPSIG(status);
	siginfo_t info;

	if (!WIFSTOPPED(status)) {
		stop->why = OS_STOP_DEAD;
	} else if (sig == (SIGTRAP | 0x80)) {
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

void os_guest_run(const struct os_guest *g, struct uregs *regs, bool dirty, struct os_stop *stop)
{
	int status;

	if (dirty && HOSTCALL(ptrace_setregs, ptrace(PTRACE_SETREGS, g->tid, 0, regs)) < 0) {
		stop->why = OS_STOP_DEAD;
		return;
	}
	os_running_pid = g->pid;
	os_running_tid = g->tid;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (os_events_pending()) {
		os_running_tid = 0;
		stop->why = OS_STOP_KICK;
		return;
	}
	if (HOSTCALL(ptrace_sysemu, ptrace(PTRACE_SYSEMU, g->tid, 0, 0)) < 0 || wait_for(g->tid, &status)) {
		os_running_tid = 0;
		stop->why = OS_STOP_DEAD;
		return;
	}
	os_running_tid = 0;
	classify(g->tid, status, stop);
	if (stop->why != OS_STOP_DEAD && HOSTCALL(ptrace_getregs, ptrace(PTRACE_GETREGS, g->tid, 0, regs)) < 0)
		stop->why = OS_STOP_DEAD;
}

int os_guest_flush(const struct os_guest *g, struct uregs *scratch)
{
	int status;

	if (HOSTCALL(ptrace_setregs, ptrace(PTRACE_SETREGS, g->tid, 0, scratch)) < 0)
		return -ESRCH;
	for (;;) {
		if (HOSTCALL(ptrace_cont, ptrace(PTRACE_CONT, g->tid, 0, 0)) < 0 || wait_for(g->tid, &status) || !WIFSTOPPED(status))
			return -ESRCH;
		if (WSTOPSIG(status) == SIGTRAP)
			return 0;
		if (WSTOPSIG(status) == SIGILL)
			return -EIO;
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
