// SPDX-License-Identifier: GPL-2.0
/* The simplest channels: fd:<n>, a descriptor we were started with; null, where nothing comes from; none, no line at all. */
#include <drivers/chan.h>
#include <lib/string.h>
#include <asm/os.h>

static int number_of(const char *arg)
{
	int n;

	return !arg[0] || kstrtoint(arg, 10, &n) || n < 0 ? -1 : n;
}

static const char *fd_check(const char *arg)
{
	struct os_stat st;

	if (number_of(arg) < 0)
		return "fd: wants the number of a descriptor";
	return os_fstat(number_of(arg), &st) ? "no such descriptor is open; the shell opens it by <> or exec" : NULL;
}

static int fd_open(struct chan_half *half)
{
	int fd = os_tty_open(number_of(half->arg));

	if (fd < 0)
		return fd;
	half->h.fd = fd;
	return 0;
}

static void fd_describe(struct chan_half *half, char *buf, size_t size)
{
	snprintf(buf, size, "fd:%d", number_of(half->arg));
}

static const struct chan_type fd_chan = {
	.name = "fd", .has_arg = true, .check = fd_check, .open = fd_open, .describe = fd_describe,
};
static const struct chan_type null_chan = { .name = "null" };
static const struct chan_type none_chan = { .name = "none", .absent = true };
CHAN_TYPE(fd_chan);
CHAN_TYPE(null_chan);
CHAN_TYPE(none_chan);
