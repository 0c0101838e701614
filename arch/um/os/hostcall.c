/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of host calls (/proc/um/hostcalls) and their injected failures (fail=<call>:<n>[:<errno>]). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <asm/os.h>
#include "hostcall.h"

extern struct hostcall __start_hostcalls[], __stop_hostcalls[];

bool hostcall_fail_on;
static char fail_name[32];
static long fail_countdown;
static int fail_errno = EIO;

int hostcall_fails(const char *name)
{
	if (strcmp(name, fail_name) || --fail_countdown)
		return 0;
	return fail_errno;
}

int os_hostcall_fail(const char *spec)
{
	const char *colon = strchr(spec, ':');
	struct hostcall *h;
	char *end;

	if (!colon || colon - spec >= (int)sizeof(fail_name))
		return -EINVAL;
	memcpy(fail_name, spec, colon - spec);
	fail_name[colon - spec] = '\0';
	fail_countdown = strtol(colon + 1, &end, 10);
	if (fail_countdown <= 0)
		return -EINVAL;
	if (*end == ':')
		fail_errno = (int)strtol(end + 1, &end, 10);
	if (*end || fail_errno <= 0)
		return -EINVAL;
	for (h = __start_hostcalls; h < __stop_hostcalls; h++)
		if (!strcmp(h->name, fail_name))
			hostcall_fail_on = true;
	return hostcall_fail_on ? 0 : -ENOENT;
}

bool os_hostcall_fail_reached(void)
{
	return !hostcall_fail_on || fail_countdown <= 0;
}

static int seen_before(const struct hostcall *h)
{
	for (const struct hostcall *p = __start_hostcalls; p < h; p++)
		if (!strcmp(p->name, h->name))
			return 1;
	return 0;
}

size_t os_hostcalls_text(char *buf, size_t size)
{
	size_t len = 0;

	for (struct hostcall *h = __start_hostcalls; h < __stop_hostcalls && len < size; h++) {
		unsigned long n = 0;

		if (seen_before(h))
			continue;
		for (struct hostcall *p = h; p < __stop_hostcalls; p++)
			if (!strcmp(p->name, h->name))
				n += p->count;
		len += (size_t)snprintf(buf + len, size - len, "%-20s %lu\n", h->name, n);
	}
	return len < size ? len : size;
}
