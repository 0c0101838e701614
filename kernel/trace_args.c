// SPDX-License-Identifier: GPL-2.0
/* How trace= shows arguments, by their kinds in the table of system calls: names of flags, and what pointers point to. */
#include <kernel/signal.h>
#include <kernel/stat.h>
#include <kernel/syscall.h>
#include <lib/string.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/stat.h>
#include <linux/time.h>
#include <asm/ioctls.h>
#include "trace_internal.h"

void line_add(struct line *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	l->len += vsnprintf(l->buf + l->len, sizeof(l->buf) - (size_t)l->len, fmt, ap);
	va_end(ap);
	l->len = min(l->len, (int)sizeof(l->buf) - 1);
}

static void add_pointer(struct line *l, u64 v)
{
	line_add(l, v ? "%#lx" : "NULL", (unsigned long)v);
}

/* --- strings --- */

static void add_quoted(struct line *l, const u8 *bytes, size_t n)
{
	line_add(l, "\"");
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '\n')
			line_add(l, "\\n");
		else if (bytes[i] == '"' || bytes[i] == '\\')
			line_add(l, "\\%c", bytes[i]);
		else if (bytes[i] < ' ' || bytes[i] > '~')
			line_add(l, "\\%o", bytes[i]);
		else
			line_add(l, "%c", bytes[i]);
	}
	line_add(l, "\"");
}

void line_add_bytes(struct line *l, uaddr_t addr, size_t n)
{
	u8 bytes[32];
	size_t got = copy_from_user_partial(bytes, addr, min(n, sizeof(bytes)));

	if (!got && n) {
		add_pointer(l, addr);
		return;
	}
	add_quoted(l, bytes, got);
	if (n > got)
		line_add(l, "...");
}

static void add_string(struct line *l, u64 addr, u64 next)
{
	char s[128];
	ssize_t n = addr ? strncpy_from_user(s, addr, sizeof(s)) : -EFAULT;
	bool cut = n == -ENAMETOOLONG;

	if (n < 0 && !cut) {
		add_pointer(l, addr);
		return;
	}
	add_quoted(l, (const u8 *)s, cut ? sizeof(s) - 28 : (size_t)n);
	if (cut)
		line_add(l, "...");
}

static void add_strings(struct line *l, u64 addr, u64 next)
{
	unsigned long at = 0;

	for (unsigned i = 0; i < 16; i++, addr += sizeof(at)) {
		if (!addr || get_user(at, addr)) {
			add_pointer(l, addr);
			return;
		}
		line_add(l, i ? at ? ", " : "]" : at ? "[" : "[]");
		if (!at)
			return;
		add_string(l, at, 0);
	}
	line_add(l, ", ...]");
}

/* --- numbers --- */

static void add_int(struct line *l, u64 v, u64 next) { line_add(l, "%d", (int)v); }
static void add_long(struct line *l, u64 v, u64 next) { line_add(l, "%ld", (long)v); }
static void add_ulong(struct line *l, u64 v, u64 next) { line_add(l, "%lu", (unsigned long)v); }
static void add_octal(struct line *l, u64 v, u64 next) { line_add(l, "0%o", (unsigned)v); }
static void add_hex(struct line *l, u64 v, u64 next) { add_pointer(l, v); }
static void add_bytes(struct line *l, u64 v, u64 next) { line_add_bytes(l, v, next); }
static void add_dir(struct line *l, u64 v, u64 next) { line_add(l, (int)v == AT_FDCWD ? "AT_FDCWD" : "%d", (int)v); }

/* --- names --- */

struct name { u64 value; const char *name; };
#define N(x)	{ x, #x }

static const char *name_of(const struct name *n, u64 v)
{
	for (; n->name; n++)
		if (n->value == v)
			return n->name;
	return NULL;
}

static void add_name(struct line *l, const struct name *names, u64 v)
{
	const char *name = name_of(names, v);

	if (name)
		line_add(l, "%s", name);
	else
		line_add(l, "%#lx", (unsigned long)v);
}

/* What of v has names; the rest as a number. zero is for no flag at all. */
static void add_flags(struct line *l, const struct name *n, u64 v, const char *zero)
{
	const char *between = "";

	if (!v)
		line_add(l, "%s", zero);
	for (; n->name && v; n++) {
		if ((v & n->value) != n->value)
			continue;
		line_add(l, "%s%s", between, n->name);
		between = "|";
		v &= ~n->value;
	}
	if (v)
		line_add(l, "%s%#lx", between, (unsigned long)v);
}

static const struct name access_modes[] = {
	N(O_RDONLY), N(O_WRONLY), N(O_RDWR), N(O_ACCMODE), { 0, NULL }
};
/* A flag that contains another comes before it. */
static const struct name open_flags[] = {
	N(O_CREAT), N(O_EXCL), N(O_NOCTTY), N(O_TRUNC), N(O_APPEND), N(O_NONBLOCK), N(O_SYNC), N(O_DSYNC),
	N(O_DIRECT), N(O_LARGEFILE), N(O_TMPFILE), N(O_DIRECTORY), N(O_NOFOLLOW), N(O_NOATIME), N(O_CLOEXEC),
	N(O_PATH), { 0, NULL }
};

static void add_open_flags(struct line *l, u64 v, u64 next)
{
	add_name(l, access_modes, v & O_ACCMODE);
	if (v & ~(u64)O_ACCMODE) {
		line_add(l, "|");
		add_flags(l, open_flags, (u32)v & ~(u64)O_ACCMODE, "");
	}
}

static const struct name prot_flags[] = {
	N(PROT_READ), N(PROT_WRITE), N(PROT_EXEC), N(PROT_GROWSDOWN), N(PROT_GROWSUP), { 0, NULL }
};
static const struct name map_flags[] = {
	N(MAP_SHARED_VALIDATE), N(MAP_SHARED), N(MAP_PRIVATE), N(MAP_FIXED), N(MAP_ANONYMOUS), N(MAP_32BIT),
	N(MAP_GROWSDOWN), N(MAP_DENYWRITE), N(MAP_EXECUTABLE), N(MAP_LOCKED), N(MAP_NORESERVE), N(MAP_POPULATE),
	N(MAP_NONBLOCK), N(MAP_STACK), N(MAP_HUGETLB), N(MAP_FIXED_NOREPLACE), { 0, NULL }
};
static void add_prot(struct line *l, u64 v, u64 next) { add_flags(l, prot_flags, v, "PROT_NONE"); }
static void add_map_flags(struct line *l, u64 v, u64 next) { add_flags(l, map_flags, v, "0"); }

static const struct name whences[] = {
	N(SEEK_SET), N(SEEK_CUR), N(SEEK_END), N(SEEK_DATA), N(SEEK_HOLE), { 0, NULL }
};
static const struct name clocks[] = {
	N(CLOCK_REALTIME), N(CLOCK_MONOTONIC), N(CLOCK_PROCESS_CPUTIME_ID), N(CLOCK_THREAD_CPUTIME_ID),
	N(CLOCK_MONOTONIC_RAW), N(CLOCK_REALTIME_COARSE), N(CLOCK_MONOTONIC_COARSE), N(CLOCK_BOOTTIME),
	N(CLOCK_REALTIME_ALARM), N(CLOCK_BOOTTIME_ALARM), N(CLOCK_TAI), { 0, NULL }
};
static const struct name advices[] = {
	N(MADV_NORMAL), N(MADV_RANDOM), N(MADV_SEQUENTIAL), N(MADV_WILLNEED), N(MADV_DONTNEED), N(MADV_FREE),
	N(MADV_REMOVE), N(MADV_DONTFORK), N(MADV_DOFORK), N(MADV_HUGEPAGE), N(MADV_NOHUGEPAGE), N(MADV_DONTDUMP),
	N(MADV_DODUMP), N(MADV_WIPEONFORK), N(MADV_KEEPONFORK), N(MADV_COLD), N(MADV_PAGEOUT), N(MADV_POPULATE_READ),
	N(MADV_POPULATE_WRITE), { 0, NULL }
};
static const struct name ioctls[] = {
	N(TCGETS), N(TCSETS), N(TCSETSW), N(TCSETSF), N(TIOCGPGRP), N(TIOCSPGRP), N(TIOCGWINSZ), N(TIOCSWINSZ),
	N(TIOCSCTTY), N(TIOCNOTTY), N(TIOCGPTN), N(TIOCSPTLCK), N(FIONREAD), N(FIONBIO), N(FIOCLEX), N(FIONCLEX),
	N(FICLONE), { 0, NULL }
};
static const struct name futex_ops[] = {
	N(FUTEX_WAIT), N(FUTEX_WAKE), N(FUTEX_REQUEUE), N(FUTEX_CMP_REQUEUE), N(FUTEX_WAKE_OP), N(FUTEX_LOCK_PI),
	N(FUTEX_UNLOCK_PI), N(FUTEX_TRYLOCK_PI), N(FUTEX_WAIT_BITSET), N(FUTEX_WAKE_BITSET),
	N(FUTEX_WAIT_REQUEUE_PI), N(FUTEX_CMP_REQUEUE_PI), N(FUTEX_LOCK_PI2), { 0, NULL }
};
static const struct name futex_flags[] = {
	N(FUTEX_PRIVATE_FLAG), N(FUTEX_CLOCK_REALTIME), { 0, NULL }
};
static const struct name clone_flags[] = {
	N(CLONE_VM), N(CLONE_FS), N(CLONE_FILES), N(CLONE_SIGHAND), N(CLONE_PIDFD), N(CLONE_PTRACE), N(CLONE_VFORK),
	N(CLONE_PARENT), N(CLONE_THREAD), N(CLONE_NEWNS), N(CLONE_SYSVSEM), N(CLONE_SETTLS), N(CLONE_PARENT_SETTID),
	N(CLONE_CHILD_CLEARTID), N(CLONE_UNTRACED), N(CLONE_CHILD_SETTID), N(CLONE_NEWCGROUP), N(CLONE_NEWUTS),
	N(CLONE_NEWIPC), N(CLONE_NEWUSER), N(CLONE_NEWPID), N(CLONE_NEWNET), N(CLONE_IO), { 0, NULL }
};
static void add_whence(struct line *l, u64 v, u64 next) { add_name(l, whences, (u32)v); }
static void add_clock(struct line *l, u64 v, u64 next) { add_name(l, clocks, (u32)v); }
static void add_advice(struct line *l, u64 v, u64 next) { add_name(l, advices, (u32)v); }
static void add_ioctl(struct line *l, u64 v, u64 next) { add_name(l, ioctls, (u32)v); }

static void add_futex_op(struct line *l, u64 v, u64 next)
{
	add_name(l, futex_ops, v & FUTEX_CMD_MASK);
	if (v & ~(u64)FUTEX_CMD_MASK) {
		line_add(l, "|");
		add_flags(l, futex_flags, (u32)v & ~(u64)FUTEX_CMD_MASK, "");
	}
}

/* --- signals --- */

static const char *const signals[] = {
	[SIGHUP] = "HUP", [SIGINT] = "INT", [SIGQUIT] = "QUIT", [SIGILL] = "ILL", [SIGTRAP] = "TRAP",
	[SIGABRT] = "ABRT", [SIGBUS] = "BUS", [SIGFPE] = "FPE", [SIGKILL] = "KILL", [SIGUSR1] = "USR1",
	[SIGSEGV] = "SEGV", [SIGUSR2] = "USR2", [SIGPIPE] = "PIPE", [SIGALRM] = "ALRM", [SIGTERM] = "TERM",
	[SIGSTKFLT] = "STKFLT", [SIGCHLD] = "CHLD", [SIGCONT] = "CONT", [SIGSTOP] = "STOP", [SIGTSTP] = "TSTP",
	[SIGTTIN] = "TTIN", [SIGTTOU] = "TTOU", [SIGURG] = "URG", [SIGXCPU] = "XCPU", [SIGXFSZ] = "XFSZ",
	[SIGVTALRM] = "VTALRM", [SIGPROF] = "PROF", [SIGWINCH] = "WINCH", [SIGIO] = "IO", [SIGPWR] = "PWR",
	[SIGSYS] = "SYS",
};

static void add_signal_name(struct line *l, unsigned sig)
{
	if (sig < ARRAY_SIZE(signals) && signals[sig])
		line_add(l, "%s", signals[sig]);
	else
		line_add(l, "RT_%u", sig - SIGRTMIN);
}

void line_add_signal(struct line *l, int sig)
{
	if (sig <= 0 || sig > NSIG_) {
		line_add(l, "%d", sig);
		return;
	}
	line_add(l, "SIG");
	add_signal_name(l, (unsigned)sig);
}

/* What a fault tells is its code and address; what a process sent, who that was. */
void line_add_siginfo(struct line *l, const siginfo_t *info)
{
	line_add_signal(l, info->si_signo);
	if (info->si_code > 0 && info->si_code < SI_KERNEL && sigbit(info->si_signo) & SIG_SYNCHRONOUS)
		line_add(l, " {code %d, address %#lx}", info->si_code, (unsigned long)info->si_addr);
	else
		line_add(l, " {code %d, pid %d}", info->si_code, info->si_pid);
}

static void add_signal(struct line *l, u64 v, u64 next) { line_add_signal(l, (int)v); }

static void add_clone_flags(struct line *l, u64 v, u64 next)
{
	add_flags(l, clone_flags, v & ~(u64)CSIGNAL, v & CSIGNAL ? "" : "0");
	if (v & CSIGNAL) {
		line_add(l, v & ~(u64)CSIGNAL ? "|" : "");
		line_add_signal(l, v & CSIGNAL);
	}
}

static void add_sigset(struct line *l, u64 addr, u64 next)
{
	const char *between = "";
	sigset_t set;
	int n = 0;

	if (!addr || get_user(set, addr)) {
		add_pointer(l, addr);
		return;
	}
	for (sigset_t rest = set; rest; rest &= rest - 1)
		n++;
	if (n > NSIG_ / 2) {		/* all but a few, as strace shows it */
		line_add(l, "~");
		set = ~set;
	}
	line_add(l, "[");
	for (unsigned sig = 1; sig <= NSIG_; sig++) {
		if (!(set & sigbit(sig)))
			continue;
		line_add(l, "%s", between);
		add_signal_name(l, sig);
		between = " ";
	}
	line_add(l, "]");
}

/* --- structures --- */

static void add_timespec(struct line *l, u64 addr, u64 next)
{
	struct __kernel_timespec ts;

	if (!addr || copy_from_user(&ts, addr, sizeof(ts)))
		add_pointer(l, addr);
	else
		line_add(l, "{%lld s, %lld ns}", (long long)ts.tv_sec, (long long)ts.tv_nsec);
}

#define MAX_SHOWN	4

static void add_iovec(struct line *l, u64 addr, u64 n)
{
	struct iov_seg seg;

	for (u64 i = 0; i < n && i < MAX_SHOWN; i++, addr += sizeof(seg)) {
		if (!addr || copy_from_user(&seg, addr, sizeof(seg))) {
			add_pointer(l, addr);
			return;
		}
		line_add(l, "%s{%#lx, %zu}", i ? ", " : "[", seg.base, seg.len);
	}
	line_add(l, n > MAX_SHOWN ? ", ...]" : n ? "]" : "[]");
}

/* Only local sockets have addresses: a family, and a path or, behind a zero byte, any name. */
static void add_sockaddr(struct line *l, u64 addr, u64 len)
{
	u16 family;
	u8 first;

	if (!addr || len < sizeof(family) || get_user(family, addr)) {
		add_pointer(l, addr);
		return;
	}
	addr += sizeof(family);
	len -= sizeof(family);
	line_add(l, "{family %u, ", family);
	if (len && !get_user(first, addr) && first)
		add_string(l, addr, 0);
	else
		line_add_bytes(l, addr, len);
	line_add(l, "}");
}

/* Kinds that are not here are pointers. */
static void (*const show[NR_ARG_KINDS])(struct line *l, u64 v, u64 next) = {
	[KIND(A_FD)] = add_int, [KIND(A_INT)] = add_int, [KIND(A_PID)] = add_int, [KIND(A_DFD)] = add_dir,
	[KIND(A_UINT)] = add_ulong, [KIND(A_ULONG)] = add_ulong, [KIND(A_SIZE)] = add_ulong,
	[KIND(A_LONG)] = add_long, [KIND(A_OFF)] = add_long, [KIND(A_PATH)] = add_string, [KIND(A_STR)] = add_string,
	[KIND(A_ARGV)] = add_strings, [KIND(A_BUF_IN)] = add_bytes, [KIND(A_MODE)] = add_octal,
	[KIND(A_OFLAGS)] = add_open_flags, [KIND(A_PROT)] = add_prot, [KIND(A_MMAPF)] = add_map_flags,
	[KIND(A_MADV)] = add_advice, [KIND(A_WHENCE)] = add_whence, [KIND(A_CLOCK)] = add_clock,
	[KIND(A_IOCTL)] = add_ioctl, [KIND(A_FUTEX)] = add_futex_op, [KIND(A_CLONE)] = add_clone_flags,
	[KIND(A_SIG)] = add_signal, [KIND(A_SIGSET)] = add_sigset, [KIND(A_TS)] = add_timespec,
	[KIND(A_IOV)] = add_iovec, [KIND(A_SOCKADDR)] = add_sockaddr, [KIND(A_HEX)] = add_hex,
};

void line_add_arg(struct line *l, int kind, u64 v, u64 next)
{
	if (show[kind])
		show[kind](l, v, next);
	else
		add_pointer(l, v);
}

/* --- what a call left behind its pointers --- */

static void result_stat(struct line *l, u64 addr, long ret)
{
	struct stat st;

	if (!copy_from_user(&st, addr, sizeof(st)))
		line_add(l, " /* mode 0%o, size %ld */", st.st_mode, (long)st.st_size);
}

static void result_fds(struct line *l, u64 addr, long ret)
{
	int fd[2];

	if (!copy_from_user(fd, addr, sizeof(fd)))
		line_add(l, " /* [%d, %d] */", fd[0], fd[1]);
}

static void result_bytes(struct line *l, u64 addr, long ret)
{
	if (!ret)
		return;
	line_add(l, " /* ");
	line_add_bytes(l, addr, (size_t)ret);
	line_add(l, " */");
}

static void (*const show_result[NR_ARG_KINDS])(struct line *l, u64 addr, long ret) = {
	[KIND(A_STAT)] = result_stat, [KIND(A_FDS_OUT)] = result_fds, [KIND(A_BUF_OUT)] = result_bytes,
};

void line_add_result(struct line *l, int kind, u64 v, long ret)
{
	if (show_result[kind])
		show_result[kind](l, v, ret);
}
