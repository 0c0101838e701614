/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address spaces of guests: VMAs, page tables, faults. Our 4-level page tables are the truth; what the host has mapped is
 * only a TLB over them, filled lazily and flushed through <asm/tlb.h>.
 * Locking: mm->lock (sleeping) is held for reading by faults, for writing by whatever changes the VMAs.
 */
#ifndef MM_MM_H
#define MM_MM_H

#include <kernel/types.h>
#include <kernel/wait.h>
#include <lib/rbtree.h>
#include <mm/page.h>
#include <asm/tlb.h>
#include <linux/mman.h>		/* uapi: PROT_*, MAP_* */

struct file; struct inode; struct address_space; struct task; struct vma; struct mm;

#define VM_READ		0x0001	/* same values as PROT_ */
#define VM_WRITE	0x0002
#define VM_EXEC		0x0004
#define VM_SHARED	0x0008	/* writes go to the file (or shared anonymous memory) */
#define VM_MAYREAD	0x0010	/* what mprotect may add */
#define VM_MAYWRITE	0x0020
#define VM_MAYEXEC	0x0040
#define VM_GROWSDOWN	0x0080
#define VM_DONTCOPY	0x0100
#define VM_DONTEXPAND	0x0200
#define VM_LOCKED	0x0400
#define VM_SPECIAL	0x0800	/* vdso, device: no page cache below, no merging */
#define VM_WIPEONFORK	0x1000
#define VM_NORESERVE	0x2000
#define VM_ACCOUNT	0x4000
#define VM_SEQ_READ	0x8000
#define VM_RAND_READ	0x10000
#define VM_DONTDUMP	0x20000
#define VM_STACK	0x40000

struct vm_ops {
	/* The page at pgoff of the mapping: counted, up to date. 0, -EFAULT (SIGBUS), -ENOMEM, -EIO. Sleeps. */
	int (*fault)(struct vma *vma, unsigned long pgoff, struct page **out);
	/* First write to a shared page since it was clean. Sleeps. 0 or -errno (SIGBUS). NULL: page_mark_dirty() and times. */
	int (*page_mkwrite)(struct vma *vma, struct page *page);
	void (*open)(struct vma *vma);		/* copied by fork or split. NULL: nothing */
	void (*close)(struct vma *vma);
	bool cached;				/* pages are those of the file's mapping: a fault enters cached neighbours too */
	const char *(*name)(struct vma *vma);	/* for /proc/pid/maps: "[vdso]" … NULL: the file's path */
};

struct vma {
	uaddr_t start, end;		/* page aligned, [start, end) */
	unsigned flags;			/* VM_ */
	struct mm *mm;
	struct rb_node node;
	struct file *file;		/* counted; NULL: anonymous private */
	unsigned long pgoff;		/* of start, in pages (anonymous: start >> PAGE_SHIFT at creation) */
	const struct vm_ops *ops;	/* NULL: anonymous */
	struct list_head shared_node;	/* on file's mapping->vmas */
	void *private;
	uaddr_t next_fault;		/* where sequential use would fault next */
	unsigned cluster;		/* pages the next anonymous fault there takes */
};

struct mm {
	int users;			/* tasks */
	int refs;			/* users count one together; /proc and the like one each */
	struct rb_root vmas;
	int nr_vmas;
	struct rwsem lock;
	u64 *pgd;
	uaddr_t gap_end;		/* from here up to mmap_base no gap is as large as gap_len; 0: not known */
	size_t gap_len;
	struct host_mm *host;		/* arch: the host process and the queue of operations */
	unsigned long total_vm, data_vm, exec_vm, stack_vm, locked_vm;	/* pages */
	unsigned long rss_file, rss_anon, rss_shmem, hiwater_rss, nr_ptes;
	uaddr_t start_code, end_code, start_data, end_data, start_brk, brk, start_stack;
	uaddr_t arg_start, arg_end, env_start, env_end, mmap_base, vdso;
	struct file *exe_file;
	int dumpable;
	unsigned membarrier;		/* MEMBARRIER_CMD_REGISTER_… seen: inherited by fork, not by exec */
	bool thp_disable;		/* prctl(2) keeps it; there are no huge pages */
	u64 saved_auxv[48];
	int nr_auxv;			/* words */
	unsigned def_flags;		/* mlockall(MCL_FUTURE) */
	struct vma *cache;		/* last one found */
};

#define for_each_vma(mm, v) \
	for (v = rb_entry(rb_first(&(mm)->vmas), struct vma, node); v; v = rb_entry(rb_next(&v->node), struct vma, node))

struct mm *mm_alloc(void);			/* users 1, empty. NULL: no memory. Sleeps. */
struct mm *mm_dup(struct mm *old);		/* fork: copy-on-write. ERR_PTR. Sleeps. */
void mm_get(struct mm *mm);			/* refs */
void mm_drop(struct mm *mm);
void mm_users_get(struct mm *mm);
void mm_users_put(struct mm *mm);		/* the last one empties it. Sleeps. */
void mm_set_exe(struct mm *mm, struct file *f);	/* f is counted; the caller, or another mm, denies writing already. NULL: none */
void mm_release_all(struct mm *mm);		/* unmaps everything */

struct vma *vma_find(struct mm *mm, uaddr_t addr);	/* the first that ends above addr, or NULL */
struct vma *vma_at(struct mm *mm, uaddr_t addr);	/* the one that holds addr, or NULL */
struct vma *vma_next(struct vma *v);

/* mmap and friends, mm->lock taken inside. Return an address or a negative errno. Sleep. */
long do_mmap(struct file *f, uaddr_t addr, size_t len, int prot, int flags, u64 pgoff);
long do_munmap(struct mm *mm, uaddr_t addr, size_t len);
long do_mprotect(uaddr_t addr, size_t len, int prot);
long do_brk(uaddr_t addr);
long mm_map_special(struct mm *mm, uaddr_t addr, size_t len, unsigned vm_flags, const struct vm_ops *ops, void *private);
long mm_setup_stack(struct mm *mm, uaddr_t top, size_t initial);	/* VM_GROWSDOWN area; 0 or -ENOMEM */

/*
 * Make the page at addr usable for an access in mm (write, exec: VM_ flag wanted). Sleeps.
 * 0; or the signal to send and its code in *sig and *code, as -EFAULT; -ENOMEM: out of memory (killed).
 */
int handle_fault(struct mm *mm, uaddr_t addr, unsigned access, int *sig, int *code);
bool host_maps(struct mm *mm, uaddr_t addr, unsigned access);	/* the host has the page at addr already, with this right (VM_) */
/* A page of mm for kernel use, faulted in: counted. NULL: not to be had. Sleeps. */
struct page *get_user_page(struct mm *mm, uaddr_t addr, bool write);
/* The same for a debugger: whatever protection a private area has; what it writes to becomes mm's own. */
struct page *get_user_page_forced(struct mm *mm, uaddr_t addr, bool write);

void out_of_memory(void);			/* kills the biggest process; says so in the log */
int page_protect_clean(struct page *p);		/* writeback: write-protects p in all mappings; 1 if any had written */
bool page_unmap(struct page *p);		/* reclaim: takes a cache page out of all page tables; true: mapcount is 0. Never sleeps. */
unsigned long mm_rss(const struct mm *mm);
extern int sysctl_overcommit_memory;	/* 0 by heuristic, 1 always, 2 strictly */
int vm_overcommit_ok(unsigned long pages);	/* 0 or -ENOMEM */

/* Anonymous shared memory and memfd: an unlinked tmpfs file. ERR_PTR. fs/tmpfs. */
struct file *shmem_file_create(const char *name, loff_t size, unsigned flags);

#endif
