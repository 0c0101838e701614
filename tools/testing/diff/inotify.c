// SPDX-License-Identifier: GPL-2.0
/* inotify: each event, its name and cookie, order, masks, removal, errors. */
#include "diff.h"
#include <poll.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>

static int in;

static void show(const char *what)
{
	static const struct { uint32_t bit; const char *name; } names[] = {
		{ IN_ACCESS, "ACCESS" }, { IN_MODIFY, "MODIFY" }, { IN_ATTRIB, "ATTRIB" }, { IN_CLOSE_WRITE, "CLOSE_WRITE" },
		{ IN_CLOSE_NOWRITE, "CLOSE_NOWRITE" }, { IN_OPEN, "OPEN" }, { IN_MOVED_FROM, "MOVED_FROM" }, { IN_MOVED_TO, "MOVED_TO" },
		{ IN_CREATE, "CREATE" }, { IN_DELETE, "DELETE" }, { IN_DELETE_SELF, "DELETE_SELF" }, { IN_MOVE_SELF, "MOVE_SELF" },
		{ IN_UNMOUNT, "UNMOUNT" }, { IN_Q_OVERFLOW, "Q_OVERFLOW" }, { IN_IGNORED, "IGNORED" }, { IN_ISDIR, "ISDIR" },
	};
	char buf[8192] __attribute__((aligned(8)));
	uint32_t cookie = 0;
	ssize_t n;

	printf("%s:\n", what);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		for (ssize_t at = 0; at < n; ) {
			struct inotify_event *e = (void *)(buf + at);

			printf("  wd %d", e->wd);
			for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
				if (e->mask & names[i].bit)
					printf(" %s", names[i].name);
			if (e->cookie)
				printf(" cookie %s", e->cookie == cookie ? "same" : "new");
			if (e->cookie)
				cookie = e->cookie;
			if (e->len)
				printf(" \"%s\" len %u", e->name, e->len);
			printf("\n");
			at += (ssize_t)sizeof(*e) + e->len;
		}
}

int main(void)
{
	struct pollfd pfd;
	char c[20];
	int fd, n = 0;

	in = R(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
	R(inotify_init1(12345));
	mkdir("d", 0755);
	make_file("d/f", "text");
	R(inotify_add_watch(in, "d", IN_ALL_EVENTS));
	R(read(in, c, 1));
	pfd = (struct pollfd){ in, POLLIN, 0 };
	R(poll(&pfd, 1, 0));
	fd = open("d/f", O_RDWR);
	R(poll(&pfd, 1, 0));
	R(ioctl(in, FIONREAD, &n));
	V(n);
	R(read(in, c, 10));
	show("open");
	read(fd, c, 2);
	show("read");
	write(fd, "xy", 2);
	write(fd, "xy", 2);
	show("write twice");
	fchmod(fd, 0600);
	ftruncate(fd, 1);
	show("chmod, truncate");
	utimensat(AT_FDCWD, "d/f", NULL, 0);
	close(fd);
	show("times, close");
	close(open("d/f", O_RDONLY));
	show("open read-only, close");
	make_file("d/new", "x");
	show("create");
	mkdir("d/sub", 0755);
	show("mkdir");
	symlink("x", "d/sl");
	mknod("d/fifo", S_IFIFO | 0600, 0);
	link("d/new", "d/hard");
	show("symlink, mknod, link");
	rename("d/new", "d/renamed");
	show("rename");
	rename("d/renamed", "out");
	rename("out", "d/back");
	show("rename out and in");
	rename("d/back", "d/f");
	show("rename over");
	unlink("d/hard");
	unlink("d/fifo");
	rmdir("d/sub");
	show("unlink, rmdir");
	close(open("d", O_RDONLY));
	show("the directory itself");
	TITLE("a file");
	make_file("single", "1");
	R(inotify_add_watch(in, "single", IN_ALL_EVENTS));
	make_file("single", "2");
	show("rewritten");
	link("single", "single2");
	unlink("single2");
	show("link and unlink");
	rename("single", "moved");
	show("moved");
	fd = open("moved", O_RDONLY);
	unlink("moved");
	show("unlinked while open");
	close(fd);
	show("closed");
	R(inotify_rm_watch(in, 2));
	TITLE("masks");
	R(inotify_add_watch(in, "d", IN_CREATE));
	close(open("d/f", O_RDONLY));
	show("only creation");
	R(inotify_add_watch(in, "d", IN_OPEN | IN_MASK_ADD));
	close(open("d/f", O_RDONLY));
	show("and open");
	R(inotify_add_watch(in, "d", IN_OPEN | IN_MASK_CREATE));
	R(inotify_add_watch(in, "d", IN_ONESHOT | IN_CREATE));
	make_file("d/o1", "");
	make_file("d/o2", "");
	show("oneshot");
	R(inotify_add_watch(in, "d/f", IN_ONLYDIR | IN_OPEN));
	symlink("f", "d/lf");
	R(inotify_add_watch(in, "d/lf", IN_DONT_FOLLOW | IN_ATTRIB));
	R(inotify_rm_watch(in, 4));
	show("removed");
	TITLE("errors");
	R(inotify_add_watch(in, "none", IN_OPEN));
	R(inotify_add_watch(in, "d", 0));
	R(inotify_add_watch(-1, "d", IN_OPEN));
	R(inotify_add_watch(0, "d", IN_OPEN));
	R(inotify_add_watch(in, bad_ptr, IN_OPEN));
	R(inotify_rm_watch(in, 99));
	R(inotify_rm_watch(-1, 1));
	R(write(in, "x", 1));
	R(lseek(in, 0, SEEK_SET));
	make_file("priv", "");
	chmod("priv", 0200);
	U(R(inotify_add_watch(in, "priv", IN_OPEN)));
	TITLE("the watched directory goes");
	mkdir("gone", 0755);
	R(inotify_add_watch(in, "gone", IN_ALL_EVENTS));
	rmdir("gone");
	show("rmdir");
	return 0;
}
