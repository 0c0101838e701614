// SPDX-License-Identifier: GPL-2.0
/* sendfile, copy_file_range, fallocate, sync calls, fadvise, readahead. */
#include "diff.h"
#include <linux/falloc.h>
#include <sys/sendfile.h>

static void sendfile_(void)
{
	char buf[20];
	off_t off = 2, neg = -1;
	int in, out, p[2], app;

	TITLE("sendfile");
	make_file("in", "0123456789");
	in = open("in", O_RDWR);
	out = open("out", O_CREAT | O_RDWR | O_TRUNC, 0644);
	R(sendfile(out, in, NULL, 4));
	R(lseek(in, 0, SEEK_CUR));
	R(lseek(out, 0, SEEK_CUR));
	R(sendfile(out, in, &off, 3));
	V(off);
	R(lseek(in, 0, SEEK_CUR));
	show_file("out");
	R(sendfile(out, in, NULL, 100));
	R(sendfile(out, in, NULL, 100));
	R(sendfile(out, in, NULL, 0));
	R(sendfile(out, in, &neg, 1));
	R(sendfile(out, in, (off_t *)bad_ptr, 1));
	R(sendfile(-1, in, NULL, 1));
	R(sendfile(out, -1, NULL, 1));
	R(pipe(p));
	off = 0;
	R(sendfile(p[1], in, &off, 5));
	R(read(p[0], buf, 20));
	R(sendfile(out, p[0], &off, 1));
	app = open("out", O_WRONLY | O_APPEND);
	R(sendfile(app, in, &off, 1));
	R(sendfile(in, app, &off, 1));
	close(app);
	app = open(".", O_RDONLY);
	R(sendfile(out, app, NULL, 1));
	close(app);
	close(in);
	close(out);
	close(p[0]);
	close(p[1]);
}

static void copy_range(void)
{
	loff_t ioff = 1, ooff = 3, neg = -1;
	int in = open("in", O_RDWR), out = open("out2", O_CREAT | O_RDWR, 0644), d = open(".", O_RDONLY), app, null = open("/dev/null", O_RDWR);

	TITLE("copy_file_range");
	R(copy_file_range(in, NULL, out, NULL, 4, 0));
	R(lseek(in, 0, SEEK_CUR));
	R(copy_file_range(in, &ioff, out, &ooff, 100, 0));
	V(ioff);
	V(ooff);
	show_file("out2");
	R(lseek(out, 0, SEEK_CUR));
	R(copy_file_range(in, &ioff, out, NULL, 100, 0));
	R(copy_file_range(in, NULL, out, NULL, 4, 1));
	R(copy_file_range(d, NULL, out, NULL, 4, 0));
	R(copy_file_range(in, NULL, null, NULL, 4, 0));
	R(copy_file_range(-1, NULL, out, NULL, 4, 0));
	ioff = 0;
	ooff = 2;
	R(copy_file_range(in, &ioff, in, &ooff, 4, 0));
	ooff = 4;
	R(copy_file_range(in, &ioff, in, &ooff, 4, 0));
	show_file("in");
	R(copy_file_range(in, &neg, out, NULL, 4, 0));
	R(copy_file_range(in, (loff_t *)bad_ptr, out, NULL, 4, 0));
	app = open("out2", O_WRONLY | O_APPEND);
	R(copy_file_range(in, NULL, app, NULL, 4, 0));
	close(app);
	app = open("out2", O_RDONLY);
	R(copy_file_range(in, NULL, app, NULL, 4, 0));
	close(app);
	close(in);
	close(out);
	close(d);
	close(null);
}

static void falloc(void)
{
	struct stat st;
	int fd = open("fa", O_CREAT | O_RDWR, 0644), ro = open("fa", O_RDONLY), p[2], d = open(".", O_RDONLY);

	TITLE("fallocate");
	R(fallocate(fd, 0, 0, 10000));
	fstat(fd, &st);
	V(st.st_size);
	V(st.st_blocks);
	R(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 100000));
	fstat(fd, &st);
	V(st.st_size);
	R(write(fd, "data", 4));
	R(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 1, 2));
	char buf[5] = "";
	pread(fd, buf, 4, 0);
	R(memcmp(buf, "d\0\0a", 4));
	R(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 1, 2));
	R(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 0, 1));
	R(fallocate(fd, 0x1000, 0, 1));
	R(fallocate(fd, 0, -1, 1));
	R(fallocate(fd, 0, 0, 0));
	R(fallocate(fd, 0, 0, -1));
	R(fallocate(fd, 0, 0x7fffffffffffffff, 10));
	R(fallocate(ro, 0, 0, 10));
	R(fallocate(d, 0, 0, 10));
	R(fallocate(-1, 0, 0, 10));
	R(pipe(p));
	R(fallocate(p[1], 0, 0, 10));
	TITLE("sync");
	R(fsync(fd));
	R(fdatasync(ro));
	R(fsync(d));
	R(fsync(p[0]));
	R(fsync(-1));
	R(syncfs(fd));
	R(syncfs(-1));
	R(sync_file_range(fd, 0, 0, 7));
	R(sync_file_range(fd, -1, 0, 0));
	R(sync_file_range(fd, 0, -1, 0));
	R(sync_file_range(fd, 0, 0, 8));
	R(sync_file_range(p[0], 0, 0, 1));
	sync();
	TITLE("advice");
	for (int i = 0; i < 7; i++)
		R(posix_fadvise(fd, 0, 0, i));
	R(posix_fadvise(fd, 0, -1, 0));
	R(posix_fadvise(p[0], 0, 0, 0));
	R(posix_fadvise(-1, 0, 0, 0));
	R(readahead(fd, 0, 100));
	R(readahead(p[0], 0, 100));
	R(readahead(-1, 0, 100));
}

int main(void)
{
	sendfile_();
	copy_range();
	falloc();
	return 0;
}
