/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets: the system calls' side (struct socket) and the table of address families. AF_UNIX is the first entry;
 * protocols hang on a network namespace.
 */
#ifndef NET_SOCK_H
#define NET_SOCK_H

#include <kernel/types.h>
#include <kernel/wait.h>
#include <kernel/ns.h>
#include <fs/fasync.h>
#include <fs/fs.h>
#include <linux/socket.h>	/* uapi */
#include <asm/socket.h>

/* ABI numbers that the headers for user space leave to libc. */
#define AF_UNSPEC	0
#define AF_UNIX		1
#define AF_MAX		46
enum { SOCK_STREAM = 1, SOCK_DGRAM, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET, SOCK_TYPE_MAX = 11 };
#define SOCK_TYPE_MASK	0xf
#define SOCK_CLOEXEC	O_CLOEXEC
#define SOCK_NONBLOCK	O_NONBLOCK
enum { SHUT_RD, SHUT_WR, SHUT_RDWR };
#define RCV_SHUTDOWN	1		/* how + 1 */
#define SEND_SHUTDOWN	2
#define SHUTDOWN_BOTH	3
#define MSG_OOB		0x1
#define MSG_PEEK	0x2
#define MSG_CTRUNC	0x8
#define MSG_TRUNC	0x20
#define MSG_DONTWAIT	0x40
#define MSG_EOR		0x80
#define MSG_WAITALL	0x100
#define MSG_ERRQUEUE	0x2000
#define MSG_NOSIGNAL	0x4000
#define MSG_MORE	0x8000
#define MSG_WAITFORONE	0x10000
#define MSG_CMSG_CLOEXEC 0x40000000
#define SCM_RIGHTS	1
#define SCM_CREDENTIALS	2
#define SOCKADDR_MAX	128
struct ucred { int pid; u32 uid, gid; };
struct user_cmsghdr { u64 len; int level, type; };	/* struct cmsghdr; data follows, each aligned to 8 */
struct user_msghdr { u64 name; int namelen; int pad; u64 iov, iovlen, control, controllen; u32 flags; u32 pad2; };
_Static_assert(sizeof(struct user_msghdr) == 56 && sizeof(struct user_cmsghdr) == 16, "ABI of sendmsg");

struct net_ns { int refs; };
extern struct net_ns init_net_ns;

struct socket; struct sock_msg;

/* All sleep unless noted. Addresses are kernel copies, already length-checked. NULL: -EOPNOTSUPP. */
struct sock_ops {
	int family;
	void (*release)(struct socket *s);
	int (*bind)(struct socket *s, const void *addr, int len);
	int (*connect)(struct socket *s, const void *addr, int len, unsigned flags);
	int (*socketpair)(struct socket *a, struct socket *b);
	int (*accept)(struct socket *s, struct socket *new_, unsigned flags);	/* new_: fresh, same type */
	int (*getname)(struct socket *s, void *addr, bool peer);		/* length, -ENOTCONN */
	u32 (*poll)(struct file *f, struct socket *s, struct poll_table *pt);	/* never sleeps */
	long (*ioctl)(struct socket *s, unsigned cmd, unsigned long arg);
	int (*listen)(struct socket *s, int backlog);
	int (*shutdown)(struct socket *s, int how);
	int (*setsockopt)(struct socket *s, int level, int name, uaddr_t val, int len);
	int (*getsockopt)(struct socket *s, int level, int name, uaddr_t val, uaddr_t ulen);
	ssize_t (*sendmsg)(struct socket *s, struct sock_msg *m, unsigned flags);
	ssize_t (*recvmsg)(struct socket *s, struct sock_msg *m, unsigned flags);
};

enum sock_state { SS_UNCONNECTED_, SS_CONNECTING_, SS_CONNECTED_, SS_DISCONNECTING_ };

struct socket {
	const struct sock_ops *ops;
	enum sock_state state;
	int type, protocol;
	struct file *file;		/* not counted; NULL while being made */
	struct net_ns *net;
	void *sk;			/* the family's own */
	struct wait_queue wq;
	int err;			/* SO_ERROR */
	int rcvbuf, sndbuf;
	u64 rcvtimeo_ns, sndtimeo_ns;	/* U64_MAX: none */
	bool listening;			/* SO_ACCEPTCONN */
	bool passcred;
	u64 opts;			/* other switches of SOL_SOCKET that are only kept: bit SO_x (below 64) */
	struct { int onoff, seconds; } linger;
	int rcvlowat, priority, mark;
	pid_t peer_pid; uid_t peer_uid; gid_t peer_gid;	/* SO_PEERCRED; 0, -1, -1: none */
	const struct group_info *peer_groups;	/* SO_PEERGROUPS: the family's, which keeps it as long as s; NULL: none */
	struct fasync_list fasync;
};

/* Wakes who waits in s or polls it; events EPOLL*. Sends SIGIO. Never sleeps. */
void sock_wake(struct socket *s, u32 events);
/*
 * wait_event on s for cond, woken by events of key only: who waits to read is not bothered by room to write. 0, -ETIME,
 * -ERESTARTSYS. Sleeps.
 */
struct sock_waiter { struct wait_entry we; u32 key; };
void sock_wait_begin(struct socket *s, struct sock_waiter *w, u32 key);
#define sock_wait_event(s, events, cond, deadline_ns) ({			\
	int ret_ = 0;							\
	might_sleep();							\
	if (!(cond)) {							\
		struct sock_waiter w_;					\
		sock_wait_begin(s, &w_, events);			\
		while (!(cond) && !(ret_ = wait_step(&w_.we, WAIT_INTERRUPTIBLE, deadline_ns)))	\
			;						\
		wait_end(&w_.we);					\
		if (ret_ && (cond))					\
			ret_ = 0;					\
	}								\
	ret_; })
/* The time to wait until by SO_RCVTIMEO, SO_SNDTIMEO: 0 when flags or the file say not to block. */
u64 sock_rcv_deadline(struct socket *s, unsigned flags);
u64 sock_snd_deadline(struct socket *s, unsigned flags);
/* What a blocking call returns for wait_event's error: a restart only where no timeout would start over. */
static inline int sock_wait_error(int err, u64 timeo_ns)
{
	return err == -ETIME ? -EAGAIN : err == -ERESTARTSYS && timeo_ns != U64_MAX ? -EINTR : err;
}
static inline int sock_take_error(struct socket *s)
{
	int err = s->err;

	s->err = 0;
	return -err;
}

struct sock_msg {
	struct iov_iter it;
	void *name; int namelen;	/* in: destination; out: source, at most 128 bytes */
	uaddr_t control; size_t controllen;	/* user's buffer; recvmsg moves behind what it used */
	unsigned flags;			/* out: MSG_TRUNC, MSG_CTRUNC … */
};
/* Appends one control message (m->control moves on) to m->control; sets MSG_CTRUNC when it does not fit. */
int put_cmsg(struct sock_msg *m, int level, int type, const void *data, size_t len);

struct sock_family {
	int family;
	int (*create)(struct net_ns *net, struct socket *s, int protocol);	/* type is set. 0, -ESOCKTNOSUPPORT, -EPROTONOSUPPORT … */
	struct list_head node;
};
int family_register(struct sock_family *f);
struct socket *file_socket(struct file *f);	/* NULL: not a socket */

#endif
