/* SPDX-License-Identifier: GPL-2.0 */
/* Binaries that the kernel carries: the stub for guests' host processes, and their vDSO. */
	.section .rodata
	.balign	8
	.globl	stub_image, stub_image_end
stub_image:
	.incbin	"arch/um/stub/stub.elf"
stub_image_end:

	.balign	4096
	.globl	vdso_image, vdso_image_end
vdso_image:
	.incbin	"arch/um/kernel/vdso/vdso.so"
vdso_image_end:

	.globl	config_text, config_text_end
config_text:
	.incbin	".config"
config_text_end:

	.section .note.GNU-stack, "", @progbits
