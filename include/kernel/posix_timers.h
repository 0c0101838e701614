/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Timers of processes: setitimer(2), timer_create(2), RLIMIT_CPU, and the CPU clocks they may run on.
 * A cpu_timer fires when a CPU clock of a process or thread reaches a value. Time is charged by the scheduler, which
 * calls timers_account() then; timers_resume() when a task begins to run, so that the host's timer can be set for the
 * moment its clock may reach the next value.
 */
#ifndef KERNEL_POSIX_TIMERS_H
#define KERNEL_POSIX_TIMERS_H

#include <kernel/timer.h>
#include <lib/idr.h>
#include <lib/list.h>

struct task; struct process;

enum cpu_clock { CPU_PROF, CPU_VIRT, CPU_SCHED };	/* user + system, user, run time; the ABI's CPUCLOCK_ numbers */

struct cpu_timer {
	struct list_head node;		/* on the process's list while armed */
	enum cpu_clock clock;
	struct task *thread;		/* NULL: of the whole process. Counted by whoever set it. */
	u64 expires_ns;
	void (*fn)(struct cpu_timer *ct);	/* disarmed already; never sleeps */
};

struct itimer {
	struct process *process;
	struct timer real;
	struct cpu_timer cpu;
	u64 interval_ns;
};

struct posix_timers {
	struct idr ids;
	struct list_head timers;	/* struct posix_timer */
	struct itimer itimer[3];	/* ITIMER_REAL, VIRTUAL, PROF */
	struct list_head cpu;		/* armed cpu_timers */
};

struct posix_timers *posix_timers_get(struct process *p);	/* makes them at first use. NULL: no memory. Sleeps. */
void posix_timers_exec(void);		/* those of timer_create(2) do not survive */
void posix_timers_exit(struct process *p);	/* all are gone; p->timers is NULL afterwards */

void timers_account(struct task *t);	/* t's CPU time has grown. Never sleeps. */
void timers_resume(struct task *t);	/* t is about to run. Never sleeps. */

void cpu_timer_set(struct cpu_timer *ct, struct process *p);	/* posix_timers_get(p) was called. Never sleeps. */
bool cpu_timer_cancel(struct cpu_timer *ct);			/* true if it was armed */
u64 cpu_clock_read(enum cpu_clock clock, struct process *p, struct task *thread);

/* A CPU clock's id, dynamic ones included. 0 and *p (and *thread, or NULL), valid until the next sleep; -EINVAL. */
int cpu_clock_decode(int clockid, enum cpu_clock *clock, struct process **p, struct task **thread);
static inline bool is_cpu_clock(int clockid) { return clockid < 0 || clockid == 2 || clockid == 3; }

/* itimer.c: as alarm(2) and setitimer(2) do. */
void itimer_init(struct posix_timers *pt, struct process *p);
void itimer_exit(struct posix_timers *pt);

#endif
