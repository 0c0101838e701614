/* SPDX-License-Identifier: GPL-2.0 */
/* Descriptor tables. */
#ifndef FS_FILE_H
#define FS_FILE_H

#include <fs/fs.h>

struct files {
	int refs;			/* tasks sharing it */
	unsigned max;			/* slots */
	struct file **fd;
	unsigned long *open, *cloexec;	/* bitmaps of max bits; open includes reserved ones */
	unsigned next;			/* no free one below */
	struct file *fd_first[64];	/* fd, open and cloexec start here */
	unsigned long open_first, cloexec_first;
};

/* The open file of fd, counted; NULL: bad descriptor (or O_PATH, for fget). Never sleep. */
struct file *fget(int fd);
struct file *fget_any(int fd);		/* O_PATH ones too */
struct file *fget_task(struct task *t, int fd);
/* n lowest free descriptors >= from; flags O_CLOEXEC. 0, -EMFILE, -ENOMEM; fds[] are -1 on error. */
int fd_reserve(int *fds, int n, unsigned flags);
int fd_reserve_from(unsigned from, unsigned flags);		/* the number or -errno */
void fd_install(int *fds, struct file **files, int n);		/* cannot fail; takes the files, sets both arrays to -1 and NULL */
void fd_unreserve(int *fds, int n);				/* those >= 0 */
void file_put_all(struct file **files, int n);			/* those not NULL or ERR_PTR */
/* One file: its new descriptor, or -errno with f put. f may be ERR_PTR (returned). */
long fd_publish(struct file *f, unsigned flags);
long fd_publish_pair(struct file **files, unsigned flags, uaddr_t ufds);	/* two, their descriptors told at ufds; 0 or -errno. Takes both */
int fd_close(int fd);						/* 0, -EBADF, or flush's error. Sleeps. */
int fd_replace(int fd, struct file *f, unsigned flags);		/* dup2 */
int copy_files(unsigned long clone_flags, struct task *child);	/* shares or copies; 0, -ENOMEM */
int unshare_files(void);
void exit_files(struct task *t);				/* sleeps */
void close_on_exec(void);					/* sleeps */

/* Kernel threads have no table; those that become programs (init) get one by this. 0, -ENOMEM. */
int files_init_task(struct task *t);

/* memfd seals (fs/tmpfs): F_GET_SEALS, F_ADD_SEALS. -EINVAL when f cannot be sealed. */
long shmem_get_seals(struct file *f);
long shmem_add_seals(struct file *f, unsigned seals);

/* POSIX and flock locks (fs/locks.c). */
void locks_remove_posix(struct file *f, struct files *owner);	/* at each close */
void locks_remove_file(struct file *f);				/* at the last */

#endif
