/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each user has of things that are limited per user, counted for the real user id of who made them. A struct ucounts
 * lives as long as credentials or a charge refer to it.
 */
#ifndef KERNEL_UCOUNT_H
#define KERNEL_UCOUNT_H

#include <kernel/types.h>
#include <lib/list.h>

enum ucount {
	UCOUNT_SIGNALS,			/* queued: RLIMIT_SIGPENDING */
	UCOUNT_PIPE_PAGES,		/* slots of pipes: fs.pipe-user-pages-soft and -hard */
	UCOUNT_FDS_IN_FLIGHT,		/* in queues of sockets: RLIMIT_NOFILE */
	UCOUNT_EPOLL_WATCHES,		/* fs.epoll.max_user_watches */
	UCOUNT_INOTIFY_INSTANCES,	/* fs.inotify.max_user_instances */
	UCOUNT_INOTIFY_WATCHES,		/* fs.inotify.max_user_watches */
	UCOUNTS
};

struct ucounts { struct hlist_node node; uid_t uid; int refs; unsigned long count[UCOUNTS]; };
extern struct ucounts init_ucounts;

struct ucounts *ucounts_of(uid_t uid);		/* with a reference; NULL: no memory. Sleeps. */
struct ucounts *ucounts_get(struct ucounts *u);
void ucounts_put(struct ucounts *u);
/* n more of what, unless that makes more than limit: false. A charge holds a reference; one uncharge of the same n ends it. */
bool ucount_charge(struct ucounts *u, enum ucount what, unsigned long n, u64 limit);
void ucount_uncharge(struct ucounts *u, enum ucount what, unsigned long n);

#endif
