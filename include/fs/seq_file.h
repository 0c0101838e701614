/* SPDX-License-Identifier: GPL-2.0 */
/* Files whose text is made while they are read: those of /proc and /sys. */
#ifndef FS_SEQ_FILE_H
#define FS_SEQ_FILE_H

#include <kernel/types.h>
#include <fs/fs.h>

/* seq_ calls never fail; the text grows as needed. They may sleep. */
struct seq_file { char *buf; size_t len, size; void *private; struct file *file; bool overflow; };
void seq_printf(struct seq_file *m, const char *fmt, ...) __printf(2, 3);
void seq_puts(struct seq_file *m, const char *s);
void seq_putc(struct seq_file *m, char c);
void seq_write(struct seq_file *m, const void *p, size_t n);
void seq_escape(struct seq_file *m, const char *s, const char *chars);	/* chars as \ooo: mounts, maps */
void seq_path(struct seq_file *m, const struct path *path, const char *escape);

/* What file->private is of such a file. */
struct text_file {
	struct seq_file m;
	int (*show)(struct seq_file *m, void *arg);
	void *arg;
	bool made;
	u64 version;			/* mounts: of the namespace when it was last read */
};
int text_open(struct file *f, int (*show)(struct seq_file *m, void *arg), void *arg);	/* 0, -ENOMEM */
ssize_t text_read(struct file *f, struct iov_iter *it, loff_t *pos);
void text_release(struct inode *inode, struct file *f);
loff_t text_llseek(struct file *f, loff_t off, int whence);
/* One write(2) as a NUL-terminated string: kfree it. ERR_PTR(-EINVAL: longer than a page). */
char *text_from_user(struct iov_iter *it);
/* What ops->write is: one write(2) handed to store, which gives n or -errno. */
ssize_t text_write(struct iov_iter *it, loff_t *pos, ssize_t (*store)(char *text, size_t n, void *arg), void *arg);

#endif
