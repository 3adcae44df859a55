/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks that say what was wrong and go on; main() ends with check_result(). */
#ifndef UGDB_TESTS_CHECK_H
#define UGDB_TESTS_CHECK_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned int nr_checks, nr_failed;

static inline bool check_true(bool good, const char *what, const char *file,
			      int line)
{
	nr_checks++;
	if (good)
		return true;
	nr_failed++;
	printf("%s:%d: failed: %s\n", file, line, what);
	return false;
}

static inline bool check_equal(const char *is, const char *expected,
			       const char *file, int line)
{
	nr_checks++;
	if (is && !strcmp(is, expected))
		return true;
	nr_failed++;
	printf("%s:%d: got  \"%s\"\n%s:%d: want \"%s\"\n", file, line,
	       is ? is : "(null)", file, line, expected);
	return false;
}

static inline int check_result(void)
{
	printf("%u checks, %u failed\n", nr_checks, nr_failed);
	return nr_failed || !nr_checks ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define CHECK(condition) check_true(condition, #condition, __FILE__, __LINE__)
#define CHECK_STRING(is, expected) \
	check_equal(is, expected, __FILE__, __LINE__)

#endif /* UGDB_TESTS_CHECK_H */
