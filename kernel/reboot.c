// SPDX-License-Identifier: GPL-2.0
/* Restart, power-off and halt, and the exit status that the host sees. */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <fs/proc.h>
#include <lib/misc.h>
#include <lib/string.h>
#include <asm/os.h>

int machine_exit_code;
static bool noreboot;

static void leave(const char *why, int status) __noreturn;
static void leave(const char *why, int status)
{
	pr_emerg("reboot: %s\n", why);
	console_flush_all();
	os_exit(status);
}

void kernel_power_off(void)
{
	leave("Power down", machine_exit_code);
}

void kernel_halt(void)
{
	leave("System halted", machine_exit_code);
}

void kernel_restart(void)
{
	int err;

	if (noreboot)
		leave("Restarting is switched off (noreboot)", machine_exit_code);
	pr_emerg("reboot: Restarting system\n");
	console_flush_all();
	err = os_reexec();
	pr_emerg("reboot: cannot start anew: %s\n", errno_text(err));
	leave("Power down", 1);
}

static int noreboot_option(char *value)
{
	noreboot = true;
	return 0;
}
BOOT_OPTION("noreboot", noreboot_option, "", "exit where the guest wants to reboot");

static int exitcode_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%d\n", machine_exit_code);
	return 0;
}

static ssize_t exitcode_write(char *text, size_t n, void *arg)
{
	int code;

	if (n > 6 || kstrtoint(text, 10, &code))
		return -EINVAL;
	machine_exit_code = code;
	return (ssize_t)n;
}
PROC_FILE_RW("exitcode", 0600, exitcode_show, exitcode_write, NULL);
