// SPDX-License-Identifier: GPL-2.0
/* /proc/<pid>/maps, smaps and smaps_rollup: the address space as text. */
#include <fs/dev.h>
#include <mm/internal.h>
#include <mm/mm.h>
#include <mm/pagecache.h>
#include "internal.h"

#define NAME_COLUMN	73

static const char *area_name(struct mm *mm, struct vma *v)
{
	if (v->ops && v->ops->name)
		return v->ops->name(v);
	if (v->file)
		return NULL;
	if (v->start <= mm->brk && v->end >= mm->start_brk && mm->brk > mm->start_brk)
		return "[heap]";
	if ((v->flags & VM_STACK) || (v->start <= mm->start_stack && v->end >= mm->start_stack))
		return "[stack]";
	return NULL;
}

static void show_range(struct seq_file *m, uaddr_t start, uaddr_t end, unsigned flags, u64 off, dev_t dev, u64 ino)
{
	seq_printf(m, "%08lx-%08lx %c%c%c%c %08llx %02x:%02x %llu ", start, end, flags & VM_READ ? 'r' : '-',
		   flags & VM_WRITE ? 'w' : '-', flags & VM_EXEC ? 'x' : '-', flags & VM_SHARED ? 's' : 'p',
		   (unsigned long long)off, MAJOR(dev), MINOR(dev), (unsigned long long)ino);
}

static void show_vma(struct seq_file *m, struct mm *mm, struct vma *v)
{
	const char *name = area_name(mm, v);
	struct inode *inode = v->file ? v->file->inode : NULL;
	size_t line = m->len;

	show_range(m, v->start, v->end, v->flags, inode ? (u64)v->pgoff << PAGE_SHIFT : 0, inode ? inode->sb->dev : 0,
		   inode ? inode->ino : 0);
	if (name || inode) {
		while (m->len - line < NAME_COLUMN && !m->overflow)
			seq_putc(m, ' ');
		if (name)
			seq_puts(m, name);
		else
			seq_path(m, &v->file->path, "\n");
	}
	seq_putc(m, '\n');
}

/* Each VMA, with the address space locked for reading. */
static int for_each_area(struct seq_file *m, struct task *t, void (*fn)(struct seq_file *m, struct mm *mm, struct vma *v, void *arg),
			 void *arg)
{
	struct mm *mm = proc_mm(t);
	struct vma *v;

	if (!mm)
		return 0;
	down_read(&mm->lock);
	for_each_vma(mm, v) {
		fn(m, mm, v, arg);
		cond_resched();
	}
	up_read(&mm->lock);
	mm_users_put(mm);
	return 0;
}

static void maps_line(struct seq_file *m, struct mm *mm, struct vma *v, void *arg)
{
	show_vma(m, mm, v);
}

int pid_maps_show(struct seq_file *m, struct task *t)
{
	return for_each_area(m, t, maps_line, NULL);
}

/* --- smaps --- */

struct usage {		/* bytes */
	u64 size, rss, pss, pss_dirty, pss_anon, pss_shmem, shared_clean, shared_dirty, private_clean, private_dirty, referenced, anon, locked;
};

/* Anonymous pages and those of tmpfs are nowhere else: never clean. */
static bool is_shmem(const struct page *p)
{
	return !page_test(p, PG_ANON) && p->mapping && (!p->mapping->ops || !p->mapping->ops->writepages);
}

static int count_pte(u64 *pte, uaddr_t addr, void *arg)
{
	struct usage *u = arg;
	struct page *p;
	bool dirty, anon;
	int maps;
	u64 share;

	if (!(*pte & PTE_PRESENT) || (*pte & PTE_SPECIAL))
		return 0;
	p = pfn_to_page(PTE_PFN(*pte));
	maps = max(p->mapcount, 1);
	share = PAGE_SIZE / (unsigned)maps;
	anon = page_test(p, PG_ANON);
	dirty = anon || page_test(p, PG_DIRTY) || is_shmem(p);
	u->rss += PAGE_SIZE;
	u->pss += share;
	u->referenced += PAGE_SIZE;
	if (dirty)
		u->pss_dirty += share;
	if (anon) {
		u->anon += PAGE_SIZE;
		u->pss_anon += share;
	} else if (is_shmem(p)) {
		u->pss_shmem += share;
	}
	if (maps > 1)
		*(dirty ? &u->shared_dirty : &u->shared_clean) += PAGE_SIZE;
	else
		*(dirty ? &u->private_dirty : &u->private_clean) += PAGE_SIZE;
	return 0;
}

static void count_vma(struct mm *mm, struct vma *v, struct usage *u)
{
	u->size += v->end - v->start;
	if (v->flags & VM_LOCKED)
		u->locked += v->end - v->start;
	pte_walk(mm, v->start, v->end, count_pte, u);
}

static void kb(struct seq_file *m, const char *name, u64 bytes)
{
	seq_printf(m, "%-16s%8llu kB\n", name, (unsigned long long)(bytes >> 10));
}

static void show_usage(struct seq_file *m, const struct usage *u, bool rollup)
{
	kb(m, "Rss:", u->rss);
	kb(m, "Pss:", u->pss);
	kb(m, "Pss_Dirty:", u->pss_dirty);
	if (rollup) {
		kb(m, "Pss_Anon:", u->pss_anon);
		kb(m, "Pss_File:", u->pss - u->pss_anon - u->pss_shmem);
		kb(m, "Pss_Shmem:", u->pss_shmem);
	}
	kb(m, "Shared_Clean:", u->shared_clean);
	kb(m, "Shared_Dirty:", u->shared_dirty);
	kb(m, "Private_Clean:", u->private_clean);
	kb(m, "Private_Dirty:", u->private_dirty);
	kb(m, "Referenced:", u->referenced);
	kb(m, "Anonymous:", u->anon);
	kb(m, "LazyFree:", 0);
	kb(m, "AnonHugePages:", 0);
	kb(m, "ShmemPmdMapped:", 0);
	kb(m, "FilePmdMapped:", 0);
	kb(m, "Shared_Hugetlb:", 0);
	kb(m, "Private_Hugetlb:", 0);
	kb(m, "Swap:", 0);
	kb(m, "SwapPss:", 0);
	kb(m, "Locked:", u->locked);
}

static void show_vm_flags(struct seq_file *m, unsigned flags)
{
	static const struct { unsigned flag; char name[3]; } names[] = {
		{ VM_READ, "rd" }, { VM_WRITE, "wr" }, { VM_EXEC, "ex" }, { VM_SHARED, "sh" }, { VM_MAYREAD, "mr" },
		{ VM_MAYWRITE, "mw" }, { VM_MAYEXEC, "me" }, { VM_GROWSDOWN, "gd" }, { VM_LOCKED, "lo" }, { VM_SEQ_READ, "sr" },
		{ VM_RAND_READ, "rr" }, { VM_DONTCOPY, "dc" }, { VM_DONTEXPAND, "de" }, { VM_ACCOUNT, "ac" },
		{ VM_NORESERVE, "nr" }, { VM_WIPEONFORK, "wf" }, { VM_DONTDUMP, "dd" },
	};
	unsigned i;

	seq_puts(m, "VmFlags:");
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (flags & names[i].flag)
			seq_printf(m, " %s", names[i].name);
	seq_puts(m, " \n");
}

static void smaps_area(struct seq_file *m, struct mm *mm, struct vma *v, void *arg)
{
	struct usage u = { 0 };

	count_vma(mm, v, &u);
	show_vma(m, mm, v);
	kb(m, "Size:", u.size);
	kb(m, "KernelPageSize:", PAGE_SIZE);
	kb(m, "MMUPageSize:", PAGE_SIZE);
	show_usage(m, &u, false);
	seq_puts(m, "THPeligible:           0\n");
	show_vm_flags(m, v->flags);
}

int pid_smaps_show(struct seq_file *m, struct task *t)
{
	return for_each_area(m, t, smaps_area, NULL);
}

struct rollup { struct usage u; uaddr_t first, last; };

static void rollup_area(struct seq_file *m, struct mm *mm, struct vma *v, void *arg)
{
	struct rollup *r = arg;

	if (!r->last)
		r->first = v->start;
	r->last = v->end;
	count_vma(mm, v, &r->u);
}

int pid_smaps_rollup_show(struct seq_file *m, struct task *t)
{
	struct rollup r = { 0 };
	size_t line = m->len;

	for_each_area(m, t, rollup_area, &r);
	if (!r.last)
		return -ESRCH;
	show_range(m, r.first, r.last, 0, 0, 0, 0);
	while (m->len - line < NAME_COLUMN && !m->overflow)
		seq_putc(m, ' ');
	seq_puts(m, "[rollup]\n");
	show_usage(m, &r.u, true);
	return 0;
}
