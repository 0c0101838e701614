// SPDX-License-Identifier: GPL-2.0
/* wait4 and waitid: which child, which change of it, what is told, whose exit signal. */
#include "diff.h"
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static int start(int code)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid)
		_exit(code);
	return pid;
}

/* A child that stays. */
static int sleeper(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	while (!pid)
		pause();
	return pid;
}

static void show(const char *what, long r, const siginfo_t *si, pid_t pid)
{
	if (r < 0)
		printf("%s = %s\n", what, strerrorname_np(errno));
	else
		printf("%s = %ld: sig %d code %d status %d pid %s uid %s\n", what, r, si->si_signo, si->si_code, si->si_status,
		       si->si_pid == pid ? "its" : si->si_pid ? "another" : "0", si->si_uid == getuid() ? "ours" : "another");
}

#define WAITID(idtype, id, options) do {						\
	siginfo_t si_;									\
	memset(&si_, 0, sizeof(si_));							\
	errno = 0;									\
	long w_ = syscall(SYS_waitid, idtype, id, &si_, options, NULL);		\
	show("waitid(" #idtype ", " #id ", " #options ")", w_, &si_, pid);		\
} while (0)

static void refused(void)
{
	pid_t pid = start(1);
	int st;

	TITLE("refused");
	R(syscall(SYS_wait4, -1, NULL, 0x100, NULL));
	R(syscall(SYS_wait4, -1, NULL, WEXITED | 0x10, NULL));
	R(syscall(SYS_wait4, 1, NULL, 0, NULL));
	R(syscall(SYS_wait4, 0x7ffffff0, NULL, 0, NULL));
	R(syscall(SYS_wait4, 0x80000000, NULL, 0, NULL));
	R(syscall(SYS_wait4, -0x7ffffff0, NULL, 0, NULL));
	WAITID(P_ALL, 0, 0);
	WAITID(P_ALL, 0, WNOHANG);
	WAITID(P_ALL, 0, WEXITED | 0x100);
	WAITID(9, 0, WEXITED);
	WAITID(P_PID, 0, WEXITED);
	WAITID(P_PID, -1, WEXITED);
	WAITID(P_PGID, -1, WEXITED);
	WAITID(P_PID, 1, WEXITED);
	WAITID(P_PIDFD, -1, WEXITED);
	WAITID(P_PIDFD, 99, WEXITED);
	WAITID(P_PIDFD, 1, WEXITED);
	int pfd = syscall(SYS_pidfd_open, 1, 0);
	WAITID(P_PIDFD, pfd, WEXITED);
	close(pfd);
	pfd = syscall(SYS_pidfd_open, getppid(), 0);
	WAITID(P_PIDFD, pfd, WEXITED | WNOHANG);
	close(pfd);
	R(syscall(SYS_waitid, P_PID, pid, bad_ptr, WEXITED, NULL));
	R(syscall(SYS_wait4, pid, &st, 0, NULL));
	pid = start(2);
	R(syscall(SYS_wait4, pid, bad_ptr, 0, NULL) == pid ? 1 : -1);
	pid = start(3);
	R(syscall(SYS_wait4, pid, &st, 0, bad_ptr) == pid ? 1 : -1);
	pid = start(3);
	R(syscall(SYS_waitid, P_PID, pid, NULL, WEXITED, bad_ptr));
	R(wait(NULL));
	WAITID(P_ALL, 0, WEXITED);
	pid = sleeper();
	pfd = syscall(SYS_pidfd_open, pid, O_NONBLOCK);
	WAITID(P_PIDFD, pfd, WEXITED);
	WAITID(P_PIDFD, pfd, WEXITED | WNOHANG);
	kill(pid, SIGKILL);
	WAITID(P_PID, pid, WEXITED | WNOWAIT);
	WAITID(P_PIDFD, pfd, WEXITED);
	WAITID(P_PIDFD, pfd, WEXITED);
	close(pfd);
}

static void changes(void)
{
	pid_t pid = sleeper();
	int st;

	TITLE("changes");
	WAITID(P_PID, pid, WEXITED | WSTOPPED | WCONTINUED | WNOHANG);
	R(waitpid(pid, &st, WNOHANG));
	kill(pid, SIGSTOP);
	WAITID(P_PID, pid, WSTOPPED | WNOWAIT);
	WAITID(P_PID, pid, WSTOPPED);
	WAITID(P_PID, pid, WSTOPPED | WNOHANG);
	kill(pid, SIGCONT);
	WAITID(P_PID, pid, WCONTINUED | WNOWAIT);
	WAITID(P_PID, pid, WCONTINUED);
	WAITID(P_PID, pid, WCONTINUED | WNOHANG);
	kill(pid, SIGSTOP);
	R(waitpid(pid, &st, WUNTRACED) == pid);
	printf("%x\n", st);
	R(waitpid(pid, &st, WUNTRACED | WNOHANG));
	kill(pid, SIGCONT);
	R(waitpid(pid, &st, WCONTINUED) == pid);
	printf("%x\n", st);
	kill(pid, SIGSTOP);
	R(waitid(P_PID, pid, &(siginfo_t){ 0 }, WSTOPPED | WNOWAIT));
	kill(pid, SIGCONT);
	WAITID(P_PID, pid, WSTOPPED | WNOHANG);
	WAITID(P_PID, pid, WCONTINUED);
	kill(pid, SIGTERM);
	WAITID(P_PID, pid, WEXITED);
	WAITID(P_PID, pid, WEXITED);
	pid = start(0x1234);
	WAITID(P_PID, pid, WEXITED | WNOWAIT);
	WAITID(P_ALL, 99, WEXITED);
	pid = fork();
	if (!pid)
		abort();
	WAITID(P_PID, pid, WEXITED);
	pid = fork();
	if (!pid) {
		struct rlimit rl = { 0, 0 };
		setrlimit(RLIMIT_CORE, &rl);
		*(volatile int *)8 = 0;
	}
	R(waitpid(pid, &st, 0) == pid);
	printf("%x\n", st & 0x7f);
}

static void choosing(void)
{
	pid_t pid, other;
	int st;

	TITLE("process groups");
	pid = start(1);
	setpgid(pid, pid);
	WAITID(P_PGID, pid, WEXITED);
	pid = start(2);
	setpgid(pid, 0);
	R(waitpid(-pid, &st, 0) == pid);
	pid = start(3);
	WAITID(P_PGID, 0, WEXITED);
	pid = start(4);
	R(waitpid(0, &st, 0) == pid);
	R(waitpid(-getpgrp(), &st, 0));
	pid = sleeper();
	other = start(5);
	R(waitpid(-1, &st, 0) == other);
	WAITID(P_ALL, 0, WEXITED | WNOHANG);
	kill(pid, SIGKILL);
	R(waitpid(pid, &st, 0) == pid);
	TITLE("exit signals");
	signal(SIGUSR1, SIG_IGN);
	pid = syscall(SYS_clone, SIGUSR1, 0, 0, 0, 0);
	if (!pid)
		_exit(1);
	R(waitpid(-1, &st, 0));
	R(waitpid(-1, &st, __WCLONE) == pid);
	pid = syscall(SYS_clone, 0, 0, 0, 0, 0);
	if (!pid)
		_exit(1);
	R(waitpid(-1, &st, 0));
	R(waitpid(-1, &st, __WALL) == pid);
	pid = start(1);
	R(waitpid(-1, &st, __WCLONE));
	R(waitpid(-1, &st, __WALL) == pid);
}

static void nothing(int sig) { }

static void *waits(void *arg)
{
	int st;

	return (void *)(long)(waitpid(*(int *)arg, &st, __WNOTHREAD) == *(int *)arg);
}

/* Ends with a child that wants to know of it. */
static void *leaves_child(void *arg)
{
	int p[2];
	char c;

	pipe(p);
	if ((*(pid_t *)arg = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		write(p[1], "x", 1);
		for (;;)
			pause();
	}
	read(p[0], &c, 1);
	return NULL;
}

static void interrupted(void)
{
	struct sigaction sa = { .sa_handler = nothing };
	pthread_t t;
	void *r;
	pid_t pid;

	TITLE("interrupted");
	pid = sleeper();
	sigaction(SIGALRM, &sa, NULL);
	ualarm(20000, 20000);
	R(wait(NULL));
	ualarm(20000, 20000);
	WAITID(P_ALL, 0, WEXITED);
	ualarm(0, 0);
	sa.sa_flags = SA_RESTART;
	sigaction(SIGALRM, &sa, NULL);
	pid_t killer = fork();
	if (!killer) {
		kill(getppid(), SIGALRM);
		usleep(20000);
		kill(pid, SIGKILL);
		_exit(0);
	}
	R(waitpid(pid, NULL, 0) == pid);
	R(waitpid(killer, NULL, 0) == killer);
	signal(SIGALRM, SIG_DFL);
	alarm(60);
	TITLE("threads");
	pid = start(3);
	pthread_create(&t, NULL, waits, &pid);
	pthread_join(t, &r);
	V((long)r);
	R(waitpid(pid, NULL, 0) == pid);
	pthread_create(&t, NULL, leaves_child, &pid);
	pthread_join(t, NULL);
	WAITID(P_PID, pid, WEXITED | __WNOTHREAD);
	TITLE("ignored");
	signal(SIGCHLD, SIG_IGN);
	pid = start(1);
	R(waitpid(pid, NULL, 0));
	sa = (struct sigaction){ .sa_handler = nothing, .sa_flags = SA_NOCLDWAIT | SA_RESTART };
	sigaction(SIGCHLD, &sa, NULL);
	pid = start(1);
	R(wait(NULL));
	signal(SIGCHLD, SIG_DFL);
}

static void usage(void)
{
	struct rusage ru, all;
	volatile long i = 0;
	pid_t pid = fork();

	TITLE("usage");
	if (!pid) {
		struct rusage me;
		do {
			for (int n = 0; n < 100000; n++)
				i++;
			getrusage(RUSAGE_SELF, &me);
		} while (me.ru_utime.tv_usec < 30000 && !me.ru_utime.tv_sec);
		_exit(0);
	}
	memset(&ru, 0, sizeof(ru));
	wait4(pid, NULL, 0, &ru);
	getrusage(RUSAGE_CHILDREN, &all);
	V(ru.ru_utime.tv_sec * 1000000 + ru.ru_utime.tv_usec >= 30000);
	V(all.ru_utime.tv_sec * 1000000 + all.ru_utime.tv_usec >= ru.ru_utime.tv_sec * 1000000 + ru.ru_utime.tv_usec);
	V(ru.ru_maxrss > 0);
}

int main(void)
{
	refused();
	changes();
	choosing();
	interrupted();
	usage();
	return 0;
}
