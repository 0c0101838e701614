/* SPDX-License-Identifier: GPL-2.0 */
/* The pool of host processes, their threads, their names in the host's ps, and what happens when one is killed. */
#include <kernel/bug.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <lib/bitmap.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <asm/hostproc.h>

#define POOL_MAX	16
#define POOL_THREADS	8		/* a process that had more is not kept: its threads would be, on the host */

struct os_layout layout;
uaddr_t task_size;
static LIST_HEAD(pool);
static LIST_HEAD(in_use);
static unsigned nr_pool;
static unsigned long *slots;
static struct kmem_cache *proc_cache, *thread_cache;	/* of their own: the pool keeps some, which a leak report is to tell apart */

extern const u8 stub_image[], stub_image_end[];

static struct host_thread *alloc_thread(void)
{
	struct host_thread *ht = kmem_cache_alloc(thread_cache, GFP_KERNEL);

	if (ht)
		*ht = (struct host_thread){ 0 };
	return ht;
}

static struct host_proc *new_proc(void)
{
	struct host_proc *p = kmem_cache_alloc(proc_cache, GFP_KERNEL);
	struct host_thread *ht = alloc_thread();
	unsigned long slot = find_next_zero_bit(slots, layout.slots, 0);

	if (!p || !ht || slot >= layout.slots || os_guest_new((unsigned)slot, &ht->g)) {
		kfree(p);
		kfree(ht);
		return NULL;
	}
	set_bit(slots, slot);
	*p = (struct host_proc){ .pid = ht->g.pid, .slot = (unsigned)slot, .title = ht->g.title, .nr_threads = 1 };
	ht->proc = p;
	list_init(&p->spare);
	list_add(&ht->node, &p->spare);
	list_init(&p->node);
	return p;
}

struct host_proc *host_proc_get(void)
{
	struct host_proc *p = list_first_or_null(&pool, struct host_proc, node);

	if (p)
		nr_pool--;
	else
		p = new_proc();
	if (p)
		list_move(&p->node, &in_use);
	return p;
}

static void free_proc(struct host_proc *p)
{
	struct host_thread *ht, *tmp;

	list_for_each_entry_safe(ht, tmp, &p->spare, node) {
		list_del(&ht->node);
		kfree(ht);
	}
	list_del(&p->node);
	clear_bit(slots, p->slot);
	kfree(p);
}

void host_proc_put(struct host_proc *p)
{
	p->mm = NULL;
	if (!p->dead && nr_pool < POOL_MAX && p->nr_threads <= POOL_THREADS) {
		list_move(&p->node, &pool);
		nr_pool++;
		return;
	}
	if (!p->dead)
		os_guest_kill(p->pid);
	free_proc(p);
}

struct host_thread *host_thread_get(struct host_proc *p)
{
	struct host_thread *ht = list_first_or_null(&p->spare, struct host_thread, node), *any;
	int err;

	if (p->dead)
		return NULL;
	if (ht) {
		list_del(&ht->node);
		return ht;
	}
	/* a thread of it that does not run makes another: current's own, or that of a task that sleeps */
	any = current->thread.ht && current->thread.ht->proc == p ? current->thread.ht : NULL;
	if (!any) {
		struct task *t;

		for_each_task(t)
			if (t->thread.ht && t->thread.ht->proc == p) {
				any = t->thread.ht;
				t->thread.regs_dirty = true;
				break;
			}
	}
	ht = any ? alloc_thread() : NULL;
	if (!ht)
		return NULL;
	current->thread.regs_dirty = true;
	ht->g = (struct os_guest){ p->pid, 0, p->slot, p->title };
	ht->proc = p;
	list_init(&ht->node);
	err = os_guest_thread(&any->g, &ht->g.tid);
	if (err) {
		kfree(ht);
		if (err == -ESRCH)
			host_died(p);
		return NULL;
	}
	p->nr_threads++;
	return ht;
}

void host_thread_put(struct host_thread *ht)
{
	list_add(&ht->node, &ht->proc->spare);
}

void host_died(struct host_proc *p)
{
	struct task *t;

	if (p->dead)
		return;
	p->dead = true;
	if (!p->mm) {
		nr_pool--;
		free_proc(p);
		return;
	}
	for_each_task(t)
		if (t->mm == p->mm && t == t->process->leader)
			send_signal_process(SIGKILL, NULL, t->process);
}

void host_procs_reap(void)
{
	struct host_proc *p, *tmp;
	int pid;

	while ((pid = os_guest_dead()) > 0) {
		list_for_each_entry_safe(p, tmp, &in_use, node)
			if (p->pid == pid)
				host_died(p);
		list_for_each_entry_safe(p, tmp, &pool, node)
			if (p->pid == pid)
				host_died(p);
	}
}

unsigned host_procs_drain(void)
{
	struct host_proc *p, *tmp;
	unsigned used = 0;

	list_for_each_entry_safe(p, tmp, &pool, node) {
		os_guest_kill(p->pid);
		free_proc(p);
		nr_pool--;
	}
	list_for_each_entry(p, &in_use, node)
		used++;
	return used;
}

void set_host_name(struct task *t)
{
	char title[64];

	if (!t->mm || !t->mm->host->proc || t != t->process->leader)
		return;
	snprintf(title, sizeof(title), "./linux [%s]", t->comm);
	os_guest_title(t->mm->host->proc->pid, t->mm->host->proc->title, title);
}

int hostproc_init(void)
{
	int err = os_guests_init(stub_image, (size_t)(stub_image_end - stub_image), &layout);

	if (err)
		return err;
	task_size = layout.task_size;
	slots = kzalloc(BITS_TO_LONGS(layout.slots) * 8, GFP_KERNEL);
	proc_cache = kmem_cache_create("host_proc", sizeof(struct host_proc), NULL);
	thread_cache = kmem_cache_create("host_thread", sizeof(struct host_thread), NULL);
	return slots && proc_cache && thread_cache ? 0 : -ENOMEM;
}
