/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that this kernel asks of the host. Implemented in arch/um/os, which links with glibc; plain C types only, so that
 * both sides can read it. Unless noted, calls return 0 or a count, or a negative errno; retry EINTR themselves; and do not block.
 * Each host call inside goes through HOSTCALL(), which counts it and can make the n-th fail (fail=<call>:<n>).
 */
#ifndef ASM_OS_H
#define ASM_OS_H

#include <stddef.h>
#include <stdbool.h>
#include <stdarg.h>

struct uregs;
typedef unsigned long long os_u64;

/* --- memory --- */
int os_physmem_create(os_u64 bytes);			/* the memfd, close-on-exec off: the stubs need it */
void *os_map_shared(int fd, os_u64 off, os_u64 len);	/* NULL: no. Read and write. */
void *os_alloc_pages(os_u64 len);			/* private zeroed memory, page aligned; NULL */
void os_free_pages(void *p, os_u64 len);
void os_release_pages(void *p, os_u64 len);		/* stays ours, gives the memory back: zeros when touched again */
int os_guard_page(void *p);				/* 4 KiB at p: any access faults */
int os_discard(int fd, os_u64 off, os_u64 len);		/* gives physical memory back: reads as zeros afterwards */

/* --- files: paths are the host's --- */
struct os_stat { os_u64 size, dev, ino; long long mtime; unsigned mode; bool is_dir, is_reg, is_blk, is_chr; };
int os_open(const char *path, bool write, bool create, bool sync);	/* close-on-exec; create: or empties it */
void os_close(int fd);
int os_fstat(int fd, struct os_stat *st);		/* block devices: size too */
long os_pread(int fd, void *buf, size_t n, os_u64 off);	/* may block on the disk */
long os_pwrite(int fd, const void *buf, size_t n, os_u64 off);
long os_read(int fd, void *buf, size_t n);		/* terminals, pipes: -EAGAIN */
long os_write(int fd, const void *buf, size_t n);
int os_lock(int fd, bool exclusive, int *holder);	/* whole file; -EAGAIN and the holder's pid */
struct os_iovec { void *base; size_t len; };
long os_preadv_nowait(int fd, const struct os_iovec *v, int n, os_u64 off);	/* -EAGAIN: would block */
long os_pwritev(int fd, const struct os_iovec *v, int n, os_u64 off);
int os_fsync(int fd);					/* blocks: helper threads only */
int os_punch(int fd, os_u64 off, os_u64 len, bool zero);

/* --- terminals --- */
int os_tty_open(int fd);				/* fd again, non-blocking where that means something; the other users of fd see no change */
bool os_isatty(int fd);
int os_tty_raw(int fd);					/* saves; restored by os_tty_restore() and on every way out */
void os_tty_restore(void);
int os_tty_winsize(int fd, unsigned short *rows, unsigned short *cols);
bool os_fd_wait(int fd, bool write, unsigned ms);	/* Blocks up to ms: at halt and panic only. true: ready */

/* --- time --- */
os_u64 os_monotonic_ns(void);
os_u64 os_realtime_ns(void);
bool os_tsc_is_clock(void);				/* the host's clock is the time stamp counter: the vDSO may use it */

/* --- events: what happens while the kernel idles or a guest runs --- */
enum { OS_EV_FD = 1, OS_EV_IO = 2, OS_EV_CHILD = 4, OS_EV_TIMER = 8, OS_EV_WINCH = 16, OS_EV_QUIT = 32, OS_EV_TERM = 64 };
struct os_event { void *data; unsigned events; };
int os_events_init(void);
int os_watch(int fd, unsigned events, void *data);	/* edge-triggered; EPOLLIN … */
int os_unwatch(int fd);
int os_events_get(struct os_event *ev, int max, os_u64 timeout_ns);	/* Blocks up to timeout_ns (~0: for ever). The one place to idle. */
unsigned os_events_pending(void);			/* OS_EV_ bits not yet taken; no host call */
unsigned os_events_take(void);				/* the same, and forgets them */
void os_timer_arm(os_u64 monotonic_ns);			/* ~0: off. Kicks a running guest when due. */

/* --- helper threads --- */
struct os_work { void (*fn)(struct os_work *w); struct os_work *next; };
int os_work_submit(struct os_work *w);			/* fn runs on a helper thread, then w is handed back by */
struct os_work *os_work_done(void);			/* … the list of finished ones */

/* --- guests' host processes --- */
/*
 * A guest address space is one host process, a guest thread one thread of it, all traced by the vCPU thread. Each process
 * shares a page with the kernel (slot n of a memfd), seen by the guest near the top of its address space, for operations of
 * the stub. The guest may scribble on it: the kernel never reads it.
 */
struct os_layout {
	unsigned long task_size;	/* guest addresses end here; the stub's pages begin */
	unsigned slots, max_ops;
};
struct os_stub_op { long nr, arg[6]; };			/* mmap, munmap or mprotect, in the guest's host process */
struct os_guest { int pid, tid; unsigned slot; unsigned long title; };	/* title: where in its memory the host finds its command line */
int os_guests_init(const void *stub, size_t stub_len, struct os_layout *out);
int os_guest_title(int pid, unsigned long at, const char *text);	/* in the host's ps */
struct os_stub_op *os_guest_ops(unsigned slot);		/* room for max_ops */
int os_guest_new(unsigned slot, struct os_guest *g);	/* a fresh empty process, stopped in the stub. Blocks a millisecond. */
int os_guest_thread(const struct os_guest *g, int *tid);	/* one more thread in a stopped g. g's registers are lost. -EAGAIN; -ESRCH: dead */
void os_guest_kill(int pid);				/* it is reaped by os_guest_dead() later */
int os_guest_dead(void);				/* a process or thread that has died since, 0: no more */
/* Why run came back. */
enum { OS_STOP_SYSCALL, OS_STOP_SIGNAL, OS_STOP_KICK, OS_STOP_DEAD };
struct os_stop { int why; int sig; int code; unsigned long addr; int flushed; };
/*
 * Runs the first nops operations of g's page, then guest code until its next system call, fault, or kick. Registers in if
 * dirty, out always (but DEAD). flushed: 0 the operations were not run (KICK, DEAD), 1 they were, -1 one failed: KICK.
 */
void os_guest_run(const struct os_guest *g, struct uregs *regs, bool dirty, unsigned nops, struct os_stop *stop);
int os_guest_flush(const struct os_guest *g, unsigned nops);	/* operations alone; g's registers are lost. 0, -EIO, -ESRCH: dead */
int os_guest_xstate(int tid, void *buf, size_t *n, bool set);
int os_guest_debugreg(int tid, int n, unsigned long *val, bool set);	/* debug register n of the processor. -EINVAL: not such a value */

/* --- the process --- */
void os_set_title(const char *text);			/* in the host's ps */
void os_exit(int status) __attribute__((noreturn));	/* restores the terminal, removes what was made */
void os_sleep_ns(os_u64 ns);				/* blocks: only when all is over */
int os_reexec(void);					/* start anew with the same arguments: reboot */
void os_puts(const char *text, size_t n);		/* standard error, whatever happens */
bool os_symbol(unsigned long pc, char *buf, size_t size);	/* "name+0x12" */
void os_random(void *buf, size_t n);
const char *os_uname(char *buf, size_t size);		/* for /proc/cpuinfo's host line */
int os_cpuinfo(const char *key, char *buf, size_t size);	/* the value of the first line "key : value" */
void os_print_stdout(const char *text, size_t n);
char **os_argv(void);					/* ours; the original area holds the title */
int os_getpid(void);
void os_pin_cpu(void);					/* the kernel and its guests stay on the present CPU */
void os_unpin_thread(void);
os_u64 os_host_memory(void);				/* bytes of RAM the host has */
int os_hostcall_fail(const char *spec);			/* "pread:17[:errno]". -EINVAL, -ENOENT: no such call */
bool os_hostcall_fail_reached(void);
size_t os_hostcalls_text(char *buf, size_t size);

#endif
