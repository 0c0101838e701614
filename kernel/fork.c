/* SPDX-License-Identifier: GPL-2.0 */
/* fork, vfork, clone, clone3: a new task, with its own or the parent's memory, files, signals. */
#include <fs/file.h>
#include <fs/namei.h>
#include <kernel/bug.h>
#include <kernel/cred.h>
#include <kernel/ns.h>
#include <kernel/pidfd.h>
#include <kernel/sched.h>
#include <kernel/sched_internal.h>
#include <kernel/syscall.h>
#include <kernel/trace.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <linux/resource.h>
#include <linux/sched.h>

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)

int max_threads = 16384;
static unsigned long forks;

unsigned long total_forks(void)
{
	return forks;
}

static int check_flags(u64 flags)
{
	if (flags & CLONE_FS && flags & (CLONE_NEWNS | CLONE_NEWUSER))
		return why(-EINVAL, "CLONE_FS with a new mount or user namespace");
	if (flags & CLONE_THREAD && flags & (CLONE_NEWPID | CLONE_NEWUSER))
		return -EINVAL;
	if (flags & CLONE_THREAD && !(flags & CLONE_SIGHAND))
		return why(-EINVAL, "CLONE_THREAD wants CLONE_SIGHAND");
	if (flags & CLONE_SIGHAND && !(flags & CLONE_VM))
		return why(-EINVAL, "CLONE_SIGHAND wants CLONE_VM");
	if (flags & CLONE_SIGHAND && flags & CLONE_CLEAR_SIGHAND)
		return why(-EINVAL, "CLONE_SIGHAND with CLONE_CLEAR_SIGHAND");
	if (flags & CLONE_THREAD && flags & CLONE_PIDFD)
		return -EINVAL;
	if (flags & CLONE_PARENT && current->process == init_process)
		return -EINVAL;
	if (flags & NAMESPACES)		/* what contradicts itself is told to everybody, before rights are looked at */
		return why(capable(CAP_SYS_ADMIN) ? -EINVAL : -EPERM, "there are no namespaces");
	return 0;
}

static unsigned tasks_of(u32 uid)
{
	struct task *t;
	unsigned n = 0;

	for_each_task(t)
		n += t->cred->uid == uid;
	return n;
}

bool nproc_exceeded(u32 uid)
{
	u64 limit = rlimit(RLIMIT_NPROC);

	return uid && nr_tasks > limit && tasks_of(uid) > limit;
}

static int check_count(void)
{
	u64 limit = rlimit(RLIMIT_NPROC);

	if (nr_tasks >= (unsigned)max_threads)
		return why(-EAGAIN, "there are %d tasks (kernel.threads-max)", max_threads);
	if (current->cred->uid == 0 || limit == U64_MAX || nr_tasks < limit)
		return 0;
	return tasks_of(current->cred->uid) >= limit && !capable(CAP_SYS_RESOURCE) && !capable(CAP_SYS_ADMIN) ?
	       why(-EAGAIN, "RLIMIT_NPROC is %llu", (unsigned long long)limit) : 0;
}

/* What a child takes from its parent by value. */
static void copy_values(struct task *t, u64 flags)
{
	struct task *p = current;

	memcpy(t->comm, p->comm, sizeof(t->comm));
	t->flags = PF_FORKNOEXEC;
	t->policy = p->policy;
	t->rt_priority = p->rt_priority;
	t->nice = p->nice;
	t->weight = p->weight;
	t->ioprio = p->ioprio;
	if (p->reset_on_fork) {		/* takes away only what needed a privilege */
		if (p->policy == SCHED_FIFO || p->policy == SCHED_RR)
			t->policy = SCHED_NORMAL;
		t->rt_priority = 0;
		t->nice = max(p->nice, (s8)0);
		t->weight = p->nice < 0 || t->policy != p->policy ? 1024 : p->weight;
	}
	t->cpus_allowed = p->cpus_allowed;
	t->blocked = p->blocked;
	t->no_new_privs = p->no_new_privs;
	t->personality = p->personality;
	t->timer_slack_ns = p->timer_slack_ns;
	t->start_ns = ktime_ns();
	t->cred = cred_get(p->cred);
	t->ns = p->ns;
	t->ns->refs++;
	if (!(flags & CLONE_VM) || flags & CLONE_VFORK) {	/* threads start without */
		t->sas_sp = p->sas_sp;
		t->sas_size = p->sas_size;
		t->sas_flags = p->sas_flags;
	}
	if (!(flags & CLONE_VM)) {
		t->rseq = p->rseq;
		t->rseq_len = p->rseq_len;
		t->rseq_sig = p->rseq_sig;
	}
}

static int copy_mm(struct task *t, u64 flags)
{
	if (!current->mm)
		return 0;
	if (flags & CLONE_VM) {
		mm_users_get(current->mm);
		t->mm = current->mm;
		return 0;
	}
	t->mm = mm_dup(current->mm);
	if (!IS_ERR(t->mm))
		return 0;
	long err = PTR_ERR(t->mm);

	t->mm = NULL;
	return (int)err;
}

static struct process *new_process(struct task *t, const struct clone_req *req)
{
	struct process *p = process_alloc(), *from = current->process;

	if (!p)
		return NULL;
	memcpy(p->rlim, from->rlim, sizeof(p->rlim));
	p->exit_signal = req->exit_signal;
	p->oom_score_adj = from->oom_score_adj;
	p->tty = from->tty;
	p->pgrp = from->pgrp;
	p->session = from->session;
	return p;
}

/* Undoes what copy_all() did so far. */
static void drop_copies(struct task *t)
{
	if (t->mm)
		mm_users_put(t->mm);
	t->mm = NULL;
	if (t->fs)
		exit_fs(t);
	if (t->files)
		exit_files(t);
	if (t->sighand)
		sighand_put(t->sighand);
	t->sighand = NULL;
	if (t->ns)
		t->ns->refs--;
	t->ns = NULL;
}

static int copy_all(struct task *t, const struct clone_req *req)
{
	unsigned long flags = (unsigned long)req->flags;
	int err;

	copy_values(t, req->flags);
	err = copy_files(flags, t);
	if (!err)
		err = copy_fs(flags, t);
	if (!err)
		err = copy_sighand(flags, t);
	if (!err)
		err = copy_mm(t, req->flags);
	if (!err)
		err = thread_fork(t, req->stack ? req->stack + req->stack_size : 0, req->flags & CLONE_SETTLS ? &req->tls : NULL);
	return err;
}

static void attach_thread(struct task *t, struct pid *pid)
{
	struct process *p = t->process;

	t->pid = pid;
	pid_attach(t, PIDTYPE_PID, pid);
	list_add_tail(&t->thread_node, &p->threads);
	list_add_tail(&t->all_node, &all_tasks);
	p->nr_threads++;
	nr_tasks++;
}

static void attach_process(struct task *t, struct pid *pid, u64 flags)
{
	struct process *p = t->process, *parent = current->process;

	attach_leader(t, pid, p->pgrp, p->session);
	if (flags & CLONE_PARENT) {
		p->exit_signal = parent->exit_signal;
		p->parent_tid = parent->parent_tid;
		parent = parent->parent ?: parent;	/* gone, when the kernel goes down */
	} else {
		p->parent_tid = current->pid->nr;
	}
	p->parent = parent;
	list_add_tail(&p->sibling, &parent->children);
}

static int make_pidfd(const struct clone_req *req, struct pid *pid, int *fd, struct file **f)
{
	int err;

	if (!(req->flags & CLONE_PIDFD))
		return 0;
	*f = pidfd_file(pid, 0);
	if (IS_ERR(*f))
		return (int)PTR_ERR(*f);
	err = fd_reserve(fd, 1, O_CLOEXEC);
	return err ?: copy_to_user(req->pidfd, fd, sizeof(*fd));
}

/* From here on the child exists for everybody. */
static long launch(struct task *t, const struct clone_req *req, struct pid *pid)
{
	struct completion vfork_done;
	int nr = pid->nr, event;

	if (req->flags & CLONE_VFORK) {
		completion_init(&vfork_done);
		t->vfork_done = &vfork_done;
	}
	task_get(t);
	event = ptrace_fork(t, req->flags, req->exit_signal);
	sched_start(t);
	if (unlikely(event))
		ptrace_event(event, (unsigned long)nr);
	if (req->flags & CLONE_VFORK && wait_for_completion_killable(&vfork_done) && t->vfork_done == &vfork_done)
		t->vfork_done = NULL;
	task_put(t);
	if (req->flags & CLONE_VFORK)
		ptrace_event(PTRACE_EVENT_VFORK_DONE, (unsigned long)nr);
	return nr;
}

long do_fork(const struct clone_req *req)
{
	struct file *pidfile = NULL;
	struct process *p;
	struct task *t;
	struct pid *pid;
	int fd = -1;
	long err;

	might_sleep();
	err = check_flags(req->flags);
	if (!err)
		err = check_count();
	if (err)
		return err;
	if (signal_pending(current))
		return -ERESTARTNOINTR;		/* else a signal for the group could miss the child */
	t = task_alloc();
	if (!t)
		return -ENOMEM;
	t->process = NULL;
	p = req->flags & CLONE_THREAD ? current->process : new_process(t, req);
	err = p ? copy_all(t, req) : -ENOMEM;
	pid = err ? ERR_PTR(err) : pid_alloc(req->set_tid);
	err = IS_ERR(pid) ? PTR_ERR(pid) : make_pidfd(req, pid, &fd, &pidfile);
	if (!err && req->flags & CLONE_PARENT_SETTID)
		(void)copy_to_user(req->parent_tid, &pid->nr, sizeof(int));	/* as in Linux, a bad address is no reason to fail */
	if (!err && (current->process->group_exit || fatal_signal_pending(current)))
		err = -EINTR;		/* who ends all threads does not know of this one */
	if (err)
		goto undo;
	t->set_child_tid = req->flags & CLONE_CHILD_SETTID ? req->child_tid : 0;
	t->clear_child_tid = req->flags & CLONE_CHILD_CLEARTID ? req->child_tid : 0;
	t->process = p;
	trace_fork(t);
	if (req->flags & CLONE_THREAD)
		p->refs++;
	signals_init_task(t);
	if (req->flags & CLONE_THREAD)
		attach_thread(t, pid);
	else
		attach_process(t, pid, req->flags);
	if (pidfile)
		fd_install(&fd, &pidfile, 1);
	forks++;
	return launch(t, req, pid);
undo:
	fd_unreserve(&fd, 1);
	file_put_all(&pidfile, 1);
	drop_copies(t);
	if (!IS_ERR(pid))
		pid_put(pid);
	if (p && !(req->flags & CLONE_THREAD))
		process_put(p);
	task_put(t);
	return err;
}

/* First thing a new guest thread does, on its own kernel stack, before it runs guest code. */
void fork_child_start(void)
{
	sched_first_run();
	if (current->set_child_tid)
		copy_to_user(current->set_child_tid, &current->pid->nr, sizeof(int));
}

long sys_fork(void)
{
	struct clone_req req = { .exit_signal = SIGCHLD };

	return do_fork(&req);
}

long sys_vfork(void)
{
	struct clone_req req = { .flags = CLONE_VFORK | CLONE_VM, .exit_signal = SIGCHLD };

	return do_fork(&req);
}

long sys_clone(unsigned long flags, uaddr_t stack, uaddr_t parent_tid, uaddr_t child_tid, unsigned long tls)
{
	struct clone_req req = {
		.flags = (u32)flags & ~(u32)CSIGNAL,
		.exit_signal = (int)(flags & CSIGNAL),
		.pidfd = parent_tid, .parent_tid = parent_tid, .child_tid = child_tid,
		.stack = stack, .tls = tls,
	};

	if (req.exit_signal > NSIG_)
		return -EINVAL;
	if (req.flags & CLONE_PIDFD && req.flags & (CLONE_PARENT_SETTID | CLONE_DETACHED))
		return -EINVAL;
	return do_fork(&req);
}

static int check_clone3(const struct clone_args *a)
{
	const u64 known = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_PIDFD | CLONE_PTRACE | CLONE_VFORK | CLONE_PARENT |
		CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_UNTRACED |
		CLONE_CHILD_SETTID | CLONE_IO | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP | NAMESPACES;

	if (a->flags & ~known || a->exit_signal & ~(u64)CSIGNAL || a->exit_signal > NSIG_)
		return why(-EINVAL, "flags %#lx are not known, or signal %lu", (long)(a->flags & ~known), (long)a->exit_signal);
	if (a->flags & (CLONE_THREAD | CLONE_PARENT) && a->exit_signal)
		return -EINVAL;
	if (!a->stack != !a->stack_size || !access_ok(a->stack, a->stack_size))
		return -EINVAL;
	if (a->flags & CLONE_INTO_CGROUP)
		return why(-EBADF, "there are no control groups");
	if (a->set_tid_size > 1 || !a->set_tid != !a->set_tid_size)
		return -EINVAL;
	return 0;
}

long sys_clone3(uaddr_t uargs, size_t size)
{
	struct clone_args a = { 0 };
	struct clone_req req;
	int err;

	if (size < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (copy_from_user(&a, uargs, min(size, sizeof(a))))
		return -EFAULT;
	for (size_t i = sizeof(a); i < size; i++) {
		u8 b;

		if (get_user(b, uargs + i))
			return -EFAULT;
		if (b)
			return -E2BIG;
	}
	err = check_clone3(&a);
	if (err)
		return err;
	req = (struct clone_req){
		.flags = a.flags, .exit_signal = (int)a.exit_signal, .pidfd = a.pidfd, .child_tid = a.child_tid,
		.parent_tid = a.parent_tid, .stack = a.stack, .stack_size = a.stack_size, .tls = a.tls,
	};
	if (a.set_tid) {
		if (get_user(req.set_tid, a.set_tid))
			return -EFAULT;
		if (req.set_tid < 1)
			return -EINVAL;
		if (!capable(CAP_SYS_ADMIN) && !capable(CAP_CHECKPOINT_RESTORE))
			return -EPERM;
	}
	return do_fork(&req);
}

long sys_unshare(unsigned long flags)
{
	if (unknown_flags(flags, NAMESPACES | CLONE_FS | CLONE_FILES | CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM))
		return -EINVAL;
	if (flags & NAMESPACES)
		return why(capable(CAP_SYS_ADMIN) ? -EINVAL : -EPERM, "there are no namespaces");
	if (flags & (CLONE_VM | CLONE_SIGHAND | CLONE_THREAD) && current->process->nr_threads > 1)
		return -EINVAL;
	if (flags & CLONE_FS && current->fs->refs > 1) {
		struct fs_struct *old = current->fs;
		int err = copy_fs(0, current);

		if (err) {
			current->fs = old;
			return err;
		}
		fs_put(old);
	}
	return flags & CLONE_FILES ? unshare_files() : 0;
}

long sys_set_tid_address(uaddr_t addr)
{
	current->clear_child_tid = addr;
	return current->pid->nr;
}
