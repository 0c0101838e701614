/* SPDX-License-Identifier: GPL-2.0 */
/* The ways the whole kernel ends. None of them syncs: callers do that first, or have reason not to. But for ctrl_alt_del(), none returns. */
#ifndef KERNEL_REBOOT_H
#define KERNEL_REBOOT_H

#include <kernel/types.h>

extern int machine_exit_code;		/* our exit status at a power-off or halt: /proc/exitcode */
void kernel_restart(void) __noreturn;	/* starts anew with the same arguments; with noreboot, exits */
void kernel_power_off(void) __noreturn;
void kernel_halt(void) __noreturn;	/* a process that does nothing is no use to anybody: exits too */
void ctrl_alt_del(void);		/* Ctrl-Alt-Del was pressed: restarts at once, or SIGINT to init, as reboot(2) set it. Never sleeps. */

#endif
