// SPDX-License-Identifier: GPL-2.0
/* Extended attributes: set, get, list, remove; name spaces and their permissions; sizes. */
#include "diff.h"
#include <sys/xattr.h>

static int cmp(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }

static void list(const char *name)
{
	char buf[4096], *names[64];
	ssize_t n = listxattr(name, buf, sizeof(buf));
	int k = 0;

	for (ssize_t i = 0; i < n && k < 64; i += (ssize_t)strlen(buf + i) + 1)
		if (strncmp(buf + i, "security.selinux", 16))
			names[k++] = buf + i;
	qsort(names, k, sizeof(char *), cmp);
	printf("list of %s:", name);
	for (int i = 0; i < k; i++)
		printf(" %s", names[i]);
	printf("\n");
}

int main(void)
{
	static char big[70000], buf[70000], name[400];
	int fd;

	make_file("f", "x");
	mkdir("d", 0755);
	symlink("f", "l");
	TITLE("user.");
	R(setxattr("f", "user.a", "value", 5, 0));
	if (errno == EOPNOTSUPP)
		return 0;			/* the file system of this machine has none */
	R(getxattr("f", "user.a", buf, sizeof(buf)));
	R(memcmp(buf, "value", 5));
	R(getxattr("f", "user.a", NULL, 0));
	R(getxattr("f", "user.a", buf, 3));
	R(getxattr("f", "user.none", buf, 3));
	R(setxattr("f", "user.a", "other", 5, XATTR_CREATE));
	R(setxattr("f", "user.b", "other", 5, XATTR_REPLACE));
	R(setxattr("f", "user.a", "otherlonger", 11, XATTR_REPLACE));
	R(setxattr("f", "user.empty", "", 0, XATTR_CREATE));
	R(getxattr("f", "user.empty", buf, 100));
	R(getxattr("f", "user.a", buf, 100));
	R(setxattr("f", "user.a", "x", 1, 4));
	R(setxattr("l", "user.viaLink", "x", 1, 0));
	list("f");
	R(listxattr("f", NULL, 0) > 0);
	R(listxattr("f", buf, 3));
	R(removexattr("f", "user.a"));
	R(removexattr("f", "user.a"));
	list("f");
	R(setxattr("d", "user.dir", "x", 1, 0));
	R(lsetxattr("l", "user.x", "x", 1, 0));
	R(lgetxattr("l", "user.x", buf, 1));
	R(lremovexattr("l", "user.x"));
	mkfifo("p", 0644);
	R(setxattr("p", "user.x", "x", 1, 0));
	TITLE("names and sizes");
	R(setxattr("f", "", "x", 1, 0));
	R(setxattr("f", "user.", "x", 1, 0));
	R(setxattr("f", "nothing", "x", 1, 0));
	R(setxattr("f", "bogus.x", "x", 1, 0));
	R(getxattr("f", "bogus.x", buf, 1));
	memset(name, 'n', 300);
	memcpy(name, "user.", 5);
	R(setxattr("f", name, "x", 1, 0));
	name[256] = 0;
	R(setxattr("f", name, "x", 1, 0));
	R(setxattr("f", "user.big", big, 65537, 0));
	R(setxattr("f", bad_ptr, "x", 1, 0));
	R(setxattr("f", "user.p", bad_ptr, 1, 0));
	R(setxattr("none", "user.p", "x", 1, 0));
	R(setxattr("f/x", "user.p", "x", 1, 0));
	TITLE("descriptors");
	fd = open("f", O_RDONLY);
	R(fsetxattr(fd, "user.fd", "abc", 3, 0));
	R(fgetxattr(fd, "user.fd", buf, 10));
	R(flistxattr(fd, buf, 1000) > 0);
	R(fremovexattr(fd, "user.fd"));
	R(fgetxattr(-1, "user.fd", buf, 10));
	close(fd);
	fd = open("f", O_PATH);
	R(fgetxattr(fd, "user.fd", buf, 10));
	close(fd);
	TITLE("permissions");
	U(R(setxattr("f", "user.u", "x", 1, 0)); R(getxattr("f", "user.viaLink", buf, 10)));
	chmod("f", 0600);
	U(R(getxattr("f", "user.viaLink", buf, 10)));
	chmod("f", 0644);
	if (is_root()) {
		R(setxattr("f", "trusted.t", "x", 1, 0));
		list("f");
		U(R(getxattr("f", "trusted.t", buf, 10)); R(setxattr("f", "trusted.t", "y", 1, 0)); list("f"));
		R(removexattr("f", "trusted.t"));
	}
	return 0;
}
