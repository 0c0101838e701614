/* SPDX-License-Identifier: GPL-2.0 */
/* Prototypes of all sys_ handlers, from the table, so that a handler that differs from its row does not compile. */
#ifndef KERNEL_SYSCALL_PROTOS_H
#define KERNEL_SYSCALL_PROTOS_H

#include <asm/unistd.h>

#define A_NONE		void
#define A_FD		int
#define A_DFD		int
#define A_INT		int
#define A_UINT		unsigned
#define A_LONG		long
#define A_ULONG		unsigned long
#define A_SIZE		size_t
#define A_OFF		loff_t
#define A_PTR		uaddr_t
#define A_PATH		uaddr_t
#define A_STR		uaddr_t
#define A_BUF_IN	uaddr_t
#define A_BUF_OUT	uaddr_t
#define A_PID		int
#define A_SIG		int
#define A_MODE		mode_t
#define A_OFLAGS	int
#define A_PROT		int
#define A_MMAPF		int
#define A_FDS_OUT	uaddr_t
#define A_STAT		uaddr_t
#define A_TS		uaddr_t
#define A_SIGSET	uaddr_t
#define A_CLOCK		int
#define A_FUTEX		int
#define A_ARGV		uaddr_t
#define A_IOV		uaddr_t
#define A_SOCKADDR	uaddr_t
#define A_CLONE		unsigned long
#define A_MADV		int
#define A_WHENCE	int
#define A_IOCTL		unsigned
#define A_HEX		unsigned long
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
