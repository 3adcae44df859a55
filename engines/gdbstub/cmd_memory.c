// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets on memory. None of them shows a breakpoint.
 */
#include <linux/crc32.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>

#include "commands.h"
#include "session.h"

/* Bytes of a reply that are all hex digits, or binary where all is escaped. */
#define READ_MAX ((LINK_PACKET_MAX - 1) / 2)

/* Searches and checksums go through memory in pieces of this. */
#define SCAN_CHUNK 0x10000

/* Of the program, or of the frame that the client looks at. */
static size_t read_memory(struct command *command, u64 addr, u8 *buf,
			  size_t len)
{
	struct gdb_session *session = command->session;

	if (trace_frame_is_selected(&session->trace))
		return trace_frame_read(session, command->process, addr, buf,
					len);
	return process_read_memory(command->process, addr, buf, len);
}

int cmd_read_memory(struct command *command)
{
	u64 addr = command->args.arg[0].num;
	size_t len = min_t(u64, command->args.arg[1].num, READ_MAX);
	u8 *buf = command->session->scratch;
	size_t done;

	done = read_memory(command, addr, buf, len);
	if (len && !done)
		return -EFAULT;
	packet_put_hex(command->tx, buf, done);
	return 0;
}

int cmd_read_binary(struct command *command)
{
	u64 addr = command->args.arg[0].num;
	size_t len = min_t(u64, command->args.arg[1].num, READ_MAX);
	u8 *buf = command->session->scratch;
	size_t done;

	done = read_memory(command, addr, buf, len);
	if (len && !done)
		return -EFAULT;
	packet_put_char(command->tx, 'b');
	packet_put_binary(command->tx, buf, done);
	return 0;
}

/* M and X: the bytes were decoded by the schema. */
int cmd_write_memory(struct command *command)
{
	const struct proto_arg *data = &command->args.arg[2];

	if (trace_frame_is_selected(&command->session->trace))
		return -EPERM;
	if (data->len != command->args.arg[1].num)
		return -EINVAL;
	if (process_write_memory(command->process, command->args.arg[0].num,
				 data->data, data->len) != data->len)
		return -EFAULT;
	return command_ok(command);
}

static bool match_at(const u8 *buf, size_t len, const u8 *pattern,
		     size_t pattern_len, size_t *at)
{
	size_t i;

	for (i = 0; i + pattern_len <= len; i++) {
		if (!memcmp(buf + i, pattern, pattern_len)) {
			*at = i;
			return true;
		}
	}
	return false;
}

/*
 * The pattern is at most as long as half of the buffer, so that each piece
 * overlaps with the next by less than itself. The length is the client's: one
 * packet looks at so many bytes and no more, however long the range.
 */
#define SEARCH_MAX (256ULL << 20)

int cmd_search_memory(struct command *command)
{
	u64 addr = command->args.arg[0].num;
	u64 left = min_t(u64, command->args.arg[1].num, SEARCH_MAX);
	const struct proto_arg *pattern = &command->args.arg[2];
	u8 *buf = command->session->scratch;
	size_t got, at;

	if (!pattern->len || pattern->len > SCAN_CHUNK / 2)
		return -EINVAL;
	while (left >= pattern->len) {
		got = process_read_memory(command->process, addr, buf,
					  min_t(u64, left, SCAN_CHUNK));
		if (!got)
			return -EFAULT;
		if (match_at(buf, got, pattern->data, pattern->len, &at)) {
			packet_put_str(command->tx, "1,");
			packet_put_hex_u64(command->tx, addr + at);
			return 0;
		}
		if (got < pattern->len || got == left)
			break;
		addr += got - pattern->len + 1;
		left -= got - pattern->len + 1;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	packet_put_char(command->tx, '0');
	return 0;
}

int cmd_crc_memory(struct command *command)
{
	u64 addr = command->args.arg[0].num;
	u64 left = command->args.arg[1].num;
	u8 *buf = command->session->scratch;
	u32 crc = ~0U;
	size_t got;

	if (left > SEARCH_MAX)
		return -EINVAL;
	while (left) {
		got = process_read_memory(command->process, addr, buf,
					  min_t(u64, left, SCAN_CHUNK));
		if (!got)
			return -EFAULT;
		crc = crc32_be(crc, buf, got);
		addr += got;
		left -= got;
		cond_resched();
	}
	packet_put_char(command->tx, 'C');
	packet_put_hex_u64(command->tx, crc);
	return 0;
}
