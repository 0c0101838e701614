/* SPDX-License-Identifier: GPL-2.0 */
/* The clock source: the one table of functions behind all guest time, so that a virtual-time mode can replace it. */
#ifndef ASM_CLOCK_H
#define ASM_CLOCK_H

#include <kernel/types.h>

struct clocksource {
	const char *name;
	u64 (*mono_ns)(void);		/* 0 at boot, never goes back */
	u64 (*real_ns)(void);		/* the host's idea of wall time; asked once at boot */
	u64 (*to_host)(u64 mono_ns);	/* for the host's timer */
};
extern const struct clocksource *clocksource;
static inline u64 host_mono_ns(void) { return clocksource->mono_ns(); }
static inline u64 host_real_ns(void) { return clocksource->real_ns(); }

void clocksource_init(void);
void clocksource_share(void *page);	/* the page that guests read (struct vvar) */
void clock_init(void);			/* kernel/timer.c: real time from the host */
void clock_tick(u64 now_ns);		/* at safe points: for coarse time */

#endif
