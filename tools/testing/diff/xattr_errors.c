// SPDX-License-Identifier: GPL-2.0
/* Extended attributes: each error of each of the twelve calls, and what they leave. */
#include "diff.h"
#include <sys/xattr.h>

static char big[70000], longname[400];

static void on_file(const char *f, const char *none)
{
	char buf[100];
	int fd = open(f, O_RDONLY);

	R(setxattr(f, "user.a", "1234567890", 10, 0));
	R(lsetxattr(f, "user.b", "1234567890", 10, XATTR_CREATE));
	R(fsetxattr(fd, "user.c", "1234567890", 10, 0));
	TITLE("EEXIST and ENODATA");
	R(setxattr(f, "user.a", "x", 1, XATTR_CREATE));
	R(lsetxattr(f, "user.a", "x", 1, XATTR_CREATE));
	R(fsetxattr(fd, "user.a", "x", 1, XATTR_CREATE));
	R(setxattr(f, "user.x", "x", 1, XATTR_REPLACE));
	R(lsetxattr(f, "user.x", "x", 1, XATTR_REPLACE));
	R(fsetxattr(fd, "user.x", "x", 1, XATTR_REPLACE));
	R(setxattr(f, "user.x", "x", 1, XATTR_REPLACE | XATTR_CREATE));
	R(setxattr(f, "user.a", "x", 1, XATTR_REPLACE | XATTR_CREATE));
	R(getxattr(f, "user.x", buf, 100));
	R(lgetxattr(f, "user.x", buf, 100));
	R(fgetxattr(fd, "user.x", buf, 100));
	R(removexattr(f, "user.x"));
	R(lremovexattr(f, "user.x"));
	R(fremovexattr(fd, "user.x"));
	TITLE("ERANGE");
	R(getxattr(f, "user.a", buf, 9));
	R(lgetxattr(f, "user.a", buf, 9));
	R(fgetxattr(fd, "user.a", buf, 9));
	R(getxattr(f, "user.a", buf, 10));
	R(lgetxattr(f, "user.b", buf, 10));
	R(fgetxattr(fd, "user.c", buf, 10));
	R(lgetxattr(f, "user.b", NULL, 0));
	R(listxattr(f, buf, 5));
	R(llistxattr(f, buf, 5));
	R(flistxattr(fd, buf, 5));
	R(listxattr(f, NULL, 0));
	R(llistxattr(f, NULL, 0));
	R(flistxattr(fd, NULL, 0));
	R(setxattr(f, "", "x", 1, 0));
	R(setxattr(f, longname, "x", 1, 0));
	R(lsetxattr(f, longname, "x", 1, 0));
	R(fsetxattr(fd, longname, "x", 1, 0));
	R(getxattr(f, longname, buf, 1));
	R(lgetxattr(f, "", buf, 1));
	R(fgetxattr(fd, longname, buf, 1));
	R(removexattr(f, longname));
	R(lremovexattr(f, ""));
	R(fremovexattr(fd, longname));
	TITLE("E2BIG, ENOSPC");
	R(setxattr(f, "user.big", big, 65537, 0));
	R(lsetxattr(f, "user.big", big, 65537, 0));
	R(fsetxattr(fd, "user.big", big, 65537, 0));
	R(setxattr(f, "user.big", big, (size_t)-1, 0));
	for (int i = 0; i < 40; i++) {		/* until one does not fit; how many do is the file system's */
		char name[20];

		snprintf(name, sizeof(name), "user.n%d", i);
		if (setxattr(f, name, big, 65536, 0))
			break;
		removexattr(f, name);
	}
	lsetxattr(f, "user.big", big, 60000, 0);
	fsetxattr(fd, "user.big", big, 60000, 0);
	removexattr(f, "user.big");
	TITLE("EINVAL");
	R(setxattr(f, "user.a", "x", 1, 4));
	R(lsetxattr(f, "user.a", "x", 1, -1));
	R(fsetxattr(fd, "user.a", "x", 1, 8));
	R(setxattr(f, "user.", "x", 1, 0));
	R(getxattr(f, "user.", buf, 1));
	TITLE("EOPNOTSUPP");
	R(setxattr(f, "none.a", "x", 1, 0));
	R(lsetxattr(f, "none.a", "x", 1, 0));
	R(fsetxattr(fd, "none.a", "x", 1, 0));
	R(getxattr(f, "none.a", buf, 1));
	R(lgetxattr(f, "none.a", buf, 1));
	R(fgetxattr(fd, "none.a", buf, 1));
	R(removexattr(f, "none.a"));
	R(lremovexattr(f, "none.a"));
	R(fremovexattr(fd, "none.a"));
	R(getxattr(f, "user", buf, 1));
	R(getxattr(f, "system.none", buf, 1));
	R(setxattr(f, "system.none", "x", 1, 0));
	TITLE("EFAULT");
	R(setxattr(f, bad_ptr, "x", 1, 0));
	R(setxattr(f, "user.a", bad_ptr, 1, 0));
	R(setxattr(f, "user.null", NULL, 0, 0));
	R(setxattr(f, "user.null", bad_ptr, 0, 0));
	R(lsetxattr(f, bad_ptr, "x", 1, 0));
	R(fsetxattr(fd, bad_ptr, "x", 1, 0));
	R(fsetxattr(fd, "user.a", bad_ptr, 1, 0));
	R(getxattr(f, bad_ptr, buf, 1));
	R(getxattr(f, "user.a", bad_ptr, 10));
	R(lgetxattr(f, "user.a", bad_ptr, 10));
	R(fgetxattr(fd, "user.a", bad_ptr, 10));
	R(listxattr(f, bad_ptr, 100));
	R(llistxattr(f, bad_ptr, 100));
	R(flistxattr(fd, bad_ptr, 100));
	R(removexattr(f, bad_ptr));
	R(lremovexattr(f, bad_ptr));
	R(fremovexattr(fd, bad_ptr));
	TITLE("removing");
	R(removexattr(f, "user.a"));
	R(lremovexattr(f, "user.b"));
	R(fremovexattr(fd, "user.c"));
	R(removexattr(f, "user.null"));
	R(listxattr(f, NULL, 0));
	close(fd);
	TITLE("no such file");
	R(lgetxattr(none, "user.a", buf, 10));
	R(llistxattr(none, buf, 10));
}

int main(void)
{
	char buf[100];
	int fd;

	make_file("f", "x");
	memset(longname, 'n', sizeof(longname) - 1);
	memcpy(longname, "user.", 5);
	if (setxattr("f", "user.a", "x", 1, 0) && errno == EOPNOTSUPP)
		return 0;			/* the file system of this machine has none */
	removexattr("f", "user.a");
	TITLE("a file");
	on_file("f", "none");
	mkdir("d", 0755);
	TITLE("a directory");
	on_file("d", "f/x");
	TITLE("what has none");
	R(setxattr("/proc/self/stat", "user.a", "x", 1, 0));
	R(lsetxattr("/proc/self/stat", "user.a", "x", 1, 0));
	R(getxattr("/proc/self/stat", "user.a", buf, 1));
	R(lgetxattr("/proc/self/stat", "user.a", buf, 1));
	R(removexattr("/proc/self/stat", "user.a"));
	R(lremovexattr("/proc/self/stat", "user.a"));
	fd = open("/proc/self/stat", O_RDONLY);
	R(fsetxattr(fd, "user.a", "x", 1, 0));
	R(fgetxattr(fd, "user.a", buf, 1));
	R(fremovexattr(fd, "user.a"));
	close(fd);
	symlink("f", "l");
	mknod("p", S_IFIFO | 0644, 0);
	R(lsetxattr("l", "user.a", "x", 1, 0));
	R(lgetxattr("l", "user.a", buf, 1));
	R(lremovexattr("l", "user.a"));
	R(setxattr("p", "user.a", "x", 1, 0));
	R(getxattr("p", "user.a", buf, 1));
	R(removexattr("p", "user.a"));
	if (is_root()) {
		R(lsetxattr("l", "trusted.a", "x", 1, 0));
		R(lgetxattr("l", "trusted.a", buf, 1));
		R(llistxattr("l", buf, 100));
		R(lremovexattr("l", "trusted.a"));
		R(setxattr("p", "trusted.a", "x", 1, 0));
		R(getxattr("p", "trusted.a", buf, 1));
		R(setxattr("f", "security.a", "x", 1, 0));
		U(R(getxattr("f", "security.a", buf, 1)); R(setxattr("f", "security.a", "y", 1, 0)); R(removexattr("f", "security.a")));
	}
	U(R(setxattr("f", "trusted.a", "x", 1, 0)); R(getxattr("f", "trusted.a", buf, 1)); R(removexattr("f", "trusted.a")));
	TITLE("a sticky directory");
	mkdir("s", 01777);
	chmod("s", 01777);
	U(R(setxattr("s", "user.a", "x", 1, 0)));
	return 0;
}
