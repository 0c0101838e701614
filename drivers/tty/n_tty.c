// SPDX-License-Identifier: GPL-2.0
/*
 * The ordinary line discipline: reading by lines or by VMIN and VTIME, writing, polling, and what a change of settings
 * does to input that is already there. Source: POSIX.1-2017, 11.1.6 to 11.1.9; man 3 termios.
 */
#include <kernel/sched.h>
#include <kernel/timer.h>
#include <fs/poll.h>
#include <lib/string.h>
#include <mm/slab.h>
#include "n_tty.h"

#define WAKEUP_CHARS	256	/* poll: writable when less than this waits in the driver */
#define LOW_WATER	128	/* the driver may go on when no more than this is unread */

/* Needs nothing looked at or echoed, so that bytes can be copied by the block. */
static bool wants_raw(struct tty *tty)
{
	return !I_FLAG(tty, IGNCR | ICRNL | INLCR | ISTRIP | IUCLC | IXON | PARMRK) && !L_FLAG(tty, ICANON | ECHO | ISIG);
}

static void n_tty_set_termios(struct tty *tty, const struct ktermios *old)
{
	struct n_tty *nt = n_tty_of(tty);

	if (!old || ((old->c_lflag ^ tty->termios.c_lflag) & ICANON)) {
		memset(nt->ends, 0, nt->size / 8);
		if (!L_FLAG(tty, ICANON) || !n_tty_used(nt)) {
			nt->canon_head = nt->tail;
		} else {	/* what was typed in raw mode counts as a line */
			set_bit(nt->ends, (nt->head - 1) & (nt->size - 1));
			nt->canon_head = nt->head;
		}
		nt->erasing = nt->lnext = false;
	}
	nt->icanon = L_FLAG(tty, ICANON);
	nt->raw = wants_raw(tty);
	if (old && (old->c_iflag & IXON) && !I_FLAG(tty, IXON))
		tty_start(tty);		/* nobody could type ^Q any more */
	wake_up_all(&tty->read_wait);
	wake_up_all(&tty->write_wait);
}

static int n_tty_open(struct tty *tty)
{
	struct n_tty *nt = kzalloc(sizeof(*nt), 0);

	if (!nt)
		return -ENOMEM;
	nt->size = tty->driver->flags & TTY_F_PTY_MASTER ? N_TTY_SIZE_PTM : N_TTY_SIZE;
	nt->buf = kmalloc(nt->size, 0);
	nt->ends = kzalloc(nt->size / 8, 0);
	if (!nt->buf || !nt->ends) {
		kfree(nt->buf);
		kfree(nt->ends);
		kfree(nt);
		return -ENOMEM;
	}
	nt->echo = (struct ring){ .buf = nt->echo_buf, .size = ECHO_SIZE };
	tty->ldisc_data = nt;
	n_tty_set_termios(tty, NULL);
	return 0;
}

static void n_tty_close(struct tty *tty)
{
	struct n_tty *nt = n_tty_of(tty);

	kfree(nt->buf);
	kfree(nt->ends);
	kfree(nt);
}

static void n_tty_flush_input(struct tty *tty)
{
	struct n_tty *nt = n_tty_of(tty);

	nt->tail = nt->canon_head = nt->head;
	memset(nt->ends, 0, nt->size / 8);
	nt->erasing = nt->lnext = false;
	tty_pkt_status(tty, TIOCPKT_FLUSHREAD);
	tty_unthrottle(tty);
}

static void n_tty_hangup(struct tty *tty)
{
	struct n_tty *nt = n_tty_of(tty);

	ring_drop(&nt->echo, ring_used(&nt->echo));
	n_tty_flush_input(tty);
	n_tty_set_termios(tty, NULL);	/* they may have been reset */
}

/* --- reading --- */

static bool readable(struct n_tty *nt, u32 at_least)
{
	return nt->icanon ? nt->canon_head != nt->tail : n_tty_used(nt) >= at_least;
}

static size_t n_tty_chars(struct tty *tty)
{
	struct n_tty *nt = n_tty_of(tty);
	size_t n = 0;
	u32 pos;

	if (!nt->icanon)
		return n_tty_used(nt);
	for (pos = nt->tail; pos != nt->canon_head; pos++)
		n += !(n_tty_end_at(nt, pos) && !n_tty_at(nt, pos));
	return n;
}

static bool n_tty_input_empty(struct tty *tty)
{
	return !n_tty_used(n_tty_of(tty));
}

/* The next part of a line: how much; *end when that finishes it. An end of file is used up without giving a byte. */
static size_t take_line(struct n_tty *nt, u8 *out, size_t n, bool *end)
{
	size_t got = 0;

	while (nt->tail != nt->canon_head && !*end) {
		u8 c = n_tty_at(nt, nt->tail);
		bool last = n_tty_end_at(nt, nt->tail), eof = last && !c;

		if (got == n && !eof)
			break;
		/* A read that ends just before an end of file takes that along. */
		clear_bit(nt->ends, nt->tail++ & (nt->size - 1));
		if (!eof)
			out[got++] = c;
		*end = last;
	}
	return got;
}

static size_t take_raw(struct n_tty *nt, u8 *out, size_t n)
{
	u32 at = nt->tail & (nt->size - 1);

	n = min_t(size_t, n, min(n_tty_used(nt), nt->size - at));
	memcpy(out, nt->buf + at, n);
	nt->tail += (u32)n;
	nt->canon_head = nt->tail;
	return n;
}

static void may_unthrottle(struct tty *tty, struct n_tty *nt)
{
	if (tty->throttled && (n_tty_used(nt) <= LOW_WATER || (nt->icanon && nt->canon_head == nt->tail)))
		tty_unthrottle(tty);
}

/* Moves what is there to the reader. Bytes, or -EFAULT. *end: a line is finished. */
static ssize_t take(struct tty *tty, struct iov_iter *it, bool *end)
{
	struct n_tty *nt = n_tty_of(tty);
	size_t done = 0, n, put;
	u8 chunk[1024];

	do {
		n = min_t(size_t, sizeof(chunk), it->count);
		n = nt->icanon ? take_line(nt, chunk, n, end) : take_raw(nt, chunk, n);
		put = n ? copy_to_iter(chunk, n, it) : 0;
		done += put;
		if (put < n)
			return done ? (ssize_t)done : -EFAULT;
	} while (n && it->count && !*end);
	may_unthrottle(tty, nt);
	return (ssize_t)done;
}

static bool console_ended(struct tty *tty, struct file *f)
{
	return tty->input_ended && ((struct tty_file *)f->private)->console;
}

/* Waits for input. 0: test again; 1: time is over, or the line is gone: end of file; else -errno. */
static int wait_for_input(struct tty *tty, struct file *f, u64 deadline)
{
	struct n_tty *nt = n_tty_of(tty);
	int err;

	if (tty->other_closed)
		return -EIO;
	if (tty_file_hung(f) || console_ended(tty, f) || !deadline)
		return 1;
	if (f->flags & O_NONBLOCK)
		return -EAGAIN;
	err = wait_event_deadline(&tty->read_wait, readable(nt, 1) || tty->other_closed || tty_file_hung(f) ||
				  console_ended(tty, f) || (tty->packet && tty->link->pktstatus), deadline);
	return err == -ETIME ? 1 : err;
}

static u64 deadline_in(u32 tenths)
{
	return tenths ? ktime_ns() + tenths * (NSEC_PER_SEC / 10) : 0;
}

/* A master in packet mode reads a status byte alone, or a zero before data. 1: one byte was put. */
static int packet_head(struct tty *tty, struct iov_iter *it, bool *alone)
{
	u8 status = tty->link->pktstatus;

	*alone = status;
	if (!status && !readable(n_tty_of(tty), 1))
		return 0;
	tty->link->pktstatus = 0;
	return copy_to_iter(&status, 1, it) ? 1 : -EFAULT;
}

static ssize_t n_tty_read(struct tty *tty, struct file *f, struct iov_iter *it)
{
	struct n_tty *nt = n_tty_of(tty);
	bool end = false, canon = nt->icanon, alone = false;
	u32 vmin = canon ? 0 : C_CHAR(tty, VMIN), vtime = canon ? 0 : C_CHAR(tty, VTIME);
	/* Without VMIN the clock starts now, with it after the first byte. */
	u64 deadline = canon || vmin ? WAIT_FOREVER : deadline_in(vtime);
	ssize_t done = 0, n;
	int err = 0;

	if (!((struct tty_file *)f->private)->console) {
		err = tty_check_change(tty, SIGTTIN);
		if (err)
			return err;
	}
	for (;;) {
		if (tty->packet && !done) {
			err = packet_head(tty, it, &alone);
			if (err < 0)
				return err;
			done = err;
			if (alone && done)
				return done;
		}
		if (readable(nt, 1)) {
			n = take(tty, it, &end);
			if (n < 0)
				return done ?: n;
			done += n;
			if (nt->icanon || done >= (ssize_t)max(vmin, 1U) || !it->count)
				return done;
			if (vmin && vtime)
				deadline = deadline_in(vtime);
			continue;
		}
		err = wait_for_input(tty, f, deadline);
		if (err)
			break;
	}
	return done ?: (err < 0 ? err : 0);
}

/* --- writing --- */

static bool line_gone(struct tty *tty, struct file *f)
{
	return tty_file_hung(f) || (tty->other_closed && (tty->driver->flags & TTY_F_PTY_SLAVE));
}

static ssize_t n_tty_write(struct tty *tty, struct file *f, const u8 *p, size_t n)
{
	size_t done = 0, k;
	int err;

	if (L_FLAG(tty, TOSTOP) && !((struct tty_file *)f->private)->console) {
		err = tty_check_change(tty, SIGTTOU);
		if (err)
			return err;
	}
	while (done < n) {
		if (line_gone(tty, f))
			return done ? (ssize_t)done : -EIO;
		k = n_tty_echo_flush(tty) ? n_tty_output(tty, p + done, n - done) : 0;
		done += k;
		if (k)
			continue;
		if (f->flags & O_NONBLOCK)
			return done ? (ssize_t)done : -EAGAIN;
		err = wait_event_interruptible(&tty->write_wait, tty_room(tty) >= 8 || line_gone(tty, f));
		if (err)
			return done ? (ssize_t)done : err;
	}
	return (ssize_t)done;
}

static void n_tty_write_wakeup(struct tty *tty)
{
	n_tty_echo_flush(tty);
}

static u32 n_tty_poll(struct tty *tty, struct file *f, struct poll_table *pt)
{
	struct n_tty *nt = n_tty_of(tty);
	const struct tty_ops *ops = tty->driver->ops;
	u32 events = 0;

	poll_wait(f, &tty->read_wait, pt);
	poll_wait(f, &tty->write_wait, pt);
	if (readable(nt, !C_CHAR(tty, VTIME) && C_CHAR(tty, VMIN) ? C_CHAR(tty, VMIN) : 1))
		events |= EPOLLIN | EPOLLRDNORM;
	if (tty->packet && tty->link->pktstatus)
		events |= EPOLLPRI | EPOLLIN | EPOLLRDNORM;
	if (tty->other_closed || tty_file_hung(f))
		events |= EPOLLHUP;
	if (console_ended(tty, f))
		events |= EPOLLIN | EPOLLRDNORM | EPOLLHUP;
	if (!tty->writing && tty_room(tty) && (!ops->chars_in_buffer || ops->chars_in_buffer(tty) < WAKEUP_CHARS))
		events |= EPOLLOUT | EPOLLWRNORM;
	return events;
}

struct tty_ldisc_ops n_tty_ops = {
	.num = 0, .name = "n_tty",
	.open = n_tty_open, .close = n_tty_close, .read = n_tty_read, .write = n_tty_write, .receive = n_tty_receive,
	.receive_room = n_tty_receive_room, .write_wakeup = n_tty_write_wakeup, .flush_input = n_tty_flush_input,
	.chars_in_buffer = n_tty_chars, .input_empty = n_tty_input_empty, .poll = n_tty_poll, .set_termios = n_tty_set_termios, .hangup = n_tty_hangup,
};
