// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel log: a ring of records, and the consoles that show it.
 * Texts lie in one byte ring (a text never wraps: the rest of the ring is skipped instead), their descriptors in a second
 * ring indexed by sequence number. A record is dropped when either ring needs its place.
 */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/timer.h>
#include <kernel/wait.h>
#include <lib/string.h>
#include <asm/os.h>

#define LOG_SIZE	(1U << CONFIG_LOG_BUF_SHIFT)
#define LOG_RECORDS	(LOG_SIZE / 32)

struct log_desc {
	u64 time_ns;
	u64 start;		/* of the text, in bytes ever stored */
	u16 len;
	u8 level;
	u8 facility;
};

static char log_text[LOG_SIZE];
static struct log_desc log_descs[LOG_RECORDS];
static u64 first_seq, next_seq;
static u64 text_head;		/* bytes ever stored, skipped ones included */
static WAIT_QUEUE(log_readers);

static LIST_HEAD(consoles);
static bool console_busy;	/* a console that logs must not recurse */
static bool ignore_loglevel;
static bool print_time = true;
int console_loglevel = 7;

static struct log_desc *desc_of(u64 seq)
{
	return &log_descs[seq % LOG_RECORDS];
}

/* Where len bytes of text can be stored in one piece; makes the room. */
static u64 log_make_room(size_t len)
{
	u64 start = text_head;

	if (start % LOG_SIZE + len > LOG_SIZE)
		start = ALIGN(start, LOG_SIZE);
	while (first_seq < next_seq &&
	       (next_seq - first_seq == LOG_RECORDS || start + len - desc_of(first_seq)->start > LOG_SIZE))
		first_seq++;
	return start;
}

int log_read(u64 *seq, struct log_record *rec)
{
	const struct log_desc *d;

	if (*seq < first_seq) {
		*seq = first_seq;
		return -EPIPE;
	}
	if (*seq >= next_seq)
		return -ENODATA;
	d = desc_of(*seq);
	*rec = (struct log_record){ *seq, d->time_ns, d->level, d->facility, d->len, log_text + d->start % LOG_SIZE };
	++*seq;
	return d->len;
}

u64 log_first_seq(void) { return first_seq; }
u64 log_next_seq(void) { return next_seq; }
struct wait_queue *log_wait(void) { return &log_readers; }

size_t log_format(char *buf, size_t size, const struct log_record *rec, bool prio)
{
	const char *p = rec->text, *end = rec->text + rec->len;
	char head[48];
	size_t n = 0, head_len = 0;

	if (prio)
		head_len += scnprintf(head, sizeof(head), "<%u>", rec->facility << 3 | (unsigned)rec->level);
	if (print_time)
		head_len += scnprintf(head + head_len, sizeof(head) - head_len, "[%5llu.%06llu] ",
				      (unsigned long long)(rec->time_ns / NSEC_PER_SEC),
				      (unsigned long long)(rec->time_ns % NSEC_PER_SEC / 1000));
	do {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((nl ?: end) - p);

		if (n + head_len + 1 >= size)
			break;
		memcpy(buf + n, head, head_len);
		n += head_len;
		len = min_t(size_t, len, size - n - 1);
		memcpy(buf + n, p, len);
		n += len;
		buf[n++] = '\n';
		p = nl ? nl + 1 : end;
	} while (p < end);
	return n;
}

/* --- consoles --- */

static void console_catch_up(struct console *con)
{
	static char line[LOG_FORMAT_MAX];
	struct log_record rec;
	int n;

	while ((n = log_read(&con->seq, &rec)) != -ENODATA) {
		if (n < 0 || (rec.level >= console_loglevel && !ignore_loglevel))
			continue;
		con->write(con, line, log_format(line, sizeof(line), &rec, false));
	}
}

static void console_catch_up_all(void)
{
	struct console *con;

	if (console_busy)
		return;		/* the loop that is under way sees the new record */
	console_busy = true;
	list_for_each_entry(con, &consoles, node)
		console_catch_up(con);
	console_busy = false;
}

void console_register(struct console *con)
{
	struct console *c, *tmp;

	if (con->registered)
		return;
	con->seq = first_seq;
	list_for_each_entry_safe(c, tmp, &consoles, node) {
		if (!c->early || con->early)
			continue;
		con->seq = max(con->seq, c->seq);	/* was shown already */
		console_unregister(c);
	}
	con->registered = true;
	list_add_tail(&con->node, &consoles);
	console_catch_up_all();
}

void console_unregister(struct console *con)
{
	if (!con->registered)
		return;
	con->registered = false;
	list_del(&con->node);
}

static void stderr_write(struct console *con, const char *text, size_t len)
{
	os_puts(text, len);
}
static struct console stderr_console = { .name = "stderr", .write = stderr_write };

void console_flush_all(void)
{
	struct console *con;

	if (list_empty(&consoles))
		console_register(&stderr_console);
	console_busy = false;		/* the panic may have come from within a console */
	console_catch_up_all();
	list_for_each_entry(con, &consoles, node)
		if (con->flush)
			con->flush(con);
}

/* --- printk --- */

void log_store(unsigned facility, int level, const char *text, size_t len)
{
	u64 start;

	len = min_t(size_t, len, LOG_LINE_MAX);
	start = log_make_room(len);
	*desc_of(next_seq) = (struct log_desc){ ktime_ns(), start, (u16)len, (u8)level, (u8)facility };
	memcpy(log_text + start % LOG_SIZE, text, len);
	text_head = start + len;
	next_seq++;
	console_catch_up_all();
	wake_up_all(&log_readers);
}

void vprintk(int level, const char *fmt, va_list ap)
{
	char text[LOG_LINE_MAX];
	int n = vsnprintf(text, sizeof(text), fmt, ap);
	size_t len = min_t(size_t, n < 0 ? 0 : (size_t)n, sizeof(text) - 1);

	if (len && text[len - 1] == '\n')
		len--;
	log_store(0, level, text, len);
}

void printk(int level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintk(level, fmt, ap);
	va_end(ap);
}

bool ratelimit_ok(struct ratelimit *rl, const char *func)
{
	u64 now = ktime_ns();

	if (!rl->count || now - rl->window_ns >= 5 * NSEC_PER_SEC) {
		u32 dropped = rl->dropped;

		*rl = (struct ratelimit){ .window_ns = now, .count = 1 };
		if (dropped)
			printk(LOG_WARN, "%s: %u messages suppressed\n", func, dropped);
		return true;
	}
	if (rl->count < 10) {
		rl->count++;
		return true;
	}
	rl->dropped++;
	return false;
}

/* --- options --- */

#define MAX_CHOSEN 4
static char chosen[MAX_CHOSEN][16];
static int nchosen;

bool console_wanted(const char *name)
{
	int i;

	for (i = 0; i < nchosen; i++)
		if (!strcmp(chosen[i], name))
			return true;
	return !nchosen && !strcmp(name, "tty0");
}

const char *console_preferred(void)
{
	return nchosen ? chosen[nchosen - 1] : "tty0";
}

/* "ttyS0,115200n8": what follows the comma is for lines that have a speed. */
static int console_option(char *value)
{
	char *comma = strchr(value, ',');
	size_t len = comma ? (size_t)(comma - value) : strlen(value);

	if (!len || len >= sizeof(chosen[0]))
		return option_error("console=%s: no such console; use tty0 … tty15 or stderr", value);
	if (nchosen == MAX_CHOSEN)
		return option_error("console=%s: at most %d consoles can be chosen", value, MAX_CHOSEN);
	memcpy(chosen[nchosen++], value, len);
	if (!strcmp(chosen[nchosen - 1], "stderr"))
		console_register(&stderr_console);
	return 0;
}
BOOT_OPTION("console=", console_option, "<name>", "where kernel messages go: tty0 … tty15, stderr; may be repeated");

static int stderr_option(char *value)
{
	if (!strcmp(value, "1"))
		console_register(&stderr_console);
	else if (strcmp(value, "0"))
		return option_error("stderr=%s: not 0 or 1; use stderr=1 to copy kernel messages to standard error", value);
	return 0;
}
BOOT_OPTION("stderr=", stderr_option, "1", "copy kernel messages to standard error");

static int earlyprintk_option(char *value)
{
	if (!stderr_console.registered) {
		stderr_console.early = true;
		console_register(&stderr_console);
	}
	return 0;
}
BOOT_OPTION("earlyprintk", earlyprintk_option, "", "kernel messages go to standard error until the console is ready");
BOOT_OPTION("earlyprintk=", earlyprintk_option, "<any>", "the same");

static int loglevel_option(char *value)
{
	int level;

	if (kstrtoint(value, 10, &level) || level < 0 || level > 8)
		return option_error("loglevel=%s: not a level; use 0 (nothing) … 8 (everything)", value);
	console_loglevel = level;
	return 0;
}
BOOT_OPTION("loglevel=", loglevel_option, "<n>", "show kernel messages of levels below n: 0 … 8");

static int quiet_option(char *value)
{
	console_loglevel = LOG_WARN;
	return 0;
}
BOOT_OPTION("quiet", quiet_option, "", "show only errors while booting");

static int debug_option(char *value)
{
	console_loglevel = 10;
	return 0;
}
BOOT_OPTION("debug", debug_option, "", "show debugging messages too");

static int ignore_loglevel_option(char *value)
{
	ignore_loglevel = true;
	return 0;
}
BOOT_OPTION("ignore_loglevel", ignore_loglevel_option, "", "show every kernel message, whatever its level");

static int print_time_option(char *value)
{
	print_time = strchr("1yY", value[0]) && value[0];
	return 0;
}
BOOT_OPTION("printk.time=", print_time_option, "<0|1>", "time stamps before kernel messages");
