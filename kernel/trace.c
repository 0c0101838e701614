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
#include <lib/string.h>
#include <asm/os.h>
#include <kernel/syscall_kinds.h>

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

struct line { char buf[1024]; int len; };

static void add(struct line *l, const char *fmt, ...) __printf(2, 3);
static void add(struct line *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	l->len += vsnprintf(l->buf + l->len, sizeof(l->buf) - (size_t)l->len, fmt, ap);
	va_end(ap);
	l->len = min(l->len, (int)sizeof(l->buf) - 1);
}

static void add_bytes(struct line *l, uaddr_t addr, size_t n)
{
	u8 bytes[32];
	size_t got = copy_from_user_partial(bytes, addr, min(n, sizeof(bytes)));

	if (!got && n) {
		add(l, "%#lx", addr);
		return;
	}
	add(l, "\"");
	for (size_t i = 0; i < got; i++) {
		if (bytes[i] == '\n')
			add(l, "\\n");
		else if (bytes[i] < ' ' || bytes[i] > '~')
			add(l, "\\%o", bytes[i]);
		else
			add(l, "%c", bytes[i]);
	}
	add(l, n > got ? "\"..." : "\"");
}

static void add_string(struct line *l, uaddr_t addr)
{
	char s[128];
	ssize_t n = addr ? strncpy_from_user(s, addr, sizeof(s)) : -EFAULT;

	if (n >= 0)
		add(l, "\"%s\"", s);
	else if (n == -ENAMETOOLONG)
		add(l, "\"%.100s\"...", s);
	else
		add(l, "%#lx", addr);
}

static void add_arg(struct line *l, int kind, u64 v, u64 next)
{
	switch (kind) {
	case ARG_PATH: case ARG_STR: add_string(l, v); break;
	case ARG_BUF_IN: add_bytes(l, v, next); break;
	case ARG_DFD: add(l, (int)v == -100 ? "AT_FDCWD" : "%d", (int)v); break;
	case ARG_FD: case ARG_INT: case ARG_PID: case ARG_SIG: case ARG_CLOCK: case ARG_WHENCE: case ARG_MADV:
		add(l, "%d", (int)v);
		break;
	case ARG_UINT: case ARG_SIZE: case ARG_ULONG: add(l, "%lu", (unsigned long)v); break;
	case ARG_LONG: case ARG_OFF: add(l, "%ld", (long)v); break;
	case ARG_MODE: case ARG_OFLAGS: add(l, "0%o", (unsigned)v); break;
	default: add(l, v ? "%#lx" : "NULL", (unsigned long)v); break;
	}
}

static void write_line(struct line *l)
{
	os_write(trace_fd, l->buf, (size_t)l->len);
}

static void start_line(struct line *l, u64 nr, const u64 args[6])
{
	const struct syscall_row *row = nr < NR_SYSCALLS_ ? &syscall_table[nr] : NULL;

	l->len = 0;
	add(l, "%d %s", task_pid_nr(current), "");
	if (!row || !row->name) {
		add(l, "syscall_%lu(", (unsigned long)nr);
		return;
	}
	add(l, "%s(", row->name);
	for (int i = 0; i < row->nargs && row->arg[i] != ARG_NONE; i++) {
		if (i)
			add(l, ", ");
		add_arg(l, row->arg[i], args[i], i < 5 ? args[i + 1] : 0);
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
	start_line(&l, nr, args);
	add(&l, ") ...\n");
	write_line(&l);
}

void trace_exit(u64 nr, const u64 args[6], long ret)
{
	const struct syscall_row *row = nr < NR_SYSCALLS_ ? &syscall_table[nr] : NULL;
	struct line l;

	start_line(&l, nr, args);
	if (row && row->nargs > 1 && row->arg[1] == ARG_BUF_OUT && ret > 0) {
		add(&l, " /* ");
		add_bytes(&l, args[1], (size_t)ret);
		add(&l, " */");
	}
	if (ret < 0 && ret > -MAX_ERRNO)
		add(&l, ") = -1 errno %ld\n", -ret);
	else
		add(&l, row && row->ret == R_ADDR ? ") = %#lx\n" : ") = %ld\n", (unsigned long)ret);
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
