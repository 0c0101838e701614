/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Credentials: who a task is and what it may do. A struct cred is never changed once a task points to it:
 * prepare a copy, change that, commit it. Files keep the one that opened them.
 */
#ifndef KERNEL_CRED_H
#define KERNEL_CRED_H

#include <kernel/types.h>
#include <linux/capability.h>	/* uapi: CAP_* */

struct user_ns { struct user_ns *parent; int refs; };
extern struct user_ns init_user_ns;

struct group_info { int refs; int n; gid_t gid[]; };	/* sorted */

/* The four ids that the set…id calls treat by one set of rules, for users and for groups. */
struct ids { u32 real, effective, saved, fs; };

struct ucounts;
struct cred {
	int refs;
	union { struct { uid_t uid, euid, suid, fsuid; }; struct ids user; };
	union { struct { gid_t gid, egid, sgid, fsgid; }; struct ids group; };
	u64 cap_effective, cap_permitted, cap_inheritable, cap_bset, cap_ambient;
	unsigned securebits;
	uid_t loginuid; u32 sessionid;	/* who logged in, and which login it was: /proc/<pid>/loginuid; U32_MAX: nobody did */
	struct group_info *groups;
	struct ucounts *ucounts;	/* of uid: kernel/ucount.h */
	struct user_ns *user_ns;
};
extern struct cred init_cred;
void group_info_put(struct group_info *g);

struct cred *prepare_creds(void);		/* a copy of current's; NULL: no memory */
void commit_creds(struct cred *new_);		/* takes it over */
void abort_creds(struct cred *new_);
int cred_follow_uid(struct cred *new_);	/* uid was changed: ucounts too. -EAGAIN: no memory */
const struct cred *cred_get(const struct cred *c);
void cred_put(const struct cred *c);
#define current_cred()	(current->cred)
bool capable(int cap);				/* of current, in the initial user namespace */
bool ns_capable(struct user_ns *ns, int cap);
struct task;
bool ptrace_may_access(struct task *t);		/* current may read t's memory, descriptors …: same ids and dumpable, or CAP_SYS_PTRACE */
bool in_group(gid_t gid);			/* fsgid or a supplementary group */
/* exec: set-user-ID and set-group-ID bits, capabilities. mode 0 means none. Fills c. Returns true if privileges rise (AT_SECURE). */
bool cred_for_exec(struct cred *c, mode_t mode, uid_t uid, gid_t gid, bool nosuid);

#endif
