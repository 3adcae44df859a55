// SPDX-License-Identifier: GPL-2.0-or-later
/* Values on a command line, read strictly. Pure string work. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

bool option_read_number(const char *text, unsigned long max,
			unsigned long *value)
{
	unsigned long number;

	if (!*text || text[strspn(text, "0123456789")])
		return false;
	errno = 0;
	number = strtoul(text, NULL, 10);
	if (errno || number > max)
		return false;
	*value = number;
	return true;
}

bool option_read_pid(const char *text, pid_t *pid)
{
	unsigned long number;

	if (!option_read_number(text, INT_MAX, &number) || !number)
		return false;
	*pid = (pid_t)number;
	return true;
}
