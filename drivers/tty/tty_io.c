// SPDX-License-Identifier: GPL-2.0
/*
 * The tty core: drivers and their terminals, open and close, reading and writing, hangup, output flow.
 * A hung-up file keeps its place on tty->files and its count until it is closed; only its operations change.
 */
#include <kernel/cred.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <kernel/timer.h>
#include <drivers/device.h>
#include <drivers/tty.h>
#include <fs/poll.h>
#include <fs/proc.h>
#include <lib/string.h>
#include <mm/slab.h>

#define WRITE_CHUNK 2048

static LIST_HEAD(drivers);
static LIST_HEAD(ldiscs);
struct tty_driver *console_driver;
unsigned console_index;

const struct ktermios tty_std_termios = {
	.c_iflag = ICRNL | IXON,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B38400 | CS8 | CREAD | HUPCL,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
	.c_cc = {
		[VINTR] = 3, [VQUIT] = 28, [VERASE] = 127, [VKILL] = 21, [VEOF] = 4, [VMIN] = 1, [VSTART] = 17, [VSTOP] = 19,
		[VSUSP] = 26, [VREPRINT] = 18, [VDISCARD] = 15, [VWERASE] = 23, [VLNEXT] = 22,
	},
	.c_ispeed = 38400, .c_ospeed = 38400,
};

/* --- drivers and terminals --- */

int tty_driver_register(struct tty_driver *drv)
{
	char *slash;
	int err;

	strscpy(drv->class, drv->name, sizeof(drv->class));
	slash = strchr(drv->class, '/');
	if (slash)
		*slash = 0;
	drv->ttys = kcalloc(drv->n, sizeof(*drv->ttys), 0);
	drv->kept = drv->flags & TTY_F_RESET_TERMIOS ? NULL : kcalloc(drv->n, sizeof(*drv->kept), 0);
	err = -ENOMEM;
	if (drv->ttys && (drv->kept || (drv->flags & TTY_F_RESET_TERMIOS)))
		err = chrdev_register(drv->major, drv->minor, drv->n, drv->class, &tty_fops);
	if (err) {
		kfree(drv->ttys);
		kfree(drv->kept);
		return err;
	}
	for (unsigned i = 0; drv->kept && i < drv->n; i++)
		drv->kept[i] = drv->init_termios;
	list_add_tail(&drv->node, &drivers);
	return 0;
}

int tty_ldisc_register(struct tty_ldisc_ops *ops)
{
	struct tty_ldisc_ops *o;

	list_for_each_entry(o, &ldiscs, node)
		if (o->num == ops->num)
			return -EBUSY;
	list_add_tail(&ops->node, &ldiscs);
	return 0;
}

struct tty *tty_find(struct tty_driver *drv, unsigned index)
{
	return drv && index < drv->n ? drv->ttys[index] : NULL;
}

dev_t tty_dev(const struct tty *tty)
{
	return MKDEV(tty->driver->major, tty->driver->minor + tty->index);
}

const char *tty_name(const struct tty *tty, char *buf, size_t size)
{
	if (tty->driver->flags & TTY_F_PTY_MASTER)
		snprintf(buf, size, "ptm%u", tty->index);
	else
		snprintf(buf, size, "%s%u", tty->driver->name, tty->index);
	return buf;
}

struct tty *tty_alloc(struct tty_driver *drv, unsigned index)
{
	struct tty *tty = kzalloc(sizeof(*tty), 0);

	if (!tty)
		return NULL;
	tty->driver = drv;
	tty->index = index;
	tty->ldisc = &n_tty_ops;
	tty->termios = drv->kept ? drv->kept[index] : drv->init_termios;
	list_init(&tty->files);
	wait_queue_init(&tty->read_wait);
	wait_queue_init(&tty->write_wait);
	if (tty->ldisc->open(tty)) {
		kfree(tty);
		return NULL;
	}
	return tty;
}

void tty_free(struct tty *tty)
{
	tty_forget(tty);
	tty_set_pid(&tty->pgrp, NULL);
	tty_set_pid(&tty->session, NULL);
	tty->ldisc->close(tty);
	kfree(tty->write_buf);
	kfree(tty);
}

/* The last file is gone. */
static void tty_last_close(struct tty *tty)
{
	struct tty_driver *drv = tty->driver;

	if (drv->kept)
		drv->kept[tty->index] = tty->termios;
	if (drv->ops->release) {
		drv->ops->release(tty);
		return;
	}
	drv->ttys[tty->index] = NULL;
	tty_free(tty);
}

static struct tty_driver *driver_of(dev_t dev, unsigned *index)
{
	struct tty_driver *drv;

	list_for_each_entry(drv, &drivers, node) {
		if (MAJOR(dev) != drv->major || MINOR(dev) < drv->minor || MINOR(dev) - drv->minor >= drv->n)
			continue;
		*index = MINOR(dev) - drv->minor;
		return drv;
	}
	return NULL;
}

/* --- open and close --- */

static void detach_file(struct tty_file *tf)
{
	struct tty *tty = tf->tty;

	if (tty->driver->ops->close)
		tty->driver->ops->close(tty, tf->file);
	list_del(&tf->node);
	tf->file->private = NULL;
	kfree(tf);
	if (!--tty->count)
		tty_last_close(tty);
}

int tty_attach_file(struct tty *tty, struct file *f, bool console)
{
	struct tty_file *tf = kzalloc(sizeof(*tf), 0);
	int err = 0;

	if (!tf) {
		if (!tty->count)
			tty_last_close(tty);
		return -ENOMEM;
	}
	*tf = (struct tty_file){ .tty = tty, .file = f, .console = console };
	list_add_tail(&tf->node, &tty->files);
	tty->count++;
	f->private = tf;
	if (tty->driver->ops->open)
		err = tty->driver->ops->open(tty, f);
	if (err)
		detach_file(tf);
	return err;
}

/* The terminal a device number stands for, made if need be. ERR_PTR. Sleeps. */
static struct tty *tty_of_driver(struct tty_driver *drv, unsigned index)
{
	int err = drv->usable ? drv->usable(drv, index) : 0;
	struct tty *tty;

	if (err)
		return ERR_PTR(err);
	tty = drv->ttys[index];
	if (tty)
		return tty->exclusive && !capable(CAP_SYS_ADMIN) ? ERR_PTR(-EBUSY) : tty;
	if (drv->flags & TTY_F_PTY)
		return ERR_PTR(-EIO);	/* these begin at /dev/ptmx */
	tty = tty_alloc(drv, index);
	if (!tty)
		return ERR_PTR(-ENOMEM);
	if (drv->ttys[index]) {		/* another open was faster while we slept */
		tty_free(tty);
		return drv->ttys[index];
	}
	return drv->ttys[index] = tty;
}

static int tty_open(struct inode *inode, struct file *f)
{
	struct tty_driver *drv;
	unsigned index;
	struct tty *tty;
	int err;

	drv = driver_of(inode->rdev, &index);
	if (!drv)
		return -ENXIO;
	tty = tty_of_driver(drv, index);
	if (IS_ERR(tty))
		return (int)PTR_ERR(tty);
	err = tty_attach_file(tty, f, false);
	if (!err)
		tty_maybe_set_ctty(tty, f);
	return err;
}

/* /dev/tty: whatever terminal the caller has. */
static int current_tty_open(struct inode *inode, struct file *f)
{
	struct tty *tty = current_tty();

	if (!tty)
		return -ENXIO;
	file_set_ops(f, &tty_fops);
	return tty_attach_file(tty, f, false);
}

/* /dev/console survives hangups and never becomes a controlling terminal by being opened. */
static int console_open(struct inode *inode, struct file *f)
{
	struct tty *tty;

	if (!console_driver)
		return -ENODEV;
	tty = tty_of_driver(console_driver, console_index);
	if (IS_ERR(tty))
		return (int)PTR_ERR(tty);
	file_set_ops(f, &tty_fops);
	return tty_attach_file(tty, f, true);
}

static void tty_release(struct inode *inode, struct file *f)
{
	if (f->private)
		detach_file(f->private);
}

/* --- reading and writing --- */

/* Terminals keep their times to 8 seconds, so that key strokes cannot be timed by stat(2); w(1) wants to know who is idle. */
static void touch(struct timespec64 *t)
{
	t->sec = ktime_real_coarse().sec & ~7LL;
	t->nsec = 0;
}

bool tty_file_hung(const struct file *f)
{
	return ((struct tty_file *)f->private)->hung;
}

static ssize_t tty_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct tty *tty = file_tty(f);
	ssize_t n;

	if (!it->count)
		return 0;
	n = tty->ldisc->read(tty, f, it);
	if (n > 0)
		touch(&f->inode->atime);
	return n;
}

/* One writer at a time, so that what a write(2) gives stays together. */
static int claim_writing(struct tty *tty, struct file *f)
{
	if (tty->writing) {
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		int err = wait_event_interruptible(&tty->write_wait, !tty->writing || tty_file_hung(f));

		if (err)
			return err;
		if (tty->writing)
			return -EIO;
	}
	tty->writing = true;
	return 0;
}

static ssize_t write_chunks(struct tty *tty, struct file *f, struct iov_iter *it)
{
	ssize_t done = 0, n;

	if (!tty->write_buf)
		tty->write_buf = kmalloc(WRITE_CHUNK, 0);
	if (!tty->write_buf)
		return -ENOMEM;
	while (it->count) {
		size_t want = min_t(size_t, it->count, WRITE_CHUNK), got = copy_from_iter(tty->write_buf, want, it);

		if (!got)
			return done ?: -EFAULT;
		if (tty_file_hung(f))
			return done ?: -EIO;
		n = tty->ldisc->write(tty, f, tty->write_buf, got);
		if (n < 0)
			return done ?: n;
		done += n;
		if ((size_t)n < want || !it->count || signal_pending(current))
			break;
		cond_resched();
	}
	return done;
}

static ssize_t tty_write(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct tty *tty = file_tty(f);
	ssize_t n = claim_writing(tty, f);

	if (n)
		return n;
	n = write_chunks(tty, f, it);
	tty->writing = false;
	wake_up_poll(&tty->write_wait, EPOLLOUT | EPOLLWRNORM);
	if (n > 0)
		touch(&f->inode->mtime);
	return n;
}

static u32 tty_poll(struct file *f, struct poll_table *pt)
{
	struct tty *tty = file_tty(f);

	return tty->ldisc->poll(tty, f, pt);
}

static void tty_show_fdinfo(struct file *f, struct seq_file *m)
{
	struct tty *tty = file_tty(f);

	if (tty->driver->flags & TTY_F_PTY_MASTER)
		seq_printf(m, "tty-index:\t%u\n", tty->index);
}

const struct file_ops tty_fops = {
	.open = tty_open, .release = tty_release, .read = tty_read, .write = tty_write, .poll = tty_poll,
	.ioctl = tty_ioctl, .llseek = no_llseek, .show_fdinfo = tty_show_fdinfo,
};
static const struct file_ops current_tty_fops = { .open = current_tty_open, .release = tty_release };
static const struct file_ops console_fops = { .open = console_open, .release = tty_release };

/* --- hangup --- */

static ssize_t hung_read(struct file *f, struct iov_iter *it, loff_t *pos) { return 0; }
static ssize_t hung_write(struct file *f, struct iov_iter *it, loff_t *pos) { return -EIO; }
static u32 hung_poll(struct file *f, struct poll_table *pt)
{
	return EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDNORM | EPOLLWRNORM;
}
static long hung_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
	return cmd == TIOCSPGRP ? -ENOTTY : -EIO;
}
static const struct file_ops hung_fops = {
	.release = tty_release, .read = hung_read, .write = hung_write, .poll = hung_poll, .ioctl = hung_ioctl,
	.llseek = no_llseek, .show_fdinfo = tty_show_fdinfo,
};

void tty_hangup_session(struct tty *tty, bool exit_session)
{
	struct tty_file *tf;

	list_for_each_entry(tf, &tty->files, node) {
		if (tf->console)
			continue;
		tf->hung = true;
		tf->file->ops = &hung_fops;
	}
	tty_signal_session(tty, exit_session);
	tty->stopped = tty->stopped_by_ioctl = tty->throttled = tty->packet = tty->exclusive = false;
	tty->pktstatus = 0;
	if (tty->driver->flags & TTY_F_RESET_TERMIOS)
		tty->termios = tty->driver->init_termios;
	tty->ldisc->hangup(tty);
	if (tty->driver->ops->hangup)
		tty->driver->ops->hangup(tty);
	wake_up_events(&tty->read_wait, EPOLLIN | EPOLLRDNORM | EPOLLHUP, 0);
	wake_up_events(&tty->write_wait, EPOLLOUT | EPOLLWRNORM | EPOLLHUP, 0);
}

void tty_hangup(struct tty *tty)
{
	tty_hangup_session(tty, false);
}

/* The controlling terminal is taken from all who use it; only a new open gets it. */
long sys_vhangup(void)
{
	struct tty *tty = current_tty();

	if (!capable(CAP_SYS_TTY_CONFIG))
		return -EPERM;
	if (tty)
		tty_hangup_session(tty, false);
	return 0;
}

/* --- flow --- */

size_t tty_put(struct tty *tty, const u8 *p, size_t n)
{
	return tty->stopped || !n ? 0 : tty->driver->ops->write(tty, p, n);
}

size_t tty_room(struct tty *tty)
{
	return tty->stopped ? 0 : tty->driver->ops->write_room(tty);
}

size_t tty_receive(struct tty *tty, const u8 *p, size_t n)
{
	size_t done = tty->ldisc->receive(tty, p, n, TTY_NORMAL);

	if (done < n)
		tty->throttled = true;
	return done;
}

void tty_receive_break(struct tty *tty)
{
	u8 nul = 0;

	tty->ldisc->receive(tty, &nul, 1, TTY_BREAK);
}

void tty_unthrottle(struct tty *tty)
{
	if (!tty->throttled)
		return;
	tty->throttled = false;
	if (tty->driver->ops->unthrottle)
		tty->driver->ops->unthrottle(tty);
}

void tty_wakeup(struct tty *tty)
{
	if (tty->ldisc->write_wakeup)
		tty->ldisc->write_wakeup(tty);
	wake_up_poll(&tty->write_wait, EPOLLOUT | EPOLLWRNORM);
	tty_fasync(tty, POLL_OUT);
}

void tty_pkt_status(struct tty *slave, u8 bits)
{
	struct tty *master = slave->link;

	if (!master || !(slave->driver->flags & TTY_F_PTY_SLAVE) || !master->packet)
		return;
	slave->pktstatus |= bits;
	wake_up_poll(&master->read_wait, EPOLLIN | EPOLLRDNORM | EPOLLPRI);
}

void tty_stop(struct tty *tty)
{
	if (tty->stopped)
		return;
	tty->stopped = true;
	tty->pktstatus &= (u8)~TIOCPKT_START;
	tty_pkt_status(tty, TIOCPKT_STOP);
	if (tty->driver->ops->stop)
		tty->driver->ops->stop(tty, true);
}

void tty_start(struct tty *tty)
{
	if (!tty->stopped || tty->stopped_by_ioctl)
		return;
	tty->stopped = false;
	tty->pktstatus &= (u8)~TIOCPKT_STOP;
	tty_pkt_status(tty, TIOCPKT_START);
	if (tty->driver->ops->stop)
		tty->driver->ops->stop(tty, false);
	tty_wakeup(tty);
}

void tty_flush_output(struct tty *tty)
{
	if (tty->driver->ops->flush_output)
		tty->driver->ops->flush_output(tty);
	tty_wakeup(tty);
}

void tty_fasync(struct tty *tty, int band)
{
	struct tty_file *tf;

	list_for_each_entry(tf, &tty->files, node)
		if (tf->file->flags & FASYNC)
			kill_fasync(tf->file, band);
}

int tty_resize(struct tty *tty, const struct winsize *ws)
{
	if (!memcmp(&tty->winsize, ws, sizeof(*ws)))
		return 0;
	tty->winsize = *ws;
	if (tty->pgrp)
		tty_signal_pgrp(tty->pgrp, SIGWINCH);
	return 0;
}

/* --- /proc --- */

static int drivers_show(struct seq_file *m, void *arg)
{
	struct tty_driver *drv;

	seq_puts(m, "/dev/tty             /dev/tty        5       0 system:/dev/tty\n"
		    "/dev/console         /dev/console    5       1 system:console\n"
		    "/dev/ptmx            /dev/ptmx       5       2 system\n");
	list_for_each_entry(drv, &drivers, node) {
		const char *type = drv->flags & TTY_F_PTY_MASTER ? "pty:master" :
				   drv->flags & TTY_F_PTY_SLAVE ? "pty:slave" : "console";
		char dev[32];

		snprintf(dev, sizeof(dev), "/dev/%s", drv->class);
		seq_printf(m, "%-20s %-14s %3u %u-%u %s\n", drv->class, dev, drv->major, drv->minor, drv->minor + drv->n - 1, type);
	}
	return 0;
}
PROC_FILE("tty/drivers", 0400, drivers_show);

static int ldiscs_show(struct seq_file *m, void *arg)
{
	struct tty_ldisc_ops *o;

	list_for_each_entry(o, &ldiscs, node)
		seq_printf(m, "%-10s %2d\n", o->name, o->num);
	return 0;
}
PROC_FILE("tty/ldiscs", 0444, ldiscs_show);

static int tty_init(void)
{
	int err = tty_ldisc_register(&n_tty_ops);

	err = err ?: chrdev_register(5, 0, 1, "/dev/tty", &current_tty_fops);
	err = err ?: chrdev_register(5, 1, 1, "/dev/console", &console_fops);
	err = err ?: device_create("tty", "tty", S_IFCHR | 0666, MKDEV(5, 0));
	return err ?: device_create("tty", "console", S_IFCHR | 0600, MKDEV(5, 1));
}
fs_initcall(tty_init);
