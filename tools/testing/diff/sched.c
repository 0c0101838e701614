// SPDX-License-Identifier: GPL-2.0
/* Scheduling calls: policies, parameters, affinity, nice values, I/O priorities, and who may set them for whom. */
#include "diff.h"
#include <linux/ioprio.h>
#include <sched.h>
#include <sys/resource.h>

#ifndef SCHED_FLAG_RESET_ON_FORK
#define SCHED_FLAG_RESET_ON_FORK 1
#endif
#define GONE 0x7ffffff0
#define SETSCHED(...) R(syscall(SYS_sched_setscheduler, __VA_ARGS__))
#define SETPARAM(...) R(syscall(SYS_sched_setparam, __VA_ARGS__))

struct attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};

static pid_t other;	/* root's, if we are */

static void policies(void)
{
	struct sched_param zero = { 0 }, one = { 1 }, max = { 99 }, over = { 100 }, neg = { -1 };
	struct timespec ts;

	TITLE("policies");
	for (int p = -1; p < 7; p++) {
		printf("policy %d\n", p);
		R(sched_get_priority_min(p));
		R(sched_get_priority_max(p));
	}
	R(sched_getscheduler(0));
	R(sched_getscheduler(-1));
	R(sched_getscheduler(GONE));
	SETSCHED(0, SCHED_BATCH, &zero);
	R(sched_getscheduler(0));
	SETSCHED(0, SCHED_IDLE, &zero);
	SETSCHED(0, SCHED_OTHER, &zero);
	SETSCHED(0, SCHED_OTHER, &one);
	SETSCHED(0, SCHED_BATCH, &neg);
	SETSCHED(0, 7, &zero);
	SETSCHED(0, -1, &zero);
	SETSCHED(0, 4, &zero);
	SETSCHED(-1, SCHED_OTHER, &zero);
	SETSCHED(GONE, SCHED_OTHER, &zero);
	SETSCHED(0, SCHED_OTHER, NULL);
	SETSCHED(0, SCHED_OTHER, bad_ptr);
	SETPARAM(0, &zero);
	SETPARAM(0, &one);
	SETPARAM(-1, &zero);
	SETPARAM(GONE, &zero);
	SETPARAM(0, NULL);
	SETPARAM(0, bad_ptr);
	R(syscall(SYS_sched_getparam, 0, NULL));
	R(syscall(SYS_sched_getparam, 0, bad_ptr));
	R(syscall(SYS_sched_getparam, -1, &zero));
	R(syscall(SYS_sched_getparam, GONE, &zero));
	R(syscall(SYS_sched_getparam, 0, &max));
	V(max.sched_priority);
	max.sched_priority = 99;
	OK(sched_rr_get_interval(0, &ts));
	R(syscall(SYS_sched_rr_get_interval, -1, &ts));
	R(syscall(SYS_sched_rr_get_interval, GONE, &ts));
	R(syscall(SYS_sched_rr_get_interval, 0, bad_ptr));
	R(sched_yield());
	U(SETSCHED(0, SCHED_FIFO, &one); SETSCHED(0, SCHED_RR, &one); SETSCHED(0, SCHED_IDLE, &zero); SETSCHED(0, SCHED_OTHER, &zero);
	  SETSCHED(other, SCHED_BATCH, &zero); SETPARAM(other, &zero));
	if (!is_root())
		return;
	C(SETSCHED(0, SCHED_FIFO, &max); SETSCHED(0, SCHED_FIFO, &over); SETSCHED(0, SCHED_FIFO, &zero); SETPARAM(0, &one); SETPARAM(0, &zero);
	  R(sched_getscheduler(0)); syscall(SYS_sched_getparam, 0, &zero); V(zero.sched_priority); R(sched_rr_get_interval(0, &ts)); V(ts.tv_nsec);
	  C(R(sched_getscheduler(0)));
	  SETSCHED(0, SCHED_RR | SCHED_RESET_ON_FORK, &max); R(sched_getscheduler(0)); C(R(sched_getscheduler(0)));
	  R(sched_rr_get_interval(0, &ts)); V(ts.tv_nsec > 0); become_user(); zero.sched_priority = 0; SETSCHED(0, SCHED_RR, &max); SETSCHED(0, SCHED_OTHER, &zero);
	  SETSCHED(0, SCHED_RR, &max));
}

#define SETATTR(...) R(syscall(SYS_sched_setattr, __VA_ARGS__))
#define GETATTR(...) R(syscall(SYS_sched_getattr, __VA_ARGS__))

static void attributes(void)
{
	struct { struct attr a; char more[64]; } b = { { sizeof(struct attr) } };
	struct attr *a = &b.a;
	static char page[4096];

	TITLE("attributes");
	GETATTR(0, a, sizeof(*a), 0);
	printf("size %u policy %u flags %lu nice %d priority %u\n", a->size, a->policy, a->flags, a->nice, a->priority);
	GETATTR(0, a, 48, 0);
	V(a->size);
	GETATTR(0, a, 47, 0);
	GETATTR(0, page, 4096, 0);
	GETATTR(0, a, 4097, 0);
	GETATTR(0, &b, sizeof(b), 0);
	GETATTR(0, a, sizeof(*a), 1);
	GETATTR(0, NULL, sizeof(*a), 0);
	GETATTR(0, bad_ptr, sizeof(*a), 0);
	GETATTR(-1, a, sizeof(*a), 0);
	GETATTR(GONE, a, sizeof(*a), 0);
	*a = (struct attr){ .size = sizeof(*a), .policy = SCHED_BATCH, .nice = 1 };
	SETATTR(0, a, 0);
	SETATTR(0, a, 1);
	SETATTR(0, NULL, 0);
	SETATTR(0, bad_ptr, 0);
	SETATTR(-1, a, 0);
	SETATTR(GONE, a, 0);
	a->size = 47;
	SETATTR(0, a, 0);
	V(a->size);
	a->size = 5000;
	SETATTR(0, a, 0);
	a->size = sizeof(b);
	SETATTR(0, a, 0);
	b.more[63] = 1;
	SETATTR(0, a, 0);
	a->size = 0;
	SETATTR(0, a, 0);
	a->size = 48;
	a->policy = 99;
	SETATTR(0, a, 0);
	a->policy = SCHED_OTHER;
	a->flags = 1 << 20;
	SETATTR(0, a, 0);
	a->flags = 0;
	a->priority = 1;
	SETATTR(0, a, 0);
	a->priority = 0;
	a->nice = 100;
	C(SETATTR(0, a, 0); V(getpriority(PRIO_PROCESS, 0)));
	a->nice = 0;
	U(a->policy = SCHED_FIFO; a->priority = 1; SETATTR(0, a, 0); a->policy = SCHED_OTHER; a->priority = 0; a->nice = -5; SETATTR(0, a, 0); a->nice = 5; SETATTR(0, a, 0);
	  SETATTR(other, a, 0));
	C(a->flags = SCHED_FLAG_RESET_ON_FORK; SETATTR(0, a, 0); GETATTR(0, a, sizeof(*a), 0); V(a->flags); C(GETATTR(0, a, sizeof(*a), 0); V(a->flags)));
}

static void affinity(void)
{
	unsigned long mask[16];

	TITLE("affinity");
	memset(mask, 0, sizeof(mask));
	V(syscall(SYS_sched_getaffinity, 0, sizeof(mask), mask) > 0);
	V(mask[0] & 1);
	R(syscall(SYS_sched_getaffinity, 0, 1, mask));
	R(syscall(SYS_sched_getaffinity, 0, 12, mask));
	R(syscall(SYS_sched_getaffinity, 0, 0, mask));
	OK(syscall(SYS_sched_getaffinity, 0, 128, bad_ptr));
	R(syscall(SYS_sched_getaffinity, -1, 128, mask));
	R(syscall(SYS_sched_getaffinity, GONE, 128, mask));
	mask[0] = 1;
	R(syscall(SYS_sched_setaffinity, 0, 8, mask));
	R(syscall(SYS_sched_setaffinity, 0, 1, mask));
	R(syscall(SYS_sched_setaffinity, 0, 128, mask));
	R(syscall(SYS_sched_setaffinity, -1, 8, mask));
	R(syscall(SYS_sched_setaffinity, GONE, 8, mask));
	R(syscall(SYS_sched_setaffinity, 0, 8, bad_ptr));
	U(R(syscall(SYS_sched_setaffinity, other, 8, mask)));
	mask[0] = 0;
	R(syscall(SYS_sched_setaffinity, 0, 8, mask));
	R(syscall(SYS_sched_setaffinity, 0, 0, mask));
	mask[0] = 1UL << 63;
	R(syscall(SYS_sched_setaffinity, 0, 8, mask));
}

static void nice_values(void)
{
	TITLE("priorities");
	R(getpriority(PRIO_PROCESS, 0));
	R(getpriority(3, 0));
	R(getpriority(-1, 0));
	R(getpriority(PRIO_PROCESS, GONE));
	R(getpriority(PRIO_PROCESS, -1));
	R(getpriority(PRIO_PGRP, GONE));
	R(getpriority(PRIO_USER, GONE));
	R(setpriority(3, 0, 0));
	R(setpriority(PRIO_PROCESS, GONE, 0));
	R(setpriority(PRIO_PGRP, GONE, 0));
	R(setpriority(PRIO_USER, GONE, 0));
	C(R(setpriority(PRIO_PROCESS, 0, 50)); R(getpriority(PRIO_PROCESS, 0)); C(R(getpriority(PRIO_PROCESS, 0))));
	C(setpgid(0, 0); R(setpriority(PRIO_PGRP, 0, 7)); R(getpriority(PRIO_PGRP, 0)));
	U(R(setpriority(PRIO_PROCESS, 0, 3)); R(setpriority(PRIO_PROCESS, 0, 2)); R(setpriority(PRIO_PROCESS, 0, -50)));
	if (!is_root())
		return;
	U(R(setpriority(PRIO_PROCESS, other, 3)); R(setpriority(PRIO_PROCESS, 1, 3)));
	C(R(setpriority(PRIO_PROCESS, 0, -50)); R(getpriority(PRIO_PROCESS, 0)));
	C(R(setuid(NOBODY)); R(setpriority(PRIO_USER, 0, 2)); R(getpriority(PRIO_USER, NOBODY)); R(getpriority(PRIO_USER, 0)));
}

#define IOSET(...) R(syscall(SYS_ioprio_set, __VA_ARGS__))
#define IOGET(...) R(syscall(SYS_ioprio_get, __VA_ARGS__))

static void io_priorities(void)
{
	TITLE("I/O priorities");
	IOGET(IOPRIO_WHO_PROCESS, 0);
	IOGET(0, 0);
	IOGET(4, 0);
	IOGET(IOPRIO_WHO_PROCESS, GONE);
	IOGET(IOPRIO_WHO_PGRP, GONE);
	IOGET(IOPRIO_WHO_USER, GONE);
	IOSET(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 3));
	IOGET(IOPRIO_WHO_PROCESS, 0);
	C(IOGET(IOPRIO_WHO_PROCESS, 0));
	IOSET(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
	IOGET(IOPRIO_WHO_PROCESS, 0);
	IOSET(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_NONE, 1));
	IOSET(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(4, 0));
	IOSET(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(7, 0));
	IOSET(9, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 3));
	IOSET(IOPRIO_WHO_PROCESS, GONE, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 3));
	IOSET(IOPRIO_WHO_PGRP, GONE, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 3));
	IOSET(IOPRIO_WHO_USER, GONE, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 3));
	U(IOSET(IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_RT, 3)); IOSET(IOPRIO_WHO_PROCESS, other, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 3));
	  IOGET(IOPRIO_WHO_PROCESS, other));
}

/* One that computes for ever with the highest priority of all leaves enough time to others that they can end it. */
static void throttled(void)
{
	struct sched_param max = { 99 };
	struct rlimit cpu = { 10, 20 };
	int p[2], status;
	char c;
	pid_t pid;

	pipe(p);
	pid = fork();
	if (!pid) {
		setrlimit(RLIMIT_CPU, &cpu);
		sched_setscheduler(0, SCHED_FIFO, &max);	/* where it may not, there is nothing to see */
		write(p[1], "", 1);
		for (;;)
			;
	}
	R(read(p[0], &c, 1));
	R(kill(pid, SIGKILL));
	waitpid(pid, &status, 0);
	S(sigabbrev_np(WTERMSIG(status)));
	close(p[0]);
	close(p[1]);
}

int main(void)
{
	other = fork();
	while (!other)
		pause();
	policies();
	attributes();
	affinity();
	nice_values();
	io_priorities();
	throttled();
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	return 0;
}
