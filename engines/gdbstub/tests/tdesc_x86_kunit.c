// SPDX-License-Identifier: GPL-2.0-only
/* KUnit suite of the pure file of the same stem. */
#include "tdesc_x86_cases.h"

static struct kunit_suite tdesc_x86_suite = {
	.name = "gdbstub_tdesc_x86",
	.test_cases = tdesc_x86_cases,
};

kunit_test_suite(tdesc_x86_suite);
