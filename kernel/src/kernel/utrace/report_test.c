// SPDX-License-Identifier: GPL-2.0-only
/* KUnit: who gets an event, and how the actions of engines are merged. */
#include "test.h"

#define QUIESCE UTRACE_EVENT(QUIESCE)
#define EXEC UTRACE_EVENT(EXEC)
#define CLONE UTRACE_EVENT(CLONE)
#define SIGNAL UTRACE_EVENT(SIGNAL)

/* What an engine of the tests returns, and what it was told. */
struct told {
	u32 ret;
	u32 quiesce_ret;
	u32 action;
	u32 quiesce_action;
	unsigned int calls;
};

static u32 tell_quiesce(u32 action, struct utrace_engine *engine,
			struct task_struct *task, unsigned long event)
{
	struct told *told = engine->data;

	told->quiesce_action = action;
	return told->quiesce_ret;
}

static bool tell(struct utrace_report *report, struct utrace_engine *engine,
		 u32 action, u32 *ret)
{
	struct told *told = engine->data;

	told->action = action;
	told->calls++;
	*ret = told->ret;
	return true;
}

static const struct utrace_engine_ops tell_ops = {
	.report_quiesce = tell_quiesce,
};

static const struct {
	unsigned long event, mask;
	bool call, claimed, detached, wants;
	enum utrace_resume_action resume;
} want_rows[] = {
	/* event, mask, call, claimed, detached, wants, resume */
	{ EXEC, EXEC, true, false, false, true, UTRACE_RESUME },
	{ EXEC, CLONE, true, false, false, false, UTRACE_RESUME },
	{ EXEC, 0, true, false, false, false, UTRACE_RESUME },
	/* Without the event itself, QUIESCE gets nothing. */
	{ EXEC, QUIESCE, true, false, false, false, UTRACE_RESUME },
	{ EXEC, EXEC | QUIESCE, true, false, true, false, UTRACE_RESUME },
	/* A report that was asked for: quiesce alone, or as a signal. */
	{ 0, QUIESCE, false, false, false, true, UTRACE_RESUME },
	{ 0, SIGNAL, false, false, false, false, UTRACE_RESUME },
	{ 0, SIGNAL, true, false, false, true, UTRACE_RESUME },
	{ 0, QUIESCE, true, false, false, true, UTRACE_RESUME },
	{ 0, EXEC, true, false, false, false, UTRACE_RESUME },
	/* A step goes to whom has asked for it, whatever its mask. */
	{ SIGNAL, 0, true, true, false, true, UTRACE_SINGLESTEP },
	{ SIGNAL, 0, true, true, false, true, UTRACE_BLOCKSTEP },
	{ SIGNAL, 0, true, true, false, false, UTRACE_RESUME },
	{ SIGNAL, 0, true, false, false, false, UTRACE_SINGLESTEP },
	{ SIGNAL, 0, true, true, true, false, UTRACE_SINGLESTEP },
};

static void test_wants(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(want_rows); i++) {
		struct utrace_report report = {
			.event = want_rows[i].event,
			.call = want_rows[i].call ? tell : NULL,
			.claimed = want_rows[i].claimed,
		};
		struct utrace_engine engine = {
			.flags = want_rows[i].mask,
			.resume = want_rows[i].resume,
			.armed = want_rows[i].resume != UTRACE_RESUME,
			.detached = want_rows[i].detached,
		};

		KUNIT_EXPECT_EQ_MSG(test, wants_report(&report, &engine),
				    want_rows[i].wants, "row %d", i);
	}
}

/* Three engines: what each returns, what each is told, what comes of it. */
/* clang-format off */
static const struct {
	u32 start;
	u32 ret[3], told[3];
	enum utrace_resume_action resume;
	u32 action;
} merge_rows[] = {
	{ 0, { UTRACE_RESUME, UTRACE_RESUME, UTRACE_RESUME },
	  { UTRACE_RESUME, UTRACE_RESUME, UTRACE_RESUME }, UTRACE_RESUME, 0 },
	{ 0, { UTRACE_RESUME, UTRACE_STOP, UTRACE_RESUME },
	  { UTRACE_RESUME, UTRACE_RESUME, UTRACE_STOP }, UTRACE_STOP, 0 },
	{ 0, { UTRACE_BLOCKSTEP, UTRACE_SINGLESTEP, UTRACE_INTERRUPT },
	  { UTRACE_RESUME, UTRACE_BLOCKSTEP, UTRACE_SINGLESTEP },
	  UTRACE_INTERRUPT, 0 },
	{ 0, { UTRACE_REPORT, UTRACE_INTERRUPT, UTRACE_RESUME },
	  { UTRACE_RESUME, UTRACE_REPORT, UTRACE_REPORT }, UTRACE_REPORT, 0 },
	/* Who leaves has no say. */
	{ 0, { UTRACE_DETACH, UTRACE_DETACH, UTRACE_DETACH },
	  { UTRACE_RESUME, UTRACE_RESUME, UTRACE_RESUME }, UTRACE_RESUME, 0 },
	{ 0, { UTRACE_SINGLESTEP, UTRACE_DETACH, UTRACE_RESUME },
	  { UTRACE_RESUME, UTRACE_SINGLESTEP, UTRACE_SINGLESTEP },
	  UTRACE_SINGLESTEP, 0 },
	/* Of the action on the event the last word counts. */
	{ UTRACE_SIGNAL_TERM,
	  { UTRACE_RESUME | UTRACE_SIGNAL_IGN,
	    UTRACE_STOP | UTRACE_SIGNAL_CORE,
	    UTRACE_RESUME | UTRACE_SIGNAL_DELIVER },
	  { UTRACE_RESUME | UTRACE_SIGNAL_TERM,
	    UTRACE_RESUME | UTRACE_SIGNAL_IGN,
	    UTRACE_STOP | UTRACE_SIGNAL_CORE },
	  UTRACE_STOP, UTRACE_SIGNAL_DELIVER },
};

/* clang-format on */

static void merge_row(struct kunit *test, int row)
{
	struct utrace *utrace = utrace_test_utrace(test);
	struct told told[3] = {};
	struct utrace_report report = {
		.event = EXEC,
		.call = tell,
		.action = merge_rows[row].start,
	};
	int i;

	for (i = 0; i < 3; i++) {
		told[i].ret = merge_rows[row].ret[i];
		utrace_test_engine(test, utrace, &tell_ops, &told[i], EXEC);
	}
	utrace_make_report(utrace, &report);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_EQ_MSG(test, told[i].calls, 1U,
				    "row %d, engine %d", row, i);
		KUNIT_EXPECT_EQ_MSG(test, told[i].action,
				    merge_rows[row].told[i],
				    "row %d, engine %d", row, i);
	}
	KUNIT_EXPECT_EQ_MSG(test, report.resume, merge_rows[row].resume,
			    "row %d", row);
	KUNIT_EXPECT_EQ_MSG(test, report.action, merge_rows[row].action,
			    "row %d", row);
}

static void test_merge(struct kunit *test)
{
	int row;

	for (row = 0; row < ARRAY_SIZE(merge_rows); row++)
		merge_row(test, row);
}

/* What quiesce chose is told to the event's callback, whose word counts. */
static void test_quiesce_first(struct kunit *test)
{
	struct utrace *utrace = utrace_test_utrace(test);
	struct told told = { .ret = UTRACE_RESUME, .quiesce_ret = UTRACE_STOP };
	struct utrace_report report = { .event = EXEC, .call = tell };
	struct utrace_engine *engine;

	engine = utrace_test_engine(test, utrace, &tell_ops, &told,
				    EXEC | QUIESCE);
	utrace_make_report(utrace, &report);
	KUNIT_EXPECT_EQ(test, told.quiesce_action, UTRACE_RESUME);
	KUNIT_EXPECT_EQ(test, told.action, UTRACE_STOP);
	KUNIT_EXPECT_EQ(test, report.resume, UTRACE_RESUME);
	KUNIT_EXPECT_FALSE(test, engine->stopped);
}

/* An engine that leaves in quiesce gets no event. */
static void test_quiesce_detach(struct kunit *test)
{
	struct utrace *utrace = utrace_test_utrace(test);
	struct told told = { .quiesce_ret = UTRACE_DETACH };
	struct utrace_report report = { .event = EXEC, .call = tell };

	utrace_test_engine(test, utrace, &tell_ops, &told, EXEC | QUIESCE);
	utrace_make_report(utrace, &report);
	KUNIT_EXPECT_EQ(test, told.calls, 0U);
	KUNIT_EXPECT_TRUE(test, list_empty(&utrace->engines));
}

/*
 * Two engines that look at signals. The trap of a step that one of them asked for
 * is told to both; that of a step that neither did, to none, and a round is made
 * in its place. The wish of one that asks now is for the next step.
 */
static void test_step_of(struct kunit *test, bool armed)
{
	struct utrace *utrace = utrace_test_utrace(test);
	struct told told[2] = { { .ret = UTRACE_RESUME },
				{ .ret = UTRACE_SINGLESTEP } };
	struct utrace_report report = {
		.event = SIGNAL,
		.call = tell,
		.claimed = true,
	};
	struct utrace_engine *engine;
	int i;

	for (i = 0; i < 2; i++) {
		engine = utrace_test_engine(test, utrace, &tell_ops, &told[i],
					    SIGNAL);
		engine->resume = utrace_resume_action(told[i].ret);
	}
	engine->armed = armed;
	utrace_make_report(utrace, &report);
	KUNIT_EXPECT_EQ(test, told[0].calls, armed);
	KUNIT_EXPECT_EQ(test, told[1].calls, armed);
	KUNIT_EXPECT_EQ(test, utrace->report, !armed);
	KUNIT_EXPECT_EQ(test, engine->resume, UTRACE_SINGLESTEP);
}

static void test_step_of_engine(struct kunit *test)
{
	test_step_of(test, true);
}

static void test_step_of_nobody(struct kunit *test)
{
	test_step_of(test, false);
}

static const struct {
	enum utrace_resume_action ret, resume;
	bool stopped, detached, report;
} wish_rows[] = {
	{ UTRACE_STOP, UTRACE_RESUME, true, false, false },
	{ UTRACE_REPORT, UTRACE_REPORT, false, false, true },
	{ UTRACE_SINGLESTEP, UTRACE_SINGLESTEP, false, false, false },
	{ UTRACE_BLOCKSTEP, UTRACE_BLOCKSTEP, false, false, false },
	{ UTRACE_RESUME, UTRACE_RESUME, false, false, false },
	{ UTRACE_DETACH, UTRACE_RESUME, false, true, false },
};

static void test_wish(struct kunit *test)
{
	struct utrace *utrace = utrace_test_utrace(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(wish_rows); i++) {
		struct utrace_engine engine = {
			.resume = UTRACE_RESUME,
			.unanswered = true,
		};

		utrace->report = false;
		spin_lock(&utrace->lock);
		note_wish(utrace, &engine, wish_rows[i].ret);
		spin_unlock(&utrace->lock);
		KUNIT_EXPECT_EQ_MSG(test, engine.resume, wish_rows[i].resume,
				    "row %d", i);
		KUNIT_EXPECT_EQ_MSG(test, engine.stopped, wish_rows[i].stopped,
				    "row %d", i);
		KUNIT_EXPECT_EQ_MSG(test, engine.detached,
				    wish_rows[i].detached, "row %d", i);
		KUNIT_EXPECT_EQ_MSG(test, utrace->report, wish_rows[i].report,
				    "row %d", i);
	}
}

/* A call from outside while the callback ran is the later word. */
static void test_wish_asked(struct kunit *test)
{
	struct utrace *utrace = utrace_test_utrace(test);
	struct utrace_engine engine = { .resume = UTRACE_RESUME };

	utrace->asked = true;
	spin_lock(&utrace->lock);
	note_wish(utrace, &engine, UTRACE_STOP);
	spin_unlock(&utrace->lock);
	KUNIT_EXPECT_FALSE(test, engine.stopped);
}

static struct kunit_case report_cases[] = {
	KUNIT_CASE(test_wants),
	KUNIT_CASE(test_merge),
	KUNIT_CASE(test_quiesce_first),
	KUNIT_CASE(test_quiesce_detach),
	KUNIT_CASE(test_step_of_engine),
	KUNIT_CASE(test_step_of_nobody),
	KUNIT_CASE(test_wish),
	KUNIT_CASE(test_wish_asked),
	{},
};

static struct kunit_suite report_suite = {
	.name = "utrace_report",
	.test_cases = report_cases,
};

kunit_test_suite(report_suite);
