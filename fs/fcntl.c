// SPDX-License-Identifier: GPL-2.0
/* fcntl(2): descriptors, file flags, who gets SIGIO; record locks, pipes and seals are handed on. */
#include "locks.h"
#include <asm/resource.h>
#include <fs/poll.h>
#include <linux/fcntl.h>

#define SETFL_MASK (O_APPEND | O_NONBLOCK | O_DIRECT | O_NOATIME | FASYNC)

long pipe_fcntl(struct file *f, unsigned cmd, unsigned long arg);	/* fs/pipe.c */

/* --- flags --- */

int file_set_async(int fd, struct file *f, bool on)
{
	int err = 0;

	if (!!(f->flags & FASYNC) == on)
		return 0;
	f->owner_fd = fd;
	if (f->ops->fasync)
		err = f->ops->fasync(f, on);
	if (!err)
		f->flags = on ? f->flags | FASYNC : f->flags & ~(unsigned)FASYNC;
	return err;
}

static long set_flags(int fd, struct file *f, unsigned arg)
{
	struct inode *inode = f->inode;
	int err;

	if ((arg ^ f->flags) & O_APPEND && inode->flags & S_APPEND_)
		return -EPERM;
	if (arg & O_NOATIME && !(f->flags & O_NOATIME) && !inode_owner_or_capable(inode))
		return -EPERM;
	if (arg & O_DIRECT && !S_ISFIFO(inode->mode) && !S_ISBLK(inode->mode) && !f->mapping->ops)
		return -EINVAL;
	err = file_set_async(fd, f, arg & FASYNC);
	if (!err)
		f->flags = (arg & SETFL_MASK) | (f->flags & ~(unsigned)SETFL_MASK);
	return err;
}

static long dup_from(struct file *f, unsigned long from, unsigned flags)
{
	int fd;

	if (from >= rlimit(RLIMIT_NOFILE))
		return -EINVAL;
	fd = fd_reserve_from((unsigned)from, flags);
	if (fd >= 0) {
		int n = fd;
		struct file *copy = file_get(f);

		fd_install(&n, &copy, 1);
	}
	return fd;
}

static long fd_flags(int fd, bool set, bool on)
{
	struct files *t = current->files;
	unsigned long bit = 1UL << (fd % 64), *word = &t->cloexec[fd / 64];

	if (!set)
		return *word & bit ? FD_CLOEXEC : 0;
	*word = on ? *word | bit : *word & ~bit;
	return 0;
}

/* --- the owner --- */

static void owner_set(struct file *f, int type, int pid)
{
	f->owner_type = type;
	f->owner_pid = pid;
	f->owner_uid = current_cred()->uid;
	f->owner_euid = current_cred()->euid;
}

static bool owner_exists(int type, int pid)
{
	struct pid *p = pid_find(pid);

	return p && pid_task(p, type == F_OWNER_PGRP ? PIDTYPE_PGID : type == F_OWNER_TID ? PIDTYPE_PID : PIDTYPE_TGID);
}

static long set_owner(struct file *f, int who)
{
	int type = who < 0 ? F_OWNER_PGRP : F_OWNER_PID;

	if (who == (int)(1U << 31))
		return -EINVAL;
	who = who < 0 ? -who : who;
	if (who && !owner_exists(type, who))
		return -ESRCH;
	owner_set(f, type, who);
	return 0;
}

static long set_owner_ex(struct file *f, uaddr_t uex)
{
	struct f_owner_ex ex;

	if (get_user(ex, uex))
		return -EFAULT;
	if (ex.type != F_OWNER_TID && ex.type != F_OWNER_PID && ex.type != F_OWNER_PGRP)
		return -EINVAL;
	if (ex.pid && !owner_exists(ex.type, ex.pid))
		return -ESRCH;
	owner_set(f, ex.type, ex.pid);
	return 0;
}

static long get_owner_ex(struct file *f, uaddr_t uex)
{
	struct f_owner_ex ex = { f->owner_pid ? f->owner_type : F_OWNER_PID, f->owner_pid };

	return copy_to_user(uex, &ex, sizeof(ex));
}

static void sigio_to(const struct file *f, struct task *t, int band, bool to_process)
{
	static const u32 events[] = { EPOLLIN | EPOLLRDNORM, EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND, EPOLLIN | EPOLLRDNORM | EPOLLMSG,
				      EPOLLERR, EPOLLPRI | EPOLLRDBAND, EPOLLHUP | EPOLLERR };
	const struct cred *c = t->cred;
	siginfo_t info;
	int sig = f->owner_sig ?: SIGIO;

	if (f->owner_euid && f->owner_euid != c->suid && f->owner_euid != c->uid && f->owner_uid != c->suid && f->owner_uid != c->uid)
		return;
	siginfo_kernel(&info, sig, f->owner_sig ? band : SI_KERNEL);
	if (f->owner_sig && band >= POLL_IN && band < POLL_IN + (int)ARRAY_SIZE(events)) {
		info.si_band = events[band - POLL_IN];
		info.si_fd = f->owner_fd;
	}
	if (to_process)
		send_signal_process(sig, &info, t->process);
	else
		send_signal(sig, &info, t);
}

void file_own_if_nobody(struct file *f)
{
	if (!f->owner_pid)
		owner_set(f, F_OWNER_PID, task_tgid_nr(current));
}

void file_signal_owner(struct file *f, int band)
{
	struct pid *pid;
	struct task *t;

	if (!f->owner_pid)
		return;
	pid = pid_find(f->owner_pid);
	if (!pid)
		return;
	if (f->owner_type == F_OWNER_PGRP) {
		pid_for_each_task(t, pid, PIDTYPE_PGID)
			sigio_to(f, t, band, true);
		return;
	}
	t = pid_task(pid, f->owner_type == F_OWNER_TID ? PIDTYPE_PID : PIDTYPE_TGID);
	if (t)
		sigio_to(f, t, band, f->owner_type == F_OWNER_PID);
}

void kill_fasync(struct file *f, int band)
{
	if (f->flags & FASYNC)
		file_signal_owner(f, band);
}

/* F_SET_RW_HINT: kept for who asks; the cache below writes in its own order. */
static long rw_hint(struct inode *inode, bool set, uaddr_t uhint)
{
	u64 hint = inode->write_hint;

	if (!set)
		return put_user(hint, u64, uhint);
	if (get_user(hint, uhint))
		return -EFAULT;
	if (!inode_owner_or_capable(inode))
		return -EPERM;
	if (hint > RWH_WRITE_LIFE_EXTREME)
		return -EINVAL;
	inode->write_hint = (u8)hint;
	return 0;
}

/* --- the call --- */

static long fcntl_file(int fd, struct file *f, unsigned cmd, unsigned long arg)
{
	switch (cmd) {
	case F_SETFL:
		return set_flags(fd, f, (unsigned)arg);
	case F_GETLK:
		return fcntl_getlk(f, arg, false);
	case F_SETLK:
	case F_SETLKW:
		return fcntl_setlk(fd, f, arg, false, cmd == F_SETLKW);
	case F_OFD_GETLK:
		return fcntl_getlk(f, arg, true);
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return fcntl_setlk(fd, f, arg, true, cmd == F_OFD_SETLKW);
	case F_SETOWN:
		return set_owner(f, (int)arg);
	case F_GETOWN:
		return f->owner_type == F_OWNER_PGRP ? -f->owner_pid : f->owner_pid;
	case F_SETOWN_EX:
		return set_owner_ex(f, arg);
	case F_GETOWN_EX:
		return get_owner_ex(f, arg);
	case F_SETSIG:
		if (arg > NSIG_)
			return -EINVAL;
		f->owner_sig = (int)arg;
		return 0;
	case F_GETSIG:
		return f->owner_sig;
	case F_SETLEASE:
		return fcntl_setlease(fd, f, (int)arg);
	case F_GETLEASE:
		return fcntl_getlease(f);
	case F_NOTIFY:
		return fcntl_notify(fd, f, (unsigned)arg);
	case F_SETPIPE_SZ:
	case F_GETPIPE_SZ:
		return pipe_fcntl(f, cmd, arg);
	case F_GET_RW_HINT:
	case F_SET_RW_HINT:
		return rw_hint(f->inode, cmd == F_SET_RW_HINT, arg);
	case F_ADD_SEALS:
		return shmem_add_seals(f, (unsigned)arg);
	case F_GET_SEALS:
		return shmem_get_seals(f);
	default:
		return why(-EINVAL, "command %u is not known", cmd);
	}
}

long sys_fcntl(int fd, unsigned cmd, unsigned long arg)
{
	struct file *f = fget_any(fd);
	long r;

	if (!f)
		return -EBADF;
	switch (cmd) {				/* these work on O_PATH too */
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
		r = dup_from(f, arg, cmd == F_DUPFD_CLOEXEC ? O_CLOEXEC : 0);
		break;
	case F_GETFD:
		r = fd_flags(fd, false, false);
		break;
	case F_SETFD:
		r = fd_flags(fd, true, arg & FD_CLOEXEC);
		break;
	case F_GETFL:
		r = (long)f->flags;
		break;
	default:
		r = f->mode & FMODE_PATH ? -EBADF : fcntl_file(fd, f, cmd, arg);
	}
	file_put(f);
	return r;
}
