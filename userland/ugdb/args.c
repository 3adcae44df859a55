// SPDX-License-Identifier: GPL-2.0-or-later
/* Arguments of a packet, read from the front. Pure string work. */
#include <string.h>

#include "args.h"

bool args_take_number(struct args *args, uint64_t *value)
{
	const char *next = args->next;
	uint64_t number = 0;

	while (next < args->end && hex_digit(*next) >= 0)
		number = number << 4 | (uint64_t)hex_digit(*next++);
	if (next == args->next || next - args->next > 16)
		return false;
	args->next = next;
	*value = number;
	return true;
}

bool args_take_char(struct args *args, char c)
{
	if (args->next == args->end || *args->next != c)
		return false;
	args->next++;
	return true;
}

bool args_take_hex(struct args *args, struct buf *out)
{
	const char *comma = memchr(args->next, ',', args->end - args->next);
	const char *end = comma ? comma : args->end;
	size_t start = out->len;
	bool good = hex_decode(out, args->next, end - args->next);

	args->next = end;
	return good && (out->len == start ||
			!memchr(out->data + start, '\0', out->len - start));
}

bool args_at_end(const struct args *args)
{
	return args->next == args->end;
}
