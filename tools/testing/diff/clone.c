// SPDX-License-Identifier: GPL-2.0
/* clone, clone3, fork, vfork, unshare: flags that go together and those that don't, what is shared, how the child ends is told. */
#include "diff.h"
#include <linux/sched.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/time.h>

#define HAS(x, f) (((x) & (f)) != 0)

static volatile int shared;

/* clone as the raw call, the child on a copy of our stack unless CLONE_VM: then it must not return from here. */
#define CLONE(flags) do {								\
	fflush(stdout);									\
	errno = 0;									\
	long r_ = syscall(SYS_clone, (flags), 0, &ptid, &ctid, 0);			\
	if (!r_) _exit(shared = 3);							\
	report("clone(" #flags ")", r_);						\
} while (0)

static void report(const char *what, long r)
{
	int st = 0;

	if (r < 0) {
		printf("%s = %s\n", what, strerrorname_np(errno));
		return;
	}
	long w = waitpid(r, &st, __WALL);
	if (w == r)
		printf("%s: exited %d\n", what, WEXITSTATUS(st));
	else
		printf("%s: wait %s\n", what, w < 0 ? strerrorname_np(errno) : "another");
}

static int ptid, ctid;

static void refused(void)
{
	TITLE("refused");
	CLONE(CLONE_SIGHAND);
	CLONE(CLONE_THREAD);
	CLONE(CLONE_THREAD | CLONE_VM);
	CLONE(CLONE_THREAD | CLONE_SIGHAND);
	CLONE(CLONE_FS | CLONE_NEWNS);
	CLONE(CLONE_FS | CLONE_NEWUSER);
	CLONE(CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD);
	CLONE(CLONE_PIDFD | CLONE_DETACHED | SIGCHLD);
	CLONE(CLONE_NEWIPC | CLONE_SYSVSEM);
	CLONE(CLONE_NEWPID | CLONE_THREAD | CLONE_VM | CLONE_SIGHAND);
	TITLE("given");
	CLONE(SIGCHLD);
	CLONE(0);
	CLONE(SIGUSR2 & 0);
	CLONE(CLONE_FILES | SIGCHLD);
	CLONE(CLONE_FS | SIGCHLD);
	CLONE(CLONE_IO | SIGCHLD);
	CLONE(CLONE_UNTRACED | SIGCHLD);
	CLONE(CLONE_DETACHED | SIGCHLD);
	CLONE(CLONE_SYSVSEM | SIGCHLD);
	CLONE(CLONE_SETTLS | SIGCHLD);
	CLONE(CLONE_VFORK | SIGCHLD);
	CLONE(CLONE_PARENT_SETTID | SIGCHLD);
	V(ptid > 0);
	CLONE(CLONE_CHILD_SETTID | SIGCHLD);
	V(ctid);
	U(CLONE(CLONE_NEWUTS | SIGCHLD); CLONE(CLONE_NEWNS | SIGCHLD); CLONE(CLONE_NEWPID | SIGCHLD));
}

static void ids_and_memory(void)
{
	int st;
	long r;

	TITLE("where ids go");
	ptid = ctid = -5;
	fflush(stdout);
	r = syscall(SYS_clone, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 0, &ptid, &ctid, 0);
	if (!r)
		_exit(ctid == getpid() ? 1 : 2);
	waitpid(r, &st, 0);
	printf("child %d, parent's %d %d\n", WEXITSTATUS(st), ptid == r, ctid);
	r = syscall(SYS_clone, CLONE_PARENT_SETTID | SIGCHLD, 0, bad_ptr, 0, 0);
	if (!r)
		_exit(4);
	V(r > 0);
	waitpid(r, &st, 0);
	r = syscall(SYS_clone, CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, 0, 0, bad_ptr, 0);
	if (!r)
		_exit(5);
	waitpid(r, &st, 0);
	V(WEXITSTATUS(st));
	int pfd = -1;
	r = syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, &pfd, 0, 0);
	if (!r)
		_exit(6);
	printf("pidfd %d cloexec %d\n", pfd, fcntl(pfd, F_GETFD));
	siginfo_t si = { 0 };
	R(waitid(P_PIDFD, pfd, &si, WEXITED));
	V(si.si_status);
	close(pfd);
	fflush(stdout);
	R(syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, bad_ptr, 0, 0));
	TITLE("the parent of the child");
	C(long p_ = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0); if (!p_) _exit(7); R(waitpid(p_, NULL, 0)));
	R(waitpid(-1, &st, 0) > 0);
	V(WEXITSTATUS(st));
	TITLE("vfork");
	r = vfork();
	if (!r) {
		shared = 11;
		_exit(8);
	}
	V(shared);
	R(waitpid(r, &st, 0) == r);
	r = syscall(SYS_fork);
	if (!r) {
		shared = 12;
		_exit(9);
	}
	R(waitpid(r, &st, 0) == r);
	printf("%d %d\n", WEXITSTATUS(st), shared);
}

#define CLONE3(...) do {								\
	struct clone_args a = { __VA_ARGS__ };						\
	clone3("clone3(" #__VA_ARGS__ ")", &a, sizeof(a));				\
} while (0)

static void clone3(const char *what, struct clone_args *a, size_t n)
{
	long r;

	fflush(stdout);
	errno = 0;
	r = syscall(SYS_clone3, a, n);
	if (!r)
		_exit(4);
	report(what, r);
}

static void clone3s(void)
{
	struct { struct clone_args a; char more[64]; } big = { { .exit_signal = SIGCHLD } };
	static char stack[4096] __attribute__((aligned(16)));
	pid_t tid;

	TITLE("clone3");
	CLONE3(.exit_signal = SIGCHLD);
	CLONE3(.exit_signal = 0);
	CLONE3(.exit_signal = 65);
	CLONE3(.exit_signal = 1UL << 32);
	CLONE3(.flags = SIGCHLD);
	CLONE3(.flags = CLONE_DETACHED);
	CLONE3(.flags = 1UL << 40);
	CLONE3(.flags = CLONE_CLEAR_SIGHAND | CLONE_SIGHAND | CLONE_VM);
	CLONE3(.flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD);
	CLONE3(.flags = CLONE_PARENT, .exit_signal = SIGCHLD);
	CLONE3(.flags = CLONE_THREAD | CLONE_VM | CLONE_SIGHAND, .exit_signal = SIGCHLD);
	CLONE3(.exit_signal = SIGCHLD, .stack = (uintptr_t)stack);
	CLONE3(.exit_signal = SIGCHLD, .stack_size = 4096);
	CLONE3(.exit_signal = SIGCHLD, .stack = (uintptr_t)-8192, .stack_size = 4096);
	CLONE3(.exit_signal = SIGCHLD, .set_tid_size = 1);
	CLONE3(.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&tid);
	CLONE3(.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&tid, .set_tid_size = 33);
	CLONE3(.exit_signal = SIGCHLD, .set_tid = (uintptr_t)bad_ptr, .set_tid_size = 1);
	tid = 0;
	CLONE3(.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&tid, .set_tid_size = 1);
	tid = getpid();
	U(CLONE3(.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&tid, .set_tid_size = 1));
	if (is_root()) {
		tid = getpid();
		CLONE3(.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&tid, .set_tid_size = 1);
		for (tid = 31999; !kill(tid, 0); tid--)
			;
		CLONE3(.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&tid, .set_tid_size = 1);
		CLONE3(.exit_signal = SIGCHLD, .set_tid = (uintptr_t)&tid, .set_tid_size = 2);
	}
	clone3("with zeros behind", &big.a, sizeof(big));
	big.more[60] = 1;
	clone3("with more behind", &big.a, sizeof(big));
	clone3("as first defined", &big.a, CLONE_ARGS_SIZE_VER0);
	clone3("too small", &big.a, CLONE_ARGS_SIZE_VER0 - 1);
	clone3("empty", &big.a, 0);
	clone3("huge", &big.a, 5000);
	clone3("nowhere", (void *)bad_ptr, sizeof(big.a));
}

static void limits(void)
{
	struct rlimit rl = { 1, 1 };

	TITLE("limits");
	if (!is_root())
		return;
	C(setrlimit(RLIMIT_NPROC, &rl); become_user(); R(syscall(SYS_fork)); R(vfork()); CLONE(SIGCHLD); CLONE3(.exit_signal = SIGCHLD));
}

static void unsharing(void)
{
	TITLE("unshare");
	C(R(unshare(0)); R(unshare(CLONE_FILES)); R(unshare(CLONE_FS)); R(unshare(CLONE_SYSVSEM)); R(unshare(CLONE_THREAD)); R(unshare(CLONE_VM));
	  R(unshare(CLONE_SIGHAND)));
	R(unshare(SIGCHLD));
	R(unshare(CLONE_VFORK));
	R(unshare(CLONE_SETTLS));
	U(R(unshare(CLONE_NEWUTS)); R(unshare(CLONE_NEWNS)));
	int fd = -1;
	C(if (!syscall(SYS_clone, CLONE_FILES | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0)) { unshare(CLONE_FILES); close(1); _exit(0); } R(fcntl(1, F_GETFD)));
	C(if (!syscall(SYS_clone, CLONE_FILES | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0)) { close(0); _exit(0); } R(fcntl(0, F_GETFD)));
	C(if (!syscall(SYS_clone, CLONE_FS | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0)) { umask(0123); _exit(0); } V(umask(0)));
	close(fd);
}

static void inherited(void)
{
	struct itimerval it = { .it_value = { 100, 0 } };
	sigset_t s;

	TITLE("what a child has");
	C(alarm(100); setitimer(ITIMER_VIRTUAL, &it, NULL); sigemptyset(&s); sigaddset(&s, SIGUSR1); sigprocmask(SIG_BLOCK, &s, NULL); raise(SIGUSR1);
	  mlock(&s, 4); C(V(alarm(0)); getitimer(ITIMER_VIRTUAL, &it); V(it.it_value.tv_sec); sigpending(&s); V(sigismember(&s, SIGUSR1));
	  sigprocmask(0, NULL, &s); V(sigismember(&s, SIGUSR1)); struct rusage ru; getrusage(RUSAGE_CHILDREN, &ru); V(ru.ru_utime.tv_sec)));
}

int main(void)
{
	refused();
	ids_and_memory();
	clone3s();
	limits();
	unsharing();
	inherited();
	return 0;
}
