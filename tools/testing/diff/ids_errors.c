// SPDX-License-Identifier: GPL-2.0
/* What the calls on ids, groups, capabilities, process groups and limits refuse. */
#include "diff.h"
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define GONE 0x7ffffff0
#define CALL(...) R(syscall(__VA_ARGS__))

static void ids(void)
{
	int a, b;

	TITLE("ids");
	U(CALL(SYS_setreuid, 1, -1); CALL(SYS_setreuid, -1, 1); CALL(SYS_setreuid, -1, -1); CALL(SYS_setregid, 1, -1); CALL(SYS_setregid, -1, -1);
	  CALL(SYS_setresuid, -1, -1, 1); CALL(SYS_setresuid, -1, -1, -1); CALL(SYS_setresgid, -1, 1, -1); CALL(SYS_setgroups, 0, NULL));
	CALL(SYS_setuid, -1);
	CALL(SYS_setgid, -1);
	CALL(SYS_getresuid, bad_ptr, &a, &b);
	CALL(SYS_getresuid, &a, bad_ptr, &b);
	CALL(SYS_getresuid, &a, &b, bad_ptr);
	CALL(SYS_getresgid, bad_ptr, &a, &b);
	CALL(SYS_getresgid, &a, ro_ptr, &b);
	CALL(SYS_getresgid, &a, &b, NULL);
	V(syscall(SYS_getegid) == getegid());
	V(syscall(SYS_geteuid) == geteuid());
	CALL(SYS_getgroups, -1, NULL);
	V(syscall(SYS_getgroups, 0, NULL) >= 0);
	if (is_root()) {
		CALL(SYS_setgroups, -1, NULL);
		CALL(SYS_setgroups, 65537, NULL);
		CALL(SYS_setgroups, 3, bad_ptr);
	}
}

static void capabilities(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 }, bad = { 1, 0 };
	struct __user_cap_data_struct d[2] = { { 0 } };

	TITLE("capabilities");
	CALL(SYS_capset, bad_ptr, d);
	CALL(SYS_capset, &h, bad_ptr);
	CALL(SYS_capset, &bad, d);
	printf("%x\n", bad.version);
	bad.version = 1;
	CALL(SYS_capset, &bad, NULL);
	CALL(SYS_capget, &h, bad_ptr);
	CALL(SYS_capget, &h, NULL);
	h.version = _LINUX_CAPABILITY_VERSION_1;
	CALL(SYS_capget, &h, d);
	h.version = _LINUX_CAPABILITY_VERSION_2;
	CALL(SYS_capget, &h, d);
	h.version = _LINUX_CAPABILITY_VERSION_3;
	h.pid = GONE;
	CALL(SYS_capget, &h, d);
	CALL(SYS_capset, &h, d);
	h.pid = -5;
	CALL(SYS_capget, &h, d);
	h.pid = getpid();
	CALL(SYS_capget, &h, d);
	h.pid = 0;
	U(d[0].permitted = 1; d[0].effective = 1; CALL(SYS_capset, &h, d));
	U(d[0].permitted = 0; d[0].effective = 1; CALL(SYS_capset, &h, d));
	U(d[0].effective = d[0].permitted = 0; d[0].inheritable = 1; CALL(SYS_capset, &h, d));
	C(CALL(SYS_capget, &h, d); d[1].permitted |= 1u << 30; d[1].effective |= 1u << 30; CALL(SYS_capset, &h, d));
}

static void groups(void)
{
	pid_t pid;
	int p[2];
	char c;

	TITLE("process groups");
	CALL(SYS_setpgid, -1, 0);
	CALL(SYS_setpgid, 0, -1);
	CALL(SYS_setpgid, GONE, 0);
	CALL(SYS_setpgid, 1, 0);
	C(CALL(SYS_setpgid, 0, 1));
	C(CALL(SYS_setpgid, 0, GONE));
	CALL(SYS_setpgid, 0, 0);
	CALL(SYS_getpgid, GONE);
	CALL(SYS_getpgid, -1);
	CALL(SYS_getsid, GONE);
	CALL(SYS_getsid, -1);
	CALL(SYS_setsid);
	pipe(p);
	fcntl(p[1], F_SETFD, FD_CLOEXEC);
	if ((pid = fork()) == 0) {
		execl("/proc/self/exe", "me", "sleep", NULL);
		_exit(1);
	}
	close(p[1]);
	read(p[0], &c, 1);
	CALL(SYS_setpgid, pid, 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	pid = fork();
	if (!pid) {
		setsid();
		kill(getpid(), SIGSTOP);
		_exit(0);
	}
	waitpid(pid, NULL, WUNTRACED);
	CALL(SYS_setpgid, pid, 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void limits(void)
{
	struct rlimit rl = { 10, 5 }, old;
	pid_t pid;

	TITLE("limits");
	CALL(SYS_getrlimit, 16, &old);
	CALL(SYS_getrlimit, -1, &old);
	CALL(SYS_getrlimit, RLIMIT_CORE, bad_ptr);
	CALL(SYS_setrlimit, 16, &rl);
	CALL(SYS_setrlimit, RLIMIT_CORE, bad_ptr);
	CALL(SYS_setrlimit, RLIMIT_CORE, &rl);
	rl = (struct rlimit){ 5, 1 << 30 };
	CALL(SYS_setrlimit, RLIMIT_NOFILE, &rl);
	U(rl = (struct rlimit){ RLIM_INFINITY, RLIM_INFINITY }; CALL(SYS_setrlimit, RLIMIT_NOFILE, &rl));
	C(rl = (struct rlimit){ 7, 9 }; CALL(SYS_setrlimit, RLIMIT_NOFILE, &rl); CALL(SYS_getrlimit, RLIMIT_NOFILE, &old); printf("%ld %ld\n", old.rlim_cur, old.rlim_max);
	  int fd = open("f", O_CREAT | O_RDWR, 0600); R(fcntl(fd, F_DUPFD, 7)); R(fcntl(fd, F_DUPFD, 6)); rl.rlim_cur = 10; CALL(SYS_setrlimit, RLIMIT_NOFILE, &rl); rl.rlim_cur = 2; CALL(SYS_setrlimit, RLIMIT_NOFILE, &rl);
	  R(lseek(6, 0, SEEK_CUR)); R(dup(0)));
	CALL(SYS_prlimit64, GONE, RLIMIT_CORE, NULL, &old);
	CALL(SYS_prlimit64, -1, RLIMIT_CORE, NULL, &old);
	CALL(SYS_prlimit64, 0, 16, NULL, &old);
	CALL(SYS_prlimit64, 0, RLIMIT_CORE, bad_ptr, NULL);
	CALL(SYS_prlimit64, 0, RLIMIT_CORE, NULL, bad_ptr);
	CALL(SYS_prlimit64, 0, RLIMIT_CORE, NULL, NULL);
	U(CALL(SYS_prlimit64, 1, RLIMIT_CORE, NULL, &old));
	pid = fork();
	while (!pid)
		pause();
	rl = (struct rlimit){ 3, 4 };
	CALL(SYS_prlimit64, pid, RLIMIT_CORE, &rl, NULL);
	CALL(SYS_prlimit64, pid, RLIMIT_CORE, NULL, &rl);
	printf("%ld %ld\n", rl.rlim_cur, rl.rlim_max);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CALL(SYS_getrusage, 5, &old);
	CALL(SYS_getrusage, RUSAGE_SELF, bad_ptr);
	rl = (struct rlimit){ 1, RLIM_INFINITY };
	C(setrlimit(RLIMIT_FSIZE, &rl); signal(SIGXFSZ, SIG_IGN); int fd = open("big", O_CREAT | O_WRONLY, 0600); R(write(fd, "xy", 2)); R(write(fd, "z", 1));
	  rl.rlim_cur = RLIM_INFINITY; setrlimit(RLIMIT_FSIZE, &rl));
	C(setrlimit(RLIMIT_FSIZE, &rl); int fd = open("big", O_CREAT | O_TRUNC | O_WRONLY, 0600); write(fd, "xy", 2); write(fd, "z", 1));
	show_file("big");
}

static void prctls(void)
{
	TITLE("prctl");
	U(R(prctl(PR_SET_MM, PR_SET_MM_BRK, 1, 0, 0)));
	R(prctl(PR_SET_NAME, bad_ptr));
	R(prctl(PR_GET_NAME, bad_ptr));
	R(prctl(PR_GET_PDEATHSIG, bad_ptr));
	R(prctl(PR_SET_PDEATHSIG, 65));
	R(prctl(PR_GET_TID_ADDRESS, bad_ptr));
	R(prctl(PR_GET_CHILD_SUBREAPER, bad_ptr));
	R(prctl(PR_SET_DUMPABLE, 2));
	R(prctl(PR_SET_NO_NEW_PRIVS, 2, 0, 0, 0));
	R(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
	R(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0));
	R(prctl(PR_SET_TIMING, 1));
	R(prctl(PR_SET_KEEPCAPS, 2));
	R(prctl(PR_SET_THP_DISABLE, 1, 1, 0, 0));
	R(prctl(PR_SET_TSC, 99));
	R(prctl(PR_SET_UNALIGN, 1));
	R(prctl(PR_GET_UNALIGN, bad_ptr));
	R(prctl(-1, 0));
	R(prctl(12345, 0));
}

int main(int argc, char **argv)
{
	if (argc > 1)
		for (;;)
			pause();
	ids();
	capabilities();
	groups();
	limits();
	prctls();
	return 0;
}
