// SPDX-License-Identifier: GPL-2.0
/* flock, POSIX and OFD record locks: conflicts, splitting, deadlock, what close and fork do to them. */
#include "diff.h"
#include <sys/file.h>

static int lk(int fd, int cmd, short type, off_t start, off_t len)
{
	struct flock fl = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len };

	return fcntl(fd, cmd, &fl);
}

static void test_lock(int fd, int cmd, short type, off_t start, off_t len)
{
	struct flock fl = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len };
	int r = fcntl(fd, cmd, &fl);

	if (r)
		printf("getlk: %s\n", strerrorname_np(errno));
	else if (fl.l_type == F_UNLCK)
		printf("getlk: free\n");
	else
		printf("getlk: %s %ld+%ld pid %s\n", fl.l_type == F_RDLCK ? "read" : "write", (long)fl.l_start, (long)fl.l_len,
		       fl.l_pid == getppid() ? "parent" : fl.l_pid == -1 ? "-1" : fl.l_pid == getpid() ? "me" : "other");
}

static void flocks(void)
{
	int a = open("f", O_RDWR | O_CREAT, 0644), b = open("f", O_RDONLY), d = dup(a);

	TITLE("flock");
	R(flock(a, LOCK_SH));
	R(flock(b, LOCK_SH));
	R(flock(b, LOCK_EX | LOCK_NB));
	R(flock(b, LOCK_UN));
	R(flock(a, LOCK_EX | LOCK_NB));
	R(flock(b, LOCK_SH | LOCK_NB));
	R(flock(d, LOCK_EX | LOCK_NB));
	R(close(a));
	R(flock(b, LOCK_SH | LOCK_NB));
	C(R(flock(b, LOCK_SH | LOCK_NB)); R(flock(d, LOCK_UN)));
	R(flock(b, LOCK_EX | LOCK_NB));
	R(flock(d, LOCK_SH | LOCK_NB));
	R(close(b));
	R(flock(d, LOCK_SH | LOCK_NB));
	R(flock(d, 0));
	R(flock(d, LOCK_SH | LOCK_EX));
	R(flock(d, 16));
	R(flock(-1, LOCK_SH));
	R(close(d));
	TITLE("flock waits");
	a = open("f", O_RDWR);
	R(flock(a, LOCK_EX));
	fflush(stdout);
	if (!fork()) {
		b = open("f", O_RDWR);
		R(flock(b, LOCK_EX));
		fflush(stdout);
		_exit(0);
	}
	usleep(50000);
	printf("parent unlocks\n");
	fflush(stdout);
	flock(a, LOCK_UN);
	wait(NULL);
	close(a);
}

static void posix(void)
{
	int fd = open("p", O_RDWR | O_CREAT, 0644), ro = open("p", O_RDONLY), wo = open("p", O_WRONLY);

	TITLE("POSIX locks");
	R(lk(fd, F_SETLK, F_WRLCK, 10, 10));
	R(lk(fd, F_SETLK, F_RDLCK, 30, 0));
	C(test_lock(fd, F_GETLK, F_WRLCK, 0, 10); test_lock(fd, F_GETLK, F_RDLCK, 0, 11); test_lock(fd, F_GETLK, F_RDLCK, 100, 1);
	  test_lock(fd, F_GETLK, F_WRLCK, 100, 1); R(lk(fd, F_SETLK, F_WRLCK, 15, 1)); R(lk(fd, F_SETLK, F_RDLCK, 35, 1));
	  R(lk(fd, F_SETLK, F_WRLCK, 20, 10)));
	test_lock(fd, F_GETLK, F_WRLCK, 0, 0);
	R(lk(fd, F_SETLK, F_UNLCK, 12, 3));
	C(test_lock(fd, F_GETLK, F_WRLCK, 0, 0); test_lock(fd, F_GETLK, F_WRLCK, 12, 3); test_lock(fd, F_GETLK, F_WRLCK, 12, 10));
	R(lk(fd, F_SETLK, F_RDLCK, 11, 5));
	C(test_lock(fd, F_GETLK, F_WRLCK, 10, 1); test_lock(fd, F_GETLK, F_WRLCK, 11, 100); test_lock(fd, F_GETLK, F_WRLCK, 16, 100));
	TITLE("ranges");
	struct flock fl = { F_WRLCK, SEEK_END, -5, 5 };
	ftruncate(fd, 1000);
	R(fcntl(fd, F_SETLK, &fl));
	C(test_lock(fd, F_GETLK, F_WRLCK, 990, 0));
	fl = (struct flock){ F_WRLCK, SEEK_SET, 500, -10 };
	R(fcntl(fd, F_SETLK, &fl));
	C(test_lock(fd, F_GETLK, F_WRLCK, 450, 60));
	fl = (struct flock){ F_WRLCK, SEEK_SET, 5, -10 };
	R(fcntl(fd, F_SETLK, &fl));
	fl = (struct flock){ F_WRLCK, SEEK_SET, -5, 10 };
	R(fcntl(fd, F_SETLK, &fl));
	fl = (struct flock){ F_WRLCK, SEEK_CUR, 0x7fffffffffffffff, 10 };
	R(fcntl(fd, F_SETLK, &fl));
	fl = (struct flock){ F_WRLCK, 9, 0, 10 };
	R(fcntl(fd, F_SETLK, &fl));
	fl = (struct flock){ 9, SEEK_SET, 0, 10 };
	R(fcntl(fd, F_SETLK, &fl));
	R(fcntl(fd, F_SETLK, bad_ptr));
	R(fcntl(fd, F_GETLK, bad_ptr));
	fl = (struct flock){ F_UNLCK, SEEK_SET, 0, 10 };
	R(fcntl(fd, F_GETLK, &fl));
	R(lk(ro, F_SETLK, F_WRLCK, 600, 1));
	R(lk(wo, F_SETLK, F_RDLCK, 600, 1));
	R(lk(-1, F_SETLK, F_RDLCK, 600, 1));
	TITLE("any close drops them");
	close(ro);
	C(test_lock(fd, F_GETLK, F_WRLCK, 0, 0));
	R(lk(fd, F_SETLK, F_WRLCK, 0, 0));
	C(test_lock(fd, F_GETLK, F_WRLCK, 0, 0));
	TITLE("waiting");
	fflush(stdout);
	if (!fork()) {
		R(lk(fd, F_SETLKW, F_WRLCK, 0, 1));
		fflush(stdout);
		_exit(0);
	}
	usleep(50000);
	printf("parent unlocks\n");
	fflush(stdout);
	lk(fd, F_SETLK, F_UNLCK, 0, 0);
	wait(NULL);
	close(fd);
	close(wo);
}

static void deadlock(void)
{
	int fd = open("p", O_RDWR), p[2];
	char c;

	TITLE("deadlock");
	pipe(p);
	R(lk(fd, F_SETLK, F_WRLCK, 0, 1));
	fflush(stdout);
	if (!fork()) {
		lk(fd, F_SETLK, F_WRLCK, 1, 1);
		write(p[1], "x", 1);
		int r = lk(fd, F_SETLKW, F_WRLCK, 0, 1);
		printf("child got the first: %d\n", r);
		fflush(stdout);
		_exit(0);
	}
	read(p[0], &c, 1);
	usleep(50000);
	R(lk(fd, F_SETLKW, F_WRLCK, 1, 1));
	fflush(stdout);
	R(lk(fd, F_SETLK, F_UNLCK, 0, 1));
	wait(NULL);
	close(fd);
	close(p[0]);
	close(p[1]);
}

static void on_alarm(int sig) { }

static void ofd(void)
{
	int a = open("o", O_RDWR | O_CREAT, 0644), b = open("o", O_RDWR), d = dup(a);
	struct flock fl = { F_WRLCK, SEEK_SET, 0, 1, 5 };
	struct sigaction sa = { .sa_handler = on_alarm };

	TITLE("OFD locks");
	R(lk(a, F_OFD_SETLK, F_WRLCK, 0, 10));
	R(lk(b, F_OFD_SETLK, F_WRLCK, 5, 10));
	R(lk(d, F_OFD_SETLK, F_WRLCK, 5, 10));
	test_lock(b, F_OFD_GETLK, F_WRLCK, 0, 0);
	test_lock(b, F_GETLK, F_WRLCK, 0, 0);
	R(lk(b, F_SETLK, F_WRLCK, 0, 1));
	R(lk(b, F_SETLK, F_WRLCK, 100, 1));
	test_lock(a, F_OFD_GETLK, F_WRLCK, 100, 1);
	R(fcntl(a, F_OFD_SETLK, &fl));
	R(close(a));
	R(lk(b, F_OFD_SETLK, F_WRLCK, 5, 1));
	C(R(lk(b, F_OFD_SETLK, F_WRLCK, 5, 1)); R(lk(d, F_OFD_SETLK, F_UNLCK, 0, 0)));
	R(lk(b, F_OFD_SETLK, F_WRLCK, 5, 1));
	TITLE("a signal ends the wait");
	sigaction(SIGALRM, &sa, NULL);
	alarms(50000);
	R(lk(d, F_OFD_SETLKW, F_WRLCK, 0, 0));
	alarms(50000);
	R(lk(d, F_SETLKW, F_WRLCK, 0, 0));
	alarms(0);
}

int main(void)
{
	flocks();
	posix();
	deadlock();
	ofd();
	return 0;
}
