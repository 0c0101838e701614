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

/* The set…id calls do not fail by RLIMIT_NPROC, as too many programs forgot to look: execve does. */
static void fix_user(struct cred *c, const struct cred *old)
{
	fix_capabilities(c, old);
	if (c->uid == old->uid)
		return;
	current->flags &= ~PF_NPROC;
	if (nproc_exceeded(c->uid))
		current->flags |= PF_NPROC;
}

/* Capabilities about files, which follow the file system's user id. */
#define CAP_FS	(BIT(CAP_CHOWN) | BIT(CAP_MKNOD) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_FOWNER) | \
		 BIT(CAP_FSETID) | BIT(CAP_LINUX_IMMUTABLE) | BIT(CAP_MAC_OVERRIDE))

static void fix_fs_capabilities(struct cred *c, const struct cred *old)
{
	if (c->securebits & SECBIT_NO_SETUID_FIXUP)
		return;
	if (old->fsuid == 0 && c->fsuid != 0)
		c->cap_effective &= ~CAP_FS;
	if (old->fsuid != 0 && c->fsuid == 0)
		c->cap_effective |= c->cap_permitted & CAP_FS;
}

/* What differs between the calls for users and those for groups. */
static const struct id_kind {
	size_t at;		/* of the struct ids in a struct cred */
	int cap;		/* who has it may become anybody */
	void (*fix)(struct cred *c, const struct cred *old);
	void (*fix_fs)(struct cred *c, const struct cred *old);
} users = { offsetof(struct cred, user), CAP_SETUID, fix_user, fix_fs_capabilities },
  groups = { offsetof(struct cred, group), CAP_SETGID, NULL, NULL };

static const struct ids *ids_of(const struct id_kind *k, const struct cred *c)
{
	return (const struct ids *)((const char *)c + k->at);
}

static long commit_ids(const struct id_kind *k, struct ids new_, void (*fix)(struct cred *, const struct cred *))
{
	struct cred *c = prepare_creds();

	if (!c)
		return -ENOMEM;
	memcpy((char *)c + k->at, &new_, sizeof(new_));
	if (c->uid != current->cred->uid && cred_follow_uid(c)) {
		abort_creds(c);
		return -EAGAIN;
	}
	if (fix)
		fix(c, current->cred);
	commit_creds(c);
	return 0;
}

static long set_id(const struct id_kind *k, u32 id)
{
	struct ids n = *ids_of(k, current->cred);
	bool cap = capable(k->cap);

	if (id == NO_ID)
		return -EINVAL;
	if (!cap && id != n.real && id != n.saved)
		return -EPERM;
	if (cap)
		n.real = n.saved = id;
	n.effective = n.fs = id;
	return commit_ids(k, n, k->fix);
}

static long set_re_id(const struct id_kind *k, u32 real, u32 effective)
{
	const struct ids old = *ids_of(k, current->cred);
	bool cap = capable(k->cap);
	struct ids n = old;

	if (!cap && real != NO_ID && real != old.real && real != old.effective)
		return -EPERM;
	if (!cap && effective != NO_ID && effective != old.real && effective != old.effective && effective != old.saved)
		return -EPERM;
	if (real != NO_ID)
		n.real = real;
	if (effective != NO_ID)
		n.effective = effective;
	if (real != NO_ID || (effective != NO_ID && effective != old.real))
		n.saved = n.effective;
	n.fs = n.effective;
	return commit_ids(k, n, k->fix);
}

static bool is_one_of(u32 id, const struct ids *i)
{
	return id == NO_ID || id == i->real || id == i->effective || id == i->saved;
}

static long set_res_id(const struct id_kind *k, u32 real, u32 effective, u32 saved)
{
	const struct ids old = *ids_of(k, current->cred);
	struct ids n = old;

	if (!capable(k->cap) && !(is_one_of(real, &old) && is_one_of(effective, &old) && is_one_of(saved, &old)))
		return -EPERM;
	if (real != NO_ID)
		n.real = real;
	if (effective != NO_ID)
		n.effective = effective;
	if (saved != NO_ID)
		n.saved = saved;
	n.fs = n.effective;
	return commit_ids(k, n, k->fix);
}

static long get_res_id(const struct id_kind *k, uaddr_t real, uaddr_t effective, uaddr_t saved)
{
	const struct ids *i = ids_of(k, current->cred);
	int err = put_user(i->real, u32, real);

	if (!err)
		err = put_user(i->effective, u32, effective);
	return err ? err : put_user(i->saved, u32, saved);
}

/* Returns the old id always: there is no way to report an error. */
static long set_fs_id(const struct id_kind *k, u32 id)
{
	struct ids n = *ids_of(k, current->cred);
	u32 was = n.fs;

	if (id != was && id != NO_ID && (capable(k->cap) || is_one_of(id, &n))) {
		n.fs = id;
		commit_ids(k, n, k->fix_fs);
	}
	return was;
}

long sys_setuid(unsigned id)			{ return set_id(&users, id); }
long sys_setreuid(unsigned r, unsigned e)		{ return set_re_id(&users, r, e); }
long sys_setresuid(unsigned r, unsigned e, unsigned s)	{ return set_res_id(&users, r, e, s); }
long sys_getresuid(uaddr_t r, uaddr_t e, uaddr_t s)	{ return get_res_id(&users, r, e, s); }
long sys_setfsuid(unsigned id)			{ return set_fs_id(&users, id); }

long sys_setgid(unsigned id)			{ return set_id(&groups, id); }
long sys_setregid(unsigned r, unsigned e)		{ return set_re_id(&groups, r, e); }
long sys_setresgid(unsigned r, unsigned e, unsigned s)	{ return set_res_id(&groups, r, e, s); }
long sys_getresgid(uaddr_t r, uaddr_t e, uaddr_t s)	{ return get_res_id(&groups, r, e, s); }
long sys_setfsgid(unsigned id)			{ return set_fs_id(&groups, id); }

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
