/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A byte buffer that grows, and the hex digits that the remote protocol is
 * made of. Pure string work.
 */
#ifndef LIB_BUF_H
#define LIB_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "messages.h"

/**
 * struct buf - bytes that grow at the end
 * @data: The bytes, followed by a NUL that @len does not count; NULL while the
 *	buffer has never held anything.
 * @len: Bytes in use.
 * @size: Bytes allocated.
 *
 * All zeroes is an empty buffer.
 */
struct buf {
	char *data;
	size_t len;
	size_t size;
};

void buf_add(struct buf *buf, const void *data, size_t len);
void buf_add_string(struct buf *buf, const char *text);
void buf_add_format(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_add_hex(struct buf *buf, const void *data, size_t len);

/**
 * buf_add_space - make room at the end
 * @buf: The buffer.
 * @len: Bytes that the caller may write before the next call on @buf; @buf.len
 *	does not change.
 *
 * Return: where to write.
 */
char *buf_add_space(struct buf *buf, size_t len);

/**
 * buf_cut_front - drop bytes from the beginning
 * @buf: The buffer.
 * @len: How many, at most @buf.len.
 */
void buf_cut_front(struct buf *buf, size_t len);

/** buf_reset - forget the bytes, keep the memory; @data is an empty string */
void buf_reset(struct buf *buf);

/** buf_free - give the memory back; the buffer is empty and usable */
void buf_free(struct buf *buf);

/**
 * hex_digit - value of a hex digit
 * @c: A character.
 *
 * Return: 0 to 15, or -1 when @c is no hex digit.
 */
int hex_digit(char c);

/**
 * hex_decode - turn pairs of hex digits into bytes
 * @out: Bytes are added here.
 * @text: The digits.
 * @len: How many; must be even.
 *
 * Return: false when @len is odd or a character is no hex digit; @out may have
 * grown then.
 */
bool hex_decode(struct buf *out, const char *text, size_t len);

#endif /* LIB_BUF_H */
