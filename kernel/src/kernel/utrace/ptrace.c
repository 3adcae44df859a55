// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace: ptrace as an engine (CONFIG_UTRACE_PTRACE), for its system call stops.
 *
 * There is at most one of these engines on a task. It is always the last in the
 * order of callbacks, and no other tracer can find it, nor does it make
 * exec unsafe by itself: its task's tracer does. The stop is ptrace_stop(), made
 * within the callback. Others need not wait for it: nobody comes after it in
 * the round, and a barrier waits for its own engine only.
 *
 * The mask belongs to the ptracer, which sets it whenever it resumes the task.
 * A ptracer that detaches or dies does so under tasklist_lock, where no engine
 * can be detached. It leaves the mask as it is, and the next event finds nobody
 * who wants it and detaches the engine.
 */
#include <linux/err.h>
#include <linux/ptrace.h>
#include <linux/thread_info.h>
#include <linux/utrace_ptrace.h>

#include "utrace.h"

#define PTRACE_SYSCALL_WORK \
	(SYSCALL_WORK_SYSCALL_TRACE | SYSCALL_WORK_SYSCALL_EMU)

/* Nobody wants this: did the ptracer leave, or only change its mind? */
static u32 not_wanted(u32 action)
{
	return current->ptrace ? UTRACE_RESUME | action :
				 UTRACE_DETACH | action;
}

static u32 ptrace_syscall_entry(u32 action, struct utrace_engine *engine,
				struct task_struct *task, struct pt_regs *regs)
{
	unsigned long work = READ_ONCE(current_thread_info()->syscall_work);

	action = utrace_syscall_action(action);
	if (!(work & PTRACE_SYSCALL_WORK))
		return not_wanted(action);
	utrace_of(task)->ptrace_told = true;
	if (ptrace_report_syscall_entry(regs) ||
	    (work & SYSCALL_WORK_SYSCALL_EMU))
		action = UTRACE_SYSCALL_ABORT;
	return UTRACE_RESUME | action;
}

static u32 ptrace_syscall_exit(u32 action, struct utrace_engine *engine,
			       struct task_struct *task, struct pt_regs *regs)
{
	unsigned long work = READ_ONCE(current_thread_info()->syscall_work);

	if (!(work & SYSCALL_WORK_SYSCALL_TRACE))
		return not_wanted(0);
	utrace_of(task)->ptrace_told = true;
	ptrace_report_syscall_exit(regs, 0);
	return UTRACE_RESUME;
}

const struct utrace_engine_ops utrace_ptrace_ops = {
	.report_syscall_entry = ptrace_syscall_entry,
	.report_syscall_exit = ptrace_syscall_exit,
};

/* The next round begins anew. */
unsigned long __utrace_told_ptrace(void)
{
	struct utrace *utrace = utrace_of(current);

	if (!utrace || !utrace->ptrace_told)
		return 0;
	utrace->ptrace_told = false;
	return PTRACE_SYSCALL_WORK;
}

static void set_events_locked(struct utrace *utrace,
			      struct utrace_engine *engine,
			      unsigned long events)
{
	WRITE_ONCE(engine->flags, events);
	utrace_update_flags_locked(utrace);
}

/*
 * The first that this tracee has needed. The task stands in a ptrace stop, so
 * nobody else makes one meanwhile.
 */
static void attach(struct task_struct *task, unsigned long events)
{
	struct utrace *utrace = utrace_get_or_create(task);
	struct utrace_engine *engine;

	if (IS_ERR(utrace))
		return;
	engine = utrace_engine_create(&utrace_ptrace_ops, NULL, current_cred());
	if (!engine)
		return;
	spin_lock(&utrace->lock);
	if (utrace->stage == UTRACE_ALIVE) {
		utrace_engine_add_locked(utrace, engine);
		utrace->ptrace = engine;
		set_events_locked(utrace, engine, events);
	} else {
		utrace_engine_put(engine);
	}
	spin_unlock(&utrace->lock);
	utrace_engine_put(engine);
}

/*
 * Without memory for an engine the system call's own code reports to ptrace, as
 * it does without this option.
 */
void __utrace_ptrace_events(struct task_struct *task)
{
	struct utrace *utrace = utrace_of(task);
	unsigned long work = READ_ONCE(task_thread_info(task)->syscall_work);
	struct utrace_engine *engine = utrace ? utrace->ptrace : NULL;
	unsigned long events = 0;

	if (work & PTRACE_SYSCALL_WORK)
		events |= UTRACE_EVENT(SYSCALL_ENTRY);
	if (work & SYSCALL_WORK_SYSCALL_TRACE)
		events |= UTRACE_EVENT(SYSCALL_EXIT);
	if (!engine) {
		if (events)
			attach(task, events);
		return;
	}
	if (engine->flags == events)
		return;
	spin_lock(&utrace->lock);
	set_events_locked(utrace, engine, events);
	spin_unlock(&utrace->lock);
}
