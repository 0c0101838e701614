// SPDX-License-Identifier: GPL-2.0
/* Unit tests of the tree behind /sys. */
#include <kernel/kunit.h>
#include <lib/string.h>
#include <mm/slab.h>
#include "internal.h"

static int value_show(struct seq_file *m, void *arg) { return 0; }
static const struct sysfs_attr attrs[] = { { "value", 0444, value_show }, { } };

KUNIT(sysfs_tree)
{
	struct sysfs_node *top = sysfs_dir(NULL, "kunit"), *a = sysfs_dir(top, "a/b"), *c = sysfs_dir(top, "c"), *link;
	char *text;

	EXPECT(top && a && c);
	EXPECT(sysfs_dir(NULL, "kunit/a/b") == a);
	EXPECT_EQ(sysfs_files(a, attrs, NULL), 0);
	EXPECT_EQ(sysfs_files(a, attrs, NULL), -EEXIST);
	EXPECT_EQ(sysfs_link(c, "up", a), 0);
	EXPECT_EQ(sysfs_link(c, "up", a), -EEXIST);
	EXPECT_EQ(sysfs_link(a, "here", a), 0);
	text = sysfs_link_text(sysfs_find(c, "up"));
	EXPECT_STR(text, "../a/b");
	kfree(text);
	text = sysfs_link_text(sysfs_find(a, "here"));
	EXPECT_STR(text, "../b");
	kfree(text);

	link = sysfs_get(sysfs_find(c, "up"));
	sysfs_remove(a);
	EXPECT(!sysfs_find(c, "up"));
	EXPECT_EQ(PTR_ERR(sysfs_link_text(link)), -ENOENT);
	EXPECT(!sysfs_enter(link));
	sysfs_put(link);
	EXPECT(sysfs_find(top, "a") && !sysfs_find(sysfs_find(top, "a"), "b"));
	sysfs_remove(top);
	EXPECT(!sysfs_find(&sysfs_root, "kunit"));
}
