// SPDX-License-Identifier: GPL-2.0
/* Open files: made, counted, released at the last use. Also files that have no name of their own (pipes, sockets, anon_inode). */
#include "internal.h"
#include <kernel/init.h>
#include <fs/lease.h>
#include <fs/poll.h>
#include <fs/proc.h>
#include <linux/magic.h>

static struct kmem_cache *file_cache;
static unsigned long nr_files;
static int file_max = 100000;		/* sysctl fs.file-max */

static void file_ctor(void *obj)
{
	struct file *f = obj;

	memset(f, 0, sizeof(*f));
	mutex_init(&f->pos_lock);
	list_init(&f->epolls);
}

struct file *file_alloc(unsigned flags)
{
	struct file *f;

	might_sleep();
	if (unlikely(nr_files >= (unsigned long)file_max) && !capable(CAP_SYS_ADMIN))
		return NULL;
	f = kmem_cache_alloc(file_cache, GFP_KERNEL);
	if (!f)
		return NULL;
	nr_files++;
	f->flags = flags & ~(unsigned)(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC);
	f->refs = 1;
	f->cred = cred_get(current_cred());
	return f;
}

/* Back to what the constructor made of it. */
static void file_free(struct file *f)
{
	nr_files--;
	if (f->mode & FMODE_WRITER) {
		f->inode->writecount--;
		mount_put_writer(f->path.mnt);
	}
	if (f->mode & FMODE_READER)
		f->inode->readcount--;
	path_put(&f->path);
	cred_put(f->cred);
	f->ops = NULL;
	f->path = (struct path){ NULL, NULL };
	f->inode = NULL;
	f->mapping = NULL;
	f->mode = 0;
	f->pos = 0;
	f->private = NULL;
	memset(&f->ra, 0, sizeof(f->ra));
	f->wb_err_seen = 0;
	f->owner_pid = f->owner_type = f->owner_sig = f->owner_fd = 0;
	f->private_version = 0;
	kmem_cache_free(file_cache, f);
}

static void file_release(struct file *f)
{
	struct inode *inode = f->inode;

	if (!(f->mode & FMODE_PATH)) {
		notify_file(f, f->mode & FMODE_WRITE ? IN_CLOSE_WRITE : IN_CLOSE_NOWRITE);
		if (!list_empty(&f->epolls))
			epoll_file_gone(f);
		if (!list_empty(&inode->locks))
			locks_remove_file(f);
		if (f->flags & FASYNC && f->ops->fasync)
			f->ops->fasync(f, false);
		if (f->ops->release)
			f->ops->release(inode, f);
	}
	file_free(f);
}

struct file *file_get(struct file *f)
{
	f->refs++;
	return f;
}

void file_put(struct file *f)
{
	if (f && !--f->refs)
		file_release(f);
}

void file_put_all(struct file **files, int n)
{
	for (int i = 0; i < n; i++)
		if (!IS_ERR_OR_NULL(files[i]))
			file_put(files[i]);
}

void file_set_ops(struct file *f, const struct file_ops *ops)
{
	mode_t mode = f->inode->mode;

	f->ops = ops;
	f->mode &= ~(FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE);
	if (ops->llseek ? ops->llseek != no_llseek : S_ISREG(mode) || S_ISDIR(mode))
		f->mode |= FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE;
}

int nonseekable_open(struct inode *inode, struct file *f)
{
	f->mode &= ~(FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE);
	return 0;
}

static int get_writer(struct file *f)
{
	if (f->inode->writecount < 0)
		return why(-ETXTBSY, "a program that runs");
	f->inode->writecount++;
	mount_get_writer(f->path.mnt);
	f->mode |= FMODE_WRITER;
	return 0;
}

static int get_reader(struct file *f)
{
	if (f->mode & FMODE_READ) {
		f->inode->readcount++;
		f->mode |= FMODE_READER;
	}
	return 0;
}

static bool direct_io_possible(const struct inode *inode)
{
	return (S_ISREG(inode->mode) && inode->mapping->ops) || S_ISBLK(inode->mode);
}

struct file *file_open_path(const struct path *path, unsigned flags)
{
	static const struct file_ops path_ops = { .llseek = no_llseek };
	struct file *f = file_alloc(flags);
	struct inode *inode = path->dentry->inode;
	int err = 0;

	if (!f)
		return ERR_PTR(-ENFILE);
	path_get(path);
	f->path = *path;
	f->inode = inode;
	f->mapping = inode->mapping;
	if (flags & O_PATH) {
		f->mode = FMODE_PATH | FMODE_NONOTIFY;
		f->ops = &path_ops;
		return f;
	}
	f->mode = (flags + 1) & O_ACCMODE;	/* FMODE_READ, FMODE_WRITE */
	f->wb_err_seen = f->mapping->wb_err_seq;
	if (S_ISREG(inode->mode)) {
		err = f->mode & FMODE_WRITE ? get_writer(f) : get_reader(f);
		if (!err)
			err = lease_break(inode, f->mode & FMODE_WRITE || flags & O_TRUNC, flags & O_NONBLOCK);
	}
	if (!err && flags & O_DIRECT && !S_ISFIFO(inode->mode) && !direct_io_possible(inode))
		err = why(-EINVAL, "%s has no O_DIRECT", inode->sb->type->name);
	if (!err) {
		file_set_ops(f, inode->fops);
		f->flags |= flags & O_NOCTTY;		/* the terminal's open asks for it */
		if (f->ops->open)
			err = f->ops->open(inode, f);
		f->flags &= ~(unsigned)O_NOCTTY;
	}
	if (err) {
		file_free(f);
		return ERR_PTR(err);
	}
	notify_file(f, IN_OPEN);
	return f;
}

/* --- files without a name --- */

int pseudo_fill_super(struct super_block *sb, u32 magic)
{
	struct inode *root;

	sb->magic = magic;
	sb->blocksize = PAGE_SIZE;
	sb->blocksize_bits = PAGE_SHIFT;
	sb->maxbytes = S64_MAX;
	root = new_inode(sb);
	if (!root)
		return -ENOMEM;
	root->ino = get_next_ino();
	root->mode = S_IFDIR | 0600;
	sb->root = d_make_root(root);
	return sb->root ? 0 : -ENOMEM;
}

struct mount *pseudo_mount(struct fs_type *t)
{
	int err = fs_register(t);

	if (err)
		return ERR_PTR(err);
	return vfs_kern_mount(t, MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME, t->name, NULL);
}

/* An open file of d, whose counts (d's and the mount's) it takes over in any case. */
static struct file *file_of_dentry(struct mount *m, struct dentry *d, const struct file_ops *fops, unsigned flags)
{
	struct file *f = file_alloc(flags);

	if (!f) {
		dput(d);
		return ERR_PTR(-ENFILE);
	}
	f->path = (struct path){ mntget(m), d };
	f->inode = d->inode;
	f->mapping = f->inode->mapping;
	f->mode = ((flags + 1) & O_ACCMODE) | FMODE_NONOTIFY;
	file_set_ops(f, fops);
	return f;
}

struct file *pseudo_file(struct mount *m, struct inode *inode, const char *name, const struct dentry_ops *dops,
			 const struct file_ops *fops, unsigned flags)
{
	struct dentry *d = d_alloc_anon(m->sb, name);

	if (!d) {
		iput(inode);
		return ERR_PTR(-ENOMEM);
	}
	d->ops = dops;
	d_instantiate(d, inode);
	return file_of_dentry(m, d, fops, flags);
}

/* All of them share one inode: there is nothing to know of it. */
static struct mount *anon_mount;
static struct inode *anon_inode;

static void anon_dname(struct dentry *d, char *buf, size_t size)
{
	/* Linux shows inotify's without brackets */
	snprintf(buf, size, strcmp(d->name.name, "inotify") ? "anon_inode:[%s]" : "anon_inode:%s", d->name.name);
}
static const struct dentry_ops anon_dentry_ops = { .dname = anon_dname };

struct file *anon_file(const char *name, const struct file_ops *ops, void *private, unsigned flags)
{
	struct dentry *root = anon_mount->root, *d;
	struct qstr q;
	struct file *f;

	qstr_init(&q, name, (u32)strlen(name));
	d = d_lookup(root, &q);			/* one dentry a kind */
	if (!d) {
		d = d_alloc(root, &q);
		if (!d)
			return ERR_PTR(-ENOMEM);
		d->ops = &anon_dentry_ops;
		d_add(d, iget(anon_inode));
	}
	f = file_of_dentry(anon_mount, d, ops, flags);
	if (IS_ERR(f))
		return f;
	f->private = private;
	f->mode |= FMODE_STREAM;	/* a blocked reader must not keep a writer out */
	f->mode &= ~(FMODE_PREAD | FMODE_PWRITE);
	return f;
}

static int anon_fill_super(struct super_block *sb, char *data, bool silent)
{
	return pseudo_fill_super(sb, ANON_INODE_FS_MAGIC);
}

static int file_nr_show(struct seq_file *m, void *arg)
{
	seq_printf(m, "%lu\t0\t%d\n", nr_files, file_max);
	return 0;
}
PROC_FILE("sys/fs/file-nr", 0444, file_nr_show);
PROC_SYSCTL_INT("fs/file-max", 0644, &file_max, 64, INT_MAX);

static int files_init(void)
{
	file_cache = kmem_cache_create("file", sizeof(struct file), file_ctor);
	if (!file_cache)
		panic("no memory for the file cache");
	file_max = max_t(int, 8192, (int)min_t(unsigned long, total_pages() / 3, INT_MAX));
	return 0;
}
core_initcall(files_init);

static int anon_init(void)
{
	static struct fs_type anon_type = { .name = "anon_inodefs", .fill_super = anon_fill_super };

	anon_mount = pseudo_mount(&anon_type);
	if (IS_ERR(anon_mount))
		panic("anon_inodefs: error %ld", PTR_ERR(anon_mount));
	anon_inode = new_inode(anon_mount->sb);
	if (!anon_inode)
		panic("anon_inodefs: no memory");
	anon_inode->ino = get_next_ino();
	anon_inode->mode = 0600;
	return 0;
}
fs_initcall(anon_init);
