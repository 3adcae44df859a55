/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a tool says on standard error, in one vocabulary.
 *
 * Every message is one line: the program's name, a colon, the text. The
 * perror_ forms add the meaning of errno; the _and_die forms exit with status
 * 1 and do not return.
 */
#ifndef LIB_MESSAGES_H
#define LIB_MESSAGES_H

#include <stdarg.h>
#include <stddef.h>

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define NORETURN __attribute__((noreturn))

/**
 * program_name_set - remember what messages begin with
 * @argv0: The name the program was started by; directories are cut off. The
 *	string must live as long as the program.
 */
void program_name_set(const char *argv0);

/**
 * program_name_get - what messages begin with
 *
 * Return: the name, never NULL.
 */
const char *program_name_get(void);

void error_msg(const char *fmt, ...) PRINTF_LIKE(1, 2);
void perror_msg(const char *fmt, ...) PRINTF_LIKE(1, 2);
void error_msg_and_die(const char *fmt, ...) PRINTF_LIKE(1, 2) NORETURN;
void perror_msg_and_die(const char *fmt, ...) PRINTF_LIKE(1, 2) NORETURN;

/**
 * xmalloc, xrealloc, xstrdup, xasprintf, xvasprintf - allocate or die
 *
 * The tools hold little memory and can do nothing sensible without it, so an
 * allocation that fails ends the program with a message.
 *
 * Return: memory that the caller frees, never NULL.
 */
void *xmalloc(size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2);
char *xvasprintf(const char *fmt, va_list args) PRINTF_LIKE(1, 0);

#endif /* LIB_MESSAGES_H */
