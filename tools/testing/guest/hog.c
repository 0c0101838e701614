// SPDX-License-Identifier: GPL-2.0
/* Eats memory in the way named by its argument until it gets no more, and then lets go of nothing. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

static char block[65536];

static void touch(int lock)
{
	for (;;) {
		char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED || (lock && mlock(p, 1 << 20)))
			break;
		memset(p, 1, 1 << 20);
	}
}

static void shared(void)
{
	for (;;) {
		char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED)
			break;
		memset(p, 1, 1 << 20);
	}
}

/* Sparse: one page in each 2 MiB, so that page tables cost as much as pages. */
static void tables(void)
{
	char *p = mmap(NULL, 64UL << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	for (size_t i = 0; p != MAP_FAILED && i < 64UL << 30; i += 2 << 20)
		p[i] = 1;
}

static void maps(void)
{
	for (int i = 0; i < 8000; i++)
		if (mmap(NULL, 4096, i & 1 ? PROT_READ : PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
			break;
}

static void forks(void)
{
	char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (;;) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (!pid) {
			memset(p, 1, 1 << 20);
			pause();
		}
	}
}

/* Not a hog: 12 processes share 12 MiB, and each writes to one page of eight, which takes 30 MiB in all. */
static int copies(void)
{
	enum { SIZE = 12 << 20, N = 12 };
	char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int done[2], good = 0, status;
	pid_t pid[N];
	char c;

	pipe(done);
	memset(p, 1, SIZE);
	for (int i = 0; i < N; i++) {
		pid[i] = fork();
		if (!pid[i]) {
			for (int at = 0; at < SIZE; at += 8 * 4096)
				p[at] = 2;
			write(done[1], "x", 1);
			pause();
		}
		read(done[0], &c, 1);
	}
	for (int i = 0; i < N; i++) {
		kill(pid[i], SIGTERM);
		waitpid(pid[i], &status, 0);
		good += WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM;
	}
	printf("%d of %d lived\n", good, N);
	return 0;
}

static void *sleeper(void *unused) { pause(); return NULL; }

static void threads(void)
{
	pthread_attr_t a;
	pthread_t t;

	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, 65536);
	while (!pthread_create(&t, &a, sleeper, NULL))
		;
}

static void pipes(void)
{
	int p[2];

	while (!pipe(p)) {
		fcntl(p[1], F_SETPIPE_SZ, 1 << 20);
		fcntl(p[1], F_SETFL, O_NONBLOCK);
		while (write(p[1], block, sizeof(block)) > 0)
			;
	}
}

static void sockets(void)
{
	int s[2];

	while (!socketpair(AF_UNIX, SOCK_STREAM, 0, s)) {
		fcntl(s[0], F_SETFL, O_NONBLOCK);
		while (write(s[0], block, sizeof(block)) > 0)
			;
	}
}

static void epolls(void)
{
	int target[400], n = 0, ep;

	while (n < 400 && (target[n] = eventfd(0, 0)) >= 0)
		n++;
	while ((ep = epoll_create1(0)) >= 0)
		for (int i = 0; i < n; i++) {
			struct epoll_event ev = { .events = EPOLLIN };

			if (epoll_ctl(ep, EPOLL_CTL_ADD, target[i], &ev))
				return;
		}
}

static void timers(void)
{
	struct sigevent sev = { .sigev_notify = SIGEV_NONE };
	timer_t timer;

	while (timer_create(CLOCK_MONOTONIC, &sev, &timer) == 0)
		;
}

/* Descriptors within messages, locks, watches, queued signals, timers: what only the kernel holds. */
static void odds(void)
{
	int fd = open("/tmp", O_RDONLY), lk = open("/tmp/locked", O_RDWR | O_CREAT, 0600), in = inotify_init();
	sigset_t set;
	timer_t timer;
	struct sigevent sev = { .sigev_notify = SIGEV_NONE };

	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (long i = 0; i < 1000000; i++) {
		struct flock fl = { .l_type = F_WRLCK, .l_start = i * 2, .l_len = 1 };

		if (i < 2000)
			fcntl(lk, F_SETLK, &fl);
		sigqueue(getpid(), SIGRTMIN + i % 20, (union sigval){ 0 });
		timer_create(CLOCK_MONOTONIC, &sev, &timer);
		if (i % 16 == 0 && dup(fd) < 0)
			inotify_add_watch(in, "/", IN_ALL_EVENTS);
	}
}

/* Many names and directories, on whatever is at /tmp. */
static void names(void)
{
	char name[300];

	memset(name, 'n', sizeof(name));
	for (int i = 0; i < 25000; i++) {
		sprintf(name + 200, "%d", i);
		if (mkdir(name, 0700))
			break;
	}
}

static void file(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	while (write(fd, block, sizeof(block)) > 0)
		;
	printf("errno %d\n", errno);
}

/* What only the kernel holds does not count as this process's size: so it offers itself. */
static void volunteer(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY);

	write(fd, "1000", 4);
	close(fd);
}

/* Not a hog either: 100 threads at once, and the end. */
static int crowd(void)
{
	pthread_t t;

	for (int i = 0; i < 100; i++)
		if (pthread_create(&t, NULL, sleeper, NULL))
			return 1;
	usleep(500000);			/* so that several run side by side */
	return 0;
}

/* The first thread has left: the others are the process all the same. */
static void *second_thread(void *unused)
{
	usleep(10000);
	touch(0);
	return NULL;
}

static void leaderless(void)
{
	pthread_t t;

	pthread_create(&t, NULL, second_thread, NULL);
	pthread_exit(NULL);
}

static void xattrs(void)
{
	char name[32];
	int fd;

	for (int i = 0; ; i++) {
		sprintf(name, "x%d", i);
		fd = open(name, O_CREAT | O_RDWR, 0600);
		if (fd < 0 || fsetxattr(fd, "user.x", block, 60000, 0))
			break;
		close(fd);
	}
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	struct rlimit most = { 1 << 16, 1 << 16 }, all = { RLIM_INFINITY, RLIM_INFINITY };

	printf("begins\n");		/* so that the file it goes to has a page: there may be none left for what comes later */
	fflush(stdout);
	setrlimit(RLIMIT_NOFILE, &most);
	setrlimit(RLIMIT_MEMLOCK, &all);
	setrlimit(RLIMIT_SIGPENDING, &all);
	memset(block, 'x', sizeof(block));
	if (!strcmp(argv[argc - 1], "first"))
		volunteer();
	if (!strcmp(how, "touch")) touch(0);
	else if (!strcmp(how, "mlock")) touch(1);
	else if (!strcmp(how, "shared")) shared();
	else if (!strcmp(how, "tables")) tables();
	else if (!strcmp(how, "maps")) maps();
	else if (!strcmp(how, "forks")) forks();
	else if (!strcmp(how, "copies")) return copies();
	else if (!strcmp(how, "crowd")) return crowd();
	else if (!strcmp(how, "threads")) threads();
	else if (!strcmp(how, "pipes")) pipes();
	else if (!strcmp(how, "sockets")) sockets();
	else if (!strcmp(how, "epolls")) epolls();
	else if (!strcmp(how, "timers")) timers();
	else if (!strcmp(how, "odds")) odds();
	else if (!strcmp(how, "names")) names();
	else if (!strcmp(how, "leaderless")) leaderless();
	else if (!strcmp(how, "xattrs")) xattrs();
	else if (!strcmp(how, "file")) file(argv[2]);
	else return 2;
	printf("full: %s\n", strerror(errno));
	fflush(stdout);
	if (argc > 2 && strcmp(how, "file"))
		pause();
	return 0;
}
