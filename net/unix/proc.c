// SPDX-License-Identifier: GPL-2.0
/* /proc/net/unix. */
#include <fs/proc.h>
#include "unix.h"

#define SO_ACCEPTCON_FLAG	0x10000		/* __SO_ACCEPTCON of Linux's table */

static int state_number(const struct unix_sock *u)
{
	bool connected = u->socket && (u->socket->state == SS_CONNECTED_ || u->state == UNIX_ESTABLISHED);

	if (u->socket)
		return connected ? 3 : 1;
	return u->state == UNIX_ESTABLISHED ? 2 : 4;
}

static void show_name(struct seq_file *m, const struct unix_sock *u)
{
	int n = u->addr->len - (int)offsetof(struct sockaddr_un, sun_path), i = 0;
	const char *p = u->addr->name.sun_path;

	seq_putc(m, ' ');
	if (!p[0]) {
		seq_putc(m, '@');
		i = 1;
	} else {
		n--;		/* the NUL */
	}
	for (; i < n; i++)
		seq_putc(m, p[i] ? p[i] : '@');
}

static int unix_show(struct seq_file *m, void *arg)
{
	struct unix_sock *u;

	seq_puts(m, "Num       RefCount Protocol Flags    Type St Inode Path\n");
	list_for_each_entry(u, &unix_all, all_node) {
		u64 ino = u->socket && u->socket->file ? u->socket->file->inode->ino : 0;

		seq_printf(m, "%016x: %08X %08X %08X %04X %02X %5llu", 0, (unsigned)u->refs + 1, 0,
			   u->state == UNIX_LISTEN ? SO_ACCEPTCON_FLAG : 0, (unsigned)u->type, (unsigned)state_number(u),
			   (unsigned long long)ino);
		if (u->addr)
			show_name(m, u);
		seq_putc(m, '\n');
	}
	return 0;
}
PROC_FILE("net/unix", 0444, unix_show);
