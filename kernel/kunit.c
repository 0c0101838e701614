/* SPDX-License-Identifier: GPL-2.0 */
/* ./linux kunit [name]: runs the unit tests that the linker gathered, prints TAP, ends with 0 or 1. */
#include <kernel/init.h>
#include <kernel/kunit.h>
#include <kernel/printk.h>
#include <lib/string.h>
#include <asm/os.h>

extern const struct kunit __start_kunits[] __weak, __stop_kunits[] __weak;
static int failures;

static void say(const char *fmt, ...) __printf(1, 2);
static void say(const char *fmt, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	os_print_stdout(line, (size_t)min(n, (int)sizeof(line) - 1));
}

void kunit_fail(const char *file, int line, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	failures++;
	say("# %s:%d: %s\n", file, line, text);
}

int kunit_run(const char *only)
{
	int n = 0, bad = 0;

	for (const struct kunit *k = __start_kunits; k < __stop_kunits; k++)
		n += !only || str_has_prefix(k->name, only);
	say("1..%d\n", n);
	n = 0;
	for (const struct kunit *k = __start_kunits; k < __stop_kunits; k++) {
		if (only && !str_has_prefix(k->name, only))
			continue;
		failures = 0;
		k->fn();
		bad += failures > 0;
		say("%sok %d - %s\n", failures ? "not " : "", ++n, k->name);
	}
	return bad ? 1 : 0;
}
