/* SPDX-License-Identifier: GPL-2.0 */
/* C's string functions for the core. The four mem* functions that compilers call come from the host's C library. */
#include <lib/string.h>

size_t (strlen)(const char *s)
{
	const char *p = s;

	while (*p)
		p++;
	return (size_t)(p - s);
}

size_t strnlen(const char *s, size_t n)
{
	const char *end = memchr(s, 0, n);

	return end ? (size_t)(end - s) : n;
}

void *memchr(const void *s, int c, size_t n)
{
	const u8 *p = s;

	for (; n; n--, p++)
		if (*p == (u8)c)
			return (void *)p;
	return NULL;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	while (n && *a && *a == *b)
		a++, b++, n--;
	return n ? (u8)*a - (u8)*b : 0;
}

static int lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

int strcasecmp(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b))
		a++, b++;
	return lower((u8)*a) - lower((u8)*b);
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			return NULL;
	}
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	do {
		if (*s == (char)c)
			last = s;
	} while (*s++);
	return (char *)last;
}

char *strstr(const char *s, const char *find)
{
	size_t n = strlen(find);

	for (; *s || !n; s++) {
		if (!strncmp(s, find, n))
			return (char *)s;
		if (!*s)
			break;
	}
	return NULL;
}

char *strsep(char **s, const char *delims)
{
	char *start = *s, *p = start;

	if (!start)
		return NULL;
	while (*p && !strchr(delims, *p))
		p++;
	if (*p) {
		*p = '\0';
		*s = p + 1;
	} else {
		*s = NULL;
	}
	return start;
}

ssize_t strscpy(char *d, const char *s, size_t size)
{
	size_t n = strnlen(s, size);

	if (!size)
		return -E2BIG;
	if (n == size) {
		memcpy(d, s, size - 1);
		d[size - 1] = '\0';
		return -E2BIG;
	}
	memcpy(d, s, n);
	d[n] = '\0';
	return (ssize_t)n;
}

bool str_has_prefix(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

u32 hash_str(const char *s, size_t len)
{
	u64 h = len * 0x9e3779b97f4a7c15ULL;
	u64 w;

	for (; len >= 8; len -= 8, s += 8) {
		memcpy(&w, s, 8);
		h = (h ^ w) * 0xff51afd7ed558ccdULL;
		h ^= h >> 32;
	}
	w = 0;
	memcpy(&w, s, len);
	h = (h ^ w) * 0xff51afd7ed558ccdULL;
	return (u32)(h ^ (h >> 32));
}
