/* SPDX-License-Identifier: GPL-2.0 */
/* printf's formatting, without floating point. */
#include <lib/string.h>

struct out { char *buf; size_t size, len; };

static void put(struct out *o, char c)
{
	if (o->len < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void pad(struct out *o, char c, int n)
{
	while (n-- > 0)
		put(o, c);
}

struct spec { bool left, zero, plus, space, alt; int width, precision; int size; };

static void put_string(struct out *o, const char *s, struct spec *sp)
{
	size_t n;

	if (!s)
		s = "(null)";
	n = sp->precision >= 0 ? strnlen(s, (size_t)sp->precision) : strlen(s);
	if (!sp->left)
		pad(o, ' ', sp->width - (int)n);
	for (size_t i = 0; i < n; i++)
		put(o, s[i]);
	if (sp->left)
		pad(o, ' ', sp->width - (int)n);
}

static void put_number(struct out *o, u64 v, bool neg, unsigned base, bool upper, struct spec *sp)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	const char *prefix = neg ? "-" : sp->plus ? "+" : sp->space ? " " : "";
	char tmp[24];
	int n = 0, zeros, total;

	if (sp->alt && base == 16 && v)
		prefix = upper ? "0X" : "0x";
	for (; v; v /= base)
		tmp[n++] = digits[v % base];
	if (!n && sp->precision != 0)
		tmp[n++] = '0';
	zeros = sp->precision > n ? sp->precision - n : 0;
	if (sp->alt && base == 8 && !zeros && (!n || tmp[n - 1] != '0'))
		zeros = 1;
	total = (int)strlen(prefix) + zeros + n;
	if (sp->zero && !sp->left && sp->precision < 0 && sp->width > total) {
		zeros += sp->width - total;
		total = sp->width;
	}
	if (!sp->left)
		pad(o, ' ', sp->width - total);
	while (*prefix)
		put(o, *prefix++);
	pad(o, '0', zeros);
	while (n)
		put(o, tmp[--n]);
	if (sp->left)
		pad(o, ' ', sp->width - total);
}

static u64 get_unsigned(va_list *ap, int size)
{
	switch (size) {
	case -2: return (u8)va_arg(*ap, unsigned);
	case -1: return (u16)va_arg(*ap, unsigned);
	case 0: return va_arg(*ap, unsigned);
	default: return va_arg(*ap, unsigned long);
	}
}

static s64 get_signed(va_list *ap, int size)
{
	switch (size) {
	case -2: return (s8)va_arg(*ap, int);
	case -1: return (s16)va_arg(*ap, int);
	case 0: return va_arg(*ap, int);
	default: return va_arg(*ap, long);
	}
}

static const char *parse_spec(const char *f, struct spec *sp, va_list *ap)
{
	*sp = (struct spec){ .precision = -1 };
	for (;; f++) {
		if (*f == '-')
			sp->left = true;
		else if (*f == '0')
			sp->zero = true;
		else if (*f == '+')
			sp->plus = true;
		else if (*f == ' ')
			sp->space = true;
		else if (*f == '#')
			sp->alt = true;
		else
			break;
	}
	if (*f == '*') {
		sp->width = va_arg(*ap, int);
		if (sp->width < 0) {
			sp->left = true;
			sp->width = -sp->width;
		}
		f++;
	}
	while (*f >= '0' && *f <= '9')
		sp->width = sp->width * 10 + *f++ - '0';
	if (*f == '.') {
		f++;
		sp->precision = 0;
		if (*f == '*') {
			sp->precision = va_arg(*ap, int);
			f++;
		}
		while (*f >= '0' && *f <= '9')
			sp->precision = sp->precision * 10 + *f++ - '0';
	}
	for (;; f++) {
		if (*f == 'h')
			sp->size--;
		else if (*f == 'l' || *f == 'z' || *f == 't')
			sp->size++;
		else
			return f;
	}
}

static void convert(struct out *o, char c, struct spec *sp, va_list *ap)
{
	s64 v;

	switch (c) {
	case 'd': case 'i':
		v = get_signed(ap, sp->size);
		put_number(o, v < 0 ? 0 - (u64)v : (u64)v, v < 0, 10, false, sp);
		break;
	case 'u': put_number(o, get_unsigned(ap, sp->size), false, 10, false, sp); break;
	case 'x': put_number(o, get_unsigned(ap, sp->size), false, 16, false, sp); break;
	case 'X': put_number(o, get_unsigned(ap, sp->size), false, 16, true, sp); break;
	case 'o': put_number(o, get_unsigned(ap, sp->size), false, 8, false, sp); break;
	case 'p':
		sp->alt = true;
		put_number(o, (u64)va_arg(*ap, void *), false, 16, false, sp);
		break;
	case 'c': {
		char ch[2] = { (char)va_arg(*ap, int), 0 };

		if (ch[0]) {
			sp->precision = 1;
			put_string(o, ch, sp);
		} else {
			put(o, 0);
		}
		break;
	}
	case 's': put_string(o, va_arg(*ap, const char *), sp); break;
	case '%': put(o, '%'); break;
	default: put(o, '%'); put(o, c); break;
	}
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct out o = { buf, size, 0 };
	struct spec sp;
	va_list ap;

	va_copy(ap, args);
	for (; *fmt; fmt++) {
		if (*fmt != '%') {
			put(&o, *fmt);
			continue;
		}
		fmt = parse_spec(fmt + 1, &sp, &ap);
		if (!*fmt)
			break;
		convert(&o, *fmt, &sp, &ap);
	}
	va_end(ap);
	if (size)
		buf[min(o.len, size - 1)] = '\0';
	return (int)o.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return size ? min(n, (int)size - 1) : 0;
}
