/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the fuzz targets share. Each target is one file with libFuzzer's entry
 * point; linked with main.c it runs on files instead, so that an input that was
 * found stays a test without libFuzzer (and other fuzzers can be used).
 */
#ifndef UG_FUZZ_H
#define UG_FUZZ_H

#include <stdio.h>
#include <stdlib.h>

#include "pure.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* A property that must hold for every input; NDEBUG does not switch it off. */
#define MUST(cond)                                                          \
	do {                                                                \
		if (!(cond)) {                                              \
			fprintf(stderr, "%s:%d: must hold: %s\n", __FILE__, \
				__LINE__, #cond);                           \
			abort();                                            \
		}                                                           \
	} while (0)

#endif /* UG_FUZZ_H */
