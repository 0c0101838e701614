// SPDX-License-Identifier: GPL-2.0
/* Calls combined to do harm: they must end as Linux ends them, and leave the kernel whole. */
#include "diff.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <time.h>

static long futex(int *p, int op, int val, const void *timeout, int *p2, int val3)
{
	return syscall(SYS_futex, p, op, val, timeout, p2, val3);
}

/* --- an ordinary waiter and one for a lock at the same word --- */

static int words[2];
static const struct timespec short_time = { 0, 300000000 };

static void *plain_waiter(void *unused)
{
	futex(&words[0], FUTEX_WAIT_PRIVATE, words[0], &short_time, NULL, 0);
	return NULL;
}

static void *lock_waiter(void *unused)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec++;
	futex(&words[0], FUTEX_LOCK_PI_PRIVATE, 0, &until, NULL, 0);
	return NULL;
}

static void requeue_mixed(void)
{
	pthread_t a, b;

	words[0] = (int)syscall(SYS_gettid);
	pthread_create(&a, NULL, plain_waiter, NULL);
	usleep(50000);
	words[0] = (int)syscall(SYS_gettid);
	pthread_create(&b, NULL, lock_waiter, NULL);
	usleep(50000);
	R(futex(&words[0], FUTEX_REQUEUE_PRIVATE, 0, (void *)10, &words[1], 0));
	pthread_join(a, NULL);
	futex(&words[0], FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0);
	pthread_join(b, NULL);
}

/* --- two threads that execute a program at once --- */

static void *executes(void *unused)
{
	char *const argv[] = { "hostile", "end", NULL };

	execv("/proc/self/exe", argv);
	return NULL;
}

static void exec_race(void)
{
	pthread_t t;

	for (int i = 0; i < 3; i++)
		pthread_create(&t, NULL, executes, NULL);
	executes(NULL);
}

/* --- tracing by a thread that is gone --- */

static int to_child[2], to_parent[2];

static void *last_thread(void *unused)
{
	char c = 0;

	usleep(50000);			/* the others have left */
	write(to_child[1], &c, 1);
	read(to_parent[0], &c, 1);
	_exit(0);
}

static void *forking_thread(void *unused)
{
	pthread_t t;
	char c;

	if (!fork()) {
		read(to_child[0], &c, 1);
		R(ptrace(PTRACE_TRACEME, 0, 0, 0));
		fflush(stdout);
		write(to_parent[1], &c, 1);
		usleep(100000);			/* the process that traces would be gone */
		raise(SIGCONT);
		_exit(0);
	}
	pthread_create(&t, NULL, last_thread, NULL);
	return NULL;
}

static void trace_by_the_dead(void)
{
	pthread_t t;

	pipe(to_child);
	pipe(to_parent);
	signal(SIGCONT, SIG_IGN);
	fflush(stdout);
	pthread_create(&t, NULL, forking_thread, NULL);
	pthread_exit(NULL);
}

/* A process and a thread of it, both dead and traced, whose parent does not care: the tracer's end takes them at once. */
static void *idle_thread(void *tid)
{
	*(volatile int *)tid = (int)syscall(SYS_gettid);
	for (;;)
		pause();
	return NULL;
}

static void end_with_dead_tracees(void)
{
	volatile int *tids = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid, tracer;

	signal(SIGCHLD, SIG_IGN);
	pid = fork();
	if (!pid) {
		pthread_t t;

		for (int i = 0; i < 3; i++)
			pthread_create(&t, NULL, idle_thread, (void *)(tids + i));
		for (;;)
			pause();
	}
	while (!tids[0] || !tids[1] || !tids[2])
		usleep(1000);
	tracer = fork();
	if (!tracer) {
		ptrace(PTRACE_SEIZE, pid, 0, 0);
		for (int i = 0; i < 3; i++)
			ptrace(PTRACE_SEIZE, tids[i], 0, 0);
		kill(pid, SIGKILL);
		usleep(100000);
		_exit(0);
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
	R(kill(pid, 0));
}

/* --- a tracee is killed while its tracer's call sleeps --- */

static void set_siginfo_of_the_dying(void)
{
	char *page;
	int fd;

	make_file("info", "");
	truncate("info", 1 << 20);
	fd = open("info", O_RDWR);
	for (int i = 0; i < 20; i++) {
		pid_t pid = fork(), killer;
		int st;

		if (!pid) {
			ptrace(PTRACE_TRACEME, 0, 0, 0);
			raise(SIGSTOP);
			_exit(0);
		}
		waitpid(pid, &st, 0);
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
		page = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		killer = fork();
		if (!killer) {
			kill(pid, SIGKILL);
			_exit(0);
		}
		ptrace(PTRACE_SETSIGINFO, pid, 0, page + (i * 8192));
		ptrace(PTRACE_GETSIGINFO, pid, 0, page + (i * 8192 + 4096));
		waitpid(killer, &st, 0);
		waitpid(pid, &st, 0);
		munmap(page, 1 << 20);
	}
	puts("twenty killed");
	close(fd);
}

/* --- epoll sets, each of which contains all of the next --- */

#define LAYERS	4
#define WIDTH	60

static void epoll_lattice(void)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int set[LAYERS][WIDTH], p[2], refused = 0;

	pipe(p);
	for (int l = 0; l < LAYERS; l++)
		for (int i = 0; i < WIDTH; i++)
			set[l][i] = epoll_create1(0);
	for (int l = 0; l + 1 < LAYERS; l++)
		for (int i = 0; i < WIDTH; i++)
			for (int j = 0; j < WIDTH; j++)
				refused |= epoll_ctl(set[l][i], EPOLL_CTL_ADD, set[l + 1][j], &ev) < 0 && errno == EINVAL;
	for (int i = 0; i < WIDTH; i++)
		refused |= epoll_ctl(set[LAYERS - 1][i], EPOLL_CTL_ADD, p[0], &ev) < 0 && errno == EINVAL;
	for (int i = 0; i < 100; i++)
		write(p[1], "x", 1);
	V(refused);
}

/* --- what may be executed but not read --- */

static void peek_unreadable(void)
{
	int st;
	pid_t pid;
	char path[64];

	pid = fork();
	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		execl("secret", "hostile", "sleep", NULL);
		_exit(1);
	}
	waitpid(pid, &st, 0);
	V(WIFSTOPPED(st));
	errno = 0;
	OK(ptrace(PTRACE_PEEKDATA, pid, 0x400000, 0));
	sprintf(path, "/proc/%d/mem", pid);
	R(open(path, O_RDONLY));
	ptrace(PTRACE_DETACH, pid, 0, 0);
	usleep(20000);
	R(ptrace(PTRACE_ATTACH, pid, 0, 0));
	kill(pid, SIGKILL);
	waitpid(pid, &st, 0);
}

/* A file of /proc that was opened before its process became another user's. */
static void read_setid(void)
{
	char path[64], c, buf[64];
	int go[2], fd;
	pid_t pid;

	prctl(PR_SET_DUMPABLE, 1);	/* the change of user ended it, and the child is to be open to us */
	pipe(go);
	pid = fork();
	if (!pid) {
		read(go[0], &c, 1);
		execl("setid", "hostile", "sleep", NULL);
		_exit(1);
	}
	sprintf(path, "/proc/%d/environ", pid);
	fd = open(path, O_RDONLY);
	V(fd >= 0);
	write(go[1], "x", 1);
	for (int i = 0; i < 200 && access(path, R_OK) == 0; i++)
		usleep(10000);
	V(read(fd, buf, sizeof(buf)) > 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void copy_self(const char *to, mode_t mode)
{
	static char buf[65536];
	int in = open("/proc/self/exe", O_RDONLY), out = open(to, O_CREAT | O_WRONLY, 0755);
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		write(out, buf, (size_t)n);
	close(in);
	fchmod(out, mode);
	close(out);
}

/* --- strings of nothing: the pointers count --- */

static void many_empty_strings(void)
{
	size_t n = 3 << 20;
	char **argv = mmap(NULL, (n + 1) * sizeof(char *), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (size_t i = 0; i < n; i++)
		argv[i] = "";
	R(execv("/proc/self/exe", argv));
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		if (!strcmp(argv[1], "sleep"))
			for (;;)
				pause();
		puts("executed once");
		return 0;
	}
	TITLE("futex");
	C(requeue_mixed());
	TITLE("exec");
	for (int i = 0; i < 10; i++)
		C(exec_race());
	C(many_empty_strings());
	TITLE("ptrace");
	C(trace_by_the_dead());
	usleep(300000);
	C(end_with_dead_tracees());
	C(set_siginfo_of_the_dying());
	if (is_root()) {
		copy_self("secret", 0711);
		U(peek_unreadable());
		copy_self("setid", 04755);
		U(read_setid());
	}
	TITLE("epoll");
	C(epoll_lattice());
	return 0;
}
