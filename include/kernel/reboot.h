/* SPDX-License-Identifier: GPL-2.0 */
/* The ways the whole kernel ends. kernel_…() do not sync: shutdown_all() comes first, unless there is reason not to. */
#ifndef KERNEL_REBOOT_H
#define KERNEL_REBOOT_H

#include <kernel/types.h>

extern int machine_exit_code;		/* our exit status at a power-off or halt: /proc/exitcode */
void kernel_restart(void) __noreturn;	/* starts anew with the same arguments; with noreboot, exits */
void kernel_power_off(void) __noreturn;
void kernel_halt(void) __noreturn;	/* a process that does nothing is no use to anybody: exits too */
/*
 * Kills all processes and leaves every disk clean: then call one of the above. Kernel threads only; a second caller does not
 * come back. Sleeps. shutdown_by() is for processes: a kernel thread does both, and they wait to be killed (-ERESTARTSYS).
 */
void shutdown_all(void);
long shutdown_by(void (*way)(void));
void ctrl_alt_del(void);		/* Ctrl-Alt-Del was pressed: restarts at once, or SIGINT to init, as reboot(2) set it. Never sleeps. */

#endif
