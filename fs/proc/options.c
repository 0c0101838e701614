// SPDX-License-Identifier: GPL-2.0
/* Mount options of proc, each mount's own: hidepid= and gid= say who sees the processes of others, subset=pid leaves out the rest. */
#include <kernel/cred.h>
#include <lib/string.h>
#include <mm/slab.h>
#include "internal.h"

static const char *const hide_names[] = {
	[HIDE_OFF] = "off", [HIDE_NOACCESS] = "noaccess", [HIDE_INVISIBLE] = "invisible", [HIDE_NOT_PTRACEABLE] = "ptraceable",
};

static int parse_hide(const char *val, struct proc_sb *ps)
{
	u64 n;

	if (!val)
		return -EINVAL;
	for (n = 0; n < ARRAY_SIZE(hide_names); n++)
		if (hide_names[n] && !strcmp(val, hide_names[n]))
			break;
	if (n == ARRAY_SIZE(hide_names) && (kstrtou64(val, 10, &n) || n >= ARRAY_SIZE(hide_names) || !hide_names[n]))
		return -EINVAL;
	ps->hide = (int)n;
	return 0;
}

int proc_parse_options(struct proc_sb *ps, char *data)
{
	char *opt, *val;
	u64 n;
	int err = 0;

	while (!err && (opt = next_option(&data, &val))) {
		if (!strcmp(opt, "hidepid"))
			err = parse_hide(val, ps);
		else if (!strcmp(opt, "gid") && val && !kstrtou64(val, 10, &n) && n < U32_MAX)
			ps->gid = (gid_t)n;
		else if (!strcmp(opt, "subset") && val && !strcmp(val, "pid"))
			ps->pids_only = true;
		else
			err = -EINVAL;
	}
	return err;
}

int proc_remount(struct super_block *sb, unsigned flags, char *data)
{
	struct proc_sb *ps = proc_sb(sb), new = *ps;
	int err = proc_parse_options(&new, data);

	if (!err && new.pids_only != ps->pids_only)
		err = -EINVAL;		/* what has been looked up already would stay */
	if (!err)
		*ps = new;
	return err;
}

void proc_show_options(struct super_block *sb, struct seq_file *m)
{
	const struct proc_sb *ps = proc_sb(sb);

	if (ps->gid)
		seq_printf(m, ",gid=%u", ps->gid);
	if (ps->hide)
		seq_printf(m, ",hidepid=%s", hide_names[ps->hide]);
	if (ps->pids_only)
		seq_puts(m, ",subset=pid");
}

bool proc_may_see(const struct super_block *sb, struct task *t, int from)
{
	const struct proc_sb *ps = proc_sb(sb);

	if (ps->hide == HIDE_NOT_PTRACEABLE)
		return ptrace_may_access(t);
	return ps->hide < from || in_group(ps->gid) || ptrace_may_access(t);
}
