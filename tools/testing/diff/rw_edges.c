// SPDX-License-Identifier: GPL-2.0
/* Reads and writes at the edges: offsets that overflow, bad memory in the middle, limits, full file systems, O_DIRECT, flags. */
#include "diff.h"
#include <limits.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/statfs.h>

#define preadv2_(...) syscall(SYS_preadv2, __VA_ARGS__)
#define pwritev2_(...) syscall(SYS_pwritev2, __VA_ARGS__)
enum { HIPRI = 1, DSYNC = 2, SYNC = 4, NOWAIT = 8, APPEND = 16 };

static char buf[1 << 17];

static long size_of(const char *name) { struct stat st; return stat(name, &st) ? -1 : (long)st.st_size; }

/* Two pages of which the second cannot be touched. */
static char *half_bad(void)
{
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(p, 'h', 8192);
	mprotect(p + 4096, 4096, PROT_NONE);
	return p;
}

static void bad_memory(void)
{
	char *p = half_bad(), *end = p + 4096;
	struct iovec v[4] = { { "good", 4 }, { bad_ptr, 4 }, { "more", 4 }, { NULL, 0 } }, in[3];
	int fd = open("mem", O_CREAT | O_RDWR, 0644), pp[2];

	TITLE("bad memory in the middle");
	R(writev(fd, v, 3));
	R(lseek(fd, 0, SEEK_CUR));
	R(size_of("mem"));
	R(pwritev(fd, v + 1, 2, 0));
	R(size_of("mem"));
	v[1] = (struct iovec){ end - 3, 10 };
	R(pwritev(fd, v, 3, 0));
	R(size_of("mem"));
	R(pwrite(fd, end - 2, 10, 20));
	R(pwrite(fd, end - 4096, 5000, 0));
	R(size_of("mem"));
	R(ftruncate(fd, 10000));
	in[0] = (struct iovec){ buf, 5 };
	in[1] = (struct iovec){ end - 5, 20 };
	in[2] = (struct iovec){ buf + 100, 50 };
	R(preadv(fd, in, 3, 0));
	R(pread(fd, end - 4096, 9000, 0));
	R(pread(fd, ro_ptr, 10, 0));
	in[0] = (struct iovec){ ro_ptr, 5 };
	R(preadv(fd, in, 1, 0));
	R(pread(fd, bad_ptr, 10, 20000));
	R(pread(fd, bad_ptr, 0, 0));
	R(writev(fd, (void *)(end - 16), 2));
	R(writev(fd, (void *)(end - 8), 1));
	R(syscall(SYS_writev, fd, 1, 1));
	R(syscall(SYS_readv, fd, v, INT_MAX));
	R(syscall(SYS_readv, fd, v, LONG_MAX));
	v[0] = (struct iovec){ (void *)-4096L, 8192 };
	R(writev(fd, v, 1));
	v[0] = (struct iovec){ "x", LONG_MAX };
	v[1] = (struct iovec){ "x", LONG_MAX };
	R(writev(fd, v, 2));
	R(write(fd, (void *)LONG_MIN, 1));
	R(read(fd, (void *)(1UL << 47), 1));
	R(syscall(SYS_pwrite64, fd, buf, LONG_MAX, 0));
	TITLE("pipes and bad memory");
	pipe2(pp, O_NONBLOCK);
	R(write(pp[1], end - 3, 10));
	R(read(pp[0], buf, 100));
	v[0] = (struct iovec){ "ab", 2 };
	v[1] = (struct iovec){ bad_ptr, 2 };
	R(writev(pp[1], v, 2));
	R(read(pp[0], buf, 100));
	write(pp[1], "0123456789", 10);
	in[0] = (struct iovec){ buf, 2 };
	in[1] = (struct iovec){ bad_ptr, 2 };
	R(readv(pp[0], in, 2));
	R(read(pp[0], buf, 100));
	write(pp[1], "0123456789", 10);
	R(read(pp[0], end - 4, 8));
	R(read(pp[0], buf, 100));
	close(pp[0]);
	close(pp[1]);
	close(fd);
}

static void offsets(void)
{
	struct iovec v = { buf, 10 };
	int fd = open("off", O_CREAT | O_RDWR, 0644);

	TITLE("offsets");
	R(pread(fd, buf, 10, LONG_MAX));
	R(pread(fd, buf, 10, LONG_MAX - 5));
	R(pread(fd, buf, 10, LONG_MAX - 10));
	R(pread(fd, buf, 10, LONG_MIN));
	R(pwrite(fd, buf, 0, LONG_MAX));
	R(pwrite(fd, buf, 10, LONG_MAX - 5));
	R(pwritev(fd, &v, 1, LONG_MAX - 5));
	R(preadv(fd, &v, 1, LONG_MAX - 5));
	R(preadv(fd, &v, 0, -5));
	R(ftruncate(fd, LONG_MAX));
	R(lseek(fd, LONG_MIN, SEEK_SET));
	R(lseek(fd, LONG_MIN, SEEK_END));
	R(lseek(fd, LONG_MAX, SEEK_CUR));
	R(lseek(fd, LONG_MAX, SEEK_DATA));
	R(lseek(fd, LONG_MIN, SEEK_HOLE));
	R(lseek(fd, 0, INT_MAX));
	R(lseek(fd, 1L << 40, SEEK_SET));
	R(read(fd, buf, 10));
	R(posix_fallocate(fd, LONG_MAX, 1));
	R(fallocate(fd, 0, 1, LONG_MAX));
	R(fallocate(fd, 3, LONG_MAX - 1, 1));
	R(fallocate(fd, 3, 0, LONG_MAX));
	R(fallocate(fd, 1, 100, 1000));
	R(size_of("off"));
	R(sync_file_range(fd, LONG_MAX, 10, 0));
	R(sync_file_range(fd, 0, LONG_MAX, 2));
	R(posix_fadvise(fd, LONG_MAX, LONG_MAX, 3));
	R(readahead(fd, -1, 10));
	R(readahead(fd, 0, -1));
	close(fd);
}

static void flags(void)
{
	struct iovec v[2] = { { "abc", 3 }, { "def", 3 } }, in = { buf, 100 };
	int fd = open("flags", O_CREAT | O_RDWR, 0644), app, p[2];

	TITLE("flags of preadv2 and pwritev2");
	R(pwritev2_(fd, v, 2, 0, 0, 0));
	R(pwritev2_(fd, v, 2, 1, 0, APPEND));
	R(size_of("flags"));
	R(lseek(fd, 0, SEEK_CUR));
	R(pwritev2_(fd, v, 1, -1, -1, APPEND));
	R(size_of("flags"));
	R(lseek(fd, 0, SEEK_CUR));
	R(pwritev2_(fd, v, 1, 0, 0, DSYNC | SYNC | HIPRI));
	R(preadv2_(fd, &in, 1, 0, 0, HIPRI));
	R(preadv2_(fd, &in, 1, 0, 0, DSYNC));
	R(preadv2_(fd, &in, 1, 0, 0, NOWAIT));
	R(preadv2_(fd, &in, 1, 1000, 0, NOWAIT));
	R(preadv2_(fd, &in, 1, 0, 0, 1 << 30));
	R(pwritev2_(fd, v, 1, 0, 0, 1 << 30));
	R(preadv2_(fd, &in, 1, -7, -1, 0));
	R(preadv2_(-1, &in, 1, 0, 0, 0));
	R(pwritev2_(-1, &in, 1, 0, 0, 0));
	pipe2(p, 0);
	R(preadv2_(p[0], &in, 1, 0, 0, 0));
	R(preadv2_(p[0], &in, 1, -1, -1, NOWAIT));
	write(p[1], "xyz", 3);
	R(preadv2_(p[0], &in, 1, -1, -1, NOWAIT));
	R(pwritev2_(p[1], v, 1, -1, -1, NOWAIT));
	R(pwritev2_(p[1], v, 1, -1, -1, APPEND));
	close(p[0]);
	close(p[1]);
	TITLE("O_APPEND");
	app = open("flags", O_RDWR | O_APPEND);
	R(pwrite(app, "Q", 1, 2));
	show_file("flags");
	R(lseek(app, 0, SEEK_CUR));
	R(pwritev(app, v, 2, 0));
	R(write(app, "Z", 1));
	R(lseek(app, 0, SEEK_CUR));
	show_file("flags");
	R(ftruncate(app, 2));
	R(fcntl(app, F_SETFL, 0));
	R(pwrite(app, "Q", 1, 0));
	show_file("flags");
	close(app);
	close(fd);
	TITLE("O_SYNC and O_DSYNC");
	fd = open("flags", O_RDWR | O_SYNC);
	R(write(fd, "sync", 4));
	close(fd);
	fd = open("flags", O_RDWR | O_DSYNC | O_APPEND);
	R(write(fd, "dsync", 5));
	close(fd);
	show_file("flags");
}

static void on_xfsz(int sig) { printf("SIGXFSZ\n"); }

static void limits(void)
{
	struct rlimit lim = { 200000, RLIM_INFINITY }, old;	/* what we print stays below it */
	struct iovec v[2] = { { buf, 5000 }, { buf, 5000 } };
	int fd = open("lim", O_CREAT | O_RDWR, 0644), in = open("flags", O_RDONLY), p[2];
	off_t zero = 0;

	TITLE("RLIMIT_FSIZE");
	signal(SIGXFSZ, on_xfsz);
	getrlimit(RLIMIT_FSIZE, &old);
	lim.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_FSIZE, &lim);
	R(pwrite(fd, buf, 10, 199995));
	R(pwrite(fd, buf, 10, 200000));
	R(pwritev(fd, v, 2, 192000));
	R(lseek(fd, 199999, SEEK_SET));
	R(write(fd, buf, 10));
	R(write(fd, buf, 10));
	R(write(fd, buf, 0));
	R(lseek(fd, 0, SEEK_CUR));
	R(ftruncate(fd, 200000));
	R(ftruncate(fd, 200001));
	R(truncate("lim", 300000));
	R(fallocate(fd, 0, 0, 200001));
	R(fallocate(fd, 1, 0, 200001));
	R(fallocate(fd, 0, 199000, 1000));
	lseek(fd, 200000, SEEK_SET);
	R(sendfile(fd, in, &zero, 4));
	pipe(p);
	write(p[1], "spliced", 7);
	R(splice(p[0], NULL, fd, NULL, 7, 0));
	R(copy_file_range(in, &zero, fd, NULL, 4, 0));
	R(size_of("lim"));
	R(write(p[1], buf, 10));
	setrlimit(RLIMIT_FSIZE, &old);
	signal(SIGXFSZ, SIG_DFL);
	C(lim.rlim_cur = 10; setrlimit(RLIMIT_FSIZE, &lim); pwrite(fd, buf, 1, 10));
	close(p[0]);
	close(p[1]);
	close(in);
	close(fd);
}

static void on_tmpfs(void)
{
	struct iovec v[2] = { { buf, 4096 }, { buf, 1 << 16 } };
	struct statfs sf;
	char name[32];
	char *map;
	int fd, n = 0;

	if (!is_root() || unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		mkdir("full", 0755);
	TITLE("a full tmpfs");
	mkdir("full", 0755);
	if (R(mount("x", "full", "tmpfs", 0, "size=64k,nr_inodes=10")))
		return;
	fd = open("full/a", O_CREAT | O_RDWR, 0644);
	R(write(fd, buf, 40000));
	R(write(fd, buf, 40000));
	R(write(fd, buf, 1));
	R(pwrite(fd, buf, 1, 0));
	R(pwrite(fd, buf, 1, 1 << 20));
	R(size_of("full/a"));
	R(fallocate(fd, 0, 0, 1 << 20));
	R(fallocate(fd, 1, 1 << 20, 4096));
	R(size_of("full/a"));
	R(ftruncate(fd, 4096));
	R(pwritev(fd, v, 2, 0));
	R(size_of("full/a"));
	R(statfs("full", &sf));
	V(sf.f_blocks);
	V(sf.f_bfree);
	V(sf.f_files);
	R(mkdir("full/d", 0755));
	R(symlink("short", "full/l"));
	R(ftruncate(fd, 1 << 20));
	map = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	C(map[4096 * 100] = 1; printf("not reached\n"));
	C(printf("%d\n", map[4096 * 100]));
	munmap(map, 1 << 20);
	R(ftruncate(fd, 0));
	R(statfs("full", &sf));
	V(sf.f_bfree);
	for (n = 0; n < 20; n++) {
		snprintf(name, sizeof(name), "full/%d", n);
		if (mknod(name, S_IFREG | 0644, 0))
			break;
	}
	V(n);
	V(errno == ENOSPC);
	R(mkdir("full/more", 0755));
	R(link("full/a", "full/link"));
	R(symlink("a", "full/link2"));
	R(open("full", O_TMPFILE | O_RDWR, 0600));
	R(rename("full/a", "full/b"));
	R(unlink("full/0"));
	R(mkdir("full/more", 0755));
	close(fd);
	R(umount("full"));
}

static void direct(void)
{
	char *page = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct iovec v[2] = { { page, 4096 }, { page + 4096, 4096 } };
	int fd = open("direct", O_CREAT | O_RDWR | O_DIRECT, 0644), plain;

	TITLE("O_DIRECT");
	memset(page, 'd', 16384);
	R(write(fd, page, 8192));
	R(pwrite(fd, page, 4096, 4096));
	R(pread(fd, page, 4096, 4096));
	R(pread(fd, page, 4096, 8192));
	R(pread(fd, page, 8192, 4096));
	R(preadv(fd, v, 2, 0));
	R(pwritev(fd, v, 2, 8192));
	plain = open("direct", O_RDWR);
	R(pwrite(plain, "plain", 5, 0));
	R(pread(fd, page, 4096, 0));
	R(memcmp(page, "plain", 5));
	R(pwrite(fd, page + 4096, 4096, 0));
	R(pread(plain, buf, 5, 0));
	R(memcmp(buf, "ddddd", 5));
	R(ftruncate(fd, 100));
	R(pread(fd, page, 4096, 0));
	R(pread(fd, page, 4096, 4096));
	close(plain);
	R(fcntl(fd, F_SETFL, 0));
	R(pread(fd, page + 1, 3, 5));
	R(fcntl(fd, F_SETFL, O_DIRECT));
	close(fd);
	FD(open("/dev/null", O_RDWR | O_DIRECT));
	FD(open(".", O_RDONLY | O_DIRECT));
	FD(open("/proc/self/stat", O_RDONLY | O_DIRECT));
}

int main(void)
{
	memset(buf, 'b', sizeof(buf));
	bad_memory();
	offsets();
	flags();
	limits();
	on_tmpfs();
	direct();
	return 0;
}
