/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The leak report of a debugging kernel (CONFIG_DEBUG_LEAKS): what is in use just before the root file system is mounted is
 * what boot left; whatever is in use beyond that when all processes are dead and all file systems unmounted has leaked.
 */
#ifndef KERNEL_LEAKS_H
#define KERNEL_LEAKS_H

#ifdef CONFIG_DEBUG_LEAKS
void leaks_begin(void);
void vfs_tear_down(void);	/* its part of the report, fs/teardown.c */
/* Unmounts everything, empties caches and pools, prints one line "leaks: …". Nothing runs afterwards. Sleeps. */
void leaks_report(void);
#else
static inline void leaks_begin(void) { }
static inline void leaks_report(void) { }
#endif

#endif
