/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arguments of a packet, read from the front. Pure string work. */
#ifndef UGDB_ARGS_H
#define UGDB_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "../lib/buf.h"

/**
 * struct args - what of a packet is not read yet
 * @next: The next byte.
 * @end: Behind the last byte.
 */
struct args {
	const char *next;
	const char *end;
};

/**
 * args_take_number - read a hex number
 * @args: One to 16 hex digits at the front are taken.
 * @value: The number; untouched on failure.
 *
 * Return: false when there is none or it has more digits.
 */
bool args_take_number(struct args *args, uint64_t *value);

/**
 * args_take_char - read one character
 * @args: The character is taken when it is there.
 * @c: Which one.
 *
 * Return: whether it was there.
 */
bool args_take_char(struct args *args, char c);

/**
 * args_take_hex - read pairs of hex digits
 * @args: Everything up to a comma or the end is taken.
 * @out: The bytes are added here, without a NUL among them.
 *
 * Return: false when that is not pairs of hex digits, or has a NUL: what is
 * read is a path or a command, which has none.
 */
bool args_take_hex(struct args *args, struct buf *out);

/** args_at_end - whether everything has been read */
bool args_at_end(const struct args *args);

#endif /* UGDB_ARGS_H */
