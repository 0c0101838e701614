// SPDX-License-Identifier: GPL-2.0
/* Control messages: descriptors (SCM_RIGHTS) and credentials (SCM_CREDENTIALS). */
#include <kernel/ucount.h>
#include <fs/file.h>
#include <linux/resource.h>
#include "unix.h"

#define CONTROL_MAX	20480		/* bytes: man 7 socket, optmem_max */
#define HDR		sizeof(struct user_cmsghdr)

void scm_free(struct scm *scm)
{
	if (!scm->fds)
		return;
	file_put_all(scm->fds, scm->nfds);
	kfree(scm->fds);
	scm->fds = NULL;
	scm->nfds = 0;
}

static int add_fds(struct scm *scm, const int *fds, int n)
{
	struct file **grown;

	if (n == 0)
		return 0;
	if (scm->nfds + n > SCM_MAX_FD)
		return -EINVAL;
	grown = krealloc(scm->fds, (size_t)(scm->nfds + n) * sizeof(*grown), GFP_KERNEL);
	if (!grown)
		return -ENOMEM;
	scm->fds = grown;
	for (int i = 0; i < n; i++) {
		struct file *f = fds[i] >= 0 ? fget_any(fds[i]) : NULL;

		if (!f)
			return -EBADF;
		scm->fds[scm->nfds++] = f;
	}
	return 0;
}

/* Who sends may name another identity only if it could have taken it on. */
static int set_cred(struct scm *scm, const struct ucred *c)
{
	const struct cred *me = current->cred;

	if (c->pid != task_tgid_nr(current) && !capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (c->uid != me->uid && c->uid != me->euid && c->uid != me->suid && !capable(CAP_SETUID))
		return -EPERM;
	if (c->gid != me->gid && c->gid != me->egid && c->gid != me->sgid && !capable(CAP_SETGID))
		return -EPERM;
	if (!pid_find(c->pid))
		return -ESRCH;
	if (c->uid == (u32)-1 || c->gid == (u32)-1)
		return -EINVAL;
	scm->cred = *c;
	return 0;
}

static int parse_one(struct scm *scm, const struct user_cmsghdr *h, const u8 *data)
{
	size_t len = h->len - HDR;

	if (h->level != SOL_SOCKET)
		return 0;
	switch (h->type) {
	case SCM_RIGHTS:
		return add_fds(scm, (const int *)data, (int)(len / sizeof(int)));
	case SCM_CREDENTIALS:
		return len == sizeof(struct ucred) ? set_cred(scm, (const struct ucred *)data) : -EINVAL;
	}
	return -EINVAL;
}

static int parse(struct scm *scm, const u8 *buf, size_t size)
{
	size_t off = 0;
	int err = 0;

	while (!err && size - off >= HDR) {
		const struct user_cmsghdr *h = (const void *)(buf + off);

		if (h->len < HDR || h->len > size - off)
			return -EINVAL;
		err = parse_one(scm, h, buf + off + HDR);
		off += min(ALIGN(h->len, 8), size - off);
	}
	return err;
}

int scm_send(struct sock_msg *m, struct scm *scm)
{
	int err = 0;
	u8 *buf;

	*scm = (struct scm){ .cred = { task_tgid_nr(current), current->cred->uid, current->cred->gid } };
	if (!m->controllen)
		return 0;
	if (m->controllen > CONTROL_MAX)
		return -ENOBUFS;
	buf = kmalloc(m->controllen, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	if (copy_from_user(buf, m->control, m->controllen))
		err = -EFAULT;
	if (!err)
		err = parse(scm, buf, m->controllen);
	kfree(buf);
	if (err)
		scm_free(scm);
	return err;
}

/* Descriptors in queues are no process's, so that its limit on open ones would not hold: man 7 unix, ETOOMANYREFS. */
static bool too_many_in_flight(const struct ucounts *u)
{
	return u->count[UCOUNT_FDS_IN_FLIGHT] > rlimit(RLIMIT_NOFILE) && !capable(CAP_SYS_RESOURCE) && !capable(CAP_SYS_ADMIN);
}

int scm_attach(struct unix_skb *skb, struct scm *scm)
{
	struct ucounts *u = current_cred()->ucounts;

	if (scm->nfds) {
		if (too_many_in_flight(u))
			return why(-ETOOMANYREFS, "%lu descriptors in flight, RLIMIT_NOFILE is %lu", u->count[UCOUNT_FDS_IN_FLIGHT],
				   (unsigned long)rlimit(RLIMIT_NOFILE));
		ucount_charge(u, UCOUNT_FDS_IN_FLIGHT, (unsigned)scm->nfds, U64_MAX);
		skb->ucounts = u;
	}
	skb->scm = *scm;
	for (int i = 0; i < scm->nfds; i++)
		unix_inflight(scm->fds[i], 1);
	scm->fds = NULL;
	scm->nfds = 0;
	return 0;
}

void scm_detach(struct unix_skb *skb)
{
	if (!skb->scm.nfds)
		return;
	for (int i = 0; i < skb->scm.nfds; i++)
		unix_inflight(skb->scm.fds[i], -1);
	ucount_uncharge(skb->ucounts, UCOUNT_FDS_IN_FLIGHT, (unsigned)skb->scm.nfds);
}

/* --- receiving --- */

void scm_take(struct unix_skb *skb, struct scm *scm, bool copy)
{
	int n = skb->scm.nfds;

	scm->cred = skb->scm.cred;
	if (!n)
		return;
	if (!copy) {
		scm_detach(skb);
		scm->fds = skb->scm.fds;
		scm->nfds = n;
		skb->scm.fds = NULL;
		skb->scm.nfds = 0;
		return;
	}
	scm->fds = kcalloc((size_t)n, sizeof(*scm->fds), GFP_ATOMIC);
	for (int i = 0; scm->fds && i < n; i++)
		scm->fds[scm->nfds++] = file_get(skb->scm.fds[i]);
}

/* Installs what fits, in order. The rest is closed with the message. */
static int install_fds(struct sock_msg *m, struct scm *scm, unsigned flags)
{
	int room = m->control && m->controllen > HDR ? (int)min((m->controllen - HDR) / sizeof(int), (size_t)SCM_MAX_FD) : 0;
	int n = 0, fds[SCM_MAX_FD];

	while (n < scm->nfds && n < room) {
		struct file *f = scm->fds[n];
		int fd = -1;

		if (fd_reserve(&fd, 1, flags & MSG_CMSG_CLOEXEC ? O_CLOEXEC : 0))
			break;
		file_get(f);
		fds[n++] = fd;
		fd_install(&fd, &f, 1);
	}
	if (n < scm->nfds)
		m->flags |= MSG_CTRUNC;
	return n ? put_cmsg(m, SOL_SOCKET, SCM_RIGHTS, fds, (size_t)n * sizeof(int)) : 0;
}

int scm_recv(struct socket *s, struct sock_msg *m, struct scm *scm, unsigned flags)
{
	int err = 0;

	if (s->passcred)
		err = put_cmsg(m, SOL_SOCKET, SCM_CREDENTIALS, &scm->cred, sizeof(scm->cred));
	if (!err && scm->nfds)
		err = install_fds(m, scm, flags);
	scm_free(scm);
	return err;
}
