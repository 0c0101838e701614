/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Page faults: from a guest's access, or the kernel's on its behalf, to page table entries and host mappings.
 * One host mapping of a run costs little more than one of a page, so a fault takes as many neighbours along as is likely
 * to pay: anonymous clusters that grow with sequential use, cached file pages around, whatever is already in the tables.
 */
#include <fs/fs.h>
#include <kernel/bug.h>
#include <kernel/sched.h>
#include <lib/string.h>
#include <mm/internal.h>
#include <mm/pagecache.h>
#include <linux/resource.h>

#define MAX_CLUSTER	256		/* pages */
#define FIRST_CLUSTER	4		/* of anonymous memory that is touched here and there */
#define AROUND		64		/* pages mapped around a fault that hits present entries */
#define AROUND_FILE	64		/* cached file pages entered around a fault */
#define AROUND_COW	8		/* pages copied, or made writable, around a write: a copy costs a small part of a fault */
#define DATA_SEGMENT	256		/* pages: a private writable file mapping up to this size is a program's data */
#define FORK_OPS	64		/* mappings made at once for a forked child */

u64 vma_rights(const struct vma *v)
{
	return (v->flags & (VM_READ | VM_WRITE | VM_EXEC) ? PTE_READ : 0) | (v->flags & VM_EXEC ? PTE_EXEC : 0);
}

/* Queues host mappings for the present entries of [start, end) that the host lacks, or has with fewer rights (again). */
static void map_host(struct mm *mm, uaddr_t start, uaddr_t end, bool again)
{
	const u64 rights = PTE_READ | PTE_WRITE | PTE_EXEC;
	uaddr_t run = 0;
	u64 first = 0, n = 0;

	for (uaddr_t a = start; a < end; a += PAGE_SIZE) {
		u64 *pte = pte_lookup(mm, a);
		bool take = pte && *pte & PTE_PRESENT && *pte & PTE_READ && (again || !(*pte & PTE_HOST));

		if (take && n && PTE_PFN(*pte) == PTE_PFN(first) + n && !((*pte ^ first) & rights)) {
			n++;
		} else {
			if (n)
				tlb_map(mm, run, PTE_PFN(first), n, first & rights);
			n = take;
			run = a;
			first = take ? *pte : 0;
		}
		if (take)
			*pte |= PTE_HOST;
	}
	if (n)
		tlb_map(mm, run, PTE_PFN(first), n, first & rights);
}

/* The window of AROUND pages that addr lies in, cut to the VMA. */
static void map_around(struct mm *mm, struct vma *v, uaddr_t addr)
{
	uaddr_t start = max(ALIGN_DOWN(addr, AROUND * PAGE_SIZE), v->start);

	map_host(mm, start, min(ALIGN_DOWN(addr, AROUND * PAGE_SIZE) + AROUND * PAGE_SIZE, v->end), false);
}

/* How many pages this fault takes along, 1 unless the area is used in sequence. */
static unsigned cluster_size(struct vma *v, uaddr_t addr)
{
	if (addr == v->next_fault && v->cluster)
		v->cluster = min(v->cluster * 4, (unsigned)MAX_CLUSTER);
	else
		v->cluster = 1;
	return (unsigned)min((u64)v->cluster, (u64)(v->end - addr) >> PAGE_SHIFT);
}

static int anon_fault(struct mm *mm, struct vma *v, uaddr_t addr)
{
	unsigned room = (unsigned)min((u64)FIRST_CLUSTER, (u64)(v->end - addr) >> PAGE_SHIFT);
	unsigned want = max(cluster_size(v, addr), room), got, n = 0;
	u64 rights = vma_rights(v) | (v->flags & VM_WRITE ? PTE_WRITE : 0);
	struct page *run;

	while (n < want) {		/* only as far as nothing is there */
		u64 *pte = pte_alloc(mm, addr + n * PAGE_SIZE);

		if (!pte || *pte)
			break;
		n++;
	}
	if (!n)
		return -ENOMEM;
	run = alloc_page_run(n, &got, GFP_ZERO);
	if (!run)
		return -ENOMEM;
	for (unsigned i = 0; i < got; i++) {
		u64 *pte = pte_lookup(mm, addr + i * PAGE_SIZE);

		if (*pte) {		/* came while we slept for memory */
			page_put(run + i);
			continue;
		}
		page_set(run + i, PG_ANON);
		pte_set_page(mm, pte, run + i, rights);
	}
	v->next_fault = addr + got * PAGE_SIZE;
	map_host(mm, addr, v->next_fault, false);
	return 0;
}

/* Enters cached neighbours of a file page, without I/O. */
static void enter_cached(struct mm *mm, struct vma *v, uaddr_t addr, unsigned n)
{
	struct address_space *m = v->file->mapping;
	bool shared_write = (v->flags & (VM_SHARED | VM_WRITE)) == (VM_SHARED | VM_WRITE) && m->ops && !m->ops->small_blocks;
	unsigned long last = vma_pgoff(v, addr) + n - 1;
	unsigned long eof = ((u64)m->host->size + PAGE_SIZE - 1) >> PAGE_SHIFT;
	unsigned long index = vma_pgoff(v, addr);
	u64 rights = vma_rights(v);
	struct page *p;

	if (!eof)
		return;
	last = min(last, eof - 1);
	while (index <= last && (p = xa_find(&m->pages, &index, last))) {
		uaddr_t at = v->start + ((index - v->pgoff) << PAGE_SHIFT);

		if (page_test(p, PG_UPTODATE) && !page_test(p, PG_LOCKED) && !page_test(p, PG_READAHEAD)) {
			u64 *pte = pte_alloc(mm, at);

			if (!pte)
				return;
			if (!*pte) {
				page_get(p);
				pte_set_page(mm, pte, p, rights | (shared_write && page_test(p, PG_DIRTY) ? PTE_WRITE : 0));
			}
		}
		index++;
	}
}

static int copy_page(struct mm *mm, u64 *pte, struct page *from, u64 rights)
{
	struct page *to = alloc_page(GFP_KERNEL);

	if (!to)
		return -ENOMEM;
	memcpy(page_address(to), page_address(from), PAGE_SIZE);
	page_set(to, PG_ANON);
	if (*pte)
		pte_clear_page(mm, pte);
	pte_set_page(mm, pte, to, rights | PTE_WRITE);
	return 0;
}

static int bus_error(int err, int *sig, int *code)
{
	if (err == -ENOMEM)
		return err;
	*sig = SIGBUS;
	*code = err == -EFAULT ? BUS_ADRERR : BUS_OBJERR;
	return -EFAULT;
}

static int make_shared_writable(struct vma *v, struct page *p)
{
	if (v->ops->page_mkwrite)
		return v->ops->page_mkwrite(v, p);
	page_mark_dirty(p);
	return 0;
}

/* What a program will write to sooner or later: reading it first would only cost a second fault. */
static bool is_data_segment(const struct vma *v)
{
	return (v->flags & (VM_WRITE | VM_SHARED)) == VM_WRITE && v->ops->fault == filemap_fault &&
	       (v->end - v->start) >> PAGE_SHIFT <= DATA_SEGMENT;
}

static void window(const struct vma *v, uaddr_t addr, unsigned pages, uaddr_t *start, uaddr_t *end)
{
	uaddr_t base = ALIGN_DOWN(addr, pages * PAGE_SIZE);

	*start = max(base, v->start);
	*end = min(base + pages * PAGE_SIZE, v->end);
}

/* The neighbours of a data page that was just copied, as far as they are cached and not there yet. Never sleeps. */
static void copy_data_around(struct mm *mm, struct vma *v, uaddr_t addr)
{
	struct address_space *m = v->file->mapping;
	uaddr_t start, end;

	window(v, addr, AROUND_COW, &start, &end);
	for (uaddr_t a = start; a < end && is_data_segment(v); a += PAGE_SIZE) {
		u64 *pte = pte_alloc(mm, a);
		struct page *p = pte && !*pte ? xa_load(&m->pages, vma_pgoff(v, a)) : NULL;
		struct page *to;

		if (!p || !page_test(p, PG_UPTODATE) || page_test(p, PG_LOCKED) || (loff_t)vma_pgoff(v, a) << PAGE_SHIFT >= m->host->size)
			continue;
		to = alloc_page(GFP_NOWAIT);
		if (!to)
			break;
		memcpy(page_address(to), page_address(p), PAGE_SIZE);
		page_set(to, PG_ANON);
		pte_set_page(mm, pte, to, vma_rights(v) | PTE_WRITE);
	}
	map_host(mm, start, end, false);
}

static int file_fault(struct mm *mm, struct vma *v, uaddr_t addr, unsigned access, int *sig, int *code)
{
	bool shared = v->flags & VM_SHARED, write = access & VM_WRITE;
	unsigned n = AROUND_FILE;
	struct page *p;
	uaddr_t start;
	u64 *pte;
	int err;

	err = v->ops->fault(v, vma_pgoff(v, addr), &p);
	if (err)
		return bus_error(err, sig, code);
	if (write && shared) {
		err = make_shared_writable(v, p);
		if (err) {
			page_put(p);
			return bus_error(err, sig, code);
		}
	}
	pte = pte_alloc(mm, addr);
	if (!pte) {
		page_put(p);
		return -ENOMEM;
	}
	if (*pte || (v->file && v->ops->cached && p->mapping != v->file->mapping)) {
		page_put(p);		/* another thread was faster, or a truncation: the access is tried again */
		return 0;
	}
	if (!shared && (write || is_data_segment(v))) {
		err = copy_page(mm, pte, p, vma_rights(v));
		page_put(p);
		if (!err)
			copy_data_around(mm, v, addr);
		return err;
	}
	pte_set_page(mm, pte, p, vma_rights(v) | (write ? PTE_WRITE : 0));
	start = max(ALIGN_DOWN(addr, AROUND * PAGE_SIZE), v->start);
	if (v->file && v->ops->cached && !(v->flags & VM_RAND_READ)) {
		if (start == v->next_fault || addr == v->next_fault) {
			v->cluster = clamp(v->cluster * 4, (unsigned)AROUND_FILE, (unsigned)MAX_CLUSTER);
			n = v->cluster;
		} else {
			v->cluster = AROUND_FILE;
		}
		n = (unsigned)min((u64)n, (u64)(v->end - start) >> PAGE_SHIFT);
		enter_cached(mm, v, start, n);
		v->next_fault = start + n * PAGE_SIZE;
		map_host(mm, start, start + n * PAGE_SIZE, false);
	} else {
		map_host(mm, addr, addr + PAGE_SIZE, false);
	}
	return 0;
}

/* The page of a private mapping is ours alone: nothing to copy. */
static bool sole_owner(const struct page *p)
{
	return page_test(p, PG_ANON) && p->refs == 1 && p->mapcount == 1;
}

/* One page becomes the guest's own to write. extra: not the one that faulted, so never sleep for it. 0, -ENOMEM. */
static int own_page(struct mm *mm, struct vma *v, u64 *pte, bool extra)
{
	struct page *p = pfn_to_page(PTE_PFN(*pte)), *to;
	int err;

	if (sole_owner(p)) {
		*pte |= PTE_WRITE;
		return 0;
	}
	if (!extra) {
		page_get(p);
		err = copy_page(mm, pte, p, vma_rights(v));
		page_put(p);
		return err;
	}
	if (!page_test(p, PG_ANON))
		return 0;		/* a file page that nobody has written to yet */
	to = alloc_page(GFP_NOWAIT);
	if (!to)
		return -ENOMEM;
	memcpy(page_address(to), page_address(p), PAGE_SIZE);
	page_set(to, PG_ANON);
	pte_clear_page(mm, pte);
	pte_set_page(mm, pte, to, vma_rights(v) | PTE_WRITE);
	return 0;
}

/*
 * The page that faulted, and others that are likely to be written to next: those behind it when the area is written in
 * sequence, else those around it. After a fork the parent gets back many at once this way, when the child is gone.
 */
static int break_cow(struct mm *mm, struct vma *v, uaddr_t addr)
{
	unsigned n = cluster_size(v, addr);
	uaddr_t start = addr, end = addr + n * PAGE_SIZE;
	int err;

	err = own_page(mm, v, pte_lookup(mm, addr), false);
	if (err)
		return err;
	if (n == 1)
		window(v, addr, AROUND_COW, &start, &end);
	for (uaddr_t a = start; a < end; a += PAGE_SIZE) {
		u64 *pte = pte_lookup(mm, a);

		if (!pte || !(*pte & PTE_PRESENT) || *pte & (PTE_WRITE | PTE_SPECIAL))
			continue;
		if (own_page(mm, v, pte, true))
			break;
	}
	v->next_fault = n == 1 ? addr + PAGE_SIZE : end;
	map_host(mm, start, end, true);
	return 0;
}

static int write_protected_fault(struct mm *mm, struct vma *v, uaddr_t addr, u64 *pte, int *sig, int *code)
{
	struct page *p = pfn_to_page(PTE_PFN(*pte));
	int err;

	if (!(v->flags & VM_SHARED))
		return break_cow(mm, v, addr);
	page_get(p);
	err = make_shared_writable(v, p);
	pte = pte_lookup(mm, addr);
	if (!err && pte && *pte & PTE_PRESENT && PTE_PFN(*pte) == page_to_pfn(p)) {
		*pte |= PTE_WRITE;
		map_host(mm, addr, addr + PAGE_SIZE, true);
	}
	page_put(p);
	return err ? bus_error(err, sig, code) : 0;
}

/* The stack grows down to addr if nothing is in the way and the limit allows. */
static bool grow_stack(struct mm *mm, struct vma *v, uaddr_t addr)
{
	uaddr_t start = addr & PAGE_MASK;
	struct vma *prev = rb_entry(rb_prev(&v->node), struct vma, node);

	if (v->end - start > rlimit(RLIMIT_STACK) || start < MMAP_MIN_ADDR)
		return false;
	if (prev && start - prev->end < 256 * PAGE_SIZE && !(prev->flags & VM_GROWSDOWN) && start < prev->end + 256 * PAGE_SIZE)
		return false;
	if (vm_overcommit_ok((v->start - start) >> PAGE_SHIFT))
		return false;
	vma_account(mm, v, -1);
	v->pgoff -= (v->start - start) >> PAGE_SHIFT;
	v->start = start;
	vma_account(mm, v, 1);
	return true;
}

static bool map_area(struct mm *mm, struct vma *v, unsigned limit)
{
	for (uaddr_t a = v->start; a < v->end && a - v->start < MAX_CLUSTER * PAGE_SIZE; a += AROUND_FILE * PAGE_SIZE) {
		map_host(mm, a, min(a + AROUND_FILE * PAGE_SIZE, v->end), false);
		if (tlb_queued(mm) >= limit)
			return false;
	}
	return true;
}

/*
 * What a forked child has is mapped before it first runs, as far as a batch goes: it goes on where the parent was.
 * First what it may write to: those pages are used more often than others.
 */
void map_inherited(struct mm *mm)
{
	struct vma *v;

	for (int writable = 1; writable >= 0; writable--)
		for_each_vma(mm, v)
			if (!(v->flags & VM_SHARED) && v->flags & (VM_READ | VM_WRITE | VM_EXEC) && !!(v->flags & VM_WRITE) == writable &&
			    !map_area(mm, v, FORK_OPS))
				return;
}

static int segv(int why, int *sig, int *code)
{
	*sig = SIGSEGV;
	*code = why;
	return -EFAULT;
}

static int fault_locked(struct mm *mm, uaddr_t addr, unsigned access, int *sig, int *code)
{
	struct vma *v = vma_find(mm, addr);
	u64 *pte;

	if (v && v->start > addr && !(v->flags & VM_GROWSDOWN && grow_stack(mm, v, addr)))
		v = NULL;
	if (!v)
		return segv(SEGV_MAPERR, sig, code);
	if (access & ~v->flags && !(access == VM_READ && v->flags & (VM_WRITE | VM_EXEC)))
		return segv(SEGV_ACCERR, sig, code);
	if (!(v->flags & (VM_READ | VM_WRITE | VM_EXEC)))
		return segv(SEGV_ACCERR, sig, code);
	addr &= PAGE_MASK;
	pte = pte_lookup(mm, addr);
	if (!pte || !*pte) {
		current->acct.minflt++;
		if (vma_is_anon(v))
			return anon_fault(mm, v, addr);
		return file_fault(mm, v, addr, access, sig, code);
	}
	if (access & VM_WRITE && !(*pte & PTE_WRITE)) {
		current->acct.minflt++;
		return write_protected_fault(mm, v, addr, pte, sig, code);
	}
	map_around(mm, v, addr);
	return 0;
}

int handle_fault(struct mm *mm, uaddr_t addr, unsigned access, int *sig, int *code)
{
	int err;

	might_sleep();
	if (addr >= TASK_SIZE)
		return segv(SEGV_MAPERR, sig, code);
	down_read(&mm->lock);
	err = fault_locked(mm, addr, access, sig, code);
	up_read(&mm->lock);
	return err;
}

bool host_maps(struct mm *mm, uaddr_t addr, unsigned access)
{
	u64 *pte = addr < TASK_SIZE ? pte_lookup(mm, addr) : NULL;
	u64 want = PTE_PRESENT | PTE_HOST | (access == VM_EXEC ? PTE_EXEC : access == VM_WRITE ? PTE_WRITE : PTE_READ);

	return pte && (*pte & want) == want;
}

struct page *get_user_page(struct mm *mm, uaddr_t addr, bool write)
{
	int sig, code;

	for (;;) {
		u64 *pte = addr < TASK_SIZE ? pte_lookup(mm, addr) : NULL;

		if (pte && *pte & PTE_PRESENT && *pte & PTE_READ && (!write || *pte & PTE_WRITE)) {
			struct page *p = pfn_to_page(PTE_PFN(*pte));

			page_get(p);
			return p;
		}
		if (handle_fault(mm, addr, write ? VM_WRITE : VM_READ, &sig, &code))
			return NULL;
		if (fatal_signal_pending(current))
			return NULL;
	}
}
