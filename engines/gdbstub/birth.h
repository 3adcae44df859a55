/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The children of a traced thread.
 */
#ifndef GDBSTUB_BIRTH_H
#define GDBSTUB_BIRTH_H

#include "thread.h"

enum stop_kind take_child(struct gdb_thread *thread, struct task_struct *child,
			  unsigned long clone_flags);

#endif /* GDBSTUB_BIRTH_H */
