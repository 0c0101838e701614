/* SPDX-License-Identifier: GPL-2.0 */
/* Basic types and helpers of every file. Included first by all other headers. */
#ifndef KERNEL_TYPES_H
#define KERNEL_TYPES_H

#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <linux/types.h>
#include <asm/errno.h>
#include <generated/autoconf.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;

typedef long ssize_t;
typedef long long loff_t;
typedef int pid_t;
typedef u32 uid_t;
typedef u32 gid_t;
typedef u32 mode_t;
typedef u64 ino_t;
typedef u32 dev_t;		/* ours: major in bits 20.., minor below; see fs/dev.h for the ABI's forms */

/* An address in a guest's address space. Never valid in the kernel: use uaccess.h. */
typedef unsigned long uaddr_t;

#define U32_MAX		((u32)~0U)
#define U64_MAX		((u64)~0ULL)
#define S64_MAX		((s64)(U64_MAX >> 1))
#define LONG_MAX	((long)(~0UL >> 1))
#define ULONG_MAX	(~0UL)
#define INT_MAX		((int)(~0U >> 1))
#define UINT_MAX	(~0U)
#define SSIZE_MAX	LONG_MAX

/* Errors that never reach a guest: what a signal does to the call (see signal.h, syscall restart). */
#define ERESTARTSYS		512	/* restart if the handler has SA_RESTART or there is none */
#define ERESTARTNOINTR		513	/* always restart */
#define ERESTARTNOHAND		514	/* restart only if no handler runs */
#define ERESTART_RESTARTBLOCK	516	/* like NOHAND, but by restart_syscall(2) */
#define EIOCBQUEUED		529
#define ENOIOCTLCMD		515	/* ioctl handler: not mine, try the next; finally ENOTTY */

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
#define sizeof_field(type, member)	sizeof(((type *)0)->member)

#define min(a, b)	({ __typeof__((a) + (b)) a_ = (a), b_ = (b); a_ < b_ ? a_ : b_; })
#define max(a, b)	({ __typeof__((a) + (b)) a_ = (a), b_ = (b); a_ > b_ ? a_ : b_; })
#define min_t(t, a, b)	({ t a_ = (a), b_ = (b); a_ < b_ ? a_ : b_; })
#define max_t(t, a, b)	({ t a_ = (a), b_ = (b); a_ > b_ ? a_ : b_; })
#define clamp(v, lo, hi) min(max(v, lo), hi)
#define swap(a, b)	do { __typeof__(a) t_ = (a); (a) = (b); (b) = t_; } while (0)

#define ALIGN(x, a)		(((x) + (__typeof__(x))(a) - 1) & ~((__typeof__(x))(a) - 1))
#define ALIGN_DOWN(x, a)	((x) & ~((__typeof__(x))(a) - 1))
#define IS_ALIGNED(x, a)	(((x) & ((__typeof__(x))(a) - 1)) == 0)
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define BIT(n)			(1UL << (n))
#define IS_POWER_OF_2(n)	((n) && !((n) & ((n) - 1)))

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define barrier()	__asm__ volatile("" ::: "memory")
#define READ_ONCE(x)	(*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

#define __packed	__attribute__((packed))
#define __aligned(n)	__attribute__((aligned(n)))
#define __noreturn	__attribute__((noreturn))
#define __printf(f, a)	__attribute__((format(printf, f, a)))
#define __must_check	__attribute__((warn_unused_result))
#define __used		__attribute__((used))
#define __unused	__attribute__((unused))
#define __section(s)	__attribute__((section(s), used, aligned(8)))
#define __weak		__attribute__((weak))
#define fallthrough	__attribute__((fallthrough))

/* IS_ENABLED(CONFIG_X): 1 when the option is y, else 0; usable in plain C conditions. */
#define IS_ENABLED(opt)		IS_ENABLED_1(opt)
#define IS_ENABLED_1(val)	IS_ENABLED_2(IS_ENABLED_ARG_##val)
#define IS_ENABLED_ARG_1	0,
#define IS_ENABLED_2(arg)	IS_ENABLED_3(arg 1, 0)
#define IS_ENABLED_3(ign, val, ...) val

/* Pointers that carry a negative errno instead. */
#define MAX_ERRNO	4095
static inline void *ERR_PTR(long err) { return (void *)err; }
static inline long PTR_ERR(const void *p) { return (long)p; }
static inline bool IS_ERR(const void *p) { return (unsigned long)p >= (unsigned long)-MAX_ERRNO; }
static inline bool IS_ERR_OR_NULL(const void *p) { return !p || IS_ERR(p); }
#define ERR_CAST(p)	((void *)(p))

/* Counters that host I/O threads touch too; all else is covered by the kernel lock and plain. */
typedef struct { int v; } atomic_t;
static inline int atomic_read(const atomic_t *a) { return __atomic_load_n(&a->v, __ATOMIC_ACQUIRE); }
static inline void atomic_set(atomic_t *a, int v) { __atomic_store_n(&a->v, v, __ATOMIC_RELEASE); }
static inline int atomic_add(atomic_t *a, int n) { return __atomic_add_fetch(&a->v, n, __ATOMIC_ACQ_REL); }

/* Disk and wire byte order. The host is little-endian x86-64. */
#define cpu_to_le16(x)	((__le16)(u16)(x))
#define cpu_to_le32(x)	((__le32)(u32)(x))
#define cpu_to_le64(x)	((__le64)(u64)(x))
#define le16_to_cpu(x)	((u16)(x))
#define le32_to_cpu(x)	((u32)(x))
#define le64_to_cpu(x)	((u64)(x))
#define cpu_to_be16(x)	((__be16)__builtin_bswap16(x))
#define cpu_to_be32(x)	((__be32)__builtin_bswap32(x))
#define cpu_to_be64(x)	((__be64)__builtin_bswap64(x))
#define be16_to_cpu(x)	__builtin_bswap16((u16)(x))
#define be32_to_cpu(x)	__builtin_bswap32((u32)(x))
#define be64_to_cpu(x)	__builtin_bswap64((u64)(x))

struct timespec64 {
	s64 sec;
	u32 nsec;
};

#define NSEC_PER_SEC	1000000000ULL
#define NSEC_PER_MSEC	1000000ULL
#define NSEC_PER_USEC	1000ULL

#define PAGE_SHIFT	12
#define PAGE_SIZE	4096UL
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define PAGE_ALIGN(x)	ALIGN(x, PAGE_SIZE)
#define SECTOR_SHIFT	9

#endif
