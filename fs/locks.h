/* SPDX-License-Identifier: GPL-2.0 */
/* Record locks, for fcntl(2). All sleep. */
#ifndef FS_LOCKS_H
#define FS_LOCKS_H

#include "internal.h"

#define LOCK_SH_	1	/* flock(2): the ABI headers have other names for them */
#define LOCK_EX_	2
#define LOCK_NB_	4
#define LOCK_UN_	8

long fcntl_getlk(struct file *f, uaddr_t uflock, bool ofd);
long fcntl_setlk(int fd, struct file *f, uaddr_t uflock, bool ofd, bool wait);

#endif
