// SPDX-License-Identifier: GPL-2.0
/* capget(2), capset(2), and what prctl(2) does about capabilities and securebits. */
#include <kernel/cred.h>
#include <kernel/prctl.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <fs/proc.h>
#include <linux/prctl.h>
#include <linux/securebits.h>

static int cap_last = CAP_LAST_CAP;
PROC_SYSCTL_INT("kernel/cap_last_cap", 0444, &cap_last, 0, 0);

#define N(cap)	[cap] = #cap
static const char *const names[] = {
	N(CAP_CHOWN), N(CAP_DAC_OVERRIDE), N(CAP_DAC_READ_SEARCH), N(CAP_FOWNER), N(CAP_FSETID), N(CAP_KILL),
	N(CAP_SETGID), N(CAP_SETUID), N(CAP_SETPCAP), N(CAP_LINUX_IMMUTABLE), N(CAP_NET_BIND_SERVICE),
	N(CAP_NET_BROADCAST), N(CAP_NET_ADMIN), N(CAP_NET_RAW), N(CAP_IPC_LOCK), N(CAP_IPC_OWNER), N(CAP_SYS_MODULE),
	N(CAP_SYS_RAWIO), N(CAP_SYS_CHROOT), N(CAP_SYS_PTRACE), N(CAP_SYS_PACCT), N(CAP_SYS_ADMIN), N(CAP_SYS_BOOT),
	N(CAP_SYS_NICE), N(CAP_SYS_RESOURCE), N(CAP_SYS_TIME), N(CAP_SYS_TTY_CONFIG), N(CAP_MKNOD), N(CAP_LEASE),
	N(CAP_AUDIT_WRITE), N(CAP_AUDIT_CONTROL), N(CAP_SETFCAP), N(CAP_MAC_OVERRIDE), N(CAP_MAC_ADMIN),
	N(CAP_SYSLOG), N(CAP_WAKE_ALARM), N(CAP_BLOCK_SUSPEND), N(CAP_AUDIT_READ), N(CAP_PERFMON), N(CAP_BPF),
	N(CAP_CHECKPOINT_RESTORE),
};

const char *cap_name(int cap)
{
	return names[cap];
}

/* How many 32-bit words a set has in this version; -EINVAL: unknown, and user space is told ours. */
static int header_words(uaddr_t uhdr, struct __user_cap_header_struct *hdr)
{
	if (copy_from_user(hdr, uhdr, sizeof(*hdr)))
		return -EFAULT;
	switch (hdr->version) {
	case _LINUX_CAPABILITY_VERSION_1:
		return 1;
	case _LINUX_CAPABILITY_VERSION_2:
	case _LINUX_CAPABILITY_VERSION_3:
		return 2;
	}
	return put_user((u32)_LINUX_CAPABILITY_VERSION_3, u32, uhdr) ? -EFAULT : -EINVAL;
}

long sys_capget(uaddr_t uhdr, uaddr_t udata)
{
	struct __user_cap_data_struct data[2];
	struct __user_cap_header_struct hdr;
	int words = header_words(uhdr, &hdr);
	const struct cred *c;
	struct task *t;

	if (words < 0)
		return !udata && words == -EINVAL ? 0 : words;
	if (!udata)
		return 0;
	if (hdr.pid < 0)
		return -EINVAL;
	t = hdr.pid ? task_find(hdr.pid) : current;
	if (!t)
		return -ESRCH;
	c = t->cred;
	for (int i = 0; i < 2; i++) {
		data[i].effective = (u32)(c->cap_effective >> 32 * i);
		data[i].permitted = (u32)(c->cap_permitted >> 32 * i);
		data[i].inheritable = (u32)(c->cap_inheritable >> 32 * i);
	}
	return copy_to_user(udata, data, (size_t)words * sizeof(data[0]));
}

static int check_capset(const struct cred *old, u64 effective, u64 permitted, u64 inheritable)
{
	if (!capable(CAP_SETPCAP) && (inheritable & ~(old->cap_inheritable | old->cap_permitted)))
		return -EPERM;
	if (inheritable & ~(old->cap_inheritable | old->cap_bset))
		return -EPERM;
	if (permitted & ~old->cap_permitted)
		return -EPERM;
	return effective & ~permitted ? -EPERM : 0;
}

long sys_capset(uaddr_t uhdr, uaddr_t udata)
{
	struct __user_cap_data_struct d[2] = { 0 };
	struct __user_cap_header_struct hdr;
	u64 all = BIT(CAP_LAST_CAP + 1) - 1, effective, permitted, inheritable;
	int words = header_words(uhdr, &hdr), err;
	struct cred *c;

	if (words < 0)
		return words;
	if (hdr.pid && hdr.pid != task_pid_nr(current))
		return -EPERM;
	if (copy_from_user(d, udata, (size_t)words * sizeof(d[0])))
		return -EFAULT;
	effective = (d[0].effective | (u64)d[1].effective << 32) & all;
	permitted = (d[0].permitted | (u64)d[1].permitted << 32) & all;
	inheritable = (d[0].inheritable | (u64)d[1].inheritable << 32) & all;
	err = check_capset(current->cred, effective, permitted, inheritable);
	if (err)
		return err;
	c = prepare_creds();
	if (!c)
		return -ENOMEM;
	c->cap_effective = effective;
	c->cap_permitted = permitted;
	c->cap_inheritable = inheritable;
	c->cap_ambient &= permitted & inheritable;
	commit_creds(c);
	return 0;
}

/* --- prctl --- */

static bool valid_cap(u64 cap)
{
	return cap <= CAP_LAST_CAP;
}

static long bset_drop(u64 cap)
{
	struct cred *c;

	if (!capable(CAP_SETPCAP))
		return -EPERM;
	if (!valid_cap(cap))
		return -EINVAL;
	c = prepare_creds();
	if (!c)
		return -ENOMEM;
	c->cap_bset &= ~BIT(cap);
	commit_creds(c);
	return 0;
}

/* A locked bit stays as it is, and a lock is never taken off. */
static long set_securebits(u64 bits)
{
	unsigned old = current->cred->securebits;
	struct cred *c;

	if ((((old & SECURE_ALL_LOCKS) >> 1) & (old ^ bits)) || (old & SECURE_ALL_LOCKS & ~bits) ||
	    (bits & ~(u64)(SECURE_ALL_LOCKS | SECURE_ALL_BITS)) || !capable(CAP_SETPCAP))
		return -EPERM;
	c = prepare_creds();
	if (!c)
		return -ENOMEM;
	c->securebits = (unsigned)bits;
	commit_creds(c);
	return 0;
}

static long set_keepcaps(u64 on)
{
	struct cred *c;

	if (on > 1)
		return -EINVAL;
	if (current->cred->securebits & SECBIT_KEEP_CAPS_LOCKED)
		return -EPERM;
	c = prepare_creds();
	if (!c)
		return -ENOMEM;
	c->securebits = (c->securebits & ~SECBIT_KEEP_CAPS) | (on ? SECBIT_KEEP_CAPS : 0);
	commit_creds(c);
	return 0;
}

static long ambient(u64 op, u64 cap, u64 a4, u64 a5)
{
	const struct cred *old = current->cred;
	struct cred *c;

	if (a4 || a5)
		return -EINVAL;
	if (op == PR_CAP_AMBIENT_CLEAR_ALL ? cap != 0 : !valid_cap(cap))
		return -EINVAL;
	if (op == PR_CAP_AMBIENT_IS_SET)
		return !!(old->cap_ambient & BIT(cap));
	if (op != PR_CAP_AMBIENT_RAISE && op != PR_CAP_AMBIENT_LOWER && op != PR_CAP_AMBIENT_CLEAR_ALL)
		return -EINVAL;
	if (op == PR_CAP_AMBIENT_RAISE && (!(old->cap_permitted & old->cap_inheritable & BIT(cap)) ||
					   (old->securebits & SECBIT_NO_CAP_AMBIENT_RAISE)))
		return -EPERM;
	c = prepare_creds();
	if (!c)
		return -ENOMEM;
	if (op == PR_CAP_AMBIENT_RAISE)
		c->cap_ambient |= BIT(cap);
	else if (op == PR_CAP_AMBIENT_LOWER)
		c->cap_ambient &= ~BIT(cap);
	else
		c->cap_ambient = 0;
	commit_creds(c);
	return 0;
}

bool prctl_capabilities(int option, u64 a2, u64 a3, u64 a4, u64 a5, long *ret)
{
	switch (option) {
	case PR_CAPBSET_READ:
		*ret = valid_cap(a2) ? !!(current->cred->cap_bset & BIT(a2)) : -EINVAL;
		return true;
	case PR_CAPBSET_DROP:
		*ret = bset_drop(a2);
		return true;
	case PR_GET_SECUREBITS:
		*ret = current->cred->securebits;
		return true;
	case PR_SET_SECUREBITS:
		*ret = set_securebits(a2);
		return true;
	case PR_GET_KEEPCAPS:
		*ret = !!(current->cred->securebits & SECBIT_KEEP_CAPS);
		return true;
	case PR_SET_KEEPCAPS:
		*ret = set_keepcaps(a2);
		return true;
	case PR_CAP_AMBIENT:
		*ret = ambient(a2, a3, a4, a5);
		return true;
	}
	return false;
}
