/* SPDX-License-Identifier: GPL-2.0 */
/*
 * trace=<file>[:<name or pid>,…]: system calls of those processes (all, if none is named), one line a call, to a host file.
 * trace=why[:…]: refusals go to the log with their reason. Arguments are shown by their kinds in the table of system calls.
 */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <kernel/trace.h>
#include <fs/fs.h>
#include <lib/misc.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <asm/os.h>
#include "trace_internal.h"

struct wanted { bool on; char names[256]; };	/* no name: everybody */

static char file_name[256];
static int trace_fd = -1;
static struct wanted calls, reasons;
struct why { long err; char text[160]; };

static int trace_option(char *value)
{
	char *colon = strchr(value, ':');
	struct wanted *w;

	if (!*value || colon == value)
		return option_error("trace=%s: to which file? as in trace=calls.log:bash, or trace=why", value);
	if (colon)
		*colon = '\0';
	w = strcmp(value, "why") ? &calls : &reasons;
	w->on = true;
	strscpy(w->names, colon ? colon + 1 : "", sizeof(w->names));
	if (w == &reasons)
		return 0;
	strscpy(file_name, value, sizeof(file_name));
	trace_fd = os_open(file_name, true, true, false);
	if (trace_fd < 0)
		return option_error("trace=%s: cannot write it; name a file in a directory of yours", value);
	return 0;
}
BOOT_OPTION("trace=", trace_option, "<file>|why[:<name|pid>,…]",
	    "log system calls of these processes (all) to a host file; why: their refusals, with the reason, to the log");

static bool is_wanted(const struct wanted *w, const struct task *t)
{
	const char *s = w->names;

	if (!w->on)
		return false;
	while (*s) {
		size_t n = strchr(s, ',') ? (size_t)(strchr(s, ',') - s) : strlen(s);
		char word[32];

		snprintf(word, sizeof(word), "%.*s", (int)min(n, sizeof(word) - 1), s);
		if (!strcmp(word, t->comm) || (t->process->tgid && simple_strtoull(word, NULL, 10) == (u64)t->process->tgid->nr))
			return true;
		s += n + (s[n] == ',');
	}
	return !*w->names;
}

static u8 flags_for(const struct task *t)
{
	return (is_wanted(&calls, t) ? TRACE_CALLS : 0) | (is_wanted(&reasons, t) ? TRACE_WHY : 0);
}

void trace_exec(void)
{
	current->trace = flags_for(current);
}

/* Threads name themselves: that is no reason to lose sight of them. */
void trace_rename(struct task *t)
{
	t->trace |= flags_for(t);
}

void trace_fork(struct task *child)
{
	child->trace = current->trace | flags_for(child);
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

	if (current->why)
		current->why->err = 0;
	if (!(current->trace & TRACE_CALLS) || !shown_at_once(nr))
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

/* NULL: none was given for this error. */
static const char *reason(long ret)
{
	return ret < 0 && current->why && current->why->err == ret ? current->why->text : NULL;
}

void trace_exit(u64 nr, const u64 args[6], long ret)
{
	const struct syscall_row *row = nr < NR_SYSCALLS_ ? &syscall_table[nr] : NULL;
	bool to_log = current->trace & TRACE_WHY && reason(ret), to_file = current->trace & TRACE_CALLS;
	u8 trace = current->trace;
	struct line l;

	if (!to_log && !to_file)
		return;
	current->trace = 0;		/* a bad pointer found in showing the arguments is no reason */
	if (to_file && shown_at_once(nr)) {		/* and the arguments were in memory that may be gone now */
		start_line(&l);
		line_add(&l, "<... %s resumed>", row->name);
	} else {
		start_call(&l, nr, args);
	}
	add_return(&l, row, ret);
	for (int i = 0; row && ret >= 0 && i < row->nargs; i++)
		line_add_result(&l, row->arg[i], args[i], ret);
	current->trace = trace;
	if (reason(ret))
		line_add(&l, " (%s)", reason(ret));
	if (to_log)
		pr_info("%s: %s\n", current->comm, l.buf);
	if (to_file)
		write_line(&l);
}

void trace_signal(const siginfo_t *info)
{
	struct line l;

	if (!(current->trace & TRACE_CALLS))
		return;
	start_line(&l);
	line_add(&l, "--- ");
	line_add_siginfo(&l, info);
	line_add(&l, " ip %#lx ---", (unsigned long)current->thread.regs.rip);
	write_line(&l);
}

void trace_end(int code)
{
	struct line l;

	if (!(current->trace & TRACE_CALLS))
		return;
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

void why_note(long err, const char *fmt, ...)
{
	struct why *w = current->why;
	va_list ap;

	if (!w) {
		w = kmalloc(sizeof(*w), GFP_ATOMIC);
		if (!w)
			return;
		current->why = w;
	}
	w->err = err;
	va_start(ap, fmt);
	vsnprintf(w->text, sizeof(w->text), fmt, ap);
	va_end(ap);
}

const char *why_path(const struct path *p)
{
	static char buf[96];
	char *text = d_path(p, buf, sizeof(buf));

	return IS_ERR(text) ? "a directory of a long name" : text;
}

void trace_free(struct task *t)
{
	kfree(t->why);
}
