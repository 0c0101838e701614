// SPDX-License-Identifier: GPL-2.0
/*
 * Mounting the root file system: finds the disk that root= names, tries the file systems on it, and puts devtmpfs on
 * /dev. The initial rootfs stays underneath, as pivot_root(2) wants it.
 */
#include <drivers/blkdev.h>
#include <fs/dev.h>
#include <fs/mount.h>
#include <fs/namei.h>
#include <kernel/boot.h>
#include <kernel/bug.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/timer.h>
#include <lib/misc.h>
#include <lib/string.h>
#include <mm/slab.h>

#define DEFAULT_ROOT	"98:0"		/* the first ubd disk */
#define POLL_NS		(100 * NSEC_PER_MSEC)	/* of rootwait */

#define EXT_SUPER_SECTOR 2		/* the ext super block lies 1024 bytes in */
#define EXT_MAGIC_AT	56		/* offsets in it: le16 0xef53, uuid[16], label[16] */
#define EXT_UUID_AT	104
#define EXT_LABEL_AT	120

static char root_name[256], root_types[128], root_flags[512];
static bool root_rw, root_wait, dev_mount_wanted = IS_ENABLED(CONFIG_DEVTMPFS_MOUNT);
static u64 root_delay_s;

/* --- options --- */

static int copy_option(const char *what, char *to, size_t size, const char *value)
{
	if (strscpy(to, value, size) < 0)
		return option_error("%s: longer than %zu bytes", what, size - 1);
	return 0;
}

static int root_option(char *v) { return copy_option("root=", root_name, sizeof(root_name), v); }
static int types_option(char *v) { return copy_option("rootfstype=", root_types, sizeof(root_types), v); }
static int flags_option(char *v) { return copy_option("rootflags=", root_flags, sizeof(root_flags), v); }
static int ro_option(char *v) { root_rw = false; return 0; }
static int rw_option(char *v) { root_rw = true; return 0; }
static int wait_option(char *v) { root_wait = true; return 0; }
static int delay_option(char *v)
{
	return kstrtou64(v, 10, &root_delay_s) ? option_error("rootdelay=%s: not a number; give seconds", v) : 0;
}
static int dev_option(char *v)
{
	if (strcmp(v, "0") && strcmp(v, "1"))
		return option_error("devtmpfs.mount=%s: give 0 or 1", v);
	dev_mount_wanted = *v == '1';
	return 0;
}

BOOT_OPTION("root=", root_option, "<disk>", "the root file system: /dev/ubda1, 98:1, LABEL=x, UUID=x");
BOOT_OPTION("rootfstype=", types_option, "<type>,...", "file systems to try on it, in this order");
BOOT_OPTION("rootflags=", flags_option, "<options>", "its mount options");
BOOT_OPTION("ro", ro_option, NULL, "mount the root file system read-only (the default; init remounts it)");
BOOT_OPTION("rw", rw_option, NULL, "mount the root file system read-write");
BOOT_OPTION("rootwait", wait_option, NULL, "wait for the root disk to appear");
BOOT_OPTION("rootdelay=", delay_option, "<seconds>", "wait before mounting the root file system");
BOOT_OPTION("devtmpfs.mount=", dev_option, "0|1", "whether the kernel mounts devtmpfs on /dev");

/* --- the disk --- */

static int hex_digit(char c) { return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1; }

/* "2c1f…-…" in either case, dashes anywhere. */
static bool uuid_matches(const u8 *uuid, const char *text)
{
	int n = 0;

	for (; *text; text++) {
		int d = hex_digit(*text);

		if (*text == '-')
			continue;
		if (d < 0 || n == 32 || (n % 2 ? uuid[n / 2] & 15 : uuid[n / 2] >> 4) != d)
			return false;
		n++;
	}
	return n == 32;
}

static bool ext_super_matches(const u8 *sb, const char *label, const char *uuid)
{
	char name[17] = "";

	if (sb[EXT_MAGIC_AT] != 0x53 || sb[EXT_MAGIC_AT + 1] != 0xef)
		return false;
	memcpy(name, sb + EXT_LABEL_AT, 16);
	return label ? !strcmp(name, label) : uuid_matches(sb + EXT_UUID_AT, uuid);
}

/* The first disk with an ext file system of that label or UUID. */
static struct blkdev *find_by_content(const char *label, const char *uuid)
{
	u8 *sb = kmalloc(1024, GFP_KERNEL);
	struct blkdev *bd, *found = NULL;

	list_for_each_entry(bd, &blk_devices, node) {
		if (found || !sb || bd->nsectors < EXT_SUPER_SECTOR + 2 || blk_open(bd, false))
			continue;
		if (!blk_rw_wait(bd, BLK_READ, EXT_SUPER_SECTOR, sb, 1024) && ext_super_matches(sb, label, uuid))
			found = bd;
		blk_close(bd);
	}
	kfree(sb);
	return found;
}

/* "98:0", and the numbers that old boot loaders pass in hex. */
static bool parse_number(const char *s, dev_t *dev)
{
	char *end;
	u64 major = simple_strtoull(s, &end, 10), minor;

	if (end != s && *end == ':') {
		s = end + 1;
		minor = simple_strtoull(s, &end, 10);
		*dev = MKDEV(major, minor);
		return end != s && !*end;
	}
	*dev = dev_decode(simple_strtoull(s, &end, 16));
	return end != s && !*end;
}

static struct blkdev *find_root(const char *name)
{
	struct blkdev *bd;
	dev_t dev;

	if (str_has_prefix(name, "LABEL="))
		return find_by_content(name + 6, NULL);
	if (str_has_prefix(name, "UUID="))
		return find_by_content(NULL, name + 5);
	bd = blk_find_name(name);
	return bd ?: parse_number(name, &dev) ? blk_find(dev) : NULL;
}

/* "ubda (64 MiB), ubdb (1 GiB)" for the message that says what there is. */
static void list_disks(char *buf, size_t size)
{
	struct blkdev *bd;
	int n = 0;

	list_for_each_entry(bd, &blk_devices, node)
		if (bd->nsectors)
			n += scnprintf(buf + n, size - (size_t)n, "%s%s (%llu MiB)", n ? ", " : "", bd->name,
				       (unsigned long long)bd->nsectors >> 11);
	if (!n)
		strscpy(buf, "none", size);
}

/* --- the file system --- */

struct attempt { const char *source; unsigned flags; struct mount *m; const struct fs_type *type; int err; bool named; };

static void try_type(const struct fs_type *t, void *arg)
{
	struct attempt *a = arg;
	struct mount *m;
	char *data;

	if (a->m || (!a->named && !(t->flags & FS_REQUIRES_DEV)))
		return;
	data = *root_flags ? kstrdup(root_flags, GFP_KERNEL) : NULL;
	m = vfs_kern_mount((struct fs_type *)t, a->flags, a->source, data);
	if (PTR_ERR(m) == -EACCES && !(a->flags & MS_RDONLY)) {	/* the disk cannot be written */
		a->flags |= MS_RDONLY;
		m = vfs_kern_mount((struct fs_type *)t, a->flags, a->source, data);
	}
	kfree(data);
	if (!IS_ERR(m)) {
		a->m = m;
		a->type = t;
	} else if (!a->err || PTR_ERR(m) != -EINVAL) {
		a->err = (int)PTR_ERR(m);
	}
}

static void try_named_types(struct attempt *a)
{
	char list[sizeof(root_types)], *s = list, *name, *val;

	strscpy(list, root_types, sizeof(list));
	a->named = true;
	while ((name = next_option(&s, &val)) != NULL) {
		struct fs_type *t = fs_find(name);

		if (t)
			try_type(t, a);
		else
			pr_warn("rootfstype=%s: no such file system in this kernel\n", name);
	}
}

/* Does rootfstype= name one that needs no disk? */
static bool root_needs_disk(void)
{
	char list[sizeof(root_types)], *s = list, *val;
	struct fs_type *t;

	strscpy(list, root_types, sizeof(list));
	t = *list ? fs_find(next_option(&s, &val)) : NULL;
	return !t || t->flags & FS_REQUIRES_DEV;
}

static struct blkdev *wait_for_root(void)
{
	struct blkdev *bd;

	while (!(bd = find_root(root_name)) && root_wait)
		sleep_until(ktime_ns() + POLL_NS);
	return bd;
}

static void mount_devtmpfs(void)
{
	struct path p;
	int err;

	if (!dev_mount_wanted || path_lookup(AT_FDCWD, "/dev", LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &p))
		return;
	path_put(&p);
	err = do_mount("devtmpfs", "/dev", "devtmpfs", MS_NOSUID, NULL);
	if (err)
		pr_err("devtmpfs: not mounted on /dev: %s\n", errno_text(err));
	else
		pr_info("devtmpfs: mounted\n");
}

/* What /proc/mounts shows: df and mount look for the device's node. */
static void name_source(struct mount *m, struct blkdev *bd)
{
	char *name = kasprintf(0, "/dev/%s", bd->name);

	if (!name)
		return;
	kfree(m->source);
	m->source = name;
}

void mount_root(void)
{
	struct attempt a = { .flags = MS_SILENT | (root_rw ? 0 : MS_RDONLY) };
	struct blkdev *bd = NULL;
	char disks[512];

	if (initramfs_has_init()) {
		mount_devtmpfs();
		return;
	}
	if (root_delay_s)
		sleep_until(ktime_ns() + min_t(u64, root_delay_s, 3600) * NSEC_PER_SEC);
	if (!*root_name)
		strscpy(root_name, DEFAULT_ROOT, sizeof(root_name));
	a.source = root_name;
	if (root_needs_disk()) {
		bd = wait_for_root();
		list_disks(disks, sizeof(disks));
		if (!bd)
			boot_refused("root=%s: no such disk; there are: %s; give ubd0=<image> root=/dev/ubda", root_name, disks);
		a.source = bd->name;
	}
	if (*root_types)
		try_named_types(&a);
	else
		fs_for_each(try_type, &a);
	if (!a.m)
		boot_refused("root=%s: no file system there that could be mounted (%s%s%s); disks: %s", root_name, a.err ? errno_text(a.err) : "none fits",
		      *root_types ? ", rootfstype=" : "", root_types, bd ? disks : "not needed");
	if (bd)
		name_source(a.m, bd);
	if (bd)
		pr_info("VFS: Mounted root (%s filesystem)%s on device %u:%u.\n", a.type->name, a.flags & MS_RDONLY ? " readonly" : "",
			MAJOR(bd->dev), MINOR(bd->dev));
	else
		pr_info("VFS: Mounted root (%s filesystem)%s.\n", a.type->name, a.flags & MS_RDONLY ? " readonly" : "");
	set_root_mount(a.m);
	mount_devtmpfs();
}
