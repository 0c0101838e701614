/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Broken invariants of our own. No guest argument, image, packet or control message may reach these.
 * BUG_ON: going on would lose data; prints a backtrace and the last system calls, ends the kernel.
 * WARN_ON_ONCE: prints once and returns the condition, so that the call at hand can fail alone.
 */
#ifndef KERNEL_BUG_H
#define KERNEL_BUG_H

#include <kernel/types.h>

void panic(const char *fmt, ...) __printf(1, 2) __noreturn;
void bug_at(const char *what, const char *file, int line) __noreturn;
void warn_at(const char *what, const char *file, int line);
void show_backtrace(void);	/* of the caller, to the log */

#define BUG()		bug_at("BUG", __FILE__, __LINE__)
#define BUG_ON(x)	do { if (unlikely(x)) bug_at(#x, __FILE__, __LINE__); } while (0)
#define WARN_ON_ONCE(x)	({					\
	static bool warned_;					\
	bool cond_ = !!(x);					\
	if (unlikely(cond_) && !warned_) {			\
		warned_ = true;					\
		warn_at(#x, __FILE__, __LINE__);		\
	}							\
	unlikely(cond_); })

/* Opens every function that sleeps. Checked by CONFIG_DEBUG_SLEEP: BUG inside atomic_begin()/atomic_end() and when idle. */
#ifdef CONFIG_DEBUG_SLEEP
void might_sleep_at(const char *file, int line);
void atomic_begin(void);	/* Until atomic_end() the caller must not sleep. Nests. */
void atomic_end(void);
void idle_begins(void);		/* boot is over: from now on the idle task may not sleep */
#define might_sleep()	might_sleep_at(__FILE__, __LINE__)
#else
#define might_sleep()	do { } while (0)
static inline void atomic_begin(void) { }
static inline void atomic_end(void) { }
static inline void idle_begins(void) { }
#endif

#endif
