/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host-TLB's queue: operations on a guest's host mappings, merged while queued, run by the stub in batches before guest
 * code of that address space runs again. If the host cannot do one (too many mappings), everything is unmapped and faults
 * bring back what is used.
 */
#include <kernel/bug.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <lib/string.h>
#include <mm/internal.h>
#include <mm/slab.h>
#include <asm/hostproc.h>
#include <asm/unistd.h>

#define MAP_FLAGS	(MAP_SHARED | MAP_FIXED | MAP_POPULATE)

int tlb_init_mm(struct mm *mm)
{
	mm->host = kzalloc(sizeof(*mm->host), GFP_KERNEL);
	return mm->host ? 0 : -ENOMEM;
}

void tlb_exit_mm(struct mm *mm)
{
	if (!mm->host)
		return;
	if (mm->host->proc)
		host_proc_put(mm->host->proc);
	kfree(mm->host->ops);
	kfree(mm->host);
	mm->host = NULL;
}

bool tlb_pending(const struct mm *mm)
{
	return mm->host->nops || mm->host->flush_all;
}

unsigned tlb_queued(const struct mm *mm)
{
	return mm->host->nops;
}

static int forget_host(u64 *pte, uaddr_t addr, void *unused)
{
	*pte &= ~PTE_HOST;
	return 0;
}

/* The queue is replaced by one munmap of all. */
static void start_over(struct mm *mm)
{
	mm->host->nops = 0;
	mm->host->flush_all = true;
	pte_walk(mm, 0, TASK_SIZE, forget_host, NULL);
}

static struct tlb_op *new_op(struct mm *mm)
{
	struct host_mm *h = mm->host;

	if (h->nops == h->max_ops) {
		unsigned max = h->max_ops ? h->max_ops * 2 : 16;
		struct tlb_op *ops = krealloc(h->ops, max * sizeof(*ops), GFP_ATOMIC);

		if (!ops) {
			start_over(mm);
			return NULL;
		}
		h->ops = ops;
		h->max_ops = max;
	}
	return &h->ops[h->nops++];
}

static struct tlb_op *last_op(struct mm *mm)
{
	return mm->host->nops ? &mm->host->ops[mm->host->nops - 1] : NULL;
}

static void queue_range(struct mm *mm, enum tlb_op_kind kind, uaddr_t start, uaddr_t end)
{
	struct tlb_op *op;

	if (!mm->host)
		return;
	op = last_op(mm);
	if (op && op->kind == kind && start <= op->end && end >= op->start && (kind == TLB_UNMAP || start == op->end)) {
		op->start = min(op->start, start);
		op->end = max(op->end, end);
		return;
	}
	op = new_op(mm);
	if (op)
		*op = (struct tlb_op){ .kind = kind, .start = start, .end = end };
}

void tlb_unmap(struct mm *mm, uaddr_t start, uaddr_t end)
{
	queue_range(mm, TLB_UNMAP, start, end);
}

void tlb_write_protect(struct mm *mm, uaddr_t start, uaddr_t end)
{
	u64 *pte = pte_lookup(mm, start);

	queue_range(mm, pte && *pte & PTE_EXEC ? TLB_UNMAP : TLB_PROTECT, start, end);
	if (pte && *pte & PTE_EXEC)
		for (uaddr_t a = start; a < end; a += PAGE_SIZE) {
			pte = pte_lookup(mm, a);
			if (pte)
				*pte &= ~PTE_HOST;
		}
}

void tlb_map(struct mm *mm, uaddr_t addr, unsigned long pfn, unsigned long n, unsigned long rights)
{
	struct tlb_op *op = last_op(mm);

	if (op && op->kind == TLB_MAP && op->end == addr && op->rights == rights && op->pfn + ((op->end - op->start) >> PAGE_SHIFT) == pfn) {
		op->end += n << PAGE_SHIFT;
		return;
	}
	op = new_op(mm);
	if (op)
		*op = (struct tlb_op){ .kind = TLB_MAP, .rights = (u8)rights, .start = addr, .end = addr + (n << PAGE_SHIFT), .pfn = pfn };
}

static long host_prot(unsigned rights)
{
	return (rights & PTE_READ ? PROT_READ : 0) | (rights & PTE_WRITE ? PROT_WRITE : 0) | (rights & PTE_EXEC ? PROT_EXEC : 0);
}

static void encode(struct os_stub_op *to, const struct tlb_op *op)
{
	long start = (long)op->start, len = (long)(op->end - op->start);

	switch (op->kind) {
	case TLB_MAP:
		*to = (struct os_stub_op){ __NR_mmap, { start, len, host_prot(op->rights), MAP_FLAGS, physmem_fd, (long)(op->pfn << PAGE_SHIFT) } };
		break;
	case TLB_UNMAP:
		*to = (struct os_stub_op){ __NR_munmap, { start, len } };
		break;
	case TLB_PROTECT:
		*to = (struct os_stub_op){ __NR_mprotect, { start, len, PROT_READ } };
		break;
	}
}

/* The first n operations have been run, and are not run again whatever comes between: a long queue would never end. */
static void forget_first(struct host_mm *h, unsigned n)
{
	h->flush_all = false;
	h->nops -= n;
	memmove(h->ops, h->ops + n, h->nops * sizeof(*h->ops));
}

int tlb_load(struct mm *mm, struct host_thread *ht)
{
	struct host_mm *h = mm->host;
	struct os_stub_op *page = os_guest_ops(ht->g.slot);
	unsigned n = 0;

	if (h->flush_all)
		page[n++] = (struct os_stub_op){ __NR_munmap, { 0, (long)TASK_SIZE } };
	for (unsigned i = 0; i < h->nops; i++) {
		if (n == layout.max_ops) {
			int err = os_guest_flush(&ht->g, n);

			if (err)
				return err;
			forget_first(h, i);
			n = i = 0;
		}
		encode(&page[n++], &h->ops[i]);
	}
	return (int)n;
}

void tlb_done(struct mm *mm)
{
	mm->host->nops = 0;
	mm->host->flush_all = mm->host->retrying = false;
}

bool tlb_failed(struct mm *mm)
{
	bool again = mm->host->retrying;

	start_over(mm);
	mm->host->retrying = true;
	return !again;
}
