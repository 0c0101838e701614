// SPDX-License-Identifier: GPL-2.0
/* read, write, their vectors and positions, lseek: what is moved, where the position ends, each error. */
#include "diff.h"
#include <limits.h>

#define preadv2_(...) syscall(SYS_preadv2, __VA_ARGS__)
#define pwritev2_(...) syscall(SYS_pwritev2, __VA_ARGS__)

static char buf[70000];

static void simple(void)
{
	int fd = open("f", O_CREAT | O_RDWR, 0644), ro, wo, dfd;

	TITLE("read, write");
	R(write(fd, "hello", 5));
	R(read(fd, buf, 5));
	R(lseek(fd, 0, SEEK_SET));
	R(read(fd, buf, 3));
	R(memcmp(buf, "hel", 3));
	R(read(fd, buf, 100));
	R(read(fd, buf, 0));
	R(write(fd, "x", 0));
	R(write(fd, NULL, 0));
	R(read(fd, bad_ptr, 0));
	R(lseek(fd, 0, SEEK_CUR));
	R(lseek(fd, 0, SEEK_SET));
	R(read(fd, bad_ptr, 1));
	R(read(fd, ro_ptr, 1));
	R(write(fd, bad_ptr, 1));
	R(lseek(fd, 0, SEEK_CUR));
	R(read(-1, buf, 1));
	R(write(-1, buf, 1));
	R(read(99, buf, 1));
	ro = open("f", O_RDONLY);
	wo = open("f", O_WRONLY);
	dfd = open(".", O_RDONLY);
	R(write(ro, "x", 1));
	R(read(wo, buf, 1));
	R(read(dfd, buf, 1));
	R(write(dfd, buf, 1));
	R(pread(dfd, buf, 1, 0));
	R(read(ro, (void *)-1L, 1));
	R(read(ro, buf, -1));
	close(ro);
	close(wo);
	close(dfd);
	TITLE("across a bad page");
	char *two = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(two, 'a', 8192);
	mprotect(two + 4096, 4096, PROT_NONE);
	R(lseek(fd, 0, SEEK_SET));
	R(write(fd, two + 4090, 100));
	R(lseek(fd, 0, SEEK_CUR));
	R(ftruncate(fd, 100));
	R(lseek(fd, 0, SEEK_SET));
	R(read(fd, two + 4090, 100));
	R(lseek(fd, 0, SEEK_CUR));
	close(fd);
}

static void positions(void)
{
	int fd = open("p", O_CREAT | O_RDWR, 0644), pipefd[2], null;

	TITLE("pread, pwrite");
	R(pwrite(fd, "abc", 3, 10));
	R(lseek(fd, 0, SEEK_CUR));
	R(pread(fd, buf, 100, 0));
	R(memcmp(buf, "\0\0\0\0\0\0\0\0\0\0abc", 13));
	R(pread(fd, buf, 1, 13));
	R(pread(fd, buf, 1, -1));
	R(pwrite(fd, buf, 1, -1));
	R(pread(fd, buf, 1, LONG_MAX));
	R(pwrite(fd, buf, 1, LONG_MAX));
	R(pread(-1, buf, 1, -1));
	R(pipe(pipefd));
	R(pread(pipefd[0], buf, 1, 0));
	R(pwrite(pipefd[1], buf, 1, 0));
	R(lseek(pipefd[0], 0, SEEK_CUR));
	R(pread(pipefd[1], buf, 1, 0));
	TITLE("lseek");
	R(lseek(fd, 5, SEEK_SET));
	R(lseek(fd, 5, SEEK_CUR));
	R(lseek(fd, -11, SEEK_CUR));
	R(lseek(fd, -3, SEEK_END));
	R(lseek(fd, 100, SEEK_END));
	R(lseek(fd, -1, SEEK_SET));
	R(lseek(fd, LONG_MAX, SEEK_SET));
	R(lseek(fd, 1, SEEK_CUR));
	R(lseek(fd, 0, 5));
	R(lseek(fd, 0, -1));
	R(lseek(-1, 0, SEEK_SET));
	R(lseek(fd, 1000000, SEEK_SET));
	R(write(fd, "end", 3));
	R(lseek(fd, 20000, SEEK_DATA));
	R(lseek(fd, 0, SEEK_DATA));
	R(lseek(fd, 0, SEEK_HOLE));
	R(lseek(fd, 1000003, SEEK_DATA));
	R(lseek(fd, 1000003, SEEK_HOLE));
	R(lseek(fd, 1000002, SEEK_HOLE));
	R(lseek(fd, -1, SEEK_DATA));
	R(ftruncate(fd, 3000000));
	R(lseek(fd, 1100000, SEEK_DATA));
	R(lseek(fd, 1100000, SEEK_HOLE));
	TITLE("character devices");
	null = open("/dev/null", O_RDWR);
	R(read(null, buf, 10));
	R(write(null, buf, 10));
	R(write(null, bad_ptr, 10));
	R(lseek(null, 77, SEEK_SET));
	R(pread(null, buf, 1, 5));
	close(null);
	null = open("/dev/zero", O_RDWR);
	buf[0] = buf[65535] = 1;
	R(read(null, buf, 65536));
	V(buf[0] | buf[65535]);
	R(write(null, buf, 65536));
	R(read(null, bad_ptr, 1));
	close(null);
	null = open("/dev/full", O_RDWR);
	R(write(null, buf, 1));
	R(write(null, buf, 0));
	R(read(null, buf, 3));
	close(null);
	null = open("/dev/urandom", O_RDWR);
	R(read(null, buf, 1000));
	R(write(null, buf, 100));
	close(null);
	close(fd);
}

static void vectors(void)
{
	struct iovec v[3] = { { "one", 3 }, { NULL, 0 }, { "three", 5 } }, in[2] = { { buf, 4 }, { buf + 100, 10 } };
	struct iovec many[1030];
	int fd = open("v", O_CREAT | O_RDWR, 0644);

	TITLE("readv, writev");
	R(writev(fd, v, 3));
	R(lseek(fd, 0, SEEK_SET));
	R(readv(fd, in, 2));
	R(memcmp(buf, "onet", 4));
	R(memcmp(buf + 100, "hree", 4));
	R(readv(fd, in, 2));
	R(readv(fd, in, 0));
	R(readv(fd, in, -1));
	R(readv(fd, (void *)bad_ptr, 1));
	R(readv(fd, (void *)bad_ptr, 0));
	for (int i = 0; i < 1030; i++)
		many[i] = (struct iovec){ "y", 1 };
	R(writev(fd, many, 1024));
	R(writev(fd, many, 1025));
	R(readv(fd, many, 1025));
	v[1] = (struct iovec){ "x", -1 };
	R(writev(fd, v, 3));
	v[1] = (struct iovec){ bad_ptr, 3 };
	R(lseek(fd, 0, SEEK_SET));
	R(writev(fd, v, 3));
	R(lseek(fd, 0, SEEK_CUR));
	v[0] = v[1];
	R(writev(fd, v, 3));
	v[1] = (struct iovec){ "x", 1 };
	v[0] = (struct iovec){ "abc", 3 };
	TITLE("preadv, pwritev");
	R(pwritev(fd, v, 2, 50));
	R(preadv(fd, in, 2, 50));
	R(memcmp(buf, "abcx", 4));
	R(preadv(fd, in, 2, -1));
	R(pwritev(fd, v, 2, -1));
	TITLE("preadv2, pwritev2");
	R(preadv2_(fd, in, 2, 50, 0, 0));
	R(preadv2_(fd, in, 2, -1, -1, 0));
	R(lseek(fd, 0, SEEK_CUR));
	R(preadv2_(fd, in, 2, -2, -1, 0));
	R(preadv2_(fd, in, 2, 0, 0, 0x40000000));
	R(preadv2_(fd, in, 1, 0, 0, 8));
	R(pwritev2_(fd, v, 2, 0, 0, 2));
	R(pwritev2_(fd, v, 2, 0, 0, 4));
	R(pwritev2_(fd, v, 2, 0, 0, 16));
	R(lseek(fd, 0, SEEK_END));
	R(lseek(fd, 0, SEEK_CUR));
	close(fd);
	R(readv(fd, in, 1));
}

/* Many ways to write one file, compared with what memory says it should be. */
static void model(void)
{
	static unsigned char want[60000], got[60000];
	unsigned seed = 12345;
	size_t size = 0;
	int fd = open("m", O_CREAT | O_RDWR, 0644), bad = 0;

	TITLE("a model of a file");
	for (int i = 0; i < 2000; i++) {
		size_t off = (seed = seed * 1103515245 + 12345) % 50000, n = (seed >> 8) % 9000;

		switch ((seed >> 16) % 4) {
		case 0:
			memset(buf, (int)i, n);
			bad += pwrite(fd, buf, n, (off_t)off) != (ssize_t)n;
			memset(want + off, (int)i, n);
			size = n && off + n > size ? off + n : size;
			break;
		case 1:
			bad += ftruncate(fd, (off_t)off) != 0;
			if (off < size)
				memset(want + off, 0, sizeof(want) - off);
			size = off;
			break;
		case 2:
			n = off >= size ? 0 : off + n > size ? size - off : n;
			bad += pread(fd, got, n, (off_t)off) != (ssize_t)n || memcmp(got, want + off, n);
			break;
		case 3:
			bad += fallocate(fd, 3, (off_t)off, (off_t)n + 1) != 0;
			for (size_t k = off; k <= off + n && k < size; k++)
				want[k] = 0;
		}
	}
	V(bad);
	V(size == (size_t)lseek(fd, 0, SEEK_END));
	V(pread(fd, got, sizeof(got), 0) == (ssize_t)size && !memcmp(got, want, size));
	close(fd);
}

int main(void)
{
	simple();
	positions();
	vectors();
	model();
	return 0;
}
