/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differential tests: the same program runs on the host and in the guest and must print the same. R() prints a call and
 * its result as strace would. Print no pid, address, time, inode number or anything else that two machines differ in.
 * Each program works in a fresh directory of its own, which is removed afterwards, with umask 022.
 */
#ifndef DIFF_H
#define DIFF_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534	/* who runs what U() forks, when we are root */

static inline void print_result(const char *call, long r, int err)
{
	if (r == -1 && err)
		printf("%s = -1 %s\n", call, strerrorname_np(err) ?: "?");
	else
		printf("%s = %ld\n", call, r);
}

/* Does it, prints "call = result" or "call = -1 ENAME", and is the result. */
#define R(call) ({ long r_; errno = 0; r_ = (long)(call); print_result(#call, r_, r_ == -1 ? errno : 0); r_; })
/* For calls whose good result differs between machines (addresses, times): prints only whether it failed. */
#define OK(call) ({ long r_; errno = 0; r_ = (long)(call); print_result(#call, r_ == -1 ? -1 : 0, r_ == -1 ? errno : 0); r_; })
/* A descriptor that is to be closed again: R(open()) with the number, which is the lowest free one on both machines. */
#define FD(call) ({ long r_; errno = 0; r_ = (long)(call); print_result(#call, r_, r_ == -1 ? errno : 0); if (r_ >= 0) close((int)r_); r_; })
/* A value with its text. */
#define V(x) printf("%s: %lld\n", #x, (long long)(x))
#define S(x) printf("%s: \"%s\"\n", #x, (const char *)(x))
#define TITLE(...) (printf("# " __VA_ARGS__), printf("\n"))

/* Runs what stands behind it in a child and waits: U(R(open("f", O_RDONLY))) as an ordinary user, C() as we are. */
#define C(...) do {							\
	fflush(stdout);							\
	pid_t pid_ = fork();						\
	if (!pid_) { __VA_ARGS__; fflush(stdout); _exit(0); }		\
	int st_; waitpid(pid_, &st_, 0);				\
	if (WIFSIGNALED(st_)) printf("killed by %s\n", sigabbrev_np(WTERMSIG(st_)));	\
	else if (WEXITSTATUS(st_)) printf("exit status %d\n", WEXITSTATUS(st_));	\
} while (0)
#define U(...) C(become_user(); __VA_ARGS__)

static inline void become_user(void)
{
	if (geteuid())
		return;
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY)) {
		perror("become_user");
		_exit(99);
	}
}

/* Only where it can be done: programs print the same on both machines as they run as the same user there. */
static inline bool is_root(void) { return geteuid() == 0; }

static inline void make_file(const char *name, const char *text)
{
	int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || close(fd)) {
		perror(name);
		exit(99);
	}
}

static inline void show_file(const char *name)
{
	char buf[256];
	int fd = open(name, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);

	if (fd >= 0)
		close(fd);
	buf[n < 0 ? 0 : n] = 0;
	if (n < 0)
		printf("%s: %s\n", name, strerrorname_np(errno));
	else
		printf("%s: \"%s\"\n", name, buf);
}

static inline const char *type_name(mode_t mode)
{
	return S_ISREG(mode) ? "file" : S_ISDIR(mode) ? "dir" : S_ISLNK(mode) ? "link" : S_ISCHR(mode) ? "char" : S_ISBLK(mode) ? "block" :
	       S_ISFIFO(mode) ? "fifo" : S_ISSOCK(mode) ? "socket" : "other";
}

/* Type, mode, links, size of a name; not the size of directories, which is the file system's. */
static inline void show_stat(const char *name)
{
	struct stat st;

	if (lstat(name, &st))
		printf("%s: %s\n", name, strerrorname_np(errno));
	else
		printf("%s: %s %04o links %ld size %ld\n", name, type_name(st.st_mode), st.st_mode & 07777,
		       S_ISDIR(st.st_mode) ? 0 : (long)st.st_nlink, S_ISDIR(st.st_mode) ? 0 : (long)st.st_size);
}

static char diff_dir[64];

static int diff_remove(const char *path, const struct stat *st, int type, struct FTW *ftw) { return remove(path); }

static void diff_end(void)
{
	if (chdir("/") == 0)
		nftw(diff_dir, diff_remove, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* A pointer to memory that cannot be touched, one to a page that cannot be written. */
static char *bad_ptr, *ro_ptr;

static pid_t diff_pid;

static void diff_atexit(void)
{
	if (getpid() == diff_pid)
		diff_end();
}

/* SIGALRM every us microseconds: again and again, as the first may come before the call that it is for. 0 ends it, and arms
   what ends a test that hangs. */
static inline void alarms(long us)
{
	struct itimerval it = { { us / 1000000, us % 1000000 }, { us / 1000000, us % 1000000 } };

	if (us)
		setitimer(ITIMER_REAL, &it, NULL);
	else
		alarm(60);
}

/* A program that executes itself anew, with arguments, stays where it is. */
static __attribute__((constructor)) void diff_begin(int argc, char **argv)
{
	const char *base = getenv("TMPDIR") ?: "/tmp";

	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	umask(022);
	for (int fd = 3; fd < 64; fd++)
		close(fd);
	bad_ptr = mmap(NULL, 1 << 16, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ro_ptr = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	alarms(0);
	if (argc > 1)
		return;
	snprintf(diff_dir, sizeof(diff_dir), "%s/diff-XXXXXX", base);
	if (!mkdtemp(diff_dir) || chmod(diff_dir, 0755) || chdir(diff_dir)) {
		perror(diff_dir);
		exit(99);
	}
	diff_pid = getpid();
	atexit(diff_atexit);
}

#endif
