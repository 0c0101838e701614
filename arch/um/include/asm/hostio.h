/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Host events in the kernel: descriptors that become ready, and file I/O done by helper threads.
 * Callbacks run at safe points in ordinary kernel context (kernel lock held, on whatever task's stack is current);
 * they never sleep.
 */
#ifndef ASM_HOSTIO_H
#define ASM_HOSTIO_H

#include <kernel/types.h>
#include <asm/os.h>

/* Watch a host descriptor. Edge-triggered: read until -EAGAIN. events: EPOLLIN, EPOLLOUT (same values as EPOLL* of the ABI). */
struct hostfd {
	int fd;
	void (*fn)(struct hostfd *h, u32 events);
	bool watched;
};
int hostfd_watch(struct hostfd *h, u32 events);	/* 0, -errno. h->fd and h->fn are set by the caller. */
void hostfd_unwatch(struct hostfd *h);
/* For the safe points: ev[].data is a struct hostfd. One that an earlier callback unwatched is left out. */
void hostfd_dispatch(struct os_event *ev, int n);

/* One file operation, the non-blocking way first, else on a helper thread. */
enum hostio_op { HOSTIO_READ, HOSTIO_WRITE, HOSTIO_FSYNC, HOSTIO_PUNCH, HOSTIO_ZERO };
struct hostio_seg { void *addr; u64 len; };	/* the layout of struct iovec */
struct hostio {
	enum hostio_op op;
	int fd;
	u64 off, len;			/* bytes; READ and WRITE: the sum of segs */
	const struct hostio_seg *segs;	/* READ, WRITE: valid until done */
	int nsegs;
	bool blocks;			/* WRITE: to a descriptor with O_SYNC */
	/* result 0 (all of it; READ past the end of the file gives zeros) or -errno. May be called before hostio_submit returns. */
	void (*done)(struct hostio *io, int err);

	/* hostio's own */
	struct os_work work;
	u64 moved;			/* READ, WRITE: bytes so far */
	int result;
};
void hostio_submit(struct hostio *io);		/* Never sleeps. */
void hostio_complete(void);			/* for the safe points, at OS_EV_IO: calls done() of all that helper threads finished */

#endif
