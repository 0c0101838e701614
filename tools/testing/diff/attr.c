// SPDX-License-Identifier: GPL-2.0
/* chmod, chown, utimensat and their family, truncate, umask: effects and errors. */
#include "diff.h"
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <utime.h>

#define LIMIT (1 << 20)

static void show(const char *name)
{
	struct stat st;

	if (stat(name, &st))
		printf("%s: %s\n", name, strerrorname_np(errno));
	else
		printf("%s: %04o %d:%d\n", name, st.st_mode & 07777, st.st_uid, st.st_gid);
}

static void show_times(const char *name)
{
	struct stat st;

	lstat(name, &st);
	printf("%s: atime %ld.%09ld mtime %ld.%09ld\n", name, st.st_atim.tv_sec, st.st_atim.tv_nsec, st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static void modes(void)
{
	int fd;

	TITLE("chmod");
	make_file("f", "x");
	R(chmod("f", 0755));
	show_stat("f");
	R(chmod("f", 07777));
	show_stat("f");
	R(chmod("f", 0177777));
	show_stat("f");
	R(chmod("none", 0));
	R(chmod("f/x", 0));
	R(chmod(bad_ptr, 0));
	symlink("f", "l");
	R(chmod("l", 0640));
	show_stat("f");
	R(fchmodat(-1, "f", 0600, 0));
	fd = open("f", O_RDONLY);
	R(fchmod(fd, 0604));
	show_stat("f");
	close(fd);
	R(fchmod(fd, 0604));
	U(R(chmod("f", 0777)));
	R(umask(077));
	R(umask(022));
	R(syscall(SYS_umask, 01777));
	R(umask(022));
}

static void owners(void)
{
	TITLE("chown");
	R(chown("none", -1, -1));
	R(chown(bad_ptr, -1, -1));
	R(chown("f", -1, -1));
	R(fchown(-1, 0, 0));
	R(fchownat(AT_FDCWD, "f", -1, -1, 1));
	R(fchownat(AT_FDCWD, "", -1, -1, 0));
	R(fchownat(AT_FDCWD, "", -1, -1, AT_EMPTY_PATH));
	U(R(chown("f", NOBODY, -1)); R(chown("f", 0, 0)));
	if (!is_root())
		return;
	R(chown("f", 10, 20));
	show("f");
	R(chown("f", -1, 30));
	show("f");
	chmod("f", 06755);
	R(chown("f", 11, -1));
	show("f");
	chmod("f", 06745);
	R(chown("f", 11, -1));
	show("f");
	symlink("f", "lf");
	R(lchown("lf", 5, 6));
	show("f");
	TITLE("an owner");
	make_file("his", "x");
	chown("his", NOBODY, NOBODY);
	chmod("his", 06755);
	U(R(chown("his", 0, -1)); R(chown("his", -1, 0)); R(chown("his", NOBODY, NOBODY)); show("his"); R(chmod("his", 02755)); show("his"));
	chown("his", NOBODY, 7);
	U(R(chmod("his", 02755)); show("his"));
	TITLE("a write takes set-user-ID away");
	make_file("suid", "x");
	chown("suid", NOBODY, NOBODY);
	chmod("suid", 06777);
	U(int fd = open("suid", O_WRONLY); write(fd, "y", 1); show("suid"));
	chmod("suid", 06767);
	U(truncate("suid", 0); show("suid"));
	chmod("suid", 06777);
	C(int fd = open("suid", O_WRONLY); write(fd, "y", 1); show("suid"));
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* The clock of file times goes on while a program computes, without a call, alone on the machine. */
static void after_long_work(void)
{
	double began = now(), changed;
	struct stat st;

	while ((changed = now()) < began + 0.3)
		;
	utimensat(AT_FDCWD, "t", NULL, 0);
	stat("t", &st);
	V((double)st.st_mtim.tv_sec + (double)st.st_mtim.tv_nsec / 1e9 > changed - 0.15);
}

static void times(void)
{
	struct timespec ts[2] = { { 1000, 123456789 }, { 2000, 987654321 } };
	struct timeval tv[2] = { { 3000, 5 }, { 4000, 999999 } };
	struct utimbuf ub = { 5000, 6000 };
	int fd;

	TITLE("times");
	make_file("t", "x");
	after_long_work();
	R(utimensat(AT_FDCWD, "t", ts, 0));
	show_times("t");
	ts[0].tv_nsec = UTIME_OMIT;
	ts[1].tv_sec = 77;
	R(utimensat(AT_FDCWD, "t", ts, 0));
	show_times("t");
	ts[1].tv_nsec = UTIME_OMIT;
	R(utimensat(AT_FDCWD, "t", ts, 0));
	R(utimensat(AT_FDCWD, "none", ts, 0));
	ts[1].tv_nsec = 1000000000;
	R(utimensat(AT_FDCWD, "t", ts, 0));
	ts[1].tv_nsec = -1;
	R(utimensat(AT_FDCWD, "t", ts, 0));
	ts[1].tv_nsec = 5;
	ts[0] = (struct timespec){ -100, 7 };
	R(utimensat(AT_FDCWD, "t", ts, 0));
	show_times("t");
	R(utimensat(AT_FDCWD, "t", ts, 1));
	R(utimensat(AT_FDCWD, "t", (void *)bad_ptr, 0));
	R(utimensat(AT_FDCWD, "none", ts, 0));
	R(syscall(SYS_utimensat, AT_FDCWD, NULL, ts, 0));
	R(utimes("t", tv));
	show_times("t");
	tv[1].tv_usec = 1000000;
	R(syscall(SYS_utimes, "t", tv));
	R(syscall(SYS_utime, "t", &ub));
	show_times("t");
	R(syscall(SYS_utime, "t", bad_ptr));
	fd = open("t", O_RDONLY);
	R(futimens(fd, ts));
	show_times("t");
	R(syscall(SYS_utimensat, fd, NULL, ts, AT_SYMLINK_NOFOLLOW));
	symlink("t", "lt");
	R(utimensat(AT_FDCWD, "lt", ts, AT_SYMLINK_NOFOLLOW));
	show_times("lt");
	make_file("pub", "x");
	chmod("pub", 0666);
	U(R(utimensat(AT_FDCWD, "t", NULL, 0)); R(utimensat(AT_FDCWD, "t", ts, 0)); R(utimensat(AT_FDCWD, "pub", NULL, 0));
	  R(utimensat(AT_FDCWD, "pub", ts, 0)));
	ts[0].tv_nsec = UTIME_NOW;
	ts[1].tv_nsec = UTIME_OMIT;
	U(R(utimensat(AT_FDCWD, "pub", ts, 0)));
	ts[1].tv_nsec = UTIME_NOW;
	U(R(utimensat(AT_FDCWD, "pub", ts, 0)));
}

static void on_xfsz(int sig) { printf("SIGXFSZ\n"); }

static void sizes(void)
{
	struct rlimit lim = { LIMIT, RLIM_INFINITY };	/* our own output stays below it */
	char buf[200] = "";
	int fd;

	TITLE("truncate");
	make_file("s", "hello");
	R(truncate("s", 3));
	show_file("s");
	R(truncate("s", 6));
	show_stat("s");
	fd = open("s", O_RDONLY);
	read(fd, buf, 6);
	R(memcmp(buf, "hel\0\0\0", 6));
	R(ftruncate(fd, 0));
	close(fd);
	R(truncate("s", -1));
	R(truncate("none", 0));
	R(truncate("d", 0));
	mkdir("d", 0755);
	R(truncate("d", 0));
	R(truncate("s/x", 0));
	R(truncate(bad_ptr, 0));
	mkfifo("p", 0644);
	R(truncate("p", 0));
	U(R(truncate("s", 0)));
	fd = open("s", O_RDWR);
	R(ftruncate(fd, -1));
	R(ftruncate(fd, 10));
	R(ftruncate(-1, 0));
	R(lseek(fd, 0, SEEK_END));
	TITLE("RLIMIT_FSIZE");
	signal(SIGXFSZ, on_xfsz);
	setrlimit(RLIMIT_FSIZE, &lim);
	R(ftruncate(fd, LIMIT + 1));
	R(ftruncate(fd, LIMIT));
	R(pwrite(fd, buf, 50, LIMIT - 20));
	R(pwrite(fd, buf, 50, LIMIT));
	R(pwrite(fd, buf, 50, LIMIT + 1000));
	R(write(fd, buf, 0));
	R(fallocate(fd, 0, 0, LIMIT + 200));
	signal(SIGXFSZ, SIG_IGN);
	R(pwrite(fd, buf, 1, LIMIT));
	signal(SIGXFSZ, SIG_DFL);
	C(pwrite(fd, buf, 1, LIMIT));
}

int main(void)
{
	modes();
	owners();
	times();
	sizes();
	return 0;
}
