// SPDX-License-Identifier: GPL-2.0
/* Errors that need a scene of their own: other people's processes, full tables, odd futexes, restricted calls. */
#include "diff.h"
#include <asm/prctl.h>
#include <linux/futex.h>
#include <linux/rseq.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <time.h>

#define CALL(...) R(syscall(__VA_ARGS__))
#define FUTEX(...) R(syscall(SYS_futex, __VA_ARGS__))
#define GONE 0x7ffffff0

static pid_t other;
static void on(int sig) { }

static void alarm_soon(void)
{
	struct sigaction sa = { .sa_handler = on };

	sigaction(SIGALRM, &sa, NULL);
	alarms(10000);
}

static void futexes(void)
{
	static int word __attribute__((aligned(8)));
	int *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	TITLE("futexes");
	FUTEX(bad_ptr, FUTEX_WAKE, 1);
	FUTEX(bad_ptr, FUTEX_WAIT, 0, NULL);
	FUTEX((char *)&word + 1, FUTEX_WAIT, 0, NULL);
	FUTEX((char *)&word + 2, FUTEX_WAKE, 1);
	FUTEX(-4L, FUTEX_WAKE, 1);
	FUTEX(&word, 99, 0);
	FUTEX(&word, FUTEX_FD, 0);
	FUTEX(&word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 1, NULL);
	FUTEX(&word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, NULL);
	FUTEX(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0);
	FUTEX(&word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 0);
	FUTEX(&word, FUTEX_WAIT, 1, NULL);
	FUTEX(&word, FUTEX_WAIT, 0, bad_ptr);
	FUTEX(&word, FUTEX_WAIT, 0, &((struct timespec){ 0, 1000000000 }));
	FUTEX(&word, FUTEX_WAIT, 0, &((struct timespec){ -1, 0 }));
	FUTEX(&word, FUTEX_WAIT, 0, &((struct timespec){ 0, 1 }));
	FUTEX(&word, FUTEX_WAIT_BITSET, 0, &((struct timespec){ 0, 1 }), NULL, -1);
	FUTEX(&word, FUTEX_REQUEUE, -1, 1, page, 0);
	FUTEX(&word, FUTEX_REQUEUE, 1, -1, page, 0);
	FUTEX(&word, FUTEX_CMP_REQUEUE, 1, 1, page, 5);
	FUTEX(&word, FUTEX_CMP_REQUEUE, 1, 1, bad_ptr, 0);
	FUTEX(&word, FUTEX_WAKE_OP, 1, 1, page, FUTEX_OP(9, 0, 0, 0));
	FUTEX(&word, FUTEX_WAKE_OP, 1, 1, page, FUTEX_OP(0, 0, 9, 0));
	FUTEX(&word, FUTEX_WAKE_OP, 1, 1, bad_ptr, 0);
	TITLE("locks with an owner");
	word = gettid();
	FUTEX(&word, FUTEX_LOCK_PI, 0, NULL);
	FUTEX(&word, FUTEX_TRYLOCK_PI, 0);
	word = GONE & FUTEX_TID_MASK;
	FUTEX(&word, FUTEX_LOCK_PI, 0, NULL);
	FUTEX(&word, FUTEX_UNLOCK_PI, 0);
	word = 0;
	FUTEX(&word, FUTEX_UNLOCK_PI, 0);
	FUTEX(&word, FUTEX_LOCK_PI, 0, NULL);
	V(word == gettid());
	FUTEX(&word, FUTEX_LOCK_PI, 0, NULL);
	FUTEX(&word, FUTEX_UNLOCK_PI, 0);
	V(word);
	word = 1;
	FUTEX(&word, FUTEX_TRYLOCK_PI, 0);
	FUTEX(bad_ptr, FUTEX_LOCK_PI, 0, NULL);
	FUTEX(&word, FUTEX_LOCK_PI, 0, &((struct timespec){ 0, -1 }));
	word = other;
	FUTEX(&word, FUTEX_LOCK_PI, 0, &((struct timespec){ 1, 0 }));
	V((word & FUTEX_TID_MASK) == other);
	FUTEX(ro_ptr, FUTEX_LOCK_PI, 0, NULL);
}

static void others(void)
{
	siginfo_t si = { .si_code = SI_QUEUE };
	int pfd = syscall(SYS_pidfd_open, other, 0), p[2];
	void *head;
	size_t len;

	TITLE("what is others'");
	CALL(SYS_pidfd_send_signal, pfd, 0, bad_ptr, 0);
	si.si_signo = SIGUSR1;
	CALL(SYS_pidfd_send_signal, pfd, SIGUSR2, &si, 0);
	si.si_signo = 0;
	CALL(SYS_pidfd_send_signal, pfd, 0, &si, 0);
	si.si_code = SI_USER;
	CALL(SYS_pidfd_send_signal, pfd, 0, &si, 0);
	CALL(SYS_pidfd_send_signal, pfd, 65, NULL, 0);
	CALL(SYS_pidfd_send_signal, pfd, 0, NULL, 0x100);
	CALL(SYS_pidfd_send_signal, 0, 0, NULL, 0);
	CALL(SYS_pidfd_send_signal, 99, 0, NULL, 0);
	CALL(SYS_pidfd_getfd, pfd, 50, 0);
	CALL(SYS_pidfd_getfd, pfd, 1, 1);
	CALL(SYS_pidfd_getfd, 1, 1, 0);
	U(CALL(SYS_pidfd_send_signal, pfd, 0, NULL, 0); CALL(SYS_pidfd_getfd, pfd, 1, 0); CALL(SYS_get_robust_list, other, &head, &len); CALL(SYS_ioprio_get, 1, other));
	CALL(SYS_get_robust_list, GONE, &head, &len);
	CALL(SYS_get_robust_list, 0, bad_ptr, &len);
	CALL(SYS_get_robust_list, 0, &head, bad_ptr);
	C(struct rlimit rl = { 4, 4 }; setrlimit(RLIMIT_NOFILE, &rl); CALL(SYS_pidfd_open, other, 0); CALL(SYS_pidfd_getfd, pfd, 1, 0));
	pid_t dead = fork();
	if (!dead)
		_exit(0);
	waitid(P_PID, dead, &si, WEXITED | WNOWAIT);
	int zfd = syscall(SYS_pidfd_open, dead, 0);
	CALL(SYS_pidfd_getfd, zfd, 1, 0);
	waitpid(dead, NULL, 0);
	CALL(SYS_pidfd_getfd, zfd, 1, 0);
	CALL(SYS_pidfd_send_signal, zfd, 0, NULL, 0);
	close(zfd);
	CALL(SYS_pidfd_open, dead, 0);
	CALL(SYS_pidfd_open, -1, 0);
	CALL(SYS_pidfd_open, 0, 0);
	CALL(SYS_pidfd_open, other, 1);
	pipe(p);
	close(p[0]);
	close(p[1]);
	close(pfd);
}

/* A sequence area of our own, in a process that did not register one: the C library's is left out by a fork that unregisters. */
static void sequences(void)
{
	static struct { struct rseq r; char more[64]; } a __attribute__((aligned(64)));
	static struct rseq b __attribute__((aligned(64)));

	CALL(SYS_rseq, (char *)&a + 8, 32, 0, 5);
	CALL(SYS_rseq, &a, 16, 0, 5);
	CALL(SYS_rseq, &a, 32, 2, 5);
	CALL(SYS_rseq, &a, 32, 0, 5);
	CALL(SYS_rseq, &a, 32, 0, 5);
	CALL(SYS_rseq, &a, 32, 0, 6);
	CALL(SYS_rseq, &b, 32, 0, 5);
	CALL(SYS_rseq, &b, 32, RSEQ_FLAG_UNREGISTER, 5);
	CALL(SYS_rseq, &a, 32, RSEQ_FLAG_UNREGISTER, 6);
	CALL(SYS_rseq, &a, 32, RSEQ_FLAG_UNREGISTER, 5);
	CALL(SYS_rseq, &a, 32, RSEQ_FLAG_UNREGISTER, 5);
	CALL(SYS_rseq, (char *)bad_ptr + 32 * 64, 32, 0, 5);
}

static void restricted(void)
{
	TITLE("restricted");
	U(R(prctl(PR_SET_SECUREBITS, 0)); R(prctl(PR_CAPBSET_DROP, 0)); R(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 0, 0, 0)));
	CALL(SYS_arch_prctl, ARCH_SET_FS, 1UL << 63);
	CALL(SYS_arch_prctl, ARCH_SET_GS, 1UL << 63);
	CALL(SYS_arch_prctl, ARCH_GET_FS, NULL);
	CALL(SYS_munlock, -4096L, 8192L);
	C(alarm_soon(); CALL(SYS_futex, &(int){ 0 }, FUTEX_WAIT, 0, NULL));
	C(struct timespec hour = { 3600, 0 }; alarm_soon(); CALL(SYS_nanosleep, &hour, NULL); alarm_soon(); CALL(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &hour, NULL));
}

int main(void)
{
	other = fork();
	while (!other)
		pause();
	futexes();
	others();
	TITLE("restartable sequences");
	setenv("GLIBC_TUNABLES", "glibc.pthread.rseq=0", 1);
	if (!getenv("REFUSED_AGAIN")) {
		fflush(stdout);
		setenv("REFUSED_AGAIN", "1", 1);
		pid_t pid = fork();
		if (!pid)
			execl("/proc/self/exe", "refused", NULL);
		waitpid(pid, NULL, 0);
	}
	restricted();
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	return 0;
}

static __attribute__((constructor(65534))) void again(void)
{
	if (getenv("REFUSED_AGAIN")) {
		bad_ptr = mmap(NULL, 1 << 16, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		sequences();
		fflush(stdout);
		_exit(0);
	}
}
