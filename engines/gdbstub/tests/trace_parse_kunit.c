// SPDX-License-Identifier: GPL-2.0-only
/* KUnit suite of the pure file of the same stem. */
#include "trace_parse_cases.h"

static struct kunit_suite trace_parse_suite = {
	.name = "gdbstub_trace_parse",
	.test_cases = trace_parse_cases,
};

kunit_test_suite(trace_parse_suite);
