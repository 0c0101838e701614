/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stub's code page, at the top of every guest address space. Entries at fixed offsets:
 *   0x000 flush	runs r12 operations (system call number and six arguments each) at rbx; int3 when done, ud2 when one failed
 *   0x080 one		a single system call from the registers, then int3
 *   0x100 settle	end of start-up: unmaps everything else
 * Guest code may jump here as well: its system calls are intercepted like any others.
 */
#include <asm/unistd.h>

	.section .page, "ax"
stub_flush:
	test	%r12, %r12
	jz	2f
	mov	(%rbx), %rax
	mov	8(%rbx), %rdi
	mov	16(%rbx), %rsi
	mov	24(%rbx), %rdx
	mov	32(%rbx), %r10
	mov	40(%rbx), %r8
	mov	48(%rbx), %r9
	syscall
	cmp	$-4095, %rax
	jae	3f
	add	$56, %rbx
	dec	%r12
	jmp	stub_flush
2:	int3
3:	ud2

	.org 0x80
stub_one:
	syscall
	int3

	.org 0x100
stub_settle:
	lea	-0x2000(%r12), %rsi
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
	int3
	ud2
no_signals:
	.quad	0
name:
	.asciz	"linux-guest"
