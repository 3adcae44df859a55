/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The session's thread, and what it does for packets that end something.
 */
#ifndef GDBSTUB_SERVE_H
#define GDBSTUB_SERVE_H

#include <linux/types.h>

struct gdb_process;
struct gdb_session;

int serve_main(void *session);
void serve_interrupt(struct gdb_session *session);
void serve_leave_process(struct gdb_session *session,
			 struct gdb_process *process, bool is_detach);

#endif /* GDBSTUB_SERVE_H */
