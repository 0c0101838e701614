/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stub's code page, at the top of every guest address space. Entries at fixed offsets:
 *   0x000 flush	runs r12 operations (system call number and six arguments each) at rbx; ud2 when one fails. Then int3 if
 *			r13 is set, else into guest code with the registers in the frame behind the operations. rbp holds a token
 *			until then, by which the kernel knows its own flush from guest code that jumped here.
 *   0x0a0 one		a single system call from the registers, then int3
 *   0x100 settle	end of start-up: unmaps everything else, installs the filter
 * Guest code may jump here as well: its system calls are intercepted like any others. What lets the filter tell the kernel's
 * operations from a guest's is a secret in two arguments, which is wiped from memory before each call is made.
 */
#include <asm/unistd.h>

#define FRAME	3840		/* in the page of operations: struct uregs, whose order the pops and iretq follow */

	.section .page, "ax"
stub_flush:
	lea	FRAME(%rbx), %r14
1:	test	%r12, %r12
	jz	2f
	mov	(%rbx), %rax
	mov	8(%rbx), %rdi
	mov	16(%rbx), %rsi
	mov	24(%rbx), %rdx
	mov	32(%rbx), %r10
	mov	40(%rbx), %r8
	mov	48(%rbx), %r9
	movq	$0, 32(%rbx)
	movq	$0, 40(%rbx)
	syscall
	.globl	stub_filtered
stub_filtered:
	cmp	$-4095, %rax
	jae	3f
	add	$56, %rbx
	dec	%r12
	jmp	1b
2:	test	%r13, %r13
stub_leave:
	jnz	4f
	mov	%r14, %rsp
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rax
	pop	%rcx
	pop	%rdx
	pop	%rsi
	pop	%rdi
	add	$8, %rsp
	iretq
stub_left:
4:	int3
3:	ud2

	.org 0xa0
stub_one:
	syscall
	int3

	.org 0x100
stub_settle:
	lea	-0x3000(%r12), %rsi
	xor	%edi, %edi
	mov	$__NR_munmap, %eax
	syscall
	cmp	$-4095, %rax
	jae	3b
	mov	$__NR_rt_sigprocmask, %eax
	mov	$2, %edi			/* SIG_SETMASK */
	lea	no_signals(%rip), %rsi
	xor	%edx, %edx
	mov	$8, %r10d
	syscall
	mov	$__NR_prctl, %eax
	mov	$15, %edi			/* PR_SET_NAME */
	lea	name(%rip), %rsi
	syscall
	xor	%eax, %eax
	test	%r15, %r15
	jz	1f
	mov	$__NR_seccomp, %eax
	mov	$1, %edi			/* SECCOMP_SET_MODE_FILTER */
	xor	%esi, %esi
	mov	%r15, %rdx
	syscall
1:	int3					/* rax: 0, or why there is no filter */
	ud2
no_signals:
	.quad	0
name:
	.asciz	"linux-guest"

	.org 0x200
	.quad	stub_filtered - stub_flush	/* for the filter: where the one system call of flush returns to */
	.quad	stub_leave - stub_flush		/* from here to the next one the registers are the guest's more and more */
	.quad	stub_left - stub_flush
