// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets sent over sockets can end up referred to by queues only: A's file in B's queue and B's in A's, both closed.
 * Such rings are found and taken apart here. Of the sockets in flight, candidates are those that nothing but queues
 * refers to; a candidate is alive if some queue holding it is not itself a candidate's, or that of one alive.
 */
#include "unix.h"

static LIST_HEAD(inflight);

struct unix_sock *unix_of_file(struct file *f)
{
	struct socket *s = file_socket(f);

	return s && s->ops && s->ops->family == AF_UNIX ? unix_of(s) : NULL;
}

void unix_inflight(struct file *f, int change)
{
	struct unix_sock *u = unix_of_file(f);

	if (!u)
		return;
	u->inflight += change;
	list_del(&u->inflight_node);
	if (u->inflight)
		list_add_tail(&u->inflight_node, &inflight);
}

static void each_held(struct list_head *queue, void (*fn)(struct unix_sock *held, void *arg), void *arg)
{
	struct unix_skb *skb;

	list_for_each_entry(skb, queue, node) {
		for (int i = 0; i < skb->scm.nfds; i++) {
			struct unix_sock *u = unix_of_file(skb->scm.fds[i]);

			if (u && u->gc_candidate)
				fn(u, arg);
		}
		if (skb->embryo)	/* data may have come before the accept */
			each_held(&skb->embryo->recvq, fn, arg);
	}
}

static void uncount(struct unix_sock *u, void *arg)
{
	u->gc_left--;
}

/* Reached from outside. Goes on a list instead of recursing: chains may be long. */
static void revive(struct unix_sock *u, void *alive)
{
	if (u->gc_seen)
		return;
	u->gc_seen = true;
	list_move_tail(&u->inflight_node, alive);
}

static void mark_candidates(void)
{
	struct unix_sock *u;

	list_for_each_entry(u, &inflight, inflight_node) {
		u->gc_seen = false;
		u->gc_left = u->inflight;
		u->gc_candidate = u->socket && u->socket->file && u->socket->file->refs == u->inflight;
	}
	list_for_each_entry(u, &inflight, inflight_node)
		if (u->gc_candidate)
			each_held(&u->recvq, uncount, NULL);
}

/* Leaves on the inflight list, of the candidates, only those nobody can reach. */
static void find_alive(struct list_head *alive)
{
	struct unix_sock *u, *tmp;

	list_for_each_entry_safe(u, tmp, &inflight, inflight_node)
		if (!u->gc_candidate || u->gc_left > 0)
			revive(u, alive);
	list_for_each_entry(u, alive, inflight_node)
		if (u->gc_candidate)
			each_held(&u->recvq, revive, alive);
}

static void take_queue(struct unix_sock *u, struct list_head *garbage)
{
	struct unix_skb *skb, *tmp;

	list_for_each_entry_safe(skb, tmp, &u->recvq, node) {
		if (skb->embryo)
			take_queue(skb->embryo, garbage);
		if (!skb->scm.nfds)
			continue;
		unix_dequeue(u, skb);
		list_add_tail(&skb->node, garbage);
	}
}

void unix_gc(void)
{
	LIST_HEAD(alive);
	LIST_HEAD(garbage);
	struct unix_sock *u;

	if (list_empty(&inflight))
		return;
	mark_candidates();
	find_alive(&alive);
	list_for_each_entry(u, &inflight, inflight_node)
		take_queue(u, &garbage);
	list_splice_tail(&alive, &inflight);
	while (!list_empty(&garbage)) {
		struct unix_skb *skb = list_first(&garbage, struct unix_skb, node);

		list_del(&skb->node);
		unix_skb_free(skb);
	}
}
