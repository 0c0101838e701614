/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel log: a ring of records with time and level, read by syslog(2), /dev/kmsg and consoles.
 * Any context may call printk(); it never sleeps and never fails.
 */
#ifndef KERNEL_PRINTK_H
#define KERNEL_PRINTK_H

#include <kernel/types.h>
#include <lib/list.h>

enum { LOG_EMERG, LOG_ALERT, LOG_CRIT, LOG_ERR, LOG_WARN, LOG_NOTICE, LOG_INFO, LOG_DEBUG };

void printk(int level, const char *fmt, ...) __printf(2, 3);
void vprintk(int level, const char *fmt, va_list ap);

#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif
#define pr_emerg(fmt, ...)	printk(LOG_EMERG, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_alert(fmt, ...)	printk(LOG_ALERT, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_crit(fmt, ...)	printk(LOG_CRIT, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err(fmt, ...)	printk(LOG_ERR, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...)	printk(LOG_WARN, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice(fmt, ...)	printk(LOG_NOTICE, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...)	printk(LOG_INFO, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_debug(fmt, ...)	printk(LOG_DEBUG, pr_fmt(fmt), ##__VA_ARGS__)

/* For what a guest can trigger: at most 10 lines in 5 seconds from this place, then one line that says how many were dropped. */
struct ratelimit { u64 window_ns; u32 count; u32 dropped; };
bool ratelimit_ok(struct ratelimit *rl, const char *func);
#define pr_ratelimited(level, fmt, ...) do {			\
	static struct ratelimit rl_;				\
	if (ratelimit_ok(&rl_, __func__))			\
		printk(level, pr_fmt(fmt), ##__VA_ARGS__);	\
} while (0)
#define pr_warn_ratelimited(fmt, ...)	pr_ratelimited(LOG_WARN, fmt, ##__VA_ARGS__)
#define pr_err_ratelimited(fmt, ...)	pr_ratelimited(LOG_ERR, fmt, ##__VA_ARGS__)

/* Where log lines are shown. write() gets whole lines with their time stamp and '\n'; never sleeps. */
struct console {
	const char *name;		/* as in console= : "tty0", "stderr" */
	void (*write)(struct console *con, const char *text, size_t len);
	void (*flush)(struct console *con);	/* halt, panic: out with what is buffered; may wait a second. NULL: never buffers */
	bool early;			/* leaves when the first other console registers */
	/* printk's own */
	u64 seq;			/* the next record to show */
	bool registered;
	struct list_head node;
};
void console_register(struct console *con);	/* First it gets what the ring still holds, then each new line. Twice: nothing. */
void console_unregister(struct console *con);
/* console= chose this name; or nothing was chosen and it is the default, "tty0". */
bool console_wanted(const char *name);
const char *console_preferred(void);		/* the last name given: what /dev/console is */
void console_flush_all(void);			/* at halt and panic; with no console at all the log goes to standard error */
extern int console_loglevel;			/* Records of a lower number are shown. quiet and loglevel= set it. */

/*
 * Readers of the ring. seq counts records since boot. Returns the record's text length (may be 0) and leaves *seq behind
 * the record; or -ENODATA when seq has not been written yet, or -EPIPE when it was overwritten (then *seq is moved to the oldest).
 */
struct log_record { u64 seq; u64 time_ns; int level; unsigned facility; size_t len; const char *text; };
int log_read(u64 *seq, struct log_record *rec);	/* rec->text is valid until the next sleep; no NUL at its end */
u64 log_first_seq(void);
u64 log_next_seq(void);
struct wait_queue *log_wait(void);		/* woken at each new record */
void log_store(unsigned facility, int level, const char *text, size_t len);	/* what printk() and /dev/kmsg do after formatting */
/* "[    1.234567] text\n", a prefix for each line in text, "<30>" before it if prio. What was written; never more than size. */
size_t log_format(char *buf, size_t size, const struct log_record *rec, bool prio);
#define LOG_LINE_MAX	1024			/* longest text of a record; longer ones are cut */
#define LOG_FORMAT_MAX	2048			/* large enough for log_format() of ordinary records; it cuts the others */

/* syslog(2) and what shares its rules (kernel/syslog.c). */
int syslog_allowed(int action);			/* 0 or -EPERM */
u64 syslog_clear_seq(void);			/* dmesg -c: what is older counts as read */

#endif
