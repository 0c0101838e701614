/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of the ordinary line discipline, shared by n_tty.c (reading, settings), n_tty_in.c and n_tty_out.c.
 *
 *	tail ........ canon_head ........ head		counts of bytes ever taken and put; the place is count & mask
 *	complete lines | line being edited		canonical mode; in raw mode all from tail to head can be read
 *
 * A bit in ends marks the last byte of a line. A NUL with its bit set is an end of file and never reaches the reader.
 */
#ifndef N_TTY_H
#define N_TTY_H

#include <drivers/tty.h>
#include <lib/bitmap.h>
#include <lib/ring.h>

#define N_TTY_SIZE	4096		/* longest line, as on Linux */
#define N_TTY_SIZE_PTM	16384		/* a pty master's: fewer switches while its slave writes much */
#define ECHO_SIZE	4096

struct n_tty {
	u8 *buf;
	unsigned long *ends;
	u32 size, head, tail, canon_head;
	u32 column;			/* where the cursor is, in the output line */
	u32 canon_column;		/* where it was when the line being edited began */
	bool icanon;			/* ICANON, as of the last set_termios */
	bool raw;			/* input goes straight into the buffer */
	bool lnext;			/* the next byte is literal */
	bool erasing;			/* within \.../ of ECHOPRT */
	bool more;			/* input became readable: wake the readers */
	struct ring echo;		/* echo that the driver has not taken yet */
	u8 echo_buf[ECHO_SIZE];
};

static inline struct n_tty *n_tty_of(struct tty *tty) { return tty->ldisc_data; }
static inline u32 n_tty_used(const struct n_tty *nt) { return nt->head - nt->tail; }
static inline u8 n_tty_at(const struct n_tty *nt, u32 pos) { return nt->buf[pos & (nt->size - 1)]; }
static inline bool n_tty_end_at(const struct n_tty *nt, u32 pos) { return test_bit(nt->ends, pos & (nt->size - 1)); }
static inline bool is_control(u8 c) { return c < ' ' || c == 127; }
/* The second and later bytes of a UTF-8 character take no column and are erased with the first. */
static inline bool is_continuation(struct tty *tty, u8 c) { return I_FLAG(tty, IUTF8) && (c & 0xc0) == 0x80; }

/* n_tty_out.c */
size_t n_tty_output(struct tty *tty, const u8 *p, size_t n);	/* with post-processing: how much of p was written */
void n_tty_echo(struct tty *tty, u8 c);			/* as typed: ^X for control characters if ECHOCTL */
void n_tty_echo_raw(struct tty *tty, u8 c);		/* post-processed only */
void n_tty_echo_back(struct tty *tty, u32 n);		/* n backspaces over a tab */
bool n_tty_echo_flush(struct tty *tty);			/* true: nothing is left */

/* n_tty_in.c */
size_t n_tty_receive(struct tty *tty, const u8 *p, size_t n, u8 flag);
size_t n_tty_receive_room(struct tty *tty);

#endif
