/* SPDX-License-Identifier: GPL-2.0 */
/* Switching kernel stacks: callee-saved registers go on the old stack, come from the new one. */

/* void switch_stacks(void **save_sp, void *load_sp) */
	.text
	.globl	switch_stacks
	.type	switch_stacks, @function
switch_stacks:
	push	%rbp
	push	%rbx
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, (%rdi)
	mov	%rsi, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbx
	pop	%rbp
	ret
	.size	switch_stacks, . - switch_stacks

/* Where a new task begins: thread_start_at() left its function in r12 and the argument in r13. */
	.globl	thread_begin
	.type	thread_begin, @function
thread_begin:
	xor	%ebp, %ebp		/* backtraces end here */
	mov	%r13, %rdi
	call	thread_landed
	mov	%r13, %rdi
	call	*%r12
	ud2
	.size	thread_begin, . - thread_begin

	.section .note.GNU-stack, "", @progbits
