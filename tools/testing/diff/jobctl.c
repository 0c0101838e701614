// SPDX-License-Identifier: GPL-2.0
/* Job control: sessions, controlling terminals, foreground groups, SIGTTIN and SIGTTOU, orphans, hangup. */
#include "diff.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int master, slave;
static volatile int caught;
static void on_signal(int sig) { caught = sig; }

static void open_pty(int flags)
{
	master = open("/dev/ptmx", O_RDWR | O_NOCTTY);
	unlockpt(master);
	slave = open(ptsname(master), O_RDWR | flags);
}

/* Runs fn in a child and says how it stopped and ended. A stopped one is continued with sig. */
static void child(const char *what, void (*fn)(void), int own_group, int sig)
{
	int st;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (own_group)
			setpgid(0, 0);
		fn();
		fflush(stdout);
		_exit(0);
	}
	if (own_group)
		setpgid(pid, pid);
	while (waitpid(pid, &st, WUNTRACED) == pid) {
		if (WIFSTOPPED(st)) {
			printf("%s: stopped by %s\n", what, strsignal(WSTOPSIG(st)));
			if (WSTOPSIG(st) == SIGTTIN || WSTOPSIG(st) == SIGTTOU)
				tcsetpgrp(slave, own_group && sig == SIGCONT ? pid : getpgrp());
			kill(pid, sig);
			continue;
		}
		if (WIFSIGNALED(st))
			printf("%s: killed by %s\n", what, strsignal(WTERMSIG(st)));
		else
			printf("%s: exit %d\n", what, WEXITSTATUS(st));
		break;
	}
	tcsetpgrp(slave, getpgrp());
	fflush(stdout);
}

static void taking(void)
{
	int fd;
	pid_t sid = 0;

	open_pty(O_NOCTTY);
	R(open("/dev/tty", O_RDWR));
	R(tcgetpgrp(slave));
	R(ioctl(slave, TIOCGSID, &sid));
	R(ioctl(slave, TIOCNOTTY));
	R(ioctl(slave, TIOCSCTTY, 0));
	R(ioctl(slave, TIOCSCTTY, 0));
	R(tcgetpgrp(slave) == getpgrp());
	R(tcgetpgrp(master) == getpgrp());
	R(tcgetsid(slave) == getsid(0));
	R((fd = open("/dev/tty", O_RDWR)) >= 0);
	R(isatty(fd));
	R(strncmp(ttyname(fd) ?: "", "/dev/", 5));
	close(fd);
	R(tcsetpgrp(slave, -1));
	R(tcsetpgrp(slave, 99999));
	R(tcsetpgrp(slave, getpgrp()));
}

static void reads(void)
{
	char c = 0;

	R(read(slave, &c, 1));
	R(c);
}

static void reads_ignoring(void)
{
	char c;

	signal(SIGTTIN, SIG_IGN);
	R(read(slave, &c, 1));
}

static void writes(void)
{
	R(write(slave, "x", 1));
}

static void sets(void)
{
	struct termios t;

	tcgetattr(slave, &t);
	R(tcsetattr(slave, TCSANOW, &t));
}

static void sets_ignoring(void)
{
	struct termios t;

	signal(SIGTTOU, SIG_IGN);
	tcgetattr(slave, &t);
	R(tcsetattr(slave, TCSANOW, &t));
	R(tcflush(slave, TCIFLUSH));
}

static void sets_blocking(void)
{
	sigset_t s;

	sigemptyset(&s);
	sigaddset(&s, SIGTTOU);
	sigprocmask(SIG_BLOCK, &s, NULL);
	R(tcsetpgrp(slave, getpgrp()));
}

static void writes_tostop(void)
{
	struct termios t;

	signal(SIGTTOU, SIG_IGN);
	tcgetattr(slave, &t);
	t.c_lflag |= TOSTOP;
	tcsetattr(slave, TCSANOW, &t);
	R(write(slave, "x", 1));
	signal(SIGTTOU, SIG_DFL);
	R(write(slave, "y", 1));
}

static void other_session(void)
{
	R(setsid() == getpid());
	R(tcgetpgrp(slave));
	R(tcsetpgrp(slave, getpgrp()));
	R(ioctl(slave, TIOCSCTTY, 0));
	R(open("/dev/tty", O_RDWR));
}

static void types_interrupt(void)
{
	sigset_t s;

	signal(SIGINT, SIG_DFL);
	sigemptyset(&s);
	sigaddset(&s, SIGINT);
	sigprocmask(SIG_BLOCK, &s, NULL);	/* it may come before the result of the write is told */
	R(write(master, "\003", 1));
	fflush(stdout);
	sigprocmask(SIG_UNBLOCK, &s, NULL);
	usleep(100000);
	printf("not interrupted\n");
}

/* A process group whose last member with a parent in the session is gone: stops would be for ever, so EIO instead. */
static void orphan(void)
{
	int p[2];
	char c;

	if (pipe(p))
		return;
	fflush(stdout);
	if (!fork()) {
		setpgid(0, 0);
		close(p[0]);
		usleep(100000);		/* until the parent is gone */
		R(read(slave, &c, 1));
		R(tcsetpgrp(slave, getpgrp()));
		fflush(stdout);
		_exit(0);
	}
	close(p[1]);
	_exit(0);
}

static void hangup(void)
{
	pid_t pid;
	int st, p[2];
	char c = 0;

	if (pipe(p))
		return;
	fflush(stdout);
	pid = fork();
	if (!pid) {
		signal(SIGHUP, on_signal);
		signal(SIGCONT, SIG_IGN);
		setsid();
		open_pty(0);		/* becomes the controlling terminal */
		R(tcgetpgrp(slave) == getpgrp());
		R(write(p[1], "r", 1));
		close(master);
		printf("caught %d\n", caught == SIGHUP);
		R(read(slave, &c, 1));
		R(write(slave, &c, 1));
		R(open("/dev/tty", O_RDWR));
		fflush(stdout);
		_exit(0);
	}
	if (read(p[0], &c, 1) != 1)
		printf("no child\n");
	R(waitpid(pid, &st, 0) == pid);
	R(st);
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);	/* children get killed */
	if (getsid(0) == getpid() || setsid() < 0) {	/* a group leader cannot: let a child do it */
		pid_t pid = fork();
		int st;

		if (pid) {
			waitpid(pid, &st, 0);
			return WEXITSTATUS(st);
		}
		setsid();
	}
	signal(SIGTTOU, SIG_IGN);
	taking();
	signal(SIGTTOU, SIG_DFL);
	R(write(master, "ab\n", 3));
	usleep(20000);
	signal(SIGTTOU, SIG_IGN);
	child("read in front", reads, 0, SIGCONT);
	child("read behind", reads, 1, SIGCONT);
	child("read behind, killed", reads, 1, SIGKILL);
	child("read, ignoring", reads_ignoring, 1, SIGCONT);
	child("write behind", writes, 1, SIGCONT);
	signal(SIGTTOU, SIG_DFL);
	child("set behind, killed", sets, 1, SIGKILL);
	child("set, ignoring", sets_ignoring, 1, SIGCONT);
	child("set, blocking", sets_blocking, 1, SIGCONT);
	signal(SIGTTOU, SIG_IGN);
	tcsetpgrp(slave, getpgrp());
	child("write with TOSTOP", writes_tostop, 1, SIGKILL);
	child("another session", other_session, 0, SIGCONT);
	signal(SIGINT, on_signal);	/* it is in front, too */
	child("^C", types_interrupt, 0, SIGCONT);
	child("orphan", orphan, 0, SIGCONT);
	usleep(300000);
	hangup();
	R(ioctl(slave, TIOCNOTTY));
	R(open("/dev/tty", O_RDWR));
	return 0;
}
