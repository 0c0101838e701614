// SPDX-License-Identifier: GPL-2.0
/* POSIX access control lists by their extended attributes: checks, chmod, what a list does to the mode, inheritance. */
#include "diff.h"
#include <sys/xattr.h>

#define ACCESS	"system.posix_acl_access"
#define DEFAULT	"system.posix_acl_default"
enum { U_OBJ = 1, USER = 2, G_OBJ = 4, GROUP = 8, MASK = 16, OTHER = 32 };

struct acl { uint32_t version; struct { uint16_t tag, perm; uint32_t id; } e[16]; };
static struct acl acl;
static int n;

static void begin(void) { acl.version = 2; n = 0; }
static void add(int tag, int perm, uint32_t id)
{
	acl.e[n].tag = (uint16_t)tag;
	acl.e[n].perm = (uint16_t)perm;
	acl.e[n++].id = id;
}
static int set(const char *f, const char *name) { return setxattr(f, name, &acl, 4 + 8 * (size_t)n, 0); }

static void show(const char *f, const char *name)
{
	struct acl a;
	ssize_t r = getxattr(f, name, &a, sizeof(a));

	printf("%s %s:", f, name + 17);
	if (r < 0)
		printf(" %s", strerrorname_np(errno));
	for (ssize_t i = 0; i < (r - 4) / 8; i++)
		printf(" %d:%o:%d", a.e[i].tag, a.e[i].perm, (int)a.e[i].id);
	printf("\n");
}

static int try_open(const char *f, int flags) { int fd = open(f, flags); if (fd >= 0) close(fd); return fd < 0 ? -1 : 0; }

int main(void)
{
	make_file("f", "x");
	mkdir("d", 0755);
	begin();
	add(U_OBJ, 6, -1); add(USER, 6, NOBODY); add(G_OBJ, 4, -1); add(MASK, 6, -1); add(OTHER, 0, -1);
	TITLE("a named user");
	R(set("f", ACCESS));
	if (errno == EOPNOTSUPP)
		return 0;
	show("f", ACCESS);
	show_stat("f");
	U(R(try_open("f", O_RDONLY)); R(try_open("f", O_RDWR)); R(access("f", X_OK)));
	TITLE("chmod sets the mask");
	R(chmod("f", 0640));
	show("f", ACCESS);
	U(R(try_open("f", O_RDONLY)); R(try_open("f", O_RDWR)));
	R(chmod("f", 0600));
	U(R(try_open("f", O_RDONLY)));
	R(chmod("f", 0777));
	show("f", ACCESS);
	U(R(try_open("f", O_RDWR)); R(set("f", ACCESS)); R(removexattr("f", ACCESS)));
	TITLE("a list that the mode can say");
	begin();
	add(U_OBJ, 6, -1); add(G_OBJ, 4, -1); add(OTHER, 1, -1);
	R(set("f", ACCESS));
	show("f", ACCESS);
	show_stat("f");
	TITLE("bad lists");
	begin();
	add(U_OBJ, 6, -1); add(USER, 6, 5); add(G_OBJ, 4, -1); add(OTHER, 0, -1);
	R(set("f", ACCESS));
	begin();
	add(G_OBJ, 4, -1); add(U_OBJ, 6, -1); add(OTHER, 0, -1);
	R(set("f", ACCESS));
	begin();
	add(U_OBJ, 6, -1); add(OTHER, 0, -1);
	R(set("f", ACCESS));
	begin();
	add(U_OBJ, 017, -1); add(G_OBJ, 4, -1); add(OTHER, 0, -1);
	R(set("f", ACCESS));
	acl.version = 3;
	R(set("f", ACCESS));
	R(setxattr("f", ACCESS, &acl, 3, 0));
	R(setxattr("f", ACCESS, &acl, 4 + 5, 0));
	TITLE("groups: one that grants is enough, but only through the mask");
	if (is_root()) {
		begin();
		add(U_OBJ, 6, -1); add(G_OBJ, 0, -1); add(GROUP, 4, NOBODY); add(GROUP, 6, 77); add(MASK, 4, -1); add(OTHER, 7, -1);
		R(set("f", ACCESS));
		show_stat("f");
		U(R(try_open("f", O_RDONLY)); R(try_open("f", O_RDWR)); R(access("f", X_OK)));
		C(setgid(77); setgroups(0, NULL); setuid(12345); R(try_open("f", O_RDONLY)); R(try_open("f", O_RDWR)));
		C(setgid(5); setgroups(0, NULL); setuid(12345); R(try_open("f", O_RDWR)));
	}
	R(removexattr("f", ACCESS));
	show("f", ACCESS);
	show_stat("f");
	TITLE("defaults");
	begin();
	add(U_OBJ, 7, -1); add(USER, 7, 1000); add(G_OBJ, 5, -1); add(MASK, 7, -1); add(OTHER, 0, -1);
	R(set("f", DEFAULT));
	R(set("d", DEFAULT));
	show_stat("d");
	umask(077);
	R(try_open("d/new", O_CREAT | O_RDWR));
	close(open("d/made", O_CREAT | O_RDWR, 0666));
	show_stat("d/made");
	show("d/made", ACCESS);
	R(mkdir("d/sub", 0777));
	show_stat("d/sub");
	show("d/sub", ACCESS);
	show("d/sub", DEFAULT);
	R(symlink("x", "d/link"));
	R(mkfifo("d/fifo", 0644));
	show_stat("d/fifo");
	R(removexattr("d", DEFAULT));
	R(removexattr("d", DEFAULT));
	show("d", DEFAULT);
	return 0;
}
