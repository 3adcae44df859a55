/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The client's side of the GDB remote serial protocol: packets in and out of
 * a socket. It prints nothing and decides nothing: benchmarks and stress
 * programs do that.
 *
 * A client belongs to one thread. Payloads are unescaped in both directions.
 */
#ifndef LIB_RSP_CLIENT_H
#define LIB_RSP_CLIENT_H

#include <stdbool.h>

#include "buf.h"

/**
 * struct rsp_client - one connection
 * @fd: The socket; the client owns it.
 * @no_ack: QStartNoAckMode is in force.
 * @timeout_ms: How long a receive waits for bytes, in milliseconds; -1 for
 *	ever.
 * @nr_nacks: '-' characters received; each made the last packet go out again.
 * @nr_bad: Packets received with a bad checksum; each was answered with '-'.
 * @in: Bytes received and not yet looked at.
 * @last: The packet sent last, as it went over the wire.
 */
struct rsp_client {
	int fd;
	bool no_ack;
	int timeout_ms;
	unsigned long nr_nacks;
	unsigned long nr_bad;
	struct buf in;
	struct buf last;
};

/**
 * rsp_connect - connect to a stub
 * @client: Is set up; on failure nothing has to be freed.
 * @address: "HOST:PORT", "[HOST]:PORT" or ":PORT" for TCP (no host is the
 *	loopback address), "unix:PATH" or a path with a slash for a Unix
 *	socket.
 * @timeout_ms: How long to wait for a stub that does not listen yet, and the
 *	first value of &rsp_client.timeout_ms; milliseconds.
 *
 * Return: 0, or a negative errno: -EINVAL a malformed address, -ENXIO a name
 * that is not known, else what socket() or connect() said last.
 */
int rsp_connect(struct rsp_client *client, const char *address,
		int timeout_ms);

/**
 * rsp_adopt - make a client of a connected socket
 * @client: Is set up.
 * @fd: The socket; it belongs to the client from here on.
 * @timeout_ms: The first value of &rsp_client.timeout_ms.
 */
void rsp_adopt(struct rsp_client *client, int fd, int timeout_ms);

/** rsp_close - close the socket and free the buffers */
void rsp_close(struct rsp_client *client);

/**
 * rsp_send - send one packet
 * @client: The connection.
 * @payload: Its bytes, unescaped.
 * @len: How many.
 *
 * Does not wait for the acknowledgement; rsp_receive() takes it.
 *
 * Return: 0, or a negative errno of send().
 */
int rsp_send(struct rsp_client *client, const void *payload, size_t len);

/** rsp_send_string - send one packet whose payload is a string */
int rsp_send_string(struct rsp_client *client, const char *payload);

/** rsp_send_raw - send bytes as they are, a ^C or a broken packet */
int rsp_send_raw(struct rsp_client *client, const void *bytes, size_t len);

/**
 * rsp_receive - wait for one packet
 * @client: The connection.
 * @payload: Is emptied, then gets the payload, unescaped and with runs
 *	expanded.
 *
 * Acknowledges the packet unless no-ack mode is on, and sends the last packet
 * again when the stub asks for it.
 *
 * Return: 1 for a packet, 2 for a notification, 0 at the end of the
 * connection, -ETIMEDOUT, -EPROTO for a malformed run or escape, or another
 * negative errno of recv().
 */
int rsp_receive(struct rsp_client *client, struct buf *payload);

/**
 * rsp_request - send a packet and wait for the next one
 * @client: The connection.
 * @request: A string.
 * @reply: As in rsp_receive(). Notifications in between are dropped.
 *
 * Return: as rsp_receive(), or a negative errno of rsp_send().
 */
int rsp_request(struct rsp_client *client, const char *request,
		struct buf *reply);

/**
 * rsp_start_no_ack - switch acknowledgements off
 * @client: The connection.
 *
 * Return: 0, -EOPNOTSUPP when the stub does not answer OK, or a negative errno
 * (-ECONNRESET when the connection ended).
 */
int rsp_start_no_ack(struct rsp_client *client);

#endif /* LIB_RSP_CLIENT_H */
