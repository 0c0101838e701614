// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/<pid>/mounts, mountinfo and mountstats: the mounts that the process's root can reach. poll(2) says EPOLLERR and
 * EPOLLPRI when something was mounted or unmounted since the last read.
 */
#include <kernel/ns.h>
#include <fs/dev.h>
#include <fs/mount.h>
#include <fs/namei.h>
#include <fs/poll.h>
#include <lib/string.h>
#include <mm/slab.h>
#include "internal.h"

#define ESCAPED " \t\n\\#"

typedef void (*line_fn)(struct seq_file *m, struct mount *mnt, const char *where);

static const char *type_name(const struct mount *mnt)
{
	return mnt->sb->type->name;
}

static const char *source_of(const struct mount *mnt)
{
	return mnt->source && mnt->source[0] ? mnt->source : "none";
}

static void mounts_line(struct seq_file *m, struct mount *mnt, const char *where)
{
	seq_escape(m, source_of(mnt), ESCAPED);
	seq_putc(m, ' ');
	seq_escape(m, where, ESCAPED);
	seq_printf(m, " %s ", type_name(mnt));
	mount_show_options(mnt, m);
	seq_puts(m, " 0 0\n");
}

/* The directory of the file system that is mounted, as a path within it. */
static void show_fs_root(struct seq_file *m, struct mount *mnt)
{
	struct dentry *d = mnt->root;
	char *buf = kmalloc(PATH_MAX_, GFP_NOWAIT), *p;

	if (!buf) {
		m->overflow = true;
		return;
	}
	p = buf + PATH_MAX_ - 1;
	*p = 0;
	for (; d != d->parent; d = d->parent) {
		if (p - buf < (long)d->name.len + 1)
			break;
		p -= d->name.len;
		memcpy(p, d->name.name, d->name.len);
		*--p = '/';
	}
	seq_escape(m, *p ? p : "/", ESCAPED);
	kfree(buf);
}

static void mountinfo_line(struct seq_file *m, struct mount *mnt, const char *where)
{
	seq_printf(m, "%d %d %u:%u ", mnt->id, mnt->parent ? mnt->parent->id : mnt->id, MAJOR(mnt->sb->dev), MINOR(mnt->sb->dev));
	show_fs_root(m, mnt);
	seq_putc(m, ' ');
	seq_escape(m, where, ESCAPED);
	seq_putc(m, ' ');
	mount_show_own(mnt, m);
	seq_printf(m, " - %s ", type_name(mnt));
	seq_escape(m, source_of(mnt), ESCAPED);
	seq_putc(m, ' ');
	mount_show_super(mnt, m);
	seq_putc(m, '\n');
}

static void mountstats_line(struct seq_file *m, struct mount *mnt, const char *where)
{
	if (mnt->source && mnt->source[0]) {
		seq_puts(m, "device ");
		seq_escape(m, mnt->source, ESCAPED);
	} else {
		seq_puts(m, "no device");
	}
	seq_puts(m, " mounted on ");
	seq_escape(m, where, ESCAPED);
	seq_printf(m, " with fstype %s\n", type_name(mnt));
}

/* --- the files --- */

/* One text is made without looking at mounts that go meanwhile: the next mount is counted before this one is let go. */
static int show_all(struct seq_file *m, struct task *t, line_fn line)
{
	struct text_file *tf = container_of(m, struct text_file, m);
	struct mnt_ns *ns = t->ns ? t->ns->mnt : NULL;
	struct mount *mnt;
	struct path root;
	char *buf, *where;
	u64 version;

	if (!ns || !t->fs)
		return -EINVAL;
	buf = kmalloc(PATH_MAX_, 0);
	if (!buf)
		return -ENOMEM;
	root = t->fs->root;
	path_get(&root);
again:
	m->len = 0;
	version = tf->version = ns->version;
	list_for_each_entry(mnt, &ns->mounts, ns_node) {
		where = mount_path_from(mnt, &root, buf, PATH_MAX_);
		if (IS_ERR(where))
			continue;
		mntget(mnt);
		line(m, mnt, where);
		if (version != ns->version) {	/* the text's memory had to be waited for */
			mntput(mnt);
			goto again;
		}
		mntput(mnt);
	}
	path_put(&root);
	kfree(buf);
	return 0;
}

static int show_with(struct seq_file *m, void *inode, line_fn line)
{
	struct task *t = proc_task(inode);
	int err;

	if (!t)
		return -EINVAL;
	err = show_all(m, t, line);
	task_put(t);
	return err;
}

static int mounts_show(struct seq_file *m, void *arg) { return show_with(m, arg, mounts_line); }
static int mountinfo_show(struct seq_file *m, void *arg) { return show_with(m, arg, mountinfo_line); }
static int mountstats_show(struct seq_file *m, void *arg) { return show_with(m, arg, mountstats_line); }

static int open_with(struct inode *inode, struct file *f, int (*show)(struct seq_file *, void *))
{
	struct task *t = proc_task(inode);
	int err = -EINVAL;

	if (t && t->ns && t->fs)
		err = text_open(f, show, inode);
	if (!err)
		((struct text_file *)f->private)->version = t->ns->mnt->version;
	if (t)
		task_put(t);
	return err;
}

static int mounts_open(struct inode *inode, struct file *f) { return open_with(inode, f, mounts_show); }
static int mountinfo_open(struct inode *inode, struct file *f) { return open_with(inode, f, mountinfo_show); }
static int mountstats_open(struct inode *inode, struct file *f) { return open_with(inode, f, mountstats_show); }

static u32 mounts_poll(struct file *f, struct poll_table *pt)
{
	struct text_file *tf = f->private;
	struct mnt_ns *ns = current->ns->mnt;
	u32 events = EPOLLIN | EPOLLRDNORM;

	poll_wait(f, &ns->changed, pt);
	if (tf->version != ns->version) {
		tf->version = ns->version;
		events |= EPOLLERR | EPOLLPRI;
	}
	return events;
}

const struct file_ops pid_mounts_fops = {
	.open = mounts_open, .release = text_release, .read = text_read, .llseek = text_llseek, .poll = mounts_poll,
};
const struct file_ops pid_mountinfo_fops = {
	.open = mountinfo_open, .release = text_release, .read = text_read, .llseek = text_llseek, .poll = mounts_poll,
};
const struct file_ops pid_mountstats_fops = {
	.open = mountstats_open, .release = text_release, .read = text_read, .llseek = text_llseek,
};
