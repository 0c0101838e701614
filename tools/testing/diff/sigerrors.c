// SPDX-License-Identifier: GPL-2.0
/* What the signal calls refuse, what is told of who sent, the limit of queued ones, and which calls a signal interrupts. */
#include "diff.h"
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#define CALL(...) R(syscall(__VA_ARGS__))
#define GONE 0x7ffffff0

static pid_t other;	/* root's, if we are */

static siginfo_t info_of(int code, int pid)
{
	siginfo_t si;

	memset(&si, 0, sizeof(si));
	si.si_code = code;
	si.si_pid = pid;
	si.si_value.sival_int = 7;
	return si;
}

static void refused(void)
{
	siginfo_t user = info_of(SI_QUEUE, 1), kill_ = info_of(SI_USER, 1), tkill = info_of(SI_TKILL, 1), kernel = info_of(SI_KERNEL, 1);
	int me = getpid();

	TITLE("kill");
	CALL(SYS_kill, me, 65);
	CALL(SYS_kill, me, -1);
	CALL(SYS_kill, GONE, 0);
	CALL(SYS_kill, -GONE, 0);
	CALL(SYS_kill, 0x80000000, 0);
	CALL(SYS_kill, me, 0);
	CALL(SYS_tkill, me, 65);
	CALL(SYS_tkill, 0, 0);
	CALL(SYS_tkill, -1, 0);
	CALL(SYS_tkill, GONE, 0);
	CALL(SYS_tkill, me, 0);
	CALL(SYS_tgkill, me, me, 65);
	CALL(SYS_tgkill, 0, me, 0);
	CALL(SYS_tgkill, me, -1, 0);
	CALL(SYS_tgkill, other, me, 0);
	CALL(SYS_tgkill, GONE, GONE, 0);
	CALL(SYS_tgkill, me, me, 0);
	U(CALL(SYS_kill, other, 0); CALL(SYS_tkill, other, 0); CALL(SYS_tgkill, other, other, 0); CALL(SYS_kill, 1, SIGKILL); CALL(SYS_kill, -1, 0));
	TITLE("queueing");
	CALL(SYS_rt_sigqueueinfo, me, 0, &user);
	CALL(SYS_rt_sigqueueinfo, me, 65, &user);
	CALL(SYS_rt_sigqueueinfo, me, -1, &user);
	CALL(SYS_rt_sigqueueinfo, GONE, 0, &user);
	CALL(SYS_rt_sigqueueinfo, me, 0, bad_ptr);
	CALL(SYS_rt_sigqueueinfo, other, 0, &kill_);
	CALL(SYS_rt_sigqueueinfo, other, 0, &tkill);
	CALL(SYS_rt_sigqueueinfo, other, 0, &kernel);
	CALL(SYS_rt_sigqueueinfo, other, 0, &user);
	CALL(SYS_rt_tgsigqueueinfo, me, me, 0, &user);
	CALL(SYS_rt_tgsigqueueinfo, me, me, 65, &user);
	CALL(SYS_rt_tgsigqueueinfo, 0, me, 0, &user);
	CALL(SYS_rt_tgsigqueueinfo, me, -1, 0, &user);
	CALL(SYS_rt_tgsigqueueinfo, me, GONE, 0, &user);
	CALL(SYS_rt_tgsigqueueinfo, other, me, 0, &user);
	CALL(SYS_rt_tgsigqueueinfo, other, other, 0, &kill_);
	CALL(SYS_rt_tgsigqueueinfo, me, me, 0, bad_ptr);
	U(CALL(SYS_rt_sigqueueinfo, other, 0, &user); CALL(SYS_rt_tgsigqueueinfo, other, other, 0, &user));
	TITLE("sets");
	CALL(SYS_rt_sigpending, bad_ptr, 8);
	CALL(SYS_rt_sigpending, &user, 16);
	CALL(SYS_rt_sigpending, &user, 4);
	CALL(SYS_rt_sigsuspend, bad_ptr, 8);
	CALL(SYS_rt_sigsuspend, &user, 4);
	CALL(SYS_rt_sigtimedwait, bad_ptr, NULL, NULL, 8);
	CALL(SYS_rt_sigtimedwait, &user, NULL, bad_ptr, 8);
	CALL(SYS_rt_sigtimedwait, &user, NULL, &((struct timespec){ 0, -1 }), 8);
	CALL(SYS_rt_sigtimedwait, &user, NULL, &((struct timespec){ 0, 1 }), 8);
	CALL(SYS_rt_sigtimedwait, &user, NULL, NULL, 4);
}

/* RLIMIT_SIGPENDING: real-time signals fail, ordinary ones lose what they tell. */
static void queue_limit(void)
{
	struct rlimit rl = { 2, 2 };
	siginfo_t si;
	sigset_t s;

	setrlimit(RLIMIT_SIGPENDING, &rl);
	setresuid(54321, 54321, 54321);		/* nobody else's, as the count is of all that a user has pending */
	sigfillset(&s);
	sigprocmask(SIG_BLOCK, &s, NULL);
	for (int i = 0; i < 4; i++)
		R(sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = i }));
	CALL(SYS_tkill, getpid(), SIGRTMIN + 2);
	CALL(SYS_tgkill, getpid(), getpid(), SIGRTMIN + 2);
	CALL(SYS_kill, getpid(), SIGRTMIN + 3);
	CALL(SYS_kill, getpid(), SIGUSR1);
	si = info_of(SI_QUEUE, 1);
	CALL(SYS_rt_sigqueueinfo, getpid(), SIGRTMIN + 1, &si);
	CALL(SYS_rt_tgsigqueueinfo, getpid(), getpid(), SIGRTMIN + 1, &si);
	timer_t t;
	R(timer_create(CLOCK_MONOTONIC, NULL, &t));
	while (sigtimedwait(&s, &si, &(struct timespec){ 0 }) > 0)
		printf("sig %d code %d value %d pid %d\n", si.si_signo, si.si_code, si.si_value.sival_int, si.si_pid == getpid());
}

static volatile int count;
static void on(int sig) { count++; }
static stack_t ss;
static void on_stack(int sig)
{
	stack_t now = { .ss_sp = malloc(16384), .ss_size = 16384 };

	R(sigaltstack(&now, NULL));
	R(sigaltstack(NULL, &now));
	V(now.ss_flags);
}

static void stacks(void)
{
	struct sigaction sa = { .sa_handler = on_stack, .sa_flags = SA_ONSTACK };
	static char mem[32768];

	TITLE("sigaltstack");
	ss = (stack_t){ .ss_sp = mem, .ss_size = 100 };
	R(sigaltstack(&ss, NULL));
	ss.ss_size = sizeof(mem);
	ss.ss_flags = 8;
	R(sigaltstack(&ss, NULL));
	ss.ss_flags = 0;
	CALL(SYS_sigaltstack, bad_ptr, NULL);
	CALL(SYS_sigaltstack, NULL, bad_ptr);
	R(sigaltstack(&ss, NULL));
	sigaction(SIGUSR2, &sa, NULL);
	raise(SIGUSR2);
	ss.ss_flags = SS_DISABLE;
	R(sigaltstack(&ss, NULL));
}

static void alarm_soon(int flags)
{
	struct sigaction sa = { .sa_handler = on, .sa_flags = flags };

	sigaction(SIGALRM, &sa, NULL);
	alarms(10000);
}

/* Each, interrupted by a handler without and with SA_RESTART: those that go on are fed by a child. */
#define INTERRUPTED(call) do { alarm_soon(0); R(call); alarms(0); } while (0)
#define NEVER_RESTARTED(call) do { INTERRUPTED(call); alarm_soon(SA_RESTART); R(call); alarms(0); } while (0)
/* Goes on after the signal until feeder gives it what it waits for. */
#define RESTARTED(feed, call) do { INTERRUPTED(call); fflush(stdout);				\
	pid_t f_ = fork(); if (!f_) { usleep(30000); feed; _exit(0); }				\
	alarm_soon(SA_RESTART); R(call); alarms(0); waitpid(f_, NULL, 0); } while (0)

static void restarts(void)
{
	int p[2], sv[2], efd = epoll_create1(0), word = 0;
	char c = 0;
	struct pollfd pf;
	struct epoll_event ev;
	struct timespec hour = { 3600, 0 };
	struct timeval tv = { 3600, 0 };
	fd_set r;
	sigset_t s;

	TITLE("interrupted");
	pipe(p);
	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	pf = (struct pollfd){ p[0], POLLIN };
	sigemptyset(&s);
	FD_ZERO(&r);
	NEVER_RESTARTED(pause());
	NEVER_RESTARTED(syscall(SYS_rt_sigsuspend, &s, 8));
	NEVER_RESTARTED(poll(&pf, 1, -1));
	NEVER_RESTARTED(ppoll(&pf, 1, NULL, NULL));
	NEVER_RESTARTED(syscall(SYS_select, 0, NULL, NULL, NULL, &tv));
	NEVER_RESTARTED(pselect(0, NULL, NULL, NULL, NULL, NULL));
	NEVER_RESTARTED(epoll_wait(efd, &ev, 1, -1));
	NEVER_RESTARTED(epoll_pwait(efd, &ev, 1, -1, NULL));
	NEVER_RESTARTED(nanosleep(&hour, NULL));
	NEVER_RESTARTED(syscall(SYS_clock_nanosleep, CLOCK_REALTIME, 0, &hour, NULL));
	sigaddset(&s, SIGUSR1);
	NEVER_RESTARTED(sigtimedwait(&s, NULL, NULL));
	NEVER_RESTARTED(syscall(SYS_futex, &word, FUTEX_WAIT, 0, &hour, NULL, 0));
	INTERRUPTED(syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0));
	RESTARTED(write(p[1], "x", 1), read(p[0], &c, 1));
	RESTARTED(write(sv[1], "x", 1), read(sv[0], &c, 1));
	RESTARTED(write(sv[1], "x", 1), recv(sv[0], &c, 1, 0));
	tv = (struct timeval){ 100, 0 };
	setsockopt(sv[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	NEVER_RESTARTED(recv(sv[0], &c, 1, 0));
	if (mkfifo("fifo", 0600) == 0) {
		INTERRUPTED(open("fifo", O_RDONLY));
		INTERRUPTED(open("fifo", O_WRONLY));
	}
	fcntl(p[1], F_SETPIPE_SZ, 4096);
	static char page[4096];
	write(p[1], page, 4096);
	INTERRUPTED(write(p[1], page, 100));
	read(p[0], page, 100);
	INTERRUPTED(write(p[1], page, 4096));
	int fd = open("lock", O_CREAT | O_RDWR, 0600);
	struct flock fl = { .l_type = F_WRLCK };
	int ready[2];
	pipe(ready);
	pid_t holder = fork();
	if (!holder) {
		fcntl(fd, F_SETLK, &fl);
		write(ready[1], "x", 1);
		for (;;)
			pause();
	}
	read(ready[0], &c, 1);
	INTERRUPTED(fcntl(fd, F_SETLKW, &fl));
	kill(holder, SIGKILL);
	waitpid(holder, NULL, 0);
	V(count > 20);
	signal(SIGALRM, SIG_DFL);
	alarm(60);
}

int main(void)
{
	other = fork();
	while (!other)
		pause();
	refused();
	TITLE("a full queue");
	if (is_root())
		C(queue_limit());
	stacks();
	restarts();
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	return 0;
}
