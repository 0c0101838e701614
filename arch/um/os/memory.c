/* SPDX-License-Identifier: GPL-2.0 */
/* Memory of the kernel process: guests' physical memory (a memfd) and the private heap. */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <asm/os.h>
#include "hostcall.h"

int os_physmem_fd = -1;

/* The highest descriptors are out of the way of what the user handed us (fd:3 …). */
static int move_high(int fd)
{
	int high = (int)HOSTCALL(fcntl, fcntl(fd, F_DUPFD, 200));

	close(fd);
	return high;
}

int os_physmem_create(os_u64 bytes)
{
	int fd = (int)HOSTCALL(memfd_create, memfd_create("um-physmem", 0));
	int err;

	if (fd < 0)
		return fd;
	fd = move_high(fd);
	if (fd < 0)
		return fd;
	err = (int)HOSTCALL(ftruncate, ftruncate(fd, (off_t)bytes));
	if (err) {
		close(fd);
		return err;
	}
	os_physmem_fd = fd;
	return fd;
}

void *os_map_shared(int fd, os_u64 off, os_u64 len)
{
	long p = HOSTCALL(mmap, mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, (off_t)off));

	return p < 0 && p > -4096 ? NULL : (void *)p;
}

void *os_alloc_pages(os_u64 len)
{
	long p = HOSTCALL(mmap, mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));

	return p < 0 && p > -4096 ? NULL : (void *)p;
}

void os_free_pages(void *p, os_u64 len)
{
	munmap(p, len);
}

int os_guard_page(void *p)
{
	return (int)HOSTCALL(mprotect, mprotect(p, 4096, PROT_NONE));
}

int os_discard(int fd, os_u64 off, os_u64 len)
{
	return (int)HOSTCALL_RETRY(fallocate, fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)off, (off_t)len));
}

os_u64 os_host_memory(void)
{
	return (os_u64)sysconf(_SC_PHYS_PAGES) * (os_u64)sysconf(_SC_PAGESIZE);
}

void os_release_pages(void *p, os_u64 len)
{
	HOSTCALL(madvise, madvise(p, len, MADV_DONTNEED));
}
