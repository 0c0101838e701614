/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Channels: the host's side of consoles and serial lines, as in con0=fd:0,fd:1.
 *   1. chan_parse() a configuration   2. chan_open()   3. chan_write(), and ops->input is called   4. chan_close()
 * A channel has two halves, input and output, each of a type (fd, null, none, …) that gives a host descriptor; reading,
 * writing, buffering and batching are common to all types and live in drivers/tty/chan.c. Adding a type is one file with
 * a CHAN_TYPE() record.
 * Output never blocks the kernel: what the host does not take stays in a ring and goes out when EPOLLOUT says so.
 * Locking: the kernel lock. Nothing sleeps.
 */
#ifndef DRIVERS_CHAN_H
#define DRIVERS_CHAN_H

#include <kernel/types.h>
#include <kernel/timer.h>
#include <lib/ring.h>
#include <asm/hostio.h>

struct chan; struct chan_half;

struct chan_type {
	const char *name;		/* what stands before ':' */
	bool has_arg;			/* "fd:0"; else the name alone */
	/* Is arg well formed? NULL: any is. Otherwise the reason, for a message. */
	const char *(*check)(const char *arg);
	/*
	 * Sets half->h.fd to a descriptor of our own that does not block (the same in both halves if they are one).
	 * 0; -errno; -EINPROGRESS: later, by chan_half_ready(). NULL: a half without descriptor: output vanishes, input never comes.
	 */
	int (*open)(struct chan_half *half);
	void (*close)(struct chan_half *half);	/* NULL: os_close(half->h.fd) */
	bool absent;			/* the line does not exist ("none") */
	/* What mconsole's query shows when open ("pts:/dev/pts/3"). NULL: as configured */
	void (*describe)(struct chan_half *half, char *buf, size_t size);
};
#define CHAN_TYPE(var) static const struct chan_type *const chan_type_##var __section("chan_types") = &var

struct chan_half {
	const struct chan_type *type;
	const char *arg;		/* within chan.spec; "" if none */
	struct hostfd h;		/* fd -1: none */
	struct chan *chan;
	bool is_tty, watched;
	void *private;			/* type's */
};

/* The user of a channel: a tty line. None of these sleeps. */
struct chan_ops {
	size_t (*input)(struct chan *c, const u8 *p, size_t n);	/* how much was taken; the rest comes again after chan_resume() */
	void (*eof)(struct chan *c);			/* the host closed its side, once an open */
	void (*room)(struct chan *c);			/* output was full and is not any more */
};

#define CHAN_OUT_SIZE	32768
struct chan {
	const char *line;		/* "con0", for messages */
	const struct chan_ops *ops;
	void *private;			/* the user's */
	char spec[128];			/* as configured, cut into words */
	char configured[128];		/* as configured */
	struct chan_half in, out;	/* one for both: out.h.fd is in.h.fd and only in is watched */
	bool one, opened, listening, eof, was_full, pumping;
	struct ring out_ring;
	u64 last_flush_ns;
	struct timer flush_timer, pump_timer;
	u8 in_buf[2048];
	u32 in_pos, in_len;
};

/* spec: "<in>[,<out>]". 0, or -EINVAL with the reason in *why. c->line, ops, private are set by the caller. */
int chan_parse(struct chan *c, const char *spec, const char **why);
bool chan_absent(const struct chan *c);
int chan_open(struct chan *c);				/* 0 or -errno. Again: nothing. Input waits for chan_listen(). */
void chan_close(struct chan *c);
void chan_listen(struct chan *c, bool on);		/* whether ops->input and eof may be called */
void chan_resume(struct chan *c);			/* input that was refused is offered again */
size_t chan_write(struct chan *c, const void *p, size_t n);	/* how much was taken */
size_t chan_room(const struct chan *c);
size_t chan_pending(const struct chan *c);		/* bytes the host has not taken yet */
void chan_flush_output(struct chan *c);			/* ^C: what the host does not take at once is forgotten */
void chan_drain(struct chan *c, unsigned ms);		/* halt and panic: blocks up to ms */
bool chan_winsize(struct chan *c, unsigned short *rows, unsigned short *cols);
void chan_half_ready(struct chan_half *half, int fd);	/* for open()s that took their time; fd < 0: it failed */
void chan_describe(struct chan *c, char *buf, size_t size);

void um_winch(void);			/* the host terminal changed its size. Never sleeps. */

#endif
