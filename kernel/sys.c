// SPDX-License-Identifier: GPL-2.0
/* Small facts about the system and the caller: names, sizes, numbers. */
#include <kernel/cred.h>
#include <kernel/ns.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <fs/proc.h>
#include <lib/string.h>
#include <linux/personality.h>
#include <linux/sysinfo.h>
#include <linux/utsname.h>

long sys_getpid(void)  { return task_tgid_nr(current); }
long sys_gettid(void)  { return task_pid_nr(current); }
long sys_getppid(void) { return process_ppid(current->process); }

/* --- uname --- */

/* PER_LINUX32's sister for programs that choke on versions of two numbers: 6.1.0 becomes 2.6.61. */
static void old_release(char *buf, size_t size)
{
	char *end;
	u64 major = simple_strtoull(um_release, &end, 10), minor = 0;

	if (*end == '.')
		minor = simple_strtoull(end + 1, &end, 10);
	end = *end ? strchr(end, '-') : NULL;
	snprintf(buf, size, "2.6.%u%s", (unsigned)(minor + (major > 3 ? 60 : 40)), end ? end : "");
}

long sys_uname(uaddr_t uname)
{
	const struct uts_ns *uts = current->ns->uts;
	struct new_utsname u;

	memset(&u, 0, sizeof(u));
	strscpy(u.sysname, "Linux", sizeof(u.sysname));
	strscpy(u.nodename, uts->nodename, sizeof(u.nodename));
	strscpy(u.release, um_release, sizeof(u.release));
	strscpy(u.version, um_version, sizeof(u.version));
	strscpy(u.machine, (current->personality & PER_MASK) == PER_LINUX32 ? "i686" : "x86_64", sizeof(u.machine));
	strscpy(u.domainname, uts->domainname, sizeof(u.domainname));
	if (current->personality & UNAME26)
		old_release(u.release, sizeof(u.release));
	return copy_to_user(uname, &u, sizeof(u));
}

static long set_uts_name(char *field, uaddr_t uname, int len)
{
	char name[UTS_LEN + 1] = "";

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (len < 0 || len > UTS_LEN)
		return -EINVAL;
	if (copy_from_user(name, uname, (size_t)len))
		return -EFAULT;
	memcpy(field, name, sizeof(name));
	return 0;
}

long sys_sethostname(uaddr_t uname, int len)
{
	return set_uts_name(current->ns->uts->nodename, uname, len);
}

long sys_setdomainname(uaddr_t uname, int len)
{
	return set_uts_name(current->ns->uts->domainname, uname, len);
}

/* --- sysinfo --- */

static unsigned count_tasks(void)
{
	unsigned n = 0;
	struct task *t;

	for_each_task(t)
		n++;
	return n;
}

long sys_sysinfo(uaddr_t uinfo)
{
	struct mem_counts mem;
	struct sysinfo si;
	u32 load[3];

	memset(&si, 0, sizeof(si));
	mem_counts(&mem);
	loadavg(load);
	si.uptime = (long)(ktime_ns() / NSEC_PER_SEC);
	for (int i = 0; i < 3; i++)
		si.loads[i] = (unsigned long)load[i] << (SI_LOAD_SHIFT - 11);
	si.totalram = total_pages() << PAGE_SHIFT;
	si.freeram = mem.free << PAGE_SHIFT;
	si.sharedram = mem.shmem << PAGE_SHIFT;
	si.bufferram = mem.buffers << PAGE_SHIFT;
	si.procs = (u16)min(count_tasks(), 65535u);
	si.mem_unit = 1;
	return copy_to_user(uinfo, &si, sizeof(si));
}

/* --- the caller --- */

long sys_personality(unsigned persona)
{
	unsigned long old = current->personality;

	if (persona != 0xffffffff)
		current->personality = persona;
	return (long)old;
}

long sys_getcpu(uaddr_t ucpu, uaddr_t unode, uaddr_t unused)
{
	if (ucpu && put_user((u32)current->cpu, u32, ucpu))
		return -EFAULT;
	if (unode && put_user(0, u32, unode))
		return -EFAULT;
	return 0;
}
