// SPDX-License-Identifier: GPL-2.0
/* Several processes make, rename, link, exchange and remove the same few names at once: no call hangs, none has a result
 * that its page does not list, and afterwards all can be removed. */
#include "diff.h"
#include <linux/fs.h>

#define WORKERS	4
#define ROUNDS	3000
#define NAMES	6

static unsigned seed;
static unsigned rnd(unsigned n) { seed = seed * 1103515245 + 12345; return (seed >> 16) % n; }

static const char *name(char *buf)
{
	static const char *const top[] = { "a", "b", "c" };

	if (rnd(2))
		sprintf(buf, "%s/%u", top[rnd(3)], rnd(NAMES));
	else
		sprintf(buf, "%s/%u/%u", top[rnd(3)], rnd(NAMES), rnd(NAMES));
	return buf;
}

static void allow(long r, const char *what, int n, ...)
{
	va_list ap;
	int err = errno;

	if (r >= 0)
		return;
	va_start(ap, n);
	while (n--)
		if (va_arg(ap, int) == err) {
			va_end(ap);
			return;
		}
	va_end(ap);
	printf("%s: unexpected %s\n", what, strerrorname_np(err));
}

#define COMMON ENOENT, ENOTDIR, ELOOP

static void work(int w)
{
	char x[32], y[32], buf[64];
	int fd;

	seed = (unsigned)w * 7919 + 1;
	for (int i = 0; i < ROUNDS; i++) {
		name(x);
		name(y);
		switch (rnd(12)) {
		case 0:
		case 1:
			fd = open(x, O_CREAT | O_RDWR | (rnd(2) ? O_TRUNC : O_APPEND), 0644);
			allow(fd, "open", 4, COMMON, EISDIR);
			if (fd >= 0) {
				allow(write(fd, "some text", 9), "write", 0);
				allow(pread(fd, buf, 9, 0), "read", 0);
				close(fd);
			}
			break;
		case 2:
		case 3:
			allow(mkdir(x, 0755), "mkdir", 4, COMMON, EEXIST);
			break;
		case 4:
			allow(unlink(x), "unlink", 4, COMMON, EISDIR);
			break;
		case 5:
			allow(rmdir(x), "rmdir", 4, COMMON, ENOTEMPTY);
			break;
		case 6:
		case 7:
			allow(rename(x, y), "rename", 7, COMMON, EISDIR, ENOTEMPTY, EINVAL, EEXIST);
			break;
		case 8:
			allow(syscall(SYS_renameat2, AT_FDCWD, x, AT_FDCWD, y, RENAME_EXCHANGE), "exchange", 4, COMMON, EINVAL);
			break;
		case 9:
			allow(link(x, y), "link", 5, COMMON, EEXIST, EPERM);
			break;
		case 10:
			allow(symlink(rnd(2) ? "../a/1" : "2", x), "symlink", 4, COMMON, EEXIST);
			break;
		case 11:
			fd = open(x, O_RDONLY | O_DIRECTORY);
			allow(fd, "opendir", 3, COMMON);
			if (fd >= 0) {
				allow(syscall(SYS_getdents64, fd, buf, sizeof(buf)), "getdents", 1, ENOENT);
				close(fd);
			}
		}
	}
}

int main(void)
{
	mkdir("a", 0755);
	mkdir("b", 0755);
	mkdir("c", 0755);
	fflush(stdout);
	for (int w = 0; w < WORKERS; w++)
		if (!fork()) {
			work(w);
			fflush(stdout);
			_exit(0);
		}
	for (int w = 0; w < WORKERS; w++)
		R(wait(NULL) > 0);
	R(system("rm -rf a b c"));
	R(rmdir("a"));
	return 0;
}
