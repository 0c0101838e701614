// SPDX-License-Identifier: GPL-2.0
/* fcntl(F_NOTIFY): which signals come of which changes, once or often, and when they end. */
#include "diff.h"

static int n;

static void on(int sig, siginfo_t *si, void *unused)
{
	n++;
	if (sig == SIGIO)
		printf("SIGIO code %d\n", si->si_code);
	else
		printf("signal code %d fd %d band %ld\n", si->si_code, si->si_fd, (long)si->si_band);
}

/* What it tells: nothing, or the lines above. */
#define T(x) do { n = 0; x; printf("%s: %d\n", #x, n); } while (0)

static void kinds(int d)
{
	char buf[1000];
	int f, list;

	TITLE("rename");
	R(fcntl(d, F_NOTIFY, DN_RENAME | DN_MULTISHOT));
	V(fcntl(d, F_GETOWN) == getpid());
	T(rename("d/a", "d/b"));
	T(rename("d/b", "e/b"));
	T(rename("e/b", "d/b"));
	R(fcntl(d, F_NOTIFY, 0));
	T(rename("d/b", "d/a"));
	TITLE("attributes, once and often");
	R(fcntl(d, F_SETSIG, SIGRTMIN));
	R(fcntl(d, F_NOTIFY, DN_ATTRIB));
	T(chmod("d/a", 0600));
	T(chmod("d/a", 0644));
	R(fcntl(d, F_NOTIFY, DN_ATTRIB | DN_MULTISHOT));
	T(chmod("d", 0700));
	T(chmod("d", 0755));
	mkdir("d/sub", 0755);
	T(chmod("d/sub", 0700));
	TITLE("what is asked for adds up");
	R(fcntl(d, F_NOTIFY, DN_CREATE));
	T(mkdir("d/x", 0700));
	T(rmdir("d/x"));
	T(mkdir("d/x", 0700));
	T(chmod("d/x", 0701));
	R(fcntl(d, F_NOTIFY, DN_MULTISHOT));
	T(chmod("d/x", 0700));
	R(fcntl(d, F_NOTIFY, 0x40));
	TITLE("contents");
	R(fcntl(d, F_NOTIFY, DN_ACCESS | DN_MODIFY | DN_MULTISHOT));
	f = open("d/a", O_RDWR);
	T(write(f, "a", 1));
	T(pread(f, buf, 1, 0));
	T(ftruncate(f, 0));
	list = open("d", O_RDONLY | O_DIRECTORY);
	T(syscall(SYS_getdents64, list, buf, sizeof(buf)));
	R(fcntl(f, F_NOTIFY, DN_ACCESS));
	TITLE("deletion");
	R(fcntl(d, F_NOTIFY, DN_DELETE | DN_MULTISHOT));
	T(unlink("d/a"));
	T(rename("d/x", "e/x"));
	T(rmdir("d/sub"));
	close(list);
	close(f);
}

static void ends(int d)
{
	int copy, opath;

	TITLE("closing");
	R(fcntl(d, F_NOTIFY, DN_CREATE | DN_MULTISHOT));
	C(close(d));
	T(close(open("d/1", O_CREAT, 0644)));
	copy = dup(d);
	T(close(copy));
	T(close(open("d/2", O_CREAT, 0644)));
	R(fcntl(d, F_NOTIFY, DN_CREATE | DN_MULTISHOT));
	copy = open("d", O_RDONLY);
	close(copy);
	T(close(open("d/3", O_CREAT, 0644)));
	close(d);
	T(close(open("d/4", O_CREAT, 0644)));
	opath = open("d", O_PATH);
	R(fcntl(opath, F_NOTIFY, DN_CREATE));
	close(opath);
	R(fcntl(opath, F_NOTIFY, DN_CREATE));
}

int main(void)
{
	struct sigaction sa = { .sa_sigaction = on, .sa_flags = SA_SIGINFO };
	int d;

	sigaction(SIGIO, &sa, NULL);
	sigaction(SIGRTMIN, &sa, NULL);
	mkdir("d", 0755);
	mkdir("e", 0755);
	make_file("d/a", "x");
	d = open("d", O_RDONLY);
	kinds(d);
	ends(d);
	return 0;
}
