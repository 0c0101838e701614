// SPDX-License-Identifier: GPL-2.0
/*
 * Input of the line discipline: signals, flow control, line editing and its echo. Runs when the driver hands bytes up,
 * and never sleeps.
 */
#include <kernel/sched.h>
#include <fs/poll.h>
#include <lib/string.h>
#include "n_tty.h"

enum erase { ERASE_CHAR, ERASE_WORD, ERASE_LINE };

/* A full buffer without a complete line: the last byte gives way, so that a newline can still end it. */
static void put(struct n_tty *nt, u8 c)
{
	if (n_tty_used(nt) == nt->size) {
		if (!nt->icanon || nt->canon_head != nt->tail)
			return;
		nt->head--;
	}
	clear_bit(nt->ends, nt->head & (nt->size - 1));
	nt->buf[nt->head++ & (nt->size - 1)] = c;
}

static void finish_erasing(struct tty *tty, struct n_tty *nt)
{
	if (nt->erasing)
		n_tty_echo_raw(tty, '/');
	nt->erasing = false;
}

static void end_line(struct n_tty *nt, u8 c)
{
	put(nt, c);
	set_bit(nt->ends, (nt->head - 1) & (nt->size - 1));
	nt->canon_head = nt->head;
	nt->more = true;
}

static void echo_typed(struct tty *tty, struct n_tty *nt, u8 c)
{
	finish_erasing(tty, nt);
	if (nt->canon_head == nt->head)
		nt->canon_column = nt->column;
	n_tty_echo(tty, c);
}

/* --- erasing --- */

static bool is_word(u8 c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

/* A tab was erased: back to where it began, which depends on what stands before it in the line. */
static void rub_out_tab(struct tty *tty, struct n_tty *nt)
{
	u32 pos = nt->head, width = 0;
	bool after_tab = false;
	u8 c;

	while (pos != nt->canon_head && !after_tab) {
		c = n_tty_at(nt, --pos);
		if (c == '\t')
			after_tab = true;
		else if (is_control(c))
			width += L_FLAG(tty, ECHOCTL) ? 2 : 0;
		else if (!is_continuation(tty, c))
			width++;
	}
	if (!after_tab)
		width += nt->canon_column & 7;
	n_tty_echo_back(tty, 8 - (width & 7));
}

static void rub_out_column(struct tty *tty)
{
	n_tty_echo_raw(tty, '\b');
	n_tty_echo_raw(tty, ' ');
	n_tty_echo_raw(tty, '\b');
}

/* Shows that the character of n bytes at head, the first of them c, is gone. */
static void echo_erased(struct tty *tty, struct n_tty *nt, u8 c, u32 n, enum erase what)
{
	if (L_FLAG(tty, ECHOPRT)) {
		if (!nt->erasing)
			n_tty_echo_raw(tty, '\\');
		nt->erasing = true;
		n_tty_echo(tty, c);
		for (u32 i = 1; i < n; i++)
			n_tty_echo_raw(tty, n_tty_at(nt, nt->head + i));
	} else if (what == ERASE_CHAR && !L_FLAG(tty, ECHOE)) {
		n_tty_echo(tty, C_CHAR(tty, VERASE));
	} else if (c == '\t') {
		rub_out_tab(tty, nt);
	} else {
		if (is_control(c) && L_FLAG(tty, ECHOCTL))
			rub_out_column(tty);
		if (!is_control(c) || L_FLAG(tty, ECHOCTL))
			rub_out_column(tty);
	}
}

/* Takes the last character off the line being edited. False: none is left (or it is cut off). */
static bool drop_character(struct tty *tty, struct n_tty *nt, u8 *first, u32 *bytes)
{
	u32 pos = nt->head;
	u8 c;

	do {
		if (pos == nt->canon_head)
			return false;
		c = n_tty_at(nt, --pos);
	} while (is_continuation(tty, c));
	*first = c;
	*bytes = nt->head - pos;
	return true;
}

static void erase(struct tty *tty, struct n_tty *nt, enum erase what)
{
	bool in_word = false;
	u32 bytes;
	u8 c;

	if (what == ERASE_LINE && !L_FLAG(tty, ECHO)) {
		nt->head = nt->canon_head;
		return;
	}
	if (what == ERASE_LINE && (!L_FLAG(tty, ECHOK) || !L_FLAG(tty, ECHOKE) || !L_FLAG(tty, ECHOE))) {
		if (nt->head == nt->canon_head)
			return;
		nt->head = nt->canon_head;
		finish_erasing(tty, nt);
		n_tty_echo(tty, C_CHAR(tty, VKILL));
		if (L_FLAG(tty, ECHOK))
			n_tty_echo_raw(tty, '\n');
		return;
	}
	while (drop_character(tty, nt, &c, &bytes)) {
		if (what == ERASE_WORD && in_word && !is_word(c))
			break;
		in_word |= is_word(c);
		nt->head -= bytes;
		if (L_FLAG(tty, ECHO))
			echo_erased(tty, nt, c, bytes, what);
		if (what == ERASE_CHAR)
			break;
	}
	if (nt->head == nt->canon_head && L_FLAG(tty, ECHO))
		finish_erasing(tty, nt);
}

static void reprint(struct tty *tty, struct n_tty *nt, u8 c)
{
	u32 pos;

	finish_erasing(tty, nt);
	n_tty_echo(tty, c);
	n_tty_echo_raw(tty, '\n');
	for (pos = nt->canon_head; pos != nt->head; pos++)
		n_tty_echo(tty, n_tty_at(nt, pos));
}

/* --- special characters; each returns true when it has used c up --- */

static void send_tty_signal(struct tty *tty, struct n_tty *nt, int sig, u8 c)
{
	tty_signal_pgrp(tty->pgrp, sig);
	if (!L_FLAG(tty, NOFLSH)) {
		n_tty_echo_flush(tty);	/* what the driver takes, the rest is forgotten */
		ring_drop(&nt->echo, ring_used(&nt->echo));
		tty->ldisc->flush_input(tty);
		tty_flush_output(tty);
	}
	if (I_FLAG(tty, IXON))
		tty_start(tty);
	if (L_FLAG(tty, ECHO))
		n_tty_echo(tty, c);
}

/* c is the character of slot v; a slot with NUL is switched off. */
static bool is(struct tty *tty, u8 c, int v)
{
	return c && c == C_CHAR(tty, v);
}

static bool flow_char(struct tty *tty, u8 c)
{
	if (!I_FLAG(tty, IXON))
		return false;
	if (is(tty, c, VSTART)) {
		tty_start(tty);
		return true;
	}
	if (is(tty, c, VSTOP)) {
		tty_stop(tty);
		return true;
	}
	return false;
}

static bool signal_char(struct tty *tty, struct n_tty *nt, u8 c)
{
	int sig;

	if (!L_FLAG(tty, ISIG))
		return false;
	sig = is(tty, c, VINTR) ? SIGINT : is(tty, c, VQUIT) ? SIGQUIT : is(tty, c, VSUSP) ? SIGTSTP : 0;
	if (sig)
		send_tty_signal(tty, nt, sig, c);
	return sig != 0;
}

static bool edit_char(struct tty *tty, struct n_tty *nt, u8 c)
{
	bool ext = L_FLAG(tty, IEXTEN), echo = L_FLAG(tty, ECHO);

	if (is(tty, c, VERASE)) {
		erase(tty, nt, ERASE_CHAR);
	} else if (is(tty, c, VKILL)) {
		erase(tty, nt, ERASE_LINE);
	} else if (ext && is(tty, c, VWERASE)) {
		erase(tty, nt, ERASE_WORD);
	} else if (ext && is(tty, c, VLNEXT)) {
		nt->lnext = true;
		if (echo) {
			finish_erasing(tty, nt);
			if (L_FLAG(tty, ECHOCTL)) {
				n_tty_echo_raw(tty, '^');
				n_tty_echo_raw(tty, '\b');
			}
		}
	} else if (ext && echo && is(tty, c, VREPRINT)) {
		reprint(tty, nt, c);
	} else if (c == '\n') {
		if (echo)
			finish_erasing(tty, nt);
		if (echo || L_FLAG(tty, ECHONL))
			n_tty_echo_raw(tty, '\n');
		end_line(nt, c);
	} else if (is(tty, c, VEOF)) {
		end_line(nt, 0);
	} else if (is(tty, c, VEOL) || (ext && is(tty, c, VEOL2))) {
		if (echo)
			echo_typed(tty, nt, c);
		if (I_FLAG(tty, PARMRK) && c == 0xff)
			put(nt, c);
		end_line(nt, c);
	} else {
		return false;
	}
	return true;
}

static void ordinary_char(struct tty *tty, struct n_tty *nt, u8 c)
{
	if (L_FLAG(tty, ECHO)) {
		if (c == '\n') {
			finish_erasing(tty, nt);
			n_tty_echo_raw(tty, c);
		} else {
			echo_typed(tty, nt, c);
		}
	}
	if (I_FLAG(tty, PARMRK) && c == 0xff)
		put(nt, c);
	put(nt, c);
	nt->more |= !nt->icanon;
}

static void receive_char(struct tty *tty, struct n_tty *nt, u8 c)
{
	if (I_FLAG(tty, ISTRIP))
		c &= 0x7f;
	if (I_FLAG(tty, IUCLC) && L_FLAG(tty, IEXTEN) && c >= 'A' && c <= 'Z')
		c += 'a' - 'A';
	if (nt->lnext) {
		nt->lnext = false;
		ordinary_char(tty, nt, c);
		return;
	}
	if (flow_char(tty, c) || signal_char(tty, nt, c))
		return;
	if (tty->stopped && I_FLAG(tty, IXON) && I_FLAG(tty, IXANY))
		tty_start(tty);
	if (c == '\r') {
		if (I_FLAG(tty, IGNCR))
			return;
		if (I_FLAG(tty, ICRNL))
			c = '\n';
	} else if (c == '\n' && I_FLAG(tty, INLCR)) {
		c = '\r';
	}
	if (nt->icanon && edit_char(tty, nt, c))
		return;
	ordinary_char(tty, nt, c);
}

static void receive_break(struct tty *tty, struct n_tty *nt)
{
	if (I_FLAG(tty, IGNBRK))
		return;
	if (I_FLAG(tty, BRKINT)) {
		tty_signal_pgrp(tty->pgrp, SIGINT);
		if (!L_FLAG(tty, NOFLSH)) {
			tty->ldisc->flush_input(tty);
			tty_flush_output(tty);
		}
		return;
	}
	if (I_FLAG(tty, PARMRK)) {
		put(nt, 0xff);
		put(nt, 0);
	}
	put(nt, 0);
	nt->more |= !nt->icanon;
}

static size_t receive_raw(struct n_tty *nt, const u8 *p, size_t n)
{
	u32 at = nt->head & (nt->size - 1), first;

	n = min_t(size_t, n, nt->size - n_tty_used(nt));
	first = min_t(u32, (u32)n, nt->size - at);
	memcpy(nt->buf + at, p, first);
	memcpy(nt->buf, p + first, n - first);
	nt->head += (u32)n;
	nt->more |= n != 0;
	return n;
}

/* PARMRK may make three bytes of one, and an ordinary one needs one. */
static bool has_room(struct tty *tty, struct n_tty *nt)
{
	if (nt->icanon && nt->canon_head == nt->tail)
		return true;
	return n_tty_used(nt) + (I_FLAG(tty, PARMRK) ? 3 : 1) <= nt->size;
}

size_t n_tty_receive_room(struct tty *tty)
{
	struct n_tty *nt = n_tty_of(tty);
	size_t free = nt->size - n_tty_used(nt);

	if (I_FLAG(tty, PARMRK))
		free /= 3;
	return free ?: has_room(tty, nt);
}

size_t n_tty_receive(struct tty *tty, const u8 *p, size_t n, u8 flag)
{
	struct n_tty *nt = n_tty_of(tty);
	size_t done = 0;

	if (flag == TTY_BREAK) {
		receive_break(tty, nt);
		done = n;
	} else if (nt->raw) {
		done = receive_raw(nt, p, n);
	} else {
		while (done < n && has_room(tty, nt))
			receive_char(tty, nt, p[done++]);
		n_tty_echo_flush(tty);
	}
	if (nt->more) {
		nt->more = false;
		wake_up_poll(&tty->read_wait, EPOLLIN | EPOLLRDNORM);
		tty_fasync(tty, POLL_IN);
	}
	return done;
}
