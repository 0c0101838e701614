/* SPDX-License-Identifier: GPL-2.0 */
/* For the unit tests of the VFS: a tmpfs of their own at /kunit, and calls with errno results. */
#ifndef FS_TEST_H
#define FS_TEST_H

#include "internal.h"
#include <kernel/kunit.h>

int t_begin(const char *options);		/* mounts it; 0 or -errno */
void t_end(void);				/* unmounts it: fails the test if it is busy */
int t_mkdir(const char *path);
int t_write(const char *path, const char *text);	/* creates or truncates */
int t_symlink(const char *target, const char *path);
int t_unlink(const char *path);
int t_lookup(const char *path, unsigned flags);	/* 0 or -errno */
const char *t_path(const char *path, unsigned flags);	/* where a walk ends, as d_path says it; static buffer; NULL: an error */

#endif
