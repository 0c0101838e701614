// SPDX-License-Identifier: GPL-2.0
/* Pipes and FIFOs: capacity, atomicity, packets, ends closing, splice, tee, vmsplice. */
#include "diff.h"
#include <poll.h>
#include <sys/ioctl.h>

static char big[1 << 20];

static void alarm_handler(int sig) { }

static short polled(int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT, 0 };

	poll(&p, 1, 0);
	return p.revents;
}

static void basics(void)
{
	int p[2], n;
	char buf[64];
	struct stat st;

	TITLE("basics");
	R(pipe2(p, 1));
	R(pipe((int *)bad_ptr));
	R(pipe2(p, O_NONBLOCK | O_CLOEXEC));
	R(fcntl(p[0], F_GETFL));
	R(fcntl(p[1], F_GETFL));
	R(fcntl(p[0], F_GETFD));
	R(read(p[0], buf, 1));
	R(read(p[0], buf, 0));
	R(write(p[1], "hello", 5));
	R(ioctl(p[0], FIONREAD, &n));
	V(n);
	R(read(p[0], buf, 2));
	R(read(p[0], buf, 64));
	R(write(p[0], "x", 1));
	R(read(p[1], buf, 1));
	R(lseek(p[0], 0, SEEK_SET));
	R(pread(p[0], buf, 1, 0));
	R(write(p[1], bad_ptr, 5));
	R(write(p[1], "x", 0));
	R(fstat(p[0], &st));
	printf("mode %o size %ld links %d\n", st.st_mode, (long)st.st_size, (int)st.st_nlink);
	printf("poll %x %x\n", polled(p[0]), polled(p[1]));
	R(fsync(p[0]));
	R(ftruncate(p[1], 0));
	R(write(p[1], "abc", 3));
	printf("poll %x %x\n", polled(p[0]), polled(p[1]));
	R(read(p[0], bad_ptr, 3));
	R(read(p[0], buf, 3));
	close(p[1]);
	printf("poll %x\n", polled(p[0]));
	R(read(p[0], buf, 3));
	close(p[0]);
}

static void capacity(void)
{
	int p[2], n;

	TITLE("capacity");
	pipe2(p, O_NONBLOCK);
	R(fcntl(p[0], F_GETPIPE_SZ));
	R(write(p[1], big, sizeof(big)));
	R(write(p[1], big, 1));
	printf("poll %x\n", polled(p[1]));
	R(read(p[0], big, 1));
	R(write(p[1], big, 1));
	R(read(p[0], big, 4095));
	R(write(p[1], big, 4097));
	R(write(p[1], big, 1));
	R(fcntl(p[0], F_SETPIPE_SZ, 4096));
	R(read(p[0], big, sizeof(big)));
	R(fcntl(p[0], F_SETPIPE_SZ, 4097));
	R(fcntl(p[0], F_GETPIPE_SZ));
	R(write(p[1], big, sizeof(big)));
	R(fcntl(p[1], F_SETPIPE_SZ, 1 << 17));
	R(write(p[1], big, sizeof(big)));
	R(ioctl(p[0], FIONREAD, &n));
	V(n);
	R(fcntl(p[0], F_SETPIPE_SZ, 0x80000001u));
	R(fcntl(0, F_GETPIPE_SZ));
	close(p[0]);
	close(p[1]);
	pipe2(p, O_NONBLOCK);
	n = 0;
	while (write(p[1], "0123456789", 10) == 10)
		n++;
	V(n);
	close(p[0]);
	close(p[1]);
}

static void broken(void)
{
	int p[2];

	TITLE("no reader");
	pipe(p);
	close(p[0]);
	printf("poll %x\n", polled(p[1]));
	C(write(p[1], "x", 1));
	signal(SIGPIPE, SIG_IGN);
	R(write(p[1], "x", 1));
	R(write(p[1], "x", 0));
	close(p[1]);
}

static void packets(void)
{
	int p[2];
	char buf[64];

	TITLE("packets");
	pipe2(p, O_DIRECT | O_NONBLOCK);
	R(write(p[1], "one", 3));
	R(write(p[1], "three", 5));
	R(read(p[0], buf, 2));
	R(read(p[0], buf, 64));
	R(read(p[0], buf, 64));
	R(write(p[1], big, 5000));
	R(read(p[0], big, 8192));
	R(read(p[0], big, 8192));
	close(p[0]);
	close(p[1]);
}

static void blocking(void)
{
	int p[2], st;
	long total = 0, n;
	unsigned char c;

	TITLE("a stream through a process");
	pipe(p);
	if (!fork()) {
		close(p[0]);
		for (unsigned i = 0; i < sizeof(big); i++)
			big[i] = (char)(i * 7 + i / 256);
		for (int i = 0; i < 3; i++)
			if (write(p[1], big, sizeof(big)) != sizeof(big))
				_exit(1);
		_exit(0);
	}
	close(p[1]);
	int bad = 0;
	while ((n = read(p[0], big, 30000)) > 0) {
		for (long i = 0; i < n; i++) {
			unsigned at = (unsigned)((total + i) % (1 << 20));

			c = (unsigned char)(at * 7 + at / 256);
			bad += c != (unsigned char)big[i];
		}
		total += n;
	}
	V(total);
	V(bad);
	wait(&st);
	V(WEXITSTATUS(st));
	close(p[0]);
	struct sigaction sa = { .sa_handler = alarm_handler };
	sigaction(SIGALRM, &sa, NULL);
	pipe(p);
	alarms(20000);
	R(write(p[1], big, 100000));
	alarms(20000);
	R(write(p[1], big, 1));
	alarms(0);
	close(p[0]);
	close(p[1]);
}

static void fifos(void)
{
	int r, w, st;
	char buf[8];

	TITLE("FIFOs");
	R(mkfifo("f", 0600));
	R(mkfifo("f", 0600));
	show_stat("f");
	R(open("f", O_WRONLY | O_NONBLOCK));
	r = R(open("f", O_RDONLY | O_NONBLOCK));
	printf("poll %x\n", polled(r));
	R(read(r, buf, 1));
	w = R(open("f", O_WRONLY | O_NONBLOCK));
	R(read(r, buf, 1));
	R(write(w, "abc", 3));
	R(read(r, buf, 8));
	close(w);
	printf("poll %x\n", polled(r));
	R(read(r, buf, 8));
	close(r);
	if (!fork()) {
		w = open("f", O_WRONLY);
		_exit(write(w, "xyz", 3) == 3 ? 0 : 1);
	}
	r = R(open("f", O_RDONLY));
	R(read(r, buf, 8));
	R(read(r, buf, 8));
	wait(&st);
	V(WEXITSTATUS(st));
	close(r);
	r = R(open("f", O_RDWR));
	R(write(r, "1", 1));
	R(read(r, buf, 8));
	close(r);
	r = open("f", O_RDONLY | O_NONBLOCK);
	R(truncate("f", 0));
	close(r);
	struct sigaction sa = { .sa_handler = alarm_handler };
	sigaction(SIGALRM, &sa, NULL);
	alarms(20000);
	R(open("f", O_RDONLY));
	alarms(0);
}

static void splicing(void)
{
	int a[2], b[2], f, out, n;
	off_t off = 2;
	char buf[64] = "";
	struct iovec v[2] = { { "vm", 2 }, { "splice", 6 } };

	TITLE("splice");
	pipe2(a, O_NONBLOCK);
	pipe2(b, O_NONBLOCK);
	make_file("in", "0123456789");
	make_file("out", "abcdefghij");
	f = open("in", O_RDWR);
	out = open("out", O_RDWR);
	R(splice(f, NULL, a[1], NULL, 0, 0));
	R(splice(f, NULL, a[1], NULL, 4, 16));
	R(splice(f, NULL, f, NULL, 4, 0));
	R(splice(f, NULL, a[0], NULL, 4, 0));
	R(splice(f, NULL, a[1], &off, 4, 0));
	R(splice(f, &off, a[1], NULL, 4, 0));
	V(off);
	R(splice(f, NULL, a[1], NULL, 3, 0));
	R(lseek(f, 0, SEEK_CUR));
	R(tee(a[0], b[1], 5, 0));
	R(read(b[0], buf, 64));
	printf("%.*s\n", 5, buf);
	R(splice(a[0], NULL, b[1], NULL, 6, 0));
	R(ioctl(a[0], FIONREAD, &n));
	V(n);
	R(splice(b[0], NULL, out, NULL, 100, 0));
	show_file("out");
	off = 1;
	R(splice(a[0], NULL, out, &off, 100, 0));
	show_file("out");
	R(splice(a[0], NULL, f, NULL, 100, SPLICE_F_NONBLOCK));
	R(tee(a[0], b[1], 10, 0));
	R(tee(a[0], a[1], 10, 0));
	R(vmsplice(a[1], v, 2, 0));
	R(read(a[0], buf, 64));
	printf("%.*s\n", 8, buf);
	R(vmsplice(f, v, 2, 0));
	lseek(f, 0, SEEK_END);
	R(splice(f, NULL, a[1], NULL, 10, 0));
	close(a[1]);
	R(splice(a[0], NULL, f, NULL, 10, 0));
	fcntl(f, F_SETFL, O_APPEND);
	R(splice(b[0], NULL, f, NULL, 10, 0));
	R(splice(99, NULL, b[1], NULL, 10, 0));
	/* what splice put in is not changed by a later write to the pipe */
	off = 0;
	splice(f, &off, b[1], NULL, 3, 0);
	write(b[1], "XYZ", 3);
	show_file("in");
	R(read(b[0], buf, 64));
	printf("%.*s\n", 6, buf);
	close(f);
	close(out);
	close(a[0]);
	close(b[0]);
	close(b[1]);
}

/* Opened once more through /proc, a pipe without a name waits for no partner. */
static void reopened(void)
{
	char path[32], buf[8];
	int p[2], fd;

	TITLE("reopened");
	pipe(p);
	write(p[1], "ab", 2);
	close(p[1]);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p[0]);
	if (access(path, F_OK))
		return;
	alarm(5);
	fd = R(open(path, O_RDONLY));
	R(read(fd, buf, 1));
	printf("poll %x\n", polled(fd));
	R(read(p[0], buf, 8));
	R(read(fd, buf, 8));
	close(fd);
	fd = R(open(path, O_RDONLY | O_NONBLOCK));
	printf("poll %x\n", polled(fd));
	R(read(fd, buf, 8));
	close(fd);
	fd = R(open(path, O_RDWR));
	R(write(fd, "c", 1));
	close(fd);
	R(read(p[0], buf, 8));
	close(p[0]);
	pipe(p);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p[1]);
	close(p[0]);
	signal(SIGPIPE, SIG_IGN);
	fd = R(open(path, O_WRONLY));
	printf("poll %x\n", polled(fd));
	R(write(fd, "d", 1));
	close(fd);
	fd = R(open(path, O_WRONLY | O_NONBLOCK));
	close(fd);
	close(p[1]);
	alarm(0);
}

int main(void)
{
	basics();
	capacity();
	broken();
	packets();
	blocking();
	fifos();
	splicing();
	reopened();
	return 0;
}
