// SPDX-License-Identifier: GPL-2.0
/* Credentials: their life, what they allow, and what exec makes of them. The system calls are in kernel/uid.c and capability.c. */
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/ucount.h>
#include <kernel/why.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <linux/securebits.h>
#include <linux/stat.h>

#define CAP_ALL		(BIT(CAP_LAST_CAP + 1) - 1)

struct user_ns init_user_ns = { .refs = 1 };
/* Neither of the two is ever freed, however often it is put. */
static struct group_info no_groups = { .refs = INT_MAX / 2 };

struct cred init_cred = {
	.refs = INT_MAX / 2,
	.cap_effective = CAP_ALL,
	.cap_permitted = CAP_ALL,
	.cap_bset = CAP_ALL,
	.loginuid = U32_MAX,
	.sessionid = U32_MAX,
	.groups = &no_groups,
	.ucounts = &init_ucounts,
	.user_ns = &init_user_ns,
};

struct cred *prepare_creds(void)
{
	struct cred *c = kmalloc(sizeof(*c), GFP_KERNEL);

	if (!c)
		return NULL;
	*c = *current->cred;
	c->refs = 1;
	c->groups->refs++;
	ucounts_get(c->ucounts);
	return c;
}

const struct cred *cred_get(const struct cred *c)
{
	((struct cred *)c)->refs++;
	return c;
}

void group_info_put(struct group_info *g)
{
	if (g && --g->refs == 0)
		kfree(g);
}

void cred_put(const struct cred *c)
{
	struct cred *cr = (struct cred *)c;

	if (!cr || --cr->refs)
		return;
	group_info_put(cr->groups);
	ucounts_put(cr->ucounts);
	kfree(cr);
}

void abort_creds(struct cred *new_)
{
	cred_put(new_);
}

int cred_follow_uid(struct cred *new_)
{
	struct ucounts *u = ucounts_of(new_->uid);

	if (!u)
		return -EAGAIN;
	ucounts_put(new_->ucounts);
	new_->ucounts = u;
	return 0;
}

/* Who gains or changes rights must not be looked into by those who could before. */
void commit_creds(struct cred *new_)
{
	const struct cred *old = current->cred;
	bool changed = old->euid != new_->euid || old->egid != new_->egid || old->fsuid != new_->fsuid ||
		       old->fsgid != new_->fsgid || (new_->cap_permitted & ~old->cap_permitted);

	if (changed) {
		if (current->mm)
			current->mm->dumpable = 0;
		current->pdeath_signal = 0;
	}
	current->cred = new_;
	cred_put(old);
}

/* --- questions --- */

bool capable(int cap)
{
	if (likely(current->cred->cap_effective & BIT(cap)))
		return true;
	why(-EPERM, "%s is missing", cap_name(cap));
	return false;
}

bool ns_capable(struct user_ns *ns, int cap)
{
	return ns == current->cred->user_ns && capable(cap);
}

bool in_group(gid_t gid)
{
	const struct group_info *g = current->cred->groups;
	int lo = 0, hi = g->n;

	if (gid == current->cred->fsgid)
		return true;
	while (lo < hi) {
		int mid = (lo + hi) / 2;

		if (g->gid[mid] == gid)
			return true;
		if (g->gid[mid] < gid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

bool ptrace_may_access(struct task *t)
{
	const struct cred *me = current->cred, *it = t->cred;

	if (t->process == current->process || capable(CAP_SYS_PTRACE))
		return true;
	if (me->uid != it->euid || me->uid != it->suid || me->uid != it->uid ||
	    me->gid != it->egid || me->gid != it->sgid || me->gid != it->gid)
		return false;
	if (it->cap_permitted & ~me->cap_permitted)
		return false;
	return !t->mm || t->mm->dumpable == 1;
}

/* --- exec --- */

/* Man 7 capabilities, "Transformation of capabilities during execve()", for files without capabilities of their own. */
static void exec_capabilities(struct cred *c, const struct cred *old, bool is_setid)
{
	bool root = !(c->securebits & SECBIT_NOROOT) && (c->uid == 0 || c->euid == 0);

	if (is_setid)
		c->cap_ambient = 0;
	c->cap_permitted = c->cap_ambient;
	c->cap_effective = c->cap_ambient;
	if (root) {
		c->cap_permitted |= old->cap_bset | old->cap_inheritable;
		if (current->no_new_privs)
			c->cap_permitted &= old->cap_permitted | c->cap_ambient;
		if (c->euid == 0)
			c->cap_effective = c->cap_permitted;
	}
	c->securebits &= ~SECBIT_KEEP_CAPS;
}

bool cred_for_exec(struct cred *c, mode_t mode, uid_t uid, gid_t gid, bool nosuid)
{
	const struct cred *old = current->cred;
	bool is_setid;

	c->euid = old->euid;
	c->egid = old->egid;
	if (!nosuid && !current->no_new_privs) {
		if (mode & S_ISUID)
			c->euid = uid;
		/* Without group execution the bit means mandatory locking. */
		if ((mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP))
			c->egid = gid;
	}
	is_setid = c->euid != old->uid || c->egid != old->gid;
	c->suid = c->fsuid = c->euid;
	c->sgid = c->fsgid = c->egid;
	exec_capabilities(c, old, is_setid);
	return is_setid || (c->uid != 0 && (c->cap_permitted & ~c->cap_ambient));
}
