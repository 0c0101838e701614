/* SPDX-License-Identifier: GPL-2.0 */
/*
 * kbench - a small, self-contained benchmark of what a program can see of the
 * kernel it runs on: system calls, signals, IPC, processes, memory, files.
 *
 * It relies on the Linux system call ABI only, so that one static binary gives
 * comparable figures on a native kernel, a user mode kernel, a sandbox or an
 * emulator:
 *
 *     gcc -O2 -static -pthread -o kbench kbench.c
 *     ./kbench [-l] [-t SECONDS_PER_TEST] [NAME...]
 *
 * One line per test:   name <TAB> value <TAB> unit
 * or, on a failure:    name <TAB> - <TAB> error: reason
 * and at the end:      kbench: done
 *
 * The value is the median of at least five batches.  Values in ns (per call,
 * per page, per file, ...) are better when lower, values in MB/s (10^6 bytes
 * per second) when higher.
 *
 * How a test runs.  Each test has a process (and a process group) of its own,
 * forked from the small main process, so that a crash, a hang or a left-over
 * helper of one test does not touch the others.  The main process waits for
 * the result on a pipe, with a time limit, then kills whatever is left of the
 * group and empties the work directory.  Tests therefore never clean up.
 *
 * Files are made in a new directory below the current one; change directory to
 * choose the file system that is measured.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

enum {
    PAGE = 4096,
    KIB = 1024,
    MIB = 1024 * 1024,
    MIN_BATCHES = 5,
    MAX_BATCHES = 31,
    DIR_ENTRIES = 1000,
    TREE_FANOUT = 10,
    /* root + 10 + 100 directories, 1000 files */
    TREE_ENTRIES = 1 + TREE_FANOUT + TREE_FANOUT * TREE_FANOUT
                   + TREE_FANOUT * TREE_FANOUT * TREE_FANOUT,
    CPU_STEPS = 1000000,
    BW_BLOCK = 64 * KIB,
    FILE_BYTES = 64 * MIB,
    ANON_BYTES = 64 * MIB,
    MAPPED_FILE_BYTES = 16 * MIB,
    COW_BYTES = 16 * MIB,
};

/*
 * A test: `setup` (may be NULL) prepares and returns 0 or -errno; `batch` does
 * `n` iterations and returns the nanoseconds they took, or -errno.  Batches
 * time themselves, so that preparation between iterations can be left out.
 *
 * One iteration is `per` units of what is reported: for unit "MB/s", `per` is
 * the bytes moved by one iteration; for the others, the ns are divided by it.
 */
struct test {
    const char *name;
    const char *unit;
    double per;
    int (*setup)(void);
    double (*batch)(long n);
    const char *what;
};

static double seconds_per_test = 1.0;
static char self_exe[PATH_MAX];         /* this program, for fork_exec */
static const char *known_file;          /* a file that certainly exists */
static int cpu_at_start = -1;           /* a CPU we may pin to */

/* ---- small helpers ------------------------------------------------------ */

static double now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1e9 + ts.tv_nsec;
}

/* -errno, never 0: a failed call that set no errno is still a failure. */
static int fail(void)
{
    return errno ? -errno : -EIO;
}

#define TRY(expr)                     \
    do {                              \
        if ((expr) < 0)               \
            return fail();            \
    } while (0)

/* The body of a batch function whose iterations need no preparation. */
#define TIMED_LOOP(n, expr)           \
    double t0_ = now_ns();            \
    for (long i_ = 0; i_ < (n); i_++) \
        TRY(expr);                    \
    return now_ns() - t0_

/* Private anonymous memory in 4 KiB pages: huge pages would hide page costs. */
static void *map_pages(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (p == MAP_FAILED)
        return NULL;
    madvise(p, bytes, MADV_NOHUGEPAGE);         /* best effort */
    return p;
}

static void touch_pages(void *mem, size_t bytes)
{
    volatile char *p = mem;

    for (size_t i = 0; i < bytes; i += PAGE)
        p[i] = (char)(i / PAGE);
}

/* Creates file `name` of `bytes` bytes; returns it open for read and write. */
static int make_file(const char *name, size_t bytes)
{
    static char block[MIB];
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);

    if (fd < 0)
        return -1;
    memset(block, 'k', sizeof block);
    while (bytes > 0) {
        size_t want = bytes < sizeof block ? bytes : sizeof block;
        ssize_t put = write(fd, block, want);

        if (put <= 0) {
            close(fd);
            return -1;
        }
        bytes -= (size_t)put;
    }
    return fd;
}

/* Waits for `pid`; 0 if it ended with exit status 0. */
static int reap(pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    errno = WIFEXITED(status) && WEXITSTATUS(status) == 127 ? ENOENT : ECHILD;
    return -1;
}

/* ---- system calls ------------------------------------------------------- */

static int fd_a = -1;
static char one_byte;

static double null_syscall(long n)
{
    TIMED_LOOP(n, syscall(SYS_getppid));
}

static double clock_libc(long n)
{
    struct timespec ts;
    TIMED_LOOP(n, clock_gettime(CLOCK_MONOTONIC, &ts));
}

static double clock_syscall(long n)
{
    struct timespec ts;
    TIMED_LOOP(n, syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts));
}

static int open_zero(void)
{
    TRY(fd_a = open("/dev/zero", O_RDONLY));
    return 0;
}

static double read_one(long n)
{
    TIMED_LOOP(n, read(fd_a, &one_byte, 1));
}

static int open_null(void)
{
    TRY(fd_a = open("/dev/null", O_WRONLY));
    return 0;
}

static double write_one(long n)
{
    TIMED_LOOP(n, write(fd_a, &one_byte, 1));
}

static double open_close(long n)
{
    double t0 = now_ns();

    for (long i = 0; i < n; i++) {
        int fd = open(known_file, O_RDONLY);

        TRY(fd);
        close(fd);
    }
    return now_ns() - t0;
}

static double stat_path(long n)
{
    struct stat st;
    TIMED_LOOP(n, stat(known_file, &st));
}

static int open_known(void)
{
    TRY(fd_a = open(known_file, O_RDONLY));
    return 0;
}

static double fstat_fd(long n)
{
    struct stat st;
    TIMED_LOOP(n, fstat(fd_a, &st));
}

static int make_big_dir(void)
{
    char name[32];

    for (int i = 0; i < DIR_ENTRIES; i++) {
        int fd;

        snprintf(name, sizeof name, "entry-%04d", i);
        TRY(fd = open(name, O_WRONLY | O_CREAT, 0644));
        close(fd);
    }
    TRY(fd_a = open(".", O_RDONLY | O_DIRECTORY));
    return 0;
}

static double list_dir(long n)
{
    static _Alignas(8) char buf[32 * KIB];
    double t0 = now_ns();

    for (long i = 0; i < n; i++) {
        long got;

        TRY(lseek(fd_a, 0, SEEK_SET));
        do
            TRY(got = syscall(SYS_getdents64, fd_a, buf, sizeof buf));
        while (got > 0);
    }
    return now_ns() - t0;
}

static struct pollfd ten[10];

static int make_ten_pipes(void)
{
    for (int i = 0; i < 10; i++) {
        int p[2];

        TRY(pipe(p));
        ten[i] = (struct pollfd){ .fd = p[0], .events = POLLIN };
    }
    return 0;
}

static double poll_ten(long n)
{
    TIMED_LOOP(n, poll(ten, 10, 0));
}

/* ---- signals ------------------------------------------------------------ */

static void on_signal(int sig)
{
    (void)sig;
}

static struct sigaction action = { .sa_handler = on_signal };

static double sig_install(long n)
{
    TIMED_LOOP(n, sigaction(SIGUSR1, &action, NULL));
}

static pid_t own_pid;

static int sig_deliver_setup(void)
{
    own_pid = getpid();
    TRY(sigaction(SIGUSR1, &action, NULL));
    return 0;
}

static double sig_deliver(long n)
{
    TIMED_LOOP(n, kill(own_pid, SIGUSR1));
}

#if defined __x86_64__
static char *read_only_page;

/* Steps over the faulting instruction, the three-byte `movb $0,(%rax)`. */
static void on_segv(int sig, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;

    if (info->si_addr != read_only_page) {
        signal(sig, SIG_DFL);           /* not ours: fault again and die */
        return;
    }
    uc->uc_mcontext.gregs[REG_RIP] += 3;
}

static int sig_segv_setup(void)
{
    struct sigaction sa = { .sa_sigaction = on_segv, .sa_flags = SA_SIGINFO };

    read_only_page = mmap(NULL, PAGE, PROT_READ,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (read_only_page == MAP_FAILED)
        return fail();
    TRY(sigaction(SIGSEGV, &sa, NULL));
    return 0;
}

static double sig_segv(long n)
{
    double t0 = now_ns();

    for (long i = 0; i < n; i++)
        __asm__ volatile("movb $0, (%%rax)" : : "a"(read_only_page) : "memory");
    return now_ns() - t0;
}
#else
static int sig_segv_setup(void)
{
    return -ENOSYS;                     /* the skip is written for x86-64 */
}

static double sig_segv(long n)
{
    (void)n;
    return -ENOSYS;
}
#endif

/* ---- talking to another process ----------------------------------------- */

static int in_fd = -1, out_fd = -1;     /* this process's ends */

static void echo_forever(int in, int out)
{
    char c;

    while (read(in, &c, 1) == 1 && write(out, &c, 1) == 1)
        ;
    _exit(0);
}

static void write_forever(int out)
{
    static char block[BW_BLOCK];

    while (write(out, block, sizeof block) > 0)
        ;
    _exit(0);
}

/* Starts the peer of a latency test on (in, out), or of a bandwidth test. */
static int start_echo(int in, int out)
{
    pid_t pid = fork();

    TRY(pid);
    if (pid == 0)
        echo_forever(in, out);
    return 0;
}

static int start_writer(int out)
{
    pid_t pid = fork();

    TRY(pid);
    if (pid == 0)
        write_forever(out);
    return 0;
}

static double ping_pong(long n)
{
    double t0 = now_ns();
    char c = 'p';

    for (long i = 0; i < n; i++) {
        TRY(write(out_fd, &c, 1));
        if (read(in_fd, &c, 1) != 1)
            return fail();
    }
    return now_ns() - t0;
}

/* Receives n blocks; how the bytes fall into reads is the kernel's business. */
static double drain(long n)
{
    static char block[BW_BLOCK];
    double t0 = now_ns();
    long long left = (long long)n * BW_BLOCK;

    while (left > 0) {
        ssize_t got = read(in_fd, block,
                           left < BW_BLOCK ? (size_t)left : sizeof block);
        if (got <= 0)
            return fail();
        left -= got;
    }
    return now_ns() - t0;
}

static int pipe_latency_setup(void)
{
    int there[2], back[2];

    TRY(pipe(there));
    TRY(pipe(back));
    in_fd = back[0];
    out_fd = there[1];
    return start_echo(there[0], back[1]);
}

static int pipe_bw_setup(void)
{
    int p[2];

    TRY(pipe(p));
    in_fd = p[0];
    return start_writer(p[1]);
}

static int unix_latency_setup(void)
{
    int s[2];

    TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    in_fd = out_fd = s[0];
    return start_echo(s[1], s[1]);
}

static int unix_bw_setup(void)
{
    int s[2];

    TRY(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    in_fd = s[0];
    return start_writer(s[1]);
}

/* A socket bound to a free port of 127.0.0.1; its address in *addr. */
static int loopback_socket(int type, struct sockaddr_in *addr)
{
    socklen_t len = sizeof *addr;
    int s = socket(AF_INET, type, 0);

    if (s < 0)
        return -1;
    *addr = (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    if (bind(s, (struct sockaddr *)addr, sizeof *addr) < 0
        || getsockname(s, (struct sockaddr *)addr, &len) < 0)
        return -1;
    return s;
}

/*
 * A connected TCP pair.  Connecting before accepting, in one process, works
 * because of the backlog, and reports a missing loopback instead of hanging.
 */
static int tcp_pair(int s[2])
{
    struct sockaddr_in addr;
    int one = 1;
    int listener = loopback_socket(SOCK_STREAM, &addr);

    TRY(listener);
    TRY(listen(listener, 1));
    TRY(s[0] = socket(AF_INET, SOCK_STREAM, 0));
    TRY(connect(s[0], (struct sockaddr *)&addr, sizeof addr));
    TRY(s[1] = accept(listener, NULL, NULL));
    for (int i = 0; i < 2; i++)
        TRY(setsockopt(s[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one));
    close(listener);
    return 0;
}

static int tcp_latency_setup(void)
{
    int s[2], err = tcp_pair(s);

    if (err < 0)
        return err;
    in_fd = out_fd = s[0];
    return start_echo(s[1], s[1]);
}

static int tcp_bw_setup(void)
{
    int s[2], err = tcp_pair(s);

    if (err < 0)
        return err;
    in_fd = s[0];
    return start_writer(s[1]);
}

static int udp_latency_setup(void)
{
    struct sockaddr_in addr[2];
    int s[2];

    for (int i = 0; i < 2; i++)
        TRY(s[i] = loopback_socket(SOCK_DGRAM, &addr[i]));
    for (int i = 0; i < 2; i++)
        TRY(connect(s[i], (struct sockaddr *)&addr[!i], sizeof addr[0]));
    in_fd = out_fd = s[0];
    return start_echo(s[1], s[1]);
}

/* ---- threads and scheduling --------------------------------------------- */

static atomic_int turn;                 /* whose turn it is: 0 main, 1 peer */

/* Waits without spinning until the turn is `me`; another errno than the two
 * that only mean "look again" is a failure. */
static int await_turn(int me)
{
    while (atomic_load(&turn) != me)
        if (syscall(SYS_futex, &turn, FUTEX_WAIT_PRIVATE, !me, NULL, NULL, 0) < 0
            && errno != EAGAIN && errno != EINTR)
            return -1;
    return 0;
}

static int pass_turn(int me)
{
    atomic_store(&turn, !me);
    return (int)syscall(SYS_futex, &turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void *futex_peer(void *arg)
{
    while (await_turn(1) == 0 && pass_turn(1) >= 0)
        ;
    return arg;
}

static int futex_setup(void)
{
    pthread_t thread;

    errno = pthread_create(&thread, NULL, futex_peer, NULL);
    return errno ? fail() : 0;
}

static double futex_pingpong(long n)
{
    double t0 = now_ns();

    for (long i = 0; i < n; i++) {
        TRY(pass_turn(0));
        TRY(await_turn(0));
    }
    return now_ns() - t0;
}

/* Both processes share one CPU, so that a yield has somebody to yield to. */
static int yield_setup(void)
{
    cpu_set_t set;
    pid_t pid;

    if (cpu_at_start >= 0) {
        CPU_ZERO(&set);
        CPU_SET(cpu_at_start, &set);
        sched_setaffinity(0, sizeof set, &set);         /* best effort */
    }
    TRY(pid = fork());
    if (pid == 0)
        for (;;)
            sched_yield();
    return 0;
}

static double yield_cpu(long n)
{
    TIMED_LOOP(n, sched_yield());
}

static void *thread_body(void *arg)
{
    return arg;
}

static double thread_create(long n)
{
    double t0 = now_ns();

    for (long i = 0; i < n; i++) {
        pthread_t thread;

        errno = pthread_create(&thread, NULL, thread_body, NULL);
        if (errno)
            return fail();
        pthread_join(thread, NULL);
    }
    return now_ns() - t0;
}

/* ---- processes ---------------------------------------------------------- */

static double fork_exit(long n)
{
    double t0 = now_ns();

    for (long i = 0; i < n; i++) {
        pid_t pid = fork();

        TRY(pid);
        if (pid == 0)
            _exit(0);
        TRY(reap(pid));
    }
    return now_ns() - t0;
}

static int fork_touched_setup(void)
{
    void *mem = map_pages(ANON_BYTES);

    if (!mem)
        return fail();
    touch_pages(mem, ANON_BYTES);
    return 0;
}

static double fork_and_run(const char *path, char *const argv[], long n)
{
    static char *const env[] = { "PATH=/bin:/usr/bin", NULL };
    double t0 = now_ns();

    for (long i = 0; i < n; i++) {
        pid_t pid = fork();

        TRY(pid);
        if (pid == 0) {
            execve(path, argv, env);
            _exit(127);
        }
        TRY(reap(pid));
    }
    return now_ns() - t0;
}

static double fork_exec(long n)
{
    char *argv[] = { "kbench", "--exit", NULL };

    return fork_and_run(self_exe, argv, n);
}

static double sh_c_true(long n)
{
    char *argv[] = { "sh", "-c", "true", NULL };

    return fork_and_run("/bin/sh", argv, n);
}

/* ---- memory ------------------------------------------------------------- */

static double mmap_munmap(long n)
{
    double t0 = now_ns();

    for (long i = 0; i < n; i++) {
        volatile char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED)
            return fail();
        *p = 1;
        TRY(munmap((void *)p, PAGE));
    }
    return now_ns() - t0;
}

static double anon_fault(long n)
{
    double total = 0;

    for (long i = 0; i < n; i++) {
        void *mem = map_pages(ANON_BYTES);
        double t0 = now_ns();

        if (!mem)
            return fail();
        touch_pages(mem, ANON_BYTES);
        total += now_ns() - t0;
        TRY(munmap(mem, ANON_BYTES));
    }
    return total;
}

static int file_fault_setup(void)
{
    TRY(fd_a = make_file("mapped", MAPPED_FILE_BYTES));
    return 0;
}

/* The kernel may map several pages by one fault; the ns are per page read. */
static double file_fault(long n)
{
    double total = 0;

    for (long i = 0; i < n; i++) {
        volatile const char *p = mmap(NULL, MAPPED_FILE_BYTES, PROT_READ,
                                      MAP_PRIVATE, fd_a, 0);
        double t0 = now_ns();

        if (p == MAP_FAILED)
            return fail();
        for (size_t off = 0; off < MAPPED_FILE_BYTES; off += PAGE)
            (void)p[off];
        total += now_ns() - t0;
        TRY(munmap((void *)p, MAPPED_FILE_BYTES));
    }
    return total;
}

static void *cow_mem;
static int cow_pipe[2];

static int cow_fault_setup(void)
{
    TRY(pipe(cow_pipe));
    cow_mem = map_pages(COW_BYTES);
    if (!cow_mem)
        return fail();
    touch_pages(cow_mem, COW_BYTES);
    return 0;
}

static double cow_fault(long n)
{
    double total = 0;

    for (long i = 0; i < n; i++) {
        double took = 0;
        pid_t pid = fork();

        TRY(pid);
        if (pid == 0) {
            double t0 = now_ns();

            touch_pages(cow_mem, COW_BYTES);
            took = now_ns() - t0;
            _exit(write(cow_pipe[1], &took, sizeof took) != sizeof took);
        }
        TRY(reap(pid));
        if (read(cow_pipe[0], &took, sizeof took) != sizeof took)
            return fail();
        total += took;
    }
    return total;
}

static char *copy_src, *copy_dst;

/* Memory as a program gets it by default: huge pages where the kernel gives
 * them. */
static int mem_bw_setup(void)
{
    copy_src = malloc(ANON_BYTES);
    copy_dst = malloc(ANON_BYTES);
    if (!copy_src || !copy_dst)
        return -ENOMEM;
    memset(copy_src, 1, ANON_BYTES);
    memset(copy_dst, 2, ANON_BYTES);
    return 0;
}

static double mem_bw(long n)
{
    double t0 = now_ns();

    for (long i = 0; i < n; i++) {
        memcpy(copy_dst, copy_src, ANON_BYTES);
        __asm__ volatile("" : : "r"(copy_dst) : "memory");
    }
    return now_ns() - t0;
}

/* ---- files -------------------------------------------------------------- */

static double create_delete(long n)
{
    static char block[4 * KIB];
    char name[32];
    double t0 = now_ns();

    for (long i = 0; i < n; i++) {
        for (int f = 0; f < DIR_ENTRIES; f++) {
            int fd;

            snprintf(name, sizeof name, "file-%04d", f);
            TRY(fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644));
            TRY(write(fd, block, sizeof block));
            TRY(close(fd));
        }
        for (int f = 0; f < DIR_ENTRIES; f++) {
            snprintf(name, sizeof name, "file-%04d", f);
            TRY(unlink(name));
        }
    }
    return now_ns() - t0;
}

static int write_seq_setup(void)
{
    TRY(fd_a = make_file("data", 0));
    return 0;
}

/* Into an emptied file: includes finding memory and room for each page. */
static double write_4k_seq(long n)
{
    static char block[4 * KIB];
    double total = 0;

    for (long i = 0; i < n; i++) {
        double t0;

        TRY(ftruncate(fd_a, 0));
        TRY(lseek(fd_a, 0, SEEK_SET));
        t0 = now_ns();
        for (int off = 0; off < FILE_BYTES; off += 4 * KIB)
            if (write(fd_a, block, sizeof block) != sizeof block)
                return fail();
        total += now_ns() - t0;
    }
    return total;
}

static int read_setup(void)
{
    TRY(fd_a = make_file("data", FILE_BYTES));
    return 0;
}

/* n reads of `size` bytes, from the start again at the end of the file. */
static double read_blocks(long n, size_t size)
{
    static char block[MIB];
    double t0 = now_ns();

    for (long i = 0; i < n; i++) {
        ssize_t got = read(fd_a, block, size);

        if (got == 0) {
            TRY(lseek(fd_a, 0, SEEK_SET));
            got = read(fd_a, block, size);
        }
        if (got != (ssize_t)size)
            return fail();
    }
    return now_ns() - t0;
}

static double read_4k_seq(long n)
{
    return read_blocks(n, 4 * KIB);
}

static double read_1m(long n)
{
    return read_blocks(n, MIB);
}

static int fsync_setup(void)
{
    TRY(fd_a = make_file("data", 4 * KIB));
    TRY(fsync(fd_a));
    return 0;
}

static double write_fsync(long n)
{
    static char block[4 * KIB];
    double t0 = now_ns();

    for (long i = 0; i < n; i++) {
        block[0]++;
        TRY(pwrite(fd_a, block, sizeof block, 0));
        TRY(fsync(fd_a));
    }
    return now_ns() - t0;
}

static int tree_setup(void)
{
    char name[64];

    TRY(mkdir("t", 0755));
    for (int a = 0; a < TREE_FANOUT; a++) {
        snprintf(name, sizeof name, "t/%d", a);
        TRY(mkdir(name, 0755));
        for (int b = 0; b < TREE_FANOUT; b++) {
            snprintf(name, sizeof name, "t/%d/%d", a, b);
            TRY(mkdir(name, 0755));
            for (int c = 0; c < TREE_FANOUT; c++) {
                int fd;

                snprintf(name, sizeof name, "t/%d/%d/%d", a, b, c);
                TRY(fd = open(name, O_WRONLY | O_CREAT, 0644));
                close(fd);
            }
        }
    }
    return 0;
}

static int visited;

static int visit(const char *path, const struct stat *st, int type,
                 struct FTW *ftw)
{
    (void)path, (void)st, (void)type, (void)ftw;
    visited++;
    return 0;
}

static double tree_walk(long n)
{
    double t0 = now_ns();

    for (long i = 0; i < n; i++) {
        visited = 0;
        TRY(nftw("t", visit, 16, FTW_PHYS));
        if (visited != TREE_ENTRIES)
            return -EIO;
    }
    return now_ns() - t0;
}

/* ---- plain computing ---------------------------------------------------- */

static volatile uint64_t sink;

/* A chain of dependent integer steps: user code with no kernel in it. */
static double cpu_int(long n)
{
    uint64_t x = 88172645463325252u;
    double t0 = now_ns();

    for (long i = 0; i < n; i++) {
        for (int step = 0; step < CPU_STEPS; step++) {
            x = x * 6364136223846793005u + 1442695040888963407u;
            x ^= x >> 33;
        }
        sink = x;
    }
    return now_ns() - t0;
}

/* ---- the list ----------------------------------------------------------- */

static const struct test tests[] = {
    { "null_syscall", "ns", 1, NULL, null_syscall, "getppid by syscall()" },
    { "clock_gettime", "ns", 1, NULL, clock_libc, "by libc, vDSO if any" },
    { "clock_gettime_syscall", "ns", 1, NULL, clock_syscall, "by syscall()" },
    { "read_zero_1", "ns", 1, open_zero, read_one, "1 byte of /dev/zero" },
    { "write_null_1", "ns", 1, open_null, write_one, "1 byte to /dev/null" },
    { "open_close", "ns", 1, NULL, open_close, "of an existing file" },
    { "stat", "ns", 1, NULL, stat_path, "of an existing file" },
    { "fstat", "ns", 1, open_known, fstat_fd, "of an open file" },
    { "getdents", "ns/entry", DIR_ENTRIES, make_big_dir, list_dir,
      "list a directory of 1000 files" },
    { "poll_10", "ns", 1, make_ten_pipes, poll_ten, "10 empty pipes" },
    { "sig_install", "ns", 1, NULL, sig_install, "sigaction" },
    { "sig_deliver", "ns", 1, sig_deliver_setup, sig_deliver,
      "kill self, handler, return" },
    { "sig_segv", "ns", 1, sig_segv_setup, sig_segv,
      "write to read-only page, handler skips" },
    { "pipe_latency", "ns", 1, pipe_latency_setup, ping_pong,
      "1 byte round trip, 2 processes" },
    { "pipe_bw", "MB/s", BW_BLOCK, pipe_bw_setup, drain, "64 KiB blocks" },
    { "unix_latency", "ns", 1, unix_latency_setup, ping_pong,
      "1 byte round trip, 2 processes" },
    { "unix_bw", "MB/s", BW_BLOCK, unix_bw_setup, drain, "64 KiB blocks" },
    { "tcp_latency", "ns", 1, tcp_latency_setup, ping_pong,
      "1 byte round trip on 127.0.0.1" },
    { "tcp_bw", "MB/s", BW_BLOCK, tcp_bw_setup, drain,
      "64 KiB blocks on 127.0.0.1" },
    { "udp_latency", "ns", 1, udp_latency_setup, ping_pong,
      "1 byte round trip on 127.0.0.1" },
    { "futex_pingpong", "ns", 1, futex_setup, futex_pingpong,
      "round trip, 2 threads" },
    { "sched_yield_2", "ns", 1, yield_setup, yield_cpu,
      "2 processes yield on one CPU" },
    { "thread_create", "ns", 1, NULL, thread_create, "create and join" },
    { "fork_exit", "ns", 1, NULL, fork_exit, "fork, _exit, wait: small" },
    { "fork_touched", "ns", 1, fork_touched_setup, fork_exit,
      "the same with 64 MiB touched" },
    { "fork_exec", "ns", 1, NULL, fork_exec, "fork, execve of kbench, wait" },
    { "sh_c_true", "ns", 1, NULL, sh_c_true, "fork, /bin/sh -c true, wait" },
    { "mmap_munmap", "ns", 1, NULL, mmap_munmap, "with one page touched" },
    { "anon_fault", "ns/page", ANON_BYTES / PAGE, NULL, anon_fault,
      "first touch of 64 MiB" },
    { "file_fault", "ns/page", MAPPED_FILE_BYTES / PAGE, file_fault_setup,
      file_fault, "read a mapped cached 16 MiB file" },
    { "cow_fault", "ns/page", COW_BYTES / PAGE, cow_fault_setup, cow_fault,
      "forked child writes 16 MiB" },
    { "file_create_delete", "ns/file", DIR_ENTRIES, NULL, create_delete,
      "1000 files of 4 KiB" },
    { "file_write_4k_seq", "MB/s", FILE_BYTES, write_seq_setup, write_4k_seq,
      "64 MiB into an empty file" },
    { "file_read_4k_seq", "MB/s", 4 * KIB, read_setup, read_4k_seq,
      "64 MiB cached" },
    { "file_write_fsync", "ns", 1, fsync_setup, write_fsync,
      "4 KiB overwrite and fsync" },
    { "file_read_1m_cached", "MB/s", MIB, read_setup, read_1m,
      "64 MiB cached, 1 MiB reads" },
    { "tree_walk", "ns/entry", TREE_ENTRIES, tree_setup, tree_walk,
      "nftw over 111 directories, 1000 files" },
    { "cpu_int", "ns", 1, NULL, cpu_int, "10^6 dependent integer steps" },
    { "mem_bw", "MB/s", ANON_BYTES, mem_bw_setup, mem_bw, "memcpy of 64 MiB" },
};

enum { TESTS = sizeof tests / sizeof tests[0] };

/* ---- measuring ---------------------------------------------------------- */

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/*
 * The median ns of one iteration, or -errno.  First grows the batch until it
 * takes an eighth of the time for the test, then repeats it until that time is
 * over, and five times at least - unless one iteration is so slow that this
 * would take very much longer.
 */
static double measure(const struct test *t)
{
    double samples[MAX_BATCHES];
    double budget = seconds_per_test * 1e9, start = now_ns();
    double give_up = start + 5 * budget + 5e9;
    int count = 0;
    long n = 1;

    for (;;) {
        double before = now_ns();
        double took = t->batch(n);
        double wall = now_ns() - before;

        if (took < 0)
            return took;
        if (wall >= budget / 8) {
            samples[count++] = took / n;        /* already a full batch */
            break;
        }
        double factor = wall > 0 ? budget / 7 / wall : 10;
        n = (long)(n * (factor > 10 ? 10 : factor < 1.2 ? 1.2 : factor)) + 1;
    }
    while (count < MAX_BATCHES
           && (count < MIN_BATCHES ? now_ns() < give_up
                                   : now_ns() < start + budget)) {
        double took = t->batch(n);

        if (took < 0)
            return took;
        samples[count++] = took / n;
    }
    qsort(samples, (size_t)count, sizeof samples[0], compare_doubles);
    return count % 2 ? samples[count / 2]
                     : (samples[count / 2 - 1] + samples[count / 2]) / 2;
}

/* In the test's own process: measures and sends the median, or -errno. */
static void test_process(const struct test *t, int result_fd)
{
    double result;
    int err = t->setup ? t->setup() : 0;

    result = err < 0 ? err : measure(t);
    _exit(write(result_fd, &result, sizeof result) != sizeof result);
}

static int remove_entry(const char *path, const struct stat *st, int type,
                        struct FTW *ftw)
{
    (void)st, (void)type;
    if (ftw->level > 0)
        remove(path);
    return 0;
}

/* Waits for the result of `pid` and prints the line; false on a failure. */
static int run_test(const struct test *t)
{
    double result = 0;
    int result_pipe[2], status = 0, ready;
    ssize_t got = 0;
    pid_t pid;

    if (pipe(result_pipe) < 0 || (pid = fork()) < 0) {
        printf("%s\t-\terror: %s\n", t->name, strerror(errno));
        return 0;
    }
    if (pid == 0) {
        setpgid(0, 0);
        close(result_pipe[0]);
        test_process(t, result_pipe[1]);
    }
    setpgid(pid, pid);                  /* whoever is first */
    close(result_pipe[1]);

    struct pollfd waiting = { .fd = result_pipe[0], .events = POLLIN };
    double limit = now_ns() + (20 + 10 * seconds_per_test) * 1e9;
    do {
        double left = limit - now_ns();
        ready = poll(&waiting, 1, left > 0 ? (int)(left / 1e6) : 0);
    } while (ready < 0 && errno == EINTR);
    if (ready > 0)
        got = read(result_pipe[0], &result, sizeof result);
    close(result_pipe[0]);

    /* The test is over, whatever it still has running. */
    if (kill(-pid, SIGKILL) < 0)
        kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    nftw(".", remove_entry, 16, FTW_PHYS | FTW_DEPTH);

    if (ready == 0)
        printf("%s\t-\terror: no result in time\n", t->name);
    else if (got != sizeof result && WIFSIGNALED(status))
        printf("%s\t-\terror: killed by signal %d\n", t->name,
               WTERMSIG(status));
    else if (got != sizeof result)
        printf("%s\t-\terror: no result\n", t->name);
    else if (result < 0)
        printf("%s\t-\terror: %s\n", t->name, strerror((int)-result));
    else if (strcmp(t->unit, "MB/s") == 0)
        printf("%s\t%.1f\tMB/s\n", t->name, t->per / result * 1e3);
    else
        printf("%s\t%.1f\t%s\n", t->name, result / t->per, t->unit);
    return got == sizeof result && result >= 0;
}

static void find_files(const char *argv0)
{
    cpu_set_t set;
    ssize_t len = readlink("/proc/self/exe", self_exe, sizeof self_exe - 1);

    if (len > 0)
        self_exe[len] = '\0';
    else if (!realpath(argv0, self_exe))
        self_exe[0] = '\0';
    known_file = access("/etc/passwd", R_OK) == 0 ? "/etc/passwd" : self_exe;

    if (sched_getaffinity(0, sizeof set, &set) == 0)
        for (int cpu = 0; cpu < CPU_SETSIZE && cpu_at_start < 0; cpu++)
            if (CPU_ISSET(cpu, &set))
                cpu_at_start = cpu;
}

static int is_test(const char *name)
{
    for (int i = 0; i < TESTS; i++)
        if (strcmp(tests[i].name, name) == 0)
            return 1;
    return 0;
}

/* With no names given, every test is wanted. */
static int wanted(const char *name, char *const names[], int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return 1;
    return count == 0;
}

int main(int argc, char *argv[])
{
    char work[] = "kbench.XXXXXX";
    int opt, ok = 1;

    if (argc == 2 && strcmp(argv[1], "--exit") == 0)
        _exit(0);                       /* we are fork_exec's child */

    while ((opt = getopt(argc, argv, "lt:")) != -1) {
        switch (opt) {
        case 'l':
            for (int i = 0; i < TESTS; i++)
                printf("%-22s %-9s %s\n", tests[i].name, tests[i].unit,
                       tests[i].what);
            return 0;
        case 't':
            seconds_per_test = atof(optarg);
            if (seconds_per_test > 0 && seconds_per_test <= 600)
                break;
            /* fall through */
        default:
            fprintf(stderr,
                    "usage: kbench [-l] [-t SECONDS_PER_TEST] [NAME...]\n");
            return 2;
        }
    }
    for (int i = optind; i < argc; i++)
        if (!is_test(argv[i])) {
            fprintf(stderr, "kbench: no test named %s (see -l)\n", argv[i]);
            return 2;
        }

    setvbuf(stdout, NULL, _IOLBF, 0);
    find_files(argv[0]);
    if (!mkdtemp(work) || chdir(work) < 0) {
        fprintf(stderr, "kbench: work directory: %s\n", strerror(errno));
        return 1;
    }
    for (int i = 0; i < TESTS; i++)
        if (wanted(tests[i].name, argv + optind, argc - optind))
            ok &= run_test(&tests[i]);
    if (chdir("..") == 0)
        rmdir(work);
    printf("kbench: done\n");
    return ok ? 0 : 1;
}
