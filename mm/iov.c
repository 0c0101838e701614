/* SPDX-License-Identifier: GPL-2.0 */
/* Scatter/gather iterators over user or kernel memory. */
#include <kernel/bug.h>
#include <kernel/sched.h>
#include <kernel/uaccess.h>
#include <mm/slab.h>

#define MAX_RW_COUNT	((size_t)(INT_MAX & PAGE_MASK))
#define UIO_MAX		1024

void iov_iter_kernel(struct iov_iter *it, void *buf, size_t n)
{
	*it = (struct iov_iter){ .kernel = true, .nsegs = 1, .count = n, .one = { (unsigned long)buf, n } };
	it->seg = NULL;
}

int iov_iter_user(struct iov_iter *it, uaddr_t buf, size_t n)
{
	if (!access_ok(buf, n))
		return -EFAULT;
	n = min(n, MAX_RW_COUNT);
	*it = (struct iov_iter){ .nsegs = 1, .count = n, .one = { buf, n } };
	return 0;
}

/* seg NULL means the embedded segment, so that an iterator can be copied. */
static const struct iov_seg *seg_of(const struct iov_iter *it)
{
	return it->seg ?: &it->one;
}

int iov_iter_import(struct iov_iter *it, uaddr_t uiov, unsigned long n, struct iov_seg *fast, unsigned fast_n, struct iov_seg **heap)
{
	struct iov_seg *v = fast;
	size_t total = 0;

	*heap = NULL;
	if (n > UIO_MAX)
		return -EINVAL;
	if (n > fast_n) {
		v = *heap = kmalloc(n * sizeof(*v), GFP_KERNEL);
		if (!v)
			return -ENOMEM;
	}
	if (n && copy_from_user(v, uiov, n * sizeof(*v)))
		return -EFAULT;
	for (unsigned long i = 0; i < n; i++) {
		if ((ssize_t)v[i].len < 0)
			return -EINVAL;
		if (!access_ok(v[i].base, v[i].len))
			return -EFAULT;
		v[i].len = min(v[i].len, MAX_RW_COUNT - total);
		total += v[i].len;
	}
	*it = (struct iov_iter){ .seg = v, .nsegs = (int)n, .count = total };
	return 0;
}

/* How to move part bytes between the kernel buffer p (NULL: zeros) and address a: bytes moved. */
typedef size_t (*move_fn)(unsigned long a, void *p, size_t part);

static size_t move_to_user(unsigned long a, void *p, size_t n) { return copy_to_user_partial(a, p, n); }
static size_t move_from_user(unsigned long a, void *p, size_t n) { return copy_from_user_partial(p, a, n); }
static size_t zero_user(unsigned long a, void *p, size_t n) { return clear_user(a, n) ? 0 : n; }
static size_t move_to_kernel(unsigned long a, void *p, size_t n) { memcpy((void *)a, p, n); return n; }
static size_t move_from_kernel(unsigned long a, void *p, size_t n) { memcpy(p, (void *)a, n); return n; }
static size_t zero_kernel(unsigned long a, void *p, size_t n) { memset((void *)a, 0, n); return n; }

static size_t iterate(struct iov_iter *it, void *p, size_t n, move_fn move)
{
	size_t done = 0;

	n = min(n, it->count);
	while (done < n) {
		const struct iov_seg *s = seg_of(it);
		size_t part = min(n - done, s->len - it->off), moved;

		moved = part ? move(s->base + it->off, p ? (u8 *)p + done : NULL, part) : 0;
		done += moved;
		it->off += moved;
		it->count -= moved;
		if (moved < part)
			break;
		if (it->off == s->len && it->nsegs > 1) {
			it->seg = s + 1;
			it->nsegs--;
			it->off = 0;
		}
	}
	return done;
}

size_t copy_to_iter(const void *p, size_t n, struct iov_iter *it)
{
	return iterate(it, (void *)p, n, it->kernel ? move_to_kernel : move_to_user);
}

size_t copy_from_iter(void *p, size_t n, struct iov_iter *it)
{
	return iterate(it, p, n, it->kernel ? move_from_kernel : move_from_user);
}

size_t zero_iter(size_t n, struct iov_iter *it)
{
	return iterate(it, NULL, n, it->kernel ? zero_kernel : zero_user);
}

static size_t skip(unsigned long a, void *p, size_t n)
{
	return n;
}

void iov_iter_advance(struct iov_iter *it, size_t n)
{
	iterate(it, NULL, n, skip);
}

void iov_iter_revert(struct iov_iter *it, const struct iov_iter *saved)
{
	*it = *saved;
}
