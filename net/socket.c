// SPDX-License-Identifier: GPL-2.0
/* Sockets as files: made, found by descriptor, read and written, released. The table of address families. */
#include <kernel/cred.h>
#include <kernel/init.h>
#include <kernel/sched.h>
#include <kernel/why.h>
#include <fs/file.h>
#include <fs/mount.h>
#include <fs/poll.h>
#include <fs/proc.h>
#include <mm/slab.h>
#include <asm-generic/poll.h>
#include "socket_internal.h"

#define SOCKFS_MAGIC_	0x534f434b
#define BUF_DEFAULT	212992

static LIST_HEAD(families);
static struct mount *sock_mount;

int sock_rmem_max = BUF_DEFAULT, sock_wmem_max = BUF_DEFAULT;
static int rmem_default = BUF_DEFAULT, wmem_default = BUF_DEFAULT;
PROC_SYSCTL_INT("net/core/rmem_max", 0644, &sock_rmem_max, 2304, INT_MAX / 2);
PROC_SYSCTL_INT("net/core/wmem_max", 0644, &sock_wmem_max, 4608, INT_MAX / 2);
PROC_SYSCTL_INT("net/core/rmem_default", 0644, &rmem_default, 2304, INT_MAX / 2);
PROC_SYSCTL_INT("net/core/wmem_default", 0644, &wmem_default, 4608, INT_MAX / 2);

int family_register(struct sock_family *f)
{
	if (family_find(f->family))
		return -EEXIST;
	list_add_tail(&f->node, &families);
	return 0;
}

struct sock_family *family_find(int family)
{
	struct sock_family *f;

	list_for_each_entry(f, &families, node)
		if (f->family == family)
			return f;
	return NULL;
}

/* --- waking and waiting --- */

void sock_wake(struct socket *s, u32 events)
{
	if (wait_queue_active(&s->wq))
		wake_up_events(&s->wq, events, events & EPOLLHUP ? 0 : 1);
	fasync_notify(&s->fasync, events & EPOLLIN ? POLL_IN : POLL_OUT);
}

static bool waiter_wake(struct wait_entry *we, u32 events)
{
	if (events && !(events & container_of(we, struct sock_waiter, we)->key))
		return false;
	task_wake(we->task);
	return true;
}

void sock_wait_begin(struct socket *s, struct sock_waiter *w, u32 key)
{
	wait_begin(&s->wq, &w->we, true);
	w->we.wake = waiter_wake;
	w->key = key | EPOLLERR | EPOLLHUP;
}

static u64 deadline(const struct socket *s, unsigned flags, u64 timeout_ns)
{
	if (flags & MSG_DONTWAIT)
		return 0;
	return timeout_ns == U64_MAX ? WAIT_FOREVER : deadline_after(timeout_ns);
}

u64 sock_rcv_deadline(struct socket *s, unsigned flags)
{
	return deadline(s, flags, s->rcvtimeo_ns);
}

u64 sock_snd_deadline(struct socket *s, unsigned flags)
{
	return deadline(s, flags, s->sndtimeo_ns);
}

/* --- files --- */

static void msg_init(struct sock_msg *m, const struct iov_iter *it)
{
	memset(m, 0, sizeof(*m));
	m->it = *it;
}

static unsigned file_msg_flags(const struct file *f)
{
	return f->flags & O_NONBLOCK ? MSG_DONTWAIT : 0;
}

static ssize_t sock_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct socket *s = f->private;
	struct sock_msg m;
	ssize_t n;

	if (!it->count)
		return 0;
	msg_init(&m, it);
	n = s->ops->recvmsg ? s->ops->recvmsg(s, &m, file_msg_flags(f)) : -EOPNOTSUPP;
	if (n > 0)
		iov_iter_advance(it, min((size_t)n, it->count));
	return n;
}

static ssize_t sock_write(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct socket *s = f->private;
	unsigned flags = file_msg_flags(f) | (s->type == SOCK_SEQPACKET ? MSG_EOR : 0);
	struct sock_msg m;
	ssize_t n;

	msg_init(&m, it);
	n = s->ops->sendmsg ? s->ops->sendmsg(s, &m, flags) : -EOPNOTSUPP;
	if (n > 0)
		iov_iter_advance(it, min((size_t)n, it->count));
	return n;
}

static u32 sock_poll(struct file *f, struct poll_table *pt)
{
	struct socket *s = f->private;

	return s->ops->poll ? s->ops->poll(f, s, pt) : 0;
}

static long sock_ioctl(struct file *f, unsigned cmd, unsigned long arg)
{
	struct socket *s = f->private;
	long err = s->ops->ioctl ? s->ops->ioctl(s, cmd, arg) : -ENOIOCTLCMD;

	return err == -ENOIOCTLCMD ? -ENOTTY : err;
}

static int sock_fasync(struct file *f, bool on)
{
	struct socket *s = f->private;

	return fasync_change(&s->fasync, f, on);
}

static void sock_release(struct inode *inode, struct file *f)
{
	socket_free(f->private);
}

static const struct file_ops socket_fops = {
	.read = sock_read,
	.write = sock_write,
	.poll = sock_poll,
	.ioctl = sock_ioctl,
	.fasync = sock_fasync,
	.llseek = no_llseek,
	.release = sock_release,
};

struct socket *file_socket(struct file *f)
{
	return f->ops == &socket_fops ? f->private : NULL;
}

struct socket *socket_get(int fd, struct file **f)
{
	struct socket *s;

	*f = fget(fd);
	if (!*f)
		return ERR_PTR(-EBADF);
	s = file_socket(*f);
	if (s)
		return s;
	file_put(*f);
	return ERR_PTR(-ENOTSOCK);
}

/* --- life --- */

struct socket *socket_alloc(int type)
{
	struct socket *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	s->type = type;
	s->net = current->ns->net ? current->ns->net : &init_net_ns;
	s->rcvbuf = rmem_default;
	s->sndbuf = wmem_default;
	s->rcvtimeo_ns = s->sndtimeo_ns = U64_MAX;
	s->rcvlowat = 1;
	s->peer_uid = s->peer_gid = (u32)-1;
	wait_queue_init(&s->wq);
	fasync_init(&s->fasync);
	return s;
}

void socket_free(struct socket *s)
{
	if (s->ops && s->ops->release)
		s->ops->release(s);
	kfree(s);
}

int socket_create(int family, int type, int protocol, struct socket **out)
{
	struct sock_family *f;
	struct socket *s;
	int err;

	if (family < 0 || family >= AF_MAX)
		return why(-EAFNOSUPPORT, "there is no address family %d", family);
	if (type < 0 || type >= SOCK_TYPE_MAX)
		return -EINVAL;
	f = family_find(family);
	if (!f)
		return why(-EAFNOSUPPORT, "address family %d is not in this kernel", family);
	s = socket_alloc(type);
	if (!s)
		return -ENOMEM;
	err = f->create(s->net, s, protocol);
	if (err)
		kfree(s);
	else
		*out = s;
	return err;
}

static void sock_dname(struct dentry *d, char *buf, size_t size)
{
	snprintf(buf, size, "socket:[%llu]", (unsigned long long)d->inode->ino);
}
static const struct dentry_ops sock_dentry_ops = { .dname = sock_dname };

struct file *socket_file(struct socket *s, unsigned flags)
{
	struct inode *inode = new_inode(sock_mount->sb);
	struct file *f = ERR_PTR(-ENFILE);

	if (inode) {
		inode->ino = get_next_ino();
		inode->mode = S_IFSOCK | 0777;
		inode->uid = current->cred->fsuid;
		inode->gid = current->cred->fsgid;
		f = pseudo_file(sock_mount, inode, "", &sock_dentry_ops, &socket_fops, O_RDWR | (flags & O_NONBLOCK));
	}
	if (IS_ERR(f)) {
		socket_free(s);
		return f;
	}
	f->private = s;
	s->file = f;
	return f;
}

static int sockfs_fill_super(struct super_block *sb, char *data, bool silent)
{
	return pseudo_fill_super(sb, SOCKFS_MAGIC_);
}

static int sock_init(void)
{
	static struct fs_type sockfs = { .name = "sockfs", .fill_super = sockfs_fill_super };

	sock_mount = pseudo_mount(&sockfs);
	return IS_ERR(sock_mount) ? (int)PTR_ERR(sock_mount) : 0;
}
fs_initcall(sock_init);
