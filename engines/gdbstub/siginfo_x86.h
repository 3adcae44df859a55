/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A siginfo as programs of 32 bits know it. Pure.
 */
#ifndef GDBSTUB_SIGINFO_X86_H
#define GDBSTUB_SIGINFO_X86_H

#include "pure.h"

/* All that user space sees of it, in either layout. */
#define SIGINFO_SIZE 128

/* What of the 64-bit layout the kernel keeps. */
#define SIGINFO_KEPT 48

/**
 * siginfo_to_32() - the layout of 32 bits
 * @to: SIGINFO_SIZE bytes
 * @from: SIGINFO_KEPT bytes of the layout of 64 bits
 */
void siginfo_to_32(u8 *to, const u8 *from);

/**
 * siginfo_from_32() - take over what was changed in the layout of 32 bits
 * @to: SIGINFO_KEPT bytes of the layout of 64 bits; what the other one cannot say
 *	stays as it is
 * @from: SIGINFO_SIZE bytes
 */
void siginfo_from_32(u8 *to, const u8 *from);

#endif /* GDBSTUB_SIGINFO_X86_H */
