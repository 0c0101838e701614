// SPDX-License-Identifier: GPL-2.0
/* The lock of a page and waiting for its I/O. Waiters share a few queues by hash: a page has no room for its own. */
#include <kernel/bug.h>
#include <kernel/init.h>
#include <kernel/sched.h>
#include <kernel/wait.h>
#include <lib/string.h>
#include <mm/page.h>

#define NQUEUES	64

static struct wait_queue queues[NQUEUES];
static unsigned nr_waiting;		/* on all of them: nobody waits as a rule */

static struct wait_queue *queue_of(const struct page *p)
{
	struct wait_queue *wq = &queues[hash_u64(page_to_pfn(p)) % NQUEUES];

	if (unlikely(!wq->entries.next))
		wait_queue_init(wq);
	return wq;
}

void page_wake(struct page *p)
{
	if (unlikely(nr_waiting))
		wake_up_all(queue_of(p));
}

bool page_trylock(struct page *p)
{
	if (page_test(p, PG_LOCKED))
		return false;
	page_set(p, PG_LOCKED);
	return true;
}

static void wait_clear(struct page *p, enum page_flag flag)
{
	nr_waiting++;
	wait_event(queue_of(p), !page_test(p, flag));
	nr_waiting--;
}

void page_lock(struct page *p)
{
	might_sleep();
	while (unlikely(!page_trylock(p)))
		wait_clear(p, PG_LOCKED);
}

void page_unlock(struct page *p)
{
	BUG_ON(!page_test(p, PG_LOCKED));
	page_clear(p, PG_LOCKED);
	page_wake(p);
}

void page_wait_locked(struct page *p)
{
	might_sleep();
	if (page_test(p, PG_LOCKED))
		wait_clear(p, PG_LOCKED);
}

void page_wait_writeback(struct page *p)
{
	might_sleep();
	if (page_test(p, PG_WRITEBACK))
		wait_clear(p, PG_WRITEBACK);
}
