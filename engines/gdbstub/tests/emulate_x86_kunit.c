// SPDX-License-Identifier: GPL-2.0-only
/* KUnit suite of the pure file of the same stem. */
#include "emulate_x86_cases.h"

static struct kunit_suite emulate_x86_suite = {
	.name = "gdbstub_emulate_x86",
	.test_cases = emulate_x86_cases,
};

kunit_test_suite(emulate_x86_suite);
