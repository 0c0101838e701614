// SPDX-License-Identifier: GPL-2.0
/*
 * ubda … ubdp: disks in files of the host. The command line is parsed first (options), then all images are opened and
 * checked before anything else happens (ubd_check_images), so that a mistake ends the boot with one line.
 */
#include <asm/hostio.h>
#include <drivers/blkdev.h>
#include <fs/dev.h>
#include <kernel/fail.h>
#include <kernel/init.h>
#include <kernel/printk.h>
#include <lib/misc.h>
#include <lib/string.h>
#include <mm/slab.h>

#define UBD_MAJOR	98
#define UBD_MAX		16
#define UBD_SHIFT	4		/* minors a disk */
#define SERIAL_LEN	20
#define HEADS		128
#define SECTORS		32

struct ubd {
	struct blkdev bd;
	char opt[40];			/* "ubd0r=", as given, for messages */
	char file[1024];
	char serial[SERIAL_LEN + 1];
	char place[32];			/* below /sys/devices */
	bool used;			/* named on the command line */
	bool implicit;			/* root_fs, because nobody said anything else */
	bool read_only, sync, as_is, shared, no_trim;
	int fd;
	u64 host_dev, host_ino;
	u64 writes_left;		/* cut=: then all further writes are dropped */
	bool written;			/* since the last flush */
	bool cut;			/* the power is off */
};

struct ubd_io { struct hostio io; struct ubd *ubd; struct blk_req *rq; struct hostio_seg segs[]; };

static struct ubd ubds[UBD_MAX];
static bool all_sync;

/* --- the command line: ubd<n><flags>=<file>[,<backing>[,<serial>]] --- */

static int parse_unit(const char **s, const char *val)
{
	char *end;
	u64 n;

	if (**s >= 'a' && **s <= 'z' && **s - 'a' < UBD_MAX) {
		n = (u64)(*(*s)++ - 'a');
		return (int)n;
	}
	n = simple_strtoull(*s, &end, 10);
	if (end == *s)
		return option_error("ubd%s: which disk? give a number or a letter, as in ubd0=root_fs", val);
	if (n >= UBD_MAX)
		return option_error("ubd%s: there are only %d disks, ubd0 to ubd%d", val, UBD_MAX, UBD_MAX - 1);
	*s = end;
	return (int)n;
}

static int parse_flags(struct ubd *u, const char **s, const char *val)
{
	for (; **s && **s != '='; (*s)++) {
		switch (**s) {
		case 'r': u->read_only = true; break;
		case 's': u->sync = true; break;
		case 'd': u->as_is = true; break;
		case 'c': u->shared = true; break;
		case 't': u->no_trim = true; break;
		default:
			return option_error("ubd%s: no such flag '%c'; there are r (read only), s (synchronous), d (as is), "
					    "c (shared), t (no trim)", val, **s);
		}
	}
	if (!**s)
		return option_error("ubd%s: which file? as in ubd0=root_fs", val);
	(*s)++;
	return 0;
}

/* The text up to , or : or the end; what follows stays in *s, NULL if nothing. */
static size_t field(const char **s, const char **text)
{
	size_t n = 0;

	*text = *s;
	while ((*s)[n] && (*s)[n] != ',' && (*s)[n] != ':')
		n++;
	*s = (*s)[n] ? *s + n + 1 : NULL;
	return n;
}

static int parse_files(struct ubd *u, const char *s, const char *val)
{
	const char *text;
	size_t n = field(&s, &text);

	if (!n)
		return option_error("ubd%s: which file? as in ubd0=root_fs", val);
	if (n >= sizeof(u->file))
		return option_error("ubd%.40s…: the path is too long (%d bytes at most)", val, (int)sizeof(u->file) - 1);
	memcpy(u->file, text, n);
	u->file[n] = '\0';
	if (s) {
		n = field(&s, &text);
		if (n)
			return option_error("ubd%s: copy-on-write files are not built into this kernel yet; "
					    "give one image, ubd0=<file>, or use it read only, ubd0r=<file>", val);
	}
	if (s) {
		n = min_t(size_t, strlen(s), SERIAL_LEN);
		memcpy(u->serial, s, n);
		u->serial[n] = '\0';
	}
	return 0;
}

static int ubd_option(char *val)
{
	const char *s = val;
	struct ubd *u;
	int n, err;

	if (!strcmp(val, "=sync")) {
		all_sync = true;
		return 0;
	}
	if (*val == '=')
		return option_error("ubd%s: which disk? ubd=sync is all that goes without a number", val);
	n = parse_unit(&s, val);
	if (n < 0)
		return n;
	u = &ubds[n];
	if (u->used)
		return option_error("ubd%s: this disk has been given already, as %s", val, u->file);
	snprintf(u->opt, sizeof(u->opt), "ubd%.*s", (int)(strchr(s, '=') ? strchr(s, '=') - val : 0), val);
	err = parse_flags(u, &s, val);
	if (!err)
		err = parse_files(u, s, val);
	u->used = !err;
	return err;
}
BOOT_OPTION("ubd#", ubd_option, "<n><flags>=<file>[,,<serial>]",
	    "disk ubd<a+n> is the host's <file>; flags: r read only, s synchronous, d as is, c shared, t no trim. ubd=sync: all");

static int udb_option(char *val)
{
	return option_error("udb%s: a slip of the fingers? disks are called ubd", val);
}
BOOT_OPTION("udb#", udb_option, "", "caught because it is almost certainly meant to be ubd");

/* --- opening the images --- */

static int refuse(struct ubd *u, const char *why)
{
	if (u->implicit)
		pr_warn("ubda: root_fs is there but not used: %s\n", why);
	else
		option_error("%s=%s: %s", u->opt, u->file, why);
	os_close(u->fd);
	u->fd = -1;
	return -EINVAL;
}

static int open_image(struct ubd *u)
{
	const char *why;

	u->fd = os_open(u->file, !u->read_only, false, u->sync || all_sync);
	if ((u->fd == -EACCES || u->fd == -EROFS || u->fd == -EPERM) && !u->read_only) {
		int fd = os_open(u->file, false, false, u->sync || all_sync);

		if (fd >= 0) {
			pr_warn("%s: %s may not be written to: read only\n", u->bd.name, u->file);
			u->read_only = true;
			u->fd = fd;
		}
	}
	if (u->fd >= 0)
		return 0;
	if (u->implicit)
		return -ENOENT;
	switch (u->fd) {
	case -ENOENT: why = "no such file; give the path of an image, or make one with scripts/mkrootfs"; break;
	case -EISDIR: why = "this is a directory; give the path of an image (mke2fs -d makes one of a directory)"; break;
	case -EACCES:
	case -EPERM: why = "permission denied; it must at least be readable"; break;
	case -ENOTDIR: why = "a part of this path is not a directory"; break;
	case -EIO: why = "the host reports an I/O error"; break;
	default:
		return option_error("%s=%s: cannot be opened: %s", u->opt, u->file, errno_text(u->fd));
	}
	return option_error("%s=%s: %s", u->opt, u->file, why);
}

static bool is_cow(const u8 *head)
{
	return !memcmp(head, "OOOM", 4) || !memcmp(head, "MOOO", 4);	/* version 1 is in its maker's byte order */
}

static int lock_image(struct ubd *u)
{
	char why[160];
	int holder = 0, err;

	if (u->shared)
		return 0;
	err = os_lock(u->fd, !u->read_only, &holder);
	if (err != -EAGAIN) {
		if (err)
			pr_warn("%s: %s cannot be locked on this host (%s): use it once only\n", u->bd.name, u->file, errno_text(err));
		return 0;
	}
	snprintf(why, sizeof(why), "in use by process %d of the host (another guest?); halt that one, "
		 "or share it on purpose with the flags rc or c", holder);
	return refuse(u, why);
}

static int check_image(struct ubd *u)
{
	struct os_stat st;
	u8 head[8] = { 0 };
	long n;
	int err = open_image(u);

	if (err)
		return err;
	err = os_fstat(u->fd, &st);
	if (err)
		return refuse(u, "the host cannot tell its size");
	if (st.is_dir)
		return refuse(u, "this is a directory; give the path of an image (mke2fs -d makes one of a directory)");
	if (!st.is_reg && !st.is_blk)
		return refuse(u, "neither a file nor a block device");
	if (!st.size)
		return refuse(u, "the file is empty; make an image with scripts/mkrootfs, or give it a size with truncate(1)");
	for (struct ubd *o = ubds; o < u; o++)
		if (o->used && o->fd >= 0 && o->host_dev == st.dev && o->host_ino == st.ino && !(u->shared && o->shared))
			return refuse(u, "the same file is a disk of this guest already");
	n = os_pread(u->fd, head, sizeof(head), 0);
	if (n < 0)
		return refuse(u, "it cannot be read");
	if (!u->as_is && is_cow(head))
		return refuse(u, "this is a copy-on-write file, and those are not built into this kernel yet; "
			      "merge it with uml_moo and use the result, or flag d takes it as it is");
	err = lock_image(u);
	if (err)
		return err;
	u->host_dev = st.dev;
	u->host_ino = st.ino;
	u->bd.nsectors = (st.size + 511) >> SECTOR_SHIFT;
	return 0;
}

int ubd_check_images(void)
{
	static int result = 1;

	if (result <= 0)
		return result;
	result = 0;
	if (!ubds[0].used) {
		ubds[0].used = ubds[0].implicit = true;
		strscpy(ubds[0].file, "root_fs", sizeof(ubds[0].file));
		strscpy(ubds[0].opt, "ubd0", sizeof(ubds[0].opt));
	}
	for (int i = 0; i < UBD_MAX; i++) {
		struct ubd *u = &ubds[i];

		u->fd = -1;
		if (!u->used)
			continue;
		snprintf(u->bd.name, sizeof(u->bd.name), "ubd%c", 'a' + i);
		if (!check_image(u))
			continue;
		if (!u->implicit)
			return result = -EINVAL;
		u->used = false;
	}
	return 0;
}

/* --- requests --- */

static void finish(struct ubd_io *x, int err)
{
	struct blk_req *rq = x->rq;
	struct ubd *u = x->ubd;

	if (err && rq->op != BLK_DISCARD && rq->op != BLK_ZERO)
		pr_err_ratelimited("%s: %s at sector %llu failed on the host: %s\n", u->bd.name,
				   rq->op == BLK_READ ? "read" : rq->op == BLK_FLUSH ? "flush" : "write",
				   (unsigned long long)rq->sector, errno_text(err));
	kfree(x);
	blk_end(rq, err);
}

static void start(struct ubd_io *x, enum hostio_op op);

static void io_done(struct hostio *io, int err)
{
	struct ubd_io *x = container_of(io, struct ubd_io, io);
	struct blk_req *rq = x->rq;

	if (err == -ENOSYS || err == -ENODEV || err == -EINVAL)
		err = rq->op == BLK_DISCARD || rq->op == BLK_ZERO ? -EOPNOTSUPP : err;
	if (err == -EOPNOTSUPP && rq->op == BLK_DISCARD)
		x->ubd->bd.can_discard = false;
	if (!err && rq->fua && io->op == HOSTIO_WRITE)
		start(x, HOSTIO_FSYNC);
	else
		finish(x, err);
}

static void start(struct ubd_io *x, enum hostio_op op)
{
	struct ubd *u = x->ubd;
	struct blk_req *rq = x->rq;

	x->io.op = op;
	x->io.fd = u->fd;
	x->io.off = rq->sector << SECTOR_SHIFT;
	x->io.len = rq->nsectors << SECTOR_SHIFT;
	x->io.segs = x->segs;
	x->io.nsegs = (int)rq->nsegs;
	x->io.blocks = u->sync || all_sync;
	x->io.done = io_done;
	hostio_submit(&x->io);
}

/* cut=ubda:n: what comes after the n-th write is lost, as when the power fails; the guest is told that it went well. */
static bool power_is_cut(struct ubd *u, const struct blk_req *rq)
{
	if (likely(u->writes_left == U64_MAX) || rq->op == BLK_READ)
		return false;
	if (!u->writes_left) {
		if (!u->cut)
			pr_warn("%s: power cut: nothing is written from now on\n", u->bd.name);
		return u->cut = true;
	}
	if (rq->op != BLK_FLUSH)
		u->writes_left--;
	return false;
}

static int ubd_submit(struct blkdev *bd, struct blk_req *rq)
{
	static const enum hostio_op ops[] = {
		[BLK_READ] = HOSTIO_READ, [BLK_WRITE] = HOSTIO_WRITE, [BLK_FLUSH] = HOSTIO_FSYNC,
		[BLK_DISCARD] = HOSTIO_PUNCH, [BLK_ZERO] = HOSTIO_ZERO,
	};
	struct ubd *u = container_of(bd, struct ubd, bd);
	struct ubd_io *x;

	if (power_is_cut(u, rq) || (rq->op == BLK_FLUSH && !u->written)) {
		blk_end(rq, 0);
		return 0;
	}
	x = kmalloc(sizeof(*x) + rq->nsegs * sizeof(x->segs[0]), GFP_ATOMIC);
	if (!x)
		return -ENOMEM;
	x->ubd = u;
	x->rq = rq;
	for (u32 i = 0; i < rq->nsegs; i++)
		x->segs[i] = (struct hostio_seg){ rq->segs[i].addr, rq->segs[i].len };
	u->written = rq->op == BLK_FLUSH ? false : u->written || rq->op != BLK_READ;
	start(x, ops[rq->op]);
	return 0;
}

static int ubd_getgeo(struct blkdev *bd, unsigned *heads, unsigned *sectors, unsigned *cyls)
{
	*heads = HEADS;
	*sectors = SECTORS;
	*cyls = (unsigned)(bd->nsectors / (HEADS * SECTORS));
	return 0;
}

static const struct blk_ops ubd_ops = { .submit = ubd_submit, .getgeo = ubd_getgeo };

/* --- registration --- */

static void old_names(int n)
{
	char name[16], target[16];

	snprintf(name, sizeof(name), "ubd%d", n);
	snprintf(target, sizeof(target), "ubd%c", 'a' + n);
	devtmpfs_symlink(name, target);
}

static int ubd_init(void)
{
	if (ubd_check_images())
		os_exit(1);
	for (int i = 0; i < UBD_MAX; i++) {
		struct ubd *u = &ubds[i];
		int err;

		if (!u->used)
			continue;
		u->bd.ops = &ubd_ops;
		u->bd.dev = MKDEV(UBD_MAJOR, i << UBD_SHIFT);
		u->bd.max_parts = (1 << UBD_SHIFT) - 1;
		u->bd.read_only = u->read_only;
		u->bd.can_discard = !u->no_trim;
		u->bd.serial = *u->serial ? u->serial : NULL;
		snprintf(u->place, sizeof(u->place), "platform/uml-blkdev.%d/block", i);
		u->bd.place = u->place;
		u->writes_left = cut_after(u->bd.name);
		pr_info("%s: %llu KiB, %s%s%s\n", u->bd.name, (unsigned long long)u->bd.nsectors / 2, u->file,
			u->read_only ? ", read only" : "", u->writes_left != U64_MAX ? ", its power will be cut" : "");
		err = blk_register(&u->bd);
		if (err)
			pr_err("%s: not registered: %s\n", u->bd.name, errno_text(err));
		else
			old_names(i);
	}
	return 0;
}
device_initcall(ubd_init);
