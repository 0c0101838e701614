// SPDX-License-Identifier: GPL-2.0
/* signalfd(2): blocked signals, read as records. Who reads gets his own signals, whoever made the descriptor. */
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <lib/string.h>
#include <mm/slab.h>
#include <fs/file.h>
#include <fs/poll.h>
#include <fs/proc.h>
#include <linux/signalfd.h>

struct signalfd { sigset_t mask; };

static bool is_fault(int sig)
{
	return sigbit(sig) & (sigbit(SIGSEGV) | sigbit(SIGBUS) | sigbit(SIGILL) | sigbit(SIGFPE) | sigbit(SIGTRAP));
}

static void fill_record(struct signalfd_siginfo *s, const siginfo_t *info)
{
	memset(s, 0, sizeof(*s));
	s->ssi_signo = (u32)info->si_signo;
	s->ssi_errno = info->si_errno;
	s->ssi_code = info->si_code;
	if (info->si_code == SI_TIMER) {
		s->ssi_tid = (u32)info->si_tid;
		s->ssi_overrun = (u32)info->si_overrun;
		s->ssi_ptr = (u64)info->si_ptr;
		s->ssi_int = info->si_int;
	} else if (info->si_code > 0 && is_fault(info->si_signo)) {
		s->ssi_addr = (u64)info->si_addr;
	} else if (info->si_code > 0 && info->si_signo == SIGPOLL) {
		s->ssi_band = (u32)info->si_band;
		s->ssi_fd = info->si_fd;
	} else {
		s->ssi_pid = (u32)info->si_pid;
		s->ssi_uid = info->si_uid;
		if (info->si_code > 0 && info->si_signo == SIGCHLD) {
			s->ssi_status = info->si_status;
			s->ssi_utime = (u64)info->si_utime;
			s->ssi_stime = (u64)info->si_stime;
		} else if (info->si_code < 0) {
			s->ssi_ptr = (u64)info->si_ptr;
			s->ssi_int = info->si_int;
		}
	}
}

static ssize_t signalfd_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct signalfd *sf = f->private;
	struct signalfd_siginfo rec;
	siginfo_t info;
	ssize_t total = 0;
	int sig, err;

	if (it->count < sizeof(rec))
		return -EINVAL;
	while (it->count >= sizeof(rec)) {
		sig = dequeue_signal(~sf->mask, &info);
		if (!sig) {
			if (total || (f->flags & O_NONBLOCK))
				return total ? total : -EAGAIN;
			err = wait_event_interruptible(&current->sighand->signalfds, pending_signals(current) & sf->mask);
			if (err)
				return err;
			continue;
		}
		fill_record(&rec, &info);
		if (copy_to_iter(&rec, sizeof(rec), it) != sizeof(rec))
			return total ? total : -EFAULT;
		total += sizeof(rec);
	}
	return total;
}

static u32 signalfd_poll(struct file *f, struct poll_table *pt)
{
	struct signalfd *sf = f->private;

	if (!current->sighand)
		return 0;
	poll_wait(f, &current->sighand->signalfds, pt);
	return pending_signals(current) & sf->mask ? EPOLLIN : 0;
}

static void signalfd_release(struct inode *inode, struct file *f)
{
	kfree(f->private);
}

static void signalfd_show(struct file *f, struct seq_file *m)
{
	const struct signalfd *sf = f->private;

	seq_printf(m, "sigmask:\t%016lx\n", (unsigned long)sf->mask);
}

static const struct file_ops signalfd_fops = {
	.read = signalfd_read,
	.poll = signalfd_poll,
	.llseek = noop_llseek,
	.release = signalfd_release,
	.show_fdinfo = signalfd_show,
};

static long signalfd_new(sigset_t mask, int flags)
{
	struct signalfd *sf = kmalloc(sizeof(*sf), GFP_KERNEL);
	struct file *f;

	if (!sf)
		return -ENOMEM;
	sf->mask = mask;
	f = anon_file("signalfd", &signalfd_fops, sf, O_RDWR | (flags & SFD_NONBLOCK));
	if (IS_ERR(f))
		kfree(sf);
	return fd_publish(f, flags & SFD_CLOEXEC);
}

static long signalfd_change(int fd, sigset_t mask)
{
	struct file *f = fget(fd);

	if (!f)
		return -EBADF;
	if (f->ops != &signalfd_fops) {
		file_put(f);
		return -EINVAL;
	}
	((struct signalfd *)f->private)->mask = mask;
	wake_up_events(&current->sighand->signalfds, EPOLLIN, 0);
	file_put(f);
	return fd;
}

long sys_signalfd4(int fd, uaddr_t umask, size_t size, int flags)
{
	sigset_t mask;

	if (size != sizeof(mask))
		return -EINVAL;
	if (get_user(mask, umask))
		return -EFAULT;
	if (unknown_flags(flags, SFD_CLOEXEC | SFD_NONBLOCK))
		return -EINVAL;
	mask &= ~SIG_UNBLOCKABLE;
	return fd == -1 ? signalfd_new(mask, flags) : signalfd_change(fd, mask);
}

long sys_signalfd(int fd, uaddr_t umask, size_t size)
{
	return sys_signalfd4(fd, umask, size, 0);
}
