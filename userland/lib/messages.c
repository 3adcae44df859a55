// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The error vocabulary of the tools. A message leaves in one write, so that
 * lines of several processes on one terminal do not mix.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "messages.h"

static const char *program_name = "?";

void program_name_set(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');

	program_name = slash ? slash + 1 : argv0;
}

const char *program_name_get(void)
{
	return program_name;
}

/* Leaves errno as it was: callers may still look at it. */
static void print_message(const char *fmt, va_list args, const char *reason)
{
	int saved_errno = errno;
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		return;
	if (reason)
		fprintf(stderr, "%s: %s: %s\n", program_name, text, reason);
	else
		fprintf(stderr, "%s: %s\n", program_name, text);
	free(text);
	errno = saved_errno;
}

void error_msg(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print_message(fmt, args, NULL);
	va_end(args);
}

void perror_msg(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print_message(fmt, args, strerror(errno));
	va_end(args);
}

void error_msg_and_die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print_message(fmt, args, NULL);
	va_end(args);
	exit(EXIT_FAILURE);
}

void perror_msg_and_die(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	print_message(fmt, args, strerror(errno));
	va_end(args);
	exit(EXIT_FAILURE);
}

void *xmalloc(size_t size)
{
	return xrealloc(NULL, size);
}

void *xrealloc(void *old, size_t size)
{
	void *new = realloc(old, size ? size : 1);

	if (!new)
		error_msg_and_die("out of memory");
	return new;
}

char *xstrdup(const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		error_msg_and_die("out of memory");
	return copy;
}

char *xvasprintf(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		error_msg_and_die("out of memory");
	return text;
}

char *xasprintf(const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = xvasprintf(fmt, args);
	va_end(args);
	return text;
}
