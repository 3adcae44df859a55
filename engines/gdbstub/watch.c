// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hardware breakpoints and watchpoints: perf events of the kernel's own, one
 * for each slot and thread. The kernel does the accounting of the debug
 * registers, so those of a ptracer or of perf only cost slots.
 *
 * Events are made and destroyed in task context with no spinlock held: by the
 * holder of session.cmd_lock for stopped threads and guests, by report_clone for
 * a child that has not run, by report_exec for the thread itself.
 */
#include <linux/err.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <linux/sched/task.h>

#include "session.h"
#include "watch.h"

/*
 * The debug exception. Nothing can be looked up here: the hit is noted, and the
 * thread comes to its callback before it returns to user mode.
 */
static void note_hit(struct perf_event *event, struct perf_sample_data *data,
		     struct pt_regs *regs)
{
	struct watch_event *hw = event->overflow_handler_context;

	set_bit(hw - hw->thread->hw, &hw->thread->hw_hits);
	utrace_poke();
}

static u32 bp_type(enum watch_type type)
{
	switch (type) {
	case WATCH_EXECUTE:
		return HW_BREAKPOINT_X;
	case WATCH_WRITE:
		return HW_BREAKPOINT_W;
	default:
		/* x86 cannot watch for reads alone; gdb sorts that out. */
		return HW_BREAKPOINT_RW;
	}
}

static int install_slot(struct gdb_process *process, struct gdb_thread *thread,
			unsigned int nr)
{
	struct watch_slot *slot = &process->watches[nr];
	struct watch_event *hw = &thread->hw[nr];
	struct perf_event_attr attr;
	struct perf_event *event;

	if (hw->event)
		return 0;
	hw_breakpoint_init(&attr);
	attr.bp_addr = slot->addr;
	attr.bp_len = slot->type == WATCH_EXECUTE ? sizeof(long) : slot->len;
	attr.bp_type = bp_type(slot->type);
	hw->thread = thread;
	clear_bit(nr, &thread->hw_hits);
	event = register_user_hw_breakpoint(&attr, note_hit, hw, thread->task);
	if (IS_ERR(event))
		return PTR_ERR(event);
	hw->event = event;
	return 0;
}

static void remove_slot(struct gdb_thread *thread, unsigned int nr)
{
	struct perf_event *event = thread->hw[nr].event;

	thread->hw[nr].event = NULL;
	if (event)
		unregister_hw_breakpoint(event);
	clear_bit(nr, &thread->hw_hits);
}

/**
 * watch_install_thread() - give a thread what its process has
 * @process: the process
 * @thread: not running: stopped, or newborn
 *
 * Context: task; may sleep.
 * Return: 0 or a negative errno: -ENOSPC: no debug register is free. What was
 * installed stays.
 */
int watch_install_thread(struct gdb_process *process, struct gdb_thread *thread)
{
	unsigned int nr;
	int ret = 0;

	for (nr = 0; nr < WATCH_SLOTS && !ret; nr++)
		if (process->watches[nr].type)
			ret = install_slot(process, thread, nr);
	return ret;
}

/**
 * watch_remove_thread() - free a thread's debug registers
 * @thread: the thread
 *
 * Context: task; may sleep.
 */
void watch_remove_thread(struct gdb_thread *thread)
{
	unsigned int nr;

	for (nr = 0; nr < WATCH_SLOTS; nr++)
		remove_slot(thread, nr);
}

/*
 * Call a function for each living thread. session.lock cannot be held over it;
 * session.cmd_lock keeps the list's entries, and threads are only appended.
 */
static int visit_living(struct gdb_process *process,
			int (*fn)(struct gdb_process *process,
				  struct gdb_thread *thread))
{
	struct gdb_session *session = process->session;
	struct gdb_thread *thread;
	int ret = 0;

	spin_lock(&session->lock);
	list_for_each_entry(thread, &process->threads, entry) {
		if (thread->state == THREAD_DEAD || thread->guest)
			continue;
		spin_unlock(&session->lock);
		ret = fn(process, thread);
		spin_lock(&session->lock);
		if (ret)
			break;
	}
	spin_unlock(&session->lock);
	return ret;
}

/* A thread that is just dying needs none. */
static int install_living(struct gdb_process *process,
			  struct gdb_thread *thread)
{
	int ret = watch_install_thread(process, thread);

	return ret == -ESRCH ? 0 : ret;
}

static int remove_unused(struct gdb_process *process, struct gdb_thread *thread)
{
	unsigned int nr;

	for (nr = 0; nr < WATCH_SLOTS; nr++)
		if (!process->watches[nr].type)
			remove_slot(thread, nr);
	return 0;
}

static bool is_same(const struct watch_slot *slot, enum watch_type type,
		    u64 addr, u64 len)
{
	return slot->type == type && slot->watch_addr == addr &&
	       slot->watch_len == len;
}

static void count_slots(struct gdb_process *process)
{
	unsigned int nr, used = 0;

	for (nr = 0; nr < WATCH_SLOTS; nr++)
		used += !!process->watches[nr].type;
	WRITE_ONCE(process->nr_watches, used);
}

static void free_slots(struct gdb_process *process, enum watch_type type,
		       u64 addr, u64 len)
{
	unsigned int nr;

	for (nr = 0; nr < WATCH_SLOTS; nr++)
		if (is_same(&process->watches[nr], type, addr, len))
			process->watches[nr].type = 0;
	count_slots(process);
}

static struct watch_slot *find_free_slot(struct gdb_process *process)
{
	unsigned int nr;

	for (nr = 0; nr < WATCH_SLOTS; nr++)
		if (!process->watches[nr].type)
			return &process->watches[nr];
	return NULL;
}

/* The longest piece that one register can cover from here. */
static unsigned int piece_len(enum watch_type type, u64 addr, u64 len)
{
	unsigned int piece = 8;

	if (type == WATCH_EXECUTE)
		return len;
	while (piece > len || addr & (piece - 1))
		piece /= 2;
	return piece;
}

static int take_slots(struct gdb_process *process, enum watch_type type,
		      u64 addr, u64 len)
{
	u64 end = addr + len, at = addr;

	while (at < end) {
		struct watch_slot *slot = find_free_slot(process);

		if (!slot) {
			free_slots(process, type, addr, len);
			return -ENOSPC;
		}
		slot->type = type;
		slot->addr = at;
		slot->len = piece_len(type, at, end - at);
		slot->watch_addr = addr;
		slot->watch_len = len;
		at += slot->len;
	}
	count_slots(process);
	return 0;
}

static bool is_inserted(struct gdb_process *process, enum watch_type type,
			u64 addr, u64 len)
{
	unsigned int nr;

	for (nr = 0; nr < WATCH_SLOTS; nr++)
		if (is_same(&process->watches[nr], type, addr, len))
			return true;
	return false;
}

static void remove_slots(struct gdb_process *process, enum watch_type type,
			 u64 addr, u64 len)
{
	free_slots(process, type, addr, len);
	visit_living(process, remove_unused);
}

/**
 * watch_insert() - set a hardware breakpoint or a watchpoint on all threads
 * @process: the process
 * @type: what for
 * @addr: first address
 * @len: bytes; of WATCH_EXECUTE the length of the instruction, if known
 *
 * All or nothing. Inserting one that is there already does nothing. The bounds
 * matter: the kernel lets those who are privileged, as the session's thread is,
 * watch the kernel's own memory.
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: 0, or
 * * -EINVAL - not in the user half of the address space, or no bytes
 * * -ENOSPC - there are not enough debug registers
 * * -ENOMEM
 */
int watch_insert(struct gdb_process *process, enum watch_type type, u64 addr,
		 u64 len)
{
	int ret;

	if (type == WATCH_EXECUTE)
		len = 1;
	if (!len || addr >= TASK_SIZE_MAX || len > TASK_SIZE_MAX - addr)
		return -EINVAL;
	if (is_inserted(process, type, addr, len))
		return 0;
	mutex_lock(&process->watch_lock);
	ret = take_slots(process, type, addr, len);
	if (!ret) {
		ret = visit_living(process, install_living);
		if (ret)
			remove_slots(process, type, addr, len);
	}
	mutex_unlock(&process->watch_lock);
	return ret;
}

/**
 * watch_remove() - undo watch_insert()
 * @process: the process
 * @type: as inserted
 * @addr: as inserted
 * @len: as inserted
 *
 * Removing one that is not there does nothing.
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: 0.
 */
int watch_remove(struct gdb_process *process, enum watch_type type, u64 addr,
		 u64 len)
{
	if (type == WATCH_EXECUTE)
		len = 1;
	mutex_lock(&process->watch_lock);
	remove_slots(process, type, addr, len);
	mutex_unlock(&process->watch_lock);
	return 0;
}

/**
 * watch_remove_all() - free all debug registers of a process
 * @process: the process
 *
 * Context: session.cmd_lock held; may sleep.
 */
void watch_remove_all(struct gdb_process *process)
{
	mutex_lock(&process->watch_lock);
	memset(process->watches, 0, sizeof(process->watches));
	count_slots(process);
	visit_living(process, remove_unused);
	mutex_unlock(&process->watch_lock);
}

/**
 * watch_forget_all() - a new program begins without watchpoints
 * @process: the process
 * @thread: the current thread, the only one that lives; what the others had is
 *	freed when they are reaped
 *
 * Context: report_exec; may sleep.
 */
void watch_forget_all(struct gdb_process *process, struct gdb_thread *thread)
{
	mutex_lock(&process->watch_lock);
	memset(process->watches, 0, sizeof(process->watches));
	count_slots(process);
	watch_remove_thread(thread);
	mutex_unlock(&process->watch_lock);
}

static enum stop_kind kind_of(enum watch_type type)
{
	switch (type) {
	case WATCH_EXECUTE:
		return STOP_HWBREAK;
	case WATCH_ACCESS:
		return STOP_AWATCH;
	default:
		return STOP_WATCH;
	}
}

/**
 * watch_take_hit() - turn a noted hit into an event
 * @process: the process
 * @thread: the current thread
 * @event: filled in
 *
 * Several hits of one instruction make one event: a client looks at all its
 * watchpoints when one of them triggered.
 *
 * Context: the thread's callback.
 * Return: whether there was a hit.
 */
bool watch_take_hit(struct gdb_process *process, struct gdb_thread *thread,
		    struct stop_event *event)
{
	unsigned long hits;
	unsigned int nr;

	if (!READ_ONCE(thread->hw_hits))
		return false;
	hits = xchg(&thread->hw_hits, 0);
	for_each_set_bit(nr, &hits, WATCH_SLOTS) {
		struct watch_slot *slot = &process->watches[nr];

		if (!slot->type)
			continue;
		event->kind = kind_of(slot->type);
		event->addr = slot->watch_addr;
		return true;
	}
	return false;
}
