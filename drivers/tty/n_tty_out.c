// SPDX-License-Identifier: GPL-2.0
/* Output of the line discipline: OPOST and its sisters, the cursor's column, and echo, which waits in a ring for the driver. */
#include <lib/string.h>
#include "n_tty.h"

/* One byte post-processed into out (room for 8): how many. Moves the column. */
static size_t opost(struct tty *tty, struct n_tty *nt, u8 c, u8 *out)
{
	u32 spaces;

	switch (c) {
	case '\n':
		if (O_FLAG(tty, ONLRET))
			nt->column = 0;
		if (O_FLAG(tty, ONLCR)) {
			nt->canon_column = nt->column = 0;
			memcpy(out, "\r\n", 2);
			return 2;
		}
		nt->canon_column = nt->column;
		break;
	case '\r':
		if (O_FLAG(tty, ONOCR) && !nt->column)
			return 0;
		if (O_FLAG(tty, OCRNL)) {
			c = '\n';
			if (O_FLAG(tty, ONLRET))
				nt->canon_column = nt->column = 0;
			break;
		}
		nt->canon_column = nt->column = 0;
		break;
	case '\t':
		spaces = 8 - (nt->column & 7);
		nt->column += spaces;
		if (O_FLAG(tty, TABDLY) == XTABS) {
			memset(out, ' ', spaces);
			return spaces;
		}
		break;
	case '\b':
		if (nt->column)
			nt->column--;
		break;
	default:
		if (is_control(c))
			break;
		if (O_FLAG(tty, OLCUC) && c >= 'a' && c <= 'z')
			c -= 'a' - 'A';
		if (!is_continuation(tty, c))
			nt->column++;
	}
	*out = c;
	return 1;
}

size_t n_tty_output(struct tty *tty, const u8 *p, size_t n)
{
	struct n_tty *nt = n_tty_of(tty);
	size_t done = 0, len, room;
	u8 out[512];

	if (!O_FLAG(tty, OPOST))
		return tty_put(tty, p, n);
	while (done < n) {
		room = min_t(size_t, tty_room(tty), sizeof(out));
		for (len = 0; done < n && len + 8 <= room; done++)
			len += opost(tty, nt, p[done], out + len);
		/* Near a full driver: byte by byte, as far as each is sure to fit. */
		if (!len && room >= 2 && O_FLAG(tty, TABDLY) != XTABS)
			len = opost(tty, nt, p[done++], out);
		if (!len && room < 8)
			break;
		tty_put(tty, out, len);
	}
	return done;
}

/* --- echo --- */

static void echo_bytes(struct n_tty *nt, const u8 *p, size_t n)
{
	if (ring_free(&nt->echo) >= n)		/* else the reader of the echo is too slow: lost */
		ring_put(&nt->echo, p, (u32)n);
}

void n_tty_echo_raw(struct tty *tty, u8 c)
{
	struct n_tty *nt = n_tty_of(tty);
	u8 out[8];

	if (O_FLAG(tty, OPOST))
		echo_bytes(nt, out, opost(tty, nt, c, out));
	else
		echo_bytes(nt, &c, 1);
}

void n_tty_echo(struct tty *tty, u8 c)
{
	struct n_tty *nt = n_tty_of(tty);
	u8 caret[2] = { '^', c ^ 0x40 };

	if (!L_FLAG(tty, ECHOCTL) || !is_control(c) || c == '\t') {
		n_tty_echo_raw(tty, c);
		return;
	}
	echo_bytes(nt, caret, 2);
	nt->column += 2;
}

void n_tty_echo_back(struct tty *tty, u32 n)
{
	struct n_tty *nt = n_tty_of(tty);

	nt->column -= min(n, nt->column);
	while (n--)
		echo_bytes(nt, (const u8 *)"\b", 1);
}

bool n_tty_echo_flush(struct tty *tty)
{
	struct n_tty *nt = n_tty_of(tty);
	u8 chunk[256];
	u32 n, done;

	while (ring_used(&nt->echo)) {
		n = ring_peek(&nt->echo, 0, chunk, min_t(u32, sizeof(chunk), (u32)min_t(size_t, tty_room(tty), ECHO_SIZE)));
		done = n ? (u32)tty_put(tty, chunk, n) : 0;
		ring_drop(&nt->echo, done);
		if (!n || done < n)
			return false;
	}
	return true;
}
