/* SPDX-License-Identifier: GPL-2.0 */
/* The steps of booting, between arch/um's setup and init/. */
#ifndef KERNEL_BOOT_H
#define KERNEL_BOOT_H

#include <kernel/types.h>

/* Reads the command line. 0: boot; 1: all was said (--help …), exit with 0; -EINVAL: refused, said why. */
int parse_options(int argc, char **argv);
void start_kernel(void) __noreturn;	/* memory and host are there; current is the idle task */
int kunit_run(const char *only);	/* 0 or 1; NULL: all */
void mount_root(void);			/* init/mount_root.c */
bool initramfs_has_init(void);		/* init/initramfs.c: then no root is mounted and rdinit_path is run */
extern const char *rdinit_path;
void boot_refused(const char *fmt, ...) __printf(1, 2) __noreturn;	/* no root, no init: says so on the terminal, exits with 1. Sleeps. */
void fail_alloc_start(void);
void kernel_terminate(void) __noreturn;	/* the host wants us gone: sync, exit 1. Sleeps. */

extern u64 mem_bytes;			/* mem= */
extern bool kunit_wanted;
extern const char *kunit_name;
extern char *init_path;			/* init=, or NULL */
extern const char *init_argv[], *init_envp[];	/* with what the options did not take; init_argv[0] is free */

#endif
