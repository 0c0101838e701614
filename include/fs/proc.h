/* SPDX-License-Identifier: GPL-2.0 */
/*
 * /proc files of the system (not of processes), one line each beside what they show:
 *	PROC_FILE("uptime", 0444, uptime_show);
 *	PROC_SYSCTL_INT("kernel/pid_max", 0644, &pid_max, 300, 4194304);
 */
#ifndef FS_PROC_H
#define FS_PROC_H

#include <kernel/types.h>
#include <fs/seq_file.h>

struct proc_file {
	const char *path;		/* below /proc, folders are made: "sys/kernel/hostname" */
	mode_t mode;
	int (*show)(struct seq_file *m, void *arg);		/* sleeps; 0 or -errno */
	/* text (NUL-terminated, n bytes) written in one write(2). n or -errno. NULL: -EACCES at open */
	ssize_t (*write)(char *text, size_t n, void *arg);
	void *arg;
	const struct file_ops *fops;	/* instead of the two above */
};
#define PROC_FILE(path, mode, show)		PROC_FILE_(path, mode, show, NULL, NULL, NULL, __COUNTER__)
#define PROC_FILE_RW(path, mode, show, write, arg) PROC_FILE_(path, mode, show, write, arg, NULL, __COUNTER__)
#define PROC_FILE_OPS(path, mode, fops)		PROC_FILE_(path, mode, NULL, NULL, NULL, fops, __COUNTER__)
/* ptr: an int; written values outside min … max are -EINVAL. */
struct sysctl_int { int *value; long min, max; };
#define PROC_SYSCTL_INT(name, mode, ptr, min, max) \
	PROC_FILE_("sys/" name, mode, proc_int_show, proc_int_write, &((struct sysctl_int){ ptr, min, max }), NULL, __COUNTER__)
/* The same for an unsigned long. */
struct sysctl_ulong { unsigned long *value, min, max; };
#define PROC_SYSCTL_ULONG(name, mode, ptr, min, max) \
	PROC_FILE_("sys/" name, mode, proc_ulong_show, proc_ulong_write, &((struct sysctl_ulong){ ptr, min, max }), NULL, __COUNTER__)
/* buf: a char array, whose size is the limit; a longer text is cut, as Linux does. */
struct sysctl_str { char *buf; size_t size; };
#define PROC_SYSCTL_STR(name, mode, buf) \
	PROC_FILE_("sys/" name, mode, proc_str_show, proc_str_write, &((struct sysctl_str){ buf, sizeof(buf) }), NULL, __COUNTER__)
#define PROC_FILE_(p, m, s, w, a, f, n)		PROC_FILE__(p, m, s, w, a, f, n)
#define PROC_FILE__(p, m, s, w, a, f, n) \
	static const struct proc_file proc_file_##n __section("proc_files") = { p, m, s, w, a, f }
int proc_int_show(struct seq_file *m, void *arg);
ssize_t proc_int_write(char *text, size_t n, void *arg);
int proc_ulong_show(struct seq_file *m, void *arg);
ssize_t proc_ulong_write(char *text, size_t n, void *arg);
int proc_str_show(struct seq_file *m, void *arg);
ssize_t proc_str_write(char *text, size_t n, void *arg);

/* Whose folder /proc/<pid> f is: not counted. NULL: it is something else. */
struct pid;
struct pid *proc_dir_pid(struct file *f);

#endif
