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

/* A whole search, from the beginning on. */
static bool find(const struct trace_buffer *buffer, enum trace_find what, u64 a,
		 u64 b, struct trace_search *search)
{
	*search = (struct trace_search){ .what = what, .a = a, .b = b };
	trace_search_begin(search, buffer);
	return trace_search_part(search, buffer, buffer->nr) == TRACE_FOUND;
}

/* The next one. */
static bool find_next(const struct trace_buffer *buffer,
		      struct trace_search *search)
{
	trace_place_pass(&search->place);
	trace_search_begin(search, buffer);
	return trace_search_part(search, buffer, buffer->nr) == TRACE_FOUND;
}

/* @offset: from the oldest frame on. Return: bytes copied. */
static size_t get_raw(struct trace_buffer *buffer, u64 offset, u8 *to,
		      size_t len, unsigned int most)
{
	struct trace_piece piece = {
		.offset = buffer->oldest.raw_at + offset,
		.to = to,
		.len = len,
	};

	while (trace_buffer_raw(buffer, &piece, most))
		;
	return piece.done;
}

/* Is frame @nr the one that add_frame() made so? */
static bool is_frame(const struct trace_buffer *buffer, u32 nr, u32 point,
		     u64 pc)
{
	u8 blocks[TRACE_BLOCK_V];
	struct trace_search search;
	struct trace_block block;
	size_t at = 0;
	u64 val;

	if (!find(buffer, TRACE_FIND_NUMBER, nr, 0, &search) ||
	    search.place.head.pc != pc || search.place.head.point != point)
		return false;
	trace_buffer_get(buffer, &search.place, blocks);
	if (!trace_block_next(blocks, sizeof(blocks), 0, &at, &block))
		return false;
	memcpy(&val, block.data, sizeof(val));
	return block.kind == 'V' && block.num == point && val == pc &&
	       !trace_block_next(blocks, sizeof(blocks), 0, &at, &block);
}

static void without_memory(CHECK)
{
	struct trace_buffer buffer;
	struct trace_place place = { 0 };
	struct trace_search search;
	u8 byte;

	trace_buffer_init(&buffer, NULL, RING_SIZE, true);
	EXPECT_EQ(add_frame(&buffer, 1, 1), -ENOSPC);
	EXPECT(!trace_buffer_at(&buffer, &place));
	EXPECT(!find(&buffer, TRACE_FIND_NUMBER, 0, 0, &search));
	EXPECT(!find(&buffer, TRACE_FIND_OUTSIDE, 0, 0, &search));
	EXPECT_EQ(get_raw(&buffer, 0, &byte, 1, 1), 0);
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
	struct trace_search search;
	struct trace_buffer buffer;
	u8 data[4 * RING_SIZE];

	trace_buffer_init(&buffer, data, sizeof(data), false);
	add_frame(&buffer, 1, 10);
	add_frame(&buffer, 2, 20);
	add_frame(&buffer, 1, 30);
	EXPECT(find(&buffer, TRACE_FIND_PC, 20, 0, &search));
	EXPECT_EQ(search.place.nr, 1);
	EXPECT(!find_next(&buffer, &search));
	EXPECT(find(&buffer, TRACE_FIND_POINT, 1, 0, &search));
	EXPECT_EQ(search.place.nr, 0);
	EXPECT(find_next(&buffer, &search));
	EXPECT_EQ(search.place.nr, 2);
	EXPECT(find(&buffer, TRACE_FIND_INSIDE, 11, 20, &search));
	EXPECT_EQ(search.place.nr, 1);
	EXPECT(find(&buffer, TRACE_FIND_OUTSIDE, 10, 20, &search));
	EXPECT_EQ(search.place.nr, 2);
	EXPECT(!find(&buffer, TRACE_FIND_OUTSIDE, 10, 30, &search));
	EXPECT(!find(&buffer, TRACE_FIND_NUMBER, U64_MAX, 0, &search));
	/* A number is looked for on both sides of where the search begins. */
	EXPECT(find(&buffer, TRACE_FIND_NUMBER, 1, 0, &search));
	search.a = 0;
	EXPECT(find_next(&buffer, &search));
	EXPECT_EQ(search.place.head.pc, 10);
	search.a = 2;
	EXPECT(find_next(&buffer, &search));
	EXPECT_EQ(search.place.head.pc, 30);
}

/* No more than @most frames in a part, and the parts make a whole. */
static void found_in_parts(CHECK)
{
	struct trace_search search = { .what = TRACE_FIND_PC, .a = 7 };
	u8 data[8 * (HEAD + TRACE_BLOCK_V)];
	struct trace_buffer buffer;
	u32 i;

	trace_buffer_init(&buffer, data, sizeof(data), true);
	for (i = 0; i < 8; i++)
		add_frame(&buffer, i, i);
	trace_search_begin(&search, &buffer);
	EXPECT_EQ(trace_search_part(&search, &buffer, 3), TRACE_GO_ON);
	EXPECT_EQ(search.place.nr, 3);
	EXPECT_EQ(trace_search_part(&search, &buffer, 3), TRACE_GO_ON);
	EXPECT_EQ(search.place.nr, 6);
	EXPECT_EQ(trace_search_part(&search, &buffer, 3), TRACE_FOUND);
	EXPECT_EQ(search.place.head.point, 7);
	/* Again, for who had no room. */
	EXPECT_EQ(trace_search_part(&search, &buffer, 3), TRACE_FOUND);
	EXPECT_EQ(search.place.head.point, 7);
}

/* Between two parts frames come and go. */
static void found_meanwhile(CHECK)
{
	struct trace_search search = { .what = TRACE_FIND_NUMBER, .a = 4 };
	u8 data[8 * (HEAD + TRACE_BLOCK_V)];
	struct trace_buffer buffer;
	u32 i;

	trace_buffer_init(&buffer, data, sizeof(data), true);
	for (i = 0; i < 10; i++)
		add_frame(&buffer, i, i);
	/* A number is what it was, and the place where the search is may go. */
	trace_search_begin(&search, &buffer);
	EXPECT_EQ(trace_search_part(&search, &buffer, 1), TRACE_GO_ON);
	for (; i < 14; i++)
		add_frame(&buffer, i, i);
	EXPECT_EQ(trace_search_part(&search, &buffer, 8), TRACE_FOUND);
	EXPECT_EQ(search.place.head.pc, 6);
	EXPECT_EQ(search.place.nr - search.base, 4);
	/* The frame itself: there is no other of that number. */
	add_frame(&buffer, i++, 0);
	EXPECT_EQ(trace_search_part(&search, &buffer, 8), TRACE_NOT_FOUND);
	/* What came since is not looked at, however often. */
	search = (struct trace_search){ .what = TRACE_FIND_PC, .a = 99 };
	trace_search_begin(&search, &buffer);
	EXPECT_EQ(trace_search_part(&search, &buffer, 7), TRACE_GO_ON);
	add_frame(&buffer, i++, 99);
	EXPECT_EQ(trace_search_part(&search, &buffer, 8), TRACE_NOT_FOUND);
	/* But by the next one, which goes on from there. */
	trace_search_begin(&search, &buffer);
	EXPECT_EQ(trace_search_part(&search, &buffer, 1), TRACE_FOUND);
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
	EXPECT_EQ(get_raw(&buffer, 0, all, sizeof(all), 3), sizeof(all));
	EXPECT_EQ(all[0], 5);
	EXPECT_EQ(all[2], TRACE_BLOCK_V);
	EXPECT_EQ(all[TRACE_RAW_HEAD], 'V');
	for (offset = 0; offset <= sizeof(all); offset++)
		for (len = 1; len <= sizeof(all); len++) {
			got = get_raw(&buffer, offset, part, len, 1 + len % 3);
			EXPECT_EQ(got, len < sizeof(all) - offset ?
					       len :
					       sizeof(all) - offset);
			EXPECT(!memcmp(part, all + offset, got));
		}
}

/* One piece begins where the last has ended: no frame is passed again. */
static void file_in_pieces(CHECK)
{
	enum { PIECE = 7, FRAME = TRACE_RAW_HEAD + TRACE_BLOCK_V };
	struct trace_piece piece = { .len = PIECE };
	u8 data[16 * (HEAD + TRACE_BLOCK_V)], to[PIECE];
	struct trace_buffer buffer;
	u32 i;

	trace_buffer_init(&buffer, data, sizeof(data), true);
	for (i = 0; i < 16; i++)
		add_frame(&buffer, i, i);
	piece.to = to;
	for (; piece.offset < 15 * FRAME; piece.done = 0) {
		EXPECT(!trace_buffer_raw(&buffer, &piece, 2));
		EXPECT_EQ(piece.done, PIECE);
	}
	/* What is wanted goes meanwhile. */
	piece.offset = FRAME;
	EXPECT(trace_buffer_raw(&buffer, &piece, 1));
	EXPECT_EQ(piece.done, 0);
	add_frame(&buffer, i, i);
	EXPECT(!trace_buffer_raw(&buffer, &piece, 1));
	EXPECT_EQ(piece.done, PIECE);
	piece.done = 0;
	add_frame(&buffer, i, i);
	EXPECT(!trace_buffer_raw(&buffer, &piece, 1));
	EXPECT_EQ(piece.done, 0);
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
	CASE(without_memory),	     CASE(until_full),	 CASE(in_a_circle),
	CASE(too_long_for_a_circle), CASE(found_by),	 CASE(found_in_parts),
	CASE(found_meanwhile),	     CASE(as_in_a_file), CASE(file_in_pieces),
	CASE(blocks_cut_off),	     CASES_END
};

#endif /* GDBSTUB_TRACE_BUFFER_CASES_H */
