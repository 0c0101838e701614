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
#define ANON_SMALL	256		/* pages: an anonymous area up to this size is likely to be used in full */
#define AROUND		64		/* pages mapped around a fault that hits present entries */
#define AROUND_FILE	64		/* cached file pages entered around a fault */

u64 vma_rights(const struct vma *v)
{
	return (v->flags & (VM_READ | VM_WRITE | VM_EXEC) ? PTE_READ : 0) | (v->flags & VM_EXEC ? PTE_EXEC : 0);
}

void fault_window(const struct vma *v, uaddr_t addr, unsigned pages, uaddr_t *start, uaddr_t *end)
{
	uaddr_t base = ALIGN_DOWN(addr, pages * PAGE_SIZE);

	*start = max(base, v->start);
	*end = min(base + pages * PAGE_SIZE, v->end);
}

unsigned fault_cluster(struct vma *v, uaddr_t addr)
{
	if (addr == v->next_fault && v->cluster)
		v->cluster = min(v->cluster * 4, (unsigned)MAX_CLUSTER);
	else
		v->cluster = 1;
	return (unsigned)min((u64)v->cluster, (u64)(v->end - addr) >> PAGE_SHIFT);
}

static bool is_empty(struct mm *mm, uaddr_t addr)
{
	u64 *pte = pte_alloc(mm, addr);

	return pte && !*pte;
}

/* The pages that come with addr: those of its window, or more behind it in sequential use, as far as nothing is there. */
static void anon_range(struct mm *mm, struct vma *v, uaddr_t addr, uaddr_t *start, uaddr_t *end)
{
	unsigned around = (v->end - v->start) >> PAGE_SHIFT <= ANON_SMALL ? 16 : 8;
	uaddr_t ahead = addr + fault_cluster(v, addr) * PAGE_SIZE, lo, hi;

	fault_window(v, addr, pages_to_spare() ? around : 1, &lo, &hi);
	hi = max(hi, ahead);
	for (*start = addr; *start > lo && is_empty(mm, *start - PAGE_SIZE); *start -= PAGE_SIZE)
		;
	for (*end = addr; *end < hi && is_empty(mm, *end); *end += PAGE_SIZE)
		;
}

static int anon_fault(struct mm *mm, struct vma *v, uaddr_t addr)
{
	u64 rights = vma_rights(v) | (v->flags & VM_WRITE ? PTE_WRITE : 0);
	uaddr_t start, end;
	struct page *run;
	unsigned got;

	anon_range(mm, v, addr, &start, &end);
	if (end == addr)
		return -ENOMEM;
	run = alloc_page_run((unsigned)((end - start) >> PAGE_SHIFT), &got, GFP_ZERO);
	if (!run)
		return -ENOMEM;
	if (start + got * PAGE_SIZE <= addr)	/* fewer than wanted */
		start = addr - (got - 1) * PAGE_SIZE;
	for (unsigned i = 0; i < got; i++) {
		u64 *pte = pte_lookup(mm, start + i * PAGE_SIZE);

		if (*pte) {		/* came while we slept for memory */
			page_put(run + i);
			continue;
		}
		page_set(run + i, PG_ANON);
		pte_set_page(mm, pte, run + i, rights);
	}
	v->next_fault = start + got * PAGE_SIZE;
	map_present(mm, start, v->next_fault, false);
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
		map_present(mm, start, start + n * PAGE_SIZE, false);
	} else {
		map_present(mm, addr, addr + PAGE_SIZE, false);
	}
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
		map_present(mm, addr, addr + PAGE_SIZE, true);
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

static int segv(int why, int *sig, int *code)
{
	*sig = SIGSEGV;
	*code = why;
	return -EFAULT;
}

int fault_locked(struct mm *mm, uaddr_t addr, unsigned access, int *sig, int *code)
{
	struct vma *v = vma_find(mm, addr);
	uaddr_t start, end;
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
	fault_window(v, addr, AROUND, &start, &end);
	map_present(mm, start, end, false);
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

/* The page at addr, entered if need be, whatever access the area allows. NULL: none there, or not to be had like this. */
static struct page *force_page(struct mm *mm, uaddr_t addr, bool write)
{
	struct vma *v = vma_find(mm, addr);
	int sig, code, err = 0;
	struct page *p;
	u64 *pte;

	if (!v || v->start > addr || v->flags & VM_SPECIAL || !(v->flags & (write ? VM_MAYWRITE : VM_MAYREAD)) ||
	    (write && v->flags & VM_SHARED))
		return NULL;
	pte = pte_lookup(mm, addr);
	if (!pte || !*pte)
		err = vma_is_anon(v) ? anon_fault(mm, v, addr) : file_fault(mm, v, addr, VM_READ, &sig, &code);
	pte = pte_lookup(mm, addr);
	if (err || !pte || !(*pte & PTE_PRESENT))
		return NULL;
	p = pfn_to_page(PTE_PFN(*pte));
	if (write && !sole_owner(p)) {
		page_get(p);
		err = copy_page(mm, pte, p, vma_rights(v));
		page_put(p);
		if (err || !(*pte & PTE_PRESENT) || PTE_PFN(*pte) == page_to_pfn(p))
			return NULL;
		if (!(v->flags & VM_WRITE))
			*pte &= ~PTE_WRITE;
		map_present(mm, addr, addr + PAGE_SIZE, true);
		p = pfn_to_page(PTE_PFN(*pte));
	}
	page_get(p);
	return p;
}

struct page *get_user_page_forced(struct mm *mm, uaddr_t addr, bool write)
{
	struct page *p = get_user_page(mm, addr, write);

	if (p || addr >= TASK_SIZE)
		return p;
	down_read(&mm->lock);
	p = force_page(mm, addr & PAGE_MASK, write);
	up_read(&mm->lock);
	return p;
}
