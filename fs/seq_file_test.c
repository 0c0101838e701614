// SPDX-License-Identifier: GPL-2.0
/* Unit tests of texts made while they are read. */
#include <fs/seq_file.h>
#include <kernel/kunit.h>
#include <lib/string.h>
#include <mm/slab.h>

static int made;

static int count_show(struct seq_file *m, void *arg)
{
	int i;

	made++;
	for (i = 0; i < 1000; i++)
		seq_printf(m, "line %d of text %d\n", i, made);
	return 0;
}

static int fail_show(struct seq_file *m, void *arg)
{
	seq_puts(m, "never seen");
	return -ENXIO;
}

static ssize_t read_at(struct file *f, char *buf, size_t n, loff_t *pos)
{
	struct iov_iter it;

	iov_iter_kernel(&it, buf, n);
	return text_read(f, &it, pos);
}

KUNIT(seq_small_reads_see_one_text)
{
	struct file f = { 0 };
	size_t size = 32 * 1024, n = 0;
	char *big = kmalloc(size, 0), *small = kmalloc(size, 0);
	loff_t pos = 0;
	ssize_t r, whole;

	made = 0;
	EXPECT_EQ(text_open(&f, count_show, NULL), 0);
	while ((r = read_at(&f, small + n, 7, &pos)) > 0)
		n += (size_t)r;
	EXPECT_EQ(made, 1);
	pos = 0;
	made = 0;
	whole = read_at(&f, big, size, &pos);	/* offset 0: made again */
	EXPECT_EQ(made, 1);
	EXPECT_EQ(whole, n);
	EXPECT_MEM(big, small, n);
	pos = 5;
	EXPECT_EQ(read_at(&f, small, 3, &pos), 3);
	EXPECT_MEM(small, "0 o", 3);
	text_release(NULL, &f);
	kfree(big);
	kfree(small);
}

KUNIT(seq_errors_and_escapes)
{
	struct file f = { 0 };
	struct seq_file m = { 0 };
	loff_t pos = 0;
	char buf[16];

	EXPECT_EQ(text_open(&f, fail_show, NULL), 0);
	EXPECT_EQ(read_at(&f, buf, sizeof(buf), &pos), -ENXIO);
	text_release(NULL, &f);
	seq_escape(&m, "a b\tc\\", " \t\n\\");
	seq_putc(&m, 0);
	EXPECT_STR(m.buf, "a\\040b\\011c\\134");
	kfree(m.buf);
}
