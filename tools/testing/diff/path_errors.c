// SPDX-License-Identifier: GPL-2.0
/* Every call that takes a path, with every kind of path that is wrong: a table of calls by a table of paths. */
#include "paths.h"

static bool as_user;

/* What a call starts from; made again after one that did something. */
static void scene(void)
{
	mkdir("scene", 0777);
	chmod("scene", 0777);
	chdir("scene");
	make_file("file", "x");
	make_file("file2", "y");
	mkdir("dir", 0755);
	mkdir("shut", 0755);
	make_file("shut/in", "x");
	chmod("shut", 0600);
	symlink("loop", "loop");
	symlink("gone", "dangling");
	symlink("file", "tofile");
	symlink("dir", "todir");
}

static void again(void)
{
	char dir[80];

	syscall(SYS_close_range, 6, ~0U, 0);
	snprintf(dir, sizeof(dir), "%s/scene", diff_dir);
	chdir(dir);
	chmod("shut", 0755);
	chdir(diff_dir);
	nftw(dir, diff_remove, 16, FTW_DEPTH | FTW_PHYS);
	scene();
}

static void try(size_t i, const char *what, int dir, const char *path)
{
	long r;

	errno = 0;
	r = calls[i].fn(dir, path);
	printf("%s %s: %s\n", calls[i].name, what, r >= 0 ? "done" : errno ? strerrorname_np(errno) : "skipped");
	if (r >= 0 && as_user)
		unlink("new");
	else if (r >= 0)
		again();
}

int main(void)
{
	char name256[257], many[4097], full[4096];
	int file, dead;
	struct { const char *what, *path; } paths[] = {
		{ "bad pointer", bad_ptr }, { "empty", "" }, { "missing", "missing" }, { "missing/", "missing/" },
		{ "missing directory", "missing/x" }, { "file as directory", "file/x" }, { "file with slash", "file/" },
		{ "loop", "loop" }, { "through a loop", "loop/x" }, { "long name", name256 }, { "long path", many },
		{ "longest path", full }, { "dangling", "dangling" }, { "dangling/", "dangling/" }, { "link to file with slash", "tofile/" },
		{ "link to directory with slash", "todir/" }, { "dot", "dir/." }, { "dot dot", "dir/.." }, { "root", "/" }, { "directory", "dir" },
	};

	memset(name256, 'n', 256);
	name256[256] = 0;
	for (int i = 0; i < 4096; i++)
		many[i] = i % 2 ? '/' : '.';
	many[4096] = 0;
	memcpy(full, many, 4095);
	full[4095] = 0;
	in = inotify_init();
	make_file("plain", "x");
	file = open("plain", O_RDONLY);
	mkdir("dead", 0755);
	dead = open("dead", O_RDONLY | O_DIRECTORY);
	rmdir("dead");
	scene();
	for (size_t i = 0; i < NCALLS; i++)
		for (size_t k = 0; k < sizeof(paths) / sizeof(paths[0]); k++)
			try(i, paths[k].what, AT_FDCWD, paths[k].path);
	TITLE("as an ordinary user: a directory that cannot be searched");
	U(as_user = true; for (size_t i = 0; i < NCALLS; i++) { try(i, "shut", AT_FDCWD, "shut/in"); try(i, "in it", AT_FDCWD, "/x-diff"); });
	TITLE("descriptors of the directory");
	for (size_t i = NPLAIN; i < NCALLS; i++) {
		try(i, "with -1", -1, "x");
		try(i, "with a closed one", 77, "x");
		try(i, "with a file", file, "x");
		try(i, "with a file, empty", file, "");
		try(i, "with -1, empty", -1, "");
		try(i, "with -1, absolute", -1, "/dev/null/x");
		try(i, "with a removed directory", dead, "x");
		try(i, "with a removed directory, dot dot", dead, "../plain");
	}
	chdir(diff_dir);
	chmod("scene/shut", 0755);		/* so that it can be removed */
	return 0;
}
