// SPDX-License-Identifier: GPL-2.0
/*
 * Channels: parsing, and the moving of bytes that all types share.
 *
 * Output goes to the host at once if nothing went there in the last millisecond (so an echo is seen immediately), else a
 * timer or a full ring sends it: a program that writes byte by byte costs one host call a millisecond. When the host
 * takes no more, EPOLLOUT is waited for.
 */
#include <kernel/printk.h>
#include <drivers/chan.h>
#include <fs/poll.h>
#include <lib/misc.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <asm/os.h>

#define BATCH_NS	(1 * NSEC_PER_MSEC)
#define BATCH_BYTES	4096
#define PUMP_ROUNDS	16	/* input buffers taken before others get their turn */
#define PUMP_PAUSE_NS	(2 * NSEC_PER_MSEC)	/* how long that is: a timer that is due would let no guest code run */

extern const struct chan_type *const __start_chan_types[], *const __stop_chan_types[];

/* --- configuration --- */

static const char *parse_half(struct chan_half *half, char *text)
{
	const struct chan_type *const *t;
	char *arg = strchr(text, ':');

	half->h.fd = -1;
	half->arg = "";
	if (arg) {
		*arg++ = 0;
		half->arg = arg;
	}
	for (t = __start_chan_types; t < __stop_chan_types; t++) {
		if (strcmp((*t)->name, text))
			continue;
		half->type = *t;
		if ((*t)->has_arg != (arg != NULL))
			return arg ? "this channel takes no argument" : "something is missing behind the channel's name";
		return (*t)->check ? (*t)->check(half->arg) : NULL;
	}
	return "no such channel; use fd:<n>[,fd:<n>], null or none";
}

int chan_parse(struct chan *c, const char *spec, const char **why)
{
	char *comma;

	*why = "it is too long";
	if (strscpy(c->configured, spec, sizeof(c->configured)) < 0)
		return -EINVAL;
	memcpy(c->spec, c->configured, sizeof(c->spec));
	comma = strchr(c->spec, ',');
	c->one = !comma;
	if (comma)
		*comma++ = 0;
	c->in.chan = c->out.chan = c;
	*why = parse_half(&c->in, c->spec);
	if (!*why && comma)
		*why = parse_half(&c->out, comma);
	else if (!*why)
		c->out = c->in;
	return *why ? -EINVAL : 0;
}

bool chan_absent(const struct chan *c)
{
	return !c->in.type || c->in.type->absent || c->out.type->absent;
}

void chan_describe(struct chan *c, char *buf, size_t size)
{
	size_t n = 0;

	if (!c->opened || !c->in.type->describe) {
		strscpy(buf, c->configured[0] ? c->configured : "none", size);
		return;
	}
	c->in.type->describe(&c->in, buf, size);
	n = strlen(buf);
	if (!c->one && c->out.type->describe && n + 1 < size) {
		buf[n++] = ',';
		c->out.type->describe(&c->out, buf + n, size - n);
	}
}

/* --- input --- */

static void end_of_input(struct chan *c)
{
	c->eof = true;
	if (c->in.watched)
		hostfd_unwatch(&c->in.h);
	c->in.watched = false;
	c->ops->eof(c);
}

/* Hands up what was read. False: the user has no room; it calls chan_resume() when it has. */
static bool offer(struct chan *c)
{
	while (c->in_pos < c->in_len) {
		size_t n = c->ops->input(c, c->in_buf + c->in_pos, c->in_len - c->in_pos);

		c->in_pos += (u32)n;
		if (!n)
			return false;
	}
	return true;
}

static void pump(struct chan *c)
{
	int rounds = PUMP_ROUNDS;
	long n;

	if (c->pumping)
		return;		/* the user's callback asked for more: the loop goes on anyhow */
	c->pumping = true;
	while (c->opened && c->listening && !c->eof && c->in.h.fd >= 0 && offer(c)) {
		if (!rounds--) {
			timer_set(&c->pump_timer, ktime_ns() + PUMP_PAUSE_NS);
			break;
		}
		n = os_read(c->in.h.fd, c->in_buf, sizeof(c->in_buf));
		if (n == -EAGAIN)
			break;
		if (n <= 0) {
			end_of_input(c);
			break;
		}
		c->in_pos = 0;
		c->in_len = (u32)n;
	}
	c->pumping = false;
}

static void pump_again(struct timer *t)
{
	pump(container_of(t, struct chan, pump_timer));
}

void chan_listen(struct chan *c, bool on)
{
	c->listening = on;
	if (on)
		pump(c);
}

void chan_resume(struct chan *c)
{
	pump(c);
}

/* --- output --- */

static void wait_for_room(struct chan *c, bool wait)
{
	struct chan_half *out = &c->out;

	if (out->watched == wait || c->one)
		return;		/* a single descriptor is watched for both directions all the time */
	if (!wait)
		hostfd_unwatch(&out->h);
	else if (hostfd_watch(&out->h, EPOLLOUT))
		return;
	out->watched = wait;
}

/* Gives the ring to the host as far as it takes it. */
static void flush(struct chan *c)
{
	u8 buf[2048];
	u32 n;
	long done;

	timer_cancel(&c->flush_timer);
	c->last_flush_ns = ktime_ns();
	while (ring_used(&c->out_ring)) {
		n = ring_peek(&c->out_ring, 0, buf, sizeof(buf));
		done = os_write(c->out.h.fd, buf, n);
		if (done == -EAGAIN) {
			wait_for_room(c, true);
			return;
		}
		if (done < 0) {		/* nobody will ever read it */
			ring_drop(&c->out_ring, ring_used(&c->out_ring));
			break;
		}
		ring_drop(&c->out_ring, (u32)done);
	}
	wait_for_room(c, false);
}

static void tell_room(struct chan *c)
{
	if (!c->was_full)
		return;
	c->was_full = ring_used(&c->out_ring) != 0;
	if (ring_free(&c->out_ring) >= CHAN_OUT_SIZE / 2)
		c->ops->room(c);
}

static void flush_due(struct timer *t)
{
	struct chan *c = container_of(t, struct chan, flush_timer);

	if (c->out.h.fd >= 0)
		flush(c);
	tell_room(c);
}

size_t chan_write(struct chan *c, const void *p, size_t n)
{
	u64 now;

	if (!c->opened || c->out.h.fd < 0)
		return n;		/* null, or not there yet: vanishes */
	n = ring_put(&c->out_ring, p, (u32)min_t(size_t, n, CHAN_OUT_SIZE));
	if (c->out.watched && !c->one)
		return n;		/* the host is slow: EPOLLOUT goes on */
	now = ktime_ns();
	if (now - c->last_flush_ns >= BATCH_NS || ring_used(&c->out_ring) >= BATCH_BYTES)
		flush(c);
	else if (!c->flush_timer.pending)
		timer_set(&c->flush_timer, c->last_flush_ns + BATCH_NS);
	return n;
}

size_t chan_room(const struct chan *c)
{
	size_t room = CHAN_OUT_SIZE;

	if (c->opened && c->out.h.fd >= 0)
		room = ring_free(&c->out_ring);
	if (room < CHAN_OUT_SIZE / 2)
		((struct chan *)c)->was_full = true;
	return room;
}

size_t chan_pending(const struct chan *c)
{
	if (ring_used(&c->out_ring))
		((struct chan *)c)->was_full = true;	/* who asks waits for the end */
	return ring_used(&c->out_ring);
}

void chan_flush_output(struct chan *c)
{
	if (!c->opened || c->out.h.fd < 0)
		return;
	flush(c);
	ring_drop(&c->out_ring, ring_used(&c->out_ring));
	tell_room(c);
}

void chan_drain(struct chan *c, unsigned ms)
{
	if (!c->opened || c->out.h.fd < 0)
		return;
	flush(c);
	while (ring_used(&c->out_ring) && os_fd_wait(c->out.h.fd, true, ms)) {
		u32 before = ring_used(&c->out_ring);

		flush(c);
		if (ring_used(&c->out_ring) == before)
			return;
	}
}

/* --- opening and closing --- */

static void host_ready(struct hostfd *h, u32 events)
{
	struct chan_half *half = container_of(h, struct chan_half, h);
	struct chan *c = half->chan;

	if (half == &c->in && (events & ~(u32)EPOLLOUT))
		pump(c);
	if (c->opened && c->out.h.fd >= 0 && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) && ring_used(&c->out_ring)) {
		flush(c);
		tell_room(c);
	}
}

static void half_setup(struct chan_half *half)
{
	struct chan *c = half->chan;

	half->h.fn = host_ready;
	half->is_tty = os_isatty(half->h.fd);
	if (half->is_tty)
		os_tty_raw(half->h.fd);
	/* Plain files and /dev/null cannot be watched and need not: reading them never waits. */
	if (half == &c->in)
		half->watched = !hostfd_watch(&half->h, c->one ? EPOLLIN | EPOLLOUT : EPOLLIN);
	if (c->one) {
		c->out.h.fd = half->h.fd;
		c->out.is_tty = half->is_tty;
	}
}

void chan_half_ready(struct chan_half *half, int fd)
{
	if (fd < 0) {
		pr_err("%s: %s: cannot be opened: %s\n", half->chan->line, half->chan->configured, errno_text(fd));
		return;
	}
	half->h.fd = fd;
	half_setup(half);
	if (half->chan->listening)
		pump(half->chan);
}

static int half_open(struct chan_half *half)
{
	int err = half->type->open ? half->type->open(half) : 0;

	if (err && err != -EINPROGRESS)
		return err;
	if (!err && half->h.fd >= 0)
		half_setup(half);
	return 0;
}

static void half_close(struct chan_half *half)
{
	if (half->h.fd < 0)
		return;
	if (half->watched)
		hostfd_unwatch(&half->h);
	if (half->type->close)
		half->type->close(half);
	else
		os_close(half->h.fd);
	half->h.fd = -1;
	half->watched = false;
}

static void free_output(struct chan *c)
{
	kfree(c->out_ring.buf);
	c->out_ring = (struct ring){ 0 };
}

int chan_open(struct chan *c)
{
	int err;

	if (c->opened)
		return 0;
	if (chan_absent(c))
		return -ENODEV;
	c->out_ring = (struct ring){ .buf = kmalloc(CHAN_OUT_SIZE, 0), .size = CHAN_OUT_SIZE };
	if (!c->out_ring.buf)
		return -ENOMEM;
	timer_init(&c->flush_timer, flush_due);
	timer_init(&c->pump_timer, pump_again);
	c->eof = c->listening = c->was_full = false;
	c->in_pos = c->in_len = 0;
	err = half_open(&c->in);
	if (!err && !c->one) {
		err = half_open(&c->out);
		if (err)
			half_close(&c->in);
	}
	c->opened = !err;
	if (err)
		free_output(c);
	return err;
}

void chan_close(struct chan *c)
{
	if (!c->opened)
		return;
	if (c->out.h.fd >= 0)
		flush(c);
	timer_cancel(&c->flush_timer);
	timer_cancel(&c->pump_timer);
	c->opened = false;
	if (!c->one)
		half_close(&c->out);
	half_close(&c->in);
	c->out.h.fd = -1;
	free_output(c);
}

bool chan_winsize(struct chan *c, unsigned short *rows, unsigned short *cols)
{
	if (c->opened && c->out.is_tty && !os_tty_winsize(c->out.h.fd, rows, cols))
		return true;
	return c->opened && c->in.is_tty && !os_tty_winsize(c->in.h.fd, rows, cols);
}
