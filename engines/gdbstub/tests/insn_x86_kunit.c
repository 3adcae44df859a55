// SPDX-License-Identifier: GPL-2.0-only
/* KUnit suite of the pure file of the same stem. */
#include "insn_x86_cases.h"

static struct kunit_suite insn_x86_suite = {
	.name = "gdbstub_insn_x86",
	.test_cases = insn_x86_cases,
};

kunit_test_suite(insn_x86_suite);
