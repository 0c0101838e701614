// SPDX-License-Identifier: GPL-2.0
/* mount, umount2, pivot_root, chroot: each documented error, and what mounts forbid to other calls. As root. */
#include "diff.h"
#include <sched.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <linux/capability.h>
#include <sys/un.h>

#define pivot(a, b) syscall(SYS_pivot_root, a, b)
static char longname[300], longpath[5000];

static void mounting(void)
{
	int fd;

	TITLE("mount");
	R(mount("x", longname, "tmpfs", 0, NULL));
	R(mount("x", longpath, "tmpfs", 0, NULL));
	R(mount(longname, "a", NULL, MS_BIND, NULL));
	R(mount("x", "loop", "tmpfs", 0, NULL));
	R(mount("x", "file/x", "tmpfs", 0, NULL));
	R(mount("x", "a", bad_ptr, 0, NULL));
	R(mount("x", "a", "", 0, NULL));
	R(mount("x", "a", "tmpfs", 0, bad_ptr));
	R(mount(NULL, "a", "tmpfs", 0, NULL));
	R(umount("a"));
	R(mount("none", "a", NULL, MS_BIND, NULL));
	R(mount("", "a", NULL, MS_BIND, NULL));
	R(mount(NULL, "a", NULL, MS_BIND, NULL));
	R(mount("file", "a", NULL, MS_BIND, NULL));
	R(mount("a", "file", NULL, MS_BIND, NULL));
	R(mount("a", "b", NULL, MS_MOVE, NULL));
	R(mount("none", "b", NULL, MS_MOVE, NULL));
	R(mount(NULL, "a", NULL, MS_REMOUNT, NULL));
	R(mount(NULL, "a", NULL, MS_REMOUNT | MS_BIND, NULL));
	R(mount(NULL, "a", NULL, MS_PRIVATE, NULL));
	R(mount("x", "a", "tmpfs", MS_NODEV | MS_NOEXEC | MS_NOSUID | MS_NOATIME, NULL));
	R(mount(NULL, "a", NULL, MS_PRIVATE, NULL));
	R(mount(NULL, "a", NULL, MS_PRIVATE | MS_SLAVE, NULL));
	R(mount(NULL, "a", NULL, MS_PRIVATE | MS_NOATIME, NULL));
	R(mount(NULL, "a", NULL, MS_PRIVATE | MS_SILENT, NULL));
	R(mount(NULL, "a", NULL, MS_REC | MS_UNBINDABLE, NULL));
	R(mount("a", "b", NULL, MS_BIND, NULL));
	R(mount(NULL, "a", NULL, MS_PRIVATE, NULL));
	R(mkdir("a/in", 0755));
	R(mount("a", "a/in", NULL, MS_MOVE, NULL));
	TITLE("devices");
	R(mknod("chr", S_IFCHR | 0666, makedev(1, 3)));
	R(mknod("blk", S_IFBLK | 0666, makedev(240, 7)));
	R(mknod("a/blk", S_IFBLK | 0666, makedev(240, 7)));
	R(mount("chr", "b", "ext4", 0, NULL));
	R(mount("blk", "b", "ext4", 0, NULL));
	R(mount("a/blk", "b", "ext4", 0, NULL));
	R(mount("file", "b", "ext4", 0, NULL));
	R(mount("dir", "b", "ext4", 0, NULL));
	R(mount("none", "b", "ext4", 0, NULL));
	R(mount(NULL, "b", "ext4", 0, NULL));
	FD(open("a/blk", O_RDONLY));
	TITLE("what the flags forbid");
	fd = open("a/prog", O_CREAT | O_RDWR, 0755);
	write(fd, "#!/bin/sh\n", 10);
	close(fd);
	C(R(execl("a/prog", "prog", NULL)));
	R(access("a/prog", X_OK));
	fd = open("a/prog", O_RDONLY);
	R(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -1 : 0);
	R(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED ? -1 : 0);
	R(umount("a"));
	close(fd);
	TITLE("a mount on a file");
	R(mount("file", "other", NULL, MS_BIND, NULL));
	show_file("other");
	R(unlink("other"));
	R(syscall(SYS_unlinkat, AT_FDCWD, "other", 0));
	R(rename("file2", "other"));
	R(syscall(SYS_renameat, AT_FDCWD, "other", AT_FDCWD, "x"));
	R(umount2("other", 0));
	R(unlink("other"));
	make_file("other", "o");
}

static void unmounting(void)
{
	int fd;

	TITLE("umount2");
	R(umount2(bad_ptr, 0));
	R(umount2("", 0));
	R(umount2(longname, 0));
	R(umount2(longpath, 0));
	R(umount2("loop", 0));
	R(umount2("none", 0));
	R(umount2("file/x", 0));
	R(umount2("a", 0));
	R(umount2("a", 0x100));
	R(umount2("a", MNT_EXPIRE | MNT_FORCE));
	R(umount2("a", MNT_EXPIRE | MNT_DETACH));
	mount("x", "a", "tmpfs", 0, NULL);
	symlink("a", "toa");
	R(umount2("toa", UMOUNT_NOFOLLOW));
	R(umount2("a", MNT_EXPIRE));
	R(umount2("a", MNT_EXPIRE));
	R(umount2("a", 0));
	mount("x", "a", "tmpfs", 0, NULL);
	fd = open("a/f", O_CREAT | O_RDWR, 0644);
	R(umount2("a", 0));
	R(umount2("a", MNT_EXPIRE));
	mkdir("a/sub", 0755);
	mount("x", "a/sub", "tmpfs", 0, NULL);
	R(umount2("a", MNT_DETACH));
	R(access("a/f", F_OK));
	R(write(fd, "detached", 8));
	R(umount2("a", 0));
	close(fd);
	mount("x", "a", "tmpfs", 0, NULL);
	C(chdir("a"); R(umount2("../a", 0)));
	R(umount2("toa", 0));
	U(R(umount2("a", 0)); R(mount("x", "a", "tmpfs", 0, NULL)); R(chroot("a")); R(pivot("a", "a")));
}

static void roots(void)
{
	TITLE("chroot");
	R(chroot(bad_ptr));
	R(chroot(""));
	R(chroot("none"));
	R(chroot("file"));
	R(chroot("file/x"));
	R(chroot("loop"));
	R(chroot(longname));
	R(chroot(longpath));
	mkdir("shut", 0);
	C(mkdir("jail", 0755); mkdir("jail/in", 0755); R(chroot("jail")); R(chdir("/")); R(access("in", F_OK)); R(chdir("..")); R(access("in", F_OK));
	  R(access("/../../in", F_OK)));
	C(mkdir("jail/deep", 0755); R(chroot("jail/deep")); char b[100]; R(syscall(SYS_getcwd, b, 100) > 0); R(strncmp(b, "(unreachable)", 13));
	  R(access("../jail", F_OK)));
	TITLE("pivot_root");
	R(pivot("none", "none"));
	R(pivot("file", "file"));
	R(pivot(bad_ptr, "a"));
	R(pivot("a", bad_ptr));
	R(pivot("dir", "dir"));
	R(pivot("/", "/"));
	mount("x", "a", "tmpfs", 0, NULL);
	mkdir("a/old", 0755);
	R(pivot("a", "b"));
	R(pivot("a", "a/none"));
}

/* Root as it is, but for the capability to overlook permissions. */
static void without_override(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	syscall(SYS_capget, &h, d);
	d[0].effective &= ~(1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH);
	syscall(SYS_capset, &h, d);
	R(chroot("shut"));
	R(chroot("shut/x"));
	R(mount("x", "shut/x", "tmpfs", 0, NULL));
	R(umount2("shut/x", 0));
}

/* To another root and back, from a root that is a mount even where the program was started in one that is none. */
static void turning(void)
{
	char back[200], b[200];

	R(chroot("root"));
	R(chdir(diff_dir));
	mkdir("turn", 0755);
	R(mount("x", "turn", "tmpfs", 0, NULL));
	mkdir("turn/old", 0755);
	snprintf(back, sizeof(back), "/old%s/turn", diff_dir);
	R(pivot("turn", "turn/old"));
	R(chdir("/"));
	R(access("/old/proc", F_OK));
	R(access("/bin", F_OK));
	R(pivot("/old", back));
	R(chdir("/"));
	R(access("/bin", F_OK));
	R(chdir(diff_dir));
	R(access("turn/old", F_OK));
	R(umount("turn"));
	S(getcwd(b, sizeof(b)) ? "there" : "lost");
}

static void refused(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	static char big[70000];
	int s = socket(AF_UNIX, SOCK_STREAM, 0), in, out;

	TITLE("what read-only and full file systems refuse to others");
	mount("x", "b", "tmpfs", MS_RDONLY, NULL);
	strcpy(a.sun_path, "b/sock");
	R(bind(s, (void *)&a, sizeof(a)));
	memset(a.sun_path, 'n', sizeof(a.sun_path));
	R(bind(s, (void *)&a, sizeof(a)) ? -1 : 0);
	umount("b");
	mount("x", "b", "tmpfs", 0, "size=8k");
	in = open("bigfile", O_CREAT | O_RDWR, 0644);
	write(in, big, sizeof(big));
	out = open("b/out", O_CREAT | O_RDWR, 0644);
	write(out, big, 8192);
	lseek(in, 0, SEEK_SET);
	R(sendfile(out, in, NULL, 100));
	make_file("b/from", "");
	R(ftruncate(out, 4096) ?: 0);
	R(pwrite(out, big, 4096, 4096));
	R(pwrite(out, big, 4096, 8192));
	int from = open("b/out", O_RDONLY);
	R(lseek(out, 0, SEEK_END));
	R(copy_file_range(from, NULL, out, NULL, 4096, 0));
	close(from);
	umount2("b", MNT_DETACH);
	close(in);
	close(out);
}

int main(void)
{
	if (!is_root())
		return 0;
	if (unshare(CLONE_NEWNS) == 0)
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
	memset(longname, 'n', sizeof(longname) - 1);
	memset(longpath, '/', sizeof(longpath) - 1);
	mkdir("a", 0755);
	mkdir("b", 0755);
	mkdir("dir", 0755);
	make_file("file", "file");
	make_file("file2", "file2");
	make_file("other", "other");
	symlink("loop", "loop");
	mounting();
	unmounting();
	roots();
	C(without_override());
	TITLE("pivot_root, there and back");
	mkdir("root", 0755);
	R(mount("/", "root", NULL, MS_BIND | MS_REC, NULL));
	C(turning());
	R(umount2("root", MNT_DETACH));
	refused();
	while (!umount2("a", MNT_DETACH) || !umount2("b", MNT_DETACH))
		;				/* so that the folder can be removed */
	return 0;
}
