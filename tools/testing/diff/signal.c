// SPDX-License-Identifier: GPL-2.0
/* Actions, masks, pending sets, queues of real-time signals, kill and its sisters, restart of calls. */
#include "diff.h"
#include <pthread.h>
#include <sys/time.h>

struct kact { void *handler; unsigned long flags; void *restorer; unsigned long mask; };
static volatile int seen[65], order[16], norder, last_code, last_value;

static void note(int sig) { seen[sig]++; if (norder < 16) order[norder++] = sig; }
static void info(int sig, siginfo_t *si, void *uc) { note(sig); last_code = si->si_code; last_value = si->si_value.sival_int; }

static void act(int sig, void *h, int flags)
{
	struct sigaction sa = { .sa_flags = flags };

	sa.sa_sigaction = h;
	sigaction(sig, &sa, NULL);
}

static unsigned long mask(void)
{
	unsigned long m = 0;

	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &m, 8);
	return m;
}

static void block(int sig, int how)
{
	sigset_t s;

	sigemptyset(&s);
	sigaddset(&s, sig);
	sigprocmask(how, &s, NULL);
}

static void actions(void)
{
	struct kact a = { .handler = note, .flags = ~0UL, .mask = ~0UL }, old;

	TITLE("actions");
	R(syscall(SYS_rt_sigaction, 0, NULL, NULL, 8));
	R(syscall(SYS_rt_sigaction, 65, NULL, NULL, 8));
	R(syscall(SYS_rt_sigaction, SIGKILL, &a, NULL, 8));
	R(syscall(SYS_rt_sigaction, SIGSTOP, &a, NULL, 8));
	R(syscall(SYS_rt_sigaction, SIGKILL, NULL, &old, 8));
	R(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4));
	R(syscall(SYS_rt_sigaction, SIGUSR1, bad_ptr, NULL, 8));
	R(syscall(SYS_rt_sigaction, SIGUSR1, NULL, bad_ptr, 8));
	R(syscall(SYS_rt_sigaction, SIGUSR1, &a, NULL, 8));
	R(syscall(SYS_rt_sigaction, SIGUSR1, NULL, &old, 8));
	printf("flags %lx mask %lx\n", old.flags, old.mask);
	signal(SIGUSR1, SIG_DFL);
}

static void masks(void)
{
	unsigned long all = ~0UL, m;

	TITLE("masks");
	R(syscall(SYS_rt_sigprocmask, 7, &all, NULL, 8));
	R(syscall(SYS_rt_sigprocmask, 7, NULL, NULL, 8));
	R(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, 7));
	R(syscall(SYS_rt_sigprocmask, SIG_SETMASK, bad_ptr, NULL, 8));
	R(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, 8));
	printf("mask %lx\n", mask());
	m = 0;
	R(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &m, ro_ptr, 8));
	printf("mask %lx\n", mask());
}

static void queues(void)
{
	union sigval v;
	unsigned long set;

	TITLE("queues");
	for (int s = SIGRTMIN; s < SIGRTMIN + 3; s++)
		act(s, info, SA_SIGINFO);
	act(SIGUSR1, info, SA_SIGINFO);
	for (int s = 1; s < 65; s++)
		block(s, SIG_BLOCK);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGUSR1);
	for (int i = 0; i < 3; i++) {
		v.sival_int = 100 + i;
		R(sigqueue(getpid(), SIGRTMIN + 1, v));
	}
	v.sival_int = 7;
	R(sigqueue(getpid(), SIGRTMIN, v));
	syscall(SYS_rt_sigpending, &set, 8);
	printf("pending %lx\n", set);
	R(syscall(SYS_rt_sigpending, &set, 16));
	R(syscall(SYS_rt_sigpending, &set, 4));
	norder = 0;
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	printf("usr1 %d rt0 %d rt1 %d value %d code %d\n", seen[SIGUSR1], seen[SIGRTMIN], seen[SIGRTMIN + 1], last_value, last_code);
	for (int i = 0; i < norder; i++)
		printf("order %d: %d\n", i, order[i]);
}

static void ignored(void)
{
	unsigned long set;

	TITLE("ignoring discards");
	block(SIGUSR2, SIG_BLOCK);
	signal(SIGUSR2, note);
	kill(getpid(), SIGUSR2);
	syscall(SYS_rt_sigpending, &set, 8);
	printf("pending %lx\n", set);
	signal(SIGUSR2, SIG_IGN);
	syscall(SYS_rt_sigpending, &set, 8);
	printf("pending %lx\n", set);
	block(SIGCHLD, SIG_BLOCK);
	kill(getpid(), SIGCHLD);
	syscall(SYS_rt_sigpending, &set, 8);
	printf("pending %lx\n", set);
	signal(SIGCHLD, SIG_DFL);
	syscall(SYS_rt_sigpending, &set, 8);
	printf("pending %lx\n", set);
	block(SIGUSR2, SIG_UNBLOCK);
	block(SIGCHLD, SIG_UNBLOCK);
}

static void killing(void)
{
	siginfo_t si;

	TITLE("kill");
	R(kill(getpid(), 65));
	R(kill(getpid(), -1));
	R(kill(getpid(), 0));
	R(kill(0x7ffffff0, 0));
	R(kill(-0x7ffffff0, 0));
	R(syscall(SYS_tgkill, getpid(), 0, 0));
	R(syscall(SYS_tgkill, -1, getpid(), 0));
	R(syscall(SYS_tgkill, getpid() + 1, getpid(), 0));
	R(syscall(SYS_tgkill, getpid(), getpid(), 65));
	R(syscall(SYS_tkill, -1, 0));
	R(syscall(SYS_tkill, 0x7ffffff0, 0));
	memset(&si, 0, sizeof(si));
	si.si_code = SI_USER;
	R(syscall(SYS_rt_sigqueueinfo, getppid(), 0, &si));
	si.si_code = SI_TKILL;
	R(syscall(SYS_rt_sigqueueinfo, getppid(), 0, &si));
	si.si_code = SI_QUEUE;
	R(syscall(SYS_rt_sigqueueinfo, getpid(), 0, &si));
	R(syscall(SYS_rt_sigqueueinfo, getpid(), 0, bad_ptr));
	R(syscall(SYS_rt_tgsigqueueinfo, getpid(), getpid(), 65, &si));
	if (is_root())
		U(R(kill(getppid(), 0)); R(kill(1, 0)));
	C(kill(getpid(), SIGTERM); pause());
	C(raise(SIGKILL));
	C(signal(SIGTERM, SIG_IGN); raise(SIGTERM); puts("alive"));
}

static void nesting(void)
{
	TITLE("flags of actions");
	act(SIGUSR1, info, SA_SIGINFO | SA_RESETHAND);
	kill(getpid(), SIGUSR1);
	struct sigaction sa;
	sigaction(SIGUSR1, NULL, &sa);
	printf("default again %d\n", sa.sa_handler == SIG_DFL);
}

static volatile int depth, deepest, runs;
static void again(int sig)
{
	depth++;
	if (depth > deepest)
		deepest = depth;
	if (++runs < 3)
		raise(sig);
	depth--;
}

static void nodefer(void)
{
	act(SIGUSR1, again, SA_NODEFER);
	raise(SIGUSR1);
	printf("nodefer deepest %d runs %d\n", deepest, runs);
	deepest = runs = 0;
	act(SIGUSR1, again, 0);
	raise(SIGUSR1);
	printf("deferred deepest %d runs %d\n", deepest, runs);
	signal(SIGUSR1, SIG_DFL);
}

static int pfd[2];
static void write_pipe(int sig) { seen[sig]++; write(pfd[1], "x", 1); }

static void later(int sig, int usec)
{
	struct itimerval it = { .it_value = { 0, usec } };

	setitimer(ITIMER_REAL, &it, NULL);
}

static void restarts(void)
{
	char c;
	sigset_t none;

	TITLE("restart");
	pipe(pfd);
	act(SIGALRM, write_pipe, SA_RESTART);
	later(SIGALRM, 20000);
	R(read(pfd[0], &c, 1));
	act(SIGALRM, note, 0);
	alarms(20000);
	R(read(pfd[0], &c, 1));
	R(pause());
	sigemptyset(&none);
	R(sigsuspend(&none));
	alarms(0);
	signal(SIGALRM, SIG_IGN);
	C(signal(SIGALRM, SIG_DFL); later(SIGALRM, 20000); R(read(pfd[0], &c, 1)));
	close(pfd[0]);
	close(pfd[1]);
}

static void *thread(void *arg)
{
	sigset_t s;

	sigfillset(&s);
	pthread_sigmask(SIG_SETMASK, &s, NULL);
	return NULL;
}

static void threads(void)
{
	pthread_t t;

	TITLE("a thread that blocks all leaves them to others");
	act(SIGUSR1, info, SA_SIGINFO);
	seen[SIGUSR1] = 0;
	pthread_create(&t, NULL, thread, NULL);
	pthread_join(t, NULL);
	kill(getpid(), SIGUSR1);
	printf("usr1 %d\n", seen[SIGUSR1]);
	pthread_create(&t, NULL, thread, NULL);
	pthread_join(t, NULL);
}

int main(void)
{
	actions();
	masks();
	queues();
	ignored();
	killing();
	nesting();
	nodefer();
	restarts();
	threads();
	return 0;
}
