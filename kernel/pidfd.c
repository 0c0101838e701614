// SPDX-License-Identifier: GPL-2.0
/* pidfds: poll on a process's end, fetch another process's descriptor. */
#include <kernel/cred.h>
#include <kernel/pidfd.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <fs/file.h>
#include <fs/poll.h>
#include <fs/proc.h>

static bool pid_ended(struct pid *pid)
{
	struct task *t = pid_task(pid, PIDTYPE_TGID);

	return !t || t->process->nr_threads == 0 || (t->state >= TASK_ZOMBIE && t->process->nr_threads <= 0);
}

static u32 pidfd_poll(struct file *f, struct poll_table *pt)
{
	struct pid *pid = f->private;

	poll_wait(f, &pid->wait_pidfd, pt);
	return pid_ended(pid) ? EPOLLIN | EPOLLRDNORM : 0;
}

static void pidfd_release(struct inode *inode, struct file *f)
{
	pid_put(f->private);
}

static void pidfd_show(struct file *f, struct seq_file *m)
{
	struct pid *pid = f->private;
	int nr = pid_task(pid, PIDTYPE_PID) ? pid->nr : -1;

	seq_printf(m, "Pid:\t%d\nNSpid:\t%d\n", nr, nr);
}

static const struct file_ops pidfd_fops = {
	.poll = pidfd_poll,
	.llseek = no_llseek,
	.release = pidfd_release,
	.show_fdinfo = pidfd_show,
};

struct file *pidfd_file(struct pid *pid, unsigned flags)
{
	struct file *f = anon_file("pidfd", &pidfd_fops, pid_get(pid), O_RDWR | flags);

	if (IS_ERR(f))
		pid_put(pid);
	return f;
}

struct pid *pidfd_pid(struct file *f)
{
	return f->ops == &pidfd_fops ? f->private : NULL;
}

int pidfd_or_proc_process(int fd, struct process **out)
{
	struct file *f = fget(fd);
	struct pid *pid = f ? proc_dir_pid(f) : NULL;
	struct task *t = pid ? pid_task(pid, PIDTYPE_TGID) : NULL;

	file_put(f);
	if (!pid)
		return pidfd_process(fd, out);
	*out = t ? t->process : NULL;
	return t ? 0 : -ESRCH;
}

int pidfd_process(int fd, struct process **out)
{
	struct file *f = fget(fd);
	struct task *t = NULL;
	int err = -EBADF;
	struct pid *pid;

	if (!f)
		return -EBADF;
	pid = pidfd_pid(f);
	if (pid) {
		t = pid_task(pid, PIDTYPE_TGID);
		err = t ? 0 : -ESRCH;
	}
	file_put(f);
	*out = t ? t->process : NULL;
	return err;
}

long sys_pidfd_open(int nr, unsigned flags)
{
	struct pid *pid;
	struct file *f;

	if (unknown_flags(flags, O_NONBLOCK))
		return -EINVAL;
	if (nr <= 0)
		return -EINVAL;
	pid = pid_find(nr);
	if (!pid || !pid_task(pid, PIDTYPE_PID))
		return -ESRCH;
	if (!pid_task(pid, PIDTYPE_TGID))
		return -EINVAL;
	f = pidfd_file(pid, flags);
	return fd_publish(f, O_CLOEXEC);
}

long sys_pidfd_getfd(int fd, int target, unsigned flags)
{
	struct process *p;
	struct file *f;
	int err;

	if (flags)
		return -EINVAL;
	err = pidfd_process(fd, &p);
	if (err)
		return err;
	if (!ptrace_may_access(p->leader))
		return -EPERM;
	if (!p->leader->files)
		return -ESRCH;
	f = fget_task(p->leader, target);
	return f ? fd_publish(f, O_CLOEXEC) : -EBADF;
}
