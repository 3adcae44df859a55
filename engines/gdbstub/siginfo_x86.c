// SPDX-License-Identifier: GPL-2.0-only
/*
 * A siginfo as programs of 32 bits know it. Both layouts begin with si_signo,
 * si_errno and si_code; what follows depends on the first and the last of these.
 * All of it is words of 32 bits, or numbers and addresses of which such a program
 * has the lower half. Pure.
 */
#include "siginfo_x86.h"

#define HEAD_SIZE 12
#define WORD_SIZE 4

/* Where a word is: in the layout of 64 bits, and in that of 32. */
struct word {
	u8 at_64;
	u8 at_32;
};

/* Sender, user and value; or number, overruns and value of a timer. */
static const struct word sent[] = { { 16, 12 }, { 20, 16 }, { 24, 20 }, {} };

/* Child, user, status and two times. */
static const struct word child[] = {
	{ 16, 12 }, { 20, 16 }, { 24, 20 }, { 32, 24 }, { 40, 28 }, {},
};

/* Address, the number of bits that are valid in it, bounds or key. */
static const struct word fault[] = {
	{ 16, 12 }, { 24, 16 }, { 32, 20 }, { 40, 24 }, {},
};

/* Address, and data, type and flags of a perf event. */
static const struct word perf[] = {
	{ 16, 12 }, { 24, 16 }, { 32, 20 }, { 36, 24 }, {},
};

/* Band and descriptor. */
static const struct word poll[] = { { 16, 12 }, { 24, 16 }, {} };

/* Address, number and architecture of a system call. */
static const struct word call[] = { { 16, 12 }, { 24, 16 }, { 28, 20 }, {} };

enum {
	NR_SIGILL = 4,
	NR_SIGTRAP = 5,
	NR_SIGBUS = 7,
	NR_SIGFPE = 8,
	NR_SIGSEGV = 11,
	NR_SIGCHLD = 17,
	NR_SIGIO = 29,
	NR_SIGSYS = 31,
};

enum {
	CODE_SIGIO = -5,
	CODE_USER = 0,
	CODE_PERF = 6,
	CODE_KERNEL = 0x80,
};

static const struct word *words_of(s32 signo, s32 code)
{
	if (code == CODE_SIGIO)
		return poll;
	if (code <= CODE_USER || code >= CODE_KERNEL)
		return sent;
	switch (signo) {
	case NR_SIGTRAP:
		return code == CODE_PERF ? perf : fault;
	case NR_SIGILL:
	case NR_SIGBUS:
	case NR_SIGFPE:
	case NR_SIGSEGV:
		return fault;
	case NR_SIGCHLD:
		return child;
	case NR_SIGSYS:
		return call;
	case NR_SIGIO:
	default:
		return poll;
	}
}

static const struct word *words_in(const u8 *info)
{
	s32 signo, code;

	memcpy(&signo, info, sizeof(signo));
	memcpy(&code, info + 8, sizeof(code));
	return words_of(signo, code);
}

void siginfo_to_32(u8 *to, const u8 *from)
{
	const struct word *word;

	memset(to, 0, SIGINFO_SIZE);
	memcpy(to, from, HEAD_SIZE);
	for (word = words_in(from); word->at_64; word++)
		memcpy(to + word->at_32, from + word->at_64, WORD_SIZE);
}

void siginfo_from_32(u8 *to, const u8 *from)
{
	const struct word *word;

	memcpy(to, from, HEAD_SIZE);
	for (word = words_in(from); word->at_64; word++)
		memcpy(to + word->at_64, from + word->at_32, WORD_SIZE);
}
