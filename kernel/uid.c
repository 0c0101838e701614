// SPDX-License-Identifier: GPL-2.0
/* User and group ids of processes: the set…id and get…id calls, supplementary groups. */
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <lib/misc.h>
#include <mm/slab.h>
#include <linux/securebits.h>

#define NO_ID	((u32)-1)

long sys_getuid(void)  { return current->cred->uid; }
long sys_geteuid(void) { return current->cred->euid; }
long sys_getgid(void)  { return current->cred->gid; }
long sys_getegid(void) { return current->cred->egid; }

static bool is_root(const struct cred *c)
{
	return c->uid == 0 || c->euid == 0 || c->suid == 0;
}

/* Leaving user 0 drops capabilities, and coming back to it restores them: man 7 capabilities. */
static void fix_capabilities(struct cred *c, const struct cred *old)
{
	if (c->securebits & SECBIT_NO_SETUID_FIXUP)
		return;
	if (is_root(old) && !is_root(c)) {
		if (!(c->securebits & SECBIT_KEEP_CAPS))
			c->cap_permitted = c->cap_effective = 0;
		c->cap_ambient = 0;
	}
	if (old->euid == 0 && c->euid != 0)
		c->cap_effective = 0;
	if (old->euid != 0 && c->euid == 0)
		c->cap_effective = c->cap_permitted;
}

static long commit_uids(struct cred *c)
{
	c->fsuid = c->euid;
	fix_capabilities(c, current->cred);
	commit_creds(c);
	return 0;
}

long sys_setuid(unsigned uid)
{
	const struct cred *old = current->cred;
	bool cap = capable(CAP_SETUID);
	struct cred *c;

	if (uid == NO_ID)
		return -EINVAL;
	if (!cap && uid != old->uid && uid != old->suid)
		return -EPERM;
	c = prepare_creds();
	if (!c)
		return -ENOMEM;
	if (cap)
		c->uid = c->suid = uid;
	c->euid = uid;
	return commit_uids(c);
}

long sys_setreuid(unsigned ruid, unsigned euid)
{
	const struct cred *old = current->cred;
	bool cap = capable(CAP_SETUID);
	struct cred *c;

	if (!cap && ruid != NO_ID && ruid != old->uid && ruid != old->euid)
		return -EPERM;
	if (!cap && euid != NO_ID && euid != old->uid && euid != old->euid && euid != old->suid)
		return -EPERM;
	c = prepare_creds();
	if (!c)
		return -ENOMEM;
	if (ruid != NO_ID)
		c->uid = ruid;
	if (euid != NO_ID)
		c->euid = euid;
	if (ruid != NO_ID || (euid != NO_ID && euid != old->uid))
		c->suid = c->euid;
	return commit_uids(c);
}

static bool one_of(u32 id, u32 a, u32 b, u32 c)
{
	return id == NO_ID || id == a || id == b || id == c;
}

long sys_setresuid(unsigned ruid, unsigned euid, unsigned suid)
{
	const struct cred *old = current->cred;
	struct cred *c;

	if (!capable(CAP_SETUID) && !(one_of(ruid, old->uid, old->euid, old->suid) &&
	    one_of(euid, old->uid, old->euid, old->suid) && one_of(suid, old->uid, old->euid, old->suid)))
		return -EPERM;
	c = prepare_creds();
	if (!c)
		return -ENOMEM;
	if (ruid != NO_ID)
		c->uid = ruid;
	if (euid != NO_ID)
		c->euid = euid;
	if (suid != NO_ID)
		c->suid = suid;
	return commit_uids(c);
}

static long put_three(uaddr_t a, uaddr_t b, uaddr_t c, u32 x, u32 y, u32 z)
{
	int err = put_user(x, u32, a);

	if (!err)
		err = put_user(y, u32, b);
	return err ? err : put_user(z, u32, c);
}

long sys_getresuid(uaddr_t ruid, uaddr_t euid, uaddr_t suid)
{
	const struct cred *c = current->cred;

	return put_three(ruid, euid, suid, c->uid, c->euid, c->suid);
}

/* Capabilities about files, which follow the file system's user id. */
#define CAP_FS	(BIT(CAP_CHOWN) | BIT(CAP_MKNOD) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_FOWNER) | \
		 BIT(CAP_FSETID) | BIT(CAP_LINUX_IMMUTABLE) | BIT(CAP_MAC_OVERRIDE))

/* Returns the old id always: there is no way to report an error. */
long sys_setfsuid(unsigned uid)
{
	const struct cred *old = current->cred;
	u32 was = old->fsuid;
	struct cred *c;

	if (uid == NO_ID || uid == was ||
	    (!capable(CAP_SETUID) && uid != old->uid && uid != old->euid && uid != old->suid))
		return was;
	c = prepare_creds();
	if (!c)
		return was;
	c->fsuid = uid;
	if (!(c->securebits & SECBIT_NO_SETUID_FIXUP)) {
		if (was == 0)
			c->cap_effective &= ~CAP_FS;
		else if (uid == 0)
			c->cap_effective |= c->cap_permitted & CAP_FS;
	}
	commit_creds(c);
	return was;
}

/* --- groups: the same rules without capabilities to mend --- */

static long commit_gids(struct cred *c)
{
	c->fsgid = c->egid;
	commit_creds(c);
	return 0;
}

long sys_setgid(unsigned gid)
{
	const struct cred *old = current->cred;
	bool cap = capable(CAP_SETGID);
	struct cred *c;

	if (gid == NO_ID)
		return -EINVAL;
	if (!cap && gid != old->gid && gid != old->sgid)
		return -EPERM;
	c = prepare_creds();
	if (!c)
		return -ENOMEM;
	if (cap)
		c->gid = c->sgid = gid;
	c->egid = gid;
	return commit_gids(c);
}

long sys_setregid(unsigned rgid, unsigned egid)
{
	const struct cred *old = current->cred;
	bool cap = capable(CAP_SETGID);
	struct cred *c;

	if (!cap && rgid != NO_ID && rgid != old->gid && rgid != old->egid)
		return -EPERM;
	if (!cap && egid != NO_ID && egid != old->gid && egid != old->egid && egid != old->sgid)
		return -EPERM;
	c = prepare_creds();
	if (!c)
		return -ENOMEM;
	if (rgid != NO_ID)
		c->gid = rgid;
	if (egid != NO_ID)
		c->egid = egid;
	if (rgid != NO_ID || (egid != NO_ID && egid != old->gid))
		c->sgid = c->egid;
	return commit_gids(c);
}

long sys_setresgid(unsigned rgid, unsigned egid, unsigned sgid)
{
	const struct cred *old = current->cred;
	struct cred *c;

	if (!capable(CAP_SETGID) && !(one_of(rgid, old->gid, old->egid, old->sgid) &&
	    one_of(egid, old->gid, old->egid, old->sgid) && one_of(sgid, old->gid, old->egid, old->sgid)))
		return -EPERM;
	c = prepare_creds();
	if (!c)
		return -ENOMEM;
	if (rgid != NO_ID)
		c->gid = rgid;
	if (egid != NO_ID)
		c->egid = egid;
	if (sgid != NO_ID)
		c->sgid = sgid;
	return commit_gids(c);
}

long sys_getresgid(uaddr_t rgid, uaddr_t egid, uaddr_t sgid)
{
	const struct cred *c = current->cred;

	return put_three(rgid, egid, sgid, c->gid, c->egid, c->sgid);
}

long sys_setfsgid(unsigned gid)
{
	const struct cred *old = current->cred;
	u32 was = old->fsgid;
	struct cred *c;

	if (gid == NO_ID || gid == was ||
	    (!capable(CAP_SETGID) && gid != old->gid && gid != old->egid && gid != old->sgid))
		return was;
	c = prepare_creds();
	if (!c)
		return was;
	c->fsgid = gid;
	commit_creds(c);
	return was;
}

/* --- supplementary groups --- */

#define NGROUPS_LIMIT	65536

long sys_getgroups(int size, uaddr_t ulist)
{
	const struct group_info *g = current->cred->groups;

	if (size < 0)
		return -EINVAL;
	if (!size)
		return g->n;
	if (g->n > size)
		return -EINVAL;
	if (copy_to_user(ulist, g->gid, (size_t)g->n * sizeof(gid_t)))
		return -EFAULT;
	return g->n;
}

static int compare_gids(const void *a, const void *b)
{
	gid_t x = *(const gid_t *)a, y = *(const gid_t *)b;

	return x < y ? -1 : x > y;
}

static struct group_info *groups_from_user(int n, uaddr_t ulist)
{
	struct group_info *g = kmalloc(sizeof(*g) + (size_t)n * sizeof(gid_t), GFP_KERNEL);
	long err = 0;

	if (!g)
		return ERR_PTR(-ENOMEM);
	g->refs = 1;
	g->n = n;
	if (copy_from_user(g->gid, ulist, (size_t)n * sizeof(gid_t)))
		err = -EFAULT;
	for (int i = 0; i < n && !err; i++)
		if (g->gid[i] == NO_ID)
			err = -EINVAL;
	if (err) {
		kfree(g);
		return ERR_PTR(err);
	}
	sort(g->gid, (size_t)n, sizeof(gid_t), compare_gids);
	return g;
}

long sys_setgroups(int n, uaddr_t ulist)
{
	struct group_info *g;
	struct cred *c;

	if (!capable(CAP_SETGID))
		return -EPERM;
	if ((unsigned)n > NGROUPS_LIMIT)
		return -EINVAL;
	g = groups_from_user(n, ulist);
	if (IS_ERR(g))
		return PTR_ERR(g);
	c = prepare_creds();
	if (!c) {
		group_info_put(g);
		return -ENOMEM;
	}
	group_info_put(c->groups);
	c->groups = g;
	commit_creds(c);
	return 0;
}
