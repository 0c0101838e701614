/* SPDX-License-Identifier: GPL-2.0 */
/* Guest memory as the kernel reads and writes it: through page tables into the kernel's own mapping of physical memory. */
#include <kernel/bug.h>
#include <kernel/init.h>
#include <kernel/sched.h>
#include <kernel/uaccess.h>
#include <kernel/why.h>
#include <mm/internal.h>
#include <mm/slab.h>

bool access_ok(uaddr_t addr, size_t n)
{
	return n <= TASK_SIZE && addr <= TASK_SIZE - n;
}

static u8 *bad_address(uaddr_t a, bool write)
{
	why(-EFAULT, "%#lx cannot be %s", a, write ? "written" : "read");
	return NULL;
}

/* The kernel's address of guest address a, paged in; NULL: a bad address. Valid until the next sleep. */
static u8 *user_ptr(struct mm *mm, uaddr_t a, bool write)
{
	u64 need = PTE_PRESENT | PTE_READ | (write ? PTE_WRITE : 0);

	if (unlikely(a >= TASK_SIZE || !mm))
		return bad_address(a, write);
	for (;;) {
		u64 *pte = pte_lookup(mm, a);
		int sig, code;

		if (likely(pte && (*pte & need) == need))
			return physmem + (PTE_PFN(*pte) << PAGE_SHIFT) + (a & ~PAGE_MASK);
		if (handle_fault(mm, a, write ? VM_WRITE : VM_READ, &sig, &code) || fatal_signal_pending(current))
			return bad_address(a, write);
	}
}

static size_t to_page_end(uaddr_t a, size_t n)
{
	return min(n, (size_t)(PAGE_SIZE - (a & ~PAGE_MASK)));
}

size_t copy_from_user_partial(void *d, uaddr_t s, size_t n)
{
	size_t done = 0;

	while (done < n) {
		size_t part = to_page_end(s + done, n - done);
		u8 *p = user_ptr(current->mm, s + done, false);

		if (!p)
			break;
		memcpy((u8 *)d + done, p, part);
		done += part;
	}
	return done;
}

size_t copy_to_user_partial(uaddr_t d, const void *s, size_t n)
{
	size_t done = 0;

	while (done < n) {
		size_t part = to_page_end(d + done, n - done);
		u8 *p = user_ptr(current->mm, d + done, true);

		if (!p)
			break;
		memcpy(p, (const u8 *)s + done, part);
		done += part;
	}
	return done;
}

int copy_from_user(void *d, uaddr_t s, size_t n)
{
	return copy_from_user_partial(d, s, n) == n ? 0 : -EFAULT;
}

int copy_to_user(uaddr_t d, const void *s, size_t n)
{
	return copy_to_user_partial(d, s, n) == n ? 0 : -EFAULT;
}

int clear_user(uaddr_t d, size_t n)
{
	while (n) {
		size_t part = to_page_end(d, n);
		u8 *p = user_ptr(current->mm, d, true);

		if (!p)
			return -EFAULT;
		memset(p, 0, part);
		d += part;
		n -= part;
	}
	return 0;
}

ssize_t strncpy_from_user(char *d, uaddr_t s, size_t size)
{
	size_t done = 0;

	while (done < size) {
		size_t part = to_page_end(s + done, size - done), len;
		u8 *p = user_ptr(current->mm, s + done, false);

		if (!p)
			return -EFAULT;
		len = strnlen((char *)p, part);
		memcpy(d + done, p, len);
		done += len;
		if (len < part) {
			d[done] = '\0';
			return (ssize_t)done;
		}
	}
	return -ENAMETOOLONG;
}

#define PATH_BUF	4096

static struct kmem_cache *name_cache;

/* At boot, when nobody has to be told that it failed. */
static int names_init(void)
{
	name_cache = kmem_cache_create("names", PATH_BUF, NULL);
	return 0;
}
core_initcall(names_init);

char *getname(uaddr_t uname)
{
	ssize_t len;
	char *name;

	name = kmem_cache_alloc(name_cache, GFP_KERNEL);
	if (!name)
		return ERR_PTR(-ENOMEM);
	len = strncpy_from_user(name, uname, PATH_BUF);
	if (len >= 0)
		return name;
	kmem_cache_free(name_cache, name);
	return ERR_PTR(len);
}

void putname(char *name)
{
	if (!IS_ERR_OR_NULL(name))
		kmem_cache_free(name_cache, name);
}

int user_cmpxchg32(uaddr_t addr, u32 expect, u32 new_, u32 *old)
{
	u32 *p;

	if (addr & 3)
		return -EFAULT;
	p = (u32 *)user_ptr(current->mm, addr, true);
	if (!p)
		return -EFAULT;
	__atomic_compare_exchange_n(p, &expect, new_, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	*old = expect;
	return 0;
}

int user_xchg_op32(uaddr_t addr, int op, u32 arg, u32 *old)
{
	u32 *p;

	if (addr & 3)
		return -EFAULT;
	p = (u32 *)user_ptr(current->mm, addr, true);
	if (!p)
		return -EFAULT;
	switch (op) {
	case 0: *old = __atomic_exchange_n(p, arg, __ATOMIC_SEQ_CST); return 0;
	case 1: *old = __atomic_fetch_add(p, arg, __ATOMIC_SEQ_CST); return 0;
	case 2: *old = __atomic_fetch_or(p, arg, __ATOMIC_SEQ_CST); return 0;
	case 3: *old = __atomic_fetch_and(p, ~arg, __ATOMIC_SEQ_CST); return 0;
	case 4: *old = __atomic_fetch_xor(p, arg, __ATOMIC_SEQ_CST); return 0;
	default: return -ENOSYS;
	}
}

ssize_t access_remote_vm(struct mm *mm, uaddr_t addr, void *buf, size_t n, bool write)
{
	size_t done = 0;

	while (done < n) {
		size_t part = to_page_end(addr + done, n - done);
		struct page *p = get_user_page_forced(mm, addr + done, write);
		u8 *at;

		if (!p)
			break;
		at = (u8 *)page_address(p) + ((addr + done) & ~PAGE_MASK);
		if (write)
			memcpy(at, (u8 *)buf + done, part);
		else
			memcpy((u8 *)buf + done, at, part);
		page_put(p);
		done += part;
	}
	return done || !n ? (ssize_t)done : -EFAULT;
}
