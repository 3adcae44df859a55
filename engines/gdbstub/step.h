/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sending a thread over a breakpoint without anyone missing it.
 */
#ifndef GDBSTUB_STEP_H
#define GDBSTUB_STEP_H

struct breakpoint_table;
struct gdb_process;
struct gdb_session;
struct gdb_thread;

/**
 * enum step_over - how a thread gets over the breakpoint at its pc
 * @STEP_OVER_DONE: it is over it: the instruction was emulated
 * @STEP_OVER_OUTLINE: its pc is at a copy of the instruction, which brings it
 *	behind the breakpoint
 * @STEP_OVER_GONE: there is nothing to step over (any more)
 * @STEP_OVER_ARMED: the breakpoint is lifted; the thread has to single-step
 * @STEP_OVER_BUSY: another thread is on its way; the caller waits, held
 */
enum step_over {
	STEP_OVER_DONE,
	STEP_OVER_OUTLINE,
	STEP_OVER_GONE,
	STEP_OVER_ARMED,
	STEP_OVER_BUSY,
};

enum step_over step_over_begin(struct gdb_thread *thread);
void step_over_end(struct gdb_thread *thread);
void step_over_repair(struct gdb_thread *thread);
void step_over_end_halted(struct gdb_process *process);
bool step_over_holds(struct gdb_thread *thread);
void step_over_release(struct gdb_session *session,
		       struct breakpoint_table *table);

#endif /* GDBSTUB_STEP_H */
