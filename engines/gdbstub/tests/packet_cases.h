/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases of packet.c, for KUnit and user space. */
#ifndef GDBSTUB_PACKET_CASES_H
#define GDBSTUB_PACKET_CASES_H

#include "pure_check.h"
#include "../packet.h"

static u8 packet_buf[2048];
static u8 packet_copy[4096];
static struct packet_rx packet_rx;
static struct packet_tx packet_tx;

/**
 * struct packet_vector - bytes on the line and what they are
 * @in: what came
 * @in_len: bytes at @in, 0: up to the NUL
 * @events: a letter for each event: Data Ack Nak Interrupt Bad Oversized Junk
 * @last: payload of the last D
 * @last_len: bytes at @last, 0: up to the NUL
 */
struct packet_vector {
	const char *in;
	size_t in_len;
	const char *events;
	const char *last;
	size_t last_len;
};

/* The receiver's buffer holds 16 bytes of payload. */
#define PACKET_TEST_SIZE 17

static const struct packet_vector packet_vectors[] = {
	{ "", 0, "", "", 0 },
	{ "$#00", 0, "D", "", 0 },
	{ "$OK#9a", 0, "D", "OK", 0 },
	{ "$OK#9A", 0, "D", "OK", 0 },
	{ "+$OK#9a", 0, "AD", "OK", 0 },
	{ "++-", 0, "AAN", "", 0 },
	{ "\003", 0, "I", "", 0 },
	{ "+\003$g#67\003", 0, "AIDI", "g", 0 },
	{ "$a\003b#c6", 0, "D", "a\003b", 0 },
	{ "$g#67$m#6d", 0, "DD", "m", 0 },
	{ "$OK#9b", 0, "B", "", 0 },
	{ "$OK#9", 0, "", "", 0 },
	{ "$OK#zz", 0, "B", "", 0 },
	{ "$OK#9z", 0, "B", "", 0 },
	{ "$OK#z9", 0, "B", "", 0 },
	{ "$OK#9b$OK#9a", 0, "BD", "OK", 0 },
	{ "xyz$OK#9a", 0, "JD", "OK", 0 },
	{ "xyz", 0, "J", "", 0 },
	{ "x+y", 0, "JAJ", "", 0 },
	{ "#9a", 0, "J", "", 0 },
	{ "$half$OK#9a", 0, "JD", "OK", 0 },
	{ "$half#$OK#9a", 0, "JD", "OK", 0 },
	{ "$half#9$OK#9a", 0, "JD", "OK", 0 },
	{ "$$$OK#9a", 0, "JJD", "OK", 0 },
	{ "$a}\003b#43", 0, "D", "a#b", 0 },
	{ "$}\004}]}\n#e2", 0, "D", "$}*", 0 },
	{ "$a}#de", 0, "D", "a}", 0 },
	{ "$a\0b#c3", 7, "D", "a\0b", 3 },
	{ "$0123456789abcdef#62", 0, "D", "0123456789abcdef", 0 },
	{ "$0123456789abcdefg#c9", 0, "O", "", 0 },
	{ "$0123456789abcdefg#ca", 0, "B", "", 0 },
	{ "$0123456789abcde}\003#7c", 0, "D", "0123456789abcde#", 0 },
	{ "$0123456789abcdefg#c9$g#67", 0, "OD", "g", 0 },
};

static char packet_event_letter(enum packet_event event)
{
	static const char letters[] = "?DANIBOJ";

	return letters[event];
}

/* Feeds @step bytes at a time; compares events and the last payload. */
static void packet_run_vector(CHECK, const struct packet_vector *v, size_t step)
{
	const u8 *in = (const u8 *)v->in;
	size_t len = v->in_len ? v->in_len : strlen(v->in);
	size_t last_len = v->last_len ? v->last_len : strlen(v->last);
	size_t nr = 0, at = 0;
	char events[16];
	char last_event = 0;

	packet_rx_init(&packet_rx, packet_buf, PACKET_TEST_SIZE);
	while (at < len) {
		size_t chunk = step < len - at ? step : len - at;
		enum packet_event event;
		size_t used = 99;

		event = packet_rx_feed(&packet_rx, in + at, chunk, &used);
		EXPECT_MSG(used >= 1 && used <= chunk, v->in);
		at += used;
		if (event == PACKET_MORE) {
			EXPECT_MSG(used == chunk, v->in);
			continue;
		}
		/* A run of junk that is cut is more than one event. */
		last_event = packet_event_letter(event);
		if (last_event == 'J' && nr && events[nr - 1] == 'J' &&
		    packet_rx.state == PACKET_RX_IDLE)
			continue;
		if (nr + 1 < sizeof(events))
			events[nr++] = last_event;
	}
	EXPECT_MSG(same_text(events, nr, v->events), v->in);
	if (last_event != 'D')
		return;
	EXPECT_MSG(packet_rx.len == last_len, v->in);
	EXPECT_MSG(!memcmp(packet_buf, v->last, last_len), v->in);
	EXPECT_MSG(!packet_buf[last_len], v->in);
}

static void packet_receives(CHECK)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(packet_vectors); i++)
		packet_run_vector(CHECK_ARG, &packet_vectors[i], 1000);
}

static void packet_receives_in_pieces(CHECK)
{
	size_t i, step;

	for (i = 0; i < ARRAY_SIZE(packet_vectors); i++) {
		for (step = 1; step < 8; step++)
			packet_run_vector(CHECK_ARG, &packet_vectors[i], step);
	}
}

static void packet_acknowledges(CHECK)
{
	EXPECT_EQ(packet_ack_for(PACKET_DATA), '+');
	EXPECT_EQ(packet_ack_for(PACKET_OVERSIZED), '+');
	EXPECT_EQ(packet_ack_for(PACKET_BAD_SUM), '-');
	EXPECT_EQ(packet_ack_for(PACKET_ACK), 0);
	EXPECT_EQ(packet_ack_for(PACKET_NAK), 0);
	EXPECT_EQ(packet_ack_for(PACKET_INTERRUPT), 0);
	EXPECT_EQ(packet_ack_for(PACKET_JUNK), 0);
	EXPECT_EQ(packet_ack_for(PACKET_MORE), 0);
}

static bool packet_is(const char *text)
{
	return same_text(packet_tx.buf, packet_tx.len, text);
}

static void packet_builds(CHECK)
{
	static const u8 bytes[] = { 0x00, 0x7f, 0xff, 0xa5 };

	packet_tx_init(&packet_tx, packet_buf, sizeof(packet_buf));
	EXPECT_EQ(packet_tx_finish(&packet_tx, false), 0);
	EXPECT(packet_is("$#00"));

	packet_tx_begin(&packet_tx, '$');
	packet_put_str(&packet_tx, "OK");
	EXPECT_EQ(packet_tx_finish(&packet_tx, false), 0);
	EXPECT(packet_is("$OK#9a"));

	packet_tx_begin(&packet_tx, '%');
	packet_put_str(&packet_tx, "Stop:");
	packet_put_char(&packet_tx, 'T');
	packet_put_hex_u8(&packet_tx, 5);
	packet_put_hex(&packet_tx, bytes, sizeof(bytes));
	packet_put_hex_str(&packet_tx, "ab");
	packet_put_unavailable(&packet_tx, 2);
	packet_put_text(&packet_tx, "xyz", 1);
	EXPECT_EQ(packet_tx_finish(&packet_tx, false), 0);
	EXPECT(packet_is("%Stop:T05007fffa56162xxxxx#1f"));
}

static void packet_builds_numbers(CHECK)
{
	static const struct {
		u64 val;
		const char *hex;
		const char *dec;
	} rows[] = {
		{ 0, "$0#30", "$0#30" },
		{ 9, "$9#39", "$9#39" },
		{ 10, "$a#61", "$10#61" },
		{ 0x80000000, "$80000000#88", "$2147483648#0f" },
		{ U64_MAX, "$ffffffffffffffff#60", "$18446744073709551615#17" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		packet_tx_init(&packet_tx, packet_buf, sizeof(packet_buf));
		packet_put_hex_u64(&packet_tx, rows[i].val);
		packet_tx_finish(&packet_tx, false);
		EXPECT_MSG(packet_is(rows[i].hex), rows[i].hex);
		packet_tx_begin(&packet_tx, '$');
		packet_put_dec_u64(&packet_tx, rows[i].val);
		packet_tx_finish(&packet_tx, false);
		EXPECT_MSG(packet_is(rows[i].dec), rows[i].dec);
	}
}

static void packet_escapes(CHECK)
{
	packet_tx_init(&packet_tx, packet_buf, sizeof(packet_buf));
	packet_put_binary(&packet_tx, "a#$}*b\003+-", 9);
	packet_tx_finish(&packet_tx, false);
	EXPECT(packet_is("$a}\003}\004}]}\nb\003+-#80"));
}

static void packet_fits_binary(CHECK)
{
	/* Room for six: two plain, one escaped, one plain, no escaped one. */
	packet_tx_init(&packet_tx, packet_buf, 10 + PACKET_TX_MIN);
	packet_put_str(&packet_tx, "m234567890123456");
	EXPECT_EQ(packet_tx_room(&packet_tx), 6);
	EXPECT_EQ(packet_put_binary_fit(&packet_tx, "ab#c##", 6), 4);
	EXPECT_EQ(packet_tx_room(&packet_tx), 1);
	EXPECT_EQ(packet_put_binary_fit(&packet_tx, "#", 1), 0);
	EXPECT_EQ(packet_put_binary_fit(&packet_tx, "de", 2), 1);
	EXPECT_EQ(packet_put_binary_fit(&packet_tx, "e", 1), 0);
	EXPECT(!packet_tx.overflow);
	EXPECT_EQ(packet_tx_finish(&packet_tx, false), 0);
	EXPECT_EQ(packet_tx.len, 10 + PACKET_TX_MIN);
	EXPECT(!memcmp(packet_buf + 17, "ab}\003cd#", 7));
}

static void packet_overflows(CHECK)
{
	packet_tx_init(&packet_tx, packet_buf, PACKET_TX_MIN);
	packet_put_str(&packet_tx, "123456789012");
	EXPECT(!packet_tx.overflow);
	packet_put_char(&packet_tx, '3');
	EXPECT(packet_tx.overflow);
	EXPECT_EQ(packet_tx_room(&packet_tx), 0);
	packet_put_str(&packet_tx, "");
	packet_put_binary(&packet_tx, "x", 1);
	EXPECT_EQ(packet_tx_finish(&packet_tx, false), -EMSGSIZE);
	EXPECT(packet_is("$E5a#db"));

	packet_tx_begin(&packet_tx, '$');
	EXPECT(!packet_tx.overflow);
	packet_put_hex(&packet_tx, packet_copy, 7);
	EXPECT_EQ(packet_tx_finish(&packet_tx, true), -EMSGSIZE);

	packet_tx_begin(&packet_tx, '$');
	packet_put_hex(&packet_tx, packet_copy, ~(size_t)0 / 2 + 2);
	EXPECT(packet_tx.overflow);

	packet_tx_begin(&packet_tx, '%');
	packet_put_str(&packet_tx, "12345678901234567890");
	EXPECT_EQ(packet_tx_finish(&packet_tx, false), -EMSGSIZE);
	EXPECT_EQ(packet_tx.len, 0);
}

static void packet_reports_errors(CHECK)
{
	packet_tx_init(&packet_tx, packet_buf, sizeof(packet_buf));
	packet_put_str(&packet_tx, "half a reply");
	packet_put_error(&packet_tx, -EFAULT);
	packet_tx_finish(&packet_tx, false);
	EXPECT(packet_is("$E0e#da"));

	packet_put_error(&packet_tx, EINVAL);
	packet_tx_finish(&packet_tx, false);
	EXPECT(packet_is("$E16#ac"));

	packet_put_error(&packet_tx, -512);
	packet_tx_finish(&packet_tx, false);
	EXPECT(packet_is("$E01#a6"));

	packet_put_error_text(&packet_tx, "no");
	packet_tx_finish(&packet_tx, false);
	EXPECT(packet_is("$E.no#50"));
}

/* What a client makes of a payload with run lengths; 0 when it is malformed. */
static size_t packet_expand_runs(const u8 *in, size_t len, u8 *out)
{
	size_t i, nr = 0;

	for (i = 0; i < len; i++) {
		size_t n;

		if (in[i] != '*') {
			out[nr++] = in[i];
			continue;
		}
		if (!nr || ++i == len || in[i] < ' ' || in[i] > '~' ||
		    strchr("#$+-", in[i]))
			return 0;
		n = in[i] - 29;
		memset(out + nr, out[nr - 1], n);
		nr += n;
	}
	return nr;
}

static void packet_compresses(CHECK)
{
	static const struct {
		const char *in;
		const char *out;
	} rows[] = {
		{ "000", "$000#90" },
		{ "0000", "$0* #7a" },
		{ "00000", "$0*!#7b" },
		{ "000000", "$0*\"#7c" },
		/* Six and seven repeats would be '#' and '$'. */
		{ "0000000", "$0*\"0#ac" },
		{ "00000000", "$0*\"00#dc" },
		{ "000000000", "$0*%#7f" },
		{ "a0000b", "$a0* b#3d" },
		{ "aaaabbbb", "$a* b* #57" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		packet_tx_init(&packet_tx, packet_buf, sizeof(packet_buf));
		packet_put_str(&packet_tx, rows[i].in);
		EXPECT_EQ(packet_tx_finish(&packet_tx, true), 0);
		EXPECT_MSG(packet_is(rows[i].out), rows[i].in);
	}
}

/* Every run length there is, between other characters. */
static void packet_compresses_any_run(CHECK)
{
	size_t run, len, i;
	u8 sum;

	for (run = 1; run < 400; run++) {
		packet_tx_init(&packet_tx, packet_buf, sizeof(packet_buf));
		packet_put_char(&packet_tx, 'a');
		for (i = 0; i < run; i++)
			packet_put_char(&packet_tx, '0');
		packet_put_char(&packet_tx, 'b');
		EXPECT_EQ(packet_tx_finish(&packet_tx, true), 0);
		EXPECT(packet_tx.len <= run + 2 + PACKET_OVERHEAD);
		len = packet_expand_runs(packet_buf + 1, packet_tx.len - 4,
					 packet_copy);
		EXPECT_EQ(len, run + 2);
		EXPECT(packet_copy[0] == 'a' && packet_copy[run + 1] == 'b');
		for (i = 0; i < run; i++)
			EXPECT_EQ(packet_copy[i + 1], '0');
		for (i = 1, sum = 0; i < packet_tx.len - 3; i++)
			sum += packet_buf[i];
		packet_rx_init(&packet_rx, packet_copy, sizeof(packet_copy));
		EXPECT_EQ(packet_rx_feed(&packet_rx, packet_buf, packet_tx.len,
					 &i),
			  PACKET_DATA);
	}
}

/* Texts of few characters: runs of all lengths begin and end anywhere. */
static void packet_compresses_any_text(CHECK)
{
	u8 text[600];
	size_t len, got, i;
	u32 state = 4711;

	for (len = 0; len < sizeof(text); len++) {
		for (i = 0; i < len; i++) {
			state = state * 1664525 + 1013904223;
			text[i] = "ab0000"[(state >> 24) % (2 + len % 5)];
		}
		packet_tx_init(&packet_tx, packet_buf, sizeof(packet_buf));
		packet_put_text(&packet_tx, (const char *)text, len);
		EXPECT_EQ(packet_tx_finish(&packet_tx, true), 0);
		packet_rx_init(&packet_rx, packet_copy, sizeof(packet_copy));
		EXPECT_EQ(packet_rx_feed(&packet_rx, packet_buf, packet_tx.len,
					 &i),
			  PACKET_DATA);
		got = packet_expand_runs(packet_buf + 1, packet_tx.len - 4,
					 packet_copy);
		EXPECT_EQ(got, len);
		EXPECT(!memcmp(packet_copy, text, len));
	}
}

static CHECK_TABLE packet_cases[] = {
	CASE(packet_receives),
	CASE(packet_receives_in_pieces),
	CASE(packet_acknowledges),
	CASE(packet_builds),
	CASE(packet_builds_numbers),
	CASE(packet_escapes),
	CASE(packet_fits_binary),
	CASE(packet_overflows),
	CASE(packet_reports_errors),
	CASE(packet_compresses),
	CASE(packet_compresses_any_run),
	CASE(packet_compresses_any_text),
	CASES_END,
};

#endif /* GDBSTUB_PACKET_CASES_H */
