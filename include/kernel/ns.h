/* SPDX-License-Identifier: GPL-2.0 */
/* Namespaces: one set for all tasks now; always reached through the task, so that more can follow. */
#ifndef KERNEL_NS_H
#define KERNEL_NS_H

#include <kernel/types.h>

struct mnt_ns; struct net_ns; struct user_ns;
#define UTS_LEN	64
struct uts_ns { int refs; char nodename[UTS_LEN + 1], domainname[UTS_LEN + 1]; };
struct nsproxy { int refs; struct uts_ns *uts; struct mnt_ns *mnt; struct net_ns *net; };
extern struct nsproxy init_nsproxy;

extern const char um_release[];		/* uname -r: "6.1.0-um" and the like */
extern const char um_version[];		/* uname -v: "#1 <date>" */
extern const char um_banner[];		/* "Linux version … (user@host) (gcc …) #1 …" */

#endif
