// SPDX-License-Identifier: GPL-2.0
/*
 * The consoles tty0 … tty15, each on a channel of the host: con<n>=<channel>. They are plain lines, not virtual terminals
 * with a screen of their own. tty0 is where kernel messages go, unless console= says otherwise.
 *
 * When the host's input ends, what was typed is read first, then comes an end of file (^D), and when that has been read
 * the line is hung up. Output goes on. Later opens of tty<n> wait for input that never comes, so that a getty does not
 * start again and again; reading /dev/console gives an end of file each time, so that init=/bin/sh < script ends.
 */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/sysrq.h>
#include <drivers/chan.h>
#include <drivers/device.h>
#include <drivers/tty.h>
#include <lib/misc.h>
#include <lib/string.h>

#define NR_LINES	16
#define SYSRQ_ESCAPE	0x0f	/* ^O, and then the key; twice for itself */
#define CTRL_D		4

enum end_of_input { INPUT_GOES_ON, SEND_EOF, HANG_UP };

struct line {
	struct chan chan;
	struct console con;
	char name[8], chan_name[8];	/* "tty0", "con0" */
	bool configured;		/* by con<n>= */
	enum end_of_input end;
	bool escaped;			/* the next byte is a sysrq key */
};
static struct line lines[NR_LINES];
static char default_spec[128] = "none";
static struct tty_driver con_driver;

static struct line *line_of(struct tty *tty)
{
	return &lines[tty->index];
}

static struct tty *tty_of(struct line *line)
{
	return tty_find(&con_driver, (unsigned)(line - lines));
}

/* --- input --- */

static void end_step(struct line *line)
{
	struct tty *tty = tty_of(line);
	u8 eof;

	if (!tty)
		return;
	if (line->end == SEND_EOF) {
		eof = C_CHAR(tty, VEOF) ?: CTRL_D;
		if (tty_receive(tty, &eof, 1))
			line->end = HANG_UP;
	}
	if (line->end == HANG_UP && tty->ldisc->input_empty(tty)) {
		line->end = INPUT_GOES_ON;
		tty->input_ended = true;
		tty_hangup(tty);
		return;
	}
	tty->throttled = true;		/* so that we hear of it when the input was read */
}

static void line_eof(struct chan *c)
{
	struct line *line = c->private;

	line->end = SEND_EOF;
	end_step(line);
}

/* One piece of input up to an escape, or the key behind one. How much was used up. */
static size_t with_sysrq(struct line *line, struct tty *tty, const u8 *p, size_t n)
{
	const u8 *esc = memchr(p, SYSRQ_ESCAPE, n);

	if (line->escaped) {
		line->escaped = false;
		if (*p == SYSRQ_ESCAPE)
			return tty_receive(tty, p, 1);
		sysrq_key(*p, tty);
		return 1;
	}
	if (esc == p) {
		line->escaped = true;
		return 1;
	}
	return tty_receive(tty, p, esc ? (size_t)(esc - p) : n);
}

static size_t line_input(struct chan *c, const u8 *p, size_t n)
{
	struct line *line = c->private;
	struct tty *tty = tty_of(line);

	if (!tty)
		return 0;
	if (unlikely(sysrq_enabled))
		return with_sysrq(line, tty, p, n);
	return tty_receive(tty, p, n);
}

static void line_room(struct chan *c)
{
	struct tty *tty = tty_of(c->private);

	if (tty)
		tty_wakeup(tty);
}

static const struct chan_ops line_ops = { .input = line_input, .eof = line_eof, .room = line_room };

/* --- the tty's side --- */

static void update_winsize(struct line *line)
{
	struct tty *tty = tty_of(line);
	struct winsize ws = { 0 };

	if (tty && chan_winsize(&line->chan, &ws.ws_row, &ws.ws_col))
		tty_resize(tty, &ws);
}

static int con_open(struct tty *tty, struct file *f)
{
	struct line *line = line_of(tty);
	int err;

	if (tty->count > 1)
		return 0;
	err = chan_open(&line->chan);
	if (err)
		return err;
	tty->input_ended = line->chan.eof;
	update_winsize(line);
	chan_listen(&line->chan, true);
	return 0;
}

static void con_close(struct tty *tty, struct file *f)
{
	struct line *line = line_of(tty);

	if (tty->count > 1)
		return;
	line->end = INPUT_GOES_ON;
	line->escaped = false;
	chan_listen(&line->chan, false);
	if (!line->con.registered)
		chan_close(&line->chan);
}

static size_t con_write(struct tty *tty, const u8 *p, size_t n)
{
	return chan_write(&line_of(tty)->chan, p, n);
}

static size_t con_write_room(struct tty *tty)
{
	return chan_room(&line_of(tty)->chan);
}

static size_t con_chars_in_buffer(struct tty *tty)
{
	return chan_pending(&line_of(tty)->chan);
}

static void con_flush_output(struct tty *tty)
{
	chan_flush_output(&line_of(tty)->chan);
}

static void con_unthrottle(struct tty *tty)
{
	struct line *line = line_of(tty);

	if (line->end != INPUT_GOES_ON)
		end_step(line);
	else
		chan_resume(&line->chan);
}

static int con_usable(struct tty_driver *drv, unsigned index)
{
	return chan_absent(&lines[index].chan) ? -ENODEV : 0;
}

static const struct tty_ops con_ops = {
	.open = con_open, .close = con_close, .write = con_write, .write_room = con_write_room,
	.chars_in_buffer = con_chars_in_buffer, .flush_output = con_flush_output, .unthrottle = con_unthrottle,
};

static struct tty_driver con_driver = {
	.name = "tty", .major = 4, .minor = 0, .n = NR_LINES, .ops = &con_ops, .usable = con_usable,
};

/* The host says that a terminal of its has changed size. */
void um_winch(void)
{
	int i;

	for (i = 0; i < NR_LINES; i++)
		update_winsize(&lines[i]);
}

/* --- kernel messages --- */

static void printk_write(struct console *con, const char *text, size_t len)
{
	struct line *line = container_of(con, struct line, con);
	const char *nl;

	while (len) {
		size_t n = line->chan.out.is_tty && (nl = memchr(text, '\n', len)) ? (size_t)(nl - text) : len;

		chan_write(&line->chan, text, n);
		if (n < len)
			chan_write(&line->chan, "\r\n", 2);
		n = min(n + 1, len);
		text += n;
		len -= n;
	}
}

static void printk_flush(struct console *con)
{
	chan_drain(&container_of(con, struct line, con)->chan, 1000);
}

/* --- configuration and start --- */

static int configure(struct line *line, const char *spec, const char *option)
{
	const char *why;
	int err = chan_parse(&line->chan, spec, &why);

	return err ? option_error("%s=%s: %s", option, spec, why) : 0;
}

static int con_option(char *value)
{
	char name[16], *end;
	u64 n = simple_strtoull(value, &end, 10);

	if (end == value || *end != '=')
		return -ENOENT;		/* "console=" and the like */
	if (n >= NR_LINES)
		return option_error("con%llu: no such console; use con0 … con%d", (unsigned long long)n, NR_LINES - 1);
	snprintf(name, sizeof(name), "con%u", (unsigned)n);
	lines[n].configured = true;
	return configure(&lines[n], end + 1, name);
}

static int con_default_option(char *value)
{
	static struct line probe;

	strscpy(default_spec, value, sizeof(default_spec));
	return configure(&probe, value, "con");
}
BOOT_OPTION("con=", con_default_option, "<channel>", "channel of all consoles that have no con<n>= of their own");
BOOT_OPTION("con#", con_option, "<n>=<in>[,<out>]", "channel of console tty<n>: fd:<n>[,fd:<n>], null or none");

static int line_start(struct line *line, unsigned index)
{
	int err;

	snprintf(line->name, sizeof(line->name), "tty%u", index);
	snprintf(line->chan_name, sizeof(line->chan_name), "con%u", index);
	line->chan.line = line->chan_name;
	line->chan.ops = &line_ops;
	line->chan.private = line;
	if (!line->configured)
		configure(line, index ? default_spec : "fd:0,fd:1", line->chan_name);
	if (chan_absent(&line->chan))
		return 0;
	err = device_create("tty", line->name, S_IFCHR | 0620, MKDEV(4, index));
	if (err || !console_wanted(line->name))
		return err;
	err = chan_open(&line->chan);
	if (err)
		return err;
	line->con = (struct console){ .name = line->name, .write = printk_write, .flush = printk_flush };
	console_register(&line->con);
	return 0;
}

/* /dev/console: the tty named last by console=, else the first there is. */
static void choose_console(void)
{
	unsigned i;

	for (i = NR_LINES; i--; ) {
		if (chan_absent(&lines[i].chan))
			continue;
		console_driver = &con_driver;
		console_index = i;
		if (!strcmp(lines[i].name, console_preferred()))
			return;
	}
}

static int console_init(void)
{
	unsigned i;
	int err;

	con_driver.init_termios = tty_std_termios;
	err = tty_driver_register(&con_driver);
	if (err)
		return err;
	for (i = 0; i < NR_LINES; i++) {
		int bad = line_start(&lines[i], i);

		if (bad)
			pr_err("%s: %s: cannot be opened: %s\n", lines[i].chan_name, lines[i].chan.configured, errno_text(bad));
	}
	choose_console();
	return 0;
}
device_initcall(console_init);
