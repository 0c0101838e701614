// SPDX-License-Identifier: GPL-2.0
/* rseq(2): per-CPU critical sections of user code. The layout is struct rseq and struct rseq_cs of linux/rseq.h. */
#include <kernel/rseq.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <asm/tlb.h>
#include <linux/rseq.h>

#define RSEQ_SIZE	32	/* of the original layout, which is also its alignment */

static int write_cpu(struct task *t, u32 start, u32 id)
{
	u32 both[2] = { start, id };

	_Static_assert(offsetof(struct rseq, cpu_id_start) == 0 && offsetof(struct rseq, cpu_id) == 4, "ABI of struct rseq");
	return copy_to_user(t->rseq, both, sizeof(both));
}

static int clear_section(struct task *t)
{
	return put_user(0, u64, t->rseq + offsetof(struct rseq, rseq_cs));
}

static bool valid_section(const struct rseq_cs *cs)
{
	u64 end = cs->start_ip + cs->post_commit_offset;

	return cs->version == 0 && cs->start_ip < TASK_SIZE && end >= cs->start_ip && end <= TASK_SIZE &&
	       cs->abort_ip < TASK_SIZE && cs->abort_ip - cs->start_ip >= cs->post_commit_offset;
}

/* Moves current to the abort handler if it is within the section that it announced. */
static int abort_section(struct task *t)
{
	struct uregs *regs = &t->thread.regs;
	struct rseq_cs cs;
	u64 ptr;
	u32 sig;

	if (get_user(ptr, t->rseq + offsetof(struct rseq, rseq_cs)))
		return -EFAULT;
	if (!ptr)
		return 0;
	if (ptr >= TASK_SIZE || copy_from_user(&cs, ptr, sizeof(cs)))
		return -EFAULT;
	if (!valid_section(&cs) || get_user(sig, cs.abort_ip - sizeof(u32)) || sig != t->rseq_sig)
		return -EINVAL;
	if (clear_section(t))
		return -EFAULT;
	if (regs->rip - cs.start_ip < cs.post_commit_offset) {
		regs->rip = cs.abort_ip;
		t->thread.regs_dirty = true;
	}
	return 0;
}

void rseq_update(struct task *t)
{
	if (!t->rseq || !t->mm)
		return;
	if (abort_section(t) || write_cpu(t, (u32)t->cpu, (u32)t->cpu))
		force_signal(SIGSEGV);
}

static long unregister(uaddr_t area, unsigned len, unsigned sig)
{
	struct task *t = current;

	if (t->rseq != area || !t->rseq || len != t->rseq_len)
		return -EINVAL;
	if (sig != t->rseq_sig)
		return -EPERM;
	if (write_cpu(t, 0, (u32)RSEQ_CPU_ID_UNINITIALIZED) || clear_section(t))
		return -EFAULT;
	t->rseq = 0;
	t->rseq_len = t->rseq_sig = 0;
	return 0;
}

long sys_rseq(uaddr_t area, unsigned len, int flags, unsigned sig)
{
	struct task *t = current;

	if (flags & RSEQ_FLAG_UNREGISTER)
		return flags & ~RSEQ_FLAG_UNREGISTER ? -EINVAL : unregister(area, len, sig);
	if (flags)
		return -EINVAL;
	if (t->rseq) {
		if (t->rseq != area || len != t->rseq_len)
			return -EINVAL;
		return sig != t->rseq_sig ? -EPERM : -EBUSY;
	}
	if (!area || area % RSEQ_SIZE || len != RSEQ_SIZE)
		return -EINVAL;
	if (!access_ok(area, len))
		return -EFAULT;
	t->rseq = area;
	t->rseq_len = len;
	t->rseq_sig = sig;
	if (write_cpu(t, (u32)t->cpu, (u32)t->cpu)) {
		t->rseq = 0;
		return -EFAULT;
	}
	return 0;
}
