// SPDX-License-Identifier: GPL-2.0
/* getdents64 and getdents: entries, types, small buffers, seeking, changes while reading. */
#include "diff.h"
#include <dirent.h>

struct d64 { uint64_t ino; int64_t off; unsigned short reclen; unsigned char type; char name[]; };
struct dold { unsigned long ino, off; unsigned short reclen; char name[]; };

static int by_name(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }

static int count(int fd, size_t size)
{
	char buf[4096];
	int n = 0;
	long r;

	while ((r = syscall(SYS_getdents64, fd, buf, size)) > 0)
		for (long at = 0; at < r; at += ((struct d64 *)(buf + at))->reclen)
			n++;
	return r < 0 ? -1 : n;
}

int main(void)
{
	char buf[4096], *names[64], name[300];
	int fd, n = 0;
	long r;
	DIR *d;

	mkdir("d", 0755);
	make_file("d/file", "x");
	make_file("d/a rather long name that does not fit into a small buffer", "x");
	mkdir("d/dir", 0755);
	symlink("x", "d/link");
	mkfifo("d/fifo", 0644);
	fd = open("d", O_RDONLY);
	TITLE("entries");
	r = R(syscall(SYS_getdents64, fd, buf, sizeof(buf)) > 0);
	lseek(fd, 0, SEEK_SET);
	r = syscall(SYS_getdents64, fd, buf, sizeof(buf));
	for (long at = 0; at < r; at += ((struct d64 *)(buf + at))->reclen) {
		struct d64 *e = (struct d64 *)(buf + at);

		asprintf(&names[n++], "%s type %d reclen %d ino %d", e->name, e->type, e->reclen, e->ino != 0);
	}
	qsort(names, n, sizeof(char *), by_name);
	for (int i = 0; i < n; i++)
		puts(names[i]);
	R(syscall(SYS_getdents64, fd, buf, sizeof(buf)));
	TITLE("the old call");
	lseek(fd, 0, SEEK_SET);
	r = syscall(SYS_getdents, fd, buf, sizeof(buf));
	n = 0;
	for (long at = 0; at < r; at += ((struct dold *)(buf + at))->reclen) {
		struct dold *e = (struct dold *)(buf + at);

		asprintf(&names[n++], "%s type %d reclen %d", e->name, ((char *)e)[e->reclen - 1], e->reclen);
	}
	qsort(names, n, sizeof(char *), by_name);
	for (int i = 0; i < n; i++)
		puts(names[i]);
	TITLE("errors");
	lseek(fd, 0, SEEK_SET);
	R(syscall(SYS_getdents64, fd, buf, 10));
	R(syscall(SYS_getdents64, fd, buf, 0));
	R(syscall(SYS_getdents64, fd, bad_ptr, 4096));
	R(syscall(SYS_getdents64, -1, buf, 4096));
	R(syscall(SYS_getdents64, open("d/file", O_RDONLY), buf, 4096));
	R(syscall(SYS_getdents64, open("d", O_PATH), buf, 4096));
	TITLE("small buffers");
	lseek(fd, 0, SEEK_SET);
	R(count(fd, 100));
	lseek(fd, 0, SEEK_SET);
	R(count(fd, 80));
	lseek(fd, 0, SEEK_SET);
	R(count(fd, 4096));
	close(fd);
	TITLE("removing while reading");
	mkdir("many", 0755);
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "many/file-%d", i);
		make_file(name, "");
	}
	fd = open("many", O_RDONLY);
	n = 0;
	while ((r = syscall(SYS_getdents64, fd, buf, 256)) > 0)
		for (long at = 0; at < r; at += ((struct d64 *)(buf + at))->reclen) {
			struct d64 *e = (struct d64 *)(buf + at);

			if (e->name[0] != '.' && !unlinkat(fd, e->name, 0))
				n++;
		}
	V(n);
	lseek(fd, 0, SEEK_SET);
	R(count(fd, 4096));
	R(rmdir("many"));
	R(syscall(SYS_getdents64, fd, buf, 4096));
	lseek(fd, 0, SEEK_SET);
	R(syscall(SYS_getdents64, fd, buf, 4096));
	close(fd);
	TITLE("telldir, seekdir");
	d = opendir("d");
	readdir(d);
	readdir(d);
	long at = telldir(d);
	snprintf(name, sizeof(name), "%s", readdir(d)->d_name);
	readdir(d);
	seekdir(d, at);
	V(!strncmp(readdir(d)->d_name, name, 299));
	rewinddir(d);
	for (n = 0; readdir(d); n++)
		;
	V(n);
	closedir(d);
	return 0;
}
