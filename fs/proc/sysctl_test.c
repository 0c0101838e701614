// SPDX-License-Identifier: GPL-2.0
/* Unit tests of values below /proc/sys. */
#include <fs/proc.h>
#include <kernel/kunit.h>

KUNIT(sysctl_values)
{
	int value = 5;
	char str[8] = "";
	struct sysctl_int s = { &value, 0, 10 };
	struct sysctl_str ss = { str, sizeof(str) };
	char good[] = " 7\n", big[] = "11", junk[] = "x", empty[] = "\n", name[] = "abcdefghij\n";

	EXPECT_EQ(proc_int_write(good, 3, &s), 3);
	EXPECT_EQ(value, 7);
	EXPECT_EQ(proc_int_write(big, 2, &s), -EINVAL);
	EXPECT_EQ(proc_int_write(junk, 1, &s), -EINVAL);
	EXPECT_EQ(proc_int_write(empty, 1, &s), -EINVAL);
	EXPECT_EQ(value, 7);
	EXPECT_EQ(proc_str_write(name, 11, &ss), 11);
	EXPECT_STR(str, "abcdefg");
}
