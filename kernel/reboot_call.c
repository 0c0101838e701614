// SPDX-License-Identifier: GPL-2.0
/* reboot(2), and what Ctrl-Alt-Del does. */
#include <kernel/cred.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <lib/string.h>
#include <linux/reboot.h>

static bool cad_restarts = true;

static void cad_work(struct work *w)
{
	shutdown_all();
	kernel_restart();
}
static struct work cad = { .fn = cad_work };

void ctrl_alt_del(void)
{
	siginfo_t info;

	if (cad_restarts || !init_process) {
		work_queue(&cad);
		return;
	}
	siginfo_kernel(&info, SIGINT, SI_KERNEL);
	send_signal_process(SIGINT, &info, init_process);
}

static bool valid_magic(unsigned long m1, unsigned long m2)
{
	if ((u32)m1 != LINUX_REBOOT_MAGIC1)
		return false;
	return (u32)m2 == LINUX_REBOOT_MAGIC2 || (u32)m2 == LINUX_REBOOT_MAGIC2A ||
	       (u32)m2 == LINUX_REBOOT_MAGIC2B || (u32)m2 == LINUX_REBOOT_MAGIC2C;
}

static long restart_with(uaddr_t uarg)
{
	char arg[256];
	ssize_t len = strncpy_from_user(arg, uarg, sizeof(arg));

	if (len == -EFAULT)
		return -EFAULT;
	arg[sizeof(arg) - 1] = '\0';
	pr_emerg("restarting system with command '%s'\n", arg);
	return shutdown_by(kernel_restart);
}

long sys_reboot(unsigned long magic1, unsigned long magic2, unsigned long cmd, uaddr_t uarg)
{
	if (!capable(CAP_SYS_BOOT))
		return -EPERM;
	if (!valid_magic(magic1, magic2))
		return -EINVAL;
	switch ((u32)cmd) {
	case LINUX_REBOOT_CMD_RESTART:
		return shutdown_by(kernel_restart);
	case LINUX_REBOOT_CMD_CAD_ON:
	case LINUX_REBOOT_CMD_CAD_OFF:
		cad_restarts = (u32)cmd == LINUX_REBOOT_CMD_CAD_ON;
		return 0;
	case LINUX_REBOOT_CMD_HALT:
		return shutdown_by(kernel_halt);
	case LINUX_REBOOT_CMD_POWER_OFF:
		return shutdown_by(kernel_power_off);
	case LINUX_REBOOT_CMD_RESTART2:
		return restart_with(uarg);
	}
	return -EINVAL;
}
