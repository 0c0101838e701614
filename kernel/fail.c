/* SPDX-License-Identifier: GPL-2.0 */
/* Fault injection: fail=<host call>:<n>[:<errno>], fail=alloc:<n>, cut=<disk>:<n>. Tests loop n until a run passes untouched. */
#include <drivers/blkdev.h>
#include <fs/proc.h>
#include <kernel/boot.h>
#include <kernel/bug.h>
#include <kernel/fail.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/string.h>
#include <asm/os.h>

bool fail_alloc_on;
static u64 fail_alloc_countdown;
static char cut_disk[16];
static u64 cut_count = U64_MAX;

bool fail_alloc_slow(void)
{
	if (!fail_alloc_countdown || --fail_alloc_countdown)
		return false;
	fail_alloc_on = false;
	pr_notice("fail=alloc: this allocation fails, as asked:\n");
	show_backtrace();
	return true;
}

/* Counting starts when user space does: boot itself has nobody to report to. */
void fail_alloc_start(void)
{
	fail_alloc_on = fail_alloc_countdown > 0;
}

static int fail_option(char *value)
{
	int err;

	if (str_has_prefix(value, "alloc:")) {
		if (kstrtou64(value + 6, 10, &fail_alloc_countdown) || !fail_alloc_countdown)
			return option_error("fail=%s: fail=alloc:<n>, n from 1", value);
		return 0;
	}
	err = os_hostcall_fail(value);
	if (err == -ENOENT)
		return option_error("fail=%s: there is no such host call; /proc/um/hostcalls lists them", value);
	return err ? option_error("fail=%s: fail=<call>:<n>[:<errno>], n from 1", value) : 0;
}
BOOT_OPTION("fail=", fail_option, "<call>:<n>[:<errno>]|alloc:<n>", "make the n-th such host call, or allocation, fail (for tests)");

static int cut_option(char *value)
{
	char *colon = strchr(value, ':');

	if (!colon || kstrtou64(colon + 1, 10, &cut_count) || colon - value >= (long)sizeof(cut_disk))
		return option_error("cut=%s: cut=<disk>:<n>, as in cut=ubda:100", value);
	memcpy(cut_disk, value, (size_t)(colon - value));
	return 0;
}
BOOT_OPTION("cut=", cut_option, "<disk>:<n>", "lose all writes to the disk after the n-th, as a power cut does (for tests)");

static int check_cut(void)
{
	if (*cut_disk && !blk_find_name(cut_disk))
		boot_refused("cut=%s:%llu: no such disk; give ubd0=<image>", cut_disk, (unsigned long long)cut_count);
	return 0;
}
late_initcall(check_cut);

u64 cut_after(const char *disk)
{
	return strcmp(disk, cut_disk) ? U64_MAX : cut_count;
}

/* Whether the fault that was asked for has come: a test asks for a later one until none does. */
static int fail_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "alloc %s\n", !fail_alloc_countdown ? "reached" : "waits");
	seq_printf(m, "hostcall %s\n", os_hostcall_fail_reached() ? "reached" : "waits");
	return 0;
}
PROC_FILE("um/fail", 0400, fail_show);
