// SPDX-License-Identifier: GPL-2.0
/* Every call that takes a descriptor, with every kind of descriptor: a table of calls by a table of kinds. */
#include "diff.h"
#include <linux/falloc.h>
#include <linux/fs.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <sys/xattr.h>

#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8
#endif

static char buf[8192];
static struct iovec vec = { buf, 8 };
static int rw, pipes[2], ep;		/* helpers: a file, a pipe with something in it, an epoll */

/* --- kinds --- */
static int socket_end(int type)
{
	int sv[2];

	socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, sv);
	dup2(sv[1], 40);
	close(sv[1]);
	return sv[0];
}

static int pipe_end(int which)
{
	int p[2];

	pipe2(p, O_NONBLOCK);
	dup2(p[!which], 40);
	close(p[!which]);
	return p[which];
}

static int listening(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	bind(s, (void *)&a, 2);
	listen(s, 1);
	return s;
}

static int signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	return signalfd(-1, &set, SFD_NONBLOCK);
}

#define KINDS(X)								\
	X(closed, -1)								\
	X(path, open("file", O_PATH))						\
	X(path_directory, open("dir", O_PATH))					\
	X(path_link, open("link", O_PATH | O_NOFOLLOW))				\
	X(directory, open("dir", O_RDONLY))					\
	X(read_only, open("file", O_RDONLY))					\
	X(write_only, open("file", O_WRONLY))					\
	X(read_write, open("file", O_RDWR))					\
	X(neither, open("file", 3))						\
	X(append, open("file", O_RDWR | O_APPEND))				\
	X(fifo, open("fifo", O_RDWR | O_NONBLOCK))				\
	X(pipe_in, pipe_end(0))							\
	X(pipe_out, pipe_end(1))						\
	X(stream, socket_end(SOCK_STREAM))					\
	X(dgram, socket_end(SOCK_DGRAM))					\
	X(seqpacket, socket_end(SOCK_SEQPACKET))				\
	X(unconnected, socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0))		\
	X(listening, listening())						\
	X(eventfd, eventfd(0, EFD_NONBLOCK))					\
	X(timerfd, timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK))		\
	X(signalfd, signals())							\
	X(inotify, inotify_init1(IN_NONBLOCK))					\
	X(epoll, epoll_create1(0))						\
	X(memfd, memfd_create("m", MFD_ALLOW_SEALING))				\
	X(null, open("/dev/null", O_RDWR))					\
	X(zero, open("/dev/zero", O_RDWR))					\
	X(full, open("/dev/full", O_RDWR))					\
	X(random, open("/dev/urandom", O_RDWR))					\
	X(ptmx, open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK))		\
	X(proc_file, open("/proc/self/comm", O_RDWR))				\
	X(proc_directory, open("/proc/self", O_RDONLY | O_DIRECTORY))

#define KIND_FN(name, how) static int kind_##name(void) { return how; }
#define KIND_ROW(name, how) { #name, kind_##name },
KINDS(KIND_FN)
static const struct { const char *name; int (*open)(void); } kinds[] = { KINDS(KIND_ROW) };

/* --- calls --- */
static long lock(int fd, int cmd, short type)
{
	struct flock fl = { .l_type = type, .l_whence = SEEK_SET, .l_len = 1 };

	return fcntl(fd, cmd, &fl);
}

static long map(int fd, int prot, int flags)
{
	void *p = mmap(NULL, 4096, prot, flags, fd, 0);

	return p == MAP_FAILED ? -1 : munmap(p, 4096);
}

static long polled(int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT | POLLPRI | POLLRDHUP | POLLRDNORM | POLLRDBAND | POLLWRNORM | POLLWRBAND, 0 };

	return poll(&p, 1, 0) < 0 ? -1 : p.revents;
}

static long watched(int fd)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT };
	long r = epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);

	return r ? r : epoll_wait(ep, &ev, 1, 0) == 1 ? (long)ev.events : 0;
}

static long ioctl_int(int fd, unsigned long cmd)
{
	long v = 0, r = ioctl(fd, cmd, &v);

	return r ? r : v;
}

/* As it is: some of them are devices of this machine. */
static mode_t mode_of(int fd) { struct stat st; return fstat(fd, &st) ? 0600 : st.st_mode & 07777; }

static struct itimerspec spec;
static sigset_t no_signals;
static loff_t at0;
static char *args[] = { "x", NULL };

#define CALLS(X)									\
	X(read, read(fd, buf, 16))							\
	X(read_none, read(fd, buf, 0))							\
	X(read_bad, read(fd, bad_ptr, 8))						\
	X(write, write(fd, buf, 8))							\
	X(write_none, write(fd, buf, 0))						\
	X(write_bad, write(fd, bad_ptr, 8))						\
	X(readv, readv(fd, &vec, 1))							\
	X(writev, writev(fd, &vec, 1))							\
	X(readv_none, readv(fd, &vec, 0))						\
	X(pread, pread(fd, buf, 8, 0))							\
	X(pwrite, pwrite(fd, buf, 8, 0))						\
	X(preadv, preadv(fd, &vec, 1, 0))						\
	X(pwritev, pwritev(fd, &vec, 1, 0))						\
	X(pread_negative, pread(fd, buf, 8, -1))					\
	X(seek_cur, lseek(fd, 0, SEEK_CUR))						\
	X(seek_set, lseek(fd, 3, SEEK_SET))						\
	X(seek_negative, lseek(fd, -3, SEEK_SET))					\
	X(seek_what, lseek(fd, 0, 17))							\
	X(ftruncate, ftruncate(fd, 5))							\
	X(ftruncate_negative, ftruncate(fd, -5))					\
	X(fallocate, fallocate(fd, 0, 0, 10))						\
	X(fallocate_empty, fallocate(fd, 0, 0, 0))					\
	X(fallocate_mode, fallocate(fd, 0x4000, 0, 10))					\
	X(punch, fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 10))	\
	X(fsync, fsync(fd))								\
	X(fdatasync, fdatasync(fd))							\
	X(syncfs, syncfs(fd))								\
	X(sync_file_range, sync_file_range(fd, 0, 10, 2))				\
	X(fadvise, posix_fadvise(fd, 0, 0, 0))						\
	X(readahead, readahead(fd, 0, 10))						\
	X(fchmod, fchmod(fd, mode_of(fd)))						\
	X(fchown, fchown(fd, -1, -1))							\
	X(futimens, futimens(fd, NULL))							\
	X(futimes_empty_path, syscall(SYS_utimensat, fd, "", NULL, AT_EMPTY_PATH))	\
	X(fstat, syscall(SYS_fstat, fd, buf))						\
	X(fstatfs, syscall(SYS_fstatfs, fd, buf))					\
	X(getdents64, syscall(SYS_getdents64, fd, buf, sizeof(buf)) > 0 ? 1 : -1)	\
	X(fchdir, fchdir(fd))								\
	X(openat, openat(fd, "none", O_RDONLY))						\
	X(openat_empty, openat(fd, "", O_RDONLY))					\
	X(stat_empty, syscall(SYS_newfstatat, fd, "", buf, AT_EMPTY_PATH))		\
	X(link_empty, linkat(fd, "", AT_FDCWD, "linked", AT_EMPTY_PATH))		\
	X(execveat_empty, syscall(SYS_execveat, fd, "", args, args + 1, AT_EMPTY_PATH))	\
	X(readlink_empty, readlinkat(fd, "", buf, 10))					\
	X(access_empty, syscall(SYS_faccessat2, fd, "", F_OK, AT_EMPTY_PATH))		\
	X(chown_empty, fchownat(fd, "", -1, -1, AT_EMPTY_PATH))				\
	X(flock_shared, flock(fd, LOCK_SH | LOCK_NB))					\
	X(flock_exclusive, flock(fd, LOCK_EX | LOCK_NB))				\
	X(dup, fcntl(fd, F_DUPFD, 45) < 0 ? -1 : 0)					\
	X(getfd, fcntl(fd, F_GETFD))							\
	X(setfd, fcntl(fd, F_SETFD, 1))							\
	X(setfl, fcntl(fd, F_SETFL, O_NONBLOCK))					\
	X(setfl_direct, fcntl(fd, F_SETFL, O_DIRECT | O_NONBLOCK))			\
	X(setfl_async, fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK))			\
	X(getlk, lock(fd, F_GETLK, F_RDLCK))						\
	X(setlk_read, lock(fd, F_SETLK, F_RDLCK))					\
	X(setlk_write, lock(fd, F_SETLK, F_WRLCK))					\
	X(ofd_read, lock(fd, F_OFD_SETLK, F_RDLCK))					\
	X(ofd_write, lock(fd, F_OFD_SETLK, F_WRLCK))					\
	X(getown, fcntl(fd, F_GETOWN))							\
	X(setown, fcntl(fd, F_SETOWN, 0))						\
	X(getsig, fcntl(fd, F_GETSIG))							\
	X(getlease, fcntl(fd, F_GETLEASE))						\
	X(pipe_size, fcntl(fd, F_GETPIPE_SZ))						\
	X(set_pipe_size, fcntl(fd, F_SETPIPE_SZ, 4096))					\
	X(get_seals, fcntl(fd, F_GET_SEALS))						\
	X(add_seals, fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK))				\
	X(fionread, ioctl_int(fd, FIONREAD))						\
	X(fionbio, ioctl_int(fd, FIONBIO))						\
	X(fioasync, ioctl_int(fd, FIOASYNC))						\
	X(fioqsize, ioctl_int(fd, FIOQSIZE) < 0 ? -1 : 0)				\
	X(figetbsz, ioctl_int(fd, FIGETBSZ) < 0 ? -1 : 0)				\
	X(tcgets, ioctl(fd, TCGETS, buf))						\
	X(tiocgwinsz, ioctl(fd, TIOCGWINSZ, buf))					\
	X(unknown_ioctl, ioctl(fd, 0xdead01, buf))					\
	X(mmap_private, map(fd, PROT_READ, MAP_PRIVATE))				\
	X(mmap_private_write, map(fd, PROT_READ | PROT_WRITE, MAP_PRIVATE))		\
	X(mmap_shared, map(fd, PROT_READ, MAP_SHARED))					\
	X(mmap_shared_write, map(fd, PROT_READ | PROT_WRITE, MAP_SHARED))		\
	X(fgetxattr, fgetxattr(fd, "user.none", buf, 10))				\
	X(fsetxattr, fsetxattr(fd, "user.set", "x", 1, 0))				\
	X(flistxattr, flistxattr(fd, NULL, 0) < 0 ? -1 : 0)				\
	X(fremovexattr, fremovexattr(fd, "user.none"))					\
	X(sendfile_from, sendfile(rw, fd, NULL, 4))					\
	X(sendfile_from_at, sendfile(rw, fd, &at0, 4))					\
	X(sendfile_to, sendfile(fd, rw, NULL, 4))					\
	X(copy_from, copy_file_range(fd, NULL, rw, NULL, 4, 0))				\
	X(copy_to, copy_file_range(rw, NULL, fd, NULL, 4, 0))				\
	X(splice_to_pipe, splice(fd, NULL, pipes[1], NULL, 4, SPLICE_F_NONBLOCK))	\
	X(splice_from_pipe, splice(pipes[0], NULL, fd, NULL, 4, SPLICE_F_NONBLOCK))	\
	X(tee_to, tee(pipes[0], fd, 4, SPLICE_F_NONBLOCK))				\
	X(tee_from, tee(fd, pipes[1], 4, SPLICE_F_NONBLOCK))				\
	X(vmsplice, vmsplice(fd, &vec, 1, SPLICE_F_NONBLOCK))				\
	X(poll, polled(fd))								\
	X(epoll_add, watched(fd))							\
	X(epoll_del, epoll_ctl(ep, EPOLL_CTL_DEL, fd, NULL))				\
	X(epoll_wait, epoll_wait(fd, (void *)buf, 1, 0))				\
	X(inotify_add, inotify_add_watch(fd, ".", IN_OPEN))				\
	X(inotify_rm, inotify_rm_watch(fd, 1))						\
	X(timerfd_get, timerfd_gettime(fd, (void *)buf))				\
	X(timerfd_set, timerfd_settime(fd, 0, &spec, NULL))				\
	X(signalfd_set, signalfd(fd, &no_signals, 0) < 0 ? -1 : 0)			\
	X(pidfd_signal, syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0))			\
	X(getsockname, (at0 = 8, getsockname(fd, (void *)buf, (void *)&at0)))		\
	X(getpeername, (at0 = 8, getpeername(fd, (void *)buf, (void *)&at0)))		\
	X(getsockopt, (at0 = 4, getsockopt(fd, SOL_SOCKET, SO_TYPE, buf, (void *)&at0)))	\
	X(setsockopt, setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &spec, 4))		\
	X(accept, accept4(fd, NULL, NULL, SOCK_NONBLOCK))				\
	X(connect, (buf[0] = AF_UNIX, buf[1] = 0, strcpy(buf + 2, "none"), connect(fd, (void *)buf, 7)))	\
	X(bind, (buf[0] = AF_UNIX, buf[1] = 0, bind(fd, (void *)buf, 1)))		\
	X(listen, listen(fd, 1))							\
	X(send, send(fd, buf, 8, MSG_NOSIGNAL))						\
	X(recv, recv(fd, buf, 8, MSG_DONTWAIT))						\
	X(shutdown, shutdown(fd, SHUT_RD))						\
	X(isatty, isatty(fd) ? 1 : -1)							\
	X(tcgetpgrp, tcgetpgrp(fd))							\
	X(close, close(fd))

#define CALL_FN(name, what) static long call_##name(int fd) { return what; }
#define CALL_ROW(name, what) { #name, call_##name },
CALLS(CALL_FN)
static const struct { const char *name; long (*fn)(int fd); } calls[] = { CALLS(CALL_ROW) };

/* Where versions of Linux differ. */
static bool skipped(const char *kind, const char *call)
{
	static const char *const pairs[][2] = {
		{ "eventfd timerfd signalfd inotify epoll", "fchmod fchown futimens futimes_empty_path chown_empty" },
		{ "epoll", "fionread fionbio fioasync fioqsize figetbsz tcgets tiocgwinsz unknown_ioctl isatty tcgetpgrp" },
		{ "memfd read_write read_only write_only append neither", "setfl_direct" },
		{ "null zero full random proc_file", "sendfile_from sendfile_from_at sendfile_to splice_to_pipe splice_from_pipe" },
	};

	if (!strcmp(call, "link_empty") && !is_root())
		return true;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (strstr(pairs[i][0], kind) && strstr(pairs[i][1], call))
			return true;
	return false;
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGIO, SIG_IGN);
	mkdir("dir", 0755);
	symlink("file", "link");
	mkfifo("fifo", 0644);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		TITLE("%s", kinds[k].name);
		for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
			long r;
			int fd;

			if (skipped(kinds[k].name, calls[i].name))
				continue;
			make_file("file", "some text");
			make_file("other", "other text");
			rw = open("other", O_RDWR);
			pipe2(pipes, O_NONBLOCK);
			write(pipes[1], "piped", 5);
			ep = epoll_create1(0);
			fd = kinds[k].open();
			at0 = 0;
			memset(buf, 'b', sizeof(buf));
			errno = 0;
			r = calls[i].fn(fd);
			printf("%s %s: %ld %s\n", kinds[k].name, calls[i].name, r, r < 0 ? strerrorname_np(errno) ?: "?" : "");
			if (!fchdir(open(diff_dir, O_PATH)))
				syscall(SYS_close_range, 3, ~0U, 0);
			unlink("linked");
		}
	}
	return 0;
}
