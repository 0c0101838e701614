/* SPDX-License-Identifier: GPL-2.0 */
/* mremap: growing, shrinking and moving a mapping. Pages move by their page table entries; nothing is copied. */
#include <fs/fs.h>
#include <kernel/bug.h>
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <lib/string.h>
#include <mm/internal.h>
#include <linux/mman.h>
#include <linux/resource.h>

struct move { struct mm *mm; long delta; bool host; bool failed; };

static int move_pte(u64 *pte, uaddr_t addr, void *arg)
{
	struct move *m = arg;
	u64 *to;

	if (!*pte)
		return 0;
	to = pte_alloc(m->mm, addr + (uaddr_t)m->delta);
	if (!to)
		return -ENOMEM;
	m->host |= !!(*pte & PTE_HOST);
	*to = *pte & ~PTE_HOST;
	*pte = 0;
	return 0;
}

static void move_pages(struct mm *mm, uaddr_t from, uaddr_t to, size_t len)
{
	struct move m = { mm, (long)(to - from), false, false };

	if (pte_walk(mm, from, from + len, move_pte, &m))
		zap_range(mm, from, from + len);	/* out of tables: the rest is lost only for file pages, which come back */
	if (m.host)
		tlb_unmap(mm, from, from + len);
}

static int reserve_table(u64 *pte, uaddr_t addr, void *arg)
{
	struct move *m = arg;

	return *pte && !pte_alloc(m->mm, addr + (uaddr_t)m->delta) ? -ENOMEM : 0;
}

/* Page tables for what is there exist before anything moves, so that the move cannot fail half way. */
static int reserve_tables(struct mm *mm, uaddr_t from, uaddr_t to, size_t len)
{
	struct move m = { mm, (long)(to - from), false, false };

	return pte_walk(mm, from, from + len, reserve_table, &m);
}

static long move_vma(struct mm *mm, struct vma *v, uaddr_t addr, size_t old_len, size_t new_len, uaddr_t to, bool keep_old)
{
	struct vma *n = vma_clone(v, mm);

	if (!n)
		return -ENOMEM;
	if (reserve_tables(mm, addr, to, old_len)) {
		vma_free(n);
		return -ENOMEM;
	}
	n->pgoff = vma_is_anon(v) ? to >> PAGE_SHIFT : vma_pgoff(v, addr);
	n->start = to;
	n->end = to + new_len;
	vma_insert(mm, n);
	move_pages(mm, addr, to, min(old_len, new_len));
	vma_merge(mm, n);
	if (keep_old)
		return (long)to;
	unmap_range_locked(mm, addr, addr + old_len);
	return (long)to;
}

static int check_growth(struct mm *mm, struct vma *v, size_t by)
{
	unsigned long pages = by >> PAGE_SHIFT;

	if (v->flags & (VM_DONTEXPAND | VM_SPECIAL))
		return -EFAULT;
	if (mm->total_vm + pages > rlimit(RLIMIT_AS) >> PAGE_SHIFT)
		return -ENOMEM;
	if (v->flags & VM_LOCKED && mm->locked_vm + pages > rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT && !capable(CAP_IPC_LOCK))
		return -EAGAIN;
	return (v->flags & (VM_WRITE | VM_SHARED)) == VM_WRITE ? vm_overcommit_ok(pages) : 0;
}

static long grow_in_place(struct mm *mm, struct vma *v, uaddr_t addr, size_t old_len, size_t new_len)
{
	struct vma *next = vma_next(v);

	if (v->end != addr + old_len || new_len > TASK_SIZE - addr || (next && next->start < addr + new_len))
		return -ENOMEM;
	vma_account(mm, v, -1);
	v->end = addr + new_len;
	vma_account(mm, v, 1);
	vma_merge(mm, v);
	return (long)addr;
}

static long mremap_locked(struct mm *mm, uaddr_t addr, size_t old_len, size_t new_len, int flags, uaddr_t new_addr)
{
	bool dontunmap = flags & MREMAP_DONTUNMAP;
	struct vma *v = vma_at(mm, addr);
	uaddr_t to;
	long ret;

	if (!v)
		return -EFAULT;
	if (!old_len) {			/* a second mapping of shared pages */
		if (!(v->flags & VM_SHARED))
			return -EINVAL;
	} else if (old_len > v->end - addr) {
		return -EFAULT;
	}
	if (dontunmap && (!vma_is_anon(v) || old_len != new_len))
		return -EINVAL;
	if (flags & MREMAP_FIXED) {
		int err = unmap_range_locked(mm, new_addr, new_addr + new_len);

		if (err)
			return err;
		v = vma_at(mm, addr);
		if (!v)
			return -EFAULT;
	}
	if (old_len > new_len) {
		ret = unmap_range_locked(mm, addr + new_len, addr + old_len);
		if (ret || !(flags & MREMAP_FIXED))
			return ret ? ret : (long)addr;
		old_len = new_len;
		v = vma_at(mm, addr);
	}
	if (new_len > old_len || dontunmap) {
		ret = check_growth(mm, v, dontunmap ? new_len : new_len - old_len);
		if (ret)
			return ret;
	}
	if (!(flags & MREMAP_FIXED) && !dontunmap) {
		if (new_len == old_len)
			return (long)addr;
		ret = old_len ? grow_in_place(mm, v, addr, old_len, new_len) : -ENOMEM;
		if (ret >= 0 || !(flags & MREMAP_MAYMOVE))
			return ret;
	}
	to = flags & MREMAP_FIXED ? new_addr : find_gap(mm, new_len, dontunmap ? new_addr : 0);
	if (!to)
		return -ENOMEM;
	return move_vma(mm, v, addr, old_len, new_len, to, dontunmap || !old_len);
}

long sys_mremap(uaddr_t addr, size_t old_len, size_t new_len, int flags, uaddr_t new_addr)
{
	struct mm *mm = current->mm;
	long ret;

	if (flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP) || addr & ~PAGE_MASK)
		return -EINVAL;
	if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP) && !(flags & MREMAP_MAYMOVE))
		return -EINVAL;
	old_len = PAGE_ALIGN(old_len);
	new_len = PAGE_ALIGN(new_len);
	if (!new_len || new_len > TASK_SIZE || old_len > TASK_SIZE)
		return -EINVAL;
	if (flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) {	/* without MREMAP_FIXED the new address is a hint */
		if (new_addr & ~PAGE_MASK || new_addr > TASK_SIZE - new_len || (flags & MREMAP_FIXED && new_addr < MMAP_MIN_ADDR))
			return -EINVAL;
		if (addr + old_len > new_addr && new_addr + new_len > addr)
			return -EINVAL;
	}
	down_write(&mm->lock);
	ret = mremap_locked(mm, addr, old_len, new_len, flags, new_addr);
	up_write(&mm->lock);
	if (ret >= 0 && new_len > old_len) {
		struct vma *v = vma_at(mm, (uaddr_t)ret);

		if (v && v->flags & VM_LOCKED)
			populate_range(mm, (uaddr_t)ret + old_len, (uaddr_t)ret + new_len, false);
	}
	return ret;
}
