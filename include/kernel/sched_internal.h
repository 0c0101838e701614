/* SPDX-License-Identifier: GPL-2.0 */
/* Between the scheduler, the life of tasks (fork, exit) and the port's entry and idle loops. */
#ifndef KERNEL_SCHED_INTERNAL_H
#define KERNEL_SCHED_INTERNAL_H

#include <kernel/sched.h>

void sched_init(struct task *idle);
void sched_account(void);		/* charges the time since the last call to current (which may be idle) as system time */
void sched_account_guest(bool call);	/* the guest has run since; it left by a call and nothing else was done meanwhile */
u64 sched_slice_end(void);
void sched_check_slice(void);		/* asks for a reschedule when the slice is used up */
void sched_start(struct task *t);	/* a new task's first entry into the queue */
void sched_first_run(void);
bool sched_has_work(void);		/* somebody waits for the CPU */

struct task *task_alloc(void);		/* zeroed, lists set up, refs 1. NULL. */
struct process *process_alloc(void);
void process_put(struct process *p);
struct pid *pid_alloc(int want);	/* want 0: any. ERR_PTR */
void pid_attach(struct task *t, enum pid_type type, struct pid *pid);	/* counts */
void pid_detach(struct task *t, enum pid_type type);
void attach_leader(struct task *t, struct pid *pid, struct pid *pgrp, struct pid *session);
void tasks_init(void);
void process_zombie(struct process *p);	/* has ended: its parent is told, or nobody wants to know */
void release_task(struct task *t);	/* a zombie that was waited for, or a thread nobody waits for */
extern unsigned nr_tasks;
void start_kthreadd_work(void);

/* arch: the idle loop on the boot stack; safe points. */
void idle_loop(void) __noreturn;
bool host_events_due(void);		/* the host has something for us: one test of a global */
void host_events(void);			/* drains it. Never sleeps. */
void host_timer_arm(void);		/* the host will interrupt current for the next timer or at the end of its slice */

#endif
