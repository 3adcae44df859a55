// SPDX-License-Identifier: GPL-2.0-only
/*
 * Framing of the remote serial protocol.
 *
 * Both sides are plain state in the caller's structs; nothing here knows a
 * socket, a lock or a packet's meaning.
 */
#include "packet.h"

#define ESCAPE_CHAR '}'
#define ESCAPE_XOR 0x20

static const char hex_digits[] = "0123456789abcdef";

/* clang-format off */

/* Both digits of each byte: memory is sent by the megabyte. */
#define HEX_PAIRS(high) \
	high "0" high "1" high "2" high "3" high "4" high "5" high "6" high "7" \
	high "8" high "9" high "a" high "b" high "c" high "d" high "e" high "f"

static const char hex_pairs[] =
	HEX_PAIRS("0") HEX_PAIRS("1") HEX_PAIRS("2") HEX_PAIRS("3")
	HEX_PAIRS("4") HEX_PAIRS("5") HEX_PAIRS("6") HEX_PAIRS("7")
	HEX_PAIRS("8") HEX_PAIRS("9") HEX_PAIRS("a") HEX_PAIRS("b")
	HEX_PAIRS("c") HEX_PAIRS("d") HEX_PAIRS("e") HEX_PAIRS("f");

/* clang-format on */

/* Receiving */

void packet_rx_init(struct packet_rx *rx, u8 *buf, size_t size)
{
	memset(rx, 0, sizeof(*rx));
	rx->buf = buf;
	rx->size = size;
	rx->buf[0] = '\0';
}

static void start_payload(struct packet_rx *rx)
{
	rx->state = PACKET_RX_PAYLOAD;
	rx->len = 0;
	rx->sum = 0;
	rx->oversized = false;
	rx->bad_digit = false;
}

static void store_byte(struct packet_rx *rx, u8 c)
{
	if (rx->len + 1 < rx->size)
		rx->buf[rx->len++] = c;
	else
		rx->oversized = true;
}

/* Outside a packet a byte is an event of its own or begins a packet. */
static enum packet_event take_idle(struct packet_rx *rx, u8 c)
{
	switch (c) {
	case '$':
		start_payload(rx);
		return PACKET_MORE;
	case '+':
		return PACKET_ACK;
	case '-':
		return PACKET_NAK;
	case 0x03:
		return PACKET_INTERRUPT;
	default:
		return PACKET_JUNK;
	}
}

static void take_payload(struct packet_rx *rx, u8 c)
{
	if (c == '#') {
		if (rx->state == PACKET_RX_ESCAPE)
			store_byte(rx, ESCAPE_CHAR);
		rx->state = PACKET_RX_SUM_HIGH;
		return;
	}

	rx->sum += c;
	if (rx->state == PACKET_RX_ESCAPE) {
		store_byte(rx, c ^ ESCAPE_XOR);
		rx->state = PACKET_RX_PAYLOAD;
	} else if (c == ESCAPE_CHAR) {
		rx->state = PACKET_RX_ESCAPE;
	} else {
		store_byte(rx, c);
	}
}

static void take_sum_high(struct packet_rx *rx, u8 c)
{
	int digit = hex_to_bin(c);

	rx->bad_digit = digit < 0;
	rx->want = digit < 0 ? 0 : digit << 4;
	rx->state = PACKET_RX_SUM_LOW;
}

static enum packet_event take_sum_low(struct packet_rx *rx, u8 c)
{
	int digit = hex_to_bin(c);

	rx->state = PACKET_RX_IDLE;
	rx->buf[rx->len] = '\0';
	if (rx->bad_digit || digit < 0 || rx->sum != (rx->want | digit))
		return PACKET_BAD_SUM;
	return rx->oversized ? PACKET_OVERSIZED : PACKET_DATA;
}

/* A '$' cannot be inside a packet: the sender gave up on it and began again. */
static enum packet_event take_byte(struct packet_rx *rx, u8 c)
{
	if (rx->state == PACKET_RX_IDLE)
		return take_idle(rx, c);

	if (c == '$') {
		start_payload(rx);
		return PACKET_JUNK;
	}
	switch (rx->state) {
	case PACKET_RX_SUM_HIGH:
		take_sum_high(rx, c);
		return PACKET_MORE;
	case PACKET_RX_SUM_LOW:
		return take_sum_low(rx, c);
	default:
		take_payload(rx, c);
		return PACKET_MORE;
	}
}

/* Garbage between packets is one event, however much came at once. */
static size_t junk_length(const u8 *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (data[i] == '$' || data[i] == '+' || data[i] == '-' ||
		    data[i] == 0x03)
			break;
	}
	return i;
}

enum packet_event packet_rx_feed(struct packet_rx *rx, const u8 *data,
				 size_t len, size_t *used)
{
	size_t i;

	for (i = 0; i < len; i++) {
		enum packet_event event = take_byte(rx, data[i]);

		if (event == PACKET_MORE)
			continue;
		i++;
		if (event == PACKET_JUNK && rx->state == PACKET_RX_IDLE)
			i += junk_length(data + i, len - i);
		*used = i;
		return event;
	}
	*used = len;
	return PACKET_MORE;
}

char packet_ack_for(enum packet_event event)
{
	switch (event) {
	case PACKET_DATA:
	case PACKET_OVERSIZED:
		return '+';
	case PACKET_BAD_SUM:
		return '-';
	default:
		return 0;
	}
}

/* Sending */

void packet_tx_init(struct packet_tx *tx, u8 *buf, size_t size)
{
	tx->buf = buf;
	tx->size = size;
	packet_tx_begin(tx, '$');
}

void packet_tx_begin(struct packet_tx *tx, char start)
{
	tx->buf[0] = start;
	tx->len = 1;
	tx->overflow = false;
}

/* "#xx" is held back: PACKET_OVERHEAD less the '$' that is in len. */
size_t packet_tx_room(const struct packet_tx *tx)
{
	if (tx->overflow)
		return 0;
	return tx->size - tx->len - (PACKET_OVERHEAD - 1);
}

static u8 *claim_room(struct packet_tx *tx, size_t len)
{
	u8 *at = tx->buf + tx->len;

	if (len > packet_tx_room(tx)) {
		tx->overflow = true;
		return NULL;
	}
	tx->len += len;
	return at;
}

void packet_put_char(struct packet_tx *tx, char c)
{
	u8 *at = claim_room(tx, 1);

	if (at)
		*at = c;
}

void packet_put_text(struct packet_tx *tx, const char *text, size_t len)
{
	u8 *at = claim_room(tx, len);

	if (at)
		memcpy(at, text, len);
}

void packet_put_str(struct packet_tx *tx, const char *str)
{
	packet_put_text(tx, str, strlen(str));
}

void packet_put_hex(struct packet_tx *tx, const void *data, size_t len)
{
	const u8 *byte = data;
	size_t i;
	u8 *at;

	/* Before it is doubled, so that it cannot wrap. */
	at = len > tx->size ? NULL : claim_room(tx, 2 * len);
	if (!at) {
		tx->overflow = true;
		return;
	}
	for (i = 0; i < len; i++)
		memcpy(at + 2 * i, hex_pairs + 2 * byte[i], 2);
}

void packet_put_hex_str(struct packet_tx *tx, const char *str)
{
	packet_put_hex(tx, str, strlen(str));
}

void packet_put_hex_u8(struct packet_tx *tx, u8 val)
{
	packet_put_hex(tx, &val, 1);
}

void packet_put_hex_u64(struct packet_tx *tx, u64 val)
{
	char digits[16];
	size_t at = sizeof(digits);

	do {
		digits[--at] = hex_digits[val & 0xf];
		val >>= 4;
	} while (val);
	packet_put_text(tx, digits + at, sizeof(digits) - at);
}

void packet_put_dec_u64(struct packet_tx *tx, u64 val)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = '0' + val % 10;
		val /= 10;
	} while (val);
	packet_put_text(tx, digits + at, sizeof(digits) - at);
}

void packet_put_unavailable(struct packet_tx *tx, size_t len)
{
	u8 *at = len > tx->size ? NULL : claim_room(tx, 2 * len);

	if (at)
		memset(at, 'x', 2 * len);
	else
		tx->overflow = true;
}

/* What must not appear in a payload as it is. */
static bool needs_escape(u8 c)
{
	return c == '#' || c == '$' || c == ESCAPE_CHAR || c == '*';
}

size_t packet_put_binary_fit(struct packet_tx *tx, const void *data, size_t len)
{
	const u8 *byte = data;
	size_t room = packet_tx_room(tx);
	u8 *at = tx->buf + tx->len;
	size_t i;

	for (i = 0; i < len; i++) {
		size_t need = needs_escape(byte[i]) ? 2 : 1;

		if (need > room)
			break;
		room -= need;
		if (need == 2) {
			*at++ = ESCAPE_CHAR;
			*at++ = byte[i] ^ ESCAPE_XOR;
		} else {
			*at++ = byte[i];
		}
	}
	tx->len = at - tx->buf;
	return i;
}

void packet_put_binary(struct packet_tx *tx, const void *data, size_t len)
{
	if (packet_put_binary_fit(tx, data, len) != len)
		tx->overflow = true;
}

void packet_put_error(struct packet_tx *tx, int err)
{
	if (err < 0)
		err = -err;
	packet_tx_begin(tx, '$');
	packet_put_char(tx, 'E');
	packet_put_hex_u8(tx, err > 0 && err <= U8_MAX ? err : 1);
}

void packet_put_error_text(struct packet_tx *tx, const char *text)
{
	packet_tx_begin(tx, '$');
	packet_put_str(tx, "E.");
	packet_put_str(tx, text);
}

/*
 * Run lengths: a character, '*', and a character of value n + 29 stand for the
 * character and n more of it. n is 3 to 97, so that the count is printable and
 * the run is shorter than what it replaces; counts that would look like
 * framing or an acknowledgment are not used.
 */
#define RLE_MIN 3
#define RLE_MAX 97
#define RLE_BIAS 29

static size_t rle_count(size_t repeats)
{
	size_t n = repeats > RLE_MAX ? RLE_MAX : repeats;

	while (n + RLE_BIAS == '#' || n + RLE_BIAS == '$' ||
	       n + RLE_BIAS == '+' || n + RLE_BIAS == '-')
		n--;
	return n;
}

#define EACH_BYTE(value) (~0ULL / 0xff * (value))

static u64 load_word(const u8 *at)
{
	u64 word;

	memcpy(&word, at, sizeof(word));
	return word;
}

/* Are the 11 characters such that no run that is worth it begins in the first 8? */
static bool has_no_run(const u8 *at)
{
	u64 next = load_word(at + 1), third = load_word(at + 2);
	u64 differ = (load_word(at) ^ next) | (next ^ third) |
		     (third ^ load_word(at + 3));

	/* Does it have no byte that is zero? */
	return !((differ - EACH_BYTE(1)) & ~differ & EACH_BYTE(0x80));
}

/* In place: what is written never overtakes what is read. */
static void compress_runs(struct packet_tx *tx)
{
	u8 *buf = tx->buf;
	size_t in = 1, out = 1;

	while (in < tx->len) {
		size_t run = 1;
		u8 c = buf[in];

		if (in + 8 + RLE_MIN <= tx->len && has_no_run(buf + in)) {
			u64 word = load_word(buf + in);

			memcpy(buf + out, &word, 8);
			in += 8;
			out += 8;
			continue;
		}
		while (in + run < tx->len && buf[in + run] == c)
			run++;
		in += run;
		while (run) {
			buf[out++] = c;
			run--;
			if (run >= RLE_MIN) {
				size_t n = rle_count(run);

				buf[out++] = '*';
				buf[out++] = n + RLE_BIAS;
				run -= n;
			}
		}
	}
	tx->len = out;
}

/* Four sums of 16 bits at a time, taken together before they can overflow. */
#define SUM_WORDS 128

static u8 sum_of(const u8 *data, size_t len)
{
	u8 sum = 0;

	while (len >= 8) {
		u64 sums = 0;
		size_t i, nr = len / 8 < SUM_WORDS ? len / 8 : SUM_WORDS;

		for (i = 0; i < nr; i++, data += 8) {
			u64 word = load_word(data);

			sums += (word & 0x00ff00ff00ff00ffULL) +
				(word >> 8 & 0x00ff00ff00ff00ffULL);
		}
		len -= 8 * nr;
		sum += sums + (sums >> 16) + (sums >> 32) + (sums >> 48);
	}
	while (len--)
		sum += *data++;
	return sum;
}

int packet_tx_finish(struct packet_tx *tx, bool rle)
{
	bool overflow = tx->overflow;
	u8 sum;

	if (overflow && tx->buf[0] != '$') {
		tx->len = 0;
		return -EMSGSIZE;
	}
	if (overflow)
		packet_put_error(tx, EMSGSIZE);
	if (rle)
		compress_runs(tx);
	sum = sum_of(tx->buf + 1, tx->len - 1);
	tx->buf[tx->len++] = '#';
	tx->buf[tx->len++] = hex_digits[sum >> 4];
	tx->buf[tx->len++] = hex_digits[sum & 0xf];
	return overflow ? -EMSGSIZE : 0;
}
