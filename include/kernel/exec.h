/* SPDX-License-Identifier: GPL-2.0 */
/*
 * exec: from a file to a running program. Formats are tried in turn: each loads the program or says -ENOEXEC.
 * Strings go as one block (argv, then envp, then the file's name) to the top of the new stack.
 */
#ifndef KERNEL_EXEC_H
#define KERNEL_EXEC_H

#include <fs/fs.h>
#include <kernel/types.h>

struct mm; struct cred;

struct exec {
	struct file *file;		/* what is to run now: an interpreter, after "#!" */
	char *name;			/* what was asked for: for AT_EXECFN, and the task's name */
	char *interp;			/* the path of file, when it is another; NULL: name */
	struct mm *mm;			/* new */
	struct cred *cred;		/* new */
	bool unreadable;		/* one of its files may be executed only: nobody is to read it out of memory */
	bool secure;			/* privileges rise */
	char *strings;			/* argv then envp, each with its NUL */
	size_t len, room;
	int argc, envc;
	size_t env_off;			/* where envp begins */
	u8 head[256];			/* first bytes of file, zeros behind its end */
	int depth;			/* of interpreters */
	bool no_path;			/* /dev/fd/n closes on exec: a script could not be opened again */
	uaddr_t string_top;		/* where the strings end in the new stack */
};

/* Format: 0, -ENOEXEC (not mine), or an error; kills after the point of no return (exec_commit). */
struct exec_format { const char *name; int (*load)(struct exec *x); };
#define EXEC_FORMAT(name, fn) static const struct exec_format exec_format_##fn __section("exec_formats") = { name, fn }

int exec_commit(struct exec *x);	/* the old program is gone. Sleeps. 0, or -EINTR before anything happened */
/* x runs file f (counted by the call) next, with new leading arguments. 0, -ENOMEM, -E2BIG. */
int exec_prepend(struct exec *x, const char *interp, const char *arg, const char *script);
int exec_set_file(struct exec *x, struct file *f);	/* takes f, reads its head; checks permission */
struct file *exec_open_interp(const char *name);	/* for reading, permission checked. ERR_PTR */
int exec_again(struct exec *x);		/* another format for x->file as it is now */
/* Programs from the kernel: init. argv and envp end with NULL. Returns only on failure. */
int kernel_execve(const char *name, const char *const *argv, const char *const *envp);

#endif
