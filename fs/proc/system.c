// SPDX-License-Identifier: GPL-2.0
/* System-wide files of /proc that belong to no other part of the kernel. Source of the formats: man 5 proc. */
#include <kernel/init.h>
#include <kernel/ns.h>
#include <kernel/printk.h>
#include <kernel/timer.h>
#include <drivers/blkdev.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <asm/os.h>
#include "internal.h"

/* --- time and load --- */

/*
 * User and system time of all there was: of living threads, of dead threads of living processes, of reaped children.
 * What ended unreaped (SIGCHLD ignored) is in none of these; the busy time of the CPU includes it, so the split of that
 * is by proportion, and never goes back.
 */
static void cpu_times(u64 *user, u64 *system, u64 *idle)
{
	static u64 last_user, last_system;
	u64 u = 0, s = 0, busy;
	struct task *t;

	for_each_task(t) {
		u += t->acct.utime_ns;
		s += t->acct.stime_ns;
		if (t != t->process->leader)
			continue;
		u += t->process->dead_threads.utime_ns + t->process->reaped_children.utime_ns;
		s += t->process->dead_threads.stime_ns + t->process->reaped_children.stime_ns;
	}
	*idle = idle_time_ns();
	busy = ktime_ns() - min(*idle, ktime_ns());
	*user = u + s ? (u64)((unsigned __int128)busy * u / (u + s)) : 0;
	*user = clamp(*user, last_user, max(busy - min(busy, last_system), last_user));
	*system = max(busy - min(busy, *user), last_system);
	last_user = *user;
	last_system = *system;
}

static int stat_show(struct seq_file *m, void *arg)
{
	u64 user, system, idle;
	unsigned blocked = 0;
	struct task *t;
	int i;

	cpu_times(&user, &system, &idle);
	for_each_task(t)
		blocked += t->state == TASK_UNINTERRUPTIBLE && !is_kthread(t);
	for (i = 0; i < 2; i++)
		seq_printf(m, "cpu%s %lu 0 %lu %lu 0 0 0 0 0 0\n", i ? "0" : " ", ns_to_ticks(user), ns_to_ticks(system),
			   ns_to_ticks(idle));
	seq_printf(m, "intr 0\nctxt %lu\nbtime %llu\nprocesses %lu\nprocs_running %u\nprocs_blocked %u\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n",
		   total_context_switches(), (unsigned long long)(ktime_real_offset() / NSEC_PER_SEC), total_forks(), nr_running(),
		   blocked);
	return 0;
}
PROC_FILE("stat", 0444, stat_show);

static int uptime_show(struct seq_file *m, void *arg)
{
	unsigned long up = ns_to_ticks(ktime_ns()), idle = ns_to_ticks(idle_time_ns());

	seq_printf(m, "%lu.%02lu %lu.%02lu\n", up / 100, up % 100, idle / 100, idle % 100);
	return 0;
}
PROC_FILE("uptime", 0444, uptime_show);

static int loadavg_show(struct seq_file *m, void *arg)
{
	struct task *t, *newest = NULL;
	unsigned total = 0;
	u32 avg[3];
	int i;

	for_each_task(t) {
		total++;
		if (!newest || t->start_ns >= newest->start_ns)
			newest = t;
	}
	loadavg(avg);
	for (i = 0; i < 3; i++) {
		u32 hundredths = (avg[i] * 100 + 1024) >> 11;

		seq_printf(m, "%u.%02u ", hundredths / 100, hundredths % 100);
	}
	seq_printf(m, "%u/%u %d\n", nr_running(), total, newest ? task_pid_nr(newest) : 0);
	return 0;
}
PROC_FILE("loadavg", 0444, loadavg_show);

/* --- memory --- */

static void kb(struct seq_file *m, const char *name, unsigned long pages)
{
	seq_printf(m, "%-16s%8lu kB\n", name, pages << (PAGE_SHIFT - 10));
}

static int meminfo_show(struct seq_file *m, void *arg)
{
	struct mem_counts c;
	unsigned long total = total_pages(), cache;
	unsigned long stacks = 0;
	struct task *t;

	mem_counts(&c);
	for_each_task(t)
		stacks += KSTACK_SIZE / PAGE_SIZE;
	cache = c.cached + c.buffers;
	kb(m, "MemTotal:", total);
	kb(m, "MemFree:", c.free);
	kb(m, "MemAvailable:", min(total, c.free + (cache > c.shmem ? cache - c.shmem : 0)));
	kb(m, "Buffers:", c.buffers);
	kb(m, "Cached:", c.cached);
	kb(m, "SwapCached:", 0);
	kb(m, "Active:", c.anon + c.mapped);
	kb(m, "Inactive:", cache > c.mapped ? cache - c.mapped : 0);
	kb(m, "Active(anon):", c.anon);
	kb(m, "Inactive(anon):", 0);
	kb(m, "Active(file):", c.mapped);
	kb(m, "Inactive(file):", cache > c.mapped ? cache - c.mapped : 0);
	kb(m, "Unevictable:", 0);
	kb(m, "Mlocked:", 0);
	kb(m, "SwapTotal:", 0);
	kb(m, "SwapFree:", 0);
	kb(m, "Dirty:", c.dirty);
	kb(m, "Writeback:", c.writeback);
	kb(m, "AnonPages:", c.anon);
	kb(m, "Mapped:", c.mapped);
	kb(m, "Shmem:", c.shmem);
	kb(m, "KReclaimable:", 0);
	kb(m, "Slab:", c.slab);
	kb(m, "SReclaimable:", 0);
	kb(m, "SUnreclaim:", c.slab);
	kb(m, "KernelStack:", stacks);
	kb(m, "PageTables:", c.pagetables);
	kb(m, "NFS_Unstable:", 0);
	kb(m, "Bounce:", 0);
	kb(m, "WritebackTmp:", 0);
	kb(m, "CommitLimit:", total / 2);
	kb(m, "Committed_AS:", c.anon + c.shmem);
	kb(m, "VmallocTotal:", 0);
	kb(m, "VmallocUsed:", c.kernel_heap);
	kb(m, "VmallocChunk:", 0);
	seq_puts(m, "HugePages_Total:       0\nHugePages_Free:        0\nHugePages_Rsvd:        0\nHugePages_Surp:        0\n"
		    "Hugepagesize:       2048 kB\n");
	return 0;
}
PROC_FILE("meminfo", 0444, meminfo_show);

static int vmstat_show(struct seq_file *m, void *arg)
{
	struct mem_counts c;
	struct blkdev *bd;
	struct task *t;
	u64 in = 0, out = 0, minflt = 0, majflt = 0;

	mem_counts(&c);
	list_for_each_entry(bd, &blk_devices, node) {
		if (bd->whole != bd)
			continue;
		in += bd->sectors[0] / 2;
		out += bd->sectors[1] / 2;
	}
	for_each_task(t) {
		minflt += t->acct.minflt;
		majflt += t->acct.majflt;
		if (t == t->process->leader) {
			minflt += t->process->dead_threads.minflt + t->process->reaped_children.minflt;
			majflt += t->process->dead_threads.majflt + t->process->reaped_children.majflt;
		}
	}
	seq_printf(m, "nr_free_pages %lu\nnr_anon_pages %lu\nnr_mapped %lu\nnr_file_pages %lu\nnr_dirty %lu\nnr_writeback %lu\n", c.free,
		   c.anon, c.mapped, c.cached + c.buffers, c.dirty, c.writeback);
	seq_printf(m, "nr_shmem %lu\nnr_page_table_pages %lu\nnr_slab_reclaimable 0\nnr_slab_unreclaimable %lu\n", c.shmem,
		   c.pagetables, c.slab);
	seq_printf(m, "pgpgin %llu\npgpgout %llu\npswpin 0\npswpout 0\npgfault %llu\npgmajfault %llu\n", (unsigned long long)in,
		   (unsigned long long)out, (unsigned long long)(minflt + majflt), (unsigned long long)majflt);
	return 0;
}
PROC_FILE("vmstat", 0444, vmstat_show);

static void slab_line(const struct slab_stat *st, void *arg)
{
	unsigned long per_slab = max(PAGE_SIZE / max(st->size, (size_t)1), 1UL), slabs = DIV_ROUND_UP(st->total, per_slab);

	seq_printf(arg, "%-17s %6lu %6lu %6zu %4lu %4lu : tunables    0    0    0 : slabdata %6lu %6lu      0\n", st->name,
		   st->active, st->total, st->size, per_slab, DIV_ROUND_UP(st->size, PAGE_SIZE), slabs, slabs);
}

static int slabinfo_show(struct seq_file *m, void *arg)
{
	seq_puts(m, "slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : "
		    "tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>\n");
	slab_for_each(slab_line, m);
	return 0;
}
PROC_FILE("slabinfo", 0400, slabinfo_show);

static int swaps_show(struct seq_file *m, void *arg)
{
	seq_puts(m, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
	return 0;
}
PROC_FILE("swaps", 0444, swaps_show);

/* --- what this machine is --- */

static int version_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%s\n", um_banner);
	return 0;
}
PROC_FILE("version", 0444, version_show);

static int cmdline_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%s\n", saved_command_line);
	return 0;
}
PROC_FILE("cmdline", 0444, cmdline_show);

static void host_line(struct seq_file *m, const char *key, const char *missing)
{
	char *buf = kmalloc(PAGE_SIZE, 0);

	if (buf && !os_cpuinfo(key, buf, PAGE_SIZE))
		missing = buf;
	if (missing)
		seq_printf(m, "%s\t%s: %s\n", key, strlen(key) < 8 ? "\t" : "", missing);
	kfree(buf);
}

static int cpuinfo_show(struct seq_file *m, void *arg)
{
	char host[400];

	seq_puts(m, "processor\t: 0\nvendor_id\t: User Mode Linux\nmodel name\t: UML\nmode\t\t: skas\n");
	seq_printf(m, "host\t\t: %s\n", os_uname(host, sizeof(host)));
	host_line(m, "cpu MHz", NULL);
	seq_puts(m, "physical id\t: 0\nsiblings\t: 1\ncore id\t\t: 0\ncpu cores\t: 1\nfpu\t\t: yes\n");
	host_line(m, "flags", "");
	seq_puts(m, "cache_alignment\t: 64\n");
	host_line(m, "bogomips", "0.00");
	seq_putc(m, '\n');
	return 0;
}
PROC_FILE("cpuinfo", 0444, cpuinfo_show);

static int interrupts_show(struct seq_file *m, void *arg)
{
	seq_puts(m, "           CPU0       \n");
	return 0;
}
PROC_FILE("interrupts", 0444, interrupts_show);

/* --- devices --- */

static int consoles_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%-20s -W- (EC p  )\n", console_preferred());
	return 0;
}
PROC_FILE("consoles", 0400, consoles_show);

static int empty_show(struct seq_file *m, void *arg)
{
	return 0;
}
PROC_FILE("modules", 0444, empty_show);
PROC_FILE("iomem", 0400, empty_show);
PROC_FILE("ioports", 0400, empty_show);

static int execdomains_show(struct seq_file *m, void *arg)
{
	seq_puts(m, "0-0\tLinux           \t[kernel]\n");
	return 0;
}
PROC_FILE("execdomains", 0444, execdomains_show);

/* --- the port --- */

static int hostcalls_show(struct seq_file *m, void *arg)
{
	const size_t size = 16384;
	char *buf = kmalloc(size, 0);

	if (!buf)
		return -ENOMEM;
	seq_write(m, buf, min_t(size_t, os_hostcalls_text(buf, size), size));
	kfree(buf);
	return 0;
}
PROC_FILE("um/hostcalls", 0444, hostcalls_show);
