// SPDX-License-Identifier: GPL-2.0-or-later
/* A byte buffer that grows. A buffer belongs to one thread. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

char *buf_add_space(struct buf *buf, size_t len)
{
	size_t need = buf->len + len + 1;
	size_t size = buf->size ? buf->size : 128;

	while (size < need)
		size *= 2;
	if (size != buf->size) {
		buf->data = xrealloc(buf->data, size);
		buf->size = size;
	}
	return buf->data + buf->len;
}

void buf_add(struct buf *buf, const void *data, size_t len)
{
	char *end = buf_add_space(buf, len);

	if (len)
		memcpy(end, data, len);
	end[len] = '\0';
	buf->len += len;
}

void buf_add_string(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_add_format(struct buf *buf, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = xvasprintf(fmt, args);
	va_end(args);
	buf_add_string(buf, text);
	free(text);
}

void buf_add_hex(struct buf *buf, const void *data, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = data;
	char pair[2];

	for (size_t i = 0; i < len; i++) {
		pair[0] = digits[bytes[i] >> 4];
		pair[1] = digits[bytes[i] & 15];
		buf_add(buf, pair, sizeof(pair));
	}
}

void buf_cut_front(struct buf *buf, size_t len)
{
	if (!len)
		return;
	buf->len -= len;
	memmove(buf->data, buf->data + len, buf->len + 1);
}

void buf_reset(struct buf *buf)
{
	buf->len = 0;
	buf_add(buf, "", 0);
}

void buf_free(struct buf *buf)
{
	free(buf->data);
	memset(buf, 0, sizeof(*buf));
}

int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(struct buf *out, const char *text, size_t len)
{
	if (len % 2)
		return false;
	for (size_t i = 0; i < len; i += 2) {
		int high = hex_digit(text[i]);
		int low = hex_digit(text[i + 1]);
		char byte;

		if (high < 0 || low < 0)
			return false;
		byte = (char)(high << 4 | low);
		buf_add(out, &byte, 1);
	}
	return true;
}
