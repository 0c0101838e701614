/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trace=<file>[:<name or pid>,…]: system calls of those processes (all, if none is named), one line a call, to a host file.
 * trace=why: refusals say their reason in the log. Arguments are shown by their kinds in the table of system calls.
 */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <kernel/trace.h>
#include <lib/misc.h>
#include <lib/string.h>
#include <asm/os.h>
#include "trace_internal.h"

bool trace_why;
static char file_name[256];
static char wanted[256];
static int trace_fd = -1;
static struct syscall_trace { int unused; } traced;

static int trace_option(char *value)
{
	char *colon;

	if (!strcmp(value, "why")) {
		trace_why = true;
		return 0;
	}
	colon = strchr(value, ':');
	if (!*value || colon == value)
		return option_error("trace=%s: to which file? as in trace=calls.log:bash, or trace=why", value);
	if (colon) {
		*colon = '\0';
		strscpy(wanted, colon + 1, sizeof(wanted));
	}
	strscpy(file_name, value, sizeof(file_name));
	trace_fd = os_open(file_name, true, true, false);
	if (trace_fd < 0)
		return option_error("trace=%s: cannot write it; name a file in a directory of yours", value);
	return 0;
}
BOOT_OPTION("trace=", trace_option, "<file>[:<name|pid>,…]|why", "log system calls of these processes (all) to a host file; why: log the reason of each refusal");

static bool is_wanted(const struct task *t)
{
	const char *s = wanted;

	while (*s) {
		size_t n = strchr(s, ',') ? (size_t)(strchr(s, ',') - s) : strlen(s);
		char word[32];

		snprintf(word, sizeof(word), "%.*s", (int)min(n, sizeof(word) - 1), s);
		if (!strcmp(word, t->comm) || (t->process->tgid && simple_strtoull(word, NULL, 10) == (u64)t->process->tgid->nr))
			return true;
		s += n + (s[n] == ',');
	}
	return !*wanted;
}

void trace_exec(void)
{
	if (trace_fd >= 0)
		current->strace = is_wanted(current) ? &traced : NULL;
}

void trace_fork(struct task *child)
{
	if (trace_fd >= 0)
		child->strace = current->strace ?: is_wanted(child) ? &traced : NULL;
}

static void write_line(struct line *l)
{
	line_add(l, "\n");
	l->buf[l->len - 1] = '\n';	/* where it was cut off, too */
	os_write(trace_fd, l->buf, (size_t)l->len);
}

static void start_line(struct line *l)
{
	l->len = 0;
	line_add(l, "%d ", task_pid_nr(current));
}

static void start_call(struct line *l, u64 nr, const u64 args[6])
{
	const struct syscall_row *row = nr < NR_SYSCALLS_ ? &syscall_table[nr] : NULL;

	start_line(l);
	if (!row || !row->name) {
		line_add(l, "syscall_%lu(", (unsigned long)nr);
		return;
	}
	line_add(l, "%s(", row->name);
	for (int i = 0; i < row->nargs && row->arg[i] != KIND(A_NONE); i++) {
		if (i)
			line_add(l, ", ");
		line_add_arg(l, row->arg[i], args[i], i < 5 ? args[i + 1] : 0);
	}
}

/* What does not return, or not soon, is shown when it begins. */
static bool shown_at_once(u64 nr)
{
	return nr == __NR_execve || nr == __NR_exit || nr == __NR_exit_group || nr == __NR_rt_sigreturn || nr == __NR_execveat;
}

void trace_enter(u64 nr, const u64 args[6])
{
	struct line l;

	if (!shown_at_once(nr))
		return;
	start_call(&l, nr, args);
	line_add(&l, ") ...");
	write_line(&l);
}

static void add_return(struct line *l, const struct syscall_row *row, long ret)
{
	if (ret >= 0 || ret <= -MAX_ERRNO)
		line_add(l, row && row->ret == R_ADDR ? ") = %#lx" : ") = %ld", (unsigned long)ret);
	else if (ret <= -ERESTARTSYS)
		line_add(l, ") = ? %s", errno_name(ret));	/* what the program sees is decided with the signal */
	else
		line_add(l, ") = -1 %s", errno_name(ret));
}

void trace_exit(u64 nr, const u64 args[6], long ret)
{
	const struct syscall_row *row = nr < NR_SYSCALLS_ ? &syscall_table[nr] : NULL;
	struct line l;

	if (shown_at_once(nr)) {		/* and the arguments were in memory that may be gone now */
		start_line(&l);
		line_add(&l, "<... %s resumed>", row->name);
	} else {
		start_call(&l, nr, args);
	}
	add_return(&l, row, ret);
	for (int i = 0; row && ret >= 0 && i < row->nargs; i++)
		line_add_result(&l, row->arg[i], args[i], ret);
	write_line(&l);
}

void trace_signal(int sig)
{
	struct line l;

	start_line(&l);
	line_add(&l, "--- ");
	line_add_signal(&l, sig);
	line_add(&l, " ---");
	write_line(&l);
}

void trace_end(int code)
{
	struct line l;

	start_line(&l);
	if (code & 0x7f) {
		line_add(&l, "+++ killed by ");
		line_add_signal(&l, code & 0x7f);
		line_add(&l, " +++");
	} else {
		line_add(&l, "+++ exited with %d +++", code >> 8 & 0xff);
	}
	write_line(&l);
}

void why_note(const char *fmt, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	pr_info("%s[%d]: %s: %s\n", current->comm, task_pid_nr(current),
		syscall_table[current->last_calls[(current->last_call_pos - 1) % ARRAY_SIZE(current->last_calls)]].name ?: "?", text);
}
