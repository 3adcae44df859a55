/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where clients come in: listening sockets for one COMM argument. Binding and
 * listening are two steps, because an address in use is reported before a
 * program is started, and "Listening on" is printed when clients may come.
 */
#ifndef UGDB_LISTENER_H
#define UGDB_LISTENER_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "comm.h"

#define LISTENER_MAX_SOCKETS 8

/**
 * struct listener - bound sockets
 * @comm: The address; not owned.
 * @fds: The sockets.
 * @nr_fds: How many; 0 when @comm is not one to listen on.
 * @port: The TCP port, which the kernel chose if 0 was asked for.
 * @path_dev: Unix socket: the file's device, to know it again.
 * @path_ino: Unix socket: the file's inode number; 0 while there is none.
 */
struct listener {
	const struct comm *comm;
	int fds[LISTENER_MAX_SOCKETS];
	size_t nr_fds;
	uint16_t port;
	dev_t path_dev;
	ino_t path_ino;
};

/**
 * listener_bind - resolve the address and bind to it
 * @listener: Is set up.
 * @comm: An address of kind TCP, UNIX or VSOCK; lives as long as @listener.
 *
 * A host name is bound to at all its addresses. Exits with a message when that
 * fails.
 */
void listener_bind(struct listener *listener, const struct comm *comm);

/**
 * listener_open - let clients come, and say so
 * @listener: A bound listener; it may be open already.
 *
 * Exits with a message when a socket cannot listen.
 */
void listener_open(struct listener *listener);

/**
 * listener_accept - take a client
 * @listener: An open listener.
 * @index: Which of its sockets is readable.
 *
 * Says who the client is.
 *
 * Return: the connected socket, or -1 with errno set when the client is gone
 * again.
 */
int listener_accept(struct listener *listener, size_t index);

/**
 * listener_close - listen no longer
 * @listener: A listener, bound or not; removes the file of a Unix socket.
 */
void listener_close(struct listener *listener);

#endif /* UGDB_LISTENER_H */
