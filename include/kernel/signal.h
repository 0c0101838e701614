/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Signals: kernel/signal.c generates, queues and chooses; arch/um/kernel/signal.c builds and unwinds frames.
 * A system call that a signal interrupts returns -ERESTARTSYS and its sisters (types.h); the return to user code
 * turns that into -EINTR or a restart.
 */
#ifndef KERNEL_SIGNAL_H
#define KERNEL_SIGNAL_H

#include <kernel/types.h>
#include <kernel/wait.h>
#include <lib/list.h>
#include <asm/signal.h>		/* uapi: sigset_t is one unsigned long; SIG*, SA_* */
#include <asm/siginfo.h>	/* uapi: siginfo_t, SI_*, SEGV_* … */
#include <linux/signal.h>	/* uapi: SS_* */

struct task; struct process; struct pid; struct uregs;

#define NSIG_	64
#define sigbit(sig)	(1UL << ((sig) - 1))
#define SIG_UNBLOCKABLE	(sigbit(SIGKILL) | sigbit(SIGSTOP))
#define SIG_STOPS	(sigbit(SIGSTOP) | sigbit(SIGTSTP) | sigbit(SIGTTIN) | sigbit(SIGTTOU))
#define SIG_SYNCHRONOUS	(sigbit(SIGSEGV) | sigbit(SIGBUS) | sigbit(SIGILL) | sigbit(SIGTRAP) | sigbit(SIGFPE) | sigbit(SIGSYS))
#define SIG_CORES	(sigbit(SIGQUIT) | sigbit(SIGILL) | sigbit(SIGTRAP) | sigbit(SIGABRT) | sigbit(SIGFPE) | sigbit(SIGSEGV) | \
			 sigbit(SIGBUS) | sigbit(SIGSYS) | sigbit(SIGXCPU) | sigbit(SIGXFSZ))
#define SIG_IGNORED	(sigbit(SIGCONT) | sigbit(SIGCHLD) | sigbit(SIGWINCH) | sigbit(SIGURG))	/* by default */

/* In the ABI's form of rt_sigaction(2). */
struct k_sigaction { uaddr_t handler; unsigned long flags; uaddr_t restorer; sigset_t mask; };
#define SIG_DFL_	((uaddr_t)0)
#define SIG_IGN_	((uaddr_t)1)
/* signalfds: woken at each signal to a task of it; its pollers are thrown off when it is freed. */
struct sighand { int refs; struct k_sigaction action[NSIG_]; struct wait_queue signalfds; };

/* One queued signal, charged to the user of the process it goes to. A timer's own entry is never freed by the queue. */
struct ucounts;
struct sigqueue { struct list_head node; siginfo_t info; struct posix_timer *timer; struct ucounts *user; };
struct sigpending { struct list_head queue; sigset_t set; };
static inline void sigpending_init(struct sigpending *p) { list_init(&p->queue); p->set = 0; }

/* Sending. info NULL: SI_USER from current (SI_KERNEL for a kernel thread). Never sleep. 0, -EAGAIN (RLIMIT_SIGPENDING), -EINVAL. */
int send_signal(int sig, siginfo_t *info, struct task *t);		/* to this thread */
int send_signal_process(int sig, siginfo_t *info, struct process *p);	/* to any thread of it */
int kill_pgrp(struct pid *pgrp, int sig, siginfo_t *info);		/* to a whole process group; -ESRCH when empty */
/* A fault's signal: unblocks and un-ignores it if it has to (then it kills). addr for si_addr. */
void force_signal_fault(int sig, int code, uaddr_t addr);
void force_signal(int sig);
void siginfo_kernel(siginfo_t *info, int sig, int code);
int check_kill_permission(int sig, const struct task *t);		/* 0 or -EPERM */

/* A timer's preallocated entry: 0 queued, 1 it still was (an overrun). alloc sleeps; NULL from it: -EAGAIN. */
struct sigqueue *sigqueue_alloc(void);
void sigqueue_free(struct sigqueue *q);					/* unqueues it from t's process first */
int send_sigqueue(struct sigqueue *q, struct task *t, bool to_process);
void sigqueue_cancel(struct sigqueue *q, struct process *p);
void signal_kill_process(struct process *p, int code);			/* every thread is to end with code (wait(2)'s form); idempotent */

bool signal_pending_slow(struct task *t);
#define signal_pending(t)	((t)->sig_wake)
bool fatal_signal_pending(struct task *t);
void recalc_sigpending(struct task *t);
void set_current_blocked(sigset_t set);			/* never blocks KILL and STOP */
/* A temporary mask of ppoll, pselect, epoll_pwait, sigsuspend: the old one comes back after the handler ran. */
int set_user_sigmask(uaddr_t usigmask, size_t sigsetsize);	/* 0 (also for NULL), -EFAULT, -EINVAL */
void restore_saved_sigmask_unless(bool interrupted);

int altstack_flags(uaddr_t sp);				/* SS_DISABLE, SS_ONSTACK or 0 */
int altstack_set(const stack_t *ss, uaddr_t sp);	/* sigaltstack(2) of current, whose stack pointer is sp: 0 or -errno */

/* Fork: t->process is set. Inherits nothing pending; a new process's shared_pending is emptied too. */
void signals_init_task(struct task *t);
int copy_sighand(unsigned long clone_flags, struct task *child);	/* shares or copies; 0, -ENOMEM */
void sighand_put(struct sighand *sh);
void flush_sigqueue(struct sigpending *p);
void flush_signal_handlers(struct task *t);		/* exec: handlers to default, ignored stay; unshares sighand; no altstack. Sleeps. */
/* Takes the next signal of current that is not in blocked off its queues: its number, or 0. */
int dequeue_signal(sigset_t blocked, siginfo_t *info);
sigset_t pending_signals(const struct task *t);		/* its own and its process's, blocked or not */
void do_notify_parent(struct process *p, int why);	/* CLD_EXITED …, SIGCHLD and wake-up of its waiters */
bool parent_ignores_child(struct process *p);		/* SIGCHLD ignored or SA_NOCLDWAIT: reap at once */
void exit_signals(struct task *t);			/* hands process-wide signals to another thread */

/* What the return to user code asks. True: a handler is to be run (ks filled). False: nothing (left) to do. May not return: death. Sleeps (stops). */
struct ksignal { int sig; siginfo_t info; struct k_sigaction ka; };
bool get_signal(struct ksignal *ks);
void signal_delivered(struct ksignal *ks);		/* after the frame is built: blocks mask, SA_NODEFER, SA_RESETHAND */

/* arch/um/kernel/signal.c. setup: 0, or -EFAULT (caller forces SIGSEGV). */
int setup_signal_frame(struct ksignal *ks, sigset_t oldmask);
void do_signals(bool in_syscall);			/* all that is pending, at the return to user code */

#endif
