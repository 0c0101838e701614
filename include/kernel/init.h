/* SPDX-License-Identifier: GPL-2.0 */
/* Records gathered by the linker: initcalls, boot options, unit tests. Adding one touches no other file. */
#ifndef KERNEL_INIT_H
#define KERNEL_INIT_H

#include <kernel/types.h>

/*
 * Initcalls run in a kernel thread (may sleep), level by level; within a level in link order.
 * A negative return is logged and boot goes on.
 */
struct initcall { int (*fn)(void); const char *name; int level; };
#define INITCALL_(f, lvl) \
	static const struct initcall initcall_##f __section("initcalls") = { f, #f, lvl }
#define core_initcall(f)	INITCALL_(f, 1)		/* caches, hash tables: uses mm and sched only */
#define fs_initcall(f)		INITCALL_(f, 2)		/* file system types, character device classes */
#define device_initcall(f)	INITCALL_(f, 3)		/* drivers */
#define late_initcall(f)	INITCALL_(f, 4)		/* needs devices */
void do_initcalls(void);

/*
 * Boot options. name ends in '=' when a value is taken ("root=", "ubd="): then every word starting with it
 * matches, and fn gets the rest. A name that ends in '#' matches that prefix and anything after ("ubd#" takes
 * "ubd0r=file" and fn gets "0r=file"). fn runs before any memory allocation but static (early) and returns 0, or
 * -errno after saying why by option_error(); -ENOENT: not mine after all, pass on. help: one line for --help.
 */
struct boot_option { const char *name; int (*fn)(char *value); const char *args; const char *help; };
#define BOOT_OPTION(name, fn, args, help) \
	BOOT_OPTION_(name, fn, args, help, __COUNTER__)
#define BOOT_OPTION_(name, fn, args, help, n)	BOOT_OPTION__(name, fn, args, help, n)
#define BOOT_OPTION__(name, fn, args, help, n) \
	static const struct boot_option boot_option_##n __section("boot_options") = { name, fn, args, help }

/* "linux: <option>: <reason>; <way out>" on stderr, as conventions ask. Returns -EINVAL for convenience. */
int option_error(const char *fmt, ...) __printf(1, 2);

/* For use by parsers: "64M" -> bytes; *end is left behind the suffix (k, m, g, K, M, G or none). */
u64 memparse(const char *s, char **end);

extern char saved_command_line[4096];		/* the joined line: /proc/cmdline */

#endif
