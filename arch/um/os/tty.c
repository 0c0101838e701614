/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Terminals of the host. What we change of one is put back on every way out: os_tty_restore() is called by os_exit(), at
 * exit(3) and from signal handlers, so it does nothing but tcsetattr(3) and fcntl(2).
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#include <asm/os.h>
#include "hostcall.h"

#define MAX_SAVED 64

static struct saved_tty { int fd; dev_t dev; struct termios old; } saved_ttys[MAX_SAVED];
static struct saved_flags { int fd, flags; } saved_flags[MAX_SAVED];
static volatile int nr_ttys, nr_flags;

void os_tty_restore(void)
{
	int i;

	for (i = 0; i < nr_ttys; i++)
		tcsetattr(saved_ttys[i].fd, TCSANOW, &saved_ttys[i].old);
	for (i = 0; i < nr_flags; i++)
		fcntl(saved_flags[i].fd, F_SETFL, saved_flags[i].flags);
}

static void restore_at_exit(void)
{
	static bool done;

	if (!done)
		atexit(os_tty_restore);
	done = true;
}

/*
 * O_NONBLOCK belongs to the open file description, which stdin shares with the shell that started us. So the file is
 * opened anew by way of /proc. Plain files keep their description (a second one would have its own position) and never
 * block anyhow; sockets cannot be opened anew: their flag is set and put back at the end.
 */
int os_tty_open(int fd)
{
	struct stat st;
	char path[32];
	int flags = (int)HOSTCALL(fcntl, fcntl(fd, F_GETFL)), copy;

	if (flags < 0)
		return flags;
	if (fstat(fd, &st))
		return -errno;
	if (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode)) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		copy = (int)HOSTCALL_RETRY(open, open(path, (flags & O_ACCMODE) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
		if (copy >= 0)
			return copy;
	}
	copy = (int)HOSTCALL(fcntl, fcntl(fd, F_DUPFD_CLOEXEC, 3));
	if (copy < 0 || S_ISREG(st.st_mode) || (flags & O_NONBLOCK))
		return copy;
	if (nr_flags < MAX_SAVED) {
		restore_at_exit();
		saved_flags[nr_flags] = (struct saved_flags){ copy, flags };
		nr_flags++;
		HOSTCALL(fcntl, fcntl(copy, F_SETFL, flags | O_NONBLOCK));
	}
	return copy;
}

bool os_isatty(int fd)
{
	return isatty(fd);
}

/* Two descriptors of one terminal are saved once: the second time it is raw already. */
int os_tty_raw(int fd)
{
	struct termios t;
	struct stat st;
	int i;

	if (fstat(fd, &st) || tcgetattr(fd, &t))
		return -errno;
	for (i = 0; i < nr_ttys; i++)
		if (saved_ttys[i].dev == st.st_rdev)
			break;
	if (i == nr_ttys) {
		if (i == MAX_SAVED)
			return -ENFILE;
		restore_at_exit();
		saved_ttys[i] = (struct saved_tty){ fd, st.st_rdev, t };
		nr_ttys = i + 1;
	}
	cfmakeraw(&t);
	return (int)HOSTCALL_RETRY(tcsetattr, tcsetattr(fd, TCSADRAIN, &t));
}

int os_tty_winsize(int fd, unsigned short *rows, unsigned short *cols)
{
	struct winsize ws;
	int err = (int)HOSTCALL(ioctl, ioctl(fd, TIOCGWINSZ, &ws));

	if (err)
		return err;
	*rows = ws.ws_row;
	*cols = ws.ws_col;
	return 0;
}

bool os_fd_wait(int fd, bool write, unsigned ms)
{
	struct pollfd p = { .fd = fd, .events = write ? POLLOUT : POLLIN };

	return HOSTCALL(poll, poll(&p, 1, (int)ms)) > 0;
}
