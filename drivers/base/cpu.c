// SPDX-License-Identifier: GPL-2.0
/* /sys/devices/system/cpu: which virtual CPUs there are. Each is a core of its own, all are one package. */
#include <fs/sysfs.h>
#include <kernel/init.h>
#include <kernel/sched.h>
#include <lib/bitmap.h>
#include <lib/string.h>

/* A set of CPUs as a list of ranges: "0-3,5". */
static int show_list(struct seq_file *m, unsigned long mask)
{
	const char *comma = "";

	for (int cpu = 0; cpu < BITS_PER_LONG; cpu++) {
		int from = cpu;

		if (!(mask >> cpu & 1))
			continue;
		while (cpu + 1 < BITS_PER_LONG && mask >> (cpu + 1) & 1)
			cpu++;
		seq_printf(m, from == cpu ? "%s%d" : "%s%d-%d", comma, from, cpu);
		comma = ",";
	}
	seq_putc(m, '\n');
	return 0;
}

/* The same in hexadecimal, 32 bits a group. */
static int show_mask(struct seq_file *m, unsigned long mask)
{
	if (mask >> 32)
		seq_printf(m, "%lx,%08lx\n", mask >> 32, mask & U32_MAX);
	else
		seq_printf(m, "%lx\n", mask);
	return 0;
}

/* --- the system's --- */

static int online_list(struct seq_file *m, void *arg) { return show_list(m, cpu_online_mask()); }
static int empty_list(struct seq_file *m, void *arg) { return show_list(m, 0); }

static int max_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%d\n", BITS_PER_LONG - 1);
	return 0;
}

static const struct sysfs_attr cpu_attrs[] = {
	{ "possible", 0444, online_list }, { "present", 0444, online_list }, { "online", 0444, online_list },
	{ "offline", 0444, empty_list }, { "isolated", 0444, empty_list }, { "kernel_max", 0444, max_show },
	{ }
};

/* --- one CPU's: arg is its number --- */

static int own_number(struct seq_file *m, void *arg)
{
	seq_printf(m, "%ld\n", (long)arg);
	return 0;
}

static int package_number(struct seq_file *m, void *arg)
{
	seq_puts(m, "0\n");
	return 0;
}

static int own_list(struct seq_file *m, void *arg) { return show_list(m, 1UL << (long)arg); }
static int own_mask(struct seq_file *m, void *arg) { return show_mask(m, 1UL << (long)arg); }
static int online_mask(struct seq_file *m, void *arg) { return show_mask(m, cpu_online_mask()); }

static const struct sysfs_attr topology_attrs[] = {
	{ "core_id", 0444, own_number }, { "physical_package_id", 0444, package_number },
	{ "core_cpus", 0444, own_mask }, { "core_cpus_list", 0444, own_list },
	{ "thread_siblings", 0444, own_mask }, { "thread_siblings_list", 0444, own_list },
	{ "package_cpus", 0444, online_mask }, { "package_cpus_list", 0444, online_list },
	{ "core_siblings", 0444, online_mask }, { "core_siblings_list", 0444, online_list },
	{ }
};

static int add_cpu(struct sysfs_node *cpus, long cpu)
{
	struct sysfs_node *dir;
	char name[24];

	snprintf(name, sizeof(name), "cpu%ld/topology", cpu);
	dir = sysfs_dir(cpus, name);
	return dir ? sysfs_files(dir, topology_attrs, (void *)cpu) : -ENOMEM;
}

static int cpu_init(void)
{
	struct sysfs_node *cpus = sysfs_dir(NULL, "devices/system/cpu");
	int err = cpus ? sysfs_files(cpus, cpu_attrs, NULL) : -ENOMEM;

	for (long cpu = 0; !err && cpu < BITS_PER_LONG; cpu++)
		if (cpu_online_mask() >> cpu & 1)
			err = add_cpu(cpus, cpu);
	return err;
}
fs_initcall(cpu_init);
