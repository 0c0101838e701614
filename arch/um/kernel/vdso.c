/* SPDX-License-Identifier: GPL-2.0 */
/* Mapping the vDSO and its data page into programs. The pages are made once and shared by all. */
#include <kernel/bug.h>
#include <kernel/init.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <asm/clock.h>
#include <asm/thread.h>
#include <asm/vvar.h>

extern const u8 vdso_image[], vdso_image_end[];

static struct page *data_page, *code_page;

static int vdso_fault(struct vma *v, unsigned long pgoff, struct page **out)
{
	*out = v->private ? data_page : code_page;
	if (pgoff)
		return -EFAULT;
	page_get(*out);
	return 0;
}

static const char *vdso_name(struct vma *v)
{
	return v->private ? "[vvar]" : "[vdso]";
}

static const struct vm_ops vdso_ops = { .fault = vdso_fault, .name = vdso_name };

long vdso_map(struct mm *mm)
{
	long at;

	if (!code_page)
		return -ENOSYS;
	at = mm_map_special(mm, 0, 2 * PAGE_SIZE, VM_READ | VM_MAYREAD, &vdso_ops, data_page);
	if (at < 0)
		return at;
	/* one gap for both, so that they lie side by side */
	do_munmap(mm, (uaddr_t)at, 2 * PAGE_SIZE);
	mm_map_special(mm, (uaddr_t)at, PAGE_SIZE, VM_READ | VM_MAYREAD, &vdso_ops, data_page);
	at = mm_map_special(mm, (uaddr_t)at + PAGE_SIZE, PAGE_SIZE, VM_READ | VM_EXEC | VM_MAYREAD | VM_MAYEXEC, &vdso_ops, NULL);
	return at;
}

static int vdso_init(void)
{
	size_t n = (size_t)(vdso_image_end - vdso_image);

	BUG_ON(n > PAGE_SIZE);
	data_page = alloc_page(GFP_ZERO);
	code_page = alloc_page(GFP_ZERO);
	if (!data_page || !code_page) {
		code_page = NULL;
		return -ENOMEM;
	}
	memcpy(page_address(code_page), vdso_image, n);
	clocksource_share(page_address(data_page));
	return 0;
}
core_initcall(vdso_init);
