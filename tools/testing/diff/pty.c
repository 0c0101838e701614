// SPDX-License-Identifier: GPL-2.0
/* Pseudo terminals: locking, both ends' lives, window size, packet mode. */
#include "diff.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static int master, slave;
static char name[64];

static void show(const char *what, const char *buf, ssize_t n)
{
	printf("%s: %zd ", what, n);
	for (ssize_t i = 0; i < n; i++)
		printf(buf[i] >= ' ' && buf[i] < 127 ? "%c" : "\\%03o", (unsigned char)buf[i]);
	printf("\n");
	fflush(stdout);
}

static void get(const char *what, int fd)
{
	char buf[256];
	ssize_t n = read(fd, buf, sizeof(buf));

	if (n < 0)
		printf("%s: %s\n", what, errno == EIO ? "EIO" : errno == EAGAIN ? "EAGAIN" : "error");
	else
		show(what, buf, n);
	fflush(stdout);
}

static int events(int fd)
{
	struct pollfd p = { fd, POLLIN | POLLOUT | POLLPRI, 0 };

	poll(&p, 1, 0);
	return p.revents;
}

static void open_master(void)
{
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	snprintf(name, sizeof(name), "%s", ptsname(master));
}

static void raw(int fd)
{
	struct termios t;

	tcgetattr(fd, &t);
	cfmakeraw(&t);
	tcsetattr(fd, TCSANOW, &t);
}

static void locking(void)
{
	int on = 1, n = -1;
	struct stat st;

	open_master();
	R(strncmp(name, "/dev/pts/", 9));
	R(stat(name, &st));
	R(S_ISCHR(st.st_mode));
	R(st.st_uid == getuid());
	R(open(name, O_RDWR | O_NOCTTY));
	R(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY));
	R(unlockpt(master));
	R(ioctl(master, TIOCGPTLCK, &n) ?: n);
	R((slave = open(name, O_RDWR | O_NOCTTY)) >= 0);
	R(isatty(slave));
	R(isatty(master));
	R(ioctl(master, TIOCSPTLCK, &on));
	R(open(name, O_RDWR | O_NOCTTY));
	R(ioctl(master, TIOCSPTLCK, (int *)8));
	R(ioctl(slave, TIOCGPTN, &n));
	R(lseek(slave, 0, SEEK_SET));
	R(pread(slave, name, 1, 0));
	close(slave);
	close(master);
	R(stat(name, &st));
}

static void ends(void)
{
	open_master();
	unlockpt(master);
	fcntl(master, F_SETFL, O_NONBLOCK);
	get("before the first open", master);
	printf("poll %#x\n", events(master));
	slave = open(name, O_RDWR | O_NOCTTY);
	raw(slave);
	R(write(slave, "last words", 10));
	close(slave);
	printf("poll %#x\n", events(master));
	get("after close", master);
	get("after close", master);
	printf("poll %#x\n", events(master));
	slave = open(name, O_RDWR | O_NOCTTY);
	get("open again", master);
	printf("poll %#x\n", events(master));
	R(write(master, "typed", 5));
	close(master);
	printf("slave poll %#x\n", events(slave));
	get("slave", slave);
	R(write(slave, "x", 1));
	R(tcgetpgrp(slave));
	R(ioctl(slave, TIOCGWINSZ, name));
	close(slave);
}

static void winsize(void)
{
	struct winsize ws = { 24, 80, 1, 2 }, out = { 0 };

	open_master();
	unlockpt(master);
	slave = open(name, O_RDWR | O_NOCTTY);
	R(ioctl(slave, TIOCGWINSZ, &out) ?: out.ws_row);
	R(ioctl(master, TIOCSWINSZ, &ws));
	R(ioctl(slave, TIOCGWINSZ, &out) ?: out.ws_row * 1000 + out.ws_col);
	ws.ws_col = 132;
	R(ioctl(slave, TIOCSWINSZ, &ws));
	R(ioctl(master, TIOCGWINSZ, &out) ?: out.ws_row * 1000 + out.ws_col);
	R(ioctl(slave, TIOCSWINSZ, (void *)8));
	close(slave);
	close(master);
}

static void packets(void)
{
	int on = 1;
	struct termios t;

	open_master();
	unlockpt(master);
	slave = open(name, O_RDWR | O_NOCTTY);
	fcntl(master, F_SETFL, O_NONBLOCK);
	R(ioctl(master, TIOCPKT, &on));
	on = 0;
	R(ioctl(master, TIOCGPKT, &on) ?: on);
	R(write(slave, "data", 4));
	get("packet", master);
	get("packet", master);
	R(tcflush(slave, TCIFLUSH));
	printf("poll %#x\n", events(master));
	get("packet", master);
	R(tcflow(slave, TCOOFF));
	get("packet", master);
	R(tcflow(slave, TCOON));
	get("packet", master);
	tcgetattr(slave, &t);
	t.c_iflag &= ~IXON;
	R(tcsetattr(slave, TCSANOW, &t));
	get("packet", master);
	t.c_iflag |= IXON;
	R(tcsetattr(slave, TCSANOW, &t));
	get("packet", master);
	R(tcflush(slave, TCOFLUSH));
	get("packet", master);
	close(slave);
	close(master);
}

static void queues(void)
{
	int n = -1;

	open_master();
	unlockpt(master);
	slave = open(name, O_RDWR | O_NOCTTY);
	R(write(master, "one\ntwo", 7));
	usleep(20000);		/* Linux hands input on by a kernel thread */
	R(ioctl(slave, FIONREAD, &n) ?: n);
	R(ioctl(master, FIONREAD, &n) ?: n);
	R(ioctl(slave, TIOCOUTQ, &n) ?: n);
	get("echo", master);
	get("line", slave);
	R(tcflush(slave, TCIOFLUSH));
	R(ioctl(slave, TCFLSH, 7));
	R(ioctl(slave, TCXONC, 7));
	R(tcdrain(slave));
	R(tcsendbreak(slave, 0));
	R(ioctl(slave, TIOCGETD, &n) ?: n);
	n = 25;
	R(ioctl(slave, TIOCSETD, &n));
	R(ioctl(slave, TIOCMGET, &n));
	R(ioctl(slave, 0x54ff, &n));
	R(ioctl(slave, TIOCEXCL));
	R(ioctl(slave, TIOCGEXCL, &n) ?: n);
	R(ioctl(slave, TIOCNXCL));
	close(slave);
	close(master);
}

int main(void)
{
	signal(SIGHUP, SIG_IGN);
	setsid();
	locking();
	ends();
	winsize();
	packets();
	queues();
	return 0;
}
