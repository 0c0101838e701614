// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/kmsg: each read gives one record, each write makes one.
 * Source: Documentation/ABI/testing/dev-kmsg of Linux: "prio,seq,usec,flags;text\n".
 */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <drivers/device.h>
#include <fs/poll.h>
#include <fs/proc.h>
#include <lib/string.h>
#include <mm/slab.h>

#define KMSG_TEXT_MAX	992		/* a longer write is refused, as by Linux */
#define KMSG_RECORD_MAX	(LOG_LINE_MAX * 4 + 64)	/* every byte escaped */
#define SYSLOG_READ_ALL	3
#define FACILITY_USER	1

struct kmsg_reader {
	u64 seq;
	struct ratelimit limit;
	char buf[KMSG_RECORD_MAX];
};

/* printk.devkmsg=: what programs write may be unlimited, limited in rate, or thrown away. */
enum { DEVKMSG_RATELIMIT, DEVKMSG_ON, DEVKMSG_OFF };
static const char *const devkmsg_names[] = { "ratelimit", "on", "off" };
static int devkmsg = DEVKMSG_RATELIMIT;
static bool devkmsg_fixed;	/* chosen at boot: /proc may not change it */

static int kmsg_open(struct inode *inode, struct file *f)
{
	struct kmsg_reader *r;
	int err;

	if (devkmsg == DEVKMSG_OFF && (f->mode & FMODE_WRITE))
		return -EPERM;
	if (f->mode & FMODE_READ) {
		err = syslog_allowed(SYSLOG_READ_ALL);
		if (err)
			return err;
	}
	r = kzalloc(sizeof(*r), 0);
	if (!r)
		return -ENOMEM;
	r->seq = log_first_seq();
	f->private = r;
	return 0;
}

static void kmsg_release(struct inode *inode, struct file *f)
{
	kfree(f->private);
}

static size_t format_record(char *buf, const struct log_record *rec)
{
	size_t n, i;

	n = scnprintf(buf, KMSG_RECORD_MAX, "%u,%llu,%llu,-;", rec->facility << 3 | (unsigned)rec->level,
		      (unsigned long long)rec->seq, (unsigned long long)(rec->time_ns / 1000));
	for (i = 0; i < rec->len; i++) {
		u8 c = (u8)rec->text[i];

		if (c < ' ' || c >= 127 || c == '\\')
			n += scnprintf(buf + n, KMSG_RECORD_MAX - n, "\\x%02x", c);
		else
			buf[n++] = (char)c;
	}
	buf[n++] = '\n';
	return n;
}

static ssize_t kmsg_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct kmsg_reader *r = f->private;
	struct log_record rec;
	size_t len;
	u64 seq = r->seq;
	int err = log_read(&seq, &rec);

	if (err == -ENODATA) {
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(log_wait(), r->seq < log_next_seq());
		if (err)
			return err;
		seq = r->seq;
		err = log_read(&seq, &rec);
	}
	if (err < 0) {		/* overwritten: said once, then on with the oldest */
		r->seq = seq;
		return err;
	}
	len = format_record(r->buf, &rec);
	if (len > it->count)
		return -EINVAL;
	r->seq = seq;
	return copy_to_iter(r->buf, len, it) == len ? (ssize_t)len : -EFAULT;
}

static ssize_t kmsg_write(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct kmsg_reader *r = f->private;
	unsigned prio = FACILITY_USER << 3 | LOG_WARN;
	size_t len = it->count;
	char *text, *start, *end;

	if (len > KMSG_TEXT_MAX)
		return -EINVAL;
	if (devkmsg == DEVKMSG_RATELIMIT && !ratelimit_ok(&r->limit, current->comm))
		return (ssize_t)len;
	text = kmalloc(len + 1, 0);
	if (!text)
		return -ENOMEM;
	if (copy_from_iter(text, len, it) != len) {
		kfree(text);
		return -EFAULT;
	}
	text[len] = 0;
	start = text;
	if (*start == '<') {
		u64 n = simple_strtoull(start + 1, &end, 10);

		if (end != start + 1 && *end == '>') {
			prio = (unsigned)(n & 0x7ff);
			if (!(prio >> 3))
				prio |= FACILITY_USER << 3;	/* only the kernel speaks as the kernel */
			start = end + 1;
		}
	}
	end = text + len;
	if (end > start && end[-1] == '\n')
		end--;
	log_store(prio >> 3, (int)(prio & 7), start, (size_t)(end - start));
	kfree(text);
	return (ssize_t)len;
}

static loff_t kmsg_llseek(struct file *f, loff_t off, int whence)
{
	struct kmsg_reader *r = f->private;

	if (off)
		return -ESPIPE;
	switch (whence) {
	case SEEK_SET:
		r->seq = log_first_seq();
		return 0;
	case SEEK_DATA:		/* behind what dmesg --clear has cleared */
		r->seq = syslog_clear_seq();
		return 0;
	case SEEK_END:
		r->seq = log_next_seq();
		return 0;
	}
	return -EINVAL;
}

static u32 kmsg_poll(struct file *f, struct poll_table *pt)
{
	struct kmsg_reader *r = f->private;
	u32 events = EPOLLOUT | EPOLLWRNORM;

	poll_wait(f, log_wait(), pt);
	if (r->seq < log_next_seq())
		events |= EPOLLIN | EPOLLRDNORM;
	if (r->seq < log_first_seq())
		events |= EPOLLERR | EPOLLPRI;
	return events;
}

static const struct file_ops kmsg_fops = {
	.open = kmsg_open, .release = kmsg_release, .read = kmsg_read, .write = kmsg_write,
	.llseek = kmsg_llseek, .poll = kmsg_poll,
};

static int devkmsg_parse(const char *value)
{
	int i;

	for (i = 0; i < (int)ARRAY_SIZE(devkmsg_names); i++)
		if (!strcmp(value, devkmsg_names[i])) {
			devkmsg = i;
			return 0;
		}
	return -EINVAL;
}

static int devkmsg_option(char *value)
{
	if (devkmsg_parse(value))
		return option_error("printk.devkmsg=%s: not a mode; use on, off or ratelimit", value);
	devkmsg_fixed = true;
	return 0;
}
BOOT_OPTION("printk.devkmsg=", devkmsg_option, "on|off|ratelimit", "what programs write to /dev/kmsg is logged, dropped or limited");

static int devkmsg_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%s\n", devkmsg_names[devkmsg]);
	return 0;
}

static ssize_t devkmsg_write(char *text, size_t n, void *arg)
{
	char *word = strsep(&text, "\n");

	if (devkmsg_fixed)
		return -EINVAL;
	return devkmsg_parse(word) ?: (ssize_t)n;
}
PROC_FILE_RW("sys/kernel/printk_devkmsg", 0644, devkmsg_show, devkmsg_write, NULL);

static int kmsg_init(void)
{
	int err = chrdev_register(1, 11, 1, "mem", &kmsg_fops);

	return err ?: device_create("mem", "kmsg", S_IFCHR | 0644, MKDEV(1, 11));
}
fs_initcall(kmsg_init);
