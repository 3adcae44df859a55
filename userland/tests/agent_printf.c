// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * printf of agent expressions against the C library's: formats made at random
 * from everything that both know, with random values, must print the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "agent.h"
#include "random.h"

#define ROUNDS 200000

static const char text[] = "a string of the target, forty bytes long";

static char out[4096];
static size_t out_len;

static int read_mem(void *ctx, u64 addr, void *buf, size_t len)
{
	u64 start = (u64)(size_t)text;

	(void)ctx;
	/* What follows the string in its page can be read, and is zero. */
	memset(buf, 0, len);
	if (addr - start >= sizeof(text))
		return addr - start < sizeof(text) + 8 ? 0 : -EFAULT;
	if (len > sizeof(text) - (addr - start))
		len = sizeof(text) - (addr - start);
	memcpy(buf, (const void *)(size_t)addr, len);
	return 0;
}

static int print(void *ctx, const char *piece, size_t len)
{
	(void)ctx;
	memcpy(out + out_len, piece, len);
	out_len += len;
	return 0;
}

static const struct agent_ops ops = { .read_mem = read_mem, .print = print };

static char pick(const char *from)
{
	return from[below(strlen(from))];
}

/* Flags that the C standard leaves undefined for a conversion are left out. */
static const char *flags_of(char conv)
{
	switch (conv) {
	case 'd':
	case 'i':
		return "-+ 0";
	case 'u':
		return "-0";
	case 'o':
	case 'x':
	case 'X':
		return "-#0";
	default:
		return "-";
	}
}

static char make_format(char *format)
{
	static const char *const sizes[] = { "",   "",	"h", "hh", "l",
					     "ll", "j", "z", "t" };
	char conv = pick("diouxXdiouxXcsp");
	bool is_integer = !strchr("csp", conv);
	char *at = format;

	*at++ = '<';
	*at++ = '%';
	while (below(2))
		*at++ = pick(flags_of(conv));
	if (below(2))
		at += sprintf(at, "%u", 1 + below(60));
	if (below(2) && conv != 'c' && conv != 'p')
		at += sprintf(at, ".%u", below(50));
	if (is_integer)
		at += sprintf(at, "%s", sizes[below(ARRAY_SIZE(sizes))]);
	sprintf(at, "%c>%%%%", conv);
	return conv;
}

static bool try_once(void)
{
	char format[64], want[4096];
	char conv = make_format(format);
	u64 val = below(4) ? rnd() >> below(64) : 0;
	enum agent_status status;

	if (conv == 's')
		val = (u64)(size_t)text;
	if (conv == 'c')
		val |= 0x40;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(want, sizeof(want), format, val);
#pragma GCC diagnostic pop
	out_len = 0;
	status = agent_format(format, &val, 1, &ops, NULL);
	if (status == AGENT_OK && out_len == strlen(want) &&
	    !memcmp(out, want, out_len))
		return true;
	printf("# %s with %llx: status %d, \"%.*s\", not \"%s\"\n", format, val,
	       status, (int)out_len, out, want);
	return false;
}

int main(int argc, char **argv)
{
	unsigned int i;

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0) | 1;
	for (i = 0; i < ROUNDS; i++) {
		if (!try_once()) {
			printf("FAIL: agent_printf: as the C library\n");
			return 1;
		}
	}
	printf("PASS: agent_printf: as the C library\n");
	return 0;
}
