/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The current thread's memory, as conditions, commands and collections see it.
 */
#ifndef GDBSTUB_OWN_MEMORY_H
#define GDBSTUB_OWN_MEMORY_H

#include <linux/types.h>

struct gdb_thread;

bool own_memory_must_come(struct gdb_thread *thread);
size_t own_memory_peek(struct gdb_thread *thread, u64 addr, void *buf,
		       size_t len);
ssize_t own_memory_read(struct gdb_thread *thread, u64 addr, void *buf,
			size_t len);
ssize_t own_memory_read_all(struct gdb_thread *thread, u64 addr, void *buf,
			    size_t len);

#endif /* GDBSTUB_OWN_MEMORY_H */
