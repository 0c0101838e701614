// SPDX-License-Identifier: GPL-2.0
/* Errors of calls on descriptors that other programs do not reach: bad memory, bad values, old calls by their own numbers. */
#include "diff.h"
#include <linux/falloc.h>
#include <linux/fs.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/timerfd.h>
#include <sys/un.h>

static char buf[8192];

static void old_calls(void)
{
	uint64_t usr1 = 1UL << (SIGUSR1 - 1);
	struct epoll_event ev = { .events = EPOLLIN };
	struct itimerspec its = { { 0, 0 }, { 1, 0 } };
	int p[2], ep, e, s, t, in, w;

	TITLE("calls that the C library has newer ones for");
	R(syscall(SYS_pipe, p));
	R(syscall(SYS_pipe, bad_ptr));
	e = R(syscall(SYS_eventfd, 3));
	R(read(e, buf, 8));
	V(buf[0]);
	R(syscall(SYS_eventfd2, 0, 1));
	s = R(syscall(SYS_signalfd, -1, &usr1, 8));
	R(syscall(SYS_signalfd, 99, &usr1, 8));
	R(syscall(SYS_signalfd, -1, &usr1, 4));
	R(syscall(SYS_signalfd, p[0], &usr1, 8));
	R(syscall(SYS_signalfd, s, bad_ptr, 8));
	R(syscall(SYS_signalfd4, -1, bad_ptr, 8, 0));
	R(syscall(SYS_signalfd4, -1, &usr1, 8, 1));
	R(syscall(SYS_signalfd4, s, &usr1, 8, SFD_NONBLOCK));
	ep = R(syscall(SYS_epoll_create, 1));
	ev.events = EPOLLIN;
	R(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
	write(p[1], "x", 1);
	R(syscall(SYS_epoll_wait, ep, &ev, 1, 0));
	R(syscall(SYS_epoll_pwait, ep, &ev, 1, 0, NULL, 8));
	R(syscall(SYS_epoll_pwait, -1, &ev, 1, 0, NULL, 8));
	R(syscall(SYS_epoll_pwait, ep, bad_ptr, 1, 0, NULL, 8));
	R(syscall(SYS_epoll_pwait, ep, &ev, 1, 0, bad_ptr, 8));
	R(syscall(SYS_epoll_pwait2, ep, &ev, 1, bad_ptr, NULL, 8));
	R(syscall(SYS_epoll_pwait2, ep, bad_ptr, 1, NULL, NULL, 8));
	R(syscall(SYS_epoll_pwait2, -1, &ev, 1, NULL, NULL, 8));
	R(dup3(99, 50, 0));
	R(dup3(p[0], 50, O_CLOEXEC));
	R(dup3(p[0], -1, 0));
	TITLE("timers and watches");
	t = R(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
	R(timerfd_create(CLOCK_MONOTONIC, 1));
	R(timerfd_create(999, 0));
	R(timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
	if (is_root()) {
		int alarm_fd = timerfd_create(CLOCK_BOOTTIME_ALARM, TFD_NONBLOCK);

		R(timerfd_settime(alarm_fd, 0, &its, NULL));
		R(read(alarm_fd, buf, 8));
		U(R(timerfd_settime(alarm_fd, 0, &its, NULL)); R(timerfd_gettime(alarm_fd, (void *)buf)));
		close(alarm_fd);
	}
	U(R(timerfd_create(CLOCK_REALTIME_ALARM, 0)));
	R(timerfd_settime(t, 0, (void *)bad_ptr, NULL));
	R(timerfd_settime(t, 0, &its, (void *)bad_ptr));
	R(timerfd_settime(t, 8, &its, NULL));
	R(timerfd_gettime(t, (void *)bad_ptr));
	its.it_value.tv_nsec = 1000000000;
	R(timerfd_settime(t, 0, &its, NULL));
	its.it_value.tv_nsec = -1;
	R(timerfd_settime(t, 0, &its, NULL));
	its = (struct itimerspec){ { 0, 0 }, { -1, 0 } };
	R(timerfd_settime(t, TFD_TIMER_ABSTIME, &its, NULL));
	its = (struct itimerspec){ { 0, 0 }, { 0, 0 } };
	R(timerfd_settime(t, 0, &its, NULL));
	R(read(t, buf, 8));
	R(read(t, buf, 7));
	in = R(inotify_init1(IN_NONBLOCK));
	w = R(inotify_add_watch(in, ".", IN_CREATE));
	R(inotify_rm_watch(in, w));
	R(inotify_rm_watch(in, w));
	R(inotify_rm_watch(p[0], w));
	R(read(in, buf, 4));
	R(inotify_add_watch(in, ".", IN_MASK_ADD | IN_MASK_CREATE | IN_CREATE));
	syscall(SYS_close_range, 3, ~0U, 0);
}

static void selecting(void)
{
	struct timeval tv = { 0, 1000 };
	fd_set set;
	int p[2];

	TITLE("select");
	pipe(p);
	FD_ZERO(&set);
	FD_SET(p[1], &set);
	R(syscall(SYS_select, p[1] + 1, NULL, &set, NULL, &tv));
	R(syscall(SYS_select, 0, NULL, NULL, NULL, &tv));
	R(syscall(SYS_select, -1, NULL, NULL, NULL, &tv));
	R(syscall(SYS_select, p[1] + 1, bad_ptr, NULL, NULL, &tv));
	R(syscall(SYS_select, p[1] + 1, NULL, &set, NULL, bad_ptr));
	tv = (struct timeval){ -1, 0 };
	R(syscall(SYS_select, 0, NULL, NULL, NULL, &tv));
	tv = (struct timeval){ 0, -1 };
	R(syscall(SYS_select, 0, NULL, NULL, NULL, &tv));
	tv = (struct timeval){ 0, 1000 };
	FD_ZERO(&set);
	FD_SET(60, &set);
	R(syscall(SYS_select, 61, &set, NULL, NULL, &tv));
	FD_ZERO(&set);
	FD_SET(p[0], &set);
	R(syscall(SYS_select, 1 << 20, &set, NULL, NULL, &tv) < 0);
	R(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &tv, bad_ptr));
	struct { void *set; size_t size; } arg = { &set, 3 };
	R(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &tv, &arg));
	arg.set = bad_ptr;
	arg.size = 8;
	R(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &tv, &arg));
	R(syscall(SYS_ppoll, bad_ptr, 1, &tv, NULL, 8));
	R(syscall(SYS_ppoll, NULL, 0, bad_ptr, NULL, 8));
	R(syscall(SYS_ppoll, NULL, 0, &tv, &set, 4));
	struct pollfd pf[3] = { { -1, POLLIN, 7 }, { 60, POLLIN, 7 }, { p[1], 0, 7 } };
	R(poll(pf, 3, 0));
	printf("%x %x %x\n", pf[0].revents, pf[1].revents, pf[2].revents);
	R(poll(pf, 0, 1));
	R(syscall(SYS_poll, pf, 1U << 30, 0));
	R(syscall(SYS_poll, bad_ptr, 1, 0));
	R(syscall(SYS_poll, ro_ptr, 1, 0));
	close(p[0]);
	close(p[1]);
}

static void memory(void)
{
	int fd = open("f", O_CREAT | O_RDWR, 0644), dir = open(".", O_RDONLY), p[2], gone, s = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "name" };
	off_t off = 0;

	TITLE("bad memory");
	pipe2(p, O_NONBLOCK);
	write(p[1], "x", 1);
	R(syscall(SYS_fstat, fd, bad_ptr));
	R(syscall(SYS_fstatfs, fd, bad_ptr));
	R(syscall(SYS_statfs, ".", bad_ptr));
	R(syscall(SYS_getdents, dir, bad_ptr, 4096));
	R(syscall(SYS_getdents, dir, buf, 10));
	R(syscall(SYS_getdents, -1, buf, 4096));
	R(syscall(SYS_getdents, fd, buf, 4096));
	R(syscall(SYS_getdents, dir, buf, 4096) > 0);
	mkdir("gone", 0755);
	gone = open("gone", O_RDONLY);
	rmdir("gone");
	R(syscall(SYS_getdents, gone, buf, 4096));
	R(syscall(SYS_getdents64, gone, buf, 4096));
	R(splice(p[0], NULL, fd, (void *)bad_ptr, 1, 0));
	R(splice(fd, (void *)bad_ptr, p[1], NULL, 1, 0));
	off = -1;
	R(splice(fd, &off, p[1], NULL, 1, 0));
	R(vmsplice(p[1], (void *)bad_ptr, 1, 0));
	R(vmsplice(p[1], &(struct iovec){ bad_ptr, 10 }, 1, 0));
	R(vmsplice(p[1], (void *)buf, 2000, 0));
	R(vmsplice(p[1], (void *)buf, 1, 16));
	R(syscall(SYS_pipe2, bad_ptr, O_NONBLOCK));
	R(syscall(SYS_preadv2, fd, bad_ptr, 1, 0, 0, 0));
	R(syscall(SYS_pwritev2, fd, bad_ptr, 1, 0, 0, 0));
	R(syscall(SYS_preadv2, fd, buf, 1025, 0, 0, 0));
	R(syscall(SYS_pwritev2, fd, buf, 1025, 0, 0, 0));
	R(syscall(SYS_preadv2, fd, buf, 0, 0, 0, 1 << 20));
	struct iovec v = { buf, 1 };
	R(syscall(SYS_preadv2, fd, &v, 1, 0, 0, 1 << 20));
	R(syscall(SYS_pwritev2, fd, &v, 1, 0, 0, 1 << 20));
	R(getpeername(s, (void *)&a, (void *)bad_ptr));
	R(connect(s, (void *)bad_ptr, 10));
	R(ioctl(fd, FIONREAD, bad_ptr));
	R(ioctl(p[0], FIONREAD, bad_ptr));
	R(fcntl(fd, F_GETLK, bad_ptr));
	R(fcntl(fd, F_OFD_GETLK, bad_ptr));
	R(fcntl(fd, F_SETOWN_EX, bad_ptr));
	R(fcntl(fd, F_GETOWN_EX, bad_ptr));
	if (is_root()) {
		struct stat st;

		R(syscall(SYS_ustat, -1, buf));
		stat("/", &st);
		R(syscall(SYS_ustat, st.st_dev, bad_ptr));
		R(syscall(SYS_ustat, st.st_dev, buf));
	}
	TITLE("sendfile beyond the end of all files");
	off = 1L << 60;
	R(sendfile(fd, fd, &off, 10));
	off = 0x7fffffffffffffff;
	R(sendfile(fd, fd, &off, 10));
	off = -5;
	R(sendfile(fd, fd, &off, 10));
	syscall(SYS_close_range, 3, ~0U, 0);
}

static void rooms(void)
{
	struct stat st;
	int fd, i, p[2];
	off_t off = 0;

	TITLE("full pipes");
	make_file("in", "0123456789");
	fd = open("in", O_RDONLY);
	pipe2(p, O_NONBLOCK);
	while (write(p[1], buf, sizeof(buf)) > 0)
		;
	struct iovec v = { buf, 10 };
	R(writev(p[1], &v, 1));
	R(sendfile(p[1], fd, &off, 10));
	R(splice(fd, NULL, p[1], NULL, 10, 0));
	R(vmsplice(p[1], &v, 1, SPLICE_F_NONBLOCK));
	close(p[0]);
	R(writev(p[1], &v, 1));
	R(sendfile(p[1], fd, &off, 10));
	R(splice(fd, NULL, p[1], NULL, 10, 0));
	close(p[1]);
	TITLE("directories without search permission");
	mkdir("shut", 0700);
	i = open("shut", O_PATH);
	U(R(fchdir(i)); R(chdir("shut")); R(openat(i, "x", O_RDONLY)); R(fchmod(fd, 0600)); R(fchown(fd, 1, 1)));
	C(R(chroot("shut/none")); R(chroot("in")));
	TITLE("names of devices");
	if (is_root()) {
		R(mknod("chr", S_IFCHR | 0666, makedev(240, 7)));
		FD(open("chr", O_RDWR));
		R(syscall(SYS_open, "chr", O_RDWR));
		R(mknod("blk", S_IFBLK | 0666, makedev(240, 7)));
		R(syscall(SYS_open, "blk", O_RDONLY));
		R(stat("blk", &st));
		printf("%lx\n", (long)st.st_rdev);
	}
	U(R(mknod("chr2", S_IFCHR | 0666, makedev(1, 3))));
	chmod(".", 0777);
	U(R(mknod("chr2", S_IFCHR | 0666, makedev(1, 3))); R(syscall(SYS_mknod, "chr3", S_IFBLK | 0666, makedev(1, 3)));
	  R(syscall(SYS_mknod, "sock", S_IFSOCK | 0666, 0)); R(unlink("sock")));
	chmod(".", 0755);
	R(syscall(SYS_mknod, "dir", S_IFDIR | 0755, 0));
	R(syscall(SYS_mknod, "link", S_IFLNK | 0755, 0));
	R(syscall(SYS_mknod, "what", 0150000 | 0755, 0));
	R(syscall(SYS_mknod, "plain", 0644, 0));
	show_stat("plain");
	R(syscall(SYS_mknodat, AT_FDCWD, "dir", S_IFDIR | 0755, 0));
	TITLE("open's rarer errors");
	R(syscall(SYS_open, "in", O_RDONLY | O_TMPFILE));
	R(syscall(SYS_open, ".", O_TMPFILE | O_RDONLY));
	R(syscall(SYS_open, "/proc", O_TMPFILE | O_RDWR, 0600));
	R(syscall(SYS_openat, AT_FDCWD, "/proc", O_TMPFILE | O_RDWR, 0600));
	mkfifo("fifo", 0644);
	R(syscall(SYS_open, "fifo", O_WRONLY | O_NONBLOCK));
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = "asock" };
	i = socket(AF_UNIX, SOCK_DGRAM, 0);
	bind(i, (void *)&a, sizeof(a));
	R(syscall(SYS_open, "asock", O_RDWR));
	U(R(syscall(SYS_open, "in", O_RDONLY | O_NOATIME)));
	U(R(syscall(SYS_vhangup)));
	U(R(syscall(SYS_mount, "x", "shut", "tmpfs", 0, NULL)); R(syscall(SYS_umount2, "shut", 0)); R(syscall(SYS_pivot_root, ".", ".")));
	syscall(SYS_close_range, 3, ~0U, 0);
}

/* By their own numbers: the C library calls newer ones. */
static void at_calls(void)
{
	struct timeval tv[2] = { { 0, 0 }, { 0, 1000000 } };

	TITLE("old forms");
	mkdir("d1", 0755);
	mkdir("d2", 0755);
	mkdir("d2/in", 0755);
	make_file("plain2", "x");
	R(syscall(SYS_futimesat, AT_FDCWD, "plain2", tv));
	tv[1].tv_usec = -1;
	R(syscall(SYS_futimesat, AT_FDCWD, "plain2", tv));
	R(syscall(SYS_renameat, AT_FDCWD, "d1", AT_FDCWD, "d2"));
	R(syscall(SYS_renameat, AT_FDCWD, "d2", AT_FDCWD, "d2/in/x"));
	R(syscall(SYS_renameat, AT_FDCWD, "plain2", AT_FDCWD, "/proc/x"));
	R(syscall(SYS_renameat2, AT_FDCWD, "plain2", AT_FDCWD, "d1", 0));
	R(syscall(SYS_renameat2, AT_FDCWD, "d1", AT_FDCWD, "d2", 0));
	R(syscall(SYS_faccessat, AT_FDCWD, "plain2", 8));
	R(syscall(SYS_faccessat, AT_FDCWD, "plain2", -1));
	R(syscall(SYS_faccessat2, AT_FDCWD, "plain2", 0, 0x4000000));
	R(syscall(SYS_access, "plain2", 8));
	R(syscall(SYS_unlinkat, AT_FDCWD, "plain2", 7));
	R(syscall(SYS_lseek, -1, 0, 0));
	R(syscall(SYS_linkat, AT_FDCWD, "plain2", AT_FDCWD, "x", 0x4000000));
	R(syscall(SYS_fchownat, AT_FDCWD, "plain2", -1, -1, 0x4000000));
	R(syscall(SYS_utimensat, AT_FDCWD, "plain2", NULL, 0x4000000));
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	old_calls();
	selecting();
	memory();
	rooms();
	at_calls();
	return 0;
}
