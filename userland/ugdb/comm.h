/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The COMM argument: what kind of connection it names. Pure string work. */
#ifndef UGDB_COMM_H
#define UGDB_COMM_H

#include <stdbool.h>

/**
 * enum comm_kind - how the client comes
 * @COMM_STDIO: Over the standard input and output of ugdb.
 * @COMM_TCP: To a TCP port.
 * @COMM_UNIX: To a Unix socket.
 * @COMM_VSOCK: To a vsock port.
 * @COMM_TTY: Over a serial line.
 */
enum comm_kind {
	COMM_STDIO,
	COMM_TCP,
	COMM_UNIX,
	COMM_VSOCK,
	COMM_TTY,
};

/**
 * struct comm - a COMM argument taken apart
 * @kind: What it names.
 * @text: The argument as it was given; owned by whoever gave it.
 * @host: TCP: the host without brackets, NULL for the loopback address.
 *	Owned.
 * @service: TCP: port number or service name. Owned.
 * @path: Unix socket or tty: the path. Owned.
 * @cid: vsock: the context id to listen on.
 * @port: vsock: the port.
 */
struct comm {
	enum comm_kind kind;
	const char *text;
	char *host;
	char *service;
	char *path;
	unsigned int cid;
	unsigned int port;
};

/**
 * comm_parse - take a COMM argument apart
 * @comm: The result; comm_free() frees what it owns.
 * @text: "-", "stdio", "HOST:PORT", ":PORT", "unix:PATH", "vsock:CID:PORT"
 *	with "any" or nothing for every CID, or a path.
 * @is_tty: Says whether a path names a character device.
 *
 * A path is what has a slash and no colon after its last slash, so that
 * "/dev/ttyS0" and "./sock" are paths and "localhost:1" is none; a tty's name
 * may have colons anywhere.
 *
 * Return: false when @text is none of these; nothing has to be freed then.
 */
bool comm_parse(struct comm *comm, const char *text,
		bool (*is_tty)(const char *path));

/** comm_free - free what a struct comm owns */
void comm_free(struct comm *comm);

#endif /* UGDB_COMM_H */
