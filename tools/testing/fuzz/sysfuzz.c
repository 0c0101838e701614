/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random system calls from several processes, for a time and from a seed that are given. Arguments are drawn from what
 * tends to hurt: small numbers, descriptors, addresses good, bad and at page ends, sizes near limits, flags, other calls'
 * results. It proves nothing by itself: the kernel below must stay alive (and its sanitizers quiet).
 * usage: sysfuzz SECONDS [SEED [PROCESSES]]    Runs in the current directory; as root it drops to nobody in half of the processes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t state;
static char *arena;		/* readable and writable, with a bad page behind */
enum { ARENA = 64 * 1024 };

static uint64_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1dULL;
}

/* Calls that would end the test rather than test anything. */
static int excluded(long nr)
{
	switch (nr) {
	case SYS_reboot: case SYS_exit: case SYS_exit_group: case SYS_pause: case SYS_rt_sigsuspend: case SYS_vhangup:
	case SYS_rt_sigreturn: case SYS_kill: case SYS_tkill: case SYS_tgkill: case SYS_rt_sigqueueinfo: case SYS_rt_tgsigqueueinfo:
	case SYS_fork: case SYS_vfork: case SYS_clone: case SYS_clone3: case SYS_umount2: case SYS_pivot_root: case SYS_chroot:
	case SYS_settimeofday: case SYS_clock_settime: case SYS_setrlimit: case SYS_prlimit64: case SYS_pidfd_send_signal:
	case SYS_sched_setscheduler: case SYS_sched_setattr: case SYS_setpriority: case SYS_sethostname: case SYS_setdomainname:
		return 1;
	}
	return 0;
}

static uint64_t number(void)
{
	static const uint64_t special[] = { 0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 63, 64, 127, 128, 255, 256, 511, 512, 4095, 4096, 4097, 65535, 65536,
		0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, ~0ULL, ~0ULL - 1, (uint64_t)-100, (uint64_t)-4096 };

	switch (rnd() % 6) {
	case 0: return special[rnd() % (sizeof(special) / sizeof(special[0]))];
	case 1: return rnd() % 16;
	case 2: return 1ULL << (rnd() % 64);
	case 3: return rnd() & rnd();
	case 4: return rnd() % 5000;
	default: return special[rnd() % 24];
	}
}

static const char *const paths[] = { ".", "..", "/", "f0", "f1", "d0", "d0/f", "l0", "/dev/null", "/dev/zero", "/proc/self/maps", "/proc/self/mem",
	"/proc/self/fd/3", "/dev/ptmx", "/dev/tty", "/proc/self/status", "/tmp", "/dev/full", "nonexistent/x", "" };

static uint64_t address(void)
{
	uint64_t off = rnd() % ARENA;

	switch (rnd() % 10) {
	case 0: return 0;
	case 1: return number();
	case 2: return (uint64_t)arena + ARENA - rnd() % 64;	/* runs into the bad page */
	case 3: return 0x7fffffffe000ULL + rnd() % 8192;
	case 4: case 5: strcpy(arena + 1024, paths[rnd() % (sizeof(paths) / sizeof(paths[0]))]); return (uint64_t)arena + 1024;
	case 6:
		for (int i = 0; i < 32; i++)
			((uint64_t *)arena)[512 + i] = rnd() % 3 ? number() : (uint64_t)arena + rnd() % ARENA;
		return (uint64_t)arena + 4096;
	default: return (uint64_t)arena + (off & ~7ULL);
	}
}

static uint64_t argument(void)
{
	switch (rnd() % 5) {
	case 0: return address();
	case 1: return rnd() % 24;		/* a descriptor, perhaps */
	case 2: return address();
	default: return number();
	}
}

static void some_files(void)
{
	int p[2];

	mkdir("d0", 0777);
	symlink("f0", "l0");
	open("f0", O_RDWR | O_CREAT, 0666);
	open("f1", O_RDWR | O_CREAT | O_APPEND, 0666);
	open(".", O_RDONLY | O_DIRECTORY);
	if (!pipe(p))
		fcntl(p[0], F_SETFL, O_NONBLOCK), fcntl(p[1], F_SETFL, O_NONBLOCK);
	socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p);
	socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, p);
	socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
	epoll_create1(0);
	eventfd(0, EFD_NONBLOCK);
	syscall(SYS_timerfd_create, CLOCK_MONOTONIC, 2048);
	syscall(SYS_inotify_init1, 2048);
	open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
	open("/dev/zero", O_RDWR);
	syscall(SYS_memfd_create, "m", 2);
}

static void fuzz(unsigned seconds)
{
	time_t end = time(NULL) + seconds;

	for (unsigned long n = 0; ; n++) {
		long nr = rnd() % 16 ? (long)(rnd() % 335) : (long)(424 + rnd() % 30);

		if (n % 64 == 0) {
			if (time(NULL) >= end)
				_exit(0);
			alarm(1);
			some_files();
		}
		if (n % 2000 == 0)
			for (int fd = 3; fd < 200; fd++)
				close(fd);
		if (excluded(nr))
			continue;
		uint64_t a[6] = { argument(), argument(), argument(), argument(), argument(), argument() };

		/* no unmapping of our own code and stack, no blocking for ever */
		if (nr == SYS_munmap || nr == SYS_mremap || nr == SYS_mprotect || nr == SYS_madvise || nr == SYS_mmap || nr == SYS_brk)
			a[0] = (uint64_t)arena + ARENA + 65536 + (rnd() % 64) * 4096, a[1] %= 1 << 20;
		if (nr == SYS_shmdt || nr == SYS_remap_file_pages)
			continue;
		if (nr == SYS_arch_prctl || nr == SYS_set_robust_list || nr == SYS_rseq)
			continue;
		syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
}

enum { MAX_STARTED = 4096 };
static pid_t pids[MAX_STARTED];

static void on_alarm(int sig)
{
	(void)sig;
}

int main(int argc, char **argv)
{
	unsigned seconds = argc > 1 ? (unsigned)atoi(argv[1]) : 5, procs = argc > 3 ? (unsigned)atoi(argv[3]) : 4;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	time_t end = time(NULL) + seconds;
	unsigned deaths = 0;

	signal(SIGCHLD, SIG_DFL);
	for (unsigned started = 0, running = 0; time(NULL) < end || running; ) {
		int status;

		while (running < procs && time(NULL) < end) {
			unsigned me = started++;
			pid_t pid = fork();

			if (pid < 0)
				break;
			if (!pid) {
				struct sigaction sa = { .sa_handler = on_alarm };
				char dir[32];

				setsid();
				snprintf(dir, sizeof(dir), "p%u", me % procs);
				mkdir(dir, 0777);
				chmod(dir, 0777);
				if (chdir(dir))
					_exit(1);
				if (me % 2 && !getuid()) {
					setgid(65534);
					setuid(65534);
				}
				state = seed * 1000003 + me + 1;
				arena = mmap(NULL, ARENA + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
				mprotect(arena + ARENA, 4096, PROT_NONE);
				sigaction(SIGALRM, &sa, NULL);
				for (int s = 1; s < 32; s++)
					if (s != SIGALRM && s != SIGKILL && s != SIGSEGV && s != SIGBUS)
						signal(s, SIG_IGN);
				int null = open("/dev/null", O_RDWR);

				dup2(null, 0), dup2(null, 1), dup2(null, 2);
				fuzz((unsigned)(end - time(NULL) > 0 ? end - time(NULL) : 0));
			}
			if (me < MAX_STARTED)
				pids[me] = pid;
			running++;
		}
		struct timespec tick = { 0, 50000000 };
		pid_t pid;

		while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
			running--;
			deaths += WIFSIGNALED(status);
		}
		if (pid < 0)
			running = 0;
		for (unsigned i = 0; time(NULL) > end + 3 && i < started && i < MAX_STARTED; i++)
			kill(-pids[i], SIGKILL);	/* sessions of their own: with whatever they made */
		nanosleep(&tick, NULL);
	}
	printf("survived, %u children died by signals\n", deaths);
	return 0;
}
