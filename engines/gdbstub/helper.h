/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records between the session and the process that opened the device.
 */
#ifndef GDBSTUB_HELPER_H
#define GDBSTUB_HELPER_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "uapi/gdbstub.h"

/**
 * struct helper_record - one record to user space
 * @entry: in helper.queue
 * @head: as user space gets it
 * @data: @head.len bytes
 */
struct helper_record {
	struct list_head entry;
	struct gdbstub_record head;
	u8 data[];
};

/* Records that the opener may leave unread before no child is followed. */
#define HELPER_RECORDS_MAX 256

/**
 * struct gdb_helper - the opener's side of a session
 */
struct gdb_helper {
	/** @lock: under it everything here; innermost. */
	spinlock_t lock;
	/** @queue: struct helper_record, oldest first. */
	struct list_head queue;
	/** @nr: entries of @queue. */
	unsigned int nr;
	/** @wait: the opener sleeps here for a record. */
	wait_queue_head_t wait;
	/** @next_cookie: names the next packet. */
	u64 next_cookie;
	/** @awaited: cookie of the packet that waits for its answer; 0: none. */
	u64 awaited;
};

void helper_init(struct gdb_helper *helper);
void helper_exit(struct gdb_helper *helper);
int helper_push(struct gdb_helper *helper, u32 type, pid_t pid, int status);
int helper_push_packet(struct gdb_helper *helper, pid_t pid, const u8 *data,
		       size_t len);
bool helper_is_full(struct gdb_helper *helper);
bool helper_has_record(struct gdb_helper *helper);
struct helper_record *helper_pop(struct gdb_helper *helper, size_t room);
bool helper_is_awaited(struct gdb_helper *helper);
bool helper_take_answer(struct gdb_helper *helper, u64 cookie, bool is_final);
void helper_cancel(struct gdb_helper *helper);

#endif /* GDBSTUB_HELPER_H */
