/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clock source of real time: the host's monotonic clock counted from our start. Where the host's clock is the time stamp
 * counter, the counter is read instead, by the same numbers that the vDSO uses, so that both always agree; they are brought
 * in line with the host's clock now and then: never by a step back, but by running a little slower or faster for a while.
 */
#include <kernel/sched.h>
#include <lib/string.h>
#include <asm/clock.h>
#include <asm/os.h>
#include <asm/vvar.h>

#define WARM_UP_NS	(20 * NSEC_PER_MSEC)	/* before this the rate is not known well */
#define SYNC_NS		(100 * NSEC_PER_MSEC)
#define MAX_SLEW_NS	500000LL		/* a second */
#define JUMP_NS		10000000LL

static u64 boot_ns, boot_tsc;
static bool use_tsc;
static struct vvar own, *vvar = &own;		/* own until the guests' page exists */
static u64 sync_ticks;				/* how long the numbers are good */

static u64 host_now(void)
{
	return os_monotonic_ns() - boot_ns;
}

/* The rate comes from the whole time since boot; the error so far is worked off over the next second. */
static void sync_clock(void)
{
	u64 tsc = vvar_rdtsc(), host = host_now(), now = host, mult;
	s64 err = 0;

	if (host < WARM_UP_NS)
		return;
	mult = (u64)(((unsigned __int128)host << 32) / (tsc - boot_tsc));
	if (vvar->tsc) {
		now = vvar_mono(vvar);
		err = (s64)(host - now);
	}
	if (err > JUMP_NS) {			/* the host was asleep */
		now = host;
		err = 0;
	}
	err = clamp(err, -MAX_SLEW_NS, MAX_SLEW_NS);
	vvar->seq++;
	vvar->tsc_base = tsc;
	vvar->ns_base = now;
	vvar->mult = mult + (u64)((__int128)(s64)mult * err / (s64)NSEC_PER_SEC);
	vvar->real_offset = ktime_real_offset();
	vvar->tsc = 1;
	vvar->seq++;
	sync_ticks = (u64)(((unsigned __int128)SYNC_NS << 32) / mult);
}

static u64 clock_mono(void)
{
	if (!use_tsc)
		return host_now();
	if (!vvar->tsc || vvar_rdtsc() - vvar->tsc_base > sync_ticks) {
		sync_clock();
		if (!vvar->tsc)
			return host_now();
	}
	return vvar_mono(vvar);
}

static u64 clock_real(void)
{
	return os_realtime_ns();
}

static u64 clock_to_host(u64 mono_ns)
{
	return mono_ns + boot_ns;
}

static const struct clocksource host_clock = { "host", clock_mono, clock_real, clock_to_host };
const struct clocksource *clocksource = &host_clock;

void clocksource_share(void *page)
{
	memcpy(page, vvar, sizeof(*vvar));
	vvar = page;
}

void vdso_update_clock(void)
{
	vvar->seq++;
	vvar->real_offset = ktime_real_offset();
	vvar->seq++;
}

void clocksource_init(void)
{
	boot_ns = os_monotonic_ns();
	boot_tsc = vvar_rdtsc();
	use_tsc = os_tsc_is_clock();
	clock_init();
}
