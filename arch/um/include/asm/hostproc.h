/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Host processes and threads behind address spaces and guest threads, inside arch/um/kernel only.
 * A host_proc is one traced process of the host; it belongs to an mm or waits in the pool for the next one. Its threads
 * belong to tasks or wait on its list of spare ones. Nothing precious is in them: all state is in the task.
 */
#ifndef ASM_HOSTPROC_H
#define ASM_HOSTPROC_H

#include <kernel/types.h>
#include <lib/list.h>
#include <asm/os.h>
#include <asm/thread.h>

struct mm;

struct host_thread {
	struct os_guest g;
	struct host_proc *proc;
	struct list_head node;		/* on proc->spare, or empty */
};

struct host_proc {
	int pid;
	unsigned slot;			/* its data page */
	unsigned long title;		/* where in its memory the host finds its command line */
	bool dead;			/* killed from the host */
	int nr_threads;
	struct list_head spare;
	struct list_head node;		/* on the pool, or on the list of those in use */
	struct mm *mm;
};

enum tlb_op_kind { TLB_MAP, TLB_UNMAP, TLB_PROTECT };
struct tlb_op { enum tlb_op_kind kind; u8 rights; uaddr_t start, end; unsigned long pfn; };

struct host_mm {
	struct host_proc *proc;		/* NULL until a task of it first runs */
	bool flush_all;			/* everything is to be unmapped before the operations */
	bool retrying;			/* … because the host could not do one of them */
	unsigned nops, max_ops;
	struct tlb_op *ops;
};

struct host_proc *host_proc_get(void);		/* from the pool or new. Blocks a millisecond at worst. NULL. */
void host_proc_put(struct host_proc *p);	/* to the pool, or ended; all its threads are spare */
struct host_thread *host_thread_get(struct host_proc *p);	/* NULL: the host has no more, or p is dead */
void host_thread_put(struct host_thread *ht);
void host_procs_reap(void);			/* after OS_EV_CHILD: who died while stopped */
int hostproc_init(void);			/* 0, or -errno of what the host refuses */
extern struct os_layout layout;
extern int physmem_fd;

bool tlb_pending(const struct mm *mm);
/* Puts the queue's last batch into the stub's page, after running earlier ones: how many operations; -ESRCH: process is dead, -EIO. */
int tlb_load(struct mm *mm, struct host_thread *ht);
void tlb_done(struct mm *mm);			/* the batch was run: the queue is empty */
bool tlb_failed(struct mm *mm);			/* one operation failed: everything is unmapped instead. false: that failed, too */
void host_died(struct host_proc *p);		/* all tasks in it get SIGKILL */

#endif
