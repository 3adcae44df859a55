/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ugdb's command line, which is gdbserver's. */
#ifndef UGDB_CMDLINE_H
#define UGDB_CMDLINE_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * struct cmdline - what the user asked for
 * @comm: The COMM argument, never NULL.
 * @attach_pid: The process to attach to, or 0.
 * @multi: Serve without a process at first, and go on when it is gone.
 * @once: End after the first connection.
 * @shell: Start the program through a shell.
 * @randomize: Leave address space randomization on for the program.
 * @wrapper: Words to put in front of the program, ended by NULL; NULL when
 *	there are none. Owned; the words are the caller's argv.
 * @program: The program and its arguments, ended by NULL; NULL without one.
 *	Points into the caller's argv.
 * @disabled: GDBSTUB_START_NO_*: what the client is to do without.
 * @debug_topics: Debugging output that is on from the start.
 * @debug_timestamps: Debugging output shows the time.
 */
struct cmdline {
	const char *comm;
	pid_t attach_pid;
	bool multi;
	bool once;
	bool shell;
	bool randomize;
	char **wrapper;
	char **program;
	unsigned int disabled;
	unsigned int debug_topics;
	bool debug_timestamps;
};

/**
 * cmdline_parse - read the command line
 * @cmdline: The result.
 * @argc: As main() got it.
 * @argv: As main() got it; it must live as long as @cmdline.
 *
 * --help, --version and --usage print and exit with status 0; anything wrong
 * prints what, and exits with status 1.
 */
void cmdline_parse(struct cmdline *cmdline, int argc, char **argv);

/**
 * cmdline_debug_format - read the words of --debug-format
 * @text: Words separated by commas: all, none, timestamp.
 * @timestamps: Set by the last word; untouched on failure.
 *
 * Return: NULL, or the first word that is not known, which the caller frees.
 */
char *cmdline_debug_format(const char *text, bool *timestamps);

#endif /* UGDB_CMDLINE_H */
