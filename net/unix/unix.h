/* SPDX-License-Identifier: GPL-2.0 */
/*
 * AF_UNIX: local sockets. struct unix_sock is the family's part of a socket. It may outlive its socket (while others are
 * connected to it or sleep on it) and may lie in a listener's queue before it has one.
 *
 *	sender --- unix_skb ---> receiver's recvq
 *	connecting socket <-- peer --> embryo, in an unix_skb of the listener's recvq, until accept(2)
 *
 * Locking: the kernel lock. iolock is held by readers across copies, which sleep; only its holder takes from recvq.
 */
#ifndef NET_UNIX_UNIX_H
#define NET_UNIX_UNIX_H

#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/why.h>
#include <fs/fs.h>
#include <fs/poll.h>
#include <mm/slab.h>
#include <net/sock.h>
#include <linux/un.h>

struct unix_addr { int refs; int len; struct sockaddr_un name; };	/* len counts family and path, as getsockname tells it */

enum unix_state { UNIX_CLOSED, UNIX_LISTEN, UNIX_ESTABLISHED };

struct unix_sock {
	int refs;
	struct socket *socket;		/* NULL: embryo, or released */
	int type;
	enum unix_state state;
	bool dead;			/* released: who sends to it gets ECONNREFUSED */
	unsigned shutdown;		/* RCV_SHUTDOWN, SEND_SHUTDOWN */
	struct unix_addr *addr;		/* NULL: not bound */
	struct path path;		/* of a bound file, else NULLs */
	struct list_head name_node;	/* in the table of abstract names or of inodes */
	struct list_head all_node;

	struct unix_sock *peer;		/* counted */
	struct list_head senders;	/* dgram: those whose peer we are, by peer_node */
	struct list_head peer_node;

	struct list_head recvq;
	unsigned recvq_len;		/* entries */
	size_t recvq_bytes;
	unsigned max_backlog;		/* entries that may wait: connections, or datagrams of strangers */
	size_t wmem;			/* charged for what we sent and nobody read yet */
	struct mutex iolock;
	struct wait_queue peer_wait;	/* those who wait for room in recvq */
	struct ucred cred;		/* of who connected or listened: the other's SO_PEERCRED */
	struct group_info *groups;	/* counted: and SO_PEERGROUPS. NULL: nobody's */

	int inflight;			/* times our file is in some queue: see gc.c */
	int gc_left;
	bool gc_candidate, gc_seen;
	struct list_head inflight_node;
};

#define SCM_MAX_FD	253
struct scm { struct ucred cred; int nfds; struct file **fds; };

struct unix_skb {
	struct list_head node;
	struct unix_sock *from;		/* counted: charged for it, and source address */
	struct unix_sock *embryo;	/* counted: a connection to be accepted; then nothing else */
	struct scm scm;
	struct ucounts *ucounts;	/* charged for files in flight, if there are any */
	size_t charged;
	u32 off, len, size;		/* unread data; room of data[] */
	u8 data[];
};

extern struct list_head unix_all;
extern int unix_dgram_qlen;

static inline struct unix_sock *unix_of(struct socket *s) { return s->sk; }
static inline void unix_get(struct unix_sock *u) { u->refs++; }
void unix_put(struct unix_sock *u);
struct unix_sock *unix_new(struct socket *s, int type);	/* s NULL: an embryo. NULL: no memory */
void unix_graft(struct unix_sock *u, struct socket *s);
void unix_release_sock(struct unix_sock *u);		/* the socket is gone. Sleeps. Not the caller's count. */
void unix_set_peer(struct unix_sock *u, struct unix_sock *peer);	/* counts; NULL: none */
void unix_wake(struct unix_sock *u, u32 events);
void unix_reset(struct unix_sock *u, int err);		/* error to be told by u, wakes it */
static inline bool unix_writable(const struct unix_sock *u)
{
	return u->socket && u->state != UNIX_LISTEN && u->wmem * 4 <= (size_t)u->socket->sndbuf;
}
static inline bool unix_full(const struct unix_sock *u) { return u->recvq_len > u->max_backlog; }

/* name.c */
int unix_check_addr(const void *addr, int len);		/* 0 or -EINVAL */
int unix_bind(struct socket *s, const void *addr, int len);
int unix_autobind(struct unix_sock *u);
struct unix_sock *unix_find(const void *addr, int len, int type);	/* counted; ERR_PTR(-ECONNREFUSED, …). Sleeps. */
int unix_getname(struct socket *s, void *addr, bool peer);
void unix_unbind(struct unix_sock *u);			/* out of the tables */
int unix_fill_name(const struct unix_sock *u, void *addr);	/* its length */

/* skb.c */
struct unix_skb *unix_skb_new(struct unix_sock *from, size_t size);	/* not charged yet */
/* Waits until from may send size more, then charges. 0, -EAGAIN, -EPIPE, -ERESTARTSYS … */
int unix_wait_wmem(struct unix_sock *from, u64 deadline);
void unix_queue(struct unix_sock *to, struct unix_skb *skb);
void unix_dequeue(struct unix_sock *u, struct unix_skb *skb);
void unix_skb_free(struct unix_skb *skb);		/* and its files. May sleep. */

/* scm.c */
int scm_send(struct sock_msg *m, struct scm *scm);	/* parses m->control. Sleeps. */
int scm_attach(struct unix_skb *skb, struct scm *scm);	/* files are in flight from now on; scm is empty then. -ETOOMANYREFS */
void scm_detach(struct unix_skb *skb);			/* they no longer are, and still its */
void scm_free(struct scm *scm);				/* sleeps */
void scm_take(struct unix_skb *skb, struct scm *scm, bool copy);	/* what skb carries; copy: it keeps it, too (MSG_PEEK) */
int scm_recv(struct socket *s, struct sock_msg *m, struct scm *scm, unsigned flags);	/* to user space; frees scm. Sleeps. */

/* gc.c */
void unix_inflight(struct file *f, int change);		/* +1: f is queued, -1: it no longer is */
void unix_gc(void);					/* frees what only queues refer to. Sleeps. */
struct unix_sock *unix_of_file(struct file *f);		/* NULL: not one of ours */

/* stream.c, dgram.c */
ssize_t unix_stream_sendmsg(struct socket *s, struct sock_msg *m, unsigned flags);
ssize_t unix_stream_recvmsg(struct socket *s, struct sock_msg *m, unsigned flags);
ssize_t unix_dgram_sendmsg(struct socket *s, struct sock_msg *m, unsigned flags);
ssize_t unix_dgram_recvmsg(struct socket *s, struct sock_msg *m, unsigned flags);
ssize_t unix_seqpacket_sendmsg(struct socket *s, struct sock_msg *m, unsigned flags);
ssize_t unix_seqpacket_recvmsg(struct socket *s, struct sock_msg *m, unsigned flags);
int unix_dgram_connect(struct socket *s, const void *addr, int len, unsigned flags);
bool unix_may_send(const struct unix_sock *from, const struct unix_sock *to);

#endif
