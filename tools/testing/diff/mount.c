// SPDX-License-Identifier: GPL-2.0
/* mount, umount2, pivot_root, chroot (as root; in a mount namespace of its own where there is one). */
#include "diff.h"
#include <sched.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

static long flags_of(const char *path) { struct statfs s; return statfs(path, &s) ? -1 : (long)(s.f_flags & ~0x1020); }

int main(void)
{
	int fd;

	mkdir("a", 0755);
	mkdir("b", 0755);
	make_file("file", "x");
	TITLE("without permission");
	U(R(mount("x", "a", "tmpfs", 0, NULL)); R(umount("a")); R(chroot("a")));
	if (!is_root())
		return 0;
	if (getpid() != 1 && unshare(CLONE_NEWNS) == 0)
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	TITLE("mount");
	R(mount("x", "a", "tmpfs", 0, "size=1m,mode=750"));
	show_stat("a");
	make_file("a/in", "in");
	R(mount("x", "none", "tmpfs", 0, NULL));
	R(mount("x", "a", "nosuchfs", 0, NULL));
	R(mount("x", "a", NULL, 0, NULL));
	R(mount("x", "file", "tmpfs", 0, NULL));
	R(mount("x", "a", "tmpfs", 0, "nonsense=1"));
	R(mount("x", "a", "tmpfs", 0, "size=x"));
	R(mount(bad_ptr, "a", "tmpfs", 0, NULL));
	R(mount("x", bad_ptr, "tmpfs", 0, NULL));
	R(mount("file", "a", "ext4", 0, NULL));
	R(mount("/dev/null", "a", "ext4", 0, NULL));
	R(mount("none-such", "a", "ext4", 0, NULL));
	TITLE("busy");
	fd = open("a/in", O_RDONLY);
	R(umount("a"));
	R(rmdir("a"));
	R(rename("a", "c"));
	R(unlink("a"));
	close(fd);
	TITLE("flags");
	R(mount(NULL, "a", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	R(open("a/new", O_CREAT | O_RDWR, 0644));
	R(open("a/in", O_RDWR));
	R(unlink("a/in"));
	R(mkdir("a/d", 0755));
	R(chmod("a/in", 0600));
	R(access("a/in", W_OK));
	R(truncate("a/in", 0));
	R(link("a/in", "a/l"));
	R(rename("a/in", "a/l"));
	R(utimensat(AT_FDCWD, "a/in", NULL, 0));
	R(flags_of("a"));
	R(mount(NULL, "a", NULL, MS_REMOUNT, NULL));
	fd = R(open("a/in", O_RDWR));
	R(mount(NULL, "a", NULL, MS_REMOUNT | MS_RDONLY, NULL));
	close(fd);
	R(mount(NULL, "a", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOEXEC | MS_NOSUID | MS_NODEV, NULL));
	R(flags_of("a"));
	R(open("a/in", O_RDWR));
	R(mount(NULL, "a", NULL, MS_REMOUNT | MS_BIND, NULL));
	R(flags_of("a"));
	R(mount(NULL, "b", NULL, MS_REMOUNT, NULL));
	mknod("a/null", S_IFCHR | 0666, makedev(1, 3));
	FD(open("a/null", O_RDWR));
	R(mount(NULL, "a", NULL, MS_REMOUNT | MS_BIND | MS_NODEV, NULL));
	FD(open("a/null", O_RDWR));
	TITLE("bind and move");
	R(mkdir("a/sub", 0755));
	R(mount("a", "b", NULL, MS_BIND, NULL));
	show_file("b/in");
	R(mount("b/sub", "b", NULL, MS_BIND, NULL));
	show_file("b/in");
	R(umount("b"));
	show_file("b/in");
	R(mount("file", "b/in", NULL, MS_BIND, NULL));
	show_file("b/in");
	show_file("a/in");
	R(mount("b", "a/sub", NULL, MS_BIND | MS_REC, NULL));
	show_file("a/sub/in");
	R(mount("a/sub", "file", NULL, MS_BIND, NULL));
	R(mount("a/sub", "b/sub", NULL, MS_MOVE, NULL));
	show_file("b/sub/in");
	show_file("a/sub/in");
	R(mount("b", "b/sub/sub", NULL, MS_MOVE, NULL));
	R(mount("a/sub", "b", NULL, MS_MOVE, NULL));
	R(umount("b"));
	R(umount2("b", MNT_DETACH));
	R(umount2("b", MNT_DETACH));
	R(umount2("b", 64));
	R(umount2("none", 0));
	R(umount2("a/in", 0));
	TITLE("expiry");
	R(umount2("a", MNT_EXPIRE | MNT_FORCE));
	R(umount2("a", MNT_EXPIRE));
	R(access("a/in", F_OK));
	R(umount2("a", MNT_EXPIRE));
	R(umount2("a", MNT_EXPIRE));
	show_file("a/in");
	TITLE("lazy");
	R(mount("x", "a", "tmpfs", 0, NULL));
	make_file("a/kept", "kept");
	fd = open("a/kept", O_RDONLY);
	R(umount2("a", MNT_DETACH));
	char c;
	R(read(fd, &c, 1));
	R(close(fd));
	TITLE("inotify is told");
	R(mount("x", "a", "tmpfs", 0, NULL));
	make_file("a/watched", "x");
	fd = inotify_init1(IN_NONBLOCK);
	R(inotify_add_watch(fd, "a/watched", IN_ALL_EVENTS));
	R(umount("a"));
	struct inotify_event ev[4];
	R(read(fd, ev, sizeof(ev)));
	printf("%x %x\n", ev[0].mask, ev[1].mask);
	close(fd);
	TITLE("chroot");
	R(mount("x", "a", "tmpfs", 0, NULL));
	mkdir("a/inner", 0755);
	make_file("a/f", "inside");
	R(chroot("file"));
	R(chroot("none"));
	R(chroot(bad_ptr));
	C(R(chroot("a")); show_file("/f"); show_file("/../f"); R(chdir("/inner")); R(access("../../../f", F_OK)); char b[200];
	  R(syscall(SYS_getcwd, b, 200)); S(b));
	C(R(chdir("a")); R(chroot("inner")); char b[200]; long n = syscall(SYS_getcwd, b, 200); V(n > 14); b[14] = 0; S(b));
	TITLE("pivot_root");
	R(mkdir("a/old", 0755));
	R(syscall(SYS_pivot_root, "a", "none"));
	R(syscall(SYS_pivot_root, "file", "a/old"));
	U(R(syscall(SYS_pivot_root, "a", "a/old")));
	R(umount("a"));
	return 0;
}
