// SPDX-License-Identifier: GPL-2.0-only
/* KUnit suite of the pure file of the same stem. */
#include <linux/module.h>

#include "packet_cases.h"

static struct kunit_suite packet_suite = {
	.name = "gdbstub_packet",
	.test_cases = packet_cases,
};

kunit_test_suite(packet_suite);

MODULE_DESCRIPTION("KUnit tests of the pure files of gdbstub");
MODULE_LICENSE("GPL");
