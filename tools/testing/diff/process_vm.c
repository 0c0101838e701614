// SPDX-License-Identifier: GPL-2.0
/* process_vm_readv and writev: another process' memory, in pieces, up to the first that is not there. */
#include "diff.h"
#include <limits.h>
#include <sys/prctl.h>

#define READV(...) R(syscall(SYS_process_vm_readv, __VA_ARGS__))
#define WRITEV(...) R(syscall(SYS_process_vm_writev, __VA_ARGS__))

static char remote[8192] = "far away";

int main(void)
{
	char buf[64] = "", more[64] = "";
	struct iovec l = { buf, 8 }, r = { remote, 8 }, many[IOV_MAX + 1], l2[2] = { { buf, 3 }, { more, 40 } }, r2[3] = { { remote, 4 }, { NULL, 0 }, { remote + 4, 4 } };
	int up[2], down[2];
	char c;
	pid_t pid, other;

	pipe(up);
	pipe(down);
	fflush(stdout);
	if ((pid = fork()) == 0) {
		strcpy(remote, "changed!");
		write(up[1], "x", 1);
		while (read(down[0], &c, 1) == 1) {
			printf("the child has \"%s\"\n", remote);
			fflush(stdout);
			write(up[1], "x", 1);
		}
		_exit(0);
	}
	close(down[0]);
	read(up[0], &c, 1);
	TITLE("reading");
	READV(pid, &l, 1, &r, 1, 0);
	S(buf);
	memset(buf, 0, sizeof(buf));
	READV(pid, l2, 2, r2, 3, 0);
	S(buf);
	S(more);
	READV(pid, &l, 0, &r, 1, 0);
	READV(pid, &l, 1, &r, 0, 0);
	READV(pid, NULL, 0, NULL, 0, 0);
	READV(getpid(), &l, 1, &r, 1, 0);
	TITLE("refused");
	READV(pid, &l, 1, &r, 1, 1);
	READV(0x7ffffff0, &l, 1, &r, 1, 0);
	READV(-1, &l, 1, &r, 1, 0);
	READV(0, &l, 1, &r, 1, 0);
	READV(pid, bad_ptr, 1, &r, 1, 0);
	READV(pid, &l, 1, bad_ptr, 1, 0);
	READV(pid, &l, IOV_MAX + 1, &r, 1, 0);
	for (int i = 0; i <= IOV_MAX; i++)
		many[i] = r;
	READV(pid, &l, 1, many, IOV_MAX, 0);
	READV(pid, &l, 1, many, IOV_MAX + 1, 0);
	READV(pid, &l, 1, &((struct iovec){ bad_ptr, 8 }), 1, 0);
	READV(pid, &l, 1, &((struct iovec){ (void *)-4096, 8 }), 1, 0);
	READV(pid, &((struct iovec){ bad_ptr, 8 }), 1, &r, 1, 0);
	READV(pid, &l, 1, &((struct iovec){ remote, -1 }), 1, 0);
	READV(pid, &((struct iovec){ buf, -1 }), 1, &r, 1, 0);
	READV(pid, l2, 2, (&(struct iovec[]){ { remote, 5 }, { bad_ptr, 5 } })[0], 2, 0);
	TITLE("writing");
	strcpy(buf, "new text");
	WRITEV(pid, &l, 1, &r, 1, 0);
	write(down[1], "x", 1);
	read(up[0], &c, 1);
	WRITEV(pid, &l, 1, &((struct iovec){ ro_ptr, 8 }), 1, 0);
	WRITEV(pid, &l, 1, &((struct iovec){ main, 8 }), 1, 0);
	WRITEV(pid, &l, 1, &((struct iovec){ bad_ptr, 8 }), 1, 0);
	WRITEV(pid, &l, 1, &r, 1, 7);
	WRITEV(0x7ffffff0, &l, 1, &r, 1, 0);
	WRITEV(pid, bad_ptr, 1, &r, 1, 0);
	WRITEV(pid, l2, 2, (&(struct iovec[]){ { remote, 5 }, { bad_ptr, 5 } })[0], 2, 0);
	strcpy(remote, "mine");
	V(remote[0]);
	TITLE("whose");
	if (is_root())
		U(READV(pid, &l, 1, &r, 1, 0); WRITEV(pid, &l, 1, &r, 1, 0));
	fflush(stdout);
	if ((other = fork()) == 0) {
		become_user();
		prctl(PR_SET_DUMPABLE, 0);
		write(up[1], "x", 1);
		pause();
	}
	read(up[0], &c, 1);
	U(READV(other, &l, 1, &r, 1, 0));
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	READV(other, &l, 1, &r, 1, 0);
	kill(pid, SIGKILL);
	waitid(P_PID, pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT);
	READV(pid, &l, 1, &r, 1, 0);
	waitpid(pid, NULL, 0);
	return 0;
}
