// SPDX-License-Identifier: GPL-2.0-only
/* KUnit: in which order the ends of a task are told, whoever comes first. */
#include "test.h"

/* The callbacks that came, a letter each. */
static char calls[16];

static void note_call(char c)
{
	size_t len = strlen(calls);

	if (len + 1 < sizeof(calls))
		calls[len] = c;
}

static u32 note_death(struct utrace_engine *engine, struct task_struct *task,
		      bool group_dead, int signal)
{
	note_call('d');
	return UTRACE_RESUME;
}

/* The reaper comes while the dying thread makes its callbacks. */
static u32 note_death_reaped(struct utrace_engine *engine,
			     struct task_struct *task, bool group_dead,
			     int signal)
{
	note_call('d');
	utrace_release_task(task);
	note_call('.');
	return UTRACE_RESUME;
}

static u32 note_death_detach(struct utrace_engine *engine,
			     struct task_struct *task, bool group_dead,
			     int signal)
{
	note_call('d');
	return UTRACE_DETACH;
}

static void note_reap(struct utrace_engine *engine, struct task_struct *task)
{
	note_call('r');
}

static const struct utrace_engine_ops plain_ops = {
	.report_death = note_death,
	.report_reap = note_reap,
};

static const struct utrace_engine_ops reaped_ops = {
	.report_death = note_death_reaped,
	.report_reap = note_reap,
};

static const struct utrace_engine_ops detach_ops = {
	.report_death = note_death_detach,
	.report_reap = note_reap,
};

#define BOTH (UTRACE_EVENT(DEATH) | UTRACE_EVENT(REAP))

/*
 * Steps: 'x' utrace_exiting(), 'd' utrace_report_death(), 'r'
 * utrace_release_task(); after each, the callbacks so far and the stage.
 */
/* clang-format off */
static const struct {
	const char *steps;
	const struct utrace_engine_ops *ops;
	unsigned long events;
	const char *calls[3];
	enum utrace_stage stages[3];
} rows[] = {
	{ "xdr", &plain_ops, BOTH, { "", "d", "dr" },
	  { UTRACE_EXITING, UTRACE_DEAD, UTRACE_REAPED } },
	{ "xrd", &plain_ops, BOTH, { "", "", "dr" },
	  { UTRACE_EXITING, UTRACE_EXITING, UTRACE_REAPED } },
	{ "xdr", &reaped_ops, BOTH, { "", "d.r", "d.r" },
	  { UTRACE_EXITING, UTRACE_REAPED, UTRACE_REAPED } },
	{ "xdr", &detach_ops, BOTH, { "", "d", "d" },
	  { UTRACE_EXITING, UTRACE_DEAD, UTRACE_REAPED } },
	{ "xdr", &plain_ops, UTRACE_EVENT(REAP), { "", "", "r" },
	  { UTRACE_EXITING, UTRACE_DEAD, UTRACE_REAPED } },
	{ "xdr", &plain_ops, 0, { "", "", "" },
	  { UTRACE_EXITING, UTRACE_DEAD, UTRACE_REAPED } },
	{ "xdd", &plain_ops, BOTH, { "", "d", "d" },
	  { UTRACE_EXITING, UTRACE_DEAD, UTRACE_DEAD } },
};

/* clang-format on */

static void take_step(struct task_struct *task, char step)
{
	switch (step) {
	case 'x':
		utrace_exiting(task);
		break;
	case 'd':
		utrace_report_death(task, true);
		break;
	default:
		utrace_release_task(task);
	}
}

static void walk_row(struct kunit *test, int row)
{
	struct utrace *utrace = utrace_test_utrace(test);
	int i;

	memset(calls, 0, sizeof(calls));
	utrace_test_engine(test, utrace, rows[row].ops, NULL, rows[row].events);
	for (i = 0; i < 3; i++) {
		take_step(utrace->task, rows[row].steps[i]);
		KUNIT_EXPECT_STREQ_MSG(test, calls, rows[row].calls[i],
				       "row %d, step %d", row, i);
		KUNIT_EXPECT_EQ_MSG(test, utrace->stage, rows[row].stages[i],
				    "row %d, step %d", row, i);
	}
	KUNIT_EXPECT_EQ_MSG(test, list_empty(&utrace->engines),
			    utrace->stage == UTRACE_REAPED, "row %d", row);
}

static void test_order(struct kunit *test)
{
	int row;

	for (row = 0; row < ARRAY_SIZE(rows); row++)
		walk_row(test, row);
}

/* The first attach comes after a stage has passed without a struct utrace. */
static void test_late_attach(struct kunit *test)
{
	struct task_struct *task = utrace_test_task(test);
	struct utrace *utrace;

	memset(calls, 0, sizeof(calls));
	utrace_exiting(task);
	KUNIT_EXPECT_NULL(test, utrace_of(task));
	utrace = utrace_get_or_create(task);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, utrace);
	KUNIT_EXPECT_EQ(test, utrace->stage, UTRACE_DEAD);
	utrace_test_engine(test, utrace, &plain_ops, NULL, BOTH);
	utrace_report_death(task, true);
	KUNIT_EXPECT_STREQ(test, calls, "");
	utrace_release_task(task);
	KUNIT_EXPECT_STREQ(test, calls, "r");
}

static void test_too_late_attach(struct kunit *test)
{
	struct task_struct *task = utrace_test_task(test);

	utrace_exiting(task);
	utrace_report_death(task, true);
	utrace_release_task(task);
	KUNIT_EXPECT_NULL(test, utrace_of(task));
	KUNIT_EXPECT_EQ(test, PTR_ERR(utrace_get_or_create(task)), -ESRCH);
}

static struct kunit_case death_cases[] = {
	KUNIT_CASE(test_order),
	KUNIT_CASE(test_late_attach),
	KUNIT_CASE(test_too_late_attach),
	{},
};

static struct kunit_suite death_suite = {
	.name = "utrace_death",
	.test_cases = death_cases,
};

kunit_test_suite(death_suite);
