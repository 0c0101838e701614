/* SPDX-License-Identifier: GPL-2.0 */
/* The page below the vDSO, from which guests compute time. Changed only while no guest code runs; seq tells a reader that was interrupted. */
#ifndef ASM_VVAR_H
#define ASM_VVAR_H

struct vvar {
	unsigned seq;
	unsigned tsc;			/* 1: the fields below are good; 0: ask by system call */
	unsigned long long tsc_base, ns_base;	/* CLOCK_MONOTONIC was ns_base when the counter was tsc_base */
	unsigned long long mult;		/* ns per tick, 32 fraction bits */
	unsigned long long real_offset;		/* CLOCK_REALTIME - CLOCK_MONOTONIC */
};

static inline unsigned long long vvar_rdtsc(void)
{
	unsigned lo, hi;

	__asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (unsigned long long)hi << 32 | lo;
}

static inline unsigned long long vvar_mono(const volatile struct vvar *v)
{
	unsigned long long t = vvar_rdtsc(), d = t > v->tsc_base ? t - v->tsc_base : 0;

	return v->ns_base + (unsigned long long)((unsigned __int128)d * v->mult >> 32);
}

#endif
