/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a debugger may leave in a process, looked for from outside. */
#ifndef LOOK_H
#define LOOK_H

#include <stdbool.h>

/* Takes a line, with its newline, for each thing that is found. */
typedef void look_complain_t(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));

int look_at_text(int pid, look_complain_t *complain);
bool look_at_threads(int pid, bool stops_only, look_complain_t *complain);

#endif
