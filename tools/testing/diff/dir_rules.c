// SPDX-License-Identifier: GPL-2.0
/*
 * What directories and mounts forbid: sticky and set-group-ID bits, read-only mounts, immutable and append-only attributes, renames
 * over and into, whiteouts, unnamed files, O_PATH.
 */
#include "diff.h"
#include <linux/fs.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/xattr.h>

static long r2(const char *a, const char *b, unsigned flags) { return syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, flags); }

static void show_owner(const char *name)
{
	struct stat st;

	if (lstat(name, &st))
		printf("%s: %s\n", name, strerrorname_np(errno));
	else
		printf("%s: %s %04o %d:%d\n", name, type_name(st.st_mode), st.st_mode & 07777, st.st_uid, st.st_gid);
}

static void sticky(void)
{
	TITLE("sticky directories");
	mkdir("tmp", 0777);
	chmod("tmp", 01777);
	make_file("tmp/ours", "x");
	chmod("tmp/ours", 0666);
	mkdir("tmp/dir", 0777);
	chmod("tmp/dir", 0777);
	mkdir("free", 0777);
	chmod("free", 0777);
	U(R(unlink("tmp/ours")); R(rename("tmp/ours", "tmp/x")); R(rmdir("tmp/dir")); R(rename("tmp/dir", "free/dir"));
	  R(open("tmp/his", O_CREAT | O_RDWR, 0600)); R(rename("tmp/his", "tmp/ours")); R(rename("tmp/his", "tmp/new"));
	  R(r2("tmp/new", "tmp/ours", RENAME_EXCHANGE)); R(link("tmp/ours", "free/l")); R(unlink("tmp/new"));
	  R(mkdir("tmp/sub", 0700)); R(rmdir("tmp/sub")));
	if (!is_root())
		return;
	chown("tmp", NOBODY, NOBODY);
	U(R(unlink("tmp/ours")); R(rmdir("tmp/dir")));
	TITLE("hard links to what is not one's own");
	chown("tmp", 0, 0);
	chmod("tmp", 01777);
	make_file("secret", "s");
	chmod("secret", 0600);
	make_file("suid", "s");
	chmod("suid", 04666);
	U(R(link("secret", "tmp/hard")); R(link("suid", "tmp/hard2")));
	chmod("suid", 0666);
	U(R(link("suid", "tmp/hard3")));
}

static void group_bit(void)
{
	int fd;

	TITLE("set-group-ID directories");
	mkdir("group", 0777);
	if (is_root())
		chown("group", 0, 4242);
	R(chmod("group", 02777));
	R(mkdir("group/sub", 0755));
	fd = R(open("group/file", O_CREAT | O_RDWR, 02775));
	R(symlink("x", "group/link"));
	R(mknod("group/fifo", S_IFIFO | 0644, 0));
	close(fd);
	if (is_root()) {
		show_owner("group/sub");
		show_owner("group/file");
		show_owner("group/link");
		show_owner("group/fifo");
	}
	umask(0);
	U(R(open("group/his", O_CREAT | O_RDWR, 02775)); R(mkdir("group/hisdir", 0777)); R(open("group", O_TMPFILE | O_RDWR, 02775)));
	umask(022);
	if (is_root()) {
		show_owner("group/his");
		show_owner("group/hisdir");
	}
}

static void read_only(void)
{
	struct timespec ts[2] = { { 1, 1 }, { 1, 1 } };
	struct statfs sf;
	int fd, dir;

	TITLE("a read-only mount");
	mkdir("ro", 0755);
	make_file("ro/f", "x");
	mkdir("ro/d", 0755);
	mkfifo("ro/p", 0644);
	symlink("f", "ro/l");
	if (!is_root())
		return;
	if (unshare(CLONE_NEWNS) == 0)
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	R(mount("ro", "ro", NULL, MS_BIND, NULL));
	fd = open("ro/f", O_RDONLY);
	dir = open("ro", O_PATH);
	R(mount(NULL, "ro", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	FD(open("ro/f", O_RDWR));
	FD(open("ro/f", O_RDONLY | O_TRUNC));
	FD(open("ro/f", O_RDONLY | O_CREAT, 0644));
	FD(open("ro/new", O_RDONLY | O_CREAT, 0644));
	FD(open("ro/f", O_RDONLY | O_CREAT | O_EXCL, 0644));
	FD(open("ro", O_TMPFILE | O_RDWR, 0644));
	FD(open("ro/p", O_RDWR | O_NONBLOCK));
	R(mkdir("ro/new", 0755));
	R(mkdir("ro/d", 0755));
	R(mkdir("ro/none/d", 0755));
	R(rmdir("ro/d"));
	R(rmdir("ro/none"));
	R(rmdir("ro/f"));
	R(unlink("ro/f"));
	R(unlink("ro/d"));
	R(unlink("ro/none"));
	R(symlink("x", "ro/new"));
	R(symlink("x", "ro/l"));
	R(mknod("ro/new", S_IFIFO | 0644, 0));
	R(mknod("ro/f", S_IFIFO | 0644, 0));
	R(link("ro/f", "ro/new"));
	R(link("ro/f", "ro/l"));
	R(link("ro/f", "outside"));
	R(rename("ro/f", "ro/new"));
	R(rename("ro/none", "ro/new"));
	R(rename("ro/f", "outside"));
	R(chmod("ro/f", 0600));
	R(fchmod(fd, 0600));
	R(chown("ro/f", 0, 0));
	R(fchown(fd, 0, 0));
	R(lchown("ro/l", 0, 0));
	R(utimensat(AT_FDCWD, "ro/f", ts, 0));
	R(utimensat(AT_FDCWD, "ro/f", NULL, 0));
	R(futimens(fd, ts));
	R(truncate("ro/f", 0));
	R(truncate("ro/d", 0));
	R(setxattr("ro/f", "user.x", "x", 1, 0));
	R(fsetxattr(fd, "user.x", "x", 1, 0));
	R(removexattr("ro/f", "user.x"));
	R(access("ro/f", W_OK));
	R(access("ro/d", W_OK));
	R(access("ro/p", W_OK));
	R(faccessat(dir, "f", R_OK, 0));
	R(ioctl(fd, FS_IOC_SETFLAGS, &(int){ 0 }));
	R(statfs("ro", &sf));
	V(sf.f_flags & 1);
	U(R(open("ro/f", O_RDWR)); R(mkdir("ro/n", 0755)); R(unlink("ro/f")); R(chmod("ro/f", 0)); R(access("ro/f", W_OK)));
	close(fd);
	close(dir);
	R(umount("ro"));
}

static void attributes(void)
{
	struct timespec ts[2] = { { 1, 1 }, { 1, 1 } };
	int fd = open("attr", O_CREAT | O_RDWR, 0644), dirfd, flags = 0;

	TITLE("attributes");
	if (R(ioctl(fd, FS_IOC_GETFLAGS, &flags)))
		return;
	V(flags & ~FS_EXTENT_FL);
	R(ioctl(fd, FS_IOC_GETFLAGS, bad_ptr));
	R(ioctl(fd, FS_IOC_SETFLAGS, bad_ptr));
	U(R(ioctl(fd, FS_IOC_SETFLAGS, &(int){ flags | FS_NODUMP_FL })); R(ioctl(fd, FS_IOC_GETFLAGS, &flags)));
	R(ioctl(fd, FS_IOC_GETFLAGS, &flags));
	if (!is_root())
		return;
	int plain = flags;
	R(ioctl(fd, FS_IOC_SETFLAGS, &(int){ plain | FS_NODUMP_FL | FS_NOATIME_FL }));
	R(ioctl(fd, FS_IOC_GETFLAGS, &flags));
	V(flags & ~FS_EXTENT_FL);
	TITLE("immutable");
	R(ioctl(fd, FS_IOC_SETFLAGS, &(int){ plain | FS_IMMUTABLE_FL }));
	FD(open("attr", O_RDONLY));
	FD(open("attr", O_WRONLY));
	FD(open("attr", O_RDONLY | O_TRUNC));
	R(write(fd, "still", 5));
	R(ftruncate(fd, 0));
	R(truncate("attr", 0));
	R(fallocate(fd, 0, 0, 10));
	R(chmod("attr", 0600));
	R(fchmod(fd, 0600));
	R(chown("attr", 0, 0));
	R(utimensat(AT_FDCWD, "attr", ts, 0));
	R(utimensat(AT_FDCWD, "attr", NULL, 0));
	R(unlink("attr"));
	R(rename("attr", "attr2"));
	R(link("attr", "attr2"));
	make_file("over", "x");
	R(rename("over", "attr"));
	R(setxattr("attr", "user.x", "x", 1, 0));
	R(removexattr("attr", "user.x"));
	R(access("attr", W_OK));
	U(R(ioctl(fd, FS_IOC_SETFLAGS, &(int){ plain })));
	TITLE("append only");
	R(ioctl(fd, FS_IOC_SETFLAGS, &(int){ plain | FS_APPEND_FL }));
	FD(open("attr", O_WRONLY));
	FD(open("attr", O_WRONLY | O_TRUNC));
	FD(open("attr", O_RDWR | O_APPEND | O_TRUNC));
	int app = R(open("attr", O_WRONLY | O_APPEND));
	R(write(app, "more", 4));
	R(fcntl(app, F_SETFL, 0));
	R(fcntl(app, F_SETFL, O_APPEND | O_NONBLOCK));
	R(ftruncate(app, 0));
	R(truncate("attr", 0));
	R(fallocate(app, 1, 0, 10));
	R(fallocate(app, 3, 0, 10));
	R(chmod("attr", 0600));
	R(utimensat(AT_FDCWD, "attr", ts, 0));
	R(utimensat(AT_FDCWD, "attr", NULL, 0));
	R(unlink("attr"));
	R(rename("attr", "attr2"));
	R(link("attr", "attr2"));
	R(access("attr", W_OK));
	close(app);
	R(ioctl(fd, FS_IOC_SETFLAGS, &(int){ plain }));
	TITLE("directories");
	mkdir("adir", 0755);
	make_file("adir/f", "x");
	dirfd = open("adir", O_RDONLY);
	R(ioctl(dirfd, FS_IOC_GETFLAGS, &plain));
	R(ioctl(dirfd, FS_IOC_SETFLAGS, &(int){ plain | FS_APPEND_FL }));
	FD(open("adir/g", O_CREAT | O_RDWR, 0644));
	R(unlink("adir/f"));
	R(rename("adir/f", "adir/h"));
	R(rename("over", "adir/f"));
	R(mkdir("adir/d", 0755));
	R(rmdir("adir/d"));
	R(ioctl(dirfd, FS_IOC_SETFLAGS, &(int){ plain | FS_IMMUTABLE_FL }));
	FD(open("adir/i", O_CREAT | O_RDWR, 0644));
	FD(open("adir/f", O_RDWR));
	R(unlink("adir/f"));
	R(link("over", "adir/l"));
	R(mknod("adir/n", S_IFIFO, 0));
	R(symlink("x", "adir/n"));
	R(rename("adir/f", "f2"));
	R(rmdir("adir"));
	R(access("adir", W_OK));
	FD(open("adir", O_TMPFILE | O_RDWR, 0600));
	R(ioctl(dirfd, FS_IOC_SETFLAGS, &(int){ plain }));
	close(dirfd);
	close(fd);
}

static void renames(void)
{
	struct stat st;
	char deep[4200] = "";
	int fd;

	TITLE("renames");
	mkdir("r1", 0755);
	mkdir("r1/r2", 0755);
	mkdir("r1/r2/r3", 0755);
	make_file("rf", "x");
	R(rename("r1", "r1"));
	R(rename("r1", "r1/r2"));
	R(rename("r1", "r1/r2/r3/x"));
	R(rename("r1/r2/r3", "r1/r2"));
	R(rename("r1/r2/r3", "r1"));
	R(rename("r1/r2/.", "x"));
	R(rename("r1/r2/..", "x"));
	R(rename("rf", "r1"));
	R(rename("r1", "rf"));
	R(rename("rf", "r1/r2/"));
	R(rename("rf", "rf2/"));
	R(rename("r1", "r4/"));
	R(rename("r4/", "r1"));
	R(r2("r1", "r1/r2", RENAME_EXCHANGE));
	R(r2("r1/r2", "r1", RENAME_EXCHANGE));
	R(r2("r1/r2/r3", "rf", RENAME_EXCHANGE));
	R(r2("r1/r2/r3", "rf", RENAME_EXCHANGE));
	R(r2("rf", "r1", RENAME_NOREPLACE));
	R(r2("rf", "rf", RENAME_NOREPLACE));
	R(r2("rf", "rf", RENAME_EXCHANGE));
	R(r2("rf", ".", RENAME_NOREPLACE));
	R(r2("rf", "..", RENAME_EXCHANGE));
	R(r2("rf", "/proc/self/comm", 0));
	R(r2("none", "/proc/self/comm", 0));
	R(r2("rf", "x", 1U << 31));
	R(r2("rf", "x", RENAME_EXCHANGE | RENAME_WHITEOUT));
	fd = open("r1/r2", O_RDONLY);
	rename("r1/r2", "moved");
	R(fstat(fd, &st));
	R(openat(fd, "..", O_RDONLY));
	R(close(4));
	R(unlinkat(fd, "r3", AT_REMOVEDIR));
	R(unlinkat(fd, "r3", 0x1000));
	R(unlinkat(fd, ".", AT_REMOVEDIR));
	R(unlinkat(fd, "", AT_REMOVEDIR));
	close(fd);
	TITLE("whiteouts");
	if (is_root()) {
		make_file("w1", "w");
		make_file("w2", "x");
		R(r2("w1", "w3", RENAME_WHITEOUT));
		R(lstat("w1", &st));
		printf("%s %04o rdev %lx\n", type_name(st.st_mode), st.st_mode & 07777, (long)st.st_rdev);
		show_file("w3");
		R(r2("w3", "w2", RENAME_WHITEOUT));
		show_file("w2");
		show_stat("w3");
		R(r2("w2", "w3", RENAME_WHITEOUT | RENAME_NOREPLACE));
		R(r2("w2", "w4", RENAME_WHITEOUT | RENAME_NOREPLACE));
		mkdir("wd", 0755);
		R(r2("wd", "wd2", RENAME_WHITEOUT));
		show_stat("wd");
		FD(open("wd", O_RDONLY));
		R(unlink("wd"));
		R(rmdir("wd2"));
	}
	U(R(r2("rf", "rg", RENAME_WHITEOUT)));
	TITLE("depth");
	for (int i = 0; i < 1000; i++)
		if (mkdir("n", 0755) || chdir("n"))
			return;
	R(getcwd(deep, sizeof(deep)) != NULL);
	V(strlen(deep) > 2000);
	R(syscall(SYS_getcwd, deep, 5));
	R(syscall(SYS_getcwd, bad_ptr, 4096));
	R(syscall(SYS_getcwd, deep, 0));
	R(rename("../n", "../m"));
	chdir(diff_dir);
	for (int i = 0; i < 1000; i++)
		deep[2 * i] = 'n', deep[2 * i + 1] = '/';
	deep[2000] = 0;
	R(access(deep, F_OK));
	deep[1998] = 'm';
	R(access(deep, F_OK));
	R(rename("n", "n/n/n/x"));
}

static void path_descriptors(void)
{
	int p, fd, link;
	char path[40], buf[40] = "";
	struct stat st;

	TITLE("O_PATH");
	make_file("pf", "path");
	symlink("pf", "pl");
	p = R(open("pf", O_PATH | O_RDWR | O_CREAT | O_APPEND));
	R(fcntl(p, F_GETFL));
	R(fstat(p, &st));
	R(fchown(p, -1, -1));
	R(fchownat(p, "", -1, -1, AT_EMPTY_PATH));
	R(syscall(SYS_newfstatat, p, "", &st, AT_EMPTY_PATH));
	R(openat(p, "x", O_RDONLY));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p);
	fd = R(open(path, O_RDWR));
	R(write(fd, "PATH", 4));
	show_file("pf");
	close(fd);
	R(chmod(path, 0600));
	show_stat("pf");
	R(truncate(path, 2));
	show_file("pf");
	R(linkat(AT_FDCWD, path, AT_FDCWD, "pf2", AT_SYMLINK_FOLLOW));
	show_stat("pf2");
	close(p);
	link = R(open("pl", O_PATH | O_NOFOLLOW));
	R(readlinkat(link, "", buf, 40));
	printf("%s\n", buf);
	R(fstat(link, &st));
	V(S_ISLNK(st.st_mode));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", link);
	FD(open(path, O_RDONLY));
	R(fchownat(link, "", -1, -1, AT_EMPTY_PATH));
	close(link);
	p = open(".", O_PATH);
	R(fchdir(p));
	FD(openat(p, "pf", O_RDONLY));
	R(flock(p, 1));
	R(dup(p));
	close(p);
	close(p + 1);
	make_file("gone", "gone");
	p = open("gone", O_PATH);
	unlink("gone");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p);
	fd = R(open(path, O_RDONLY));
	R(read(fd, buf, 10));
	close(fd);
	R(linkat(AT_FDCWD, path, AT_FDCWD, "again", AT_SYMLINK_FOLLOW));
	close(p);
}

static void unnamed(void)
{
	char path[40];
	struct stat st;
	int fd;

	TITLE("O_TMPFILE");
	mkdir("t", 0755);
	fd = R(open("t", O_TMPFILE | O_WRONLY, 04711));
	R(fstat(fd, &st));
	printf("%o %d\n", st.st_mode, (int)st.st_nlink);
	R(rmdir("t"));
	mkdir("t2", 0755);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	R(linkat(AT_FDCWD, path, AT_FDCWD, "t2/name", AT_SYMLINK_FOLLOW));
	R(linkat(AT_FDCWD, path, AT_FDCWD, "t2/name", AT_SYMLINK_FOLLOW));
	if (is_root())
		R(linkat(fd, "", AT_FDCWD, "t2/name2", AT_EMPTY_PATH));
	R(fstat(fd, &st));
	V(st.st_nlink);
	unlink("t2/name");
	unlink("t2/name2");
	R(linkat(AT_FDCWD, path, AT_FDCWD, "t2/name3", AT_SYMLINK_FOLLOW));
	close(fd);
	FD(open("t2", O_TMPFILE | O_RDWR | O_CREAT, 0600));
	FD(open("t2", O_TMPFILE | O_RDWR | O_EXCL | O_TRUNC | O_APPEND, 0600));
	FD(open("/proc", O_TMPFILE | O_RDWR, 0600));
	U(FD(open("t2", O_TMPFILE | O_RDWR, 0600)));
}

int main(void)
{
	sticky();
	group_bit();
	attributes();
	renames();
	path_descriptors();
	unnamed();
	read_only();
	return 0;
}
