// SPDX-License-Identifier: GPL-2.0
/* The leak report of a debugging kernel: see leaks.h. Tasks, files, inodes, names and address spaces are counted by their caches. */
#include <kernel/boot.h>
#include <kernel/leaks.h>
#include <kernel/printk.h>
#include <kernel/sched_internal.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <asm/thread.h>

#define MAX_CACHES	128

struct counts {
	unsigned long pages;		/* of physical memory, in use */
	unsigned long heap;		/* pages of large allocations; slabs are counted by their objects */
	unsigned tasks, ncaches;
	unsigned long active[MAX_CACHES];
};
static struct counts at_boot, at_end;

struct report { char text[800]; int len; bool any; };
static bool grown[MAX_CACHES];

static void count_cache(const struct slab_stat *st, void *arg)
{
	struct counts *c = arg;

	if (c->ncaches < MAX_CACHES)
		c->active[c->ncaches++] = st->active;
}

static void count_all(struct counts *c)
{
	*c = (struct counts){ .pages = pages_in_use(), .heap = slab_large_pages(), .tasks = nr_tasks };
	slab_for_each(count_cache, c);
}

void leaks_begin(void)
{
	count_all(&at_boot);
	slab_remember();
}

static bool say(struct report *r, unsigned long before, unsigned long after, const char *what)
{
	if (after <= before)
		return false;
	r->len += scnprintf(r->text + r->len, sizeof(r->text) - (size_t)r->len, "%s%lu %s", r->any ? ", " : "", after - before, what);
	return r->any = true;
}

static void say_cache(const struct slab_stat *st, void *arg)
{
	struct counts *now = &at_end;
	unsigned i = now->ncaches++;

	if (i < MAX_CACHES && strcmp(st->name, "kmem_cache"))	/* caches are made at first use, and stay */
		grown[i] = say(arg, at_boot.active[i], st->active, st->name);
}

void leaks_report(void)
{
	struct report r = { .any = false };
	unsigned procs;

	if (initramfs_has_init()) {
		pr_info("leaks: not counted: the root file system is in memory\n");
		return;
	}
	vfs_tear_down();
	procs = host_procs_drain();
	count_all(&at_end);
	say(&r, at_boot.tasks, at_end.tasks, "tasks");
	say(&r, 0, procs, "host processes");
	say(&r, at_boot.pages, at_end.pages, "pages");
	say(&r, at_boot.heap, at_end.heap, "pages of the heap");
	at_end.ncaches = 0;
	slab_for_each(say_cache, &r);
	if (!r.any) {
		pr_info("leaks: none\n");
		return;
	}
	pr_crit("leaks: %s\n", r.text);
	slab_show_new(grown, MAX_CACHES);
}
