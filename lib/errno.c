/* SPDX-License-Identifier: GPL-2.0 */
/* Error numbers in words, for messages that a person reads. */
#include <lib/misc.h>
#include <lib/string.h>
#include <linux/errno.h>

static const char *const text_of[] = {
	[EPERM] = "not permitted", [ENOENT] = "no such file", [EINTR] = "interrupted", [EIO] = "input/output error",
	[ENXIO] = "no such device", [E2BIG] = "too long", [ENOEXEC] = "not a program that can be run", [EBADF] = "not an open descriptor",
	[EAGAIN] = "not now, try again", [ENOMEM] = "out of memory", [EACCES] = "permission denied", [EFAULT] = "bad address",
	[EBUSY] = "in use", [EEXIST] = "exists already", [ENODEV] = "no such device", [ENOTDIR] = "a part of the path is not a directory",
	[EISDIR] = "a directory", [EINVAL] = "not valid", [ENFILE] = "too many open files", [EMFILE] = "too many open files",
	[ETXTBSY] = "being written to", [EFBIG] = "too large", [ENOSPC] = "no room left", [ESPIPE] = "cannot be positioned",
	[EROFS] = "read-only", [EPIPE] = "nobody reads it", [ENAMETOOLONG] = "name too long", [ENOSYS] = "not known to the host",
	[ELOOP] = "too many symbolic links", [EOPNOTSUPP] = "not supported", [ETIMEDOUT] = "no answer in time", [EUCLEAN] = "damaged",
	[EDQUOT] = "over quota", [ELIBBAD] = "its interpreter is damaged", [ESRCH] = "no such process",
};

const char *errno_text(long err)
{
	static char other[24];
	unsigned long n = (unsigned long)(err < 0 ? -err : err);

	if (n < ARRAY_SIZE(text_of) && text_of[n])
		return text_of[n];
	snprintf(other, sizeof(other), "error %lu", n);
	return other;
}
