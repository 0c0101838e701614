// SPDX-License-Identifier: GPL-2.0
/* The line discipline, typed at through a pty: editing and its echo, modes, flow, signals, timeouts. */
#include "diff.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int master, slave;

static void show(const char *what, const char *buf, ssize_t n)
{
	printf("%s: %zd ", what, n);
	for (ssize_t i = 0; i < n; i++)
		printf(buf[i] >= ' ' && buf[i] < 127 ? "%c" : "\\%03o", (unsigned char)buf[i]);
	printf("\n");
	fflush(stdout);
}

static void get(const char *what, int fd, size_t max)
{
	char buf[8192];
	ssize_t n = read(fd, buf, max);

	if (n < 0)
		printf("%s: %s\n", what, errno == EIO ? "EIO" : errno == EAGAIN ? "EAGAIN" : errno == EINTR ? "EINTR" : "error");
	else
		show(what, buf, n);
	fflush(stdout);
}

/* What comes until it has been quiet for a moment: a worker of the host brings it, maybe in parts. */
static void get_all(const char *what, int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char buf[8192];
	size_t n = 0;
	ssize_t got;
	int ready;

	while (n < sizeof(buf) && (ready = poll(&p, 1, n ? 30 : 1000))) {
		if (ready < 0)
			continue;	/* the signal that was typed */
		if ((got = read(fd, buf + n, sizeof(buf) - n)) <= 0)
			break;
		n += (size_t)got;
	}
	show(what, buf, (ssize_t)n);
}

/* Types s byte by byte, shows the echo. */
static void type_n(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (write(master, s + i, 1) != 1)
			printf("write failed\n");
	get_all("echo", master);
}
#define type(s) type_n(s, sizeof(s) - 1)

static void set(tcflag_t iflag, tcflag_t oflag, tcflag_t lflag)
{
	struct termios t;

	tcgetattr(slave, &t);
	t.c_iflag = iflag;
	t.c_oflag = oflag;
	t.c_lflag = lflag;
	tcsetattr(slave, TCSANOW, &t);
}

static void set_min(int vmin, int vtime)
{
	struct termios t;

	tcgetattr(slave, &t);
	t.c_cc[VMIN] = (cc_t)vmin;
	t.c_cc[VTIME] = (cc_t)vtime;
	tcsetattr(slave, TCSANOW, &t);
}

#define COOKED (ICANON | ECHO | ECHOE | ECHOK | ECHOKE | ECHOCTL | IEXTEN | ISIG)

static void editing(void)
{
	type("hello\r");
	get("line", slave, 3);
	get("line", slave, 100);
	type("ab\177c\177\177\177z\n");
	get("line", slave, 100);
	type("one two_3 \027x\n");
	get("line", slave, 100);
	type("ab\025c\n");
	get("line", slave, 100);
	type("\001\177q\n");
	get("line", slave, 100);
	type("ab\t\177|\n");
	get("line", slave, 100);
	type("a\026\003b\026\177\n");
	get("line", slave, 100);
	type("ab\022c\n");
	get("line", slave, 100);
	set(ICRNL | IXON, OPOST | ONLCR, COOKED & ~ECHOKE);
	type("ab\025c\n");
	get("line", slave, 100);
	set(ICRNL | IXON, OPOST | ONLCR, COOKED & ~ECHOE);
	type("ab\177c\n");
	get("line", slave, 100);
	set(ICRNL | IXON, OPOST | ONLCR, COOKED | ECHOPRT);
	type("abc\177\177x\n");
	get("line", slave, 100);
	set(ICRNL | IXON, OPOST | ONLCR, (COOKED & ~ECHO) | ECHONL);
	type("quiet\n");
	get("line", slave, 100);
	set(ICRNL | IXON | IUTF8, OPOST | ONLCR, COOKED);
	type("a\303\251\177\n");
	get("line", slave, 100);
	set(ICRNL | IXON, OPOST | ONLCR, COOKED & ~ECHOCTL);
	type("\001\002\177z\n");
	get("line", slave, 100);
	set(ICRNL | IXON, OPOST | ONLCR, COOKED);
}

static void ends_of_file(void)
{
	type("\004");
	get("eof", slave, 100);
	get("nothing", slave, 100);
	type("abc\004");
	get("exact", slave, 3);
	get("after", slave, 100);
	type("abc\004");
	get("two", slave, 2);
	get("one", slave, 2);
	get("after", slave, 100);
	type("x\n\004y\n");
	get("line", slave, 100);
	get("eof", slave, 100);
	get("line", slave, 100);
}

static void input_flags(void)
{
	set(IGNCR | INLCR, 0, ICANON);
	set_min(1, 0);
	set(IGNCR | INLCR, 0, 0);
	R(write(master, "a\rb\n", 4));
	usleep(20000);
	get("raw", slave, 100);
	set(ISTRIP, 0, 0);
	R(write(master, "\341\342", 2));
	usleep(20000);
	get("raw", slave, 100);
	set(PARMRK, 0, 0);
	R(write(master, "\377x", 2));
	usleep(20000);
	get("raw", slave, 100);
	set(IUCLC, 0, IEXTEN);
	R(write(master, "AbC", 3));
	usleep(20000);
	get("raw", slave, 100);
}

static void output_one(tcflag_t oflag, const char *s)
{
	set(0, oflag, 0);
	printf("oflag %#o: ", oflag);
	if (write(slave, s, strlen(s)) != (ssize_t)strlen(s))
		printf("short ");
	usleep(20000);
	get_all("", master);
}

static void output_flags(void)
{
	output_one(OPOST | ONLCR, "ab\ncd\n");
	output_one(OPOST | ONLCR | XTABS, "a\tb\n\tc\n");
	output_one(OPOST | OCRNL, "a\rb\r");
	output_one(OPOST | ONOCR, "\r\rx\r\ry\r");
	output_one(OPOST | ONLRET, "a\n\tb\r");
	output_one(OPOST | OLCUC, "abC\r");
	output_one(0, "a\nb\r\t");
}

static long tenths(void)
{
	static struct timespec last;
	struct timespec now;
	long t;

	clock_gettime(CLOCK_MONOTONIC, &now);
	t = (now.tv_sec - last.tv_sec) * 100 + (now.tv_nsec - last.tv_nsec) / 10000000;
	last = now;
	return t > 1000 ? 0 : (t + 5) / 10;
}

static void timeouts(void)
{
	set(0, 0, 0);
	fcntl(slave, F_SETFL, 0);
	set_min(0, 0);
	get("poll", slave, 100);
	set_min(0, 2);
	tenths();
	get("timeout", slave, 100);
	printf("after %ld\n", tenths());
	set_min(3, 2);
	R(write(master, "a", 1));
	tenths();
	get("between bytes", slave, 100);
	printf("after %ld\n", tenths());
	R(write(master, "abcd", 4));
	usleep(20000);
	get("enough", slave, 100);
	set_min(2, 0);
	R(write(master, "abc", 3));
	usleep(20000);
	get("part", slave, 1);
	get("rest", slave, 100);
	fcntl(slave, F_SETFL, O_NONBLOCK);
	set_min(1, 0);
	get("nonblock", slave, 100);
}

static void flow(void)
{
	set(ICRNL | IXON, OPOST | ONLCR, COOKED);
	type("\023");
	R(write(slave, "held", 4));
	get("stopped", master, 100);
	type("\021");
	usleep(20000);
	R(write(slave, "free", 4));
	get_all("started", master);
}

static volatile int caught;
static void on_signal(int sig) { caught = sig; }

static void signals(void)
{
	int sigs[] = { SIGINT, SIGQUIT, SIGTSTP };

	set(ICRNL | IXON, OPOST | ONLCR, COOKED);
	R(ioctl(slave, TIOCSCTTY, 0));
	for (int i = 0; i < 3; i++)
		signal(sigs[i], on_signal);
	type("\003");
	printf("caught %d\n", caught == SIGINT);
	get("flushed", slave, 100);
	type("\034");
	printf("caught %d\n", caught == SIGQUIT);
	type("\032");
	printf("caught %d\n", caught == SIGTSTP);
	set(ICRNL | IXON, OPOST | ONLCR, COOKED | NOFLSH);
	type("ab\003c\n");
	get("kept", slave, 100);
	set(ICRNL | IXON, OPOST | ONLCR, COOKED & ~ISIG);
	type("ab\003c\n");
	get("no isig", slave, 100);
}

static void long_line(void)
{
	char line[5000];

	set(ICRNL, 0, ICANON);
	memset(line, 'a', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	for (size_t done = 0; done < sizeof(line); ) {
		ssize_t n = write(master, line + done, 500);

		if (n <= 0)
			break;
		done += (size_t)n;
		usleep(10000);
	}
	memset(line, 0, sizeof(line));
	R(read(slave, line, sizeof(line)));
	R(line[4094] == 'a' && line[4095] == '\n');
}

static void mode_switch(void)
{
	set(0, 0, ICANON);
	R(write(master, "half", 4));
	usleep(20000);
	get("canonical", slave, 100);
	set(0, 0, 0);
	set_min(1, 0);
	get("raw", slave, 2);
	set(0, 0, ICANON);
	get("canonical again", slave, 100);
}

int main(void)
{
	setsid();
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
	unlockpt(master);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_NONBLOCK);
	editing();
	ends_of_file();
	input_flags();
	output_flags();
	timeouts();
	flow();
	long_line();
	mode_switch();
	signals();
	return 0;
}
