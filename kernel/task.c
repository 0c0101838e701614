/* SPDX-License-Identifier: GPL-2.0 */
/* Tasks and processes as objects: allocation, counting, the list of all; kernel threads; deferred work. */
#include <fs/namei.h>
#include <kernel/bug.h>
#include <kernel/cred.h>
#include <kernel/ns.h>
#include <kernel/sched.h>
#include <kernel/trace.h>
#include <kernel/sched_internal.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <linux/resource.h>
#include <linux/sched.h>

LIST_HEAD(all_tasks);
unsigned nr_tasks;
static struct kmem_cache *task_cache, *process_cache;
static struct pid *kernel_session;	/* group and session 0: of kernel threads and the first process */

struct task *task_alloc(void)
{
	struct task *t = kmem_cache_alloc(task_cache, GFP_ZERO);

	if (!t)
		return NULL;
	t->refs = 1;
	t->weight = 1024;
	t->cpus_allowed = 1;
	t->timer_slack_ns = 50000;
	list_init(&t->rt_node);
	list_init(&t->thread_node);
	list_init(&t->all_node);
	for (int i = 0; i < PIDTYPE_MAX; i++)
		list_init(&t->pid_node[i]);
	if (!thread_alloc(t))
		return t;
	kmem_cache_free(task_cache, t);
	return NULL;
}

void task_get(struct task *t)
{
	t->refs++;
}

void task_put(struct task *t)
{
	BUG_ON(t->refs <= 0);
	if (--t->refs)
		return;
	thread_free(t);
	if (t->process)
		process_put(t->process);
	cred_put(t->cred);
	pid_put(t->pid);
	trace_free(t);
	kmem_cache_free(task_cache, t);
}

void set_task_comm(struct task *t, const char *name)
{
	strscpy(t->comm, name, sizeof(t->comm));
	set_host_name(t);
}

struct process *process_alloc(void)
{
	struct process *p = kmem_cache_alloc(process_cache, GFP_ZERO);

	if (!p)
		return NULL;
	p->refs = 1;
	p->start_ns = ktime_ns();
	list_init(&p->threads);
	list_init(&p->children);
	list_init(&p->tracees);
	list_init(&p->sibling);
	wait_queue_init(&p->wait_child);
	list_init(&p->shared_pending.queue);
	for (int i = 0; i < RLIM_NLIMITS_; i++)
		p->rlim[i] = (struct krlimit){ U64_MAX, U64_MAX };
	return p;
}

void process_put(struct process *p)
{
	if (--p->refs)
		return;
	kmem_cache_free(process_cache, p);
}

void tasks_init(void)
{
	task_cache = kmem_cache_create("task", sizeof(struct task), NULL);
	process_cache = kmem_cache_create("process", sizeof(struct process), NULL);
	kernel_session = kzalloc(sizeof(*kernel_session), GFP_KERNEL);
	if (!kernel_session)
		panic("no memory for the first task");
	kernel_session->refs = 1000000;
	for (int i = 0; i < PIDTYPE_MAX; i++)
		list_init(&kernel_session->tasks[i]);
	wait_queue_init(&kernel_session->wait_pidfd);
}

static void default_limits(struct process *p)
{
	p->rlim[RLIMIT_STACK] = (struct krlimit){ 8 << 20, U64_MAX };
	p->rlim[RLIMIT_CORE] = (struct krlimit){ 0, U64_MAX };
	p->rlim[RLIMIT_NOFILE] = (struct krlimit){ 1024, 4096 };
	p->rlim[RLIMIT_MEMLOCK] = (struct krlimit){ 8 << 20, 8 << 20 };
	p->rlim[RLIMIT_NPROC] = (struct krlimit){ 8192, 8192 };
	p->rlim[RLIMIT_SIGPENDING] = (struct krlimit){ 8192, 8192 };
	p->rlim[RLIMIT_MSGQUEUE] = (struct krlimit){ 819200, 819200 };
	p->rlim[RLIMIT_NICE] = p->rlim[RLIMIT_RTPRIO] = (struct krlimit){ 0, 0 };
}

/* Puts a new leader into its tables. pgrp and session may be the kernel's. */
void attach_leader(struct task *t, struct pid *pid, struct pid *pgrp, struct pid *session)
{
	struct process *p = t->process;

	t->pid = pid;
	p->tgid = pid;
	p->leader = t;
	p->pgrp = pgrp;
	p->session = session;
	pid_attach(t, PIDTYPE_PID, pid);
	pid_attach(t, PIDTYPE_TGID, pid);
	pid_attach(t, PIDTYPE_PGID, pgrp);
	pid_attach(t, PIDTYPE_SID, session);
	list_add_tail(&t->thread_node, &p->threads);
	list_add_tail(&t->all_node, &all_tasks);
	p->nr_threads = 1;
	nr_tasks++;
}

struct kthread_start { int (*fn)(void *); void *arg; };

static void kthread_main(void *arg)
{
	struct kthread_start start = *(struct kthread_start *)arg;

	kfree(arg);
	sched_first_run();
	do_exit(start.fn(start.arg) << 8);
}

static void inherit_kernel(struct task *t)
{
	t->flags = PF_KTHREAD;
	t->fs = &init_fs;
	init_fs.refs++;
	t->ns = &init_nsproxy;
	init_nsproxy.refs++;
	t->cred = cred_get(&init_cred);
	t->blocked = ~0UL;		/* nobody signals a kernel thread */
	t->start_ns = ktime_ns();
}

struct task *kthread_create(int (*fn)(void *), void *arg, const char *fmt, ...)
{
	struct kthread_start *start = kmalloc(sizeof(*start), GFP_KERNEL);
	struct task *t = task_alloc();
	struct process *p = process_alloc();
	struct pid *pid = pid_alloc(0);
	va_list ap;

	if (!start || !t || !p || IS_ERR(pid))
		goto nomem;
	inherit_kernel(t);
	if (copy_sighand(0, t))
		goto nomem;
	*start = (struct kthread_start){ fn, arg };
	va_start(ap, fmt);
	vsnprintf(t->comm, sizeof(t->comm), fmt, ap);
	va_end(ap);
	t->process = p;
	default_limits(p);
	signals_init_task(t);
	attach_leader(t, pid, kernel_session, kernel_session);
	thread_start_at(t, kthread_main, start);
	sched_start(t);
	return t;
nomem:
	kfree(start);
	if (!IS_ERR(pid))
		pid_put(pid);
	if (t) {
		t->process = NULL;
		task_put(t);
	}
	if (p)
		process_put(p);
	return ERR_PTR(-ENOMEM);
}

static LIST_HEAD(works);
static WAIT_QUEUE(work_wait);

void work_queue(struct work *w)
{
	if (w->queued)
		return;
	w->queued = true;
	list_add_tail(&w->node, &works);
	wake_up(&work_wait);
}

static int worker(void *unused)
{
	for (;;) {
		struct work *w;

		wait_event(&work_wait, !list_empty(&works));
		w = list_first(&works, struct work, node);
		list_del(&w->node);
		w->queued = false;
		w->fn(w);
	}
	return 0;
}

void start_kthreadd_work(void)
{
	if (IS_ERR(kthread_create(worker, NULL, "kworker")))
		panic("cannot start the thread kworker: no memory");
}
