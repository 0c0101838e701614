// SPDX-License-Identifier: GPL-2.0
/* The path walk: links, mounts, "..", what a confined walk refuses; what a walk counts it gives back. */
#include "fs_test.h"

KUNIT(walk_names)
{
	EXPECT_EQ(t_begin(NULL), 0);
	EXPECT_EQ(t_mkdir("/kunit/a"), 0);
	EXPECT_EQ(t_mkdir("/kunit/a/"), -EEXIST);
	EXPECT_EQ(t_mkdir("/kunit/a/b/"), 0);
	EXPECT_EQ(t_mkdir("/kunit/x/y"), -ENOENT);
	EXPECT_EQ(t_write("/kunit/a/b/f", "hello"), 0);
	EXPECT_STR(t_path("/kunit/a/b/f", 0) ?: "", "/kunit/a/b/f");
	EXPECT_STR(t_path("//kunit/./a/../a//b/.", 0) ?: "", "/kunit/a/b");
	EXPECT_STR(t_path("/../../kunit", 0) ?: "", "/kunit");
	EXPECT_STR(t_path("/", 0) ?: "", "/");
	EXPECT_EQ(t_lookup("/kunit/a/b/f/", 0), -ENOTDIR);
	EXPECT_EQ(t_lookup("/kunit/a/b/f/x", 0), -ENOTDIR);
	EXPECT_EQ(t_lookup("/kunit/a/b/f/..", 0), -ENOTDIR);
	EXPECT_EQ(t_lookup("/kunit/a/none", 0), -ENOENT);
	EXPECT_EQ(t_lookup("", 0), -ENOENT);
	EXPECT_EQ(t_lookup("", LOOKUP_EMPTY), 0);
	t_end();
}

KUNIT(walk_long_names)
{
	char name[300] = "/kunit/";

	EXPECT_EQ(t_begin(NULL), 0);
	memset(name + 7, 'n', 255);
	EXPECT_EQ(t_write(name, "x"), 0);
	EXPECT_STR(t_path(name, 0) ?: "", name);
	name[7 + 255] = 'n';
	EXPECT_EQ(t_write(name, "x"), -ENAMETOOLONG);
	EXPECT_EQ(t_lookup(name, 0), -ENAMETOOLONG);
	t_end();
}

KUNIT(walk_links)
{
	EXPECT_EQ(t_begin(NULL), 0);
	EXPECT_EQ(t_mkdir("/kunit/d"), 0);
	EXPECT_EQ(t_write("/kunit/d/f", "x"), 0);
	EXPECT_EQ(t_symlink("d", "/kunit/rel"), 0);
	EXPECT_EQ(t_symlink("/kunit/rel/", "/kunit/abs"), 0);
	EXPECT_EQ(t_symlink("../abs/f", "/kunit/d/up"), 0);
	EXPECT_EQ(t_symlink("loop2", "/kunit/loop1"), 0);
	EXPECT_EQ(t_symlink("loop1", "/kunit/loop2"), 0);
	EXPECT_EQ(t_symlink("/", "/kunit/root"), 0);
	EXPECT_EQ(t_symlink("nowhere", "/kunit/dangling"), 0);
	EXPECT_STR(t_path("/kunit/rel/f", 0) ?: "", "/kunit/d/f");
	EXPECT_STR(t_path("/kunit/abs/up", LOOKUP_FOLLOW) ?: "", "/kunit/d/f");
	EXPECT_STR(t_path("/kunit/abs/up", 0) ?: "", "/kunit/d/up");
	EXPECT_STR(t_path("/kunit/abs/", 0) ?: "", "/kunit/d");
	EXPECT_STR(t_path("/kunit/root/kunit/rel", LOOKUP_FOLLOW) ?: "", "/kunit/d");
	EXPECT_STR(t_path("/kunit/root", LOOKUP_FOLLOW) ?: "", "/");
	EXPECT_STR(t_path("/kunit/d/../rel/../rel/f", 0) ?: "", "/kunit/d/f");
	EXPECT_EQ(t_lookup("/kunit/loop1", LOOKUP_FOLLOW), -ELOOP);
	EXPECT_EQ(t_lookup("/kunit/loop1/x", 0), -ELOOP);
	EXPECT_EQ(t_lookup("/kunit/loop1", 0), 0);
	EXPECT_EQ(t_lookup("/kunit/dangling", LOOKUP_FOLLOW), -ENOENT);
	EXPECT_EQ(t_lookup("/kunit/rel/f", LOOKUP_NO_SYMLINKS), -ELOOP);
	t_end();
}

/* Creating through a link that leads nowhere makes what it names. */
KUNIT(create_through_link)
{
	EXPECT_EQ(t_begin(NULL), 0);
	EXPECT_EQ(t_mkdir("/kunit/d"), 0);
	EXPECT_EQ(t_symlink("d/target", "/kunit/l"), 0);
	EXPECT_EQ(PTR_ERR(file_open("/kunit/l", O_CREAT | O_EXCL | O_WRONLY, 0644)), -EEXIST);
	EXPECT_EQ(PTR_ERR(file_open("/kunit/l", O_CREAT | O_NOFOLLOW | O_WRONLY, 0644)), -ELOOP);
	EXPECT_EQ(t_write("/kunit/l", "x"), 0);
	EXPECT_STR(t_path("/kunit/l", LOOKUP_FOLLOW) ?: "", "/kunit/d/target");
	EXPECT_EQ(PTR_ERR(file_open("/kunit/d/", O_CREAT | O_WRONLY, 0644)), -EISDIR);
	EXPECT_EQ(PTR_ERR(file_open("/kunit/d", O_WRONLY, 0644)), -EISDIR);
	t_end();
}

KUNIT(walk_links_nested)
{
	char name[] = "/kunit/l0", target[] = "l0";

	EXPECT_EQ(t_begin(NULL), 0);
	EXPECT_EQ(t_mkdir("/kunit/l0"), 0);
	for (int i = 1; i <= 41; i++) {
		name[8] = (char)('0' + i);
		target[1] = (char)('0' + i - 1);
		EXPECT_EQ(t_symlink(target, name), 0);
	}
	name[8] = '0' + 40;
	EXPECT_STR(t_path(name, LOOKUP_FOLLOW) ?: "", "/kunit/l0");
	name[8] = '0' + 41;
	EXPECT_EQ(t_lookup(name, LOOKUP_FOLLOW), -ELOOP);
	t_end();
}

KUNIT(walk_confined)
{
	struct path top;
	struct files *mine = current->files;
	int fd = -1;
	struct file *f;

	EXPECT_EQ(files_init_task(current), 0);
	EXPECT_EQ(t_begin(NULL), 0);
	EXPECT_EQ(t_mkdir("/kunit/top"), 0);
	EXPECT_EQ(t_mkdir("/kunit/top/sub"), 0);
	EXPECT_EQ(t_write("/kunit/out", "x"), 0);
	EXPECT_EQ(t_write("/kunit/top/in", "x"), 0);
	EXPECT_EQ(t_symlink("../../out", "/kunit/top/sub/escape"), 0);
	EXPECT_EQ(t_symlink("/in", "/kunit/top/sub/abs"), 0);
	f = file_open("/kunit/top", O_RDONLY, 0);
	fd = (int)fd_publish(f, 0);
	EXPECT(fd >= 0);
	EXPECT_EQ(path_lookup(fd, "sub/../in", LOOKUP_BENEATH, &top), 0);
	path_put(&top);
	EXPECT_EQ(path_lookup(fd, "..", LOOKUP_BENEATH, &top), -EXDEV);
	EXPECT_EQ(path_lookup(fd, "/in", LOOKUP_BENEATH, &top), -EXDEV);
	EXPECT_EQ(path_lookup(fd, "sub/escape", LOOKUP_BENEATH | LOOKUP_FOLLOW, &top), -EXDEV);
	EXPECT_EQ(path_lookup(fd, "sub/abs", LOOKUP_BENEATH | LOOKUP_FOLLOW, &top), -EXDEV);
	EXPECT_EQ(path_lookup(fd, "sub/abs", LOOKUP_IN_ROOT | LOOKUP_FOLLOW, &top), 0);
	path_put(&top);
	EXPECT_EQ(path_lookup(fd, "/in", LOOKUP_IN_ROOT, &top), 0);
	path_put(&top);
	EXPECT_EQ(path_lookup(fd, "../../../in", LOOKUP_IN_ROOT, &top), 0);
	path_put(&top);
	EXPECT_EQ(path_lookup(fd, "in/x", 0, &top), -ENOTDIR);
	EXPECT_EQ(path_lookup(99, "x", 0, &top), -EBADF);
	fd_close(fd);
	if (!mine)
		exit_files(current);
	t_end();
}

KUNIT(walk_mounts)
{
	struct path p;

	EXPECT_EQ(t_begin(NULL), 0);
	EXPECT_EQ(t_mkdir("/kunit/m"), 0);
	EXPECT_EQ(t_write("/kunit/m/hidden", "x"), 0);
	EXPECT_EQ(do_mount("two", "/kunit/m", "tmpfs", 0, NULL), 0);
	EXPECT_EQ(t_lookup("/kunit/m/hidden", 0), -ENOENT);
	EXPECT_EQ(t_mkdir("/kunit/m/deep"), 0);
	EXPECT_STR(t_path("/kunit/m/deep/../..", 0) ?: "", "/kunit");
	EXPECT_STR(t_path("/kunit/m/deep", 0) ?: "", "/kunit/m/deep");
	EXPECT_EQ(t_lookup("/kunit/m/deep", LOOKUP_NO_XDEV), -EXDEV);
	EXPECT_EQ(do_mount("/kunit/m/deep", "/kunit/m", NULL, MS_BIND, NULL), 0);
	EXPECT_EQ(t_lookup("/kunit/m/deep", 0), -ENOENT);
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(path_lookup(AT_FDCWD, "/kunit/m", 0, &p), 0);
		mount_umount(&p);
	}
	EXPECT_EQ(t_lookup("/kunit/m/hidden", 0), 0);
	t_end();
}

/* An open file outlives its name, shows it, and its inode goes with the last use. */
KUNIT(unlinked_while_open)
{
	char buf[64], *s;
	struct file *f;
	loff_t pos = 0;

	EXPECT_EQ(t_begin(NULL), 0);
	EXPECT_EQ(t_write("/kunit/f", "data"), 0);
	f = file_open("/kunit/f", O_RDWR, 0);
	EXPECT(!IS_ERR(f));
	EXPECT_EQ(t_unlink("/kunit/f"), 0);
	EXPECT_EQ(t_unlink("/kunit/f"), -ENOENT);
	EXPECT_EQ(f->inode->nlink, 0);
	s = d_path(&f->path, buf, sizeof(buf));
	EXPECT_STR(s, "/kunit/f (deleted)");
	EXPECT_EQ(t_write("/kunit/f", "new"), 0);
	EXPECT_EQ(kernel_read(f, buf, 10, pos), 4);
	EXPECT_MEM(buf, "data", 4);
	file_put(f);
	t_end();
}
