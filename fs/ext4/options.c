// SPDX-License-Identifier: GPL-2.0
/* Mount options: a table of what has a meaning here and of what is accepted because others' fstab files have it. */
#include "ext4.h"
#include <fs/proc.h>
#include <linux/fs.h>

enum { O_IGNORE, O_IGNORE_VAL, O_ERRORS, O_DATA, O_NOLOAD, O_MINIXDF, O_BSDDF, O_GRPID, O_NOGRPID, O_RESUID, O_RESGID, O_SB };

static const struct { const char *name; int what; } options[] = {
	{ "errors", O_ERRORS }, { "data", O_DATA }, { "noload", O_NOLOAD }, { "norecovery", O_NOLOAD },
	{ "minixdf", O_MINIXDF }, { "bsddf", O_BSDDF }, { "grpid", O_GRPID }, { "bsdgroups", O_GRPID },
	{ "nogrpid", O_NOGRPID }, { "sysvgroups", O_NOGRPID }, { "resuid", O_RESUID }, { "resgid", O_RESGID },
	/* How the disk is written does not depend on these here. */
	{ "acl", O_IGNORE }, { "user_xattr", O_IGNORE }, { "delalloc", O_IGNORE }, { "nodelalloc", O_IGNORE },
	{ "auto_da_alloc", O_IGNORE }, { "noauto_da_alloc", O_IGNORE }, { "init_itable", O_IGNORE }, { "noinit_itable", O_IGNORE },
	{ "journal_checksum", O_IGNORE }, { "nojournal_checksum", O_IGNORE }, { "journal_async_commit", O_IGNORE },
	{ "dioread_lock", O_IGNORE }, { "dioread_nolock", O_IGNORE }, { "mblk_io_submit", O_IGNORE }, { "nomblk_io_submit", O_IGNORE },
	{ "block_validity", O_IGNORE }, { "noblock_validity", O_IGNORE }, { "orlov", O_IGNORE }, { "oldalloc", O_IGNORE },
	{ "i_version", O_IGNORE }, { "mbcache", O_IGNORE }, { "nombcache", O_IGNORE }, { "lazytime", O_IGNORE }, { "nolazytime", O_IGNORE },
	{ "nobarrier", O_IGNORE }, { "barrier", O_IGNORE }, { "check", O_IGNORE_VAL }, { "nocheck", O_IGNORE },
	{ "discard", O_IGNORE }, { "nodiscard", O_IGNORE }, { "debug", O_IGNORE }, { "noquota", O_IGNORE }, { "reservation", O_IGNORE },
	{ "noreservation", O_IGNORE }, { "max_batch_time", O_IGNORE_VAL }, { "min_batch_time", O_IGNORE_VAL },
	{ "commit", O_IGNORE_VAL }, { "stripe", O_IGNORE_VAL }, { "journal_ioprio", O_IGNORE_VAL }, { "prefetch_block_bitmaps", O_IGNORE },
	{ "inode_readahead_blks", O_IGNORE_VAL }, { "max_dir_size_kb", O_IGNORE_VAL }, { "mb_optimize_scan", O_IGNORE_VAL },
	{ "no_prefetch_block_bitmaps", O_IGNORE },
};

static int refuse(struct ext4_sb *s, const char *opt, const char *val, const char *why)
{
	pr_err("%s: ext4: option %s%s%s: %s\n", s->sb->id, opt, val ? "=" : "", val ? val : "", why);
	return -EINVAL;
}

static int set_errors(struct ext4_sb *s, const char *val)
{
	if (val && !strcmp(val, "continue"))
		s->errors = ERRORS_CONTINUE;
	else if (val && !strcmp(val, "remount-ro"))
		s->errors = ERRORS_RO;
	else if (val && !strcmp(val, "panic"))
		s->errors = ERRORS_PANIC;
	else
		return refuse(s, "errors", val, "want continue, remount-ro or panic");
	s->opt_errors_given = true;
	return 0;
}

static int set_id(struct ext4_sb *s, const char *opt, const char *val, u32 *id)
{
	u64 n;

	if (!val || kstrtou64(val, 10, &n) || n > U32_MAX)
		return refuse(s, opt, val, "want a number");
	*id = (u32)n;
	return 0;
}

static int set_option(struct ext4_sb *s, const char *opt, char *val, bool remount)
{
	int what = -1;

	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (!strcmp(opt, options[i].name))
			what = options[i].what;
	switch (what) {
	case O_IGNORE:
		return 0;
	case O_IGNORE_VAL:
		return val ? 0 : refuse(s, opt, val, "want a value");
	case O_ERRORS:
		return set_errors(s, val);
	case O_DATA:
		if (val && (!strcmp(val, "ordered") || !strcmp(val, "writeback") || !strcmp(val, "journal")))
			return 0;
		return refuse(s, opt, val, "want ordered, writeback or journal");
	case O_NOLOAD:
		s->opt_noload = true;
		return 0;
	case O_MINIXDF:
	case O_BSDDF:
		s->opt_minixdf = what == O_MINIXDF;
		return 0;
	case O_GRPID:
	case O_NOGRPID:
		s->opt_grpid = what == O_GRPID;
		return 0;
	case O_RESUID:
		return set_id(s, opt, val, &s->resuid);
	case O_RESGID:
		return set_id(s, opt, val, &s->resgid);
	default:
		return refuse(s, opt, val, "unknown");
	}
}

int ext4_parse_options(struct ext4_sb *s, char *data, bool remount)
{
	char *opt, *val;
	int err = 0;

	while (!err && data && (opt = next_option(&data, &val)))
		if (*opt)
			err = set_option(s, opt, val, remount);
	return err;
}

void ext4_show_options(struct super_block *sb, struct seq_file *m)
{
	static const char *const names[] = { [ERRORS_CONTINUE] = "continue", [ERRORS_RO] = "remount-ro", [ERRORS_PANIC] = "panic" };
	struct ext4_sb *s = EXT4_SB(sb);

	if (s->opt_errors_given)
		seq_printf(m, ",errors=%s", names[s->errors]);
	if (s->opt_minixdf)
		seq_puts(m, ",minixdf");
	if (s->opt_grpid)
		seq_puts(m, ",grpid");
	if (s->opt_noload)
		seq_puts(m, ",norecovery");
	if (s->resuid)
		seq_printf(m, ",resuid=%u", s->resuid);
	if (s->resgid)
		seq_printf(m, ",resgid=%u", s->resgid);
}
