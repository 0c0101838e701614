/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guest memory. All of these may sleep (page in) and return 0 or -EFAULT, unless they say otherwise; a failed copy may
 * have copied a part. Copy once, then check the copy. They act on current's mm, by walking its page tables: no host call.
 */
#ifndef KERNEL_UACCESS_H
#define KERNEL_UACCESS_H

#include <kernel/types.h>
#include <lib/string.h>

int copy_from_user(void *d, uaddr_t s, size_t n);
int copy_to_user(uaddr_t d, const void *s, size_t n);
int clear_user(uaddr_t d, size_t n);
/* How many bytes were copied before the first fault: for calls that report a short count. */
size_t copy_from_user_partial(void *d, uaddr_t s, size_t n);
size_t copy_to_user_partial(uaddr_t d, const void *s, size_t n);
/* A NUL-terminated string: its length (without NUL), -EFAULT, or -ENAMETOOLONG when no NUL within size. */
ssize_t strncpy_from_user(char *d, uaddr_t s, size_t size);
/* Of any mm, for /proc/pid/mem, process_vm_readv, cmdline: bytes moved, or -EFAULT. write breaks copy-on-write. */
struct mm;
ssize_t access_remote_vm(struct mm *mm, uaddr_t addr, void *buf, size_t n, bool write);
bool access_ok(uaddr_t addr, size_t n);		/* within the guest's address space; says nothing of mappings */

#define get_user(x, addr)	copy_from_user(&(x), (addr), sizeof(x))
#define put_user(val, type, addr) ({ type v_ = (val); copy_to_user((addr), &v_, sizeof(v_)); })

/*
 * A 32-bit word shared with guest code (futexes, rseq, robust lists), changed atomically against running guest threads.
 * cmpxchg: 0 and *old filled, or -EFAULT.
 */
int user_cmpxchg32(uaddr_t addr, u32 expect, u32 new_, u32 *old);
int user_xchg_op32(uaddr_t addr, int op, u32 arg, u32 *old);	/* FUTEX_OP_SET … FUTEX_OP_XOR */

/* A path from user memory, in a kernel buffer: free by putname(). ERR_PTR(-EFAULT, -ENAMETOOLONG, -ENOMEM). "" is allowed. */
char *getname(uaddr_t uname);
void putname(char *name);			/* also NULL and ERR_PTR */

/*
 * Scatter/gather of reads and writes: a position in a list of user or kernel segments, consumed as it goes.
 */
struct iov_seg { unsigned long base; size_t len; };	/* the layout of struct iovec */
struct iov_iter {
	bool kernel;			/* segments are kernel addresses */
	const struct iov_seg *seg;
	int nsegs;
	size_t off;			/* into *seg */
	size_t count;			/* bytes left in all */
	struct iov_seg one;		/* seg may point here */
};
void iov_iter_kernel(struct iov_iter *it, void *buf, size_t n);
int iov_iter_user(struct iov_iter *it, uaddr_t buf, size_t n);	/* 0, or -EFAULT outside the address space. n is cut to INT_MAX & PAGE_MASK */
/* From a user iovec: *segs is kmalloc'ed when more than fast_n; caller kfrees *heap. 0, -EFAULT, -EINVAL. */
int iov_iter_import(struct iov_iter *it, uaddr_t uiov, unsigned long n, struct iov_seg *fast, unsigned fast_n, struct iov_seg **heap);
/* Bytes moved: less than n only at a fault or the iterator's end. Advances. May sleep. */
size_t copy_to_iter(const void *p, size_t n, struct iov_iter *it);
size_t copy_from_iter(void *p, size_t n, struct iov_iter *it);
size_t zero_iter(size_t n, struct iov_iter *it);
void iov_iter_advance(struct iov_iter *it, size_t n);
void iov_iter_revert(struct iov_iter *it, const struct iov_iter *saved);	/* back to a copy made before */

#endif
