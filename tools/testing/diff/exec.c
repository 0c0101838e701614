// SPDX-License-Identifier: GPL-2.0
/* execve and execveat: what is no program, scripts and their limits, what survives, what the new program is told. */
#include "diff.h"
#include <elf.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

static char *none[] = { NULL };
static char *just_me[] = { "me", "sub", NULL };

/* Runs it in a child: the child's exit status, the error of the exec, or the signal of who did not survive. */
#define EXEC(call) do {									\
	printf("exec " #call ": ");							\
	fflush(stdout);									\
	pid_t pid_ = fork();								\
	if (!pid_) { syscall call; printf("-1 %s\n", strerrorname_np(errno)); fflush(stdout); _exit(0); }	\
	int st_; waitpid(pid_, &st_, 0);	\
	if (WIFSIGNALED(st_)) printf("killed by %s\n", sigabbrev_np(WTERMSIG(st_)));	\
	else if (WEXITSTATUS(st_)) printf("exit status %d\n", WEXITSTATUS(st_));	\
} while (0)
#define EXECVE(...) EXEC((SYS_execve, __VA_ARGS__))
#define EXECVEAT(...) EXEC((SYS_execveat, __VA_ARGS__))

struct elf {
	Elf64_Ehdr h;
	Elf64_Phdr p[3];
	unsigned char code[16];
	char interp[64];
};

/* exit(7), in one page at 0x400000. */
static struct elf small(void)
{
	struct elf e = {
		.h = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, 1 }, .e_type = ET_EXEC, .e_machine = EM_X86_64, .e_version = 1,
		       .e_entry = 0x400000 + offsetof(struct elf, code), .e_phoff = offsetof(struct elf, p), .e_ehsize = 64, .e_phentsize = 56, .e_phnum = 1 },
		.p = { { .p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = 0x400000, .p_filesz = sizeof(e), .p_memsz = sizeof(e), .p_align = 4096 },
		       { .p_type = PT_INTERP, .p_flags = PF_R, .p_offset = offsetof(struct elf, interp), .p_filesz = 7, .p_memsz = 7, .p_align = 1 } },
		.code = { 0xbf, 7, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05 },
		.interp = "interp",
	};
	return e;
}

static void put(const char *name, const void *data, size_t n, mode_t mode)
{
	int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0700);

	if (fd < 0 || write(fd, data, n) != (ssize_t)n)
		printf("cannot write: %s\n", strerrorname_np(errno));
	fchmod(fd, mode);
	close(fd);
}

static void run(const char *what, const struct elf *e, size_t n)
{
	printf("%s: ", what);
	put("bad", e, n, 0755);
	EXECVE("bad", none, none);
}

#define MUTATE(...) do { struct elf e = small(); __VA_ARGS__; run(#__VA_ARGS__, &e, sizeof(e)); } while (0)

/* What Linux sees only when the old program is gone, and kills; to refuse it before is as well. */
static void late(const char *what, const struct elf *e)
{
	int st = 0;

	put("bad", e, sizeof(*e), 0755);
	if (!fork()) {
		execve("bad", none, none);
		raise(SIGSEGV);
	}
	wait(&st);
	printf("%s: %s\n", what, WIFSIGNALED(st) && WTERMSIG(st) == SIGSEGV ? "does not run" : "runs");
}

#define LATE(...) do { struct elf e = small(); __VA_ARGS__; late(#__VA_ARGS__, &e); } while (0)

static void mutations(void)
{
	struct elf e = small();

	TITLE("headers");
	run("whole", &e, sizeof(e));
	run("empty", &e, 0);
	run("one byte", &e, 1);
	run("the magic", &e, 4);
	run("half a header", &e, 40);
	run("a header", &e, 64);
	run("half a program header", &e, 90);
	MUTATE(e.h.e_ident[0] = 0);
	MUTATE(e.h.e_type = ET_REL);
	MUTATE(e.h.e_type = ET_CORE);
	MUTATE(e.h.e_machine = EM_AARCH64);
	MUTATE(e.h.e_phentsize = 55);
	MUTATE(e.h.e_phentsize = 0);
	MUTATE(e.h.e_phnum = 0);
	MUTATE(e.h.e_phnum = 65535);
	MUTATE(e.h.e_phoff = 1UL << 40);
	LATE(e.p[0].p_type = PT_NOTE);
	LATE(e.p[0].p_memsz = 16);
	LATE(e.p[0].p_filesz = 1UL << 50);
	LATE(e.p[0].p_memsz = 1UL << 50);
	LATE(e.p[0].p_memsz = -1);
	LATE(e.p[0].p_vaddr = 1UL << 47);
	LATE(e.p[0].p_vaddr = -4096);
	LATE(e.p[0].p_offset = 8);
	LATE(e.p[0].p_vaddr = 0x400008);
	MUTATE(e.p[0].p_flags = PF_R);
	MUTATE(e.h.e_entry = 1UL << 63);
	MUTATE(e.h.e_entry = 8);
	MUTATE(e.h.e_type = ET_DYN, e.p[0].p_vaddr = 0, e.h.e_entry -= 0x400000);
	MUTATE(e.p[0].p_align = 3);
	TITLE("interpreters");
	MUTATE(e.h.e_phnum = 2);
	put("interp", "#!interp", 8, 0755);
	MUTATE(e.h.e_phnum = 2);
	put("interp", &e, sizeof(e), 0755);
	MUTATE(e.h.e_phnum = 2);
	struct elf dyn = small();
	dyn.h.e_type = ET_DYN, dyn.p[0].p_vaddr = 0, dyn.h.e_entry -= 0x400000, dyn.code[1] = 8;
	put("interp", &dyn, sizeof(dyn), 0755);
	MUTATE(e.h.e_phnum = 2);
	put("interp", &dyn, sizeof(dyn), 0644);
	MUTATE(e.h.e_phnum = 2);
	dyn.h.e_machine = EM_AARCH64;
	put("interp", &dyn, sizeof(dyn), 0755);
	MUTATE(e.h.e_phnum = 2);
	put("interp", &dyn, 30, 0755);
	MUTATE(e.h.e_phnum = 2);
	unlink("interp");
	mkdir("interp", 0755);
	MUTATE(e.h.e_phnum = 2);
	rmdir("interp");
	MUTATE(e.h.e_phnum = 2, e.p[1].p_filesz = 6);
	MUTATE(e.h.e_phnum = 2, e.p[1].p_filesz = 1);
	MUTATE(e.h.e_phnum = 2, e.p[1].p_filesz = 0);
	MUTATE(e.h.e_phnum = 2, e.p[1].p_filesz = 5000);
	MUTATE(e.h.e_phnum = 2, e.p[1].p_offset = 1UL << 40);
	MUTATE(e.h.e_phnum = 3, e.p[2] = e.p[1]);
}

static void script(const char *name, const char *text)
{
	put(name, text, strlen(text), 0755);
}

static void scripts(void)
{
	char name[16], text[300];

	TITLE("scripts");
	script("s", "#!prog sub\nignored");
	EXECVE("s", ((char *[]){ "zero", "one", NULL }), none);
	script("s", "#!  \tprog   a b  c \n");
	EXECVE("s", ((char *[]){ "zero", NULL }), none);
	EXECVE("s", none, none);
	script("s", "#!prog named\n");
	script("t", "#!./s\n");
	EXECVE("./s", ((char *[]){ "zero", NULL }), none);
	EXECVE("./t", ((char *[]){ "zero", NULL }), none);
	EXECVEAT(AT_FDCWD, "dir/../t", ((char *[]){ "zero", NULL }), none, 0);
	script("s", "#!prog");
	EXECVE("s", just_me, none);
	script("s", "#!\n");
	EXECVE("s", just_me, none);
	script("s", "#!   \n");
	EXECVE("s", just_me, none);
	script("s", "#!missing\n");
	EXECVE("s", just_me, none);
	script("s", "#!.\n");
	EXECVE("s", just_me, none);
	script("s", "no magic\n");
	EXECVE("s", just_me, none);
	memset(text, 'x', sizeof(text));
	memcpy(text, "#!", 2);
	put("s", text, 299, 0755);
	EXECVE("s", just_me, none);
	memcpy(text, "#!prog ", 7);
	put("s", text, 299, 0755);
	EXECVE("s", just_me, none);
	script("s", "#!./s\n");
	EXECVE("s", just_me, none);
	script("s0", "#!prog\n");
	for (int i = 1; i < 8; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		snprintf(text, sizeof(text), "#!s%d\n", i - 1);
		script(name, text);
		printf("depth %d: ", i);
		EXECVE(name, just_me, none);
	}
}

static void names(void)
{
	char long_name[300], *loop = "loop";
	int fd = open("prog", O_RDONLY), cloexec = open("prog", O_PATH | O_CLOEXEC), dir = open("dir", O_RDONLY | O_DIRECTORY), scr, wr;

	memset(long_name, 'x', sizeof(long_name));
	long_name[299] = 0;
	symlink("loop", loop);
	TITLE("names");
	EXECVE("missing", just_me, none);
	EXECVE("", just_me, none);
	EXECVE("prog/x", just_me, none);
	EXECVE(".", just_me, none);
	EXECVE(loop, just_me, none);
	EXECVE(long_name, just_me, none);
	EXECVE(bad_ptr, just_me, none);
	EXECVE(NULL, just_me, none);
	EXECVE("prog", bad_ptr, none);
	EXECVE("prog", just_me, bad_ptr);
	EXECVE("prog", ((char *[]){ "me", bad_ptr, NULL }), none);
	EXECVE("prog", just_me, ((char *[]){ bad_ptr, NULL }));
	EXECVE("prog", NULL, NULL);
	EXECVE("prog", none, none);
	put("closed", "x", 1, 0644);
	EXECVE("closed", just_me, none);
	put("dir/inner", "x", 1, 0755);
	chmod("dir", 0600);
	U(EXECVE("dir/inner", just_me, none));
	chmod("dir", 0755);
	wr = open("busy", O_CREAT | O_RDWR, 0755);
	EXECVE("busy", just_me, none);
	TITLE("execveat");
	EXECVEAT(AT_FDCWD, "prog", just_me, none, 0);
	EXECVEAT(dir, "../prog", just_me, none, 0);
	EXECVEAT(fd, "", just_me, none, AT_EMPTY_PATH);
	EXECVEAT(cloexec, "", just_me, none, AT_EMPTY_PATH);
	EXECVEAT(fd, "", just_me, none, 0);
	EXECVEAT(fd, NULL, just_me, none, AT_EMPTY_PATH);
	EXECVEAT(fd, "x", just_me, none, 0);
	EXECVEAT(99, "prog", just_me, none, 0);
	EXECVEAT(99, "", just_me, none, AT_EMPTY_PATH);
	EXECVEAT(dir, "", just_me, none, AT_EMPTY_PATH);
	EXECVEAT(AT_FDCWD, "prog", just_me, none, 1);
	symlink("prog", "link");
	EXECVEAT(AT_FDCWD, "link", just_me, none, 0);
	EXECVEAT(AT_FDCWD, "link", just_me, none, AT_SYMLINK_NOFOLLOW);
	EXECVEAT(AT_FDCWD, "missing", just_me, none, 0);
	EXECVEAT(AT_FDCWD, "bad", just_me, none, 0);
	EXECVEAT(AT_FDCWD, "closed", just_me, none, 0);
	EXECVEAT(AT_FDCWD, bad_ptr, just_me, none, 0);
	EXECVEAT(wr, "", just_me, none, AT_EMPTY_PATH);
	close(wr);
	script("s", "#!prog sub\n");
	scr = open("s", O_RDONLY);
	EXECVEAT(scr, "", just_me, none, AT_EMPTY_PATH);
	fcntl(scr, F_SETFD, FD_CLOEXEC);
	EXECVEAT(scr, "", just_me, none, AT_EMPTY_PATH);
	for (int i = 3; i < 12; i++)
		close(i);
}

static void sizes(void)
{
	size_t huge = 131072;
	char *big = malloc(huge + 1), **many = malloc(40000 * sizeof(char *));

	TITLE("sizes");
	memset(big, 'y', huge);
	big[huge] = 0;
	EXECVE("prog", ((char *[]){ "me", "count", big, NULL }), none);
	big[huge - 1] = 0;
	EXECVE("prog", ((char *[]){ "me", "count", big, NULL }), none);
	for (int i = 0; i < 40; i++)
		many[i + 2] = big;
	many[0] = "me";
	many[1] = "count";
	many[16] = NULL;
	EXECVE("prog", many, none);
	many[16] = big;
	many[42] = NULL;
	EXECVE("prog", many, none);
	C(struct rlimit rl = { 1 << 20, 1 << 20 }; setrlimit(RLIMIT_STACK, &rl); many[5] = NULL; EXECVE("prog", many, none));
	for (int i = 2; i < 39999; i++)
		many[i] = "";
	many[39999] = NULL;
	EXECVE("prog", many, none);
	EXECVEAT(AT_FDCWD, "prog", ((char *[]){ "me", "count", big - 1, NULL }), many, 0);
	free(big);
	free(many);
}

static void nothing(int sig) { }

static void survivors(void)
{
	struct rlimit rl = { 0, 0 };

	TITLE("what survives");
	C(signal(SIGUSR1, SIG_IGN); signal(SIGUSR2, nothing); sigset_t s; sigemptyset(&s); sigaddset(&s, SIGHUP); sigprocmask(SIG_BLOCK, &s, NULL); raise(SIGHUP);
	  fcntl(1, F_DUPFD, 20); fcntl(1, F_DUPFD_CLOEXEC, 21); prctl(PR_SET_NAME, "named"); prctl(PR_SET_PDEATHSIG, 5); alarm(100); umask(07);
	  char stack[8192]; stack_t ss = { .ss_sp = stack, .ss_size = sizeof(stack) }; sigaltstack(&ss, NULL); setpriority(PRIO_PROCESS, 0, 13); prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	  prctl(PR_SET_DUMPABLE, 0); prctl(PR_SET_TIMERSLACK, 12345); timer_t t; timer_create(CLOCK_MONOTONIC, NULL, &t);
	  EXECVE("prog", ((char *[]){ "me", "state", NULL }), ((char *[]){ "A=1", "B=2", NULL })));
	if (is_root()) {
		chown("setuid", 5, 6);
		chmod("setuid", 06755);
		C(become_user(); EXECVE("setuid", ((char *[]){ "me", "ids", NULL }), none));
		C(become_user(); prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); EXECVE("setuid", ((char *[]){ "me", "ids", NULL }), none));
		chmod("setuid", 02745);
		C(become_user(); EXECVE("setuid", ((char *[]){ "me", "ids", NULL }), none));
	}
	int ready[2];
	char c;
	pipe(ready);
	pid_t one = fork();
	if (!one) {
		become_user();
		write(ready[1], "x", 1);
		pause();
	}
	read(ready[0], &c, 1);
	C(setrlimit(RLIMIT_NPROC, &rl); become_user(); R(syscall(SYS_execve, "prog", just_me, none)));
	C(if (!setrlimit(RLIMIT_NPROC, &rl)) become_user(); rl.rlim_cur = 100; R(setrlimit(RLIMIT_NPROC, &rl)); R(fork()));
	kill(one, SIGKILL);
	waitpid(one, NULL, 0);
}

static void state(char **argv, char **envp)
{
	sigset_t s, p;
	stack_t ss;
	char name[16];
	int sig = 0;

	sigprocmask(0, NULL, &s);
	sigpending(&p);
	printf("usr1 %s usr2 %s hup blocked %d pending %d\n", signal(SIGUSR1, SIG_DFL) == SIG_IGN ? "ignored" : "default",
	       signal(SIGUSR2, SIG_DFL) == SIG_DFL ? "default" : "other", sigismember(&s, SIGHUP), sigismember(&p, SIGHUP));
	printf("20 %d 21 %d\n", fcntl(20, F_GETFD), fcntl(21, F_GETFD));
	prctl(PR_GET_NAME, name);
	prctl(PR_GET_PDEATHSIG, &sig);
	sigaltstack(NULL, &ss);
	printf("name %s death %d alarm %d umask %o altstack %d nice %d nnp %d slack %d\n", name, sig, alarm(0) > 0, umask(0), ss.ss_flags, getpriority(PRIO_PROCESS, 0),
	       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), prctl(PR_GET_TIMERSLACK));
	printf("dumpable %d timers %d\n", prctl(PR_GET_DUMPABLE), timer_delete(0));
	printf("secure %ld execfn %s pagesz %ld entry %d clktck %ld flags %ld\n", getauxval(AT_SECURE), (char *)getauxval(AT_EXECFN), getauxval(AT_PAGESZ),
	       getauxval(AT_ENTRY) != 0, getauxval(AT_CLKTCK), getauxval(AT_FLAGS));
	printf("env %s %s stack aligned %d\n", envp[0], envp[1], !((uintptr_t)(argv - 1) & 15));
}

static void named(int argc, char **argv)
{
	char name[16];

	prctl(PR_GET_NAME, name);
	printf("name %s execfn %s:", name, (char *)getauxval(AT_EXECFN));
	for (int i = 0; i < argc; i++)
		printf(" %s", argv[i]);
	printf("\n");
}

/* What this program is when it is run by itself. */
static void as_child(int argc, char **argv, char **envp)
{
	if (!strcmp(argv[1], "state"))
		state(argv, envp);
	else if (!strcmp(argv[1], "named"))
		named(argc, argv);
	else if (!strcmp(argv[1], "ids"))
		printf("uid %d %d gid %d %d secure %ld dumpable %d\n", getuid(), geteuid(), getgid(), getegid(), getauxval(AT_SECURE), prctl(PR_GET_DUMPABLE));
	else if (!strcmp(argv[1], "count"))
		printf("%d arguments\n", argc);
	else
		for (int i = 0; i < argc; i++)
			printf("%s\"%s\"%s", i ? " " : "", strlen(argv[i]) > 60 ? "long" : strncmp(argv[i], "/dev/fd/", 8) ? argv[i] : "/dev/fd/N", i < argc - 1 ? "" : "\n");
}

/* Before diff.h's own beginning, which closes and makes things: the programs run here have no PATH. */
static __attribute__((constructor(101))) void early(int argc, char **argv, char **envp)
{
	if (getenv("PATH"))
		return;
	if (argc > 1)
		as_child(argc, argv, envp);
	else
		printf("argc %d \"%s\"\n", argc, argv[0]);
	fflush(stdout);
	_exit(0);
}

int main(void)
{
	char exe[256] = "";

	readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	C(int in = open(exe, O_RDONLY); int out = open("prog", O_CREAT | O_WRONLY, 0755); char buf[65536]; ssize_t n; while ((n = read(in, buf, sizeof(buf))) > 0) write(out, buf, n));
	C(int in = open(exe, O_RDONLY); int out = open("setuid", O_CREAT | O_WRONLY, 0755); char buf[65536]; ssize_t n; while ((n = read(in, buf, sizeof(buf))) > 0) write(out, buf, n));
	mkdir("dir", 0755);
	mutations();
	scripts();
	names();
	sizes();
	survivors();
	return 0;
}
