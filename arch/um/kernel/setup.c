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

static u64 enabled_xfeatures(void)
{
	u32 lo, hi;

	__asm__("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	return (u64)hi << 32 | lo;
}

struct cpuid { u32 a, b, c, d; };

static struct cpuid cpuid(u32 leaf, u32 subleaf)
{
	struct cpuid r = { .a = leaf, .c = subleaf };

	__asm__("cpuid" : "+a"(r.a), "=b"(r.b), "+c"(r.c), "=d"(r.d));
	return r;
}

u64 cpu_hwcap(void)
{
	return cpuid(1, 0).d;
}

#define OSXSAVE		BIT(27)	/* ECX of leaf 1: there is XGETBV, and an XSAVE image to measure */
#define XFD_SUPPORTED	4	/* ECX of a feature in leaf 13: may be switched off, a process has to ask for it */

/*
 * CPUID leaf 13: the sizes of XSAVE images with the features that the host has switched on. The host's register sets hold all;
 * frames, as on the host, not the large ones that a process has to ask for (the tiles of AMX: 8 KiB), which guests cannot.
 */
static void measure_xstate(void)
{
	u64 features = cpuid(1, 0).c & OSXSAVE ? enabled_xfeatures() : 0;

	xstate_size = xframe_size = 512;
	if (!features)
		return;
	xstate_size = cpuid(13, 0).b;
	xframe_size = 512 + 64;
	xframe_features = features;
	for (u32 i = 2; i < 63; i++) {
		struct cpuid f = cpuid(13, i);

		if (features >> i & 1 && f.c & XFD_SUPPORTED)
			xframe_features &= ~BIT(i);
		else if (features >> i & 1)
			xframe_size = max(xframe_size, f.b + f.a);
	}
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
	measure_xstate();
	err = hostproc_init();
	if (err)
		return host_refuses(err);
	pr_info("tracing thread pid = %d\n", os_getpid());
	os_set_title("./linux [(tracing thread)]");
	start_kernel();
}
