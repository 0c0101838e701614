// SPDX-License-Identifier: GPL-2.0
/* sigtimedwait, signalfd, pidfds, stop and continue as a parent sees them, SIGCHLD rules. */
#include "diff.h"
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>

static sigset_t set_of(int a, int b)
{
	sigset_t s;

	sigemptyset(&s);
	sigaddset(&s, a);
	if (b)
		sigaddset(&s, b);
	return s;
}

static void timedwait(void)
{
	sigset_t s = set_of(SIGUSR1, SIGRTMIN), t;
	struct timespec zero = { 0 }, ms = { 0, 10000000 }, bad = { 0, 1000000000 };
	union sigval v = { .sival_int = 42 };
	siginfo_t si;

	TITLE("sigtimedwait");
	sigprocmask(SIG_BLOCK, &s, NULL);
	R(sigtimedwait(&s, &si, &zero));
	R(sigtimedwait(&s, &si, &ms));
	R(sigtimedwait(&s, &si, &bad));
	R(syscall(SYS_rt_sigtimedwait, &s, &si, &zero, 4));
	R(syscall(SYS_rt_sigtimedwait, bad_ptr, &si, &zero, 8));
	kill(getpid(), SIGUSR1);
	sigqueue(getpid(), SIGRTMIN, v);
	R(sigtimedwait(&s, &si, NULL));
	printf("code %d mine %d\n", si.si_code, si.si_pid == getpid());
	R(sigwaitinfo(&s, &si) - SIGRTMIN);
	printf("code %d value %d\n", si.si_code, si.si_value.sival_int);
	t = set_of(SIGALRM, 0);
	sigprocmask(SIG_BLOCK, &t, NULL);
	ualarm(10000, 0);
	R(sigwaitinfo(&t, &si));
	printf("code %d\n", si.si_code == SI_KERNEL);
	sigprocmask(SIG_UNBLOCK, &t, NULL);
}

static void signalfds(void)
{
	sigset_t s = set_of(SIGUSR1, SIGCHLD);
	struct signalfd_siginfo rec[4];
	struct pollfd p;
	int fd, st;

	TITLE("signalfd");
	sigprocmask(SIG_BLOCK, &s, NULL);
	R(signalfd(-1, &s, 12345));
	R(signalfd(0, &s, 0));
	R(signalfd(99, &s, 0));
	R(syscall(SYS_signalfd4, -1, &s, 4, 0));
	fd = R(signalfd(-1, &s, SFD_NONBLOCK | SFD_CLOEXEC));
	p = (struct pollfd){ fd, POLLIN, 0 };
	R(read(fd, rec, sizeof(rec)));
	R(read(fd, rec, 16));
	R(poll(&p, 1, 0));
	kill(getpid(), SIGUSR1);
	R(poll(&p, 1, 0));
	if (!fork())
		_exit(3);
	wait(&st);
	R(read(fd, rec, sizeof(rec)));
	printf("first %u code %d, second %u code %d status %d\n", rec[0].ssi_signo, rec[0].ssi_code, rec[1].ssi_signo, rec[1].ssi_code,
	       rec[1].ssi_status);
	s = set_of(SIGUSR2, 0);
	R(signalfd(fd, &s, 0) - fd);
	sigprocmask(SIG_BLOCK, &s, NULL);
	kill(getpid(), SIGUSR2);
	R(read(fd, rec, sizeof(rec)));
	close(fd);
	s = set_of(SIGUSR1, SIGCHLD);
	sigprocmask(SIG_UNBLOCK, &s, NULL);
}

static void show_wait(int st)
{
	printf("exited %d signaled %d stopped %d continued %d value %d\n", WIFEXITED(st), WIFSIGNALED(st), WIFSTOPPED(st), WIFCONTINUED(st),
	       WIFSTOPPED(st) ? WSTOPSIG(st) : WIFSIGNALED(st) ? WTERMSIG(st) : WIFEXITED(st) ? WEXITSTATUS(st) : 0);
}

static volatile int chld, chld_code, chld_status;
static void on_chld(int sig, siginfo_t *si, void *uc) { chld++; chld_code = si->si_code; chld_status = si->si_status; }

static void stops(int flags)
{
	struct sigaction sa = { .sa_sigaction = on_chld, .sa_flags = SA_SIGINFO | SA_RESTART | flags };
	pid_t pid;
	int st;

	TITLE("stop and continue, flags %d", flags);
	sigaction(SIGCHLD, &sa, NULL);
	chld = 0;
	pid = fork();
	if (!pid) {
		for (;;)
			pause();
	}
	kill(pid, SIGSTOP);
	R(waitpid(pid, &st, WUNTRACED) == pid);
	show_wait(st);
	printf("chld %d code %d status %d\n", chld, chld_code, chld_status);
	R(waitpid(pid, &st, WUNTRACED | WNOHANG));
	kill(pid, SIGCONT);
	R(waitpid(pid, &st, WCONTINUED) == pid);
	show_wait(st);
	usleep(20000);		/* Linux sends the signal later than it lets wait */
	printf("chld %d code %d status %d\n", chld, chld_code, chld_status);
	R(waitpid(pid, &st, WCONTINUED | WNOHANG));
	kill(pid, SIGSTOP);
	siginfo_t si;
	memset(&si, 0, sizeof(si));
	R(waitid(P_PID, pid, &si, WSTOPPED | WNOWAIT));
	printf("code %d status %d\n", si.si_code, si.si_status);
	R(waitid(P_PID, pid, &si, WSTOPPED));
	kill(pid, SIGTERM);		/* stays pending while stopped */
	R(waitpid(pid, &st, WNOHANG));
	kill(pid, SIGCONT);
	R(waitpid(pid, &st, 0) == pid);
	show_wait(st);
	usleep(20000);
	if (flags)		/* else the two signals may become one */
		printf("chld code %d status %d\n", chld_code, chld_status);
	pid = fork();
	if (!pid) {
		for (;;)
			pause();
	}
	kill(pid, SIGSTOP);
	waitpid(pid, &st, WUNTRACED);
	kill(pid, SIGKILL);
	R(waitpid(pid, &st, 0) == pid);
	show_wait(st);
	signal(SIGCHLD, SIG_DFL);
}

static void no_zombies(void)
{
	int st;

	TITLE("ignored SIGCHLD leaves no zombies");
	signal(SIGCHLD, SIG_IGN);
	if (!fork())
		_exit(0);
	R(wait(&st));
	struct sigaction sa = { .sa_sigaction = on_chld, .sa_flags = SA_SIGINFO | SA_NOCLDWAIT };
	sigaction(SIGCHLD, &sa, NULL);
	if (!fork())
		_exit(0);
	while (wait(&st) > 0 || errno == EINTR)
		;
	printf("wait: %s\n", strerrorname_np(errno));
	signal(SIGCHLD, SIG_DFL);
}

static void pidfds(void)
{
	struct pollfd p;
	siginfo_t si;
	int fd, st, pfd[2], got;
	pid_t pid;

	TITLE("pidfd");
	R(syscall(SYS_pidfd_open, 0, 0));
	R(syscall(SYS_pidfd_open, -1, 0));
	R(syscall(SYS_pidfd_open, 0x7ffffff0, 0));
	R(syscall(SYS_pidfd_open, getpid(), 1));
	pipe(pfd);
	pid = fork();
	if (!pid) {
		for (;;)
			pause();
	}
	fd = R(syscall(SYS_pidfd_open, pid, 0));
	p = (struct pollfd){ fd, POLLIN, 0 };
	R(fcntl(fd, F_GETFD));
	R(poll(&p, 1, 0));
	R(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
	R(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 64));
	R(syscall(SYS_pidfd_send_signal, fd, 65, NULL, 0));
	R(syscall(SYS_pidfd_send_signal, 0, 0, NULL, 0));
	R(syscall(SYS_pidfd_getfd, fd, 999, 0));
	R(syscall(SYS_pidfd_getfd, fd, 0, 1));
	got = R(syscall(SYS_pidfd_getfd, fd, pfd[1], 0));
	R(write(got, "a", 1));
	R(syscall(SYS_pidfd_send_signal, fd, SIGTERM, NULL, 0));
	R(poll(&p, 1, 5000));
	got = open("/proc/self", O_RDONLY | O_DIRECTORY);
	R(syscall(SYS_pidfd_send_signal, got, 0, NULL, 0));
	close(got);
	got = open("/proc/self/status", O_RDONLY);
	R(syscall(SYS_pidfd_send_signal, got, 0, NULL, 0));
	memset(&si, 0, sizeof(si));
	R(waitid(P_PIDFD, fd, &si, WEXITED));
	printf("code %d status %d\n", si.si_code, si.si_status);
	R(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
	R(read(fd, &st, 4));
	close(fd);
	close(got);
	close(pfd[0]);
	close(pfd[1]);
}

int main(void)
{
	timedwait();
	signalfds();
	stops(0);
	stops(SA_NOCLDSTOP);
	no_zombies();
	pidfds();
	return 0;
}
