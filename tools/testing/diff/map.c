// SPDX-License-Identifier: GPL-2.0
/* mmap, munmap, mprotect, brk, mremap: what they refuse, what they move, and which signal a wrong access gets. */
#include "diff.h"
#include <setjmp.h>
#include <sys/resource.h>

#define PAGE 4096UL
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define MMAP(...) OK(syscall(SYS_mmap, __VA_ARGS__))

static sigjmp_buf back;
static char *area;
static volatile uintptr_t fault_at;

static void on_fault(int sig, siginfo_t *si, void *uc)
{
	fault_at = (uintptr_t)si->si_addr;
	siglongjmp(back, sig << 8 | si->si_code);
}

/* Touches address p: reads, writes ('w') or executes ('x'). */
static void touch(const char *what, volatile char *p, int how)
{
	int r = sigsetjmp(back, 1);

	if (r) {
		printf("%s: %s code %d, address %s\n", what, sigabbrev_np(r >> 8), r & 255, fault_at == (uintptr_t)p ? "that" : "another");
		return;
	}
	if (how == 'w')
		*p = 1;
	else if (how == 'x')
		((void (*)(void))(uintptr_t)p)();
	else
		(void)*p;
	printf("%s: fine\n", what);
}

static void refused_mmap(void)
{
	int rd = open("f", O_RDONLY), wr = open("f", O_WRONLY), rw = open("f", O_RDWR), dir = open(".", O_RDONLY), path = open("f", O_PATH), p[2];

	TITLE("refused mmap");
	pipe(p);
	MMAP(0, 0, PROT_READ, ANON, -1, 0);
	MMAP(0, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0);
	MMAP(0, PAGE, PROT_READ, MAP_ANONYMOUS | 0x4, -1, 0);
	MMAP(0, PAGE, PROT_READ, MAP_PRIVATE, rd, 1);
	MMAP(0, PAGE, PROT_READ, MAP_PRIVATE, rd, -PAGE);
	MMAP(0, 2 * PAGE, PROT_READ, MAP_PRIVATE, rd, -PAGE);
	MMAP(0, PAGE, PROT_READ, ANON, -1, 1);
	MMAP(0, PAGE, PROT_READ, ANON, -1, -PAGE);
	MMAP(0, -1, PROT_READ, ANON, -1, 0);
	MMAP(0, -PAGE, PROT_READ, ANON, -1, 0);
	MMAP(0, 1UL << 47, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);
	MMAP(1UL << 46, 1UL << 46, PROT_NONE, ANON | MAP_FIXED, -1, 0);
	MMAP(area + 1, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0);
	MMAP(-PAGE, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0);
	MMAP(1UL << 63, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0);
	MMAP(1UL << 63, PAGE, PROT_READ, ANON, -1, 0);
	MMAP(area + 1, PAGE, PROT_READ, ANON, -1, 0);
	MMAP(0, PAGE, PROT_READ, MAP_PRIVATE, -1, 0);
	MMAP(0, PAGE, PROT_READ, MAP_PRIVATE, 99, 0);
	MMAP(0, PAGE, PROT_READ, MAP_PRIVATE, path, 0);
	MMAP(0, PAGE, PROT_READ, MAP_PRIVATE, dir, 0);
	MMAP(0, PAGE, PROT_READ, MAP_PRIVATE, p[0], 0);
	MMAP(0, PAGE, PROT_READ, MAP_PRIVATE, wr, 0);
	MMAP(0, PAGE, PROT_WRITE, MAP_SHARED, wr, 0);
	MMAP(0, PAGE, PROT_WRITE, MAP_SHARED, rd, 0);
	MMAP(0, PAGE, PROT_WRITE, MAP_PRIVATE, rd, 0);
	MMAP(0, PAGE, PROT_READ, MAP_SHARED, rd, 0);
	MMAP(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, rw, 0);
	MMAP(0, PAGE, PROT_READ, MAP_SHARED_VALIDATE, rd, 0);
	MMAP(0, PAGE, PROT_READ, MAP_SHARED_VALIDATE | 0x40000000, rd, 0);
	MMAP(0, PAGE, PROT_READ, MAP_SHARED | 0x40000000, rd, 0);
	MMAP(0, PAGE, 0xff0, ANON, -1, 0);
	MMAP(0, PAGE, PROT_READ, MAP_PRIVATE, rd, 1L << 40);
	MMAP(0, PAGE, PROT_READ, ANON | MAP_HUGETLB | (63 << 26), -1, 0);
	int fd = memfd_create("s", MFD_ALLOW_SEALING);
	ftruncate(fd, PAGE);
	fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE);
	MMAP(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	C(struct rlimit rl = { PAGE, PAGE }; setrlimit(RLIMIT_MEMLOCK, &rl); become_user(); MMAP(0, 4 * PAGE, PROT_READ, ANON | MAP_LOCKED, -1, 0);
	  MMAP(0, PAGE, PROT_READ, ANON | MAP_LOCKED, -1, 0));
	C(struct rlimit rl = { 0, 0 }; setrlimit(RLIMIT_MEMLOCK, &rl); become_user(); MMAP(0, PAGE, PROT_READ, ANON | MAP_LOCKED, -1, 0));
	for (int i = 3; i < 12; i++)
		close(i);
}

static void placing(void)
{
	TITLE("where to");
	char *a = mmap(area, 3 * PAGE, PROT_READ | PROT_WRITE, ANON | MAP_FIXED, -1, 0);
	V(a == area);
	V(mmap(area + PAGE, PAGE, PROT_READ, ANON | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED ? errno : 0);
	V(mmap(area + 2 * PAGE, 2 * PAGE, PROT_READ, ANON | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED ? errno : 0);
	munmap(area + 3 * PAGE, PAGE);
	V(mmap(area + 3 * PAGE, PAGE, PROT_READ, ANON | MAP_FIXED_NOREPLACE, -1, 0) - (void *)area);
	munmap(area + PAGE, PAGE);
	V(mmap(area + PAGE, PAGE, PROT_READ, ANON, -1, 0) - (void *)area);	/* a hint that is free is taken */
	V(mmap(area + PAGE, PAGE, PROT_READ, ANON, -1, 0) != area + PAGE);
	V((uintptr_t)mmap(NULL, PAGE, PROT_READ, ANON | MAP_32BIT, -1, 0) < 1UL << 31);
	V((uintptr_t)mmap(NULL, PAGE, PROT_READ, ANON | MAP_32BIT, -1, 0) >= 1UL << 30);
	V((uintptr_t)mmap((void *)0x50000123, 1 << 20, PROT_READ, ANON | MAP_32BIT, -1, 0));
	V((uintptr_t)mmap((void *)0x50000000, PAGE, PROT_READ, ANON | MAP_32BIT, -1, 0) < 0x48000000);
	V((uintptr_t)mmap((void *)0x7ffff000, 2 * PAGE, PROT_READ, ANON | MAP_32BIT, -1, 0) < 0x48000000);
	V((uintptr_t)mmap((void *)0x10000000000, PAGE, PROT_READ, ANON | MAP_32BIT, -1, 0) < 0x48000000);
	V(mmap(NULL, 1UL << 30, PROT_NONE, ANON | MAP_32BIT, -1, 0) == MAP_FAILED ? errno : 0);
	V(mmap(NULL, 1UL << 33, PROT_NONE, ANON | MAP_32BIT, -1, 0) == MAP_FAILED ? errno : 0);
	U(V(mmap(NULL, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0) == MAP_FAILED ? errno : 0));
	V(mmap(NULL, PAGE, PROT_READ, ANON, -1, 0) != NULL);
	TITLE("munmap");
	R(munmap(area + 1, PAGE));
	R(munmap(area, 0));
	R(munmap(area, -1));
	R(munmap((void *)-PAGE, PAGE));
	R(munmap((void *)(1UL << 47), PAGE));
	R(munmap(area, 1UL << 47));
	R(munmap(area, 1));
	touch("unmapped", area, 'r');
	R(munmap(area, 16 * PAGE));
	R(munmap(area, 16 * PAGE));
	V(mmap(area, 64 * PAGE, PROT_READ | PROT_WRITE, ANON | MAP_FIXED, -1, 0) == area);
}

/* What gets the rights of its neighbour becomes one mapping with it, in the middle of the range that is being protected. */
static void protecting_into_neighbour(void)
{
	char *p = mmap(NULL, 8 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	TITLE("mprotect over a border");
	R(mprotect(p + PAGE, 3 * PAGE, PROT_READ | PROT_WRITE));
	memset(p + PAGE, 1, 3 * PAGE);
	R(mprotect(p + 2 * PAGE, 3 * PAGE, PROT_NONE));
	touch("beyond the border", p + 4 * PAGE, 'r');
	R(mprotect(p + PAGE, 7 * PAGE, PROT_READ));
	touch("the whole", p + 7 * PAGE, 'r');
	R(mprotect(p + 3 * PAGE, 5 * PAGE, PROT_NONE));
	R(mprotect(p, 6 * PAGE, PROT_NONE));
	R(munmap(p, 8 * PAGE));
}

static void protecting(void)
{
	int rd = open("f", O_RDONLY);

	TITLE("mprotect");
	R(mprotect(area + 1, PAGE, PROT_READ));
	R(mprotect(area, 0, PROT_READ));
	R(mprotect(area, -1, PROT_READ));
	R(mprotect(area, PAGE, 0x100));
	R(mprotect(area, PAGE, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP));
	R(mprotect(area, PAGE, PROT_READ | PROT_GROWSDOWN));
	R(mprotect(area, PAGE, PROT_READ | PROT_GROWSUP));
	R(mprotect((void *)(1UL << 46), PAGE, PROT_READ));
	R(mprotect((void *)-PAGE, PAGE, PROT_READ));
	munmap(area + 3 * PAGE, PAGE);
	R(mprotect(area, 8 * PAGE, PROT_READ));
	touch("before the hole is read only", area, 'w');
	touch("read it", area, 'r');
	touch("behind the hole", area + 5 * PAGE, 'w');
	touch("in the hole", area + 3 * PAGE + 77, 'w');
	R(mprotect(area, PAGE, PROT_NONE));
	touch("none", area + 5, 'r');
	R(mprotect(area, PAGE, PROT_READ | PROT_WRITE));
	touch("again", area, 'w');
	touch("execute", area, 'x');
	*area = (char)0xc3;
	R(mprotect(area, PAGE, PROT_READ | PROT_EXEC));
	touch("execute", area, 'x');
	touch("write", area, 'w');
	char *p = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, rd, 0);
	R(mprotect(p, PAGE, PROT_READ | PROT_WRITE));
	R(mprotect(p, PAGE, PROT_NONE));
	touch("beyond the end of the file", p + PAGE, 'r');
	char *q = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, rd, 0);
	touch("private, the tail of its last page", q + 100, 'w');
	touch("private, beyond", q + PAGE + 1, 'w');
	touch("not canonical", (char *)0x8000000000000000, 'r');
	touch("the kernel's half", (char *)0xffff800000000000, 'w');
	touch("null", (char *)8, 'w');
	touch("null", (char *)8, 'x');
	close(rd);
	R(munmap(p, 2 * PAGE));
	R(munmap(q, 2 * PAGE));
}

static void heap(void)
{
	char *start = (char *)syscall(SYS_brk, 0), *end = start + 4 * PAGE;

	TITLE("brk");
	V(syscall(SYS_brk, end) == (long)end);
	touch("the new part", end - 1, 'w');
	V(syscall(SYS_brk, 1) == (long)end);
	V(syscall(SYS_brk, -1) == (long)end);
	V(syscall(SYS_brk, 1UL << 46) == (long)end);
	V(syscall(SYS_brk, end + 1) == (long)end + 1);
	touch("the page of it", end + 5, 'r');
	V(syscall(SYS_brk, start) == (long)start);
	touch("given back", end - 1, 'r');
	C(struct rlimit rl = { 0, 0 }; setrlimit(RLIMIT_DATA, &rl); V(syscall(SYS_brk, end) == (long)start);
	  V(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, ANON, -1, 0) == MAP_FAILED ? errno : 0);
	  V(mmap(NULL, PAGE, PROT_READ, ANON, -1, 0) == MAP_FAILED ? errno : 0));
	C(struct rlimit rl = { 1 << 20, 1 << 20 }; setrlimit(RLIMIT_AS, &rl); V(syscall(SYS_brk, end + (1 << 20)) == (long)start);
	  V(mmap(NULL, 1 << 20, PROT_READ, ANON, -1, 0) == MAP_FAILED ? errno : 0));
}

#define MOVE(...) ({ void *p_ = (void *)syscall(SYS_mremap, __VA_ARGS__); \
	printf("mremap(" #__VA_ARGS__ ") = %s\n", p_ == MAP_FAILED ? strerrorname_np(errno) : p_ == area ? "same" : p_ == area + 32 * PAGE ? "there" : "elsewhere"); p_; })

static void moving(void)
{
	char *there = area + 32 * PAGE, *p;

	TITLE("mremap");
	mmap(area, 64 * PAGE, PROT_READ | PROT_WRITE, ANON | MAP_FIXED, -1, 0);
	MOVE(area + 1, PAGE, PAGE, 0);
	MOVE(area, PAGE, 0UL, 0);
	MOVE(area, PAGE, PAGE, 0x100);
	MOVE(area, PAGE, PAGE, MREMAP_FIXED, there);
	MOVE(area, PAGE, PAGE, MREMAP_FIXED | MREMAP_MAYMOVE, there + 1);
	MOVE(area, 4 * PAGE, 4 * PAGE, MREMAP_FIXED | MREMAP_MAYMOVE, area + 2 * PAGE);
	MOVE(area, 4 * PAGE, 8 * PAGE, MREMAP_FIXED | MREMAP_MAYMOVE, area - 2 * PAGE);
	MOVE(area, PAGE, PAGE, MREMAP_FIXED | MREMAP_MAYMOVE, 1UL << 47);
	MOVE(area, PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
	MOVE(area, PAGE, PAGE, MREMAP_DONTUNMAP);
	MOVE(area, PAGE, 1UL << 47, MREMAP_MAYMOVE);
	MOVE(area, PAGE, -1UL, MREMAP_MAYMOVE);
	MOVE(area, -1UL, PAGE, MREMAP_MAYMOVE);
	MOVE(area, 64 * PAGE, 65 * PAGE, 0);
	MOVE(area, 0UL, PAGE, MREMAP_MAYMOVE);
	munmap(area + 8 * PAGE, 8 * PAGE);
	MOVE(area + 8 * PAGE, PAGE, PAGE, 0);
	MOVE(area + 8 * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
	MOVE(area + 7 * PAGE, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE);
	MOVE(area, 8 * PAGE, 17 * PAGE, 0);
	strcpy(area, "moved");
	MOVE(area, 8 * PAGE, 16 * PAGE, 0);
	MOVE(area, 16 * PAGE, 4 * PAGE, 0);
	touch("shrunk", area + 5 * PAGE, 'r');
	MOVE(area, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE);
	MOVE(area, 4 * PAGE, 8 * PAGE, MREMAP_FIXED | MREMAP_MAYMOVE, there);
	S(there);
	touch("left", area, 'r');
	MOVE(there, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 5L);
	MOVE(there, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, there + PAGE);
	p = (char *)syscall(SYS_mremap, there, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);
	S(p);
	V(*there);
	int fd = open("f", O_RDWR);
	p = mmap(area, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	char *dup = MOVE(p, 0UL, PAGE, MREMAP_MAYMOVE);
	*p = 'D';
	V(*dup);
	mprotect(area + PAGE, PAGE, PROT_READ);
	MOVE(area, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE);
	mmap(area, 4 * PAGE, PROT_READ | PROT_WRITE, ANON | MAP_FIXED, -1, 0);
	C(struct rlimit rl = { 8 * PAGE, 8 * PAGE }; setrlimit(RLIMIT_MEMLOCK, &rl); become_user(); R(mlock(area, 4 * PAGE));
	  MOVE(area, 4 * PAGE, 9 * PAGE, MREMAP_MAYMOVE); MOVE(area, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE));
	C(struct rlimit rl = { 1 << 20, 1 << 20 }; setrlimit(RLIMIT_AS, &rl); MOVE(area, 4 * PAGE, 1UL << 20, MREMAP_MAYMOVE));
}

/* A mapping that grows down when touched just below, and the limits of that. */
static void growing(void)
{
	char *top = mmap(NULL, 1024 * PAGE, PROT_NONE, ANON, -1, 0) + 512 * PAGE;

	TITLE("growing down");
	munmap(top - 512 * PAGE, 1024 * PAGE);
	char *p = mmap(top, PAGE, PROT_READ | PROT_WRITE, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
	V(p == top);
	touch("just below", p - 1, 'w');
	touch("a page further", p - PAGE - 8, 'w');
	touch("many pages further", p - 100 * PAGE, 'w');
	touch("between", p - 50 * PAGE, 'r');
	mmap(p - 400 * PAGE, PAGE, PROT_READ | PROT_WRITE, ANON | MAP_FIXED, -1, 0);
	touch("into the guard gap", p - 398 * PAGE, 'w');
	C(struct rlimit rl = { 128 * PAGE, 128 * PAGE }; setrlimit(RLIMIT_STACK, &rl); touch("beyond RLIMIT_STACK", p - 140 * PAGE, 'w');
	  touch("within", p - 110 * PAGE, 'w'));
	R(mprotect(p, PAGE, PROT_READ | PROT_GROWSDOWN));
	touch("all of it is read only", p - 20 * PAGE, 'w');
}

/* Mappings go from the top down, and the highest gap that is large enough is taken again. */
static void gaps(void)
{
	char *p[64];

	TITLE("gaps");
	for (int i = 0; i < 64; i++)	/* of changing rights, so that none is merged with the last */
		p[i] = mmap(NULL, 4096, i & 1 ? PROT_READ : PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	V(p[63] < p[32] && p[32] < p[31]);
	munmap(p[40], 4096);
	munmap(p[20], 4096);
	munmap(p[21], 4096);
	char *two = mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *one = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	V(two == p[21]);
	V(one == p[40]);
}

int main(void)
{
	gaps();
	static char stack[32768];
	stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction sa = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	sigaltstack(&ss, NULL);
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	area = mmap(NULL, 192 * PAGE, PROT_NONE, ANON, -1, 0) + 64 * PAGE;
	make_file("f", "contents of the file");
	refused_mmap();
	placing();
	protecting();
	protecting_into_neighbour();
	heap();
	moving();
	growing();
	return 0;
}
