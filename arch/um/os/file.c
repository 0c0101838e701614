/* SPDX-License-Identifier: GPL-2.0 */
/* Files of the host: disk images, block devices, and descriptors in general. */
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <asm/os.h>
#include "hostcall.h"

_Static_assert(sizeof(struct os_iovec) == sizeof(struct iovec), "struct os_iovec is passed to the host");

int os_open(const char *path, bool write, bool create, bool sync)
{
	int flags = O_CLOEXEC | O_NOCTTY | (write ? O_RDWR : O_RDONLY) | (create ? O_CREAT | O_TRUNC : 0) | (sync ? O_SYNC : 0);

	return (int)HOSTCALL_RETRY(open, open(path, flags, 0644));
}

void os_close(int fd)
{
	HOSTCALL(close, close(fd));
}

int os_fstat(int fd, struct os_stat *out)
{
	struct stat st;
	int err = (int)HOSTCALL(fstat, fstat(fd, &st));

	if (err)
		return err;
	*out = (struct os_stat){
		.size = (os_u64)st.st_size, .dev = st.st_dev, .ino = st.st_ino, .mtime = st.st_mtime, .mode = st.st_mode,
		.is_dir = S_ISDIR(st.st_mode), .is_reg = S_ISREG(st.st_mode),
		.is_blk = S_ISBLK(st.st_mode), .is_chr = S_ISCHR(st.st_mode),
	};
	if (out->is_blk) {
		unsigned long long size;

		err = (int)HOSTCALL(ioctl, ioctl(fd, BLKGETSIZE64, &size));
		if (err)
			return err;
		out->size = size;
		out->dev = 0;		/* by whatever node: it is the device that counts */
		out->ino = st.st_rdev;
	}
	return 0;
}

/* All of it, unless the file ends or an error comes first; what was done before the error is lost to the caller. */
long os_pread(int fd, void *buf, size_t n, os_u64 off)
{
	size_t done = 0;

	while (done < n) {
		long r = HOSTCALL_RETRY(pread, pread(fd, (char *)buf + done, n - done, (off_t)(off + done)));

		if (r < 0)
			return r;
		if (!r)
			break;
		done += (size_t)r;
	}
	return (long)done;
}

long os_pwrite(int fd, const void *buf, size_t n, os_u64 off)
{
	size_t done = 0;

	while (done < n) {
		long r = HOSTCALL_RETRY(pwrite, pwrite(fd, (const char *)buf + done, n - done, (off_t)(off + done)));

		if (r < 0)
			return r;
		if (!r)
			return -EIO;
		done += (size_t)r;
	}
	return (long)done;
}

long os_read(int fd, void *buf, size_t n)
{
	return HOSTCALL_RETRY(read, read(fd, buf, n));
}

long os_write(int fd, const void *buf, size_t n)
{
	return HOSTCALL_RETRY(write, write(fd, buf, n));
}

/*
 * A POSIX record lock of the whole file: it is this process's, tells others who we are, and goes at the first close of any
 * descriptor of the file, so open an image once.
 */
int os_lock(int fd, bool exclusive, int *holder)
{
	struct flock fl = { .l_type = exclusive ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET };
	int err = (int)HOSTCALL_RETRY(lock, fcntl(fd, F_SETLK, &fl));

	if (err != -EACCES && err != -EAGAIN)
		return err;
	*holder = 0;
	if (HOSTCALL(lock, fcntl(fd, F_GETLK, &fl)) == 0 && fl.l_type != F_UNLCK)
		*holder = fl.l_pid;
	return -EAGAIN;
}

/* On a memory file system nothing ever blocks, and some hosts' refuse to be asked. */
static bool in_memory(int fd)
{
	struct statfs st;

	return fstatfs(fd, &st) == 0 && (st.f_type == TMPFS_MAGIC || st.f_type == RAMFS_MAGIC);
}

long os_preadv_nowait(int fd, const struct os_iovec *v, int n, os_u64 off)
{
	long r = HOSTCALL_RETRY(preadv, preadv2(fd, (const struct iovec *)v, n, (off_t)off, RWF_NOWAIT));

	if (r == -EOPNOTSUPP || r == -ENOSYS) {
		if (!in_memory(fd))
			return -EAGAIN;
		r = HOSTCALL_RETRY(preadv, preadv(fd, (const struct iovec *)v, n, (off_t)off));
	}
	return r;
}

long os_pwritev(int fd, const struct os_iovec *v, int n, os_u64 off)
{
	return HOSTCALL_RETRY(pwritev, pwritev(fd, (const struct iovec *)v, n, (off_t)off));
}

int os_fsync(int fd)
{
	return (int)HOSTCALL_RETRY(fsync, fdatasync(fd));
}

int os_punch(int fd, os_u64 off, os_u64 len, bool zero)
{
	int mode = FALLOC_FL_KEEP_SIZE | (zero ? FALLOC_FL_ZERO_RANGE : FALLOC_FL_PUNCH_HOLE);

	return (int)HOSTCALL_RETRY(fallocate, fallocate(fd, mode, (off_t)off, (off_t)len));
}
