// SPDX-License-Identifier: GPL-2.0
/*
 * tmpfs: the content of files. A page in the cache is data, none is a hole; reading a hole costs no memory.
 * Pages are counted against size= when they have come (tmpfs_account); what is still to come is promised before.
 */
#include "tmpfs.h"
#include <linux/falloc.h>

#define MAX_CLUSTER	64		/* pages that a fault in a sequence brings along */

/* --- room --- */

/* Counts what is there, not what is not: the range may be larger than any memory. */
static u64 missing_pages(struct address_space *m, unsigned long first, unsigned long last)
{
	u64 n = (u64)last - first + 1;

	for (unsigned long i = first; xa_find(&m->pages, &i, last); i++)
		n--;
	return n;
}

/* Inode locked: one promise at a time. */
static int tmpfs_reserve(struct inode *inode, loff_t pos, size_t len)
{
	u64 n;

	if (!tmpfs_sb(inode->sb)->opt.max_pages)
		return 0;
	n = missing_pages(&inode->data, (u64)pos >> PAGE_SHIFT, (u64)(pos + (loff_t)len - 1) >> PAGE_SHIFT);
	if (!tmpfs_memory_for(n) || !tmpfs_promise(inode, n))
		return -ENOSPC;
	tmpfs_i(inode)->promised = n;
	return 0;
}

static void tmpfs_written(struct inode *inode, loff_t pos, size_t len, size_t copied)
{
	tmpfs_unpromise(inode, tmpfs_i(inode)->promised);
	tmpfs_i(inode)->promised = 0;
	tmpfs_account(inode);
}

const struct address_space_ops tmpfs_aops = { .reserve = tmpfs_reserve, .written = tmpfs_written };

/* --- read and write --- */

static ssize_t tmpfs_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct inode *inode = f->inode;
	size_t done = 0;

	if (*pos < 0)
		return -EINVAL;
	while (it->count && *pos < inode->size) {
		size_t off = (size_t)*pos & ~PAGE_MASK, copied;
		size_t n = min_t(u64, min(PAGE_SIZE - off, it->count), (u64)(inode->size - *pos));
		struct page *p = find_get_page(&inode->data, (u64)*pos >> PAGE_SHIFT);

		if (p && page_test(p, PG_UPTODATE))
			copied = copy_to_iter((u8 *)page_address(p) + off, n, it);
		else
			copied = zero_iter(n, it);
		if (p)
			page_put(p);
		*pos += (loff_t)copied;
		done += copied;
		if (copied < n) {
			if (!done)
				return -EFAULT;
			break;
		}
		if (it->count) {
			cond_resched();
			if (fatal_signal_pending(current))
				break;
		}
	}
	file_accessed(f);
	return (ssize_t)done;
}

static ssize_t tmpfs_write(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct inode *inode = f->inode;
	unsigned seals = tmpfs_i(inode)->seals;

	if (unlikely(seals & (F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))) {
		if (seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
			return -EPERM;
		if (*pos + (loff_t)it->count > inode->size)
			return -EPERM;
	}
	return filemap_write(f, it, pos);
}

static loff_t tmpfs_llseek(struct file *f, loff_t off, int whence)
{
	struct address_space *m = f->mapping;
	loff_t size = f->inode->size;
	unsigned long i = (u64)off >> PAGE_SHIFT, last = size ? (u64)(size - 1) >> PAGE_SHIFT : 0;

	if (whence != SEEK_DATA && whence != SEEK_HOLE)
		return generic_llseek(f, off, whence);
	if (off < 0 || off >= size)
		return -ENXIO;
	if (whence == SEEK_DATA) {
		if (!xa_find(&m->pages, &i, last))
			return -ENXIO;
	} else {
		while (i <= last && xa_load(&m->pages, i))
			i++;
	}
	f->pos = min(max(off, (loff_t)((u64)i << PAGE_SHIFT)), size);
	return f->pos;
}

/* --- mappings --- */

/* How many pages from index on to bring: 1, more when the file is touched in sequence, none that is there already. */
static unsigned fault_cluster(struct vma *vma, struct inode *inode, unsigned long index)
{
	struct tmpfs_inode *ti = tmpfs_i(inode);
	unsigned long end = min(vma->pgoff + ((vma->end - vma->start) >> PAGE_SHIFT),
				(unsigned long)(((u64)inode->size + PAGE_SIZE - 1) >> PAGE_SHIFT));
	unsigned n;

	ti->cluster = index == ti->next_fault && ti->cluster ? min(ti->cluster * 4, (unsigned)MAX_CLUSTER) : 1;
	for (n = 1; n < ti->cluster && index + n < end && !xa_load(&inode->data.pages, index + n); n++)
		;
	return n;
}

/* Zeroed pages from index on, as many as there is room and memory for: 0 when the first has come, or -errno. */
static int add_pages(struct vma *vma, struct inode *inode, unsigned long index)
{
	unsigned n = fault_cluster(vma, inode, index), got, added = 0;
	struct page *run;
	int err = 0;

	if (!tmpfs_promise(inode, n)) {
		n = 1;
		if (!tmpfs_promise(inode, n))
			return -ENOSPC;
	}
	run = alloc_page_run(n, &got, GFP_ZERO);
	for (unsigned i = 0; run && i < got; i++) {
		struct page *p = run + i;

		page_trylock(p);
		if (!err && index + i < ((u64)inode->size + PAGE_SIZE - 1) >> PAGE_SHIFT)
			err = add_to_page_cache(p, &inode->data, index + i);
		if (!err && p->mapping) {
			page_set(p, PG_UPTODATE);
			page_mark_dirty(p);
			added++;
		}
		page_unlock(p);
		page_put(p);
	}
	tmpfs_unpromise(inode, n);
	tmpfs_account(inode);
	tmpfs_i(inode)->next_fault = index + added;
	return !run ? -ENOMEM : added || err == -EEXIST ? 0 : err;
}

static int tmpfs_fault(struct vma *vma, unsigned long index, struct page **out)
{
	struct inode *inode = vma->file->inode;
	struct page *p;
	int err;

	might_sleep();
	for (;;) {
		if (index >= ((u64)inode->size + PAGE_SIZE - 1) >> PAGE_SHIFT)
			return -EFAULT;
		p = find_get_page(&inode->data, index);
		if (p && !page_test(p, PG_UPTODATE)) {		/* a write is about to fill it */
			page_wait_locked(p);
			if (!page_test(p, PG_UPTODATE)) {
				page_put(p);
				p = read_cache_page(&inode->data, index);
				if (IS_ERR(p))
					return (int)PTR_ERR(p);
			}
		}
		if (p)
			break;
		err = add_pages(vma, inode, index);
		if (err)
			return err;
	}
	*out = p;
	return 0;
}

static const struct vm_ops tmpfs_vm_ops = { .fault = tmpfs_fault, .cached = true };

static int tmpfs_mmap(struct file *f, struct vma *vma)
{
	unsigned seals = tmpfs_i(f->inode)->seals;

	if (seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE) && vma->flags & VM_SHARED) {
		if (vma->flags & VM_WRITE)
			return -EPERM;
		vma->flags &= ~VM_MAYWRITE;
	}
	vma->ops = &tmpfs_vm_ops;
	file_accessed(f);
	return 0;
}

/* --- size and holes --- */

int tmpfs_setattr(struct dentry *dentry, struct kattr *attr)
{
	struct inode *inode = dentry->inode;

	if (attr->valid & ATTR_SIZE && S_ISREG(inode->mode)) {
		unsigned seals = tmpfs_i(inode)->seals;

		if ((attr->size < inode->size && seals & F_SEAL_SHRINK) || (attr->size > inode->size && seals & F_SEAL_GROW))
			return -EPERM;
		if (attr->size < inode->size) {
			inode->size = attr->size;
			truncate_pagecache(inode, attr->size);
			tmpfs_account(inode);
		}
		inode->size = attr->size;
	}
	setattr_copy(inode, attr);
	return 0;
}

static long punch_hole(struct inode *inode, loff_t off, loff_t len)
{
	if (tmpfs_i(inode)->seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE))
		return -EPERM;
	truncate_pagecache_range(inode, off, off + len - 1);
	tmpfs_account(inode);
	inode_touch(inode, true, true);
	return 0;
}

static void drop_pages(struct inode *inode, unsigned long *indexes, unsigned long n)
{
	while (n--)
		truncate_pagecache_range(inode, (loff_t)(indexes[n] << PAGE_SHIFT), (loff_t)((indexes[n] << PAGE_SHIFT) + PAGE_SIZE - 1));
	tmpfs_account(inode);
}

/* All or nothing: the pages that came for it go again when there is not room for all. */
static int fill_range(struct inode *inode, unsigned long first, unsigned long last)
{
	u64 want = missing_pages(&inode->data, first, last);
	unsigned long *came, n = 0;
	int err = 0;

	if (want > total_pages() || !tmpfs_memory_for(want) || !tmpfs_promise(inode, want))
		return -ENOSPC;
	came = kcalloc(want ?: 1, sizeof(*came), GFP_KERNEL);
	if (!came)
		err = -ENOMEM;
	for (unsigned long i = first; !err && i <= last && n < want; i++) {
		struct page *p;

		if (xa_load(&inode->data.pages, i))
			continue;
		p = read_cache_page(&inode->data, i);	/* nothing to read: a page of zeros */
		if (IS_ERR(p)) {
			err = (int)PTR_ERR(p);
			break;
		}
		page_mark_dirty(p);
		page_put(p);
		came[n++] = i;
		cond_resched();
		if (signal_pending(current))
			err = -EINTR;
	}
	tmpfs_unpromise(inode, want);
	tmpfs_account(inode);
	if (err && came)
		drop_pages(inode, came, n);
	kfree(came);
	return err;
}

static long tmpfs_fallocate(struct file *f, int mode, loff_t off, loff_t len)
{
	struct inode *inode = f->inode;
	int err;

	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
		return -EOPNOTSUPP;
	if (mode & FALLOC_FL_PUNCH_HOLE)
		return punch_hole(inode, off, len);
	if (off + len > inode->size && tmpfs_i(inode)->seals & F_SEAL_GROW)
		return -EPERM;
	err = inode_newsize_ok(inode, off + len);	/* with FALLOC_FL_KEEP_SIZE too: it is memory */
	if (err)
		return err;
	err = fill_range(inode, (u64)off >> PAGE_SHIFT, (u64)(off + len - 1) >> PAGE_SHIFT);
	if (err)
		return err;
	if (!(mode & FALLOC_FL_KEEP_SIZE) && off + len > inode->size)
		inode->size = off + len;
	inode_touch(inode, false, true);
	return 0;
}

bool is_tmpfs_file(struct file *f) { return f->inode->fops == &tmpfs_fops; }

const struct file_ops tmpfs_fops = {
	.read = tmpfs_read,
	.write = tmpfs_write,
	.llseek = tmpfs_llseek,
	.mmap = tmpfs_mmap,
	.fsync = noop_fsync,
	.fallocate = tmpfs_fallocate,
};

const struct inode_ops tmpfs_file_ops = {
	.fileattr_get = tmpfs_fileattr_get,
	.fileattr_set = tmpfs_fileattr_set,
	.setattr = tmpfs_setattr,
	.getattr = tmpfs_getattr,
	.getxattr = tmpfs_getxattr,
	.setxattr = tmpfs_setxattr,
	.listxattr = tmpfs_listxattr,
};
