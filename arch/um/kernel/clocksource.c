/* SPDX-License-Identifier: GPL-2.0 */
/* The clock source of real time: the host's monotonic clock, counted from our start. */
#include <asm/clock.h>
#include <asm/os.h>

static u64 boot_ns;

static u64 host_clock_mono(void)
{
	return os_monotonic_ns() - boot_ns;
}

static u64 host_clock_real(void)
{
	return os_realtime_ns();
}

static u64 host_clock_to_host(u64 mono_ns)
{
	return mono_ns + boot_ns;
}

static const struct clocksource host_clock = { "host", host_clock_mono, host_clock_real, host_clock_to_host };
const struct clocksource *clocksource = &host_clock;

void clocksource_init(void)
{
	boot_ns = os_monotonic_ns();
	clock_init();
}
