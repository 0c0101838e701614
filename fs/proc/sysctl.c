// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/sys: how values are shown and set, and the values that belong to no other part of the kernel. Values that Linux
 * has and this kernel has no use for are there when programs set them at every boot; they keep what is written.
 */
#include <kernel/init.h>
#include <kernel/ns.h>
#include <kernel/sched.h>
#include <fs/fs.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/pagecache.h>
#include "internal.h"

/* --- values --- */

int proc_int_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%d\n", *((struct sysctl_int *)arg)->value);
	return 0;
}

ssize_t proc_int_write(char *text, size_t n, void *arg)
{
	struct sysctl_int *s = arg;
	char *word;
	int value;

	while ((word = strsep(&text, " \t\n")) && !*word)
		;
	if (!word || kstrtoint(word, 0, &value) || value < s->min || value > s->max)
		return -EINVAL;
	*s->value = value;
	return (ssize_t)n;
}

int proc_ulong_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%lu\n", *((struct sysctl_ulong *)arg)->value);
	return 0;
}

ssize_t proc_ulong_write(char *text, size_t n, void *arg)
{
	struct sysctl_ulong *s = arg;
	u64 value;

	if (kstrtou64(text, 0, &value) || value < s->min || value > s->max)
		return -EINVAL;
	*s->value = value;
	return (ssize_t)n;
}

int proc_str_show(struct seq_file *m, void *arg)
{
	struct sysctl_str *s = arg;

	seq_printf(m, "%.*s\n", (int)s->size, s->buf);
	return 0;
}

ssize_t proc_str_write(char *text, size_t n, void *arg)
{
	struct sysctl_str *s = arg;
	char *end = strchr(text, '\n');

	if (end)
		*end = 0;
	strscpy(s->buf, text, s->size);
	return (ssize_t)n;
}

/* --- names --- */

static int hostname_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%s\n", current->ns->uts->nodename);
	return 0;
}

static ssize_t hostname_write(char *text, size_t n, void *arg)
{
	return proc_str_write(text, n, &(struct sysctl_str){ current->ns->uts->nodename, UTS_LEN + 1 });
}
PROC_FILE_RW("sys/kernel/hostname", 0644, hostname_show, hostname_write, NULL);

static int domainname_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%s\n", current->ns->uts->domainname);
	return 0;
}

static ssize_t domainname_write(char *text, size_t n, void *arg)
{
	return proc_str_write(text, n, &(struct sysctl_str){ current->ns->uts->domainname, UTS_LEN + 1 });
}
PROC_FILE_RW("sys/kernel/domainname", 0644, domainname_show, domainname_write, NULL);

static int line_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%s\n", (const char *)arg);
	return 0;
}
PROC_FILE_RW("sys/kernel/ostype", 0444, line_show, NULL, "Linux");
PROC_FILE_RW("sys/kernel/osrelease", 0444, line_show, NULL, (void *)um_release);
PROC_FILE_RW("sys/kernel/version", 0444, line_show, NULL, (void *)um_version);
PROC_FILE_RW("sys/kernel/arch", 0444, line_show, NULL, "x86_64");

/* --- kernel --- */

static int ngroups_max = 65536, core_uses_pid, panic_timeout, panic_on_oops = 1, tainted, overflowuid = 65534, overflowgid = 65534;
static int randomize_va_space = 2, ctrl_alt_del, autogroup, perf_paranoid = 2, kptr_restrict, print_fatal_signals;
static char core_pattern[128] = "core", modprobe[256] = "/sbin/modprobe", hotplug[256];

PROC_SYSCTL_INT("kernel/pid_max", 0644, &pid_max, 301, 4194304);
PROC_SYSCTL_INT("kernel/threads-max", 0644, &max_threads, 1, 1 << 22);
PROC_SYSCTL_INT("kernel/sched_rt_period_us", 0644, &sched_rt_period_us, 1, INT_MAX);
PROC_SYSCTL_INT("kernel/sched_rt_runtime_us", 0644, &sched_rt_runtime_us, -1, INT_MAX);
PROC_SYSCTL_INT("kernel/ngroups_max", 0444, &ngroups_max, 0, 0);
PROC_SYSCTL_INT("kernel/core_uses_pid", 0644, &core_uses_pid, 0, 1);
PROC_SYSCTL_INT("kernel/panic", 0644, &panic_timeout, -1, INT_MAX);
PROC_SYSCTL_INT("kernel/panic_on_oops", 0644, &panic_on_oops, 0, 1);
PROC_SYSCTL_INT("kernel/tainted", 0644, &tainted, 0, INT_MAX);
PROC_SYSCTL_INT("kernel/overflowuid", 0644, &overflowuid, 0, 65535);
PROC_SYSCTL_INT("kernel/overflowgid", 0644, &overflowgid, 0, 65535);
PROC_SYSCTL_INT("kernel/randomize_va_space", 0644, &randomize_va_space, 0, 2);
PROC_SYSCTL_INT("kernel/ctrl-alt-del", 0644, &ctrl_alt_del, 0, 1);
PROC_SYSCTL_INT("kernel/sched_autogroup_enabled", 0644, &autogroup, 0, 1);
PROC_SYSCTL_INT("kernel/perf_event_paranoid", 0644, &perf_paranoid, -1, 4);
PROC_SYSCTL_INT("kernel/kptr_restrict", 0644, &kptr_restrict, 0, 2);
PROC_SYSCTL_INT("kernel/print-fatal-signals", 0644, &print_fatal_signals, 0, 1);
PROC_SYSCTL_STR("kernel/core_pattern", 0644, core_pattern);
PROC_SYSCTL_STR("kernel/modprobe", 0644, modprobe);
PROC_SYSCTL_STR("kernel/hotplug", 0644, hotplug);

/* --- fs --- */

static int suid_dumpable, leases_enable = 1, mount_max = 100000;
static int fs_overflowuid = 65534, fs_overflowgid = 65534;

PROC_SYSCTL_INT("fs/suid_dumpable", 0644, &suid_dumpable, 0, 2);
PROC_SYSCTL_INT("fs/leases-enable", 0644, &leases_enable, 0, 1);
PROC_SYSCTL_INT("fs/mount-max", 0644, &mount_max, 1, INT_MAX);
PROC_SYSCTL_INT("fs/overflowuid", 0644, &fs_overflowuid, 0, 65535);
PROC_SYSCTL_INT("fs/overflowgid", 0644, &fs_overflowgid, 0, 65535);

/* --- vm --- */

static int overcommit_ratio = 50, swappiness = 60, max_map_count = 65530, min_free_kbytes = 1024, vfs_cache_pressure = 100;
static int page_cluster = 3, panic_on_oom, laptop_mode, oom_kill_allocating_task, oom_dump_tasks = 1;
static int dirty_expire = 3000, dirty_writeback = 500;
static unsigned long mmap_min_addr = 65536, dirty_bytes, dirty_background_bytes;

PROC_SYSCTL_INT("vm/overcommit_memory", 0644, &sysctl_overcommit_memory, 0, 2);
PROC_SYSCTL_INT("vm/overcommit_ratio", 0644, &overcommit_ratio, 0, INT_MAX);
PROC_SYSCTL_INT("vm/swappiness", 0644, &swappiness, 0, 200);
PROC_SYSCTL_INT("vm/max_map_count", 0644, &max_map_count, 0, INT_MAX);
PROC_SYSCTL_INT("vm/min_free_kbytes", 0644, &min_free_kbytes, 0, INT_MAX);
PROC_SYSCTL_INT("vm/vfs_cache_pressure", 0644, &vfs_cache_pressure, 0, INT_MAX);
PROC_SYSCTL_INT("vm/page-cluster", 0644, &page_cluster, 0, 31);
PROC_SYSCTL_INT("vm/panic_on_oom", 0644, &panic_on_oom, 0, 2);
PROC_SYSCTL_INT("vm/laptop_mode", 0644, &laptop_mode, 0, INT_MAX);
PROC_SYSCTL_INT("vm/oom_kill_allocating_task", 0644, &oom_kill_allocating_task, 0, 1);
PROC_SYSCTL_INT("vm/oom_dump_tasks", 0644, &oom_dump_tasks, 0, 1);
PROC_SYSCTL_INT("vm/dirty_expire_centisecs", 0644, &dirty_expire, 0, INT_MAX);
PROC_SYSCTL_INT("vm/dirty_writeback_centisecs", 0644, &dirty_writeback, 0, INT_MAX);
PROC_SYSCTL_ULONG("vm/mmap_min_addr", 0644, &mmap_min_addr, 0, ULONG_MAX);
PROC_SYSCTL_ULONG("vm/dirty_bytes", 0644, &dirty_bytes, 0, ULONG_MAX);
PROC_SYSCTL_ULONG("vm/dirty_background_bytes", 0644, &dirty_background_bytes, 0, ULONG_MAX);

/* 1: clean pages of the page cache; 2: unused names and inodes; 3: both. */
static int dropped;

static void drop_caches(int what)
{
	struct super_block *sb;
	struct inode *inode;

	if (what & 2) {
		list_for_each_entry(sb, &super_blocks, node) {
			sb->active++;		/* it stays on the list while we sleep */
			shrink_dcache_sb(sb);
			sb->active--;
		}
	}
	if (what & 1) {
		list_for_each_entry(sb, &super_blocks, node)
			list_for_each_entry(inode, &sb->inodes, sb_node)
				if (inode->data.nrpages && !(inode->state & (I_NEW | I_FREEING)))
					invalidate_mapping(&inode->data);
	}
}

static int drop_caches_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%d\n", dropped);
	return 0;
}

static ssize_t drop_caches_write(char *text, size_t n, void *arg)
{
	int what;

	if (kstrtoint(text, 0, &what) || what < 1 || what > 4)
		return -EINVAL;
	dropped = what;
	drop_caches(what);
	return (ssize_t)n;
}
PROC_FILE_RW("sys/vm/drop_caches", 0200, drop_caches_show, drop_caches_write, NULL);

/* --- debug, dev: empty folders that sysctl(8) likes to find --- */

static int legacy_tiocsti = 1;
PROC_SYSCTL_INT("dev/tty/legacy_tiocsti", 0444, &legacy_tiocsti, 0, 1);
