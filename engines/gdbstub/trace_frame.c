// SPDX-License-Identifier: GPL-2.0-only
/*
 * The frame that the client looks at, and the ring as a trace file has it. The
 * frame is a copy, so that what happens to the ring meanwhile changes nothing of
 * it. All under session.cmd_lock.
 *
 * Each hit needs trace_set.lock, and waits for it uninterruptibly. So it is not
 * held for more than FRAMES_AT_ONCE frames, nor for an allocation: hits come
 * between, and what that means is said of struct trace_search.
 */
#include <linux/bitmap.h>
#include <linux/delay.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/unaligned.h>

#include "session.h"
#include "tdesc_x86.h"
#include "tracepoint.h"

/* Frames that are looked at before somebody else gets the lock. */
#define FRAMES_AT_ONCE 1024

/**
 * trace_frame_deselect() - the client looks at the program
 * @session: the session
 *
 * Context: session.cmd_lock held.
 */
void trace_frame_deselect(struct gdb_session *session)
{
	struct trace_selection *selection = &session->trace.selection;

	kvfree(selection->blocks);
	memset(selection, 0, sizeof(*selection));
}

/*
 * Who spins for a mutex does not get it from one who takes it again at once: so it
 * is left alone for about as long as it was held.
 */
static void let_hits_pass(void)
{
	usleep_range(10, 50);
}

/* @blocks: set to those of the frame that is found, if they are fewer than @room. */
static enum trace_found search_on(struct trace_set *set,
				  struct trace_search *search, u8 *blocks,
				  size_t room)
{
	enum trace_found found;

	mutex_lock(&set->lock);
	found = trace_search_part(search, &set->buffer, FRAMES_AT_ONCE);
	if (found == TRACE_FOUND && search->place.head.len < room)
		trace_buffer_get(&set->buffer, &search->place, blocks);
	mutex_unlock(&set->lock);
	return found;
}

/*
 * When there is no room for a frame that was found, the search is made on from
 * it: it may be gone. The room is doubled, so that this has an end.
 *
 * Return: the frame's blocks, or NULL: there is none, or no memory.
 */
static u8 *find_blocks(struct trace_set *set, struct trace_search *search)
{
	enum trace_found found = TRACE_GO_ON;
	u8 *blocks = NULL;
	size_t room = 0;

	mutex_lock(&set->lock);
	trace_search_begin(search, &set->buffer);
	mutex_unlock(&set->lock);
	while (found == TRACE_GO_ON) {
		found = search_on(set, search, blocks, room);
		if (found == TRACE_GO_ON)
			let_hits_pass();
		if (found != TRACE_FOUND || search->place.head.len < room)
			continue;
		kvfree(blocks);
		room = roundup_pow_of_two(search->place.head.len + 1);
		blocks = kvmalloc(room, GFP_KERNEL_ACCOUNT);
		if (!blocks)
			return NULL;
		found = TRACE_GO_ON;
	}
	if (found == TRACE_FOUND)
		return blocks;
	kvfree(blocks);
	return NULL;
}

/**
 * trace_frame_select() - select a frame
 * @session: the session
 * @set: its set
 * @what: by what it is found; but for TRACE_FIND_NUMBER it is the first one
 *	behind the selected frame
 * @a: see &enum trace_find
 * @b: likewise
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: whether there is one; false: the selection is what it was.
 */
bool trace_frame_select(struct gdb_session *session, struct trace_set *set,
			enum trace_find what, u64 a, u64 b)
{
	struct trace_selection *selection = &session->trace.selection;
	struct trace_search search = {
		.what = what,
		.a = a,
		.b = b,
		.place = selection->next,
	};
	u8 *blocks = find_blocks(set, &search);

	if (!blocks)
		return false;
	kvfree(selection->blocks);
	selection->is_on = true;
	selection->nr = search.place.nr - search.base;
	selection->head = search.place.head;
	selection->next = search.place;
	trace_place_pass(&selection->next);
	selection->tdesc = set->tdesc;
	selection->blocks = blocks;
	return true;
}

static bool next_block(const struct trace_selection *selection, size_t *at,
		       struct trace_block *block)
{
	return trace_block_next(selection->blocks, selection->head.len,
				selection->tdesc->g_size, at, block);
}

/**
 * trace_frame_regs() - registers of the selected frame
 * @session: has a selected frame
 *
 * Context: session.cmd_lock held.
 * Return: as a g packet has them, or NULL: they were not collected.
 */
const u8 *trace_frame_regs(const struct gdb_session *session)
{
	const struct trace_selection *selection = &session->trace.selection;
	struct trace_block block;
	size_t at = 0;

	while (next_block(selection, &at, &block))
		if (block.kind == 'R')
			return block.data;
	return NULL;
}

/**
 * trace_frame_var() - a variable of the selected frame
 * @session: has a selected frame
 * @number: of the variable
 * @val: set to its value
 *
 * An action that changes it collects it before and afterwards: the last counts.
 *
 * Context: session.cmd_lock held.
 * Return: whether it was collected.
 */
bool trace_frame_var(const struct gdb_session *session, u32 number, u64 *val)
{
	const struct trace_selection *selection = &session->trace.selection;
	struct trace_block block;
	bool found = false;
	size_t at = 0;

	while (next_block(selection, &at, &block)) {
		if (block.kind != 'V' || block.num != number)
			continue;
		*val = get_unaligned((const u64 *)block.data);
		found = true;
	}
	return found;
}

/**
 * struct frame_look - memory of the selected frame that is wanted
 * @addr: from where
 * @buf: to where
 * @len: bytes
 * @found: which of them were found
 */
struct frame_look {
	u64 addr;
	u8 *buf;
	size_t len;
	unsigned long *found;
};

/* What was collected twice is what it was at first. */
static void look_at_block(struct frame_look *look,
			  const struct trace_block *block)
{
	u64 skip = look->addr > block->addr ? look->addr - block->addr : 0;
	u64 at = block->addr > look->addr ? block->addr - look->addr : 0;

	for (; skip < block->len && at < look->len; skip++, at++)
		if (!__test_and_set_bit(at, look->found))
			look->buf[at] = block->data[skip];
}

/*
 * A frame may have a block for each of the bytes, in any order: each is looked
 * at once.
 */
static void look_at_blocks(struct frame_look *look,
			   const struct trace_selection *selection)
{
	struct trace_block block;
	size_t at = 0;

	while (next_block(selection, &at, &block))
		if (block.kind == 'M')
			look_at_block(look, &block);
}

/* One piece that cannot have changed since. */
static size_t read_only(struct gdb_session *session,
			struct gdb_process *process, u64 addr, u8 *buf,
			size_t len)
{
	const struct trace_range *range = session->trace.ro;
	unsigned int i;

	for (i = 0; i < session->trace.nr_ro; i++, range++)
		if (addr >= range->start && addr < range->end)
			return process_read_memory(process, addr, buf,
						   min_t(u64, len,
							 range->end - addr));
	return 0;
}

/* Return: bytes that are there in one piece. */
static size_t fill_gaps(struct frame_look *look, struct gdb_session *session,
			struct gdb_process *process)
{
	size_t done = 0, part;

	while (done < look->len) {
		part = find_next_zero_bit(look->found, look->len, done) - done;
		if (!part)
			part = read_only(session, process, look->addr + done,
					 look->buf + done, look->len - done);
		if (!part)
			break;
		done += part;
	}
	return done;
}

/**
 * trace_frame_read() - read memory of the selected frame
 * @session: has a selected frame
 * @process: where read-only memory is read
 * @addr: from where
 * @buf: to where
 * @len: bytes
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: bytes read, up to the first that was not collected; 0: none, or no
 * memory.
 */
size_t trace_frame_read(struct gdb_session *session,
			struct gdb_process *process, u64 addr, u8 *buf,
			size_t len)
{
	struct frame_look look = { .addr = addr, .buf = buf, .len = len };
	size_t done;

	look.found = bitmap_zalloc(len, GFP_KERNEL_ACCOUNT);
	if (!look.found)
		return 0;
	look_at_blocks(&look, &session->trace.selection);
	done = fill_gaps(&look, session, process);
	bitmap_free(look.found);
	return done;
}

/*
 * A client reads a trace file piece by piece. One that begins where the last one
 * ended goes on there, also if the oldest frames have been dropped since.
 */
static bool begin_raw(const struct trace_set *set, u64 offset,
		      struct trace_piece *piece)
{
	const struct trace_buffer *buffer = &set->buffer;

	lockdep_assert_held(&set->lock);
	if (offset && offset == set->raw_end) {
		piece->offset = set->raw_next;
		return true;
	}
	piece->offset = buffer->oldest.raw_at + offset;
	return offset < buffer->raw;
}

/* Return: as trace_frame_raw(). */
static ssize_t end_raw(struct trace_set *set, u64 offset,
		       const struct trace_piece *piece)
{
	lockdep_assert_held(&set->lock);
	set->raw_end = offset + piece->done;
	set->raw_next = piece->offset;
	if (!piece->done && piece->offset < set->buffer.oldest.raw_at)
		return -ESTALE;
	return piece->done;
}

/**
 * trace_frame_raw() - read what a trace file has of all frames
 * @set: the session's
 * @offset: first byte, counted from the oldest frame; or from what that was, when
 *	this goes on where the last call has ended
 * @buf: to where
 * @len: bytes
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: bytes read; fewer than @len at the end, or before what a hit has
 * dropped meanwhile; or -ESTALE: what is to come next was dropped.
 */
ssize_t trace_frame_raw(struct trace_set *set, u64 offset, u8 *buf, size_t len)
{
	struct trace_piece piece = { .to = buf, .len = len };
	ssize_t ret = 0;
	bool more;

	mutex_lock(&set->lock);
	more = begin_raw(set, offset, &piece);
	while (more) {
		more = trace_buffer_raw(&set->buffer, &piece, FRAMES_AT_ONCE);
		if (!more) {
			ret = end_raw(set, offset, &piece);
			break;
		}
		mutex_unlock(&set->lock);
		let_hits_pass();
		mutex_lock(&set->lock);
	}
	mutex_unlock(&set->lock);
	return ret;
}
