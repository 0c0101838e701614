/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The scheduler. Real-time tasks go first, by priority; the others share by weight: the one with the least virtual run time
 * is next. Of each second a twentieth is kept for these, so that a real-time task that computes does not shut everybody out.
 * A task that runs is in no queue. This file alone knows how many CPUs there are.
 */
#include <kernel/bug.h>
#include <kernel/posix_timers.h>
#include <kernel/sched.h>
#include <kernel/sched_internal.h>
#include <lib/string.h>
#include <asm/clock.h>
#include <linux/sched.h>

#define SLICE_NS	(5 * NSEC_PER_MSEC)
#define LOAD_PERIOD_NS	(5 * NSEC_PER_SEC)
#define WAKE_BONUS_NS	(3 * NSEC_PER_MSEC)	/* a sleeper may lag so far behind: it is served soon */
#define WAKE_GRAN_NS	(1 * NSEC_PER_MSEC)	/* and preempts if it lags more than this */

struct cpu cpus[1];
static struct rb_root fair = { NULL };
static struct list_head rt_queue = LIST_HEAD_INIT(rt_queue);	/* by priority, then by time of arrival */
static unsigned nr_queued;
static u64 min_vruntime;
static u64 stamp_ns;			/* up to here all time is charged */
static u64 idle_ns, switches;
static u64 load_stamp_ns, load_sum;	/* a period of the load began; since then: time, once for each task that ran or wanted to */
static u64 load[3];			/* 11 fraction bits */

int sched_rt_period_us = 1000000, sched_rt_runtime_us = 950000;
static u64 rt_period_ns;		/* when the period began */
static u64 rt_used_ns;			/* what real-time tasks have had of it */

/* Each step of nice is about 10 % of CPU time against a nice 0 task. */
static const u32 weights[40] = {
	88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916, 9548, 7620, 6100, 4904, 3906, 3121, 2501, 1991, 1586, 1277,
	1024, 820, 655, 526, 423, 335, 272, 215, 172, 137, 110, 87, 70, 56, 45, 36, 29, 23, 18, 15,
};

static bool is_rt(const struct task *t)
{
	return t->policy == SCHED_FIFO || t->policy == SCHED_RR;
}

static void enqueue(struct task *t, bool head)
{
	struct rb_node **link = &fair.node, *parent = NULL;
	struct task *o;

	t->on_rq = true;
	nr_queued++;
	if (is_rt(t)) {
		list_for_each_entry(o, &rt_queue, rt_node)
			if (o->rt_priority < t->rt_priority || (head && o->rt_priority == t->rt_priority))
				break;
		list_add_tail(&t->rt_node, &o->rt_node);
		return;
	}
	while (*link) {
		o = rb_entry(*link, struct task, rq_node);
		parent = *link;
		link = (s64)(t->vruntime - o->vruntime) < 0 ? &parent->left : &parent->right;
	}
	rb_insert(&t->rq_node, parent, link, &fair);
}

static void dequeue(struct task *t)
{
	if (!t->on_rq)
		return;
	t->on_rq = false;
	nr_queued--;
	if (!list_empty(&t->rt_node))
		list_del(&t->rt_node);
	else
		rb_erase(&t->rq_node, &fair);
}

static u64 rt_period_end(void)
{
	return rt_period_ns + (u64)sched_rt_period_us * NSEC_PER_USEC;
}

/* What real-time tasks may still use of this period while others want the CPU. */
static u64 rt_left_ns(void)
{
	u64 share = (u64)sched_rt_runtime_us * NSEC_PER_USEC;

	if (sched_rt_runtime_us < 0 || sched_rt_runtime_us >= sched_rt_period_us)
		return U64_MAX;
	return share > rt_used_ns ? share - rt_used_ns : 0;
}

static void rt_account(u64 delta, bool rt)
{
	if (stamp_ns >= rt_period_end()) {
		rt_period_ns = stamp_ns;
		rt_used_ns = 0;
	} else if (rt) {
		rt_used_ns += delta;
	}
}

static struct task *pick(void)
{
	struct task *rt = list_first_or_null(&rt_queue, struct task, rt_node);
	struct rb_node *first = rb_first(&fair);

	if (rt && (!first || rt_left_ns()))
		return rt;
	return rb_entry(first, struct task, rq_node);
}

/* The average number of tasks that ran or wanted to, decayed over 1, 5 and 15 minutes. */
static void update_load(u64 now)
{
	static const u32 decay[3] = { 1884, 2014, 2037 };	/* exp(-5/60), exp(-5/300), exp(-5/900), 11 bits */
	u64 elapsed = now - load_stamp_ns, active = (load_sum << 11) / elapsed;

	for (u64 n = min(elapsed / LOAD_PERIOD_NS, 4096UL); n; n--)
		for (int i = 0; i < 3; i++)
			load[i] = (load[i] * decay[i] + active * (2048 - decay[i])) >> 11;
	load_stamp_ns = now - elapsed % LOAD_PERIOD_NS;
	load_sum = active * (elapsed % LOAD_PERIOD_NS) >> 11;
}

void loadavg(u32 avg[3])
{
	sched_account();
	for (int i = 0; i < 3; i++)
		avg[i] = (u32)load[i];
}

/* Charges the time since the last call to current, up to system_ns of it as the kernel's. */
static void charge(u64 now, u64 system_ns)
{
	u64 delta = now - stamp_ns;
	struct task *t = current;

	stamp_ns = now;
	load_sum += delta * (nr_queued + (t != this_cpu()->idle));
	if (now - load_stamp_ns >= LOAD_PERIOD_NS)
		update_load(now);
	clock_tick(now);	/* file times: no older than the entry into the kernel, however long guest code ran before */
	rt_account(delta, is_rt(t));
	if (t == this_cpu()->idle) {
		idle_ns += delta;
		return;
	}
	system_ns = min(system_ns, delta);
	t->acct.stime_ns += system_ns;
	t->acct.utime_ns += delta - system_ns;
	t->vruntime += t->weight == 1024 ? delta : delta * 1024 / t->weight;
	if (t->policy != SCHED_FIFO)
		t->slice_left_ns -= min(t->slice_left_ns, delta);
	timers_account(t);
}

void sched_account(void)
{
	charge(ktime_ns(), U64_MAX);
}

/* The way into the kernel and out of it is the kernel's time. The shortest stay between two calls shows what it takes. */
void sched_account_guest(bool call)
{
	static u64 crossing_ns = U64_MAX;
	u64 now = ktime_ns();

	if (call)
		crossing_ns = min(crossing_ns, now - stamp_ns);
	charge(now, crossing_ns);
}

static u64 rt_slice_end(struct task *t)
{
	struct task *next = list_first_or_null(&rt_queue, struct task, rt_node);
	u64 left = rb_first(&fair) ? rt_left_ns() : U64_MAX;

	if (t->policy == SCHED_RR && next && next->rt_priority >= t->rt_priority)
		left = min(left, t->slice_left_ns);
	return left == U64_MAX ? U64_MAX : stamp_ns + left;
}

/* When the task that runs has to give way to others; U64_MAX: not before it wants to. */
u64 sched_slice_end(void)
{
	struct task *t = current;
	u64 end = U64_MAX;

	if (!nr_queued)
		return U64_MAX;
	if (is_rt(t))
		return rt_slice_end(t);
	if (rb_first(&fair))
		end = stamp_ns + t->slice_left_ns;
	if (!list_empty(&rt_queue))	/* these wait for their next period */
		end = min(end, rt_left_ns() ? stamp_ns : rt_period_end());
	return end;
}

void sched_check_slice(void)
{
	if (sched_slice_end() <= stamp_ns)
		this_cpu()->need_resched = true;
}

void set_need_resched(void)
{
	this_cpu()->need_resched = true;
}

static void finish_switch(struct task *prev)
{
	if (prev->dead)
		task_put(prev);
	if (current != this_cpu()->idle)
		host_timer_arm();	/* it may stay in the kernel for long */
}

static struct task *switched_from;

/* First thing a new task does on its own stack. */
void sched_first_run(void)
{
	finish_switch(switched_from);
}

void schedule(void)
{
	struct task *prev = current, *next;

	if (prev != this_cpu()->idle)
		might_sleep();
	sched_account();
	this_cpu()->need_resched = false;
	if (prev->state == TASK_RUNNING && prev != this_cpu()->idle)
		enqueue(prev, is_rt(prev) && prev->slice_left_ns);
	next = pick() ?: this_cpu()->idle;
	if (next != this_cpu()->idle) {
		dequeue(next);
		if (!is_rt(next) && (s64)(next->vruntime - min_vruntime) > 0)
			min_vruntime = next->vruntime;
	}
	next->slice_left_ns = next == prev && prev->slice_left_ns ? prev->slice_left_ns : SLICE_NS;
	if (next == prev)
		return;
	if (prev->state == TASK_RUNNING)
		prev->acct.nivcsw++;
	else
		prev->acct.nvcsw++;
	switches++;
	prev->rseq_preempted = prev->rseq != 0;
	this_cpu()->running = next;
	timers_resume(next);
	switched_from = prev;
	context_switch_to(prev, next);
	finish_switch(switched_from);
}

static bool preempts(const struct task *t, const struct task *cur)
{
	if (cur == this_cpu()->idle)
		return true;
	if (is_rt(t) && !is_rt(cur) && !rt_left_ns())
		return false;
	if (is_rt(t) || is_rt(cur))
		return is_rt(t) && (!is_rt(cur) || t->rt_priority > cur->rt_priority);
	if (t->policy == SCHED_BATCH || t->policy == SCHED_IDLE)
		return false;
	return (s64)(cur->vruntime - t->vruntime) > (s64)WAKE_GRAN_NS;
}

void task_wake_state(struct task *t, unsigned states)
{
	if (!(BIT(t->state) & states))
		return;
	t->state = TASK_RUNNING;
	if (t == current || t->on_rq)
		return;
	if ((s64)(t->vruntime - (min_vruntime - WAKE_BONUS_NS)) < 0)
		t->vruntime = min_vruntime - WAKE_BONUS_NS;
	enqueue(t, false);
	if (preempts(t, current))
		this_cpu()->need_resched = true;
}

void task_wake(struct task *t)
{
	task_wake_state(t, BIT(TASK_INTERRUPTIBLE) | BIT(TASK_KILLABLE) | BIT(TASK_UNINTERRUPTIBLE));
}

/* A task made by fork: starts at once, a slice behind its parent so that the parent goes on first. */
void sched_start(struct task *t)
{
	t->state = TASK_RUNNING;
	t->vruntime = max(min_vruntime, current->vruntime);
	enqueue(t, false);
	if (current == this_cpu()->idle)
		this_cpu()->need_resched = true;
}

/* Long work in the kernel has no other safe point: signals, timers and the end of the slice are noticed here, too. */
void cond_resched(void)
{
	if (unlikely(host_events_due())) {
		host_events();
		sched_account();
		sched_check_slice();
		host_timer_arm();
	}
	if (need_resched())
		schedule();
}

void sched_yield_current(void)
{
	struct task *last = rb_entry(rb_last(&fair), struct task, rq_node);

	current->slice_left_ns = 0;
	if (!is_rt(current) && last)
		current->vruntime = max(current->vruntime, min(last->vruntime, current->vruntime + SLICE_NS));
	if (nr_queued)
		schedule();
}

static void requeue(struct task *t, void (*change)(struct task *t, const void *arg), const void *arg)
{
	bool queued = t->on_rq;

	dequeue(t);
	change(t, arg);
	if (queued)
		enqueue(t, false);
	set_need_resched();
}

struct policy { int policy, rt_priority, nice; };

static void apply_policy(struct task *t, const void *arg)
{
	const struct policy *p = arg;

	t->policy = (u8)p->policy;
	t->rt_priority = (u8)p->rt_priority;
	t->nice = (s8)p->nice;
	t->weight = p->policy == SCHED_IDLE ? 3 : weights[p->nice + 20];
}

int task_set_scheduler(struct task *t, int policy, int rt_priority, int nice)
{
	struct policy p = { policy, rt_priority, clamp(nice, -20, 19) };

	requeue(t, apply_policy, &p);
	return 0;
}

int task_set_nice(struct task *t, int nice)
{
	return task_set_scheduler(t, t->policy, t->rt_priority, nice);
}

u64 task_runtime_ns(struct task *t)
{
	return t->acct.utime_ns + t->acct.stime_ns + (t == current ? ktime_ns() - stamp_ns : 0);
}

void process_times(struct process *p, u64 *utime_ns, u64 *stime_ns)
{
	struct task *t;

	*utime_ns = p->dead_threads.utime_ns;
	*stime_ns = p->dead_threads.stime_ns;
	for_each_thread(p, t) {
		if (t->state == TASK_ZOMBIE && t != p->leader)
			continue;
		*utime_ns += t->acct.utime_ns;
		*stime_ns += t->acct.stime_ns;
		if (t == current)
			*stime_ns += ktime_ns() - stamp_ns;
	}
}

u64 process_runtime_ns(struct process *p)
{
	u64 u, s;

	process_times(p, &u, &s);
	return u + s;
}

unsigned nr_running(void)
{
	return nr_queued + (current != this_cpu()->idle && current->state == TASK_RUNNING);
}

bool sched_has_work(void)
{
	return nr_queued > 0;
}

unsigned long total_context_switches(void)
{
	return switches;
}

u64 idle_time_ns(void)
{
	return idle_ns;
}

/* The boot context becomes the idle task: nothing else runs yet. */
void sched_init(struct task *idle)
{
	idle->weight = 1024;
	idle->state = TASK_RUNNING;
	list_init(&idle->rt_node);
	this_cpu()->idle = this_cpu()->running = idle;
	stamp_ns = load_stamp_ns = ktime_ns();
}
