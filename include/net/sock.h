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
#include <fs/fs.h>
#include <linux/socket.h>	/* uapi */
#include <asm/socket.h>

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
	bool reuseaddr, passcred, broadcast, keepalive;
	int priority;
	pid_t peer_pid; uid_t peer_uid; gid_t peer_gid;
};

struct sock_msg {
	struct iov_iter it;
	void *name; int namelen;	/* in: destination; out: source, at most 128 bytes */
	uaddr_t control; size_t controllen;	/* user's buffer; recvmsg leaves what is used */
	unsigned flags;			/* out: MSG_TRUNC, MSG_CTRUNC … */
};
/* Appends one control message to m->control; sets MSG_CTRUNC when it does not fit. */
int put_cmsg(struct sock_msg *m, int level, int type, const void *data, size_t len);

struct sock_family {
	int family;
	int (*create)(struct net_ns *net, struct socket *s, int protocol);	/* type is set. 0, -ESOCKTNOSUPPORT, -EPROTONOSUPPORT … */
	struct list_head node;
};
int family_register(struct sock_family *f);
struct socket *file_socket(struct file *f);	/* NULL: not a socket */

#endif
