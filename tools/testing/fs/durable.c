// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are synced, amid a crowd that is not: durable COUNT. What the console tells after each step is a promise:
 *   S k name   name holds content(k): it was synced      R k   "target" was replaced by content(k): some version is there
 *   A name     more was appended, unsynced               M old new   renamed, unsynced
 *   P k name   pieces of content(k) lie in name, every 8 KiB, synced: many extents
 *   T name n   cut to n bytes, unsynced                  H name a n  a hole of n bytes at a, unsynced
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char padding[] = "longlonglonglonglonglonglonglonglonglonglong";

static int content(char *b, int k)
{
	int n = 1 + k * 7919 % 150000;

	for (int i = 0; i < n; i++)
		b[i] = (char)(k * 7 + i * 13 + (i >> 9));
	return n;
}

static void put(const char *name, int k, int sync)
{
	static char b[150001];
	int n = content(b, k), half = n / 2, fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0644);

	if (fd < 0 || write(fd, b, (size_t)half) != half || (sync && k % 2 && fsync(fd)) ||
	    write(fd, b + half, (size_t)(n - half)) != n - half || (sync && fsync(fd)))
		printf("ERROR %s: %s\n", name, strerror(errno));
	close(fd);
}

static const char *file_name(int k)
{
	static char text[2][80];
	static int turn;

	turn ^= 1;
	snprintf(text[turn], sizeof(text[turn]), "f%d_%.*s", k, k % 40, padding);
	return text[turn];
}

static void noise(int k)
{
	char name[128];

	for (int j = 0; j < 12; j++) {
		snprintf(name, sizeof(name), "noise_%d_%d_%.*s", k, j, j * 3, padding);
		put(name, (k * 31 + j * 17) % 50, 0);
		if (j % 3 == 0)
			unlink(name);
	}
}

static void append(const char *name)
{
	static char z[60000];
	int fd = open(name, O_WRONLY | O_APPEND);

	if (write(fd, z, sizeof(z)) == sizeof(z))
		printf("A %s\n", name);
	close(fd);
}

/* A file in many pieces, synced; then it grows, shrinks or gets a hole. */
static void pieces(int k)
{
	static char b[150001];
	char name[32];
	int n, fd;

	snprintf(name, sizeof(name), "pieces%d", k);
	fd = open(name, O_CREAT | O_RDWR, 0644);
	n = content(b, 18);		/* more than a piece */
	for (int i = 0; i < 12; i++)
		if (n < 4096 || pwrite(fd, b + i, 4096, i * 8192) != 4096)
			printf("ERROR %s: %s\n", name, strerror(errno));
	if (fsync(fd))
		printf("ERROR %s: %s\n", name, strerror(errno));
	printf("P %d %s\n", k, name);
	if (k % 3 == 0) {
		if (pwrite(fd, b, 40000, 11 * 8192 + 4096) != 40000)
			printf("ERROR %s: %s\n", name, strerror(errno));
	} else if (k % 3 == 1) {
		printf("T %s 42000\n", name);
		if (ftruncate(fd, 42000))
			printf("ERROR %s: %s\n", name, strerror(errno));
	} else {
		printf("H %s 33000 7000\n", name);
		if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 33000, 7000) && errno != EOPNOTSUPP)
			printf("ERROR %s: %s\n", name, strerror(errno));
	}
	close(fd);
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 24;
	char name[128];

	setvbuf(stdout, NULL, _IONBF, 0);
	for (int k = 0; k < count; k++) {
		put(file_name(k), k, 1);
		printf("S %d %s\n", k, file_name(k));
		noise(k);
		if (k % 4 == 0) {
			snprintf(name, sizeof(name), "dir%d", k);
			mkdir(name, 0755);
			snprintf(name, sizeof(name), "dir%d/in", k);
			put(name, k, 1);
			printf("S %d %s\n", k, name);
		}
		if (k % 3 == 0) {
			put("tmp", k, 1);
			rename("tmp", "target");
			printf("R %d\n", k);
		}
		if (k % 5 == 2)
			append(file_name(k - 1));
		if (k % 7 == 6) {
			snprintf(name, sizeof(name), "dir%d/moved%d", k / 4 * 4, k);
			rename(file_name(k - 2), name);
			printf("M %s %s\n", file_name(k - 2), name);
		}
		if (k % 2)
			pieces(k);
		if (k % 6 == 5)
			sync();
	}
	printf("END\n");
	return 0;
}
