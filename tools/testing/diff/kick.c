/* SPDX-License-Identifier: GPL-2.0 */
/* A timer that fires while mappings are being changed is heard, though the program makes no call afterwards. */
#include "diff.h"
#include <sys/time.h>

#define PAGE	4096
#define ROUNDS	600

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
	return 0;
}
