// SPDX-License-Identifier: GPL-2.0
/* The shapes of /proc files that programs parse: fields, not values. And reading in small pieces, seeking, links, refusals. */
#include "diff.h"
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

static char text[65536];

static ssize_t slurp(const char *path, size_t piece)
{
	int fd = open(path, O_RDONLY);
	ssize_t n, len = 0;

	if (fd < 0)
		return -1;
	while (len < (ssize_t)sizeof(text) - 1 && (n = read(fd, text + len, piece < sizeof(text) - 1 - len ? piece : sizeof(text) - 1 - len)) > 0)
		len += n;
	text[len] = 0;
	close(fd);
	return len;
}

static int fields(const char *s)
{
	int n = 0, in = 0;

	for (; *s && *s != '\n'; s++) {
		if (!isspace(*s) && !in)
			n++;
		in = !isspace(*s);
	}
	return n;
}

/* The names in front of the colons. */
static void keys(const char *path, const char *const *want)
{
	slurp(path, 4096);
	for (; *want; want++) {
		char *at = text;
		size_t len = strlen(*want);

		while (at && (strncmp(at, *want, len) || at[len] != ':')) {
			at = strchr(at, '\n');
			if (at)
				at++;
		}
		printf("%s %s: %s\n", path, *want, at ? "there" : "MISSING");
	}
}

static const char *const status_keys[] = {
	"Name", "Umask", "State", "Tgid", "Pid", "PPid", "TracerPid", "Uid", "Gid", "FDSize", "Groups", "VmPeak", "VmSize", "VmLck",
	"VmHWM", "VmRSS", "RssAnon", "RssFile", "RssShmem", "VmData", "VmStk", "VmExe", "VmLib", "VmPTE", "VmSwap", "Threads", "SigQ",
	"SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp",
	"Cpus_allowed", "Cpus_allowed_list", "voluntary_ctxt_switches", "nonvoluntary_ctxt_switches", NULL
};
static const char *const meminfo_keys[] = {
	"MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "SwapTotal", "SwapFree", "Dirty", "AnonPages", "Mapped", "Shmem",
	"Slab", "SReclaimable", "PageTables", "CommitLimit", "Committed_AS", NULL
};

static void stat_file(void)
{
	char *close_paren, comm[32];
	int pid, ppid;
	char state;

	prctl(PR_SET_NAME, "a) b (c");
	slurp("/proc/self/stat", 4096);
	R(sscanf(text, "%d (%31[^\n]", &pid, comm) == 2 && pid == getpid());
	close_paren = strrchr(text, ')');
	R(!strncmp(strchr(text, '('), "(a) b (c)", 9));
	R(sscanf(close_paren, ") %c %d", &state, &ppid) == 2 && state == 'R' && ppid == getppid());
	R(fields(close_paren));
	slurp("/proc/self/comm", 4096);
	printf("comm %s", text);
	prctl(PR_SET_NAME, "proc_self");
	R(slurp("/proc/self/statm", 4096) > 0 ? fields(text) : -1);
}

static void small_reads(void)
{
	char first[4096];
	int fd = open("/proc/self/status", O_RDONLY);
	struct stat st;

	R(slurp("/proc/self/limits", 1) == (long)strlen(text));
	strcpy(first, text);
	R(slurp("/proc/self/limits", 7) == (long)strlen(first) && !strcmp(first, text));
	R(fstat(fd, &st) ?: st.st_size);
	R(read(fd, first, 5));
	R(lseek(fd, 0, SEEK_CUR));
	R(lseek(fd, 0, SEEK_SET));
	R(read(fd, first + 5, 5) == 5 && !memcmp(first, first + 5, 5));
	R(pread(fd, first, 4, 1) == 4 && !memcmp(first, "ame:", 4));
	R(lseek(fd, 100000, SEEK_SET));
	R(read(fd, first, 5));
	close(fd);
}

static void links(void)
{
	char path[4096], buf[4096];
	ssize_t n;
	int fd = open("/", O_RDONLY | O_DIRECTORY), p[2];
	struct stat a, b;

	n = readlink("/proc/self", buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	R(atoi(buf) == getpid());
	R(chdir("/"));
	n = readlink("/proc/self/cwd", buf, sizeof(buf));
	R(n == 1 && buf[0] == '/');
	n = readlink("/proc/self/root", buf, sizeof(buf));
	R(n == 1 && buf[0] == '/');
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	R(readlink(path, buf, sizeof(buf)) == 1 && buf[0] == '/');
	R(lstat(path, &a) ?: (long)(a.st_mode & 07777));
	R(S_ISLNK(a.st_mode));
	R(stat(path, &a) ?: stat("/", &b) ?: a.st_ino == b.st_ino);
	R(pipe(p));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", p[0]);
	n = readlink(path, buf, sizeof(buf) - 1);
	buf[n > 0 ? n : 0] = 0;
	R(strncmp(buf, "pipe:[", 6));
	R(write(p[1], "x", 1));
	R(close(p[0]) ?: access(path, F_OK));
	R(readlink("/proc/self/exe", buf, sizeof(buf)) > 1);
	R(access("/proc/self/fd/999", F_OK));
	R(access("/proc/self/nothing", F_OK));
	R(access("/proc/999999999", F_OK));
	R(access("/proc/01", F_OK));
}

static void maps(void)
{
	char *line, *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), want[64];
	int stack = 0, exe = 0, bad = 0;

	mprotect(p, 4096, PROT_READ);
	snprintf(want, sizeof(want), "%lx-%lx r--p", (unsigned long)p, (unsigned long)p + 4096);
	slurp("/proc/self/maps", 4096);
	R(strstr(text, want) != NULL);
	for (line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		unsigned long start, end, off, ino;
		unsigned maj, min;
		char prot[5];

		if (sscanf(line, "%lx-%lx %4s %lx %x:%x %lu", &start, &end, prot, &off, &maj, &min, &ino) != 7 || end <= start)
			bad++;
		stack += strstr(line, "[stack]") != NULL;
		exe += strstr(line, "r-xp") && strchr(line, '/');
	}
	R(bad);
	R(stack);
	R(exe > 0);
	R(slurp("/proc/self/smaps_rollup", 4096) > 0 && strstr(text, "[rollup]") != NULL);
}

static long usage_of(const void *start, const char *what)
{
	char from[20];
	const char *at;

	slurp("/proc/self/smaps", 65536);
	snprintf(from, sizeof(from), "%lx-", (unsigned long)start);
	at = strstr(text, from);
	at = at ? strstr(at, what) : NULL;
	return at ? atol(at + strlen(what)) : -1;
}

/* Memory that was written to and lies in no file is dirty. Guards keep it from growing together with others. */
static void usage(void)
{
	enum { SIZE = 64 * 4096 };
	char *room = mmap(NULL, SIZE + 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *p = room + 4096;

	mprotect(p, SIZE, PROT_READ | PROT_WRITE);
	memset(p, 1, SIZE);
	R(usage_of(p, "\nRss:"));
	R(usage_of(p, "\nAnonymous:"));
	R(usage_of(p, "\nPss_Dirty:"));
	R(usage_of(p, "\nShared_Clean:"));
	R(usage_of(p, "\nPrivate_Clean:"));
	R(usage_of(p, "\nPrivate_Dirty:"));
	munmap(room, SIZE + 8192);
}

static void memory(void)
{
	static char secret[] = "a string in memory";
	char buf[32];
	int fd = open("/proc/self/mem", O_RDWR);

	R(pread(fd, buf, sizeof(secret), (off_t)secret) == sizeof(secret) && !strcmp(buf, secret));
	R(pwrite(fd, "A", 1, (off_t)secret));
	R(secret[0] == 'A');
	R(pread(fd, buf, 1, 8));
	R(slurp("/proc/self/cmdline", 4096) > 0 && text[strlen(text)] == 0);
	R(slurp("/proc/self/auxv", 4096) > 0);
	close(fd);
}

static void directories(void)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	int self = 0, me = 0, one = 0, count = 0;

	while ((e = readdir(d))) {
		self += !strcmp(e->d_name, "self") && e->d_type == DT_LNK;
		one += !strcmp(e->d_name, "1") && e->d_type == DT_DIR;
		me += atoi(e->d_name) == getpid();
		count++;
	}
	R(self);
	R(one);
	R(me);
	rewinddir(d);
	R(readdir(d) != NULL);
	closedir(d);
	d = opendir("/proc/self/task");
	count = 0;
	while ((e = readdir(d)))
		count++;
	R(count);
	closedir(d);
	R(mkdir("/proc/x", 0755));
	R(open("/proc/x", O_CREAT | O_WRONLY, 0644));
	R(unlink("/proc/version"));
	R(rename("/proc/version", "/proc/v"));
}

static void system_files(void)
{
	double a, b, c;
	int run, total, last;

	R(slurp("/proc/uptime", 4096) > 0 && sscanf(text, "%lf %lf", &a, &b) == 2);
	R(slurp("/proc/loadavg", 4096) > 0 && sscanf(text, "%lf %lf %lf %d/%d %d", &a, &b, &c, &run, &total, &last) == 6);
	R(slurp("/proc/stat", 4096) > 0 && !strncmp(text, "cpu  ", 5) && strstr(text, "\nbtime ") && strstr(text, "\nprocs_running "));
	R(fields(text));
	R(slurp("/proc/version", 4096) > 0 && !strncmp(text, "Linux version ", 14));
	R(slurp("/proc/swaps", 4096) > 0 && fields(text));
	R(slurp("/proc/filesystems", 4096) > 0 && strstr(text, "nodev\tproc\n") != NULL);
	R(slurp("/proc/devices", 4096) > 0 && strstr(text, "Character devices:\n") && strstr(text, "\n  5 /dev/ptmx\n"));
	R(slurp("/proc/mounts", 4096) > 0 && strstr(text, " /proc proc ") != NULL);
	R(slurp("/proc/self/mountinfo", 4096) > 0 && strstr(text, " /proc ") && strstr(text, " - proc "));
	R(slurp("/proc/vmstat", 4096) > 0 && strstr(text, "pgpgin ") && strstr(text, "pgfault "));
	R(slurp("/proc/sys/kernel/ostype", 4096) > 0 && !strcmp(text, "Linux\n"));
	R(slurp("/proc/sys/kernel/random/uuid", 4096));
	R(slurp("/proc/sys/kernel/pid_max", 4096) > 0 && atoi(text) > 300);
	R(slurp("/proc/sys/kernel/printk", 4096) > 0 ? fields(text) : -1);
	R(slurp("/proc/self/cgroup", 4096) > 0 && strstr(text, "::/") != NULL);
}

int main(void)
{
	stat_file();
	keys("/proc/self/status", status_keys);
	keys("/proc/meminfo", meminfo_keys);
	small_reads();
	links();
	maps();
	usage();
	memory();
	directories();
	system_files();
	return 0;
}
