// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames of tracepoints in a ring of bytes. Pure.
 *
 * A frame may go over the end of the memory, its head too, so everything is
 * copied in and out.
 */
#include "trace_buffer.h"

void trace_buffer_init(struct trace_buffer *buffer, u8 *data, size_t size,
		       bool is_circular)
{
	memset(buffer, 0, sizeof(*buffer));
	buffer->data = data;
	buffer->size = data ? size : 0;
	buffer->is_circular = is_circular;
}

/* @at: bytes behind the oldest frame's first one. */
static size_t wrap(const struct trace_buffer *buffer, size_t at)
{
	at += buffer->start;
	return at < buffer->size ? at : at - buffer->size;
}

/* @first: set to how many of @len bytes there are before the end. */
static u8 *find_bytes(const struct trace_buffer *buffer, size_t at, size_t len,
		      size_t *first)
{
	at = wrap(buffer, at);
	*first = len < buffer->size - at ? len : buffer->size - at;
	return buffer->data + at;
}

static void copy_out(const struct trace_buffer *buffer, size_t at, void *to,
		     size_t len)
{
	size_t first;
	const u8 *from = find_bytes(buffer, at, len, &first);

	if (!len)
		return;
	memcpy(to, from, first);
	memcpy((u8 *)to + first, buffer->data, len - first);
}

static void copy_in(struct trace_buffer *buffer, size_t at, const void *from,
		    size_t len)
{
	size_t first;
	u8 *to = find_bytes(buffer, at, len, &first);

	if (!len)
		return;
	memcpy(to, from, first);
	memcpy(buffer->data, (const u8 *)from + first, len - first);
}

static void drop_oldest(struct trace_buffer *buffer)
{
	struct trace_frame_head head;

	copy_out(buffer, 0, &head, sizeof(head));
	buffer->start = wrap(buffer, sizeof(head) + head.len);
	buffer->used -= sizeof(head) + head.len;
	buffer->raw -= TRACE_RAW_HEAD + head.len;
	buffer->nr--;
}

int trace_buffer_add(struct trace_buffer *buffer,
		     const struct trace_frame_head *head, const u8 *blocks)
{
	size_t need = sizeof(*head) + head->len;

	if (need > buffer->size ||
	    (!buffer->is_circular && need > buffer->size - buffer->used))
		return -ENOSPC;
	while (need > buffer->size - buffer->used)
		drop_oldest(buffer);
	copy_in(buffer, buffer->used, head, sizeof(*head));
	copy_in(buffer, buffer->used + sizeof(*head), blocks, head->len);
	buffer->used += need;
	buffer->raw += TRACE_RAW_HEAD + head->len;
	buffer->nr++;
	buffer->nr_created++;
	return 0;
}

bool trace_buffer_first(const struct trace_buffer *buffer,
			struct trace_place *place)
{
	memset(place, 0, sizeof(*place));
	if (!buffer->nr)
		return false;
	copy_out(buffer, 0, &place->head, sizeof(place->head));
	return true;
}

bool trace_buffer_next(const struct trace_buffer *buffer,
		       struct trace_place *place)
{
	if (place->nr + 1 >= buffer->nr)
		return false;
	place->nr++;
	place->at += sizeof(place->head) + place->head.len;
	place->raw_at += TRACE_RAW_HEAD + place->head.len;
	copy_out(buffer, place->at, &place->head, sizeof(place->head));
	return true;
}

static bool is_found(const struct trace_place *place, enum trace_find what,
		     u64 a, u64 b)
{
	u64 pc = place->head.pc;

	switch (what) {
	case TRACE_FIND_NUMBER:
		return place->nr == a;
	case TRACE_FIND_PC:
		return pc == a;
	case TRACE_FIND_POINT:
		return place->head.point == a;
	case TRACE_FIND_INSIDE:
		return pc >= a && pc <= b;
	default:
		return pc < a || pc > b;
	}
}

bool trace_buffer_find(const struct trace_buffer *buffer, enum trace_find what,
		       u64 a, u64 b, u32 from, struct trace_place *place)
{
	bool more;

	for (more = trace_buffer_first(buffer, place); more;
	     more = trace_buffer_next(buffer, place))
		if (place->nr >= from && is_found(place, what, a, b))
			return true;
	return false;
}

void trace_buffer_get(const struct trace_buffer *buffer,
		      const struct trace_place *place, u8 *blocks)
{
	copy_out(buffer, place->at + sizeof(place->head), blocks,
		 place->head.len);
}

/* Bytes @offset to @offset + @len of a frame as a trace file has it. */
static void copy_raw(const struct trace_buffer *buffer,
		     const struct trace_place *place, size_t offset, u8 *to,
		     size_t len)
{
	u16 point = place->head.point;
	u8 head[TRACE_RAW_HEAD];
	size_t part = 0;

	memcpy(head, &point, sizeof(point));
	memcpy(head + sizeof(point), &place->head.len, sizeof(u32));
	if (offset < sizeof(head)) {
		part = sizeof(head) - offset;
		if (part > len)
			part = len;
		memcpy(to, head + offset, part);
		offset += part;
	}
	copy_out(buffer,
		 place->at + sizeof(place->head) + offset - sizeof(head),
		 to + part, len - part);
}

size_t trace_buffer_raw(const struct trace_buffer *buffer, u64 offset, u8 *to,
			size_t len)
{
	struct trace_place place;
	size_t done = 0;
	bool more;

	for (more = trace_buffer_first(buffer, &place); more && done < len;
	     more = trace_buffer_next(buffer, &place)) {
		u64 end = place.raw_at + TRACE_RAW_HEAD + place.head.len;
		size_t part;

		if (offset >= end)
			continue;
		part = end - offset < len - done ? end - offset : len - done;
		copy_raw(buffer, &place, offset - place.raw_at, to + done,
			 part);
		done += part;
		offset += part;
	}
	return done;
}

bool trace_block_next(const u8 *blocks, size_t len, size_t g_size, size_t *at,
		      struct trace_block *block)
{
	const u8 *pos = blocks + *at;
	size_t left = len - *at;
	size_t head;
	u16 bytes;

	if (!left)
		return false;
	memset(block, 0, sizeof(*block));
	block->kind = *pos;
	switch (block->kind) {
	case 'R':
		head = TRACE_BLOCK_R;
		block->len = g_size;
		break;
	case 'M':
		head = TRACE_BLOCK_M;
		if (left < head)
			return false;
		memcpy(&block->addr, pos + 1, sizeof(block->addr));
		memcpy(&bytes, pos + 9, sizeof(bytes));
		block->len = bytes;
		break;
	case 'V':
		head = TRACE_BLOCK_V - 8;
		if (left < head)
			return false;
		memcpy(&block->num, pos + 1, sizeof(block->num));
		block->len = 8;
		break;
	default:
		return false;
	}
	if (left < head || left - head < block->len)
		return false;
	block->data = pos + head;
	*at += head + block->len;
	return true;
}
