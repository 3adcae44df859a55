/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for a shell. Pure string work. */
#ifndef UGDB_QUOTE_H
#define UGDB_QUOTE_H

/**
 * quote_command - join words so that a shell reads them back as they are
 * @prefix: Put in front as it is.
 * @argv: The words, ended by NULL. No character in them means anything to the
 *	shell: no globbing, no variables, no splitting.
 *
 * Return: the command, which the caller frees.
 */
char *quote_command(const char *prefix, char *const *argv);

#endif /* UGDB_QUOTE_H */
