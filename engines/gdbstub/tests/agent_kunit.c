// SPDX-License-Identifier: GPL-2.0-only
/* KUnit suite of the pure file of the same stem. */
#include "agent_cases.h"

static struct kunit_suite agent_suite = {
	.name = "gdbstub_agent",
	.test_cases = agent_cases,
};

kunit_test_suite(agent_suite);
