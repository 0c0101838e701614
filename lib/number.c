/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers out of text. */
#include <lib/string.h>
#include <kernel/init.h>

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return 99;
}

static const char *skip_prefix(const char *s, unsigned *base)
{
	bool hex = s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && digit(s[2]) < 16;

	if (!*base)
		*base = hex ? 16 : s[0] == '0' ? 8 : 10;
	return hex && *base == 16 ? s + 2 : s;
}

/* Returns false on overflow; value saturated. */
static bool parse(const char *s, const char **end, unsigned base, u64 *out)
{
	bool ok = true;
	u64 v = 0;

	for (; digit(*s) < (int)base; s++)
		if (__builtin_mul_overflow(v, (u64)base, &v) || __builtin_add_overflow(v, (u64)digit(*s), &v)) {
			ok = false;
			v = U64_MAX;
		}
	*end = s;
	*out = ok ? v : U64_MAX;
	return ok;
}

u64 simple_strtoull(const char *s, char **end, unsigned base)
{
	const char *e, *p = skip_prefix(s, &base);
	u64 v;

	parse(p, &e, base, &v);
	if (end)
		*end = (char *)e;
	return v;
}

int kstrtou64(const char *s, unsigned base, u64 *out)
{
	const char *e, *p;
	bool ok;

	if (*s == '+')
		s++;
	p = skip_prefix(s, &base);
	ok = parse(p, &e, base, out);
	if (e == p)
		return -EINVAL;
	if (*e == '\n')
		e++;
	if (*e)
		return -EINVAL;
	return ok ? 0 : -ERANGE;
}

int kstrtos64(const char *s, unsigned base, s64 *out)
{
	bool neg = *s == '-';
	u64 v;
	int err = kstrtou64(neg ? s + 1 : s, base, &v);

	if (err)
		return err;
	if (neg && s[1] == '+')
		return -EINVAL;
	if (v > (u64)S64_MAX + neg)
		return -ERANGE;
	*out = neg ? (s64)(0 - v) : (s64)v;
	return 0;
}

int kstrtoint(const char *s, unsigned base, int *out)
{
	s64 v;
	int err = kstrtos64(s, base, &v);

	if (err)
		return err;
	if (v != (int)v)
		return -ERANGE;
	*out = (int)v;
	return 0;
}

u64 memparse(const char *s, char **end)
{
	u64 v = simple_strtoull(s, end, 0);
	unsigned shift = 0;

	switch (**end) {
	case 'g': case 'G': shift = 30; break;
	case 'm': case 'M': shift = 20; break;
	case 'k': case 'K': shift = 10; break;
	default: return v;
	}
	++*end;
	return v > U64_MAX >> shift ? U64_MAX : v << shift;
}
