// SPDX-License-Identifier: GPL-2.0
/*
 * The way down: every process is killed, every disk is written and marked clean, then the kernel ends in the way asked for.
 * So nothing that was written is lost, whether or not the guest's init has prepared for the end.
 */
#include <fs/mount.h>
#include <kernel/bug.h>
#include <kernel/leaks.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <kernel/sched.h>
#include <kernel/sched_internal.h>
#include <kernel/wait.h>

#define PATIENCE_NS	(10 * NSEC_PER_SEC)	/* for processes that wait for a disk */
#define POLL_NS		(100 * NSEC_PER_USEC)

static bool going_down;

/* Kills all processes, and reaps those that are dead: how many are left. Starts anew after each that it reaps. */
static unsigned kill_all(void)
{
	unsigned left;
	struct task *t;

again:
	left = 0;
	for_each_task(t) {
		struct process *p = t->process;

		if (t != p->leader || is_kthread(t))
			continue;
		if (t->state == TASK_ZOMBIE && !p->nr_threads) {
			release_task(t);
			goto again;
		}
		if (!p->group_exit)
			send_signal_process(SIGKILL, NULL, p);
		left++;
	}
	return left;
}

/* All at once: init must not see its children die, and go on. There is nobody then to take orphans. */
static void end_all_processes(void)
{
	u64 end = ktime_ns() + PATIENCE_NS;
	unsigned left;

	init_process = NULL;
	while ((left = kill_all()) && ktime_ns() < end)
		sleep_until(ktime_ns() + POLL_NS);
	if (left)
		pr_err("shutdown: %u processes do not end\n", left);
}

void shutdown_all(void)
{
	might_sleep();
	BUG_ON(!is_kthread(current));
	while (going_down)		/* somebody does it already, and does not come back */
		sleep_until(ktime_ns() + PATIENCE_NS);
	going_down = true;
	end_all_processes();
	umount_all();
	leaks_report();
}

static void (*way_to_end)(void);

static void go_down(struct work *w)
{
	shutdown_all();
	way_to_end();
}
static struct work going = { .fn = go_down };

long shutdown_by(void (*way)(void))
{
	struct wait_queue never;

	wait_queue_init(&never);
	if (!way_to_end) {
		way_to_end = way;
		work_queue(&going);
	}
	return wait_event_killable(&never, false);
}
