/* SPDX-License-Identifier: GPL-2.0 */
/* Kernel stacks and the switch between them; what a child inherits of its parent's registers. */
#include <kernel/bug.h>
#include <kernel/sched.h>
#include <lib/string.h>
#include <mm/internal.h>
#include <mm/slab.h>
#include <asm/hostproc.h>
#include <asm/os.h>

#ifdef UM_SANITIZE
void __sanitizer_start_switch_fiber(void **save, const void *bottom, size_t size);
void __asan_unpoison_memory_region(const volatile void *p, size_t n);
void __sanitizer_finish_switch_fiber(void *saved, const void **bottom, size_t *size);
#endif
#define SPARE_STACKS	32

void switch_stacks(void **save_sp, void *load_sp);
void thread_begin(void);
void fork_child_start(void);

static void *spare[SPARE_STACKS];
static int nr_spare;

/* A guard page below each stack turns an overflow into a fault that is reported. */
static void *stack_alloc(void)
{
	u8 *p;

	if (nr_spare)
		return spare[--nr_spare];
	p = os_alloc_pages(PAGE_SIZE + KSTACK_SIZE);
	if (!p)
		return NULL;
	if (os_guard_page(p)) {
		os_free_pages(p, PAGE_SIZE + KSTACK_SIZE);
		return NULL;
	}
	heap_charge_fixed(KSTACK_SIZE >> PAGE_SHIFT);
	return p + PAGE_SIZE;
}

/* A task's last functions never return, and leave their marks of what is out of bounds to whoever has the stack next. */
static void unmark(void *stack)
{
#ifdef UM_SANITIZE
	__asan_unpoison_memory_region(stack, KSTACK_SIZE);
#endif
}

static void stack_free(void *stack)
{
	unmark(stack);
	if (nr_spare < SPARE_STACKS) {
		spare[nr_spare++] = stack;
		return;
	}
	heap_charge_fixed(-(long)(KSTACK_SIZE >> PAGE_SHIFT));
	os_free_pages((u8 *)stack - PAGE_SIZE, PAGE_SIZE + KSTACK_SIZE);
}

int thread_alloc(struct task *t)
{
	t->stack = stack_alloc();
	return t->stack ? 0 : -ENOMEM;
}

void thread_free(struct task *t)
{
	BUG_ON(t->thread.ht);
	kfree(t->thread.fpstate);
	t->thread.fpstate = NULL;
	if (t->stack)
		stack_free(t->stack);
	t->stack = NULL;
}

void thread_start_at(struct task *t, void (*fn)(void *), void *arg)
{
	void **sp = (void **)((u8 *)t->stack + KSTACK_SIZE);

	*--sp = NULL;			/* two words, so that thread_begin finds the stack aligned to 16 */
	*--sp = NULL;
	*--sp = (void *)thread_begin;
	*--sp = NULL;			/* rbp */
	*--sp = NULL;			/* rbx */
	*--sp = (void *)fn;		/* r12 */
	*--sp = arg;			/* r13 */
	*--sp = NULL;			/* r14 */
	*--sp = NULL;			/* r15 */
	t->thread.ksp = sp;
}

#ifdef UM_SANITIZE
static const void *boot_stack;
static size_t boot_stack_size;

/* AddressSanitizer is told of each switch: which stack is next, and (at a task's end) that the old one is gone. */
void thread_landed(void *arg)
{
	const void *bottom;
	size_t size;

	__sanitizer_finish_switch_fiber(NULL, &bottom, &size);
	if (!boot_stack) {
		boot_stack = bottom;
		boot_stack_size = size;
	}
}

void context_switch_to(struct task *prev, struct task *next)
{
	const void *bottom = next->stack ?: boot_stack;
	const void *old_bottom;
	size_t old_size;

	__sanitizer_start_switch_fiber(prev->dead ? NULL : &prev->thread.asan_stack, bottom, next->stack ? KSTACK_SIZE : boot_stack_size);
	switch_stacks(&prev->thread.ksp, next->thread.ksp);
	__sanitizer_finish_switch_fiber(prev->thread.asan_stack, &old_bottom, &old_size);
}
#else
void thread_landed(void *arg)
{
}

void context_switch_to(struct task *prev, struct task *next)
{
	switch_stacks(&prev->thread.ksp, next->thread.ksp);
}
#endif

static void child_main(void *arg)
{
	fork_child_start();
	run_guest();
}

int thread_fork(struct task *t, unsigned long stack, const unsigned long *tls)
{
	struct arch_thread *th = &t->thread;

	th->regs = current->thread.regs;
	th->regs.rax = 0;
	th->regs.orig_rax = ~0ULL;
	th->regs_dirty = true;
	if (stack)
		th->regs.rsp = stack;
	if (tls)
		th->regs.fs_base = *tls;
	th->fpstate = kmalloc(xstate_size, GFP_KERNEL);
	if (!th->fpstate)
		return -ENOMEM;
	if (fpstate_get(current, th->fpstate)) {
		kfree(th->fpstate);
		th->fpstate = NULL;
		return -ENOMEM;
	}
	th->fp_set = true;
	thread_start_at(t, child_main, NULL);
	return 0;
}

void start_thread(struct uregs *regs, uaddr_t ip, uaddr_t sp)
{
	*regs = (struct uregs){ .rip = ip, .rsp = sp, .cs = 0x33, .ss = 0x2b, .eflags = 0x200, .orig_rax = ~0ULL };
	current->thread.regs_dirty = true;
}
