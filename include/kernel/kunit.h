/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Unit tests, in x_test.c beside x.c. `./linux kunit [name]` runs them in a kernel thread after the initcalls (they may
 * sleep, start kthreads, use page cache and block devices), prints TAP and ends with 0 or 1.
 * Host-side files (lib/, on-disk code) are also compiled with tools/testing/host/kunit_main.c under sanitizers.
 */
#ifndef KERNEL_KUNIT_H
#define KERNEL_KUNIT_H

#include <kernel/types.h>

struct kunit { const char *name; void (*fn)(void); };
#define KUNIT(name)							\
	static void kunit_##name(void);					\
	static const struct kunit kunit_rec_##name __section("kunits") = { #name, kunit_##name }; \
	static void kunit_##name(void)

void kunit_fail(const char *file, int line, const char *fmt, ...) __printf(3, 4);

#define EXPECT(cond) do { if (!(cond)) kunit_fail(__FILE__, __LINE__, "%s", #cond); } while (0)
#define EXPECT_EQ(a, b) do {						\
	long long a_ = (long long)(a), b_ = (long long)(b);		\
	if (a_ != b_)							\
		kunit_fail(__FILE__, __LINE__, "%s is %lld, not %lld", #a, a_, b_);	\
} while (0)
#define EXPECT_STR(a, b) do {						\
	const char *a_ = (a), *b_ = (b);				\
	if (strcmp(a_, b_))						\
		kunit_fail(__FILE__, __LINE__, "%s is \"%s\", not \"%s\"", #a, a_, b_);	\
} while (0)
#define EXPECT_MEM(a, b, n) do {					\
	if (memcmp((a), (b), (n)))					\
		kunit_fail(__FILE__, __LINE__, "%s differs from %s", #a, #b);	\
} while (0)

#endif
