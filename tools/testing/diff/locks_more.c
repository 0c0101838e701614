// SPDX-License-Identifier: GPL-2.0
/* Locks: circles of three, ranges at the edges, upgrades, inheritance, order of waiting, leases' refusals, conversions of flock. */
#include "diff.h"
#include <sys/file.h>

static int lk(int fd, int cmd, short type, off_t start, off_t len)
{
	struct flock fl = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len };

	return fcntl(fd, cmd, &fl);
}

static void who(int fd, int cmd, short type, off_t start, off_t len)
{
	struct flock fl = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = len };

	if (fcntl(fd, cmd, &fl))
		printf("getlk: %s\n", strerrorname_np(errno));
	else if (fl.l_type == F_UNLCK)
		printf("getlk: free\n");
	else
		printf("getlk: %s whence %d %ld+%ld\n", fl.l_type == F_RDLCK ? "read" : "write", fl.l_whence, (long)fl.l_start, (long)fl.l_len);
}

static void edges(void)
{
	int fd = open("f", O_CREAT | O_RDWR, 0644), ro = open("f", O_RDONLY), wo = open("f", O_WRONLY);
	const off_t max = 0x7fffffffffffffff;

	TITLE("edges of ranges");
	R(lk(fd, F_SETLK, F_WRLCK, max, 1));
	C(who(fd, F_GETLK, F_WRLCK, max, 1));
	C(who(fd, F_GETLK, F_WRLCK, max - 1, 1));
	C(who(fd, F_GETLK, F_WRLCK, 0, 0));
	R(lk(fd, F_SETLK, F_WRLCK, max, 2));
	R(lk(fd, F_SETLK, F_WRLCK, max, 0));
	R(lk(fd, F_SETLK, F_WRLCK, -1, 0));
	R(lk(fd, F_SETLK, F_WRLCK, 0, -1));
	R(lk(fd, F_SETLK, F_WRLCK, 10, -10));
	C(who(fd, F_GETLK, F_WRLCK, 0, 0));
	R(lk(fd, F_SETLK, F_WRLCK, 10, -11));
	R(lk(fd, F_SETLK, F_WRLCK, 10, (off_t)1 << 63));
	R(lk(fd, F_SETLK, F_UNLCK, 0, 0));
	R(lk(fd, F_SETLK, 7, 0, 1));
	R(lk(fd, F_GETLK, F_UNLCK, 0, 1));
	R(lk(fd, F_GETLK, 7, 0, 1));
	R(lk(ro, F_SETLK, F_RDLCK, 0, 1));
	R(lk(ro, F_SETLK, F_WRLCK, 0, 1));
	R(lk(wo, F_SETLK, F_RDLCK, 0, 1));
	R(lk(wo, F_SETLK, F_WRLCK, 5, 1));
	R(lk(wo, F_GETLK, F_RDLCK, 5, 1));
	R(lk(-1, F_SETLK, F_WRLCK, 5, 1));
	TITLE("melting and splitting");
	R(lk(fd, F_SETLK, F_UNLCK, 0, 0));
	for (int i = 0; i < 10; i += 2)
		lk(fd, F_SETLK, F_RDLCK, i * 10, 10);
	C(who(fd, F_GETLK, F_WRLCK, 0, 0); who(fd, F_GETLK, F_WRLCK, 10, 0); who(fd, F_GETLK, F_WRLCK, 25, 1));
	for (int i = 1; i < 10; i += 2)
		lk(fd, F_SETLK, F_RDLCK, i * 10, 10);
	C(who(fd, F_GETLK, F_WRLCK, 50, 1));
	R(lk(fd, F_SETLK, F_WRLCK, 30, 5));
	C(who(fd, F_GETLK, F_WRLCK, 0, 0); who(fd, F_GETLK, F_RDLCK, 0, 0); who(fd, F_GETLK, F_WRLCK, 35, 0));
	R(lk(fd, F_SETLK, F_RDLCK, 0, 0));
	C(who(fd, F_GETLK, F_WRLCK, 1000, 0));
	close(ro);
	C(who(fd, F_GETLK, F_WRLCK, 0, 0));
	TITLE("kinds");
	R(lk(fd, F_SETLK, F_WRLCK, 0, 0));
	R(flock(fd, LOCK_EX | LOCK_NB));
	C(int d = open("f", O_RDWR); R(flock(d, LOCK_SH | LOCK_NB)); R(lk(d, F_SETLK, F_RDLCK, 0, 1)); R(lk(d, F_OFD_SETLK, F_RDLCK, 0, 1));
	  who(d, F_OFD_GETLK, F_RDLCK, 0, 0));
	C(R(flock(fd, LOCK_SH | LOCK_NB)); int d = open("f", O_RDWR); R(flock(d, LOCK_SH | LOCK_NB)); R(flock(d, LOCK_EX | LOCK_NB)));
	C(int d = open("f", O_RDWR); R(flock(d, LOCK_EX | LOCK_NB)));
	close(fd);
	close(wo);
}

/* Each of three holds one and wants the next one's. */
static void circle(void)
{
	int fd = open("f", O_RDWR), go[2], done[2], st, r;
	pid_t a, b;
	char c;

	TITLE("a circle of three");
	pipe(go);
	pipe(done);
	R(lk(fd, F_SETLK, F_WRLCK, 0, 1));
	fflush(stdout);
	a = fork();
	if (!a) {
		lk(fd, F_SETLK, F_WRLCK, 1, 1);
		write(done[1], "1", 1);
		read(go[0], &c, 1);
		_exit(lk(fd, F_SETLKW, F_WRLCK, 0, 1) ? 1 : 0);
	}
	read(done[0], &c, 1);
	b = fork();
	if (!b) {
		lk(fd, F_SETLK, F_WRLCK, 2, 1);
		write(done[1], "2", 1);
		read(go[0], &c, 1);
		_exit(lk(fd, F_SETLKW, F_WRLCK, 1, 1) ? 1 : 0);
	}
	read(done[0], &c, 1);
	write(go[1], "gg", 2);
	/* Until both wait, the lock that we want is only busy; then it closes the circle. */
	alarm(30);
	do {
		usleep(10000);
		r = lk(fd, F_SETLK, F_WRLCK, 2, 1);
	} while (!r);
	usleep(200000);
	R(lk(fd, F_SETLKW, F_WRLCK, 2, 1));
	R(lk(fd, F_SETLK, F_UNLCK, 0, 1));
	waitpid(a, &st, 0);
	V(WEXITSTATUS(st));
	waitpid(b, &st, 0);
	V(WEXITSTATUS(st));
	close(fd);
	alarm(60);
}

static void inheritance(void)
{
	int fd = open("f", O_RDWR), ofd = open("f", O_RDWR), d;

	TITLE("fork, dup, exec");
	R(lk(fd, F_SETLK, F_WRLCK, 0, 10));
	C(R(lk(fd, F_SETLK, F_WRLCK, 0, 10)); who(fd, F_GETLK, F_WRLCK, 0, 10); close(fd); who(ofd, F_GETLK, F_WRLCK, 0, 10));
	C(who(fd, F_GETLK, F_WRLCK, 0, 10));
	d = dup(fd);
	close(d);
	C(who(fd, F_GETLK, F_WRLCK, 0, 10));
	R(lk(ofd, F_OFD_SETLK, F_WRLCK, 20, 10));
	C(R(lk(ofd, F_OFD_SETLK, F_WRLCK, 20, 5)); R(lk(ofd, F_OFD_SETLK, F_UNLCK, 20, 1)));
	who(fd, F_GETLK, F_WRLCK, 20, 10);
	d = dup(ofd);
	close(d);
	who(fd, F_GETLK, F_WRLCK, 20, 10);
	close(ofd);
	who(fd, F_GETLK, F_WRLCK, 20, 10);
	R(flock(fd, LOCK_EX));
	C(R(flock(fd, LOCK_UN)));
	C(int e = open("f", O_RDWR); R(flock(e, LOCK_EX | LOCK_NB)));
	close(fd);
}

int main(void)
{
	edges();
	circle();
	inheritance();
	return 0;
}
