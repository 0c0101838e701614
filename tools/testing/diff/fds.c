// SPDX-License-Identifier: GPL-2.0
/* dup, dup2, dup3, close, close_range, fcntl on descriptors and flags, RLIMIT_NOFILE, sharing of the position. */
#include "diff.h"
#include <linux/close_range.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/resource.h>

#define range(a, b, f) syscall(SYS_close_range, a, b, f)

static void show_open(void)
{
	printf("open:");
	for (int fd = 3; fd < 64; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf(" %d%s", fd, fcntl(fd, F_GETFD) ? "x" : "");
	printf("\n");
}

static void dups(void)
{
	char c;
	int fd = R(open("f", O_RDWR | O_CREAT, 0644));

	TITLE("dup");
	write(fd, "abcdef", 6);
	R(dup(fd));
	R(dup(-1));
	R(dup(99));
	R(dup2(fd, 10));
	R(dup2(fd, fd));
	R(dup2(-1, 11));
	R(dup2(99, 99));
	R(dup2(fd, -1));
	R(dup2(fd, 1 << 20));
	R(dup3(fd, 11, O_CLOEXEC));
	R(dup3(fd, fd, 0));
	R(dup3(fd, 12, O_NONBLOCK));
	show_open();
	R(fcntl(fd, F_DUPFD, 20));
	R(fcntl(fd, F_DUPFD, 20));
	R(fcntl(fd, F_DUPFD_CLOEXEC, 0));
	R(fcntl(fd, F_DUPFD, -1));
	R(fcntl(fd, F_DUPFD, 1 << 30));
	show_open();
	TITLE("one position");
	R(lseek(fd, 1, SEEK_SET));
	R(read(10, &c, 1));
	V(c);
	R(lseek(4, 0, SEEK_CUR));
	R(fcntl(fd, F_SETFL, O_NONBLOCK | O_APPEND));
	printf("%o\n", fcntl(10, F_GETFL));
	C(lseek(fd, 5, SEEK_SET));
	R(lseek(fd, 0, SEEK_CUR));
	TITLE("close");
	R(close(10));
	R(close(10));
	R(close(-1));
	R(range(11, 20, 0));
	show_open();
	R(range(4, 30, CLOSE_RANGE_CLOEXEC));
	show_open();
	R(range(10, 5, 0));
	R(range(3, ~0U, 8));
	C(R(range(3, ~0U, CLOSE_RANGE_UNSHARE)); show_open());
	show_open();
	R(range(3, ~0U, 0));
	show_open();
	R(range(3, ~0U, 0));
}

static void flags(void)
{
	int fd = open("f", O_RDWR), on = 1, p[2];

	setpgid(0, 0);
	TITLE("F_GETFD, F_SETFD");
	R(fcntl(fd, F_GETFD));
	R(fcntl(fd, F_SETFD, FD_CLOEXEC));
	R(fcntl(fd, F_GETFD));
	R(fcntl(fd, F_SETFD, 2));
	R(fcntl(fd, F_GETFD));
	R(fcntl(-1, F_GETFD));
	R(ioctl(fd, FIOCLEX));
	R(fcntl(fd, F_GETFD));
	R(ioctl(fd, FIONCLEX));
	R(fcntl(fd, F_GETFD));
	TITLE("F_GETFL, F_SETFL");
	R(fcntl(fd, F_SETFL, O_WRONLY | O_NONBLOCK | O_CREAT | O_TRUNC));
	printf("%o\n", fcntl(fd, F_GETFL));
	R(ioctl(fd, FIONBIO, &on));
	on = 0;
	R(ioctl(fd, FIONBIO, &on));
	printf("%o\n", fcntl(fd, F_GETFL));
	R(ioctl(fd, FIONBIO, bad_ptr));
	U(R(fcntl(fd, F_SETFL, O_NOATIME)));
	R(fcntl(fd, F_SETFL, 0));
	TITLE("other commands");
	R(fcntl(fd, 9999));
	R(fcntl(fd, F_GETSIG));
	R(fcntl(fd, F_SETSIG, SIGUSR1));
	R(fcntl(fd, F_GETSIG));
	R(fcntl(fd, F_SETSIG, 65));
	R(fcntl(fd, F_GETOWN));
	R(fcntl(fd, F_SETOWN, getpid()) );
	V(fcntl(fd, F_GETOWN) == getpid());
	R(syscall(SYS_fcntl, fd, F_SETOWN, -getpgrp()) );
	struct f_owner_ex ex;
	R(fcntl(fd, F_GETOWN_EX, &ex));
	V(ex.type);
	ex = (struct f_owner_ex){ 7, 1 };
	R(fcntl(fd, F_SETOWN_EX, &ex));
	R(fcntl(fd, F_GETPIPE_SZ));
	R(pipe(p));
	R(fcntl(p[0], F_GETPIPE_SZ));
	R(fcntl(p[0], F_SETPIPE_SZ, 8192));
	R(fcntl(p[1], F_GETPIPE_SZ));
	R(fcntl(fd, F_GET_SEALS));
	R(fcntl(p[0], F_GET_SEALS));
	R(fcntl(fd, F_GETLEASE));
	TITLE("ioctl");
	int n = 0;
	R(lseek(fd, 2, SEEK_SET));
	R(ioctl(fd, FIONREAD, &n));
	V(n);
	R(ioctl(fd, TCGETS, &n));
	R(ioctl(fd, 0x12345678, &n));
	R(ioctl(-1, FIONREAD, &n));
	R(ioctl(fd, FIONREAD, bad_ptr));
	R(ioctl(fd, FIGETBSZ, &n));
	V(n > 0);
	close(p[0]);
	close(p[1]);
	close(fd);
}

static void limits(void)
{
	struct rlimit lim, old;

	TITLE("RLIMIT_NOFILE");
	getrlimit(RLIMIT_NOFILE, &old);
	lim = (struct rlimit){ 6, old.rlim_max };
	R(setrlimit(RLIMIT_NOFILE, &lim));
	R(open("f", O_RDONLY));
	R(open("f", O_RDONLY));
	R(open("f", O_RDONLY));
	R(open("f", O_RDONLY));
	R(dup(3));
	R(dup2(3, 6));
	R(dup2(3, 5));
	R(fcntl(3, F_DUPFD, 6));
	R(fcntl(3, F_DUPFD, 5));
	int p[2];
	R(pipe(p));
	R(close(4));
	R(pipe(p));
	R(open("f", O_RDONLY));
	lim.rlim_cur = old.rlim_max < 2000 ? old.rlim_max : 2000;
	R(setrlimit(RLIMIT_NOFILE, &lim));
	R(dup2(3, 1500));
	R(fcntl(3, F_DUPFD, 1000));
	R(fcntl(1500, F_GETFD));
	C(R(fcntl(1500, F_GETFD)); R(close(1500)));
	R(close(1500));
}

int main(void)
{
	dups();
	flags();
	limits();
	return 0;
}
