// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Framing under a fuzzer: the same bytes fed whole and in pieces are the same
 * packets, and what the builder makes of any payload, the receiver undoes.
 */
#include "fuzz.h"
#include "packet.h"

#define MAX_LOG 4096

/* What a receiver saw: events and payloads, junk left out. */
struct log {
	u8 bytes[MAX_LOG];
	size_t len;
};

static void add_log(struct log *log, const void *data, size_t len)
{
	if (len > MAX_LOG - log->len)
		len = MAX_LOG - log->len;
	memcpy(log->bytes + log->len, data, len);
	log->len += len;
}

static void receive(struct log *log, const u8 *data, size_t size, size_t step,
		    size_t buf_size)
{
	struct packet_rx rx;
	u8 *buf = malloc(buf_size);
	size_t at = 0;

	MUST(buf);
	log->len = 0;
	packet_rx_init(&rx, buf, buf_size);
	while (at < size) {
		size_t chunk = step < size - at ? step : size - at;
		size_t used = 0;
		enum packet_event event;
		u8 letter;

		event = packet_rx_feed(&rx, data + at, chunk, &used);
		letter = event;
		MUST(used >= 1 && used <= chunk);
		MUST(event != PACKET_MORE || used == chunk);
		MUST(rx.len < buf_size);
		at += used;
		if (event == PACKET_MORE || event == PACKET_JUNK)
			continue;
		add_log(log, &letter, 1);
		if (event == PACKET_DATA) {
			MUST(!buf[rx.len]);
			add_log(log, buf, rx.len);
		}
	}
	free(buf);
}

/* Undoes run lengths, as the client does before anything else. */
static size_t expand_runs(const u8 *in, size_t len, u8 *out)
{
	size_t nr = 0, i;

	for (i = 0; i < len; i++) {
		size_t n;

		if (in[i] != '*') {
			out[nr++] = in[i];
			continue;
		}
		i++;
		MUST(nr && i < len && in[i] >= ' ' && in[i] <= '~');
		MUST(!strchr("#$+-", in[i]));
		n = in[i] - 29;
		memset(out + nr, out[nr - 1], n);
		nr += n;
	}
	return nr;
}

static u8 sum_of(const u8 *data, size_t len)
{
	u8 sum = 0;

	while (len--)
		sum += *data++;
	return sum;
}

static void send_and_receive(const u8 *data, size_t size)
{
	size_t room = 2 * size + PACKET_TX_MIN;
	u8 *sent = malloc(room), *plain = malloc(room), *got = malloc(room);
	struct packet_tx tx;
	struct packet_rx rx;
	size_t len, used;
	char sum[4];

	MUST(sent && plain && got);
	packet_tx_init(&tx, sent, room);
	packet_put_binary(&tx, data, size);
	MUST(!packet_tx_finish(&tx, true));
	MUST(tx.len >= PACKET_OVERHEAD && tx.len <= room);
	snprintf(sum, sizeof(sum), "#%02x", sum_of(sent + 1, tx.len - 4));
	MUST(!memcmp(sent + tx.len - 3, sum, 3));

	plain[0] = '$';
	len = 1 + expand_runs(sent + 1, tx.len - PACKET_OVERHEAD, plain + 1);
	MUST(len + 3 <= room);
	snprintf(sum, sizeof(sum), "#%02x", sum_of(plain + 1, len - 1));
	memcpy(plain + len, sum, 3);
	packet_rx_init(&rx, got, room);
	MUST(packet_rx_feed(&rx, plain, len + 3, &used) == PACKET_DATA);
	MUST(used == len + 3 && rx.len == size && !memcmp(got, data, size));
	free(sent);
	free(plain);
	free(got);
}

/* A buffer that is too small: never written over, always a whole reply. */
static void send_in_small_buffer(const u8 *data, size_t size, size_t room)
{
	u8 *sent = malloc(room);
	struct packet_tx tx;
	size_t fit;

	MUST(sent);
	packet_tx_init(&tx, sent, room);
	fit = packet_put_binary_fit(&tx, data, size / 2);
	MUST(fit <= size / 2 && !tx.overflow);
	packet_put_hex(&tx, data + size / 2, size - size / 2);
	packet_tx_finish(&tx, size & 1);
	MUST(tx.len >= PACKET_OVERHEAD && tx.len <= room);
	MUST(sent[0] == '$' && sent[tx.len - 3] == '#');
	free(sent);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct log whole, pieces;
	size_t step, buf_size;

	if (size < 2)
		return 0;
	step = 1 + data[0] % 16;
	buf_size = 1 + data[1];
	data += 2;
	size -= 2;
	receive(&whole, data, size, size, buf_size);
	receive(&pieces, data, size, step, buf_size);
	MUST(whole.len == pieces.len);
	MUST(!memcmp(whole.bytes, pieces.bytes, whole.len));
	send_and_receive(data, size);
	send_in_small_buffer(data, size, PACKET_TX_MIN + buf_size);
	return 0;
}
