// SPDX-License-Identifier: GPL-2.0
/* Calls that move a great deal: others go on meanwhile, and a signal that kills ends them. */
#include "diff.h"
#include <pty.h>
#include <signal.h>
#include <sys/sendfile.h>
#include <time.h>

#define MIB	(1L << 20)

static struct iovec many[1024];		/* a GiB, all of it the same MiB */
static int file, zero, null, urandom, master, slave;

/* Bytes for a line that has no end, and is full, are thrown away: so it never waits. */
static void long_write_to_terminal(void) { writev(master, many, 1024); }
static void long_write_without_reader(void) { writev(slave, many, 1024); }
static void long_readv_of_file(void) { for (int i = 0; i < 4; i++) preadv(file, many, 1024, 0); }
static void long_read_of_zeros(void) { for (int i = 0; i < 4; i++) readv(zero, many, 1024); }
static void long_random(void) { readv(urandom, many, 1024); }
static void long_write_to_random(void) { for (int i = 0; i < 4; i++) writev(urandom, many, 1024); }
static void long_sendfile(void) { for (int i = 0; i < 64; i++) sendfile(null, file, &(off_t){ 0 }, 1024 * MIB); }
static void long_process_vm(void)
{
	for (int i = 0; i < 8; i++)
		process_vm_readv(getpid(), many, 1023, many, 1023, 0);
}

/* Is killed soon after it has begun; is it done by then, it was not interrupted. */
static void try(const char *name, void (*call)(void))
{
	struct timespec ts = { 0, 40000000 };
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		call();
		_exit(5);
	}
	/* In steps: should the first take as long as the call, the child ends in the next ones. */
	for (int i = 0; i < 4; i++) {
		nanosleep(&ts, NULL);
		ts.tv_nsec = 3000000;
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	printf("%s: %s\n", name, WIFSIGNALED(status) ? "killed" : "was not interrupted");
}
#define TRY(call) try(#call, call)

int main(void)
{
	char *buf = mmap(NULL, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	for (int i = 0; i < 1024; i++)
		many[i] = (struct iovec){ buf, MIB };
	file = open("file", O_RDWR | O_CREAT, 0600);
	zero = open("/dev/zero", O_RDONLY);
	null = open("/dev/null", O_WRONLY);
	urandom = open("/dev/urandom", O_RDWR);
	if (ftruncate(file, 32 * MIB) || openpty(&master, &slave, NULL, NULL, NULL))
		return 1;
	preadv(file, many, 32, 0);
	ftruncate(file, 1024 * MIB);
	TRY(long_read_of_zeros);
	TRY(long_random);
	TRY(long_write_to_random);
	TRY(long_process_vm);
	TRY(long_write_to_terminal);
	TRY(long_write_without_reader);
	TRY(long_readv_of_file);
	TRY(long_sendfile);
	return 0;
}
