/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The time between two clients of a session with tracepoints.
 */
#ifndef GDBSTUB_ABSENCE_H
#define GDBSTUB_ABSENCE_H

#include <linux/types.h>

struct gdb_process;
struct gdb_session;

struct gdb_process *absence_process(struct gdb_session *session);
bool absence_after_detach(struct gdb_process *process);
void absence_begin(struct gdb_process *process, bool is_detach);
bool absence_end(struct gdb_session *session);

#endif /* GDBSTUB_ABSENCE_H */
