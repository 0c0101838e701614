/* SPDX-License-Identifier: GPL-2.0 */
/* The table of system calls, made from syscalls.def; dispatch; what happens to calls that are absent. */
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>

#define NARGS(...)	NTH(__VA_ARGS__, 6, 5, 4, 3, 2, 1)
#define KINDS(...)	NTH(__VA_ARGS__, KINDS6, KINDS5, KINDS4, KINDS3, KINDS2, KINDS1)(__VA_ARGS__)
#define NTH(a, b, c, d, e, f, n, ...) n
#define KINDS1(a)	KIND(a)
#define KINDS2(a, ...)	KIND(a), KINDS1(__VA_ARGS__)
#define KINDS3(a, ...)	KIND(a), KINDS2(__VA_ARGS__)
#define KINDS4(a, ...)	KIND(a), KINDS3(__VA_ARGS__)
#define KINDS5(a, ...)	KIND(a), KINDS4(__VA_ARGS__)
#define KINDS6(a, ...)	KIND(a), KINDS5(__VA_ARGS__)
#define ROW_FULL(h)	.fn = (void *)h, .state = SYS_FULL
#define FULL		ROW_FULL
#define ROW_PARTLY(h)	.fn = (void *)h, .state = SYS_PARTLY
#define PARTLY(text)	.note = text, ROW_PARTLY
#define ROW_ABSENT(h)	.state = SYS_ABSENT
#define ABSENT(text)	.note = text, ROW_ABSENT
#define SYSCALL(nr, name_, handler, ret_, state_, ...)	\
	[nr] = { .name = #name_, .ret = ret_, .nargs = NARGS(__VA_ARGS__), .arg = { KINDS(__VA_ARGS__) }, state_(handler) },

const struct syscall_row syscall_table[NR_SYSCALLS_] = {
#include "syscalls.def"
};

/* Says once a boot and call that it is not there; programs probe, so this is no error. */
static void report_absent(u64 nr)
{
	static unsigned long told[NR_SYSCALLS_ / 64 + 1];

	if (nr >= NR_SYSCALLS_) {
		pr_ratelimited(LOG_INFO, "%s[%d]: system call %llu does not exist\n", current->comm, task_pid_nr(current),
			       (unsigned long long)nr);
		return;
	}
	if (told[nr / 64] >> (nr % 64) & 1)
		return;
	told[nr / 64] |= 1UL << (nr % 64);
	pr_info("%s[%d]: system call %s (%llu) is not implemented\n", current->comm, task_pid_nr(current),
		syscall_table[nr].name ?: "?", (unsigned long long)nr);
}

long syscall_dispatch(u64 nr, const u64 a[6])
{
	current->last_calls[current->last_call_pos++ % ARRAY_SIZE(current->last_calls)] = (u16)nr;
	if (unlikely(nr >= NR_SYSCALLS_ || !syscall_table[nr].fn)) {
		report_absent(nr);
		return why(-ENOSYS, "not in this kernel: %s", (nr < NR_SYSCALLS_ ? syscall_table[nr].note : NULL) ?: "unknown");
	}
	return syscall_table[nr].fn(a[0], a[1], a[2], a[3], a[4], a[5]);
}
