/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel process itself: its title in the host's ps, the ways out, randomness, what the host is. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <asm/os.h>
#include "hostcall.h"
#include "main.h"

static char **saved_argv;
static char *title_area;
static size_t title_size;
static cpu_set_t original_cpus;

/* The strings of argv and environ lie in a row; ps shows them, so the title goes there. */
void os_process_init(int argc, char **argv, char **envp)
{
	char *end = argv[0];
	int i;

	saved_argv = calloc((size_t)argc + 1, sizeof(char *));
	for (i = 0; i < argc; i++) {
		if (argv[i] == end)
			end += strlen(argv[i]) + 1;
		if (saved_argv)
			saved_argv[i] = strdup(argv[i]);
	}
	for (i = 0; envp[i]; i++) {
		if (envp[i] != end)
			break;
		end += strlen(envp[i]) + 1;
		envp[i] = strdup(envp[i]);
	}
	signal(SIGXFSZ, SIG_IGN);	/* a limit on files is an error of the call, not our end */
	title_area = argv[0];
	title_size = (size_t)(end - argv[0]);
}

char **os_argv(void)
{
	return saved_argv;
}

/* Keeps the last byte non-zero: the host then takes the first NUL for the end of the title. */
void os_set_title(const char *text)
{
	if (title_size < 3)
		return;
	memset(title_area, 0, title_size);
	snprintf(title_area, title_size - 1, "%s", text);
	title_area[title_size - 1] = '.';
}

/* Kernel and guests take turns, so they share one CPU: a wake-up across CPUs costs several times as much. */
void os_pin_cpu(void)
{
	cpu_set_t one;
	int cpu = sched_getcpu();

	if (sched_getaffinity(0, sizeof(original_cpus), &original_cpus) || cpu < 0)
		return;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	HOSTCALL(sched_setaffinity, sched_setaffinity(0, sizeof(one), &one));
}

void os_unpin_thread(void)
{
	HOSTCALL(sched_setaffinity, sched_setaffinity(0, sizeof(original_cpus), &original_cpus));
}

void os_exit(int status)
{
	os_tty_restore();
	fflush(NULL);
	_exit(status);
}

int os_reexec(void)
{
	os_tty_restore();
	os_unpin_thread();
	execv("/proc/self/exe", saved_argv);
	return -errno;
}

void os_puts(const char *text, size_t n)
{
	while (n) {
		ssize_t w = write(2, text, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return;
		text += w;
		n -= (size_t)w;
	}
}

void os_print_stdout(const char *text, size_t n)
{
	fwrite(text, 1, n, stdout);
	fflush(stdout);
}

void os_random(void *buf, size_t n)
{
	char *p = buf;

	while (n) {
		ssize_t r = getrandom(p, n > 256 ? 256 : n, 0);

		if (r < 0) {
			if (errno == EINTR)
				continue;
			abort();
		}
		p += r;
		n -= (size_t)r;
	}
}

const char *os_uname(char *buf, size_t size)
{
	struct utsname u;

	uname(&u);
	snprintf(buf, size, "%s %s %s %s %s", u.sysname, u.nodename, u.release, u.version, u.machine);
	return buf;
}

/* The line of /proc/cpuinfo that starts with key, without it. */
int os_cpuinfo(const char *key, char *buf, size_t size)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	size_t klen = strlen(key);
	char *line = NULL;
	size_t cap = 0;
	int err = -ENOENT;

	if (!f)
		return -errno;
	while (err && getline(&line, &cap, f) > 0) {
		char *colon = strchr(line, ':');

		if (strncmp(line, key, klen) || !colon)
			continue;
		snprintf(buf, size, "%s", colon[1] ? colon + 2 : "");
		buf[strcspn(buf, "\n")] = '\0';
		err = 0;
	}
	free(line);
	fclose(f);
	return err;
}

int os_getpid(void)
{
	return getpid();
}
