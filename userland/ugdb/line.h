/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Clients that are there already: on the standard input and output, or on a
 * serial line.
 */
#ifndef UGDB_LINE_H
#define UGDB_LINE_H

#include <stdbool.h>
#include <termios.h>

#include "comm.h"
#include "relay.h"

/**
 * struct line - an open line
 * @in: Read from the client; -1 when there is no line or it has been used.
 * @out: Written to the client.
 * @tty: A copy of the serial line's descriptor, to put its settings back;
 *	-1 when there is none.
 * @settings: The serial line's settings before.
 */
struct line {
	int in;
	int out;
	int tty;
	struct termios settings;
};

/** line_init - no line */
void line_init(struct line *line);

/**
 * line_open - take the line that the user named
 * @line: Initialised.
 * @comm: An address of kind STDIO or TTY.
 *
 * With STDIO, the standard input becomes /dev/null and the standard output
 * what the standard error is, for ugdb and for the program, and this is said.
 * Exits with a message when the line cannot be taken.
 */
void line_open(struct line *line, const struct comm *comm);

/**
 * line_connect - make a socket of the line
 * @line: An open line; it is used up.
 * @relay: Initialised; carries the bytes when the line is no stream socket
 *	itself. gdb's "target remote |" gives ugdb one.
 *
 * Return: the socket for the module, which the caller closes, or -1 with errno
 * set.
 */
int line_connect(struct line *line, struct relay *relay);

/** line_close - close what is open, and restore a serial line's settings */
void line_close(struct line *line);

/** line_names_tty - whether a path names a character device */
bool line_names_tty(const char *path);

#endif /* UGDB_LINE_H */
