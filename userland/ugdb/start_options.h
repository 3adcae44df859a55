/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the next program is started: what a client may say about it. */
#ifndef UGDB_START_OPTIONS_H
#define UGDB_START_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct start_options - how a program is started
 * @shell: By $SHELL.
 * @randomize: With address space randomization as it is.
 * @directory: In this directory; NULL: in ugdb's. A ~ or ~NAME at its front is
 *	the home of ugdb's user, or of that one. Owned.
 * @changes: Changes to ugdb's environment, in order: "NAME=VALUE" sets, "NAME"
 *	removes. Owned.
 * @nr_changes: Entries of @changes.
 */
struct start_options {
	bool shell;
	bool randomize;
	char *directory;
	char **changes;
	size_t nr_changes;
};

/**
 * start_options_apply - take over environment and directory
 * @options: Those of a child that is about to execute its program.
 *
 * Return: false, having said so, when the directory cannot be entered.
 */
bool start_options_apply(const struct start_options *options);

/** start_options_free - forget environment and directory */
void start_options_free(struct start_options *options);

#endif /* UGDB_START_OPTIONS_H */
