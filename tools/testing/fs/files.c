// SPDX-License-Identifier: GPL-2.0
/*
 * Random operations on a few files, each kept in memory as well: files SEED COUNT [verify]. With "verify" nothing is done but
 * to compare: the same seed and count tell what the files must hold, for instance after a new mount.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define NFILES	24
#define MAX	(700 * 1024)

static struct { unsigned char *data; long size; int exists; } model[NFILES];
static uint64_t state;
static int verify;
static const char *doing = "";

static uint32_t rnd(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16) % n;
}

static const char *name(int i)
{
	static char text[2][64];
	static int turn;

	turn ^= 1;
	snprintf(text[turn], sizeof(text[turn]), "file%d_%.*s", i, i % 20, "xxxxxxxxxxxxxxxxxxxx");
	return text[turn];
}

static void fail(int i, const char *why)
{
	printf("FAIL %s: %s: %s (%s)\n", name(i), doing, why, strerror(errno));
	exit(1);
}

static int open_file(int i)
{
	int fd = open(name(i), O_RDWR | O_CREAT, 0644);

	if (fd < 0)
		fail(i, "open");
	return fd;
}

static void check(int i)
{
	static unsigned char buf[MAX + 16];
	struct stat st;
	long n = 0, r;
	int fd;

	doing = "check";
	if (stat(name(i), &st)) {
		if (model[i].exists)
			fail(i, "is gone");
		return;
	}
	if (!model[i].exists)
		fail(i, "is there again");
	if (st.st_size != model[i].size)
		fail(i, "has another size");
	fd = open_file(i);
	while ((r = read(fd, buf + n, sizeof(buf) - (size_t)n)) > 0)
		n += r;
	close(fd);
	if (r < 0 || n != model[i].size)
		fail(i, "cannot be read to its end");
	for (long k = 0; k < n; k++)
		if (buf[k] != model[i].data[k]) {
			printf("at %ld of %ld: %02x, not %02x\n", k, n, buf[k], model[i].data[k]);
			fail(i, "has other content");
		}
}

static void forget(int i)
{
	memset(model[i].data, 0, MAX);
	model[i].size = model[i].exists = 0;
}

static void do_write(int i, long off, long len, int pat)
{
	int fd;

	model[i].exists = 1;
	for (long k = 0; k < len; k++)
		model[i].data[off + k] = (unsigned char)(pat + k);
	if (off + len > model[i].size)
		model[i].size = off + len;
	if (verify)
		return;
	fd = open_file(i);
	if (pwrite(fd, model[i].data + off, (size_t)len, off) != len)
		fail(i, "write");
	close(fd);
}

static void do_truncate(int i, long size)
{
	if (size < model[i].size)
		memset(model[i].data + size, 0, (size_t)(MAX - size));
	model[i].size = size;
	if (!verify && truncate(name(i), size))
		fail(i, "truncate");
}

static void do_rename(int i, int j)
{
	unsigned char *t = model[j].data;

	if (!verify && rename(name(i), name(j)))
		fail(i, "rename");
	model[j].data = model[i].data;
	model[j].size = model[i].size;
	model[j].exists = 1;
	model[i].data = t;
	forget(i);
}

static void do_fallocate(int i, int mode, long off, long len)
{
	long end = off + len < model[i].size ? off + len : model[i].size;
	int fd;

	if (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE) && off < end)
		memset(model[i].data + off, 0, (size_t)(end - off));
	if (!(mode & FALLOC_FL_KEEP_SIZE) && off + len > model[i].size)
		model[i].size = off + len;
	if (verify)
		return;
	fd = open_file(i);
	if (fallocate(fd, mode, off, len))
		fail(i, "fallocate");
	close(fd);
}

static void do_mmap(int i, long off, long len, int pat)
{
	unsigned char *m;
	int fd;

	if (off >= model[i].size)
		off = model[i].size / 2;
	if (off + len > model[i].size)
		len = model[i].size - off;
	for (long k = 0; k < len; k++)
		model[i].data[off + k] = (unsigned char)(pat ^ k);
	if (verify || len < 1)
		return;
	fd = open_file(i);
	m = mmap(NULL, (size_t)model[i].size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (m == MAP_FAILED)
		fail(i, "mmap");
	memcpy(m + off, model[i].data + off, (size_t)len);
	munmap(m, (size_t)model[i].size);
	close(fd);
}

static void do_attr(int i, int which, int len, int pat)
{
	char attr[16], value[300];

	if (verify)
		return;
	memset(value, pat, sizeof(value));
	snprintf(attr, sizeof(attr), "user.a%d", which);
	if (setxattr(name(i), attr, value, (size_t)len, 0) && errno != ENOSPC)
		fail(i, "setxattr");
}

static void drop_caches(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);

	sync();
	if (fd >= 0 && write(fd, "3\n", 2) == 2)
		close(fd);
}

static void do_fsync(int i)
{
	int fd;

	if (verify)
		return;
	fd = open_file(i);
	if (fsync(fd))
		fail(i, "fsync");
	close(fd);
}

/* All random numbers are drawn first, so that verify sees the same ones. */
static void step(int extents)
{
	int i = (int)rnd(NFILES), op = (int)rnd(100), j = (int)rnd(NFILES), pat = (int)rnd(256), flag = (int)rnd(4);
	long off = rnd(MAX), len = 1 + rnd(flag == 1 ? 150000 : 9000);

	if (!flag)
		off = model[i].size;
	if (off + len > MAX)
		off = MAX - len;
	doing = "change";
	if (op < 45)
		do_write(i, off, len, pat);
	else if (!model[i].exists)
		;
	else if (op < 55)
		do_truncate(i, off);
	else if (op < 62) {
		if (!verify && unlink(name(i)))
			fail(i, "unlink");
		forget(i);
	} else if (op < 68 && i != j)
		do_rename(i, j);
	else if (op < 74)
		do_fallocate(i, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, off, len);
	else if (op < 80 && extents)
		do_fallocate(i, flag & 1 ? FALLOC_FL_KEEP_SIZE : 0, off, len);
	else if (op < 84 && extents)
		do_fallocate(i, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, off, len);
	else if (op < 90)
		do_mmap(i, off, len, pat);
	else if (op < 94 && !verify)
		check(i);
	else if (op < 96)
		do_fsync(i);
	else if (op < 97 && !verify)
		drop_caches();
	else
		do_attr(i, j % 7, pat, pat);
}

int main(int argc, char **argv)
{
	long seed = argc > 2 ? atol(argv[1]) : 1, count = argc > 2 ? atol(argv[2]) : 1000;

	verify = argc > 3 && !strcmp(argv[3], "verify");
	state = (uint64_t)seed * 2654435761u + 88172645463325252ull;
	for (int i = 0; i < NFILES; i++)
		model[i].data = calloc(1, MAX);
	while (count--)
		step(!getenv("NO_EXTENTS"));
	for (int i = 0; i < NFILES; i++)
		check(i);
	printf("right %ld\n", seed);
	return 0;
}
