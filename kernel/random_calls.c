// SPDX-License-Identifier: GPL-2.0
/* getrandom(2) and /proc/sys/kernel/random. The pool is the host's, so it never runs dry. */
#include <kernel/init.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <fs/proc.h>
#include <lib/misc.h>
#include <linux/random.h>

#define CHUNK	512

long sys_getrandom(uaddr_t ubuf, size_t len, unsigned flags)
{
	u8 buf[CHUNK];
	size_t done = 0;

	if (unknown_flags(flags, GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE))
		return -EINVAL;
	if ((flags & (GRND_INSECURE | GRND_RANDOM)) == (GRND_INSECURE | GRND_RANDOM))
		return -EINVAL;
	len = min(len, (size_t)INT_MAX);
	while (done < len) {
		size_t n = min(len - done, sizeof(buf)), copied;

		get_random_bytes(buf, n);
		copied = copy_to_user_partial(ubuf + done, buf, n);
		done += copied;
		if (copied < n)
			return done ? (long)done : -EFAULT;
		if (done % PAGE_SIZE == 0) {
			if (signal_pending(current))
				break;
			cond_resched();
		}
	}
	return (long)done;
}

static void print_uuid(struct seq_file *m, const u8 *u)
{
	for (int i = 0; i < 16; i++)
		seq_printf(m, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", u[i]);
	seq_putc(m, '\n');
}

static void make_uuid(u8 *u)
{
	get_random_bytes(u, 16);
	u[6] = (u[6] & 0x0f) | 0x40;	/* version 4, variant 1: RFC 9562 */
	u[8] = (u[8] & 0x3f) | 0x80;
}

static int uuid_show(struct seq_file *m, void *arg)
{
	u8 u[16];

	make_uuid(u);
	print_uuid(m, u);
	return 0;
}

static int boot_id_show(struct seq_file *m, void *arg)
{
	static u8 id[16];
	static bool made;

	if (!made)
		make_uuid(id);
	made = true;
	print_uuid(m, id);
	return 0;
}

static int pool_bits = 256, wakeup_bits = 256, reseed_secs = 60;
PROC_FILE("sys/kernel/random/uuid", 0444, uuid_show);
PROC_FILE("sys/kernel/random/boot_id", 0444, boot_id_show);
PROC_SYSCTL_INT("kernel/random/poolsize", 0444, &pool_bits, 0, 0);
PROC_SYSCTL_INT("kernel/random/entropy_avail", 0444, &pool_bits, 0, 0);
PROC_SYSCTL_INT("kernel/random/write_wakeup_threshold", 0644, &wakeup_bits, 0, 256);
PROC_SYSCTL_INT("kernel/random/urandom_min_reseed_secs", 0644, &reseed_secs, 0, INT_MAX);
