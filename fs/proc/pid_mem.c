// SPDX-License-Identifier: GPL-2.0
/* What lies in a process's memory: cmdline, environ, auxv, and mem, the whole of it. */
#include <kernel/cred.h>
#include <kernel/uaccess.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include "internal.h"

#define AREA_MAX	(8UL << 20)	/* of arguments or environment; exec allows 6 MiB */

/* Memory [start, end) of mm at the end of the text. How much could be read. */
static size_t show_area(struct seq_file *m, struct mm *mm, uaddr_t start, uaddr_t end)
{
	char *buf = kmalloc(PAGE_SIZE, 0);
	size_t total = 0;

	if (!buf) {
		m->overflow = true;
		return 0;
	}
	if (end < start || end - start > AREA_MAX)
		end = start;
	while (start < end) {
		ssize_t n = access_remote_vm(mm, start, buf, min(end - start, PAGE_SIZE), false);

		if (n <= 0)
			break;
		seq_write(m, buf, (size_t)n);
		start += (size_t)n;
		total += (size_t)n;
	}
	kfree(buf);
	return total;
}

/*
 * setproctitle(3) overwrites the arguments and runs on into the environment: when the last byte of the arguments is not
 * NUL, the text goes on there up to the first NUL.
 */
int pid_cmdline_show(struct seq_file *m, struct task *t)
{
	struct mm *mm = proc_mm(t);
	size_t n, first = m->len, len;

	if (!mm)
		return 0;
	n = show_area(m, mm, mm->arg_start, mm->arg_end);
	if (n && !m->overflow && m->buf[m->len - 1]) {
		len = strnlen(m->buf + first, n);
		if (len < n) {
			m->len = first + len;	/* shorter than the arguments were */
		} else if (mm->env_start == mm->arg_end) {
			n += show_area(m, mm, mm->env_start, mm->env_end);
			n = min(n, m->len - first);
			m->len = first + strnlen(m->buf + first, n);
		}
	}
	mm_users_put(mm);
	return 0;
}

int pid_environ_show(struct seq_file *m, struct task *t)
{
	struct mm *mm = proc_mm(t);

	if (mm) {
		show_area(m, mm, mm->env_start, mm->env_end);
		mm_users_put(mm);
	}
	return 0;
}

int pid_auxv_show(struct seq_file *m, struct task *t)
{
	struct mm *mm = proc_mm(t);

	if (mm) {
		seq_write(m, mm->saved_auxv, (size_t)min_t(int, mm->nr_auxv, (int)ARRAY_SIZE(mm->saved_auxv)) * sizeof(u64));
		mm_users_put(mm);
	}
	return 0;
}

/* --- mem: the address space that was there at open --- */

static int mem_open(struct inode *inode, struct file *f)
{
	struct task *t = proc_task(inode);
	struct mm *mm;

	if (!t)
		return -ESRCH;
	if (!ptrace_may_access(t)) {
		task_put(t);
		return -EACCES;
	}
	mm = t->mm;
	if (mm)
		mm_get(mm);
	f->private = mm;
	task_put(t);
	return 0;
}

static void mem_release(struct inode *inode, struct file *f)
{
	if (f->private)
		mm_drop(f->private);
}

static ssize_t mem_rw(struct file *f, struct iov_iter *it, loff_t *pos, bool write)
{
	struct mm *mm = f->private;
	ssize_t done = 0, n;
	char *buf;

	if (!mm || !mm->users)
		return 0;
	buf = kmalloc(PAGE_SIZE, 0);
	if (!buf)
		return -ENOMEM;
	mm_users_get(mm);
	while (it->count) {
		size_t want = min_t(size_t, it->count, PAGE_SIZE);

		if (write)
			want = copy_from_iter(buf, want, it);
		n = want ? access_remote_vm(mm, (uaddr_t)*pos, buf, want, write) : -EFAULT;
		if (n > 0 && !write)
			n = (ssize_t)copy_to_iter(buf, (size_t)n, it) ?: -EFAULT;
		if (n <= 0) {
			done = done ?: n == -EFAULT && want ? -EIO : n;
			break;
		}
		done += n;
		*pos += n;
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}
	mm_users_put(mm);
	kfree(buf);
	return done;
}

static ssize_t mem_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	return mem_rw(f, it, pos, false);
}

static ssize_t mem_write(struct file *f, struct iov_iter *it, loff_t *pos)
{
	return mem_rw(f, it, pos, true);
}

/* Addresses, so any 64-bit offset will do. */
static loff_t mem_llseek(struct file *f, loff_t off, int whence)
{
	if (whence == SEEK_CUR)
		off += f->pos;
	else if (whence != SEEK_SET)
		return -EINVAL;
	return f->pos = off;
}

const struct file_ops pid_mem_fops = {
	.open = mem_open, .release = mem_release, .read = mem_read, .write = mem_write, .llseek = mem_llseek,
};
