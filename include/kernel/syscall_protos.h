/* SPDX-License-Identifier: GPL-2.0 */
/* Kinds of arguments; prototypes of all sys_ handlers, from the table, so that one that differs from its row does not compile. */
#ifndef KERNEL_SYSCALL_PROTOS_H
#define KERNEL_SYSCALL_PROTOS_H

#include <asm/unistd.h>

/* The kinds of arguments: a C type for the prototypes, a number for trace=, which shows each in its own way. */
#define ARG_KINDS(K) \
	K(A_NONE, void) K(A_FD, int) K(A_DFD, int) K(A_INT, int) K(A_UINT, unsigned) K(A_LONG, long) \
	K(A_ULONG, unsigned long) K(A_SIZE, size_t) K(A_OFF, loff_t) K(A_PTR, uaddr_t) K(A_PATH, uaddr_t) \
	K(A_STR, uaddr_t) K(A_BUF_IN, uaddr_t) K(A_BUF_OUT, uaddr_t) K(A_PID, int) K(A_SIG, int) K(A_MODE, mode_t) \
	K(A_OFLAGS, int) K(A_PROT, int) K(A_MMAPF, int) K(A_FDS_OUT, uaddr_t) K(A_STAT, uaddr_t) K(A_TS, uaddr_t) \
	K(A_SIGSET, uaddr_t) K(A_CLOCK, int) K(A_FUTEX, int) K(A_ARGV, uaddr_t) K(A_IOV, uaddr_t) \
	K(A_SOCKADDR, uaddr_t) K(A_CLONE, unsigned long) K(A_MADV, int) K(A_WHENCE, int) K(A_IOCTL, unsigned) \
	K(A_HEX, unsigned long)

#define K(name, type)	typedef type name;
ARG_KINDS(K)
#undef K

#define KIND(name)	kind_##name
#define K(name, type)	KIND(name),
enum syscall_arg_kind { ARG_KINDS(K) NR_ARG_KINDS };
#undef K
enum syscall_ret_kind { R_INT, R_ADDR };

#define PROTO_FULL(h, ...)	long h(__VA_ARGS__);
#define FULL			PROTO_FULL
#define PARTLY(note)		PROTO_FULL
#define PROTO_ABSENT(h, ...)
#define ABSENT(note)		PROTO_ABSENT
#define SYSCALL(nr, name, handler, ret, state, ...) state(handler, __VA_ARGS__)
#include "../../kernel/syscalls.def"
#undef SYSCALL
#undef FULL
#undef PARTLY
#undef ABSENT

#endif
