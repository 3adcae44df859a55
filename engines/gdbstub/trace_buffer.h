/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tracepoints have collected: frames in a ring of bytes, in the format of
 * GDB's trace files. Pure: the caller owns the memory and all locking.
 *
 * A frame's data are blocks, each a letter and what follows it, numbers in the
 * order of the machine:
 *
 *	R	all registers, as the g packet has them
 *	M	u64 address, u16 length, the bytes
 *	V	u32 number of a trace state variable, u64 value
 */
#ifndef GDBSTUB_TRACE_BUFFER_H
#define GDBSTUB_TRACE_BUFFER_H

#include "pure.h"

/* Bytes of a block in front of what it holds. */
#define TRACE_BLOCK_R 1
#define TRACE_BLOCK_M 11
#define TRACE_BLOCK_V 13

/* Of a frame in a trace file, before its blocks: u16 tracepoint, u32 length. */
#define TRACE_RAW_HEAD 6

/**
 * struct trace_frame_head - stands before a frame's blocks in the ring
 * @pc: where the thread was
 * @len: bytes of its blocks
 * @point: number of the tracepoint
 */
struct trace_frame_head {
	u64 pc;
	u32 len;
	u32 point;
};

/**
 * struct trace_place - a place between frames
 * @nr: frames that were put in before it
 * @at: their bytes with their heads
 * @raw_at: their bytes in a trace file
 * @head: of the frame behind it, from trace_buffer_at()
 *
 * All of it counts from the first frame ever put in. So a place is what it was,
 * also when the ring has changed. One of zeros stands before the oldest frame.
 */
struct trace_place {
	u64 nr;
	u64 at;
	u64 raw_at;
	struct trace_frame_head head;
};

/**
 * struct trace_buffer - a ring of frames
 * @data: caller's memory
 * @size: bytes at @data
 * @start: where the oldest frame begins
 * @used: bytes of all frames with their heads
 * @raw: bytes that all frames have in a trace file
 * @nr: frames
 * @nr_created: frames that were ever put in
 * @oldest: the place before the oldest frame; its head is that of the one before
 * @raw_place: where the last trace_buffer_raw() has ended
 * @is_circular: a new frame drops the oldest ones
 */
struct trace_buffer {
	u8 *data;
	size_t size;
	size_t start;
	size_t used;
	u64 raw;
	u32 nr;
	u64 nr_created;
	struct trace_place oldest;
	struct trace_place raw_place;
	bool is_circular;
};

/**
 * enum trace_find - what frame is looked for
 * @TRACE_FIND_NUMBER: number @a; the oldest frame has 0
 * @TRACE_FIND_PC: at address @a
 * @TRACE_FIND_POINT: of tracepoint @a
 * @TRACE_FIND_INSIDE: from address @a to @b
 * @TRACE_FIND_OUTSIDE: not from address @a to @b
 */
enum trace_find {
	TRACE_FIND_NUMBER,
	TRACE_FIND_PC,
	TRACE_FIND_POINT,
	TRACE_FIND_INSIDE,
	TRACE_FIND_OUTSIDE,
};

/**
 * struct trace_search - a search for a frame, in parts
 * @what: by what
 * @a: see there
 * @b: see there
 * @place: where it goes on: from the caller, where it begins; afterwards before
 *	the frame that was found
 * @base: frames that were gone when it began: by so much is a number less than
 *	that of a place
 * @end: number of a place: there it ends
 *
 * The ring may change between the parts. What is looked at are the frames that
 * there were when the search began, and a number means what it meant then, so
 * what is found is what the whole search would have found with nothing changed,
 * unless that is gone.
 */
struct trace_search {
	enum trace_find what;
	u64 a;
	u64 b;
	struct trace_place place;
	u64 base;
	u64 end;
};

/**
 * enum trace_found - what came of a part of a search
 * @TRACE_FOUND: a frame was found
 * @TRACE_NOT_FOUND: there is none
 * @TRACE_GO_ON: there are frames left to be looked at
 */
enum trace_found {
	TRACE_FOUND,
	TRACE_NOT_FOUND,
	TRACE_GO_ON,
};

/**
 * struct trace_piece - a piece of what a trace file has, copied in parts
 * @offset: next byte, counted from the first frame ever put in
 * @to: room for @len
 * @len: bytes wanted
 * @done: bytes that were copied
 *
 * The ring may change between the parts: what was not copied is gone then, or
 * where it was.
 */
struct trace_piece {
	u64 offset;
	u8 *to;
	size_t len;
	size_t done;
};

/**
 * trace_buffer_init() - make an empty ring
 * @buffer: the ring
 * @data: memory, or NULL
 * @size: bytes at @data
 * @is_circular: whether the oldest frames make room for new ones
 */
void trace_buffer_init(struct trace_buffer *buffer, u8 *data, size_t size,
		       bool is_circular);

/**
 * trace_buffer_add() - put a frame in
 * @buffer: the ring
 * @head: of the frame
 * @blocks: @head->len bytes
 *
 * Return:
 * * 0
 * * -ENOSPC - there is no room, and nothing was changed
 */
int trace_buffer_add(struct trace_buffer *buffer,
		     const struct trace_frame_head *head, const u8 *blocks);

/**
 * trace_buffer_at() - look at the frame behind a place
 * @buffer: the ring
 * @place: its head is set; it moves to the oldest frame if the frame is gone
 *
 * Return: whether there is one.
 */
bool trace_buffer_at(const struct trace_buffer *buffer,
		     struct trace_place *place);

/**
 * trace_place_pass() - go behind the frame that was looked at
 * @place: moves
 */
void trace_place_pass(struct trace_place *place);

/**
 * trace_search_begin() - begin a search
 * @search: what, a, b and place are set
 * @buffer: the ring
 */
void trace_search_begin(struct trace_search *search,
			const struct trace_buffer *buffer);

/**
 * trace_search_part() - make a part of a search
 * @search: the search
 * @buffer: the ring
 * @most: frames to be looked at
 *
 * Return: what came of it; it may be made again, and begins with the frame that
 * was found.
 */
enum trace_found trace_search_part(struct trace_search *search,
				   const struct trace_buffer *buffer,
				   unsigned int most);

/**
 * trace_buffer_get() - copy a frame's blocks
 * @buffer: the ring, not changed since
 * @place: the frame is behind it
 * @blocks: room for its head.len
 */
void trace_buffer_get(const struct trace_buffer *buffer,
		      const struct trace_place *place, u8 *blocks);

/**
 * trace_buffer_raw() - copy a part of a piece of what a trace file has
 * @buffer: the ring
 * @piece: the piece; its done goes up
 * @most: frames to be looked at
 *
 * One piece behind the other is found at once.
 *
 * Return: whether to go on; false: the piece is whole, or there is no more.
 */
bool trace_buffer_raw(struct trace_buffer *buffer, struct trace_piece *piece,
		      unsigned int most);

/**
 * struct trace_block - one block of a frame
 * @kind: 'R', 'M' or 'V'
 * @addr: of M
 * @num: of V
 * @data: of R and M; of V the eight bytes of the value
 * @len: bytes at @data
 */
struct trace_block {
	char kind;
	u64 addr;
	u32 num;
	const u8 *data;
	size_t len;
};

/**
 * trace_block_next() - read the next block
 * @blocks: of the frame
 * @len: bytes at @blocks
 * @g_size: bytes of an R block
 * @at: 0 at first; moves behind the block
 * @block: set to it
 *
 * Return: whether there was one.
 */
bool trace_block_next(const u8 *blocks, size_t len, size_t g_size, size_t *at,
		      struct trace_block *block);

#endif /* GDBSTUB_TRACE_BUFFER_H */
