/* SPDX-License-Identifier: GPL-2.0 */
/* Between the files of the socket layer. */
#ifndef NET_SOCKET_INTERNAL_H
#define NET_SOCKET_INTERNAL_H

#include <kernel/uaccess.h>
#include <net/sock.h>

extern int sock_rmem_max, sock_wmem_max;

struct sock_family *family_find(int family);
int socket_create(int family, int type, int protocol, struct socket **out);
struct socket *socket_alloc(int type);		/* without a family's part */
void socket_free(struct socket *s);
struct file *socket_file(struct socket *s, unsigned flags);	/* takes s over, also on errors. ERR_PTR. Sleeps. */
struct socket *socket_get(int fd, struct file **f);		/* *f counted; ERR_PTR(-EBADF, -ENOTSOCK) */

#endif
