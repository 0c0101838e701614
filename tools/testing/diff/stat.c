// SPDX-License-Identifier: GPL-2.0
/* stat, lstat, fstat, newfstatat, statx, statfs, access, faccessat2. */
#include "diff.h"
#include <linux/stat.h>
#include <sys/statfs.h>

#define statx_(...) syscall(SYS_statx, __VA_ARGS__)

static void show(const char *what, const struct stat *st)
{
	printf("%s: %s %04o nlink %ld size %ld blocks %ld\n", what, type_name(st->st_mode), st->st_mode & 07777, (long)st->st_nlink,
	       (long)st->st_size, (long)st->st_blocks);
}

int main(void)
{
	struct statx sx;
	struct statfs sf;
	struct stat st, st2;
	char *big;
	int fd, dfd;

	make_file("f", "12345");
	symlink("f", "l");
	symlink("none", "dangling");
	mkdir("d", 0755);
	TITLE("stat");
	R(stat("f", &st));
	show("f", &st);
	R(lstat("l", &st));
	show("l", &st);
	R(stat("l", &st2));
	show("l followed", &st2);
	R(stat("dangling", &st));
	R(lstat("dangling/", &st));
	R(stat("f/", &st));
	R(stat("", &st));
	R(stat("f", (struct stat *)bad_ptr));
	R(stat(bad_ptr, &st));
	R(syscall(SYS_stat, "f", ro_ptr));
	R(fstat(-1, &st));
	R(fstatat(-1, "f", &st, 0));
	R(fstatat(-1, diff_dir, &st, 0));
	fd = open("f", O_RDONLY);
	R(fstat(fd, &st));
	show("fstat", &st);
	R(syscall(SYS_newfstatat, fd, "", &st, AT_EMPTY_PATH));
	show("empty path", &st);
	R(syscall(SYS_newfstatat, fd, "", &st, 0));
	R(syscall(SYS_newfstatat, fd, "x", &st, 0));
	R(syscall(SYS_newfstatat, AT_FDCWD, "", &st, AT_EMPTY_PATH));
	V(S_ISDIR(st.st_mode));
	R(syscall(SYS_newfstatat, AT_FDCWD, "l", &st, AT_SYMLINK_NOFOLLOW));
	V(S_ISLNK(st.st_mode));
	R(syscall(SYS_newfstatat, AT_FDCWD, "f", &st, 0x40000));
	dfd = open("d", O_PATH);
	R(fstatat(dfd, "../f", &st, 0));
	V(st.st_size);
	R(fstat(dfd, &st));
	V(S_ISDIR(st.st_mode));
	R(stat("/dev/null", &st));
	printf("null: %s %04o rdev %lx\n", type_name(st.st_mode), st.st_mode & 07777, (long)st.st_rdev);
	TITLE("blocks of holes and data");
	R(truncate("f", 1 << 20));
	stat("f", &st);
	show("with a hole", &st);
	fd = open("g", O_CREAT | O_RDWR, 0644);
	big = calloc(1, 8192);
	R(write(fd, big, 8192));
	fsync(fd);
	fstat(fd, &st);
	show("two pages", &st);
	TITLE("statx");
	R(statx_(AT_FDCWD, "g", 0, STATX_BASIC_STATS | STATX_BTIME, &sx));
	V(sx.stx_size);
	V(sx.stx_nlink);
	V((sx.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
	V(sx.stx_ino == st.st_ino);
	V(sx.stx_attributes & (STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND | STATX_ATTR_MOUNT_ROOT));
	R(statx_(AT_FDCWD, "/proc", 0, STATX_TYPE, &sx));
	V(!!(sx.stx_attributes & STATX_ATTR_MOUNT_ROOT));
	R(statx_(fd, "", AT_EMPTY_PATH, STATX_SIZE, &sx));
	R(statx_(fd, "", 0, STATX_SIZE, &sx));
	R(statx_(AT_FDCWD, "none", 0, STATX_SIZE, &sx));
	R(statx_(AT_FDCWD, "g", AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC, STATX_SIZE, &sx));
	R(statx_(AT_FDCWD, "g", 0x40000, STATX_SIZE, &sx));
	R(statx_(AT_FDCWD, "g", 0, 0x80000000u, &sx));
	R(statx_(AT_FDCWD, "g", 0, STATX_SIZE, bad_ptr));
	R(statx_(AT_FDCWD, "dangling", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &sx));
	V(S_ISLNK(sx.stx_mode));
	TITLE("statfs");
	R(statfs(".", &sf));
	V(sf.f_namelen);
	V(sf.f_bsize > 0);
	R(statfs("none", &sf));
	R(statfs("g", (struct statfs *)bad_ptr));
	R(statfs("g/x", &sf));
	R(fstatfs(fd, &sf));
	R(fstatfs(dfd, &sf));
	R(fstatfs(-1, &sf));
	R(statfs("/proc", &sf));
	printf("%lx\n", (long)sf.f_type);
	R(syscall(SYS_ustat, -1, big));
	TITLE("access");
	R(access("g", F_OK));
	R(access("g", R_OK | W_OK));
	R(access("g", X_OK));
	R(access("none", F_OK));
	R(access("g/x", F_OK));
	R(access("g", 8));
	R(access(bad_ptr, F_OK));
	R(access("dangling", F_OK));
	R(access("d", R_OK | W_OK | X_OK));
	make_file("secret", "x");
	chmod("secret", 0600);
	U(R(access("g", R_OK)); R(access("g", W_OK)); R(access("secret", R_OK)); R(access("secret", F_OK)); R(access("d", W_OK)); R(access("d", X_OK)));
	chmod("secret", 0111);
	R(access("secret", X_OK));
	R(syscall(SYS_faccessat2, AT_FDCWD, "g", R_OK, 0));
	R(syscall(SYS_faccessat2, AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
	R(syscall(SYS_faccessat2, fd, "", R_OK, AT_EMPTY_PATH));
	R(syscall(SYS_faccessat2, AT_FDCWD, "g", R_OK, 1));
	R(syscall(SYS_faccessat2, -1, "g", R_OK, 0));
	if (is_root()) {
		TITLE("real and effective ids");
		C(setresuid(NOBODY, 0, 0); R(access("secret", R_OK)); R(syscall(SYS_faccessat2, AT_FDCWD, "secret", R_OK, AT_EACCESS)));
		C(setresuid(0, NOBODY, 0); R(access("secret", R_OK)); R(syscall(SYS_faccessat2, AT_FDCWD, "secret", R_OK, AT_EACCESS)));
	}
	return 0;
}
