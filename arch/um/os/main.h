/* SPDX-License-Identifier: GPL-2.0 */
/* Between main.c and process.c. */
#ifndef OS_MAIN_H
#define OS_MAIN_H

void os_process_init(int argc, char **argv, char **envp);

#endif
