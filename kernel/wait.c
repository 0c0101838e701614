/* SPDX-License-Identifier: GPL-2.0 */
/* Wait queues, mutexes, reader-writer semaphores: see wait.h. */
#include <kernel/bug.h>
#include <kernel/sched.h>
#include <kernel/wait.h>

void wait_add(struct wait_queue *wq, struct wait_entry *we)
{
	if (we->exclusive)
		list_add_tail(&we->node, &wq->entries);
	else
		list_add(&we->node, &wq->entries);
}

void wait_remove(struct wait_entry *we)
{
	if (we->node.next)
		list_del(&we->node);
}

/* A wake function may take entries off, its own or (by freeing what they belong to) others': a marker keeps the place. */
void wake_up_events(struct wait_queue *wq, u32 events, int nr_exclusive)
{
	struct wait_entry marker = { .wake = NULL, .task = NULL };

	if (list_empty(&wq->entries))
		return;
	list_add(&marker.node, &wq->entries);
	while (marker.node.next != &wq->entries) {
		struct wait_entry *we = list_entry(marker.node.next, struct wait_entry, node);
		bool exclusive = we->exclusive, used = true;

		list_move(&marker.node, &we->node);
		if (we->wake)
			used = we->wake(we, events);
		else if (we->task)
			task_wake(we->task);
		else
			continue;		/* somebody else's marker */
		if (used && exclusive && --nr_exclusive == 0)
			break;
	}
	list_del(&marker.node);
}

void wait_begin(struct wait_queue *wq, struct wait_entry *we, bool exclusive)
{
	*we = (struct wait_entry){ .task = current, .exclusive = exclusive };
	wait_add(wq, we);
}

void wait_end(struct wait_entry *we)
{
	current->state = TASK_RUNNING;
	wait_remove(we);
}

struct sleep_timer { struct timer timer; struct task *task; };

static void wake_sleeper(struct timer *t)
{
	task_wake(container_of(t, struct sleep_timer, timer)->task);
}

static enum task_state state_of(enum wait_mode mode)
{
	return mode == WAIT_INTERRUPTIBLE ? TASK_INTERRUPTIBLE : mode == WAIT_KILLABLE ? TASK_KILLABLE : TASK_UNINTERRUPTIBLE;
}

static bool interrupted(enum wait_mode mode)
{
	return (mode == WAIT_INTERRUPTIBLE && signal_pending(current)) || (mode == WAIT_KILLABLE && fatal_signal_pending(current));
}

void schedule_timeout(enum wait_mode mode, u64 deadline_ns)
{
	struct sleep_timer st = { .task = current };

	if (interrupted(mode))
		return;
	timer_init(&st.timer, wake_sleeper);
	if (deadline_ns != WAIT_FOREVER)
		timer_set(&st.timer, deadline_ns);
	current->state = state_of(mode);
	schedule();
	current->state = TASK_RUNNING;
	timer_cancel(&st.timer);
}

int wait_step(struct wait_entry *we, enum wait_mode mode, u64 deadline_ns)
{
	if (interrupted(mode))
		return -ERESTARTSYS;
	if (deadline_ns != WAIT_FOREVER && ktime_ns() >= deadline_ns)
		return -ETIME;
	schedule_timeout(mode, deadline_ns);
	return 0;
}

void sleep_until(u64 deadline_ns)
{
	while (ktime_ns() < deadline_ns)
		schedule_timeout(WAIT_UNINTERRUPTIBLE, deadline_ns);
}

/* --- assertions of a debugging kernel --- */

#ifdef CONFIG_DEBUG_SLEEP
static int atomic_depth;
static bool idling;		/* boot is over: the idle task may not sleep any more */

void atomic_begin(void) { atomic_depth++; }
void atomic_end(void) { atomic_depth--; }
void idle_begins(void) { idling = true; }
void might_sleep_at(const char *file, int line)
{
	if (unlikely(atomic_depth || (current && current->flags & PF_IDLE && idling)))
		bug_at("sleeping where it must not", file, line);
}
#endif

static inline void lock_count(int change)
{
	if (IS_ENABLED(CONFIG_DEBUG_SLEEP))
		current->locks_held += change;
}

void lock_check_none(void)
{
	BUG_ON(current->locks_held);
}

bool mutex_trylock(struct mutex *m)
{
	if (m->owner)
		return false;
	m->owner = current;
	lock_count(1);
	return true;
}

void mutex_lock(struct mutex *m)
{
	might_sleep();
	if (likely(mutex_trylock(m)))
		return;
	BUG_ON(m->owner == current);
	wait_event_mode(&m->wq, mutex_trylock(m), WAIT_UNINTERRUPTIBLE, WAIT_FOREVER, true);
}

int mutex_lock_killable(struct mutex *m)
{
	might_sleep();
	if (likely(mutex_trylock(m)))
		return 0;
	return wait_event_mode(&m->wq, mutex_trylock(m), WAIT_KILLABLE, WAIT_FOREVER, true) ? -EINTR : 0;
}

void mutex_unlock(struct mutex *m)
{
	BUG_ON(m->owner != current);
	m->owner = NULL;
	lock_count(-1);
	if (wait_queue_active(&m->wq))
		wake_up(&m->wq);
}

void rwsem_init(struct rwsem *s)
{
	*s = (struct rwsem){ 0 };
	wait_queue_init(&s->wq);
}

void down_read(struct rwsem *s)
{
	might_sleep();
	if (unlikely(s->writer || s->waiting_writers))
		wait_event(&s->wq, !s->writer && !s->waiting_writers);
	s->readers++;
	lock_count(1);
}

void up_read(struct rwsem *s)
{
	BUG_ON(s->readers <= 0);
	lock_count(-1);
	if (!--s->readers && unlikely(wait_queue_active(&s->wq)))
		wake_up_all(&s->wq);
}

void down_write(struct rwsem *s)
{
	might_sleep();
	if (unlikely(s->writer || s->readers)) {
		BUG_ON(s->writer == current);
		s->waiting_writers++;
		wait_event(&s->wq, !s->writer && !s->readers);
		s->waiting_writers--;
	}
	s->writer = current;
	lock_count(1);
}

void up_write(struct rwsem *s)
{
	BUG_ON(s->writer != current);
	s->writer = NULL;
	lock_count(-1);
	if (unlikely(wait_queue_active(&s->wq)))
		wake_up_all(&s->wq);
}
