/* SPDX-License-Identifier: GPL-2.0 */
/* Error numbers in words, for messages that a person reads, and by their names. */
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

#define N(name)	[name] = #name
static const char *const name_of[] = {
	N(EPERM), N(ENOENT), N(ESRCH), N(EINTR), N(EIO), N(ENXIO), N(E2BIG), N(ENOEXEC), N(EBADF), N(ECHILD),
	N(EAGAIN), N(ENOMEM), N(EACCES), N(EFAULT), N(ENOTBLK), N(EBUSY), N(EEXIST), N(EXDEV), N(ENODEV), N(ENOTDIR),
	N(EISDIR), N(EINVAL), N(ENFILE), N(EMFILE), N(ENOTTY), N(ETXTBSY), N(EFBIG), N(ENOSPC), N(ESPIPE), N(EROFS),
	N(EMLINK), N(EPIPE), N(EDOM), N(ERANGE), N(EDEADLK), N(ENAMETOOLONG), N(ENOLCK), N(ENOSYS), N(ENOTEMPTY),
	N(ELOOP), N(ENOMSG), N(EIDRM), N(ECHRNG), N(EL2NSYNC), N(EL3HLT), N(EL3RST), N(ELNRNG), N(EUNATCH),
	N(ENOCSI), N(EL2HLT), N(EBADE), N(EBADR), N(EXFULL), N(ENOANO), N(EBADRQC), N(EBADSLT), N(EBFONT), N(ENOSTR),
	N(ENODATA), N(ETIME), N(ENOSR), N(ENONET), N(ENOPKG), N(EREMOTE), N(ENOLINK), N(EADV), N(ESRMNT), N(ECOMM),
	N(EPROTO), N(EMULTIHOP), N(EDOTDOT), N(EBADMSG), N(EOVERFLOW), N(ENOTUNIQ), N(EBADFD), N(EREMCHG),
	N(ELIBACC), N(ELIBBAD), N(ELIBSCN), N(ELIBMAX), N(ELIBEXEC), N(EILSEQ), N(ERESTART), N(ESTRPIPE), N(EUSERS),
	N(ENOTSOCK), N(EDESTADDRREQ), N(EMSGSIZE), N(EPROTOTYPE), N(ENOPROTOOPT), N(EPROTONOSUPPORT),
	N(ESOCKTNOSUPPORT), N(EOPNOTSUPP), N(EPFNOSUPPORT), N(EAFNOSUPPORT), N(EADDRINUSE), N(EADDRNOTAVAIL),
	N(ENETDOWN), N(ENETUNREACH), N(ENETRESET), N(ECONNABORTED), N(ECONNRESET), N(ENOBUFS), N(EISCONN),
	N(ENOTCONN), N(ESHUTDOWN), N(ETOOMANYREFS), N(ETIMEDOUT), N(ECONNREFUSED), N(EHOSTDOWN), N(EHOSTUNREACH),
	N(EALREADY), N(EINPROGRESS), N(ESTALE), N(EUCLEAN), N(ENOTNAM), N(ENAVAIL), N(EISNAM), N(EREMOTEIO),
	N(EDQUOT), N(ENOMEDIUM), N(EMEDIUMTYPE), N(ECANCELED), N(ENOKEY), N(EKEYEXPIRED), N(EKEYREVOKED),
	N(EKEYREJECTED), N(EOWNERDEAD), N(ENOTRECOVERABLE), N(ERFKILL), N(EHWPOISON),
	N(ERESTARTSYS), N(ERESTARTNOINTR), N(ERESTARTNOHAND), N(ERESTART_RESTARTBLOCK),
};

const char *errno_name(long err)
{
	unsigned long n = (unsigned long)(err < 0 ? -err : err);

	return n < ARRAY_SIZE(name_of) && name_of[n] ? name_of[n] : "E?";
}
