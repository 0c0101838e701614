// SPDX-License-Identifier: GPL-2.0
/*
 * Pseudo terminals: what one side writes the other one's line discipline receives. /dev/ptmx makes a pair; the slave is
 * /dev/pts/<n>. Both struct ttys live until neither side is open. Source: man 7 pty, man 2 ioctl_tty.
 */
#include <kernel/init.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <drivers/device.h>
#include <drivers/tty.h>
#include <fs/devpts.h>
#include <fs/file.h>
#include <fs/namei.h>
#include <fs/poll.h>
#include <fs/proc.h>
#include <lib/idr.h>

#define PTY_MAX		4096
#define PTM_MAJOR	128
#define PTS_MAJOR	136
#define NEARLY_FULL	512	/* a writer that sees less room than this wants to be woken */

static struct idr pty_idr = IDR_INIT;
static int pty_count, pty_max = PTY_MAX;
static struct tty_driver ptm_driver, pts_driver;

static bool is_master(const struct tty *tty)
{
	return tty->driver == &ptm_driver;
}

/* --- opening and closing a side --- */

static int pty_open(struct tty *tty, struct file *f)
{
	tty->link->other_closed = false;
	return 0;
}

static void pty_close(struct tty *tty, struct file *f)
{
	struct tty *other = tty->link;

	if (tty->count > 1)
		return;
	tty->packet = false;
	other->other_closed = true;
	wake_up_events(&other->read_wait, EPOLLIN | EPOLLRDNORM | EPOLLHUP, 0);
	wake_up_events(&other->write_wait, EPOLLOUT | EPOLLWRNORM | EPOLLHUP, 0);
	if (!is_master(tty))
		return;
	tty_hangup(other);
	devpts_remove(other->driver_data);
	other->driver_data = NULL;
}

static void free_pair(struct tty *master)
{
	struct tty *slave = master->link;
	unsigned index = master->index;

	ptm_driver.ttys[index] = pts_driver.ttys[index] = NULL;
	tty_free(slave);
	tty_free(master);
	idr_remove(&pty_idr, (int)index);
	pty_count--;
}

static void pty_release(struct tty *tty)
{
	if (!tty->count && !tty->link->count)
		free_pair(is_master(tty) ? tty : tty->link);
}

static int ptm_usable(struct tty_driver *drv, unsigned index)
{
	return -EIO;
}

static int pts_usable(struct tty_driver *drv, unsigned index)
{
	struct tty *tty = drv->ttys[index];

	return !tty || tty->locked || tty->other_closed ? -EIO : 0;
}

/* --- data --- */

static size_t pty_write(struct tty *tty, const u8 *p, size_t n)
{
	return tty_receive(tty->link, p, n);
}

static size_t pty_write_room(struct tty *tty)
{
	struct tty *to = tty->link;
	size_t room = to->ldisc->receive_room(to);

	if (room < NEARLY_FULL)
		to->throttled = true;
	return room;
}

static void pty_unthrottle(struct tty *tty)
{
	tty_wakeup(tty->link);
}

static void pty_flush_output(struct tty *tty)
{
	tty->link->ldisc->flush_input(tty->link);
	tty_pkt_status(tty, TIOCPKT_FLUSHWRITE);
}

/* Would ^S and ^Q typed at the master's terminal mean stop and start here? rlogin wants to know. */
static bool usual_flow(const struct ktermios *t)
{
	return (t->c_iflag & IXON) && t->c_cc[VSTOP] == 023 && t->c_cc[VSTART] == 021;
}

static void pty_set_termios(struct tty *tty, const struct ktermios *old)
{
	bool flow = usual_flow(&tty->termios);

	tty->termios.c_cflag = (tty->termios.c_cflag & ~(u32)(CSIZE | PARENB)) | CS8 | CREAD;
	if (flow != usual_flow(old)) {
		tty->pktstatus &= (u8)~(TIOCPKT_DOSTOP | TIOCPKT_NOSTOP);
		tty_pkt_status(tty, flow ? TIOCPKT_DOSTOP : TIOCPKT_NOSTOP);
	}
	if ((old->c_lflag | tty->termios.c_lflag) & EXTPROC)
		tty_pkt_status(tty, TIOCPKT_IOCTL);
}

static int pty_resize(struct tty *tty, const struct winsize *ws)
{
	tty_resize(tty->link, ws);
	return tty_resize(tty, ws);
}

/* --- ioctls of the master --- */

static long lock_slave(struct tty *slave, uaddr_t arg)
{
	int on;

	if (get_user(on, arg))
		return -EFAULT;
	slave->locked = on;
	return 0;
}

static long set_packet(struct tty *tty, uaddr_t arg)
{
	int on;

	if (get_user(on, arg))
		return -EFAULT;
	if (on && !tty->packet)
		tty->link->pktstatus = 0;
	tty->packet = on;
	return 0;
}

static long signal_slave(struct tty *slave, unsigned long sig)
{
	if (sig != SIGINT && sig != SIGQUIT && sig != SIGTSTP)
		return -EINVAL;
	tty_signal_pgrp(slave->pgrp, (int)sig);
	return 0;
}

static long open_peer(struct tty *tty, unsigned long flags)
{
	struct dentry *d = tty->link->driver_data;
	struct path path;
	struct file *f;

	if (flags & ~(unsigned long)(O_ACCMODE | O_NOCTTY | O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	if (!d)
		return -EIO;
	devpts_path(d, &path);
	f = file_open_path(&path, (unsigned)flags);
	path_put(&path);
	return fd_publish(f, (unsigned)flags);
}

static long ptm_ioctl(struct tty *tty, struct file *f, unsigned cmd, unsigned long arg)
{
	switch (cmd) {
	case TIOCSPTLCK:	return lock_slave(tty->link, arg);
	case TIOCGPTLCK:	return put_user(tty->link->locked, int, arg);
	case TIOCPKT:		return set_packet(tty, arg);
	case TIOCGPKT:		return put_user(tty->packet, int, arg);
	case TIOCGPTN:		return put_user(tty->index, unsigned, arg);
	case TIOCSIG:		return signal_slave(tty->link, arg);
	case TIOCGPTPEER:	return open_peer(tty, arg);
	}
	return -ENOIOCTLCMD;
}

static const struct tty_ops ptm_ops = {
	.open = pty_open, .close = pty_close, .release = pty_release, .write = pty_write, .write_room = pty_write_room,
	.unthrottle = pty_unthrottle, .flush_output = pty_flush_output, .resize = pty_resize, .ioctl = ptm_ioctl,
};
static const struct tty_ops pts_ops = {
	.open = pty_open, .close = pty_close, .release = pty_release, .write = pty_write, .write_room = pty_write_room,
	.unthrottle = pty_unthrottle, .flush_output = pty_flush_output, .set_termios = pty_set_termios, .resize = pty_resize,
};

static struct tty_driver ptm_driver = {
	.name = "ptm", .major = PTM_MAJOR, .n = PTY_MAX, .ops = &ptm_ops, .usable = ptm_usable,
	.flags = TTY_F_RESET_TERMIOS | TTY_F_NO_CTTY | TTY_F_PTY_MASTER,
	.init_termios = { .c_cflag = B38400 | CS8 | CREAD, .c_cc = { [VMIN] = 1 }, .c_ispeed = 38400, .c_ospeed = 38400 },
};
static struct tty_driver pts_driver = {
	.name = "pts/", .major = PTS_MAJOR, .n = PTY_MAX, .ops = &pts_ops, .usable = pts_usable,
	.flags = TTY_F_RESET_TERMIOS | TTY_F_PTY_SLAVE,
};

/* --- /dev/ptmx --- */

/* A pair without files. ERR_PTR. Sleeps. */
static struct tty *make_pair(void)
{
	int index;
	struct tty *master, *slave;

	if (pty_count >= pty_max || (u32)pty_count >= devpts_max())
		return ERR_PTR(-ENOSPC);
	index = idr_alloc(&pty_idr, &pty_idr, 0, PTY_MAX - 1);
	if (index < 0)
		return ERR_PTR(index);
	pty_count++;
	master = tty_alloc(&ptm_driver, (unsigned)index);
	slave = master ? tty_alloc(&pts_driver, (unsigned)index) : NULL;
	if (!slave) {
		if (master)
			tty_free(master);
		idr_remove(&pty_idr, index);
		pty_count--;
		return ERR_PTR(-ENOMEM);
	}
	master->link = slave;
	slave->link = master;
	slave->locked = true;
	ptm_driver.ttys[index] = master;
	pts_driver.ttys[index] = slave;
	return master;
}

static int ptmx_open(struct inode *inode, struct file *f)
{
	struct tty *master = make_pair();
	struct dentry *d;

	if (IS_ERR(master))
		return (int)PTR_ERR(master);
	d = devpts_create(master->index, tty_dev(master->link));
	if (IS_ERR(d)) {
		free_pair(master);
		return (int)PTR_ERR(d);
	}
	master->link->driver_data = d;
	file_set_ops(f, &tty_fops);
	if (tty_attach_file(master, f, false)) {	/* only for lack of memory; the pair is gone then */
		devpts_remove(d);
		return -ENOMEM;
	}
	return 0;
}

static const struct file_ops ptmx_fops = { .open = ptmx_open };

static int pty_init(void)
{
	int err;

	pts_driver.init_termios = tty_std_termios;
	pts_driver.init_termios.c_cflag = B38400 | CS8 | CREAD;
	err = tty_driver_register(&ptm_driver);
	err = err ?: tty_driver_register(&pts_driver);
	err = err ?: chrdev_register(5, 2, 1, "/dev/ptmx", &ptmx_fops);
	return err ?: device_create("tty", "ptmx", S_IFCHR | 0666, MKDEV(5, 2));
}
fs_initcall(pty_init);

PROC_SYSCTL_INT("kernel/pty/max", 0644, &pty_max, 0, PTY_MAX);
PROC_SYSCTL_INT("kernel/pty/nr", 0444, &pty_count, 0, PTY_MAX);
