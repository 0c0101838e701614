// SPDX-License-Identifier: GPL-2.0
/*
 * ioctl(2) on terminals: settings in their three ABI forms, flow and flushing, window size, and the rest of ioctl_tty(2).
 * On a pty master, settings, window size and job control are those of the slave ("real").
 */
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <drivers/tty.h>
#include <fs/dev.h>

static const u32 speeds[] = {
	0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800,
	500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000, 2500000, 3000000, 3500000, 4000000,
};

static u32 speed_of(u32 cbaud, u32 custom)
{
	u32 i = cbaud & 0xf;

	if (cbaud == BOTHER)
		return custom;
	if (cbaud & CBAUDEX)
		i += 15;
	return i < ARRAY_SIZE(speeds) ? speeds[i] : 0;
}

static void fill_speeds(struct ktermios *t)
{
	u32 in = (t->c_cflag >> IBSHIFT) & CBAUD;

	t->c_ospeed = speed_of(t->c_cflag & CBAUD, t->c_ospeed);
	t->c_ispeed = in ? speed_of(in, t->c_ispeed) : t->c_ospeed;
}

/* What TIOCSLCKTRMIOS has locked stays as it is. */
static void keep_locked(struct ktermios *t, const struct ktermios *old, const struct ktermios *locked)
{
	int i;

	t->c_iflag = (t->c_iflag & ~locked->c_iflag) | (old->c_iflag & locked->c_iflag);
	t->c_oflag = (t->c_oflag & ~locked->c_oflag) | (old->c_oflag & locked->c_oflag);
	t->c_cflag = (t->c_cflag & ~locked->c_cflag) | (old->c_cflag & locked->c_cflag);
	t->c_lflag = (t->c_lflag & ~locked->c_lflag) | (old->c_lflag & locked->c_lflag);
	if (locked->c_line)
		t->c_line = old->c_line;
	for (i = 0; i < NCCS; i++)
		if (locked->c_cc[i])
			t->c_cc[i] = old->c_cc[i];
}

int tty_set_termios(struct tty *tty, const struct ktermios *t)
{
	struct ktermios old = tty->termios;

	tty->termios = *t;
	keep_locked(&tty->termios, &old, &tty->termios_locked);
	if (tty->driver->ops->set_termios) {
		tty->driver->ops->set_termios(tty, &old);
	} else {	/* a line without hardware: speed and character size cannot change */
		const u32 soft = HUPCL | CREAD | CLOCAL;

		tty->termios.c_cflag = (tty->termios.c_cflag & soft) | (old.c_cflag & ~soft);
		tty->termios.c_ispeed = old.c_ispeed;
		tty->termios.c_ospeed = old.c_ospeed;
	}
	tty->ldisc->set_termios(tty, &old);
	return 0;
}

static size_t output_left(struct tty *tty)
{
	return tty->driver->ops->chars_in_buffer ? tty->driver->ops->chars_in_buffer(tty) : 0;
}

int tty_drain(struct tty *tty)
{
	return wait_event_interruptible(&tty->write_wait, !output_left(tty) || tty->other_closed);
}

/* --- termios --- */

enum form { TERMIO, TERMIOS, TERMIOS2 };
enum when { NOW, WAIT, FLUSH };

static int read_form(struct ktermios *t, enum form form, uaddr_t arg)
{
	struct termio tio;

	_Static_assert(sizeof(struct termios2) == sizeof(struct ktermios), "the same layout");
	if (form == TERMIOS2)
		return copy_from_user(t, arg, sizeof(struct termios2));
	if (form == TERMIOS)	/* the head of the same structure */
		return copy_from_user(t, arg, sizeof(struct termios));
	if (copy_from_user(&tio, arg, sizeof(tio)))
		return -EFAULT;
	t->c_iflag = (t->c_iflag & 0xffff0000) | tio.c_iflag;
	t->c_oflag = (t->c_oflag & 0xffff0000) | tio.c_oflag;
	t->c_cflag = (t->c_cflag & 0xffff0000) | tio.c_cflag;
	t->c_lflag = (t->c_lflag & 0xffff0000) | tio.c_lflag;
	t->c_line = tio.c_line;
	memcpy(t->c_cc, tio.c_cc, NCC);
	return 0;
}

static int write_form(const struct ktermios *t, enum form form, uaddr_t arg)
{
	struct termio tio = { 0 };

	if (form != TERMIO)
		return copy_to_user(arg, t, form == TERMIOS2 ? sizeof(struct termios2) : sizeof(struct termios));
	tio.c_iflag = (u16)t->c_iflag;
	tio.c_oflag = (u16)t->c_oflag;
	tio.c_cflag = (u16)t->c_cflag;
	tio.c_lflag = (u16)t->c_lflag;
	tio.c_line = t->c_line;
	memcpy(tio.c_cc, t->c_cc, NCC);
	return copy_to_user(arg, &tio, sizeof(tio));
}

static long set_termios(struct tty *real, enum form form, enum when when, uaddr_t arg)
{
	struct ktermios t = real->termios;
	int err = tty_check_change(real, SIGTTOU);

	if (err)
		return err;
	if (read_form(&t, form, arg))
		return -EFAULT;
	fill_speeds(&t);
	if (when == FLUSH)
		real->ldisc->flush_input(real);
	if (when != NOW) {
		err = tty_drain(real);
		if (err)
			return err;
	}
	return tty_set_termios(real, &t);
}

static long termios_ioctl(struct tty *real, unsigned cmd, uaddr_t arg)
{
	struct ktermios t;

	switch (cmd) {
	case TCGETS:	return write_form(&real->termios, TERMIOS, arg);
	case TCGETS2:	return write_form(&real->termios, TERMIOS2, arg);
	case TCGETA:	return write_form(&real->termios, TERMIO, arg);
	case TCSETS:	return set_termios(real, TERMIOS, NOW, arg);
	case TCSETSW:	return set_termios(real, TERMIOS, WAIT, arg);
	case TCSETSF:	return set_termios(real, TERMIOS, FLUSH, arg);
	case TCSETS2:	return set_termios(real, TERMIOS2, NOW, arg);
	case TCSETSW2:	return set_termios(real, TERMIOS2, WAIT, arg);
	case TCSETSF2:	return set_termios(real, TERMIOS2, FLUSH, arg);
	case TCSETA:	return set_termios(real, TERMIO, NOW, arg);
	case TCSETAW:	return set_termios(real, TERMIO, WAIT, arg);
	case TCSETAF:	return set_termios(real, TERMIO, FLUSH, arg);
	case TIOCGLCKTRMIOS:
		return write_form(&real->termios_locked, TERMIOS, arg);
	case TIOCSLCKTRMIOS:
		if (!capable(CAP_SYS_ADMIN))
			return -EPERM;
		t = real->termios_locked;
		if (read_form(&t, TERMIOS, arg))
			return -EFAULT;
		real->termios_locked = t;
		return 0;
	}
	return -ENOIOCTLCMD;
}

/* --- flow, flushing, breaks --- */

static long flow_ioctl(struct tty *tty, unsigned long arg)
{
	int err = tty_check_change(tty, SIGTTOU);
	u8 c;

	if (err)
		return err;
	switch (arg) {
	case TCOOFF:
		if (!tty->stopped_by_ioctl) {
			tty_stop(tty);
			tty->stopped_by_ioctl = true;
		}
		return 0;
	case TCOON:
		if (tty->stopped_by_ioctl) {
			tty->stopped_by_ioctl = false;
			tty_start(tty);
		}
		return 0;
	case TCIOFF: case TCION:
		c = C_CHAR(tty, arg == TCIOFF ? VSTOP : VSTART);
		if (c)
			tty->driver->ops->write(tty, &c, 1);
		return 0;
	}
	return -EINVAL;
}

static long flush_ioctl(struct tty *tty, unsigned long arg)
{
	int err = tty_check_change(tty, SIGTTOU);

	if (err)
		return err;
	if (arg != TCIFLUSH && arg != TCOFLUSH && arg != TCIOFLUSH)
		return -EINVAL;
	if (arg != TCOFLUSH)
		tty->ldisc->flush_input(tty);
	if (arg != TCIFLUSH)
		tty_flush_output(tty);
	return 0;
}

static long break_ioctl(struct tty *tty, unsigned cmd, unsigned long arg)
{
	int err = tty_check_change(tty, SIGTTOU);

	if (err)
		return err;
	if (cmd != TIOCCBRK) {
		err = tty_drain(tty);
		if (err)
			return err;
	}
	if (cmd == TCSBRK && arg)	/* tcdrain(3) */
		return 0;
	if (cmd == TIOCCBRK || !tty->driver->ops->send_break)
		return 0;
	return tty->driver->ops->send_break(tty);
}

/* --- the rest --- */

static long set_winsize(struct tty *real, uaddr_t arg)
{
	struct winsize ws;

	if (copy_from_user(&ws, arg, sizeof(ws)))
		return -EFAULT;
	return real->driver->ops->resize ? real->driver->ops->resize(real, &ws) : tty_resize(real, &ws);
}

/* A character as if typed. */
static long sti(struct tty *tty, struct file *f, uaddr_t arg)
{
	u8 c;

	if ((current_tty() != tty || !(f->mode & FMODE_READ)) && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (get_user(c, arg))
		return -EFAULT;
	tty_receive(tty, &c, 1);
	return 0;
}

static long set_ldisc(struct tty *tty, uaddr_t arg)
{
	int num, err = tty_check_change(tty, SIGTTOU);

	if (err)
		return err;
	if (get_user(num, arg))
		return -EFAULT;
	return num == tty->ldisc->num ? 0 : -EINVAL;
}

static long soft_carrier(struct tty *real, uaddr_t arg)
{
	struct ktermios t = real->termios;
	int on;

	if (get_user(on, arg))
		return -EFAULT;
	t.c_cflag = on ? t.c_cflag | CLOCAL : t.c_cflag & ~(u32)CLOCAL;
	return tty_set_termios(real, &t);
}

static long queue_length(size_t n, uaddr_t arg)
{
	return put_user((int)min_t(size_t, n, INT_MAX), int, arg);
}

static long misc_ioctl(struct tty *tty, struct tty *real, struct file *f, unsigned cmd, unsigned long arg)
{
	switch (cmd) {
	case TIOCGWINSZ:
		return copy_to_user(arg, &real->winsize, sizeof(real->winsize));
	case TIOCSWINSZ:
		return set_winsize(real, arg);
	case TIOCSTI:
		return sti(tty, f, arg);
	case TIOCEXCL: case TIOCNXCL:
		tty->exclusive = cmd == TIOCEXCL;
		return 0;
	case TIOCGEXCL:
		return put_user(tty->exclusive, int, arg);
	case TIOCGETD:
		return put_user(tty->ldisc->num, int, arg);
	case TIOCSETD:
		return set_ldisc(tty, arg);
	case TIOCVHANGUP:
		if (!capable(CAP_SYS_ADMIN))
			return -EPERM;
		tty_hangup(tty);
		return 0;
	case TIOCGDEV:
		return put_user((u32)dev_encode(tty_dev(real)), u32, arg);
	case TIOCGSOFTCAR:
		return put_user(!!(real->termios.c_cflag & CLOCAL), int, arg);
	case TIOCSSOFTCAR:
		return soft_carrier(real, arg);
	case FIONREAD:
		return queue_length(tty->ldisc->chars_in_buffer(tty), arg);
	case TIOCOUTQ:
		return queue_length(output_left(tty), arg);
	case TCXONC:
		return flow_ioctl(tty, arg);
	case TCFLSH:
		return flush_ioctl(tty, arg);
	case TCSBRK: case TCSBRKP: case TIOCSBRK: case TIOCCBRK:
		return break_ioctl(tty, cmd, arg);
	}
	return -ENOIOCTLCMD;
}

long tty_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
	struct tty *tty = file_tty(f);
	struct tty *real = tty->driver->flags & TTY_F_PTY_MASTER ? tty->link : tty;
	long r = -ENOIOCTLCMD;

	if (tty->driver->ops->ioctl)
		r = tty->driver->ops->ioctl(tty, f, cmd, arg);
	if (r == -ENOIOCTLCMD)
		r = tty_jobctl_ioctl(tty, real, f, cmd, arg);
	if (r == -ENOIOCTLCMD)
		r = termios_ioctl(real, cmd, arg);
	if (r == -ENOIOCTLCMD)
		r = misc_ioctl(tty, real, f, cmd, arg);
	return r == -ENOIOCTLCMD ? -ENOTTY : r;
}
