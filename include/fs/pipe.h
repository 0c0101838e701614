/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pipes and FIFOs: a ring of slots, each a part of a page. A slot that was made by write(2) takes more data at its end;
 * one that splice(2) put there may be a page of a file and is never written to.
 * pipe->lock is held across copies to and from user memory, which may sleep.
 */
#ifndef FS_PIPE_H
#define FS_PIPE_H

#include <fs/fasync.h>
#include <fs/fs.h>
#include <mm/page.h>

#define PIPE_BUF_MERGE	1		/* may be appended to */
#define PIPE_BUF_PACKET	2		/* O_DIRECT: read alone */

struct pipe_buf { struct page *page; u32 off, len; u32 flags; };

struct pipe {
	struct mutex lock;
	struct pipe_buf *bufs;
	u32 head, tail;			/* count slots ever filled and emptied */
	u32 nslots;			/* a power of two */
	struct ucounts *ucounts;	/* of who made it: charged for nslots */
	int readers, writers, files;	/* open ends; files counts both */
	u32 reader_opens, writer_opens;	/* ever: FIFO opens wait for a change */
	struct wait_queue rd, wr;
	struct fasync_list fasync_rd, fasync_wr;
	struct page *spare[2];
	bool polled;			/* somebody watches for edges: each write is one */
};

static inline u32 pipe_used(const struct pipe *p) { return p->head - p->tail; }
static inline bool pipe_empty(const struct pipe *p) { return p->head == p->tail; }
static inline bool pipe_full(const struct pipe *p) { return pipe_used(p) >= p->nslots; }
static inline struct pipe_buf *pipe_slot(const struct pipe *p, u32 i) { return &p->bufs[i & (p->nslots - 1)]; }

bool pipe_slots_new(struct pipe *p);		/* an empty ring. false: no memory, or over the user's limit */
void pipe_slots_free(struct pipe *p);
struct pipe *file_pipe(struct file *f);		/* NULL: not a pipe or FIFO */
void pipe_buf_drop(struct pipe *p, struct pipe_buf *b);	/* gives its page back */
/*
 * Wait, lock held (and dropped meanwhile). 0: there is something to do; -EAGAIN, -ERESTARTSYS, -EPIPE (after SIGPIPE).
 * waited: slept, and so may have got a wake-up that others need too.
 */
int pipe_wait_data(struct pipe *p, bool nonblock, bool *waited);	/* 1: empty and no writer left */
int pipe_wait_room(struct pipe *p, bool nonblock, bool *waited);
void pipe_wake_readers(struct pipe *p);
void pipe_wake_writers(struct pipe *p);

extern const struct file_ops fifo_fops;		/* fops of S_IFIFO inodes */
long pipe_fcntl(struct file *f, unsigned cmd, unsigned long arg);	/* F_SETPIPE_SZ, F_GETPIPE_SZ; -EBADF: no pipe. Sleeps. */

#endif
