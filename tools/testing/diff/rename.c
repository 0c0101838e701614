// SPDX-License-Identifier: GPL-2.0
/* rename, renameat2: what replaces what, directories into themselves, flags, links, link counts. */
#include "diff.h"
#include <linux/fs.h>

static long r2(const char *a, const char *b, unsigned flags) { return syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, flags); }
static long nlink_of(const char *name) { struct stat st; return lstat(name, &st) ? -1 : (long)st.st_nlink; }

int main(void)
{
	struct stat st;
	int fd;

	make_file("a", "a");
	make_file("b", "b");
	mkdir("d", 0755);
	mkdir("d/sub", 0755);
	mkdir("e", 0755);
	mkdir("full", 0755);
	make_file("full/x", "x");
	symlink("a", "l");

	TITLE("files");
	R(rename("a", "c"));
	show_file("a");
	show_file("c");
	R(rename("c", "b"));
	show_file("b");
	R(rename("none", "x"));
	R(rename("b", "none/x"));
	R(rename("b", "b"));
	R(rename("b", "b/"));
	R(rename("b/", "x"));
	R(rename("b", "x/"));
	R(rename("b", ""));
	R(rename("", "b"));
	R(rename("b", "."));
	R(rename(".", "x"));
	R(rename("d/..", "x"));
	R(rename("b", bad_ptr));
	R(rename("b", "d"));
	R(rename("d", "b"));
	R(rename("b/x", "y"));
	TITLE("hard links of one file");
	R(link("b", "b2"));
	R(rename("b", "b2"));
	R(nlink_of("b"));
	R(nlink_of("b2"));
	R(unlink("b2"));
	TITLE("directories");
	R(rename("d", "e"));
	R(nlink_of("e"));
	R(rename("e", "full"));
	R(rename("e", "e/sub/x"));
	R(rename("e/sub", "e"));
	R(rename("e", "e/sub"));
	R(rename("e/", "d/"));
	R(rename("d/sub", "sub"));
	R(nlink_of("d"));
	R(rename("sub", "d/sub"));
	R(nlink_of("d"));
	R(rename("full/x", "full/y"));
	show_stat("full/y");
	TITLE("symbolic links");
	R(rename("l", "l2"));
	show_stat("l2");
	R(rename("b", "l2"));
	show_stat("l2");
	R(rename("l2", "b"));
	TITLE("flags");
	make_file("n", "n");
	R(r2("b", "n", RENAME_NOREPLACE));
	R(r2("b", "m", RENAME_NOREPLACE));
	R(r2("m", "b", RENAME_NOREPLACE));
	R(r2("b", "n", RENAME_EXCHANGE));
	show_file("b");
	show_file("n");
	R(r2("b", "none", RENAME_EXCHANGE));
	R(r2("b", "d", RENAME_EXCHANGE));
	show_stat("b");
	show_stat("d");
	R(r2("b", "d", RENAME_EXCHANGE));
	R(r2("d", "d/sub", RENAME_EXCHANGE));
	R(r2("d/sub", "d", RENAME_EXCHANGE));
	R(r2("d/sub", "full/y", RENAME_EXCHANGE));
	R(nlink_of("d"));
	R(nlink_of("full"));
	R(r2("b", "n", RENAME_EXCHANGE | RENAME_NOREPLACE));
	R(r2("b", "n", 8));
	R(r2("b", "n/", RENAME_EXCHANGE));
	TITLE("open file that is replaced");
	make_file("old", "old");
	make_file("new", "newer");
	fd = open("old", O_RDONLY);
	R(rename("new", "old"));
	R(fstat(fd, &st));
	V(st.st_nlink);
	V(st.st_size);
	close(fd);
	TITLE("permissions");
	mkdir("ours", 0755);
	make_file("ours/f", "x");
	mkdir("open", 0777);
	chmod("open", 0777);
	mkdir("open/dir", 0755);
	mkdir("open/to", 0777);
	chmod("open/to", 0777);
	U(R(rename("ours/f", "open/f")); R(rename("open/dir", "open/dir2")); R(rename("open/dir2", "open/to/dir")));
	R(renameat(-1, "b", AT_FDCWD, "c"));
	R(renameat(AT_FDCWD, "b", -1, "c"));
	R(rename("b", "/proc/x"));
	return 0;
}
