/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The seccomp filter of guests' host processes. With it a process can run freely (PTRACE_CONT): the stub's own calls go
 * through, and the guest's next system call stops all the same. That saves a stop at each flush of mappings.
 * The secret is 64 random bits, in the upper halves of two arguments that mmap, munmap and mprotect do not look at
 * (flags and descriptor of mmap are 32 bits wide; the others have fewer arguments).
 * The vsyscall page of old programs, which the host emulates (time, gettimeofday, getcpu and nothing else), is let through:
 * the host kills whom we answer there in its place.
 */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/syscall.h>
#include <asm/os.h>
#include "guest.h"

static unsigned secret[2];
unsigned long guest_token;
bool guest_filtered;

#define LOAD(field)		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)(field))
#define ELSE_TRACE(value, n)	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)(value), 0, n)
#define LO(f)			offsetof(struct seccomp_data, f)
#define HI(f)			(offsetof(struct seccomp_data, f) + 4)

unsigned long guest_filter_write(void *buf, unsigned long where, unsigned long ip)
{
	const struct sock_filter filter[] = {
		LOAD(HI(instruction_pointer)),	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0xffffffff, 15, 0),
		LOAD(LO(instruction_pointer)),	ELSE_TRACE(ip, 14),
		LOAD(HI(instruction_pointer)),	ELSE_TRACE(ip >> 32, 12),
		LOAD(LO(arch)),			ELSE_TRACE(AUDIT_ARCH_X86_64, 10),
		LOAD(HI(args[3])),		ELSE_TRACE(secret[0], 8),
		LOAD(HI(args[4])),		ELSE_TRACE(secret[1], 6),
		LOAD(LO(nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_munmap, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mprotect, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
	};
	struct sock_fprog prog = { sizeof(filter) / sizeof(filter[0]), (struct sock_filter *)(where + sizeof(prog)) };

	memcpy(buf, &prog, sizeof(prog));
	memcpy((char *)buf + sizeof(prog), filter, sizeof(filter));
	return where;
}

void guest_filter_init(void)
{
	os_random(secret, sizeof(secret));
	os_random(&guest_token, sizeof(guest_token));
}

void guest_filter_stamp(struct os_stub_op *ops, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		ops[i].arg[3] |= (long)((unsigned long)secret[0] << 32);
		ops[i].arg[4] |= (long)((unsigned long)secret[1] << 32);
	}
}
