// SPDX-License-Identifier: GPL-2.0
/* mkdir, rmdir, mknod, symlink, readlink, link, unlink and their at-forms. */
#include "diff.h"
#include <sys/sysmacros.h>

static void dirs(void)
{
	int fd;

	TITLE("mkdir, rmdir");
	R(mkdir("d", 0777));
	show_stat("d");
	R(mkdir("d", 0777));
	R(mkdir("d/", 0777));
	R(mkdir("e/", 0777));
	R(mkdir("none/x", 0777));
	R(mkdir("", 0777));
	R(mkdir(".", 0777));
	R(mkdir("..", 0777));
	R(mkdir("/", 0777));
	R(mkdir("sticky", 07777));
	show_stat("sticky");
	R(mkdirat(-1, "x", 0777));
	R(mkdir(bad_ptr, 0777));
	make_file("f", "x");
	R(mkdir("f/x", 0777));
	R(mkdir("f", 0777));
	R(symlink("gone", "l"));
	R(mkdir("l", 0777));
	R(mkdir("l/", 0777));
	R(rmdir("f"));
	R(rmdir("l"));
	R(rmdir("none"));
	R(rmdir("."));
	R(rmdir("d/.."));
	R(rmdir("d/."));
	R(rmdir("/"));
	R(mkdir("d/sub", 0755));
	R(rmdir("d"));
	R(rmdir("d/sub/"));
	R(rmdir("d"));
	R(symlink("e", "le"));
	R(rmdir("le"));
	R(rmdir("le/"));
	TITLE("in a removed directory");
	R(mkdir("dead", 0755));
	fd = open("dead", O_RDONLY | O_DIRECTORY);
	R(rmdir("dead"));
	R(openat(fd, "x", O_CREAT | O_RDWR, 0666));
	R(mkdirat(fd, "x", 0777));
	R(openat(fd, ".", O_RDONLY));
	R(close(4));
	R(openat(fd, "..", O_RDONLY));
	R(close(4));
	R(fchdir(fd));
	R(syscall(SYS_getcwd, (char[100]){}, 100));
	chdir(diff_dir);
	close(fd);
	TITLE("set-group-ID directories");
	if (is_root()) {
		R(mkdir("sg", 0755));
		R(chown("sg", 1, 7));
		R(chmod("sg", 02775));
		R(mkdir("sg/sub", 0755));
		show_stat("sg/sub");
		make_file("sg/file", "");
		struct stat st;
		stat("sg/sub", &st);
		V(st.st_gid);
		stat("sg/file", &st);
		V(st.st_gid);
		V(st.st_uid);
	}
}

static void nodes(void)
{
	struct stat st;

	TITLE("mknod");
	R(mknod("reg", 0644, 0));
	show_stat("reg");
	R(mknod("reg2", S_IFREG | 0600, 0));
	show_stat("reg2");
	R(mknod("fifo", S_IFIFO | 0666, 0));
	show_stat("fifo");
	R(mknod("sock", S_IFSOCK | 0666, 0));
	show_stat("sock");
	R(open("sock", O_RDWR));
	R(mknod("dir", S_IFDIR | 0777, 0));
	R(mknod("bad", 0170000 | 0777, 0));
	R(mknod("bad2", 0030000, 0));
	R(mknod("reg", 0644, 0));
	R(mknod("x/", 0644, 0));
	R(mkfifo("x/", 0644));
	U(R(mknod("chr", S_IFCHR | 0600, makedev(1, 3))); R(mknod("fifo2", S_IFIFO | 0600, 0)));
	if (is_root()) {
		R(mknod("null", S_IFCHR | 0666, makedev(1, 3)));
		show_stat("null");
		stat("null", &st);
		V(major(st.st_rdev));
		V(minor(st.st_rdev));
		R(mknod("wide", S_IFBLK | 0666, makedev(0xabc, 0x12345)));
		stat("wide", &st);
		V(major(st.st_rdev));
		V(minor(st.st_rdev));
		FD(open("wide", O_RDONLY));
	}
}

static void links(void)
{
	char buf[64];
	struct stat st;
	int fd;

	TITLE("symlink, readlink");
	R(symlink("", "empty"));
	R(symlink("target", ""));
	R(symlink("target", "s1"));
	R(symlink("target", "s1"));
	R(symlink("target", "s2/"));
	R(symlink("target", "none/s"));
	R(symlink(bad_ptr, "s3"));
	show_stat("s1");
	memset(buf, '#', sizeof(buf));
	R(readlink("s1", buf, sizeof(buf)));
	R(memcmp(buf, "target#", 7));
	R(readlink("s1", buf, 3));
	R(readlink("s1", buf, 0));
	R(syscall(SYS_readlink, "s1", buf, -1));
	R(readlink("f", buf, 10));
	R(readlink("none", buf, 10));
	R(readlink("s1/", buf, 10));
	R(readlink("s1", bad_ptr, 10));
	R(readlink("", buf, 10));
	fd = open("s1", O_PATH | O_NOFOLLOW);
	R(readlinkat(fd, "", buf, 10));
	R(fstat(fd, &st));
	V(S_ISLNK(st.st_mode));
	close(fd);
	fd = open("f", O_RDONLY);
	R(readlinkat(fd, "", buf, 10));
	close(fd);
	TITLE("link");
	R(link("f", "h"));
	show_stat("f");
	R(link("f", "h"));
	R(link("none", "h2"));
	R(link("f", "none/h"));
	R(link("d", "dlink"));
	R(mkdir("d", 0755));
	R(link("d", "dlink"));
	R(link("s1", "hs"));
	show_stat("hs");
	R(linkat(AT_FDCWD, "s1", AT_FDCWD, "hs2", AT_SYMLINK_FOLLOW));
	R(symlink("f", "sf"));
	R(linkat(AT_FDCWD, "sf", AT_FDCWD, "hf", AT_SYMLINK_FOLLOW));
	show_stat("hf");
	R(linkat(AT_FDCWD, "f", AT_FDCWD, "x", 1));
	R(link("f", "/proc/x"));
	R(link("f/", "hx"));
	R(link("f", "hx/"));
	TITLE("unlink");
	R(unlink("h"));
	R(unlink("h"));
	R(unlink("d"));
	R(unlink("d/"));
	R(unlink("f/"));
	R(unlink("none/"));
	R(unlink("."));
	R(unlink("/"));
	R(unlink(""));
	R(unlink("sf"));
	R(unlink("none/x"));
	R(unlink("f/x"));
	R(unlinkat(AT_FDCWD, "d", 0));
	R(unlinkat(AT_FDCWD, "d", 1));
	R(unlinkat(AT_FDCWD, "f", AT_REMOVEDIR));
	R(unlinkat(AT_FDCWD, "d", AT_REMOVEDIR));
	R(unlinkat(-1, "f", 0));
	TITLE("sticky directories");
	R(mkdir("tmp", 0777));
	R(chmod("tmp", 01777));
	make_file("tmp/ours", "x");
	U(R(unlink("tmp/ours")); R(rename("tmp/ours", "tmp/x")); R(open("tmp/his", O_CREAT | O_RDWR, 0666)); R(unlink("tmp/his")));
	R(chmod("tmp", 0777));
	U(R(unlink("tmp/ours")));
	R(mkdir("shut", 0755));
	make_file("shut/f", "");
	U(R(unlink("shut/f")); R(mkdir("shut/d", 0755)); R(symlink("x", "shut/s")));
}

int main(void)
{
	dirs();
	nodes();
	links();
	return 0;
}
