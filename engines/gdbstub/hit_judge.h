/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What becomes of a thread that hit a breakpoint.
 */
#ifndef GDBSTUB_HIT_JUDGE_H
#define GDBSTUB_HIT_JUDGE_H

#include <linux/types.h>

struct gdb_thread;
struct pt_regs;

/**
 * enum hit - what becomes of a thread that hit a breakpoint
 * @HIT_PASS: it goes over it
 * @HIT_STOP: the client wants to know
 * @HIT_AGAIN: it tries again a little later
 */
enum hit {
	HIT_PASS,
	HIT_STOP,
	HIT_AGAIN,
};

enum hit hit_judge(struct gdb_thread *thread, struct pt_regs *regs, u8 *users);

#endif /* GDBSTUB_HIT_JUDGE_H */
