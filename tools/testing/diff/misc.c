// SPDX-License-Identifier: GPL-2.0
/* The small calls: names of the system, its log, random bytes, personality, segment bases, CPU number, memory barriers. */
#include "diff.h"
#include <asm/prctl.h>
#include <linux/membarrier.h>
#include <sys/personality.h>
#include <sys/random.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#define CALL(...) R(syscall(__VA_ARGS__))

static void nothing(int sig) { }

static void names(void)
{
	struct utsname u;
	struct sysinfo si;

	TITLE("names");
	uname(&u);
	CALL(SYS_uname, bad_ptr);
	if (is_root()) {
		CALL(SYS_sethostname, u.nodename, strlen(u.nodename));
		CALL(SYS_setdomainname, u.domainname, strlen(u.domainname));
	}
	CALL(SYS_sethostname, "x", 65);
	CALL(SYS_sethostname, "x", -1);
	CALL(SYS_sethostname, bad_ptr, 5);
	CALL(SYS_setdomainname, "x", 65);
	CALL(SYS_setdomainname, "x", -1);
	CALL(SYS_setdomainname, bad_ptr, 5);
	U(CALL(SYS_sethostname, "x", 1); CALL(SYS_setdomainname, "x", 1));
	CALL(SYS_sysinfo, &si);
	V(si.mem_unit);
	V(si.totalram >= si.freeram && si.freeram > 0 && si.procs > 0);
	CALL(SYS_sysinfo, bad_ptr);
	CALL(SYS_sysinfo, NULL);
}

static void the_log(void)
{
	static char buf[1 << 12];

	TITLE("syslog");
	if (is_root()) {		/* others may read the log or not, as the machine is configured */
		V(syscall(SYS_syslog, 10, NULL, 0) > 0);
		CALL(SYS_syslog, -1, NULL, 0);
		CALL(SYS_syslog, 11, NULL, 0);
		CALL(SYS_syslog, 3, NULL, 10);
		CALL(SYS_syslog, 3, buf, -1);
		CALL(SYS_syslog, 3, buf, 0);
		CALL(SYS_syslog, 2, NULL, 10);
		CALL(SYS_syslog, 2, buf, -1);
		CALL(SYS_syslog, 8, NULL, 0);
		CALL(SYS_syslog, 8, NULL, 9);
		V(syscall(SYS_syslog, 3, buf, sizeof(buf)) > 0);
		CALL(SYS_syslog, 0, NULL, 0);
		CALL(SYS_syslog, 1, NULL, 0);
		V(syscall(SYS_syslog, 9, NULL, 0) >= 0);
	}
	U(CALL(SYS_syslog, 5, NULL, 0); CALL(SYS_syslog, 6, NULL, 0); CALL(SYS_syslog, 2, buf, 10));
}

static void random_bytes(void)
{
	char buf[512];

	TITLE("getrandom");
	CALL(SYS_getrandom, buf, 16, 0);
	CALL(SYS_getrandom, buf, 0, 0);
	CALL(SYS_getrandom, buf, 512, GRND_NONBLOCK);
	CALL(SYS_getrandom, buf, 16, GRND_RANDOM);
	CALL(SYS_getrandom, buf, 16, GRND_INSECURE);
	CALL(SYS_getrandom, buf, 16, GRND_INSECURE | GRND_RANDOM);
	CALL(SYS_getrandom, buf, 16, 8);
	CALL(SYS_getrandom, bad_ptr, 16, 0);
	CALL(SYS_getrandom, ro_ptr, 16, 0);
	CALL(SYS_getrandom, NULL, 0, 0);
	char *edge = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(edge + 4096, 4096);
	CALL(SYS_getrandom, edge + 4000, 200, 0);
	memset(buf, 0, sizeof(buf));
	getrandom(buf, sizeof(buf), 0);
	int zeros = 0;
	for (int i = 0; i < 512; i++)
		zeros += !buf[i];
	V(zeros < 30);
}

static void processor(void)
{
	unsigned cpu = 77, node = 77;
	long base = 0;

	TITLE("processor");
	CALL(SYS_getcpu, &cpu, &node, NULL);
	printf("%d %u\n", cpu < 4096, node);
	CALL(SYS_getcpu, NULL, NULL, bad_ptr);
	CALL(SYS_getcpu, bad_ptr, NULL, NULL);
	CALL(SYS_getcpu, NULL, bad_ptr, NULL);
	CALL(SYS_arch_prctl, ARCH_GET_FS, &base);
	V(base != 0);
	CALL(SYS_arch_prctl, ARCH_SET_FS, base);
	CALL(SYS_arch_prctl, ARCH_SET_FS, -1UL);
	CALL(SYS_arch_prctl, ARCH_SET_GS, 1UL << 47);
	CALL(SYS_arch_prctl, ARCH_SET_GS, 0x1000);
	CALL(SYS_arch_prctl, ARCH_GET_GS, &base);
	V(base);
	CALL(SYS_arch_prctl, ARCH_SET_GS, 0);
	CALL(SYS_arch_prctl, ARCH_GET_FS, bad_ptr);
	CALL(SYS_arch_prctl, ARCH_GET_GS, bad_ptr);
	CALL(SYS_arch_prctl, 0x1fff, 0);
	CALL(SYS_arch_prctl, 0, 0);
	TITLE("personality");
	V(personality(0xffffffff));
	C(R(personality(ADDR_NO_RANDOMIZE)); R(personality(0xffffffff)); C(R(personality(0xffffffff))); R(personality(PER_LINUX)));
	C(R(personality(UNAME26)); struct utsname u; uname(&u); V(!strncmp(u.release, "2.6.", 4)));
	C(R(personality(READ_IMPLIES_EXEC)); char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); *p = (char)0xc3; ((void (*)(void))p)(); printf("executed\n"));
}

#define BARRIER(cmd, flags) CALL(SYS_membarrier, cmd, flags, 0)

static void barriers(void)
{
	TITLE("membarrier");
	V((syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0) & 0x1f) == 0x1f);
	BARRIER(MEMBARRIER_CMD_QUERY, 1);
	BARRIER(MEMBARRIER_CMD_GLOBAL, 1);
	BARRIER(MEMBARRIER_CMD_GLOBAL, 0);
	BARRIER(1 << 20, 0);
	BARRIER(-1, 0);
	BARRIER(3, 0);
	BARRIER(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0);
	BARRIER(MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, 0);
	BARRIER(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0);
	BARRIER(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0);
	C(BARRIER(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0));
	BARRIER(MEMBARRIER_CMD_GLOBAL_EXPEDITED, 0);
	BARRIER(MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED, 0);
}

static void odds(void)
{
	TITLE("odds and ends");
	CALL(SYS_reboot, 1, 2, 3, 0);
	CALL(SYS_reboot, 0xfee1dead, 2, 3, 0);
	CALL(SYS_reboot, 0xfee1dead, 672274793, 3, 0);
	U(CALL(SYS_reboot, 0xfee1dead, 672274793, 0x89abcdef, 0); CALL(SYS_vhangup));
	CALL(SYS_set_robust_list, NULL, 23);
	CALL(SYS_set_robust_list, NULL, 24);
	V(syscall(SYS_set_tid_address, NULL) == getpid());
	V(syscall(SYS_gettid) == getpid());
	signal(SIGALRM, nothing);
	alarm(60);
	CALL(SYS_restart_syscall);
	CALL(SYS__sysctl, NULL);
	CALL(SYS_uselib, "x");
	CALL(SYS_create_module, "x", 5);
	CALL(10000);
	CALL(-1);
}

int main(void)
{
	names();
	the_log();
	random_bytes();
	processor();
	barriers();
	odds();
	return 0;
}
