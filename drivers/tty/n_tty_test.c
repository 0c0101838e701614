// SPDX-License-Identifier: GPL-2.0
/* Unit tests of the line discipline, on a terminal whose driver keeps what is written to it. */
#include <kernel/kunit.h>
#include <kernel/uaccess.h>
#include <drivers/tty.h>
#include <fs/poll.h>
#include <lib/string.h>
#include <mm/slab.h>

static char shown[8192];
static size_t nshown, room = 4096, unthrottled;

static size_t fake_write(struct tty *tty, const u8 *p, size_t n)
{
	n = min(n, min(room, sizeof(shown) - 1 - nshown));
	memcpy(shown + nshown, p, n);
	nshown += n;
	shown[nshown] = 0;
	return n;
}

static size_t fake_room(struct tty *tty)
{
	return min(room, sizeof(shown) - 1 - nshown);
}

static void fake_unthrottle(struct tty *tty)
{
	unthrottled++;
}

static const struct tty_ops fake_ops = { .write = fake_write, .write_room = fake_room, .unthrottle = fake_unthrottle };
static struct tty_driver fake_driver = { .name = "fake", .n = 1, .flags = TTY_F_RESET_TERMIOS, .ops = &fake_ops };

struct term { struct tty *tty; struct file f; struct tty_file tf; };

static struct term *open_term(void)
{
	struct term *t = kzalloc(sizeof(*t), 0);

	fake_driver.init_termios = tty_std_termios;
	t->tty = tty_alloc(&fake_driver, 0);
	t->tf = (struct tty_file){ .tty = t->tty, .file = &t->f };
	t->f.private = &t->tf;
	t->f.flags = O_RDWR | O_NONBLOCK;
	nshown = 0;
	shown[0] = 0;
	room = 4096;
	return t;
}

static void close_term(struct term *t)
{
	tty_free(t->tty);
	kfree(t);
}

static size_t type(struct term *t, const char *s)
{
	return tty_receive(t->tty, (const u8 *)s, strlen(s));
}

/* What was shown since last asked. */
static const char *screen(void)
{
	static char copy[sizeof(shown)];

	memcpy(copy, shown, nshown + 1);
	nshown = 0;
	shown[0] = 0;
	return copy;
}

static char got[8192];

static ssize_t get(struct term *t, size_t n)
{
	struct iov_iter it;
	ssize_t r;

	iov_iter_kernel(&it, got, n);
	r = t->tty->ldisc->read(t->tty, &t->f, &it);
	got[r > 0 ? r : 0] = 0;
	return r;
}

static ssize_t put(struct term *t, const char *s)
{
	return t->tty->ldisc->write(t->tty, &t->f, (const u8 *)s, strlen(s));
}

static void set(struct term *t, tcflag_t iflag, tcflag_t oflag, tcflag_t lflag)
{
	struct ktermios k = t->tty->termios;

	k.c_iflag = iflag;
	k.c_oflag = oflag;
	k.c_lflag = lflag;
	tty_set_termios(t->tty, &k);
}

#define COOKED (ICANON | ECHO | ECHOE | ECHOK | ECHOKE | ECHOCTL | IEXTEN | ISIG)

KUNIT(n_tty_line)
{
	struct term *t = open_term();

	EXPECT_EQ(get(t, 10), -EAGAIN);
	type(t, "hello");
	EXPECT_EQ(get(t, 10), -EAGAIN);
	type(t, "\r");				/* ICRNL */
	EXPECT_STR(screen(), "hello\r\n");
	EXPECT_EQ(t->tty->ldisc->chars_in_buffer(t->tty), 6);
	EXPECT_EQ(get(t, 3), 3);
	EXPECT_STR(got, "hel");
	EXPECT_EQ(get(t, 100), 3);
	EXPECT_STR(got, "lo\n");
	type(t, "a\nb\n");			/* two lines: two reads */
	EXPECT_EQ(get(t, 100), 2);
	EXPECT_EQ(get(t, 100), 2);
	EXPECT_STR(got, "b\n");
	close_term(t);
}

KUNIT(n_tty_erase)
{
	struct term *t = open_term();

	type(t, "ab\x7f" "c\x7f\x7f\x7f\x7fz\n");
	EXPECT_STR(screen(), "ab\b \bc\b \b\b \bz\r\n");
	EXPECT_EQ(get(t, 100), 2);
	EXPECT_STR(got, "z\n");
	type(t, "one two_3 \x17x\n");		/* ^W */
	EXPECT_STR(screen(), "one two_3 \b \b\b \b\b \b\b \b\b \b\b \bx\r\n");
	EXPECT_EQ(get(t, 100), 6);
	EXPECT_STR(got, "one x\n");
	type(t, "ab\x15" "c\n");		/* ^U */
	EXPECT_STR(screen(), "ab\b \b\b \bc\r\n");
	EXPECT_EQ(get(t, 100), 2);
	type(t, "\x01\x7fq\n");			/* ^A shows as two columns */
	EXPECT_STR(screen(), "^A\b \b\b \bq\r\n");
	get(t, 100);
	type(t, "a\t\x7f\n");			/* a tab goes back to where it began */
	EXPECT_STR(screen(), "a\t\b\b\b\b\b\b\b\r\n");
	get(t, 100);
	close_term(t);
}

KUNIT(n_tty_erase_utf8)
{
	struct term *t = open_term();

	set(t, ICRNL | IUTF8, OPOST | ONLCR, COOKED);
	type(t, "a\xc3\xa9\x7f\n");
	EXPECT_STR(screen(), "a\xc3\xa9\b \b\r\n");
	EXPECT_EQ(get(t, 100), 2);
	EXPECT_STR(got, "a\n");
	close_term(t);
}

KUNIT(n_tty_kill_and_reprint)
{
	struct term *t = open_term();

	set(t, ICRNL, OPOST | ONLCR, COOKED & ~(u32)ECHOKE);
	type(t, "ab\x15" "c\n");
	EXPECT_STR(screen(), "ab^U\r\nc\r\n");
	EXPECT_EQ(get(t, 100), 2);
	type(t, "ab\x12" "c\n");		/* ^R */
	EXPECT_STR(screen(), "ab^R\r\nabc\r\n");
	EXPECT_EQ(get(t, 100), 4);
	set(t, ICRNL, OPOST | ONLCR, COOKED | ECHOPRT);
	type(t, "abc\x7f\x7fx\n");
	EXPECT_STR(screen(), "abc\\cb/x\r\n");
	EXPECT_EQ(get(t, 100), 3);
	EXPECT_STR(got, "ax\n");
	close_term(t);
}

KUNIT(n_tty_literal_next)
{
	struct term *t = open_term();

	type(t, "a\x16\x03" "b\x16\x7f\n");	/* ^V^C, ^V DEL */
	EXPECT_STR(screen(), "a^\b^Cb^\b^?\r\n");
	EXPECT_EQ(get(t, 100), 5);
	EXPECT_STR(got, "a\x03" "b\x7f\n");
	close_term(t);
}

KUNIT(n_tty_end_of_file)
{
	struct term *t = open_term();

	type(t, "\x04");
	EXPECT_EQ(get(t, 100), 0);
	EXPECT_EQ(get(t, 100), -EAGAIN);
	type(t, "abc\x04");
	EXPECT_EQ(t->tty->ldisc->chars_in_buffer(t->tty), 3);
	EXPECT_EQ(get(t, 3), 3);		/* takes the end of file along */
	EXPECT_EQ(get(t, 100), -EAGAIN);
	type(t, "abc\x04");
	EXPECT_EQ(get(t, 2), 2);
	EXPECT_EQ(get(t, 2), 1);
	EXPECT_EQ(get(t, 2), -EAGAIN);
	EXPECT_STR(screen(), "abcabc");		/* ^D is not echoed */
	close_term(t);
}

KUNIT(n_tty_long_line)
{
	struct term *t = open_term();
	int i;

	set(t, ICRNL, 0, ICANON);
	for (i = 0; i < 5000; i++)
		EXPECT_EQ(type(t, "a"), 1);
	type(t, "\n");
	EXPECT_EQ(type(t, "b"), 0);		/* a full line is there: the rest waits with the driver */
	EXPECT(t->tty->throttled);
	EXPECT_EQ(get(t, 8000), 4096);
	EXPECT_EQ(got[4094], 'a');
	EXPECT_EQ(got[4095], '\n');
	EXPECT(unthrottled);
	EXPECT(!t->tty->throttled);
	close_term(t);
}

KUNIT(n_tty_output)
{
	struct term *t = open_term();

	set(t, 0, OPOST | ONLCR | XTABS, 0);
	EXPECT_EQ(put(t, "ab\tc\n\tx\n"), 8);
	EXPECT_STR(screen(), "ab      c\r\n        x\r\n");
	set(t, 0, OPOST | OCRNL | OLCUC, 0);
	put(t, "ab\r");
	EXPECT_STR(screen(), "AB\n");
	set(t, 0, OPOST | ONOCR, 0);
	put(t, "\r\rx\r\r");
	EXPECT_STR(screen(), "\rx\r");
	set(t, 0, 0, 0);
	put(t, "a\nb\r");
	EXPECT_STR(screen(), "a\nb\r");
	set(t, 0, OPOST | ONLCR, 0);
	room = 0;
	EXPECT_EQ(put(t, "x\n"), -EAGAIN);
	room = 3;				/* "x\r\n" fits exactly, but byte by byte */
	EXPECT_EQ(put(t, "x\n"), 2);
	EXPECT_STR(screen(), "x\r\n");
	close_term(t);
}

KUNIT(n_tty_flow)
{
	struct term *t = open_term();

	type(t, "\x13");			/* ^S */
	EXPECT_EQ(put(t, "held"), -EAGAIN);
	type(t, "ab");
	EXPECT_STR(screen(), "");
	type(t, "\x11");			/* ^Q: first the echo, then what is written */
	EXPECT_STR(screen(), "ab");
	EXPECT_EQ(put(t, "free"), 4);
	EXPECT_STR(screen(), "free");
	set(t, ICRNL | IXON | IXANY, OPOST, COOKED);
	type(t, "\x13");
	type(t, "c");
	EXPECT_STR(screen(), "c");
	type(t, "\x13");
	set(t, ICRNL, OPOST, COOKED);		/* without IXON nobody could start it again */
	EXPECT(!t->tty->stopped);
	close_term(t);
}

KUNIT(n_tty_signals_flush)
{
	struct term *t = open_term();

	type(t, "line\nrest\x03");
	EXPECT_STR(screen(), "line\r\nrest^C");
	EXPECT_EQ(get(t, 100), -EAGAIN);
	set(t, ICRNL, OPOST | ONLCR, COOKED | NOFLSH);
	type(t, "line\nre\x03st\n");
	EXPECT_EQ(get(t, 100), 5);
	EXPECT_EQ(get(t, 100), 5);
	EXPECT_STR(got, "rest\n");
	close_term(t);
}

KUNIT(n_tty_raw)
{
	struct term *t = open_term();

	set(t, 0, 0, 0);
	t->tty->termios.c_cc[VMIN] = 1;
	EXPECT_EQ(type(t, "\x03\x04\r\n"), 4);
	EXPECT_EQ(get(t, 2), 2);
	EXPECT_EQ(get(t, 100), 2);
	EXPECT_STR(got, "\r\n");
	t->tty->termios.c_cc[VMIN] = 0;
	EXPECT_EQ(get(t, 100), 0);
	t->tty->termios.c_cc[VMIN] = 3;
	type(t, "ab");
	EXPECT_EQ(get(t, 100), 2);		/* O_NONBLOCK: what there is */
	EXPECT_EQ(t->tty->ldisc->poll(t->tty, &t->f, NULL) & EPOLLIN, 0);
	type(t, "abc");
	EXPECT(t->tty->ldisc->poll(t->tty, &t->f, NULL) & EPOLLIN);
	get(t, 100);
	memset(got, 'x', 4200);
	EXPECT_EQ(tty_receive(t->tty, (const u8 *)got, 4200), 4096);
	EXPECT_EQ(get(t, 8000), 4096);
	close_term(t);
}

KUNIT(n_tty_input_flags)
{
	struct term *t = open_term();

	set(t, IGNCR | INLCR, 0, 0);
	type(t, "a\rb\n");
	EXPECT_EQ(get(t, 100), 3);
	EXPECT_STR(got, "ab\r");
	set(t, ISTRIP, 0, 0);
	type(t, "\xe1");
	EXPECT_EQ(get(t, 100), 1);
	EXPECT_STR(got, "a");
	set(t, PARMRK, 0, 0);
	type(t, "\xff");
	tty_receive_break(t->tty);
	EXPECT_EQ(get(t, 100), 5);
	EXPECT_MEM(got, "\xff\xff\xff\0\0", 5);
	set(t, IGNBRK, 0, 0);
	tty_receive_break(t->tty);
	EXPECT_EQ(get(t, 100), -EAGAIN);
	close_term(t);
}

KUNIT(n_tty_mode_switch)
{
	struct term *t = open_term();

	set(t, 0, 0, ICANON);
	type(t, "half");
	EXPECT_EQ(get(t, 100), -EAGAIN);
	set(t, 0, 0, 0);
	t->tty->termios.c_cc[VMIN] = 1;
	EXPECT_EQ(get(t, 2), 2);		/* what was being edited can be read now */
	set(t, 0, 0, ICANON);
	EXPECT_EQ(get(t, 100), 2);		/* and what was there counts as a line */
	EXPECT_STR(got, "lf");
	close_term(t);
}

/* The reader of the echo is away: echo waits, and goes out before what is written afterwards. */
KUNIT(n_tty_echo_waits)
{
	struct term *t = open_term();

	room = 0;
	type(t, "abc\n");
	EXPECT_STR(screen(), "");
	EXPECT_EQ(put(t, "x"), -EAGAIN);
	room = 4096;
	EXPECT_EQ(put(t, "x"), 1);
	EXPECT_STR(screen(), "abc\r\nx");
	close_term(t);
}
