// SPDX-License-Identifier: GPL-2.0-only
/*
 * The queue of records to the opener of the device, and the one packet that
 * waits for its answer.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "helper.h"

void helper_init(struct gdb_helper *helper)
{
	spin_lock_init(&helper->lock);
	INIT_LIST_HEAD(&helper->queue);
	init_waitqueue_head(&helper->wait);
}

void helper_exit(struct gdb_helper *helper)
{
	struct helper_record *record, *next;

	list_for_each_entry_safe(record, next, &helper->queue, entry)
		kvfree(record);
	INIT_LIST_HEAD(&helper->queue);
}

static struct helper_record *alloc_record(u32 type, pid_t pid, size_t len)
{
	struct helper_record *record;

	record = kvzalloc(struct_size(record, data, len), GFP_KERNEL_ACCOUNT);
	if (!record)
		return NULL;
	record->head.type = type;
	record->head.len = len;
	record->head.pid = pid;
	return record;
}

static void queue_record(struct gdb_helper *helper,
			 struct helper_record *record)
{
	lockdep_assert_held(&helper->lock);
	list_add_tail(&record->entry, &helper->queue);
	WRITE_ONCE(helper->nr, helper->nr + 1);
	wake_up_interruptible(&helper->wait);
}

static void take_first(struct gdb_helper *helper, struct helper_record *record)
{
	lockdep_assert_held(&helper->lock);
	list_del(&record->entry);
	WRITE_ONCE(helper->nr, helper->nr - 1);
}

/**
 * helper_push() - tell the opener something
 * @helper: the opener's side
 * @type: enum gdbstub_record_type
 * @pid: the process it is about
 * @status: see the record types
 *
 * The number of records is bounded: each START brings at most one of each type
 * but one CLOSED more for its socket, and each child that is followed at most one
 * EXITED, DETACHED and CLOSED. The opener does the former itself; no child is
 * followed when helper_is_full().
 *
 * Context: task; may sleep (allocates), does not wait for the opener.
 * Return: 0 or -ENOMEM.
 */
int helper_push(struct gdb_helper *helper, u32 type, pid_t pid, int status)
{
	struct helper_record *record = alloc_record(type, pid, 0);

	if (!record)
		return -ENOMEM;
	record->head.status = status;
	spin_lock(&helper->lock);
	queue_record(helper, record);
	spin_unlock(&helper->lock);
	return 0;
}

/**
 * helper_push_packet() - have a packet answered by the opener
 * @helper: the opener's side
 * @pid: the process that the client has selected, or 0
 * @data: the payload; copied
 * @len: bytes at @data
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: 0: helper_is_awaited() until the answer comes; or -ENOMEM.
 */
int helper_push_packet(struct gdb_helper *helper, pid_t pid, const u8 *data,
		       size_t len)
{
	struct helper_record *record;

	record = alloc_record(GDBSTUB_RECORD_PACKET, pid, len);
	if (!record)
		return -ENOMEM;
	memcpy(record->data, data, len);
	spin_lock(&helper->lock);
	record->head.cookie = ++helper->next_cookie;
	helper->awaited = record->head.cookie;
	queue_record(helper, record);
	spin_unlock(&helper->lock);
	return 0;
}

/**
 * helper_is_full() - does the opener read nothing?
 * @helper: the opener's side
 *
 * Then the children of a fork are not followed: each would bring a record, and
 * they cost the opener nothing.
 *
 * Context: any.
 * Return: whether.
 */
bool helper_is_full(struct gdb_helper *helper)
{
	return READ_ONCE(helper->nr) >= HELPER_RECORDS_MAX;
}

/**
 * helper_has_record() - is there a record to read?
 * @helper: the opener's side
 *
 * Context: any.
 * Return: whether, at this moment.
 */
bool helper_has_record(struct gdb_helper *helper)
{
	return !list_empty_careful(&helper->queue);
}

/**
 * helper_pop() - take the oldest record
 * @helper: the opener's side
 * @room: bytes that the reader has room for, the header included
 *
 * Context: task.
 * Return: the record, which is the caller's to kvfree(); NULL: there is none;
 * or -EMSGSIZE: it needs more room, and stays.
 */
struct helper_record *helper_pop(struct gdb_helper *helper, size_t room)
{
	struct helper_record *record;

	spin_lock(&helper->lock);
	record = list_first_entry_or_null(&helper->queue, struct helper_record,
					  entry);
	if (record && sizeof(record->head) + record->head.len > room)
		record = ERR_PTR(-EMSGSIZE);
	else if (record)
		take_first(helper, record);
	spin_unlock(&helper->lock);
	return record;
}

/**
 * helper_is_awaited() - does a packet wait for its answer?
 * @helper: the opener's side
 *
 * Context: any.
 * Return: whether.
 */
bool helper_is_awaited(struct gdb_helper *helper)
{
	return READ_ONCE(helper->awaited);
}

/**
 * helper_take_answer() - is this the answer that is awaited?
 * @helper: the opener's side
 * @cookie: names the packet
 * @is_final: nothing is awaited afterwards
 *
 * Context: task.
 * Return: whether: an answer to a packet comes once.
 */
bool helper_take_answer(struct gdb_helper *helper, u64 cookie, bool is_final)
{
	bool match;

	spin_lock(&helper->lock);
	match = cookie && cookie == helper->awaited;
	if (match && is_final)
		WRITE_ONCE(helper->awaited, 0);
	spin_unlock(&helper->lock);
	return match;
}

/**
 * helper_cancel() - no answer is awaited: the client is gone
 * @helper: the opener's side
 *
 * Context: session.cmd_lock held.
 */
void helper_cancel(struct gdb_helper *helper)
{
	spin_lock(&helper->lock);
	WRITE_ONCE(helper->awaited, 0);
	spin_unlock(&helper->lock);
}
