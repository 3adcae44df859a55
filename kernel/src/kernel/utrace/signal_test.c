// SPDX-License-Identifier: GPL-2.0-only
/* KUnit: the classes of signals, and what comes of what engines chose. */
#include "test.h"

#define SOME_HANDLER ((__sighandler_t)0x1000)

static const struct {
	int signr;
	__sighandler_t handler;
	unsigned long event;
	u32 action;
} class_rows[] = {
	{ SIGUSR1, SOME_HANDLER, UTRACE_EVENT(SIGNAL), UTRACE_SIGNAL_DELIVER },
	{ SIGTSTP, SOME_HANDLER, UTRACE_EVENT(SIGNAL), UTRACE_SIGNAL_DELIVER },
	{ SIGCHLD, SOME_HANDLER, UTRACE_EVENT(SIGNAL), UTRACE_SIGNAL_DELIVER },
	{ SIGUSR1, SIG_IGN, UTRACE_EVENT(SIGNAL_IGN), UTRACE_SIGNAL_IGN },
	{ SIGTSTP, SIG_IGN, UTRACE_EVENT(SIGNAL_IGN), UTRACE_SIGNAL_IGN },
	{ SIGCHLD, SIG_DFL, UTRACE_EVENT(SIGNAL_IGN), UTRACE_SIGNAL_IGN },
	{ SIGCONT, SIG_DFL, UTRACE_EVENT(SIGNAL_IGN), UTRACE_SIGNAL_IGN },
	{ SIGWINCH, SIG_DFL, UTRACE_EVENT(SIGNAL_IGN), UTRACE_SIGNAL_IGN },
	{ SIGURG, SIG_DFL, UTRACE_EVENT(SIGNAL_IGN), UTRACE_SIGNAL_IGN },
	{ SIGSTOP, SIG_DFL, UTRACE_EVENT(SIGNAL_STOP), UTRACE_SIGNAL_STOP },
	{ SIGTSTP, SIG_DFL, UTRACE_EVENT(SIGNAL_STOP), UTRACE_SIGNAL_TSTP },
	{ SIGTTIN, SIG_DFL, UTRACE_EVENT(SIGNAL_STOP), UTRACE_SIGNAL_TSTP },
	{ SIGTTOU, SIG_DFL, UTRACE_EVENT(SIGNAL_STOP), UTRACE_SIGNAL_TSTP },
	{ SIGSEGV, SIG_DFL, UTRACE_EVENT(SIGNAL_CORE), UTRACE_SIGNAL_CORE },
	{ SIGTRAP, SIG_DFL, UTRACE_EVENT(SIGNAL_CORE), UTRACE_SIGNAL_CORE },
	{ SIGXFSZ, SIG_DFL, UTRACE_EVENT(SIGNAL_CORE), UTRACE_SIGNAL_CORE },
	{ SIGTERM, SIG_DFL, UTRACE_EVENT(SIGNAL_TERM), UTRACE_SIGNAL_TERM },
	{ SIGUSR1, SIG_DFL, UTRACE_EVENT(SIGNAL_TERM), UTRACE_SIGNAL_TERM },
	{ SIGRTMIN, SIG_DFL, UTRACE_EVENT(SIGNAL_TERM), UTRACE_SIGNAL_TERM },
};

static void test_classify(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(class_rows); i++) {
		struct k_sigaction ka = {
			.sa.sa_handler = class_rows[i].handler,
		};
		unsigned long event;
		u32 action;

		event = classify(class_rows[i].signr, &ka, &action);
		KUNIT_EXPECT_EQ_MSG(test, event, class_rows[i].event, "row %d",
				    i);
		KUNIT_EXPECT_EQ_MSG(test, action, class_rows[i].action,
				    "row %d", i);
	}
}

/* What forces the default action keeps the number for the wait status. */
static const struct {
	u32 action;
	int acts_as;
	bool ka_given, ka_used;
} forced_rows[] = {
	{ UTRACE_SIGNAL_DELIVER, SIGUSR1, false, false },
	{ UTRACE_SIGNAL_DELIVER, SIGUSR1, true, true },
	{ UTRACE_SIGNAL_TERM, SIGTERM, false, true },
	{ UTRACE_SIGNAL_CORE, SIGQUIT, false, true },
	{ UTRACE_SIGNAL_STOP, SIGSTOP, false, true },
	{ UTRACE_SIGNAL_TSTP, SIGTSTP, true, true },
};

static void test_disposition(struct kunit *test)
{
	struct utrace *utrace = utrace_test_utrace(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(forced_rows); i++) {
		utrace->ka.sa.sa_handler = SOME_HANDLER;
		set_disposition(utrace, SIGUSR1, forced_rows[i].action,
				forced_rows[i].ka_given);
		KUNIT_EXPECT_EQ_MSG(test, utrace->signr, SIGUSR1, "row %d", i);
		KUNIT_EXPECT_EQ_MSG(test, utrace->default_signr,
				    forced_rows[i].acts_as, "row %d", i);
		KUNIT_EXPECT_EQ_MSG(test, utrace->use_ka,
				    forced_rows[i].ka_used, "row %d", i);
		KUNIT_EXPECT_EQ_MSG(test, utrace->ka.sa.sa_handler == SIG_DFL,
				    forced_rows[i].acts_as != SIGUSR1, "row %d",
				    i);
	}
}

/* A SIGUSR1 that would end the process, as the engines leave it. */
static const struct {
	u32 action;
	int signr, ret, noted;
	bool edit_ka, claimed;
} settle_rows[] = {
	/* action, number in info, goes on with, disposition noted for */
	{ UTRACE_SIGNAL_TERM, SIGUSR1, SIGUSR1, 0, false, false },
	{ UTRACE_SIGNAL_IGN, SIGUSR1, 0, 0, false, false },
	{ UTRACE_SIGNAL_REPORT, SIGUSR1, 0, 0, false, false },
	{ UTRACE_SIGNAL_CORE, SIGUSR1, SIGUSR1, SIGUSR1, false, false },
	{ UTRACE_SIGNAL_DELIVER, SIGUSR1, SIGUSR1, SIGUSR1, true, false },
	{ UTRACE_SIGNAL_TERM, SIGUSR1, SIGUSR1, SIGUSR1, true, false },
	/* A rewritten number goes its own way. */
	{ UTRACE_SIGNAL_TERM, SIGHUP, SIGHUP, 0, false, false },
	/* The trap of a step that nobody changed is not the program's. */
	{ UTRACE_SIGNAL_TERM, SIGTRAP, 0, 0, false, true },
	{ UTRACE_SIGNAL_CORE, SIGTRAP, SIGTRAP, SIGTRAP, false, true },
	{ UTRACE_SIGNAL_TERM, SIGHUP, SIGHUP, 0, false, true },
};

static void settle_row(struct kunit *test, int row)
{
	struct utrace *utrace = utrace_test_utrace(test);
	struct k_sigaction orig_ka = { .sa.sa_handler = SIG_DFL };
	struct ksignal ksig = {};
	struct utrace_report report = {
		.ksig = &ksig,
		.orig_ka = &orig_ka,
		.action = settle_rows[row].action,
		.claimed = settle_rows[row].claimed,
	};
	int signr;

	ksig.info.si_signo = settle_rows[row].signr;
	utrace->ka = orig_ka;
	if (settle_rows[row].edit_ka)
		utrace->ka.sa.sa_handler = SOME_HANDLER;
	signr = settle_filtered(utrace, &report, SIGUSR1, UTRACE_SIGNAL_TERM);
	KUNIT_EXPECT_EQ_MSG(test, signr, settle_rows[row].ret, "row %d", row);
	KUNIT_EXPECT_EQ_MSG(test, utrace->signr, settle_rows[row].noted,
			    "row %d", row);
}

static void test_settle(struct kunit *test)
{
	int row;

	for (row = 0; row < ARRAY_SIZE(settle_rows); row++)
		settle_row(test, row);
}

/* A signal put into a report that came without one. */
static const struct {
	u32 action;
	int signr, ret;
} inject_rows[] = {
	{ UTRACE_SIGNAL_REPORT, SIGUSR1, 0 },
	{ UTRACE_SIGNAL_HANDLER, SIGUSR1, 0 },
	{ UTRACE_SIGNAL_IGN, SIGUSR1, 0 },
	{ UTRACE_SIGNAL_DELIVER, SIGUSR1, SIGUSR1 },
	{ UTRACE_SIGNAL_TERM, SIGUSR1, SIGUSR1 },
	{ UTRACE_SIGNAL_DELIVER, 0, 0 },
	{ UTRACE_SIGNAL_DELIVER, _NSIG, _NSIG },
	{ UTRACE_SIGNAL_DELIVER, _NSIG + 1, 0 },
};

static void test_inject(struct kunit *test)
{
	struct utrace *utrace = utrace_test_utrace(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(inject_rows); i++) {
		struct ksignal ksig = {};
		struct utrace_report report = {
			.ksig = &ksig,
			.action = inject_rows[i].action,
		};

		ksig.info.si_signo = inject_rows[i].signr;
		KUNIT_EXPECT_EQ_MSG(test, settle_injected(utrace, &report),
				    inject_rows[i].ret, "row %d", i);
	}
}

/* While the task is held, info is kept for the report that follows. */
static void test_park(struct kunit *test)
{
	struct utrace *utrace = utrace_test_utrace(test);
	kernel_siginfo_t info = {}, later = {};

	info.si_signo = SIGUSR1;
	park_info(utrace, &info);
	KUNIT_EXPECT_FALSE(test, utrace->parked);
	utrace->hold = true;
	park_info(utrace, &info);
	KUNIT_EXPECT_TRUE(test, utrace->parked);
	unpark_info(utrace, &later);
	KUNIT_EXPECT_EQ(test, later.si_signo, SIGUSR1);
	unpark_info(utrace, &later);
	KUNIT_EXPECT_EQ(test, later.si_signo, 0);
	utrace->hold = false;
	utrace->report = true;
	park_info(utrace, &info);
	KUNIT_EXPECT_TRUE(test, utrace->parked);
}

/* clang-format off */
static struct kunit_case signal_cases[] = {
	KUNIT_CASE(test_classify),
	KUNIT_CASE(test_disposition),
	KUNIT_CASE(test_settle),
	KUNIT_CASE(test_inject),
	KUNIT_CASE(test_park),
	{},
};

/* clang-format on */

static struct kunit_suite signal_suite = {
	.name = "utrace_signal",
	.test_cases = signal_cases,
};

kunit_test_suite(signal_suite);
