/* SPDX-License-Identifier: GPL-2.0 */
/* The end of the kernel by its own fault or its user's: what happened, where, and what the guest did last. */
#include <kernel/bug.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <lib/string.h>
#include <asm/os.h>

static u64 panic_timeout_s;
static bool panicking;

static int panic_option(char *value)
{
	return kstrtou64(value, 10, &panic_timeout_s) ? option_error("panic=%s: a number of seconds; 0 or more", value) : 0;
}
BOOT_OPTION("panic=", panic_option, "<seconds>", "after a panic, start anew this much later (default: exit with status 134)");

/* Frame pointers are kept everywhere, so the chain of frames is the backtrace. A broken chain ends it. */
static void backtrace(unsigned long pc, unsigned long fp)
{
	char name[128];
	int n = 0;

	if (pc) {
		os_symbol(pc, name, sizeof(name));
		pr_emerg("  %s\n", name);
	}
	for (; fp && !(fp & 7) && n < 40; n++) {
		unsigned long next = ((unsigned long *)fp)[0], ret = ((unsigned long *)fp)[1];

		if (!ret)
			break;
		os_symbol(ret - 1, name, sizeof(name));
		pr_emerg("  %s\n", name);
		if (next <= fp || next - fp > 65536)
			break;
		fp = next;
	}
}

void show_backtrace(void)
{
	backtrace(0, (unsigned long)__builtin_frame_address(0));
}

static void show_last_calls(void)
{
	struct task *t = current;
	char text[400];
	int len = 0;

	if (!t || !t->mm)
		return;
	for (unsigned i = 0; i < ARRAY_SIZE(t->last_calls); i++) {
		unsigned nr = t->last_calls[(t->last_call_pos + i) % ARRAY_SIZE(t->last_calls)];

		len += scnprintf(text + len, sizeof(text) - (size_t)len, " %s", nr < NR_SYSCALLS_ && syscall_table[nr].name ? syscall_table[nr].name : "?");
	}
	pr_emerg("last system calls of %s[%d]:%s\n", t->comm, task_pid_nr(t), text);
}

static void end_of_kernel(void) __noreturn;
static void end_of_kernel(void)
{
	if (panic_timeout_s) {
		u64 until = os_monotonic_ns() + panic_timeout_s * NSEC_PER_SEC;

		pr_emerg("starting anew in %llu seconds\n", (unsigned long long)panic_timeout_s);
		console_flush_all();
		while (os_monotonic_ns() < until)
			os_sleep_ns(until - os_monotonic_ns());
		os_reexec();
	}
	console_flush_all();
	os_exit(134);
}

static void report(const char *kind, const char *what, unsigned long pc, unsigned long fp)
{
	if (panicking)		/* a fault while reporting one: enough is said */
		os_exit(134);
	panicking = true;
	pr_emerg("%s: %s\n", kind, what);
	if (current && current->pid)
		pr_emerg("task: %s[%d]\n", current->comm, task_pid_nr(current));
	backtrace(pc, fp);
	show_last_calls();
}

void panic(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	report("Kernel panic - not syncing", text, 0, (unsigned long)__builtin_frame_address(0));
	pr_emerg("end Kernel panic - not syncing: %s\n", text);
	end_of_kernel();
}

void bug_at(const char *what, const char *file, int line)
{
	char text[256];

	snprintf(text, sizeof(text), "%s at %s:%d", what, file, line);
	report("kernel BUG", text, 0, (unsigned long)__builtin_frame_address(0));
	end_of_kernel();
}

void warn_at(const char *what, const char *file, int line)
{
	pr_warn("WARNING: %s at %s:%d\n", what, file, line);
	backtrace(0, (unsigned long)__builtin_frame_address(0));
}

/* Called by os/ on its own stack when the kernel process itself faults. */
void um_kernel_fault(int sig, unsigned long addr, unsigned long pc, unsigned long fp)
{
	char text[128];
	struct task *t = current;

	if (t && t->stack && addr >= (unsigned long)t->stack - PAGE_SIZE && addr < (unsigned long)t->stack)
		snprintf(text, sizeof(text), "kernel stack overflow, address %#lx", addr);
	else
		snprintf(text, sizeof(text), "signal %d, address %#lx", sig, addr);
	report("kernel fault", text, pc, fp);
	end_of_kernel();
}
