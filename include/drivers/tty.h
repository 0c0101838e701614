/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Terminals.
 *
 *	file operations (tty_io.c)  --read, write-->  line discipline (n_tty.c)  --write-->  driver (console, pty)
 *	                            <--wake-ups----                              <--tty_receive()--
 *
 * A driver: fill a struct tty_driver, tty_driver_register() it, hand input up by tty_receive(), say by tty_wakeup()
 * that there is room for output again. struct tty exists while some file has it open (a pty pair: either side).
 * Flow control goes end to end without queues in between: what the line discipline does not take stays with the driver
 * until ops->unthrottle, what the driver does not take stays with the writer until tty_wakeup().
 * Locking: the kernel lock. Nothing here sleeps but where it says so; writers of one tty wait for each other.
 * Source: POSIX.1-2017 chapter 11, man 3 termios, man 2 ioctl_tty, man 7 pty.
 */
#ifndef DRIVERS_TTY_H
#define DRIVERS_TTY_H

#include <kernel/types.h>
#include <kernel/wait.h>
#include <lib/list.h>
#include <fs/fs.h>
#include <asm/termbits.h>	/* uapi: struct ktermios, c_iflag … */
#include <asm/ioctls.h>
#include <asm/termios.h>	/* uapi: struct winsize, struct termio */

struct tty; struct tty_driver; struct tty_ldisc_ops; struct pid; struct process; struct poll_table;

/* What a driver does. NULL: the default noted. */
struct tty_ops {
	int (*open)(struct tty *tty, struct file *f);	/* each open; sleeps. NULL: fine. After an error close is called too. */
	void (*close)(struct tty *tty, struct file *f);	/* each close; tty->count is still that before it. Sleeps. */
	void (*release)(struct tty *tty);		/* the last close: tty is freed afterwards. NULL: kfree. */
	size_t (*write)(struct tty *tty, const u8 *p, size_t n);	/* how much was taken: at least write_room. Never sleeps. */
	size_t (*write_room)(struct tty *tty);		/* what write would take now. Never sleeps. */
	size_t (*chars_in_buffer)(struct tty *tty);	/* taken and not yet gone. NULL: 0 */
	void (*flush_output)(struct tty *tty);		/* forget those. NULL: nothing */
	void (*unthrottle)(struct tty *tty);		/* tty_receive() would take more again. NULL: nothing */
	void (*set_termios)(struct tty *tty, const struct ktermios *old);	/* NULL: nothing */
	void (*stop)(struct tty *tty, bool stopped);	/* ^S and ^Q. NULL: nothing; output is held by tty_put() */
	long (*ioctl)(struct tty *tty, struct file *f, unsigned cmd, unsigned long arg);	/* -ENOIOCTLCMD: not mine */
	int (*send_break)(struct tty *tty);		/* NULL: nothing to see */
	int (*resize)(struct tty *tty, const struct winsize *ws);	/* NULL: tty_resize() */
	void (*hangup)(struct tty *tty);		/* NULL: nothing */
};

#define TTY_F_RESET_TERMIOS	1	/* settings start anew after the last close or a hangup; else they stay */
#define TTY_F_NO_CTTY		2	/* never becomes a controlling terminal by being opened (pty masters) */
#define TTY_F_PTY_MASTER	4
#define TTY_F_PTY_SLAVE		8
#define TTY_F_PTY		(TTY_F_PTY_MASTER | TTY_F_PTY_SLAVE)

struct tty_driver {
	const char *name;		/* of /proc/devices and in front of the index: "tty", "ttyS", "pts/" */
	unsigned major, minor, n;	/* device numbers */
	unsigned flags;			/* TTY_F_ */
	struct ktermios init_termios;
	const struct tty_ops *ops;
	struct tty **ttys;		/* n of them, NULL where not open */
	struct ktermios *kept;		/* settings across closes; NULL with RESET_TERMIOS */
	/* -errno when index cannot be opened at all (-ENODEV). NULL: all can */
	int (*usable)(struct tty_driver *drv, unsigned index);
	char class[16];			/* the core's: name without '/' */
	struct list_head node;
};
int tty_driver_register(struct tty_driver *drv);	/* Sleeps. 0, -EBUSY, -ENOMEM. Keeps drv; allocates ttys. No device nodes. */

struct tty {
	struct tty_driver *driver;
	unsigned index;
	int count;			/* open files, hung-up ones included */
	struct list_head files;		/* tty_file.node */
	const struct tty_ldisc_ops *ldisc;
	void *ldisc_data;
	struct ktermios termios, termios_locked;
	struct winsize winsize;
	struct pid *pgrp, *session;	/* counted; NULL: none */
	bool stopped;			/* by ^S or TCOOFF: tty_put() gives nothing to the driver */
	bool stopped_by_ioctl;		/* … and only TCOON ends it */
	bool exclusive;			/* TIOCEXCL */
	bool other_closed;		/* pty: nobody has the other side open */
	bool throttled;			/* the line discipline refused input */
	bool input_ended;		/* no input will ever come: files of /dev/console, which no hangup reaches, read an end of file */
	bool writing;			/* a writer is at work: others wait on write_wait */
	bool packet;			/* pty master: TIOCPKT */
	u8 pktstatus;			/* pty slave: TIOCPKT_ bits the master has not read yet */
	bool locked;			/* pty slave: TIOCSPTLCK */
	u8 *write_buf;			/* of the writer at work; kept */
	struct tty *link;		/* pty: the other side */
	struct wait_queue read_wait, write_wait;
	void *driver_data;
};

/* file.private of an open tty. */
struct tty_file { struct tty *tty; struct file *file; struct list_head node; bool console; bool hung; };
static inline struct tty *file_tty(struct file *f) { return ((struct tty_file *)f->private)->tty; }
extern const struct file_ops tty_fops;		/* to tell whether a file is a tty: f->ops */

/* Line disciplines. n_tty (number 0) is the one there is; TIOCSETD chooses. All but open, read and write never sleep. */
struct tty_ldisc_ops {
	int num;
	const char *name;
	int (*open)(struct tty *tty);			/* sleeps. 0, -ENOMEM */
	void (*close)(struct tty *tty);
	ssize_t (*read)(struct tty *tty, struct file *f, struct iov_iter *it);
	ssize_t (*write)(struct tty *tty, struct file *f, const u8 *p, size_t n);	/* kernel memory; < n only at a signal, hangup, or O_NONBLOCK */
	size_t (*receive)(struct tty *tty, const u8 *p, size_t n, u8 flag);		/* input; how much was taken */
	size_t (*receive_room)(struct tty *tty);	/* what receive would take of ordinary input */
	void (*write_wakeup)(struct tty *tty);		/* driver has room. NULL: nothing */
	void (*flush_input)(struct tty *tty);
	size_t (*chars_in_buffer)(struct tty *tty);	/* readable now: FIONREAD */
	bool (*input_empty)(struct tty *tty);		/* nothing unread, ends of file and unfinished lines included */
	u32 (*poll)(struct tty *tty, struct file *f, struct poll_table *pt);
	void (*set_termios)(struct tty *tty, const struct ktermios *old);
	void (*hangup)(struct tty *tty);
	struct list_head node;
};
int tty_ldisc_register(struct tty_ldisc_ops *ops);	/* 0, -EBUSY */
extern struct tty_ldisc_ops n_tty_ops;

/* --- for drivers --- */
#define TTY_NORMAL	0
#define TTY_BREAK	1
/* Input has come. Returns how much was taken; the rest stays with the driver until ops->unthrottle. Never sleeps. */
size_t tty_receive(struct tty *tty, const u8 *p, size_t n);
void tty_receive_break(struct tty *tty);
void tty_wakeup(struct tty *tty);		/* room for output again */
void tty_hangup(struct tty *tty);		/* the line is gone: SIGHUP to its session, EOF for its files. Never sleeps. */
void tty_hangup_session(struct tty *tty, bool exit_session);	/* the same; exit_session: the foreground group gets SIGHUP too */
int tty_resize(struct tty *tty, const struct winsize *ws);	/* sets it; SIGWINCH when it changed. 0 */
struct tty *tty_find(struct tty_driver *drv, unsigned index);	/* open, or NULL. Not counted. */
dev_t tty_dev(const struct tty *tty);
const char *tty_name(const struct tty *tty, char *buf, size_t size);	/* "tty0", "pts/3" */
extern const struct ktermios tty_std_termios;
struct tty *tty_alloc(struct tty_driver *drv, unsigned index);	/* with line discipline; count 0. Sleeps. NULL */
void tty_free(struct tty *tty);			/* for ops->release: all but the driver's parts */
int tty_attach_file(struct tty *tty, struct file *f, bool console);	/* opens it for f: 0 or -errno (then detached again). Sleeps. */
/* The device /dev/console stands for. The console driver sets it. */
extern struct tty_driver *console_driver;
extern unsigned console_index;

/* --- for line disciplines --- */
size_t tty_put(struct tty *tty, const u8 *p, size_t n);	/* to the driver, unless stopped: how much it took */
size_t tty_room(struct tty *tty);
void tty_unthrottle(struct tty *tty);		/* input has room again */
void tty_stop(struct tty *tty);
void tty_start(struct tty *tty);
void tty_fasync(struct tty *tty, int band);	/* SIGIO to who asked for it */
bool tty_file_hung(const struct file *f);
void tty_flush_output(struct tty *tty);
void tty_pkt_status(struct tty *slave, u8 bits);	/* tell the master in packet mode. NULL link: nothing */

/* --- job control (tty_jobctl.c) --- */
/* May current use tty now? sig: SIGTTIN or SIGTTOU. 0; -EIO; -ERESTARTSYS after the signal was sent to its group. */
int tty_check_change(struct tty *tty, int sig);
void tty_set_ctty(struct tty *tty);		/* of current's session. Never sleeps. */
void tty_maybe_set_ctty(struct tty *tty, struct file *f);	/* open(2) without O_NOCTTY by a session leader */
struct tty *current_tty(void);			/* current's controlling terminal or NULL; not counted */
/* current gives its controlling terminal up. A session leader takes it from its whole session. exit.c calls it with true. */
void disassociate_ctty(bool on_exit);
void tty_signal_session(struct tty *tty, bool exit_session);	/* a hangup's signals; the session loses tty */
void tty_signal_pgrp(struct pid *pgrp, int sig);	/* from the kernel. NULL: nobody */
void tty_set_pid(struct pid **where, struct pid *pid);	/* counts the new one (may be NULL), puts the old one */
void tty_forget(struct tty *tty);		/* tty is freed: no process points to it afterwards */
long tty_jobctl_ioctl(struct tty *tty, struct tty *real, struct file *f, unsigned cmd, unsigned long arg);	/* -ENOIOCTLCMD */
int tty_kill_session(struct tty *tty);		/* sysrq: SIGKILL to all of it; how many */

/* --- settings (tty_ioctl.c) --- */
long tty_ioctl(struct file *f, unsigned cmd, unsigned long arg);
int tty_drain(struct tty *tty);			/* until all output is gone: sleeps. 0, -ERESTARTSYS */
int tty_set_termios(struct tty *tty, const struct ktermios *t);	/* 0 */

#define I_FLAG(tty, f)	((tty)->termios.c_iflag & (f))
#define O_FLAG(tty, f)	((tty)->termios.c_oflag & (f))
#define L_FLAG(tty, f)	((tty)->termios.c_lflag & (f))
#define C_CHAR(tty, v)	((tty)->termios.c_cc[v])

#endif
