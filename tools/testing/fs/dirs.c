// SPDX-License-Identifier: GPL-2.0
/*
 * One large directory: dirs COUNT [remove]. Names are made, found, removed and made again; after each step every name that
 * should be there is listed once, and no other.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int count;
static char *seen;

static const char *path(int i)
{
	static char text[128];

	snprintf(text, sizeof(text), "d/entry_%d_%.*s", i, i % 60, "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnop");
	return text;
}

static void fail(const char *what, int i)
{
	printf("FAIL %s: entry %d: %s\n", what, i, strerror(errno));
	exit(1);
}

/* Each multiple of step must be there, once. */
static void scan(int step, const char *what)
{
	struct dirent *e;
	DIR *d = opendir("d");
	int k;

	memset(seen, 0, (size_t)count);
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		if (sscanf(e->d_name, "entry_%d", &k) != 1 || k < 0 || k >= count || seen[k]++)
			fail(what, k);
	}
	closedir(d);
	for (int i = 0; i < count; i++)
		if (!!seen[i] != (i % step == 0))
			fail(what, i);
}

static void make(int i)
{
	int fd = open(path(i), O_CREAT | O_EXCL | O_RDWR, 0644);

	if (fd < 0)
		fail("create", i);
	close(fd);
}

int main(int argc, char **argv)
{
	struct stat st;

	count = argc > 1 ? atoi(argv[1]) : 1000;
	seen = malloc((size_t)count);
	mkdir("d", 0755);
	for (int i = 0; i < count; i++)
		make(i);
	scan(1, "created");
	for (int i = 0; i < count; i++)
		if (stat(path(i), &st))
			fail("stat", i);
	if (open(path(0), O_CREAT | O_EXCL, 0644) >= 0 || errno != EEXIST)
		fail("O_EXCL", 0);
	for (int i = 0; i < count; i++)
		if (i % 3 && unlink(path(i)))
			fail("unlink", i);
	scan(3, "two thirds removed");
	for (int i = 0; i < count; i++)
		if (i % 150 == 1 && mkdir(path(i), 0755))
			fail("mkdir", i);
		else if (i % 3 && i % 150 != 1)
			make(i);
	scan(1, "made again");
	for (int i = 0; argc > 2 && i < count; i++)
		if (i % 150 == 1 ? rmdir(path(i)) : unlink(path(i)))
			fail("remove", i);
	if (argc > 2 && rmdir("d"))
		fail("rmdir", 0);
	printf("right\n");
	return 0;
}
