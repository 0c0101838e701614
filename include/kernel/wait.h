/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sleeping: wait queues, completions, mutexes, reader-writer semaphores.
 *
 * Kernel code is never preempted (one kernel lock, dropped only where a task sleeps), so "test the condition, then
 * sleep" has no race as long as nothing between the two sleeps. The wait_event macros do just that.
 * All waking functions may be called from any context that holds the kernel lock, and never sleep.
 */
#ifndef KERNEL_WAIT_H
#define KERNEL_WAIT_H

#include <kernel/types.h>
#include <kernel/bug.h>
#include <lib/list.h>

struct task;

struct wait_queue { struct list_head entries; };
#define WAIT_QUEUE_INIT(name)	{ LIST_HEAD_INIT((name).entries) }
#define WAIT_QUEUE(name)	struct wait_queue name = WAIT_QUEUE_INIT(name)
static inline void wait_queue_init(struct wait_queue *wq) { list_init(&wq->entries); }
static inline bool wait_queue_active(const struct wait_queue *wq) { return !list_empty(&wq->entries); }

/*
 * One waiter. wake() is told the poll events (EPOLLIN …, 0 = all) that became true; it returns true when it used the
 * wake-up up (counts for wake_up_one). NULL: wake task. It must not sleep; it may remove the entry.
 */
struct wait_entry {
	struct list_head node;
	struct task *task;
	bool (*wake)(struct wait_entry *we, u32 events);
	bool exclusive;			/* queued at the tail; wake_up_one stops after one of these */
};

void wait_add(struct wait_queue *wq, struct wait_entry *we);
void wait_remove(struct wait_entry *we);		/* harmless when not queued */
void wake_up_events(struct wait_queue *wq, u32 events, int nr_exclusive);	/* nr_exclusive 0: all */
static inline void wake_up(struct wait_queue *wq) { wake_up_events(wq, 0, 1); }	/* all non-exclusive, one exclusive */
static inline void wake_up_all(struct wait_queue *wq) { wake_up_events(wq, 0, 0); }
static inline void wake_up_poll(struct wait_queue *wq, u32 events) { wake_up_events(wq, events, 1); }

/* How a wait may end early. Killable: only by a fatal signal. */
enum wait_mode { WAIT_UNINTERRUPTIBLE, WAIT_INTERRUPTIBLE, WAIT_KILLABLE };

/* The loop of wait_event: call with we on the stack. wait_step returns 0 (test again), -ERESTARTSYS, or -ETIME. */
void wait_begin(struct wait_queue *wq, struct wait_entry *we, bool exclusive);
int wait_step(struct wait_entry *we, enum wait_mode mode, u64 deadline_ns);
void wait_end(struct wait_entry *we);

#define WAIT_FOREVER	U64_MAX

/* 0 when cond came true; -ERESTARTSYS when a signal came first; -ETIME when deadline_ns (monotonic) passed first. */
#define wait_event_mode(wq, cond, mode, deadline_ns, excl) ({		\
	int ret_ = 0;							\
	might_sleep();							\
	if (!(cond)) {							\
		struct wait_entry we_;					\
		wait_begin(wq, &we_, excl);				\
		while (!(cond) && !(ret_ = wait_step(&we_, mode, deadline_ns)))	\
			;						\
		wait_end(&we_);						\
		if (ret_ && (cond))					\
			ret_ = 0;					\
	}								\
	ret_; })
#define wait_event(wq, cond) ((void)wait_event_mode(wq, cond, WAIT_UNINTERRUPTIBLE, WAIT_FOREVER, false))
#define wait_event_interruptible(wq, cond) wait_event_mode(wq, cond, WAIT_INTERRUPTIBLE, WAIT_FOREVER, false)
#define wait_event_killable(wq, cond)	wait_event_mode(wq, cond, WAIT_KILLABLE, WAIT_FOREVER, false)
#define wait_event_deadline(wq, cond, deadline_ns) \
	wait_event_mode(wq, cond, WAIT_INTERRUPTIBLE, deadline_ns, false)

struct completion { bool done; struct wait_queue wq; };
static inline void completion_init(struct completion *c) { c->done = false; wait_queue_init(&c->wq); }
static inline void complete(struct completion *c) { c->done = true; wake_up_all(&c->wq); }
static inline struct wait_queue *completion_wq(struct completion *c) { return &c->wq; }
#define wait_for_completion(c)		wait_event(completion_wq(c), READ_ONCE((c)->done))
#define wait_for_completion_killable(c)	wait_event_killable(completion_wq(c), READ_ONCE((c)->done))

/* Sleeping lock. Needed only across code that sleeps; else the kernel lock is enough. */
struct mutex { struct task *owner; struct wait_queue wq; };
#define MUTEX_INIT(name)	{ NULL, WAIT_QUEUE_INIT((name).wq) }
#define DEFINE_MUTEX(name)	struct mutex name = MUTEX_INIT(name)
static inline void mutex_init(struct mutex *m) { m->owner = NULL; wait_queue_init(&m->wq); }
void mutex_lock(struct mutex *m);			/* sleeps; not recursive: BUG when already ours */
int mutex_lock_killable(struct mutex *m);		/* sleeps; 0 or -EINTR */
bool mutex_trylock(struct mutex *m);
void mutex_unlock(struct mutex *m);
static inline bool mutex_is_locked(const struct mutex *m) { return m->owner != NULL; }

/* Many readers or one writer; waiting writers go before new readers. */
struct rwsem { int readers; struct task *writer; int waiting_writers; struct wait_queue wq; };
void rwsem_init(struct rwsem *s);
void down_read(struct rwsem *s);
void up_read(struct rwsem *s);
void down_write(struct rwsem *s);
void up_write(struct rwsem *s);
void lock_check_none(void);		/* CONFIG_DEBUG_SLEEP: BUG if current holds any of these */

#endif
