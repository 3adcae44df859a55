// SPDX-License-Identifier: GPL-2.0-only
/* KUnit: what each call answers at each stage of a task's end. */
#include "test.h"

static const struct utrace_engine_ops test_ops;

#define QUIESCE UTRACE_EVENT(QUIESCE)
#define DEATH UTRACE_EVENT(DEATH)
#define REAP UTRACE_EVENT(REAP)
#define CLONE UTRACE_EVENT(CLONE)

/* Where a task is on its way out; the columns of the tables below. */
/* clang-format off */
static const struct {
	enum utrace_stage stage;
	bool reap_due;
} columns[] = {
	{ UTRACE_ALIVE, false },
	{ UTRACE_EXITING, false },
	{ UTRACE_EXITING, true },
	{ UTRACE_DEATH_RUNNING, false },
	{ UTRACE_DEATH_RUNNING, true },
	{ UTRACE_DEAD, false },
	{ UTRACE_REAPED, false },
};

/* clang-format on */

#define NR_COLUMNS ARRAY_SIZE(columns)

static struct utrace *at_column(struct kunit *test, int column)
{
	struct utrace *utrace = utrace_test_utrace(test);

	utrace->stage = columns[column].stage;
	utrace->reap_due = columns[column].reap_due;
	return utrace;
}

#define LATE (-EALREADY)
#define GONE (-ESRCH)

/* clang-format off */
static const struct {
	unsigned long old, new;
	int ret[NR_COLUMNS];
} event_rows[] = {
	/*			alive exiting  due  death  due  dead reaped */
	{ 0,		0,	{ 0,	0,	0,	0,	0,	0,	0 } },
	{ 0,		CLONE,	{ 0,	0,	0,	0,	0,	0,	0 } },
	{ CLONE,	0,	{ 0,	0,	0,	0,	0,	0,	0 } },
	{ 0,		QUIESCE, { 0,	LATE,	LATE,	LATE,	LATE,	LATE,	LATE } },
	{ QUIESCE,	0,	{ 0,	0,	0,	0,	0,	0,	0 } },
	{ 0,		DEATH,	{ 0,	LATE,	LATE,	LATE,	LATE,	LATE,	LATE } },
	{ DEATH,	0,	{ 0,	LATE,	LATE,	LATE,	LATE,	LATE,	LATE } },
	{ DEATH,	DEATH,	{ 0,	0,	0,	0,	0,	0,	0 } },
	{ DEATH,	DEATH | CLONE, { 0, 0,	0,	0,	0,	0,	0 } },
	{ 0,		REAP,	{ 0,	0,	0,	0,	0,	0,	0 } },
	{ REAP,		0,	{ 0,	0,	LATE,	0,	LATE,	0,	LATE } },
	{ REAP,		REAP,	{ 0,	0,	0,	0,	0,	0,	0 } },
	{ 0,		1UL << _UTRACE_NEVENTS, { -EINVAL, -EINVAL, -EINVAL,
		-EINVAL, -EINVAL, -EINVAL, -EINVAL } },
};

/* clang-format on */

static void set_events_at(struct kunit *test, int row, int column)
{
	struct utrace *utrace = at_column(test, column);
	struct utrace_engine *engine;
	int ret, want = event_rows[row].ret[column];

	engine = utrace_test_engine(test, utrace, &test_ops, NULL,
				    event_rows[row].old);
	ret = utrace_set_events(utrace->task, engine, event_rows[row].new);
	KUNIT_EXPECT_EQ_MSG(test, ret, want, "row %d, column %d", row, column);
	KUNIT_EXPECT_EQ_MSG(test, engine->flags,
			    want ? event_rows[row].old : event_rows[row].new,
			    "row %d, column %d", row, column);
}

static void test_set_events(struct kunit *test)
{
	int row, column;

	for (row = 0; row < ARRAY_SIZE(event_rows); row++)
		for (column = 0; column < NR_COLUMNS; column++)
			set_events_at(test, row, column);
}

/* clang-format off */
static const struct {
	unsigned long events;
	enum utrace_resume_action action;
	int ret[NR_COLUMNS];
} control_rows[] = {
	/*				alive exiting  due  death  due  dead reaped */
	{ 0,	 UTRACE_DETACH,	     { 0, 0,	GONE,	0,	GONE,	0,	GONE } },
	{ QUIESCE, UTRACE_DETACH,    { 0, 0,	GONE,	0,	GONE,	0,	GONE } },
	{ REAP,	 UTRACE_DETACH,	     { 0, 0,	GONE,	0,	GONE,	0,	GONE } },
	{ DEATH, UTRACE_DETACH,	     { 0, LATE,	LATE,	LATE,	LATE,	0,	GONE } },
	{ QUIESCE, UTRACE_RESUME,    { 0, GONE,	GONE,	GONE,	GONE,	GONE,	GONE } },
	{ QUIESCE, UTRACE_REPORT,    { 0, GONE,	GONE,	GONE,	GONE,	GONE,	GONE } },
	{ QUIESCE, UTRACE_INTERRUPT, { 0, GONE,	GONE,	GONE,	GONE,	GONE,	GONE } },
	{ QUIESCE, UTRACE_SINGLESTEP, { -EAGAIN, GONE, GONE, GONE, GONE, GONE, GONE } },
	{ QUIESCE, UTRACE_BLOCKSTEP, { -EAGAIN, GONE, GONE, GONE, GONE,	GONE,	GONE } },
	/* The task has no sighand: it is past stopping. */
	{ QUIESCE, UTRACE_STOP,	     { GONE, GONE, GONE, GONE,	GONE,	GONE,	GONE } },
	{ QUIESCE, UTRACE_DETACH + 1, { -EINVAL, -EINVAL, -EINVAL, -EINVAL,
		-EINVAL, -EINVAL, -EINVAL } },
};

/* clang-format on */

static void control_at(struct kunit *test, int row, int column)
{
	enum utrace_resume_action action = control_rows[row].action;
	struct utrace *utrace = at_column(test, column);
	struct utrace_engine *engine;
	int ret;

	engine = utrace_test_engine(test, utrace, &test_ops, NULL,
				    control_rows[row].events);
	ret = utrace_control(utrace->task, engine, action);
	KUNIT_EXPECT_EQ_MSG(test, ret, control_rows[row].ret[column],
			    "row %d, column %d", row, column);
	/* Detached or not, as the answer says. */
	KUNIT_EXPECT_EQ_MSG(test, list_empty(&engine->entry),
			    action == UTRACE_DETACH && !ret,
			    "row %d, column %d", row, column);
}

static void test_control(struct kunit *test)
{
	int row, column;

	for (row = 0; row < ARRAY_SIZE(control_rows); row++)
		for (column = 0; column < NR_COLUMNS; column++)
			control_at(test, row, column);
}

/* While a callback runs elsewhere, and while it is the caller itself. */
static void test_during_callback(struct kunit *test)
{
	struct utrace *utrace = utrace_test_utrace(test);
	struct task_struct *task = utrace->task;
	struct utrace_engine *engine;

	engine = utrace_test_engine(test, utrace, &test_ops, NULL,
				    QUIESCE | CLONE);
	utrace->reporting = engine;
	utrace->reporter = task;
	KUNIT_EXPECT_EQ(test, utrace_set_events(task, engine, QUIESCE | CLONE),
			0);
	KUNIT_EXPECT_EQ(test, utrace_set_events(task, engine, QUIESCE),
			-EINPROGRESS);
	KUNIT_EXPECT_EQ(test, utrace_set_events(task, engine, CLONE),
			-EINPROGRESS);
	utrace->reporter = current;
	KUNIT_EXPECT_EQ(test, utrace_set_events(task, engine, 0), 0);
	utrace->reporter = task;
	KUNIT_EXPECT_EQ(test, utrace_control(task, engine, UTRACE_DETACH),
			-EINPROGRESS);
	KUNIT_EXPECT_TRUE(test, engine->detached);
	KUNIT_EXPECT_FALSE(test, list_empty(&engine->entry));
	KUNIT_EXPECT_EQ(test, utrace_control(task, engine, UTRACE_DETACH),
			-ESRCH);
	KUNIT_EXPECT_EQ(test, utrace_set_events(task, engine, CLONE), -ESRCH);
}

/* Whose call during a callback was the last one. */
static void test_asked(struct kunit *test)
{
	struct utrace *utrace = utrace_test_utrace(test);
	struct task_struct *task = utrace->task;
	struct utrace_engine *engine, *other;

	engine = utrace_test_engine(test, utrace, &test_ops, NULL, QUIESCE);
	other = utrace_test_engine(test, utrace, &test_ops, NULL, QUIESCE);
	utrace->reporting = engine;
	utrace->reporter = task;
	KUNIT_EXPECT_EQ(test, utrace_control(task, other, UTRACE_REPORT), 0);
	KUNIT_EXPECT_FALSE(test, utrace->asked);
	KUNIT_EXPECT_EQ(test, utrace_control(task, engine, UTRACE_REPORT), 0);
	KUNIT_EXPECT_TRUE(test, utrace->asked);
	utrace->reporter = current;
	KUNIT_EXPECT_EQ(test, utrace_control(task, other, UTRACE_RESUME), 0);
	KUNIT_EXPECT_TRUE(test, utrace->asked);
	KUNIT_EXPECT_EQ(test, utrace_control(task, engine, UTRACE_RESUME), 0);
	KUNIT_EXPECT_FALSE(test, utrace->asked);
	KUNIT_EXPECT_EQ(test, engine->resume, UTRACE_RESUME);
}

static void test_other_task(struct kunit *test)
{
	struct utrace *utrace = utrace_test_utrace(test);
	struct task_struct *other = utrace_test_task(test);
	struct utrace_engine *engine;

	engine = utrace_test_engine(test, utrace, &test_ops, NULL, QUIESCE);
	KUNIT_EXPECT_EQ(test, utrace_set_events(other, engine, 0), -ESRCH);
	KUNIT_EXPECT_EQ(test, utrace_control(other, engine, UTRACE_DETACH),
			-ESRCH);
	KUNIT_EXPECT_EQ(test, utrace_barrier(other, engine), -ESRCH);
	KUNIT_EXPECT_EQ(test, utrace_barrier(utrace->task, engine), 0);
}

/* clang-format off */
static struct kunit_case control_cases[] = {
	KUNIT_CASE(test_set_events),
	KUNIT_CASE(test_control),
	KUNIT_CASE(test_during_callback),
	KUNIT_CASE(test_asked),
	KUNIT_CASE(test_other_task),
	{},
};

/* clang-format on */

static struct kunit_suite control_suite = {
	.name = "utrace_control",
	.test_cases = control_cases,
};

kunit_test_suite(control_suite);
