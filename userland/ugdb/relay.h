/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client that does not come over a socket: pipes and serial lines. The
 * module wants a socket, so ugdb makes a pair, gives it one end, and copies
 * bytes between the other end and the line.
 *
 * This is the one case in which packets pass through ugdb. gdb's own
 * "target remote | ugdb -" gives ugdb a socket, and needs no relay.
 */
#ifndef UGDB_RELAY_H
#define UGDB_RELAY_H

#include <poll.h>
#include <stdbool.h>

#include "../lib/buf.h"

#define RELAY_NR_POLLFDS 3

/**
 * struct relay - a line and a socket
 * @in: Read from the client; -1 after its end.
 * @out: Written to the client; may be the same as @in; -1 when it takes no
 *	more.
 * @sock: ugdb's end of the pair; -1 when there is no relay or it has ended.
 * @sock_open: The module's end may still have bytes for the client.
 * @to_sock: Read from @in, not yet written to @sock.
 * @to_out: Read from @sock, not yet written to @out.
 */
struct relay {
	int in;
	int out;
	int sock;
	bool sock_open;
	struct buf to_sock;
	struct buf to_out;
};

/** relay_init - no relay yet */
void relay_init(struct relay *relay);

/**
 * relay_open - connect a line to a socket
 * @relay: Initialised and not open. It owns both descriptors from here on.
 * @in: What the client's bytes are read from.
 * @out: What its bytes are written to.
 *
 * Return: the module's end of the socket pair, which the caller closes, or -1
 * with errno set.
 */
int relay_open(struct relay *relay, int in, int out);

/**
 * relay_poll_prepare - say what the relay waits for
 * @relay: A relay, open or not.
 * @pfds: Are filled; a descriptor of -1 waits for nothing.
 */
void relay_poll_prepare(const struct relay *relay,
			struct pollfd pfds[RELAY_NR_POLLFDS]);

/**
 * relay_poll_done - copy what can be copied without waiting
 * @relay: The relay.
 * @pfds: As relay_poll_prepare() filled them and poll() answered.
 */
void relay_poll_done(struct relay *relay,
		     const struct pollfd pfds[RELAY_NR_POLLFDS]);

/**
 * relay_finish - deliver what the module has written, then end
 * @relay: A relay, open or not; the module's end of the pair is closed, or
 *	nothing that it still writes matters.
 *
 * Waits for a client that is slow to read, at most two seconds.
 */
void relay_finish(struct relay *relay);

#endif /* UGDB_RELAY_H */
