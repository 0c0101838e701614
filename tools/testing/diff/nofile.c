// SPDX-License-Identifier: GPL-2.0
/* Every call that makes a descriptor, when the process may have no more: EMFILE, and nothing is left behind. */
#include "diff.h"
#include <linux/openat2.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>

static int listener, client;

static long do_openat2(void)
{
	struct open_how how = { .flags = O_RDONLY };

	return syscall(SYS_openat2, AT_FDCWD, "f", &how, sizeof(how));
}

static void all(void)
{
	sigset_t set;
	uint64_t bits = 1;
	int two[2];

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	R(syscall(SYS_open, "f", O_RDONLY));
	R(syscall(SYS_open, "none", O_RDONLY));
	R(syscall(SYS_open, "new", O_CREAT | O_RDWR, 0644));
	R(access("new", F_OK));
	R(syscall(SYS_open, bad_ptr, O_RDONLY));
	R(syscall(SYS_creat, "f", 0644));
	R(openat(AT_FDCWD, "f", O_RDONLY));
	R(do_openat2());
	R(syscall(SYS_pipe, two));
	R(pipe2(two, 0));
	R(pipe2((int *)bad_ptr, 0));
	R(socket(AF_UNIX, SOCK_STREAM, 0));
	R(socketpair(AF_UNIX, SOCK_STREAM, 0, two));
	R(accept(listener, NULL, NULL));
	R(accept4(listener, NULL, NULL, 0));
	R(syscall(SYS_epoll_create, 1));
	R(syscall(SYS_epoll_create1, 0));
	R(syscall(SYS_eventfd, 0));
	R(syscall(SYS_eventfd2, 0, 0));
	R(syscall(SYS_signalfd, -1, &bits, 8));
	R(syscall(SYS_signalfd4, -1, &bits, 8, 0));
	R(timerfd_create(CLOCK_MONOTONIC, 0));
	R(syscall(SYS_inotify_init));
	R(syscall(SYS_inotify_init1, 0));
	R(memfd_create("m", 0));
	R(dup(0));
	R(dup2(0, 100));
	R(dup3(0, 100, 0));
	R(fcntl(0, F_DUPFD, 0));
	R(fcntl(0, F_DUPFD_CLOEXEC, 0));
	R(syscall(SYS_pidfd_open, getpid(), 0));
	R(syscall(SYS_dup2, client, client));
}

int main(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(a);
	struct rlimit lim, old;

	make_file("f", "x");
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	bind(listener, (void *)&a, 2);
	listen(listener, 5);
	getsockname(listener, (void *)&a, &len);
	client = socket(AF_UNIX, SOCK_STREAM, 0);
	R(connect(client, (void *)&a, len));
	getrlimit(RLIMIT_NOFILE, &old);
	lim = (struct rlimit){ (rlim_t)client + 1, old.rlim_max };
	TITLE("none left");
	setrlimit(RLIMIT_NOFILE, &lim);
	all();
	TITLE("one left");
	lim.rlim_cur++;
	setrlimit(RLIMIT_NOFILE, &lim);
	int two[2] = { -7, -7 };
	R(syscall(SYS_pipe, two));
	R(socketpair(AF_UNIX, SOCK_STREAM, 0, two));
	V(two[0]);
	R(close(R(dup(0))));
	TITLE("the connection was not lost");
	R(accept(listener, NULL, NULL));
	R(getrlimit(RLIMIT_NOFILE, &lim));
	V(lim.rlim_cur);
	TITLE("beyond what root may");
	lim = (struct rlimit){ 1UL << 40, 1UL << 40 };
	R(setrlimit(RLIMIT_NOFILE, &lim));
	lim = (struct rlimit){ 10, 5 };
	R(setrlimit(RLIMIT_NOFILE, &lim));
	lim = (struct rlimit){ 0, old.rlim_max };
	R(setrlimit(RLIMIT_NOFILE, &lim));
	R(dup(0));
	R(dup2(0, 0));
	R(close_range(3, ~0U, 0));
	lim = (struct rlimit){ 20, old.rlim_max };	/* to clean up with */
	setrlimit(RLIMIT_NOFILE, &lim);
	return 0;
}
