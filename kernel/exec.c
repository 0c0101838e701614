/* SPDX-License-Identifier: GPL-2.0 */
/* execve, execveat: collecting strings, choosing the format, leaving the old program. Formats are in binfmt_*.c. */
#include <fs/file.h>
#include <fs/mount.h>
#include <fs/namei.h>
#include <fs/notify.h>
#include <kernel/bug.h>
#include <kernel/cred.h>
#include <kernel/exec.h>
#include <kernel/futex.h>
#include <kernel/posix_timers.h>
#include <kernel/sched.h>
#include <kernel/sched_internal.h>
#include <kernel/syscall.h>
#include <kernel/trace.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <linux/resource.h>

#define MAX_STRING	(32 * PAGE_SIZE)
#define MAX_DEPTH	5

extern const struct exec_format __start_exec_formats[], __stop_exec_formats[];

/* --- strings --- */

static int reserve(struct exec *x, size_t more)
{
	size_t limit = (size_t)clamp(rlimit(RLIMIT_STACK) / 4, 128UL * 1024, 6UL << 20), room = max(x->room, 4096UL);
	char *s;

	if (x->len + more > limit)
		return -E2BIG;
	while (room < x->len + more)
		room *= 2;
	if (room == x->room)
		return 0;
	s = krealloc(x->strings, room, GFP_KERNEL);
	if (!s)
		return -ENOMEM;
	x->strings = s;
	x->room = room;
	return 0;
}

static int add_string(struct exec *x, const char *s)
{
	size_t n = strlen(s) + 1;
	int err = reserve(x, n);

	if (err)
		return err;
	memcpy(x->strings + x->len, s, n);
	x->len += n;
	return 0;
}

static int add_user_string(struct exec *x, uaddr_t s)
{
	size_t start = x->len;

	for (;;) {
		size_t part = min((size_t)(PAGE_SIZE - (s & ~PAGE_MASK)), (size_t)256), n;
		int err = reserve(x, part);

		if (err)
			return err;
		if (copy_from_user(x->strings + x->len, s, part))
			return -EFAULT;
		n = strnlen(x->strings + x->len, part);
		x->len += n;
		if (x->len - start >= MAX_STRING)
			return -E2BIG;
		if (n < part) {
			x->len++;
			return 0;
		}
		s += part;
	}
}

/* A NULL array counts as an empty one. */
static int add_user_array(struct exec *x, uaddr_t uarray, int *count)
{
	for (; uarray; uarray += sizeof(uaddr_t)) {
		uaddr_t s;
		int err;

		if (get_user(s, uarray))
			return -EFAULT;
		if (!s)
			return 0;
		if (fatal_signal_pending(current))
			return -EINTR;
		err = add_user_string(x, s);
		if (err)
			return err;
		++*count;
	}
	return 0;
}

static int add_kernel_array(struct exec *x, const char *const *array, int *count)
{
	for (; *array; array++, ++*count) {
		int err = add_string(x, *array);

		if (err)
			return err;
	}
	return 0;
}

int exec_prepend(struct exec *x, const char *interp, const char *arg, const char *script)
{
	size_t ilen = strlen(interp) + 1, alen = arg ? strlen(arg) + 1 : 0, slen = strlen(script) + 1;
	size_t drop = x->argc ? strlen(x->strings) + 1 : 0, add = ilen + alen + slen;
	int err = reserve(x, add);
	char *p;

	if (err)
		return err;
	memmove(x->strings + add, x->strings + drop, x->len - drop);
	p = x->strings;
	memcpy(p, interp, ilen);
	if (arg)
		memcpy(p + ilen, arg, alen);
	memcpy(p + ilen + alen, script, slen);
	x->len += add - drop;
	x->env_off += add - drop;
	x->argc += 2 + !!arg - !!x->argc;
	return 0;
}

/* --- the file --- */

static int check_file(struct file *f)
{
	struct inode *inode = f->inode;

	if (!S_ISREG(inode->mode))
		return why(-EACCES, "not a regular file");
	if (f->path.mnt->flags & MNT_NOEXEC)
		return why(-EACCES, "the file system is mounted noexec");
	if (!(inode->mode & 0111))
		return why(-EACCES, "no execute permission");
	return inode_permission(inode, MAY_EXEC);
}

int exec_set_file(struct exec *x, struct file *f)
{
	int err = check_file(f);
	ssize_t n;

	if (!err)
		err = deny_write(f->inode);
	if (err) {
		file_put(f);
		return err;
	}
	if (x->file) {
		allow_write(x->file->inode);
		file_put(x->file);
	}
	x->file = f;
	memset(x->head, 0, sizeof(x->head));
	x->unreadable |= inode_permission(f->inode, MAY_READ) != 0;
	n = kernel_read(f, x->head, sizeof(x->head) - 1, 0);
	return n < 0 ? (int)n : 0;
}

/*
 * The new program's address space and the ids that the file's mode gives, both at once: whoever might look into the process, or
 * begins to trace it, finds it before or after. Only the last file of a chain of interpreters counts. Never sleeps.
 */
static void become(struct exec *x)
{
	struct inode *inode = x->file->inode;
	bool nosuid = x->file->path.mnt->flags & MNT_NOSUID || ptrace_blocks_privileges(current);

	x->secure = cred_for_exec(x->cred, inode->mode, inode->uid, inode->gid, nosuid);
	current->mm = x->mm;
	x->mm = NULL;
	current->mm->dumpable = !x->secure && !x->unreadable;
	if (x->secure)
		current->pdeath_signal = 0;
	commit_creds(x->cred);
	x->cred = NULL;
}

static int try_formats(struct exec *x)
{
	const struct exec_format *f;
	int err = -ENOEXEC;

	for (f = __start_exec_formats; f < __stop_exec_formats && err == -ENOEXEC; f++)
		err = f->load(x);
	return err;
}

int exec_again(struct exec *x)
{
	return try_formats(x);
}

/* --- the point of no return --- */

static void take_name(struct exec *x)
{
	const char *slash = strrchr(x->name, '/');

	set_task_comm(current, slash ? slash + 1 : x->name);
}

static void install_mm(struct exec *x)
{
	struct mm *old = current->mm;

	if (old) {
		futex_exit(current);
		current->acct.maxrss_pages = max(current->acct.maxrss_pages, (u64)old->hiwater_rss);
	}
	thread_exec_mm(old, x->mm);
	become(x);
	if (current->vfork_done) {
		complete(current->vfork_done);
		current->vfork_done = NULL;
	}
	if (old)
		mm_users_put(old);
}

int exec_commit(struct exec *x)
{
	struct task *t = current;
	int err;

	x->mm = mm_alloc();
	if (!x->mm)
		return -ENOMEM;
	x->cred = prepare_creds();
	err = x->cred ? kill_other_threads() : -ENOMEM;
	if (!err && !t->files)
		err = files_init_task(t);
	if (!err)
		err = unshare_files();
	if (err)
		return err;
	mm_set_exe(x->mm, x->file);
	install_mm(x);
	t->flags &= ~(PF_KTHREAD | PF_FORKNOEXEC);
	t->process->did_exec = true;
	posix_timers_exec();
	flush_signal_handlers(t);
	close_on_exec();
	t->clear_child_tid = t->robust_list = 0;
	t->rseq = 0;
	t->rseq_len = 0;
	take_name(x);
	trace_exec();
	return 0;
}

static void end_exec(struct exec *x)
{
	if (x->file) {
		allow_write(x->file->inode);
		file_put(x->file);
	}
	if (x->mm)
		mm_users_put(x->mm);
	if (x->cred)
		abort_creds(x->cred);
	kfree(x->strings);
	kfree(x->name);
	kfree(x->interp);
}

static int run(struct exec *x, struct file *f)
{
	bool committed;
	int err = exec_set_file(x, f);
	struct mm *before = current->mm;

	if (!err)
		err = try_formats(x);
	committed = current->mm != before;
	if (err && committed)
		force_signal(SIGSEGV);	/* nothing to return to */
	if (!err)
		notify_file(x->file, IN_OPEN);
	return err;
}

/* The path for AT_EXECFN and scripts: the name, or /dev/fd/n below a directory descriptor. */
static char *path_name(int dfd, const char *name)
{
	if (*name == '/' || dfd == AT_FDCWD)
		return kstrdup(name, GFP_KERNEL);
	if (!*name)
		return kasprintf(GFP_KERNEL, "/dev/fd/%d", dfd);
	return kasprintf(GFP_KERNEL, "/dev/fd/%d/%s", dfd, name);
}

static struct file *open_program(int dfd, const char *name, int flags)
{
	struct file *f;
	struct path p;
	int err;

	if (flags & AT_EMPTY_PATH && !*name) {
		err = path_lookup(dfd, "", LOOKUP_EMPTY, &p);
	} else {
		err = path_lookup(dfd, name, flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW, &p);
	}
	if (!err && S_ISLNK(p.dentry->inode->mode)) {
		path_put(&p);
		err = -ELOOP;
	}
	if (err)
		return ERR_PTR(err);
	if (!S_ISREG(p.dentry->inode->mode)) {
		path_put(&p);
		return ERR_PTR(-EACCES);
	}
	err = inode_permission(p.dentry->inode, MAY_EXEC);
	f = err ? ERR_PTR(err) : file_open_path(&p, O_RDONLY);
	path_put(&p);
	return f;
}

struct file *exec_open_interp(const char *name)
{
	return open_program(AT_FDCWD, name, 0);
}

static bool closes_on_exec(int fd)
{
	struct files *fs = current->files;

	return fd >= 0 && fs && (unsigned)fd < fs->max && fs->cloexec[fd / 64] >> (fd % 64) & 1;
}

static long do_execveat(int dfd, uaddr_t uname, uaddr_t uargv, uaddr_t uenvp, int flags)
{
	char *name = getname(uname);
	int tid = task_pid_nr(current), err;
	struct exec x = { 0 };
	struct file *f;

	if (IS_ERR(name))
		return PTR_ERR(name);
	if (current->flags & PF_NPROC && nproc_exceeded(current->cred->uid)) {
		putname(name);
		return -EAGAIN;
	}
	current->flags &= ~PF_NPROC;
	f = open_program(dfd, name, flags);
	err = IS_ERR(f) ? (int)PTR_ERR(f) : 0;
	if (!err) {
		x.name = path_name(dfd, name);
		x.no_path = *name != '/' && dfd != AT_FDCWD && closes_on_exec(dfd);
		err = x.name ? add_user_array(&x, uargv, &x.argc) : -ENOMEM;
		if (!err && !x.argc) {		/* programs rely on argv[0]; Linux gives an empty one */
			err = add_string(&x, "");
			x.argc = 1;
		}
		x.env_off = x.len;
		if (!err)
			err = add_user_array(&x, uenvp, &x.envc);
		if (err)
			file_put(f);
		else
			err = run(&x, f);
	}
	putname(name);
	end_exec(&x);
	if (!err)
		ptrace_exec(tid);
	return err;
}

long sys_execve(uaddr_t name, uaddr_t argv, uaddr_t envp)
{
	return do_execveat(AT_FDCWD, name, argv, envp, 0);
}

long sys_execveat(int dfd, uaddr_t name, uaddr_t argv, uaddr_t envp, int flags)
{
	if (unknown_flags(flags, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
		return -EINVAL;
	return do_execveat(dfd, name, argv, envp, flags);
}

int kernel_execve(const char *name, const char *const *argv, const char *const *envp)
{
	struct exec x = { 0 };
	struct file *f;
	int err;

	f = open_program(AT_FDCWD, name, 0);
	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	x.name = kstrdup(name, GFP_KERNEL);
	err = x.name ? add_kernel_array(&x, argv, &x.argc) : -ENOMEM;
	x.env_off = x.len;
	if (!err)
		err = add_kernel_array(&x, envp, &x.envc);
	if (err)
		file_put(f);
	else
		err = run(&x, f);
	end_exec(&x);
	return err;
}
