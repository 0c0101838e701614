/* SPDX-License-Identifier: GPL-2.0 */
/* From the idle task to the first program: init calls, root file system, init. */
#include <fs/file.h>
#include <fs/mount.h>
#include <fs/namei.h>
#include <kernel/boot.h>
#include <kernel/bug.h>
#include <kernel/cred.h>
#include <kernel/exec.h>
#include <kernel/init.h>
#include <kernel/leaks.h>
#include <kernel/ns.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <kernel/sched.h>
#include <kernel/sched_internal.h>
#include <lib/misc.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <asm/clock.h>
#include <asm/os.h>

struct process *init_process;
u64 bogomips_x100;

extern const struct initcall __start_initcalls[], __stop_initcalls[];

void do_initcalls(void)
{
	for (int level = 1; level <= 4; level++)
		for (const struct initcall *c = __start_initcalls; c < __stop_initcalls; c++) {
			int err = c->level == level ? c->fn() : 0;

			if (err)
				pr_err("%s: failed: %s\n", c->name, errno_text(err));
		}
}

/* A tradition: how fast an empty loop runs. A millisecond is enough to tell. */
static void calibrate_delay(void)
{
	u64 end = os_monotonic_ns() + NSEC_PER_MSEC, n = 0;

	do {
		for (volatile int i = 0; i < 1000; i++)
			;
		n += 1000;
	} while (os_monotonic_ns() < end);
	pr_info("Calibrating delay loop... %llu.%02llu BogoMIPS\n", (unsigned long long)(n * 2000 / 1000000), (unsigned long long)(n * 2000 / 10000 % 100));
	bogomips_x100 = n * 2000 / 10000;
}



/* What the user gave cannot be booted: that is said in one line, and is no panic of ours. */
void boot_refused(const char *fmt, ...)
{
	char text[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	umount_all();
	console_flush_all();
	option_error("%s", text);
	os_exit(1);
}

static void open_console(void)
{
	struct file *f = file_open("/dev/console", O_RDWR, 0), *files[3];
	int fds[3];

	if (IS_ERR(f)) {
		pr_warn("cannot open /dev/console (error %ld): init starts without one\n", -PTR_ERR(f));
		return;
	}
	if (fd_reserve(fds, 3, 0)) {
		file_put(f);
		return;
	}
	files[0] = f;
	files[1] = file_get(f);
	files[2] = file_get(f);
	fd_install(fds, files, 3);
}

static int try_init(const char *path)
{
	int err;

	init_argv[0] = path;
	err = kernel_execve(path, init_argv, init_envp);
	if (err && err != -ENOENT)
		pr_err("%s exists but cannot be run: %s\n", path, errno_text(err));
	return err;
}

/* Becomes the first program: returns if one was started. */
static void exec_init(void)
{
	static const char *const usual[] = { "/sbin/init", "/etc/init", "/bin/init", "/bin/sh" };
	int err;

	if (initramfs_has_init() && !try_init(rdinit_path))
		return;
	if (init_path) {
		err = try_init(init_path);
		if (!err)
			return;
		boot_refused("init=%s: cannot be run: %s; give another, init=/bin/sh is a good one", init_path, errno_text(err));
	}
	for (unsigned i = 0; i < ARRAY_SIZE(usual); i++)
		if (!try_init(usual[i]))
			return;
	boot_refused("no init in the root file system; name a program, init=/bin/sh is a good one");
}

static int kernel_init(void *unused)
{
	init_process = current->process;
	start_kthreadd_work();
	do_initcalls();
	if (kunit_wanted) {
		int failed = kunit_run(kunit_name);

		console_flush_all();
		os_exit(failed);
	}
	leaks_begin();
	mount_root();
	if (files_init_task(current))
		panic("no memory for init");
	open_console();
	current->blocked = 0;
	exec_init();
	fail_alloc_start();
	run_guest();
}

void kernel_terminate(void)
{
	shutdown_all();
	console_flush_all();
	os_exit(1);
}

void start_kernel(void)
{
	static struct process idle_process;
	static struct task idle;

	static struct pid idle_pid = { .nr = 0, .refs = 1 };

	for (int i = 0; i < PIDTYPE_MAX; i++)
		list_init(&idle_pid.tasks[i]);
	idle.process = &idle_process;
	idle.pid = idle_process.tgid = idle_process.pgrp = idle_process.session = &idle_pid;
	idle.flags = PF_KTHREAD | PF_IDLE;
	idle.cred = &init_cred;
	idle.ns = &init_nsproxy;
	idle.fs = &init_fs;
	idle_process.leader = &idle;
	strscpy(idle.comm, "swapper", sizeof(idle.comm));
	list_init(&idle_process.threads);
	sched_init(&idle);
	tasks_init();
	pr_notice("%s\n", um_banner);
	pr_notice("Kernel command line: %s\n", saved_command_line);
	calibrate_delay();
	pr_info("Memory: %luk available\n", nr_free_pages() * 4);
	if (IS_ERR(kthread_create(kernel_init, NULL, "init")))
		panic("no memory for the first task; give more by mem=");
	idle_loop();
}
