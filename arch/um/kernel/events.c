/* SPDX-License-Identifier: GPL-2.0 */
/* Safe points: where host events become kernel work. And idling, the one place where the vCPU thread waits for the host. */
#include <drivers/chan.h>
#include <kernel/boot.h>
#include <kernel/bug.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <kernel/sched.h>
#include <kernel/sched_internal.h>
#include <kernel/sysrq.h>
#include <asm/clock.h>
#include <asm/hostio.h>
#include <asm/hostproc.h>

#define BATCH	16

static void terminate(struct work *w)
{
	pr_notice("the host asks us to end\n");
	kernel_terminate();
}

static struct work terminate_work = { .fn = terminate };

static void dispatch(unsigned bits)
{
	if (bits & OS_EV_IO)
		hostio_complete();
	if (bits & OS_EV_CHILD)
		host_procs_reap();
	if (bits & OS_EV_WINCH)
		um_winch();
	if (bits & OS_EV_QUIT)
		dump_all_tasks();
	if (bits & OS_EV_TERM)
		work_queue(&terminate_work);
}

bool host_events_due(void)
{
	return os_events_pending() != 0;
}

void host_events(void)
{
	unsigned bits = os_events_take();
	struct os_event ev[BATCH];
	int n;

	atomic_begin();
	if (bits & OS_EV_FD) {
		do {
			n = os_events_get(ev, BATCH, 0);
			hostfd_dispatch(ev, n);
		} while (n == BATCH);
	}
	dispatch(bits);
	timers_run();
	atomic_end();
}

void host_timer_arm(void)
{
	u64 next = min(timers_next(), sched_slice_end());

	if (next != U64_MAX)
		os_timer_arm(clocksource->to_host(next));
}

/* No timer of the host runs and nobody polls while there is nothing to do. */
static void wait_for_host(void)
{
	struct os_event ev[BATCH];
	u64 now = ktime_ns(), next = timers_next();
	int n = os_events_get(ev, BATCH, next == U64_MAX ? U64_MAX : next > now ? next - now : 0);

	sched_account();
	atomic_begin();
	hostfd_dispatch(ev, n);
	dispatch(os_events_take());
	timers_run();
	atomic_end();
}

void idle_loop(void)
{
	idle_begins();
	for (;;) {
		if (sched_has_work())
			schedule();
		else
			wait_for_host();
	}
}
