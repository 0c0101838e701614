// SPDX-License-Identifier: GPL-2.0
/*
 * syslog(2), /proc/kmsg and the sysctls of the log. The consuming reader (action 2, /proc/kmsg) has one position for the
 * whole system, as Linux has: two readers share the records between them.
 */
#include <kernel/cred.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <fs/poll.h>
#include <fs/proc.h>
#include <lib/string.h>
#include <mm/slab.h>

enum { CLOSE, OPEN, READ, READ_ALL, READ_CLEAR, CLEAR, CONSOLE_OFF, CONSOLE_ON, CONSOLE_LEVEL, SIZE_UNREAD, SIZE_BUFFER };

static u64 read_seq;		/* the consuming reader's position … */
static size_t read_off;		/* … and how much of that record's text it has had */
static u64 clear_seq;
static int saved_loglevel = -1;	/* while the console is switched off */
static int dmesg_restrict;
static int minimum_loglevel = 1, default_loglevel = 7;

u64 syslog_clear_seq(void) { return max(clear_seq, log_first_seq()); }

int syslog_allowed(int action)
{
	if (!dmesg_restrict && (action == READ_ALL || action == SIZE_BUFFER))
		return 0;
	return capable(CAP_SYSLOG) || capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
}

/* Whole lines, or the rest of one, for the consuming reader: bytes in buf. */
static size_t read_some(char *buf, size_t size)
{
	char *line = kmalloc(LOG_FORMAT_MAX, 0);
	struct log_record rec;
	size_t n = 0;

	while (line && n < size) {
		u64 seq = read_seq;
		size_t len, part;
		int got = log_read(&seq, &rec);

		if (got == -ENODATA)
			break;
		if (got < 0) {
			read_seq = seq;
			read_off = 0;
			continue;
		}
		len = log_format(line, LOG_FORMAT_MAX, &rec, true);
		if (read_off >= len)
			read_off = 0;		/* printk.time changed under a half-read record */
		if (n && len - read_off > size - n)
			break;
		part = min_t(size_t, len - read_off, size - n);
		memcpy(buf + n, line + read_off, part);
		n += part;
		read_off += part;
		if (read_off == len) {
			read_seq = seq;
			read_off = 0;
		}
	}
	kfree(line);
	return n;
}

static bool unread(void)
{
	return max(read_seq, log_first_seq()) < log_next_seq();
}

static size_t unread_bytes(void)
{
	char *line = kmalloc(LOG_FORMAT_MAX, 0);
	u64 seq = max(read_seq, log_first_seq());
	struct log_record rec;
	size_t n = 0;

	while (line && log_read(&seq, &rec) >= 0)
		n += log_format(line, LOG_FORMAT_MAX, &rec, true);
	kfree(line);
	return n - min_t(size_t, n, read_off);
}

/* Waits for records and takes them into a kernel buffer. Count, 0 (no memory for a line), or -errno. */
static long wait_and_read(char *buf, size_t size, bool nonblock)
{
	int err;

	if (!unread()) {
		if (nonblock)
			return -EAGAIN;
		err = wait_event_interruptible(log_wait(), unread());
		if (err)
			return err;
	}
	return (long)read_some(buf, size);
}

static long syslog_read(uaddr_t ubuf, size_t len)
{
	size_t size = min_t(size_t, len, 4096);
	char *buf = kmalloc(size, 0);
	long n;

	if (!buf)
		return -ENOMEM;
	n = wait_and_read(buf, size, false);
	if (n > 0 && copy_to_user(ubuf, buf, (size_t)n))
		n = -EFAULT;
	kfree(buf);
	return n;
}

/* The newest records, as many whole ones as fit. */
static long syslog_read_all(uaddr_t ubuf, size_t len, bool clear)
{
	char *line = kmalloc(LOG_FORMAT_MAX, 0);
	u64 first = syslog_clear_seq(), end = log_next_seq(), seq;
	struct log_record rec;
	size_t total = 0, done = 0;

	if (!line)
		return -ENOMEM;
	for (seq = first; seq < end && log_read(&seq, &rec) >= 0; )
		total += log_format(line, LOG_FORMAT_MAX, &rec, true);
	for (seq = first; total > len && log_read(&seq, &rec) >= 0; )
		total -= log_format(line, LOG_FORMAT_MAX, &rec, true);
	while (seq < end) {	/* copying sleeps: records may go meanwhile */
		size_t n;

		if (log_read(&seq, &rec) < 0)
			continue;
		n = log_format(line, LOG_FORMAT_MAX, &rec, true);
		if (n > len - done)
			break;
		if (copy_to_user(ubuf + done, line, n)) {
			kfree(line);
			return -EFAULT;
		}
		done += n;
	}
	kfree(line);
	if (clear)
		clear_seq = end;
	return (long)done;
}

static long console_switch(int action, int level)
{
	if (action == CONSOLE_OFF) {
		if (saved_loglevel < 0)
			saved_loglevel = console_loglevel;
		console_loglevel = minimum_loglevel;
		return 0;
	}
	if (action == CONSOLE_ON) {
		if (saved_loglevel >= 0)
			console_loglevel = saved_loglevel;
	} else {
		if (level < 1 || level > 8)
			return -EINVAL;
		console_loglevel = max(level, minimum_loglevel);
	}
	saved_loglevel = -1;
	return 0;
}

long sys_syslog(int action, uaddr_t buf, int len)
{
	int err = syslog_allowed(action);

	if (err)
		return err;
	if (action >= READ && action <= READ_CLEAR) {
		if (!buf || len < 0)
			return -EINVAL;
		if (!len)
			return 0;
		if (!access_ok(buf, (size_t)len))
			return -EFAULT;
	}
	switch (action) {
	case CLOSE: case OPEN:
		return 0;
	case READ:
		return syslog_read(buf, (size_t)len);
	case READ_ALL: case READ_CLEAR:
		return syslog_read_all(buf, (size_t)len, action == READ_CLEAR);
	case CLEAR:
		clear_seq = log_next_seq();
		return 0;
	case CONSOLE_OFF: case CONSOLE_ON: case CONSOLE_LEVEL:
		return console_switch(action, len);
	case SIZE_UNREAD:
		return (long)unread_bytes();
	case SIZE_BUFFER:
		return 1L << CONFIG_LOG_BUF_SHIFT;
	}
	return -EINVAL;
}

/* --- /proc/kmsg --- */

static int kmsg_open(struct inode *inode, struct file *f)
{
	return syslog_allowed(OPEN);
}

static ssize_t kmsg_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	size_t size = min_t(size_t, it->count, 4096), done;
	char *buf;
	long n;

	if (!size)
		return 0;
	buf = kmalloc(size, 0);
	if (!buf)
		return -ENOMEM;
	n = wait_and_read(buf, size, f->flags & O_NONBLOCK);
	if (n > 0) {
		done = copy_to_iter(buf, (size_t)n, it);
		n = done ? (long)done : -EFAULT;
	}
	kfree(buf);
	return n;
}

static u32 kmsg_poll(struct file *f, struct poll_table *pt)
{
	poll_wait(f, log_wait(), pt);
	return unread() ? EPOLLIN | EPOLLRDNORM : 0;
}

static const struct file_ops proc_kmsg_fops = {
	.open = kmsg_open, .read = kmsg_read, .poll = kmsg_poll, .llseek = no_llseek,
};
PROC_FILE_OPS("kmsg", 0400, &proc_kmsg_fops);

/* --- sysctls --- */

static int printk_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%d\t%d\t%d\t%d\n", console_loglevel, LOG_WARN, minimum_loglevel, default_loglevel);
	return 0;
}

static ssize_t printk_write(char *text, size_t n, void *arg)
{
	int *field[] = { &console_loglevel, NULL, &minimum_loglevel, &default_loglevel };
	int i, value[4], count = 0;
	char *word;

	while ((word = strsep(&text, " \t\n"))) {
		if (!*word)
			continue;
		if (count == 4 || kstrtoint(word, 10, &value[count]))
			return -EINVAL;
		count++;
	}
	if (!count)
		return -EINVAL;
	for (i = 0; i < count; i++)
		if (field[i])
			*field[i] = value[i];
	return (ssize_t)n;
}
PROC_FILE_RW("sys/kernel/printk", 0644, printk_show, printk_write, NULL);
PROC_SYSCTL_INT("kernel/dmesg_restrict", 0644, &dmesg_restrict, 0, 1);
