/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Making guests' host processes: exec of the stub (never a fork that would copy kernel memory), more threads in them,
 * and noticing that they died.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <asm/os.h>
#include "hostcall.h"
#include "guest.h"

#define SLOTS		16384		/* host processes at once */
#define MEMFD_SIZE	((1 + SLOTS) * PAGE)	/* the code page, then a page a slot */
#define TITLE_SIZE	160

static int exec_fd = -1, data_fd = -1;
static char *data_pages;
unsigned long guest_top;
static char title_template[TITLE_SIZE];	/* argv[0] of the stub: room for titles */

struct os_stub_op *os_guest_ops(unsigned slot)
{
	return (struct os_stub_op *)(data_pages + (1 + slot) * PAGE);
}

unsigned long guest_stub_word(unsigned long at)
{
	return *(unsigned long *)(data_pages + at);
}

/* Where process_vm_writev(2) is forbidden, as in containers. */
static long write_by_file(int pid, unsigned long at, const void *buf, size_t n)
{
	char path[32];
	long r;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = os_open(path, true, false, false);
	if (fd < 0)
		return fd;
	r = os_pwrite(fd, buf, n, at);
	os_close(fd);
	return r;
}

/*
 * Into the argument area on the initial stack. (The host shows only private memory as a command line, so the page cannot be
 * shared with us.) The last byte stays non-zero: see os_set_title().
 */
int os_guest_title(int pid, unsigned long at, const char *text)
{
	char title[TITLE_SIZE];
	struct iovec from = { title, sizeof(title) }, to = { (void *)at, sizeof(title) };
	long r;

	memset(title, 0, sizeof(title));
	strncpy(title, text, sizeof(title) - 2);
	title[sizeof(title) - 1] = '.';
	r = HOSTCALL(process_vm_writev, process_vm_writev(pid, &from, 1, &to, 1, 0));
	return (int)(r < 0 ? write_by_file(pid, at, title, sizeof(title)) : r);
}

static int high_fd(int fd, int how)
{
	int high;

	if (fd < 0)
		return fd;
	high = (int)HOSTCALL(fcntl, fcntl(fd, how, 200));
	close(fd);
	return high;
}

/* Runs in the vforked child: shares our memory until exec, so it only makes system calls. */
static void __attribute__((noreturn)) become_stub(void)
{
	static char *const no_env[] = { NULL };
	char *argv[] = { title_template, NULL };
	int lo = os_physmem_fd < data_fd ? os_physmem_fd : data_fd;
	int hi = os_physmem_fd < data_fd ? data_fd : os_physmem_fd;
	sigset_t none;

	setsid();			/* the terminal's ^C is not for guests */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	personality(ADDR_NO_RANDOMIZE);
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
		_exit(1);
	syscall(SYS_close_range, 0, lo - 1, CLOSE_RANGE_CLOEXEC);
	if (hi - lo > 1)
		syscall(SYS_close_range, lo + 1, hi - 1, CLOSE_RANGE_CLOEXEC);
	syscall(SYS_close_range, hi + 1, ~0U, CLOSE_RANGE_CLOEXEC);
	for (int sig = 1; sig < 32; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	syscall(SYS_execveat, exec_fd, "", argv, no_env, AT_EMPTY_PATH);
	_exit(2);
}

static int spawn(void)
{
	sigset_t all, old;
	long pid;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid = HOSTCALL(vfork, vfork());
	if (pid == 0)
		become_stub();
	sigprocmask(SIG_SETMASK, &old, NULL);
	return (int)pid;
}

/* Waits for a stop by sig of a process being made. 0, or -EPERM (no ptrace here), -EIO. */
static int expect_stop(int tid, int sig)
{
	int status;
	long got;

	got = HOSTCALL_RETRY(wait4, wait4(tid, &status, __WALL, NULL));
	if (got != tid)
		return got < 0 ? (int)got : -EIO;
	if (WIFEXITED(status))
		return WEXITSTATUS(status) == 1 ? -EPERM : -ENOEXEC;
	return WIFSTOPPED(status) && WSTOPSIG(status) == sig ? 0 : -EIO;
}

static void discard(int pid)
{
	kill(pid, SIGKILL);
	wait4(pid, NULL, __WALL, NULL);
}

/*
 * Initial stacks are to lie at one place, with address spaces that end right below. Where we may not ask for this, as in
 * containers, they end below all places where the host puts stacks: it moves these by 16 GiB at most.
 */
static void find_top(unsigned long argv0)
{
	int now = personality(0xffffffff);

	guest_top = (argv0 + PAGE - 1) & ~(PAGE - 1);
	if (HOSTCALL(personality, personality((unsigned)now | ADDR_NO_RANDOMIZE)) < 0)
		guest_top = (1UL << 47) - (16UL << 30) - (16UL << 20);
	else
		personality((unsigned)now);
}

/* The first stop after exec: tells where its title is, and takes what start.S wants to know. */
static int prepare_start(struct os_guest *g)
{
	struct user_regs_struct regs;
	int pid = g->pid;
	long err;

	err = HOSTCALL(ptrace_setoptions, ptrace(PTRACE_SETOPTIONS, pid, 0,
		PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACESECCOMP));
	if (!err)
		err = HOSTCALL(ptrace_getregs, ptrace(PTRACE_GETREGS, pid, 0, &regs));
	if (err)
		return (int)err;
	g->title = (unsigned long)ptrace(PTRACE_PEEKDATA, pid, regs.rsp + 8, 0);
	if (!guest_top)
		find_top(g->title);
	regs.r12 = guest_top;
	regs.r13 = (unsigned long)data_fd;
	regs.r14 = (1 + g->slot) * PAGE;
	regs.r15 = guest_filter_write(os_guest_ops(g->slot), guest_ops_page(),
				      guest_code_page() + guest_stub_word(STUB_FILTERED));
	return (int)HOSTCALL(ptrace_setregs, ptrace(PTRACE_SETREGS, pid, 0, &regs));
}

/*
 * Without its filter a process must not run freely: the host would serve its calls. filtered: what the installation said
 * (0: it is there).
 */
static int settle(struct os_guest *g, long *filtered)
{
	struct user_regs_struct regs = { 0 };
	int pid = g->pid, err = expect_stop(pid, SIGTRAP);

	if (!err)
		err = prepare_start(g);
	if (!err)
		err = (int)HOSTCALL(ptrace_cont, ptrace(PTRACE_CONT, pid, 0, 0));
	if (!err)
		err = expect_stop(pid, SIGTRAP);
	if (!err)
		err = (int)HOSTCALL(ptrace_getregs, ptrace(PTRACE_GETREGS, pid, 0, &regs));
	*filtered = (long)regs.rax;
	memset(os_guest_ops(g->slot), 0, PAGE);
	return err;
}

static int new_guest(unsigned slot, struct os_guest *g, long *filtered)
{
	int err, pid = spawn();

	if (pid < 0)
		return pid;
	*g = (struct os_guest){ pid, pid, slot, 0 };
	err = settle(g, filtered);
	if (err)
		discard(pid);
	return err;
}

int os_guest_new(unsigned slot, struct os_guest *g)
{
	long filtered;
	int err = new_guest(slot, g, &filtered);

	if (!err && guest_filtered && filtered) {
		discard(g->pid);
		err = (int)filtered;
	}
	return err;
}

/* Does the filter, which is there, let the stub's operations through? */
static bool probe_filter(const struct os_guest *g)
{
	struct os_stub_op *ops = os_guest_ops(g->slot);

	ops[0] = (struct os_stub_op){ SYS_mmap, { 0x10000, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED | MAP_POPULATE, os_physmem_fd, 0 } };
	ops[1] = (struct os_stub_op){ SYS_mprotect, { 0x10000, PAGE, PROT_READ } };
	ops[2] = (struct os_stub_op){ SYS_munmap, { 0x10000, PAGE } };
	return !os_guest_flush(g, 3);
}

int os_guests_init(const void *stub, size_t stub_len, struct os_layout *out)
{
	struct os_guest g;
	long filtered;
	int err;

	guest_filter_init();
	memset(title_template, 'x', TITLE_SIZE - 1);
	exec_fd = high_fd((int)HOSTCALL(memfd_create, memfd_create("um-stub", MFD_CLOEXEC)), F_DUPFD_CLOEXEC);
	data_fd = high_fd((int)HOSTCALL(memfd_create, memfd_create("um-stub-data", 0)), F_DUPFD);
	if (exec_fd < 0 || data_fd < 0)
		return exec_fd < 0 ? exec_fd : data_fd;
	if (HOSTCALL(write, write(exec_fd, stub, stub_len)) != (long)stub_len || stub_len < 2 * PAGE)
		return -EIO;
	err = (int)HOSTCALL(ftruncate, ftruncate(data_fd, MEMFD_SIZE));
	if (err)
		return err;
	data_pages = os_map_shared(data_fd, 0, MEMFD_SIZE);
	if (!data_pages)
		return -ENOMEM;
	memcpy(data_pages, (const char *)stub + PAGE, PAGE);
	err = new_guest(SLOTS - 1, &g, &filtered);
	if (err)
		return err;
	guest_filtered = !filtered && probe_filter(&g);
	discard(g.pid);
	out->task_size = guest_ops_page();
	out->max_ops = STUB_FRAME / sizeof(struct os_stub_op);
	out->slots = SLOTS - 1;
	return 0;
}

static int make_thread(const struct os_guest *g, int *tid)
{
	struct user_regs_struct regs;
	unsigned long child;
	long err;
	int status;

	err = HOSTCALL(ptrace_getregs, ptrace(PTRACE_GETREGS, g->tid, 0, &regs));
	if (err)
		return (int)err;
	regs.rip = guest_code_page() + STUB_ONE;
	regs.orig_rax = ~0UL;
	regs.rax = SYS_clone;
	regs.rdi = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
	regs.rsi = regs.rdx = regs.r10 = regs.r8 = 0;
	err = HOSTCALL(ptrace_setregs, ptrace(PTRACE_SETREGS, g->tid, 0, &regs));
	if (!err)
		err = HOSTCALL(ptrace_cont, ptrace(PTRACE_CONT, g->tid, 0, 0));
	if (err)
		return (int)err;
	for (;;) {		/* past the filter's report, and kicks meant for an earlier run */
		err = HOSTCALL_RETRY(wait4, wait4(g->tid, &status, __WALL, NULL));
		if (err != g->tid || !WIFSTOPPED(status))
			return -ESRCH;
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_CLONE << 8))
			break;
		if (status >> 8 == SIGTRAP)
			return -EAGAIN;		/* clone failed: its int3 */
		ptrace(PTRACE_CONT, g->tid, 0, 0);
	}
	ptrace(PTRACE_GETEVENTMSG, g->tid, 0, &child);
	ptrace(PTRACE_CONT, g->tid, 0, 0);
	do {
		err = HOSTCALL_RETRY(wait4, wait4(g->tid, &status, __WALL, NULL));
		if (err != g->tid || !WIFSTOPPED(status))
			return -ESRCH;
	} while (status >> 8 != SIGTRAP && !ptrace(PTRACE_CONT, g->tid, 0, 0));
	err = HOSTCALL_RETRY(wait4, wait4((pid_t)child, &status, __WALL, NULL));
	if (err != (long)child || !WIFSTOPPED(status))
		return -ESRCH;
	*tid = (int)child;
	return 0;
}

int os_guest_thread(const struct os_guest *g, int *tid)
{
	int err = make_thread(g, tid);

	if (!err || err == -EAGAIN)
		return err;
	guest_end(g);		/* who knows where it is now */
	return -ESRCH;
}

void os_guest_kill(int pid)
{
	kill(pid, SIGKILL);
}

/* Deaths noticed while waiting for somebody else. Overflow is no loss: their tasks find out when they run. */
static int dead[256];
static unsigned ndead;

void guest_note_dead(int pid)
{
	if (ndead < sizeof(dead) / sizeof(dead[0]))
		dead[ndead++] = pid;
}

int os_guest_dead(void)
{
	int status;
	pid_t pid;

	if (ndead)
		return dead[--ndead];
	while ((pid = wait4(-1, &status, __WALL | WNOHANG, NULL)) > 0)
		if (WIFEXITED(status) || WIFSIGNALED(status))
			return pid;
	return 0;
}
