// SPDX-License-Identifier: GPL-2.0
/* tmpfs: content and holes, limits, rename, what is given back. */
#include "../fs_test.h"
#include "tmpfs.h"
#include <linux/falloc.h>

static struct tmpfs_sb *sb_of(const struct file *f) { return tmpfs_sb(f->inode->sb); }

KUNIT(tmpfs_holes)
{
	struct file *f;
	u8 buf[64];
	loff_t pos = 10 * PAGE_SIZE + 100;

	EXPECT_EQ(t_begin("size=1m"), 0);
	f = file_open("/kunit/f", O_CREAT | O_RDWR, 0644);
	EXPECT_EQ(kernel_write(f, "tail", 4, &pos), 4);
	EXPECT_EQ(f->inode->size, 10 * PAGE_SIZE + 104);
	EXPECT_EQ(f->inode->blocks, 8);
	EXPECT_EQ(kernel_read(f, buf, 64, 5 * PAGE_SIZE), 64);
	EXPECT_EQ(buf[0] | buf[63], 0);
	EXPECT_EQ(f->inode->blocks, 8);
	EXPECT_EQ(f->ops->llseek(f, 0, SEEK_DATA), 10 * PAGE_SIZE);
	EXPECT_EQ(f->ops->llseek(f, 0, SEEK_HOLE), 0);
	EXPECT_EQ(f->ops->llseek(f, 10 * PAGE_SIZE + 5, SEEK_HOLE), 10 * PAGE_SIZE + 104);
	EXPECT_EQ(f->ops->llseek(f, 10 * PAGE_SIZE + 104, SEEK_DATA), -ENXIO);
	EXPECT_EQ(f->ops->fallocate(f, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 20 * PAGE_SIZE), 0);
	EXPECT_EQ(f->inode->blocks, 0);
	EXPECT_EQ(f->inode->size, 10 * PAGE_SIZE + 104);
	EXPECT_EQ(sb_of(f)->pages, 0);
	file_put(f);
	t_end();
}

KUNIT(tmpfs_full)
{
	struct file *f, *g;
	char *buf = kzalloc(8 * PAGE_SIZE, GFP_KERNEL);
	loff_t pos = 0, gpos = 0;

	EXPECT_EQ(t_begin("size=32k,nr_inodes=4"), 0);
	f = file_open("/kunit/f", O_CREAT | O_RDWR, 0644);
	EXPECT_EQ(kernel_write(f, buf, 6 * PAGE_SIZE, &pos), 6 * PAGE_SIZE);
	EXPECT_EQ(sb_of(f)->pages, 6);
	g = file_open("/kunit/g", O_CREAT | O_RDWR, 0644);
	EXPECT(kernel_write(g, buf, 4 * PAGE_SIZE, &gpos) <= (ssize_t)(2 * PAGE_SIZE));
	gpos = 0;
	while (kernel_write(g, buf, PAGE_SIZE, &gpos) > 0)
		;
	EXPECT_EQ(g->inode->size, 2 * PAGE_SIZE);
	EXPECT_EQ(kernel_write(g, buf, 1, &gpos), -ENOSPC);
	EXPECT_EQ(sb_of(f)->pages, 8);
	EXPECT_EQ(sb_of(f)->promised, 0);
	EXPECT_EQ(g->ops->fallocate(g, 0, 0, 4 * PAGE_SIZE), -ENOSPC);
	EXPECT_EQ(g->inode->size, 2 * PAGE_SIZE);
	EXPECT_EQ(t_write("/kunit/h", ""), 0);
	EXPECT_EQ(t_write("/kunit/i", ""), -ENOSPC);
	EXPECT_EQ(t_unlink("/kunit/f"), 0);
	EXPECT_EQ(sb_of(f)->pages, 8);
	file_put(f);
	EXPECT_EQ(sb_of(g)->pages, 2);
	EXPECT_EQ(t_write("/kunit/i", "x"), 0);
	file_put(g);
	kfree(buf);
	t_end();
}

/* With no memory to spare new pages are refused; what a file has already can be written all the same. */
KUNIT(tmpfs_short_of_memory)
{
	LIST_HEAD(taken);
	struct file *f;
	loff_t pos = 0;

	EXPECT_EQ(t_begin("size=1m"), 0);
	f = file_open("/kunit/f", O_CREAT | O_RDWR, 0644);
	EXPECT_EQ(kernel_write(f, "x", 1, &pos), 1);
	for (int more = 16; more; more -= !tmpfs_memory_for(1)) {
		struct page *p = alloc_page(GFP_NOWAIT);

		EXPECT(p);
		if (!p)
			break;
		list_add(&p->lru, &taken);
	}
	EXPECT_EQ(kernel_write(f, "y", 1, &pos), 1);
	pos = PAGE_SIZE;
	EXPECT_EQ(kernel_write(f, "z", 1, &pos), -ENOSPC);
	while (!list_empty(&taken)) {
		struct page *p = list_first(&taken, struct page, lru);

		list_del(&p->lru);
		list_init(&p->lru);
		page_put(p);
	}
	file_put(f);
	t_end();
}

/* A range of 64 TiB is refused at once, not after a look at each page of it. */
KUNIT(fallocate_huge)
{
	struct file *f;

	EXPECT_EQ(t_begin("size=1m"), 0);
	f = file_open("/kunit/f", O_CREAT | O_RDWR, 0644);
	EXPECT_EQ(f->ops->fallocate(f, 0, 0, 1LL << 46), -ENOSPC);
	EXPECT_EQ(f->inode->blocks, 0);
	EXPECT_EQ(sb_of(f)->promised, 0);
	file_put(f);
	t_end();
	f = shmem_file_create("kunit", 0, O_RDWR);
	EXPECT_EQ(f->ops->fallocate(f, 0, 1LL << 40, 1LL << 46), -ENOSPC);
	file_put(f);
}

KUNIT(tmpfs_truncate)
{
	struct file *f;
	char buf[8];
	loff_t pos = 0;

	EXPECT_EQ(t_begin(NULL), 0);
	f = file_open("/kunit/f", O_CREAT | O_RDWR, 0644);
	EXPECT_EQ(kernel_write(f, "abcdefgh", 8, &pos), 8);
	EXPECT_EQ(do_truncate(f->path.dentry, 3, ATTR_MTIME, f), 0);
	EXPECT_EQ(do_truncate(f->path.dentry, 8, ATTR_MTIME, f), 0);
	EXPECT_EQ(kernel_read(f, buf, 8, 0), 8);
	EXPECT_MEM(buf, "abc\0\0\0\0\0", 8);
	EXPECT_EQ(kernel_read(f, buf, 8, 8), 0);
	EXPECT_EQ(kernel_read(f, buf, 8, 7), 1);
	file_put(f);
	t_end();
}

/* Reading a directory in parts while entries go: none is left out, none comes twice. */
struct seen { struct dir_context ctx; int n, max; char first[16]; };
static bool see(struct dir_context *ctx, const char *name, int len, loff_t off, u64 ino, unsigned type)
{
	struct seen *s = container_of(ctx, struct seen, ctx);

	if (s->n == s->max)
		return false;
	s->n++;
	scnprintf(s->first, sizeof(s->first), "%.*s", len, name);
	return true;
}

KUNIT(readdir_while_unlinking)
{
	struct seen s = { .ctx = { .actor = see }, .max = 2 };
	char name[] = "/kunit/f0";
	struct file *f;
	int removed = 0;

	EXPECT_EQ(t_begin(NULL), 0);
	for (char c = '0'; c < '9'; c++) {
		name[8] = c;
		EXPECT_EQ(t_write(name, ""), 0);
	}
	f = file_open("/kunit", O_RDONLY | O_DIRECTORY, 0);
	EXPECT_EQ(f->ops->iterate(f, &s.ctx), 0);	/* "." and ".." */
	s.max = 1;
	for (;;) {
		s.n = 0;
		EXPECT_EQ(f->ops->iterate(f, &s.ctx), 0);
		if (!s.n)
			break;
		scnprintf(name, sizeof(name), "/kunit/%s", s.first);
		EXPECT_EQ(t_unlink(name), 0);
		removed++;
	}
	EXPECT_EQ(removed, 9);
	file_put(f);
	t_end();
}
