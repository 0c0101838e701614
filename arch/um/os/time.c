/* SPDX-License-Identifier: GPL-2.0 */
/* The host's clocks. Read through the host's vDSO: no host call where that serves. */
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <asm/os.h>
#include "hostcall.h"

static os_u64 read_clock(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (os_u64)ts.tv_sec * 1000000000ULL + (os_u64)ts.tv_nsec;
}

os_u64 os_monotonic_ns(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

os_u64 os_realtime_ns(void)
{
	return read_clock(CLOCK_REALTIME);
}

static bool file_has(const char *path, const char *word)
{
	static char buf[16384];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (n <= 0)
		return false;
	buf[n] = '\0';
	return strstr(buf, word) != NULL;
}

/* kvm-clock is the counter scaled by the hypervisor; it serves as well where the counter never stops. */
bool os_tsc_is_clock(void)
{
	const char *clock = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

	if (!file_has("/proc/cpuinfo", " nonstop_tsc"))
		return false;
	return file_has(clock, "tsc") || file_has(clock, "kvm-clock");
}

void os_sleep_ns(os_u64 ns)
{
	struct timespec ts = { (time_t)(ns / 1000000000ULL), (long)(ns % 1000000000ULL) };

	nanosleep(&ts, NULL);
}
