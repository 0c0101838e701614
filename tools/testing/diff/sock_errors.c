// SPDX-License-Identifier: GPL-2.0
/* Local sockets: the errors of each call, flags of each message call, vectors of messages, options of each length, shutting down. */
#include "diff.h"
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#define OFF ((socklen_t)offsetof(struct sockaddr_un, sun_path))
static char buf[1 << 16];
static struct iovec vec[2] = { { "abc", 3 }, { "defg", 4 } };

static int pair(int type, int sv[2]) { return socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, sv); }

static socklen_t name(struct sockaddr_un *a, const char *path)
{
	memset(a, 0, sizeof(*a));
	a->sun_family = AF_UNIX;
	strcpy(a->sun_path, path);
	return OFF + strlen(path) + 1;
}

static void creating(void)
{
	int sv[2];

	TITLE("socket, socketpair");
	R(socket(-1, SOCK_STREAM, 0));
	R(socket(AF_UNIX, -1, 0));
	R(socket(AF_UNIX, 0, 0));
	R(socket(AF_UNIX, SOCK_STREAM, -1));
	R(socket(AF_UNIX, SOCK_STREAM, 1 << 20));
	R(socket(1000, 1000, 1000));
	R(socketpair(AF_UNIX, SOCK_STREAM, 1000, sv));
	R(socketpair(AF_UNIX, 99, 0, sv));
	R(socketpair(AF_UNIX, SOCK_STREAM | 0x100000, 0, sv));
	R(socketpair(-1, SOCK_STREAM, 0, sv));
	R(socketpair(AF_UNIX, SOCK_STREAM, 0, NULL));
	R(socketpair(AF_UNIX, SOCK_STREAM, 0, (int *)ro_ptr));
	R(dup(0));
	close(3);
}

static void naming(void)
{
	struct sockaddr_un a, b;
	socklen_t len = name(&a, "name"), blen = sizeof(b);
	int s = socket(AF_UNIX, SOCK_STREAM, 0), t = socket(AF_UNIX, SOCK_STREAM, 0), d = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0), sv[2];

	TITLE("bind, connect, listen");
	R(bind(s, (void *)&a, 0));
	R(bind(s, (void *)&a, 2) ?: 0);
	close(s);
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	R(bind(s, (void *)&a, -1));
	R(bind(s, (void *)&a, INT_MAX));
	R(bind(s, (void *)bad_ptr, len));
	R(bind(s, NULL, len));
	R(connect(s, (void *)&a, 0));
	R(connect(s, (void *)&a, 1));
	R(connect(s, (void *)&a, 2));
	R(connect(s, (void *)&a, 1000));
	R(connect(s, (void *)&a, -1));
	R(connect(s, (void *)bad_ptr, len));
	b = a;
	b.sun_family = AF_INET;
	R(connect(s, (void *)&b, len));
	b.sun_family = AF_UNSPEC;
	R(connect(s, (void *)&b, len));
	R(bind(s, (void *)&b, len));
	R(listen(s, 1));
	R(bind(s, (void *)&a, len));
	R(bind(s, (void *)&a, len));
	R(connect(t, (void *)&a, len));
	R(listen(s, -1));
	R(listen(s, INT_MAX));
	R(listen(s, 0));
	R(listen(s, 5));
	R(connect(s, (void *)&a, len));
	R(connect(t, (void *)&a, len));
	R(listen(t, 1));
	R(bind(t, (void *)&b, 2));
	R(connect(t, (void *)&a, len));
	R(connect(d, (void *)&a, len));
	R(listen(d, 1));
	R(accept(d, NULL, NULL));
	R(accept4(d, NULL, NULL, 0));
	R(accept4(s, NULL, NULL, 1));
	R(accept4(s, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK | 1));
	R(accept(s, (void *)bad_ptr, &blen));
	pair(SOCK_STREAM, sv);
	R(accept(sv[0], NULL, NULL));
	R(listen(sv[0], 1));
	R(connect(sv[0], (void *)&a, len));
	R(bind(sv[0], (void *)&a, len));
	close(sv[0]);
	close(sv[1]);
	R(accept(-1, NULL, NULL));
	R(accept(0, NULL, NULL));
	int l = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), c = socket(AF_UNIX, SOCK_STREAM, 0);
	R(bind(l, (void *)&a, 2));
	R(listen(l, 5));
	R(accept(l, NULL, NULL));
	R(accept4(l, NULL, NULL, 0));
	blen = sizeof(b);
	R(getsockname(l, (void *)&b, &blen));
	R(connect(c, (void *)&b, blen));
	R(accept4(l, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) > 0);
	close(c);
	c = socket(AF_UNIX, SOCK_STREAM, 0);
	R(connect(c, (void *)&b, blen));
	R(accept4(l, (void *)bad_ptr, &blen, 0));
	close(c);
	close(l);
	TITLE("getsockname, getpeername");
	R(getsockname(s, (void *)&b, NULL));
	R(getsockname(s, (void *)bad_ptr, &blen));
	R(getsockname(s, (void *)&b, (void *)bad_ptr));
	blen = (socklen_t)-1;
	R(getsockname(s, (void *)&b, &blen));
	R(getpeername(t, (void *)&b, &blen));
	blen = 4;
	R(getsockname(s, (void *)&b, &blen));
	V(blen);
	blen = 0;
	R(getsockname(s, NULL, &blen));
	V(blen);
	blen = sizeof(b);
	R(getpeername(t, (void *)bad_ptr, &blen));
	R(getpeername(s, (void *)&b, &blen));
	R(getpeername(d, (void *)&b, &blen));
	close(s);
	close(t);
	close(d);
	unlink("name");
	TITLE("names of other sorts");
	s = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	make_file("plain", "x");
	len = name(&a, "plain");
	R(bind(s, (void *)&a, len));
	R(connect(s, (void *)&a, len));
	R(sendto(s, "x", 1, 0, (void *)&a, len));
	len = name(&a, "plain/x");
	R(bind(s, (void *)&a, len));
	R(connect(s, (void *)&a, len));
	symlink("loop", "loop");
	len = name(&a, "loop");
	R(bind(s, (void *)&a, len));
	R(connect(s, (void *)&a, len));
	symlink("target", "alias");
	len = name(&a, "alias");
	R(bind(s, (void *)&a, len));
	len = name(&a, "target");
	R(bind(s, (void *)&a, len));
	len = name(&a, "alias");
	t = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	R(connect(t, (void *)&a, len));
	R(send(t, "x", 1, 0));
	R(recv(s, buf, 10, 0));
	chmod("target", 0);
	U(R(connect(t, (void *)&a, len)); R(sendto(t, "x", 1, 0, (void *)&a, len)));
	close(s);
	R(send(t, "x", 1, 0));
	R(send(t, "x", 1, 0));
	R(connect(t, (void *)&a, len));
	R(sendto(t, "x", 1, 0, (void *)&a, len));
	close(t);
}

static void sending(void)
{
	struct sockaddr_un a;
	socklen_t len = name(&a, "nobody");
	struct msghdr m = { .msg_iov = vec, .msg_iovlen = 2 };
	int sv[2], dg[2], sq[2], un = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), ud = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	pair(SOCK_STREAM, sv);
	pair(SOCK_DGRAM, dg);
	pair(SOCK_SEQPACKET, sq);
	TITLE("send");
	R(send(un, "x", 1, MSG_NOSIGNAL));
	R(sendto(un, "x", 1, MSG_NOSIGNAL, (void *)&a, len));
	R(sendmsg(un, &m, MSG_NOSIGNAL));
	R(send(ud, "x", 1, 0));
	R(write(ud, "x", 1));
	R(sendmsg(ud, &m, 0));
	R(sendto(ud, "x", 1, 0, (void *)&a, len));
	R(sendto(ud, "x", 1, 0, (void *)&a, 1));
	R(sendto(ud, "x", 1, 0, (void *)&a, 1000));
	R(sendto(ud, "x", 1, 0, (void *)bad_ptr, len));
	R(sendto(sv[0], "x", 1, 0, (void *)&a, len));
	R(sendto(sq[0], "x", 1, 0, (void *)&a, len));
	R(sendto(dg[0], "x", 1, 0, (void *)&a, len));
	R(send(dg[0], "x", 1, MSG_OOB));
	R(sendmsg(dg[0], &m, MSG_OOB));
	R(send(sq[0], "x", 1, MSG_OOB));
	R(send(sv[0], bad_ptr, 1, 0));
	R(send(dg[0], bad_ptr, 1, 0));
	R(send(sv[0], "x", 1, MSG_MORE | MSG_EOR | MSG_DONTROUTE | MSG_CONFIRM));
	R(send(sv[0], "x", 1, 0x40000));
	R(recv(sv[1], buf, 10, 0));
	R(send(sv[0], buf, (size_t)-1, 0) > 0);
	while (recv(sv[1], buf, sizeof(buf), 0) > 0)
		;
	R(send(dg[0], buf, (size_t)-1, 0) == -1);
	R(send(sv[0], "", 0, 0));
	R(send(dg[0], "", 0, 0));
	R(recv(dg[1], buf, 10, 0));
	R(sendmsg(sv[0], (void *)bad_ptr, 0));
	m.msg_iovlen = 1025;
	R(sendmsg(sv[0], &m, 0));
	m.msg_iovlen = (size_t)-1;
	R(sendmsg(sv[0], &m, 0));
	m.msg_iovlen = 1;
	m.msg_iov = (void *)bad_ptr;
	R(sendmsg(sv[0], &m, 0));
	m.msg_iov = vec;
	m.msg_name = bad_ptr;
	m.msg_namelen = len;
	R(sendmsg(dg[0], &m, 0));
	m.msg_name = &a;
	R(sendmsg(sv[0], &m, 0));
	m.msg_namelen = -1;
	R(sendmsg(dg[0], &m, 0));
	m.msg_name = NULL;
	R(sendmsg(sv[0], &m, 0));
	R(recv(sv[1], buf, 10, 0));
	m.msg_namelen = 0;
	R(sendmsg(0, &m, 0));
	R(sendmsg(-1, &m, 0));
	R(recvmsg(0, &m, 0));
	R(recvmsg(-1, &m, 0));
	R(recvmsg(sv[0], &m, 0));
	TITLE("until it is full");
	while (send(sv[0], buf, sizeof(buf), 0) > 0)
		;
	R(send(sv[0], "x", 1, 0));
	R(sendmsg(sv[0], &m, 0));
	R(writev(sv[0], vec, 2));
	while (send(dg[0], buf, 100, 0) > 0)
		;
	R(sendmsg(dg[0], &m, 0));
	R(send(dg[0], buf, 1 << 30, 0));
	R(sendmsg(sq[0], &(struct msghdr){ .msg_iov = &(struct iovec){ buf, 1 << 24 }, .msg_iovlen = 1 }, 0));
	TITLE("when the other end is gone");
	close(sv[1]);
	close(dg[1]);
	close(sq[1]);
	R(send(sv[0], "x", 1, 0));
	R(writev(sv[0], vec, 2));
	R(sendmsg(sv[0], &m, MSG_NOSIGNAL));
	R(send(dg[0], "x", 1, 0));
	R(sendmsg(dg[0], &m, 0));
	R(send(sq[0], "x", 1, 0));
	R(recv(sv[0], buf, 1, 0));
	R(recv(sv[0], buf, 1, 0));
	R(recv(sq[0], buf, 1, 0));
	R(recv(dg[0], buf, 1, 0));
	syscall(SYS_close_range, 3, ~0U, 0);
	pair(SOCK_STREAM, sv);
	write(sv[0], "unread", 6);
	write(sv[1], "mine", 4);
	close(sv[1]);
	R(send(sv[0], "x", 1, 0));
	R(recvfrom(sv[0], buf, 10, 0, NULL, NULL));
	R(recvfrom(sv[0], buf, 10, 0, NULL, NULL));
	R(recvfrom(sv[0], buf, 10, 0, NULL, NULL));
	close(sv[0]);
	pair(SOCK_STREAM, sv);
	write(sv[0], "unread", 6);
	close(sv[1]);
	R(sendto(sv[0], "x", 1, MSG_NOSIGNAL, NULL, 0));
	R(sendto(sv[0], "x", 1, MSG_NOSIGNAL, NULL, 0));
	close(sv[0]);
}

static void receiving(void)
{
	struct sockaddr_un a;
	socklen_t len = sizeof(a);
	struct iovec v = { buf, 10 };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1 };
	int sv[2], dg[2], un = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), ud = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	pair(SOCK_STREAM, sv);
	pair(SOCK_DGRAM, dg);
	TITLE("recv");
	R(recv(un, buf, 10, 0));
	R(recvmsg(un, &m, 0));
	R(recv(ud, buf, 10, 0));
	R(recv(sv[0], buf, 10, 0));
	R(recv(sv[0], buf, 0, 0));
	R(recv(dg[0], buf, 0, 0));
	R(recv(dg[0], buf, 10, MSG_OOB));
	R(recv(sv[0], buf, 10, MSG_ERRQUEUE));
	R(recvmsg(sv[0], (void *)bad_ptr, 0));
	m.msg_iovlen = 1025;
	R(recvmsg(sv[0], &m, 0));
	m.msg_iovlen = 1;
	m.msg_iov = (void *)bad_ptr;
	R(recvmsg(sv[0], &m, 0));
	m.msg_iov = &v;
	m.msg_name = &a;
	m.msg_namelen = -1;
	R(recvmsg(sv[0], &m, 0));
	m.msg_name = NULL;
	m.msg_namelen = 0;
	write(sv[1], "0123456789", 10);
	R(recvfrom(sv[0], bad_ptr, 4, 0, NULL, NULL));
	R(recvfrom(sv[0], buf, 4, 0, (void *)&a, (void *)bad_ptr));
	R(recvfrom(sv[0], buf, 1, 0, (void *)&a, &len));
	V(len);
	len = (socklen_t)-1;
	R(recvfrom(sv[0], buf, 1, 0, (void *)&a, &len));
	R(recv(sv[0], buf, 10, MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC | MSG_CMSG_CLOEXEC));
	R(recv(sv[0], buf, 10, 0));
	send(dg[1], "datagram", 8, 0);
	R(recv(dg[0], bad_ptr, 8, MSG_PEEK));
	R(recv(dg[0], buf, 3, MSG_PEEK | MSG_TRUNC));
	v.iov_len = 3;
	R(recvmsg(dg[0], &m, MSG_PEEK));
	V(m.msg_flags);
	R(recv(dg[0], bad_ptr, 8, 0));
	R(recv(dg[0], buf, 8, 0));
	TITLE("shutdown");
	R(shutdown(un, SHUT_RD));
	R(shutdown(ud, SHUT_RDWR));
	R(shutdown(sv[0], -1));
	R(shutdown(sv[0], 3));
	R(shutdown(sv[0], SHUT_RD));
	R(recv(sv[0], buf, 10, 0));
	R(recv(sv[0], buf, 10, 0));
	R(send(sv[1], "x", 1, MSG_NOSIGNAL));
	R(send(sv[0], "y", 1, 0));
	R(recv(sv[1], buf, 10, 0));
	R(shutdown(sv[0], SHUT_WR));
	R(recv(sv[1], buf, 10, 0));
	R(shutdown(sv[1], SHUT_RDWR));
	R(shutdown(sv[1], SHUT_RDWR));
	struct pollfd pf = { sv[0], POLLIN | POLLOUT | POLLRDHUP, 0 };
	R(poll(&pf, 1, 0));
	V(pf.revents);
	R(shutdown(dg[0], SHUT_RD));
	R(send(dg[1], "x", 1, 0));
	R(recv(dg[0], buf, 1, 0));
	R(shutdown(dg[0], SHUT_WR));
	R(send(dg[0], "x", 1, 0));
	syscall(SYS_close_range, 3, ~0U, 0);
}

static void vectors(void)
{
	struct mmsghdr out[3] = { 0 }, in[4] = { 0 };
	struct iovec iov[4];
	struct timespec ts = { 0, 1000000 };
	int dg[2], sv[2];

	TITLE("sendmmsg, recvmmsg");
	pair(SOCK_DGRAM, dg);
	pair(SOCK_STREAM, sv);
	for (int i = 0; i < 3; i++)
		out[i].msg_hdr = (struct msghdr){ .msg_iov = vec, .msg_iovlen = 1 + i % 2 };
	for (int i = 0; i < 4; i++) {
		iov[i] = (struct iovec){ buf + 100 * i, 100 };
		in[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	R(recvmmsg(dg[1], in, 4, 0, NULL));
	R(sendmmsg(dg[0], out, 3, 0));
	printf("%u %u %u\n", out[0].msg_len, out[1].msg_len, out[2].msg_len);
	R(recvmmsg(dg[1], in, 2, 0, NULL));
	R(recvmmsg(dg[1], in + 2, 2, 0, NULL));
	printf("%u %u %u\n", in[0].msg_len, in[1].msg_len, in[2].msg_len);
	R(sendmmsg(dg[0], out, 0, 0));
	R(recvmmsg(dg[1], in, 0, 0, NULL));
	R(sendmmsg(-1, out, 1, 0));
	R(recvmmsg(-1, in, 1, 0, NULL));
	R(sendmmsg(0, out, 1, 0));
	R(recvmmsg(0, in, 1, 0, NULL));
	R(sendmmsg(dg[0], (void *)bad_ptr, 1, 0));
	R(recvmmsg(dg[1], (void *)bad_ptr, 1, 0, NULL));
	R(recvmmsg(dg[1], in, 1, 0, (void *)bad_ptr));
	ts.tv_nsec = -1;
	R(recvmmsg(dg[1], in, 1, 0, &ts));
	ts.tv_nsec = 1000000;
	R(recvmmsg(dg[1], in, 1, 0, &ts));
	out[1].msg_hdr.msg_iov = (void *)bad_ptr;
	R(sendmmsg(dg[0], out, 3, 0));
	R(recvmmsg(dg[1], in, 4, MSG_WAITFORONE, NULL));
	out[0].msg_hdr.msg_iov = (void *)bad_ptr;
	R(sendmmsg(dg[0], out, 3, 0));
	out[0].msg_hdr.msg_iov = out[1].msg_hdr.msg_iov = vec;
	while (sendmmsg(dg[0], out, 1, 0) == 1)
		;
	R(sendmmsg(dg[0], out, 3, 0));
	close(dg[0]);
	close(dg[1]);
	R(sendmmsg(sv[0], out, 3, 0));
	R(recvmmsg(sv[1], in, 4, 0, NULL));
	V(in[0].msg_len);
	close(sv[0]);
	close(sv[1]);
}

static void option(int s, int level, int opt, int len)
{
	char v[64];
	socklen_t n = (socklen_t)len;
	int r;

	memset(v, 0x55, sizeof(v));
	r = getsockopt(s, level, opt, v, &n);
	printf("get %d.%d length %d: %s %d\n", level, opt, len, r ? strerrorname_np(errno) : "ok", r ? 0 : (int)n);
	memset(v, 0, sizeof(v));
	r = setsockopt(s, level, opt, v, (socklen_t)len);
	printf("set %d.%d length %d: %s\n", level, opt, len, r ? strerrorname_np(errno) : "ok");
}

static void groups(void)
{
	gid_t mine[3] = { 5, 7, 9 }, got[4] = { 0 };
	socklen_t len = 4;
	int sv[2], s = socket(AF_UNIX, SOCK_STREAM, 0);

	setgroups(3, mine);
	pair(SOCK_STREAM, sv);
	R(getsockopt(sv[0], SOL_SOCKET, SO_PEERGROUPS, got, &len));
	V(len);
	len = sizeof(got);
	setgroups(0, NULL);
	R(getsockopt(sv[0], SOL_SOCKET, SO_PEERGROUPS, got, &len));
	printf("%d: %d %d %d\n", (int)len, got[0], got[1], got[2]);
	R(getsockopt(sv[0], SOL_SOCKET, SO_PEERGROUPS, bad_ptr, &len));
	len = sizeof(got);
	R(getsockopt(s, SOL_SOCKET, SO_PEERGROUPS, got, &len));
}

static void options(void)
{
	static const int opts[] = { SO_DEBUG, SO_REUSEADDR, SO_TYPE, SO_ERROR, SO_DONTROUTE, SO_BROADCAST, SO_SNDBUF, SO_RCVBUF, SO_KEEPALIVE,
				    SO_OOBINLINE, SO_NO_CHECK, SO_PRIORITY, SO_LINGER, SO_BSDCOMPAT, SO_REUSEPORT, SO_PASSCRED, SO_PEERCRED,
				    SO_RCVLOWAT, SO_SNDLOWAT, SO_RCVTIMEO, SO_SNDTIMEO, SO_PEERNAME, SO_TIMESTAMP, SO_ACCEPTCONN, SO_PASSSEC,
				    SO_SNDBUFFORCE, SO_RCVBUFFORCE, SO_PROTOCOL, SO_DOMAIN, SO_RXQ_OVFL };
	static const int lens[] = { 0, 1, 3, 4, 8, 16 };
	int sv[2];

	TITLE("options");
	pair(SOCK_STREAM, sv);
	for (size_t i = 0; i < sizeof(opts) / sizeof(opts[0]); i++)
		for (size_t k = 0; k < sizeof(lens) / sizeof(lens[0]); k++)
			option(sv[0], SOL_SOCKET, opts[i], lens[k]);
	option(sv[0], SOL_SOCKET, 200, 4);
	option(sv[0], 0, 1, 4);
	option(sv[0], 6, 1, 4);
	option(sv[0], -1, 1, 4);
	R(getsockopt(sv[0], SOL_SOCKET, SO_TYPE, NULL, NULL));
	U(int v = 1 << 20; R(setsockopt(sv[0], SOL_SOCKET, SO_SNDBUFFORCE, &v, 4)); R(setsockopt(sv[0], SOL_SOCKET, SO_RCVBUFFORCE, &v, 4));
	  v = 7; R(setsockopt(sv[0], SOL_SOCKET, SO_PRIORITY, &v, 4)); v = 6; R(setsockopt(sv[0], SOL_SOCKET, SO_PRIORITY, &v, 4));
	  v = 1; R(setsockopt(sv[0], SOL_SOCKET, SO_DEBUG, &v, 4)));
	int v = -5;
	R(setsockopt(sv[0], SOL_SOCKET, SO_RCVLOWAT, &v, 4));
	R(setsockopt(sv[0], SOL_SOCKET, SO_SNDBUF, &v, 4));
	struct timeval tv = { -1, 0 };
	R(setsockopt(sv[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	tv = (struct timeval){ 0, -1 };
	R(setsockopt(sv[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)));
	R(ioctl(sv[0], FIONREAD, bad_ptr));
	close(sv[0]);
	close(sv[1]);
	if (is_root())
		C(groups());
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	creating();
	naming();
	sending();
	receiving();
	vectors();
	options();
	return 0;
}
