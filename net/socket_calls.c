// SPDX-License-Identifier: GPL-2.0
/* The system calls of sockets: arguments in and out; the work is the families'. */
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <kernel/timer.h>
#include <fs/file.h>
#include <fs/proc.h>
#include <mm/slab.h>
#include <linux/time_types.h>
#include "socket_internal.h"

#define MAX_SEGS	1024
#define FAST_SEGS	8
#define MAX_LEN		((size_t)(INT_MAX & PAGE_MASK))

static int somaxconn = 4096;
PROC_SYSCTL_INT("net/core/somaxconn", 0644, &somaxconn, 0, INT_MAX);

/* --- addresses --- */

static int get_addr(uaddr_t uaddr, int len, void *addr)
{
	if (len < 0 || len > SOCKADDR_MAX)
		return -EINVAL;
	return len ? copy_from_user(addr, uaddr, (size_t)len) : 0;
}

/* *ulen says how much room there is, and is told how much there would have been. */
static int put_addr(const void *addr, int len, uaddr_t uaddr, uaddr_t ulen)
{
	int room;

	if (get_user(room, ulen))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	if (copy_to_user(uaddr, addr, (size_t)min(room, len)))
		return -EFAULT;
	return put_user(len, int, ulen);
}

/* --- making them --- */

static int split_type(int *type, unsigned *flags)
{
	*flags = (unsigned)*type & ~SOCK_TYPE_MASK;
	*type &= SOCK_TYPE_MASK;
	return *flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK) ? -EINVAL : 0;
}

long sys_socket(int family, int type, int protocol)
{
	struct socket *s;
	unsigned flags;
	int err = split_type(&type, &flags);

	if (!err)
		err = socket_create(family, type, protocol, &s);
	return err ? err : fd_publish(socket_file(s, flags), flags & SOCK_CLOEXEC);
}

long sys_socketpair(int family, int type, int protocol, uaddr_t ufds)
{
	struct file *end[2] = { NULL, NULL };
	struct socket *a = NULL, *b = NULL;
	unsigned flags;
	long err = split_type(&type, &flags);

	if (!err)
		err = socket_create(family, type, protocol, &a);
	if (!err)
		err = socket_create(family, type, protocol, &b);
	if (!err)
		err = a->ops->socketpair ? a->ops->socketpair(a, b) : -EOPNOTSUPP;
	if (err) {
		if (a)
			socket_free(a);
		if (b)
			socket_free(b);
		return err;
	}
	end[0] = socket_file(a, flags);
	end[1] = socket_file(b, flags);
	return fd_publish_pair(end, flags & SOCK_CLOEXEC, ufds);
}

static long do_accept(struct file *f, struct socket *s, uaddr_t uaddr, uaddr_t ulen, unsigned flags)
{
	struct socket *new_;
	struct file *nf;
	u8 addr[SOCKADDR_MAX];
	int fd = -1, len;
	long err;

	if (!s->ops->accept)
		return -EOPNOTSUPP;
	err = fd_reserve(&fd, 1, flags & SOCK_CLOEXEC);
	if (err)
		return err;
	new_ = socket_alloc(s->type);
	if (!new_) {
		fd_unreserve(&fd, 1);
		return -ENOMEM;
	}
	new_->ops = s->ops;
	new_->protocol = s->protocol;
	nf = socket_file(new_, flags);
	err = PTR_ERR(nf);
	if (!IS_ERR(nf)) {
		err = s->ops->accept(s, new_, f->flags & O_NONBLOCK ? MSG_DONTWAIT : 0);
		if (!err && uaddr) {
			len = s->ops->getname(new_, addr, true);
			err = len < 0 ? -ECONNABORTED : put_addr(addr, len, uaddr, ulen);
		}
		if (!err) {
			err = fd;
			fd_install(&fd, &nf, 1);
		}
		file_put_all(&nf, 1);
	}
	fd_unreserve(&fd, 1);
	return err;
}

long sys_accept4(int fd, uaddr_t uaddr, uaddr_t ulen, int flags)
{
	struct socket *s;
	struct file *f;
	long err;

	if (unknown_flags(flags, SOCK_CLOEXEC | SOCK_NONBLOCK))
		return -EINVAL;
	s = socket_get(fd, &f);
	if (IS_ERR(s))
		return PTR_ERR(s);
	err = do_accept(f, s, uaddr, ulen, (unsigned)flags);
	file_put(f);
	return err;
}

long sys_accept(int fd, uaddr_t uaddr, uaddr_t ulen)
{
	return sys_accept4(fd, uaddr, ulen, 0);
}

/* --- names --- */

long sys_bind(int fd, uaddr_t uaddr, int len)
{
	u8 addr[SOCKADDR_MAX];
	struct socket *s;
	struct file *f;
	long err;

	s = socket_get(fd, &f);
	if (IS_ERR(s))
		return PTR_ERR(s);
	err = get_addr(uaddr, len, addr);
	if (!err)
		err = s->ops->bind ? s->ops->bind(s, addr, len) : -EOPNOTSUPP;
	file_put(f);
	return err;
}

long sys_connect(int fd, uaddr_t uaddr, int len)
{
	u8 addr[SOCKADDR_MAX];
	struct socket *s;
	struct file *f;
	long err;

	s = socket_get(fd, &f);
	if (IS_ERR(s))
		return PTR_ERR(s);
	err = get_addr(uaddr, len, addr);
	if (!err)
		err = s->ops->connect ? s->ops->connect(s, addr, len, f->flags & O_NONBLOCK ? MSG_DONTWAIT : 0) : -EOPNOTSUPP;
	file_put(f);
	return err;
}

long sys_listen(int fd, int backlog)
{
	struct socket *s;
	struct file *f;
	long err;

	s = socket_get(fd, &f);
	if (IS_ERR(s))
		return PTR_ERR(s);
	if ((unsigned)backlog > (unsigned)somaxconn)
		backlog = somaxconn;
	err = s->ops->listen ? s->ops->listen(s, backlog) : -EOPNOTSUPP;
	file_put(f);
	return err;
}

static long get_name(int fd, uaddr_t uaddr, uaddr_t ulen, bool peer)
{
	u8 addr[SOCKADDR_MAX];
	struct socket *s;
	struct file *f;
	int len;

	s = socket_get(fd, &f);
	if (IS_ERR(s))
		return PTR_ERR(s);
	len = s->ops->getname ? s->ops->getname(s, addr, peer) : -EOPNOTSUPP;
	file_put(f);
	return len < 0 ? len : put_addr(addr, len, uaddr, ulen);
}

long sys_getsockname(int fd, uaddr_t uaddr, uaddr_t ulen)
{
	return get_name(fd, uaddr, ulen, false);
}

long sys_getpeername(int fd, uaddr_t uaddr, uaddr_t ulen)
{
	return get_name(fd, uaddr, ulen, true);
}

long sys_shutdown(int fd, int how)
{
	struct socket *s;
	struct file *f;
	long err;

	s = socket_get(fd, &f);
	if (IS_ERR(s))
		return PTR_ERR(s);
	err = s->ops->shutdown ? s->ops->shutdown(s, how) : -EOPNOTSUPP;
	file_put(f);
	return err;
}

/* --- sending --- */

static unsigned with_file_flags(const struct file *f, unsigned flags)
{
	return flags | (f->flags & O_NONBLOCK ? MSG_DONTWAIT : 0);
}

static ssize_t do_send(struct file *f, struct socket *s, struct sock_msg *m, unsigned flags)
{
	return s->ops->sendmsg ? s->ops->sendmsg(s, m, with_file_flags(f, flags)) : -EOPNOTSUPP;
}

long sys_sendto(int fd, uaddr_t ubuf, size_t n, unsigned flags, uaddr_t uaddr, int addrlen)
{
	struct sock_msg m = { .control = 0 };
	u8 addr[SOCKADDR_MAX];
	struct socket *s;
	struct file *f;
	long err;

	err = iov_iter_user(&m.it, ubuf, min(n, MAX_LEN));
	if (err)
		return err;
	s = socket_get(fd, &f);
	if (IS_ERR(s))
		return PTR_ERR(s);
	if (uaddr) {
		err = get_addr(uaddr, addrlen, addr);
		m.name = addr;
		m.namelen = addrlen;
	}
	if (!err)
		err = do_send(f, s, &m, flags);
	file_put(f);
	return err;
}

/* What a struct msghdr points to, in kernel form. */
struct msg_buf { struct user_msghdr h; struct iov_seg fast[FAST_SEGS], *heap; u8 addr[SOCKADDR_MAX]; };

static int get_msg(struct msg_buf *b, uaddr_t umsg, struct sock_msg *m)
{
	b->heap = NULL;
	if (get_user(b->h, umsg))
		return -EFAULT;
	if (!b->h.name)
		b->h.namelen = 0;
	if (b->h.namelen < 0)
		return -EINVAL;
	if (b->h.iovlen > MAX_SEGS)
		return -EMSGSIZE;
	memset(m, 0, sizeof(*m));
	m->control = b->h.control;
	m->controllen = m->control ? b->h.controllen : 0;
	if (m->controllen > INT_MAX)
		return -ENOBUFS;
	return iov_iter_import(&m->it, b->h.iov, b->h.iovlen, b->fast, FAST_SEGS, &b->heap);
}

static ssize_t send_one(struct file *f, struct socket *s, uaddr_t umsg, unsigned flags)
{
	struct msg_buf b;
	struct sock_msg m;
	ssize_t n = get_msg(&b, umsg, &m);

	if (!n && b.h.name && b.h.namelen) {
		m.name = b.addr;
		m.namelen = min(b.h.namelen, SOCKADDR_MAX);
		n = copy_from_user(b.addr, b.h.name, (size_t)m.namelen);
	}
	if (!n)
		n = do_send(f, s, &m, flags);
	kfree(b.heap);
	return n;
}

long sys_sendmsg(int fd, uaddr_t umsg, unsigned flags)
{
	struct socket *s;
	struct file *f;
	ssize_t n;

	s = socket_get(fd, &f);
	if (IS_ERR(s))
		return PTR_ERR(s);
	n = send_one(f, s, umsg, flags);
	file_put(f);
	return n;
}

#define MMSG_SIZE	64	/* struct mmsghdr: a msghdr and an unsigned, padded */
#define MMSG_LEN	56

long sys_sendmmsg(int fd, uaddr_t uvec, unsigned vlen, unsigned flags)
{
	unsigned done = 0;
	struct socket *s;
	struct file *f;
	ssize_t n = 0;

	s = socket_get(fd, &f);
	if (IS_ERR(s))
		return PTR_ERR(s);
	vlen = min(vlen, (unsigned)MAX_SEGS);
	while (done < vlen) {
		uaddr_t um = uvec + (size_t)done * MMSG_SIZE;

		n = send_one(f, s, um, flags);
		if (n >= 0 && put_user((u32)n, u32, um + MMSG_LEN))
			n = -EFAULT;
		if (n < 0)
			break;
		done++;
		if (signal_pending(current))
			break;
	}
	file_put(f);
	return done ? (long)done : n;
}

/* --- receiving --- */

static ssize_t do_recv(struct file *f, struct socket *s, struct sock_msg *m, unsigned flags)
{
	return s->ops->recvmsg ? s->ops->recvmsg(s, m, with_file_flags(f, flags)) : -EOPNOTSUPP;
}

long sys_recvfrom(int fd, uaddr_t ubuf, size_t n, unsigned flags, uaddr_t uaddr, uaddr_t ulen)
{
	struct sock_msg m = { .control = 0 };
	u8 addr[SOCKADDR_MAX];
	struct socket *s;
	struct file *f;
	ssize_t got;
	int err = iov_iter_user(&m.it, ubuf, min(n, MAX_LEN));

	if (err)
		return err;
	s = socket_get(fd, &f);
	if (IS_ERR(s))
		return PTR_ERR(s);
	m.name = addr;
	got = do_recv(f, s, &m, flags);
	if (got >= 0 && uaddr) {
		err = put_addr(addr, m.namelen, uaddr, ulen);
		if (err)
			got = err;
	}
	file_put(f);
	return got;
}

static ssize_t recv_one(struct file *f, struct socket *s, uaddr_t umsg, unsigned flags)
{
	struct msg_buf b;
	struct sock_msg m;
	ssize_t n = get_msg(&b, umsg, &m);

	m.name = b.addr;
	if (n >= 0)
		n = do_recv(f, s, &m, flags);
	kfree(b.heap);
	if (n < 0)
		return n;
	if (b.h.name) {
		if (copy_to_user(b.h.name, b.addr, (size_t)min(b.h.namelen, m.namelen)) ||
		    put_user(m.namelen, int, umsg + offsetof(struct user_msghdr, namelen)))
			return -EFAULT;
	}
	m.flags |= flags & MSG_CMSG_CLOEXEC;
	if (put_user(m.flags, u32, umsg + offsetof(struct user_msghdr, flags)) ||
	    put_user(m.control - b.h.control, u64, umsg + offsetof(struct user_msghdr, controllen)))
		return -EFAULT;
	return n;
}

long sys_recvmsg(int fd, uaddr_t umsg, unsigned flags)
{
	struct socket *s;
	struct file *f;
	ssize_t n;

	s = socket_get(fd, &f);
	if (IS_ERR(s))
		return PTR_ERR(s);
	n = recv_one(f, s, umsg, flags);
	file_put(f);
	return n;
}

/* Messages so far, or the error when there is none. An error after the first is told by the next call. */
static long recv_many(struct file *f, struct socket *s, uaddr_t uvec, unsigned vlen, unsigned flags, u64 deadline)
{
	unsigned done = 0;
	ssize_t n = sock_take_error(s);

	while (!n && done < vlen) {
		uaddr_t um = uvec + (size_t)done * MMSG_SIZE;

		n = recv_one(f, s, um, flags & ~MSG_WAITFORONE);
		if (n >= 0 && put_user((u32)n, u32, um + MMSG_LEN))
			n = -EFAULT;
		if (n < 0)
			break;
		n = 0;
		done++;
		if (flags & MSG_WAITFORONE)
			flags |= MSG_DONTWAIT;
		if (ktime_ns() >= deadline || signal_pending(current))
			break;
	}
	if (done && n < 0 && n != -EAGAIN && n != -ERESTARTSYS)
		s->err = (int)-n;
	return done ? (long)done : n;
}

long sys_recvmmsg(int fd, uaddr_t uvec, unsigned vlen, unsigned flags, uaddr_t uts)
{
	u64 timeout, deadline = WAIT_FOREVER;
	struct socket *s;
	struct file *f;
	long n = 0;

	if (uts) {
		n = get_timespec(uts, &timeout);
		if (n)
			return n;
		deadline = deadline_after(timeout);
	}
	s = socket_get(fd, &f);
	if (IS_ERR(s))
		return PTR_ERR(s);
	n = recv_many(f, s, uvec, min(vlen, (unsigned)MAX_SEGS), flags, deadline);
	file_put(f);
	if (n > 0 && uts) {
		u64 now = ktime_ns();

		if (put_timespec(uts, deadline > now ? deadline - now : 0))
			return -EFAULT;
	}
	return n;
}

int put_cmsg(struct sock_msg *m, int level, int type, const void *data, size_t len)
{
	struct user_cmsghdr h = { sizeof(h) + len, level, type };
	size_t space;

	if (!m->control || m->controllen < sizeof(h)) {
		m->flags |= MSG_CTRUNC;
		return 0;
	}
	if (h.len > m->controllen) {
		m->flags |= MSG_CTRUNC;
		h.len = m->controllen;
	}
	if (copy_to_user(m->control, &h, sizeof(h)) || copy_to_user(m->control + sizeof(h), data, h.len - sizeof(h)))
		return -EFAULT;
	space = min(ALIGN(h.len, 8), m->controllen);
	m->control += space;
	m->controllen -= space;
	return 0;
}
