// SPDX-License-Identifier: GPL-2.0
/* Files mapped into guests: the page cache is what they see. */
#include <fs/fs.h>
#include <mm/mm.h>
#include <mm/pagecache.h>

static bool within_file(const struct address_space *m, unsigned long index)
{
	return index < ((u64)m->host->size + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

int filemap_fault(struct vma *vma, unsigned long index, struct page **out)
{
	struct address_space *m = vma->file->mapping;
	struct page *p;

	might_sleep();
	for (;;) {
		if (!within_file(m, index))
			return -EFAULT;
		p = xa_load(&m->pages, index);
		if (!p || page_test(p, PG_READAHEAD))
			readahead_fault(m, vma, index);
		p = read_cache_page(m, index);
		if (IS_ERR(p))
			return (int)PTR_ERR(p);
		if (p->mapping == m && within_file(m, index))
			break;
		page_put(p);		/* truncated while it was read */
	}
	lru_touch(p);
	*out = p;
	return 0;
}

/* The guest is about to write to a clean page of a shared mapping: room on the disk is promised now or never. */
static int filemap_page_mkwrite(struct vma *vma, struct page *p)
{
	struct address_space *m = vma->file->mapping;
	loff_t pos = (loff_t)p->index << PAGE_SHIFT;
	int err = 0;

	might_sleep();
	page_lock(p);
	if (p->mapping != m || pos >= m->host->size) {
		page_unlock(p);
		return -EFAULT;
	}
	page_unlock(p);
	if (m->ops && m->ops->reserve)
		err = m->ops->reserve(m->host, pos, (size_t)min_t(u64, PAGE_SIZE, (u64)(m->host->size - pos)));
	if (err)
		return err;
	if (p->mapping != m)
		return -EFAULT;
	page_mark_dirty(p);
	file_update_time(vma->file);
	return 0;
}

const struct vm_ops filemap_vm_ops = {
	.fault = filemap_fault,
	.page_mkwrite = filemap_page_mkwrite,
	.cached = true,
};

int filemap_mmap(struct file *f, struct vma *vma)
{
	vma->ops = &filemap_vm_ops;
	file_accessed(f);
	return 0;
}
