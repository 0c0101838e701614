/* SPDX-License-Identifier: GPL-2.0 */
/* Locks: how they are kept, and the record locks for fcntl(2). All sleep unless noted. */
#ifndef FS_LOCKS_H
#define FS_LOCKS_H

#include "internal.h"

#define LOCK_SH_	1	/* flock(2): the ABI headers have other names for them */
#define LOCK_EX_	2
#define LOCK_NB_	4
#define LOCK_UN_	8

enum lock_kind { LOCK_FLOCK, LOCK_RECORD };

struct file_lock {
	struct list_head node;		/* on inode->locks */
	enum lock_kind kind;
	int type;			/* F_RDLCK, F_WRLCK; F_UNLCK in requests */
	const void *owner;		/* struct files, or struct file */
	int pid;			/* of the process, for those who ask; -1: of an open file */
	loff_t start, end;		/* inclusive; to the end: S64_MAX */
};
/* The lowest lock that keeps req from being granted, or NULL. Never sleeps. */
struct file_lock *find_conflict(const struct inode *inode, const struct file_lock *req);
int set_record_lock(struct inode *inode, struct file_lock *req, bool wait);	/* 0, -EAGAIN, -EDEADLK, -ENOLCK, or interrupted; changes req */

long fcntl_getlk(struct file *f, uaddr_t uflock, bool ofd);
long fcntl_setlk(int fd, struct file *f, uaddr_t uflock, bool ofd, bool wait);

#endif
