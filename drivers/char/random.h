/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DRIVERS_CHAR_RANDOM_H
#define DRIVERS_CHAR_RANDOM_H

#include <mm/mm.h>

/* Fills it with what source gives: bytes, fewer after a signal; -EFAULT. Sleeps. */
ssize_t random_to_iter(struct iov_iter *it, void (*source)(void *buf, size_t n));

#endif
