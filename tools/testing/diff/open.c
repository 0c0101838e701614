// SPDX-License-Identifier: GPL-2.0
/* open, openat, creat: each flag, each documented error, what it does to the file. */
#include "diff.h"

static void creation(void)
{
	struct stat st;
	int fd;

	TITLE("creation");
	FD(open("new", O_RDONLY));
	FD(open("new", O_CREAT | O_WRONLY, 0666));
	show_stat("new");
	FD(open("new", O_CREAT | O_EXCL | O_WRONLY, 0666));
	FD(open("strange", O_CREAT | O_WRONLY, 07777));
	show_stat("strange");
	umask(0);
	FD(open("all", O_CREAT | O_WRONLY, 0777));
	umask(022);
	show_stat("all");
	fd = R(open("ro", O_CREAT | O_RDWR, 0400));
	R(write(fd, "x", 1));
	close(fd);
	show_stat("ro");
	FD(creat("new", 0600));
	FD(creat("none/new", 0600));
	FD(creat("new/x", 0600));
	make_file("full", "text");
	FD(open("full", O_RDONLY | O_TRUNC));
	show_stat("full");
	FD(open("dir/", O_CREAT | O_WRONLY, 0666));
	FD(open("", O_CREAT | O_WRONLY, 0666));
	FD(open(".", O_CREAT | O_RDONLY, 0666));
	FD(open("/", O_CREAT | O_EXCL | O_RDONLY, 0666));
	FD(open("..", O_CREAT | O_WRONLY, 0666));
	R(stat("nothere", &st));
}

static void kinds(void)
{
	TITLE("directories, links, fifos");
	mkdir("d", 0755);
	FD(open("d", O_RDONLY));
	FD(open("d", O_RDWR));
	FD(open("d", O_WRONLY));
	FD(open("d", O_RDONLY | O_TRUNC));
	FD(open("d", O_RDONLY | O_DIRECTORY));
	FD(open("d/", O_RDONLY));
	FD(open("new", O_RDONLY | O_DIRECTORY));
	FD(open("new/", O_RDONLY));
	FD(open("d", O_CREAT | O_DIRECTORY, 0666));
	R(symlink("new", "l"));
	R(symlink("gone", "dangling"));
	R(symlink("loop", "loop"));
	FD(open("l", O_RDONLY));
	FD(open("l", O_RDONLY | O_NOFOLLOW));
	FD(open("l", O_PATH | O_NOFOLLOW));
	FD(open("l", O_CREAT | O_EXCL | O_RDWR, 0666));
	FD(open("dangling", O_RDONLY));
	FD(open("dangling", O_CREAT | O_EXCL | O_RDWR, 0666));
	FD(open("dangling", O_CREAT | O_NOFOLLOW | O_RDWR, 0666));
	FD(open("dangling", O_CREAT | O_RDWR, 0666));
	show_stat("gone");
	FD(open("loop", O_RDONLY));
	FD(open("loop", O_CREAT | O_RDWR, 0666));
	R(mkfifo("p", 0644));
	FD(open("p", O_WRONLY | O_NONBLOCK));
	FD(open("p", O_RDONLY | O_NONBLOCK));
	FD(open("p", O_RDWR | O_NONBLOCK));
}

static void errors(void)
{
	char name[5000];

	TITLE("errors");
	FD(open(bad_ptr, O_RDONLY));
	FD(open(NULL, O_RDONLY));
	FD(open("", O_RDONLY));
	FD(openat(-1, "x", O_RDONLY));
	FD(openat(-1, "/", O_RDONLY));
	FD(openat(99, "x", O_RDONLY));
	FD(openat(0, "", O_RDONLY));
	memset(name, 'n', 256);
	name[256] = 0;
	FD(open(name, O_CREAT | O_RDONLY, 0666));
	name[255] = 0;
	FD(open(name, O_CREAT | O_RDONLY, 0666));
	memset(name, '/', sizeof(name));
	name[4096] = 0;
	FD(open(name, O_RDONLY));
	name[4095] = 0;
	FD(open(name, O_RDONLY));
	memcpy(name + 4095 - 4, "/new", 4);
	FD(open(name, O_RDONLY));
	U(FD(open("ro", O_RDONLY)); FD(open("ro", O_RDWR)); FD(open("mine", O_CREAT | O_RDWR, 0666)));
	mkdir("shut", 0700);
	make_file("shut/in", "x");
	chmod("shut", 0600);
	U(FD(open("shut/in", O_RDONLY)); FD(open("shut", O_RDONLY)));
	chmod("shut", 0711);
	U(FD(open("shut/in", O_RDONLY)); FD(open("shut", O_RDONLY)); FD(open("shut/in", O_RDONLY | O_NOATIME)));
}

static void flags(void)
{
	static const int set[] = { O_RDONLY, O_WRONLY, O_RDWR, 3, O_APPEND | O_WRONLY, O_NONBLOCK, O_SYNC | O_RDWR, O_DSYNC | O_RDWR, O_NOFOLLOW,
				   O_CLOEXEC, O_CREAT | O_RDWR, O_TRUNC | O_RDWR, O_NOCTTY, O_PATH, O_PATH | O_RDWR | O_TRUNC, 0x4000000 };
	char buf[4];
	int fd;

	TITLE("what F_GETFL shows");
	for (size_t i = 0; i < sizeof(set) / sizeof(set[0]); i++) {
		fd = syscall(SYS_openat, AT_FDCWD, "full", set[i], 0644);
		printf("%o -> fd %d, flags %o, cloexec %d\n", set[i], fd, fcntl(fd, F_GETFL), fcntl(fd, F_GETFD));
		close(fd);
	}
	TITLE("O_PATH");
	fd = R(open("full", O_PATH));
	R(read(fd, buf, 1));
	R(write(fd, buf, 1));
	R(lseek(fd, 0, SEEK_SET));
	R(fchmod(fd, 0600));
	R(fsync(fd));
	R(ftruncate(fd, 0));
	R(fcntl(fd, F_SETFL, 0));
	R(dup(fd));
	R(close(4));
	R(close(fd));
	TITLE("descriptor 3 open for nothing");
	fd = R(open("full", 3));
	R(read(fd, buf, 1));
	R(write(fd, buf, 1));
	close(fd);
	TITLE("O_APPEND");
	make_file("app", "abc");
	fd = open("app", O_RDWR | O_APPEND);
	R(write(fd, "d", 1));
	R(lseek(fd, 0, SEEK_CUR));
	R(lseek(fd, 0, SEEK_SET));
	R(write(fd, "e", 1));
	R(pwrite(fd, "f", 1, 0));
	show_file("app");
	close(fd);
}

static void tmpfile_(void)
{
	char path[64], link[64];
	int fd;

	TITLE("O_TMPFILE");
	FD(open(".", O_TMPFILE | O_RDONLY, 0600));
	FD(open("full", O_TMPFILE | O_RDWR, 0600));
	FD(open("none", O_TMPFILE | O_RDWR, 0600));
	fd = R(open(".", O_TMPFILE | O_RDWR, 0640));
	R(write(fd, "temp", 4));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (access("/proc/self/fd", F_OK) == 0) {
		R(linkat(AT_FDCWD, path, AT_FDCWD, "kept", AT_SYMLINK_FOLLOW));
		show_stat("kept");
		show_file("kept");
	}
	close(fd);
	fd = open(".", O_TMPFILE | O_RDWR | O_EXCL, 0640);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (access("/proc/self/fd", F_OK) == 0)
		R(linkat(AT_FDCWD, path, AT_FDCWD, "kept2", AT_SYMLINK_FOLLOW));
	(void)link;
	close(fd);
}

int main(void)
{
	creation();
	kinds();
	errors();
	flags();
	tmpfile_();
	return 0;
}
