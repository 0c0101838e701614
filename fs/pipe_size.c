// SPDX-License-Identifier: GPL-2.0
/* How many slots a pipe has, and all pipes of a user together: man 7 pipe, F_SETPIPE_SZ, /proc/sys/fs/pipe-*. */
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/ucount.h>
#include <kernel/why.h>
#include <fs/file.h>
#include <fs/pipe.h>
#include <fs/proc.h>
#include <mm/slab.h>

#define USUAL_SLOTS	16
#define MIN_SLOTS	2		/* what a user beyond the soft limit gets */

static int max_size = 1048576;
static int soft_limit = 16384, hard_limit;	/* pages; 0: none */
PROC_SYSCTL_INT("fs/pipe-max-size", 0644, &max_size, PAGE_SIZE, 1 << 30);
PROC_SYSCTL_INT("fs/pipe-user-pages-soft", 0644, &soft_limit, 0, INT_MAX);
PROC_SYSCTL_INT("fs/pipe-user-pages-hard", 0644, &hard_limit, 0, INT_MAX);

static u64 limit(int pages)
{
	return !pages || capable(CAP_SYS_RESOURCE) || capable(CAP_SYS_ADMIN) ? U64_MAX : (u64)pages;
}

bool pipe_slots_new(struct pipe *p)
{
	struct ucounts *u = current_cred()->ucounts;
	u32 n = u->count[UCOUNT_PIPE_PAGES] + USUAL_SLOTS > limit(soft_limit) ? MIN_SLOTS : USUAL_SLOTS;

	if (!ucount_charge(u, UCOUNT_PIPE_PAGES, n, limit(hard_limit)))
		return false;
	p->ucounts = u;
	p->nslots = n;
	p->bufs = kcalloc(n, sizeof(*p->bufs), GFP_KERNEL);
	if (!p->bufs)
		pipe_slots_free(p);
	return p->bufs;
}

void pipe_slots_free(struct pipe *p)
{
	ucount_uncharge(p->ucounts, UCOUNT_PIPE_PAGES, p->nslots);
	kfree(p->bufs);
}

/* What is in the pipe moves to bufs, of n slots, and the old ones come back in bufs. -EBUSY: it does not fit. */
static int exchange_slots(struct pipe *p, struct pipe_buf **bufs, u32 *n)
{
	u32 used = pipe_used(p);

	if (used > *n)
		return -EBUSY;
	for (u32 i = 0; i < used; i++)
		(*bufs)[i] = *pipe_slot(p, p->tail + i);
	swap(*bufs, p->bufs);
	swap(*n, p->nslots);
	p->tail = 0;
	p->head = used;
	return 0;
}

static long resize(struct pipe *p, unsigned long size)
{
	struct pipe_buf *bufs;
	u64 most = U64_MAX;
	u32 n, spare;
	int err;

	if (size > INT_MAX)
		return -EINVAL;
	n = spare = 1U << fls64((max(size, PAGE_SIZE) - 1) >> PAGE_SHIFT);
	if (n > p->nslots) {
		if (n * PAGE_SIZE > (unsigned long)max_size && !capable(CAP_SYS_RESOURCE))
			return why(-EPERM, "fs.pipe-max-size is %d", max_size);
		most = min(limit(soft_limit), limit(hard_limit));
	}
	/* Until they are exchanged both rings are charged, but the limit is asked about the new one only. */
	if (!ucount_charge(p->ucounts, UCOUNT_PIPE_PAGES, n, most == U64_MAX ? most : most + p->nslots))
		return why(-EPERM, "fs.pipe-user-pages-soft is %d, -hard %d", soft_limit, hard_limit);
	bufs = kcalloc(n, sizeof(*bufs), GFP_KERNEL);
	err = bufs ? 0 : -ENOMEM;
	if (!err) {
		mutex_lock(&p->lock);
		err = exchange_slots(p, &bufs, &spare);
		mutex_unlock(&p->lock);
	}
	ucount_uncharge(p->ucounts, UCOUNT_PIPE_PAGES, spare);
	kfree(bufs);
	if (err)
		return err;
	if (!pipe_full(p))
		wake_up_all(&p->wr);
	return (long)(n * PAGE_SIZE);
}

long pipe_fcntl(struct file *f, unsigned cmd, unsigned long arg)
{
	struct pipe *p = file_pipe(f);

	if (!p)
		return -EBADF;
	return cmd == F_SETPIPE_SZ ? resize(p, arg) : (long)(p->nslots * PAGE_SIZE);
}
