// SPDX-License-Identifier: GPL-2.0
/* Settings of terminals in their three forms, speeds, what a new pty begins with, locked settings. */
#include "diff.h"
#include <asm/termbits.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct termio_abi { unsigned short iflag, oflag, cflag, lflag; unsigned char line, cc[8]; };

static void show(const char *what, const struct termios2 *t)
{
	printf("%s: i %#o o %#o c %#o l %#o line %d speed %u %u cc", what, t->c_iflag, t->c_oflag, t->c_cflag, t->c_lflag, t->c_line,
	       t->c_ispeed, t->c_ospeed);
	for (int i = 0; i < 17; i++)
		printf(" %d", t->c_cc[i]);
	printf("\n");
	fflush(stdout);
}

int main(void)
{
	struct termios2 t2;
	struct termios t;
	struct termio_abi tio;
	int master = open("/dev/ptmx", O_RDWR | O_NOCTTY), slave, unlock = 0;

	ioctl(master, TIOCSPTLCK, &unlock);
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	R(ioctl(slave, TCGETS2, &t2));
	show("slave", &t2);
	R(ioctl(master, TCGETS2, &t2));
	show("master shows the slave", &t2);
	R(ioctl(slave, TCGETS, &t));
	R(t.c_lflag == t2.c_lflag && !memcmp(t.c_cc, t2.c_cc, sizeof(t.c_cc)));
	t.c_cflag = (t.c_cflag & ~CBAUD) | B9600;
	t.c_cflag = (t.c_cflag & ~CSIZE) | CS7 | PARENB;
	R(ioctl(slave, TCSETS, &t));
	R(ioctl(slave, TCGETS2, &t2));
	show("9600, always 8 bits", &t2);
	t2.c_cflag = (t2.c_cflag & ~CBAUD) | BOTHER;
	t2.c_ospeed = t2.c_ispeed = 12345;
	R(ioctl(slave, TCSETS2, &t2));
	R(ioctl(slave, TCGETS2, &t2));
	show("12345", &t2);
	memset(&tio, 0, sizeof(tio));
	R(ioctl(slave, TCGETA, &tio));
	printf("termio %#o %#o %#o %#o\n", tio.iflag, tio.oflag, tio.cflag, tio.lflag);
	tio.lflag &= (unsigned short)~ECHO;
	tio.cc[0] = 7;
	R(ioctl(slave, TCSETA, &tio));
	R(ioctl(slave, TCGETS2, &t2));
	show("by termio", &t2);
	R(ioctl(slave, TCSETS, 8));
	R(ioctl(slave, TCGETS, 8));
	memset(&t, 0, sizeof(t));
	t.c_lflag = ICANON;
	R(ioctl(slave, TIOCSLCKTRMIOS, &t));
	ioctl(slave, TCGETS, &t);
	t.c_lflag = 0;
	R(ioctl(slave, TCSETSF, &t));
	R(ioctl(slave, TCGETS, &t) ?: t.c_lflag);
	R(ioctl(slave, TIOCGLCKTRMIOS, &t) ?: t.c_lflag);
	R(ioctl(slave, TIOCGSOFTCAR, &unlock) ?: unlock);
	unlock = 1;
	R(ioctl(slave, TIOCSSOFTCAR, &unlock));
	R(ioctl(slave, TIOCGSOFTCAR, &unlock) ?: unlock);
	close(slave);
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	R(ioctl(slave, TCGETS, &t) ?: t.c_lflag);	/* kept while the master is open */
	return 0;
}
