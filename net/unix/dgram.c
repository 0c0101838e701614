// SPDX-License-Identifier: GPL-2.0
/* Datagrams between local sockets, and SOCK_SEQPACKET: datagrams on a connection. */
#include "unix.h"

/* A connected socket takes datagrams only from the one it is connected to. */
bool unix_may_send(const struct unix_sock *from, const struct unix_sock *to)
{
	return !to->peer || to->peer == from;
}

/* --- connecting --- */

static void disconnect(struct unix_sock *u)
{
	struct unix_sock *peer;
	bool lost;

	mutex_lock(&u->iolock);		/* a reader may sleep on the first of them */
	peer = u->peer;
	lost = !list_empty(&u->recvq);
	/* What came from the old peer is not to be taken for the new one's. */
	while (!list_empty(&u->recvq)) {
		struct unix_skb *skb = list_first(&u->recvq, struct unix_skb, node);

		unix_dequeue(u, skb);
		unix_skb_free(skb);
	}
	if (lost && peer && !peer->dead && peer->peer == u)
		unix_reset(peer, ECONNRESET);
	unix_set_peer(u, NULL);
	mutex_unlock(&u->iolock);
	unix_wake(u, EPOLLOUT | EPOLLWRNORM);
}

int unix_dgram_connect(struct socket *s, const void *addr, int len, unsigned flags)
{
	const struct sockaddr_un *un = addr;
	struct unix_sock *u = unix_of(s), *other;
	int err;

	if (len < (int)sizeof(un->sun_family))
		return -EINVAL;
	if (un->sun_family == AF_UNSPEC) {
		if (u->peer)
			disconnect(u);
		s->state = SS_UNCONNECTED_;
		return 0;
	}
	err = unix_check_addr(addr, len);
	if (!err && s->passcred && !u->addr)
		err = unix_autobind(u);
	if (err)
		return err;
	other = unix_find(addr, len, s->type);
	if (IS_ERR(other))
		return (int)PTR_ERR(other);
	if (unix_may_send(u, other)) {
		if (u->peer && u->peer != other)
			disconnect(u);
		unix_set_peer(u, other);
		s->state = SS_CONNECTED_;
	} else {
		err = -EPERM;
	}
	unix_put(other);
	return err;
}

/* --- sending --- */

static bool has_room(const struct unix_sock *u, const struct unix_sock *other)
{
	return other == u || other->peer == u || !unix_full(other) || other->dead || (other->shutdown & RCV_SHUTDOWN);
}

/* 0: other takes it now. */
static int check_receiver(struct unix_sock *u, struct unix_sock *other)
{
	if (other->dead) {
		if (u->peer == other)
			disconnect(u);
		return why(-ECONNREFUSED, "the receiver is closed");
	}
	if (!unix_may_send(u, other))
		return -EPERM;
	if (other->shutdown & RCV_SHUTDOWN)
		return -EPIPE;
	return u->shutdown & SEND_SHUTDOWN ? -EPIPE : 0;
}

static int wait_receiver(struct unix_sock *u, struct unix_sock *other, u64 deadline)
{
	int err;

	for (;;) {
		err = check_receiver(u, other);
		if (err || has_room(u, other))
			return err;
		if (!deadline)
			return -EAGAIN;
		err = wait_event_mode(&other->peer_wait, has_room(u, other), WAIT_INTERRUPTIBLE, deadline, true);
		if (err)
			return sock_wait_error(err, u->socket->sndtimeo_ns);
	}
}

static int send_skb(struct unix_sock *u, struct unix_sock *other, struct sock_msg *m, struct scm *scm, u64 deadline)
{
	size_t n = m->it.count;
	struct unix_skb *skb;
	int err;

	if (u->shutdown & SEND_SHUTDOWN)
		return -EPIPE;
	err = unix_wait_wmem(u, deadline);
	if (err)
		return err;
	skb = unix_skb_new(u, n);
	if (!skb)
		return -ENOBUFS;
	err = scm_attach(skb, scm);
	if (!err && copy_from_iter(skb->data, n, &m->it) != n)
		err = -EFAULT;
	skb->len = (u32)n;
	if (!err)
		err = wait_receiver(u, other, deadline);
	if (err) {
		unix_skb_free(skb);
		return err;
	}
	unix_queue(other, skb);
	unix_wake(other, EPOLLIN | EPOLLRDNORM);
	return 0;
}

/* To whom: counted. */
static struct unix_sock *receiver(struct unix_sock *u, struct sock_msg *m)
{
	int err;

	if (m->namelen) {
		err = unix_check_addr(m->name, m->namelen);
		return err ? ERR_PTR(err) : unix_find(m->name, m->namelen, u->type);
	}
	if (!u->peer)
		return ERR_PTR(why(-ENOTCONN, "no address is given, and it is not connected"));
	unix_get(u->peer);
	return u->peer;
}

ssize_t unix_dgram_sendmsg(struct socket *s, struct sock_msg *m, unsigned flags)
{
	struct unix_sock *u = unix_of(s), *other;
	ssize_t n = (ssize_t)m->it.count;
	struct scm scm;
	int err;

	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	err = scm_send(m, &scm);
	if (err)
		return err;
	if (s->passcred && !u->addr && s->type == SOCK_DGRAM)
		err = unix_autobind(u);
	other = err ? ERR_PTR(err) : receiver(u, m);
	err = IS_ERR(other) ? (int)PTR_ERR(other) : 0;
	if (!err) {
		err = n > (ssize_t)s->sndbuf - 32 ? -EMSGSIZE : send_skb(u, other, m, &scm, sock_snd_deadline(s, flags));
		unix_put(other);
	}
	scm_free(&scm);
	return err ? err : n;
}

/* --- receiving --- */

static bool readable(const struct unix_sock *u)
{
	return !list_empty(&u->recvq) || (u->shutdown & RCV_SHUTDOWN) || u->socket->err;
}

/* The first datagram, iolock held. ERR_PTR; NULL: nothing will come any more. */
static struct unix_skb *wait_skb(struct unix_sock *u, u64 deadline)
{
	struct socket *s = u->socket;
	int err;

	for (;;) {
		if (s->err)
			return ERR_PTR(sock_take_error(s));
		if (!list_empty(&u->recvq))
			return list_first(&u->recvq, struct unix_skb, node);
		if ((u->shutdown & RCV_SHUTDOWN) && (deadline || u->type == SOCK_SEQPACKET))
			return NULL;
		if (!deadline)
			return ERR_PTR(-EAGAIN);
		mutex_unlock(&u->iolock);
		err = sock_wait_event(s, EPOLLIN, readable(u), deadline);
		mutex_lock(&u->iolock);
		if (err)
			return ERR_PTR(sock_wait_error(err, s->rcvtimeo_ns));
	}
}

static ssize_t read_skb(struct unix_sock *u, struct unix_skb *skb, struct sock_msg *m, struct scm *scm, unsigned flags)
{
	size_t n = min((size_t)skb->len, m->it.count), full = skb->len;
	bool peek = flags & MSG_PEEK;
	ssize_t ret;

	if (m->name)
		m->namelen = skb->from->addr ? unix_fill_name(skb->from, m->name) : 0;
	if (n < full)
		m->flags |= MSG_TRUNC;
	ret = flags & MSG_TRUNC ? (ssize_t)full : (ssize_t)n;
	if (copy_to_iter(skb->data, n, &m->it) != n)
		ret = -EFAULT;
	else
		scm_take(skb, scm, peek);
	if (!peek) {
		unix_dequeue(u, skb);
		unix_skb_free(skb);
	}
	return ret;
}

ssize_t unix_dgram_recvmsg(struct socket *s, struct sock_msg *m, unsigned flags)
{
	struct unix_sock *u = unix_of(s);
	struct scm scm = { .nfds = 0 };
	struct unix_skb *skb;
	ssize_t n = 0;
	int err;

	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	m->namelen = 0;
	mutex_lock(&u->iolock);
	skb = wait_skb(u, sock_rcv_deadline(s, flags));
	if (IS_ERR(skb))
		n = PTR_ERR(skb);
	else if (skb)
		n = read_skb(u, skb, m, &scm, flags);
	mutex_unlock(&u->iolock);
	if (IS_ERR_OR_NULL(skb) || n < 0)
		return n;
	err = scm_recv(s, m, &scm, flags);
	return err ? err : n;
}

/* --- SOCK_SEQPACKET --- */

ssize_t unix_seqpacket_sendmsg(struct socket *s, struct sock_msg *m, unsigned flags)
{
	ssize_t n;

	if (s->err)
		return sock_take_error(s);
	if (unix_of(s)->state != UNIX_ESTABLISHED)
		return -ENOTCONN;
	m->namelen = 0;
	n = unix_dgram_sendmsg(s, m, flags);
	if (n == -EPIPE && !(flags & MSG_NOSIGNAL))
		send_signal(SIGPIPE, NULL, current);
	return n == -ENOTCONN || n == -ECONNREFUSED ? -EPIPE : n;
}

ssize_t unix_seqpacket_recvmsg(struct socket *s, struct sock_msg *m, unsigned flags)
{
	if (unix_of(s)->state != UNIX_ESTABLISHED)
		return -ENOTCONN;
	return unix_dgram_recvmsg(s, m, flags);
}
