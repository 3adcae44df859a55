// SPDX-License-Identifier: GPL-2.0-only
/* KUnit suite of the pure file of the same stem. */
#include "siginfo_x86_cases.h"

static struct kunit_suite siginfo_x86_suite = {
	.name = "gdbstub_siginfo_x86",
	.test_cases = siginfo_x86_cases,
};

kunit_test_suite(siginfo_x86_suite);
