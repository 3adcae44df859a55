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
	struct trace_frame_head *head = &buffer->oldest.head;

	copy_out(buffer, 0, head, sizeof(*head));
	buffer->start = wrap(buffer, sizeof(*head) + head->len);
	buffer->used -= sizeof(*head) + head->len;
	buffer->raw -= TRACE_RAW_HEAD + head->len;
	buffer->nr--;
	trace_place_pass(&buffer->oldest);
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

/* Bytes from the oldest frame to a place that is not gone. */
static size_t behind_oldest(const struct trace_buffer *buffer,
			    const struct trace_place *place)
{
	return place->at - buffer->oldest.at;
}

bool trace_buffer_at(const struct trace_buffer *buffer,
		     struct trace_place *place)
{
	if (place->nr < buffer->oldest.nr)
		*place = buffer->oldest;
	if (place->nr >= buffer->nr_created)
		return false;
	copy_out(buffer, behind_oldest(buffer, place), &place->head,
		 sizeof(place->head));
	return true;
}

void trace_place_pass(struct trace_place *place)
{
	place->nr++;
	place->at += sizeof(place->head) + place->head.len;
	place->raw_at += TRACE_RAW_HEAD + place->head.len;
}

static bool is_found(const struct trace_search *search)
{
	const struct trace_frame_head *head = &search->place.head;
	u64 a = search->a, b = search->b;

	switch (search->what) {
	case TRACE_FIND_NUMBER:
		return search->place.nr - search->base == a;
	case TRACE_FIND_PC:
		return head->pc == a;
	case TRACE_FIND_POINT:
		return head->point == a;
	case TRACE_FIND_INSIDE:
		return head->pc >= a && head->pc <= b;
	default:
		return head->pc < a || head->pc > b;
	}
}

void trace_search_begin(struct trace_search *search,
			const struct trace_buffer *buffer)
{
	search->base = buffer->oldest.nr;
	search->end = buffer->nr_created;
	if (search->what != TRACE_FIND_NUMBER)
		return;
	/* No further than to that one, which may stand before the place. */
	search->end = search->base;
	if (search->a < buffer->nr)
		search->end += search->a + 1;
	if (search->place.nr >= search->end)
		search->place = buffer->oldest;
}

enum trace_found trace_search_part(struct trace_search *search,
				   const struct trace_buffer *buffer,
				   unsigned int most)
{
	struct trace_place *place = &search->place;

	for (; trace_buffer_at(buffer, place) && place->nr < search->end;
	     trace_place_pass(place)) {
		if (!most--)
			return TRACE_GO_ON;
		if (is_found(search))
			return TRACE_FOUND;
	}
	return TRACE_NOT_FOUND;
}

void trace_buffer_get(const struct trace_buffer *buffer,
		      const struct trace_place *place, u8 *blocks)
{
	copy_out(buffer, behind_oldest(buffer, place) + sizeof(place->head),
		 blocks, place->head.len);
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
		 behind_oldest(buffer, place) + sizeof(place->head) + offset -
			 sizeof(head),
		 to + part, len - part);
}

bool trace_buffer_raw(struct trace_buffer *buffer, struct trace_piece *piece,
		      unsigned int most)
{
	struct trace_place *place = &buffer->raw_place;

	if (place->raw_at > piece->offset)
		*place = buffer->oldest;
	while (piece->done < piece->len && trace_buffer_at(buffer, place)) {
		u64 end = place->raw_at + TRACE_RAW_HEAD + place->head.len;
		size_t part = piece->len - piece->done;

		/* What comes next is gone. */
		if (piece->offset < place->raw_at)
			return false;
		if (!most--)
			return true;
		if (piece->offset < end) {
			if (part > end - piece->offset)
				part = end - piece->offset;
			copy_raw(buffer, place, piece->offset - place->raw_at,
				 piece->to + piece->done, part);
			piece->done += part;
			piece->offset += part;
		}
		if (piece->offset >= end)
			trace_place_pass(place);
	}
	return false;
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
