/* SPDX-License-Identifier: GPL-2.0 */
/* Argument and return kinds as numbers, for the table and trace=. Include after syscall.h: redefines the A_ names. */
#ifndef KERNEL_SYSCALL_KINDS_H
#define KERNEL_SYSCALL_KINDS_H

enum syscall_arg_kind {
	ARG_NONE,
	ARG_FD,
	ARG_DFD,
	ARG_INT,
	ARG_UINT,
	ARG_LONG,
	ARG_ULONG,
	ARG_SIZE,
	ARG_OFF,
	ARG_PTR,
	ARG_PATH,
	ARG_STR,
	ARG_BUF_IN,
	ARG_BUF_OUT,
	ARG_PID,
	ARG_SIG,
	ARG_MODE,
	ARG_OFLAGS,
	ARG_PROT,
	ARG_MMAPF,
	ARG_FDS_OUT,
	ARG_STAT,
	ARG_TS,
	ARG_SIGSET,
	ARG_CLOCK,
	ARG_FUTEX,
	ARG_ARGV,
	ARG_IOV,
	ARG_SOCKADDR,
	ARG_CLONE,
	ARG_MADV,
	ARG_WHENCE,
	ARG_IOCTL,
	ARG_HEX,
};
enum syscall_ret_kind { R_INT, R_ADDR };

#undef A_NONE
#define A_NONE	ARG_NONE
#undef A_FD
#define A_FD	ARG_FD
#undef A_DFD
#define A_DFD	ARG_DFD
#undef A_INT
#define A_INT	ARG_INT
#undef A_UINT
#define A_UINT	ARG_UINT
#undef A_LONG
#define A_LONG	ARG_LONG
#undef A_ULONG
#define A_ULONG	ARG_ULONG
#undef A_SIZE
#define A_SIZE	ARG_SIZE
#undef A_OFF
#define A_OFF	ARG_OFF
#undef A_PTR
#define A_PTR	ARG_PTR
#undef A_PATH
#define A_PATH	ARG_PATH
#undef A_STR
#define A_STR	ARG_STR
#undef A_BUF_IN
#define A_BUF_IN	ARG_BUF_IN
#undef A_BUF_OUT
#define A_BUF_OUT	ARG_BUF_OUT
#undef A_PID
#define A_PID	ARG_PID
#undef A_SIG
#define A_SIG	ARG_SIG
#undef A_MODE
#define A_MODE	ARG_MODE
#undef A_OFLAGS
#define A_OFLAGS	ARG_OFLAGS
#undef A_PROT
#define A_PROT	ARG_PROT
#undef A_MMAPF
#define A_MMAPF	ARG_MMAPF
#undef A_FDS_OUT
#define A_FDS_OUT	ARG_FDS_OUT
#undef A_STAT
#define A_STAT	ARG_STAT
#undef A_TS
#define A_TS	ARG_TS
#undef A_SIGSET
#define A_SIGSET	ARG_SIGSET
#undef A_CLOCK
#define A_CLOCK	ARG_CLOCK
#undef A_FUTEX
#define A_FUTEX	ARG_FUTEX
#undef A_ARGV
#define A_ARGV	ARG_ARGV
#undef A_IOV
#define A_IOV	ARG_IOV
#undef A_SOCKADDR
#define A_SOCKADDR	ARG_SOCKADDR
#undef A_CLONE
#define A_CLONE	ARG_CLONE
#undef A_MADV
#define A_MADV	ARG_MADV
#undef A_WHENCE
#define A_WHENCE	ARG_WHENCE
#undef A_IOCTL
#define A_IOCTL	ARG_IOCTL
#undef A_HEX
#define A_HEX	ARG_HEX

#endif
