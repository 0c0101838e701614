/* SPDX-License-Identifier: GPL-2.0 */
/* Between the files that read and write. */
#ifndef FS_RW_H
#define FS_RW_H

#include "internal.h"

ssize_t file_write_flags(struct file *f, struct iov_iter *it, loff_t *pos, int rwf);	/* RWF_ */
/* f->pos is locked only if somebody else may use it: f has more counts than the table's and ours, or the table is shared. */
bool pos_lock(struct file *f);			/* sleeps; f counted by the caller. Pass the answer to pos_unlock() */
void pos_unlock(struct file *f, bool locked);

#endif
