/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One way of writing test cases for both places where the pure files are
 * tested: KUnit in the kernel, plain programs in user space.
 *
 * A case is a function case_name(CHECK). A *_cases.h file holds the cases of
 * one pure file and ends in the table of them.
 */
#ifndef GDBSTUB_PURE_CHECK_H
#define GDBSTUB_PURE_CHECK_H

#include "../pure.h"

#ifdef __KERNEL__

#include <kunit/test.h>

#define CHECK struct kunit *check
#define CHECK_ARG check

#define CHECK_TABLE struct kunit_case
#define CASE(name) KUNIT_CASE(name)
#define CASES_END \
	{         \
	}

#define EXPECT(cond) KUNIT_EXPECT_TRUE(check, cond)
#define EXPECT_EQ(a, b) KUNIT_EXPECT_EQ(check, (s64)(a), (s64)(b))
/* @what tells which row of a table it was. */
#define EXPECT_MSG(cond, what) KUNIT_EXPECT_TRUE_MSG(check, cond, "%s", what)

#else

#include <stdio.h>

struct check {
	unsigned int nr_failed;
};

struct check_case {
	const char *name;
	void (*run)(struct check *check);
};

#define CHECK struct check *check
#define CHECK_ARG check

#define CHECK_TABLE struct check_case
#define CASE(name)          \
	{                   \
#name, name \
	}
#define CASES_END          \
	{                  \
		NULL, NULL \
	}

#define EXPECT(cond) check_true(check, cond, #cond, "", __LINE__)
#define EXPECT_EQ(a, b) \
	check_equal(check, (s64)(a), (s64)(b), #a " == " #b, __LINE__)
#define EXPECT_MSG(cond, what) check_true(check, cond, #cond, what, __LINE__)

static inline void check_true(struct check *check, bool cond, const char *text,
			      const char *what, int line)
{
	if (cond)
		return;
	check->nr_failed++;
	printf("# line %d: not true: %s %s\n", line, text, what);
}

static inline void check_equal(struct check *check, s64 a, s64 b,
			       const char *text, int line)
{
	if (a == b)
		return;
	check->nr_failed++;
	printf("# line %d: not true: %s (%llx, %llx)\n", line, text, a, b);
}

/* Runs all cases, one PASS or FAIL line each; returns the exit status. */
static inline int check_run(const char *part, const struct check_case *cases)
{
	int status = 0;

	for (; cases->name; cases++) {
		struct check check = { 0 };

		cases->run(&check);
		printf("%s: %s: %s\n", check.nr_failed ? "FAIL" : "PASS", part,
		       cases->name);
		if (check.nr_failed)
			status = 1;
	}
	return status;
}

#endif /* __KERNEL__ */

/* Is @data exactly the string @str? */
static inline bool same_text(const void *data, size_t len, const char *str)
{
	return len == strlen(str) && !memcmp(data, str, len);
}

#endif /* GDBSTUB_PURE_CHECK_H */
