// SPDX-License-Identifier: GPL-2.0
/* madvise, mlock and its family, msync, mincore: memory that stays, goes, or is not inherited. */
#include "diff.h"
#include <sys/resource.h>

#define PAGE 4096UL
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#ifndef MADV_COLD
#define MADV_COLD 20
#define MADV_PAGEOUT 21
#endif

static char *area;	/* 16 pages, the 9th unmapped */

static void fresh(void)
{
	mmap(area, 16 * PAGE, PROT_READ | PROT_WRITE, ANON | MAP_FIXED, -1, 0);
	munmap(area + 8 * PAGE, PAGE);
	for (int i = 0; i < 8; i++)
		area[i * PAGE] = 'a' + i;
}

static void wanted(void)
{
	static const int advice[] = { MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED, MADV_DONTNEED, MADV_FREE, MADV_REMOVE, MADV_DONTFORK,
		MADV_DOFORK, MADV_DONTDUMP, MADV_DODUMP, MADV_WIPEONFORK, MADV_KEEPONFORK, MADV_COLD, MADV_PAGEOUT, MADV_POPULATE_READ,
		MADV_POPULATE_WRITE, 5, 7, 30, 1000, -1 };

	TITLE("madvise");
	for (unsigned i = 0; i < sizeof(advice) / sizeof(advice[0]); i++) {
		fresh();
		printf("advice %d\n", advice[i]);
		R(madvise(area, 2 * PAGE, advice[i]));
		R(madvise(area + 1, PAGE, advice[i]));
		R(madvise(area, 0, advice[i]));
		R(madvise(area, -1, advice[i]));
		R(madvise(area, -PAGE, advice[i]));
		R(madvise(area + 7 * PAGE, 3 * PAGE, advice[i]));
		R(madvise(area + 8 * PAGE, PAGE, advice[i]));
	}
	U(R(madvise(area, PAGE, MADV_HWPOISON)));
	fresh();
	R(madvise(area + 1 * PAGE, 2 * PAGE, MADV_DONTNEED));
	printf("%d %d %d %d\n", area[0], area[PAGE], area[2 * PAGE], area[3 * PAGE]);
	R(mlock(area, PAGE));
	R(madvise(area, PAGE, MADV_DONTNEED));
	R(madvise(area, PAGE, MADV_FREE));
	R(madvise(area, PAGE, MADV_COLD));
	R(madvise(area, PAGE, MADV_PAGEOUT));
	R(munlock(area, PAGE));
	fresh();
	R(madvise(area, PAGE, MADV_DONTFORK));
	R(madvise(area + PAGE, PAGE, MADV_WIPEONFORK));
	C(unsigned char v; R(mincore(area, PAGE, &v)); V(area[PAGE]); V(area[2 * PAGE]);
	  C(V(area[PAGE])));
	printf("%d %d\n", area[0], area[PAGE]);
	R(madvise(area, PAGE, MADV_DOFORK));
	R(madvise(area + PAGE, PAGE, MADV_KEEPONFORK));
	C(printf("%d %d\n", area[0], area[PAGE]));
	fresh();
	R(madvise(area, PAGE, MADV_FREE));
	area[0] = 'z';
	V(area[0]);
	mprotect(area, PAGE, PROT_READ);
	R(madvise(area, PAGE, MADV_POPULATE_READ));
	R(madvise(area, PAGE, MADV_POPULATE_WRITE));
	mprotect(area, PAGE, PROT_NONE);
	R(madvise(area, PAGE, MADV_POPULATE_READ));
}

static void files(void)
{
	int fd = open("f", O_CREAT | O_RDWR, 0600), rd = open("f", O_RDONLY);
	char *p, *q;

	TITLE("mappings of files");
	ftruncate(fd, 4 * PAGE);
	pwrite(fd, "first", 5, 0);
	pwrite(fd, "second", 6, PAGE);
	p = mmap(NULL, 6 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	q = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	strcpy(q, "mine");
	R(madvise(q, PAGE, MADV_FREE));
	R(madvise(q, PAGE, MADV_WIPEONFORK));
	S(q);
	R(madvise(q, PAGE, MADV_DONTNEED));
	S(q);
	R(madvise(q, PAGE, MADV_REMOVE));
	R(madvise(p + PAGE, PAGE, MADV_REMOVE));
	S(p + PAGE);
	strcpy(p, "changed");
	R(madvise(p, PAGE, MADV_DONTNEED));
	S(p);
	R(madvise(p, 4 * PAGE, MADV_WILLNEED));
	R(madvise(p, 4 * PAGE, MADV_WIPEONFORK));
	R(madvise(p + 4 * PAGE, PAGE, MADV_POPULATE_READ));
	R(madvise(p, 4 * PAGE, MADV_POPULATE_WRITE));
	char *ro = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, rd, 0);
	R(madvise(ro, PAGE, MADV_REMOVE));
	TITLE("msync");
	R(msync(p, 4 * PAGE, MS_SYNC));
	R(msync(p, 4 * PAGE, MS_ASYNC | MS_INVALIDATE));
	R(msync(p, 4 * PAGE, MS_SYNC | MS_ASYNC));
	R(msync(p, 4 * PAGE, 8));
	R(msync(p, 4 * PAGE, 0));
	R(msync(p + 1, PAGE, MS_SYNC));
	R(msync(p, 0, MS_SYNC));
	R(msync(p, -1, MS_SYNC));
	R(msync(p, -2 * PAGE, MS_SYNC));
	fresh();
	R(msync(area, 16 * PAGE, MS_SYNC));
	R(msync(area + 8 * PAGE, PAGE, MS_ASYNC));
	R(mlock(p, PAGE));
	R(msync(p, PAGE, MS_INVALIDATE));
	R(msync(p, PAGE, MS_SYNC));
	R(munlock(p, PAGE));
	R(msync(p, PAGE, MS_INVALIDATE | MS_SYNC));
	show_file("f");
	close(fd);
	close(rd);
	munmap(p, 6 * PAGE);
	munmap(q, 2 * PAGE);
	munmap(ro, PAGE);
}

static void resident(void)
{
	unsigned char v[16];

	TITLE("mincore");
	fresh();
	R(mincore(area, 8 * PAGE, v));
	for (int i = 0; i < 8; i++)
		printf("%d", v[i] & 1);
	printf("\n");
	R(mincore(area, 1, v));
	R(mincore(area + 1, PAGE, v));
	R(mincore(area, 0, v));
	R(mincore(area, 10 * PAGE, v));
	R(mincore(area + 8 * PAGE, PAGE, v));
	R(mincore(area, PAGE, (void *)bad_ptr));
	R(mincore(area, PAGE, (void *)ro_ptr));
	R(mincore(area, -PAGE, v));
	R(mincore((void *)(1UL << 47), PAGE, v));
	R(madvise(area, 2 * PAGE, MADV_DONTNEED));
	R(mincore(area, 4 * PAGE, v));
	printf("%d %d %d %d\n", v[0] & 1, v[1] & 1, v[2] & 1, v[3] & 1);
}

static void locked(const char *what)
{
	char line[256];
	FILE *f = fopen("/proc/self/status", "r");

	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, "VmLck:", 6))
			printf("%s %s", what, line);
	fclose(f);
}

static void locking(void)
{
	struct rlimit rl = { 4 * PAGE, 4 * PAGE };

	TITLE("mlock");
	fresh();
	R(mlock(area, 0));
	R(mlock(area + 1, PAGE));
	locked("two pages, as it straddles");
	R(munlock(area, 2 * PAGE));
	locked("none");
	R(mlock(area, -1));
	R(mlock(area + PAGE, -PAGE));
	R(munlock(area, -1));
	R(mlock(area + 7 * PAGE, 3 * PAGE));
	R(munlock(area + 7 * PAGE, 3 * PAGE));
	R(mlock(area + 8 * PAGE, PAGE));
	R(syscall(SYS_mlock2, area, PAGE, 0));
	R(syscall(SYS_mlock2, area, PAGE, MLOCK_ONFAULT));
	R(syscall(SYS_mlock2, area, PAGE, 2));
	R(syscall(SYS_mlock2, area + 8 * PAGE, PAGE, 0));
	C(locked("not inherited"));
	R(munlock(area, 16 * PAGE));
	R(munlockall());
	mprotect(area, PAGE, PROT_NONE);
	R(mlock(area, 2 * PAGE));
	R(munlock(area, 2 * PAGE));
	mprotect(area, PAGE, PROT_READ | PROT_WRITE);
	R(mlockall(0));
	R(mlockall(8));
	R(mlockall(MCL_ONFAULT));
	C(R(mlockall(MCL_CURRENT)); R(munlockall()); locked("all given back"));
	C(R(mlockall(MCL_FUTURE)); mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, ANON, -1, 0); locked("of now on"); C(locked("child")); R(munlockall());
	  mmap(NULL, PAGE, PROT_READ | PROT_WRITE, ANON, -1, 0); locked("no more"));
	C(R(mlockall(MCL_CURRENT | MCL_ONFAULT)));
	C(setrlimit(RLIMIT_MEMLOCK, &rl); become_user(); R(mlock(area, 5 * PAGE)); R(mlock(area, 4 * PAGE)); R(mlock(area + 4 * PAGE, PAGE));
	  R(mlock(area, 4 * PAGE)); R(syscall(SYS_mlock2, area, 5 * PAGE, 0)); R(mlockall(MCL_CURRENT)); R(mlockall(MCL_FUTURE));
	  OK(syscall(SYS_mmap, NULL, PAGE, PROT_READ, ANON, -1, 0)));
	rl.rlim_cur = rl.rlim_max = 0;
	C(setrlimit(RLIMIT_MEMLOCK, &rl); become_user(); R(mlock(area, PAGE)); R(syscall(SYS_mlock2, area, PAGE, MLOCK_ONFAULT)); R(mlockall(MCL_CURRENT));
	  R(munlock(area, PAGE)); R(munlockall()));
	if (is_root())
		C(setrlimit(RLIMIT_MEMLOCK, &rl); R(mlock(area, 8 * PAGE)));
}

int main(void)
{
	area = mmap(NULL, 16 * PAGE, PROT_NONE, ANON, -1, 0);
	wanted();
	files();
	resident();
	locking();
	return 0;
}
