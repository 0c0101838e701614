// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/<pid> and /proc/<pid>/task/<tid>: the folders, what lies in them, and who may look. Names and inodes of processes
 * are made for each use and not cached, so nothing of a dead process is held.
 */
#include <kernel/cred.h>
#include <fs/mount.h>
#include <fs/namei.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include "internal.h"

/* --- tasks of inodes --- */

struct task *proc_task(const struct inode *inode)
{
	struct task *t = proc_i(inode)->pid ? pid_task(proc_i(inode)->pid, PIDTYPE_PID) : NULL;

	if (t)
		task_get(t);
	return t;
}

struct mm *proc_mm(struct task *t)
{
	struct mm *mm = t->mm;

	if (mm && !is_kthread(t))
		mm_users_get(mm);
	else
		mm = NULL;
	return mm;
}

/* Owned by who the process acts for, unless that would open the files of a privileged program to its user. */
static void set_owner(struct inode *inode, struct task *t)
{
	bool open = S_ISDIR(inode->mode) || !t->mm || t->mm->dumpable == 1;

	inode->uid = open ? t->cred->euid : 0;
	inode->gid = open ? t->cred->egid : 0;
}

struct inode *pid_inode(struct super_block *sb, struct pid *pid, const struct pid_entry *e, mode_t mode, u64 what)
{
	struct task *t = pid_task(pid, PIDTYPE_PID);
	struct inode *inode;

	if (!t)
		return ERR_PTR(-ENOENT);
	inode = new_inode(sb);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	proc_i(inode)->pid = pid_get(pid);
	proc_i(inode)->entry = e;
	inode->ino = PROC_INO_PID(pid->nr, what);
	inode->mode = mode;
	if (!e && S_ISDIR(mode))
		inode->flags |= S_IMMUTABLE_;
	t = pid_task(pid, PIDTYPE_PID);		/* making it may have slept */
	if (t)
		set_owner(inode, t);
	return inode;
}

static bool pid_revalidate(struct dentry *d)
{
	struct task *t = d->inode && proc_i(d->inode)->pid ? pid_task(proc_i(d->inode)->pid, PIDTYPE_PID) : NULL;

	if (!t)
		return false;
	set_owner(d->inode, t);
	return true;
}

static bool pid_keep(struct dentry *d)
{
	return false;
}

const struct dentry_ops pid_dentry_ops = { .revalidate = pid_revalidate, .keep = pid_keep };

bool name_to_number(const struct qstr *name, int *nr)
{
	u32 i, n = 0;

	if (!name->len || name->len > 9 || (name->name[0] == '0' && name->len > 1))
		return false;
	for (i = 0; i < name->len; i++) {
		if (name->name[i] < '0' || name->name[i] > '9')
			return false;
		n = n * 10 + (u32)(name->name[i] - '0');
	}
	*nr = (int)n;
	return true;
}

/* --- text files --- */

static int text_show(struct seq_file *m, void *arg)
{
	struct inode *inode = arg;
	struct task *t = proc_task(inode);
	int err;

	if (!t)
		return -ESRCH;
	/* Asked again: it may have become a program with other rights since the file was opened. */
	err = proc_i(inode)->entry->guarded && !ptrace_may_access(t) ? -EACCES : proc_i(inode)->entry->show(m, t);
	task_put(t);
	return err;
}

static int pid_text_open(struct inode *inode, struct file *f)
{
	const struct pid_entry *e = proc_i(inode)->entry;
	struct task *t = proc_task(inode);
	int err = 0;

	if (!t)
		return -ESRCH;
	if (e->guarded && !ptrace_may_access(t))
		err = -EACCES;
	task_put(t);
	f->mode &= ~FMODE_PWRITE;
	return err ?: text_open(f, text_show, inode);
}

static ssize_t pid_text_write(struct file *f, struct iov_iter *it, loff_t *pos)
{
	const struct pid_entry *e = proc_i(f->inode)->entry;
	struct task *t = proc_task(f->inode);
	size_t n = it->count;
	ssize_t r = -EINVAL;
	char *text;

	if (!t)
		return -ESRCH;
	text = text_from_user(it);
	r = PTR_ERR(text);
	if (!IS_ERR(text)) {
		r = e->write ? e->write(t, text, n) : -EINVAL;
		kfree(text);
	}
	task_put(t);
	return r;
}

static const struct file_ops pid_text_fops = {
	.open = pid_text_open, .release = text_release, .read = text_read, .write = pid_text_write, .llseek = text_llseek,
};

/* --- magic links: exe, cwd, root --- */

static int magic_follow(struct dentry *dentry, struct path *out)
{
	struct inode *inode = dentry->inode;
	struct task *t = proc_task(inode);
	int err;

	if (!t)
		return -ESRCH;
	err = ptrace_may_access(t) ? proc_i(inode)->entry->link(t, out) : -EACCES;
	task_put(t);
	return err;
}

static void free_link(void *cookie)
{
	kfree(cookie);
}

const char *pid_magic_text(struct dentry *dentry, void **cookie, int (*follow)(struct dentry *, struct path *))
{
	char *buf = kmalloc(PATH_MAX_, 0), *p;
	struct path path;
	int err = buf ? follow(dentry, &path) : -ENOMEM;

	*cookie = NULL;
	if (err) {
		kfree(buf);
		return ERR_PTR(err);
	}
	p = d_path(&path, buf, PATH_MAX_);
	path_put(&path);
	if (IS_ERR(p)) {
		kfree(buf);
		return p;
	}
	*cookie = buf;
	return p;
}

static const char *magic_get_link(struct dentry *dentry, struct inode *inode, void **cookie)
{
	return pid_magic_text(dentry, cookie, magic_follow);
}

static int no_setattr(struct dentry *dentry, struct kattr *attr)
{
	return attr->valid & (ATTR_MODE | ATTR_UID | ATTR_GID) ? -EPERM : 0;
}

const struct inode_ops pid_magic_ops = {
	.get_link = magic_get_link, .put_link = free_link, .follow = magic_follow, .setattr = no_setattr,
};
static const struct inode_ops pid_file_ops = { .setattr = no_setattr };

static int exe_link(struct task *t, struct path *out)
{
	struct file *f = t->mm ? t->mm->exe_file : NULL;

	if (!f)
		return -ENOENT;
	*out = f->path;
	path_get(out);
	return 0;
}

static int cwd_link(struct task *t, struct path *out)
{
	if (!t->fs)
		return -ENOENT;
	*out = t->fs->pwd;
	path_get(out);
	return 0;
}

static int root_link(struct task *t, struct path *out)
{
	if (!t->fs)
		return -ENOENT;
	*out = t->fs->root;
	path_get(out);
	return 0;
}

/* --- the entries --- */

#define DIR(n, m, i, f)		{ .name = n, .mode = S_IFDIR | (m), .iops = &(i), .fops = &(f) }
#define TEXT(n, m, s)		{ .name = n, .mode = S_IFREG | (m), .show = s }
#define GUARDED(n, m, s)	{ .name = n, .mode = S_IFREG | (m), .show = s, .guarded = true }
#define TEXT_RW(n, m, s, w)	{ .name = n, .mode = S_IFREG | (m), .show = s, .write = w }
#define OPS(n, m, f)		{ .name = n, .mode = S_IFREG | (m), .fops = &(f) }
#define LINK(n, l)		{ .name = n, .mode = S_IFLNK | 0777, .link = l }

#define COMMON											\
	DIR("fd", 0500, pid_fd_dir_ops, pid_fd_dir_fops),					\
	DIR("fdinfo", 0555, pid_fdinfo_dir_ops, pid_fdinfo_dir_fops),				\
	DIR("net", 0555, pid_net_dir_ops, pid_net_dir_fops),					\
	GUARDED("environ", 0400, pid_environ_show), GUARDED("auxv", 0400, pid_auxv_show),	\
	TEXT("status", 0444, pid_status_show), GUARDED("personality", 0400, pid_personality_show), \
	TEXT("limits", 0444, pid_limits_show), TEXT("sched", 0444, pid_sched_show),		\
	TEXT_RW("comm", 0644, pid_comm_show, pid_comm_write), GUARDED("syscall", 0400, pid_syscall_show), \
	TEXT("cmdline", 0444, pid_cmdline_show), TEXT("statm", 0444, pid_statm_show),		\
	GUARDED("maps", 0444, pid_maps_show), OPS("mem", 0600, pid_mem_fops),			\
	LINK("cwd", cwd_link), LINK("root", root_link), LINK("exe", exe_link),			\
	OPS("mounts", 0444, pid_mounts_fops), OPS("mountinfo", 0444, pid_mountinfo_fops),	\
	GUARDED("smaps", 0444, pid_smaps_show), GUARDED("smaps_rollup", 0444, pid_smaps_rollup_show), \
	TEXT("wchan", 0444, pid_wchan_show), GUARDED("stack", 0400, pid_stack_show),		\
	TEXT("schedstat", 0444, pid_schedstat_show), TEXT("cgroup", 0444, pid_cgroup_show),	\
	TEXT("oom_score", 0444, pid_oom_score_show),						\
	TEXT_RW("oom_score_adj", 0644, pid_oom_adj_show, pid_oom_adj_write),			\
	TEXT_RW("loginuid", 0644, pid_loginuid_show, pid_loginuid_write), TEXT("sessionid", 0444, pid_sessionid_show),	\
	TEXT("uid_map", 0444, pid_idmap_show),		\
	TEXT("gid_map", 0444, pid_idmap_show), TEXT("setgroups", 0444, pid_setgroups_show)

static const struct pid_entry process_entries[] = {
	DIR("task", 0555, pid_task_dir_ops, pid_task_dir_fops),
	TEXT("stat", 0444, pid_stat_show),
	GUARDED("io", 0400, pid_io_show),
	OPS("mountstats", 0400, pid_mountstats_fops),
	TEXT("coredump_filter", 0444, pid_coredump_filter_show),
	TEXT_RW("timerslack_ns", 0666, pid_timerslack_show, pid_timerslack_write),
	COMMON,
};
static const struct pid_entry thread_entries[] = {
	TEXT("stat", 0444, tid_stat_show),
	GUARDED("io", 0400, tid_io_show),
	COMMON,
};

static struct dentry *entry_lookup(struct inode *dir, struct dentry *dentry, const struct pid_entry *table, unsigned n)
{
	const struct pid_entry *e = NULL;
	struct inode *inode;
	unsigned i;

	for (i = 0; i < n && !e; i++)
		if (strlen(table[i].name) == dentry->name.len && !memcmp(table[i].name, dentry->name.name, dentry->name.len))
			e = &table[i];
	if (!e)
		return ERR_PTR(-ENOENT);
	inode = pid_inode(dir->sb, proc_i(dir)->pid, e, e->mode, (u64)(e - table) + 2);
	if (IS_ERR(inode))
		return ERR_CAST(inode);
	if (e->iops)
		inode->ops = e->iops;
	else if (S_ISLNK(e->mode))
		inode->ops = &pid_magic_ops;
	else
		inode->ops = &pid_file_ops;
	if (S_ISDIR(e->mode))
		inode_set_nlink(inode, 2);
	inode->fops = e->fops ?: S_ISREG(e->mode) ? &pid_text_fops : inode->fops;
	dentry->ops = &pid_dentry_ops;
	d_add(dentry, inode);
	return NULL;
}

static int entry_iterate(struct file *f, struct dir_context *ctx, const struct pid_entry *table, unsigned n)
{
	struct pid *pid = proc_i(f->inode)->pid;

	if (!pid_task(pid, PIDTYPE_PID))
		return -ENOENT;
	if (!dir_emit_dots(f, ctx))
		return 0;
	for (; ctx->pos - 2 < n; ctx->pos++) {
		const struct pid_entry *e = &table[ctx->pos - 2];

		if (!dir_emit(ctx, e->name, (int)strlen(e->name), PROC_INO_PID(pid->nr, ctx->pos), DT_OF_MODE(e->mode)))
			break;
	}
	return 0;
}

static struct dentry *process_lookup(struct inode *dir, struct dentry *dentry)
{
	return entry_lookup(dir, dentry, process_entries, ARRAY_SIZE(process_entries));
}

static int process_iterate(struct file *f, struct dir_context *ctx)
{
	return entry_iterate(f, ctx, process_entries, ARRAY_SIZE(process_entries));
}

static struct dentry *thread_lookup(struct inode *dir, struct dentry *dentry)
{
	return entry_lookup(dir, dentry, thread_entries, ARRAY_SIZE(thread_entries));
}

static int thread_iterate(struct file *f, struct dir_context *ctx)
{
	return entry_iterate(f, ctx, thread_entries, ARRAY_SIZE(thread_entries));
}

/* hidepid=: the folder of somebody else's process is shut, or looks as if it were not there. */
static int process_permission(struct inode *inode, int mask)
{
	struct task *t = proc_task(inode);
	bool may;

	if (!t)
		return -ESRCH;
	may = proc_may_see(inode->sb, t, HIDE_NOACCESS);
	task_put(t);
	if (!may)
		return proc_sb(inode->sb)->hide == HIDE_INVISIBLE ? -ENOENT : -EPERM;
	return generic_permission(inode, mask);
}

static const struct inode_ops process_dir_ops = {
	.lookup = process_lookup, .permission = process_permission, .setattr = no_setattr,
};
static const struct file_ops process_dir_fops = { .iterate = process_iterate };
static const struct inode_ops thread_dir_ops = { .lookup = thread_lookup, .setattr = no_setattr };
static const struct file_ops thread_dir_fops = { .iterate = thread_iterate };

/* An open /proc/<pid> stands for the process, as a pidfd does. */
struct pid *proc_dir_pid(struct file *f)
{
	return f->ops == &process_dir_fops ? proc_i(f->inode)->pid : NULL;
}

/* --- the folders of processes and threads --- */

static struct dentry *add_dir(struct dentry *dentry, struct pid *pid, const struct inode_ops *iops, const struct file_ops *fops,
			      unsigned nlink, u64 what)
{
	struct inode *inode = pid_inode(dentry->sb, pid, NULL, S_IFDIR | 0555, what);

	if (IS_ERR(inode))
		return ERR_CAST(inode);
	inode->ops = iops;
	inode->fops = fops;
	inode_set_nlink(inode, nlink);
	dentry->ops = &pid_dentry_ops;
	d_add(dentry, inode);
	return NULL;
}

/* Threads can be looked up here too, but only processes are listed. */
struct dentry *pid_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task *t;
	struct pid *pid;
	int nr;

	pid = name_to_number(&dentry->name, &nr) ? pid_find(nr) : NULL;
	t = pid ? pid_task(pid, PIDTYPE_PID) : NULL;
	if (!t || !proc_may_see(dir->sb, t, HIDE_NOT_PTRACEABLE))
		return ERR_PTR(-ENOENT);
	return add_dir(dentry, pid, &process_dir_ops, &process_dir_fops, 9, 1);
}

/* The up to max smallest numbers from lo on, ascending, of processes or of one process's threads. */
static unsigned smallest(struct process *of, int lo, int *out, unsigned max)
{
	struct task *t;
	unsigned n = 0, i;

	for_each_task(t) {
		int nr = task_pid_nr(t);

		if ((of ? t->process != of : t != t->process->leader) || nr < lo)
			continue;
		if (n == max && nr > out[n - 1])
			continue;
		i = n < max ? n++ : n - 1;
		for (; i && out[i - 1] > nr; i--)
			out[i] = out[i - 1];
		out[i] = nr;
	}
	return n;
}

/* Whether the root directory lists process nr, which may have gone meanwhile. */
static bool shown(const struct super_block *sb, int nr)
{
	struct pid *pid = pid_find(nr);
	struct task *t = pid ? pid_task(pid, PIDTYPE_PID) : NULL;

	return t && proc_may_see(sb, t, HIDE_INVISIBLE);
}

/* Directory position of number n: base + n. */
static bool iterate_numbers(const struct super_block *sb, struct process *of, struct dir_context *ctx, loff_t base)
{
	int nr[64];
	unsigned i, n;
	char name[12];

	do {
		n = smallest(of, (int)(ctx->pos - base), nr, ARRAY_SIZE(nr));
		for (i = 0; i < n; i++) {
			int len = snprintf(name, sizeof(name), "%d", nr[i]);

			ctx->pos = base + nr[i];
			if ((of || shown(sb, nr[i])) &&
			    !dir_emit(ctx, name, len, PROC_INO_PID(nr[i], of ? 0 : 1), DT_OF_MODE(S_IFDIR)))
				return false;
			ctx->pos++;
		}
	} while (n == ARRAY_SIZE(nr));
	return true;
}

bool pid_iterate(const struct super_block *sb, struct dir_context *ctx, loff_t base)
{
	return iterate_numbers(sb, NULL, ctx, base);
}

unsigned proc_nr_processes(void)
{
	struct task *t;
	unsigned n = 0;

	for_each_task(t)
		n += t == t->process->leader;
	return n;
}

static struct dentry *task_lookup(struct inode *dir, struct dentry *dentry)
{
	struct task *of = proc_task(dir), *t;
	struct pid *pid;
	int nr;
	bool ours;

	if (!of)
		return ERR_PTR(-ENOENT);
	pid = name_to_number(&dentry->name, &nr) ? pid_find(nr) : NULL;
	t = pid ? pid_task(pid, PIDTYPE_PID) : NULL;
	ours = t && t->process == of->process;
	task_put(of);
	return ours ? add_dir(dentry, pid, &thread_dir_ops, &thread_dir_fops, 6, 0) : ERR_PTR(-ENOENT);
}

static int task_iterate(struct file *f, struct dir_context *ctx)
{
	struct task *t = proc_task(f->inode);

	if (!t)
		return -ENOENT;
	if (dir_emit_dots(f, ctx))
		iterate_numbers(f->inode->sb, t->process, ctx, 2);
	task_put(t);
	return 0;
}

static int task_getattr(const struct path *path, struct kstat *st)
{
	struct task *t = proc_task(path->dentry->inode);

	generic_fillattr(path->dentry->inode, st);
	if (t) {
		st->nlink = 2 + (u32)t->process->nr_threads;
		task_put(t);
	}
	return 0;
}

const struct inode_ops pid_task_dir_ops = { .lookup = task_lookup, .getattr = task_getattr, .setattr = no_setattr };
const struct file_ops pid_task_dir_fops = { .iterate = task_iterate };

/* --- net: one network namespace, so the same tree for all --- */

static const struct proc_node *net_node(void)
{
	return tree_find(&proc_root_node, "net", 3);
}

static struct dentry *net_lookup(struct inode *dir, struct dentry *dentry)
{
	const struct proc_node *net = net_node();

	if (!net)
		return ERR_PTR(-ENOENT);
	return tree_lookup(net, dentry);
}

static int net_iterate(struct file *f, struct dir_context *ctx)
{
	const struct proc_node *net = net_node();

	if (dir_emit_dots(f, ctx) && net)
		tree_iterate(net, ctx);
	return 0;
}

const struct inode_ops pid_net_dir_ops = { .lookup = net_lookup, .setattr = no_setattr };
const struct file_ops pid_net_dir_fops = { .iterate = net_iterate };
