/* SPDX-License-Identifier: GPL-2.0 */
/* Leases on files (fs/lease.c): what opening and truncating ask before they go on. */
#ifndef FS_LEASE_H
#define FS_LEASE_H

#include <fs/fs.h>

int lease_break_slow(struct inode *inode, bool write, bool nonblock);

/* Waits until no lease forbids that the file is used so. 0, -EAGAIN (nonblock), -ERESTARTSYS. Sleeps. */
static inline int lease_break(struct inode *inode, bool write, bool nonblock)
{
	return likely(list_empty(&inode->locks)) ? 0 : lease_break_slow(inode, write, nonblock);
}

#endif
