// SPDX-License-Identifier: GPL-2.0-or-later
/* Words for a shell. Pure string work. */
#include <string.h>

#include "../lib/buf.h"
#include "quote.h"

/* Characters that no shell gives a meaning to, wherever they stand. */
static const char plain_chars[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	"_-+./,:@%";

/*
 * Single quotes protect everything but a single quote, which is written
 * outside of them behind a backslash.
 */
static void quote_word(struct buf *out, const char *word)
{
	if (*word && !word[strspn(word, plain_chars)]) {
		buf_add_string(out, word);
		return;
	}
	buf_add_string(out, "'");
	for (; *word; word++) {
		if (*word == '\'')
			buf_add_string(out, "'\\''");
		else
			buf_add(out, word, 1);
	}
	buf_add_string(out, "'");
}

char *quote_command(const char *prefix, char *const *argv)
{
	struct buf out = { 0 };

	buf_add_string(&out, prefix);
	for (; *argv; argv++) {
		buf_add_string(&out, " ");
		quote_word(&out, *argv);
	}
	return out.data;
}
