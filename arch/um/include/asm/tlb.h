/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host-TLB: which of our page table entries the host process has mapped too.
 * Operations are queued by address space and run in one batch before any thread of it runs guest code again.
 * Invariant: what the host has mapped is never more than what the page tables allow at the next entry.
 */
#ifndef ASM_TLB_H
#define ASM_TLB_H

#include <kernel/types.h>

/* Page table entry: page frame number in bits 12.., flags below. 0: nothing there. */
#define PTE_PRESENT	0x001UL
#define PTE_WRITE	0x002UL		/* the guest may write now (else: copy-on-write or read-only, the VMA tells) */
#define PTE_EXEC	0x004UL
#define PTE_READ	0x008UL
#define PTE_FILE	0x020UL		/* of the page cache when it was entered: for the counts */
#define PTE_SPECIAL	0x200UL		/* not counted: vdso */
#define PTE_HOST	0x400UL		/* mapped in the host process, or queued to be */
#define PTE_PFN(pte)	((pte) >> PAGE_SHIFT)

struct mm;
int tlb_init_mm(struct mm *mm);			/* 0, -ENOMEM. No host process yet: taken at the first entry. */
void tlb_exit_mm(struct mm *mm);		/* gives the host process back to the pool */
/* [start, end) has lost entries or rights: unmapped from the host before the guest runs again. Never sleeps. */
void tlb_unmap(struct mm *mm, uaddr_t start, uaddr_t end);
/* [start, end) loses the right to write in the host; stays mapped otherwise. */
void tlb_write_protect(struct mm *mm, uaddr_t start, uaddr_t end);
/* Map n pages from pfn on at addr with PTE_READ, WRITE, EXEC rights. */
void tlb_map(struct mm *mm, uaddr_t addr, unsigned long pfn, unsigned long n, unsigned long rights);

unsigned tlb_queued(const struct mm *mm);	/* operations waiting */

extern uaddr_t task_size;			/* guest addresses end here */
#define TASK_SIZE	task_size

#endif
