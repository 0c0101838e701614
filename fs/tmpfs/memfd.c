// SPDX-License-Identifier: GPL-2.0
/* tmpfs files without a name: shared anonymous memory and memfd_create(2) with its seals. */
#include "tmpfs.h"
#include <kernel/init.h>
#include <kernel/syscall.h>
#include <linux/memfd.h>

#define NAME_LIMIT	249		/* so that "memfd:" and it make a file name */
#define ALL_SEALS	(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)

static struct mount *shm_mount;

static void shm_dname(struct dentry *d, char *buf, size_t size) { snprintf(buf, size, "/%s (deleted)", d->name.name); }
static const struct dentry_ops shm_dentry_ops = { .dname = shm_dname };

struct file *shmem_file_create(const char *name, loff_t size, unsigned flags)
{
	struct inode *inode;

	might_sleep();
	if (size < 0)
		return ERR_PTR(-EINVAL);
	inode = tmpfs_new_inode(shm_mount->sb, NULL, S_IFREG | 0777, 0);
	if (IS_ERR(inode))
		return ERR_CAST(inode);
	inode_set_nlink(inode, 0);
	inode->size = size;
	return pseudo_file(shm_mount, inode, name, &shm_dentry_ops, &tmpfs_fops, flags | O_RDWR);
}

long sys_memfd_create(uaddr_t uname, unsigned flags)
{
	char name[sizeof("memfd:") + NAME_LIMIT] = "memfd:";
	struct file *f;
	ssize_t n;

	if (unknown_flags(flags, MFD_CLOEXEC | MFD_ALLOW_SEALING))
		return -EINVAL;
	n = strncpy_from_user(name + 6, uname, NAME_LIMIT + 1);
	if (n < 0)
		return n == -ENAMETOOLONG ? -EINVAL : n;
	f = shmem_file_create(name, 0, O_LARGEFILE);
	if (!IS_ERR(f) && flags & MFD_ALLOW_SEALING)
		tmpfs_i(f->inode)->seals = 0;
	return fd_publish(f, flags & MFD_CLOEXEC ? O_CLOEXEC : 0);
}

/* --- seals --- */

long shmem_get_seals(struct file *f) { return is_tmpfs_file(f) ? (long)tmpfs_i(f->inode)->seals : -EINVAL; }

static bool mapped_writable(const struct address_space *m)
{
	struct vma *v;

	list_for_each_entry(v, &m->vmas, shared_node)
		if ((v->flags & (VM_SHARED | VM_MAYWRITE)) == (VM_SHARED | VM_MAYWRITE))
			return true;
	return false;
}

long shmem_add_seals(struct file *f, unsigned seals)
{
	struct inode *inode = f->inode;
	long err = 0;

	if (!(f->mode & FMODE_WRITE))
		return -EPERM;
	if (seals & ~(unsigned)ALL_SEALS || !is_tmpfs_file(f))
		return -EINVAL;
	inode_lock(inode);
	if (tmpfs_i(inode)->seals & F_SEAL_SEAL)
		err = -EPERM;
	else if (seals & F_SEAL_WRITE && !(tmpfs_i(inode)->seals & F_SEAL_WRITE) && mapped_writable(inode->mapping))
		err = -EBUSY;
	else
		tmpfs_i(inode)->seals |= seals;
	inode_unlock(inode);
	return err;
}

static int shm_fill_super(struct super_block *sb, char *data, bool silent)
{
	return tmpfs_fill(sb, &(struct tmpfs_opts){ .mode = 01777 });
}

static int shm_init(void)
{
	static struct fs_type shm_type = { .name = "tmpfs", .fill_super = shm_fill_super };	/* never looked up: not registered */

	shm_mount = vfs_kern_mount(&shm_type, MS_NOATIME, "tmpfs", NULL);
	if (IS_ERR(shm_mount))
		panic("shared memory: error %ld", PTR_ERR(shm_mount));
	return 0;
}
fs_initcall(shm_init);
