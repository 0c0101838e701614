/* SPDX-License-Identifier: GPL-2.0 */
/* Names for addresses in our own code, from the symbol table of the running binary. Only used when something broke. */
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <asm/os.h>
#include "hostcall.h"

static const Elf64_Ehdr *image;
static size_t image_size;
static const Elf64_Sym *symbols;
static size_t nsymbols;
static const char *names;
static unsigned long load_base;

static int first_object(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size;
	*(unsigned long *)data = info->dlpi_addr;
	return 1;
}

static void load_symbols(void)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	const Elf64_Shdr *sh;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		return;
	image_size = (size_t)st.st_size;
	image = mmap(NULL, image_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (image == MAP_FAILED) {
		image = NULL;
		return;
	}
	sh = (const void *)((const char *)image + image->e_shoff);
	for (int i = 0; i < image->e_shnum; i++) {
		if (sh[i].sh_type != SHT_SYMTAB)
			continue;
		symbols = (const void *)((const char *)image + sh[i].sh_offset);
		nsymbols = sh[i].sh_size / sizeof(*symbols);
		names = (const char *)image + sh[sh[i].sh_link].sh_offset;
	}
	dl_iterate_phdr(first_object, &load_base);
}

bool os_symbol(unsigned long pc, char *buf, size_t size)
{
	const Elf64_Sym *best = NULL;
	unsigned long at;

	if (!image)
		load_symbols();
	at = pc - load_base;
	for (size_t i = 0; i < nsymbols; i++) {
		const Elf64_Sym *s = &symbols[i];

		if (ELF64_ST_TYPE(s->st_info) != STT_FUNC || at < s->st_value || at >= s->st_value + (s->st_size ? s->st_size : 1))
			continue;
		best = s;
		break;
	}
	if (!best) {
		snprintf(buf, size, "%#lx", pc);
		return false;
	}
	snprintf(buf, size, "%s+%#lx", names + best->st_name, at - best->st_value);
	return true;
}
