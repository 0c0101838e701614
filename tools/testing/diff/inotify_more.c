// SPDX-License-Identifier: GPL-2.0
/* inotify: overflow of the queue, cookies, merged events, names that vanish, exclusions, what each call tells its watchers. */
#include "diff.h"
#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/xattr.h>

static int in;
static char big[4096];

static const char *bits(uint32_t mask)
{
	static const char *const names[] = { "ACCESS", "MODIFY", "ATTRIB", "CLOSE_WRITE", "CLOSE_NOWRITE", "OPEN", "MOVED_FROM", "MOVED_TO",
					     "CREATE", "DELETE", "DELETE_SELF", "MOVE_SELF" };
	static char text[300];

	text[0] = 0;
	for (int i = 0; i < 12; i++)
		if (mask & 1u << i)
			strcat(strcat(text, " "), names[i]);
	if (mask & IN_UNMOUNT)
		strcat(text, " UNMOUNT");
	if (mask & IN_Q_OVERFLOW)
		strcat(text, " Q_OVERFLOW");
	if (mask & IN_IGNORED)
		strcat(text, " IGNORED");
	if (mask & IN_ISDIR)
		strcat(text, " ISDIR");
	return text;
}

static void show(const char *what)
{
	char buf[16384] __attribute__((aligned(8)));
	uint32_t cookie = 0;
	ssize_t n;

	printf("%s:", what);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		for (ssize_t at = 0; at < n; ) {
			struct inotify_event *e = (void *)(buf + at);

			printf(" [%d%s", e->wd, bits(e->mask));
			if (e->cookie)
				printf(" cookie %s", e->cookie == cookie ? "same" : "new");
			cookie = e->cookie ?: cookie;
			printf("%s%s]", e->len ? " " : "", !e->len ? "" : *e->name == '#' ? "#" : e->name);
			at += (ssize_t)sizeof(*e) + e->len;
		}
	printf("\n");
}

static void overflow(void)
{
	char buf[65536] __attribute__((aligned(8)));
	struct inotify_event *e = NULL;
	int n, limit = 16384, total = 0, lost = 0;
	FILE *f = fopen("/proc/sys/fs/inotify/max_queued_events", "r");

	TITLE("overflow");
	if (f && fscanf(f, "%d", &limit) == 1)
		fclose(f);
	mkdir("o", 0755);
	make_file("o/a", "");
	make_file("o/b", "");
	R(inotify_add_watch(in, "o", IN_ATTRIB));
	for (int i = 0; i < limit / 2 + 50; i++) {	/* in turns, or they would be one event */
		chmod("o/a", 0644);
		chmod("o/b", 0644);
	}
	while ((n = (int)read(in, buf, sizeof(buf))) > 0)
		for (int at = 0; at < n; at += (int)sizeof(*e) + (int)e->len) {
			e = (void *)(buf + at);
			total++;
			if (e->mask & IN_Q_OVERFLOW) {
				lost++;
				printf("overflow: wd %d len %u cookie %u\n", e->wd, e->len, e->cookie);
			}
		}
	V(total - limit);
	V(lost);
	V(e->mask == IN_Q_OVERFLOW);
	chmod("o/a", 0600);
	show("and it goes on");
}

static void merging(void)
{
	int fd, n;

	TITLE("equal events in a row are one");
	mkdir("m", 0755);
	make_file("m/f", "text");
	R(inotify_add_watch(in, "m", IN_ALL_EVENTS));
	fd = open("m/f", O_RDWR);
	for (int i = 0; i < 5; i++)
		write(fd, "x", 1);
	for (int i = 0; i < 3; i++)
		pread(fd, &n, 1, 0);
	write(fd, "x", 1);
	R(ioctl(in, FIONREAD, &n));
	V(n);
	show("five writes, three reads, a write");
	write(fd, "x", 0);
	read(fd, &n, 0);
	pread(fd, &n, 1, 1000);
	show("nothing moved");
	close(fd);
	show("close");
}

static void calls(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "c/sock" };
	int fd, other, p[2], s;
	off_t zero = 0;

	TITLE("what each call tells");
	mkdir("c", 0755);
	R(inotify_add_watch(in, "c", IN_ALL_EVENTS));
	fd = open("c/f", O_CREAT | O_RDWR, 0644);
	show("open, new");
	other = open("c/f", O_CREAT | O_RDONLY, 0644);
	show("open, there");
	write(fd, "0123456789", 10);
	show("write");
	pwrite(fd, "x", 1, 3);
	show("pwrite");
	ftruncate(fd, 5);
	show("ftruncate");
	truncate("c/f", 5);
	show("truncate to the same");
	fallocate(fd, 0, 0, 100);
	show("fallocate");
	fallocate(fd, 3, 0, 10);
	show("punch");
	pipe(p);
	sendfile(p[1], other, &zero, 3);
	show("sendfile from");
	sendfile(fd, other, NULL, 3);
	show("sendfile to");
	splice(p[0], NULL, fd, NULL, 3, 0);
	show("splice to");
	zero = 0;
	splice(other, &zero, p[1], NULL, 3, 0);
	show("splice from");
	zero = 0;
	copy_file_range(other, &zero, fd, NULL, 3, 0);
	show("copy_file_range");
	fchmod(fd, 0600);
	show("fchmod");
	chown("c/f", -1, -1);
	show("chown of nothing");
	fchown(fd, getuid(), -1);
	show("fchown");
	futimens(fd, NULL);
	show("futimens");
	if (fsetxattr(fd, "user.x", "1", 1, 0) == 0) {
		show("setxattr");
		fremovexattr(fd, "user.x");
		show("removexattr");
	}
	fsync(fd);
	flock(fd, 1);
	show("fsync, flock");
	close(other);
	show("close of the reader");
	close(fd);
	show("close of the writer");
	link("c/f", "c/l");
	show("link");
	symlink("f", "c/s");
	show("symlink");
	close(open("c/s", O_RDONLY));
	show("open through a link");
	mknod("c/p", S_IFIFO | 0644, 0);
	show("mknod");
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	bind(s, (void *)&a, sizeof(a));
	show("bind");
	mkdir("c/d", 0755);
	show("mkdir");
	close(open("c", O_TMPFILE | O_RDWR, 0600));
	show("O_TMPFILE");
	rename("c/f", "c/g");
	show("rename");
	rename("c/l", "c/g");
	show("rename to another name of the same");
	syscall(SYS_renameat2, AT_FDCWD, "c/g", AT_FDCWD, "c/s", 2);
	show("exchange");
	rename("c/d", "c/e");
	show("rename of a directory");
	rmdir("c/e");
	unlink("c/l");
	show("rmdir, unlink");
	fd = open("c", O_RDONLY);
	syscall(SYS_getdents64, fd, big, sizeof(big));
	close(fd);
	show("reading the directory");
	access("c/g", R_OK);
	stat("c/g", &(struct stat){ 0 });
	show("stat");
	execl("c/none", "c/none", NULL);
	show("exec of nothing");
	close(s);
	close(p[0]);
	close(p[1]);
}

static void selves(void)
{
	int fd, w;

	TITLE("the watched thing itself");
	make_file("self", "x");
	w = R(inotify_add_watch(in, "self", IN_ALL_EVENTS));
	V(w == R(inotify_add_watch(in, "self", IN_ALL_EVENTS)));
	link("self", "self2");
	show("link");
	V(w == R(inotify_add_watch(in, "self2", IN_ALL_EVENTS)));
	rename("self", "self3");
	show("rename");
	unlink("self2");
	show("unlink of a second name");
	fd = open("self3", O_RDONLY);
	unlink("self3");
	show("unlink while open");
	close(fd);
	show("close");
	R(inotify_rm_watch(in, w));
	TITLE("IN_EXCL_UNLINK");
	mkdir("x", 0755);
	w = R(inotify_add_watch(in, "x", IN_ALL_EVENTS | IN_EXCL_UNLINK));
	fd = open("x/f", O_CREAT | O_RDWR, 0644);
	unlink("x/f");
	show("unlinked");
	write(fd, "x", 1);
	close(fd);
	show("no events of it any more");
	R(inotify_rm_watch(in, w));
	show("removed");
	TITLE("without it");
	w = R(inotify_add_watch(in, "x", IN_ALL_EVENTS));
	fd = open("x/f", O_CREAT | O_RDWR, 0644);
	unlink("x/f");
	show("unlinked");
	write(fd, "x", 1);
	close(fd);
	show("events of it");
	mkdir("y", 0755);
	rename("x", "y/x");
	show("the directory moved");
	close(open("y/x/new", O_CREAT | O_RDWR, 0644));
	show("still watched");
	unlink("y/x/new");
	rmdir("y/x");
	show("removed");
	TITLE("two watchers");
	int in2 = inotify_init1(IN_NONBLOCK);
	inotify_add_watch(in, "y", IN_CREATE);
	inotify_add_watch(in2, "y", IN_CREATE | IN_OPEN);
	make_file("y/two", "");
	show("the first");
	int was = in;
	in = in2;
	show("the second");
	close(in2);
	in = was;
	TITLE("closing with watches and events");
	make_file("y/three", "");
	close(in);
	in = inotify_init1(IN_NONBLOCK);
	make_file("y/four", "");
	show("a new one");
}

int main(void)
{
	in = R(inotify_init1(IN_NONBLOCK));
	merging();
	calls();
	selves();
	overflow();
	return 0;
}
