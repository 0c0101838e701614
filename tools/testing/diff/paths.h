/* SPDX-License-Identifier: GPL-2.0 */
/* The calls that take a path, as a table: what is refused in one place is tried with each of them. */
#ifndef PATHS_H
#define PATHS_H

#include "diff.h"
#include <linux/fs.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <utime.h>

static int in;				/* an inotify descriptor, for the caller to make */
static char buf[4096];
static struct timespec ts[2] = { { 1, 2 }, { 3, 4 } };

static long do_openat2(int dir, const char *p)
{
	struct open_how how = { .flags = O_RDONLY };

	return syscall(SYS_openat2, dir, p, &how, sizeof(how));
}

static long with_address(long nr, const char *p)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_DGRAM, 0), err;
	long r;

	if (p == bad_ptr || !p || strlen(p) >= sizeof(a.sun_path)) {
		close(s);
		return -1;
	}
	strcpy(a.sun_path, p);
	r = syscall(nr, s, &a, sizeof(a));
	err = errno;
	close(s);
	errno = err;
	return r;
}

static char *no_args[] = { "x", NULL };

/* name, what it does with dir and p; those that have no directory take relative paths. */
#define CALLS(X)										\
	X(open, syscall(SYS_open, p, O_RDONLY))							\
	X(open_creat, syscall(SYS_open, p, O_CREAT | O_RDWR, 0644))				\
	X(open_excl, syscall(SYS_open, p, O_CREAT | O_EXCL | O_RDWR, 0644))			\
	X(open_path, syscall(SYS_open, p, O_PATH))						\
	X(open_nofollow, syscall(SYS_open, p, O_RDONLY | O_NOFOLLOW))				\
	X(open_directory, syscall(SYS_open, p, O_RDONLY | O_DIRECTORY))				\
	X(open_tmpfile, syscall(SYS_open, p, O_TMPFILE | O_RDWR, 0644))				\
	X(creat, syscall(SYS_creat, p, 0644))							\
	X(stat, syscall(SYS_stat, p, buf))							\
	X(lstat, syscall(SYS_lstat, p, buf))							\
	X(statfs, syscall(SYS_statfs, p, buf))							\
	X(access, syscall(SYS_access, p, F_OK))							\
	X(chmod, syscall(SYS_chmod, p, 0755))							\
	X(chown, syscall(SYS_chown, p, -1, -1))							\
	X(lchown, syscall(SYS_lchown, p, -1, -1))						\
	X(utime, syscall(SYS_utime, p, NULL))							\
	X(utimes, syscall(SYS_utimes, p, NULL))							\
	X(truncate, syscall(SYS_truncate, p, 0))						\
	X(link_old, syscall(SYS_link, p, "new"))						\
	X(link_new, syscall(SYS_link, "file", p))						\
	X(symlink_new, syscall(SYS_symlink, "file", p))						\
	X(symlink_target, syscall(SYS_symlink, p, "new"))					\
	X(readlink, syscall(SYS_readlink, p, buf, 10))						\
	X(rename_old, syscall(SYS_rename, p, "new"))						\
	X(rename_new, syscall(SYS_rename, "file2", p))						\
	X(rename_dir, syscall(SYS_rename, "dir", p))						\
	X(mkdir, syscall(SYS_mkdir, p, 0755))							\
	X(rmdir, syscall(SYS_rmdir, p))								\
	X(unlink, syscall(SYS_unlink, p))							\
	X(mknod, syscall(SYS_mknod, p, S_IFIFO | 0644, 0))					\
	X(chdir, syscall(SYS_chdir, p))								\
	X(execve, syscall(SYS_execve, p, no_args, no_args + 1))					\
	X(setxattr, syscall(SYS_setxattr, p, "user.x", "x", 1, 0))				\
	X(lsetxattr, syscall(SYS_lsetxattr, p, "user.x", "x", 1, 0))				\
	X(getxattr, syscall(SYS_getxattr, p, "user.none", buf, 1))				\
	X(lgetxattr, syscall(SYS_lgetxattr, p, "user.none", buf, 1))				\
	X(listxattr, syscall(SYS_listxattr, p, buf, 0) > 0 ? 0 : 0)				\
	X(llistxattr, syscall(SYS_llistxattr, p, buf, 0) > 0 ? 0 : 0)				\
	X(removexattr, syscall(SYS_removexattr, p, "user.none"))				\
	X(lremovexattr, syscall(SYS_lremovexattr, p, "user.none"))				\
	X(inotify_add_watch, syscall(SYS_inotify_add_watch, in, p, IN_OPEN) > 0 ? 0 : -1)	\
	X(bind, with_address(SYS_bind, p))							\
	X(connect, with_address(SYS_connect, p))						\
	X(openat, syscall(SYS_openat, dir, p, O_RDONLY))					\
	X(openat2, do_openat2(dir, p))								\
	X(newfstatat, syscall(SYS_newfstatat, dir, p, buf, 0))					\
	X(newfstatat_nofollow, syscall(SYS_newfstatat, dir, p, buf, AT_SYMLINK_NOFOLLOW))	\
	X(newfstatat_empty, syscall(SYS_newfstatat, dir, p, buf, AT_EMPTY_PATH))		\
	X(statx, syscall(SYS_statx, dir, p, 0, STATX_BASIC_STATS, buf))				\
	X(statx_empty, syscall(SYS_statx, dir, p, AT_EMPTY_PATH, STATX_BASIC_STATS, buf))	\
	X(faccessat, syscall(SYS_faccessat, dir, p, R_OK))					\
	X(faccessat2, syscall(SYS_faccessat2, dir, p, R_OK, AT_SYMLINK_NOFOLLOW))		\
	X(faccessat2_empty, syscall(SYS_faccessat2, dir, p, R_OK, AT_EMPTY_PATH))		\
	X(fchmodat, syscall(SYS_fchmodat, dir, p, 0755))					\
	X(fchownat, syscall(SYS_fchownat, dir, p, -1, -1, 0))					\
	X(fchownat_nofollow, syscall(SYS_fchownat, dir, p, -1, -1, AT_SYMLINK_NOFOLLOW))	\
	X(fchownat_empty, syscall(SYS_fchownat, dir, p, -1, -1, AT_EMPTY_PATH))			\
	X(futimesat, syscall(SYS_futimesat, dir, p, NULL))					\
	X(utimensat, syscall(SYS_utimensat, dir, p, ts, 0))					\
	X(utimensat_nofollow, syscall(SYS_utimensat, dir, p, ts, AT_SYMLINK_NOFOLLOW))		\
	X(utimensat_empty, syscall(SYS_utimensat, dir, p, ts, AT_EMPTY_PATH))			\
	X(linkat_old, syscall(SYS_linkat, dir, p, AT_FDCWD, "new", 0))				\
	X(linkat_follow, syscall(SYS_linkat, dir, p, AT_FDCWD, "new", AT_SYMLINK_FOLLOW))	\
	X(linkat_new, syscall(SYS_linkat, AT_FDCWD, "file", dir, p, 0))				\
	X(symlinkat, syscall(SYS_symlinkat, "file", dir, p))					\
	X(readlinkat, syscall(SYS_readlinkat, dir, p, buf, 10))					\
	X(renameat_old, syscall(SYS_renameat, dir, p, AT_FDCWD, "new"))				\
	X(renameat_new, syscall(SYS_renameat, AT_FDCWD, "file2", dir, p))			\
	X(renameat2_noreplace, syscall(SYS_renameat2, AT_FDCWD, "file2", dir, p, RENAME_NOREPLACE))	\
	X(renameat2_exchange, syscall(SYS_renameat2, AT_FDCWD, "file2", dir, p, RENAME_EXCHANGE))	\
	X(mkdirat, syscall(SYS_mkdirat, dir, p, 0755))						\
	X(mknodat, syscall(SYS_mknodat, dir, p, S_IFREG | 0644, 0))				\
	X(unlinkat, syscall(SYS_unlinkat, dir, p, 0))						\
	X(unlinkat_rmdir, syscall(SYS_unlinkat, dir, p, AT_REMOVEDIR))				\
	X(execveat, syscall(SYS_execveat, dir, p, no_args, no_args + 1, 0))

#define DEFINE(name, call) static long call_##name(int dir, const char *p) { return call; }
CALLS(DEFINE)
#define ROW(name, call) { #name, call_##name },
static const struct { const char *name; long (*fn)(int dir, const char *p); } calls[] = { CALLS(ROW) };
#define NCALLS (sizeof(calls) / sizeof(calls[0]))
enum {
#define NUMBER(name, call) N_##name,
	CALLS(NUMBER)
	NPLAIN = N_openat
};

#endif
