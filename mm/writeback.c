// SPDX-License-Identifier: GPL-2.0
/*
 * Writeback of whole inodes: which are dirty, since when, and the flusher thread that writes them by age (30 s), by
 * amount (a tenth of memory), and under pressure. With nothing dirty it sleeps without a timer: an idle guest stays idle.
 *
 *	clean --inode_mark_dirty--> on sb->dirty --inode_write--> I_SYNC (held, off the list) --> clean, or dirty again
 */
#include <drivers/blkdev.h>
#include <fs/fs.h>
#include <fs/proc.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/timer.h>
#include <mm/pagecache.h>

#define MAX_AGE_NS	(30 * NSEC_PER_SEC)
#define INTERVAL_NS	(5 * NSEC_PER_SEC)	/* not more often, by age */
#define THROTTLE_NS	(100 * NSEC_PER_MSEC)
#define THROTTLE_PAGES	1024			/* a throttled writer writes as much itself */

int dirty_ratio = 20, dirty_background_ratio = 10;

static WAIT_QUEUE(flusher_wq);
static WAIT_QUEUE(sync_wq);		/* an inode left I_SYNC */
static WAIT_QUEUE(progress_wq);		/* the flusher wrote something */
static struct task *flusher;
static bool flush_now;
static unsigned long nr_dirty_inodes;

static unsigned long dirty_pages(void)
{
	return page_cache_stat.dirty + page_cache_stat.writeback;
}

static unsigned long percent_of_memory(int ratio)
{
	return max(total_pages() * (unsigned)ratio / 100, 64UL);
}

static bool over_background(void)
{
	return page_cache_stat.dirty > percent_of_memory(dirty_background_ratio);
}

void flusher_wake(void)
{
	flush_now = true;
	wake_up(&flusher_wq);
}

/* Is there anything that writing it could mean? */
static bool writable(const struct inode *inode)
{
	return inode->sb && ((inode->sb->ops && inode->sb->ops->write_inode) || (inode->data.ops && inode->data.ops->writepages));
}

void inode_mark_dirty(struct inode *inode, unsigned what)
{
	unsigned old = inode->state;

	if (likely((old & what) == what))
		return;
	inode->state |= what;
	if (old & (I_DIRTY_ALL | I_FREEING) || !writable(inode))
		return;
	inode->dirtied_ns = ktime_ns();
	if (list_empty(&inode->dirty_node) && !nr_dirty_inodes++)
		wake_up(&flusher_wq);		/* it sets its alarm */
	list_move_tail(&inode->dirty_node, &inode->sb->dirty);
}

/* Off the list; what was dirty is returned and now the caller's to write. */
static unsigned take_dirty(struct inode *inode)
{
	unsigned what = inode->state & I_DIRTY_ALL;

	inode->state &= ~I_DIRTY_ALL;
	if (!list_empty(&inode->dirty_node)) {
		list_del(&inode->dirty_node);
		nr_dirty_inodes--;
	}
	return what;
}

void inode_undirty(struct inode *inode)
{
	take_dirty(inode);
}

static int write_taken(struct inode *inode, unsigned what, bool sync)
{
	struct address_space *m = &inode->data;
	const struct super_ops *ops = inode->sb->ops;
	int err = 0, err2;

	if (what & I_DIRTY_PAGES || (sync && xa_marked(&m->pages, XA_DIRTY)))
		err = filemap_fdatawrite(m, 0, S64_MAX, sync);
	if (sync) {
		err2 = filemap_fdatawait(m, 0, S64_MAX);
		err = err ? err : err2;
	}
	what |= inode->state & (I_DIRTY_META | I_DIRTY_TIME);	/* writing pages may have allocated blocks */
	if (what & (I_DIRTY_META | I_DIRTY_TIME) && ops && ops->write_inode) {
		inode->state &= ~(I_DIRTY_META | I_DIRTY_TIME);
		err2 = ops->write_inode(inode, sync);
		if (err2 == -ENOMEM || err2 == -EAGAIN)
			inode_mark_dirty(inode, I_DIRTY_META);
		err = err ? err : err2;
	}
	return err;
}

int inode_write(struct inode *inode, bool sync)
{
	unsigned what;
	int err;

	might_sleep();
	while (inode->state & I_SYNC) {
		if (!sync)
			return 0;
		wait_event(&sync_wq, !(inode->state & I_SYNC));
	}
	what = take_dirty(inode);
	if (!what && !xa_marked(&inode->data.pages, XA_WRITEBACK) && !xa_marked(&inode->data.pages, XA_DIRTY))
		return 0;
	inode->state |= I_SYNC;
	err = write_taken(inode, what, sync);
	inode->state &= ~I_SYNC;
	if (!(inode->state & I_DIRTY_ALL))
		take_dirty(inode);		/* marked and written meanwhile */
	if (xa_marked(&inode->data.pages, XA_DIRTY))
		inode_mark_dirty(inode, I_DIRTY_PAGES);
	wake_up_all(&sync_wq);
	return err;
}

/* Writes inodes of sb that have been dirty since before the given time, or longer while more than that should go. */
static void flush_sb(struct super_block *sb, u64 before, bool sync)
{
	u64 start = ktime_ns();

	while (!list_empty(&sb->dirty)) {
		struct inode *inode = list_first(&sb->dirty, struct inode, dirty_node);

		if (inode->dirtied_ns > before && (inode->dirtied_ns > start || !over_background()))
			break;
		if (inode->state & (I_SYNC | I_FREEING | I_NEW)) {	/* somebody is at it */
			inode->dirtied_ns = ktime_ns();
			list_move_tail(&inode->dirty_node, &sb->dirty);
			if (inode->dirtied_ns > before)
				continue;
			cond_resched();
			continue;
		}
		iget(inode);
		inode_write(inode, sync);
		iput(inode);
		wake_up_all(&progress_wq);
		cond_resched();
	}
}

/* Waits for pages of sb that are under way, though their inodes may be clean by now. */
static int wait_sb(struct super_block *sb)
{
	struct inode *inode, *prev = NULL;
	int err = 0, err2;

	list_for_each_entry(inode, &sb->inodes, sb_node) {
		if (inode->state & (I_FREEING | I_NEW))
			continue;
		if (!(inode->state & (I_SYNC | I_DIRTY_ALL)) && !xa_marked(&inode->data.pages, XA_WRITEBACK))
			continue;
		iget(inode);
		iput(prev);		/* keeps our place in the list */
		prev = inode;
		err2 = inode_write(inode, true);
		err = err ? err : err2;
	}
	iput(prev);
	return err;
}

int sync_inodes_sb(struct super_block *sb, bool wait)
{
	might_sleep();
	flush_sb(sb, ktime_ns(), false);
	return wait ? wait_sb(sb) : 0;
}

/* A super block that is being unmounted is left alone: the unmount writes it back itself. */
static bool sb_lockable(const struct super_block *sb)
{
	return !sb->umount_lock.writer && !sb->umount_lock.waiting_writers;
}

static struct super_block *next_lockable(struct list_head *after)
{
	for (struct list_head *p = after->next; p != &super_blocks; p = p->next) {
		struct super_block *sb = list_entry(p, struct super_block, node);

		if (!list_empty(&sb->dirty) && sb_lockable(sb)) {
			down_read(&sb->umount_lock);	/* at once: nobody writes */
			return sb;
		}
	}
	return NULL;
}

static void flush_all(u64 before)
{
	struct super_block *sb = next_lockable(&super_blocks), *next;

	while (sb) {
		flush_sb(sb, before, false);
		next = next_lockable(&sb->node);
		up_read(&sb->umount_lock);
		sb = next;
	}
	flush_sb(&bdev_sb, before, false);	/* last: the file systems have just made metadata dirty there */
}

static u64 oldest_dirty(void)
{
	struct super_block *sb;
	u64 oldest = U64_MAX;

	if (!list_empty(&bdev_sb.dirty))
		oldest = list_first(&bdev_sb.dirty, struct inode, dirty_node)->dirtied_ns;
	list_for_each_entry(sb, &super_blocks, node)
		if (!list_empty(&sb->dirty) && sb_lockable(sb))
			oldest = min(oldest, list_first(&sb->dirty, struct inode, dirty_node)->dirtied_ns);
	return oldest;
}

static bool work_waits(void)
{
	return flush_now || over_background();
}

static int flusher_main(void *arg)
{
	current->flags |= PF_MEMALLOC;
	for (;;) {
		u64 oldest = oldest_dirty(), now = ktime_ns();

		if (flush_now) {
			flush_now = false;
			flush_all(now);
			wake_up_all(&progress_wq);
		} else if (oldest == U64_MAX) {
			wait_event(&flusher_wq, flush_now || oldest_dirty() != U64_MAX);
		} else if (over_background() || oldest + MAX_AGE_NS <= now) {
			unsigned long before = dirty_pages();

			flush_all(now > MAX_AGE_NS ? now - MAX_AGE_NS : 0);
			if (dirty_pages() >= before)	/* no progress: errors. Don't spin. */
				sleep_until(ktime_ns() + THROTTLE_NS);
		} else {
			wait_event_mode(&flusher_wq, work_waits(), WAIT_UNINTERRUPTIBLE,
					max(oldest + MAX_AGE_NS, now + INTERVAL_NS), false);
		}
	}
	return 0;
}

void balance_dirty_pages(struct address_space *m)
{
	unsigned long limit;

	if (likely(!over_background()) || !m->ops || !m->ops->writepages)
		return;
	might_sleep();
	wake_up(&flusher_wq);
	limit = percent_of_memory(dirty_ratio);
	for (int i = 0; dirty_pages() > limit && i < 20; i++) {
		struct writeback_control wbc = { .end = ULONG_MAX, .nr_to_write = THROTTLE_PAGES };

		if (xa_marked(&m->pages, XA_DIRTY))
			m->ops->writepages(m, &wbc);
		if (dirty_pages() > limit)
			wait_event_mode(&progress_wq, dirty_pages() <= limit, WAIT_KILLABLE, ktime_ns() + THROTTLE_NS, false);
		if (fatal_signal_pending(current))
			break;
	}
}

static int writeback_init(void)
{
	flusher = kthread_create(flusher_main, NULL, "flusher");
	if (IS_ERR(flusher))
		panic("cannot start the thread flusher: no memory");
	return 0;
}
fs_initcall(writeback_init);

PROC_SYSCTL_INT("vm/dirty_ratio", 0644, &dirty_ratio, 1, 100);
PROC_SYSCTL_INT("vm/dirty_background_ratio", 0644, &dirty_background_ratio, 0, 100);
