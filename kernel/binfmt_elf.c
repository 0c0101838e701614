/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ELF programs of x86-64: static, static-pie, and dynamic ones by their interpreter. Source: the ELF and x86-64 psABI
 * specifications; the auxiliary vector: man 3 getauxval.
 */
#include <fs/namei.h>
#include <kernel/bug.h>
#include <kernel/cred.h>
#include <kernel/exec.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <lib/misc.h>
#include <lib/string.h>
#include <mm/internal.h>
#include <mm/pagecache.h>
#include <mm/slab.h>
#include <linux/auxvec.h>
#include <linux/elf.h>
#include <linux/personality.h>
#include <linux/resource.h>

#define MAX_PHDRS	256
#define PIE_BASE	0x555555554000UL
#define STACK_INITIAL	(32 * PAGE_SIZE)	/* grows by itself */

struct image {
	struct elf64_hdr hdr;
	struct elf64_phdr *ph;
	uaddr_t bias;			/* added to the file's addresses */
	uaddr_t lo, hi;			/* what it covers, before the bias */
};

/* short_err: what it is when the file ends before. */
static int read_exact(struct file *f, void *buf, size_t n, u64 off, int short_err)
{
	ssize_t got = off > (u64)S64_MAX ? -EINVAL : kernel_read(f, buf, n, (loff_t)off);

	return got == (ssize_t)n ? 0 : got < 0 ? (int)got : short_err;
}

static int read_headers(struct file *f, struct image *im, int short_err)
{
	struct elf64_hdr *h = &im->hdr;
	int err = read_exact(f, h, sizeof(*h), 0, short_err);

	if (err)
		return err;
	if (memcmp(h->e_ident, ELFMAG, SELFMAG) || h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_ident[EI_DATA] != ELFDATA2LSB)
		return why(-ENOEXEC, "not a 64-bit little-endian ELF file");
	if (h->e_machine != EM_X86_64 || (h->e_type != ET_EXEC && h->e_type != ET_DYN))
		return why(-ENOEXEC, "an ELF file of type %u for machine %u", h->e_type, h->e_machine);
	if (h->e_phentsize != sizeof(struct elf64_phdr) || !h->e_phnum || h->e_phnum > MAX_PHDRS)
		return why(-ENOEXEC, "%u program headers of %u bytes", h->e_phnum, h->e_phentsize);
	im->ph = kmalloc(h->e_phnum * sizeof(struct elf64_phdr), GFP_KERNEL);
	if (!im->ph)
		return -ENOMEM;
	return read_exact(f, im->ph, h->e_phnum * sizeof(struct elf64_phdr), h->e_phoff, short_err);
}

static bool check_segment(const struct elf64_phdr *p)
{
	return p->p_filesz <= p->p_memsz && p->p_vaddr < TASK_SIZE && p->p_memsz < TASK_SIZE - p->p_vaddr &&
	       p->p_offset < (u64)S64_MAX - p->p_filesz && !((p->p_vaddr ^ p->p_offset) & ~PAGE_MASK);
}

static int measure(struct image *im)
{
	bool any = false;

	im->lo = ~0UL;
	im->hi = 0;
	for (int i = 0; i < im->hdr.e_phnum; i++) {
		struct elf64_phdr *p = &im->ph[i];

		if (p->p_type != PT_LOAD)
			continue;
		if (!check_segment(p))
			return why(-EINVAL, "a segment at %#lx of %#lx bytes", (long)p->p_vaddr, (long)p->p_memsz);
		any = true;
		im->lo = min(im->lo, (uaddr_t)p->p_vaddr & PAGE_MASK);
		im->hi = max(im->hi, (uaddr_t)PAGE_ALIGN(p->p_vaddr + p->p_memsz));
	}
	return any ? 0 : -ENOEXEC;
}

static const struct elf64_phdr *find_phdr(const struct image *im, u32 type)
{
	for (int i = 0; i < im->hdr.e_phnum; i++)
		if (im->ph[i].p_type == type)
			return &im->ph[i];
	return NULL;
}

static int prot_of(const struct elf64_phdr *p)
{
	return (p->p_flags & PF_R ? PROT_READ : 0) | (p->p_flags & PF_W ? PROT_WRITE : 0) | (p->p_flags & PF_X ? PROT_EXEC : 0);
}

/* The part of a segment behind the file's: zeros to the end of the last file page (programs rely on all of it), then anonymous pages. */
static int map_bss(uaddr_t file_end, uaddr_t mem_end, int prot)
{
	uaddr_t page_end = PAGE_ALIGN(file_end);
	long ret;

	if (prot & PROT_WRITE && page_end > file_end && clear_user(file_end, page_end - file_end))
		return -EFAULT;
	if (PAGE_ALIGN(mem_end) <= page_end)
		return 0;
	ret = do_mmap(NULL, page_end, PAGE_ALIGN(mem_end) - page_end, prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0);
	return ret < 0 ? (int)ret : 0;
}

static int map_segment(struct file *f, const struct elf64_phdr *p, uaddr_t bias)
{
	uaddr_t start = (p->p_vaddr + bias) & PAGE_MASK;
	uaddr_t file_end = p->p_vaddr + bias + p->p_filesz;
	long ret;

	if (p->p_filesz) {
		ret = do_mmap(f, start, PAGE_ALIGN(file_end) - start, prot_of(p), MAP_PRIVATE | MAP_FIXED,
			      (p->p_offset & PAGE_MASK) >> PAGE_SHIFT);
		if (ret < 0)
			return (int)ret;
	} else {
		file_end = start;
	}
	if (p->p_memsz > p->p_filesz)
		return map_bss(file_end, p->p_vaddr + bias + p->p_memsz, prot_of(p));
	return 0;
}

static int map_image(struct file *f, struct image *im)
{
	for (int i = 0; i < im->hdr.e_phnum; i++) {
		int err = im->ph[i].p_type == PT_LOAD ? map_segment(f, &im->ph[i], im->bias) : 0;

		if (err)
			return err;
	}
	return 0;
}

/* Pages of randomness, none if the personality asks for fixed addresses. */
static uaddr_t random_pages(unsigned bits)
{
	return current->personality & ADDR_NO_RANDOMIZE ? 0 : (uaddr_t)(get_random_u32() & ((1U << bits) - 1)) << PAGE_SHIFT;
}

static int place_interp(struct image *im)
{
	uaddr_t at;

	if (im->hdr.e_type == ET_EXEC)
		return im->hi <= TASK_SIZE ? 0 : -ENOMEM;
	at = find_gap(current->mm, im->hi - im->lo, 0);
	im->bias = at - im->lo;
	return at ? 0 : -ENOMEM;
}

static struct file *open_interp(struct exec *x, const struct image *im)
{
	const struct elf64_phdr *p = find_phdr(im, PT_INTERP);
	struct file *f;
	char *name;
	int err;

	if (!p)
		return NULL;
	if (p->p_filesz < 2 || p->p_filesz > PATH_MAX_)
		return ERR_PTR(-ENOEXEC);
	name = kmalloc(p->p_filesz, GFP_KERNEL);
	if (!name)
		return ERR_PTR(-ENOMEM);
	err = read_exact(x->file, name, p->p_filesz, p->p_offset, -EIO);
	if (!err && name[p->p_filesz - 1])
		err = why(-ENOEXEC, "the name of its interpreter has no end");
	f = err ? ERR_PTR(err) : exec_open_interp(name);
	kfree(name);
	return f;
}

/* --- the new stack --- */

static void aux(struct mm *mm, u64 type, u64 value)
{
	BUG_ON(mm->nr_auxv + 2 > (int)ARRAY_SIZE(mm->saved_auxv));
	mm->saved_auxv[mm->nr_auxv++] = type;
	mm->saved_auxv[mm->nr_auxv++] = value;
}

static void fill_auxv(struct mm *mm, struct exec *x, const struct image *im, uaddr_t interp_base, uaddr_t execfn,
		      uaddr_t platform, uaddr_t random)
{
	const struct cred *c = current->cred;
	const struct elf64_phdr *ph = find_phdr(im, PT_PHDR);
	uaddr_t phdr = ph ? ph->p_vaddr + im->bias : 0;

	for (int i = 0; !phdr && i < im->hdr.e_phnum; i++) {
		const struct elf64_phdr *p = &im->ph[i];

		if (p->p_type == PT_LOAD && im->hdr.e_phoff >= p->p_offset && im->hdr.e_phoff < p->p_offset + p->p_filesz)
			phdr = p->p_vaddr + (im->hdr.e_phoff - p->p_offset) + im->bias;
	}
	mm->nr_auxv = 0;
	if (mm->vdso)
		aux(mm, AT_SYSINFO_EHDR, mm->vdso);
	aux(mm, AT_HWCAP, cpu_hwcap());
	aux(mm, AT_PAGESZ, PAGE_SIZE);
	aux(mm, AT_CLKTCK, 100);
	aux(mm, AT_PHDR, phdr);
	aux(mm, AT_PHENT, sizeof(struct elf64_phdr));
	aux(mm, AT_PHNUM, im->hdr.e_phnum);
	aux(mm, AT_BASE, interp_base);
	aux(mm, AT_FLAGS, 0);
	aux(mm, AT_ENTRY, im->hdr.e_entry + im->bias);
	aux(mm, AT_UID, c->uid);
	aux(mm, AT_EUID, c->euid);
	aux(mm, AT_GID, c->gid);
	aux(mm, AT_EGID, c->egid);
	aux(mm, AT_SECURE, x->secure);
	aux(mm, AT_RANDOM, random);
	aux(mm, AT_HWCAP2, 0);
	aux(mm, AT_EXECFN, execfn);
	aux(mm, AT_PLATFORM, platform);
	aux(mm, AT_MINSIGSTKSZ, signal_stack_min());
	aux(mm, AT_NULL, 0);
}

/* Pointers to count strings from at on; returns the address behind the last. */
static uaddr_t fill_pointers(const char *s, uaddr_t at, int count, u64 *out)
{
	for (int i = 0; i < count; i++) {
		size_t n = strlen(s) + 1;

		out[i] = at;
		s += n;
		at += n;
	}
	out[count] = 0;
	return at;
}

/* From the top: 8 zero bytes, the file's name, strings, platform, random bytes; then auxv, envp, argv, argc at sp. */
static int build_stack(struct exec *x, struct image *im, uaddr_t top, uaddr_t interp_base, uaddr_t *sp_out)
{
	static const char platform[] = "x86_64";
	struct mm *mm = current->mm;
	size_t fn_len = strlen(x->name) + 1, words, bytes;
	uaddr_t execfn = top - 8 - fn_len, strings = execfn - x->len, plat, rnd, sp;
	u8 random[16];
	u64 *w;
	int err;

	mm->arg_start = strings;
	mm->arg_end = mm->env_start = strings + x->env_off;
	mm->env_end = strings + x->len;
	plat = (strings & ~15UL) - 16;
	rnd = plat - 16;
	get_random_bytes(random, sizeof(random));
	fill_auxv(mm, x, im, interp_base, execfn, plat, rnd);
	words = 1 + (size_t)x->argc + 1 + (size_t)x->envc + 1 + (size_t)mm->nr_auxv;
	bytes = words * sizeof(u64);
	sp = (rnd - random_pages(8) / PAGE_SIZE * 16 - bytes) & ~15UL;
	w = kmalloc(bytes, GFP_KERNEL);
	if (!w)
		return -ENOMEM;
	w[0] = (u64)x->argc;
	fill_pointers(x->strings, strings, x->argc, w + 1);
	fill_pointers(x->strings + x->env_off, mm->env_start, x->envc, w + 1 + x->argc + 1);
	memcpy(w + 1 + x->argc + 1 + x->envc + 1, mm->saved_auxv, (size_t)mm->nr_auxv * sizeof(u64));
	err = copy_to_user(execfn, x->name, fn_len);
	if (!err)
		err = copy_to_user(strings, x->strings, x->len);
	if (!err)
		err = copy_to_user(plat, platform, sizeof(platform));
	if (!err)
		err = copy_to_user(rnd, random, sizeof(random));
	if (!err)
		err = copy_to_user(sp, w, bytes);
	kfree(w);
	mm->start_stack = sp;
	*sp_out = sp;
	return err;
}

static void set_layout(struct mm *mm, const struct image *im)
{
	mm->start_code = ~0UL;
	for (int i = 0; i < im->hdr.e_phnum; i++) {
		const struct elf64_phdr *p = &im->ph[i];
		uaddr_t start = p->p_vaddr + im->bias, end = start + p->p_filesz;

		if (p->p_type != PT_LOAD)
			continue;
		if (p->p_flags & PF_X) {
			mm->start_code = min(mm->start_code, start);
			mm->end_code = max(mm->end_code, end);
		} else {
			mm->start_data = max(mm->start_data, start);
			mm->end_data = max(mm->end_data, end);
		}
	}
}

/* A program that does not say otherwise may run code on its stack. */
static bool wants_exec_stack(const struct image *im)
{
	const struct elf64_phdr *p = find_phdr(im, PT_GNU_STACK);

	return !p || p->p_flags & PF_X;
}

/* What the program will touch first is entered now, where it is cached: no faults for it. */
static void prefault(struct mm *mm, uaddr_t entry, uaddr_t sp)
{
	struct vma *v;
	int sig, code;

	down_read(&mm->lock);
	for_each_vma(mm, v)
		map_ahead(mm, v);
	up_read(&mm->lock);
	handle_fault(mm, entry, VM_EXEC, &sig, &code);
	handle_fault(mm, sp, VM_WRITE, &sig, &code);
}

static int start_program(struct exec *x, struct image *im, struct file *interp, struct image *interp_im)
{
	struct mm *mm = current->mm;
	uaddr_t stack_top = TASK_SIZE - random_pages(14), entry, sp;
	u64 stack_limit = clamp(rlimit(RLIMIT_STACK), 8UL << 20, TASK_SIZE / 6 * 5);
	int err;

	err = (int)mm_setup_stack(mm, stack_top, STACK_INITIAL + PAGE_ALIGN(x->len + strlen(x->name)));
	if (err)
		return err;
	mm->mmap_base = PAGE_ALIGN(stack_top - stack_limit - (1UL << 20) - random_pages(18));
	if (im->hdr.e_type == ET_DYN) {
		if (interp)
			im->bias = PIE_BASE + random_pages(18) - im->lo;
		else
			im->bias = find_gap(mm, im->hi - im->lo, PIE_BASE + random_pages(18)) - im->lo;
	}
	err = map_image(x->file, im);
	if (err)
		return err;
	set_layout(mm, im);
	mm->start_brk = mm->brk = PAGE_ALIGN(im->hi + im->bias) + random_pages(10);
	entry = im->hdr.e_entry + im->bias;
	if (interp) {
		err = place_interp(interp_im);
		if (!err)
			err = map_image(interp, interp_im);
		if (err)
			return err;
		entry = interp_im->hdr.e_entry + interp_im->bias;
	}
	long vdso = vdso_map(mm);

	mm->vdso = vdso > 0 ? (uaddr_t)vdso : 0;
	err = build_stack(x, im, stack_top, interp ? interp_im->bias + interp_im->lo : 0, &sp);
	if (err)
		return err;
	if (wants_exec_stack(im)) {
		err = (int)do_mprotect(sp & PAGE_MASK, stack_top - (sp & PAGE_MASK), PROT_READ | PROT_WRITE | PROT_EXEC | PROT_GROWSDOWN);
		if (err)
			return err;
	}
	prefault(mm, entry, sp);
	start_thread(&current->thread.regs, entry, sp);
	return 0;
}

static int load_elf(struct exec *x)
{
	struct image im = { .ph = NULL }, interp_im = { .ph = NULL };
	struct file *interp = NULL;
	int err;

	if (memcmp(x->head, ELFMAG, SELFMAG))
		return -ENOEXEC;
	err = read_headers(x->file, &im, -ENOEXEC);
	if (!err)
		err = measure(&im);
	if (!err) {
		interp = open_interp(x, &im);
		err = IS_ERR(interp) ? (int)PTR_ERR(interp) : 0;
	}
	if (!err && interp) {
		x->unreadable |= inode_permission(interp->inode, MAY_READ) != 0;
		err = read_headers(interp, &interp_im, -EIO);
		if (!err)
			err = measure(&interp_im);
		if (err == -ENOEXEC)
			err = why(-ELIBBAD, "its interpreter is not a program that can be run");
	}
	if (!err)
		err = exec_commit(x);
	if (!err) {
		current->personality &= ~(unsigned long)READ_IMPLIES_EXEC;
		err = start_program(x, &im, interp, &interp_im);
	}
	kfree(im.ph);
	kfree(interp_im.ph);
	if (!IS_ERR_OR_NULL(interp))
		file_put(interp);
	return err;
}
EXEC_FORMAT("elf", load_elf);
