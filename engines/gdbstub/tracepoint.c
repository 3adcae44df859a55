// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sets of tracepoints: their definitions, and the beginning and the end of an
 * experiment. All but the end is done by the session's thread, under
 * session.cmd_lock.
 *
 * The end is one assignment, by anyone, under trace_set.lock: from there on no
 * frame is added. The int3s are taken out of the text by the session's thread,
 * which is woken for that; a thread that executes one until then goes over it.
 */
#include <linux/err.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "regs_x86.h"
#include "session.h"
#include "tracepoint.h"

/* So much may be asked for that it is no wonder when it is not there. */
static void *alloc_quietly(size_t size)
{
	return kvzalloc(size, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
}

/**
 * tracepoint_alloc() - allocate a part of a definition
 * @set: whose
 * @size: bytes
 *
 * Who frees it with kvfree(), before the set has it, takes set->bytes back to
 * what it was.
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: zeroed memory, or NULL: there is none, or the set has
 * TRACE_DEFINITIONS_MAX already.
 */
void *tracepoint_alloc(struct trace_set *set, size_t size)
{
	void *mem;

	if (size > TRACE_DEFINITIONS_MAX - set->bytes)
		return NULL;
	mem = alloc_quietly(size);
	if (mem)
		set->bytes += size;
	return mem;
}

static void free_actions(struct list_head *actions)
{
	struct trace_action *action, *next;

	list_for_each_entry_safe(action, next, actions, entry)
		kvfree(action);
}

static void free_point(struct trace_point *point)
{
	struct trace_text *text, *next;

	free_actions(&point->actions);
	free_actions(&point->step_actions);
	list_for_each_entry_safe(text, next, &point->texts, entry)
		kvfree(text);
	kvfree(point->cond);
	kvfree(point);
}

static void free_set(struct rcu_head *rcu)
{
	struct trace_set *set = container_of(rcu, struct trace_set, rcu);
	struct trace_point *point, *next_point;
	struct trace_var *var, *next_var;

	list_for_each_entry_safe(point, next_point, &set->points, entry)
		free_point(point);
	list_for_each_entry_safe(var, next_var, &set->vars, entry)
		kvfree(var);
	kvfree(set->buffer.data);
	mutex_destroy(&set->lock);
	kvfree(set);
}

/**
 * tracepoint_set_put() - drop a reference
 * @set: the set, or NULL
 *
 * A thread in an exception may be looking at it without one, under RCU.
 *
 * Context: task.
 */
void tracepoint_set_put(struct trace_set *set)
{
	if (set && refcount_dec_and_test(&set->refs))
		call_rcu(&set->rcu, free_set);
}

/**
 * tracepoint_set_peek() - the session's set, for a look
 * @session: the session
 *
 * Context: under RCU, for as long as it is looked at.
 * Return: the set, or NULL: there is none.
 */
struct trace_set *tracepoint_set_peek(struct gdb_session *session)
{
	return rcu_dereference(session->trace.set);
}

/**
 * tracepoint_set_get() - the session's set, for a thread
 * @session: the session
 *
 * Context: any.
 * Return: the set, with a reference, or NULL: there is none.
 */
struct trace_set *tracepoint_set_get(struct gdb_session *session)
{
	struct trace_set *set;

	rcu_read_lock();
	set = tracepoint_set_peek(session);
	if (set && !refcount_inc_not_zero(&set->refs))
		set = NULL;
	rcu_read_unlock();
	return set;
}

/**
 * tracepoint_set() - the session's set
 * @session: the session
 *
 * Context: session.cmd_lock held: it keeps the set.
 * Return: the set, or NULL: there is none.
 */
struct trace_set *tracepoint_set(struct gdb_session *session)
{
	return rcu_dereference_protected(session->trace.set,
					 lockdep_is_held(&session->cmd_lock));
}

static struct trace_set *create_set(void)
{
	struct trace_set *set = alloc_quietly(sizeof(*set));

	if (!set)
		return NULL;
	refcount_set(&set->refs, 1);
	INIT_LIST_HEAD(&set->points);
	INIT_LIST_HEAD(&set->vars);
	hash_init(set->by_addr);
	mutex_init(&set->lock);
	return set;
}

static void replace_set(struct gdb_session *session, struct trace_set *set)
{
	struct trace_set *old;

	/* The session's last call comes without cmd_lock: it is alone. */
	old = rcu_replace_pointer(session->trace.set, set, true);
	tracepoint_set_put(old);
}

/**
 * tracepoint_renew() - begin with no definitions and no frames
 * @session: the session
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: 0 or -ENOMEM.
 */
int tracepoint_renew(struct gdb_session *session)
{
	struct trace_set *old = tracepoint_set(session);
	struct trace_set *set = create_set();

	if (!set)
		return -ENOMEM;
	if (old) {
		tracepoint_stop(session, old, TRACE_STOPPED, 0, NULL);
		tracepoint_tidy(session);
	}
	trace_frame_deselect(session);
	session->trace.nr_ro = 0;
	replace_set(session, set);
	return 0;
}

static void free_notes(struct session_trace *trace)
{
	kfree(trace->user);
	kfree(trace->notes);
	kfree(trace->stop_notes);
	trace->user = NULL;
	trace->notes = NULL;
	trace->stop_notes = NULL;
}

/**
 * tracepoint_forget() - the client is gone, and all that it has said
 * @session: has no process any more
 *
 * Context: session.cmd_lock held, or nobody else knows the session; may sleep.
 */
void tracepoint_forget(struct gdb_session *session)
{
	struct session_trace *trace = &session->trace;

	trace_frame_deselect(session);
	replace_set(session, NULL);
	free_notes(trace);
	trace->nr_ro = 0;
	trace->size = 0;
	trace->is_circular = false;
	trace->goes_on = false;
	WRITE_ONCE(trace->is_alone, false);
}

/**
 * tracepoint_find() - a tracepoint by its number and address
 * @set: the set
 * @number: the client's
 * @addr: where
 *
 * Context: session.cmd_lock held.
 * Return: the tracepoint, or NULL.
 */
struct trace_point *tracepoint_find(struct trace_set *set, u32 number, u64 addr)
{
	struct trace_point *point;

	hash_for_each_possible(set->by_addr, point, node, addr)
		if (point->addr == addr && point->number == number)
			return point;
	return NULL;
}

/**
 * tracepoint_add() - put a tracepoint into a set
 * @set: the set
 * @point: its lists are initialised here; it is owned by the set from here on
 *
 * Context: session.cmd_lock held.
 */
void tracepoint_add(struct trace_set *set, struct trace_point *point)
{
	struct hlist_head *head;

	INIT_LIST_HEAD(&point->actions);
	INIT_LIST_HEAD(&point->step_actions);
	INIT_LIST_HEAD(&point->texts);
	list_add_tail(&point->entry, &set->points);
	/* Those of one address collect in the order in which they were defined. */
	head = &set->by_addr[hash_min(point->addr, HASH_BITS(set->by_addr))];
	hlist_add_tail_rcu(&point->node, head);
}

/**
 * tracepoint_find_var() - a trace state variable by its number
 * @set: the set
 * @number: the client's
 *
 * Context: any; entries are added at the end and never removed.
 * Return: the variable, or NULL.
 */
struct trace_var *tracepoint_find_var(struct trace_set *set, u32 number)
{
	struct trace_var *var;

	list_for_each_entry_rcu(var, &set->vars, entry, true)
		if (var->number == number)
			return var;
	return NULL;
}

/**
 * tracepoint_get_var() - the value of a trace state variable
 * @set: the set, or NULL
 * @number: the client's
 * @val: set to it
 *
 * Context: any; also under RCU alone.
 * Return: whether there is such a variable.
 */
bool tracepoint_get_var(struct trace_set *set, u32 number, u64 *val)
{
	struct trace_var *var;

	if (number == TRACE_VAR_TIMESTAMP) {
		*val = ktime_to_us(ktime_get_real());
		return true;
	}
	var = set ? tracepoint_find_var(set, number) : NULL;
	if (!var)
		return false;
	*val = READ_ONCE(var->value);
	return true;
}

/**
 * tracepoint_set_var() - change a trace state variable
 * @set: the set
 * @number: the client's
 * @val: the value
 *
 * Context: task.
 * Return: whether there is such a variable.
 */
bool tracepoint_set_var(struct trace_set *set, u32 number, u64 val)
{
	struct trace_var *var = tracepoint_find_var(set, number);

	if (!var)
		return false;
	WRITE_ONCE(var->value, val);
	return true;
}

/* A run has no frames yet. @data: for them; nobody collects. */
static void reset(struct gdb_session *session, struct trace_set *set, u8 *data,
		  size_t size)
{
	struct trace_point *point;

	lockdep_assert_held(&set->lock);
	kvfree(set->buffer.data);
	trace_buffer_init(&set->buffer, data, size, session->trace.is_circular);
	set->raw_end = 0;
	list_for_each_entry(point, &set->points, entry) {
		point->hits = 0;
		point->usage = 0;
		/*
		 * Also one that was announced to go on, and did not. Pairs with
		 * the acquire in is_on().
		 */
		smp_store_release(&point->is_open, false);
	}
}

static int insert_all(struct gdb_process *process, struct mm_struct *mm,
		      struct trace_set *set)
{
	struct trace_point *point;
	int ret = 0;

	list_for_each_entry(point, &set->points, entry)
		if (point->is_enabled && !ret)
			ret = breakpoint_trace(process->breakpoints, mm,
					       point->addr);
	return ret;
}

/**
 * tracepoint_start() - begin an experiment
 * @process: in which
 * @set: the session's
 *
 * Hits are collected from when all tracepoints are in the text. On error the
 * frames of the last run are there as before, and the one that is selected.
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: 0, or
 * * -EBUSY - one is running
 * * -ENOMEM - no memory for frames
 * * -ESRCH - the process is gone
 * * another errno of breakpoint_insert()
 */
int tracepoint_start(struct gdb_process *process, struct trace_set *set)
{
	struct gdb_session *session = process->session;
	size_t size = session->trace.size ?: TRACE_SIZE_DEFAULT;
	struct mm_struct *mm;
	u8 *data;
	int ret;

	if (set->is_running)
		return -EBUSY;
	tracepoint_tidy(session);
	mm = process_mm_get(process);
	if (!mm)
		return -ESRCH;
	data = alloc_quietly(size);
	ret = data ? insert_all(process, mm, set) : -ENOMEM;
	if (ret) {
		breakpoint_remove_all(process->breakpoints, mm,
				      BREAKPOINT_TRACE);
		kvfree(data);
		goto put;
	}
	trace_frame_deselect(session);
	set->is_inserted = true;
	set->pid = process->pid;
	set->tdesc = regs_tdesc(process);
	mutex_lock(&set->lock);
	reset(session, set, data, size);
	set->start_us = ktime_to_us(ktime_get_real());
	set->stop_us = 0;
	set->end_text = NULL;
	/* Pairs with the acquire in trace_collect_hit(). */
	smp_store_release(&set->is_running, true);
	mutex_unlock(&set->lock);
put:
	mmput(mm);
	return ret;
}

/**
 * tracepoint_stop_locked() - end an experiment; nothing if none runs
 * @session: the session
 * @set: whose
 * @end: why
 * @number: of the tracepoint that is the reason, or 0
 * @text: of TRACE_ERROR: a constant string
 *
 * Context: set->lock held.
 */
void tracepoint_stop_locked(struct gdb_session *session, struct trace_set *set,
			    enum trace_end end, u32 number, const char *text)
{
	lockdep_assert_held(&set->lock);
	if (!set->is_running)
		return;
	WRITE_ONCE(set->is_running, false);
	set->end = end;
	set->end_point = number;
	set->end_text = text;
	set->stop_us = ktime_to_us(ktime_get_real());
	session_kick(session, WORK_LOOK);
}

/**
 * tracepoint_stop() - end an experiment; nothing if none runs
 * @session: the session
 * @set: whose
 * @end: why
 * @number: of the tracepoint that is the reason, or 0
 * @text: of TRACE_ERROR: a constant string
 *
 * Context: task; may sleep, takes set->lock.
 */
void tracepoint_stop(struct gdb_session *session, struct trace_set *set,
		     enum trace_end end, u32 number, const char *text)
{
	mutex_lock(&set->lock);
	tracepoint_stop_locked(session, set, end, number, text);
	mutex_unlock(&set->lock);
}

static bool is_wanted(struct trace_set *set, u64 addr)
{
	struct trace_point *point;

	hash_for_each_possible(set->by_addr, point, node, addr)
		if (point->addr == addr && point->is_enabled)
			return true;
	return false;
}

/* In a run the text has an int3 at @addr, or none, as is_wanted() says. */
static int write_text(struct gdb_session *session, struct trace_set *set,
		      u64 addr, bool on)
{
	struct gdb_process *process;
	struct mm_struct *mm;
	int ret = 0;

	if (!READ_ONCE(set->is_running))
		return 0;
	process = session_find_process(session, set->pid);
	mm = process ? process_mm_get(process) : NULL;
	if (!mm)
		return -ESRCH;
	if (on)
		ret = breakpoint_trace(process->breakpoints, mm, addr);
	else if (!is_wanted(set, addr))
		breakpoint_remove(process->breakpoints, mm, addr,
				  BREAKPOINT_TRACE);
	mmput(mm);
	return ret;
}

/**
 * tracepoint_insert() - a definition is about to be whole, maybe in a run
 * @session: the session
 * @set: its set
 * @point: open, or no part of the set yet: whoever hits it goes over it
 *
 * It comes before the definition is changed, which an error leaves as it was.
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: 0, -ESRCH: the process is gone, or an errno of breakpoint_insert().
 */
int tracepoint_insert(struct gdb_session *session, struct trace_set *set,
		      const struct trace_point *point)
{
	return point->is_enabled ? write_text(session, set, point->addr, true) :
				   0;
}

/**
 * tracepoint_enable() - enable or disable a tracepoint, also in a run
 * @session: the session
 * @set: its set
 * @point: the tracepoint; one that cannot be enabled is what it was
 * @on: which of both
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: as tracepoint_insert().
 */
int tracepoint_enable(struct gdb_session *session, struct trace_set *set,
		      struct trace_point *point, bool on)
{
	int ret = 0;

	if (on)
		ret = write_text(session, set, point->addr, true);
	if (ret)
		return ret;
	WRITE_ONCE(point->is_enabled, on);
	return on ? 0 : write_text(session, set, point->addr, false);
}

/**
 * tracepoint_tidy() - take the int3s of an experiment that has ended out
 * @session: the session
 *
 * Context: session.cmd_lock held; may sleep.
 */
void tracepoint_tidy(struct gdb_session *session)
{
	struct trace_set *set = tracepoint_set(session);
	struct gdb_process *process;
	struct mm_struct *mm;

	if (!set || !set->is_inserted || READ_ONCE(set->is_running))
		return;
	set->is_inserted = false;
	process = session_find_process(session, set->pid);
	mm = process ? process_mm_get(process) : NULL;
	if (!mm)
		return;
	breakpoint_remove_all(process->breakpoints, mm, BREAKPOINT_TRACE);
	mmput(mm);
}

/**
 * tracepoint_leave() - a process is about to be let go
 * @process: the process
 *
 * What was collected stays. The int3s go with all others.
 *
 * Context: session.cmd_lock held; may sleep.
 */
void tracepoint_leave(struct gdb_process *process)
{
	struct gdb_session *session = process->session;
	struct trace_set *set = tracepoint_set(session);

	if (!set || set->pid != process->pid)
		return;
	tracepoint_stop(session, set, TRACE_DISCONNECTED, 0, NULL);
	set->is_inserted = false;
}
