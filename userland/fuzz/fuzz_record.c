// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the module and ugdb say to each other under a fuzzer, on both sides: the
 * first byte says which. The module takes a record only when it is whole, and
 * makes one well-formed packet of it; ugdb takes one only when it is whole, and
 * answers any packet in it. Handlers that look at files or processes are not
 * linked: those here take their arguments and do nothing.
 */
#include <fcntl.h>
#include <unistd.h>

#include "fuzz.h"
#include "packet.h"
#include "record.h"

#include "../ugdb/device.h"
#include "../ugdb/helper.h"
#include "../ugdb/start_packet.h"

#define REPLY_SIZE 700

/* A packet that is sent must be read back as what it was made of. */
static void check_packet(const u8 *packet, size_t len, const u8 *data,
			 size_t data_len)
{
	static u8 room[REPLY_SIZE + 1];
	enum packet_event event;
	struct packet_rx rx;
	size_t used;

	packet_rx_init(&rx, room, sizeof(room));
	event = packet_rx_feed(&rx, packet, len, &used);
	MUST(event == PACKET_DATA && used == len);
	if (rx.len != data_len)
		MUST(rx.len && rx.buf[0] == 'E');
	else if (data)
		MUST(!memcmp(rx.buf, data, data_len));
}

static void module_takes(const u8 *data, size_t size)
{
	static u8 buf[REPLY_SIZE];
	struct gdbstub_record head;
	struct packet_tx tx;
	int ret;

	if (size < sizeof(head))
		return;
	memcpy(&head, data, sizeof(head));
	if (!record_is_valid(&head, size))
		return;
	data += sizeof(head);
	MUST(head.len == size - sizeof(head));
	packet_tx_init(&tx, buf, sizeof(buf));
	if (head.type == GDBSTUB_RECORD_OUTPUT) {
		packet_put_char(&tx, 'O');
		packet_put_hex(&tx, data, head.len);
	} else {
		packet_put_binary(&tx, data, head.len);
	}
	ret = packet_tx_finish(&tx, false);
	if (head.type == GDBSTUB_RECORD_OUTPUT)
		check_packet(tx.buf, tx.len, NULL, 1 + 2 * head.len);
	else
		check_packet(tx.buf, tx.len, ret ? NULL : data, head.len);
}

static void answer(const char *packet, size_t len)
{
	static struct answer reply;
	static struct helper helper;
	struct start_packet start;

	if (start_packet_is(packet, len)) {
		if (!start_packet_is_restart(packet, len) &&
		    start_packet_parse(&start, packet, len)) {
			MUST(start.argv ? !!start.argv[0] : start.pid > 0);
			start_packet_free(&start);
		}
		return;
	}
	helper_init(&helper);
	helper_answer(&helper, &reply, 0, packet, len);
	MUST(!reply.reply.data || !reply.reply.data[reply.reply.len]);
	start_options_free(&helper.start);
}

static void ugdb_takes(const u8 *data, size_t size)
{
	static struct device_record record;
	int fds[2];

	MUST(!pipe2(fds, O_CLOEXEC | O_NONBLOCK));
	if (write(fds[1], data, size) == (ssize_t)size &&
	    device_read(fds[0], &record) > 0) {
		MUST(record.header.len == size - sizeof(record.header));
		answer(record.payload, record.header.len);
	}
	close(fds[0]);
	close(fds[1]);
}

/* In memory of their own, so that what is read behind them is noticed. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *copy;

	if (size < 2 || size > REPLY_SIZE)
		return 0;
	copy = malloc(size - 1);
	MUST(copy);
	memcpy(copy, data + 1, size - 1);
	switch (data[0] % 3) {
	case 0:
		module_takes(copy, size - 1);
		break;
	case 1:
		ugdb_takes(copy, size - 1);
		break;
	default:
		answer((char *)copy, size - 1);
		break;
	}
	free(copy);
	return 0;
}

static void take_all(struct request *request)
{
	struct buf text = { 0 };
	uint64_t number;

	do {
		args_take_number(&request->args, &number);
		args_take_char(&request->args, ':');
		args_take_hex(&request->args, &text);
	} while (args_take_char(&request->args, ','));
	MUST(request->args.next <= request->args.end);
	buf_free(&text);
	buf_add_string(&request->answer->reply, "OK");
}

#define HANDLER(name) \
	void name(struct request *request) { take_all(request); }

/* clang-format off */
HANDLER(vfile_setfs)
HANDLER(vfile_open)
HANDLER(vfile_close)
HANDLER(vfile_pread)
HANDLER(vfile_pwrite)
HANDLER(vfile_fstat)
HANDLER(vfile_unlink)
HANDLER(vfile_readlink)
HANDLER(xfer_exec_file)
HANDLER(xfer_osdata)
HANDLER(xfer_libraries)
HANDLER(thread_db_symbol)
HANDLER(thread_db_address)
HANDLER(monitor_command)
/* clang-format on */

void vfile_reset(struct helper *helper)
{
	helper->root = -1;
}
