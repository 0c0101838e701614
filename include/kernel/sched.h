/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tasks and processes.
 *   task     what the scheduler runs: a guest thread or a kernel thread, with its own kernel stack.
 *   process  a thread group: what getpid(2) names. Kernel threads have one each too.
 * Only kernel/sched.c knows how many CPUs there are; per-CPU data is reached by this_cpu().
 */
#ifndef KERNEL_SCHED_H
#define KERNEL_SCHED_H

#include <kernel/types.h>
#include <kernel/bug.h>
#include <kernel/wait.h>
#include <kernel/timer.h>
#include <kernel/ptrace.h>
#include <kernel/signal.h>
#include <lib/list.h>
#include <lib/rbtree.h>
#include <asm/thread.h>

struct mm; struct files; struct fs_struct; struct cred; struct nsproxy; struct tty; struct file; struct task;

#define TASK_COMM_LEN	16
#ifdef UM_SANITIZE
#define KSTACK_SIZE	(64 * 1024)	/* instrumented frames are several times as large */
#else
#define KSTACK_SIZE	(16 * 1024)
#endif

enum task_state {
	TASK_RUNNING,		/* runs or is on a run queue */
	TASK_INTERRUPTIBLE,	/* sleeps; any deliverable signal wakes it */
	TASK_KILLABLE,		/* sleeps; a fatal signal wakes it */
	TASK_UNINTERRUPTIBLE,
	TASK_STOPPED,		/* by SIGSTOP and the like; SIGCONT and SIGKILL wake it */
	TASK_TRACED,		/* stopped for its tracer, who lets it go on; SIGKILL wakes it */
	TASK_ZOMBIE,		/* exited, not yet waited for */
	TASK_DEAD,		/* to be freed by whoever runs next */
};

/* A number that names tasks: one struct for its pid, thread group, process group and session use. */
enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID, PIDTYPE_MAX };
struct pid {
	int nr;				/* in the (only) pid namespace */
	int refs;
	struct list_head tasks[PIDTYPE_MAX];	/* PID: task.pid_node[0]; the others: group leaders' task.pid_node[] */
	struct wait_queue wait_pidfd;	/* woken when the process has ended */
};
extern int pid_max, max_threads;	/* sysctls */
struct pid *pid_find(int nr);			/* NULL: none in use. Not counted: take pid_get() to keep it. */
struct pid *pid_get(struct pid *pid);
void pid_put(struct pid *pid);
struct task *pid_task(struct pid *pid, enum pid_type type);	/* the first, or NULL */
#define pid_for_each_task(t, pid, type) \
	list_for_each_entry(t, &(pid)->tasks[type], pid_node[type])

struct krlimit { u64 cur, max; };		/* the layout of struct rlimit64 of prlimit64(2) */
#define RLIM_NLIMITS_	16

struct rusage_acct { u64 utime_ns, stime_ns, minflt, majflt, nvcsw, nivcsw, inblock, oublock, maxrss_pages;
	u64 rchar, wchar, syscr, syscw; };	/* bytes and calls of read and write, and their kin: /proc/<pid>/io */

/* One sleeping place of a process's children, its limits, its signals shared by all threads. */
struct process {
	struct pid *tgid;
	struct task *leader;
	struct list_head threads;	/* task.thread_node; the leader stays on it until reaped */
	int nr_threads;			/* alive */
	int refs;			/* tasks that point here */

	struct process *parent;		/* who waits for us; never NULL but for init and kthreadd */
	int parent_tid;			/* its thread that made us, for __WNOTHREAD and the parent-death signal */
	struct list_head children;	/* process.sibling, zombies included */
	struct list_head sibling;
	struct list_head tracees;	/* ptrace.node of the tasks that threads of ours trace */
	struct wait_queue wait_child;	/* woken when a child or tracee changes state */
	int exit_signal;		/* sent to the parent at our end; 0: none */
	bool child_subreaper;

	struct pid *pgrp, *session;
	struct tty *tty;		/* controlling terminal or NULL; not counted. fork copies it. */
	struct pid *tty_old_pgrp;	/* of a session leader: the foreground group at the hangup; NULL after fork */
	bool session_leader;
	bool did_exec;			/* since fork: setpgid's EACCES */

	struct sigpending shared_pending;
	struct task *exec_task;		/* is in exec: the other threads are to exit */
	bool group_exit;		/* every thread is to exit with group_exit_code */
	int group_exit_code;
	int group_stop_count;		/* threads still to stop */
	bool stopped;			/* all stopped, by stop_code */
	int stop_code;
	bool stop_reported, cont_pending;	/* for wait4's WUNTRACED and WCONTINUED */
	bool mortal;			/* init only: a fault of its own has to kill it */

	struct krlimit rlim[RLIM_NLIMITS_];
	struct rusage_acct dead_threads;	/* of threads gone */
	struct rusage_acct reaped_children;

	struct posix_timers *timers;	/* timer_create(2) and setitimer(2): kernel/posix_timers.c; NULL until used */
	int oom_score_adj;
	u64 start_ns;
	int exit_code;			/* of the process, in wait(2)'s form, once it is a zombie */
};

#define PF_KTHREAD	0x01
#define PF_EXITING	0x02
#define PF_FORKNOEXEC	0x04
#define PF_DUMPCORE	0x08
#define PF_MEMALLOC	0x10	/* writes memory back: may dip into the reserve */
#define PF_IDLE		0x20
#define PF_NPROC	0x40	/* became a user who has RLIMIT_NPROC tasks already: execve fails */

struct task {
	int refs;			/* one of the scheduler until it is dead, one of the tables until it is reaped */

	/* scheduling (kernel/sched.c) */
	enum task_state state;
	bool on_rq;
	bool dead;			/* runs no more: the scheduler drops its count */
	unsigned flags;			/* PF_ */
	struct rb_node rq_node;		/* fair class: by vruntime */
	struct list_head rt_node;
	u64 vruntime, exec_start_ns;
	u32 weight;
	s8 nice;
	u8 policy;			/* SCHED_OTHER … */
	u8 rt_priority;
	bool reset_on_fork;
	unsigned long cpus_allowed;
	int cpu;
	u64 slice_left_ns;

	/* execution (arch/um) */
	void *stack;
	struct arch_thread thread;

	/* identity */
	struct pid *pid;
	struct list_head pid_node[PIDTYPE_MAX];
	char comm[TASK_COMM_LEN];
	struct process *process;
	struct list_head thread_node;
	struct list_head all_node;	/* on all_tasks */

	/* what it uses; shared by count with CLONE_VM, CLONE_FILES … NULL where noted */
	struct mm *mm;			/* NULL: kernel thread, or past exit_mm() */
	struct files *files;
	struct fs_struct *fs;
	struct nsproxy *ns;
	const struct cred *cred;	/* never changed in place: see cred.h */

	/* signals (kernel/signal.c) */
	struct sighand *sighand;
	struct sigpending pending;
	sigset_t blocked;
	sigset_t real_blocked;		/* sigtimedwait: what blocked is apart from the waited for */
	sigset_t saved_sigmask;		/* to be restored after the handler: sigsuspend, ppoll … */
	bool restore_sigmask;
	bool sig_wake;			/* something deliverable is pending: signal_pending() */
	uaddr_t sas_sp;
	size_t sas_size;
	int sas_flags;
	bool stop_pending;		/* has to take part in a group stop */
	struct restart_block { long (*fn)(struct task *); u64 arg[5]; } restart;

	struct ptrace ptrace;		/* how it is traced, if it is */

	/* threads */
	uaddr_t set_child_tid, clear_child_tid;
	uaddr_t robust_list;
	struct pi_state *pi_blocked_on;	/* kernel/futex_pi.c: the lock it waits for, or NULL */
	uaddr_t rseq; u32 rseq_len, rseq_sig;
	bool rseq_preempted;		/* lost the CPU since it last ran guest code */
	struct completion *vfork_done;
	int pdeath_signal;
	u16 ioprio;			/* ioprio_set(2); inherited */
	bool no_new_privs;
	unsigned long personality;
	int exit_code;
	u64 timer_slack_ns;

	/* accounting */
	struct rusage_acct acct;
	u64 start_ns;			/* monotonic */

	struct plug *plug;		/* block: requests gathered by this task, or NULL */
	void *journal_info;		/* file system's transaction handle, or NULL */
	int link_depth;			/* path walk: symlinks followed */
	int locks_held;			/* mutexes and rwsems, counted with CONFIG_DEBUG_SLEEP */
	u8 trace;			/* what trace= wants of this task: TRACE_ flags */
	struct why *why;		/* the reason of the latest refusal; NULL: none was given yet */
	u16 last_calls[16]; u8 last_call_pos;	/* for panics: the latest system call numbers */
};

struct cpu {
	struct task *running;
	struct task *idle;
	bool need_resched;
	int id;
};
extern struct cpu cpus[];
static inline struct cpu *this_cpu(void) { return &cpus[0]; }
#define current		(this_cpu()->running)

extern struct list_head all_tasks;
#define for_each_task(t)	list_for_each_entry(t, &all_tasks, all_node)	/* no sleep inside */
#define for_each_thread(p, t)	list_for_each_entry(t, &(p)->threads, thread_node)
extern struct process *init_process;

/* Scheduler. schedule() sleeps unless state is TASK_RUNNING (then it yields if somebody is due). */
void schedule(void);
void task_wake(struct task *t);			/* from any sleeping state but STOPPED; harmless when running */
void task_wake_state(struct task *t, unsigned states);	/* only from states: BIT(TASK_x) mask */
void cond_resched(void);			/* sleeps if another task is due; put into long loops */
static inline bool need_resched(void) { return this_cpu()->need_resched; }
void set_need_resched(void);
extern int sched_rt_period_us, sched_rt_runtime_us;	/* sysctls: real-time tasks' share while others wait; -1: all */
void sched_yield_current(void);
int task_set_nice(struct task *t, int nice);
int task_set_scheduler(struct task *t, int policy, int rt_priority, int nice);
u64 task_runtime_ns(struct task *t);		/* CPU time used so far, user + system */
u64 process_runtime_ns(struct process *p);	/* of all threads, dead ones included */
void process_times(struct process *p, u64 *utime_ns, u64 *stime_ns);
struct rusage;
void rusage_to_user(const struct rusage_acct *a, struct rusage *ru);	/* the ABI's form: wait4 */
unsigned long cpu_online_mask(void);		/* bit n: CPU n is there */
unsigned nr_running(void);
unsigned long total_forks(void), total_context_switches(void);
u64 idle_time_ns(void);
void loadavg(u32 avg[3]);			/* fixed point, 11 fraction bits, 1, 5 and 15 minutes */
void schedule_timeout(enum wait_mode mode, u64 deadline_ns);

/* Kernel threads. fn's return value ends the thread. ERR_PTR(-ENOMEM). */
struct task *kthread_create(int (*fn)(void *arg), void *arg, const char *fmt, ...) __printf(3, 4);
static inline bool is_kthread(const struct task *t) { return t->flags & PF_KTHREAD; }

/* Deferred work: fn runs later in a kernel thread and may sleep. Queueing what is queued does nothing. */
struct work { struct list_head node; void (*fn)(struct work *w); bool queued; };
void work_queue(struct work *w);

/* Lifetime of a task: the table, the process and one count a user. */
void task_get(struct task *t);
void task_put(struct task *t);
struct task *task_find(int pid);		/* by thread id; not counted, valid until the next sleep */
struct process *process_find(int tgid);
static inline int task_pid_nr(const struct task *t) { return t->pid->nr; }
static inline int task_tgid_nr(const struct task *t) { return t->process->tgid->nr; }
static inline int process_ppid(const struct process *p) { return p->parent ? p->parent->tgid->nr : 0; }
void set_task_comm(struct task *t, const char *name);	/* and what the host's ps shows */
void process_set_pgrp(struct process *p, struct pid *pgrp);	/* moves the leader's list node; counts */
void process_set_session(struct process *p, struct pid *session);
bool pgrp_is_orphaned(struct pid *pgrp, struct process *ignore);

/* Fork. args is struct clone_args in kernel form; returns the child's pid or -errno. */
struct clone_req {
	u64 flags;
	uaddr_t pidfd, child_tid, parent_tid, stack, tls;
	u64 stack_size;
	int exit_signal;
	int set_tid;			/* 0: any */
};
bool nproc_exceeded(u32 uid);	/* more tasks than RLIMIT_NPROC of current are that user's; root has no limit */
long do_fork(const struct clone_req *req);
void do_exit(int code) __noreturn;		/* this thread; code in wait(2)'s form */
void do_group_exit(int code) __noreturn;	/* the whole process */
int kill_other_threads(void);			/* exec: sleeps until current is alone; 0 or -EINTR */
u64 task_rlimit(const struct task *t, int which);
static inline u64 rlimit(int which) { return current->process->rlim[which].cur; }

#endif
