// SPDX-License-Identifier: GPL-2.0
/* memfd_create and its seals; shared mappings of it. */
#include "diff.h"

static long seals(int fd, unsigned s) { return fcntl(fd, F_ADD_SEALS, s); }

int main(void)
{
	char name[300], buf[8], *p, *q;
	struct stat st;
	int fd, ro, plain;

	TITLE("creation");
	fd = R(memfd_create("x", MFD_ALLOW_SEALING));
	fstat(fd, &st);
	printf("%s %04o nlink %ld size %ld\n", type_name(st.st_mode), st.st_mode & 07777, (long)st.st_nlink, (long)st.st_size);
	printf("%o\n", fcntl(fd, F_GETFL));
	R(fcntl(fd, F_GETFD));
	FD(memfd_create("", MFD_CLOEXEC));
	R(memfd_create("x", 0x10000));
	R(memfd_create((char *)bad_ptr, 0));
	memset(name, 'n', sizeof(name));
	name[250] = 0;
	R(memfd_create(name, 0));
	name[249] = 0;
	FD(memfd_create(name, 0));
	plain = R(memfd_create("plain", 0));
	R(fcntl(plain, F_GET_SEALS));
	R(seals(plain, F_SEAL_WRITE));
	close(plain);
	TITLE("sharing");
	R(ftruncate(fd, 8192));
	p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	q = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, fd, 0);
	strcpy(p + 5000, "hello");
	S(q + 5000);
	R(pread(fd, buf, 5, 5000));
	C(strcpy(p, "child"));
	S(p);
	R(pwrite(fd, "written", 8, 100));
	S(p + 100);
	R(fcntl(fd, F_GET_SEALS));
	R(seals(fd, F_SEAL_WRITE));
	munmap(p, 8192);
	TITLE("seals");
	R(seals(fd, 64));
	R(seals(fd, F_SEAL_SHRINK));
	R(ftruncate(fd, 4096));
	R(ftruncate(fd, 12288));
	R(seals(fd, F_SEAL_GROW));
	R(ftruncate(fd, 16384));
	R(pwrite(fd, "x", 1, 12288));
	R(pwrite(fd, "x", 1, 12287));
	R(fallocate(fd, 0, 0, 20000));
	R(seals(fd, F_SEAL_WRITE));
	R(pwrite(fd, "x", 1, 0));
	R(fallocate(fd, 3, 0, 4096));
	R(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
	p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	V(p != MAP_FAILED);
	R(mprotect(p, 4096, PROT_READ | PROT_WRITE));
	R(fcntl(fd, F_GET_SEALS));
	R(seals(fd, F_SEAL_SEAL));
	R(seals(fd, F_SEAL_GROW));
	close(fd);
	TITLE("future writes");
	fd = memfd_create("f", MFD_ALLOW_SEALING);
	ftruncate(fd, 4096);
	p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	R(seals(fd, F_SEAL_FUTURE_WRITE));
	p[0] = 'x';
	R(write(fd, "x", 1));
	R(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
	if (access("/proc/self/fd", F_OK) == 0) {
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		ro = open(name, O_RDONLY);
		R(seals(ro, F_SEAL_GROW));
		char link[100] = "";
		readlink(name, link, sizeof(link) - 1);
		S(link);
	}
	TITLE("past the end");
	p = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
	C(volatile char c = p[4096]; (void)c);
	C(volatile char c = p[4095]; (void)c);
	return 0;
}
