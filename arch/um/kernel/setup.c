/* SPDX-License-Identifier: GPL-2.0 */
/* um_main(): from the host's main() to start_kernel(). Whatever can be wrong with the host or the options is said here. */
#include <drivers/blkdev.h>
#include <kernel/boot.h>
#include <kernel/bug.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/sched_internal.h>
#include <lib/misc.h>
#include <lib/string.h>
#include <mm/internal.h>
#include <asm/clock.h>
#include <asm/hostproc.h>

int physmem_fd;

u64 cpu_hwcap(void)
{
	u32 a = 1, b, c, d;

	__asm__("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	return d;
}

static u64 enabled_xfeatures(void)
{
	u32 lo, hi;

	__asm__("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	return (u64)hi << 32 | lo;
}

/* CPUID leaf 13: the size of an XSAVE image with the features that the host has switched on. */
static unsigned measure_xstate(void)
{
	u32 a = 1, b, c = 0, d;

	__asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	if (!(c >> 27 & 1) || !enabled_xfeatures())
		return 512;
	a = 13;
	c = 0;
	__asm__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return b;
}

unsigned signal_stack_min(void)
{
	return ALIGN(xstate_size + 64 + 1024, 16);
}

static int host_refuses(int err)
{
	if (err == -EPERM || err == -EACCES)
		option_error("the host does not let us trace our own processes (ptrace); allow it (in a container: --cap-add=SYS_PTRACE)");
	else
		option_error("the host refuses a process for guests: %s; free memory or raise its limits (ulimit -u)", errno_text(err));
	return 1;
}

int um_main(int argc, char **argv)
{
	int err = parse_options(argc, argv);

	if (err)
		return err < 0;
	os_pin_cpu();
	clocksource_init();
	err = os_events_init();
	if (err)
		return host_refuses(err);
	if (IS_ENABLED(CONFIG_BLK_DEV_UBD) && !kunit_wanted && ubd_check_images())
		return 1;
	physmem_fd = os_physmem_create(mem_bytes);
	if (physmem_fd < 0)
		return option_error("mem=: the host has no memory file of %llu MiB for us: %s; give less, or raise its limits (ulimit -f, -n)", (unsigned long long)mem_bytes >> 20,
				    errno_text(physmem_fd)), 1;
	heap_init(mem_bytes);
	slab_init();
	page_alloc_init(mem_bytes, physmem_fd);
	xstate_size = measure_xstate();
	err = hostproc_init();
	if (err)
		return host_refuses(err);
	pr_info("tracing thread pid = %d\n", os_getpid());
	os_set_title("./linux [(tracing thread)]");
	start_kernel();
}
