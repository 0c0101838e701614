// SPDX-License-Identifier: GPL-2.0
/* Control messages over local sockets: descriptors, credentials, what does not fit, rings of sockets in flight; sendmmsg. */
#include "diff.h"
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

static int send_fds(int s, const int *fds, int n, const char *text, int type, int level)
{
	char buf[CMSG_SPACE(sizeof(int) * 300)] = { 0 };
	struct iovec v = { (char *)text, strlen(text) };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = buf, .msg_controllen = CMSG_SPACE(sizeof(int) * n) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(sizeof(int) * n);
	memcpy(CMSG_DATA(c), fds, sizeof(int) * n);
	return (int)sendmsg(s, &m, 0);
}

static int received[300];

static void receive(int s, int room, size_t size, int flags)
{
	char buf[CMSG_SPACE(sizeof(int) * 300) + CMSG_SPACE(sizeof(struct ucred))], text[64] = "";
	struct iovec v = { text, size };
	struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = room ? buf : NULL, .msg_controllen = room };
	ssize_t n = recvmsg(s, &m, flags);

	if (n < 0) {
		printf("recvmsg: %s\n", strerrorname_np(errno));
		return;
	}
	printf("recvmsg: %zd flags %x control %zu", n, m.msg_flags, (size_t)m.msg_controllen);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c)) {
		printf(" [level %d type %d length %zu]", c->cmsg_level, c->cmsg_type, (size_t)c->cmsg_len);
		if (c->cmsg_type == SCM_RIGHTS) {
			int k = (int)((c->cmsg_len - CMSG_LEN(0)) / sizeof(int));

			memcpy(received, CMSG_DATA(c), k * sizeof(int));
			printf(" fds");
			for (int i = 0; i < k && i < 5; i++)
				printf(" %d", received[i]);
		} else if (c->cmsg_type == SCM_CREDENTIALS) {
			struct ucred *u = (void *)CMSG_DATA(c);

			printf(" mine %d uid %d", u->pid == getpid(), u->uid == getuid());
		}
	}
	printf("\n");
}

static void rights(void)
{
	int sv[2], p[2], fds[300];
	char c;

	TITLE("descriptors");
	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	pipe(p);
	R(send_fds(sv[0], p, 2, "abc", SCM_RIGHTS, SOL_SOCKET));
	receive(sv[1], 200, 2, MSG_PEEK);
	close(received[0]);
	close(received[1]);
	receive(sv[1], 200, 2, 0);
	R(write(received[1], "z", 1));
	R(read(p[0], &c, 1));
	R(fcntl(received[0], F_GETFD));
	close(received[0]);
	close(received[1]);
	receive(sv[1], 200, 64, 0);
	send_fds(sv[0], p, 1, "one", SCM_RIGHTS, SOL_SOCKET);
	write(sv[0], "two", 3);
	receive(sv[1], 200, 64, MSG_CMSG_CLOEXEC);
	R(fcntl(received[0], F_GETFD));
	close(received[0]);
	receive(sv[1], 200, 64, 0);
	send_fds(sv[0], p, 2, "cut", SCM_RIGHTS, SOL_SOCKET);
	receive(sv[1], CMSG_LEN(sizeof(int)), 64, 0);
	close(received[0]);
	send_fds(sv[0], p, 2, "cut", SCM_RIGHTS, SOL_SOCKET);
	receive(sv[1], 10, 64, 0);
	send_fds(sv[0], p, 2, "cut", SCM_RIGHTS, SOL_SOCKET);
	receive(sv[1], 0, 64, 0);
	send_fds(sv[0], p, 2, "plain", SCM_RIGHTS, SOL_SOCKET);
	R(read(sv[1], fds, 64));
	fds[0] = p[0];
	fds[1] = 99;
	R(send_fds(sv[0], fds, 2, "bad", SCM_RIGHTS, SOL_SOCKET));
	R(send_fds(sv[0], fds, 1, "bad", 77, SOL_SOCKET));
	R(send_fds(sv[0], fds, 1, "other level", 77, 99));
	receive(sv[1], 200, 64, 0);
	for (int i = 0; i < 300; i++)
		fds[i] = p[0];
	R(send_fds(sv[0], fds, 254, "many", SCM_RIGHTS, SOL_SOCKET));
	R(send_fds(sv[0], fds, 253, "many", SCM_RIGHTS, SOL_SOCKET));
	receive(sv[1], sizeof(fds), 64, 0);
	for (int i = 0; i < 253; i++)
		close(received[i]);
	C(struct rlimit rl = { 8, 8 }; setrlimit(RLIMIT_NOFILE, &rl); send_fds(sv[0], fds, 5, "full", SCM_RIGHTS, SOL_SOCKET); receive(sv[1], 200, 64, 0));
	/* closing while in flight: the pipe lives on */
	send_fds(sv[0], p + 1, 1, "w", SCM_RIGHTS, SOL_SOCKET);
	close(p[1]);
	receive(sv[1], 200, 64, 0);
	R(write(received[0], "q", 1));
	close(received[0]);
	R(read(p[0], &c, 1));
	R(read(p[0], &c, 1));
	close(p[0]);
	close(sv[0]);
	close(sv[1]);
}

static void credentials(void)
{
	int sv[2], on = 1;
	struct ucred me = { getpid(), getuid(), getgid() }, other = { 1, 12345, 0 };

	TITLE("credentials");
	socketpair(AF_UNIX, SOCK_DGRAM, 0, sv);
	R(setsockopt(sv[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	write(sv[0], "implicit", 8);
	receive(sv[1], 200, 64, 0);
	R(send_fds(sv[0], (int *)&me, 3, "explicit", SCM_CREDENTIALS, SOL_SOCKET));
	receive(sv[1], 200, 64, 0);
	U(me.pid = getpid(); me.uid = getuid(); me.gid = getgid(); R(send_fds(sv[0], (int *)&me, 3, "own", SCM_CREDENTIALS, SOL_SOCKET));
	  R(send_fds(sv[0], (int *)&other, 3, "false", SCM_CREDENTIALS, SOL_SOCKET)));
	receive(sv[1], 8, 64, 0);
	R(send_fds(sv[0], (int *)&me, 2, "short", SCM_CREDENTIALS, SOL_SOCKET));
	send_fds(sv[0], sv, 1, "both", SCM_RIGHTS, SOL_SOCKET);
	receive(sv[1], 200, 64, 0);
	close(received[0]);
	close(sv[0]);
	close(sv[1]);
	/* bytes of different writers are not mixed */
	socketpair(AF_UNIX, SOCK_STREAM, 0, sv);
	setsockopt(sv[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
	write(sv[0], "mine", 4);
	C(write(sv[0], "child", 5));
	receive(sv[1], 200, 64, 0);
	receive(sv[1], 200, 64, 0);
	close(sv[0]);
	close(sv[1]);
}

static void rings(void)
{
	int a[2], p[2], n;
	char c;

	TITLE("rings in flight");
	pipe(p);
	/* Each socket in the other's queue, and a pipe's end with them: when all is closed, the pipe must see its end. */
	socketpair(AF_UNIX, SOCK_STREAM, 0, a);
	send_fds(a[0], a + 0, 1, "x", SCM_RIGHTS, SOL_SOCKET);
	send_fds(a[1], a + 1, 1, "x", SCM_RIGHTS, SOL_SOCKET);
	send_fds(a[1], p + 1, 1, "x", SCM_RIGHTS, SOL_SOCKET);
	close(p[1]);
	close(a[0]);
	close(a[1]);
	socketpair(AF_UNIX, SOCK_STREAM, 0, a);		/* Linux collects at leisure: give it reasons */
	close(a[0]);
	close(a[1]);
	usleep(50000);
	fcntl(p[0], F_SETFL, O_NONBLOCK);
	R(read(p[0], &c, 1));
	close(p[0]);
	/* a long chain */
	int first[2], last[2];
	socketpair(AF_UNIX, SOCK_DGRAM, 0, last);
	for (n = 0; n < 3; n++) {
		socketpair(AF_UNIX, SOCK_DGRAM, 0, first);
		send_fds(first[0], last, 2, "x", SCM_RIGHTS, SOL_SOCKET);
		close(last[0]);
		close(last[1]);
		memcpy(last, first, sizeof(last));
	}
	receive(last[1], 200, 64, 0);
	close(last[0]);
	close(last[1]);
	close(received[0]);
	close(received[1]);
}

static void many(void)
{
	struct iovec v[3] = { { "one", 3 }, { "two2", 4 }, { "three", 5 } };
	char text[4][8];
	struct iovec r[4] = { { text[0], 8 }, { text[1], 8 }, { text[2], 8 }, { text[3], 8 } };
	struct mmsghdr m[4] = { { { 0 } } };
	struct timespec ts = { 0, 20000000 };
	int sv[2];

	TITLE("many at once");
	socketpair(AF_UNIX, SOCK_DGRAM, 0, sv);
	for (int i = 0; i < 3; i++) {
		m[i].msg_hdr.msg_iov = &v[i];
		m[i].msg_hdr.msg_iovlen = 1;
	}
	R(sendmmsg(sv[0], m, 3, 0));
	printf("%u %u %u\n", m[0].msg_len, m[1].msg_len, m[2].msg_len);
	for (int i = 0; i < 4; i++) {
		m[i].msg_hdr.msg_iov = &r[i];
		m[i].msg_hdr.msg_iovlen = 1;
	}
	R(recvmmsg(sv[1], m, 4, MSG_WAITFORONE, NULL));
	printf("%u %u %u\n", m[0].msg_len, m[1].msg_len, m[2].msg_len);
	R(recvmmsg(sv[1], m, 4, MSG_DONTWAIT, NULL));
	write(sv[0], "x", 1);
	R(recvmmsg(sv[1], m, 1, 0, &ts));
	ts.tv_nsec = -1;
	R(recvmmsg(sv[1], m, 1, 0, &ts));
	m[0].msg_hdr.msg_iovlen = 2000;
	R(sendmsg(sv[0], &m[0].msg_hdr, 0));
	R(sendmsg(sv[0], (void *)bad_ptr, 0));
	R(recvmsg(sv[0], (void *)bad_ptr, 0));
	close(sv[0]);
	close(sv[1]);
}

int main(void)
{
	rights();
	credentials();
	rings();
	many();
	return 0;
}
