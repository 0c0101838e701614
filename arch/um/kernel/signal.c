// SPDX-License-Identifier: GPL-2.0
/*
 * Signal frames of x86-64, and the restart of system calls. From the interrupted stack pointer downwards:
 *
 *	128 bytes	red zone of the ABI, not ours (unless we move to the alternate stack)
 *	XSAVE image	64-aligned; its software bytes tell its size, FP_XSTATE_MAGIC2 follows it
 *	rt_sigframe	return address (the restorer), ucontext, siginfo; (address + 8) is a multiple of 16
 *
 * Formats: asm/ucontext.h and asm/sigcontext.h of the ABI headers.
 */
#include <kernel/rseq.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <mm/slab.h>
#include <asm/sigcontext.h>
#include <asm/ucontext.h>

struct rt_sigframe {
	u64 pretcode;
	struct ucontext uc;
	siginfo_t info;
};
_Static_assert(sizeof(struct rt_sigframe) == 440, "ABI of the signal frame");
_Static_assert(sizeof(struct sigcontext) == 256, "ABI of struct sigcontext");

#define RED_ZONE	128
#define USER_CS		0x33
#define USER_CS32	0x23
#define USER_DS		0x2b
#define EFLAGS_TF	0x00000100UL
#define EFLAGS_DF	0x00000400UL
#define EFLAGS_RF	0x00010000UL
/* What a program may change by its frame: AC RF OF DF TF SF ZF AF PF CF. */
#define EFLAGS_USER	0x00050dd5UL

#define FX_SIZE		512
#define FX_SW_OFFSET	464		/* struct _fpx_sw_bytes within the FXSAVE area */
#define XHDR_OFFSET	512		/* XSAVE header: xstate_bv, xcomp_bv, reserved */
#define XHDR_SIZE	64
#define XSTATE_LEGACY	3UL		/* x87 and SSE */
#define MAGIC2_SIZE	4
#define ORIG_NONE	(~0ULL)

static bool has_xsave(void)
{
	return xstate_size > FX_SIZE;
}

/* --- building a frame --- */

/* Where frame and XSAVE image go. 0: the alternate stack would overflow. */
static uaddr_t place_frame(const struct ksignal *ks, const struct uregs *regs, uaddr_t *fp)
{
	uaddr_t sp = regs->rsp - RED_ZONE;
	bool nested = altstack_flags(regs->rsp) == SS_ONSTACK, on_alt = nested;

	if ((ks->ka.flags & SA_ONSTACK) && altstack_flags(regs->rsp) == 0) {
		sp = current->sas_sp + current->sas_size;
		on_alt = true;
	}
	*fp = ALIGN_DOWN(sp - xframe_size - (has_xsave() ? MAGIC2_SIZE : 0), 64);
	sp = ALIGN_DOWN(*fp - sizeof(struct rt_sigframe), 16) - 8;
	if (on_alt && (sp <= current->sas_sp || sp - current->sas_sp > current->sas_size))
		return 0;
	return sp;
}

static int save_fpstate(uaddr_t fp)
{
	struct _fpx_sw_bytes sw = { .magic1 = FP_XSTATE_MAGIC1 };
	u8 *buf = kmalloc(xstate_size, GFP_KERNEL);
	int err;

	if (!buf)
		return -ENOMEM;
	err = fpstate_get(current, buf);
	if (!err && has_xsave()) {
		/* The host leaves the mask of enabled features in the first software word of its images. */
		memcpy(&sw.xfeatures, buf + FX_SW_OFFSET, sizeof(sw.xfeatures));
		sw.xfeatures = (sw.xfeatures & xframe_features) | XSTATE_LEGACY;
		sw.xstate_size = xframe_size;
		sw.extended_size = xframe_size + MAGIC2_SIZE;
		memcpy(buf + FX_SW_OFFSET, &sw, sizeof(sw));
		err = put_user((u32)FP_XSTATE_MAGIC2, u32, fp + xframe_size);
	}
	if (!err)
		err = copy_to_user(fp, buf, xframe_size);
	kfree(buf);
	return err;
}

static void save_registers(struct sigcontext *sc, const struct uregs *r, uaddr_t fp, sigset_t oldmask)
{
	const struct arch_thread *th = &current->thread;

	sc->r8 = r->r8;
	sc->r9 = r->r9;
	sc->r10 = r->r10;
	sc->r11 = r->r11;
	sc->r12 = r->r12;
	sc->r13 = r->r13;
	sc->r14 = r->r14;
	sc->r15 = r->r15;
	sc->rdi = r->rdi;
	sc->rsi = r->rsi;
	sc->rbp = r->rbp;
	sc->rbx = r->rbx;
	sc->rdx = r->rdx;
	sc->rax = r->rax;
	sc->rcx = r->rcx;
	sc->rsp = r->rsp;
	sc->rip = r->rip;
	sc->eflags = r->eflags;
	sc->cs = (u16)r->cs;
	sc->ss = (u16)r->ss;
	sc->err = th->error_code;
	sc->trapno = (u64)th->trap_no;
	sc->cr2 = th->fault_addr;
	sc->oldmask = oldmask;
	sc->fpstate = (void *)fp;
}

int setup_signal_frame(struct ksignal *ks, sigset_t oldmask)
{
	struct uregs *regs = &current->thread.regs;
	struct rt_sigframe frame;
	uaddr_t fp, sp = place_frame(ks, regs, &fp);
	size_t size = ks->ka.flags & SA_SIGINFO ? sizeof(frame) : offsetof(struct rt_sigframe, info);

	might_sleep();
	if (!sp || !access_ok(sp, fp + xframe_size - sp) || !(ks->ka.flags & SA_RESTORER))
		return -EFAULT;
	if (save_fpstate(fp))
		return -EFAULT;
	memset(&frame, 0, sizeof(frame));
	frame.pretcode = ks->ka.restorer;
	frame.uc.uc_flags = (has_xsave() ? UC_FP_XSTATE : 0) | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS;
	frame.uc.uc_stack.ss_sp = (void *)current->sas_sp;
	frame.uc.uc_stack.ss_size = current->sas_size;
	frame.uc.uc_stack.ss_flags = current->sas_flags;
	save_registers(&frame.uc.uc_mcontext, regs, fp, oldmask);
	frame.uc.uc_sigmask = oldmask;
	frame.info = ks->info;
	if (copy_to_user(sp, &frame, size))
		return -EFAULT;
	if (current->sas_flags & (int)SS_AUTODISARM) {
		current->sas_sp = current->sas_size = 0;
		current->sas_flags = SS_DISABLE;
	}

	regs->rdi = (u64)ks->sig;
	regs->rax = 0;
	regs->rsi = sp + offsetof(struct rt_sigframe, info);
	regs->rdx = sp + offsetof(struct rt_sigframe, uc);
	regs->rip = ks->ka.handler;
	regs->rsp = sp;
	regs->cs = USER_CS;
	regs->ss = USER_DS;
	regs->eflags &= ~(EFLAGS_DF | EFLAGS_TF | EFLAGS_RF);
	/* What the syscall instruction would leave there: lets the host return by sysret, which is faster than iret. */
	regs->rcx = regs->rip;
	regs->r11 = regs->eflags;
	return 0;
}

/* --- unwinding one --- */

/* The image in user memory at fp, brought to the host's form in buf. false: not usable. */
static bool read_fpstate(u8 *buf, uaddr_t fp)
{
	struct _fpx_sw_bytes sw;
	u64 bv = XSTATE_LEGACY;
	u32 magic2;

	memset(buf, 0, xstate_size);
	if (copy_from_user(buf, fp, FX_SIZE))
		return false;
	if (!has_xsave())
		return true;
	memcpy(&sw, buf + FX_SW_OFFSET, sizeof(sw));
	memset(buf + FX_SW_OFFSET, 0, sizeof(sw));
	if (sw.magic1 == FP_XSTATE_MAGIC1 && sw.xstate_size >= FX_SIZE + XHDR_SIZE && sw.xstate_size <= xframe_size &&
	    sw.xstate_size <= sw.extended_size && !get_user(magic2, fp + sw.xstate_size) && magic2 == FP_XSTATE_MAGIC2) {
		if (copy_from_user(buf + FX_SIZE, fp + FX_SIZE, sw.xstate_size - FX_SIZE))
			return false;
		memcpy(&bv, buf + XHDR_OFFSET, sizeof(bv));
		bv &= sw.xfeatures & xframe_features;
	}
	/* Only xstate_bv is the program's; the host refuses anything else in the header. */
	memset(buf + XHDR_OFFSET, 0, XHDR_SIZE);
	memcpy(buf + XHDR_OFFSET, &bv, sizeof(bv));
	return true;
}

static bool restore_fpstate(uaddr_t fp)
{
	u8 *buf = kmalloc(xstate_size, GFP_KERNEL);
	bool ok = buf != NULL;

	if (ok && fp)
		ok = read_fpstate(buf, fp);
	else if (ok)
		fpstate_init(buf);
	ok = ok && fpstate_set(current, buf) == 0;
	kfree(buf);
	return ok;
}

static bool valid_selectors(u16 cs, u16 ss)
{
	return ((cs | 3) == USER_CS || (cs | 3) == USER_CS32) && ((ss | 3) == USER_DS || ss == 0);
}

static bool restore_registers(const struct ucontext *uc)
{
	const struct sigcontext *sc = &uc->uc_mcontext;
	struct uregs *r = &current->thread.regs;

	r->r8 = sc->r8;
	r->r9 = sc->r9;
	r->r10 = sc->r10;
	r->r11 = sc->r11;
	r->r12 = sc->r12;
	r->r13 = sc->r13;
	r->r14 = sc->r14;
	r->r15 = sc->r15;
	r->rdi = sc->rdi;
	r->rsi = sc->rsi;
	r->rbp = sc->rbp;
	r->rbx = sc->rbx;
	r->rdx = sc->rdx;
	r->rax = sc->rax;
	r->rcx = sc->rcx;
	r->rsp = sc->rsp;
	r->rip = sc->rip;
	r->eflags = (r->eflags & ~EFLAGS_USER) | (sc->eflags & EFLAGS_USER);
	r->orig_rax = ORIG_NONE;
	if (!valid_selectors(sc->cs, sc->ss))
		return false;
	r->cs = sc->cs | 3;
	r->ss = USER_DS;
	return restore_fpstate((uaddr_t)sc->fpstate);
}

long sys_rt_sigreturn(void)
{
	struct uregs *regs = &current->thread.regs;
	struct ucontext uc;
	bool ok;

	current->thread.regs_dirty = true;
	/* The handler's ret has taken the restorer's address off. */
	ok = !copy_from_user(&uc, regs->rsp - 8 + offsetof(struct rt_sigframe, uc), sizeof(uc));
	if (ok) {
		set_current_blocked(uc.uc_sigmask);
		ok = restore_registers(&uc);
	}
	if (!ok) {
		regs->orig_rax = ORIG_NONE;
		force_signal(SIGSEGV);
		return 0;
	}
	current->restart.fn = NULL;
	altstack_set(&uc.uc_stack, regs->rsp);	/* an error leaves it as it is, as Linux does */
	return (long)regs->rax;
}

/* --- the return to user code --- */

static void restart_call(struct uregs *regs, u64 nr)
{
	regs->rax = nr;
	regs->rip -= 2;		/* the length of the syscall instruction */
	regs->orig_rax = ORIG_NONE;
	current->thread.regs_dirty = true;
}

/* A handler will run: does the call it interrupted start again after it? */
static void restart_after_handler(struct uregs *regs, const struct ksignal *ks)
{
	switch (-(long)regs->rax) {
	case ERESTARTSYS:
		if (ks->ka.flags & SA_RESTART)
			restart_call(regs, regs->orig_rax);
		else
			regs->rax = (u64)-EINTR;
		break;
	case ERESTARTNOINTR:
		restart_call(regs, regs->orig_rax);
		break;
	case ERESTARTNOHAND:
	case ERESTART_RESTARTBLOCK:
		regs->rax = (u64)-EINTR;
		break;
	}
}

static void restart_without_handler(struct uregs *regs)
{
	switch (-(long)regs->rax) {
	case ERESTARTSYS:
	case ERESTARTNOINTR:
	case ERESTARTNOHAND:
		restart_call(regs, regs->orig_rax);
		break;
	case ERESTART_RESTARTBLOCK:
		restart_call(regs, __NR_restart_syscall);
		break;
	}
}

static void deliver(struct ksignal *ks)
{
	sigset_t oldmask = current->restore_sigmask ? current->saved_sigmask : current->blocked;
	int sig = ks->sig;

	current->thread.regs_dirty = true;
	rseq_update(current);
	if (setup_signal_frame(ks, oldmask)) {
		/* No room for SIGSEGV's own frame, either: then it must kill. */
		if (sig == SIGSEGV)
			current->sighand->action[SIGSEGV - 1].handler = SIG_DFL_;
		force_signal(SIGSEGV);
		return;
	}
	current->thread.regs.orig_rax = ORIG_NONE;
	signal_delivered(ks);
	if (current->ptrace.step)	/* the step ends before the handler's first instruction */
		force_signal_fault(SIGTRAP, TRAP_TRACE, current->thread.regs.rip);
}

void do_signals(bool in_syscall)
{
	struct uregs *regs = &current->thread.regs;
	struct ksignal ks;

	might_sleep();
	in_syscall = in_syscall && regs->orig_rax != ORIG_NONE;
	while (signal_pending(current) && get_signal(&ks)) {
		if (in_syscall && regs->orig_rax != ORIG_NONE)	/* a tracer may have said so since */
			restart_after_handler(regs, &ks);
		in_syscall = false;
		deliver(&ks);
	}
	if (in_syscall && regs->orig_rax != ORIG_NONE)
		restart_without_handler(regs);
	restore_saved_sigmask_unless(false);
}
