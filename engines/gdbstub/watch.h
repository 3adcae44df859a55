/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hardware breakpoints and watchpoints on the debug registers.
 */
#ifndef GDBSTUB_WATCH_H
#define GDBSTUB_WATCH_H

#include <linux/types.h>

struct gdb_process;
struct gdb_thread;
struct perf_event;
struct stop_event;

/* Debug registers of one thread that can hold an address. */
#define WATCH_SLOTS 4

/* As in the Z packets. */
enum watch_type {
	WATCH_EXECUTE = 1,
	WATCH_WRITE = 2,
	WATCH_ACCESS = 4,
};

/**
 * struct watch_slot - one debug register of every thread of a process
 * @type: WATCH_*; 0: the slot is free
 * @len: bytes covered by this register: 1, 2, 4 or 8
 * @addr: first address covered, aligned to @len
 * @watch_addr: what the client asked for: with an odd range several slots
 *	belong to one watchpoint
 * @watch_len: likewise, bytes
 */
struct watch_slot {
	u8 type;
	u8 len;
	u64 addr;
	u64 watch_addr;
	u64 watch_len;
};

/**
 * struct watch_event - one debug register of one thread
 * @event: NULL when it is not in use
 * @thread: whose it is, for the debug exception's handler
 */
struct watch_event {
	struct perf_event *event;
	struct gdb_thread *thread;
};

int watch_insert(struct gdb_process *process, enum watch_type type, u64 addr,
		 u64 len);
int watch_remove(struct gdb_process *process, enum watch_type type, u64 addr,
		 u64 len);
void watch_remove_all(struct gdb_process *process);
void watch_forget_all(struct gdb_process *process, struct gdb_thread *thread);
int watch_install_thread(struct gdb_process *process,
			 struct gdb_thread *thread);
void watch_remove_thread(struct gdb_thread *thread);
bool watch_take_hit(struct gdb_process *process, struct gdb_thread *thread,
		    struct stop_event *event);

#endif /* GDBSTUB_WATCH_H */
