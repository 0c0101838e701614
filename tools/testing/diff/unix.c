// SPDX-License-Identifier: GPL-2.0
/* Local sockets: names, connections, streams, datagrams, packets, options. */
#include "diff.h"
#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <linux/sockios.h>

#define OFF ((socklen_t)offsetof(struct sockaddr_un, sun_path))
static char big[1 << 20];

static struct sockaddr_un at(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	strcpy(a.sun_path, path);
	return a;
}

static socklen_t len_of(const struct sockaddr_un *a) { return OFF + strlen(a->sun_path) + 1; }
static int do_bind(int s, const char *path) { struct sockaddr_un a = at(path); return bind(s, (void *)&a, len_of(&a)); }
static int do_connect(int s, const char *path) { struct sockaddr_un a = at(path); return connect(s, (void *)&a, len_of(&a)); }

static void name_of(int s, bool peer)
{
	struct sockaddr_un a;
	socklen_t len = sizeof(a);

	memset(&a, '.', sizeof(a));
	if ((peer ? getpeername : getsockname)(s, (void *)&a, &len)) {
		printf("%s: %s\n", peer ? "peer" : "own", strerrorname_np(errno));
		return;
	}
	printf("%s: length %d family %d first %d", peer ? "peer" : "own", (int)len, a.sun_family, len > OFF ? a.sun_path[0] : -1);
	if (len > OFF && a.sun_path[0])
		printf(" %s", a.sun_path);
	printf("\n");
}

static int polled(int s)
{
	struct pollfd p = { s, POLLIN | POLLOUT | POLLRDHUP, 0 };

	poll(&p, 1, 0);
	return p.revents;
}

static void creating(void)
{
	int s;

	TITLE("socket");
	R(socket(99, SOCK_STREAM, 0));
	R(socket(AF_UNIX, 99, 0));
	R(socket(AF_UNIX, SOCK_RDM, 0));
	R(socket(AF_UNIX, SOCK_STREAM, 7));
	R(socket(AF_UNIX, SOCK_STREAM | 0x10000000, 0));
	FD(socket(AF_UNIX, SOCK_RAW, 0));
	s = R(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, AF_UNIX));
	R(fcntl(s, F_GETFL));
	R(fcntl(s, F_GETFD));
	R(lseek(s, 0, SEEK_SET));
	R(read(s, big, 1));
	R(send(s, "x", 1, MSG_NOSIGNAL));
	printf("poll %x\n", polled(s));
	name_of(s, false);
	name_of(s, true);
	R(accept(s, NULL, NULL));
	R(listen(s, 5));
	R(shutdown(s, 5));
	R(shutdown(s, SHUT_RDWR));
	R(bind(0, NULL, 0));
	R(bind(99, NULL, 0));
	close(s);
	s = socket(AF_UNIX, SOCK_DGRAM, 0);
	R(listen(s, 5));
	R(accept(s, NULL, NULL));
	R(send(s, "x", 1, 0));
	close(s);
	int sv[2];
	R(socketpair(AF_UNIX, SOCK_STREAM, 5, sv));
	R(socketpair(AF_UNIX, SOCK_STREAM, 0, (int *)bad_ptr));
	R(socketpair(99, SOCK_STREAM, 0, sv));
}

static void names(void)
{
	struct sockaddr_un a = at("");
	int s = socket(AF_UNIX, SOCK_STREAM, 0), t = socket(AF_UNIX, SOCK_STREAM, 0), d = socket(AF_UNIX, SOCK_DGRAM, 0);

	TITLE("names");
	R(bind(s, (void *)&a, 1));
	R(bind(s, (void *)&a, 200));
	R(bind(s, (void *)bad_ptr, 20));
	a.sun_family = 5;
	R(bind(s, (void *)&a, 20));
	R(do_bind(s, "no/dir"));
	R(do_bind(s, "sock"));
	R(do_bind(s, "sock2"));
	R(do_bind(t, "sock"));
	show_stat("sock");
	name_of(s, false);
	R(open("sock", O_RDWR));
	R(do_connect(t, "sock"));
	R(do_connect(t, "none"));
	R(do_connect(t, "."));
	R(do_connect(d, "sock"));
	R(listen(s, 5));
	U(R(do_connect(socket(AF_UNIX, SOCK_STREAM, 0), "sock")));
	R(do_connect(t, "sock"));
	R(do_connect(t, "sock"));
	name_of(t, true);
	R(rename("sock", "moved"));
	int u = socket(AF_UNIX, SOCK_STREAM, 0);
	R(do_connect(u, "sock"));
	R(do_connect(u, "moved"));
	close(u);
	close(s);
	u = socket(AF_UNIX, SOCK_STREAM, 0);
	R(do_connect(u, "moved"));
	unlink("moved");
	close(t);
	close(u);
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	t = socket(AF_UNIX, SOCK_STREAM, 0);
	a = (struct sockaddr_un){ .sun_family = AF_UNIX, .sun_path = "\0diff-abstract" };
	R(bind(s, (void *)&a, OFF + 14));
	R(bind(t, (void *)&a, OFF + 14));
	R(bind(t, (void *)&a, OFF + 15));
	name_of(s, false);
	R(bind(d, (void *)&a, OFF + 14));
	R(listen(s, 1));
	close(t);
	t = socket(AF_UNIX, SOCK_STREAM, 0);
	R(connect(t, (void *)&a, OFF + 13));
	R(connect(t, (void *)&a, OFF + 14));
	close(t);
	t = socket(AF_UNIX, SOCK_STREAM, 0);
	R(bind(t, (void *)&a, OFF));
	struct sockaddr_un auto_;
	socklen_t len = sizeof(auto_);
	getsockname(t, (void *)&auto_, &len);
	V(len);
	close(t);
	close(s);
	close(d);
	s = socket(AF_UNIX, SOCK_STREAM, 0);
	memset(a.sun_path, 'a', sizeof(a.sun_path));
	R(bind(s, (void *)&a, sizeof(a)));
	char longname[200];
	len = sizeof(longname);
	getsockname(s, (void *)longname, &len);
	V(len);
	close(s);
	unlink(a.sun_path);
}

static void connections(void)
{
	struct sockaddr_un a;
	socklen_t len = sizeof(a);
	int l = socket(AF_UNIX, SOCK_STREAM, 0), c, s, more[3];
	struct ucred cred;
	char buf[16];

	TITLE("connections");
	do_bind(l, "l");
	R(listen(l, 1));
	printf("poll %x\n", polled(l));
	R(read(l, buf, 1));
	c = socket(AF_UNIX, SOCK_STREAM, 0);
	R(do_connect(c, "l"));
	printf("poll %x %x\n", polled(l), polled(c));
	R(write(c, "early", 5));
	s = R(accept(l, (void *)&a, &len));
	V(len);
	name_of(s, false);
	name_of(s, true);
	R(read(s, buf, 16));
	len = sizeof(cred);
	R(getsockopt(c, SOL_SOCKET, SO_PEERCRED, &cred, &len));
	V(cred.pid == getpid() && cred.uid == getuid() && cred.gid == getgid());
	V(len);
	for (int i = 0; i < 3; i++) {
		more[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		R(do_connect(more[i], "l"));
	}
	R(close(l));
	printf("poll %x\n", polled(more[0]));
	R(read(more[0], buf, 1));
	R(read(more[0], buf, 1));
	R(send(more[0], "x", 1, MSG_NOSIGNAL));
	for (int i = 0; i < 3; i++)
		close(more[i]);
	R(write(c, "abc", 3));
	R(shutdown(c, SHUT_WR));
	R(send(c, "d", 1, MSG_NOSIGNAL));
	printf("poll %x %x\n", polled(c), polled(s));
	R(read(s, buf, 16));
	R(read(s, buf, 16));
	R(write(s, "back", 4));
	R(read(c, buf, 16));
	write(s, "unread", 6);
	close(c);
	printf("poll %x\n", polled(s));
	R(write(s, "x", 1) == -1 && errno == EPIPE);
	close(s);
	/* closing with unread data resets the other end */
	int sv[2];
	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	write(sv[0], "unread", 6);
	close(sv[1]);
	printf("poll %x\n", polled(sv[0]));
	R(read(sv[0], buf, 16));
	R(read(sv[0], buf, 16));
	close(sv[0]);
	unlink("l");
}

static void streams(void)
{
	struct timeval tv = { 0, 10000 };
	int sv[2], n, total = 0, st;
	char buf[32] = "";

	TITLE("streams");
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sv);
	R(read(sv[0], buf, 1));
	R(send(sv[0], "abcdef", 6, 0));
	R(send(sv[0], "ghi", 3, 0));
	R(ioctl(sv[1], SIOCINQ, &n));
	V(n);
	R(recv(sv[1], buf, 4, MSG_PEEK));
	R(recv(sv[1], buf, 8, MSG_PEEK));
	S(buf);
	R(recv(sv[1], buf, 4, 0));
	R(recv(sv[1], buf, 32, MSG_TRUNC));
	R(send(sv[0], "x", 1, MSG_OOB) == -1 || 1);
	R(sendto(sv[0], "x", 1, 0, (void *)buf, 10));
	R(send(sv[0], bad_ptr, 10, 0));
	R(send(sv[0], "x", 0, 0));
	R(recv(sv[1], buf, 0, 0) <= 0);
	while (recv(sv[1], buf, 32, 0) > 0)
		;
	while ((n = (int)send(sv[0], big, 4096, 0)) > 0)
		total += n;
	V(total > 65536 && total < 1 << 20);
	printf("poll %x %x\n", polled(sv[0]), polled(sv[1]) & POLLIN);
	R(send(sv[0], big, 10, 0));
	fcntl(sv[0], F_SETFL, 0);
	fcntl(sv[1], F_SETFL, 0);
	while (total > 0)
		total -= (int)recv(sv[1], big, sizeof(big), 0);
	V(total);
	R(setsockopt(sv[1], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	R(recv(sv[1], buf, 1, 0));
	R(setsockopt(sv[0], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)));
	R(send(sv[0], big, sizeof(big), 0) > 65536);
	close(sv[0]);
	while (recv(sv[1], big, sizeof(big), 0) > 0)
		;
	close(sv[1]);
	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	if (!fork()) {
		close(sv[1]);
		for (unsigned i = 0; i < sizeof(big); i++)
			big[i] = (char)(i * 13 + i / 256);
		_exit(write(sv[0], big, sizeof(big)) == sizeof(big) ? 0 : 1);
	}
	close(sv[0]);
	R(recv(sv[1], big, 100000, MSG_WAITALL));
	total = 100000;
	while ((n = (int)read(sv[1], big + total, 7777)) > 0)
		total += n;
	V(total);
	n = 0;
	for (unsigned i = 0; i < sizeof(big); i++)
		n += big[i] != (char)(i * 13 + i / 256);
	V(n);
	wait(&st);
	V(WEXITSTATUS(st));
	close(sv[1]);
	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	close(sv[1]);
	C(write(sv[0], "x", 1));
	close(sv[0]);
}

static void datagrams(void)
{
	int a = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0), b = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0), c, n;
	struct sockaddr_un to = at("a"), from;
	socklen_t len = sizeof(from);
	char buf[32] = "";

	TITLE("datagrams");
	do_bind(a, "a");
	R(sendto(b, "hello", 5, 0, (void *)&to, len_of(&to)));
	R(recvfrom(a, buf, 32, 0, (void *)&from, &len));
	V(len);
	do_bind(b, "b");
	R(sendto(b, "hello", 5, 0, (void *)&to, len_of(&to)));
	len = sizeof(from);
	R(recvfrom(a, buf, 32, MSG_PEEK, (void *)&from, &len));
	printf("%d %s\n", (int)len, from.sun_path);
	R(recv(a, buf, 2, MSG_PEEK));
	R(recv(a, buf, 2, MSG_TRUNC));
	R(recv(a, buf, 2, 0));
	R(send(b, "x", 1, 0));
	R(do_connect(b, "a"));
	R(send(b, "", 0, 0));
	R(ioctl(a, SIOCINQ, &n));
	V(n);
	R(recv(a, buf, 32, 0));
	R(send(b, big, 300000, 0));
	n = 0;
	while (send(b, "q", 1, 0) == 1)
		n++;
	V(n);
	printf("poll %x\n", polled(b));
	R(recv(a, buf, 32, 0));
	printf("poll %x\n", polled(b));
	c = socket(AF_UNIX, SOCK_DGRAM, 0);
	to = at("b");
	R(sendto(c, "x", 1, 0, (void *)&to, len_of(&to)));
	R(do_connect(c, "b"));
	to = at("none");
	R(sendto(c, "x", 1, 0, (void *)&to, len_of(&to)));
	from.sun_family = AF_UNSPEC;
	R(connect(b, (void *)&from, 2));
	R(send(b, "x", 1, 0));
	R(do_connect(c, "b"));
	R(send(c, "ok", 2, 0));
	R(recv(b, buf, 32, 0));
	close(b);
	R(send(c, "gone", 4, 0));
	R(send(c, "gone", 4, 0));
	R(shutdown(a, SHUT_RD));
	while (recv(a, buf, 32, 0) > 0)
		;
	R(recv(a, buf, 32, 0));
	close(a);
	close(c);
	unlink("a");
	unlink("b");
	int sv[2];
	socketpair(AF_UNIX, SOCK_DGRAM, 0, sv);
	R(send(sv[0], "one", 3, 0));
	R(send(sv[0], "two", 3, 0));
	R(read(sv[1], buf, 32));
	R(read(sv[1], buf, 32));
	close(sv[0]);
	R(send(sv[1], "x", 1, 0));
	R(send(sv[1], "x", 1, 0));
	close(sv[1]);
}

static void packets(void)
{
	int sv[2], l, c;
	char buf[32];
	struct msghdr m = { 0 };
	struct iovec v = { buf, 2 };

	TITLE("packets");
	socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv);
	R(send(sv[0], "abc", 3, 0));
	R(send(sv[0], "de", 2, 0));
	m.msg_iov = &v;
	m.msg_iovlen = 1;
	R(recvmsg(sv[1], &m, 0));
	printf("flags %x\n", m.msg_flags);
	R(recv(sv[1], buf, 32, 0));
	R(send(sv[0], "", 0, 0));
	R(recv(sv[1], buf, 32, 0));
	close(sv[0]);
	R(recv(sv[1], buf, 32, 0));
	R(send(sv[1], "x", 1, MSG_NOSIGNAL));
	close(sv[1]);
	l = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	do_bind(l, "p");
	R(send(l, "x", 1, 0));
	R(recv(l, buf, 1, 0));
	listen(l, 2);
	c = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	R(do_connect(c, "p"));
	close(c);
	close(l);
	unlink("p");
}

static void option(int s, int name)
{
	int v[4] = { -7, -7, -7, -7 };
	socklen_t len = sizeof(v);
	int r = getsockopt(s, SOL_SOCKET, name, v, &len);

	if (r)
		printf("option %d: %s\n", name, strerrorname_np(errno));
	else
		printf("option %d: %d, length %d\n", name, v[0], (int)len);
}

static void options(void)
{
	int s = socket(AF_UNIX, SOCK_STREAM, 0), v = 1;
	socklen_t len = 4;

	TITLE("options");
	option(s, SO_TYPE);
	option(s, SO_DOMAIN);
	option(s, SO_PROTOCOL);
	option(s, SO_ERROR);
	option(s, SO_ACCEPTCONN);
	option(s, SO_REUSEADDR);
	option(s, SO_LINGER);
	option(s, SO_RCVTIMEO);
	option(s, SO_RCVLOWAT);
	option(s, SO_SNDLOWAT);
	option(s, SO_PASSCRED);
	option(s, SO_PRIORITY);
	option(s, 12345);
	R(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &v, 4));
	option(s, SO_REUSEADDR);
	R(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &v, 2));
	R(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, bad_ptr, 4));
	R(setsockopt(s, SOL_SOCKET, SO_TYPE, &v, 4));
	R(setsockopt(s, SOL_SOCKET, 12345, &v, 4));
	R(setsockopt(s, 99, 1, &v, 4));
	R(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &v, -1));
	v = 1000;
	R(setsockopt(s, SOL_SOCKET, SO_SNDBUF, &v, 4));
	option(s, SO_SNDBUF);
	v = 20000;
	R(setsockopt(s, SOL_SOCKET, SO_SNDBUF, &v, 4));
	option(s, SO_SNDBUF);
	R(setsockopt(s, SOL_SOCKET, SO_RCVBUF, &v, 4));
	option(s, SO_RCVBUF);
	struct linger l = { 1, 3 };
	R(setsockopt(s, SOL_SOCKET, SO_LINGER, &l, sizeof(l)));
	option(s, SO_LINGER);
	struct timeval tv = { 1, 2000000 };
	R(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	tv.tv_usec = 500000;
	R(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	option(s, SO_RCVTIMEO);
	len = 2;
	R(getsockopt(s, SOL_SOCKET, SO_TYPE, &v, &len));
	V(len);
	R(getsockopt(s, SOL_SOCKET, SO_TYPE, &v, (void *)bad_ptr));
	len = (socklen_t)-1;
	R(getsockopt(s, SOL_SOCKET, SO_TYPE, &v, &len));
	close(s);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	creating();
	names();
	connections();
	signal(SIGPIPE, SIG_DFL);
	streams();
	signal(SIGPIPE, SIG_IGN);
	datagrams();
	packets();
	options();
	return 0;
}
