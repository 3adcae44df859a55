// SPDX-License-Identifier: GPL-2.0-only
/* KUnit suite of the pure file of the same stem. */
#include "proto_cases.h"

static struct kunit_suite proto_suite = {
	.name = "gdbstub_proto",
	.test_cases = proto_cases,
};

kunit_test_suite(proto_suite);
