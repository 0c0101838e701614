// SPDX-License-Identifier: GPL-2.0
/* Users, by their ids, and what they have of things that are limited per user. */
#include <kernel/ucount.h>
#include <mm/slab.h>

#define USER_HASH	64
static struct hlist_head users[USER_HASH];

/* Root's is there before any allocation can be, and stays. */
struct ucounts init_ucounts = { .refs = INT_MAX / 2 };

static struct ucounts *find(uid_t uid)
{
	struct ucounts *u;

	if (uid == 0)
		return &init_ucounts;
	hlist_for_each_entry(u, &users[uid % USER_HASH], node)
		if (u->uid == uid)
			return u;
	return NULL;
}

struct ucounts *ucounts_get(struct ucounts *u)
{
	u->refs++;
	return u;
}

void ucounts_put(struct ucounts *u)
{
	if (--u->refs)
		return;
	hlist_del(&u->node);
	kfree(u);
}

struct ucounts *ucounts_of(uid_t uid)
{
	struct ucounts *u = find(uid), *new_;

	if (u)
		return ucounts_get(u);
	new_ = kzalloc(sizeof(*new_), GFP_KERNEL);
	if (!new_)
		return NULL;
	u = find(uid);
	if (u) {			/* the allocation slept */
		kfree(new_);
		return ucounts_get(u);
	}
	new_->uid = uid;
	new_->refs = 1;
	hlist_add(&new_->node, &users[uid % USER_HASH]);
	return new_;
}

bool ucount_charge(struct ucounts *u, enum ucount what, unsigned long n, u64 limit)
{
	if (u->count[what] + n > limit)
		return false;
	u->count[what] += n;
	ucounts_get(u);
	return true;
}

void ucount_uncharge(struct ucounts *u, enum ucount what, unsigned long n)
{
	u->count[what] -= n;
	ucounts_put(u);
}
