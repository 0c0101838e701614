/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel stack of a task as return addresses: for /proc/<pid>/stack, wchan and system requests. */
#include <kernel/sched.h>
#include <asm/thread.h>

/* switch.S leaves r15 r14 r13 r12 rbx rbp and the return address at the stack pointer of a task that does not run. */
#define SAVED_RBP	5
#define SAVED_PC	6

/*
 * A function that keeps something else in the frame pointer breaks the chain: what is read then may be any word of the stack,
 * which AddressSanitizer would report.
 */
__attribute__((no_sanitize("address"))) int task_backtrace(const struct task *t, unsigned long *pc, int max)
{
	const unsigned long *sp = t->thread.ksp, *frame;
	unsigned long low = (unsigned long)t->stack, high = low + KSTACK_SIZE - 2 * sizeof(long);
	int n = 0;

	if (max < 1 || (!low && t != current))
		return 0;
	if (t == current) {
		frame = __builtin_frame_address(0);
		if (!low) {	/* the idle task runs on the stack the host gave us: the first frame is certain */
			pc[0] = frame[1];
			return 1;
		}
	} else {
		if ((unsigned long)sp < low || (unsigned long)sp > high - 6 * sizeof(long))
			return 0;
		pc[n++] = sp[SAVED_PC];
		frame = (const unsigned long *)sp[SAVED_RBP];
	}
	/* Each frame begins with the caller's frame, which lies above it, and the return address. */
	while (n < max && (unsigned long)frame >= low && (unsigned long)frame <= high && !((unsigned long)frame & 7)) {
		pc[n++] = frame[1];
		if (frame[0] <= (unsigned long)frame)
			break;
		frame = (const unsigned long *)frame[0];
	}
	return n;
}
