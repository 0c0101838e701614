// SPDX-License-Identifier: GPL-2.0
/* What lies in the queues of local sockets, and what their senders are charged for it. */
#include <fs/proc.h>
#include "unix.h"

#define OVERHEAD	512		/* charged for each entry beside its data, so that empty ones are no way to eat memory */

int unix_dgram_qlen = 10;
PROC_SYSCTL_INT("net/unix/max_dgram_qlen", 0644, &unix_dgram_qlen, 0, INT_MAX);

struct unix_skb *unix_skb_new(struct unix_sock *from, size_t size)
{
	struct unix_skb *skb = kmalloc(sizeof(*skb) + size, GFP_KERNEL);

	if (!skb)
		return NULL;
	memset(skb, 0, sizeof(*skb));
	list_init(&skb->node);
	skb->size = (u32)size;
	skb->from = from;
	unix_get(from);
	return skb;
}

static bool may_send(const struct unix_sock *from)
{
	return !from->socket || from->wmem < (size_t)from->socket->sndbuf || (from->shutdown & SEND_SHUTDOWN) ||
	       from->socket->err;
}

int unix_wait_wmem(struct unix_sock *from, u64 deadline)
{
	struct socket *s = from->socket;
	int err;

	if (!may_send(from)) {
		if (!deadline)
			return -EAGAIN;
		err = sock_wait_event(s, EPOLLOUT, may_send(from), deadline);
		if (err)
			return sock_wait_error(err, s->sndtimeo_ns);
	}
	if (s->err)
		return sock_take_error(s);
	return from->shutdown & SEND_SHUTDOWN ? -EPIPE : 0;
}

void unix_queue(struct unix_sock *to, struct unix_skb *skb)
{
	skb->charged = skb->len + OVERHEAD;
	skb->from->wmem += skb->charged;
	list_add_tail(&skb->node, &to->recvq);
	to->recvq_len++;
	to->recvq_bytes += skb->len;
}

/* The receiver has room again: those who are connected to it, and those who sleep. */
static void wake_senders(struct unix_sock *u)
{
	struct unix_sock *i;

	if (wait_queue_active(&u->peer_wait))
		wake_up_events(&u->peer_wait, EPOLLOUT, 1);
	list_for_each_entry(i, &u->senders, peer_node)
		if (i->peer == u && u->peer != i)
			unix_wake(i, EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND);
}

void unix_dequeue(struct unix_sock *u, struct unix_skb *skb)
{
	bool was_full = unix_full(u);

	list_del(&skb->node);
	u->recvq_len--;
	u->recvq_bytes -= skb->len;
	if (was_full && u->type == SOCK_DGRAM)
		wake_senders(u);
}

static void uncharge(struct unix_skb *skb)
{
	struct unix_sock *from = skb->from;

	from->wmem -= skb->charged;
	skb->charged = 0;
	/* Writers go on when much room is there, not at each byte. */
	if (unix_writable(from))
		unix_wake(from, EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND);
}

static void free_now(struct unix_skb *skb)
{
	scm_detach(skb);
	scm_free(&skb->scm);
	if (skb->embryo) {
		unix_release_sock(skb->embryo);
		unix_put(skb->embryo);
	}
	unix_put(skb->from);
	kfree(skb);
}

/*
 * Freeing an entry may close sockets whose queues hold further sockets, and so on: what comes while one is being freed
 * waits for its turn, so that no chain of them can exhaust the stack.
 */
void unix_skb_free(struct unix_skb *skb)
{
	static LIST_HEAD(doomed);
	static bool draining;

	uncharge(skb);
	if (!skb->scm.nfds && !skb->embryo) {
		unix_put(skb->from);
		kfree(skb);
		return;
	}
	list_add_tail(&skb->node, &doomed);
	if (draining)
		return;
	draining = true;
	while (!list_empty(&doomed)) {
		skb = list_first(&doomed, struct unix_skb, node);
		list_del(&skb->node);
		free_now(skb);
	}
	draining = false;
}
