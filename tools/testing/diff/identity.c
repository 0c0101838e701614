// SPDX-License-Identifier: GPL-2.0
/* User and group ids, capabilities, limits, process groups, prctl, priorities: the rules, as root and as somebody else. */
#include "diff.h"
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/sysinfo.h>
#include <sys/personality.h>
#include <sys/fsuid.h>

static void ids(void)
{
	uid_t r, e, s;
	gid_t gr, ge, gs;

	getresuid(&r, &e, &s);
	getresgid(&gr, &ge, &gs);
	printf("uid %d %d %d gid %d %d %d fs %d %d\n", r, e, s, gr, ge, gs, setfsuid(-1), setfsgid(-1));
}

static void caps(void)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	syscall(SYS_capget, &h, d);
	printf("chown: effective %d permitted %d inheritable %d ambient %d\n", d[0].effective & 1, d[0].permitted & 1, d[0].inheritable & 1,
	       prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 0, 0, 0));
}

static void uids(void)
{
	TITLE("ids");
	R(setuid(-1));
	R(setgid(-1));
	if (!is_root())
		return;
	C(R(setresuid(1, 2, 3)); ids(); caps(); R(setresuid(-1, 3, -1)); ids(); R(setresuid(4, -1, -1)); R(setuid(4)); R(setuid(1)); ids());
	C(R(setreuid(5, 6)); ids(); R(setreuid(6, 5)); ids(); R(setreuid(7, -1)); R(setreuid(-1, 7)));
	C(R(setreuid(-1, 6)); ids(); caps(); R(setreuid(-1, 0)); ids(); caps());
	C(R(setuid(8)); ids(); caps(); R(setuid(0)); R(seteuid(0)));
	C(R(seteuid(8)); ids(); caps(); R(seteuid(0)); ids(); caps());
	C(R(setresgid(1, 2, 3)); ids(); R(setgid(9)); ids(); R(setregid(4, 5)); ids());
	C(R(setgid(9)); R(setuid(9)); R(setgid(0)); R(setregid(0, -1)); R(setresgid(-1, 0, -1)); R(setgroups(0, NULL)));
	C(R(setfsuid(11)); R(setfsuid(-1)); R(setfsgid(12)); ids(); caps(); R(setfsuid(0)); caps());
	C(prctl(PR_SET_KEEPCAPS, 1); R(setuid(8)); caps(); R(prctl(PR_GET_KEEPCAPS)));
	U(ids(); caps(); R(setuid(1)); R(seteuid(1)); R(setfsuid(1)); R(setfsuid(-1)));
}

static void groups(void)
{
	gid_t g[8] = { 30, 10, 20 };

	TITLE("groups");
	if (!is_root())
		return;
	R(setgroups(3, g));
	R(getgroups(0, NULL));
	R(getgroups(2, g));
	R(getgroups(-1, g));
	R(getgroups(8, g));
	printf("%d %d %d\n", g[0], g[1], g[2]);
	R(setgroups(65537, g));
	R(syscall(SYS_setgroups, 2, bad_ptr));
	R(syscall(SYS_getgroups, 8, bad_ptr));
	make_file("g", "x");
	chown("g", 0, 20);
	chmod("g", 0040);
	C(setresuid(77, 77, 77); setresgid(77, 77, 77); R(open("g", O_RDONLY)));
	C(setgroups(0, NULL); setresuid(77, 77, 77); R(open("g", O_RDONLY)));
}

static void capabilities(void)
{
	struct __user_cap_header_struct h = { 0, 0 };
	struct __user_cap_data_struct d[2] = { { 0 } };

	TITLE("capabilities");
	R(syscall(SYS_capget, &h, NULL));
	printf("version %x\n", h.version);
	h.version = 0;
	R(syscall(SYS_capget, &h, d));
	h.version = _LINUX_CAPABILITY_VERSION_3;
	h.pid = -1;
	R(syscall(SYS_capget, &h, d));
	h.pid = 0x7ffffff0;
	R(syscall(SYS_capget, &h, d));
	h.pid = 1;
	R(syscall(SYS_capset, &h, d));
	R(syscall(SYS_capget, bad_ptr, d));
	U(h.pid = 0; d[0].effective = 1; R(syscall(SYS_capset, &h, d)); d[0].effective = 0; R(syscall(SYS_capset, &h, d)));
	R(prctl(PR_CAPBSET_READ, 99));
	R(prctl(PR_CAPBSET_DROP, 99));
	R(prctl(PR_CAP_AMBIENT, 9, 0, 0, 0));
	R(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 99, 0, 0));
	R(prctl(PR_SET_SECUREBITS, 0x1000));
	U(R(prctl(PR_SET_SECUREBITS, 0)); R(prctl(PR_CAPBSET_DROP, 0)); R(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 0, 0, 0)));
	if (!is_root())
		return;
	C(R(prctl(PR_CAPBSET_DROP, 0)); R(prctl(PR_CAPBSET_READ, 0)));
	C(R(prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED)); R(prctl(PR_GET_SECUREBITS)); R(prctl(PR_SET_SECUREBITS, 0)));
	C(h.pid = 0; memset(d, 0, sizeof(d)); d[0].permitted = d[0].inheritable = d[0].effective = 1; R(syscall(SYS_capset, &h, d)); caps();
	  R(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 0, 0, 0)); caps(); R(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 1, 0, 0));
	  d[0].permitted = 3; R(syscall(SYS_capset, &h, d)));
}

static void limits(void)
{
	struct rlimit rl, old;

	TITLE("limits");
	R(getrlimit(16, &rl));
	R(getrlimit(RLIMIT_NOFILE, (void *)bad_ptr));
	rl = (struct rlimit){ 10, 5 };
	R(setrlimit(RLIMIT_NOFILE, &rl));
	rl = (struct rlimit){ 10, 1UL << 40 };
	R(setrlimit(RLIMIT_NOFILE, &rl));
	C(rl = (struct rlimit){ 6, 64 }; R(setrlimit(RLIMIT_NOFILE, &rl)); R(getrlimit(RLIMIT_NOFILE, &old)); V(old.rlim_cur); V(old.rlim_max);
	  R(dup(0)); R(dup(0)); R(dup(0)); R(dup(0)));
	U(getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_max++; R(setrlimit(RLIMIT_NOFILE, &rl)));
	R(prlimit(0x7ffffff0, RLIMIT_NOFILE, NULL, &old));
	R(prlimit(0, RLIMIT_CPU, NULL, &old));
	U(R(prlimit(1, RLIMIT_CPU, NULL, &old)));
}

static void usage(void)
{
	struct rusage ru;

	TITLE("usage");
	R(getrusage(RUSAGE_SELF, &ru));
	V(ru.ru_maxrss > 0);
	R(getrusage(RUSAGE_CHILDREN, &ru));
	R(getrusage(RUSAGE_THREAD, &ru));
	R(getrusage((enum __rusage_who)5, &ru));
	R(syscall(SYS_getrusage, 0, bad_ptr));
}

static void process_groups(void)
{
	int p[2], st;
	pid_t pid;
	char c;

	TITLE("process groups and sessions");
	C(R(setpgid(0, 0)); V(getpgrp() == getpid()); R(setpgid(0, 0)); R(setsid()); R(setpgid(0, -1)); R(setpgid(0x7ffffff0, 0)));
	C(V(setsid() == getpid()); R(setsid()); V(getsid(0) == getpid() && getpgid(0) == getpid()); R(setpgid(0, 0)); R(setpgid(0, getppid())));
	R(getpgid(0x7ffffff0));
	R(getsid(0x7ffffff0));
	R(setpgid(getppid(), 0));
	pipe(p);
	pid = fork();
	if (!pid) {
		close(p[1]);
		read(p[0], &c, 1);
		_exit(0);
	}
	R(setpgid(pid, 0));
	V(getpgid(pid) == pid);
	R(setpgid(pid, getpgrp()));
	V(getpgid(pid) == getpgrp());
	R(setpgid(pid, 0x7ffffff0));
	close(p[1]);
	waitpid(pid, &st, 0);
	close(p[0]);
	C(setpgid(0, 0); pid_t g = fork(); if (!g) { pause(); _exit(0); } usleep(20000); signal(SIGTERM, SIG_IGN); R(kill(0, SIGTERM)); waitpid(g, &st, 0);
	  V(WTERMSIG(st)); R(kill(-getpid(), 0)));
}

static void prctls(void)
{
	char name[20] = "";
	int v;

	TITLE("prctl");
	R(prctl(PR_SET_NAME, "a name that is too long"));
	R(prctl(PR_GET_NAME, name));
	S(name);
	R(prctl(PR_SET_NAME, bad_ptr));
	R(prctl(PR_SET_PDEATHSIG, 65));
	R(prctl(PR_SET_PDEATHSIG, SIGTERM));
	R(prctl(PR_GET_PDEATHSIG, &v));
	V(v);
	C(prctl(PR_GET_PDEATHSIG, &v); V(v));
	R(prctl(PR_SET_PDEATHSIG, 0));
	R(prctl(PR_GET_DUMPABLE));
	R(prctl(PR_SET_DUMPABLE, 2));
	R(prctl(PR_SET_DUMPABLE, 0));
	R(prctl(PR_GET_DUMPABLE));
	R(prctl(PR_SET_DUMPABLE, 1));
	U(R(prctl(PR_GET_DUMPABLE) == 1));
	R(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	R(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
	C(R(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); C(R(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0))));
	R(prctl(PR_SET_CHILD_SUBREAPER, 1));
	R(prctl(PR_GET_CHILD_SUBREAPER, &v));
	V(v);
	C(if (!fork()) { if (!fork()) { usleep(20000); _exit(getppid() == 1 ? 1 : 7); } _exit(0); } wait(NULL));
	int st;
	wait(&st);
	V(WEXITSTATUS(st));
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	R(prctl(PR_SET_TIMERSLACK, 12345));
	R(prctl(PR_GET_TIMERSLACK));
	R(prctl(PR_SET_TIMERSLACK, 0));
	R(prctl(PR_GET_TIMERSLACK));
	R(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	R(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
	R(prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0));
	R(prctl(PR_GET_SECCOMP));
	R(prctl(PR_SET_TIMING, 1));
	R(prctl(12345));
	U(R(prctl(PR_SET_MM, PR_SET_MM_BRK, 0, 0, 0)));
	C(prctl(PR_SET_PDEATHSIG, SIGKILL); if (getppid() == 1) _exit(1); puts("set"));
}

static void priorities(void)
{
	struct sched_param sp = { 0 };
	cpu_set_t cpus;

	TITLE("priorities");
	R(syscall(SYS_getpriority, 3, 0));
	R(syscall(SYS_getpriority, PRIO_PROCESS, 0x7ffffff0));
	R(syscall(SYS_getpriority, PRIO_PROCESS, 0));
	R(syscall(SYS_setpriority, 3, 0, 0));
	C(R(setpriority(PRIO_PROCESS, 0, 5)); R(getpriority(PRIO_PROCESS, 0)); R(setpriority(PRIO_PROCESS, 0, 99)); R(getpriority(PRIO_PROCESS, 0)));
	U(R(setpriority(PRIO_PROCESS, 0, 5)); R(setpriority(PRIO_PROCESS, 0, 1)); R(setpriority(PRIO_PROCESS, 1, 5)); R(nice(-1)));
	R(sched_getscheduler(0));
	R(sched_getscheduler(-1));
	R(sched_getscheduler(0x7ffffff0));
	R(sched_getparam(0, &sp));
	V(sp.sched_priority);
	R(sched_getparam(0, NULL));
	R(sched_get_priority_max(SCHED_FIFO));
	R(sched_get_priority_min(SCHED_RR));
	R(sched_get_priority_max(SCHED_OTHER));
	R(sched_get_priority_max(77));
	sp.sched_priority = 5;
	R(sched_setscheduler(0, SCHED_OTHER, &sp));
	R(sched_setscheduler(0, 77, &sp));
	sp.sched_priority = 0;
	R(sched_setscheduler(0, SCHED_FIFO, &sp));
	R(sched_setscheduler(0, -1, &sp));
	C(R(sched_setscheduler(0, SCHED_BATCH, &sp)); R(sched_getscheduler(0)); R(sched_setscheduler(0, SCHED_IDLE | 0x40000000, &sp)); R(sched_getscheduler(0));
	  C(R(sched_getscheduler(0))));
	if (is_root())
		C(sp.sched_priority = 7; R(sched_setscheduler(0, SCHED_RR, &sp)); R(sched_getscheduler(0)); R(sched_getparam(0, &sp)); V(sp.sched_priority));
	U(sp.sched_priority = 7; R(sched_setscheduler(0, SCHED_RR, &sp)));
	R(sched_yield());
	CPU_ZERO(&cpus);
	R(sched_setaffinity(0, sizeof(cpus), &cpus));
	R(sched_getaffinity(0, 4, &cpus));
	R(sched_getaffinity(0, sizeof(cpus), &cpus));
	V(CPU_ISSET(0, &cpus));
	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	R(sched_setaffinity(0, sizeof(cpus), &cpus));
	R(sched_setaffinity(0x7ffffff0, sizeof(cpus), &cpus));
	unsigned cpu = 9, node = 9;
	R(syscall(SYS_getcpu, &cpu, &node, NULL));
	V(cpu);
	R(syscall(SYS_ioprio_set, 1, 0, 3 << 13));
	R(syscall(SYS_ioprio_get, 1, 0));
	R(syscall(SYS_ioprio_set, 1, 0, 5 << 13));
	R(syscall(SYS_ioprio_set, 9, 0, 2 << 13));
	struct { unsigned size, policy; unsigned long flags; int nice; unsigned prio; unsigned long r[3]; unsigned util[2]; } at = { sizeof(at) };
	R(syscall(SYS_sched_getattr, 0, &at, sizeof(at), 0));
	V(at.policy);
	R(syscall(SYS_sched_getattr, 0, &at, 40, 0));
	at.size = 20;
	R(syscall(SYS_sched_setattr, 0, &at, 0));
	at.size = 48;
	at.nice = 4;
	C(R(syscall(SYS_sched_setattr, 0, &at, 0)); R(getpriority(PRIO_PROCESS, 0)));
}

static void system_facts(void)
{
	struct utsname u;
	struct sysinfo si;
	char buf[16];

	TITLE("system");
	R(uname(&u));
	S(u.sysname);
	S(u.machine);
	R(syscall(SYS_uname, bad_ptr));
	C(personality(0x20000); uname(&u); V(strncmp(u.release, "2.6.", 4) == 0));
	R(personality(0xffffffff));
	R(sysinfo(&si));
	V(si.mem_unit);
	V(si.totalram > si.freeram && si.procs > 0);
	U(R(sethostname("x", 1)); R(syscall(SYS_reboot, 0xfee1dead, 672274793, 0, 0)));
	R(syscall(SYS_reboot, 1, 2, 3, 0));
	R(syscall(SYS_getrandom, buf, 16, 0));
	R(syscall(SYS_getrandom, buf, 16, 8));
	R(syscall(SYS_getrandom, buf, 16, 6));
	R(syscall(SYS_getrandom, bad_ptr, 16, 0));
	R(syscall(SYS_getrandom, NULL, 0, 0));
	R(syscall(SYS_membarrier, 0, 0, 0) > 0);
	R(syscall(SYS_membarrier, 0, 1, 0));
	R(syscall(SYS_membarrier, 8, 0, 0));
	R(syscall(SYS_membarrier, 16, 0, 0));
	R(syscall(SYS_membarrier, 8, 0, 0));
	R(syscall(SYS_membarrier, 1 << 20, 0, 0));
}

static struct { unsigned start, id; unsigned long cs; unsigned flags, pad[3]; } area __attribute__((aligned(32)));

static void rseqs(void)
{
	TITLE("rseq");
	C(/* libc has registered its own */
	  R(syscall(SYS_rseq, &area, 32, 2, 7)); R(syscall(SYS_rseq, (char *)&area + 1, 32, 0, 7) == 0); R(syscall(SYS_rseq, &area, 32, 1, 7)));
}

int main(void)
{
	uids();
	groups();
	capabilities();
	limits();
	usage();
	process_groups();
	prctls();
	priorities();
	system_facts();
	rseqs();
	return 0;
}
