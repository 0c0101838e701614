// SPDX-License-Identifier: GPL-2.0
/*
 * Text that is made while it is read. The whole text is made at the first read, and again by every read at offset 0;
 * reads further on see that same text, however small they are.
 */
#include <fs/seq_file.h>
#include <kernel/bug.h>
#include <lib/string.h>
#include <mm/slab.h>

/* Room for n more bytes and a NUL. Never sleeps: who shows a list must find it as it was. make_text() gets more for the next try. */
static bool seq_reserve(struct seq_file *m, size_t n)
{
	size_t want = m->size ?: 1024;
	char *p;

	if (m->overflow)
		return false;
	if (m->len + n < m->size)
		return true;
	while (want <= m->len + n)
		want *= 2;
	p = krealloc(m->buf, want, GFP_NOWAIT);
	if (!p) {
		m->overflow = true;
		return false;
	}
	m->buf = p;
	m->size = want;
	return true;
}

void seq_write(struct seq_file *m, const void *p, size_t n)
{
	if (!seq_reserve(m, n))
		return;
	memcpy(m->buf + m->len, p, n);
	m->len += n;
}

void seq_puts(struct seq_file *m, const char *s)
{
	seq_write(m, s, strlen(s));
}

void seq_putc(struct seq_file *m, char c)
{
	seq_write(m, &c, 1);
}

void seq_printf(struct seq_file *m, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (!seq_reserve(m, 128))
		return;
	va_start(ap, fmt);
	n = vsnprintf(m->buf + m->len, m->size - m->len, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n >= m->size - m->len) {	/* did not fit: once more with the room it takes */
		if (!seq_reserve(m, (size_t)n + 1))
			return;
		va_start(ap, fmt);
		n = vsnprintf(m->buf + m->len, m->size - m->len, fmt, ap);
		va_end(ap);
	}
	m->len += n > 0 ? (size_t)n : 0;
}

void seq_escape(struct seq_file *m, const char *s, const char *chars)
{
	for (; *s; s++) {
		if (strchr(chars, *s))
			seq_printf(m, "\\%03o", (unsigned char)*s);
		else
			seq_putc(m, *s);
	}
}

void seq_path(struct seq_file *m, const struct path *path, const char *escape)
{
	char *buf = kmalloc(PATH_MAX_, GFP_NOWAIT), *p;

	if (!buf) {
		m->overflow = true;
		return;
	}
	p = d_path(path, buf, PATH_MAX_);
	if (!IS_ERR(p))
		seq_escape(m, p, escape);
	kfree(buf);
}

/* --- files --- */

int text_open(struct file *f, int (*show)(struct seq_file *m, void *arg), void *arg)
{
	struct text_file *t = kzalloc(sizeof(*t), 0);

	if (!t)
		return -ENOMEM;
	t->show = show;
	t->arg = arg;
	t->m.file = f;
	f->private = t;
	return 0;
}

void text_release(struct inode *inode, struct file *f)
{
	struct text_file *t = f->private;

	kfree(t->m.buf);
	kfree(t);
}

#define TRIES	8

/* A buffer twice as large, for which memory is made free. */
static bool enlarge(struct seq_file *m)
{
	size_t size = m->size ? m->size * 2 : PAGE_SIZE;
	char *p = kmalloc(size, GFP_KERNEL);

	if (!p)
		return false;
	kfree(m->buf);
	m->buf = p;
	m->size = size;
	return true;
}

static int make_text(struct text_file *t)
{
	int err, tries = 0;

	t->made = false;
	do {
		t->m.len = 0;
		t->m.overflow = false;
		err = t->show(&t->m, t->arg);
	} while (!err && t->m.overflow && ++tries < TRIES && enlarge(&t->m));
	if (!err && t->m.overflow)
		err = -ENOMEM;
	t->made = !err;
	return err;
}

ssize_t text_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct text_file *t = f->private;
	int err;

	if (*pos < 0)
		return -EINVAL;
	if (!*pos || !t->made) {
		err = make_text(t);
		if (err)
			return err;
	}
	return simple_read_from_buffer(it, pos, t->m.buf, t->m.len);
}

loff_t text_llseek(struct file *f, loff_t off, int whence)
{
	if (whence == SEEK_CUR)
		off += f->pos;
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (off < 0)
		return -EINVAL;
	return f->pos = off;
}

char *text_from_user(struct iov_iter *it)
{
	size_t n = it->count;
	char *text;

	if (n >= PAGE_SIZE)
		return ERR_PTR(-EINVAL);
	text = kmalloc(n + 1, 0);
	if (!text)
		return ERR_PTR(-ENOMEM);
	if (copy_from_iter(text, n, it) != n) {
		kfree(text);
		return ERR_PTR(-EFAULT);
	}
	text[n] = 0;
	return text;
}

ssize_t text_write(struct iov_iter *it, loff_t *pos, ssize_t (*store)(char *text, size_t n, void *arg), void *arg)
{
	size_t n = it->count;
	char *text = text_from_user(it);
	ssize_t r;

	if (IS_ERR(text))
		return PTR_ERR(text);
	r = store(text, n, arg);
	kfree(text);
	if (r > 0)
		*pos += r;
	return r;
}
