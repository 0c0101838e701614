// SPDX-License-Identifier: GPL-2.0
/* Local sockets: made, connected, accepted, shut down, released; what poll and ioctl tell of them. */
#include <kernel/init.h>
#include <fs/namei.h>
#include <asm/ioctls.h>
#include <linux/sockios.h>
#include "unix.h"

LIST_HEAD(unix_all);

/* --- life --- */

struct unix_sock *unix_new(struct socket *s, int type)
{
	struct unix_sock *u = kzalloc(sizeof(*u), GFP_KERNEL);

	if (!u)
		return NULL;
	u->refs = 1;
	u->type = type;
	u->max_backlog = (unsigned)unix_dgram_qlen;
	u->cred = (struct ucred){ 0, (u32)-1, (u32)-1 };
	list_init(&u->name_node);
	list_init(&u->senders);
	list_init(&u->peer_node);
	list_init(&u->recvq);
	list_init(&u->inflight_node);
	mutex_init(&u->iolock);
	wait_queue_init(&u->peer_wait);
	list_add(&u->all_node, &unix_all);
	if (s)
		unix_graft(u, s);
	return u;
}

void unix_graft(struct unix_sock *u, struct socket *s)
{
	u->socket = s;
	s->sk = u;
}

void unix_put(struct unix_sock *u)
{
	if (!u || --u->refs)
		return;
	list_del(&u->all_node);
	if (u->addr && --u->addr->refs == 0)
		kfree(u->addr);
	group_info_put(u->groups);
	kfree(u);
}

void unix_set_peer(struct unix_sock *u, struct unix_sock *peer)
{
	struct unix_sock *old = u->peer;

	if (peer)
		unix_get(peer);
	list_del(&u->peer_node);
	u->peer = peer;
	if (peer)
		list_add(&u->peer_node, &peer->senders);
	unix_put(old);
}

void unix_wake(struct unix_sock *u, u32 events)
{
	if (u->socket)
		sock_wake(u->socket, events);
}

void unix_reset(struct unix_sock *u, int err)
{
	if (u->socket && err)
		u->socket->err = err;
	unix_wake(u, EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDHUP);
}

/* The other end of a connection learns that we are gone; unread data means that something was lost. */
static void leave_peer(struct unix_sock *u, bool unread)
{
	struct unix_sock *peer = u->peer;

	if (!peer)
		return;
	if (u->type != SOCK_DGRAM) {
		peer->shutdown = SHUTDOWN_BOTH;
		unix_reset(peer, unread && peer->peer == u ? ECONNRESET : 0);
	}
	unix_set_peer(u, NULL);
}

void unix_release_sock(struct unix_sock *u)
{
	bool unread = !list_empty(&u->recvq) || !u->socket;	/* an embryo was never even accepted */
	struct path path = u->path;

	might_sleep();
	u->socket = NULL;
	u->dead = true;
	u->shutdown = SHUTDOWN_BOTH;
	u->state = UNIX_CLOSED;
	unix_unbind(u);
	u->path = (struct path){ NULL, NULL };
	leave_peer(u, unread);
	wake_up_all(&u->peer_wait);
	unix_get(u);
	while (!list_empty(&u->recvq)) {
		struct unix_skb *skb = list_first(&u->recvq, struct unix_skb, node);

		unix_dequeue(u, skb);
		unix_skb_free(skb);
	}
	unix_put(u);
	path_put(&path);
}

static void unix_release(struct socket *s)
{
	struct unix_sock *u = unix_of(s);

	if (!u)
		return;
	unix_release_sock(u);
	unix_put(u);
	unix_gc();
}

/* --- connections --- */

static struct ucred current_ucred(void)
{
	return (struct ucred){ task_tgid_nr(current), current->cred->euid, current->cred->egid };
}

/* What u's socket tells of its peer, or, for a listener, what it shows to those who connect. */
static void set_peer_cred(struct unix_sock *u, const struct ucred *c, struct group_info *groups)
{
	groups->refs++;
	group_info_put(u->groups);
	u->cred = *c;
	u->groups = groups;
	if (u->socket) {
		u->socket->peer_pid = c->pid;
		u->socket->peer_uid = c->uid;
		u->socket->peer_gid = c->gid;
		u->socket->peer_groups = groups;
	}
}

static int unix_socketpair(struct socket *a, struct socket *b)
{
	struct ucred c = current_ucred();

	unix_set_peer(unix_of(a), unix_of(b));
	unix_set_peer(unix_of(b), unix_of(a));
	set_peer_cred(unix_of(a), &c, current->cred->groups);
	set_peer_cred(unix_of(b), &c, current->cred->groups);
	if (a->type != SOCK_DGRAM) {
		unix_of(a)->state = unix_of(b)->state = UNIX_ESTABLISHED;
		a->state = b->state = SS_CONNECTED_;
	}
	return 0;
}

static int unix_listen(struct socket *s, int backlog)
{
	struct unix_sock *u = unix_of(s);
	struct ucred me = current_ucred();

	if (s->type == SOCK_DGRAM)
		return -EOPNOTSUPP;
	if (!u->addr || (u->state != UNIX_CLOSED && u->state != UNIX_LISTEN))
		return -EINVAL;
	u->max_backlog = (unsigned)backlog;
	if (backlog > (int)u->recvq_len)
		wake_up_all(&u->peer_wait);
	u->state = UNIX_LISTEN;
	set_peer_cred(u, &me, current->cred->groups);
	s->listening = true;
	return 0;
}

/* A listener with room in its queue, or an error. *other is counted. */
static int find_listener(struct socket *s, const void *addr, int len, u64 deadline, struct unix_sock **other)
{
	for (;;) {
		struct unix_sock *o = unix_find(addr, len, s->type);
		int err = 0;

		if (IS_ERR(o))
			return (int)PTR_ERR(o);
		*other = o;
		if (o->state != UNIX_LISTEN || o->dead || (o->shutdown & RCV_SHUTDOWN))
			err = why(-ECONNREFUSED, "the socket does not listen");
		else if (!unix_full(o))
			return 0;
		else if (!deadline)
			err = -EAGAIN;
		else
			err = sock_wait_error(wait_event_mode(&o->peer_wait, o->dead || !unix_full(o), WAIT_INTERRUPTIBLE,
							      deadline, true), s->sndtimeo_ns);
		unix_put(o);
		if (err)
			return err;
	}
}

static int join_listener(struct socket *s, struct unix_sock *other, struct unix_skb *skb)
{
	struct unix_sock *u = unix_of(s), *embryo = skb->embryo;
	struct ucred me = current_ucred();

	if (u->state == UNIX_LISTEN)
		return -EINVAL;
	if (u->state == UNIX_ESTABLISHED || u->peer)
		return -EISCONN;
	unix_set_peer(embryo, u);
	unix_set_peer(u, embryo);
	embryo->state = u->state = UNIX_ESTABLISHED;
	set_peer_cred(u, &other->cred, other->groups);
	set_peer_cred(embryo, &me, current->cred->groups);
	if (other->addr) {
		embryo->addr = other->addr;
		other->addr->refs++;
	}
	if (other->path.dentry) {
		path_get(&other->path);
		embryo->path = other->path;
	}
	s->state = SS_CONNECTED_;
	unix_queue(other, skb);
	unix_wake(other, EPOLLIN | EPOLLRDNORM);
	return 0;
}

static int unix_stream_connect(struct socket *s, const void *addr, int len, unsigned flags)
{
	u64 deadline = sock_snd_deadline(s, flags);
	struct unix_sock *other = NULL, *u = unix_of(s);
	struct unix_skb *skb;
	int err = unix_check_addr(addr, len);

	if (!err && s->passcred && !u->addr)
		err = unix_autobind(u);
	if (err)
		return err;
	skb = unix_skb_new(u, 0);
	if (skb)
		skb->embryo = unix_new(NULL, s->type);
	if (!skb || !skb->embryo) {
		if (skb)
			unix_skb_free(skb);
		return -ENOMEM;
	}
	err = find_listener(s, addr, len, deadline, &other);
	if (!err) {
		err = join_listener(s, other, skb);
		unix_put(other);
	}
	if (err)
		unix_skb_free(skb);
	return err;
}

static int unix_accept(struct socket *s, struct socket *new_, unsigned flags)
{
	struct unix_sock *u = unix_of(s), *embryo;
	u64 deadline = sock_rcv_deadline(s, flags);
	struct unix_skb *skb;
	int err = 0;

	if (s->type == SOCK_DGRAM)
		return -EOPNOTSUPP;
	if (u->state != UNIX_LISTEN)
		return -EINVAL;
	if (list_empty(&u->recvq)) {
		if (u->shutdown & RCV_SHUTDOWN)
			return -EINVAL;
		if (!deadline)
			return -EAGAIN;
		err = sock_wait_event(s, EPOLLIN, !list_empty(&u->recvq) || (u->shutdown & RCV_SHUTDOWN), deadline);
		if (err)
			return sock_wait_error(err, s->rcvtimeo_ns);
		if (list_empty(&u->recvq))
			return -EINVAL;
	}
	skb = list_first(&u->recvq, struct unix_skb, node);
	unix_dequeue(u, skb);
	wake_up(&u->peer_wait);
	embryo = skb->embryo;
	skb->embryo = NULL;			/* its count goes to the new socket */
	unix_graft(embryo, new_);
	set_peer_cred(embryo, &embryo->cred, embryo->groups);
	new_->state = SS_CONNECTED_;
	new_->passcred = s->passcred;
	unix_skb_free(skb);
	return 0;
}

static int unix_shutdown(struct socket *s, int how)
{
	struct unix_sock *u = unix_of(s), *peer = u->peer;
	unsigned mode = (unsigned)how + 1, theirs = 0;

	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;
	u->shutdown |= mode;
	if (peer && s->type != SOCK_DGRAM && peer->peer == u) {
		if (mode & RCV_SHUTDOWN)
			theirs |= SEND_SHUTDOWN;
		if (mode & SEND_SHUTDOWN)
			theirs |= RCV_SHUTDOWN;
		peer->shutdown |= theirs;
		unix_reset(peer, 0);
	}
	unix_reset(u, 0);
	wake_up_all(&u->peer_wait);
	return 0;
}

/* --- poll, ioctl --- */

static u32 read_events(struct socket *s, struct unix_sock *u)
{
	u32 mask = 0;

	if (s->err)
		mask |= EPOLLERR;
	if (u->shutdown == SHUTDOWN_BOTH)
		mask |= EPOLLHUP;
	if (u->shutdown & RCV_SHUTDOWN)
		mask |= EPOLLRDHUP | EPOLLIN | EPOLLRDNORM;
	if (!list_empty(&u->recvq))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (s->type != SOCK_DGRAM && u->state == UNIX_CLOSED)
		mask |= EPOLLHUP;
	return mask;
}

static u32 unix_poll(struct file *f, struct socket *s, struct poll_table *pt)
{
	struct unix_sock *u = unix_of(s);
	u32 mask;
	bool room;

	poll_wait(f, &s->wq, pt);
	mask = read_events(s, u);
	room = unix_writable(u);
	/* A datagram socket's receiver may have no room for strangers. It wakes its senders when it has. */
	if (room && s->type == SOCK_DGRAM && u->peer && u->peer->peer != u && unix_full(u->peer))
		room = false;
	return room ? mask | EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND : mask;
}

static long unix_ioctl(struct socket *s, unsigned cmd, unsigned long arg)
{
	struct unix_sock *u = unix_of(s);
	size_t n;

	switch (cmd) {
	case SIOCOUTQ:
		n = u->wmem;
		break;
	case SIOCINQ:
		if (u->state == UNIX_LISTEN)
			return -EINVAL;
		n = u->recvq_bytes;
		if (s->type == SOCK_DGRAM)
			n = list_empty(&u->recvq) ? 0 : list_first(&u->recvq, struct unix_skb, node)->len;
		break;
	default:
		return -ENOIOCTLCMD;
	}
	return put_user((int)min(n, (size_t)INT_MAX), int, arg);
}

static int unix_getsockopt(struct socket *s, int level, int name, uaddr_t val, uaddr_t ulen)
{
	return -EOPNOTSUPP;
}

/* --- registration --- */

#define COMMON_OPS						\
	.family = AF_UNIX, .release = unix_release, .bind = unix_bind, .socketpair = unix_socketpair, \
	.getname = unix_getname, .poll = unix_poll, .ioctl = unix_ioctl, .shutdown = unix_shutdown, \
	.getsockopt = unix_getsockopt

static const struct sock_ops stream_ops = {
	COMMON_OPS,
	.connect = unix_stream_connect,
	.accept = unix_accept,
	.listen = unix_listen,
	.sendmsg = unix_stream_sendmsg,
	.recvmsg = unix_stream_recvmsg,
};
static const struct sock_ops seqpacket_ops = {
	COMMON_OPS,
	.connect = unix_stream_connect,
	.accept = unix_accept,
	.listen = unix_listen,
	.sendmsg = unix_seqpacket_sendmsg,
	.recvmsg = unix_seqpacket_recvmsg,
};
static const struct sock_ops dgram_ops = {
	COMMON_OPS,
	.connect = unix_dgram_connect,
	.sendmsg = unix_dgram_sendmsg,
	.recvmsg = unix_dgram_recvmsg,
};

static int unix_create(struct net_ns *net, struct socket *s, int protocol)
{
	if (protocol && protocol != AF_UNIX)
		return why(-EPROTONOSUPPORT, "local sockets have no protocol %d", protocol);
	switch (s->type) {
	case SOCK_STREAM:
		s->ops = &stream_ops;
		break;
	case SOCK_RAW:
		s->type = SOCK_DGRAM;	/* an old spelling */
		fallthrough;
	case SOCK_DGRAM:
		s->ops = &dgram_ops;
		break;
	case SOCK_SEQPACKET:
		s->ops = &seqpacket_ops;
		break;
	default:
		return why(-ESOCKTNOSUPPORT, "local sockets are streams, datagrams or seqpackets");
	}
	return unix_new(s, s->type) ? 0 : -ENOMEM;
}

static int unix_init(void)
{
	static struct sock_family unix_family = { .family = AF_UNIX, .create = unix_create };

	return family_register(&unix_family);
}
fs_initcall(unix_init);
