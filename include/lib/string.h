/* SPDX-License-Identifier: GPL-2.0 */
/* Strings, memory, formatting, number parsing. Meaning as in C where the name is C's. */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include <kernel/types.h>

void *memcpy(void *d, const void *s, size_t n);
void *memmove(void *d, const void *s, size_t n);
void *memset(void *d, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
/* The compiler knows these, although the build is freestanding. */
#define memcpy(d, s, n)		__builtin_memcpy(d, s, n)
#define memmove(d, s, n)	__builtin_memmove(d, s, n)
#define memset(d, c, n)		__builtin_memset(d, c, n)
#define memcmp(a, b, n)		__builtin_memcmp(a, b, n)
#define strlen(s)		(__builtin_constant_p(__builtin_strlen(s)) ? __builtin_strlen(s) : (strlen)(s))
size_t strnlen(const char *s, size_t n);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
int strcasecmp(const char *a, const char *b);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *find);
char *strsep(char **s, const char *delims);
/* Copies at most size-1 bytes and always ends with NUL. Returns the length copied, or -E2BIG when it did not fit. */
ssize_t strscpy(char *d, const char *s, size_t size);
bool str_has_prefix(const char *s, const char *prefix);

/*
 * Formatting: the C conversions d i u x X o c s p % with flags, width, precision and h hh l ll z, and none else.
 * The return value is the length that would have been written (C's rule); scnprintf returns what was.
 */
int vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

/* Whole string must be a number in base (0: C prefixes). 0, -EINVAL, -ERANGE. A trailing '\n' is allowed. */
int kstrtou64(const char *s, unsigned base, u64 *out);
int kstrtos64(const char *s, unsigned base, s64 *out);
int kstrtoint(const char *s, unsigned base, int *out);
/* Reads digits as far as they go; *end behind them. Saturates. */
u64 simple_strtoull(const char *s, char **end, unsigned base);

static inline int fls64(u64 x) { return x ? 64 - __builtin_clzll(x) : 0; }	/* 0 for 0, 64 for the top bit */
static inline int ilog2(u64 x) { return fls64(x) - 1; }
static inline int ffs64(u64 x) { return __builtin_ffsll((long long)x); }

u32 hash_str(const char *s, size_t len);	/* for hash tables, not for disks */
static inline u32 hash_u64(u64 x) { x *= 0x9e3779b97f4a7c15ULL; return (u32)(x >> 32); }

#endif
