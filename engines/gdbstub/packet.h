/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Framing of the remote serial protocol: $payload#sum, escapes, run lengths,
 * acknowledgments. Pure: bytes in, events out; payload in, bytes out.
 */
#ifndef GDBSTUB_PACKET_H
#define GDBSTUB_PACKET_H

#include "pure.h"

/* "$" before a payload, "#xx" behind it. */
#define PACKET_OVERHEAD 4

/**
 * enum packet_event - what packet_rx_feed() found
 * @PACKET_MORE: every byte given was taken, nothing is complete yet
 * @PACKET_DATA: a whole packet with a right checksum is in &packet_rx.buf
 * @PACKET_ACK: a '+' outside a packet
 * @PACKET_NAK: a '-' outside a packet: the last reply is to be sent again
 * @PACKET_INTERRUPT: a byte 0x03 outside a packet (gdb's ^C)
 * @PACKET_BAD_SUM: a packet ended with a wrong or unreadable checksum
 * @PACKET_OVERSIZED: a packet with a right checksum, too long for the buffer
 * @PACKET_JUNK: bytes that belong to no packet were dropped: garbage between
 *	packets, or the beginning of one that a '$' cut off
 */
enum packet_event {
	PACKET_MORE,
	PACKET_DATA,
	PACKET_ACK,
	PACKET_NAK,
	PACKET_INTERRUPT,
	PACKET_BAD_SUM,
	PACKET_OVERSIZED,
	PACKET_JUNK,
};

/* Where the receiver stands in the byte stream. */
enum packet_rx_state {
	PACKET_RX_IDLE,
	PACKET_RX_PAYLOAD,
	PACKET_RX_ESCAPE,
	PACKET_RX_SUM_HIGH,
	PACKET_RX_SUM_LOW,
};

/**
 * struct packet_rx - the receiving side of one connection
 *
 * All fields belong to packet_rx_feed(); its caller may read @buf and @len
 * after PACKET_DATA, and may write to the first @len bytes of @buf until the
 * next call (parsers decode hex in place).
 */
struct packet_rx {
	/** @buf: the payload, unescaped and followed by a NUL. Caller's memory. */
	u8 *buf;
	/** @size: bytes at @buf; the longest payload taken is one less. */
	size_t size;
	/** @len: bytes of payload in @buf. */
	size_t len;
	/** @state: what the next byte means. */
	enum packet_rx_state state;
	/** @sum: checksum over the raw bytes seen. */
	u8 sum;
	/** @want: first digit of the checksum received. */
	u8 want;
	/** @oversized: the payload is longer than @buf; its rest is dropped. */
	bool oversized;
	/** @bad_digit: the first checksum character was no hex digit. */
	bool bad_digit;
};

/**
 * packet_rx_init() - start receiving on a connection
 * @rx: the receiver
 * @buf: room for one payload and a NUL; stays the caller's and must outlive @rx
 * @size: bytes at @buf, at least 1
 */
void packet_rx_init(struct packet_rx *rx, u8 *buf, size_t size);

/**
 * packet_rx_feed() - take received bytes up to the next event
 * @rx: the receiver
 * @data: bytes as they came from the socket, cut anywhere
 * @len: bytes at @data
 * @used: set to the number of bytes taken; the caller comes back with the rest
 *
 * Escapes (}c) are undone, in text packets too: gdb sends a bare '}' in none.
 * A '}' as a packet's last character stands for itself. A 0x03 inside a packet
 * is data. The checksum is checked with and without acknowledgments; what to
 * answer is packet_ack_for()'s word.
 *
 * After an event other than PACKET_MORE at least one byte was taken, so a
 * caller that loops until PACKET_MORE ends.
 *
 * Return: the event; PACKET_MORE only with *@used == @len.
 */
enum packet_event packet_rx_feed(struct packet_rx *rx, const u8 *data,
				 size_t len, size_t *used);

/**
 * packet_ack_for() - what acknowledges an event
 * @event: what packet_rx_feed() returned
 *
 * Only for a connection in ack mode. A packet that is too long is acknowledged
 * (sending it again would not make it shorter) and answered with an error.
 *
 * Return: '+', '-', or 0 for nothing.
 */
char packet_ack_for(enum packet_event event);

/**
 * struct packet_tx - builder of one packet in a buffer of fixed size
 *
 * Calls of packet_put_*() never fail one by one: what does not fit sets
 * @overflow, all further calls do nothing, and packet_tx_finish() turns the
 * packet into an error reply. Room for the checksum is always held back.
 */
struct packet_tx {
	/** @buf: "$payload", after packet_tx_finish() "$payload#xx". */
	u8 *buf;
	/** @size: bytes at @buf, at least PACKET_TX_MIN. */
	size_t size;
	/** @len: bytes in @buf so far. */
	size_t len;
	/** @overflow: something did not fit. */
	bool overflow;
};

/* The shortest buffer: an error reply must fit. */
#define PACKET_TX_MIN 16

/**
 * packet_tx_init() - give a builder its buffer and begin a reply
 * @tx: the builder
 * @buf: caller's memory; must outlive @tx
 * @size: bytes at @buf, at least PACKET_TX_MIN
 */
void packet_tx_init(struct packet_tx *tx, u8 *buf, size_t size);

/**
 * packet_tx_begin() - drop what was built and begin again
 * @tx: the builder
 * @start: '$' for a reply, '%' for a notification
 */
void packet_tx_begin(struct packet_tx *tx, char start);

/**
 * packet_tx_finish() - append the checksum; the packet can be sent
 * @tx: the builder
 * @rle: write runs of equal characters as run lengths
 *
 * A reply that overflowed becomes an error reply (EMSGSIZE); a notification
 * that overflowed becomes empty (@tx->len is 0: nothing to send). The bytes
 * stay in @tx->buf for a retransmission.
 *
 * Return:
 * * 0 - the packet is complete
 * * -EMSGSIZE - it did not fit
 */
int packet_tx_finish(struct packet_tx *tx, bool rle);

/**
 * packet_tx_room() - how many more bytes fit into the payload
 * @tx: the builder
 *
 * Return: raw bytes; escaped data may need twice as many as it has.
 */
size_t packet_tx_room(const struct packet_tx *tx);

/**
 * packet_put_char() - append one character as it is
 * @tx: the builder
 * @c: none of # $ } *
 */
void packet_put_char(struct packet_tx *tx, char c);

/**
 * packet_put_str() - append a string as it is
 * @tx: the builder
 * @str: holds none of # $ } *
 */
void packet_put_str(struct packet_tx *tx, const char *str);

/**
 * packet_put_text() - append text as it is
 * @tx: the builder
 * @text: holds none of # $ } *
 * @len: bytes at @text
 */
void packet_put_text(struct packet_tx *tx, const char *text, size_t len);

/**
 * packet_put_hex() - append bytes, two hex digits each
 * @tx: the builder
 * @data: the bytes, in memory order
 * @len: bytes at @data
 */
void packet_put_hex(struct packet_tx *tx, const void *data, size_t len);

/**
 * packet_put_hex_str() - append a string's bytes, two hex digits each
 * @tx: the builder
 * @str: any string
 */
void packet_put_hex_str(struct packet_tx *tx, const char *str);

/**
 * packet_put_hex_u8() - append exactly two hex digits
 * @tx: the builder
 * @val: the number
 */
void packet_put_hex_u8(struct packet_tx *tx, u8 val);

/**
 * packet_put_hex_u64() - append a number in hex without leading zeros
 * @tx: the builder
 * @val: the number
 */
void packet_put_hex_u64(struct packet_tx *tx, u64 val);

/**
 * packet_put_dec_u64() - append a number in decimal
 * @tx: the builder
 * @val: the number
 */
void packet_put_dec_u64(struct packet_tx *tx, u64 val);

/**
 * packet_put_unavailable() - append "xx" for each byte of an unknown register
 * @tx: the builder
 * @len: bytes of the register
 */
void packet_put_unavailable(struct packet_tx *tx, size_t len);

/**
 * packet_put_binary() - append bytes with # $ } * escaped
 * @tx: the builder
 * @data: the bytes
 * @len: bytes at @data
 */
void packet_put_binary(struct packet_tx *tx, const void *data, size_t len);

/**
 * packet_put_binary_fit() - append as many escaped bytes as there is room for
 * @tx: the builder
 * @data: the bytes
 * @len: bytes at @data
 *
 * Never overflows; for replies that may be shorter than was asked for, as
 * those of qXfer and x.
 *
 * Return: how many bytes of @data went in.
 */
size_t packet_put_binary_fit(struct packet_tx *tx, const void *data,
			     size_t len);

/**
 * packet_put_error() - make the reply "E NN"
 * @tx: the builder; what was in it is dropped
 * @err: an errno, positive or negative; NN is its value in hex, 01 if it does
 *	not fit into two digits
 */
void packet_put_error(struct packet_tx *tx, int err);

/**
 * packet_put_error_text() - make the reply "E.text"
 * @tx: the builder; what was in it is dropped
 * @text: what the user reads; for a client that negotiated error messages, or
 *	as the reply to a packet whose errors may always have a text (Z, vRun)
 */
void packet_put_error_text(struct packet_tx *tx, const char *text);

#endif /* GDBSTUB_PACKET_H */
