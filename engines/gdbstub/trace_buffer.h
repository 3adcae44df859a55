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
 * struct trace_buffer - a ring of frames
 * @data: caller's memory
 * @size: bytes at @data
 * @start: where the oldest frame begins
 * @used: bytes of all frames with their heads
 * @raw: bytes that all frames have in a trace file
 * @nr: frames
 * @nr_created: frames that were ever put in
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
	bool is_circular;
};

/**
 * struct trace_place - a frame in the ring
 * @nr: its number; 0 is the oldest
 * @at: bytes from the oldest frame to it
 * @raw_at: the same in a trace file
 * @head: its head
 */
struct trace_place {
	u32 nr;
	size_t at;
	u64 raw_at;
	struct trace_frame_head head;
};

/**
 * enum trace_find - what frame is looked for
 * @TRACE_FIND_NUMBER: number @a
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
 * trace_buffer_first() - begin to look at all frames
 * @buffer: the ring
 * @place: set to the oldest frame
 *
 * Return: whether there is one.
 */
bool trace_buffer_first(const struct trace_buffer *buffer,
			struct trace_place *place);

/**
 * trace_buffer_next() - go on to the next frame
 * @buffer: the ring, not changed since
 * @place: moves
 *
 * Return: whether there is one.
 */
bool trace_buffer_next(const struct trace_buffer *buffer,
		       struct trace_place *place);

/**
 * trace_buffer_find() - find a frame
 * @buffer: the ring
 * @what: by what
 * @a: see there
 * @b: see there
 * @from: the lowest number that is good
 * @place: set to it
 *
 * Return: whether there is one.
 */
bool trace_buffer_find(const struct trace_buffer *buffer, enum trace_find what,
		       u64 a, u64 b, u32 from, struct trace_place *place);

/**
 * trace_buffer_get() - copy a frame's blocks
 * @buffer: the ring, not changed since
 * @place: the frame
 * @blocks: room for its head.len
 */
void trace_buffer_get(const struct trace_buffer *buffer,
		      const struct trace_place *place, u8 *blocks);

/**
 * trace_buffer_raw() - copy a piece of what a trace file has
 * @buffer: the ring
 * @offset: first byte
 * @to: room for @len
 * @len: bytes wanted
 *
 * Return: bytes copied; fewer only at the end.
 */
size_t trace_buffer_raw(const struct trace_buffer *buffer, u64 offset, u8 *to,
			size_t len);

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
