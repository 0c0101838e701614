// SPDX-License-Identifier: GPL-2.0
/* getsockopt(2) and setsockopt(2) at level SOL_SOCKET; other levels are the family's. */
#include <kernel/cred.h>
#include <kernel/pidfd.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <kernel/timer.h>
#include <fs/file.h>
#include <fs/poll.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include "socket_internal.h"

#define RCVBUF_MIN	2304
#define SNDBUF_MIN	4608
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD	77
#endif

/* Switches that a socket keeps and shows, but that change nothing for local ones. */
#define KEPT	(BIT(SO_DEBUG) | BIT(SO_REUSEADDR) | BIT(SO_DONTROUTE) | BIT(SO_BROADCAST) | BIT(SO_KEEPALIVE) | \
		 BIT(SO_OOBINLINE) | BIT(SO_NO_CHECK) | BIT(SO_REUSEPORT) | BIT(SO_TIMESTAMP_OLD) | BIT(SO_TIMESTAMPNS_OLD) | \
		 BIT(SO_PASSSEC) | BIT(SO_RXQ_OVFL) | BIT(SO_WIFI_STATUS) | BIT(SO_NOFCS) | BIT(SO_LOCK_FILTER) | \
		 BIT(SO_SELECT_ERR_QUEUE) | BIT(SO_TIMESTAMP_NEW))

static bool is_kept(int name)
{
	return name > 0 && name < 64 && (KEPT & BIT(name));
}

/* --- timeouts: two layouts of the same on 64-bit machines --- */

static int set_timeout(uaddr_t uval, int len, u64 *ns)
{
	struct timeval tv;

	if (len < (int)sizeof(tv))
		return -EINVAL;
	if (get_user(tv, uval))
		return -EFAULT;
	if (tv.tv_usec < 0 || tv.tv_usec >= 1000000)
		return -EDOM;
	if (tv.tv_sec < 0)
		*ns = 0;
	else
		*ns = tv.tv_sec || tv.tv_usec ? timespec_to_ns(tv.tv_sec, tv.tv_usec * 1000) : U64_MAX;
	return 0;
}

static struct timeval show_timeout(u64 ns)
{
	if (ns == U64_MAX)
		return (struct timeval){ 0, 0 };
	return (struct timeval){ (long)(ns / NSEC_PER_SEC), (long)(ns % NSEC_PER_SEC / 1000) };
}

/* --- setting --- */

/* Doubled, since bookkeeping counts as well: what man 7 socket tells. */
static int buffer_size(int val, int limit, int least, bool force)
{
	if (!force)
		val = min((unsigned)val, (unsigned)limit);
	else if (val < 0)
		val = 0;
	return max(min(val, INT_MAX / 2) * 2, least);
}

static int set_linger(struct socket *s, uaddr_t uval, int len)
{
	struct { int onoff, seconds; } l;

	if (len < (int)sizeof(l))
		return -EINVAL;
	if (get_user(l, uval))
		return -EFAULT;
	s->linger.onoff = l.onoff != 0;
	s->linger.seconds = l.onoff ? l.seconds : 0;
	return 0;
}

static int set_int(struct socket *s, int name, int val)
{
	switch (name) {
	case SO_SNDBUF:
	case SO_SNDBUFFORCE:
		if (name == SO_SNDBUFFORCE && !capable(CAP_NET_ADMIN))
			return -EPERM;
		s->sndbuf = buffer_size(val, sock_wmem_max, SNDBUF_MIN, name == SO_SNDBUFFORCE);
		sock_wake(s, EPOLLOUT | EPOLLWRNORM);
		return 0;
	case SO_RCVBUF:
	case SO_RCVBUFFORCE:
		if (name == SO_RCVBUFFORCE && !capable(CAP_NET_ADMIN))
			return -EPERM;
		s->rcvbuf = buffer_size(val, sock_rmem_max, RCVBUF_MIN, name == SO_RCVBUFFORCE);
		return 0;
	case SO_PRIORITY:
		if ((val < 0 || val > 6) && !capable(CAP_NET_ADMIN))
			return -EPERM;
		s->priority = val;
		return 0;
	case SO_MARK:
		if (!capable(CAP_NET_ADMIN))
			return -EPERM;
		s->mark = val;
		return 0;
	case SO_RCVLOWAT:
		s->rcvlowat = val < 0 ? INT_MAX : val ? val : 1;
		return 0;
	case SO_PASSCRED:
		s->passcred = val != 0;
		return 0;
	case SO_BSDCOMPAT:			/* known, and nothing since Linux 2.6 */
		return 0;
	case SO_TYPE:
	case SO_PROTOCOL:
	case SO_DOMAIN:
	case SO_ERROR:
		return -ENOPROTOOPT;
	}
	if (!is_kept(name))
		return why(-ENOPROTOOPT, "there is no option %d", name);
	if (name == SO_DEBUG && val && !capable(CAP_NET_ADMIN))
		return -EACCES;
	s->opts = val ? s->opts | BIT(name) : s->opts & ~BIT(name);
	return 0;
}

static int set_socket_option(struct socket *s, int name, uaddr_t uval, int len)
{
	int val;

	switch (name) {
	case SO_LINGER:
		return set_linger(s, uval, len);
	case SO_RCVTIMEO_OLD:
	case SO_RCVTIMEO_NEW:
		return set_timeout(uval, len, &s->rcvtimeo_ns);
	case SO_SNDTIMEO_OLD:
	case SO_SNDTIMEO_NEW:
		return set_timeout(uval, len, &s->sndtimeo_ns);
	}
	if (len < (int)sizeof(int))
		return -EINVAL;
	if (get_user(val, uval))
		return -EFAULT;
	return set_int(s, name, val);
}

long sys_setsockopt(int fd, int level, int name, uaddr_t uval, int len)
{
	struct socket *s;
	struct file *f;
	long err;

	if (len < 0)
		return -EINVAL;
	s = socket_get(fd, &f);
	if (IS_ERR(s))
		return PTR_ERR(s);
	if (level == SOL_SOCKET)
		err = set_socket_option(s, name, uval, len);
	else
		err = s->ops->setsockopt ? s->ops->setsockopt(s, level, name, uval, len) : -EOPNOTSUPP;
	file_put(f);
	return err;
}

/* --- asking --- */

static int get_int(struct socket *s, int name, int *val)
{
	switch (name) {
	case SO_TYPE:		*val = s->type; return 0;
	case SO_PROTOCOL:	*val = s->protocol; return 0;
	case SO_DOMAIN:		*val = s->ops->family; return 0;
	case SO_ERROR:		*val = -sock_take_error(s); return 0;
	case SO_SNDBUF:		*val = s->sndbuf; return 0;
	case SO_RCVBUF:		*val = s->rcvbuf; return 0;
	case SO_PRIORITY:	*val = s->priority; return 0;
	case SO_MARK:		*val = s->mark; return 0;
	case SO_RCVLOWAT:	*val = s->rcvlowat; return 0;
	case SO_SNDLOWAT:	*val = 1; return 0;
	case SO_BSDCOMPAT:	*val = 0; return 0;
	case SO_PASSCRED:	*val = s->passcred; return 0;
	case SO_ACCEPTCONN:	*val = s->listening; return 0;
	}
	if (!is_kept(name))
		return why(-ENOPROTOOPT, "there is no option %d", name);
	*val = !!(s->opts & BIT(name));
	return 0;
}

static int peer_pidfd(struct socket *s)
{
	struct pid *pid = s->peer_pid ? pid_find(s->peer_pid) : NULL;

	if (!s->peer_pid)
		return -ENODATA;
	if (!pid)
		return -ESRCH;
	return (int)fd_publish(pidfd_file(pid, 0), O_CLOEXEC);
}

/* The value in buf and its length, or an error. */
static int get_socket_option(struct socket *s, int name, void *buf, size_t *size)
{
	struct ucred cred = { s->peer_pid, s->peer_uid, s->peer_gid };
	struct timeval tv;
	int val, err;

	switch (name) {
	case SO_LINGER:
		*size = sizeof(s->linger);
		memcpy(buf, &s->linger, *size);
		return 0;
	case SO_RCVTIMEO_OLD:
	case SO_RCVTIMEO_NEW:
	case SO_SNDTIMEO_OLD:
	case SO_SNDTIMEO_NEW:
		tv = show_timeout(name == SO_RCVTIMEO_OLD || name == SO_RCVTIMEO_NEW ? s->rcvtimeo_ns : s->sndtimeo_ns);
		*size = sizeof(tv);
		memcpy(buf, &tv, *size);
		return 0;
	case SO_PEERCRED:
		*size = sizeof(cred);
		memcpy(buf, &cred, *size);
		return 0;
	case SO_PEERPIDFD:
		val = peer_pidfd(s);
		err = min(val, 0);
		break;
	default:
		err = get_int(s, name, &val);
	}
	*size = sizeof(val);
	memcpy(buf, &val, sizeof(val));
	return err;
}

/* The name of the other end, in exactly as much room as there is. */
static int peer_name_to_user(struct socket *s, uaddr_t uval, int len)
{
	u8 name[SOCKADDR_MAX];
	int n = s->ops->getname ? s->ops->getname(s, name, true) : -ENOTCONN;

	if (n < 0)
		return -ENOTCONN;
	return n < len ? -EINVAL : copy_to_user(uval, name, (size_t)len);
}

static int peer_groups_to_user(struct socket *s, uaddr_t uval, uaddr_t ulen, int len)
{
	struct group_info *g = (struct group_info *)s->peer_groups;
	int size, err;

	if (!g)
		return -ENODATA;
	size = g->n * (int)sizeof(gid_t);
	if (len < size)
		return put_user(size, int, ulen) ?: -ERANGE;
	g->refs++;		/* a listener's may be exchanged while we sleep */
	err = copy_to_user(uval, g->gid, (size_t)size) ?: put_user(size, int, ulen);
	group_info_put(g);
	return err;
}

static int socket_option_to_user(struct socket *s, int name, uaddr_t uval, uaddr_t ulen)
{
	u8 buf[32];
	size_t size;
	int len, err;

	if (get_user(len, ulen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	if (name == SO_PEERNAME)
		return peer_name_to_user(s, uval, len);
	if (name == SO_PEERGROUPS)
		return peer_groups_to_user(s, uval, ulen, len);
	err = get_socket_option(s, name, buf, &size);
	if (err)
		return err;
	len = min(len, (int)size);
	if (copy_to_user(uval, buf, (size_t)len))
		return -EFAULT;
	return put_user(len, int, ulen);
}

long sys_getsockopt(int fd, int level, int name, uaddr_t uval, uaddr_t ulen)
{
	struct socket *s;
	struct file *f;
	long err;

	s = socket_get(fd, &f);
	if (IS_ERR(s))
		return PTR_ERR(s);
	if (level == SOL_SOCKET)
		err = socket_option_to_user(s, name, uval, ulen);
	else
		err = s->ops->getsockopt ? s->ops->getsockopt(s, level, name, uval, ulen) : -EOPNOTSUPP;
	file_put(f);
	return err;
}
