/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers at random that a seed repeats, for tests of pure files. The generator
 * is Marsaglia's xorshift64*.
 */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include "pure.h"

/* Never 0. */
static u64 seed = 0x9e3779b97f4a7c15ULL;

static inline u64 rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed * 0x2545f4914f6cdd1dULL;
}

static inline unsigned int below(unsigned int n)
{
	return (rnd() >> 32) % n;
}

#endif /* TESTS_RANDOM_H */
