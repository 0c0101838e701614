// SPDX-License-Identifier: GPL-2.0
/* Byte streams between local sockets. */
#include "unix.h"

#define CHUNK	(8192 - sizeof(struct unix_skb))	/* data of one entry: makes a whole heap object */

/* --- sending --- */

static int send_chunk(struct unix_sock *u, struct sock_msg *m, struct scm *scm, size_t n, u64 deadline)
{
	struct unix_sock *peer;
	struct unix_skb *skb;
	int err = unix_wait_wmem(u, deadline);

	if (err)
		return err;
	skb = unix_skb_new(u, n);
	if (!skb)
		return -ENOMEM;
	err = scm_attach(skb, scm);
	if (!err && copy_from_iter(skb->data, n, &m->it) != n)
		err = -EFAULT;
	skb->len = (u32)n;
	peer = u->peer;
	if (!err && (!peer || peer->dead || (peer->shutdown & RCV_SHUTDOWN) || (u->shutdown & SEND_SHUTDOWN)))
		err = -EPIPE;
	if (err) {
		unix_skb_free(skb);
		return err;
	}
	unix_queue(peer, skb);
	unix_wake(peer, EPOLLIN | EPOLLRDNORM);
	return 0;
}

static ssize_t send_all(struct unix_sock *u, struct sock_msg *m, struct scm *scm, unsigned flags)
{
	u64 deadline = sock_snd_deadline(u->socket, flags);
	size_t sent = 0;
	int err = 0;

	if (u->shutdown & SEND_SHUTDOWN)
		err = -EPIPE;
	while (!err && m->it.count) {
		size_t n = min(m->it.count, CHUNK);

		err = send_chunk(u, m, scm, n, deadline);
		if (!err)
			sent += n;
	}
	if (err == -EPIPE && !sent && !(flags & MSG_NOSIGNAL))
		send_signal(SIGPIPE, NULL, current);
	return sent ? (ssize_t)sent : err;
}

ssize_t unix_stream_sendmsg(struct socket *s, struct sock_msg *m, unsigned flags)
{
	struct unix_sock *u = unix_of(s);
	struct scm scm;
	ssize_t n;

	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	n = scm_send(m, &scm);
	if (n)
		return n;
	if (m->namelen)
		n = u->state == UNIX_ESTABLISHED ? -EISCONN : -EOPNOTSUPP;
	else if (!u->peer && u->state != UNIX_ESTABLISHED)
		n = -ENOTCONN;
	else
		n = send_all(u, m, &scm, flags);
	scm_free(&scm);
	return n;
}

/* --- receiving --- */

struct reader {
	struct unix_sock *u;
	struct sock_msg *m;
	struct scm scm;
	unsigned flags;
	size_t copied, target;		/* target: return when that much is there */
	bool started;			/* scm and address are the first entry's */
};

static bool same_writer(const struct ucred *a, const struct ucred *b)
{
	return a->pid == b->pid && a->uid == b->uid && a->gid == b->gid;
}

/* Takes what it can of skb. True: go on with the next one. False: the message ends here; *err. */
static bool take(struct reader *r, struct unix_skb *skb, int *err)
{
	bool peek = r->flags & MSG_PEEK, fds = skb->scm.nfds;
	size_t n = min((size_t)skb->len, r->m->it.count);

	/* Who looks at credentials must not get two writers' bytes in one message. */
	if (r->started && r->u->socket->passcred && !same_writer(&r->scm.cred, &skb->scm.cred))
		return false;
	if (copy_to_iter(skb->data + skb->off, n, &r->m->it) != n) {
		*err = -EFAULT;
		return false;
	}
	if (!r->started && r->m->name)
		r->m->namelen = skb->from->addr ? unix_fill_name(skb->from, r->m->name) : 0;
	if (!r->started || fds)
		scm_take(skb, &r->scm, peek);
	r->started = true;
	r->copied += n;
	if (peek)
		return !fds;
	skb->off += (u32)n;
	skb->len -= (u32)n;
	r->u->recvq_bytes -= n;
	if (skb->len)
		return false;
	unix_dequeue(r->u, skb);
	unix_skb_free(skb);
	return !fds;
}

static bool readable(const struct unix_sock *u)
{
	return !list_empty(&u->recvq) || (u->shutdown & RCV_SHUTDOWN) || u->socket->err;
}

/* Nothing there. 0: look again; 1: end of file; or an error. iolock is dropped meanwhile. */
static int wait_data(struct reader *r, u64 deadline)
{
	struct unix_sock *u = r->u;
	struct socket *s = u->socket;
	int err;

	if (s->err)
		return sock_take_error(s);
	if (u->shutdown & RCV_SHUTDOWN)
		return 1;
	if (!deadline)
		return -EAGAIN;
	mutex_unlock(&u->iolock);
	err = sock_wait_event(s, EPOLLIN, readable(u), deadline);
	mutex_lock(&u->iolock);
	return sock_wait_error(err, s->rcvtimeo_ns);
}

static int read_queue(struct reader *r, u64 deadline)
{
	struct list_head *pos = &r->u->recvq;	/* MSG_PEEK: the entry looked at last */
	int err = 0;

	do {
		struct unix_skb *skb = list_entry(pos->next, struct unix_skb, node);

		if (&skb->node == &r->u->recvq) {
			if (r->copied >= r->target)
				break;
			err = wait_data(r, deadline);
			if (err)
				break;
			pos = &r->u->recvq;
			/* Whoever slept with a peek starts over: entries may have been read meanwhile. */
			if ((r->flags & MSG_PEEK) && r->copied)
				break;
			continue;
		}
		if (r->flags & MSG_PEEK)
			pos = pos->next;
		if (!take(r, skb, &err))
			break;
	} while (r->m->it.count);
	return err == 1 ? 0 : err;
}

ssize_t unix_stream_recvmsg(struct socket *s, struct sock_msg *m, unsigned flags)
{
	struct reader r = { .u = unix_of(s), .m = m, .flags = flags };
	int err;

	if (r.u->state != UNIX_ESTABLISHED)
		return -EINVAL;
	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	r.target = flags & MSG_WAITALL ? m->it.count : min((size_t)s->rcvlowat, m->it.count);
	r.target = max(r.target, 1UL);		/* who asks for nothing waits for something, too */
	m->namelen = 0;
	mutex_lock(&r.u->iolock);
	err = read_queue(&r, sock_rcv_deadline(s, flags));
	mutex_unlock(&r.u->iolock);
	if (r.started) {
		int e = scm_recv(s, m, &r.scm, flags);

		err = r.copied ? 0 : err;
		if (e && !err && !r.copied)
			err = e;
	}
	return r.copied ? (ssize_t)r.copied : err;
}
