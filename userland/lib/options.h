/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values on a command line, read strictly. Pure string work. */
#ifndef LIB_OPTIONS_H
#define LIB_OPTIONS_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * option_read_number - read a whole decimal number
 * @text: Digits and nothing else: no sign, no blanks, no prefix.
 * @max: The largest value that is good.
 * @value: Where the number goes; untouched on failure.
 *
 * Return: false when @text is anything else or too large.
 */
bool option_read_number(const char *text, unsigned long max,
			unsigned long *value);

/**
 * option_read_pid - read a process id
 * @text: A positive decimal number.
 * @pid: Where it goes; untouched on failure.
 *
 * Return: false when @text is none.
 */
bool option_read_pid(const char *text, pid_t *pid);

#endif /* LIB_OPTIONS_H */
