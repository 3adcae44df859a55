// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Definitions of tracepoints under a fuzzer, and the ring that frames are kept
 * in: the first byte says which. What is taken from a packet lies inside it, and
 * all of an accepted packet was read; a frame comes out of the ring as it went
 * in, as far as it is there.
 */
#include "agent.h"
#include "fuzz.h"
#include "proto.h"
#include "trace_buffer.h"
#include "trace_parse.h"

#define RING_MAX 300
#define FRAME_MAX 64

static u8 scratch[AGENT_MAX_LEN];

static void must_be_inside(const struct proto_cursor *all, const u8 *at,
			   size_t len)
{
	MUST(!at || (at >= all->pos && len <= (size_t)(all->end - at)));
}

static void parse_head(struct proto_cursor all)
{
	struct proto_cursor c = all;
	struct trace_head head;
	const char *reason;
	int ret = trace_parse_head(&c, scratch, &head, &reason);

	MUST(ret <= 0 && (!reason || ret));
	if (ret)
		return;
	MUST(c.pos == c.end && head.number <= U16_MAX);
	must_be_inside(&all, head.cond, head.cond_len);
}

static void parse_items(struct proto_cursor all)
{
	struct proto_cursor c = all;
	struct trace_item item;
	const char *reason;
	u8 *before;
	int ret;

	do {
		before = c.pos;
		ret = trace_parse_item(&c, scratch, &item, &reason);
		MUST(c.pos >= before && c.pos <= c.end);
		MUST(!reason || ret < 0);
		if (ret <= 0)
			continue;
		MUST(c.pos > before);
		must_be_inside(&all, item.code, item.code_len);
	} while (ret > 0);
	MUST(ret || c.pos == c.end || *c.pos == '-');
}

static void parse_var(struct proto_cursor all)
{
	struct proto_cursor c = all;
	struct trace_var_def def;

	if (trace_parse_var(&c, &def))
		return;
	MUST(c.pos == c.end && def.number <= S32_MAX);
	must_be_inside(&all, def.name, def.name_len);
	MUST(!memchr(def.name, 0, def.name_len));
}

/* Each byte is a frame of so many bytes of that value. */
static void fill_ring(const u8 *data, size_t size)
{
	struct trace_frame_head head = { 0 };
	u8 memory[RING_MAX], blocks[FRAME_MAX], raw[RING_MAX];
	struct trace_buffer ring;
	struct trace_place place = { 0 };
	struct trace_piece piece = { .to = raw, .len = sizeof(raw) };
	size_t i, room;

	room = data[0] * (size_t)RING_MAX / 256;
	trace_buffer_init(&ring, memory, room, data[1] & 1);
	for (i = 2; i < size; i++) {
		head.len = data[i] % FRAME_MAX;
		head.pc = data[i];
		head.point = data[i] & 3;
		memset(blocks, data[i], head.len);
		trace_buffer_add(&ring, &head, blocks);
		MUST(ring.used <= room && ring.start <= room);
	}
	for (; trace_buffer_at(&ring, &place); trace_place_pass(&place)) {
		MUST(place.head.len == place.head.pc % FRAME_MAX);
		trace_buffer_get(&ring, &place, blocks);
		for (i = 0; i < place.head.len; i++)
			MUST(blocks[i] == place.head.pc);
	}
	MUST(place.nr == ring.nr_created);
	piece.offset = ring.oldest.raw_at + data[1];
	while (trace_buffer_raw(&ring, &piece, 1 + (data[1] & 3)))
		MUST(piece.done < piece.len);
	MUST(piece.done <= sizeof(raw));
}

static void read_blocks(const u8 *data, size_t size)
{
	struct trace_block block;
	size_t at = 0;

	while (trace_block_next(data, size, data[0], &at, &block)) {
		MUST(at <= size);
		MUST(block.data >= data &&
		     block.len <= (size_t)(data + size - block.data));
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct proto_cursor all;
	u8 *copy;

	if (size < 3)
		return 0;
	copy = malloc(size - 1);
	MUST(copy);
	memcpy(copy, data + 1, size - 1);
	all.pos = copy;
	all.end = copy + size - 1;
	switch (data[0] % 5) {
	case 0:
		parse_head(all);
		break;
	case 1:
		parse_items(all);
		break;
	case 2:
		parse_var(all);
		break;
	case 3:
		fill_ring(copy, size - 1);
		break;
	default:
		read_blocks(copy, size - 1);
		break;
	}
	free(copy);
	return 0;
}
