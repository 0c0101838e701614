/* SPDX-License-Identifier: GPL-2.0 */
/* The one set of namespaces there is. */
#include <fs/mount.h>
#include <kernel/ns.h>
#include <kernel/sched.h>
#include <net/sock.h>

struct net_ns init_net_ns = { .refs = 1 };
static struct uts_ns init_uts_ns = { .refs = 1, .nodename = CONFIG_DEFAULT_HOSTNAME, .domainname = "(none)" };
struct nsproxy init_nsproxy = { .refs = 1, .uts = &init_uts_ns, .mnt = &init_mnt_ns, .net = &init_net_ns };

u64 task_rlimit(const struct task *t, int which)
{
	return t->process->rlim[which].cur;
}
