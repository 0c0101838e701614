// SPDX-License-Identifier: GPL-2.0
/*
 * The initial RAM file system: a cpio archive ("newc", not compressed) of the host, unpacked into rootfs before a root
 * file system is looked for. Has it an /init, that is the first program, and mounting a root is its business.
 *
 *	"070701", 13 fields of 8 hex digits | name, NUL, padding to 4 | content, padding to 4 | next …, until "TRAILER!!!"
 */
#include <asm/os.h>
#include <fs/dev.h>
#include <fs/namei.h>
#include <kernel/boot.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/sched.h>
#include <lib/misc.h>
#include <lib/string.h>
#include <mm/slab.h>

#define HEADER		110
#define CHUNK		(64UL << 10)

enum { F_INO, F_MODE, F_UID, F_GID, F_NLINK, F_MTIME, F_SIZE, F_DEVMAJOR, F_DEVMINOR, F_RMAJOR, F_RMINOR, F_NAMESIZE, F_CHECK, F_COUNT };

/* A file with several names: the later ones are linked to the first. */
struct seen { struct list_head node; u64 ino, dev; char name[]; };

struct archive {
	int fd;
	u64 off, size;
	u32 field[F_COUNT];
	char name[PATH_MAX_];
	char *chunk;
	struct list_head seen;
	unsigned entries;
};

static char initrd_name[512];
const char *rdinit_path = "/init";

static int initrd_option(char *v)
{
	if (strscpy(initrd_name, v, sizeof(initrd_name)) < 0)
		return option_error("initrd=: longer than %zu bytes", sizeof(initrd_name) - 1);
	return 0;
}
static int rdinit_option(char *v) { rdinit_path = v; return 0; }
BOOT_OPTION("initrd=", initrd_option, "<file>", "unpack this cpio archive (newc, not compressed) into the first root");
BOOT_OPTION("rdinit=", rdinit_option, "<path>", "the program of the initrd that is started (/init)");

/* --- reading --- */

static int get_bytes(struct archive *a, void *buf, size_t n)
{
	if (n > a->size - a->off || os_pread(a->fd, buf, n, a->off) != (long)n)
		return -EIO;
	a->off += n;
	return 0;
}

static bool get_hex(const char *s, u32 *out)
{
	*out = 0;
	for (int i = 0; i < 8; i++) {
		char c = s[i];
		u32 d = c >= '0' && c <= '9' ? (u32)(c - '0') : (c | 32) >= 'a' && (c | 32) <= 'f' ? (u32)((c | 32) - 'a' + 10) : 16;

		if (d > 15)
			return false;
		*out = *out << 4 | d;
	}
	return true;
}

/* Header and name. 1: an entry; 0: the trailer; -EINVAL, -EIO. */
static int get_entry(struct archive *a)
{
	char h[HEADER];
	int err;

	a->off = ALIGN(a->off, 4);
	err = get_bytes(a, h, HEADER);
	if (err)
		return err;
	if (memcmp(h, "070701", 6) && memcmp(h, "070702", 6))
		return -EINVAL;
	for (int i = 0; i < F_COUNT; i++)
		if (!get_hex(h + 6 + 8 * i, &a->field[i]))
			return -EINVAL;
	if (!a->field[F_NAMESIZE] || a->field[F_NAMESIZE] > sizeof(a->name))
		return -EINVAL;
	err = get_bytes(a, a->name, a->field[F_NAMESIZE]);
	if (err)
		return err;
	a->name[a->field[F_NAMESIZE] - 1] = 0;
	a->off = ALIGN(a->off, 4);
	return strcmp(a->name, "TRAILER!!!") != 0;
}

/* --- making --- */

static int put_content(struct archive *a, const char *name)
{
	struct file *f = file_open(name, O_CREAT | O_WRONLY | O_TRUNC, 0600);
	u64 left = a->field[F_SIZE];
	loff_t pos = 0;
	int err = 0;

	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	while (!err && left) {
		size_t n = min_t(u64, left, CHUNK);

		err = get_bytes(a, a->chunk, n);
		if (!err && kernel_write(f, a->chunk, n, &pos) != (ssize_t)n)
			err = -ENOSPC;
		left -= n;
	}
	file_put(f);
	return err;
}

static int make_name(struct archive *a, const char *name, mode_t mode)
{
	struct path parent;
	struct dentry *d = path_create(AT_FDCWD, name, &parent, S_ISDIR(mode));
	struct inode *dir;
	int err;

	if (IS_ERR(d))
		return PTR_ERR(d) == -EEXIST && S_ISDIR(mode) ? 0 : (int)PTR_ERR(d);
	dir = parent.dentry->inode;
	if (S_ISDIR(mode)) {
		err = vfs_mkdir(dir, d, mode);
	} else if (S_ISLNK(mode)) {
		size_t n = a->field[F_SIZE];

		err = n >= CHUNK ? -ENAMETOOLONG : get_bytes(a, a->chunk, n);
		a->chunk[err ? 0 : n] = 0;
		err = err ?: vfs_symlink(dir, d, a->chunk);
	} else {
		err = vfs_mknod(dir, d, mode, MKDEV(a->field[F_RMAJOR], a->field[F_RMINOR]));
	}
	path_create_done(&parent, d);
	return err;
}

static int make_link(const char *old, const char *name)
{
	struct path from, parent;
	struct dentry *d;
	int err = path_lookup(AT_FDCWD, old, 0, &from);

	if (err)
		return err;
	d = path_create(AT_FDCWD, name, &parent, false);
	err = IS_ERR(d) ? (int)PTR_ERR(d) : vfs_link(from.dentry, parent.dentry->inode, d);
	if (!IS_ERR(d))
		path_create_done(&parent, d);
	path_put(&from);
	return err;
}

static int set_attributes(struct archive *a, const char *name)
{
	struct kattr attr = {
		.valid = ATTR_UID | ATTR_GID | ATTR_MTIME | ATTR_MTIME_SET | ATTR_FORCE, .mode = a->field[F_MODE],
		.uid = a->field[F_UID], .gid = a->field[F_GID], .mtime = { a->field[F_MTIME], 0 },
	};
	struct path p;
	int err = path_lookup(AT_FDCWD, name, 0, &p);

	if (err)
		return err;
	if (!S_ISLNK(a->field[F_MODE]))
		attr.valid |= ATTR_MODE;
	inode_lock(p.dentry->inode);
	err = notify_change(p.dentry, &attr);
	inode_unlock(p.dentry->inode);
	path_put(&p);
	return err;
}

/* The first name of this entry's file, or NULL when this is the first; then it is remembered. */
static const char *first_name(struct archive *a, const char *name)
{
	u64 dev = (u64)a->field[F_DEVMAJOR] << 32 | a->field[F_DEVMINOR];
	struct seen *s;

	if (a->field[F_NLINK] < 2 || S_ISDIR(a->field[F_MODE]))
		return NULL;
	list_for_each_entry(s, &a->seen, node)
		if (s->ino == a->field[F_INO] && s->dev == dev)
			return s->name;
	s = kmalloc(sizeof(*s) + strlen(name) + 1, GFP_KERNEL);
	if (s) {
		s->ino = a->field[F_INO];
		s->dev = dev;
		memcpy(s->name, name, strlen(name) + 1);
		list_add(&s->node, &a->seen);
	}
	return NULL;
}

static int make_entry(struct archive *a)
{
	mode_t mode = a->field[F_MODE];
	u64 next = a->off + a->field[F_SIZE];
	const char *name = a->name, *first;
	int err = 0;

	while (*name == '/' || (name[0] == '.' && name[1] == '/'))
		name++;
	if (!*name || !strcmp(name, ".")) {
		a->off = next;
		return 0;
	}
	first = first_name(a, name);
	if (first)
		err = make_link(first, name);
	if (!err && S_ISREG(mode)) {
		if (!first || a->field[F_SIZE])		/* the content comes with the last name */
			err = put_content(a, name);
	} else if (!err && !first) {
		err = make_name(a, name, mode);
	}
	err = err ?: set_attributes(a, name);
	if (err)
		pr_err("initrd: %s: %s\n", name, errno_text(err));
	a->off = next;
	a->entries++;
	return err == -EIO ? err : 0;
}

static int unpack(struct archive *a)
{
	struct seen *s, *next;
	int err;

	while ((err = get_entry(a)) > 0) {
		err = make_entry(a);
		if (err)
			break;
		cond_resched();
	}
	list_for_each_entry_safe(s, next, &a->seen, node)
		kfree(s);
	return err;
}

bool initramfs_has_init(void)
{
	struct path p;

	if (!*initrd_name || path_lookup(AT_FDCWD, rdinit_path, LOOKUP_FOLLOW, &p))
		return false;
	path_put(&p);
	return true;
}

static int initramfs_init(void)
{
	struct os_stat st;
	struct archive *a;
	int err;

	if (!*initrd_name)
		return 0;
	a = kzalloc(sizeof(*a), GFP_KERNEL);
	if (!a)
		return -ENOMEM;
	a->chunk = kmalloc(CHUNK, GFP_KERNEL);
	list_init(&a->seen);
	a->fd = os_open(initrd_name, false, false, false);
	err = a->fd < 0 ? a->fd : os_fstat(a->fd, &st);
	if (!err && a->chunk) {
		a->size = st.size;
		err = unpack(a);
	}
	if (a->fd >= 0)
		os_close(a->fd);
	if (err)
		boot_refused("initrd=%s: %s; give an uncompressed cpio archive, made by cpio -o -H newc", initrd_name,
			     err == -ENOENT ? "no such file" : err == -EINVAL ? "not such an archive" : "cannot be read");
	pr_info("initrd: %u entries of %s\n", a->entries, initrd_name);
	kfree(a->chunk);
	kfree(a);
	return 0;
}
late_initcall(initramfs_init);
