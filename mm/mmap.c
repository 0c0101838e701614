/* SPDX-License-Identifier: GPL-2.0 */
/* Changing an address space: mmap, munmap, mprotect, brk, and mappings the kernel makes itself. */
#include <fs/fs.h>
#include <kernel/bug.h>
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/why.h>
#include <lib/string.h>
#include <mm/internal.h>
#include <mm/pagecache.h>
#include <fs/mount.h>
#include <linux/personality.h>
#include <linux/resource.h>

/* Takes [start, end) out: cuts VMAs at the edges, then drops those inside. mm->lock is held for writing. */
int unmap_range_locked(struct mm *mm, uaddr_t start, uaddr_t end)
{
	struct vma *v = vma_find(mm, start), *next;
	int err;

	if (!v || v->start >= end)
		return 0;
	if (v->start < start) {
		if (v->end > end && mm->nr_vmas >= MAX_MAP_COUNT)
			return why(-ENOMEM, "%d mappings are the most", MAX_MAP_COUNT);
		err = vma_split(mm, v, start);
		if (err)
			return err;
		v = vma_next(v);
	}
	next = vma_find(mm, end - 1);
	if (next && next->start < end && next->end > end) {
		err = vma_split(mm, next, end);
		if (err)
			return err;
	}
	zap_range(mm, start, end);
	for (; v && v->start < end; v = next) {
		next = vma_next(v);
		vma_remove(mm, v);
		vma_free(v);
	}
	return 0;
}

long do_munmap(struct mm *mm, uaddr_t addr, size_t len)
{
	int err;

	if (addr & ~PAGE_MASK || addr > TASK_SIZE || len > TASK_SIZE - addr)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (!len)
		return -EINVAL;
	down_write(&mm->lock);
	err = unmap_range_locked(mm, addr, addr + len);
	up_write(&mm->lock);
	return err;
}

static unsigned may_flags(unsigned prot)
{
	return (prot & (PROT_READ | PROT_WRITE | PROT_EXEC)) | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
}

/* What the open file allows. 0 or -errno; *vm_flags is cut. */
static int check_file(struct file *f, int prot, bool shared, unsigned *vm_flags)
{
	if (!(f->mode & FMODE_READ) || (shared && prot & PROT_WRITE && !(f->mode & FMODE_WRITE)))
		return why(-EACCES, "the file is not open for %s", f->mode & FMODE_READ ? "writing" : "reading");
	if (!f->ops || !f->ops->mmap)
		return why(-ENODEV, "it cannot be mapped");
	if (f->path.mnt && f->path.mnt->flags & MNT_NOEXEC) {
		if (prot & PROT_EXEC)
			return why(-EPERM, "the file system is mounted noexec");
		*vm_flags &= ~VM_MAYEXEC;
	}
	if (!shared)
		return 0;
	if (!(f->mode & FMODE_WRITE))
		*vm_flags &= ~VM_MAYWRITE;
	return 0;
}

static int check_limits(struct mm *mm, size_t len, unsigned vm_flags)
{
	unsigned long pages = len >> PAGE_SHIFT;
	bool data = (vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE;

	if (mm->nr_vmas >= MAX_MAP_COUNT)
		return why(-ENOMEM, "%d mappings are the most", MAX_MAP_COUNT);
	if (mm->total_vm + pages > rlimit(RLIMIT_AS) >> PAGE_SHIFT)
		return why(-ENOMEM, "RLIMIT_AS is %llu bytes", (unsigned long long)rlimit(RLIMIT_AS));
	if (data && mm->data_vm + pages > rlimit(RLIMIT_DATA) >> PAGE_SHIFT)
		return why(-ENOMEM, "RLIMIT_DATA is %llu bytes", (unsigned long long)rlimit(RLIMIT_DATA));
	if (vm_flags & VM_LOCKED && mm->locked_vm + pages > rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT && !capable(CAP_IPC_LOCK))
		return why(rlimit(RLIMIT_MEMLOCK) ? -EAGAIN : -EPERM, "RLIMIT_MEMLOCK is %lu bytes", (long)rlimit(RLIMIT_MEMLOCK));
	if (data && !(vm_flags & VM_NORESERVE))
		return vm_overcommit_ok(pages);
	return 0;
}

/* Where it goes. MAP_FIXED clears the place; MAP_FIXED_NOREPLACE wants it clear. */
static long choose_place(struct mm *mm, uaddr_t addr, size_t len, int flags)
{
	struct vma *v;
	uaddr_t at;

	if (!(flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))) {
		at = (flags & MAP_32BIT ? find_low_gap : find_gap)(mm, len, addr & PAGE_MASK);
		return at ? (long)at : why(-ENOMEM, "no free addresses for %zu bytes", len);
	}
	if (addr & ~PAGE_MASK)
		return why(-EINVAL, "the address is not a multiple of the page size");
	if (addr > TASK_SIZE || len > TASK_SIZE - addr)
		return why(-ENOMEM, "beyond the end of addresses");
	if (addr < MMAP_MIN_ADDR && !capable(CAP_SYS_RAWIO))
		return why(-EPERM, "below %#lx (vm.mmap_min_addr)", (unsigned long)MMAP_MIN_ADDR);
	v = vma_find(mm, addr);
	if (flags & MAP_FIXED_NOREPLACE && v && v->start < addr + len)
		return why(-EEXIST, "%#lx is mapped, and MAP_FIXED_NOREPLACE", v->start);
	return (long)addr;
}

/* Grows the neighbour below instead of making a VMA: heaps and stacks of anonymous memory. */
static bool extend_neighbour(struct mm *mm, uaddr_t at, size_t len, unsigned vm_flags)
{
	struct vma *prev = vma_at(mm, at - 1);

	if (!prev || prev->end != at || !vma_is_anon(prev) || prev->file || prev->flags != vm_flags || prev->private)
		return false;
	vma_account(mm, prev, -1);
	prev->end += len;
	vma_account(mm, prev, 1);
	vma_merge(mm, prev);
	return true;
}

static long map_region(struct mm *mm, struct file *f, uaddr_t at, size_t len, unsigned vm_flags, u64 pgoff)
{
	struct vma *v;
	int err;

	if (!f && !(vm_flags & VM_SHARED) && extend_neighbour(mm, at, len, vm_flags))
		return (long)at;
	v = vma_alloc(mm, at, at + len, vm_flags);
	if (!v)
		return -ENOMEM;
	if (f) {
		v->file = file_get(f);
		v->pgoff = pgoff;
		err = f->ops->mmap(f, v);
		if (err) {
			v->ops = NULL;
			vma_free(v);
			return err;
		}
	}
	vma_insert(mm, v);
	vma_merge(mm, v);
	return (long)at;
}

long do_mmap(struct file *f, uaddr_t addr, size_t len, int prot, int flags, u64 pgoff)
{
	struct mm *mm = current->mm;
	bool shared = (flags & MAP_TYPE) == MAP_SHARED || (flags & MAP_TYPE) == MAP_SHARED_VALIDATE;
	unsigned vm_flags = may_flags((unsigned)prot) | mm->def_flags;
	struct file *shm = NULL;
	long at;
	int err;

	if (!len || (!shared && (flags & MAP_TYPE) != MAP_PRIVATE))
		return why(-EINVAL, len ? "neither MAP_SHARED nor MAP_PRIVATE" : "the length is 0");
	len = PAGE_ALIGN(len);
	if (!len || len > TASK_SIZE)
		return -ENOMEM;
	if (pgoff + (len >> PAGE_SHIFT) < pgoff)
		return -EOVERFLOW;
	if (prot & PROT_READ && current->personality & READ_IMPLIES_EXEC)
		vm_flags |= VM_EXEC;
	if (shared)
		vm_flags |= VM_SHARED;
	if (flags & MAP_GROWSDOWN)
		vm_flags |= VM_GROWSDOWN;
	if (flags & MAP_LOCKED)
		vm_flags |= VM_LOCKED;
	if (flags & MAP_NORESERVE)
		vm_flags |= VM_NORESERVE;
	if (f) {
		if ((flags & MAP_TYPE) == MAP_SHARED_VALIDATE && flags & MAP_SYNC)
			return -EOPNOTSUPP;
		if (pgoff + (len >> PAGE_SHIFT) > (u64)(S_ISREG(f->inode->mode) ? f->inode->sb->maxbytes : S64_MAX) >> PAGE_SHIFT)
			return -EOVERFLOW;
		err = check_file(f, prot, shared, &vm_flags);
		if (err)
			return err;
	} else if (shared) {
		shm = shmem_file_create("dev/zero", (loff_t)len, 0);
		if (IS_ERR(shm))
			return PTR_ERR(shm);
		f = shm;
		pgoff = 0;
	}
	down_write(&mm->lock);
	at = choose_place(mm, addr, len, flags);
	if (at >= 0) {
		err = check_limits(mm, len, vm_flags);
		if (!err && flags & MAP_FIXED)
			err = unmap_range_locked(mm, (uaddr_t)at, (uaddr_t)at + len);
		at = err ? err : map_region(mm, f, (uaddr_t)at, len, vm_flags, pgoff);
		if (at >= 0 && flags & MAP_DENYWRITE && f && !(prot & PROT_EXEC))	/* glibc's loader says so of libraries */
			map_ahead(mm, vma_find(mm, (uaddr_t)at));
	}
	up_write(&mm->lock);
	file_put(shm);
	if (at >= 0 && (flags & MAP_POPULATE || vm_flags & VM_LOCKED) && !(flags & MAP_NONBLOCK))
		populate_range(mm, (uaddr_t)at, (uaddr_t)at + len, false);
	return at;
}

struct protect { struct mm *mm; u64 rights; bool host; bool anon_write; };

#define REMAP_NOW	64	/* pages: an area up to this size, as a library's relocated data, stays mapped */

/* Rights fall or rise lazily: entries lose what they may no longer have, the host forgets them, faults bring back the rest. */
static int protect_pte(u64 *pte, uaddr_t addr, void *arg)
{
	struct protect *p = arg;

	if (!(*pte & PTE_PRESENT))
		return 0;
	p->host |= !!(*pte & PTE_HOST);
	*pte &= ~(PTE_READ | PTE_EXEC | PTE_HOST | (p->anon_write ? 0 : PTE_WRITE));
	*pte |= p->rights;
	return 0;
}

void vma_apply_protection(struct mm *mm, struct vma *v)
{
	struct protect p = { mm, vma_rights(v), false, v->flags & VM_WRITE };

	pte_walk(mm, v->start, v->end, protect_pte, &p);
	if (p.host && p.rights & PTE_READ && (v->end - v->start) >> PAGE_SHIFT <= REMAP_NOW)
		map_present(mm, v->start, v->end, true);
	else if (p.host)
		tlb_unmap(mm, v->start, v->end);
}

static int protect_vma(struct mm *mm, struct vma *v, unsigned prot)
{
	unsigned flags = (v->flags & ~(VM_READ | VM_WRITE | VM_EXEC)) | prot;
	unsigned long pages = (v->end - v->start) >> PAGE_SHIFT;

	if (flags == v->flags)
		return 0;
	if (prot & ~(v->flags >> 4) & (VM_READ | VM_WRITE | VM_EXEC))
		return why(-EACCES, "the file that is mapped there was not opened for that");
	if ((flags & (VM_WRITE | VM_SHARED)) == VM_WRITE && !(v->flags & VM_WRITE)) {
		if (mm->data_vm + pages > rlimit(RLIMIT_DATA) >> PAGE_SHIFT || vm_overcommit_ok(pages))
			return -ENOMEM;
	}
	vma_account(mm, v, -1);
	v->flags = flags;
	vma_account(mm, v, 1);
	vma_apply_protection(mm, v);
	return 0;
}

static long mprotect_locked(struct mm *mm, uaddr_t start, uaddr_t end, unsigned prot, bool growsdown)
{
	struct vma *v = vma_find(mm, start);
	int err;

	if (!v || v->start > start)
		return -ENOMEM;
	if (growsdown) {
		if (!(v->flags & VM_GROWSDOWN))
			return -EINVAL;
		start = v->start;
	}
	while (start < end) {
		if (!v || v->start > start)
			return -ENOMEM;
		if (v->flags & VM_SPECIAL)
			return -EACCES;
		if (v->start < start) {
			err = vma_split(mm, v, start);
			if (err)
				return err;
			v = vma_next(v);
		}
		if (v->end > end) {
			err = vma_split(mm, v, end);
			if (err)
				return err;
		}
		err = protect_vma(mm, v, prot);
		if (err) {
			vma_merge(mm, v);
			return err;
		}
		v = vma_merge(mm, v);
		start = v->end;		/* a neighbour beyond that it was merged with has these rights already */
		v = vma_next(v);
	}
	return 0;
}

long do_mprotect(uaddr_t addr, size_t len, int prot)
{
	struct mm *mm = current->mm;
	bool down = prot & PROT_GROWSDOWN, up = prot & PROT_GROWSUP;
	long err;

	if (down && up)
		return -EINVAL;
	prot &= ~(PROT_GROWSDOWN | PROT_GROWSUP);
	if (addr & ~PAGE_MASK)
		return -EINVAL;
	if (!len)
		return 0;
	len = PAGE_ALIGN(len);
	if (!len || addr + len < addr || addr + len > TASK_SIZE)
		return -ENOMEM;
	if (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM))
		return -EINVAL;
	if (up)			/* no mapping of this machine grows up */
		return vma_at(mm, addr) ? -EINVAL : -ENOMEM;
	prot &= PROT_READ | PROT_WRITE | PROT_EXEC;
	if (prot & PROT_READ && current->personality & READ_IMPLIES_EXEC)
		prot |= PROT_EXEC;
	down_write(&mm->lock);
	err = mprotect_locked(mm, addr, addr + len, (unsigned)prot, down);
	up_write(&mm->lock);
	return err;
}

/* man 2 brk: the new break, or the old one when it cannot be. */
long do_brk(uaddr_t brk)
{
	struct mm *mm = current->mm;
	uaddr_t old_end, new_end = PAGE_ALIGN(brk);
	unsigned flags = may_flags(PROT_READ | PROT_WRITE) | mm->def_flags;
	struct vma *next;
	bool fits;

	if (brk < mm->start_brk || brk >= TASK_SIZE ||
	    brk - mm->start_brk + (mm->end_data - mm->start_data) > rlimit(RLIMIT_DATA))
		return (long)mm->brk;
	down_write(&mm->lock);
	old_end = PAGE_ALIGN(mm->brk);
	if (new_end < old_end) {
		fits = !unmap_range_locked(mm, new_end, old_end);
	} else if (new_end > old_end) {
		next = vma_find(mm, old_end);
		fits = (!next || next->start >= new_end + PAGE_SIZE) && !check_limits(mm, new_end - old_end, flags) &&
		       map_region(mm, NULL, old_end, new_end - old_end, flags, old_end >> PAGE_SHIFT) >= 0;
	} else {
		fits = true;
	}
	if (fits)
		mm->brk = brk;
	up_write(&mm->lock);
	return (long)mm->brk;
}

long mm_map_special(struct mm *mm, uaddr_t addr, size_t len, unsigned vm_flags, const struct vm_ops *ops, void *private)
{
	struct vma *v;
	uaddr_t at;

	down_write(&mm->lock);
	at = find_gap(mm, len, addr);
	v = at ? vma_alloc(mm, at, at + len, vm_flags | VM_SPECIAL | VM_DONTEXPAND) : NULL;
	if (v) {
		v->ops = ops;
		v->private = private;
		v->pgoff = 0;
		vma_insert(mm, v);
	}
	up_write(&mm->lock);
	return v ? (long)at : -ENOMEM;
}

long mm_setup_stack(struct mm *mm, uaddr_t top, size_t initial)
{
	struct vma *v = vma_alloc(mm, top - initial, top, may_flags(PROT_READ | PROT_WRITE) | VM_GROWSDOWN | VM_STACK);

	if (!v)
		return -ENOMEM;
	vma_insert(mm, v);
	return 0;
}
