/* SPDX-License-Identifier: GPL-2.0 */
/* Locks: how they are kept, and the record locks for fcntl(2). All sleep unless noted. */
#ifndef FS_LOCKS_H
#define FS_LOCKS_H

#include "internal.h"

#define LOCK_SH_	1	/* flock(2): the ABI headers have other names for them */
#define LOCK_EX_	2
#define LOCK_NB_	4
#define LOCK_UN_	8

enum lock_kind { LOCK_FLOCK, LOCK_RECORD, LOCK_LEASE };

#define LEASE_WHOLE	(-1)		/* nobody wants it back */

struct file_lock {
	struct list_head node;		/* on inode->locks */
	enum lock_kind kind;
	int type;			/* F_RDLCK, F_WRLCK; F_UNLCK in requests */
	const void *owner;		/* struct files, or struct file */
	int pid;			/* of the process, for those who ask; -1: of an open file */
	loff_t start, end;		/* inclusive; to the end: S64_MAX */
	int breaking;			/* leases: what it is to become, or LEASE_WHOLE */
	u64 until_ns;			/* … and by when */
};
/* The lowest lock that keeps req from being granted, or NULL. Never sleeps. */
struct file_lock *find_conflict(const struct inode *inode, const struct file_lock *req);
int set_record_lock(struct inode *inode, struct file_lock *req, bool wait);	/* 0, -EAGAIN, -EDEADLK, -ENOLCK, or interrupted; changes req */

/* What waits for a change of inode's locks, and waking it. Neither sleeps. */
struct wait_queue *lock_queue(const struct inode *inode);
void locks_wake(struct inode *inode);
void lock_free(struct file_lock *l);	/* takes it off its list */

void file_signal_owner(struct file *f, int band);	/* F_SETSIG's signal or SIGIO, O_ASYNC or not. Never sleeps. */
void file_own_if_nobody(struct file *f);		/* the current process gets its signals, unless somebody does */

long fcntl_setlease(int fd, struct file *f, int type);
long fcntl_getlease(struct file *f);
long fcntl_getlk(struct file *f, uaddr_t uflock, bool ofd);
long fcntl_setlk(int fd, struct file *f, uaddr_t uflock, bool ofd, bool wait);

#endif
