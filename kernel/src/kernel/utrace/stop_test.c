// SPDX-License-Identifier: GPL-2.0-only
/* KUnit: whether a task is held, and how it steps, from what engines want. */
#include "test.h"

static const struct utrace_engine_ops test_ops;

enum wish { RUNS, HOLDS, ASKED, LEFT };

/* Two engines: runs, holds, has a stop without an answer, left while it held. */
/* clang-format off */
static const struct {
	enum wish wish[2];
	bool hold, inner;
} hold_rows[] = {
	{ { RUNS, RUNS }, false, false },
	{ { HOLDS, RUNS }, true, true },
	{ { RUNS, HOLDS }, true, true },
	{ { HOLDS, HOLDS }, true, true },
	{ { ASKED, RUNS }, true, false },
	{ { ASKED, HOLDS }, true, true },
	{ { ASKED, ASKED }, true, false },
	{ { LEFT, RUNS }, false, false },
	{ { LEFT, HOLDS }, true, true },
	{ { LEFT, ASKED }, true, false },
};

/* clang-format on */

static void add_wish(struct kunit *test, struct utrace *utrace, enum wish wish)
{
	struct utrace_engine *engine;

	engine = utrace_test_engine(test, utrace, &test_ops, NULL, 0);
	engine->stopped = wish != RUNS;
	engine->unanswered = wish == ASKED;
	engine->detached = wish == LEFT;
}

static void test_hold(struct kunit *test)
{
	struct utrace *utrace;
	bool hold, inner;
	int i;

	for (i = 0; i < ARRAY_SIZE(hold_rows); i++) {
		utrace = utrace_test_utrace(test);
		add_wish(test, utrace, hold_rows[i].wish[0]);
		add_wish(test, utrace, hold_rows[i].wish[1]);
		count_stops_locked(utrace, &hold, &inner);
		KUNIT_EXPECT_EQ_MSG(test, hold, hold_rows[i].hold, "row %d", i);
		KUNIT_EXPECT_EQ_MSG(test, inner, hold_rows[i].inner, "row %d",
				    i);
	}
}

static const struct {
	enum utrace_resume_action resume[2];
	bool single, block;
} step_rows[] = {
	{ { UTRACE_RESUME, UTRACE_RESUME }, false, false },
	{ { UTRACE_SINGLESTEP, UTRACE_RESUME }, true, false },
	{ { UTRACE_RESUME, UTRACE_BLOCKSTEP }, false, true },
	{ { UTRACE_BLOCKSTEP, UTRACE_SINGLESTEP }, true, true },
	{ { UTRACE_REPORT, UTRACE_INTERRUPT }, false, false },
};

static void test_step(struct kunit *test)
{
	bool single, block;
	int i, n;

	for (i = 0; i < ARRAY_SIZE(step_rows); i++) {
		struct utrace *utrace = utrace_test_utrace(test);

		for (n = 0; n < 2; n++)
			utrace_test_engine(test, utrace, &test_ops, NULL, 0)
				->resume = step_rows[i].resume[n];
		spin_lock(&utrace->lock);
		count_steps_locked(utrace, &single, &block);
		spin_unlock(&utrace->lock);
		KUNIT_EXPECT_EQ_MSG(test, single, step_rows[i].single, "row %d",
				    i);
		KUNIT_EXPECT_EQ_MSG(test, block, step_rows[i].block, "row %d",
				    i);
	}
}

static struct kunit_case stop_cases[] = {
	KUNIT_CASE(test_hold),
	KUNIT_CASE(test_step),
	{},
};

static struct kunit_suite stop_suite = {
	.name = "utrace_stop",
	.test_cases = stop_cases,
};

kunit_test_suite(stop_suite);
