/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of fs/proc share. */
#ifndef PROC_INTERNAL_H
#define PROC_INTERNAL_H

#include <kernel/sched.h>
#include <fs/fs.h>
#include <fs/proc.h>

#define PROC_MAGIC	0x9fa0
/* Inode numbers: 1 the root, then the tree's nodes; processes far above them. */
#define PROC_INO_ROOT	1
#define PROC_INO_PID(nr, what)	(((u64)(nr) << 20 | (what)) + (1ULL << 32))
#define PROC_INO_FD	0x1000	/* "what" of descriptor n: this + n */

struct pid_entry;
/* An inode of /proc. node: of the tree; else pid and entry say whose and what it is. */
struct proc_inode {
	struct inode inode;
	const struct proc_node *node;
	struct pid *pid;		/* counted */
	const struct pid_entry *entry;
	int fd;				/* fd/n, fdinfo/n, task/n */
};
static inline struct proc_inode *proc_i(const struct inode *inode) { return (struct proc_inode *)inode; }

/* --- mount options (options.c) --- */
enum { HIDE_OFF, HIDE_NOACCESS, HIDE_INVISIBLE, HIDE_NOT_PTRACEABLE = 4 };	/* hidepid=, man 5 proc */
struct proc_sb { int hide; gid_t gid; bool pids_only; };
static inline struct proc_sb *proc_sb(const struct super_block *sb) { return sb->private; }
int proc_parse_options(struct proc_sb *ps, char *data);
int proc_remount(struct super_block *sb, unsigned flags, char *data);
void proc_show_options(struct super_block *sb, struct seq_file *m);
/* Whether current sees t on a mount that hides from hidepid=from on. */
bool proc_may_see(const struct super_block *sb, struct task *t, int from);

/* --- the tree of system-wide files (tree.c) --- */
struct proc_node {
	const char *name;
	size_t len;
	const struct proc_node *parent;
	const struct proc_file *file;	/* NULL: a folder */
	const char *link;		/* a symlink's target; NULL: none */
	struct proc_node *first, *next;	/* children by name; the parent's next child */
	u64 ino;
	unsigned nr_dirs;
};
extern struct proc_node proc_root_node;
struct dentry *tree_lookup(const struct proc_node *dir, struct dentry *dentry);
bool tree_iterate(const struct proc_node *dir, struct dir_context *ctx);	/* from pos 2 on; false: full */
unsigned tree_entries(const struct proc_node *dir);
const struct proc_node *tree_find(const struct proc_node *dir, const char *name, size_t len);
struct inode *tree_inode(struct super_block *sb, const struct proc_node *node);	/* counted; NULL: no memory */

/* --- processes (pid.c) --- */
struct pid_entry {
	const char *name;
	mode_t mode;			/* with S_IFMT */
	int (*show)(struct seq_file *m, struct task *t);	/* text; sleeps; t is held */
	bool guarded;			/* needs ptrace_may_access() at open (text), or to be followed (links) */
	const struct file_ops *fops;	/* instead of show */
	const struct inode_ops *iops;	/* folders */
	int (*link)(struct task *t, struct path *out);		/* magic links */
	ssize_t (*write)(struct task *t, char *text, size_t n);	/* of files with show */
};
struct task *proc_task(const struct inode *inode);	/* held by task_get(), or NULL: gone */
struct inode *pid_inode(struct super_block *sb, struct pid *pid, const struct pid_entry *e, mode_t mode, u64 what);
/* get_link of a magic link: the path that follow gives, as text; the cookie is for kfree. ERR_PTR */
const char *pid_magic_text(struct dentry *dentry, void **cookie, int (*follow)(struct dentry *, struct path *));
extern const struct inode_ops pid_magic_ops, pid_task_dir_ops, pid_fd_dir_ops, pid_fdinfo_dir_ops, pid_net_dir_ops;
extern const struct file_ops pid_task_dir_fops, pid_fd_dir_fops, pid_fdinfo_dir_fops, pid_net_dir_fops;
extern const struct file_ops pid_mem_fops, pid_mounts_fops, pid_mountinfo_fops, pid_mountstats_fops;
extern const struct dentry_ops pid_dentry_ops;
struct dentry *pid_lookup(struct inode *dir, struct dentry *dentry);	/* a number in the root directory */
bool pid_iterate(const struct super_block *sb, struct dir_context *ctx, loff_t base);	/* all processes; false: full */
unsigned proc_nr_processes(void);
bool name_to_number(const struct qstr *name, int *nr);
struct mm *proc_mm(struct task *t);			/* users counted; NULL: none. mm_users_put() it. */

int pid_stat_show(struct seq_file *m, struct task *t);
int tid_stat_show(struct seq_file *m, struct task *t);
int pid_statm_show(struct seq_file *m, struct task *t);
int pid_status_show(struct seq_file *m, struct task *t);
int pid_maps_show(struct seq_file *m, struct task *t);
int pid_smaps_show(struct seq_file *m, struct task *t);
int pid_smaps_rollup_show(struct seq_file *m, struct task *t);
int pid_cmdline_show(struct seq_file *m, struct task *t);
int pid_environ_show(struct seq_file *m, struct task *t);
int pid_auxv_show(struct seq_file *m, struct task *t);
int pid_limits_show(struct seq_file *m, struct task *t);
int pid_io_show(struct seq_file *m, struct task *t);
int tid_io_show(struct seq_file *m, struct task *t);
int pid_sched_show(struct seq_file *m, struct task *t);
int pid_schedstat_show(struct seq_file *m, struct task *t);
int pid_comm_show(struct seq_file *m, struct task *t);
ssize_t pid_comm_write(struct task *t, char *text, size_t n);
int pid_oom_score_show(struct seq_file *m, struct task *t);
int pid_oom_adj_show(struct seq_file *m, struct task *t);
ssize_t pid_oom_adj_write(struct task *t, char *text, size_t n);
int pid_personality_show(struct seq_file *m, struct task *t);
int pid_cgroup_show(struct seq_file *m, struct task *t);
int pid_wchan_show(struct seq_file *m, struct task *t);
int pid_stack_show(struct seq_file *m, struct task *t);
int pid_syscall_show(struct seq_file *m, struct task *t);
int pid_loginuid_show(struct seq_file *m, struct task *t);
ssize_t pid_loginuid_write(struct task *t, char *text, size_t n);
int pid_sessionid_show(struct seq_file *m, struct task *t);
int pid_idmap_show(struct seq_file *m, struct task *t);
int pid_setgroups_show(struct seq_file *m, struct task *t);
int pid_coredump_filter_show(struct seq_file *m, struct task *t);
int pid_timerslack_show(struct seq_file *m, struct task *t);
ssize_t pid_timerslack_write(struct task *t, char *text, size_t n);
char proc_state(const struct task *t, const char **word);	/* 'S', "sleeping" */
unsigned long ns_to_ticks(u64 ns);			/* of 1/100 s */

#endif
