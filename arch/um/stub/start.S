/* SPDX-License-Identifier: GPL-2.0 */
/*
 * First code of a guest's host process, right after exec. The kernel has set: r12 = top of the address space,
 * r13 = descriptor of the stub memfd, r14 = offset of this process's page in it, r15 = a seccomp filter or 0.
 * Maps the stub's pages near the top (over the initial stack: so no stack is used) and goes on there. From the top down: the
 * last page of the initial stack, where the host's ps finds the command line (or nothing: where stacks are at random places,
 * this one is above the top); the code; the page for operations.
 */
#include <asm/unistd.h>

#define PROT_READ	1
#define PROT_WRITE	2
#define PROT_EXEC	4
#define MAP_SHARED_FIXED 0x11

	.section .start, "ax"
	.globl _start
_start:
	mov	$__NR_mmap, %eax
	lea	-0x2000(%r12), %rdi
	mov	$4096, %esi
	mov	$(PROT_READ | PROT_EXEC), %edx
	mov	$MAP_SHARED_FIXED, %r10d
	mov	%r13, %r8
	xor	%r9d, %r9d
	syscall
	cmp	$-4095, %rax
	jae	1f
	mov	$__NR_mmap, %eax
	lea	-0x3000(%r12), %rdi
	mov	$4096, %esi
	mov	$(PROT_READ | PROT_WRITE), %edx
	mov	$MAP_SHARED_FIXED, %r10d
	mov	%r13, %r8
	mov	%r14, %r9
	syscall
	cmp	$-4095, %rax
	jae	1f
	lea	-0x2000(%r12), %rax
	add	$0x100, %rax		/* stub_settle */
	jmp	*%rax
1:	ud2
