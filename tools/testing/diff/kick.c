/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A timer that fires while mappings are being changed is heard, though the program makes no call afterwards. And a change that
 * takes longer than a program may run while others wait is not begun again and again.
 */
#include "diff.h"
#include <sys/time.h>

#define PAGE	4096
#define ROUNDS	600
#define PIECES	1024
#define PIECE	32768L

static volatile sig_atomic_t heard;

static void hear(int sig)
{
	(void)sig;
	heard = 1;
}

/* Arms a timer of us microseconds, has a page mapped meanwhile, and waits by its own work alone. */
static void round_of(unsigned us, volatile char *page)
{
	struct itimerval in = { .it_value.tv_usec = us };

	heard = 0;
	setitimer(ITIMER_REAL, &in, NULL);
	*page = 1;
	while (!heard)
		;
}

/* Pages of two regions in turn: no two of them can be mapped at once. */
static void many_mappings(void)
{
	char *map = mmap(NULL, 2 * PIECES * PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open("/dev/zero", O_RDONLY);
	struct iovec iov[PIECES];
	pid_t other = fork();

	while (!other)
		;
	for (int i = 0; i < PIECES; i++)
		iov[i] = (struct iovec){ map + (i / 2 + i % 2 * PIECES) * PIECE, PIECE };
	V(readv(fd, iov, PIECES));
	V(map[0]);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	munmap(map, 2 * PIECES * PIECE);
	close(fd);
}

int main(void)
{
	char *map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	signal(SIGALRM, hear);
	for (unsigned i = 0; i < ROUNDS; i++) {
		madvise(map, PAGE, MADV_DONTNEED);
		round_of(1 + i % 250, map);
	}
	TITLE("heard every time");
	R(munmap(map, PAGE));
	many_mappings();
	return 0;
}
