/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests to the kernel itself: by /proc/sysrq-trigger, and by ^O and a key on a console when sysrq= has allowed it.
 * A key is one record:	SYSRQ_KEY('m', SYSRQ_DUMP, "memory", show_memory);
 */
#ifndef KERNEL_SYSRQ_H
#define KERNEL_SYSRQ_H

#include <kernel/types.h>

struct tty;
/* Classes of keys, as the bits of /proc/sys/kernel/sysrq: 0 none, 1 all, else these. */
#define SYSRQ_LOG	0x02
#define SYSRQ_KEYBOARD	0x04	/* killing what holds the console */
#define SYSRQ_DUMP	0x08
#define SYSRQ_SYNC	0x10
#define SYSRQ_REMOUNT	0x20
#define SYSRQ_SIGNAL	0x40
#define SYSRQ_BOOT	0x80

struct sysrq_key {
	char key;
	u8 class;
	bool sleeps;			/* run in a kernel thread */
	const char *help;		/* one word: "show-Memory" */
	void (*fn)(char key, struct tty *tty);	/* tty: where the key was typed; NULL */
};
#define SYSRQ_KEY(key, class, sleeps, help, fn)		SYSRQ_KEY_(key, class, sleeps, help, fn, __COUNTER__)
#define SYSRQ_KEY_(key, class, sleeps, help, fn, n)	SYSRQ_KEY__(key, class, sleeps, help, fn, n)
#define SYSRQ_KEY__(key, class, sleeps, help, fn, n) \
	static const struct sysrq_key sysrq_key_##n __section("sysrq_keys") = { key, class, sleeps, help, fn }

extern int sysrq_enabled;			/* 0: none */
void sysrq_key(char key, struct tty *tty);	/* if its class is enabled. Never sleeps. */
void sysrq_do(char key, struct tty *tty);	/* in any case: for root and mconsole. Never sleeps. */

void dump_all_tasks(void);			/* into the log */
void dump_memory(void);

#endif
