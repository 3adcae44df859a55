// SPDX-License-Identifier: GPL-2.0-only
/*
 * printf of agent expressions (dprintf with style agent).
 *
 * Format and values are the client's, strings are the target's: the format is
 * walked once with every field bounded, and a string is read in pieces that
 * never cross a page, so that what is readable in front of a hole is printed.
 */
#include "agent_format.h"

#define PAGE_BYTES 4096
#define MAX_PIECE 8

/**
 * struct spec - one conversion, taken apart
 * @conv: its letter
 * @left: '-': pad on the right
 * @plus: '+': a sign before positive numbers too
 * @space: ' ': a space where a sign would be
 * @alt: '#': 0x or 0 in front
 * @zero: '0': pad with zeros
 * @has_prec: there is a precision
 * @width: least number of characters
 * @prec: least number of digits, most characters of a string
 * @bits: size of an integer argument
 */
struct spec {
	char conv;
	bool left;
	bool plus;
	bool space;
	bool alt;
	bool zero;
	bool has_prec;
	unsigned int width;
	unsigned int prec;
	unsigned int bits;
};

/**
 * struct sink - where output goes, gathered into larger pieces
 * @ops: NULL while a format is only checked
 * @ctx: for @ops
 * @len: bytes in @buf
 * @failed: print refused a piece; nothing more is handed to it
 * @buf: what was not handed to print yet
 */
struct sink {
	const struct agent_ops *ops;
	void *ctx;
	size_t len;
	bool failed;
	char buf[128];
};

static void flush(struct sink *out)
{
	if (out->ops && out->len && !out->failed)
		out->failed = out->ops->print(out->ctx, out->buf, out->len);
	out->len = 0;
}

static void put(struct sink *out, char c)
{
	if (out->len == sizeof(out->buf))
		flush(out);
	out->buf[out->len++] = c;
}

static void put_text(struct sink *out, const char *text, size_t len)
{
	while (len--)
		put(out, *text++);
}

static void put_times(struct sink *out, char c, size_t times)
{
	while (times--)
		put(out, c);
}

static void put_padded(struct sink *out, const struct spec *spec,
		       const char *text, size_t len)
{
	size_t pad = spec->width > len ? spec->width - len : 0;

	if (!spec->left)
		put_times(out, ' ', pad);
	put_text(out, text, len);
	if (spec->left)
		put_times(out, ' ', pad);
}

/* Integers */

static size_t make_digits(char *end, u64 val, unsigned int base, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	size_t nr = 0;

	for (; val; val /= base) {
		*--end = digits[val % base];
		nr++;
	}
	return nr;
}

static const char *make_prefix(const struct spec *spec, bool negative,
			       bool is_zero)
{
	if (spec->conv == 'd' || spec->conv == 'i') {
		if (negative)
			return "-";
		if (spec->plus)
			return "+";
		return spec->space ? " " : "";
	}
	if (spec->conv == 'p')
		return "0x";
	if (!spec->alt || is_zero)
		return "";
	if (spec->conv == 'x')
		return "0x";
	return spec->conv == 'X' ? "0X" : "";
}

static unsigned int base_of(char conv)
{
	if (conv == 'o')
		return 8;
	return conv == 'x' || conv == 'X' || conv == 'p' ? 16 : 10;
}

/* Cuts the value to the argument's size; tells whether it was negative. */
static bool take_sign(const struct spec *spec, u64 *val)
{
	unsigned int unused = 64 - spec->bits;
	bool negative;

	*val = *val << unused >> unused;
	if (spec->conv != 'd' && spec->conv != 'i')
		return false;
	negative = *val >> (spec->bits - 1) & 1;
	if (negative)
		*val = (0 - *val) << unused >> unused;
	return negative;
}

static void put_integer(struct sink *out, const struct spec *spec, u64 val)
{
	bool negative = take_sign(spec, &val);
	const char *prefix = make_prefix(spec, negative, !val);
	size_t prefix_len = strlen(prefix);
	char digits[22];
	size_t nr = make_digits(digits + sizeof(digits), val,
				base_of(spec->conv), spec->conv == 'X');
	size_t want = spec->has_prec ? spec->prec : 1;
	size_t len;

	if (spec->conv == 'o' && spec->alt && want <= nr)
		want = nr + 1;
	if (spec->zero && !spec->left && !spec->has_prec &&
	    spec->width > prefix_len + want)
		want = spec->width - prefix_len;
	if (want < nr)
		want = nr;
	len = prefix_len + want;

	if (!spec->left && spec->width > len)
		put_times(out, ' ', spec->width - len);
	put_text(out, prefix, prefix_len);
	put_times(out, '0', want - nr);
	put_text(out, digits + sizeof(digits) - nr, nr);
	if (spec->left && spec->width > len)
		put_times(out, ' ', spec->width - len);
}

/* Strings */

static size_t piece_length(u64 addr, size_t left)
{
	size_t to_page_end = PAGE_BYTES - (addr & (PAGE_BYTES - 1));
	size_t len = left < MAX_PIECE ? left : MAX_PIECE;

	return len < to_page_end ? len : to_page_end;
}

/*
 * Walks a string of at most @max bytes, printing it if @print; sets *@len to
 * the bytes before its end.
 */
static enum agent_status walk_string(struct sink *out, u64 addr, size_t max,
				     bool print, size_t *len)
{
	const struct agent_ops *ops = out->ops;

	*len = 0;
	while (*len < max) {
		size_t piece = piece_length(addr + *len, max - *len);
		char bytes[MAX_PIECE];
		size_t i;

		if (!ops->read_mem ||
		    ops->read_mem(out->ctx, addr + *len, bytes, piece))
			return AGENT_BAD_MEMORY;
		for (i = 0; i < piece; i++) {
			if (!bytes[i])
				return AGENT_OK;
			if (print)
				put(out, bytes[i]);
			++*len;
		}
	}
	return AGENT_OK;
}

static enum agent_status put_string(struct sink *out, const struct spec *spec,
				    u64 addr)
{
	size_t max = spec->has_prec ? spec->prec : AGENT_MAX_STRING;
	enum agent_status status;
	size_t len = 0;

	if (!out->ops)
		return AGENT_OK;
	if (!addr) {
		put_padded(out, spec, "(null)", max < 6 ? max : 6);
		return AGENT_OK;
	}
	if (spec->width && !spec->left) {
		status = walk_string(out, addr, max, false, &len);
		if (status)
			return status;
		if (spec->width > len)
			put_times(out, ' ', spec->width - len);
	}
	status = walk_string(out, addr, max, true, &len);
	if (spec->left && spec->width > len)
		put_times(out, ' ', spec->width - len);
	return status;
}

/* Reading the format */

static bool take_flag(struct spec *spec, char c)
{
	switch (c) {
	case '-':
		spec->left = true;
		return true;
	case '+':
		spec->plus = true;
		return true;
	case ' ':
		spec->space = true;
		return true;
	case '#':
		spec->alt = true;
		return true;
	case '0':
		spec->zero = true;
		return true;
	default:
		return false;
	}
}

static bool take_number(const char **format, unsigned int *num)
{
	*num = 0;
	while (**format >= '0' && **format <= '9') {
		*num = *num * 10 + (**format - '0');
		if (*num > AGENT_MAX_FIELD)
			return false;
		++*format;
	}
	return true;
}

static void take_size(const char **format, struct spec *spec)
{
	spec->bits = 32;
	switch (**format) {
	case 'h':
		++*format;
		spec->bits = 16;
		if (**format == 'h') {
			++*format;
			spec->bits = 8;
		}
		break;
	case 'l':
		++*format;
		spec->bits = 64;
		if (**format == 'l')
			++*format;
		break;
	case 'j':
	case 'z':
	case 't':
		++*format;
		spec->bits = 64;
		break;
	}
}

/* @format stands behind the '%', afterwards behind the conversion. */
static bool take_spec(const char **format, struct spec *spec)
{
	memset(spec, 0, sizeof(*spec));
	while (take_flag(spec, **format))
		++*format;
	if (!take_number(format, &spec->width))
		return false;
	if (**format == '.') {
		++*format;
		spec->has_prec = true;
		if (!take_number(format, &spec->prec))
			return false;
	}
	take_size(format, spec);

	spec->conv = **format;
	switch (spec->conv) {
	case 'd':
	case 'i':
	case 'o':
	case 'u':
	case 'x':
	case 'X':
		break;
	case 'p':
		spec->bits = 64;
		break;
	case 'c':
	case 's':
		/* Wide characters are not known here. */
		if (spec->bits != 32)
			return false;
		break;
	default:
		return false;
	}
	++*format;
	return true;
}

static enum agent_status put_value(struct sink *out, const struct spec *spec,
				   u64 val)
{
	char c = val;

	switch (spec->conv) {
	case 'c':
		put_padded(out, spec, &c, 1);
		return AGENT_OK;
	case 's':
		return put_string(out, spec, val);
	case 'p':
		if (!val) {
			put_padded(out, spec, "(nil)", 5);
			return AGENT_OK;
		}
		fallthrough;
	default:
		put_integer(out, spec, val);
		return AGENT_OK;
	}
}

/* gdb sends the text between the quotes as the user typed it. */
static bool put_escape(struct sink *out, char c)
{
	static const char from[] = "\\\"abefnrtv";
	static const char to[] = "\\\"\a\b\033\f\n\r\t\v";
	const char *at = c ? strchr(from, c) : NULL;

	if (!at)
		return false;
	put(out, to[at - from]);
	return true;
}

static enum agent_status walk_format(struct sink *out, const char *format,
				     const struct agent_args *args)
{
	const u64 *val = args->val;
	unsigned int used = 0;

	while (*format) {
		enum agent_status status;
		struct spec spec;
		char c = *format++;

		if (c == '\\') {
			if (!put_escape(out, *format++))
				return AGENT_BAD_FORMAT;
			continue;
		}
		if (c != '%' || *format == '%') {
			format += c == '%';
			put(out, c);
			continue;
		}
		if (!take_spec(&format, &spec) || used == args->nr)
			return AGENT_BAD_FORMAT;
		status = put_value(out, &spec, val ? *val : 0);
		if (status)
			return status;
		used++;
		if (val && used < args->nr)
			val += args->step;
	}
	return used == args->nr ? AGENT_OK : AGENT_BAD_FORMAT;
}

enum agent_status agent_format_check(const char *format, unsigned int nr_args)
{
	struct agent_args args = { .nr = nr_args };
	struct sink out = { .ops = NULL };

	return walk_format(&out, format, &args);
}

enum agent_status agent_format_args(const char *format,
				    const struct agent_args *args,
				    const struct agent_ops *ops, void *ctx)
{
	struct sink out = { .ops = ops, .ctx = ctx };
	enum agent_status status = walk_format(&out, format, args);

	flush(&out);
	if (!status && out.failed)
		return AGENT_CALLBACK;
	return status;
}

enum agent_status agent_format(const char *format, const u64 *args,
			       unsigned int nr_args,
			       const struct agent_ops *ops, void *ctx)
{
	struct agent_args list = { .val = args, .nr = nr_args, .step = 1 };

	if (!ops)
		return agent_format_check(format, nr_args);
	return agent_format_args(format, &list, ops, ctx);
}
