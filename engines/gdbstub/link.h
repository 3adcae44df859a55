/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The socket of a session: bytes in and out, framing, acknowledgements.
 */
#ifndef GDBSTUB_LINK_H
#define GDBSTUB_LINK_H

#include <linux/mutex.h>
#include <linux/timer.h>
#include <linux/wait.h>

#include "packet.h"

struct socket;

/*
 * Longest payload, in both directions; PacketSize tells it to the client. The
 * protocol's description asks for no size; gdb reads memory in pieces of half
 * of it (hex digits), so that large dumps want a large one.
 */
#define LINK_PACKET_MAX 0x20000

/* A framed packet with room for a few acknowledgements before it. */
#define LINK_BUF_SIZE (LINK_PACKET_MAX + PACKET_OVERHEAD)
#define LINK_OUT_SIZE (LINK_BUF_SIZE + 4096)

/* From so many bytes on a packet goes to the socket from where it was built. */
#define LINK_LONG 4096

/* How much waits with link_send_later() at most, and for how long. */
#define LINK_LATER_BYTES 8192
#define LINK_LATER_MS 5

/* Bytes taken from the socket at once. */
#define LINK_CHUNK 16384

/**
 * struct gdb_link - the connection to a client
 *
 * The receiving half belongs to the session's thread. The sending half is under
 * @tx_lock: stop replies are sent by traced threads, answers of the helper by
 * the helper.
 */
struct gdb_link {
	/**
	 * @file: of @sock, owns a reference; NULL: no connection. Written
	 * under session.cmd_lock and @tx_lock.
	 */
	struct file *file;
	/** @sock: inside @file. */
	struct socket *sock;
	/** @wake: in the socket's wait queue. */
	wait_queue_entry_t wake;
	/** @wait: woken when the socket may be read from or written to. */
	wait_queue_head_t *wait;
	/** @kick: bit 0 is set before @wait is woken. */
	unsigned long *kick;

	/** @rx: the packet being received. */
	struct packet_rx rx;
	/** @rx_buf: of @rx: LINK_PACKET_MAX + 1 bytes. */
	u8 *rx_buf;
	/** @chunk: bytes from the socket: LINK_CHUNK. */
	u8 *chunk;
	/** @chunk_len: bytes in @chunk. */
	size_t chunk_len;
	/** @chunk_at: bytes of them that were fed to @rx. */
	size_t chunk_at;

	/** @tx_lock: nobody waits for the socket with it held. */
	struct mutex tx_lock;
	/**
	 * @out: LINK_OUT_SIZE bytes: what is not sent yet is between @out_at
	 * and @out_len.
	 */
	u8 *out;
	/** @later: ends the waiting of link_send_later(). */
	struct timer_list later;
	/** @out_at: see @out. */
	size_t out_at;
	/** @out_len: see @out. */
	size_t out_len;
	/**
	 * @last_at: where the last packet begins in @out: it is sent again
	 * when the client asks for it. @out_len: it is gone.
	 */
	size_t last_at;
	/** @no_ack: QStartNoAckMode; under @tx_lock. */
	bool no_ack;
};

int link_init(struct gdb_link *link, wait_queue_head_t *wait,
	      unsigned long *kick);
void link_exit(struct gdb_link *link);
int link_check(int fd, struct file **file);
int link_open(struct gdb_link *link, struct file *file);
void link_close(struct gdb_link *link);
enum packet_event link_receive(struct gdb_link *link, int *error);
int link_send(struct gdb_link *link, const u8 *packet, size_t len);
int link_send_later(struct gdb_link *link, const u8 *packet, size_t len);
void link_send_ack(struct gdb_link *link, char ack);
void link_resend(struct gdb_link *link);
int link_flush(struct gdb_link *link);
bool link_is_flushed(struct gdb_link *link);
void link_set_no_ack(struct gdb_link *link);

#endif /* GDBSTUB_LINK_H */
