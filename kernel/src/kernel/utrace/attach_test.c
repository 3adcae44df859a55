// SPDX-License-Identifier: GPL-2.0-only
/* KUnit: which engine utrace_attach_task() finds. */
#include "test.h"

static const struct utrace_engine_ops test_ops[2];

#define BOTH (UTRACE_ATTACH_MATCH_OPS | UTRACE_ATTACH_MATCH_DATA)

/* Engines 0 to 3 are {ops 0, data 0}, {0, 1}, {1, 0}, {0, 0}; -1 is none. */
static const struct {
	int flags, ops, data, found;
} match_rows[] = {
	{ 0, 0, 0, -1 },
	{ UTRACE_ATTACH_MATCH_OPS, 0, 2, 0 },
	{ UTRACE_ATTACH_MATCH_OPS, 1, 2, 2 },
	{ UTRACE_ATTACH_MATCH_DATA, 1, 0, 0 },
	{ UTRACE_ATTACH_MATCH_DATA, 1, 1, 1 },
	{ UTRACE_ATTACH_MATCH_DATA, 0, 2, -1 },
	{ BOTH, 0, 0, 0 },
	{ BOTH, 0, 1, 1 },
	{ BOTH, 1, 0, 2 },
	{ BOTH, 1, 1, -1 },
};

static int data_of(int n)
{
	static const int data[] = { 0, 1, 0, 0 };

	return data[n];
}

static void add_four(struct kunit *test, struct utrace *utrace,
		     struct utrace_engine *engines[4])
{
	int n;

	for (n = 0; n < 4; n++)
		engines[n] = utrace_test_engine(test, utrace, &test_ops[n == 2],
						(void *)(long)data_of(n), 0);
}

static void test_match(struct kunit *test)
{
	struct utrace *utrace = utrace_test_utrace(test);
	struct utrace_engine *engines[4], *found, *want;
	int i;

	add_four(test, utrace, engines);
	for (i = 0; i < ARRAY_SIZE(match_rows); i++) {
		found = find_engine(utrace->task, match_rows[i].flags,
				    &test_ops[match_rows[i].ops],
				    (void *)(long)match_rows[i].data);
		if (match_rows[i].found < 0) {
			KUNIT_EXPECT_EQ_MSG(test, PTR_ERR(found), -ENOENT,
					    "row %d", i);
			continue;
		}
		want = engines[match_rows[i].found];
		KUNIT_EXPECT_PTR_EQ_MSG(test, found, want, "row %d", i);
		if (!IS_ERR(found))
			utrace_engine_put(found);
	}
}

/* One that is leaving is passed over, and the next that fits is found. */
static void test_match_detached(struct kunit *test)
{
	struct utrace *utrace = utrace_test_utrace(test);
	struct utrace_engine *engines[4], *found;

	add_four(test, utrace, engines);
	engines[0]->detached = true;
	found = find_engine(utrace->task, BOTH, &test_ops[0], NULL);
	KUNIT_ASSERT_PTR_EQ(test, found, engines[3]);
	utrace_engine_put(found);
}

/* What add_engine() answers to a second {ops 0, data 0}. */
static const struct {
	int flags, stage, ret;
	bool reap_due;
} add_rows[] = {
	{ UTRACE_ATTACH_CREATE, UTRACE_ALIVE, 0, false },
	{ UTRACE_ATTACH_CREATE | BOTH, UTRACE_ALIVE, 0, false },
	{ UTRACE_ATTACH_EXCLUSIVE, UTRACE_ALIVE, 0, false },
	{ UTRACE_ATTACH_EXCLUSIVE | BOTH, UTRACE_ALIVE, -EEXIST, false },
	{ UTRACE_ATTACH_CREATE, UTRACE_EXITING, 0, false },
	{ UTRACE_ATTACH_CREATE, UTRACE_DEATH_RUNNING, 0, false },
	{ UTRACE_ATTACH_CREATE, UTRACE_DEAD, 0, false },
	{ UTRACE_ATTACH_CREATE, UTRACE_REAPED, -ESRCH, false },
	{ UTRACE_ATTACH_CREATE, UTRACE_EXITING, -ESRCH, true },
	{ UTRACE_ATTACH_CREATE, UTRACE_DEATH_RUNNING, -ESRCH, true },
};

static void add_second(struct kunit *test, int row)
{
	struct utrace *utrace = utrace_test_utrace(test);
	struct utrace_engine *engine;
	int ret;

	utrace_test_engine(test, utrace, &test_ops[0], NULL, 0);
	utrace->stage = add_rows[row].stage;
	utrace->reap_due = add_rows[row].reap_due;
	engine = utrace_engine_create(&test_ops[0], NULL, current_cred());
	KUNIT_ASSERT_NOT_NULL(test, engine);
	ret = add_engine(utrace, add_rows[row].flags, engine);
	KUNIT_EXPECT_EQ_MSG(test, ret, add_rows[row].ret, "row %d", row);
	if (ret)
		utrace_engine_put(engine);
	utrace_engine_put(engine);
}

static void test_add(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(add_rows); i++)
		add_second(test, i);
}

static struct kunit_case attach_cases[] = {
	KUNIT_CASE(test_match),
	KUNIT_CASE(test_match_detached),
	KUNIT_CASE(test_add),
	{},
};

static struct kunit_suite attach_suite = {
	.name = "utrace_attach",
	.test_cases = attach_cases,
};

kunit_test_suite(attach_suite);
