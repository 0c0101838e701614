// SPDX-License-Identifier: GPL-2.0
/*
 * File I/O on the host. Reads are tried without blocking (the host's page cache has it), writes go into the host's page
 * cache; what would block moves to a helper thread, together with what was done of it so far.
 */
#include <asm/hostio.h>
#include <kernel/bug.h>
#include <lib/string.h>

#define MAX_IOV		64	/* a call; the rest goes into the next */

static struct os_event *dispatching;	/* what hostfd_dispatch() still has to do */
static int nr_dispatching;

int hostfd_watch(struct hostfd *h, u32 events)
{
	int err = os_watch(h->fd, events, h);

	if (!err)
		h->watched = true;
	return err;
}

void hostfd_unwatch(struct hostfd *h)
{
	if (!h->watched)
		return;
	os_unwatch(h->fd);
	h->watched = false;
	for (int i = 0; i < nr_dispatching; i++)
		if (dispatching[i].data == h)
			dispatching[i].data = NULL;
}

void hostfd_dispatch(struct os_event *ev, int n)
{
	dispatching = ev;
	nr_dispatching = n;
	for (int i = 0; i < n; i++) {
		struct hostfd *h = ev[i].data;

		if (h)
			h->fn(h, ev[i].events);
	}
	nr_dispatching = 0;
}

/* The segments not yet moved, as many as fit. */
static int rest_of(const struct hostio *io, struct os_iovec *v)
{
	u64 skip = io->moved;
	int n = 0;

	for (int i = 0; i < io->nsegs && n < MAX_IOV; i++) {
		const struct hostio_seg *s = &io->segs[i];

		if (skip >= s->len) {
			skip -= s->len;
			continue;
		}
		v[n].base = (u8 *)s->addr + skip;
		v[n++].len = s->len - skip;
		skip = 0;
	}
	return n;
}

static void zero_rest(struct hostio *io)
{
	struct os_iovec v[MAX_IOV];

	while (io->moved < io->len) {
		int n = rest_of(io, v);

		for (int i = 0; i < n; i++) {
			memset(v[i].base, 0, v[i].len);
			io->moved += v[i].len;
		}
		if (!n)
			break;
	}
}

/* On the vCPU. 0: all done, -EAGAIN: the rest would block, else an error. */
static int move_nowait(struct hostio *io)
{
	while (io->moved < io->len) {
		struct os_iovec v[MAX_IOV];
		int n = rest_of(io, v);
		long r;

		if (!n)
			return -EINVAL;
		if (io->op == HOSTIO_READ)
			r = os_preadv_nowait(io->fd, v, n, io->off + io->moved);
		else
			r = os_pwritev(io->fd, v, n, io->off + io->moved);
		if (r < 0)
			return (int)r;
		if (!r && io->op == HOSTIO_WRITE)
			return -EIO;
		if (!r)
			zero_rest(io);
		io->moved += (u64)r;
	}
	return 0;
}

/* On a helper thread: may block, must touch nothing of the kernel but io. */
static int move_blocking(struct hostio *io)
{
	while (io->moved < io->len) {
		struct os_iovec v[MAX_IOV];
		int n = rest_of(io, v);

		if (!n)
			return -EINVAL;
		for (int i = 0; i < n; i++) {
			u64 at = io->off + io->moved;
			long r = io->op == HOSTIO_READ ? os_pread(io->fd, v[i].base, v[i].len, at)
						       : os_pwrite(io->fd, v[i].base, v[i].len, at);

			if (r < 0)
				return (int)r;
			io->moved += (u64)r;
			if ((u64)r < v[i].len) {
				zero_rest(io);
				return 0;
			}
		}
	}
	return 0;
}

static int do_blocking(struct hostio *io)
{
	switch (io->op) {
	case HOSTIO_READ:
	case HOSTIO_WRITE:
		return move_blocking(io);
	case HOSTIO_FSYNC:
		return os_fsync(io->fd);
	case HOSTIO_PUNCH:
	case HOSTIO_ZERO:
		return os_punch(io->fd, io->off, io->len, io->op == HOSTIO_ZERO);
	}
	return -EINVAL;
}

static void work_fn(struct os_work *w)
{
	struct hostio *io = container_of(w, struct hostio, work);

	io->result = do_blocking(io);
}

void hostio_submit(struct hostio *io)
{
	int err = -EAGAIN;

	io->moved = 0;
	if (io->op == HOSTIO_READ || (io->op == HOSTIO_WRITE && !io->blocks))
		err = move_nowait(io);
	if (err == -EAGAIN) {
		io->work.fn = work_fn;
		if (!os_work_submit(&io->work))
			return;
		err = do_blocking(io);		/* the host has no thread for us: better slow than not at all */
	}
	io->done(io, err);
}

void hostio_complete(void)
{
	struct os_work *w = os_work_done(), *next;

	for (; w; w = next) {
		struct hostio *io = container_of(w, struct hostio, work);

		next = w->next;
		io->done(io, io->result);
	}
}
