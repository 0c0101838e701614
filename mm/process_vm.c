/* SPDX-License-Identifier: GPL-2.0 */
/* process_vm_readv and process_vm_writev: memory of another process, page by page. */
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <mm/mm.h>
#include <mm/slab.h>

#define FAST_IOV	8

/* Moves between the local iterator and one remote segment: bytes moved, short at the first bad address of either side. */
static size_t move_segment(struct mm *mm, struct iov_iter *local, uaddr_t addr, size_t len, bool write)
{
	size_t done = 0;

	while (done < len && local->count && !fatal_signal_pending(current)) {
		uaddr_t at = addr + done;
		size_t part = min(min(len - done, local->count), (size_t)(PAGE_SIZE - (at & ~PAGE_MASK))), moved;
		struct page *p = get_user_page(mm, at, write);
		u8 *mem;

		if (!p)
			break;
		mem = (u8 *)page_address(p) + (at & ~PAGE_MASK);
		moved = write ? copy_from_iter(mem, part, local) : copy_to_iter(mem, part, local);
		page_put(p);
		done += moved;
		if (moved < part)
			break;
		cond_resched();
	}
	return done;
}

static long move_all(struct mm *mm, uaddr_t ulocal, unsigned long nlocal, uaddr_t uremote, unsigned long nremote, bool write)
{
	struct iov_seg fast_l[FAST_IOV], fast_r[FAST_IOV], *heap_l = NULL, *heap_r = NULL;
	struct iov_iter local, remote;
	ssize_t total = 0;
	long err;

	err = iov_iter_import(&local, ulocal, nlocal, fast_l, FAST_IOV, &heap_l);
	if (!err)
		err = iov_iter_import(&remote, uremote, nremote, fast_r, FAST_IOV, &heap_r);
	for (int i = 0; !err && i < remote.nsegs && local.count; i++) {
		size_t moved = move_segment(mm, &local, remote.seg[i].base, remote.seg[i].len, write);

		total += (ssize_t)moved;
		if (moved < remote.seg[i].len) {
			if (!total && local.count)
				err = -EFAULT;
			break;
		}
	}
	kfree(heap_l);
	kfree(heap_r);
	return err ?: total;
}

static long process_vm(int pid, uaddr_t local, unsigned long nlocal, uaddr_t remote, unsigned long nremote, unsigned long flags, bool write)
{
	struct task *t;
	struct mm *mm;
	long ret;

	if (flags)
		return -EINVAL;
	t = task_find(pid);
	if (!t || !t->mm)
		return -ESRCH;
	if (t->mm != current->mm && !ptrace_may_access(t))
		return -EPERM;
	mm = t->mm;
	mm_users_get(mm);
	ret = move_all(mm, local, nlocal, remote, nremote, write);
	mm_users_put(mm);
	return ret;
}

long sys_process_vm_readv(int pid, uaddr_t l, unsigned long nl, uaddr_t r, unsigned long nr, unsigned long flags)
{
	return process_vm(pid, l, nl, r, nr, flags, false);
}

long sys_process_vm_writev(int pid, uaddr_t l, unsigned long nl, uaddr_t r, unsigned long nr, unsigned long flags)
{
	return process_vm(pid, l, nl, r, nr, flags, true);
}
