// SPDX-License-Identifier: GPL-2.0
/* openat2: its struct, its flags, and what each RESOLVE_ bit refuses. */
#include "diff.h"
#include <linux/openat2.h>

static long o2(int dfd, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct open_how how = { flags, mode, resolve };
	long r = syscall(SYS_openat2, dfd, path, &how, sizeof(how));

	if (r >= 0)
		close((int)r);
	return r >= 0 ? 0 : r;
}

int main(void)
{
	struct { struct open_how how; uint64_t more; } big = { .more = 0 };
	int top;

	mkdir("top", 0755);
	mkdir("top/sub", 0755);
	make_file("out", "x");
	make_file("top/in", "x");
	symlink("../../out", "top/sub/escape");
	symlink("/in", "top/sub/abs");
	symlink("../in", "top/sub/rel");
	symlink("rel", "top/sub/rel2");
	top = open("top", O_PATH);

	TITLE("the struct");
	R(syscall(SYS_openat2, top, "in", &big, 23));
	R(syscall(SYS_openat2, top, "in", &big, 0));
	FD(syscall(SYS_openat2, top, "in", &big, sizeof(big)));
	big.more = 1;
	R(syscall(SYS_openat2, top, "in", &big, sizeof(big)));
	R(syscall(SYS_openat2, top, "in", bad_ptr, 24));
	R(syscall(SYS_openat2, top, "in", &big, 1 << 20));
	TITLE("flags that open overlooks");
	R(o2(top, "in", 0x4000000, 0, 0));
	R(o2(top, "in", 1ULL << 40, 0, 0));
	R(o2(top, "in", O_RDONLY, 0644, 0));
	R(o2(top, "new", O_CREAT | O_WRONLY, 010000, 0));
	R(o2(top, "new", O_CREAT | O_WRONLY, 0644, 0));
	R(o2(top, "in", O_PATH | O_RDWR, 0, 0));
	R(o2(top, "in", O_PATH | O_CLOEXEC, 0, 0));
	R(o2(top, "in", 0, 0, 64));
	R(o2(top, "in", 0, 0, RESOLVE_BENEATH | RESOLVE_IN_ROOT));
	TITLE("RESOLVE_BENEATH");
	R(o2(top, "in", 0, 0, RESOLVE_BENEATH));
	R(o2(top, "sub/../in", 0, 0, RESOLVE_BENEATH));
	R(o2(top, "../out", 0, 0, RESOLVE_BENEATH));
	R(o2(top, "..", O_DIRECTORY, 0, RESOLVE_BENEATH));
	R(o2(top, "/in", 0, 0, RESOLVE_BENEATH));
	R(o2(top, "sub/escape", 0, 0, RESOLVE_BENEATH));
	R(o2(top, "sub/abs", 0, 0, RESOLVE_BENEATH));
	R(o2(top, "sub/rel", 0, 0, RESOLVE_BENEATH));
	R(o2(top, "sub/rel2", 0, 0, RESOLVE_BENEATH));
	TITLE("RESOLVE_IN_ROOT");
	R(o2(top, "/in", 0, 0, RESOLVE_IN_ROOT));
	R(o2(top, "../../in", 0, 0, RESOLVE_IN_ROOT));
	R(o2(top, "sub/abs", 0, 0, RESOLVE_IN_ROOT));
	R(o2(top, "sub/escape", 0, 0, RESOLVE_IN_ROOT));
	R(o2(top, "/sub/../../in", 0, 0, RESOLVE_IN_ROOT));
	TITLE("RESOLVE_NO_SYMLINKS, NO_XDEV, CACHED");
	R(o2(top, "sub/rel", 0, 0, RESOLVE_NO_SYMLINKS));
	R(o2(top, "sub/rel", O_PATH | O_NOFOLLOW, 0, RESOLVE_NO_SYMLINKS));
	R(o2(top, "sub/../in", 0, 0, RESOLVE_NO_SYMLINKS));
	R(o2(AT_FDCWD, "/dev/null", 0, 0, RESOLVE_NO_XDEV));
	R(o2(AT_FDCWD, "/proc/version", 0, 0, RESOLVE_NO_XDEV));
	R(o2(AT_FDCWD, "top/in", 0, 0, RESOLVE_NO_XDEV));
	R(o2(AT_FDCWD, "/proc/self/exe", 0, 0, RESOLVE_NO_MAGICLINKS));
	R(o2(AT_FDCWD, "/proc/self/exe", 0, 0, 0));
	R(o2(AT_FDCWD, "/proc/self/exe", O_PATH | O_NOFOLLOW, 0, RESOLVE_NO_MAGICLINKS));
	R(o2(top, "in", 0, 0, RESOLVE_CACHED));
	R(o2(top, "in", O_CREAT, 0, RESOLVE_CACHED));
	R(o2(top, "in", O_TRUNC | O_RDWR, 0, RESOLVE_CACHED));
	return 0;
}
