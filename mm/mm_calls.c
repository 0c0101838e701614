/* SPDX-License-Identifier: GPL-2.0 */
/* The system calls on memory whose work is done elsewhere, and the small ones: madvise, mlock, msync, mincore, mremap. */
#include <fs/file.h>
#include <kernel/bug.h>
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <lib/string.h>
#include <mm/internal.h>
#include <mm/pagecache.h>
#include <linux/mman.h>
#include <linux/resource.h>

long sys_mmap(uaddr_t addr, size_t len, int prot, int flags, int fd, loff_t off)
{
	unsigned huge = (unsigned)flags >> MAP_HUGE_SHIFT & MAP_HUGE_MASK;
	struct file *f = NULL;
	long ret;

	if (off & ~PAGE_MASK)
		return why(-EINVAL, "the offset is not a multiple of the page size");
	if (flags & MAP_HUGETLB && huge && huge != 21 && huge != 30)
		return why(-EINVAL, "there are no huge pages of that size");
	if (flags & MAP_HUGETLB)
		return why(flags & MAP_ANONYMOUS ? -ENOMEM : -EINVAL, "there are no huge pages");
	if (!(flags & MAP_ANONYMOUS)) {
		f = fget(fd);
		if (!f)
			return -EBADF;
	}
	ret = do_mmap(f, addr, len, prot, flags, (u64)off >> PAGE_SHIFT);
	file_put(f);
	return ret;
}

long sys_munmap(uaddr_t addr, size_t len)
{
	return do_munmap(current->mm, addr, len);
}

long sys_mprotect(uaddr_t addr, size_t len, int prot)
{
	return do_mprotect(addr, len, prot);
}

long sys_brk(uaddr_t addr)
{
	return do_brk(addr);
}

/* Checks a range as madvise, mlock and msync want it: aligned (or rounded out), no wrap. */
static int check_range(uaddr_t addr, size_t *len)
{
	if (addr & ~PAGE_MASK)
		return -EINVAL;
	*len = PAGE_ALIGN(*len);
	if (addr + *len < addr || addr + *len > TASK_SIZE)
		return -ENOMEM;
	return 0;
}

/* Calls fn for each VMA's part of the range; -ENOMEM in the end when there were holes. */
static long for_range(struct mm *mm, uaddr_t start, uaddr_t end, int (*fn)(struct vma *v, uaddr_t lo, uaddr_t hi, int arg), int arg)
{
	bool hole = false;
	struct vma *v;
	int err;

	while (start < end) {
		v = vma_find(mm, start);
		if (!v || v->start >= end)
			return -ENOMEM;
		if (v->start > start) {
			hole = true;
			start = v->start;
		}
		uaddr_t hi = min(v->end, end);

		err = fn(v, start, hi, arg);
		if (err)
			return err;
		start = hi;
	}
	return hole ? -ENOMEM : 0;
}

static int drop_pages(struct vma *v, uaddr_t lo, uaddr_t hi)
{
	if (v->flags & (VM_LOCKED | VM_SPECIAL))
		return -EINVAL;
	zap_range(v->mm, lo, hi);
	return 0;
}

static int punch_file(struct vma *v, uaddr_t lo, uaddr_t hi)
{
	struct file *f = v->file;
	long err;

	if (!f || v->flags & VM_LOCKED)
		return -EINVAL;
	if ((v->flags & (VM_SHARED | VM_WRITE)) != (VM_SHARED | VM_WRITE))
		return -EACCES;
	if (!f->ops->fallocate)
		return -EOPNOTSUPP;
	file_get(f);
	up_write(&v->mm->lock);
	err = f->ops->fallocate(f, 3 /* PUNCH_HOLE | KEEP_SIZE */, (loff_t)vma_pgoff(v, lo) << PAGE_SHIFT, (loff_t)(hi - lo));
	file_put(f);
	down_write(&current->mm->lock);
	return (int)err;
}

static int set_vma_flags(struct vma *v, uaddr_t lo, uaddr_t hi, unsigned set, unsigned clear)
{
	struct mm *mm = v->mm;
	int err;

	if ((v->flags & clear) == 0 && (v->flags & set) == set)
		return 0;
	if (v->start < lo) {
		err = vma_split(mm, v, lo);
		if (err)
			return err;
		v = vma_next(v);
	}
	if (v->end > hi) {
		err = vma_split(mm, v, hi);
		if (err)
			return err;
	}
	vma_account(mm, v, -1);
	v->flags = (v->flags & ~clear) | set;
	vma_account(mm, v, 1);
	vma_merge(mm, v);
	return 0;
}

static int advise(struct vma *v, uaddr_t lo, uaddr_t hi, int advice)
{
	switch (advice) {
	case MADV_NORMAL: return set_vma_flags(v, lo, hi, 0, VM_SEQ_READ | VM_RAND_READ);
	case MADV_RANDOM: return set_vma_flags(v, lo, hi, VM_RAND_READ, VM_SEQ_READ);
	case MADV_SEQUENTIAL: return set_vma_flags(v, lo, hi, VM_SEQ_READ, VM_RAND_READ);
	case MADV_DONTFORK: return set_vma_flags(v, lo, hi, VM_DONTCOPY, 0);
	case MADV_DOFORK: return v->flags & VM_SPECIAL ? -EINVAL : set_vma_flags(v, lo, hi, 0, VM_DONTCOPY);
	case MADV_DONTDUMP: return set_vma_flags(v, lo, hi, VM_DONTDUMP, 0);
	case MADV_DODUMP: return set_vma_flags(v, lo, hi, 0, VM_DONTDUMP);
	case MADV_WIPEONFORK:
		return v->file || v->flags & VM_SHARED ? -EINVAL : set_vma_flags(v, lo, hi, VM_WIPEONFORK, 0);
	case MADV_KEEPONFORK: return set_vma_flags(v, lo, hi, 0, VM_WIPEONFORK);
	case MADV_DONTNEED: return drop_pages(v, lo, hi);
	case MADV_FREE: return v->file || !vma_is_anon(v) ? -EINVAL : drop_pages(v, lo, hi);
	case MADV_REMOVE: return punch_file(v, lo, hi);
	case MADV_COLD: case MADV_PAGEOUT: return v->flags & (VM_LOCKED | VM_SPECIAL) ? -EINVAL : 0;	/* nothing to age here */
	default: return 0;		/* hints about reading ahead, huge pages, merging: nothing to do */
	}
}

static bool known_advice(int advice)
{
	return (advice >= MADV_NORMAL && advice <= MADV_WILLNEED) || advice == MADV_DONTNEED ||
	       (advice >= MADV_FREE && advice <= MADV_DOFORK) ||
	       (advice >= MADV_MERGEABLE && advice <= MADV_PAGEOUT);
}

/* Pages of [start, end) in as far as they are mapped. Sleeps, so the VMAs may change meanwhile: found anew for each page. */
int populate_range(struct mm *mm, uaddr_t start, uaddr_t end, bool write)
{
	int err = 0;

	while (start < end && !fatal_signal_pending(current)) {
		struct vma *v = vma_find(mm, start);
		struct page *p;
		uaddr_t v_end;

		if (!v)
			break;
		v_end = v->end;
		if (v->start > start) {
			start = v->start;
			continue;
		}
		if (!(v->flags & (write ? VM_WRITE : VM_READ | VM_WRITE | VM_EXEC))) {
			err = err ?: -EACCES;
			start = v_end;
			continue;
		}
		p = get_user_page(mm, start, write || (v->flags & (VM_WRITE | VM_SHARED)) == VM_WRITE);
		if (!p) {
			err = err ?: -EFAULT;	/* behind the end of a file, or no memory */
			start = v_end;
			continue;
		}
		page_put(p);
		start += PAGE_SIZE;
		cond_resched();
	}
	return err;
}

static int whole(struct vma *v, uaddr_t lo, uaddr_t hi, int unused)
{
	return 0;
}

static long madvise_populate(uaddr_t addr, size_t len, bool write)
{
	struct mm *mm = current->mm;
	long err = check_range(addr, &len), holes;

	if (err)
		return addr + len < addr ? -EINVAL : err;
	holes = for_range(mm, addr, addr + len, whole, 0);
	err = populate_range(mm, addr, addr + len, write);
	return err == -EACCES ? -EINVAL : err ?: holes;
}

long sys_madvise(uaddr_t addr, size_t len, int advice)
{
	struct mm *mm = current->mm;
	long err;

	if (len && !PAGE_ALIGN(len))
		return -EINVAL;
	if (advice == MADV_POPULATE_READ || advice == MADV_POPULATE_WRITE)
		return madvise_populate(addr, len, advice == MADV_POPULATE_WRITE);
	if (!known_advice(advice))
		return -EINVAL;
	err = check_range(addr, &len);
	if (err)
		return -EINVAL;
	if (!len)
		return 0;
	down_write(&mm->lock);
	err = for_range(mm, addr, addr + len, advise, advice);
	up_write(&mm->lock);
	return err;
}

static int lock_vma(struct vma *v, uaddr_t lo, uaddr_t hi, int on)
{
	if (v->flags & VM_SPECIAL)
		return 0;
	return on ? set_vma_flags(v, lo, hi, VM_LOCKED, 0) : set_vma_flags(v, lo, hi, 0, VM_LOCKED);
}

static unsigned long locked_pages(struct mm *mm, uaddr_t start, uaddr_t end)
{
	unsigned long n = 0;

	for (struct vma *v = vma_find(mm, start); v && v->start < end; v = vma_next(v))
		if (v->flags & VM_LOCKED)
			n += (min(v->end, end) - max(v->start, start)) >> PAGE_SHIFT;
	return n;
}

static long do_mlock(uaddr_t addr, size_t len, bool on, bool fault_in)
{
	struct mm *mm = current->mm;
	bool limited = on && !capable(CAP_IPC_LOCK);
	unsigned long pages, limit = rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT;
	long err;

	if (limited && !rlimit(RLIMIT_MEMLOCK))
		return why(-EPERM, "RLIMIT_MEMLOCK is 0");
	len = PAGE_ALIGN(len + (addr & ~PAGE_MASK));
	addr &= PAGE_MASK;
	if (addr + len < addr)		/* Linux looks at the limit first */
		return limited && len >> PAGE_SHIFT > limit ? -ENOMEM : -EINVAL;
	err = check_range(addr, &len);
	if (err || !len)
		return err;
	pages = (len >> PAGE_SHIFT) - locked_pages(mm, addr, addr + len);
	if (limited && mm->locked_vm + pages > limit)
		return why(-ENOMEM, "RLIMIT_MEMLOCK is %llu bytes", (unsigned long long)rlimit(RLIMIT_MEMLOCK));
	down_write(&mm->lock);
	err = for_range(mm, addr, addr + len, lock_vma, on);
	up_write(&mm->lock);
	if (!err && on && fault_in)
		err = populate_range(mm, addr, addr + len, false) ? -ENOMEM : 0;
	return err;
}

long sys_mlock(uaddr_t addr, size_t len)
{
	return do_mlock(addr, len, true, true);
}

long sys_mlock2(uaddr_t addr, size_t len, unsigned flags)
{
	if (unknown_flags(flags, MLOCK_ONFAULT))
		return -EINVAL;
	return do_mlock(addr, len, true, !(flags & MLOCK_ONFAULT));
}

long sys_munlock(uaddr_t addr, size_t len)
{
	return do_mlock(addr, len, false, false);
}

long sys_mlockall(int flags)
{
	struct mm *mm = current->mm;
	struct vma *v;

	if (!flags || flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) || flags == MCL_ONFAULT)
		return -EINVAL;
	if (!capable(CAP_IPC_LOCK)) {
		if (!rlimit(RLIMIT_MEMLOCK))
			return -EPERM;
		if (flags & MCL_CURRENT && mm->total_vm > rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT)
			return -ENOMEM;
	}
	mm->def_flags = flags & MCL_FUTURE ? VM_LOCKED : 0;
	if (!(flags & MCL_CURRENT))
		return 0;
	down_write(&mm->lock);
	for_each_vma(mm, v)
		if (!(v->flags & VM_SPECIAL))
			v->flags |= VM_LOCKED;
	mm->locked_vm = mm->total_vm;
	up_write(&mm->lock);
	if (!(flags & MCL_ONFAULT))
		populate_range(mm, 0, TASK_SIZE & PAGE_MASK, false);
	return 0;
}

long sys_munlockall(void)
{
	struct mm *mm = current->mm;
	struct vma *v;

	mm->def_flags = 0;
	down_write(&mm->lock);
	for_each_vma(mm, v)
		v->flags &= ~VM_LOCKED;
	mm->locked_vm = 0;
	up_write(&mm->lock);
	return 0;
}

/* Writes dirty pages of shared mappings back. The VMAs may change while it sleeps: found anew after each. */
long sys_msync(uaddr_t addr, size_t len, int flags)
{
	struct mm *mm = current->mm;
	uaddr_t end;
	long err = 0;

	if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) || (flags & MS_ASYNC && flags & MS_SYNC) || addr & ~PAGE_MASK)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	end = addr + len;
	if (end < addr)
		return -ENOMEM;
	while (addr < end) {
		struct vma *v = vma_find(mm, addr);
		struct file *f;
		loff_t lo, hi;

		if (!v || v->start >= end)
			return -ENOMEM;
		if (v->start > addr) {
			err = -ENOMEM;
			addr = v->start;
		}
		if (flags & MS_INVALIDATE && v->flags & VM_LOCKED)
			return -EBUSY;
		f = v->flags & VM_SHARED && v->file ? file_get(v->file) : NULL;
		lo = (loff_t)vma_pgoff(v, addr) << PAGE_SHIFT;
		hi = lo + (loff_t)(min(v->end, end) - addr) - 1;
		addr = v->end;
		if (f && flags & MS_SYNC && f->ops->fsync) {
			int ret = f->ops->fsync(f, lo, hi, true);

			if (ret)
				err = ret;
		}
		file_put(f);
	}
	return err;
}

static u8 is_resident(struct vma *v, uaddr_t addr)
{
	u64 *pte = pte_lookup(v->mm, addr);
	struct page *p;
	u8 in;

	if (pte && *pte & PTE_PRESENT)
		return 1;
	if (!v->file || !v->file->mapping)
		return 0;
	p = find_get_page(v->file->mapping, vma_pgoff(v, addr));
	if (!p)
		return 0;
	in = page_test(p, PG_UPTODATE);
	page_put(p);
	return in;
}

long sys_mincore(uaddr_t addr, size_t len, uaddr_t uvec)
{
	struct mm *mm = current->mm;
	uaddr_t end;

	if (addr & ~PAGE_MASK)
		return -EINVAL;
	if (!access_ok(addr, len))
		return -ENOMEM;
	end = addr + PAGE_ALIGN(len);
	while (addr < end) {
		u8 buf[256];
		unsigned n = 0;

		for (; n < sizeof(buf) && addr < end; addr += PAGE_SIZE) {
			struct vma *v = vma_at(mm, addr);

			if (!v)
				return -ENOMEM;
			buf[n++] = is_resident(v, addr);
		}
		if (copy_to_user(uvec, buf, n))
			return -EFAULT;
		uvec += n;
		cond_resched();
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	return 0;
}
