// SPDX-License-Identifier: GPL-2.0-only
/* KUnit suite of the pure file of the same stem. */
#include "trace_buffer_cases.h"

static struct kunit_suite trace_buffer_suite = {
	.name = "gdbstub_trace_buffer",
	.test_cases = trace_buffer_cases,
};

kunit_test_suite(trace_buffer_suite);
