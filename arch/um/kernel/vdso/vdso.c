/* SPDX-License-Identifier: GPL-2.0 */
/* The guest's vDSO: time without a system call. Runs in guest programs; names and versions as in man 7 vdso. */
#include <linux/time.h>
#include <asm/unistd.h>
#include <asm/vvar.h>

extern const volatile struct vvar vvar_page __attribute__((visibility("hidden")));

#define NSEC	1000000000ULL

static long syscall2(long nr, long a, long b)
{
	long ret;

	__asm__ volatile("syscall" : "=a"(ret) : "a"(nr), "D"(a), "S"(b) : "rcx", "r11", "memory");
	return ret;
}

/* Monotonic (or, with real, wall) time in ns; 0: not to be had here. */
static unsigned long long read_ns(int real)
{
	unsigned long long ns;
	unsigned seq;

	do {
		seq = __atomic_load_n(&vvar_page.seq, __ATOMIC_ACQUIRE);
		if (!vvar_page.tsc)
			return 0;
		ns = vvar_mono(&vvar_page) + (real ? vvar_page.real_offset : 0);
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
	} while (seq != vvar_page.seq);
	return ns;
}

int __vdso_clock_gettime(int id, struct timespec *ts);
int __vdso_clock_gettime(int id, struct timespec *ts)
{
	unsigned long long ns = 0;

	switch (id) {
	case CLOCK_REALTIME: case CLOCK_REALTIME_COARSE: case CLOCK_TAI:
		ns = read_ns(1);
		break;
	case CLOCK_MONOTONIC: case CLOCK_MONOTONIC_COARSE: case CLOCK_MONOTONIC_RAW: case CLOCK_BOOTTIME:
		ns = read_ns(0);
		break;
	}
	if (!ns)
		return (int)syscall2(__NR_clock_gettime, id, (long)ts);
	ts->tv_sec = (long)(ns / NSEC);
	ts->tv_nsec = (long)(ns % NSEC);
	return 0;
}

int __vdso_gettimeofday(struct timeval *tv, struct timezone *tz);
int __vdso_gettimeofday(struct timeval *tv, struct timezone *tz)
{
	unsigned long long ns = tz ? 0 : read_ns(1);

	if (!ns)
		return (int)syscall2(__NR_gettimeofday, (long)tv, (long)tz);
	if (tv) {
		tv->tv_sec = (long)(ns / NSEC);
		tv->tv_usec = (long)(ns % NSEC / 1000);
	}
	return 0;
}

long __vdso_time(long *t);
long __vdso_time(long *t)
{
	unsigned long long ns = read_ns(1);

	if (!ns)
		return syscall2(__NR_time, (long)t, 0);
	if (t)
		*t = (long)(ns / NSEC);
	return (long)(ns / NSEC);
}

int __vdso_clock_getres(int id, struct timespec *ts);
int __vdso_clock_getres(int id, struct timespec *ts)
{
	return (int)syscall2(__NR_clock_getres, id, (long)ts);
}

/* There is one virtual CPU. */
long __vdso_getcpu(unsigned *cpu, unsigned *node, void *unused);
long __vdso_getcpu(unsigned *cpu, unsigned *node, void *unused)
{
	if (cpu)
		*cpu = 0;
	if (node)
		*node = 0;
	return 0;
}

#define ALIAS(name) __typeof__(__vdso_##name) name __attribute__((weak, alias("__vdso_" #name)))
ALIAS(clock_gettime);
ALIAS(gettimeofday);
ALIAS(time);
ALIAS(clock_getres);
ALIAS(getcpu);
