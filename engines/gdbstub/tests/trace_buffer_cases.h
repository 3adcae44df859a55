/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases of trace_buffer.c. */
#ifndef GDBSTUB_TRACE_BUFFER_CASES_H
#define GDBSTUB_TRACE_BUFFER_CASES_H

#include "../trace_buffer.h"
#include "pure_check.h"

#define RING_SIZE 100
#define HEAD sizeof(struct trace_frame_head)

/* A frame of one V block; its number and its pc are its variable's. */
static int add_frame(struct trace_buffer *buffer, u32 point, u64 pc)
{
	struct trace_frame_head head = {
		.pc = pc,
		.len = TRACE_BLOCK_V,
		.point = point,
	};
	u8 blocks[TRACE_BLOCK_V] = { 'V' };

	memcpy(blocks + 1, &point, sizeof(point));
	memcpy(blocks + 5, &pc, sizeof(pc));
	return trace_buffer_add(buffer, &head, blocks);
}

/* Is frame @nr the one that add_frame() made so? */
static bool is_frame(const struct trace_buffer *buffer, u32 nr, u32 point,
		     u64 pc)
{
	u8 blocks[TRACE_BLOCK_V];
	struct trace_place place;
	struct trace_block block;
	size_t at = 0;
	u64 val;

	if (!trace_buffer_find(buffer, TRACE_FIND_NUMBER, nr, 0, 0, &place) ||
	    place.head.pc != pc || place.head.point != point)
		return false;
	trace_buffer_get(buffer, &place, blocks);
	if (!trace_block_next(blocks, sizeof(blocks), 0, &at, &block))
		return false;
	memcpy(&val, block.data, sizeof(val));
	return block.kind == 'V' && block.num == point && val == pc &&
	       !trace_block_next(blocks, sizeof(blocks), 0, &at, &block);
}

static void without_memory(CHECK)
{
	struct trace_buffer buffer;
	struct trace_place place;
	u8 byte;

	trace_buffer_init(&buffer, NULL, RING_SIZE, true);
	EXPECT_EQ(add_frame(&buffer, 1, 1), -ENOSPC);
	EXPECT(!trace_buffer_first(&buffer, &place));
	EXPECT_EQ(trace_buffer_raw(&buffer, 0, &byte, 1), 0);
}

static void until_full(CHECK)
{
	u8 data[3 * (HEAD + TRACE_BLOCK_V) + 1];
	struct trace_buffer buffer;

	trace_buffer_init(&buffer, data, sizeof(data), false);
	EXPECT_EQ(add_frame(&buffer, 1, 10), 0);
	EXPECT_EQ(add_frame(&buffer, 2, 20), 0);
	EXPECT_EQ(add_frame(&buffer, 3, 30), 0);
	EXPECT_EQ(add_frame(&buffer, 4, 40), -ENOSPC);
	EXPECT_EQ(buffer.nr, 3);
	EXPECT_EQ(buffer.nr_created, 3);
	EXPECT_EQ(buffer.used, sizeof(data) - 1);
	EXPECT(is_frame(&buffer, 0, 1, 10));
	EXPECT(is_frame(&buffer, 2, 3, 30));
	EXPECT(!is_frame(&buffer, 3, 4, 40));
}

/* The size fits no number of frames: heads and blocks go over the end. */
static void in_a_circle(CHECK)
{
	struct trace_buffer buffer;
	u8 data[RING_SIZE];
	u32 i;

	trace_buffer_init(&buffer, data, sizeof(data), true);
	for (i = 0; i < 1000; i++) {
		EXPECT_EQ(add_frame(&buffer, i, 7ULL * i), 0);
		EXPECT(buffer.used <= sizeof(data));
		EXPECT(is_frame(&buffer, buffer.nr - 1, i, 7ULL * i));
		EXPECT(is_frame(&buffer, 0, i + 1 - buffer.nr,
				7ULL * (i + 1 - buffer.nr)));
	}
	EXPECT_EQ(buffer.nr, RING_SIZE / (HEAD + TRACE_BLOCK_V));
	EXPECT_EQ(buffer.nr_created, 1000);
}

static void too_long_for_a_circle(CHECK)
{
	struct trace_frame_head head = { .len = RING_SIZE };
	u8 data[RING_SIZE], blocks[RING_SIZE] = { 0 };
	struct trace_buffer buffer;

	trace_buffer_init(&buffer, data, sizeof(data), true);
	EXPECT_EQ(add_frame(&buffer, 1, 10), 0);
	EXPECT_EQ(trace_buffer_add(&buffer, &head, blocks), -ENOSPC);
	EXPECT(is_frame(&buffer, 0, 1, 10));
}

static void found_by(CHECK)
{
	struct trace_buffer buffer;
	struct trace_place place;
	u8 data[4 * RING_SIZE];

	trace_buffer_init(&buffer, data, sizeof(data), false);
	add_frame(&buffer, 1, 10);
	add_frame(&buffer, 2, 20);
	add_frame(&buffer, 1, 30);
	EXPECT(trace_buffer_find(&buffer, TRACE_FIND_PC, 20, 0, 0, &place));
	EXPECT_EQ(place.nr, 1);
	EXPECT(!trace_buffer_find(&buffer, TRACE_FIND_PC, 20, 0, 2, &place));
	EXPECT(trace_buffer_find(&buffer, TRACE_FIND_POINT, 1, 0, 1, &place));
	EXPECT_EQ(place.nr, 2);
	EXPECT(trace_buffer_find(&buffer, TRACE_FIND_INSIDE, 11, 20, 0,
				 &place));
	EXPECT_EQ(place.nr, 1);
	EXPECT(trace_buffer_find(&buffer, TRACE_FIND_OUTSIDE, 10, 20, 0,
				 &place));
	EXPECT_EQ(place.nr, 2);
	EXPECT(!trace_buffer_find(&buffer, TRACE_FIND_OUTSIDE, 10, 30, 0,
				  &place));
}

/* From each offset, each length: what the frames are one behind the other. */
static void as_in_a_file(CHECK)
{
	u8 all[3 * (TRACE_RAW_HEAD + TRACE_BLOCK_V)], part[sizeof(all)];
	size_t offset, len, got;
	struct trace_buffer buffer;
	u8 data[RING_SIZE];
	u32 i;

	trace_buffer_init(&buffer, data, sizeof(data), true);
	for (i = 0; i < 8; i++)
		add_frame(&buffer, i, i);
	EXPECT_EQ(buffer.raw, sizeof(all));
	EXPECT_EQ(trace_buffer_raw(&buffer, 0, all, sizeof(all)), sizeof(all));
	EXPECT_EQ(all[0], 5);
	EXPECT_EQ(all[2], TRACE_BLOCK_V);
	EXPECT_EQ(all[TRACE_RAW_HEAD], 'V');
	for (offset = 0; offset <= sizeof(all); offset++)
		for (len = 1; len <= sizeof(all); len++) {
			got = trace_buffer_raw(&buffer, offset, part, len);
			EXPECT_EQ(got, len < sizeof(all) - offset ?
					       len :
					       sizeof(all) - offset);
			EXPECT(!memcmp(part, all + offset, got));
		}
}

static void blocks_cut_off(CHECK)
{
	static const u8 row[] = { 'M', 1, 2, 3, 4, 5, 6, 7, 8, 2, 0, 9, 9 };
	struct trace_block block;
	size_t len, at;

	for (len = 0; len < sizeof(row); len++) {
		at = 0;
		EXPECT(!trace_block_next(row, len, 4, &at, &block));
		EXPECT_EQ(at, 0);
	}
	at = 0;
	EXPECT(trace_block_next(row, sizeof(row), 4, &at, &block));
	EXPECT_EQ(block.addr, 0x0807060504030201);
	EXPECT_EQ(block.len, 2);
	EXPECT_EQ(at, sizeof(row));
	at = 0;
	EXPECT(!trace_block_next((const u8 *)"Rabc", 4, 4, &at, &block));
	EXPECT(!trace_block_next((const u8 *)"Q", 1, 4, &at, &block));
	EXPECT(trace_block_next((const u8 *)"Rabcd", 5, 4, &at, &block));
	EXPECT(same_text(block.data, block.len, "abcd"));
}

static CHECK_TABLE trace_buffer_cases[] = {
	CASE(without_memory),	     CASE(until_full), CASE(in_a_circle),
	CASE(too_long_for_a_circle), CASE(found_by),   CASE(as_in_a_file),
	CASE(blocks_cut_off),	     CASES_END
};

#endif /* GDBSTUB_TRACE_BUFFER_CASES_H */
