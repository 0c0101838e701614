// SPDX-License-Identifier: GPL-2.0
/*
 * Every call that takes a path, where it is refused for what it would change: by immutable directories and files, by read-only
 * mounts, by full file systems, by programs that run, to users who own nothing. See paths.h.
 */
#include "paths.h"
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

static int place;			/* O_PATH of the folder under test */

/* What a call that worked made is taken away again; what it took away is made again. */
static void repair(void)
{
	struct stat st;

	syscall(SYS_close_range, place + 1, ~0U, 0);
	fchdir(place);
	unlink("new");
	rmdir("new");
	if (lstat("file", &st))
		mknod("file", S_IFREG | 0644, 0);
	if (lstat("file2", &st))
		mknod("file2", S_IFREG | 0644, 0);
	if (lstat("dir", &st))
		mkdir("dir", 0755);
	if (lstat("link", &st))
		symlink("file", "link");
}

static void all(const char *where, const char *const *paths)
{
	fchdir(place);
	for (; *paths; paths++)
		for (size_t i = 0; i < NCALLS; i++) {
			long r;

			errno = 0;
			r = calls[i].fn(place, *paths);
			printf("%s: %s %s: %s\n", where, calls[i].name, *paths, r >= 0 ? "done" : errno ? strerrorname_np(errno) : "skipped");
			if (r >= 0)
				repair();
		}
}

static void set_attr(const char *path, int flag, bool on)
{
	int fd = open(path, O_RDONLY), flags = 0;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0) {
		flags = on ? flags | flag : flags & ~flag;
		ioctl(fd, FS_IOC_SETFLAGS, &flags);
	}
	close(fd);
}

static void scene(const char *name)
{
	mkdir(name, 0755);
	chdir(name);
	make_file("file", "x");
	make_file("file2", "y");
	mkdir("dir", 0755);
	symlink("file", "link");
	chdir(diff_dir);
	place = open(name, O_PATH);
}

static void ordinary_user(void)
{
	static const char *const paths[] = { "file", "dir", "link", "new", NULL };

	TITLE("to a user who owns nothing");
	scene("theirs");
	U(all("theirs", paths));
	close(place);
	chdir(diff_dir);
	scene("open");
	chmod("open", 0777);
	U(fchdir(place); for (size_t i = 0; i < NCALLS; i++) {
		static const char *const names[] = { "file", "dir" };

		if (strstr("chmod chown lchown utime utimes truncate setxattr removexattr fchmodat fchownat futimesat utimensat utimensat_nofollow "
			   "fchownat_nofollow fchownat_empty utimensat_empty link_old", calls[i].name))
			for (int k = 0; k < 2; k++) {
				errno = 0;
				long r = calls[i].fn(place, names[k]);
				printf("open: %s %s: %s\n", calls[i].name, names[k], r >= 0 ? "done" : strerrorname_np(errno));
			}
	});
	close(place);
	chdir(diff_dir);
}

static void immutable(void)
{
	static const char *const in_dir[] = { "file", "dir", "link", "new", NULL }, *const itself[] = { "file", NULL };

	TITLE("in an immutable directory");
	scene("fixed");
	set_attr("fixed", FS_IMMUTABLE_FL, true);
	all("fixed", in_dir);
	chdir(diff_dir);
	set_attr("fixed", FS_IMMUTABLE_FL, false);
	close(place);
	TITLE("an immutable file");
	scene("fixedfile");
	set_attr("fixedfile/file", FS_IMMUTABLE_FL, true);
	all("fixedfile", itself);
	chdir(diff_dir);
	set_attr("fixedfile/file", FS_IMMUTABLE_FL, false);
	close(place);
	TITLE("in a directory that only grows");
	scene("grows");
	set_attr("grows", FS_APPEND_FL, true);
	all("grows", itself);
	chdir(diff_dir);
	set_attr("grows", FS_APPEND_FL, false);
	set_attr("grows/file", FS_APPEND_FL, true);
	all("grows", itself);
	chdir(diff_dir);
	set_attr("grows/file", FS_APPEND_FL, false);
	close(place);
}

static void read_only(void)
{
	static const char *const paths[] = { "file", "dir", "link", "new", "none/new", NULL };

	TITLE("on a read-only mount");
	scene("ro");
	close(place);
	R(mount("ro", "ro", NULL, MS_BIND, NULL));
	R(mount(NULL, "ro", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	place = open("ro", O_PATH);
	all("ro", paths);
	fchdir(place);
	R(syscall(SYS_access, "file", W_OK));
	R(syscall(SYS_faccessat, place, "file", W_OK));
	R(syscall(SYS_faccessat2, place, "dir", W_OK, AT_EACCESS));
	chdir(diff_dir);
	close(place);
	R(umount("ro"));
}

static void full(void)
{
	static const char *const paths[] = { "new", NULL };

	TITLE("on a full file system");
	mkdir("full", 0755);
	R(mount("x", "full", "tmpfs", 0, "size=16k,nr_inodes=5"));
	scene("full");
	all("full", paths);
	R(syscall(SYS_renameat2, AT_FDCWD, "file", AT_FDCWD, "new", RENAME_WHITEOUT));
	chdir(diff_dir);
	close(place);
	R(umount("full"));
}

static void running(void)
{
	char buf_[1 << 16];
	ssize_t n;
	int from, to, p[2];
	char c;

	TITLE("a program that runs");
	scene("busy");
	pipe(p);
	from = open("/proc/self/exe", O_RDONLY);
	unlink("busy/file");
	to = open("busy/file", O_CREAT | O_RDWR, 0755);
	while ((n = read(from, buf_, sizeof(buf_))) > 0)
		write(to, buf_, n);
	R(execl("busy/file", "busy/file", "sleep", NULL));
	R(fallocate(to, 0, 0, 10));
	close(to);
	fflush(stdout);
	pid_t pid = fork();
	if (!pid) {
		dup2(p[1], 1);
		execl("busy/file", "busy/file", "sleep", NULL);
		_exit(1);
	}
	close(p[1]);
	read(p[0], &c, 1);
	close(p[0]);
	close(from);
	close(place);
	place = open("busy", O_PATH);
	fchdir(place);
	R(syscall(SYS_open, "file", O_RDWR));
	R(syscall(SYS_openat, place, "file", O_WRONLY));
	R(syscall(SYS_openat, place, "file", O_RDONLY | O_TRUNC));
	R(syscall(SYS_creat, "file", 0644));
	R(syscall(SYS_truncate, "file", 0));
	R(syscall(SYS_access, "file", W_OK));
	R(syscall(SYS_faccessat, place, "file", W_OK));
	R(syscall(SYS_faccessat2, place, "file", W_OK, AT_EACCESS));
	R(syscall(SYS_chmod, "file", 0700));
	R(syscall(SYS_rename, "file", "new"));
	R(syscall(SYS_unlink, "new"));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	chdir(diff_dir);
	close(place);
}

int main(int argc, char **argv)
{
	if (argc > 1) {			/* running() runs a copy of us */
		putchar('x');
		fflush(stdout);
		pause();
	}
	in = inotify_init();
	if (unshare(CLONE_NEWNS) == 0)
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	ordinary_user();
	running();
	if (!is_root())
		return 0;
	immutable();
	read_only();
	full();
	return 0;
}
